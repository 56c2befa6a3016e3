package model

import (
	"context"
	"math"
	"strings"
	"testing"
)

func TestReasonsAddUp(t *testing.T) {
	for _, algo := range []string{"logreg", "nb", "tree", "rf", "gbt", "svm", "knn", "mlp", "vote"} {
		p, d := trained(t, algo, quickSettings[algo], nil)
		rows := labelled(t, d)[:20]
		r, list, err := p.ExplainRows(d, rows)
		if err != nil {
			t.Errorf("%s: %v", algo, err)
			continue
		}
		s, err := p.ScoreData(context.Background(), d, rows, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			sum := r.Base
			for c := range r.Columns {
				sum += r.Parts[c][i]
			}
			if math.Abs(sum-r.Total[i]) > 1e-9*max(1, math.Abs(r.Total[i])) {
				t.Errorf("%s, row %d: parts add up to %v, not to %v", algo, i, sum, r.Total[i])
			}
			if r.Scale == "score" || r.Scale == "probability" {
				if math.Abs(r.Total[i]-s.Score[i]) > 1e-9 {
					t.Errorf("%s, row %d: total %v, score %v", algo, i, r.Total[i], s.Score[i])
				}
			}
			if list[i].Score != s.Score[i] || len(list[i].Cells) != len(r.Columns) {
				t.Errorf("%s, row %d: score %v of %v, %d cells of %d columns", algo, i, list[i].Score, s.Score[i], len(list[i].Cells), len(r.Columns))
			}
		}
		// A larger total must go with a larger score, whatever the scale.
		for i := range rows {
			for k := range rows {
				if r.Total[i] > r.Total[k]+1e-9 && s.Score[i] < s.Score[k]-1e-9 {
					t.Errorf("%s: rows %d and %d are in another order by total and by score", algo, i, k)
				}
			}
		}
	}
}

func TestSampledReasonsOfAdditiveScore(t *testing.T) {
	// For an additive model, sampled Shapley values are exact: those of the probability of
	// a logistic regression agree with its log odds in sign.
	p, d := trained(t, "logreg", "", nil)
	rows := labelled(t, d)[:5]
	x, err := p.Schema.bind(d, rows)
	if err != nil {
		t.Fatal(err)
	}
	sampled, err := p.sampleReasons(x)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Score(x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		sum := sampled.Base
		for c := range sampled.Columns {
			sum += sampled.Parts[c][i]
		}
		if math.Abs(sum-s.Score[i]) > 1e-12 {
			t.Errorf("row %d: %v, want %v", i, sum, s.Score[i])
		}
	}
}

func TestTop(t *testing.T) {
	r := &Reasons{Columns: []string{"a", "b", "c", "d"}, Parts: [][]float64{{0.1}, {-3}, {2}, {0}}}
	top := r.Top(0, 5, func(column string, _ int) string { return "v" + column })
	if len(top) != 2 || top[0].Column != "c" || top[1].Column != "a" || top[0].Value != "vc" {
		t.Errorf("%+v", top)
	}
}

func TestRules(t *testing.T) {
	p, _ := trained(t, "tree", `{"max_depth":2}`, nil)
	rules := p.Rules()
	if len(rules) < 2 || len(rules) > 4 {
		t.Fatalf("%d rules", len(rules))
	}
	for i, r := range rules {
		if r.When == "" || r.Share < 0.5 || i > 0 && r.Weight > rules[i-1].Weight || r.Class != "normal" && r.Class != "attack" {
			t.Errorf("rule %+v", r)
		}
		if strings.Contains(r.When, "flag <=") {
			t.Errorf("a rule speaks of numbers instead of levels: %s", r.When)
		}
	}
	other, _ := trained(t, "nb", "", nil)
	if other.Rules() != nil {
		t.Error("naive Bayes has rules")
	}
}

func TestImportances(t *testing.T) {
	p, d := trained(t, "rf", quickSettings["rf"], nil)
	rows := labelled(t, d)
	list, auc, err := p.Importances(context.Background(), d, rows, ImportanceOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !(auc > 0.9) || len(list) != 41 {
		t.Fatalf("area %v, %d columns", auc, len(list))
	}
	var gain float64
	for _, one := range list {
		gain += one.Gain
		if one.Column == "num_outbound_cmds" && (one.Drop.Mean != 0 || one.Errors.Mean != 0) {
			t.Errorf("a constant column matters: %+v", one)
		}
	}
	if math.Abs(gain-1) > 1e-9 {
		t.Errorf("gains add up to %v", gain)
	}
	again, _, err := p.Importances(context.Background(), d, rows, ImportanceOptions{Seed: 1, Work: Work{Workers: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for j := range list {
		if list[j].Drop != again[j].Drop {
			t.Errorf("%s depends on the number of workers", list[j].Column)
		}
	}
	names := MostImportant(list, 3)
	if len(names) != 3 {
		t.Errorf("most important: %v", names)
	}
	dep, err := p.Depend(context.Background(), d, rows, names[0], ImportanceOptions{Seed: 1})
	if err != nil || len(dep.Points) < 2 {
		t.Fatalf("%+v, %v", dep, err)
	}
	for _, q := range dep.Points {
		if !(q.Low <= q.Mid && q.Mid <= q.High && q.Mean >= 0 && q.Mean <= 1) {
			t.Errorf("point %+v", q)
		}
	}
	if _, err := p.Depend(context.Background(), d, rows, "nothing", ImportanceOptions{}); err == nil {
		t.Error("dependence on a column that is not there")
	}
}
