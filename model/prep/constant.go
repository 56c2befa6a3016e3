package prep

import (
	"context"

	"github.com/netanom/netanom/model/learn"
)

// DropConstant leaves out columns that do not vary in training. Missing is a value
// like others: a column that is sometimes there varies.
type DropConstant struct {
	Columns []string `json:"columns,omitempty"` // to look at; none: all
}

// Kind is "drop_constant".
func (DropConstant) Kind() string { return "drop_constant" }

// Fit finds the columns. The error wraps ErrConstant if none would be left.
func (s DropConstant) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	rows, places, err := beginAny(x, &y, s.Columns)
	if err != nil {
		return nil, nil, err
	}
	drop := make([]bool, len(x.Columns))
	for _, at := range places {
		if context.Cause(ctx) != nil {
			return nil, nil, context.Cause(ctx)
		}
		drop[at] = !rows.varies(int(at))
	}
	t := &Subset{Layout: Layout{In: x.Columns}}
	t.keep(func(at int) bool { return !drop[at] })
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// varies reports whether two rows that weigh anything differ in a column.
func (t *training) varies(column int) bool {
	first := -1
	codes, numbers := t.x.Codes[column], t.x.Numbers[column]
	for i := range t.x.Rows {
		switch {
		case !(t.weight(i) > 0):
		case first < 0:
			first = i
		case codes != nil:
			if codes[i] != codes[first] {
				return true
			}
		case numbers[i] != numbers[first] && (numbers[i] == numbers[i] || numbers[first] == numbers[first]):
			return true
		}
	}
	return false
}

// A Subset is what DropConstant makes: the columns that vary.
type Subset struct {
	Layout
}

// Kind is "drop_constant".
func (t *Subset) Kind() string { return "drop_constant" }

// Dropped names the columns that are left out.
func (t *Subset) Dropped() []string { return t.dropped() }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Subset) Check() error { return t.checkSubset(t.Kind()) }

// checkSubset returns an error unless the outputs are columns of the inputs.
func (l *Layout) checkSubset(kind string) error {
	if err := l.check(kind); err != nil {
		return err
	}
	for j := range l.Outputs() {
		if l.from(j) < 0 {
			return learn.Broken(kind, "column %q is new", l.Out[j].Name)
		}
	}
	return nil
}

// Apply returns the columns that are kept, with shared cells.
func (t *Subset) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Subset) apply(ctx context.Context, x *learn.Matrix, _ int) (*learn.Matrix, error) {
	x, err := x.Bind(t.In)
	if err != nil {
		return nil, err
	}
	return t.gather(x), context.Cause(ctx)
}
