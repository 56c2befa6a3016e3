package dashboard

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// TestMeasuresAgreeWithGo compares correlations, tables, confusions, series and quantiles.
func TestMeasuresAgreeWithGo(t *testing.T) {
	s := newSelectable(t)
	runNode(t, "measures.test.mjs", fields{"columns": s.columns, "rows": s.data.Rows, "correlations": correlationFields(t, s), "tables": tableFields(t),
		"confusions": confusionFields(t), "series": seriesFields(t, s), "quantiles": quantileFields(t, s), "thresholds": thresholdFields(t, s)})
}

// correlationFields correlates the numbers and flags of the selected rows.
func correlationFields(t *testing.T, s *selectable) []fields {
	t.Helper()
	var names []string
	for _, c := range s.columns {
		if (c.Kind == dataset.Number.String() || c.Kind == dataset.Flag.String()) && c.Role != dataset.Identifier.String() {
			names = append(names, c.Name)
		}
	}
	var out []fields
	for name, chosen := range s.rows {
		rows := ints(chosen)
		columns := make([][]float64, len(names))
		for k, column := range names {
			all := s.numbers(t, column)
			for _, i := range rows {
				columns[k] = append(columns[k], all[i])
			}
		}
		for _, method := range []stats.CorrelationMethod{stats.Pearson, stats.Spearman} {
			m, err := stats.Correlations(context.Background(), names, columns, stats.CorrelationOptions{Method: method, Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			var r, n []figure
			for i := range names {
				for j := range names {
					r, n = append(r, figure(m.At(i, j))), append(n, figure(m.N(i, j)))
				}
			}
			out = append(out, fields{"selection": name, "rows": rows, "names": names, "method": method.String(), "r": r, "n": n})
		}
	}
	return out
}

// tableFields tests tables of counts.
func tableFields(t *testing.T) (out []fields) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 3))
	tables := [][][]int64{{{3, 1}, {4, 2}}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {{5, 0}, {7, 0}}, {{0, 0}, {0, 0}}, {{10, 0, 20}, {0, 0, 0}, {1, 0, 2}},
		{{1, 75, 75, 75, 74}, {9, 925, 925, 925, 926}}} // one of ten is expected below 5, and below 1
	for range 30 {
		counts := make([][]int64, 1+rng.IntN(6))
		columns := 1 + rng.IntN(5)
		for i := range counts {
			for range columns {
				counts[i] = append(counts[i], int64(math.Exp(9*rng.Float64())-1))
			}
		}
		tables = append(tables, counts)
	}
	for _, counts := range tables {
		label := func(n int) (names []string) {
			for i := range n {
				names = append(names, strconv.Itoa(i))
			}
			return names
		}
		c, err := stats.NewCrosstab(label(len(counts)), label(len(counts[0])), counts)
		if err != nil {
			t.Fatal(err)
		}
		one := fields{"counts": counts, "chi2": figure(math.NaN()), "v": figure(math.NaN()), "corrected": figure(math.NaN())}
		if a, err := stats.Associate(&c); err == nil {
			one["chi2"], one["v"], one["corrected"] = figure(a.ChiSquare), figure(a.CramersV), figure(a.CramersVCorrected)
			tab := c.Table()
			var cells []fields
			for _, cell := range tab.Cells() {
				cells = append(cells, fields{"row": cell.Row, "col": cell.Col, "residual": figure(cell.Residual), "adjusted": figure(cell.AdjResidual), "expected": figure(cell.Expected)})
			}
			one["least"], one["sparse"], one["cells"] = figure(tab.ExpectedCounts().Min), tab.ExpectedCounts().Warning() != nil, cells
		}
		out = append(out, one)
	}
	return out
}

// confusionOf measures a table of alerts against the truth.
func confusionOf(t *testing.T, tp, fp, fn, tn int64) fields {
	t.Helper()
	point := stats.OperatingPoint{TP: tp, FP: fp, FN: fn, TN: tn}
	c, err := point.Confusion("normal", "attack")
	if err != nil {
		t.Fatal(err)
	}
	out := fields{"counts": []int64{tp, fp, fn, tn}}
	nan := figure(math.NaN())
	m, err := c.Measures(0.95)
	if err != nil { // there are no rows
		for _, name := range []string{"precision", "recall", "falseAlarmRate", "f1", "mcc", "accuracy"} {
			out[name] = nan
		}
		return out
	}
	k := m.Classes[1]
	out["precision"], out["recall"], out["falseAlarmRate"] = figure(k.Precision.Value), figure(k.Recall.Value), figure(point.FPR())
	out["f1"], out["mcc"], out["accuracy"] = figure(k.F1.Value), figure(m.MCC.Value), figure(m.Accuracy.Value)
	return out
}

func confusionFields(t *testing.T) (out []fields) {
	t.Helper()
	few := []int64{0, 1, 7, 90000}
	for _, tp := range few {
		for _, fp := range few {
			for _, fn := range few {
				for _, tn := range few {
					out = append(out, confusionOf(t, tp, fp, fn, tn))
				}
			}
		}
	}
	return out
}

// thresholdFields takes a column of numbers with gaps for a score of attacks.
func thresholdFields(t *testing.T, s *selectable) fields {
	t.Helper()
	labels := s.texts(s.data.Columns[s.data.Label].Name)
	var known []float64
	var groups, positive []int
	for i, v := range s.numbers(t, "count") {
		hot := !slices.Contains(s.data.Normal, labels[i])
		if hot {
			positive = append(positive, i)
		}
		if math.IsNaN(v) {
			continue
		}
		group := 1
		if hot {
			group = 0
		}
		known, groups = append(known, v), append(groups, group)
	}
	tally, err := stats.TallyOfGroups(known, groups, []string{"attack", "normal"})
	if err != nil {
		t.Fatal(err)
	}
	var at []fields
	for _, threshold := range append(steps(-3, 520, 11.5), 1, 2, 3, 511, 1e9) {
		o, err := stats.OperatingPointAt(tally, threshold)
		if err != nil {
			t.Fatal(err)
		}
		one := confusionOf(t, o.TP, o.FP, o.FN, o.TN)
		one["threshold"] = threshold
		at = append(at, one)
	}
	return fields{"column": "count", "positive": positive, "at": at}
}

// seriesFields resamples the traffic and tells what is usual in each series.
func seriesFields(t *testing.T, s *selectable) (out []fields) {
	t.Helper()
	for _, o := range []eda.TimeSeriesOptions{
		{Features: []string{"duration", "src_bytes", "serror_rate"}},
		{Every: 900, Window: 24, ModZ: 2.5, Features: []string{"count", "src_bytes"}},
		{RowOrder: true, StepRows: 50, Window: 7, Features: []string{"dst_bytes"}},
		{RowOrder: true, StepRows: 1, Window: 1001, Features: []string{"duration", "src_bytes"}},
	} {
		found, err := eda.TimeSeriesOf(context.Background(), s.table, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range found.Series {
			measure := map[eda.Measure]string{eda.CountRows: "count", eda.CountAttacks: "count", eda.SumCells: "sum", eda.MeanOfCells: "mean"}[x.Measure]
			spikes := []fields{}
			for _, p := range x.Spikes {
				spikes = append(spikes, fields{"index": p.Index, "value": figure(p.Value), "median": figure(p.Median), "scale": figure(p.Scale), "score": figure(p.Score)})
			}
			out = append(out, fields{"name": x.Name, "measure": measure, "window": found.Window, "limit": found.ModZ, "values": figures(x.Values),
				"expected": figures(x.Expected), "low": figures(x.Low), "high": figures(x.High), "spikes": spikes, "logarithmic": x.Logarithmic})
		}
	}
	return out
}

// quantileFields takes quantiles of columns with gaps.
func quantileFields(t *testing.T, s *selectable) (out []fields) {
	t.Helper()
	for _, name := range []string{"src_bytes", "count", "duration", "serror_rate"} {
		var known []float64
		for _, v := range s.numbers(t, name) {
			if !math.IsNaN(v) {
				known = append(known, v)
			}
		}
		slices.Sort(known)
		p := append(steps(0, 1, 0.037), 0.5, 0.999, 1, -0.1, 1.1, math.NaN())
		out = append(out, fields{"column": name, "p": figures(p), "want": figures(stats.Quantiles(known, p...))})
	}
	return out
}
