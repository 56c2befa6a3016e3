package tree

import (
	"math"
	"math/bits"
	"slices"
)

// exactRows is how many rows a node may have at most for its splits to be sought
// between all numbers rather than between bins, where bins hold several.
const exactRows = 512

// A split is one that was found, with what its children hold.
type split struct {
	column     int // -1: none
	purity     float64
	gain       float64 // by how much the impurity times the weight of the rows goes down
	own        float64 // purity of the node
	low        [4]uint64
	exact      bool    // rows go by value, not by their bins
	value      float64 // NaN: to be found between the two bins
	below, top uint8   // the last bin that goes low, the first that goes high
	missingLow bool
	sums       [2][]float64 // weight of each class, low and high
}

func (s *split) reset(own float64) {
	sums := s.sums
	*s = split{column: -1, purity: math.Inf(-1), own: own, sums: sums}
}

// clone returns a copy that shares nothing.
func (s *split) clone() split {
	c := *s
	c.sums = [2][]float64{slices.Clone(s.sums[0]), slices.Clone(s.sums[1])}
	return c
}

// A search is the scratch space for the splits of one column: the rows in groups
// that stay together, in an order in which they are divided in two.
type search struct {
	table   []float64 // by bin and class; zeros between uses
	second  []float64 // likewise
	packed  [2 * 256]uint64
	present [4]uint64 // bins that rows are in
	codes   []uint8   // of the groups
	values  []float64 // of the groups, instead, if numbers are looked at
	sums    []float64 // by group and class
	missing []float64 // of the rows without a number, by class; not among the groups
	gaps    bool      // there are such rows
	left    []float64
	right   []float64
	order   []int32
	moved   []float64
	keyed   []keyed
}

// keyed is a row with its number.
type keyed struct {
	value float64
	row   int32
}

func (s *search) init(classes int) {
	s.table, s.second = make([]float64, 256*classes), make([]float64, 256*classes)
	s.missing, s.left, s.right = make([]float64, classes), make([]float64, classes), make([]float64, classes)
}

// try looks for a split of a column that is better than the best so far. It reports
// whether the column varies in the rows.
func (g *grower) try(j int, rows []int32) bool {
	c := &g.source.columns[j]
	s := &g.search
	exact := c.fine && len(rows) <= exactRows
	switch {
	case exact && g.random:
		return g.tryRandomNumber(j, rows)
	case exact:
		g.groupNumbers(j, rows)
	default:
		g.groupCodes(j, rows)
	}
	groups := len(s.sums) / g.classes
	if groups+bit(s.gaps) < 2 {
		return false
	}
	switch {
	case c.levels && g.random:
		g.tryRandomLevels(j)
	case c.levels:
		g.tryLevels(j)
	case g.random:
		g.tryRandomCode(j)
	default:
		from, to := 1, groups-1+bit(s.gaps)
		if at, missingLow, ok := g.scan(from, to); ok {
			g.keep(j, at, missingLow, exact)
		}
	}
	return true
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// groupCodes makes a group of each bin that rows are in.
func (g *grower) groupCodes(j int, rows []int32) {
	s := &g.search
	c := &g.source.columns[j]
	bins := int(c.missing) + 1
	s.codes, s.values, s.sums, s.gaps = s.codes[:0], s.values[:0], s.sums[:0], false
	s.present = [4]uint64{}
	few := len(rows) < bins
	if g.packed {
		g.countPacked(g.bins.Codes[j], rows, few)
	} else {
		g.count(g.bins.Codes[j], rows, few)
	}
	if !few {
		for b := range bins {
			s.present[b>>6] |= 1 << (b & 63) // some may turn out to be empty
		}
	}
	for w, word := range s.present {
		for ; word != 0; word &= word - 1 {
			g.group(w<<6+bits.TrailingZeros64(word), c)
		}
	}
}

// group makes a group of a bin, unless it is empty, and clears its counts.
func (g *grower) group(b int, c *sourceColumn) {
	s, k := &g.search, g.classes
	at := len(s.sums)
	if g.packed {
		n := s.packed[b] + s.packed[256+b]
		s.packed[b], s.packed[256+b] = 0, 0
		s.sums = append(s.sums, float64(n&math.MaxUint32), float64(n>>32))
	} else {
		one, two := s.table[b*k:(b+1)*k], s.second[b*k:(b+1)*k]
		for i, w := range one {
			s.sums = append(s.sums, w+two[i])
		}
		clear(one)
		clear(two)
	}
	if empty(s.sums[at:]) {
		s.present[b>>6] &^= 1 << (b & 63)
		s.sums = s.sums[:at]
		return
	}
	if b == int(c.missing) && !c.levels {
		s.gaps = true
		copy(s.missing, s.sums[at:])
		s.sums = s.sums[:at]
		return
	}
	s.codes = append(s.codes, uint8(b))
}

func empty(cells []float64) bool {
	for _, w := range cells {
		if w != 0 {
			return false
		}
	}
	return true
}

// count adds up the weights of the rows by bin and class. Odd rows have a table of
// their own, so that a row need not wait for the sum of the one before, which is
// likely to be in the same bin. Where there are few rows, their bins are noted.
func (g *grower) count(codes []uint8, rows []int32, few bool) {
	s, k := &g.search, g.classes
	class, counts := g.class[:len(rows)], g.counts[:len(rows)]
	if few {
		for i, r := range rows {
			c := codes[r]
			s.present[c>>6] |= 1 << (c & 63)
			s.table[int(c)*k+int(class[i])] += counts[i]
		}
		return
	}
	table, second := s.table, s.second
	i := 1
	for ; i < len(rows); i += 2 {
		table[int(codes[rows[i-1]])*k+int(class[i-1])] += counts[i-1]
		second[int(codes[rows[i]])*k+int(class[i])] += counts[i]
	}
	if i == len(rows) {
		table[int(codes[rows[i-1]])*k+int(class[i-1])] += counts[i-1]
	}
}

// countPacked is count for whole weights of two classes, both in one word.
func (g *grower) countPacked(codes []uint8, rows []int32, few bool) {
	s := &g.search
	pairs := g.pairs[:len(rows)]
	if few {
		for i, r := range rows {
			c := codes[r]
			s.present[c>>6] |= 1 << (c & 63)
			s.packed[c] += pairs[i]
		}
		return
	}
	table, second := (*[256]uint64)(s.packed[:256]), (*[256]uint64)(s.packed[256:])
	i := 1
	for ; i < len(rows); i += 2 {
		table[codes[rows[i-1]]] += pairs[i-1]
		second[codes[rows[i]]] += pairs[i]
	}
	if i == len(rows) {
		table[codes[rows[i-1]]] += pairs[i-1]
	}
}

// groupNumbers makes a group of each number in the rows.
func (g *grower) groupNumbers(j int, rows []int32) {
	s, k := &g.search, g.classes
	s.codes, s.values, s.sums, s.gaps = s.codes[:0], s.values[:0], s.sums[:0], false
	s.keyed = s.keyed[:0]
	clear(s.missing)
	x := g.x.Numbers[j]
	for i, r := range rows {
		v := x[r]
		if v != v {
			s.gaps = true
			s.missing[g.class[i]] += g.counts[i]
			continue
		}
		s.keyed = append(s.keyed, keyed{v, int32(i)})
	}
	sortKeyed(s.keyed)
	for i, e := range s.keyed {
		if i == 0 || e.value != s.keyed[i-1].value {
			s.values = append(s.values, e.value)
			for range k {
				s.sums = append(s.sums, 0)
			}
		}
		s.sums[len(s.sums)-k+int(g.class[e.row])] += g.counts[e.row]
	}
}

// sortKeyed sorts by value, and rows of one value by their places, so that sums
// have an order.
func sortKeyed(x []keyed) {
	if len(x) <= 24 {
		for i := 1; i < len(x); i++ {
			e := x[i]
			at := i
			for ; at > 0 && x[at-1].value > e.value; at-- {
				x[at] = x[at-1]
			}
			x[at] = e
		}
		return
	}
	slices.SortFunc(x, func(a, b keyed) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return int(a.row - b.row)
	})
}

// keep makes the division of the groups before a place from the others the best
// split so far.
func (g *grower) keep(j, at int, missingLow, exact bool) {
	s, b, k := &g.search, &g.best, g.classes
	b.column, b.exact, b.value = j, exact, math.NaN()
	for side := range b.sums {
		b.sums[side] = append(b.sums[side][:0], make([]float64, k)...)
	}
	side := func(high bool, cells []float64) {
		for c, w := range cells {
			b.sums[bit(high)][c] += w
		}
	}
	for i := range len(s.sums) / k {
		side(i >= at, s.sums[i*k:(i+1)*k])
	}
	if s.gaps {
		side(!missingLow, s.missing)
	}
	b.gain = b.purity - b.own
	heavier := total(b.sums[0]) >= total(b.sums[1])
	if b.missingLow = missingLow; !s.gaps {
		b.missingLow = heavier
	}
	if exact {
		if at < len(s.values) {
			b.value = midpoint(s.values[at-1], s.values[at])
		} else {
			b.value = math.MaxFloat64
		}
		return
	}
	g.keepCodes(j, at, heavier)
}

// keepCodes notes which bins go low. Of levels, those that no row has go with the
// heavier side.
func (g *grower) keepCodes(j, at int, heavier bool) {
	s, b, c := &g.search, &g.best, &g.source.columns[j]
	b.low = [4]uint64{}
	if c.levels {
		if heavier {
			for w := range b.low {
				b.low[w] = ^s.present[w]
			}
		}
		for _, code := range s.codes[:at] {
			b.low[code>>6] |= 1 << (code & 63)
		}
		b.missingLow = b.low[c.missing>>6]>>(c.missing&63)&1 == 1
		return
	}
	b.below, b.top = s.codes[at-1], c.missing
	if at < len(s.codes) {
		b.top = s.codes[at]
	}
	for code := range b.top {
		b.low[code>>6] |= 1 << (code & 63)
	}
	if b.missingLow {
		b.low[c.missing>>6] |= 1 << (c.missing & 63)
	}
}

func total(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum
}

// threshold returns the number that rows go low up to: as in scikit-learn, the
// midpoint between the two neighbouring numbers of the node.
func (g *grower) threshold(s *split, rows []int32) float64 {
	if s.value == s.value {
		return s.value
	}
	c := &g.source.columns[s.column]
	if s.top == c.missing {
		return math.MaxFloat64
	}
	most, least := c.most[s.below], c.least[s.top]
	if c.least[s.below] == most && c.most[s.top] == least {
		return midpoint(most, least)
	}
	most, least = math.Inf(-1), math.Inf(1)
	codes, x := g.bins.Codes[s.column], g.x.Numbers[s.column]
	for _, r := range rows {
		switch codes[r] {
		case s.below:
			most = max(most, x[r])
		case s.top:
			least = min(least, x[r])
		}
	}
	return midpoint(most, least)
}
