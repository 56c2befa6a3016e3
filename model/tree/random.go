package tree

import "math"

// Splits of extremely randomised trees: a column is divided at a random place, and
// the best of the columns is taken (P. Geurts, D. Ernst and L. Wehenkel (2006),
// Machine Learning 63(1), 3–42).

// uniform returns a random number from low up to, but not, high.
func (g *grower) uniform(low, high float64) float64 {
	u := g.rng.Float64()
	v := low*(1-u) + high*u // high − low might overflow
	if !(v >= low && v < high) {
		return low
	}
	return v
}

// tryRandomNumber divides the numbers of a column at a random one between the
// smallest and the largest of the rows.
func (g *grower) tryRandomNumber(j int, rows []int32) bool {
	s, k := &g.search, g.classes
	x := g.x.Numbers[j]
	low, high := math.Inf(1), math.Inf(-1)
	s.gaps = false
	for _, r := range rows {
		if v := x[r]; v == v {
			low, high = min(low, v), max(high, v)
		} else {
			s.gaps = true
		}
	}
	if !(low < high) {
		if !s.gaps || low > high {
			return false
		}
		high = math.Inf(1) // numbers against what is missing
	}
	value := low
	if high < math.Inf(1) {
		value = g.uniform(low, high)
	}
	clear(s.missing)
	s.sums = append(s.sums[:0], make([]float64, 2*k)...)
	for i, r := range rows {
		v := x[r]
		switch {
		case v <= value:
			s.sums[g.class[i]] += g.counts[i]
		case v != v:
			s.missing[g.class[i]] += g.counts[i]
		default:
			s.sums[k+int(g.class[i])] += g.counts[i]
		}
	}
	if math.IsInf(high, 1) {
		s.sums, value = s.sums[:k], math.MaxFloat64
	}
	s.values = append(s.values[:0], value, value)
	if at, missingLow, ok := g.scan(1, 1); ok {
		g.keep(j, at, missingLow, true)
		g.best.value = value
	}
	return true
}

// tryRandomCode divides bins at a random number between the smallest and the largest
// that bins with rows may hold. Where the number lies inside a bin, the bin goes the
// way that the larger part of its range does.
func (g *grower) tryRandomCode(j int) {
	s, c := &g.search, &g.source.columns[j]
	groups := len(s.codes)
	if groups < 2 {
		if at, missingLow, ok := g.scan(1, 1); ok {
			g.keep(j, at, missingLow, false)
		}
		return
	}
	first, last := s.codes[0], s.codes[groups-1]
	value := g.uniform(c.least[first], c.most[last])
	at := 0
	for at < groups && c.most[s.codes[at]] <= value {
		at++
	}
	clean := at > 0 && at < groups && value < c.least[s.codes[at]]
	if !clean && at < groups {
		b := s.codes[at]
		if value/2-c.least[b]/2 > c.most[b]/2-value/2 {
			at++
		}
	}
	at = max(1, min(at, groups-1))
	if at, missingLow, ok := g.scan(at, at); ok {
		g.keep(j, at, missingLow, false)
		if clean {
			g.best.value = value
		}
	}
}

// tryRandomLevels sends each level either way by the toss of a coin.
func (g *grower) tryRandomLevels(j int) {
	s := &g.search
	s.order = s.order[:0]
	var high []int32
	for i := range s.codes {
		if g.rng.Uint64()&1 == 0 {
			s.order = append(s.order, int32(i))
		} else {
			high = append(high, int32(i))
		}
	}
	at := len(s.order)
	s.order = append(s.order, high...)
	if at == 0 || at == len(s.codes) {
		lone := g.rng.IntN(len(s.codes))
		s.order[0], s.order[lone] = s.order[lone], s.order[0]
		at = 1
	}
	s.reorder(g.classes)
	if at, _, ok := g.scan(at, at); ok {
		g.keep(j, at, false, false)
	}
}
