package prep

import (
	"context"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Frequency puts −ln(share of the training rows that have it) in the place of each
// level, which is the larger the rarer the level; of those that no row has it is
// −ln(1/(n+1)) for n rows. Trees need one column for it where indicators need one a
// level.
type Frequency struct {
	Columns []string `json:"columns,omitempty"` // levels; none: all
}

// Kind is "frequency".
func (Frequency) Kind() string { return "frequency" }

// Fit counts levels; rows without a level count as having one of their own. The
// error wraps ErrTooFew for no rows.
func (s Frequency) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	rows, places, err := begin(x, &y, s.Columns, true)
	if err != nil {
		return nil, nil, err
	}
	t := newLevelNumbers(s.Kind(), x.Columns, places, func(c *learn.Column) []string { return []string{c.Name} })
	for p, at := range places {
		if context.Cause(ctx) != nil {
			return nil, nil, context.Cause(ctx)
		}
		weights := rows.levels(int(at))
		for i, w := range weights {
			if weights[i] = math.Log(rows.total + 1); w > 0 {
				weights[i] = max(math.Log(rows.total)-math.Log(w), 0)
			}
		}
		t.Values[p] = weights
	}
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// LevelNumbers are what Frequency and Target make: numbers in the place of levels.
type LevelNumbers struct {
	Layout
	Method string         `json:"method"`           // "frequency" or "target"
	Places learn.Ints     `json:"places,omitempty"` // of new columns in the output, ascending
	Coded  learn.Ints     `json:"coded,omitempty"`  // by place: the column of the input that has the levels
	Values []learn.Floats `json:"values,omitempty"` // by place: the number for NoLevel and for each level
}

// newLevelNumbers returns the layout in which the coded columns at the given places
// are replaced by number columns of the names that are returned for each.
func newLevelNumbers(method string, columns []learn.Column, places learn.Ints, names func(c *learn.Column) []string) *LevelNumbers {
	t := &LevelNumbers{Layout: Layout{In: columns, Out: []learn.Column{}, From: learn.Ints{}}, Method: method}
	for at := range columns {
		c := &columns[at]
		if len(places) == 0 || int(places[0]) != at {
			t.add(*c, at)
			continue
		}
		places = places[1:]
		for _, name := range names(c) {
			t.Places, t.Coded = append(t.Places, int32(len(t.Out))), append(t.Coded, int32(at))
			made := learn.Column{Name: name, Source: c.Source}
			if name != c.Name {
				made.Source = c.Origin()
			}
			t.add(made, -1)
		}
	}
	t.Values = make([]learn.Floats, len(t.Places))
	return t
}

// Kind is that of the step: "frequency" or "target".
func (t *LevelNumbers) Kind() string { return t.Method }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *LevelNumbers) Check() error {
	if oneOf("method", t.Method, "frequency", "target") != nil {
		return learn.Broken("levels", "method %q", t.Method)
	}
	if err := t.check(t.Method); err != nil {
		return err
	}
	if err := checkPlaces(t.Method, t.Places, t.Outputs(), false); err != nil {
		return err
	}
	if len(t.Coded) != len(t.Places) || len(t.Values) != len(t.Places) {
		return learn.Broken(t.Method, "%d and %d lists for %d columns", len(t.Coded), len(t.Values), len(t.Places))
	}
	made := 0
	for j := range t.Outputs() {
		made += one(t.from(j) < 0)
	}
	if made != len(t.Places) {
		return learn.Broken(t.Method, "%d new columns are %d", made, len(t.Places))
	}
	for p, at := range t.Places {
		coded := t.Coded[p]
		if t.from(int(at)) >= 0 || coded < 0 || int(coded) >= len(t.In) || !t.In[coded].Coded() {
			return learn.Broken(t.Method, "column %q is made of column %d of %d", t.Out[at].Name, coded, len(t.In))
		}
		if err := checkNumbers(t.Method, len(t.In[coded].Levels)+1, t.Values[p]); err != nil {
			return err
		}
	}
	return nil
}

// Apply puts numbers in the place of levels.
func (t *LevelNumbers) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *LevelNumbers) apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error) {
	x, err := x.Bind(t.In)
	if err != nil {
		return nil, err
	}
	out, fresh := t.gather(x), cut(len(t.Places), x.Rows)
	for p, at := range t.Places {
		out.Numbers[at] = fresh(p)
	}
	err = eachBlock(ctx, len(t.Places), x.Rows, workers, func(p, from, to int) {
		lookUp(out.Numbers[t.Places[p]][from:to], x.Codes[t.Coded[p]][from:to], t.Values[p])
	})
	return out, err
}

// lookUp writes the numbers of codes; a code that is none counts as NoLevel.
func lookUp(dst []float64, codes []int32, values learn.Floats) {
	for i, code := range codes {
		if code < 0 || int(code) >= len(values)-1 {
			code = learn.NoLevel
		}
		dst[i] = values[code+1]
	}
}
