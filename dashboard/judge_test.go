package dashboard

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
)

// judgeOf trains a small detector on simulated traffic, and lets it judge other traffic.
func judgeOf(t *testing.T, algo string, tab *dataset.Table) Judge {
	t.Helper()
	ctx := context.Background()
	past, err := model.Load(ctx, table(t, simulated(t, 600)), model.DataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := past.Labelled()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := model.NewSpec(algo)
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Set(spec, []byte(`{"max_depth":3}`)); err != nil {
		t.Fatal(err)
	}
	steps, err := model.UsualSteps(algo)
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.Train(ctx, past, rows, model.Recipe{Task: model.Binary, Spec: spec, Steps: steps, Rule: model.UsualRule(algo), Seed: 1, Folds: 3}, nil, model.Work{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := model.Load(ctx, tab, model.DataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return Judge{Pipeline: p, Name: "small.netanom", Table: tab, Data: data}
}

// TestScoresAreTheModels holds the page's scores and reasons against the pipeline's own, row by
// row of the file.
func TestScoresAreTheModels(t *testing.T) {
	ctx := context.Background()
	tab := table(t, simulated(t, 1500))
	j := judgeOf(t, "tree", tab)
	d, err := Pack(ctx, tab, "traffic.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Score(ctx, j); err != nil {
		t.Fatal(err)
	}
	all := make([]int, d.Rows)
	for i := range all {
		all[i] = i
	}
	want, err := j.Pipeline.ScoreData(ctx, j.Data, all, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, v := &d.Columns[d.Verdicts.Score], d.Verdicts
	var alerts []int
	for i, line := range d.Lines {
		row := int(line) - 2
		if got := c.Values[c.Codes[i]]; got != want.Score[row] {
			t.Fatalf("line %d: score %v, want %v", line, got, want.Score[row])
		}
		if want.Score[row] >= v.Threshold {
			alerts = append(alerts, row)
		}
	}
	if len(alerts) == 0 || len(alerts) == d.Rows || len(alerts) != len(v.Reasons) || v.Threshold != j.Pipeline.Cut.Threshold || v.Floor != v.Threshold || !v.Calibrated || v.Model != "small.netanom" {
		t.Fatalf("%d alerts of %d rows, %d with reasons; %+v", len(alerts), d.Rows, len(v.Reasons), v.Threshold)
	}
	if err := v.check(d); err != nil {
		t.Error(err)
	}
	checkReasons(t, j, d, alerts)
}

// checkReasons looks for the parts of each score anew, and for the greatest of them.
func checkReasons(t *testing.T, j Judge, d *Data, rows []int) {
	found, _, err := j.Pipeline.ExplainRows(j.Data, rows)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for i := range rows {
		var parts []float64
		for c := range found.Columns {
			if p := found.Parts[c][i]; p > 0 && slices.ContainsFunc(d.Columns, func(o Column) bool { return o.Name == found.Columns[c] }) {
				parts = append(parts, p)
			}
		}
		slices.Sort(parts)
		slices.Reverse(parts)
		for place, at := range d.Verdicts.Reasons[i] {
			if (at >= 0) != (place < len(parts)) {
				t.Fatalf("row %d: %d parts raise the score, but reason %d is %d", rows[i], len(parts), place, at)
			}
			if at < 0 {
				continue
			}
			named++
			c := slices.Index(found.Columns, d.Columns[at].Name)
			if c < 0 || found.Parts[c][i] != parts[place] {
				t.Fatalf("row %d: reason %d is %s, whose part is not %v", rows[i], place, d.Columns[at].Name, parts[place])
			}
		}
	}
	if named == 0 {
		t.Error("no reason was named")
	}
}

// TestManyScoresKeepTheThreshold packs more different scores than there are codes: no code may
// stand for scores on both sides of the threshold.
func TestManyScoresKeepTheThreshold(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	n := 150000
	scores, order := make([]float64, n), make([]int, n)
	for i := range scores {
		scores[i], order[i] = rng.Float64(), i
	}
	for _, threshold := range []float64{0.5, scores[17], 0, 1, math.Nextafter(slices.Max(scores), 2), 1e-9} {
		var c Column
		c.packNumbers(scores, order, threshold)
		if !c.Rounded || len(c.Values) > maxCodes {
			t.Fatalf("rounded %v, %d values", c.Rounded, len(c.Values))
		}
		for i, k := range c.Codes {
			if (c.Values[k] >= threshold) != (scores[i] >= threshold) {
				t.Fatalf("threshold %v: the score %v became %v", threshold, scores[i], c.Values[k])
			}
		}
	}
}

// TestFewReasons bounds the rows that are explained to those with the highest scores.
func TestFewReasons(t *testing.T) {
	n := mostReasons + 500
	scores := make([]float64, n)
	for i := range scores {
		scores[i] = 0.5 + float64((i*7919)%n)/float64(2*n)
	}
	rows, floor := explained(scores, 0.5)
	if len(rows) != mostReasons || !slices.IsSorted(rows) {
		t.Fatalf("%d rows", len(rows))
	}
	lowest := 2.0
	for _, r := range rows {
		lowest = min(lowest, scores[r])
	}
	left := 0
	for _, s := range scores {
		if s < floor {
			left++
		}
	}
	if lowest != floor || left != 500 {
		t.Errorf("floor %v, lowest %v, %d left", floor, lowest, left)
	}
	same := slices.Repeat([]float64{0.9}, n)
	if rows, floor := explained(same, 0.5); len(rows) != n || floor != 0.9 {
		t.Errorf("of equal scores %d rows, floor %v", len(rows), floor)
	}
	if rows, floor := explained([]float64{0.1, math.NaN()}, 0.5); len(rows) != 0 || floor != 0.5 {
		t.Errorf("without alerts: %v, %v", rows, floor)
	}
}
