package prep

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Clip cuts numbers at quantiles of training (winsorising): what lies beyond takes
// the value of the quantile.
type Clip struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
	Lower   *float64 `json:"lower,omitempty"`   // probability of the lower quantile; nil: 0.001
	Upper   *float64 `json:"upper,omitempty"`   // and of the upper; nil: 0.999
}

// Kind is "clip".
func (Clip) Kind() string { return "clip" }

// Fit learns the quantiles (type 7). The error wraps ErrSetting unless
// 0 ≤ lower < upper ≤ 1, and ErrTooFew for no rows.
func (s Clip) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	lower, upper := or(s.Lower, 0.001), or(s.Upper, 0.999)
	if !(lower >= 0 && lower < upper && upper <= 1) {
		return nil, nil, fmt.Errorf("lower %v and upper %v: %w; want probabilities with 0 ≤ lower < upper ≤ 1", lower, upper, learn.ErrSetting)
	}
	rows, places, err := begin(x, &y, s.Columns, false)
	if err != nil {
		return nil, nil, err
	}
	t := &Limits{Layout: Layout{In: x.Columns}, Low: make(learn.Floats, len(places)), High: make(learn.Floats, len(places))}
	seen := make([]bool, len(places))
	err = parallel.Each(ctx, len(places), r.Workers, func(p int) error {
		values := rows.sample(int(places[p]))
		if seen[p] = !values.empty(); seen[p] {
			t.Low[p], t.High[p] = values.quantile(lower), values.quantile(upper)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for p, at := range places {
		if n := len(t.Places); seen[p] {
			t.Places, t.Low[n], t.High[n] = append(t.Places, at), t.Low[p], t.High[p]
		}
	}
	t.Low, t.High = t.Low[:len(t.Places)], t.High[:len(t.Places)]
	return finish(ctx, t, x, &r)
}

// or is the value of a setting, or its default.
func or(setting *float64, value float64) float64 {
	if setting == nil {
		return value
	}
	return *setting
}

// Limits are what Clip makes. A column without a value in training has none.
type Limits struct {
	Layout
	Places learn.Ints   `json:"places,omitempty"` // of the columns to cut
	Low    learn.Floats `json:"low,omitempty"`    // by place
	High   learn.Floats `json:"high,omitempty"`   // by place
}

// Kind is "clip".
func (t *Limits) Kind() string { return "clip" }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Limits) Check() error {
	if err := t.checkMapped(t.Kind(), t.Places); err != nil {
		return err
	}
	if err := checkNumbers(t.Kind(), len(t.Places), t.Low, t.High); err != nil {
		return err
	}
	for p := range t.Places {
		if t.Low[p] > t.High[p] {
			return learn.Broken(t.Kind(), "limits %v and %v", t.Low[p], t.High[p])
		}
	}
	return nil
}

// Apply cuts the columns of x.
func (t *Limits) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Limits) apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error) {
	return t.mapped(ctx, x, workers, t.Places, func(p int, dst, src []float64) {
		low, high := t.Low[p], t.High[p]
		for i, v := range src {
			dst[i] = min(max(v, low), high)
		}
	})
}
