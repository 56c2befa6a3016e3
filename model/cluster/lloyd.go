package cluster

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// A lloyd is a start under way. Centres of a panel form a group. Of each row it
// knows a distance that its own centre is not beyond, and for each group one that no
// other centre of it is nearer than.
type lloyd struct {
	*means
	centers *panels
	groups  int
	labels  []int32
	upper   []float64 // by row
	lower   []float64 // by row, by group
	sizes   []float64 // by cluster: its weight
	stale   []bool    // by cluster: its rows have changed
	moves   []float64 // by cluster: how far its centre moved
	slack   []float64 // by group: the farthest move
	base    []float64 // by cluster: what its sum is about
	sums    []float64 // by cluster: of its rows
	changes [][]change
	anew    bool // sums are to be made anew
	exact   bool // no change has been added to them since
}

// lloyd goes from one start until it stands still.
func (m *means) lloyd(start int) (*found, error) {
	rng := rand.New(rand.NewPCG(m.run.Seed, uint64(start)))
	vectors, err := m.seed(m.rows, m.settings.Clusters, rng)
	if err != nil {
		return nil, err
	}
	return m.lloydFrom(vectors)
}

// lloydFrom goes on from given centres.
func (m *means) lloydFrom(vectors []float64) (*found, error) {
	k, n := m.settings.Clusters, m.rows.N
	m.space.gather(vectors, k)
	l := &lloyd{means: m, centers: newPanels(m.space, vectors, k), groups: (k + lanes - 1) / lanes}
	l.labels, l.upper = make([]int32, n), make([]float64, n)
	l.lower = make([]float64, n*l.groups)
	l.sizes, l.stale, l.moves, l.slack = make([]float64, k), make([]bool, k), make([]float64, k), make([]float64, l.groups)
	l.base, l.sums = make([]float64, len(vectors)), make([]float64, len(vectors))
	if err := l.assignAll(); err != nil {
		return nil, err
	}
	done := 0
	for still := false; done < m.settings.MaxIter && !still || !l.exact; done++ {
		if err := l.update(); err != nil {
			return nil, err
		}
		moved := 0.0
		for _, d := range l.moves {
			moved += d * d
		}
		if err := l.assign(); err != nil {
			return nil, err
		}
		still = still || moved <= m.tol || !slices.Contains(l.stale, true)
		if still || done+1 >= m.settings.MaxIter {
			l.renew() // once more, with sums that nothing was taken from
		}
	}
	return l.end(done)
}

// renew lets the next round add up all rows.
func (l *lloyd) renew() {
	l.anew = true
	for c := range l.stale {
		l.stale[c] = true
	}
}

// gather orders vectors so that those in a panel are near to each other: it halves
// them again and again where they are spread widest.
func (s *space) gather(vectors []float64, k int) {
	if k <= lanes {
		return
	}
	d := s.dims()
	order := make([]int, k)
	for c := range order {
		order[c] = c
	}
	var halve func(part []int)
	halve = func(part []int) {
		if len(part) <= lanes {
			return
		}
		widest, width := 0, -1.0
		for j := range d {
			low, high := math.Inf(1), math.Inf(-1)
			for _, c := range part {
				low, high = min(low, vectors[c*d+j]), max(high, vectors[c*d+j])
			}
			if high-low > width {
				widest, width = j, high-low
			}
		}
		slices.SortStableFunc(part, func(a, b int) int { return cmp.Compare(vectors[a*d+widest], vectors[b*d+widest]) })
		half := (len(part)/lanes + 1) / 2 * lanes
		halve(part[:half])
		halve(part[half:])
	}
	halve(order)
	sorted := make([]float64, 0, len(vectors))
	for _, c := range order {
		sorted = append(sorted, vectors[c*d:(c+1)*d]...)
	}
	copy(vectors, sorted)
}

// assignAll finds the nearest centre of each row among all.
func (l *lloyd) assignAll() error {
	l.renew()
	return l.eachBlock(l.rows.N, func(_, from, to int) {
		var d [lanes]float64
		for i := from; i < to; i++ {
			best, at := math.Inf(1), 0
			lower := l.lower[i*l.groups:][:l.groups]
			for g := range lower {
				l.centers.squared(&d, g, l.rows, i)
				c, first, second := least(&d, -1)
				lower[g] = math.Sqrt(first)
				if first < best {
					if !math.IsInf(best, 1) {
						lower[at/lanes] = min(lower[at/lanes], math.Sqrt(best))
					}
					best, at = first, g*lanes+c
					lower[g] = math.Sqrt(second)
				}
			}
			l.labels[i], l.upper[i] = int32(at), math.Sqrt(best)
		}
	})
}

// least returns the lane of the least number, it and the second least, of all lanes
// but one.
func least(d *[lanes]float64, but int) (lane int, first, second float64) {
	first, second = math.Inf(1), math.Inf(1)
	for c, v := range d {
		switch {
		case c == but:
		case v < first:
			lane, first, second = c, v, first
		case v < second:
			second = v
		}
	}
	return lane, first, second
}

// assign finds the nearest centre of each row after centres have moved, and marks
// the clusters that change.
func (l *lloyd) assign() error {
	for g := range l.slack {
		l.slack[g] = slices.Max(l.moves[g*lanes : min((g+1)*lanes, len(l.moves))])
	}
	l.changes = make([][]change, (l.rows.N+blockRows-1)/blockRows)
	err := l.eachBlock(l.rows.N, func(b, from, to int) {
		for i := from; i < to; i++ {
			was := l.labels[i]
			if l.reassign(i); l.labels[i] != was {
				l.changes[b] = append(l.changes[b], change{int32(i), was, l.labels[i]})
			}
		}
	})
	clear(l.stale)
	count := 0
	for _, part := range l.changes {
		count += len(part)
		for _, c := range part {
			l.stale[c.from], l.stale[c.to] = true, true
		}
	}
	l.anew = count > l.rows.N/8
	return err
}

// reassign looks whether another centre has come nearer to row i.
func (l *lloyd) reassign(i int) {
	lower := l.lower[i*l.groups:][:l.groups]
	own := int(l.labels[i])
	nearest := math.Inf(1)
	for g, d := range l.slack {
		lower[g] = max(0, lower[g]-d)
		nearest = min(nearest, lower[g])
	}
	if l.upper[i] += l.moves[own]; l.upper[i] < nearest {
		return
	}
	var d [lanes]float64
	home := own / lanes
	l.centers.squared(&d, home, l.rows, i)
	was := math.Sqrt(d[own%lanes])
	c, first, second := least(&d, own%lanes)
	best, at := was, own
	lower[home] = math.Sqrt(first)
	if first < d[own%lanes] {
		best, at = math.Sqrt(first), home*lanes+c
		lower[home] = min(was, math.Sqrt(second))
	}
	for g := range lower {
		if g == home || lower[g] > best {
			continue
		}
		l.centers.squared(&d, g, l.rows, i)
		c, first, second := least(&d, -1)
		if lower[g] = math.Sqrt(first); lower[g] < best {
			lower[at/lanes] = min(lower[at/lanes], best)
			best, at = lower[g], g*lanes+c
			lower[g] = math.Sqrt(second)
		}
	}
	l.labels[i], l.upper[i] = int32(at), best
}
