package eda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// TTestFromSummaries compares means that were published with their sizes and standard
// deviations. The source has columns group, n, mean and sd, and one row for each group;
// a column feature tells several comparisons apart. What needs the data is left out and
// named. Of the options, Groups, Pooled, Alternative, Level, Adjust and Equivalence
// matter.
//
// It is an error if the source cannot be read, lacks a column, or has a row that is no
// summary, and if a comparison has not the two groups.
func TTestFromSummaries(ctx context.Context, src dataset.Source, o TTestOptions) (*Means, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	o.Level = orDefault(o.Level)
	m := &Means{Options: o, By: "group", Groups: o.Groups}
	r, err := newSummaryReader(src.Schema())
	if err != nil {
		return nil, err
	}
	if err := src.Scan(ctx, r); err != nil {
		return nil, err
	}
	m.Rows = int64(len(r.cells))
	for start := 0; start < len(r.cells); {
		end := start + 1
		for end < len(r.cells) && r.cells[end][0] == r.cells[start][0] {
			end++
		}
		if err := m.addSummaries(r.cells[start:end]); err != nil {
			return nil, err
		}
		start = end
	}
	if len(m.Features) == 0 {
		return nil, fmt.Errorf("there is nothing to compare: %s", listed(m.LeftOut, 3))
	}
	m.Warnings = append(m.Warnings, "Medians, logarithms, trimmed means, ranks, shapes and resampling need the data, which summaries do not hold: whether the means mislead cannot be told.")
	m.rank()
	return m, m.adjust()
}

// addSummaries compares the two groups among rows of one feature.
func (m *Means) addSummaries(rows [][5]string) error {
	if len(m.Groups) == 0 && len(rows) == 2 {
		m.Groups = []string{rows[0][1], rows[1][1]}
	}
	if len(m.Groups) == 0 {
		return designErrorf("%s: name two of the groups with --group", plural(int64(len(rows)), "summary row"))
	}
	t := MeanTest{Name: cmp.Or(rows[0][0], "value"), Kind: dataset.Number, Samples: make([]SampleShape, 2)}
	var moments [2]stats.Moments
	for _, row := range rows {
		g := slices.Index(m.Groups, row[1])
		if g < 0 {
			continue
		}
		if moments[g].N > 0 {
			return fmt.Errorf("there are two summaries of group %q", row[1])
		}
		var err error
		if moments[g], err = summaryMoments(row); err != nil {
			return err
		}
	}
	for g := range moments {
		if moments[g].N == 0 {
			return fmt.Errorf("there is no summary of group %q%s", m.Groups[g], ofFeature(rows[0][0]))
		}
		t.Samples[g] = SampleShape{Group: m.Groups[g], N: moments[g].N, Mean: moments[g].Mean, SD: moments[g].SD(),
			Median: math.NaN(), Skewness: math.NaN(), Distance: math.NaN(), K2: stats.NewResult(stats.Result{}, math.NaN())}
	}
	t.Verdict = NotComparable
	return m.compareSummaries(&t, moments[0], moments[1])
}

func (m *Means) compareSummaries(t *MeanTest, a, b stats.Moments) error {
	r, err := m.means(a, b)
	switch {
	case undefined(err), errors.Is(err, stats.ErrNotFinite):
		m.LeftOut = append(m.LeftOut, fmt.Sprintf("The means%s cannot be tested: %v.", ofFeature(t.Name), err))
		return nil
	case err != nil:
		return err
	}
	t.Tests = []NamedTest{{Kind: RawMeans, Result: r}}
	t.Detectable = stats.DetectableD(a.N, b.N, m.Options.Alternative, 1-m.Options.Level, detectedPower)
	for _, test := range []func() (stats.Result, error){
		func() (stats.Result, error) { return stats.VarianceRatioTest(a, b, stats.TwoSided, m.Options.Level) },
		func() (stats.Result, error) { return stats.Bartlett([]stats.Moments{a, b}) },
	} {
		if r, err := test(); err == nil {
			t.Variances = append(t.Variances, r)
		}
	}
	if err := m.sizeTwo(t, a, b); err != nil {
		return err
	}
	m.Features = append(m.Features, *t)
	return nil
}

// ofFeature names a feature at the end of a clause, if there are several.
func ofFeature(name string) string {
	if name == "" {
		return ""
	}
	return " of " + name
}

// summaryMoments reads a row of feature, group, n, mean and sd.
func summaryMoments(row [5]string) (stats.Moments, error) {
	var x [3]float64
	for i, cell := range row[2:] {
		v, ok := dataset.ParseNumber([]byte(cell))
		if !ok {
			return stats.Moments{}, fmt.Errorf("group %q: %s %q is not a number", row[1], summaryColumns[i+2], cell)
		}
		x[i] = v
	}
	n, mean, sd := x[0], x[1], x[2]
	if n != math.Trunc(n) || n < 1 || n > 1<<53 || sd < 0 {
		return stats.Moments{}, fmt.Errorf("group %q: n is to be a whole number from 1 on and sd not below 0, not %v and %v", row[1], n, sd)
	}
	m, err := stats.NewMoments(int64(n), mean, sd*sd, mean-sd*math.Sqrt(n), mean+sd*math.Sqrt(n))
	if err != nil {
		return m, fmt.Errorf("group %q: %w", row[1], err)
	}
	return m, nil
}

// summaryColumns are the names of the columns of summaries; the first may be absent.
var summaryColumns = [5]string{"feature", "group", "n", "mean", "sd"}

// maxSummaries is how many rows of summaries are read.
const maxSummaries = 10_000

// A summaryReader is the analysis that reads the rows of summaries, as they are written.
type summaryReader struct {
	columns [5]int      // −1: absent
	cells   [][5]string // of the rows, in file order
	workers [][][5]string
}

func newSummaryReader(s *dataset.Schema) (*summaryReader, error) {
	r := &summaryReader{}
	for k, name := range summaryColumns {
		var err error
		if r.columns[k], err = s.Resolve(name); err != nil {
			if k == 0 {
				r.columns[k] = -1
				continue
			}
			return nil, fmt.Errorf("summaries have columns group, n, mean and sd: %w", err)
		}
	}
	return r, nil
}

// Start implements dataset.Analysis.
func (r *summaryReader) Start(_ *dataset.Schema, workers int) error {
	r.cells, r.workers = nil, make([][][5]string, workers)
	return nil
}

// Columns implements dataset.Selective.
func (r *summaryReader) Columns(*dataset.Schema) []int {
	return slices.DeleteFunc(slices.Clone(r.columns[:]), func(i int) bool { return i < 0 })
}

// Ask implements dataset.Asking. The rows of a feature stand together, in the order of
// their groups.
func (r *summaryReader) Ask(ctx context.Context, e dataset.Engine) error {
	var order []dataset.Order
	for _, i := range r.columns[:2] {
		if i >= 0 {
			order = append(order, dataset.Order{Column: i})
		}
	}
	t, err := e.Head(ctx, maxSummaries+1, order...)
	if err != nil {
		return err
	}
	for row := range t.Rows() {
		var cells [5]string
		for k, i := range r.columns {
			if i >= 0 {
				cells[k] = t.Cell(row, i)
			}
		}
		r.workers[0] = append(r.workers[0], cells)
	}
	return r.EndChunk(0, dataset.Chunk{})
}

// Batch implements dataset.Analysis.
func (r *summaryReader) Batch(worker int, b *dataset.Batch) error {
	for row := range b.Rows {
		var cells [5]string
		for k, i := range r.columns {
			if i >= 0 {
				cells[k] = string(b.Text(i, row))
			}
		}
		r.workers[worker] = append(r.workers[worker], cells)
	}
	return nil
}

// EndChunk implements dataset.Analysis.
func (r *summaryReader) EndChunk(worker int, _ dataset.Chunk) error {
	r.cells = append(r.cells, r.workers[worker]...)
	r.workers[worker] = r.workers[worker][:0]
	if len(r.cells) > maxSummaries {
		return fmt.Errorf("there are more than %s rows; summaries have one for each group (without --from-stats, the rows themselves are compared)", grouped(maxSummaries))
	}
	return nil
}
