package prep

import (
	"fmt"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A Layout says which columns a transform takes and which it gives.
type Layout struct {
	In   []learn.Column `json:"inputs"`
	Out  []learn.Column `json:"outputs,omitempty"` // nil: those of In
	From learn.Ints     `json:"from,omitempty"`    // by column of Out: its place in In, −1 for a new one
}

// Inputs are the columns that the step was fitted to.
func (l *Layout) Inputs() []learn.Column { return l.In }

// Outputs are the columns of what Apply returns.
func (l *Layout) Outputs() []learn.Column {
	if l.Out == nil {
		return l.In
	}
	return l.Out
}

// from is the place in In of a column of the output, −1 for a new one.
func (l *Layout) from(out int) int {
	if l.Out == nil {
		return out
	}
	return int(l.From[out])
}

// add appends a column to the output.
func (l *Layout) add(c learn.Column, from int) {
	l.Out, l.From = append(l.Out, c), append(l.From, int32(from))
}

// keep makes the columns of In for which ok holds those of the output.
func (l *Layout) keep(ok func(at int) bool) {
	l.Out, l.From = []learn.Column{}, learn.Ints{}
	for at := range l.In {
		if ok(at) {
			l.add(l.In[at], at)
		}
	}
}

// settle ends the making of the output: it is that of In where it is the same.
func (l *Layout) settle() error {
	if err := l.distinct(); err != nil {
		return err
	}
	if len(l.Out) == 0 {
		return fmt.Errorf("this step would leave no column: %w", learn.ErrConstant)
	}
	same := len(l.From) == len(l.In)
	for j, from := range l.From {
		same = same && int(from) == j
	}
	if same {
		l.Out, l.From = nil, nil
	}
	return nil
}

// dropped names the columns of In that are not in the output, not even in
// another form.
func (l *Layout) dropped() []string {
	var names []string
	for at := range l.In {
		if l.Out != nil && !slices.Contains(l.From, int32(at)) {
			names = append(names, l.In[at].Name)
		}
	}
	return names
}

// distinct returns an error if columns of the output share a name, as when a new
// one has the name of one that is there.
func (l *Layout) distinct() error {
	if err := learn.CheckColumns(l.Outputs()); err != nil {
		return fmt.Errorf("%w after this step; rename it or leave the step out: %w", err, learn.ErrSetting)
	}
	return nil
}

// share makes the given columns the inputs, if they are the same, and their levels
// those of outputs, so that a list of transforms that was read holds them once.
func (l *Layout) share(columns []learn.Column) {
	if equalColumns(l.In, columns) {
		l.In = columns
	}
	for j := range l.Out {
		if j >= len(l.From) || l.From[j] < 0 || int(l.From[j]) >= len(l.In) {
			continue
		}
		if from := &l.In[l.From[j]]; sameCells(from, &l.Out[j]) {
			l.Out[j].Levels = from.Levels
		}
	}
}

// check returns an error unless the places are those of columns of one kind.
func (l *Layout) check(kind string) error {
	if err := learn.CheckColumns(l.In); err != nil {
		return learn.Broken(kind, "inputs: %v", err)
	}
	if err := learn.CheckColumns(l.Out); err != nil {
		return learn.Broken(kind, "outputs: %v", err)
	}
	if len(l.From) != len(l.Out) {
		return learn.Broken(kind, "%d places of %d columns", len(l.From), len(l.Out))
	}
	for j := range l.Out {
		from := l.From[j]
		if from < -1 || int(from) >= len(l.In) {
			return learn.Broken(kind, "column %q comes from column %d of %d", l.Out[j].Name, from, len(l.In))
		}
		if from < 0 && l.Out[j].Coded() {
			return learn.Broken(kind, "column %q has levels of no column", l.Out[j].Name)
		}
		if from >= 0 && !sameCells(&l.In[from], &l.Out[j]) {
			return learn.Broken(kind, "column %q does not hold what %q does", l.Out[j].Name, l.In[from].Name)
		}
	}
	return nil
}

// checkPlaces returns an error unless the places are ascending and those of
// columns of the given kind.
func checkPlaces(kind string, places learn.Ints, columns []learn.Column, coded bool) error {
	last := int32(-1)
	for _, at := range places {
		if at <= last || int(at) >= len(columns) || columns[at].Coded() != coded {
			return learn.Broken(kind, "column %d of %d is none that it is for", at, len(columns))
		}
		last = at
	}
	return nil
}

// checkNumbers returns an error unless each list has n finite numbers.
func checkNumbers(kind string, n int, lists ...learn.Floats) error {
	for _, l := range lists {
		if len(l) != n {
			return learn.Broken(kind, "%d numbers for %d columns", len(l), n)
		}
		if !l.Finite() {
			return learn.Broken(kind, "a number is not finite")
		}
	}
	return nil
}

// gather returns a matrix of the outputs, in which columns that come from one of x
// share its cells and new ones have none yet.
func (l *Layout) gather(x *learn.Matrix) *learn.Matrix {
	if l.Out == nil {
		return &learn.Matrix{Columns: l.In, Rows: x.Rows, Numbers: slices.Clone(x.Numbers), Codes: x.Codes}
	}
	out := &learn.Matrix{Columns: l.Out, Rows: x.Rows, Numbers: make([][]float64, len(l.Out)), Codes: make([][]int32, len(l.Out))}
	for j, from := range l.From {
		if from >= 0 {
			out.Numbers[j], out.Codes[j] = x.Numbers[from], x.Codes[from]
		}
	}
	return out
}

// cut returns n lists of so many numbers, all 0, that lie behind one another.
func cut(n, rows int) func(i int) []float64 {
	all := make([]float64, n*rows)
	return func(i int) []float64 { return all[i*rows : (i+1)*rows : (i+1)*rows] }
}

func sameCells(a, b *learn.Column) bool {
	return a.Coded() == b.Coded() && slices.Equal(a.Levels, b.Levels)
}

func equalColumns(a, b []learn.Column) bool {
	return slices.EqualFunc(a, b, func(c, d learn.Column) bool {
		return c.Name == d.Name && c.Source == d.Source && sameCells(&c, &d)
	})
}

// choose returns the places of the named columns, or of all of the kind that a step
// is for if none is named, in ascending order.
func choose(columns []learn.Column, names []string, coded bool) (learn.Ints, error) {
	places := learn.Ints{}
	for at := range columns {
		if columns[at].Coded() == coded && (len(names) == 0 || slices.Contains(names, columns[at].Name)) {
			places = append(places, int32(at))
		}
	}
	for _, name := range names {
		at := slices.IndexFunc(columns, func(c learn.Column) bool { return c.Name == name })
		if at < 0 {
			return nil, noColumn(name, columns)
		}
		if columns[at].Coded() != coded {
			kinds := [2]string{"numbers", "levels"}
			return nil, fmt.Errorf("columns: %w: column %q holds %s, and this step is for %s", learn.ErrSetting, name, kinds[one(columns[at].Coded())], kinds[one(coded)])
		}
	}
	return places, nil
}

func noColumn(name string, columns []learn.Column) error {
	return fmt.Errorf("columns: %w: there is no column %q%s", learn.ErrSetting, name, nearest(name, columnNames(columns)))
}

func columnNames(columns []learn.Column) []string {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].Name
	}
	return names
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
