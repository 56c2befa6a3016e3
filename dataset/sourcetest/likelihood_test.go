package sourcetest

import (
	"context"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// unlikely adds up wrongly.
type unlikely struct {
	dataset.Likely
	spoil func(l *dataset.Likelihood)
}

// Likelihood implements dataset.Likely.
func (u unlikely) Likelihood(ctx context.Context, q dataset.LikelihoodQuery) (*dataset.Likelihood, error) {
	l, err := u.Likely.Likelihood(ctx, q)
	if err == nil && len(l.Ones) > 0 {
		u.spoil(l)
	}
	return l, err
}

// wrongSums spoils sums.
type wrongSums struct {
	stats.LogitAdder
	sum    func(s *stats.LogitSum)
	bin    func(b *stats.LogitBin)
	margin float64
}

// Add implements stats.LogitAdder.
func (w wrongSums) Add(ctx context.Context, at stats.LogitPlace) ([]stats.LogitSum, error) {
	sums, err := w.LogitAdder.Add(ctx, at)
	if w.sum != nil && err == nil && len(sums[0].Score) > 0 {
		w.sum(&sums[0])
	}
	return sums, err
}

// Margins implements stats.LogitAdder.
func (w wrongSums) Margins(ctx context.Context, at stats.LogitPlace, direction [][]float64) (low, high float64, err error) {
	low, high, err = w.LogitAdder.Margins(ctx, at, direction)
	return low, high + w.margin, err
}

// Bins implements stats.LogitAdder.
func (w wrongSums) Bins(ctx context.Context, at stats.LogitPlace, o stats.LogitBinning) ([]stats.LogitBin, error) {
	bins, err := w.LogitAdder.Bins(ctx, at, o)
	if w.bin != nil && len(bins) > 0 {
		w.bin(&bins[0])
	}
	return bins, err
}

// TestCheckLikelihoodFindsFaults: an engine that adds up one thing wrongly does not pass.
func TestCheckLikelihoodFindsFaults(t *testing.T) {
	table := tail(t, Awkward(t).Table, 60)
	right := Counted(table).(dataset.Likely)
	CheckLikelihood(t, right, table)
	adder := func(w wrongSums) func(*dataset.Likelihood) {
		return func(l *dataset.Likelihood) {
			w := w
			w.LogitAdder = l.LogitAdder
			l.LogitAdder = w
		}
	}
	for name, spoil := range map[string]func(*dataset.Likelihood){
		"missing rows":     func(l *dataset.Likelihood) { l.Missing++ },
		"rows outside":     func(l *dataset.Likelihood) { l.Outside++ },
		"ones":             func(l *dataset.Likelihood) { l.Ones[0]++ },
		"too many":         func(l *dataset.Likelihood) { l.Full = true },
		"a mean":           func(l *dataset.Likelihood) { l.Quantities[0].Mean += 1e-9 * l.Quantities[0].SD() },
		"a log likelihood": adder(wrongSums{sum: func(s *stats.LogitSum) { s.LogLik += 1e-9 }}),
		"a score":          adder(wrongSums{sum: func(s *stats.LogitSum) { s.Score[0] += 1e-6 }}),
		"a product":        adder(wrongSums{sum: func(s *stats.LogitSum) { s.Products[0] += 1e-6 }}),
		"a margin":         adder(wrongSums{margin: 1e-9}),
		"a bin":            adder(wrongSums{bin: func(b *stats.LogitBin) { b.Ones++ }}),
		"a probability":    adder(wrongSums{bin: func(b *stats.LogitBin) { b.OneProbs += 1e-9 }}),
		"an end":           adder(wrongSums{bin: func(b *stats.LogitBin) { b.Low -= 1e-9 }}),
	} {
		if failingLikelihood(t, unlikely{right, spoil}, table) == 0 {
			t.Errorf("%s: passed", name)
		}
	}
}

// failingLikelihood reports how often CheckLikelihood fails.
func failingLikelihood(t *testing.T, engine dataset.Likely, want *dataset.Table) (n int) {
	f := &failures{TB: t}
	defer func() {
		n = f.n
		if r := recover(); r != nil && r != errFatal {
			panic(r)
		}
	}()
	CheckLikelihood(f, engine, want)
	return f.n
}
