package eda

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A wideSummary describes a column of numbers of which too many differ to be
// kept.
type wideSummary struct {
	stats.Summary
	exact bool // whether Distinct was counted, not estimated
}

// summarizeWide describes columns of numbers by further scans, or by asking an engine,
// whatever the number of different values. What needs all of them at once is NaN: the median
// absolute deviation, the trimmed mean, the entropy and the mode.
func summarizeWide(ctx context.Context, src dataset.Source, columns []int) (map[int]wideSummary, error) {
	if len(columns) == 0 {
		return nil, nil
	}
	if e, ok := dataset.EngineOf(src); ok {
		return askWide(ctx, e, columns)
	}
	wide, err := dataset.ScanWide(ctx, src, columns, wideQuantiles)
	if err != nil {
		return nil, err
	}
	w := &wideCounter{columns: columns}
	if err := src.Scan(ctx, w); err != nil {
		return nil, err
	}
	out := make(map[int]wideSummary, len(columns))
	for k, i := range columns {
		s := summaryOf(&wide[k])
		counts := w.result(k)
		s.Zeros, s.Negatives = counts.zeros, counts.negatives
		distinct, exact := counts.distinct.estimate()
		s.Distinct = distinct
		out[i] = wideSummary{Summary: s, exact: exact}
	}
	return out, nil
}

// wideQuantiles are the quantiles that a summary has.
var wideQuantiles = []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999}

// askWide is summarizeWide with an engine's own figures.
func askWide(ctx context.Context, e dataset.Engine, columns []int) (map[int]wideSummary, error) {
	wide, err := e.Wide(ctx, columns, wideQuantiles)
	if err != nil {
		return nil, err
	}
	out := make(map[int]wideSummary, len(columns))
	for k, i := range columns {
		s := summaryOf(&wide[k].WideColumn)
		s.Zeros, s.Negatives, s.Distinct = wide[k].Zeros, wide[k].Negatives, wide[k].Distinct
		out[i] = wideSummary{Summary: s, exact: wide[k].Exact}
	}
	return out, nil
}

// summaryOf turns moments and quantiles into a summary.
func summaryOf(w *dataset.WideColumn) stats.Summary {
	m, q, nan := w.Moments, w.Quantiles, math.NaN()
	return stats.Summary{
		N: m.N, Missing: w.Missing,
		Sum: m.Sum(), Mean: m.Mean, SD: m.SD(), Var: m.Variance(), SE: m.SE(), CV: m.CV(),
		Min: m.Min, Q01: q[0], Q05: q[1], Q25: q[2], Q50: q[3], Q75: q[4], Q95: q[5], Q99: q[6], Q999: q[7], Max: m.Max,
		Range: m.Max - m.Min, IQR: q[4] - q[2], MAD: nan, MADScaled: nan, TrimmedMean: nan,
		Skewness: m.Skewness(), Kurtosis: m.Kurtosis(), Entropy: nan, Mode: nan, Moments: m,
	}
}

// wideWarning says what is not known of such columns.
func wideWarning(name string) string {
	return fmt.Sprintf("Column %s has too many different values to keep them all: its quantiles are exact, but the median absolute deviation, trimmed mean, entropy, mode and normality are not known, and the number of different values is an estimate.", name)
}

// A wideCounter is the analysis that counts zeros, negative numbers and, by their
// hashes, different numbers.
type wideCounter struct {
	columns []int
	workers [][]wideCounts // per worker and column
}

type wideCounts struct {
	zeros, negatives int64
	distinct         leastHashes
}

// Start implements dataset.Analysis.
func (w *wideCounter) Start(_ *dataset.Schema, workers int) error {
	w.workers = make([][]wideCounts, workers)
	for i := range w.workers {
		w.workers[i] = make([]wideCounts, len(w.columns))
	}
	return nil
}

// Columns implements dataset.Selective.
func (w *wideCounter) Columns(*dataset.Schema) []int { return w.columns }

// Batch implements dataset.Analysis.
func (w *wideCounter) Batch(worker int, b *dataset.Batch) error {
	for k, i := range w.columns {
		c, v := &w.workers[worker][k], &b.Columns[i]
		for row := range b.Rows {
			x := v.Float(row)
			switch {
			case x != x:
				continue
			case x == 0:
				c.zeros++
			case x < 0:
				c.negatives++
			}
			c.distinct.add(mix(hashSeed, hashNumber(x)))
		}
	}
	return nil
}

// EndChunk implements dataset.Analysis.
func (w *wideCounter) EndChunk(int, dataset.Chunk) error { return nil }

// result returns the counts of a column.
func (w *wideCounter) result(k int) (sum wideCounts) {
	for i := range w.workers {
		c := &w.workers[i][k]
		sum.zeros += c.zeros
		sum.negatives += c.negatives
		for _, hash := range c.distinct.list {
			sum.distinct.add(hash)
		}
	}
	return sum
}

// leastHashes are the least of the hashes of some values, from whose density the
// number of different values follows to within a quarter of a percent (Z.
// Bar-Yossef et al. 2002, "Counting distinct elements in a data stream"). They do
// not depend on the order of the values.
type leastHashes struct {
	list  []uint64
	bound uint64 // hashes from here on are not among the least; 0: none is known
}

const maxHashes = 1 << 18

func (l *leastHashes) add(hash uint64) {
	if l.bound > 0 && hash >= l.bound {
		return
	}
	if l.list = append(l.list, hash); len(l.list) >= 2*maxHashes {
		l.cut()
	}
}

// cut drops repeats and all but the least.
func (l *leastHashes) cut() {
	slices.Sort(l.list)
	l.list = slices.Compact(l.list)
	if len(l.list) > maxHashes {
		l.bound = l.list[maxHashes]
		l.list = l.list[:maxHashes]
	}
}

// estimate returns the number of different values, and whether it is exact.
func (l *leastHashes) estimate() (n int64, exact bool) {
	l.cut()
	if l.bound == 0 {
		return int64(len(l.list)), true
	}
	return int64(math.Round(maxHashes / (float64(l.bound) / math.MaxUint64))), false
}
