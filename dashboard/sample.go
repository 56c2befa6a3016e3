package dashboard

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A Sample tells of which table the rows of the data are a part, and has what was counted of
// all of it.
type Sample struct {
	Rows      int   // of the table
	Anomalous int   // of these: alerts, or without a detector rows whose label is not normal
	Kept      int   // anomalous rows that the data still have
	By        []int // columns by whose codes rows were drawn, apart for anomalous ones and others
	Axis      *TimeAxis
	First     int   // rows of the data before the time axis
	Ends      []int // by step of the axis: rows of the data before its end
	Cubes     []Cube
	Draw      *Draw // how an engine has drawn the rows; nil if Reduce has
}

// The shares of a sample.
const (
	mostAnomalous   = 0.6 // of the rows are anomalous ones, at most
	fewestOthers    = 50  // rows of a stratum are kept, or all of it
	fewestAnomalous = 1000
	rowsOfStratum   = 10 // rows of the sample for each stratum at least, or there are fewer strata
)

// Reduce leaves at most so many rows in the data of the page: all anomalous ones as far as
// they fit, and of the others the same share of each stratum, small ones whole; strata are
// rows with the same label, protocol, service and file. What it counts of all rows for exact
// answers goes with the data, in Data.Sample. t is the table that the data were packed from;
// it has the bytes of columns that were rounded, of which no exact sums are known without it
// (nil, for data of two tables). The same rows and seed give the same sample.
// A page that has no more rows stays as it is. Reduce comes behind everything that adds
// columns, and before Write.
func (p *Page) Reduce(ctx context.Context, t *dataset.Table, most int, seed uint64) error {
	return p.reduce(ctx, t, most, mostCells, seed)
}

// reduce is Reduce with as many cells.
func (p *Page) reduce(ctx context.Context, t *dataset.Table, most, cells int, seed uint64) error {
	d := p.Data
	if d.Rows <= most || most < 1 {
		return nil
	}
	if t != nil && int64(d.Rows) != t.Rows() {
		return fmt.Errorf("the page has %d rows and the table %d", d.Rows, t.Rows())
	}
	s := &Sample{Rows: d.Rows, Axis: p.axis()}
	hot := d.anomalous()
	for _, h := range hot {
		s.Anomalous += int(h)
	}
	c, err := newCubist(p, t)
	if err != nil {
		return err
	}
	if s.Cubes, err = d.cubes(d.filtering(c.roles), cells, c.cube); err != nil {
		return err
	}
	if context.Cause(ctx) != nil {
		return context.Cause(ctx)
	}
	strata := d.strata(hot, c.roles, s.Cubes[0].Columns, most)
	s.By = strata.by
	keep := strata.draw(most, seed)
	s.First, s.Ends = countedTo(keep, c.first), make([]int, len(c.ends))
	for i, end := range c.ends {
		s.Ends[i] = countedTo(keep, end)
	}
	for _, i := range keep {
		s.Kept += int(hot[i])
	}
	d.keep(keep)
	d.Sample = s
	return nil
}

// countedTo is how many of the ascending rows come before one.
func countedTo(rows []int, row int) int {
	n, _ := slices.BinarySearch(rows, row)
	return n
}

// anomalous says of each row with 1 that it is anomalous: an alert, or without a detector one
// whose label is not normal.
func (d *Data) anomalous() []uint16 {
	out := make([]uint16, d.Rows)
	switch {
	case d.Verdicts != nil:
		score := &d.Columns[d.Verdicts.Score]
		for i, k := range score.Codes {
			if int(k) < len(score.Values) && score.Values[k] >= d.Verdicts.Threshold {
				out[i] = 1
			}
		}
	case d.Label >= 0:
		label := &d.Columns[d.Label]
		for i, k := range label.Codes {
			if d.attack(label, k) {
				out[i] = 1
			}
		}
	}
	return out
}

// attack says of a code of the label whether it is known not to be normal.
func (d *Data) attack(label *Column, k uint16) bool {
	return int(k) < len(label.Levels) && !slices.Contains(d.Normal, label.Levels[k]) // without a label nothing is known
}

// Strata are groups of rows that are drawn from one by one.
type strata struct {
	by   []int    // columns
	of   []uint32 // by row
	rows []int    // of each
	hot  []bool   // of each: its rows are anomalous
}

// strata groups rows by being anomalous and by those of the columns that leave enough rows to
// each group. Only columns of the first cube are used, which can tell how many rows a group has.
func (d *Data) strata(hot []uint16, r Roles, known []int, most int) *strata {
	var by []int
	for j := range d.Columns {
		if slices.Contains(known, j) && d.Columns[j].Name != r.Status {
			by = append(by, j)
		}
	}
	for {
		g := newGrouping(d.Rows)
		g.refine(hot, 2)
		for _, j := range by {
			g.refine(d.Columns[j].Codes, d.Columns[j].size())
		}
		if len(g.first) > most/rowsOfStratum && len(by) > 0 {
			by = without(by, d.widest(by))
			continue
		}
		s := &strata{by: by, of: g.of, rows: make([]int, len(g.first)), hot: make([]bool, len(g.first))}
		for _, k := range g.of {
			s.rows[k]++
		}
		for k, i := range g.first {
			s.hot[k] = hot[i] == 1
		}
		return s
	}
}

// widest returns which of the columns has the most codes; the label only where it is alone.
func (d *Data) widest(columns []int) int {
	best := columns[0]
	for _, j := range columns {
		if best == d.Label || j != d.Label && d.Columns[j].size() > d.Columns[best].size() {
			best = j
		}
	}
	return best
}

func without(all []int, one int) []int {
	return slices.DeleteFunc(slices.Clone(all), func(j int) bool { return j == one })
}

// draw returns the rows of a sample in their order. The first row is always one of them,
// because times are counted from it.
func (s *strata) draw(most int, seed uint64) []int {
	need := s.allocate(most)
	if len(s.of) > 0 && need[s.of[0]] == 0 { // its place comes from another stratum
		need[s.of[0]]++
		if k := slices.IndexFunc(need, func(n int) bool { return n > 1 }); k >= 0 {
			need[k]--
		}
	}
	left := slices.Clone(s.rows)
	rng := rand.New(rand.NewPCG(seed, 0x73616d706c65))
	out := make([]int, 0, most)
	for i, k := range s.of {
		if i == 0 || need[k] == left[k] || need[k] > 0 && rng.IntN(left[k]) < need[k] {
			need[k]--
			out = append(out, i)
		}
		left[k]--
	}
	return out
}

// allocate says how many rows each stratum gives.
func (s *strata) allocate(most int) []int {
	sizes := [2][]int{make([]int, len(s.rows)), make([]int, len(s.rows))}
	var all [2]int
	for k, n := range s.rows {
		part := 0
		if s.hot[k] {
			part = 1
		}
		sizes[part][k] = n
		all[part] += n
	}
	hot := min(all[1], max(int(mostAnomalous*float64(most)), most-all[0]))
	need := shareOut(sizes[1], hot, fewestAnomalous)
	for k, n := range shareOut(sizes[0], most-hot, fewestOthers) {
		need[k] += n
	}
	return need
}

// shareOut gives so many rows to groups by their sizes, to each at least fewest or all that it
// has; where this alone would be more than half, fewest is less. Each group has one at least if
// half of the rows are enough for that.
func shareOut(sizes []int, rows, fewest int) []int {
	least := func(n int) int { return min(n, fewest) }
	for fewest > 1 && total(sizes, least) > rows/2 {
		fewest /= 2
	}
	share := func(part float64) func(int) int {
		return func(n int) int { return max(least(n), min(n, int(part*float64(n)))) }
	}
	low, high := 0.0, 1.0 // the part of a large group
	for range 60 {
		if middle := (low + high) / 2; total(sizes, share(middle)) <= rows {
			low = middle
		} else {
			high = middle
		}
	}
	if total(sizes, share(1)) <= rows {
		low = 1
	}
	out := make([]int, len(sizes))
	of := share(low)
	for k, n := range sizes {
		out[k] = of(n)
		rows -= out[k]
	}
	for k := 0; k < len(sizes) && rows > 0; k++ {
		if out[k] < sizes[k] {
			out[k]++
			rows--
		}
	}
	return out
}

func total(sizes []int, of func(int) int) (sum int) {
	for _, n := range sizes {
		sum += of(n)
	}
	return sum
}

// keep leaves only some rows in the data, which are in their order.
func (d *Data) keep(rows []int) {
	if v := d.Verdicts; v != nil {
		v.keep(&d.Columns[v.Score], rows)
	}
	for j := range d.Columns {
		d.Columns[j].Codes = picked(d.Columns[j].Codes, rows)
	}
	if d.Clock != nil {
		d.Clock.Since = picked(d.Clock.Since, rows)
	}
	if d.Lines != nil {
		d.Lines = picked(d.Lines, rows)
	}
	if d.order != nil {
		d.order = picked(d.order, rows)
	}
	d.Rows = len(rows)
}

func picked[T any](all []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = all[r]
	}
	return out
}

// keep leaves the reasons and IDs of some rows.
func (v *Verdicts) keep(score *Column, rows []int) {
	var places []int // of what is kept
	place, next := 0, 0
	for i, k := range score.Codes {
		has := int(k) < len(score.Values) && score.Values[k] >= v.Floor
		if next < len(rows) && rows[next] == i {
			if next++; has {
				places = append(places, place)
			}
		}
		if has {
			place++
		}
	}
	v.Reasons = picked(v.Reasons, places)
	if v.IDs != nil {
		v.IDs = picked(v.IDs, places)
	}
}
