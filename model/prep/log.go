package prep

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Log1p maps numbers x to sign(x)·ln(1+|x|), which draws long tails in and keeps
// order, signs and 0.
//
// By itself it does so with heavy-tailed columns only. Such a column has a value of
// magnitude 10 or more in training, so that something is to be drawn in, and either a
// moment skewness beyond ±3 or a largest magnitude above 1000 times the upper quartile
// of magnitudes, or above 1000 where that is below 1.
type Log1p struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
	// Apply is "heavy" for the heavy-tailed among the columns, or "all"; "": heavy,
	// but all where Columns names them.
	Apply string `json:"apply,omitempty"`
}

// Kind is "log1p".
func (Log1p) Kind() string { return "log1p" }

// Fit finds the columns. The error wraps ErrSetting and ErrTooFew.
func (s Log1p) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	if s.Apply == "" {
		s.Apply = [2]string{"heavy", "all"}[one(len(s.Columns) > 0)]
	}
	if err := oneOf("apply", s.Apply, "heavy", "all"); err != nil {
		return nil, nil, err
	}
	rows, places, err := begin(x, &y, s.Columns, false)
	if err != nil {
		return nil, nil, err
	}
	heavy := make([]bool, len(places))
	err = parallel.Each(ctx, len(places), r.Workers, func(p int) error {
		heavy[p] = s.Apply == "all" || rows.heavyTailed(int(places[p]))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	t := &Logarithm{Layout: Layout{In: x.Columns}}
	for p, at := range places {
		if heavy[p] {
			t.Places = append(t.Places, at)
		}
	}
	return finish(ctx, t, x, &r)
}

// heavyTailed is the rule of Log1p.
func (t *training) heavyTailed(column int) bool {
	const (
		least    = 10   // magnitude
		skewness = 3    // of moments
		stretch  = 1000 // times the upper quartile
	)
	low, high, _ := t.extent(t.x.Numbers[column])
	largest := max(-low, high)
	if !(largest >= least) {
		return false
	}
	m := t.moments(column)
	if m.squares == 0 {
		return false
	}
	to := m.into()
	var cubes float64
	for i, v := range t.x.Numbers[column] {
		if v == v {
			d := v*to - m.mean
			cubes += t.weight(i) * d * d * d
		}
	}
	sd := math.Sqrt(m.squares / m.total)
	if math.Abs(cubes/m.total) > skewness*sd*sd*sd {
		return true
	}
	magnitudes := make([]float64, t.x.Rows)
	for i, v := range t.x.Numbers[column] {
		magnitudes[i] = math.Abs(v)
	}
	values := t.sampleOf(magnitudes)
	return largest > stretch*max(values.quantile(0.75), 1)
}

// A Logarithm is what Log1p makes.
type Logarithm struct {
	Layout
	Places learn.Ints `json:"places,omitempty"` // of the columns to map
}

// Kind is "log1p".
func (t *Logarithm) Kind() string { return "log1p" }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Logarithm) Check() error { return t.checkMapped(t.Kind(), t.Places) }

// Apply maps the columns of x.
func (t *Logarithm) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Logarithm) apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error) {
	return t.mapped(ctx, x, workers, t.Places, func(_ int, dst, src []float64) {
		for i, v := range src {
			if v == 0 {
				dst[i] = 0
				continue
			}
			dst[i] = clamp(math.Copysign(math.Log1p(math.Abs(v)), v))
		}
	})
}
