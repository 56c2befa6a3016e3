package prep

import (
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Impute fills missing numbers; levels that are missing stay NoLevel, which learners
// take as a level. A column that is missing in all training rows is dropped, which
// Imputation.Dropped reports. It is also known as SimpleImputer with MissingIndicator
// of scikit-learn.
type Impute struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
	// Strategy is what gaps are filled with: "median" (default), "mean", "constant"
	// for Value, or "none" to leave them.
	Strategy string  `json:"strategy,omitempty"`
	Value    float64 `json:"value,omitempty"` // of the strategy "constant"
	// Indicator adds a column NAME_missing of 0 and 1 for each column that has gaps
	// in training; nil: true.
	Indicator *bool `json:"indicator,omitempty"`
}

// Kind is "impute".
func (Impute) Kind() string { return "impute" }

// Fit learns what to fill gaps with. The error wraps ErrSetting for a strategy that
// is none, a value that is not finite, and a column NAME_missing that is there, and
// ErrTooFew for no rows.
func (s Impute) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	if s.Strategy == "" {
		s.Strategy = "median"
	}
	if err := oneOf("strategy", s.Strategy, "median", "mean", "constant", "none"); err != nil {
		return nil, nil, err
	}
	if err := finiteSetting("value", s.Value); err != nil {
		return nil, nil, err
	}
	rows, places, err := begin(x, &y, s.Columns, false)
	if err != nil {
		return nil, nil, err
	}
	fills, gaps := make([]float64, len(places)), make([]bool, len(places))
	err = parallel.Each(ctx, len(places), r.Workers, func(p int) error {
		fills[p], gaps[p] = s.fill(rows, int(places[p]))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	t := &Imputation{Layout: Layout{In: x.Columns}, Strategy: s.Strategy}
	t.keep(func(at int) bool {
		p, ok := slices.BinarySearch(places, int32(at))
		return !ok || fills[p] == fills[p]
	})
	for p, at := range places {
		if fills[p] != fills[p] {
			continue
		}
		t.Places, t.Fill = append(t.Places, int32(slices.Index(t.From, at))), append(t.Fill, fills[p])
		if gaps[p] && (s.Indicator == nil || *s.Indicator) {
			c := &x.Columns[at]
			t.Flagged = append(t.Flagged, at)
			t.add(learn.Column{Name: c.Name + "_missing", Source: c.Origin()}, -1)
		}
	}
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// fill returns what to fill a column with, NaN if no row that weighs anything has
// a value, and whether one lacks it.
func (s *Impute) fill(rows *training, column int) (fill float64, gap bool) {
	there := false
	for i, v := range rows.x.Numbers[column] {
		if rows.weight(i) > 0 {
			gap, there = gap || v != v, there || v == v
		}
	}
	switch {
	case !there:
		return math.NaN(), gap
	case s.Strategy == "mean":
		m := rows.moments(column)
		return m.center(), gap
	case s.Strategy == "median":
		values := rows.sample(column)
		return values.quantile(0.5), gap
	case s.Strategy == "constant":
		return s.Value, gap
	}
	return 0, gap
}

// An Imputation fills gaps as Impute says.
type Imputation struct {
	Layout
	Strategy string       `json:"strategy"`
	Places   learn.Ints   `json:"places,omitempty"`  // in the output, of the columns to fill
	Fill     learn.Floats `json:"fill,omitempty"`    // by place
	Flagged  learn.Ints   `json:"flagged,omitempty"` // places in the input of columns that have an indicator, which are the last of the output
}

// Kind is "impute".
func (t *Imputation) Kind() string { return "impute" }

// Dropped names the columns that were missing in all training rows.
func (t *Imputation) Dropped() []string { return t.dropped() }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Imputation) Check() error {
	if err := t.check(t.Kind()); err != nil {
		return err
	}
	if oneOf("strategy", t.Strategy, "median", "mean", "constant", "none") != nil {
		return learn.Broken(t.Kind(), "strategy %q", t.Strategy)
	}
	if err := checkPlaces(t.Kind(), t.Places, t.Outputs(), false); err != nil {
		return err
	}
	if err := checkPlaces(t.Kind(), t.Flagged, t.In, false); err != nil {
		return err
	}
	first := len(t.Outputs()) - len(t.Flagged)
	for j := range t.Outputs() {
		if (t.from(j) < 0) != (j >= first) {
			return learn.Broken(t.Kind(), "column %d of %d is made of nothing", j, len(t.Outputs()))
		}
	}
	for _, at := range t.Places {
		if t.from(int(at)) < 0 {
			return learn.Broken(t.Kind(), "an indicator has gaps")
		}
	}
	return checkNumbers(t.Kind(), len(t.Places), t.Fill)
}

// Apply fills the gaps of x.
func (t *Imputation) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Imputation) apply(ctx context.Context, x *learn.Matrix, _ int) (*learn.Matrix, error) {
	x, err := x.Bind(t.In)
	if err != nil {
		return nil, err
	}
	out := t.gather(x)
	flags := cut(len(t.Flagged), x.Rows)
	for f, at := range t.Flagged {
		flag := flags(f)
		for i, v := range x.Numbers[at] {
			if v != v {
				flag[i] = 1
			}
		}
		out.Numbers[len(out.Numbers)-len(t.Flagged)+f] = flag
	}
	if t.Strategy == "none" {
		return out, context.Cause(ctx)
	}
	for p, at := range t.Places {
		column := out.Numbers[at]
		first := slices.IndexFunc(column, func(v float64) bool { return v != v })
		if first < 0 {
			continue
		}
		column = slices.Clone(column)
		for i := first; i < len(column); i++ {
			if column[i] != column[i] {
				column[i] = t.Fill[p]
			}
		}
		out.Numbers[at] = column
	}
	return out, context.Cause(ctx)
}
