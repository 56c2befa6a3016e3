package prep

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// limit is the largest magnitude of scaled values.
const limit = 1e100

// clamp cuts v to the limit; NaN stays.
func clamp(v float64) float64 {
	if v > limit {
		return limit
	}
	if v < -limit {
		return -limit
	}
	return v
}

// blockRows is how many rows of a column are transformed in one go, between looks
// at the context; so few rows at all are not worth a goroutine.
const blockRows = 1 << 13

// eachBlock calls work for all rows of each of n columns, in blocks.
func eachBlock(ctx context.Context, n, rows, workers int, work func(p, from, to int)) error {
	if rows <= blockRows/16 {
		for p := range n {
			work(p, 0, rows)
		}
		return context.Cause(ctx)
	}
	blocks := (rows + blockRows - 1) / blockRows
	return parallel.Do(ctx, n*blocks, workers, func() func(int) {
		return func(i int) {
			from := i % blocks * blockRows
			work(i/blocks, from, min(from+blockRows, rows))
		}
	})
}

// applier is what all transforms of this package are.
type applier interface {
	learn.Transform
	apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error)
	share(columns []learn.Column)
}

// finish returns a transform and what it makes of the training rows.
func finish(ctx context.Context, t applier, x *learn.Matrix, r *learn.Run) (learn.Transform, *learn.Matrix, error) {
	out, err := t.apply(ctx, x, r.Workers)
	if err != nil {
		return nil, nil, err
	}
	return t, out, nil
}

// training is rows to learn from, with weights that add up to at least the number
// of rows that have one.
type training struct {
	x       *learn.Matrix
	weights []float64 // nil: all rows count once
	total   float64
}

// beginAny is begin for a step that is for all columns.
func beginAny(x *learn.Matrix, y *learn.Target, names []string) (*training, learn.Ints, error) {
	t, _, err := begin(x, y, nil, false)
	if err != nil {
		return nil, nil, err
	}
	places := learn.Ints{}
	for at := range x.Columns {
		if len(names) == 0 || slices.Contains(names, x.Columns[at].Name) {
			places = append(places, int32(at))
		}
	}
	for _, name := range names {
		if x.Index(name) < 0 {
			return nil, nil, noColumn(name, x.Columns)
		}
	}
	return t, places, nil
}

// begin checks what a step is fitted to, and chooses its columns.
func begin(x *learn.Matrix, y *learn.Target, names []string, coded bool) (*training, learn.Ints, error) {
	places, err := choose(x.Columns, names, coded)
	if err != nil {
		return nil, nil, err
	}
	if err := x.Check(); err != nil {
		return nil, nil, err
	}
	if err := y.Check(x.Rows); err != nil {
		return nil, nil, err
	}
	if x.Rows == 0 {
		return nil, nil, fmt.Errorf("none: %w", learn.ErrTooFew)
	}
	t := &training{x: x, total: float64(x.Rows)}
	if y.Weights == nil {
		return t, places, nil
	}
	var count float64
	t.total = 0
	for _, w := range y.Weights {
		t.total += w
		if w > 0 {
			count++
		}
	}
	t.weights = y.Weights
	if t.total < count {
		t.weights = make([]float64, len(y.Weights))
		for i, w := range y.Weights {
			t.weights[i] = w / t.total * count
		}
		t.total = count
	}
	return t, places, nil
}

func (t *training) weight(row int) float64 {
	if t.weights == nil {
		return 1
	}
	return t.weights[row]
}

// sample is what is left of a column when the order of rows does not matter.
type sample struct {
	values []float64 // distinct, ascending, neither missing nor without weight
	upTo   []float64 // the weight of the values up to and including each
}

// sample returns the values of a column.
func (t *training) sample(column int) sample { return t.sampleOf(t.x.Numbers[column]) }

// sampleOf returns those of a list of a number a row.
func (t *training) sampleOf(x []float64) sample {
	values := make([]float64, 0, len(x))
	for i, v := range x {
		if v == v && t.weight(i) > 0 {
			values = append(values, v)
		}
	}
	stats.SortFloats(values, nil)
	s := sample{upTo: make([]float64, 0, 16)}
	distinct := values[:0]
	for i, v := range values {
		if len(distinct) == 0 || v != distinct[len(distinct)-1] {
			distinct = append(distinct, v)
			s.upTo = append(s.upTo, 0)
		}
		s.upTo[len(s.upTo)-1] = float64(i + 1)
	}
	s.values = distinct
	if t.weights == nil {
		return s
	}
	clear(s.upTo)
	for i, v := range x {
		if w := t.weights[i]; v == v && w > 0 {
			s.upTo[sort.SearchFloat64s(s.values, v)] += w
		}
	}
	for i := 1; i < len(s.upTo); i++ {
		s.upTo[i] += s.upTo[i-1]
	}
	return s
}

func (s *sample) empty() bool { return len(s.values) == 0 }

// constant reports whether the values do not vary.
func (s *sample) constant() bool { return len(s.values) < 2 }

// total is the weight of all values.
func (s *sample) total() float64 {
	if s.empty() {
		return 0
	}
	return s.upTo[len(s.upTo)-1]
}

// weight is that of value i.
func (s *sample) weight(i int) float64 {
	if i == 0 {
		return s.upTo[0]
	}
	return s.upTo[i] - s.upTo[i-1]
}

// at returns the value at a place in the sorted rows, counted from 0.
func (s *sample) at(place float64) float64 {
	i := sort.Search(len(s.upTo), func(i int) bool { return s.upTo[i] > place })
	return s.values[min(i, len(s.values)-1)]
}

// quantile returns the quantile of type 7, linear interpolation between the values
// around place (n−1)p, as NumPy computes it: where weights are whole numbers it is
// that of copies. NaN for no values.
func (s *sample) quantile(p float64) float64 {
	if s.empty() {
		return math.NaN()
	}
	place := max((s.total()-1)*p, 0)
	low := math.Floor(place)
	return lerp(s.at(low), s.at(low+1), place-low)
}

// lerp interpolates between a ≤ b from the nearer end; conversions keep products
// from being fused with sums, which would round another way.
func lerp(a, b, t float64) float64 {
	d := b - a
	switch {
	case a == b:
		return a
	case math.IsInf(d, 0):
		return float64(a*(1-t)) + float64(b*t)
	case t >= 0.5:
		return b - float64(d*(1-t))
	}
	return a + float64(d*t)
}

// moments are the mean and the sum of squares about it of a column, in a unit in
// which neither can overflow or vanish: 1 unless its largest magnitude is extreme.
type moments struct {
	exponent      int // the unit is 2 to this power
	total         float64
	mean, squares float64
	varies        bool
}

// moments returns those of the numbers of a column that are there. The mean is
// computed twice, the second time about the first.
func (t *training) moments(column int) moments {
	x := t.x.Numbers[column]
	low, high, total := t.extent(x)
	m := moments{total: total, varies: low < high}
	if low > high {
		return m
	}
	if _, e := math.Frexp(max(-low, high)); e < -400 || e > 400 {
		m.exponent = min(max(e, -1000), 1000)
	}
	to := m.into()
	if !m.varies {
		m.mean = low * to
		return m
	}
	var sum float64
	for i, v := range x {
		if v == v {
			sum += t.weight(i) * (v * to)
		}
	}
	m.mean = sum / m.total
	var rest, squares float64
	for i, v := range x {
		if v == v {
			d := v*to - m.mean
			w := t.weight(i) * d
			rest += w
			squares += w * d
		}
	}
	m.mean += rest / m.total
	m.squares = max(squares-rest*rest/m.total, 0)
	return m
}

// extent returns the least and the largest number that is there and weighs anything,
// and what they all weigh; without any, the least is above the largest.
func (t *training) extent(x []float64) (low, high, total float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for i, v := range x {
		w := t.weight(i)
		if v != v || !(w > 0) {
			continue
		}
		total += w
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return low, high, total
}

// into is what numbers are multiplied by to have the unit.
func (m *moments) into() float64 { return math.Ldexp(1, -m.exponent) }

// center is the mean.
func (m *moments) center() float64 { return math.Ldexp(m.mean, m.exponent) }

// sd is the standard deviation with the given number of degrees of freedom less;
// 0 if it does not vary.
func (m *moments) sd(less float64) float64 {
	if !m.varies || m.total <= less {
		return 0
	}
	return min(math.Ldexp(math.Sqrt(m.squares/(m.total-less)), m.exponent), math.MaxFloat64)
}

// oneOf returns an error unless the value of a setting is one of those known.
func oneOf(setting, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return fmt.Errorf("%s %q: %w%s; known are %s", setting, value, learn.ErrSetting, nearest(value, known), list(known))
}

func finiteSetting(setting string, v float64) error {
	if v-v != 0 {
		return fmt.Errorf("%s %v: %w; want a finite number", setting, v, learn.ErrSetting)
	}
	return nil
}
