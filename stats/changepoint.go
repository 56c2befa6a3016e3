package stats

import (
	"fmt"
	"math"
	"slices"
)

// ChangePointOptions steers ChangePoints. The zero value is the Schwarz criterion
// with a noise level taken from the data.
type ChangePointOptions struct {
	// Penalty is the price of one more change, in units of the noise variance; 0
	// stands for 2·log n.
	Penalty float64
	// Noise is the standard deviation of the values about the mean of their segment;
	// 0 lets it be estimated from the differences of neighbours.
	Noise float64
}

// Segment is a stretch of a series with one mean.
type Segment struct {
	First, Last int // places in the series, from 0, of its first and its last value
	N           int64
	Mean        float64
	SD          float64 // NaN for a single value
}

// Segmentation is a series cut where its mean changes.
type Segmentation struct {
	Segments []Segment
	Noise    float64 // the noise level used, in the unit of the series
	Penalty  float64 // the price of a change used, in units of Noise²
}

// ChangePoints returns the places at which a new segment begins, ascending.
func (s *Segmentation) ChangePoints() []int {
	var places []int
	for i, segment := range s.Segments {
		if i > 0 {
			places = append(places, segment.First)
		}
	}
	return places
}

// ChangePoints cuts a series where its mean changes: into the segments with the
// least sum of squared distances from their means plus a penalty for each change.
// The minimum is exact; it is found by functional pruning [1] in about O(n log n)
// time. The default penalty 2·σ²·log n is the Schwarz criterion [2]. The noise σ is
// 1.4826 times the median deviation of the differences of neighbours, divided by
// √2, or their standard deviation over √2 where more than half are equal.
//
// Neighbours that depend on each other need a larger penalty than independent ones,
// or a smooth series falls into many steps. A single value far off makes a segment
// of its own; see Spikes.
//
// Gaps (NaN) are stepped over. The error wraps ErrNotFinite for infinities and
// ErrTooFew if there is no value; a negative option is refused. A series that does
// not vary is one segment.
//
// [1] R. Maidstone, T. Hocking, G. Rigaill and P. Fearnhead (2017), "On optimal
// multiple changepoint algorithms for large data", Statistics and Computing 27,
// 519–533.
//
// [2] Y.-C. Yao (1988), "Estimating the number of change-points via Schwarz'
// criterion", Statistics and Probability Letters 6, 181–189.
func ChangePoints(x []float64, o ChangePointOptions) (Segmentation, error) {
	if !(o.Penalty >= 0 && o.Noise >= 0) {
		return Segmentation{}, fmt.Errorf("change points with penalty %v and noise %v: want none below 0", o.Penalty, o.Noise)
	}
	times, values, err := knownValues(x)
	if err != nil {
		return Segmentation{}, fmt.Errorf("change points: %w", err)
	}
	if len(values) == 0 {
		return Segmentation{}, fmt.Errorf("change points of no values: %w", ErrTooFew)
	}
	m := momentsOf(values, nil)
	centred := make([]float64, len(values)) // and divided by 2^exp, so that squares stay in range
	for i, v := range values {
		centred[i] = m.deviation(v)
	}
	s := Segmentation{Noise: o.Noise, Penalty: o.Penalty}
	if s.Noise == 0 {
		s.Noise = math.Ldexp(noiseLevel(centred), m.exp)
	}
	if s.Penalty == 0 {
		s.Penalty = 2 * math.Log(float64(len(values)))
	}
	starts := []int{0}
	if !m.constant() {
		noise := math.Ldexp(s.Noise, -m.exp)
		starts = segmentStarts(centred, s.Penalty*noise*noise)
	}
	for i, start := range starts {
		end := len(values)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		m := momentsOf(values[start:end], nil)
		s.Segments = append(s.Segments, Segment{
			First: int(times[start]),
			Last:  int(times[end-1]),
			N:     m.N,
			Mean:  math.Ldexp(m.Mean, m.exp),
			SD:    math.Ldexp(m.SD(), m.exp),
		})
	}
	return s, nil
}

// noiseLevel estimates the standard deviation of the values about a mean that
// rarely changes; 0 if they are all equal.
func noiseLevel(values []float64) float64 {
	d := differences(values)
	t, err := TallyOf(d)
	if err != nil || len(d) == 0 {
		return 0
	}
	s := t.pooled()
	noise := madScale * s.medianDeviation(s.quantile(0.5))
	if noise == 0 {
		var squares compensated
		for _, v := range d {
			squares = squares.addProduct(v, v)
		}
		noise = math.Sqrt(squares.value() / float64(len(d)))
	}
	return noise / math.Sqrt2
}

// costPiece is the least cost of the values so far as a function of the mean μ of
// the last segment, where μ is between low and high: base + m2 + n(μ − mean)².
type costPiece struct {
	low, high   float64
	start       int     // where the last segment begins
	n, mean, m2 float64 // of the last segment
	base        float64 // of the segments before, with the penalty
}

// add adds a value to the last segment.
func (p *costPiece) add(x float64) {
	p.n++
	d := x - p.mean
	p.mean += d / p.n
	p.m2 += d * (x - p.mean)
}

// least returns the least cost of the piece.
func (p *costPiece) least() float64 {
	d := max(p.low, min(p.mean, p.high)) - p.mean
	return p.base + p.m2 + p.n*d*d
}

// segmentStarts returns where the segments of least cost begin, the first at 0.
func segmentStarts(x []float64, penalty float64) []int {
	pieces := []costPiece{{low: slices.Min(x), high: slices.Max(x)}}
	var next []costPiece
	last := make([]int, len(x)) // where the last segment of the best cut up to each value begins
	for t, v := range x {
		best := math.Inf(1)
		for i := range pieces {
			pieces[i].add(v)
			if cost := pieces[i].least(); cost < best {
				best, last[t] = cost, pieces[i].start
			}
		}
		fresh := costPiece{start: t + 1, base: best + penalty}
		next = capCosts(next[:0], pieces, fresh)
		pieces, next = next, pieces
	}
	var starts []int
	for end := len(x); end > 0; {
		start := last[end-1]
		starts = append(starts, start)
		end = start
	}
	slices.Reverse(starts)
	return starts
}

// capCosts appends to out the pieces where they cost less than beginning a fresh
// segment does, and fresh everywhere else.
func capCosts(out, pieces []costPiece, fresh costPiece) []costPiece {
	addFresh := func(low, high float64) {
		if end := len(out) - 1; end >= 0 && out[end].start == fresh.start {
			out[end].high = high
			return
		}
		fresh.low, fresh.high = low, high
		out = append(out, fresh)
	}
	for _, p := range pieces {
		room := (fresh.base - p.base - p.m2) / p.n
		reach := math.Sqrt(max(room, 0))
		low, high := max(p.low, p.mean-reach), min(p.high, p.mean+reach)
		if room < 0 || !(low < high) {
			addFresh(p.low, p.high)
			continue
		}
		if p.low < low {
			addFresh(p.low, low)
		}
		kept := p
		kept.low, kept.high = low, high
		out = append(out, kept)
		if high < p.high {
			addFresh(high, p.high)
		}
	}
	return out
}
