package prep

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
)

// OneHot spreads levels over columns of 0 and 1, "flag=S0" for the level S0 of flag,
// for learners that take numbers only. Levels that no training row has get none. It
// is scikit-learn's OneHotEncoder.
type OneHot struct {
	Columns []string `json:"columns,omitempty"` // levels; none: all
	// MinFrequency pools levels with fewer training rows in a column "flag=(other)";
	// below 1 it is a share of the rows; 0: none are pooled.
	MinFrequency float64 `json:"min_frequency,omitempty"`
	// Unknown says what becomes of a cell whose level was not in training or is
	// missing: "zero" (default) in all columns, 1 in the column "flag=(other)" for
	// "other", or "error".
	Unknown string `json:"unknown,omitempty"`
}

// Kind is "onehot".
func (OneHot) Kind() string { return "onehot" }

// other is what stands for the level in names of columns of pooled ones.
const other = "(other)"

// Fit finds the levels. The error wraps ErrSetting, also where a new column has a
// name that is taken, ErrMissing for a missing level if unknown ones are an error,
// and ErrTooFew for no rows.
func (s OneHot) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	if s.Unknown == "" {
		s.Unknown = "zero"
	}
	if err := oneOf("unknown", s.Unknown, "zero", "other", "error"); err != nil {
		return nil, nil, err
	}
	if !(s.MinFrequency >= 0) || finiteSetting("min_frequency", s.MinFrequency) != nil {
		return nil, nil, fmt.Errorf("min_frequency %v: %w; want a share below 1 or a number of rows", s.MinFrequency, learn.ErrSetting)
	}
	rows, places, err := begin(x, &y, s.Columns, true)
	if err != nil {
		return nil, nil, err
	}
	if s.MinFrequency < 1 {
		s.MinFrequency *= rows.total
	}
	t := &Indicators{Layout: Layout{In: x.Columns}, Places: places, Unknown: s.Unknown}
	spread := make([]bool, len(x.Columns))
	for _, at := range places {
		spread[at] = true
	}
	t.keep(func(at int) bool { return !spread[at] })
	for _, at := range places {
		if context.Cause(ctx) != nil {
			return nil, nil, context.Cause(ctx)
		}
		s.spread(t, int(at), rows.levels(int(at)))
	}
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// spread adds the columns of the levels of one column of the input.
func (s *OneHot) spread(t *Indicators, at int, weights []float64) {
	c := &t.In[at]
	add := func(level string) int32 {
		t.add(learn.Column{Name: c.Name + "=" + level, Source: c.Origin()}, -1)
		return int32(len(t.Out) - 1)
	}
	to := make(learn.Ints, len(weights)) // that of NoLevel comes first
	pooled := false
	for i, w := range weights {
		to[i] = -1
		switch {
		case i == 0 || w == 0:
		case w < s.MinFrequency:
			pooled = true
		default:
			to[i] = add(c.Levels[i-1])
		}
	}
	if pooled || s.Unknown == "other" {
		pool := add(other)
		for i, w := range weights {
			if i > 0 && w > 0 && to[i] < 0 || s.Unknown == "other" && (i == 0 || w == 0) {
				to[i] = pool
			}
		}
	}
	t.To = append(t.To, to)
}

// levels returns the weight of all rows without a level, and of those of each level.
func (t *training) levels(column int) []float64 {
	weights := make([]float64, len(t.x.Columns[column].Levels)+1)
	for i, code := range t.x.Codes[column] {
		weights[code+1] += t.weight(i)
	}
	return weights
}

// Indicators are what OneHot makes.
type Indicators struct {
	Layout
	Unknown string       `json:"unknown"`
	Places  learn.Ints   `json:"places,omitempty"` // of the columns to spread
	To      []learn.Ints `json:"to,omitempty"`     // by place: the column of the output for NoLevel and for each level, −1 for none
}

// Kind is "onehot".
func (t *Indicators) Kind() string { return "onehot" }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Indicators) Check() error {
	if err := t.check(t.Kind()); err != nil {
		return err
	}
	if oneOf("unknown", t.Unknown, "zero", "other", "error") != nil {
		return learn.Broken(t.Kind(), "unknown %q", t.Unknown)
	}
	if err := checkPlaces(t.Kind(), t.Places, t.In, true); err != nil {
		return err
	}
	if len(t.To) != len(t.Places) {
		return learn.Broken(t.Kind(), "%d lists for %d columns", len(t.To), len(t.Places))
	}
	made := make([]bool, len(t.Outputs()))
	for p, at := range t.Places {
		if len(t.To[p]) != len(t.In[at].Levels)+1 {
			return learn.Broken(t.Kind(), "column %q has %d levels, not %d", t.In[at].Name, len(t.In[at].Levels), len(t.To[p])-1)
		}
		for _, to := range t.To[p] {
			if to < -1 || int(to) >= len(made) || to >= 0 && t.from(int(to)) >= 0 {
				return learn.Broken(t.Kind(), "a level goes to column %d of %d", to, len(made))
			}
			if to >= 0 {
				made[to] = true
			}
		}
	}
	for j := range made {
		if t.from(j) < 0 && !made[j] {
			return learn.Broken(t.Kind(), "column %q is that of no level", t.Out[j].Name)
		}
	}
	return nil
}

// Apply spreads the levels of x. The error wraps ErrMissing for one that was not in
// training if the settings have it so.
func (t *Indicators) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Indicators) apply(ctx context.Context, x *learn.Matrix, _ int) (*learn.Matrix, error) {
	x, err := x.Bind(t.In)
	if err != nil {
		return nil, err
	}
	out, fresh, n := t.gather(x), 0, 0
	for j := range out.Columns {
		n += one(t.from(j) < 0)
	}
	cells := cut(n, x.Rows)
	for j := range out.Columns {
		if t.from(j) < 0 {
			out.Numbers[j] = cells(fresh)
			fresh++
		}
	}
	for p, at := range t.Places {
		if context.Cause(ctx) != nil {
			return nil, context.Cause(ctx)
		}
		if err := t.mark(out, t.To[p], x.Codes[at], int(at)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mark writes the ones of one column.
func (t *Indicators) mark(out *learn.Matrix, to learn.Ints, codes []int32, at int) error {
	for i, code := range codes {
		if code < 0 || int(code) >= len(to)-1 {
			code = learn.NoLevel
		}
		j := to[code+1]
		if j >= 0 {
			out.Numbers[j][i] = 1
			continue
		}
		if t.Unknown == "error" {
			level := "that is missing"
			if code >= 0 {
				level = fmt.Sprintf("%q", t.In[at].Levels[code])
			}
			return fmt.Errorf("column %q, row %d has a level %s, which training did not have: %w; choose \"zero\" or \"other\" for unknown levels to go on", t.In[at].Name, i+1, level, learn.ErrMissing)
		}
	}
	return nil
}
