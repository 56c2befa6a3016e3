package prep

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Standard takes the mean off numbers and divides them by the standard deviation
// (divisor n). It is scikit-learn's StandardScaler, but that a column that does not
// vary in training becomes 0.
type Standard struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
}

// Kind is "standard".
func (Standard) Kind() string { return "standard" }

// Fit learns means and deviations. The error wraps ErrTooFew for no rows.
func (s Standard) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	return fitScaling(ctx, &Scaling{Method: s.Kind()}, x, &y, &r, s.Columns, func(rows *training, column int) (center, scale float64) {
		m := rows.moments(column)
		return m.center(), m.sd(0)
	})
}

// Robust takes the median off numbers and divides them by the distance of the
// quartiles, by 1 where that is 0. It is scikit-learn's RobustScaler, but that a
// column that does not vary in training becomes 0.
type Robust struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
}

// Kind is "robust".
func (Robust) Kind() string { return "robust" }

// Fit learns medians and quartiles. The error wraps ErrTooFew for no rows.
func (s Robust) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	return fitScaling(ctx, &Scaling{Method: s.Kind()}, x, &y, &r, s.Columns, func(rows *training, column int) (center, scale float64) {
		values := rows.sample(column)
		if values.constant() {
			return 0, 0
		}
		scale = values.quantile(0.75) - values.quantile(0.25)
		if scale == 0 {
			scale = 1
		}
		return values.quantile(0.5), scale
	})
}

// MinMax maps the range that numbers have in training to 0 to 1. It is scikit-learn's
// MinMaxScaler, but that a column that does not vary in training becomes 0.
type MinMax struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
	Clip    bool     `json:"clip,omitempty"`    // cut what lies outside the range of training to 0 and 1
}

// Kind is "minmax".
func (MinMax) Kind() string { return "minmax" }

// Fit learns the ranges. The error wraps ErrTooFew for no rows.
func (s MinMax) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	return fitScaling(ctx, &Scaling{Method: s.Kind(), Clip: s.Clip}, x, &y, &r, s.Columns, func(rows *training, column int) (center, scale float64) {
		low, high, _ := rows.extent(rows.x.Numbers[column])
		if low >= high {
			return 0, 0
		}
		return low, high - low
	})
}

func fitScaling(ctx context.Context, t *Scaling, x *learn.Matrix, y *learn.Target, r *learn.Run, columns []string, measure func(rows *training, column int) (center, scale float64)) (learn.Transform, *learn.Matrix, error) {
	rows, places, err := begin(x, y, columns, false)
	if err != nil {
		return nil, nil, err
	}
	t.In, t.Places = x.Columns, places
	t.Center, t.Scale = make(learn.Floats, len(places)), make(learn.Floats, len(places))
	err = parallel.Each(ctx, len(places), r.Workers, func(p int) error {
		center, scale := measure(rows, int(places[p]))
		t.Center[p], t.Scale[p] = center, min(scale, math.MaxFloat64)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, r)
}

// A Scaling maps numbers v to (v − Center)/Scale, and to 0 where Scale is 0.
type Scaling struct {
	Layout
	Method string       `json:"method"`           // "standard", "robust" or "minmax"
	Places learn.Ints   `json:"places,omitempty"` // of the columns to scale
	Center learn.Floats `json:"center,omitempty"` // by place
	Scale  learn.Floats `json:"scale,omitempty"`  // by place
	Clip   bool         `json:"clip,omitempty"`   // cut results to 0 and 1
}

// Kind is that of the step: "standard", "robust" or "minmax".
func (t *Scaling) Kind() string { return t.Method }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Scaling) Check() error {
	if oneOf("method", t.Method, "standard", "robust", "minmax") != nil {
		return learn.Broken("scaling", "method %q", t.Method)
	}
	if err := t.checkMapped(t.Method, t.Places); err != nil {
		return err
	}
	for _, s := range t.Scale {
		if s < 0 {
			return learn.Broken(t.Method, "a scale of %v", s)
		}
	}
	return checkNumbers(t.Method, len(t.Places), t.Center, t.Scale)
}

// Apply scales the columns of x.
func (t *Scaling) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Scaling) apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error) {
	return t.mapped(ctx, x, workers, t.Places, func(p int, dst, src []float64) {
		center, scale := t.Center[p], t.Scale[p]
		for i, v := range src {
			dst[i] = scaled(v, center, scale)
		}
		if t.Clip {
			for i, v := range dst {
				dst[i] = min(max(v, 0), 1)
			}
		}
	})
}

// scaled is (v − center)/scale, cut to the limit.
func scaled(v, center, scale float64) float64 {
	if scale == 0 {
		if v != v {
			return v
		}
		return 0
	}
	d := v - center
	if d-d != 0 && v == v { // center and v are far apart
		return clamp(v/scale - center/scale)
	}
	return clamp(d / scale)
}

// checkMapped returns an error unless all columns stay, and the places are those of
// numbers.
func (l *Layout) checkMapped(kind string, places learn.Ints) error {
	if err := l.check(kind); err != nil {
		return err
	}
	if l.Out != nil {
		return learn.Broken(kind, "it has columns of its own")
	}
	return checkPlaces(kind, places, l.In, false)
}

// mapped returns x with the columns at the given places mapped number by number.
func (l *Layout) mapped(ctx context.Context, x *learn.Matrix, workers int, places learn.Ints, work func(p int, dst, src []float64)) (*learn.Matrix, error) {
	x, err := x.Bind(l.In)
	if err != nil {
		return nil, err
	}
	out, fresh := l.gather(x), cut(len(places), x.Rows)
	for p, at := range places {
		out.Numbers[at] = fresh(p)
	}
	err = eachBlock(ctx, len(places), x.Rows, workers, func(p, from, to int) {
		at := places[p]
		work(p, out.Numbers[at][from:to], x.Numbers[at][from:to])
	})
	return out, err
}
