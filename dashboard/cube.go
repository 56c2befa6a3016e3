package dashboard

import (
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A Cube has how many rows of a table have the same codes in some columns, in cells: one for
// each combination that occurs, those of each step of the time axis together.
type Cube struct {
	Columns []int      // of Data
	Judged  bool       // cells are also apart by whether their rows are alerts
	Timed   bool       // and by steps: those before the axis first, those behind it last
	First   int        // cells before the axis
	Ends    []int      // by step: the cells before its end
	Codes   [][]uint16 // by column and cell
	Alerts  []uint16   // by cell: 1 for alerts; nil if it is not judged
	Counts  []uint32   // rows of a cell
	Sums    [2][]float64
}

// mostCells bounds the cells of the cubes of a page: each takes some six bytes of the file.
const mostCells = 300_000

// A cubist makes cubes of a table.
type cubist struct {
	d     *Data
	roles Roles
	first int          // rows before the time axis
	ends  []int        // by step: the row behind it
	alert []uint16     // by row: whether it is an alert; nil without a detector
	sums  [2][]float64 // by row: bytes out and in, 0 where there are none; nil without such a column
}

func newCubist(p *Page, t *dataset.Table) (*cubist, error) {
	d := p.Data
	c := &cubist{d: d, roles: FindRoles(d)}
	c.first, c.ends = d.steps(p.axis())
	if d.Verdicts != nil {
		c.alert = d.anomalous()
	}
	for side, name := range []string{c.roles.Out, c.roles.In} {
		if at := slices.IndexFunc(d.Columns, func(c Column) bool { return c.Name == name }); name != "" && at >= 0 {
			var err error
			if c.sums[side], err = d.numbers(at, t); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// numbers returns the numbers of a column by row, 0 for missing ones: those of the table if it
// is there, else those of codes; nil where these were rounded.
func (d *Data) numbers(at int, t *dataset.Table) ([]float64, error) {
	c, out := &d.Columns[at], make([]float64, d.Rows)
	if t == nil {
		if c.Rounded {
			return nil, nil
		}
		for i, k := range c.Codes {
			if int(k) < len(c.Values) {
				out[i] = c.Values[k]
			}
		}
		return out, nil
	}
	in := slices.IndexFunc(t.Schema().Columns, func(of dataset.Column) bool { return of.Name == c.Name })
	if in < 0 {
		return nil, fmt.Errorf("the table has no column %q", c.Name)
	}
	values, err := t.Floats(in)
	if err != nil {
		return nil, err
	}
	for i, r := range d.order {
		if v := values[r]; !math.IsNaN(v) {
			out[i] = v
		}
	}
	return out, nil
}

// steps returns how many rows come before the time axis of the page, and the row behind each
// of its steps. It does what the page does (board.js); without times, steps are equal parts of
// the rows.
func (d *Data) steps(axis *TimeAxis) (first int, ends []int) {
	if d.Clock == nil || axis == nil {
		n := max(1, min(240, d.Rows))
		for s := range n {
			ends = append(ends, (s+1)*d.Rows/n)
		}
		return 0, ends
	}
	from := func(t float64) int {
		at, _ := slices.BinarySearch(d.Clock.Since, t-d.Clock.Start-1e-7)
		return at
	}
	for s := range axis.Steps {
		ends = append(ends, from(axis.Start+float64(s+1)*axis.Step))
	}
	return from(axis.Start), ends
}

// A cuber makes a cube of some columns; nil if it would have more cells than most.
type cuber func(columns []int, timed bool, most int) (*Cube, error)

// filtering are the columns that filter most.
func (d *Data) filtering(r Roles) (columns []int) {
	file := ""
	if d.order == nil {
		file = fileColumn // of joined tables
	}
	for j := range d.Columns {
		name := d.Columns[j].Name
		if j == d.Label || slices.Contains([]string{r.Protocol, r.Service, r.Status, file}, name) && d.Columns[j].Levels != nil {
			columns = append(columns, j)
		}
	}
	return columns
}

// cubes makes one cube of all columns, by steps of time. If this has too many cells there are
// two: one without time, and one with time and fewer columns.
func (d *Data) cubes(columns []int, most int, cube cuber) ([]Cube, error) {
	switch all, err := cube(columns, true, most); {
	case err != nil:
		return nil, err
	case all != nil:
		return []Cube{*all}, nil
	}
	whole, err := d.fitting(columns, false, most/2, cube)
	if err != nil {
		return nil, err
	}
	timed, err := d.fitting(whole.Columns, true, most/2, cube)
	if err != nil {
		return nil, err
	}
	return []Cube{*whole, *timed}, nil
}

// fitting makes a cube of as many of the columns as fit into so many cells.
func (d *Data) fitting(columns []int, timed bool, most int, cube cuber) (*Cube, error) {
	for {
		if len(columns) == 0 {
			most = math.MaxInt
		}
		if c, err := cube(columns, timed, most); err != nil || c != nil {
			return c, err
		}
		columns = without(columns, d.widest(columns))
	}
}

// cube makes a cube; nil if it would have more cells.
func (c *cubist) cube(columns []int, timed bool, most int) (*Cube, error) {
	g := newGrouping(c.d.Rows)
	for _, j := range columns {
		g.refine(c.d.Columns[j].Codes, c.d.Columns[j].size())
	}
	out := &Cube{Columns: columns, Judged: c.alert != nil, Timed: timed}
	if out.Judged {
		g.refine(c.alert, 2)
	}
	f := newCellar(c, g)
	if !timed {
		f.pour(0, c.d.Rows)
	} else {
		f.pour(0, c.first)
		out.First = len(f.counts)
		for s, from := 0, c.first; s < len(c.ends) && len(f.counts) <= most; s++ {
			f.pour(from, c.ends[s])
			out.Ends, from = append(out.Ends, len(f.counts)), c.ends[s]
		}
		f.pour(c.ends[len(c.ends)-1], c.d.Rows)
	}
	if len(f.counts) > most {
		return nil, nil
	}
	out.Counts, out.Sums = f.counts, f.sums
	rows := make([]int, len(f.groups)) // one of each cell
	for i, k := range f.groups {
		rows[i] = g.first[k]
	}
	for _, j := range columns {
		out.Codes = append(out.Codes, picked(c.d.Columns[j].Codes, rows))
	}
	if out.Judged {
		out.Alerts = picked(c.alert, rows)
	}
	return out, nil
}

// A cellar collects cells.
type cellar struct {
	of     *cubist
	g      *grouping
	place  []int // by group: 1 more than its cell among those of the rows that are poured
	groups []uint32
	counts []uint32
	sums   [2][]float64
}

func newCellar(c *cubist, g *grouping) *cellar {
	return &cellar{of: c, g: g, place: make([]int, len(g.first))}
}

// pour adds the cells of some rows, in the order in which the groups occur in the table.
func (f *cellar) pour(from, to int) {
	begin := len(f.groups)
	for i := from; i < to; i++ {
		if k := f.g.of[i]; f.place[k] == 0 {
			f.place[k] = 1
			f.groups = append(f.groups, k)
		}
	}
	slices.Sort(f.groups[begin:])
	for at, k := range f.groups[begin:] {
		f.place[k] = begin + at
	}
	f.counts = append(f.counts, make([]uint32, len(f.groups)-begin)...)
	for i := from; i < to; i++ {
		f.counts[f.place[f.g.of[i]]]++
	}
	for side, values := range f.of.sums {
		if values == nil {
			continue
		}
		f.sums[side] = append(f.sums[side], make([]float64, len(f.groups)-begin)...)
		for i := from; i < to; i++ { // always in the order of rows, so that rounding is the same
			f.sums[side][f.place[f.g.of[i]]] += values[i]
		}
	}
	for _, k := range f.groups[begin:] {
		f.place[k] = 0
	}
}

// A grouping numbers the combinations of codes that occur, in the order in which they do.
type grouping struct {
	of    []uint32 // by row
	first []int    // by group: its first row
}

// newGrouping has all rows in one group.
func newGrouping(rows int) *grouping {
	return &grouping{of: make([]uint32, rows), first: make([]int, min(rows, 1))}
}

// mostDense bounds the numbers that are looked up in an array rather than in a map.
const mostDense = 1 << 22

// refine divides the groups by the codes of a column.
func (g *grouping) refine(codes []uint16, size int) {
	var known map[uint64]uint32
	var dense []uint32 // 1 more than the group
	if len(g.first)*size <= mostDense {
		dense = make([]uint32, len(g.first)*size)
	} else {
		known = map[uint64]uint32{}
	}
	first := []int{}
	for i, k := range g.of {
		at := uint64(k)*uint64(size) + uint64(codes[i])
		var now uint32
		if dense != nil {
			now = dense[at]
		} else {
			now = known[at]
		}
		if now == 0 {
			first = append(first, i)
			now = uint32(len(first))
			if dense != nil {
				dense[at] = now
			} else {
				known[at] = now
			}
		}
		g.of[i] = now - 1
	}
	g.first = first
}
