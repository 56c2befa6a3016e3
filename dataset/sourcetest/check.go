package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
)

// Check holds a source to the rows that it should have, and fails the test where
// it answers anything else: counts must be equal, floats within a relative
// 1e-12. Of a source that is no engine, what only an engine offers is left out.
//
// A column that has no value in any row may be of any kind of numbers.
func Check(t testing.TB, src dataset.Source, want *dataset.Table) {
	t.Helper()
	c := &checker{TB: t, src: src, want: want}
	c.engine, _ = dataset.EngineOf(src)
	c.sort()
	c.schema()
	if t.Failed() {
		return // what follows goes by the columns
	}
	c.counts()
	c.sets()
	c.narrowed()
	c.cancelled()
	if c.engine != nil {
		c.rowCount()
		c.asking()
		c.refusing()
		c.wide()
		c.comoments()
		c.heads()
		c.samples()
		c.likelihoods()
	}
}

// A checker is one run of Check.
type checker struct {
	testing.TB
	src    dataset.Source
	engine dataset.Engine // nil: src is none
	want   *dataset.Table

	numbers, levels, words []int          // columns by their form
	times                  map[string]int // how often the table has each row, once that is known
}

// tolerance of floats.
const tolerance = 1e-12

// sort tells the columns apart by their form.
func (c *checker) sort() {
	for i, column := range c.want.Schema().Columns {
		switch {
		case column.Dict != nil:
			c.levels = append(c.levels, i)
		case column.Kind == dataset.Text:
			c.words = append(c.words, i)
		default:
			c.numbers = append(c.numbers, i)
		}
	}
}

// name returns the name of a column.
func (c *checker) name(column int) string { return c.want.Schema().Columns[column].Name }

// must ends the test if what was asked cannot be answered.
func (c *checker) must(what string, err error) {
	c.Helper()
	if err != nil {
		c.Fatalf("%s: %v", what, err)
	}
}

func (c *checker) schema() {
	c.Helper()
	got, want := c.src.Schema(), c.want.Schema()
	if !slices.Equal(got.Names(), want.Names()) {
		c.Errorf("the columns are %q, want %q", got.Names(), want.Names())
		return
	}
	for i, w := range want.Columns {
		g := got.Columns[i]
		if g.Kind != w.Kind && !(w.Kind == dataset.Unknown && g.Kind.Numeric()) {
			c.Errorf("column %q holds %s cells, want %s", w.Name, g.Kind, w.Kind)
		}
		if g.Role != w.Role || g.Canon != w.Canon {
			c.Errorf("column %q is a %s known as %q, want a %s known as %q", w.Name, g.Role, g.Canon, w.Role, w.Canon)
		}
		if (g.Dict == nil) != (w.Dict == nil) {
			c.Errorf("column %q has levels: %v, want %v", w.Name, g.Dict != nil, w.Dict != nil)
		}
	}
}

func (c *checker) rowCount() {
	c.Helper()
	if n := c.engine.Rows(); n != c.want.Rows() {
		c.Errorf("after a scan, the engine has %d rows, want %d", n, c.want.Rows())
	}
}

// counts holds Counts to those of the table: of all rows and by every column of
// levels, of some columns, and with budgets that some columns exceed.
func (c *checker) counts() {
	c.Helper()
	groups := append([]int{-1}, c.levels...)
	for _, by := range groups {
		c.sameCounts(fmt.Sprintf("counts by %d", by), c.src, c.want, dataset.Counts{By: by})
	}
	some := []int{len(c.want.Schema().Columns) - 1, 0}
	for _, by := range groups {
		c.sameCounts(fmt.Sprintf("counts of two columns by %d", by), c.src, c.want, dataset.Counts{By: by, Needed: some})
	}
	for _, budget := range []int{1, 3, 20, 50, 200} {
		c.sameCounts(fmt.Sprintf("counts with a budget of %d a column", budget), c.src, c.want, dataset.Counts{By: -1, Budget: budget * len(c.numbers)})
	}
}

// sameCounts counts two sources and compares everything.
func (c *checker) sameCounts(what string, src, wanted dataset.Source, o dataset.Counts) {
	c.Helper()
	got, want := &dataset.Counts{By: o.By, Needed: o.Needed, Budget: o.Budget}, &o
	c.must(what, src.Scan(context.Background(), got))
	c.must(what, wanted.Scan(context.Background(), want))
	if got.Rows() != want.Rows() {
		c.Errorf("%s: %d rows, want %d", what, got.Rows(), want.Rows())
	}
	over := want.Overflowed()
	if !slices.Equal(got.Overflowed(), over) {
		c.Errorf("%s: columns %d have too many values, want %d", what, got.Overflowed(), over)
		return
	}
	for i := range wanted.Schema().Columns {
		if o.Needed != nil && !slices.Contains(o.Needed, i) {
			continue
		}
		w := want.Missing(i)
		if m := got.Missing(i); m != w && !(m == -1 && slices.Contains(over, i)) {
			c.Errorf("%s: column %d misses %d cells, want %d", what, i, m, w)
		}
		c.sameDistinct(what, i, got, want)
		if !slices.Contains(over, i) {
			c.sameGroups(what, i, got, want)
		}
	}
}

func (c *checker) sameDistinct(what string, column int, got, want *dataset.Counts) {
	c.Helper()
	n, exact := got.Distinct(column)
	w, sure := want.Distinct(column)
	if exact != sure || sure && n != w {
		c.Errorf("%s: column %d has %d different cells (exactly: %v), want %d (%v)", what, column, n, exact, w, sure)
	}
}

// sameGroups compares the values of a column in every group. Codes of groups are
// each source's own, levels are not.
func (c *checker) sameGroups(what string, column int, got, want *dataset.Counts) {
	c.Helper()
	gotCodes, wantCodes := []int{0}, []int{0}
	if want.By >= 0 {
		var g, w []dataset.LevelCount
		gotCodes, g = got.GroupLevels()
		wantCodes, w = want.GroupLevels()
		if !slices.Equal(g, w) {
			c.Errorf("%s: the groups are %v, want %v", what, g, w)
			return
		}
	}
	for k := range wantCodes {
		where := fmt.Sprintf("%s, column %d, group %d", what, column, k)
		if g, w := got.RowsOf(gotCodes[k]), want.RowsOf(wantCodes[k]); g != w {
			c.Errorf("%s: %d rows, want %d", where, g, w)
		}
		if g, w := got.Levels(column, gotCodes[k]), want.Levels(column, wantCodes[k]); !slices.Equal(g, w) {
			c.Errorf("%s: the levels are %v, want %v", where, g, w)
		}
		g, err := got.Tally(column, gotCodes[k])
		c.must(where, err)
		w, err := want.Tally(column, wantCodes[k])
		c.must(where, err)
		if !slices.Equal(g.Values, w.Values) || !slices.EqualFunc(g.Counts, w.Counts, slices.Equal) {
			c.Errorf("%s: the values are %v %v, want %v %v", where, g.Values, g.Counts, w.Values, w.Counts)
		}
	}
}

// cancelled asks with a context that has ended.
func (c *checker) cancelled() {
	c.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	asked := map[string]func() error{
		"Scan": func() error { return c.src.Scan(ctx, &dataset.Counts{By: -1}) },
	}
	if c.engine != nil {
		asked["Wide"] = func() error { _, err := c.engine.Wide(ctx, c.numbers, []float64{0.5}); return err }
		asked["Comoments"] = func() error { _, err := c.engine.Comoments(ctx, measuredOf(c.numbers)); return err }
		asked["Head"] = func() error { _, err := c.engine.Head(ctx, 3); return err }
		asked["Sample"] = func() error {
			_, err := c.engine.Sample(ctx, dataset.SampleOptions{Rows: 3, By: -1})
			return err
		}
	}
	for what, ask := range asked {
		if err := ask(); !errors.Is(err, context.Canceled) {
			c.Errorf("%s with a context that has ended: %v, want %v", what, err, context.Canceled)
		}
	}
}

func measuredOf(columns []int) []dataset.Measured {
	var out []dataset.Measured
	for _, i := range columns {
		out = append(out, dataset.Measured{Column: i})
	}
	return out
}

// A rowReader is an analysis that needs rows.
type rowReader struct{}

func (rowReader) Start(*dataset.Schema, int) error  { return nil }
func (rowReader) Batch(int, *dataset.Batch) error   { return nil }
func (rowReader) EndChunk(int, dataset.Chunk) error { return nil }

// refusing asks for rows, alone and beside an analysis that can be served.
func (c *checker) refusing() {
	c.Helper()
	for _, analyses := range [][]dataset.Analysis{{rowReader{}}, {&dataset.Counts{By: -1}, rowReader{}}} {
		var refusal *dataset.RowsError
		if err := c.src.Scan(context.Background(), analyses...); !errors.As(err, &refusal) {
			c.Errorf("an analysis that needs rows: %v, want a RowsError", err)
		} else if refusal.Table == "" {
			c.Errorf("the refusal does not name the table: %v", err)
		}
	}
}

// An asker asks an engine in place of a scan.
type asker struct {
	rowReader
	workers, chunks int
	engine          dataset.Engine
	answer          error
}

// Start implements dataset.Analysis.
func (a *asker) Start(_ *dataset.Schema, workers int) error {
	a.workers = workers
	return nil
}

// EndChunk implements dataset.Analysis.
func (a *asker) EndChunk(int, dataset.Chunk) error {
	a.chunks++
	return nil
}

// errAnswer is how a question may end.
var errAnswer = errors.New("the answer")

// Ask implements dataset.Asking.
func (a *asker) Ask(_ context.Context, e dataset.Engine) error {
	a.engine = e
	return a.answer
}

// asking lets an analysis ask, whose error the scan returns. It sees no chunk, for
// there was no scan.
func (c *checker) asking() {
	c.Helper()
	for _, answer := range []error{nil, errAnswer} {
		a := &asker{answer: answer}
		if err := c.src.Scan(context.Background(), a); !errors.Is(err, answer) {
			c.Errorf("a scan in which asking ends with %v: %v", answer, err)
		}
		if a.workers != 1 || a.chunks != 0 || a.engine == nil || a.engine.Rows() != c.want.Rows() {
			c.Errorf("asked with %d workers, %d chunks and the engine %v, want 1, none and one of all rows", a.workers, a.chunks, a.engine)
		}
	}
}

// near compares two floats; size is that of what they were computed from.
func (c *checker) near(what string, got, want, size float64) {
	c.Helper()
	if !check.Near(got, want, tolerance, tolerance*size) {
		c.Errorf("%s = %.17g, want %.17g", what, got, want)
	}
}
