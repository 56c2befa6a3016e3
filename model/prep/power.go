package prep

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// YeoJohnson maps numbers by the power transform of Yeo and Johnson [1] that makes
// them most like a normal distribution, then takes off the mean and divides by the
// standard deviation. It is scikit-learn's PowerTransformer. A column that does not
// vary in training becomes 0.
//
// Of numbers x ≥ 0 the transform is ((x+1)^λ − 1)/λ, and of others
// −((1−x)^(2−λ) − 1)/(2−λ), with logarithms where the exponent is 0. λ has the
// largest likelihood of a normal distribution. It is looked for downhill from 0, and
// not beyond ±100,000: a column that is 0 in nearly all rows has a λ far below 0.
//
// [1] I.-K. Yeo and R. A. Johnson (2000), "A new family of power transformations to
// improve normality or symmetry", Biometrika 87, 954–959.
type YeoJohnson struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
}

// Kind is "yeo_johnson".
func (YeoJohnson) Kind() string { return "yeo_johnson" }

// Fit learns λ, mean and deviation of each column. The error wraps ErrTooFew for no
// rows.
func (s YeoJohnson) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	rows, places, err := begin(x, &y, s.Columns, false)
	if err != nil {
		return nil, nil, err
	}
	n := len(places)
	t := &Powers{Layout: Layout{In: x.Columns}, Places: places}
	t.Lambda, t.Origin, t.Scale = make(learn.Floats, n), make(learn.Floats, n), make(learn.Floats, n)
	t.Mean, t.SD = make(learn.Floats, n), make(learn.Floats, n)
	err = parallel.Each(ctx, n, r.Workers, func(p int) error {
		values := rows.sample(int(places[p]))
		t.Lambda[p] = 1
		if values.constant() {
			return nil
		}
		c := newPowerColumn(values)
		lambda, err := minimise(ctx, c.lossOf, lambdaMost)
		if err != nil {
			return err
		}
		c.describe(t, p, lambda)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// lambdaMost is the largest magnitude of λ.
const lambdaMost = 1e5

// A powerColumn is the values of a column as the likelihood of λ needs them.
type powerColumn struct {
	sample
	logs      []float64 // sign(x)·ln(1+|x|), ascending as the values are
	meanLog   float64
	low, high float64   // of logs
	scratch   []float64 // transformed values
}

func newPowerColumn(values sample) *powerColumn {
	c := &powerColumn{sample: values, logs: make([]float64, len(values.values)), scratch: make([]float64, len(values.values))}
	for i, v := range values.values {
		c.logs[i] = signedLog(v)
		c.meanLog += values.weight(i) * c.logs[i]
	}
	c.meanLog /= c.total()
	c.low, c.high = c.logs[0], c.logs[len(c.logs)-1]
	return c
}

func signedLog(v float64) float64 {
	if v < 0 {
		return -math.Log1p(-v)
	}
	return math.Log1p(v)
}

// lossOf returns minus the logarithm of the likelihood a row, but for a constant:
// ½·ln(variance) − λ·mean(log). Where values have one sign, the unit of the variance
// and the mean are close, and their difference is taken first.
func (c *powerColumn) lossOf(lambda float64) float64 {
	scale, _, squares := c.transform(lambda)
	if !(squares > 0) {
		return math.Inf(1)
	}
	linear := scale - lambda*c.meanLog
	switch origin := c.origin(lambda); {
	case origin > 0:
		linear = lambda * (origin - c.meanLog)
	case origin < 0:
		linear = (2 - lambda) * (c.meanLog - origin)
		linear -= 2 * c.meanLog
	}
	return linear + 0.5*math.Log(squares/c.total())
}

// transform writes the transformed values to scratch in units of exp(scale) and from
// an origin of its own, so that they neither overflow nor vanish next to it, and
// returns their mean and sum of squares about it.
func (c *powerColumn) transform(lambda float64) (scale, mean, squares float64) {
	origin := c.origin(lambda)
	scale = c.scale(lambda, origin)
	for i, l := range c.logs {
		c.scratch[i] = powered(l, lambda, origin, scale)
	}
	for i, v := range c.scratch {
		mean += c.weight(i) * v
	}
	mean /= c.total()
	var rest float64
	for i, v := range c.scratch {
		d := v - mean
		rest += c.weight(i) * d
		squares += c.weight(i) * d * d
	}
	return scale, mean + rest/c.total(), squares - rest*rest/c.total()
}

// origin is the logarithm that becomes 0. If all values have one sign it is the one
// that has the largest power, and 0 otherwise.
func (c *powerColumn) origin(lambda float64) float64 {
	switch {
	case c.low >= 0 && lambda > 0:
		return c.high
	case c.low >= 0:
		return c.low
	case c.high <= 0 && lambda < 2:
		return c.low
	case c.high <= 0:
		return c.high
	}
	return 0
}

// scale is the logarithm of the unit: the largest power.
func (c *powerColumn) scale(lambda, origin float64) float64 {
	switch {
	case origin > 0:
		return lambda * origin
	case origin < 0:
		return (2 - lambda) * -origin
	}
	return max(lambda*max(c.high, 0), (2-lambda)*max(-c.low, 0), 0)
}

// powered returns the transform of the number with the signed logarithm l, less that
// of the number with the logarithm origin, in units of exp(scale).
func powered(l, lambda, origin, scale float64) float64 {
	switch {
	case origin > 0 && l >= 0:
		return difference(l, origin, lambda, scale)
	case origin < 0 && l <= 0:
		return -difference(-l, -origin, 2-lambda, scale)
	case origin > 0:
		return -difference(-l, 0, 2-lambda, scale) - difference(origin, 0, lambda, scale)
	case origin < 0:
		return difference(l, 0, lambda, scale) + difference(-origin, 0, 2-lambda, scale)
	case l < 0:
		return -difference(-l, 0, 2-lambda, scale)
	}
	return difference(l, 0, lambda, scale)
}

// difference is (exp(power·a) − exp(power·b))/power·exp(−scale) for a and b ≥ 0,
// and (a−b)·exp(−scale) for a power of 0.
func difference(a, b, power, scale float64) float64 {
	if a == b {
		return 0
	}
	if math.Abs(power) < 1e-300 {
		return (a - b) * math.Exp(-scale)
	}
	top := max(power*a, power*b)
	part := math.Expm1(-math.Abs(power*a-power*b)) * math.Exp(top-scale) / power
	if power*a > power*b {
		return -part
	}
	return part
}

// describe writes what the transform of a column needs to place p of t.
func (c *powerColumn) describe(t *Powers, p int, lambda float64) {
	scale, mean, squares := c.transform(lambda)
	sd := math.Sqrt(max(squares, 0) / c.total())
	if sd-sd != 0 || mean-mean != 0 {
		return
	}
	t.Lambda[p], t.Origin[p], t.Scale[p], t.Mean[p], t.SD[p] = lambda, c.origin(lambda), scale, mean, sd
}

// Powers are what YeoJohnson makes. Means and deviations are those of transformed
// values less that of the origin, in units of the largest power in training.
type Powers struct {
	Layout
	Places learn.Ints   `json:"places,omitempty"` // of the columns to map
	Lambda learn.Floats `json:"lambda,omitempty"` // by place
	Origin learn.Floats `json:"origin,omitempty"` // by place: sign(x)·ln(1+|x|) of the x whose transform is taken off
	Scale  learn.Floats `json:"scale,omitempty"`  // by place: the logarithm of the unit
	Mean   learn.Floats `json:"mean,omitempty"`   // by place
	SD     learn.Floats `json:"sd,omitempty"`     // by place; 0: the column becomes 0
}

// Kind is "yeo_johnson".
func (t *Powers) Kind() string { return "yeo_johnson" }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Powers) Check() error {
	if err := t.checkMapped(t.Kind(), t.Places); err != nil {
		return err
	}
	if err := checkNumbers(t.Kind(), len(t.Places), t.Lambda, t.Origin, t.Scale, t.Mean, t.SD); err != nil {
		return err
	}
	for p := range t.Places {
		if math.Abs(t.Lambda[p]) > lambdaMost || t.SD[p] < 0 {
			return learn.Broken(t.Kind(), "lambda %v, sd %v", t.Lambda[p], t.SD[p])
		}
	}
	return nil
}

// Apply maps the columns of x.
func (t *Powers) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Powers) apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error) {
	return t.mapped(ctx, x, workers, t.Places, func(p int, dst, src []float64) {
		lambda, origin, scale, mean, sd := t.Lambda[p], t.Origin[p], t.Scale[p], t.Mean[p], t.SD[p]
		for i, v := range src {
			if v != v || sd == 0 {
				dst[i] = scaled(v, 0, 0)
				continue
			}
			dst[i] = scaled(powered(signedLog(v), lambda, origin, scale), mean, sd)
		}
	})
}
