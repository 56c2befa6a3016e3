package sourcetest

import (
	"context"
	"fmt"
	"sync"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// CountedOptions say how Counted behaves.
type CountedOptions struct {
	Budget int64 // groups of one set that it hands out; 0: 1<<20
}

const usualBudget = 1 << 20

// Counted returns a table as an engine that finds every answer by going through
// all rows, and hands out groups in an order of its own, in several parts. It
// stands in for a database in tests of what asks one.
func Counted(t *dataset.Table) dataset.Engine { return CountedWith(t, CountedOptions{}) }

// CountedWith is Counted with options.
func CountedWith(t *dataset.Table, o CountedOptions) dataset.Engine {
	if o.Budget == 0 {
		o.Budget = usualBudget
	}
	return &counted{src: t, budget: o.Budget, rows: t}
}

// A counted is the engine that Counted returns.
type counted struct {
	src    dataset.Source // a table, and what Where and Select have left of it
	budget int64

	mu   sync.Mutex
	rows *dataset.Table // what is left; nil: not known yet
}

// load returns the rows that are left.
func (e *counted) load(ctx context.Context) (t *dataset.Table, err error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rows == nil {
		if t, err = dataset.Load(ctx, e.src); err != nil {
			return nil, err
		}
		e.rows = t
	}
	return e.rows, nil
}

// Schema implements dataset.Source.
func (e *counted) Schema() *dataset.Schema { return e.src.Schema() }

// Settled reports whether the kinds are final, which they are.
func (e *counted) Settled() bool { return true }

// Rows implements dataset.Engine.
func (e *counted) Rows() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rows == nil {
		return -1
	}
	return e.rows.Rows()
}

// Budget implements dataset.Engine.
func (e *counted) Budget() int64 { return e.budget }

// Where implements dataset.Engine.
func (e *counted) Where(expr string) (dataset.Source, error) {
	src, err := dataset.Where(e.src, expr)
	if err != nil {
		return nil, err
	}
	return &counted{src: src, budget: e.budget}, nil
}

// Select implements dataset.Engine.
func (e *counted) Select(columns []int) (dataset.Source, error) {
	var names []string
	for _, i := range columns {
		if err := e.exists(i); err != nil {
			return nil, err
		}
		names = append(names, e.Schema().Columns[i].Name)
	}
	src, err := dataset.Select(e.src, names)
	if err != nil {
		return nil, err
	}
	return &counted{src: src, budget: e.budget}, nil
}

func (e *counted) exists(column int) error {
	if column < 0 || column >= len(e.Schema().Columns) {
		return fmt.Errorf("column %d does not exist", column)
	}
	return nil
}

// Scan implements dataset.Source.
func (e *counted) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	for _, a := range analyses {
		_, tallied := a.(dataset.Tallied)
		if _, asking := a.(dataset.Asking); !tallied && !asking {
			return &dataset.RowsError{Table: "the counted table"}
		}
	}
	t, err := e.load(ctx)
	if err != nil {
		return err
	}
	for _, a := range analyses {
		if err := a.Start(e.Schema(), 1); err != nil {
			return err
		}
	}
	for _, a := range analyses {
		if err := e.serve(ctx, t, a); err != nil {
			return err
		}
	}
	return nil
}

// serve answers the sets of an analysis that has been started, or lets it ask if it
// has none.
func (e *counted) serve(ctx context.Context, t *dataset.Table, a dataset.Analysis) error {
	var sets []dataset.Set
	tallied, ok := a.(dataset.Tallied)
	if ok {
		sets = tallied.Sets(e.Schema())
	}
	if asking, ok := a.(dataset.Asking); ok && len(sets) == 0 {
		return asking.Ask(ctx, e)
	}
	if err := e.tally(ctx, t, tallied, sets); err != nil {
		return err
	}
	return a.EndChunk(0, dataset.Chunk{Rows: int(t.Rows())})
}

// Wide implements dataset.Engine.
func (e *counted) Wide(ctx context.Context, columns []int, p []float64) ([]dataset.WideSummary, error) {
	t, err := e.load(ctx)
	if err != nil {
		return nil, err
	}
	wide, err := dataset.ScanWide(ctx, t, columns, p)
	if err != nil {
		return nil, err
	}
	out := make([]dataset.WideSummary, len(wide))
	for i := range out {
		x, err := t.Floats(columns[i])
		if err != nil {
			return nil, err
		}
		out[i] = dataset.WideSummary{WideColumn: wide[i], Exact: true}
		seen := map[float64]bool{}
		for _, v := range x {
			switch {
			case v != v || seen[v]:
			default:
				seen[v] = true
				out[i].Distinct++
			}
			if v == 0 {
				out[i].Zeros++
			}
			if v < 0 {
				out[i].Negatives++
			}
		}
	}
	return out, nil
}

// Comoments implements dataset.Engine.
func (e *counted) Comoments(ctx context.Context, columns []dataset.Measured) ([]stats.Comoments, error) {
	t, err := e.load(ctx)
	if err != nil {
		return nil, err
	}
	x := make([][]float64, len(columns))
	for i, m := range columns {
		if err := e.exists(m.Column); err != nil {
			return nil, err
		}
		if x[i], err = measured(t, m); err != nil {
			return nil, err
		}
	}
	var out []stats.Comoments
	for j := range x {
		for i := range j {
			c, err := stats.ComomentsOf(ctx, complete(x[i], x[j]), 1)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// measured returns what counts of every row, NaN where nothing does.
func measured(t *dataset.Table, m dataset.Measured) ([]float64, error) {
	x, err := t.Floats(m.Column)
	if err != nil || m.From == nil {
		return x, err
	}
	to := make(map[float64]float64, len(m.From))
	for i, v := range m.From {
		to[v] = m.To[i]
	}
	for i, v := range x {
		x[i] = nan
		if y, ok := to[v]; ok {
			x[i] = y
		}
	}
	return x, nil
}

// complete returns the rows in which both columns have a value.
func complete(x, y []float64) [][]float64 {
	out := make([][]float64, 2)
	for i := range x {
		if x[i] == x[i] && y[i] == y[i] {
			out[0], out[1] = append(out[0], x[i]), append(out[1], y[i])
		}
	}
	return out
}
