package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// TestCheck: a table passes, and so does an engine that goes through its rows.
func TestCheck(t *testing.T) {
	check.Long(t)
	table := Awkward(t).Table
	few, err := Counted(table).Head(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		src  dataset.Source
		want *dataset.Table
	}{
		{"table", table, table},
		{"engine", Counted(table), table},
		{"three rows", Counted(few), few},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { Check(t, tt.src, tt.want) })
	}
}

// TestAwkward: the text of the cells reads as the cells, and every level occurs.
func TestAwkward(t *testing.T) {
	r := Awkward(t)
	table := r.Table
	if table.Rows() != awkwardRows {
		t.Fatalf("%d rows, want %d", table.Rows(), awkwardRows)
	}
	for i, c := range table.Schema().Columns {
		for row := range table.Rows() {
			got, want := table.Cell(row, i), r.Rows[row][i]
			if c.Kind.Numeric() && want != "" {
				want = number(numberOf(want, r.Kinds[i]))
				x, err := table.Floats(i)
				if err != nil {
					t.Fatal(err)
				}
				got = number(x[row])
			}
			if got != want {
				t.Fatalf("row %d, column %q: %q, want %q", row, c.Name, got, want)
			}
		}
	}
	if n := table.Schema().Columns[3].Dict.Len(); n != len(awkwardLevels) {
		t.Errorf("%d awkward words occur, want %d", n, len(awkwardLevels))
	}
	if table.Schema().Label() < 0 || table.Schema().Clock() < 0 {
		t.Error("there is no label or no clock")
	}
}

// failures is a test that only counts its failures.
type failures struct {
	testing.TB
	n int
}

func (f *failures) Helper()               {}
func (f *failures) Failed() bool          { return f.n > 0 }
func (f *failures) Errorf(string, ...any) { f.n++ }
func (f *failures) Fatalf(string, ...any) {
	f.n++
	panic(errFatal)
}

var errFatal = errors.New("the test has ended")

// failing reports how often Check fails.
func failing(t *testing.T, src dataset.Source, want *dataset.Table) (n int) {
	f := &failures{TB: t}
	defer func() {
		n = f.n
		if r := recover(); r != nil && r != errFatal {
			panic(r)
		}
	}()
	Check(f, src, want)
	return f.n
}

// TestCheckFindsFaults: an engine that is wrong in one thing does not pass.
func TestCheckFindsFaults(t *testing.T) {
	check.Long(t)
	table := tail(t, Awkward(t).Table, 60)
	right := Counted(table)
	if n := failing(t, right, table); n != 0 {
		t.Fatalf("%d failures without a fault", n)
	}
	plain := map[string]dataset.Engine{
		"a row too many":    faulty{Engine: right, groups: func(g *dataset.Groups) { g.N[0]++ }},
		"a sum":             faulty{Engine: right, groups: sumOff},
		"a negative zero":   faulty{Engine: right, wide: func(w *dataset.WideSummary) { w.Zeros++ }},
		"a quantile":        faulty{Engine: right, wide: func(w *dataset.WideSummary) { w.Quantiles[3] += 1e-9 }},
		"missing cells":     faulty{Engine: right, wide: func(w *dataset.WideSummary) { w.Missing++ }},
		"comoments":         faulty{Engine: right, comoments: true},
		"order":             faulty{Engine: right, order: true},
		"seed":              faulty{Engine: right, seed: true},
		"cancellation":      faulty{Engine: right, deaf: true},
		"rows":              faulty{Engine: right, rows: true},
		"conditions":        faulty{Engine: right, anything: true},
		"other rows":        Counted(tail(t, table, 59)),
		"too few groups":    CountedWith(table, CountedOptions{Budget: 20}),
		"another selection": faulty{Engine: right, selected: true},
	}
	for name, e := range plain {
		if failing(t, e, table) == 0 {
			t.Errorf("%s: Check finds nothing", name)
		}
	}
}

// tail returns the last rows of a table.
func tail(t *testing.T, table *dataset.Table, rows int64) *dataset.Table {
	var last []int
	for row := table.Rows() - rows; row < table.Rows(); row++ {
		last = append(last, int(row))
	}
	out, err := pickRows(t.Context(), table, last)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sumOff(g *dataset.Groups) {
	for k := range g.Sums {
		g.Sums[k][0] *= 1 + 1e-9
	}
}

// A faulty is an engine with a fault.
type faulty struct {
	dataset.Engine
	groups                                                 func(*dataset.Groups)
	wide                                                   func(*dataset.WideSummary)
	comoments, order, seed, deaf, rows, anything, selected bool
}

// A disturbed is an analysis that is told something wrong.
type disturbed struct {
	dataset.Tallied
	wrong func(*dataset.Groups)
}

func (d disturbed) Groups(set int, g *dataset.Groups) error {
	d.wrong(g)
	return d.Tallied.Groups(set, g)
}

func (f faulty) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	if f.deaf {
		ctx = context.WithoutCancel(ctx)
	}
	served := slices.Clone(analyses)
	for i, a := range analyses {
		if _, reader := a.(rowReader); reader && f.rows {
			return nil
		}
		if tallied, ok := a.(dataset.Tallied); ok && f.groups != nil {
			served[i] = disturbed{tallied, f.groups}
		}
	}
	return f.Engine.Scan(ctx, served...)
}

func (f faulty) Where(expr string) (dataset.Source, error) {
	if f.anything {
		return f.Engine, nil
	}
	return f.Engine.Where(expr)
}

func (f faulty) Select(columns []int) (dataset.Source, error) {
	if f.selected {
		slices.Sort(columns)
	}
	return f.Engine.Select(columns)
}

func (f faulty) Wide(ctx context.Context, columns []int, p []float64) ([]dataset.WideSummary, error) {
	out, err := f.Engine.Wide(ctx, columns, p)
	if err == nil && f.wide != nil {
		f.wide(&out[1])
	}
	return out, err
}

func (f faulty) Comoments(ctx context.Context, columns []dataset.Measured) ([]stats.Comoments, error) {
	out, err := f.Engine.Comoments(ctx, columns)
	if err == nil && f.comoments {
		slices.Reverse(out)
	}
	return out, err
}

func (f faulty) Head(ctx context.Context, rows int64, order ...dataset.Order) (*dataset.Table, error) {
	if f.order {
		order = nil
	}
	return f.Engine.Head(ctx, rows, order...)
}

func (f faulty) Sample(ctx context.Context, o dataset.SampleOptions) (*dataset.Sample, error) {
	if f.seed {
		o.Seed = 0
	}
	return f.Engine.Sample(ctx, o)
}

// A reluctant analysis has sets in some tables, and asks in others.
type reluctant struct {
	asker
	*recorder
}

func (r *reluctant) Start(s *dataset.Schema, workers int) error { return r.recorder.Start(s, workers) }
func (r *reluctant) Batch(worker int, b *dataset.Batch) error   { return r.recorder.Batch(worker, b) }
func (r *reluctant) EndChunk(worker int, c dataset.Chunk) error {
	return r.recorder.EndChunk(worker, c)
}

// TestCountedAsks: an analysis that may do both asks if it has no sets.
func TestCountedAsks(t *testing.T) {
	e := Counted(Awkward(t).Table)
	asks := &reluctant{asker: asker{answer: errAnswer}, recorder: &recorder{}}
	if err := e.Scan(t.Context(), asks); !errors.Is(err, errAnswer) {
		t.Errorf("without sets: %v, want that it asks", err)
	}
	tells := &reluctant{recorder: &recorder{sets: []dataset.Set{{Keys: []dataset.Key{{Column: 2}}}}}}
	if err := e.Scan(t.Context(), tells); err != nil || len(tells.seen[0]) != 3 || tells.recorder.rows != awkwardRows {
		t.Errorf("with a set: %v, %d groups, %d rows; want no error, 3, %d", err, len(tells.seen[0]), tells.recorder.rows, awkwardRows)
	}
}

// TestCountedOverflow: beyond its budget an engine hands out no more groups, and says
// how many there are.
func TestCountedOverflow(t *testing.T) {
	table := Awkward(t).Table
	c := &dataset.Counts{By: -1, Needed: []int{4, 9}}
	if err := CountedWith(table, CountedOptions{Budget: 40}).Scan(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want := &dataset.Counts{By: -1, Needed: []int{4, 9}}
	if err := table.Scan(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	n, exact := c.Distinct(4)
	if w, _ := want.Distinct(4); n != w || !exact || c.Missing(4) != want.Missing(4) {
		t.Errorf("%d different notes (%v), %d missing; want %d, %d", n, exact, c.Missing(4), w, want.Missing(4))
	}
	if over := c.Overflowed(); !slices.Equal(over, []int{9}) || c.Missing(9) != -1 {
		t.Errorf("columns %d have too many values, and %d cells are missing; want 9 alone, and -1", over, c.Missing(9))
	}
	if err := CountedWith(table, CountedOptions{Budget: 3}).Scan(t.Context(), &dataset.Counts{By: -1}); err == nil {
		t.Error("levels that nobody hands out are no error")
	}
}

func ExampleCounted() {
	var t testing.TB = &testing.T{}
	e := Counted(Awkward(t).Table)
	c := &dataset.Counts{By: -1, Needed: []int{2}}
	if err := e.Scan(context.Background(), c); err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range c.Levels(2, 0) {
		fmt.Println(l.Level, l.N)
	}
	// Output:
	// icmp 96
	// tcp 307
	// udp 97
}

// randomRecords makes a few columns with missing cells, of which some have many
// values and some have few.
func randomRecords(rng *rand.Rand) *Records {
	r := &Records{
		Header: []string{"a", "b", "c", "d", "e", "f"},
		Kinds:  []dataset.Kind{dataset.Category, dataset.Category, dataset.Number, dataset.Number, dataset.Number, dataset.Text},
		Rows:   make([][]string, 1+rng.IntN(300)),
	}
	gaps := rng.Float64() / 2
	for row := range r.Rows {
		for _, n := range []int{3, 20, 5, 40, 100_000, 50} {
			cell := ""
			if rng.Float64() >= gaps {
				cell = number(float64(rng.IntN(n)-n/2) / 4)
			}
			r.Rows[row] = append(r.Rows[row], cell)
		}
	}
	return r
}

// TestCountsOfEngines: counts of an engine are those of its rows, whatever the
// table, the groups and the budget.
func TestCountsOfEngines(t *testing.T) {
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 4))
		table, err := dataset.Load(t.Context(), randomRecords(rng).source())
		if err != nil {
			t.Fatal(err)
		}
		c := &checker{TB: t, want: table}
		for by := -1; by < 2; by++ {
			budget := 3 * (1 + rng.IntN(80))
			c.sameCounts(fmt.Sprintf("seed %d, by %d, budget %d", seed, by, budget), Counted(table), table, dataset.Counts{By: by, Budget: budget})
		}
	}
}
