package dashboard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A Draw is how an engine has drawn the rows of a sample: by chance, anomalous ones no more
// often than others.
type Draw struct {
	By     string                // the column whose levels have their shares, "" if there is none
	Levels []dataset.SampleLevel // of it
}

// PackSample takes rows for the page that an engine has drawn from its table, as Pack takes
// a table. t may have columns behind those of the engine.
func PackSample(ctx context.Context, t *dataset.Table, e dataset.Engine, source string, normal []string) (*Data, error) {
	d, err := pack(ctx, t, e.Schema(), source, normal)
	if err != nil {
		return nil, err
	}
	d.Lines = nil // there is no file
	return d, nil
}

// Count lets an engine count for exact answers what Reduce counts of rows. The data of the
// page were packed by PackSample from s, which the engine has drawn, and the series of the
// page is that of the engine. Only sums and groups are asked for, whatever the number of rows.
// A page of all rows stays as it is. Count comes behind everything that adds columns, and
// before Write.
func (p *Page) Count(ctx context.Context, e dataset.Engine, s *dataset.Sample) error {
	return p.count(ctx, e, s, mostCells)
}

// count is Count with as many cells.
func (p *Page) count(ctx context.Context, e dataset.Engine, s *dataset.Sample, cells int) error {
	d := p.Data
	if s.Whole() {
		return nil
	}
	if int64(d.Rows) != s.Rows() {
		return fmt.Errorf("the page has %d rows and the sample %d", d.Rows, s.Rows())
	}
	t := &tally{d: d, e: e, s: s, codes: map[int]map[string]uint16{}, clock: -1}
	var err error
	if t.axis, err = t.time(ctx, axisOf(p.Series)); err != nil {
		return err
	}
	columns, err := t.filtering(ctx)
	if err != nil {
		return err
	}
	t.sums = t.bytes()
	out := &Sample{Rows: int(s.Of), Axis: t.axis, Draw: &Draw{s.By, s.Strata}}
	if out.Cubes, err = t.cubes(ctx, columns, cells); err != nil {
		return err
	}
	out.First, out.Ends = d.steps(t.axis)
	out.drawnBy(d)
	d.Sample = out
	return nil
}

// drawnBy says by what rows were drawn, and how many of them are anomalous.
func (s *Sample) drawnBy(d *Data) {
	if d.Label < 0 || s.Draw.By != d.Columns[d.Label].Name {
		return
	}
	each := true
	for _, l := range s.Draw.Levels {
		if l.Level != "" && !slices.Contains(d.Normal, l.Level) {
			s.Anomalous, s.Kept = s.Anomalous+int(l.Of), s.Kept+int(l.Rows)
		}
		each = each && l.Rows > 0
	}
	if each && slices.Contains(s.Cubes[0].Columns, d.Label) { // else there are no rows to stand for those of some level
		s.By = []int{d.Label}
	}
}

// A tally asks an engine for what a page has to know of a table.
type tally struct {
	d     *Data
	e     dataset.Engine
	s     *dataset.Sample
	codes map[int]map[string]uint16 // by column of the data: the code of each level of the table; empty if these are too many
	clock int                       // column of the engine, -1 without an axis
	axis  *TimeAxis                 // nil if there is none
	least float64                   // the earliest time
	most  float64                   // the latest
	sums  [2]int                    // columns of the engine: bytes out and in; -1 without
}

// column returns which column of the engine one of the page is, -1 if it is none.
func (t *tally) column(name string) int {
	return slices.IndexFunc(t.e.Schema().Columns, func(c dataset.Column) bool { return name != "" && c.Name == name })
}

// bytes returns the columns of bytes.
func (t *tally) bytes() (out [2]int) {
	r := FindRoles(t.d)
	for side, name := range []string{r.Out, r.In} {
		out[side] = t.column(name)
	}
	return out
}

// time lets the clock of the page begin where the table does, and returns the axis: the one
// that is given, or one over all times.
func (t *tally) time(ctx context.Context, axis *TimeAxis) (*TimeAxis, error) {
	c := t.d.Clock
	if c == nil {
		return nil, nil
	}
	at := t.column(c.Name)
	if at < 0 {
		t.d.Clock = nil
		return nil, nil
	}
	wide, err := t.e.Wide(ctx, []int{at}, nil)
	if err != nil {
		return nil, err
	}
	times, err := t.s.Floats(at)
	if err != nil {
		return nil, err
	}
	t.clock, t.least, t.most = at, wide[0].Moments.Min, wide[0].Moments.Max
	if !(t.most-t.least <= math.MaxFloat64) { // no axis is that long
		t.d.Clock = nil
		return nil, nil
	}
	c.Start = t.least
	for i, r := range t.d.order {
		if v := times[r]; v == v {
			c.Since[i] = v - c.Start
		}
	}
	if axis == nil {
		axis = axisOver(&Clock{Start: t.least, Since: []float64{0, t.most - t.least}})
	}
	return axis, nil
}

// filtering returns the columns that filter most, with the codes that they have in the table.
func (t *tally) filtering(ctx context.Context) ([]int, error) {
	for {
		var columns, fresh []int
		for _, j := range t.d.filtering(FindRoles(t.d)) {
			c := &t.d.Columns[j]
			codes, known := t.codes[j]
			switch {
			case c.Levels == nil || t.column(c.Name) < 0: // it was added to the rows
			case !known:
				fresh = append(fresh, j)
			case len(codes) > 0:
				columns = append(columns, j)
			}
		}
		if len(fresh) == 0 {
			return columns, nil
		}
		if err := t.count(ctx, fresh); err != nil { // which may change what columns are for
			return nil, err
		}
	}
}

// count counts the levels of columns and gives them codes by their counts.
func (t *tally) count(ctx context.Context, columns []int) error {
	counts, sets := make([]levelCounts, len(columns)), make([]dataset.Set, len(columns))
	for i, j := range columns {
		at := t.column(t.d.Columns[j].Name)
		sets[i].Keys = []dataset.Key{{Column: at}}
		counts[i] = levelCounts{dict: t.e.Schema().Columns[at].Dict, place: map[string]uint32{}}
	}
	over, err := dataset.CountGroups(ctx, t.e, sets, func(set int, g *dataset.Groups) { counts[set].add(g) })
	if err != nil {
		return err
	}
	for i, j := range columns {
		t.codes[j] = map[string]uint16{}
		if over[i] {
			continue
		}
		if counts[i].total() != t.s.Of {
			return dataset.ErrChanged
		}
		if err := t.recode(j, &counts[i]); err != nil {
			return err
		}
	}
	return nil
}

// recode gives the rows of the page the codes that levels have in the table.
func (t *tally) recode(j int, counts *levelCounts) error {
	c := &t.d.Columns[j]
	at := t.column(c.Name)
	codes, err := t.s.Codes(at)
	if err != nil {
		return err
	}
	dict := t.s.Schema().Columns[at].Dict
	for r, k := range codes {
		known := counts.missing > 0
		if k != dataset.MissingCode {
			codes[r], known = counts.place[dict.Level(k)]
		}
		if !known {
			return dataset.ErrChanged
		}
	}
	for i, code := range c.rank(counts.names, counts.rows, counts.missing > 0, codes, t.d.order) {
		t.codes[j][counts.names[i]] = code
	}
	return nil
}

// cubes makes the cubes that Reduce would make of all rows; without times one.
func (t *tally) cubes(ctx context.Context, columns []int, cells int) ([]Cube, error) {
	cube := func(columns []int, timed bool, most int) (*Cube, error) { return t.cube(ctx, columns, timed, most) }
	if t.axis != nil {
		return t.d.cubes(columns, cells, cube)
	}
	c, err := t.d.fitting(columns, false, cells, cube)
	if err != nil {
		return nil, err
	}
	return []Cube{*c}, nil
}

// cube makes a cube of the engine's groups; nil if it would have more cells.
func (t *tally) cube(ctx context.Context, columns []int, timed bool, most int) (*Cube, error) {
	var set dataset.Set
	c := &cubeCells{t: t, columns: columns, timed: timed, place: map[string]int{}}
	for _, j := range columns {
		at := t.column(t.d.Columns[j].Name)
		set.Keys, c.dicts = append(set.Keys, dataset.Key{Column: at}), append(c.dicts, t.e.Schema().Columns[at].Dict)
	}
	if timed {
		c.step = t.stepKey()
		set.Keys = append(set.Keys, c.step)
	}
	for _, at := range t.sums {
		if at >= 0 {
			set.Sums = append(set.Sums, at)
		}
	}
	if len(columns) > 0 {
		set.Most = 2 * int64(most) // some groups are one cell, as those without a time and of the first step
	}
	over, err := dataset.CountGroups(ctx, t.e, []dataset.Set{set}, func(_ int, g *dataset.Groups) { c.add(g) })
	switch {
	case err != nil:
		return nil, err
	case over[0] && len(columns) == 0:
		return nil, errors.New("the database counts no more rows by steps of time; choose fewer with --where")
	case over[0] || len(c.rows) > most:
		return nil, nil
	case c.strange || c.total() != t.s.Of:
		return nil, dataset.ErrChanged
	}
	return c.cube(), nil
}
