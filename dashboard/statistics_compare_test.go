package dashboard

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// levelFields is what Go says of the levels of a column in a selection and in the rest.
func levelFields(t *testing.T, cells []string, chosen []bool) fields {
	t.Helper()
	var c stats.Crosstab
	totals, counts := map[string]int64{}, map[string][2]int64{}
	for i, cell := range cells {
		if cell == "" {
			c.Missing++
			continue
		}
		if err := c.Add(cell, groupOf(chosen[i]), 1); err != nil {
			t.Fatal(err)
		}
		two := counts[cell]
		if chosen[i] {
			two[0]++
		} else {
			two[1]++
		}
		counts[cell] = two
		totals[groupOf(chosen[i])]++
	}
	out := fields{"n": []int64{totals["inside"], totals["outside"]}, "missing": c.Missing}
	r, err := stats.ChiSquareTest(&c, 0.95)
	if err != nil {
		out["logp"] = figure(math.NaN())
		return out
	}
	tab := c.Table()
	out["chi2"], out["df"], out["v"], out["corrected"] = figure(r.Statistic.Value), figure(r.DF[0]), figure(r.Estimate.Value), figure(r.Effect.Value)
	out["logp"], out["magnitude"], out["sparse"] = figure(r.Log10P*math.Ln10), r.Effect.Magnitude, len(r.Warnings) > 0
	e := tab.ExpectedCounts()
	out["least"], out["below5"], out["cells"] = figure(e.Min), e.Below5, e.Cells
	out["levels"] = cellFields(t, tab.Cells(), counts, totals)
	return out
}

// cellFields is what Go says of every level by itself. Only the cells of the selection are
// told; p-values are adjusted over all cells, as the command line does.
func cellFields(t *testing.T, cells []stats.Cell, counts map[string][2]int64, totals map[string]int64) map[string]fields {
	t.Helper()
	logs := make([]float64, len(cells))
	for k, c := range cells {
		logs[k] = stats.Log10(min(0, math.Ln2+stats.LogNormalSF(math.Abs(c.AdjResidual))))
	}
	adjusted, err := stats.AdjustLog10P(logs, stats.BenjaminiHochberg)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]fields{}
	for k, c := range cells {
		if c.Col != "inside" {
			continue
		}
		n := counts[c.Row]
		two, err := stats.NewCrosstab([]string{"inside", "outside"}, []string{"level", "others"},
			[][]int64{{n[0], totals["inside"] - n[0]}, {n[1], totals["outside"] - n[1]}})
		if err != nil {
			t.Fatal(err)
		}
		shares, err := stats.CompareShares(&two, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		lift, diff := shares.RiskRatio, shares.RiskDifference
		out[c.Row] = fields{"expected": figure(c.Expected), "residual": figure(c.Residual), "adjusted": figure(c.AdjResidual),
			"logp": figure(logs[k] * math.Ln10), "logpAdjusted": figure(adjusted[k] * math.Ln10),
			"inside": figure(shares.Share[0]), "outside": figure(shares.Share[1]), "lift": figure(lift.Value), "liftLow": figure(lift.CI.Low),
			"liftHigh": figure(lift.CI.High), "difference": figure(diff.Value), "differenceLow": figure(diff.CI.Low), "differenceHigh": figure(diff.CI.High)}
	}
	return out
}

// numberFields is what Go says of the numbers of a column in a selection and in the rest.
func numberFields(t *testing.T, x []float64, chosen []bool) fields {
	t.Helper()
	var known []float64
	var groups []int
	for i, v := range x {
		if !math.IsNaN(v) {
			group := 1
			if chosen[i] {
				group = 0
			}
			known, groups = append(known, v), append(groups, group)
		}
	}
	tally, err := stats.TallyOfGroups(known, groups, []string{"inside", "outside"})
	if err != nil {
		t.Fatal(err)
	}
	var sums [2]stats.Summary
	for g := range sums {
		sums[g] = stats.SummarizeGroup(tally, g)
	}
	out := fields{"n": []int64{sums[0].N, sums[1].N}, "missing": len(x) - len(known),
		"mean": []figure{figure(sums[0].Mean), figure(sums[1].Mean)}, "sd": []figure{figure(sums[0].SD), figure(sums[1].SD)},
		"median": []figure{figure(sums[0].Q50), figure(sums[1].Q50)}}
	for _, name := range []string{"t", "df", "logp", "d", "g", "u", "z", "rankLogp", "superiority", "rankBiserial", "ks", "ksAt"} {
		out[name] = figure(math.NaN())
	}
	testFields(out, tally)
	return out
}

// testFields adds what tests say, where they have an answer.
func testFields(out fields, tally stats.Tally) {
	a, b := tally.Moments(0), tally.Moments(1)
	if r, err := stats.WelchT(a, b, stats.TwoSided, 0.95); err == nil {
		out["t"], out["df"], out["logp"] = figure(r.Statistic.Value), figure(r.DF[0]), figure(r.Log10P*math.Ln10)
	}
	if d, err := stats.CohensD(a, b, stats.LargeSample, 0.95); err == nil {
		out["d"] = figure(d.Value)
	}
	if g, err := stats.HedgesG(a, b, stats.LargeSample, 0.95); err == nil {
		out["g"] = figure(g.Value)
	}
	if r, err := stats.MannWhitney(tally, stats.TwoSided, 0.95); err == nil {
		out["u"], out["z"], out["rankLogp"] = figure(r.Statistic.Value), figure(r.Terms[0].Values[0].Value), figure(r.Log10P*math.Ln10)
		out["superiority"], out["rankBiserial"], out["magnitude"] = figure(r.Estimate.Value), figure(r.Effect.Value), r.Effect.Magnitude
	}
	if r, err := stats.KolmogorovSmirnov(tally); err == nil {
		out["ks"], out["ksAt"] = figure(r.Statistic.Value), figure(r.Terms[0].Values[0].Value)
	}
}

// TestComparisonsAgreeWithGo compares selections with the rest, in Go and by the page.
func TestComparisonsAgreeWithGo(t *testing.T) {
	s := newSelectable(t)
	var selections []fields
	for name, chosen := range s.rows {
		selections = append(selections, s.selectionFields(t, name, chosen))
	}
	runNode(t, "compare.test.mjs", fields{"columns": s.columns, "rows": s.data.Rows, "selections": selections, "smalls": smallFields(t)})
}

// selectionFields compares a selection with the rest in every column that the page compares.
func (s *selectable) selectionFields(t *testing.T, name string, chosen []bool) fields {
	t.Helper()
	columns := fields{}
	var names []string
	var logs []float64
	for _, c := range s.columns {
		var f fields
		var logp any
		switch {
		case c.Role == dataset.Identifier.String() || c.Role == dataset.Clock.String():
			continue
		case c.Levels != nil:
			f = levelFields(t, s.texts(c.Name), chosen)
			logp = f["logp"]
		default:
			f = numberFields(t, s.numbers(t, c.Name), chosen)
			logp = f["rankLogp"]
		}
		columns[c.Name] = f
		names, logs = append(names, c.Name), append(logs, stats.Log10(float64(logp.(figure))))
	}
	family := func(method stats.Adjustment) map[string]figure {
		adjusted, err := stats.AdjustLog10P(logs, method)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]figure{}
		for i, v := range adjusted {
			out[names[i]] = figure(v * math.Ln10)
		}
		return out
	}
	return fields{"name": name, "rows": ints(chosen), "columns": columns, "bh": family(stats.BenjaminiHochberg), "holm": family(stats.Holm)}
}

// smallFields compares small groups without equal values.
func smallFields(t *testing.T) (out []fields) {
	t.Helper()
	for k, sizes := range [][2]int{{1, 1}, {2, 1}, {1, 9}, {7, 4}, {30, 49}, {50, 12}, {49, 49}} {
		rng := rand.New(rand.NewPCG(uint64(k), 7))
		x, chosen := make([]float64, sizes[0]+sizes[1]), make([]bool, sizes[0]+sizes[1])
		for i := range x {
			x[i] = rng.NormFloat64() * math.Exp(9*rng.NormFloat64())
			if chosen[i] = i < sizes[0]; chosen[i] {
				x[i] = math.Abs(x[i])
			}
		}
		values := slices.Sorted(slices.Values(x))
		inside, outside := make([]int, len(x)), make([]int, len(x))
		for i, v := range x {
			at, _ := slices.BinarySearch(values, v)
			if chosen[i] {
				inside[at]++
			} else {
				outside[at]++
			}
		}
		out = append(out, fields{"values": values, "inside": inside, "outside": outside, "want": numberFields(t, x, chosen)})
	}
	return out
}
