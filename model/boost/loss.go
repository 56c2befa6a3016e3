package boost

import (
	"math"
	"slices"
)

// A loss is the state of the predictions of all rows. Its methods but begin and
// deviance are called for rows of different shards at the same time.
type loss interface {
	// outputs is how many trees a round has.
	outputs() int
	// base returns the predictions before the first round.
	base() []float64
	// prepare readies the gradients of a round for rows.
	prepare(rows []uint32)
	// gradients writes those of output k for rows.
	gradients(k int, rows []uint32, to []pair)
	// update adds a leaf's value to the prediction of its rows.
	update(k int, rows []uint32, value float64)
	// deviance returns the loss of a row.
	deviance(row uint32) float64
}

// weights is how much rows count.
type weights struct {
	y      []int32
	by     []float64 // nil: each once
	counts bool      // weights are whole: a row stands for so many
	scale  float64   // units of a gradient of 1
}

// rounder added to and taken from a number of at most 2⁵¹ leaves it rounded to a
// whole one, half to even.
const rounder = 1<<52 + 1<<51

// units returns x in units of 1/scale, as a whole number.
func units(x float64) int64 {
	return int64(math.Float64bits(x+rounder)) - int64(math.Float64bits(rounder))
}

// pair returns what a row adds to sums. Weights that are whole multiply what was
// rounded, so that a row of weight 2 is the same as two rows.
func (w *weights) pair(row uint32, g, h float64) pair {
	switch {
	case w.by == nil:
		return packed(units(g*w.scale), units(h*w.scale), 1)
	case w.counts:
		n := int64(w.by[row])
		return packed(n*units(g*w.scale), n*units(h*w.scale), n)
	}
	s := w.by[row] * w.scale
	return packed(units(g*s), units(h*s), 1)
}

// A binaryLoss is the log loss of two classes. It keeps exp(−prediction) of each row
// instead of the prediction: to add a leaf's value is to multiply by the same number
// for all rows of the leaf, and no row needs an exponential of its own.
type binaryLoss struct {
	weights
	start float64
	odds  []float64 // of class 0
}

// farOdds bounds odds: the probability is 0 or 1 to the last bit long before.
const (
	farLog  = 400
	farOdds = 1e173 // about exp(farLog)
)

func newBinaryLoss(w weights, totals []float64) *binaryLoss {
	l := &binaryLoss{weights: w, start: math.Log(totals[1]) - math.Log(totals[0]), odds: make([]float64, len(w.y))}
	for i := range l.odds {
		l.odds[i] = min(max(math.Exp(-l.start), 1/farOdds), farOdds)
	}
	return l
}

func (l *binaryLoss) outputs() int     { return 1 }
func (l *binaryLoss) base() []float64  { return []float64{l.start} }
func (l *binaryLoss) prepare([]uint32) {}
func (l *binaryLoss) gradients(_ int, rows []uint32, to []pair) {
	if l.by != nil {
		for _, r := range rows {
			p := 1 / (1 + l.odds[r])
			to[r] = l.pair(r, p-float64(l.y[r]), p*(1-p))
		}
		return
	}
	scale := l.scale
	for _, r := range rows {
		p := 1 / (1 + l.odds[r])
		to[r] = packed(units((p-float64(l.y[r]))*scale), units(p*(1-p)*scale), 1)
	}
}

func (l *binaryLoss) update(_ int, rows []uint32, value float64) {
	factor := math.Exp(-min(max(value, -farLog), farLog))
	for _, r := range rows {
		l.odds[r] = min(max(l.odds[r]*factor, 1/farOdds), farOdds)
	}
}

func (l *binaryLoss) deviance(row uint32) float64 {
	if l.y[row] == 1 {
		return math.Log1p(l.odds[row])
	}
	return math.Log1p(1 / l.odds[row])
}

// A multiLoss is the log loss of several classes, with an output for each: the
// probabilities are the softmax of the outputs.
type multiLoss struct {
	weights
	start []float64
	raw   []float64 // outputs, row after row
	p     []float64 // probabilities, row after row
}

// leastShare is that of classes without rows, when predictions start.
const leastShare = 1.0 / (1 << 52)

func newMultiLoss(w weights, totals []float64) *multiLoss {
	k := len(totals)
	l := &multiLoss{weights: w, start: make([]float64, k), raw: make([]float64, k*len(w.y)), p: make([]float64, k*len(w.y))}
	heaviest := slices.Max(totals)
	var sum, mean float64
	for _, t := range totals {
		sum += t / heaviest
	}
	for i, t := range totals {
		l.start[i] = math.Log(min(max(t/heaviest/sum, leastShare), 1-leastShare))
		mean += l.start[i] / float64(k)
	}
	for i := range l.start {
		l.start[i] -= mean
	}
	for i := 0; i < len(l.raw); i += k {
		copy(l.raw[i:], l.start)
	}
	return l
}

func (l *multiLoss) outputs() int    { return len(l.start) }
func (l *multiLoss) base() []float64 { return l.start }

func (l *multiLoss) prepare(rows []uint32) {
	k := len(l.start)
	for _, r := range rows {
		at := int(r) * k
		softmax(l.p[at:at+k], l.raw[at:at+k])
	}
}

func (l *multiLoss) gradients(k int, rows []uint32, to []pair) {
	for _, r := range rows {
		p := l.p[int(r)*len(l.start)+k]
		g := p
		if int(l.y[r]) == k {
			g--
		}
		to[r] = l.pair(r, g, p*(1-p))
	}
}

func (l *multiLoss) update(k int, rows []uint32, value float64) {
	for _, r := range rows {
		l.raw[int(r)*len(l.start)+k] += value
	}
}

func (l *multiLoss) deviance(row uint32) float64 {
	k := len(l.start)
	raw := l.raw[int(row)*k : (int(row)+1)*k]
	most := raw[0]
	for _, v := range raw {
		most = max(most, v)
	}
	var sum float64
	for _, v := range raw {
		sum += math.Exp(v - most)
	}
	return math.Log(sum) + most - raw[l.y[row]]
}

// softmax writes exp(raw) divided by their sum to p. Both may be the same.
func softmax(p, raw []float64) {
	most := raw[0]
	for _, v := range raw {
		most = max(most, v)
	}
	var sum float64
	for i, v := range raw {
		p[i] = math.Exp(v - most)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}
