package prep

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// Quantile maps numbers to their ranks in training, as shares of 1 or as normal
// scores, whatever their distribution was. It is scikit-learn's QuantileTransformer
// without its subsampling: shares are interpolated linearly between the quantiles of
// type 7 at evenly spaced probabilities, and where quantiles are equal, half way
// between their probabilities. What lies outside the range of training is cut.
type Quantile struct {
	Columns []string `json:"columns,omitempty"` // numbers; none: all
	// Distribution is what results follow, "uniform" (default) or "normal". Normal
	// scores lie between ±5.2.
	Distribution string `json:"output_distribution,omitempty"`
	Quantiles    int    `json:"n_quantiles,omitempty"` // 0: 1000; never more than rows
}

// Kind is "quantile".
func (Quantile) Kind() string { return "quantile" }

// Fit learns the quantiles. The error wraps ErrSetting and ErrTooFew. A column that
// is missing in all training rows becomes 0.
func (s Quantile) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	const most = 1 << 20
	if s.Distribution == "" {
		s.Distribution = "uniform"
	}
	if s.Quantiles == 0 {
		s.Quantiles = 1000
	}
	if err := oneOf("output_distribution", s.Distribution, "uniform", "normal"); err != nil {
		return nil, nil, err
	}
	if s.Quantiles < 2 || s.Quantiles > most {
		return nil, nil, fmt.Errorf("n_quantiles %d: %w; want 2 to %d", s.Quantiles, learn.ErrSetting, most)
	}
	rows, places, err := begin(x, &y, s.Columns, false)
	if err != nil {
		return nil, nil, err
	}
	n := int(min(float64(s.Quantiles), rows.total))
	t := &Ranks{Layout: Layout{In: x.Columns}, Distribution: s.Distribution, Quantiles: n, Places: places}
	t.Values, t.Last = make([]learn.Floats, len(places)), make([]learn.Ints, len(places))
	err = parallel.Each(ctx, len(places), r.Workers, func(p int) error {
		t.Values[p], t.Last[p] = references(rows.sample(int(places[p])), n)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// references returns those of n quantiles that differ, and the place of the last of
// each.
func references(values sample, n int) (distinct learn.Floats, last learn.Ints) {
	distinct, last = learn.Floats{}, learn.Ints{}
	for i := 0; i < n && !values.empty(); i++ {
		// The detour over percent is NumPy's: where values are tied, a probability
		// next to the right one would move the end of the tie by a whole quantile.
		q := values.quantile(share(i, n) * 100 / 100)
		if k := len(distinct) - 1; k >= 0 && q <= distinct[k] {
			last[k] = int32(i)
			continue
		}
		distinct, last = append(distinct, q), append(last, int32(i))
	}
	return distinct, last
}

// share is the probability of quantile i of n.
func share(i, n int) float64 {
	switch {
	case n < 2:
		return 0
	case i == n-1:
		return 1
	}
	return float64(i) * (1 / float64(n-1))
}

// Ranks are what Quantile makes.
type Ranks struct {
	Layout
	Distribution string         `json:"output_distribution"`
	Quantiles    int            `json:"n_quantiles"`
	Places       learn.Ints     `json:"places,omitempty"` // of the columns to map
	Values       []learn.Floats `json:"values,omitempty"` // by place: the quantiles that differ, ascending
	Last         []learn.Ints   `json:"last,omitempty"`   // by place: which of the n_quantiles is the last to have each value
}

// Kind is "quantile".
func (t *Ranks) Kind() string { return "quantile" }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Ranks) Check() error {
	if oneOf("output_distribution", t.Distribution, "uniform", "normal") != nil {
		return learn.Broken(t.Kind(), "output_distribution %q", t.Distribution)
	}
	if err := t.checkMapped(t.Kind(), t.Places); err != nil {
		return err
	}
	if len(t.Values) != len(t.Places) || len(t.Last) != len(t.Places) || t.Quantiles < 1 {
		return learn.Broken(t.Kind(), "%d and %d lists for %d columns", len(t.Values), len(t.Last), len(t.Places))
	}
	for p := range t.Places {
		if err := t.checkReferences(t.Values[p], t.Last[p]); err != nil {
			return err
		}
	}
	return nil
}

func (t *Ranks) checkReferences(values learn.Floats, last learn.Ints) error {
	if len(values) != len(last) || !values.Finite() {
		return learn.Broken(t.Kind(), "%d quantiles and %d places", len(values), len(last))
	}
	for i := range values {
		if i > 0 && (values[i] <= values[i-1] || last[i] <= last[i-1]) {
			return learn.Broken(t.Kind(), "quantiles are not ascending")
		}
	}
	if n := len(last); n > 0 && (last[0] < 0 || int(last[n-1]) != t.Quantiles-1) {
		return learn.Broken(t.Kind(), "the last quantile is %d of %d", last[n-1], t.Quantiles)
	}
	return nil
}

// Apply maps the columns of x.
func (t *Ranks) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Ranks) apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error) {
	return t.mapped(ctx, x, workers, t.Places, func(p int, dst, src []float64) {
		values, last := t.Values[p], t.Last[p]
		for i, v := range src {
			switch {
			case v != v:
				dst[i] = v
			case len(values) == 0:
				dst[i] = 0
			case t.Distribution == "normal":
				dst[i] = t.normal(v, values, last)
			default:
				dst[i] = t.uniform(v, values, last)
			}
		}
	})
}

// uniform returns the share of training rows below v, ties by half.
func (t *Ranks) uniform(v float64, values learn.Floats, last learn.Ints) float64 {
	n := len(values)
	if v <= values[0] {
		return 0 // the lower bound is 0 even where it is tied
	}
	if v >= values[n-1] {
		return 1
	}
	i := sort.SearchFloat64s(values, v) // the first that is not below v
	first := share(int(last[i-1])+1, t.Quantiles)
	if v == values[i] {
		return (first + share(int(last[i]), t.Quantiles)) / 2
	}
	below := share(int(last[i-1]), t.Quantiles)
	y := below + (first-below)/(values[i]-values[i-1])*(v-values[i-1])
	return min(max(y, below), first)
}

// bound is how near to the ends of the range normal scores are cut.
const bound = 1e-7

// normalLow and normalHigh are the ends of normal scores.
var (
	normalLow  = stats.NormalQuantile(bound - 0x1p-52)
	normalHigh = stats.NormalQuantile(1 - (bound - 0x1p-52))
)

// normal returns the normal score of the share.
func (t *Ranks) normal(v float64, values learn.Floats, last learn.Ints) float64 {
	switch {
	case v-bound < values[0]:
		return normalLow
	case v+bound > values[len(values)-1]:
		return normalHigh
	}
	z := stats.NormalQuantile(t.uniform(v, values, last))
	return math.Min(math.Max(z, normalLow), normalHigh)
}
