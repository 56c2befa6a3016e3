package model

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

func TestFusionSpeaksTailShares(t *testing.T) {
	reference := make([]float64, 999)
	for i := range reference {
		reference[i] = float64(i + 1)
	}
	f := newFusion([]float64{0.5, 0.5}, [][]float64{reference, reference})
	for _, c := range []struct{ score, share float64 }{{0, 1}, {1, 1}, {2, 0.999}, {900, 0.101}, {999, 0.002}, {1e9, 0.001}} {
		if got := tailShare(f.References[0], c.score); math.Abs(got-c.share) > 1e-12 {
			t.Errorf("the share at %v is %v, want %v", c.score, got, c.share)
		}
	}
	sums := []float64{0, 0}
	for m := range 2 {
		f.add(sums, m, []float64{900, 1e9})
	}
	if want := -math.Log10(0.101); math.Abs(sums[0]-want) > 1e-12 || math.Abs(sums[1]-3) > 1e-12 {
		t.Errorf("sums %v, want %v and 3", sums, want)
	}
	before := 1.0
	for s := 0.0; s < 20; s += 0.01 {
		if p := f.tail(s); p > before || p <= 0 && s < 5 {
			t.Fatalf("the tail at %v is %v, and %v before", s, p, before)
		} else {
			before = p
		}
	}
}

func TestHalves(t *testing.T) {
	w := halves([]Member{{Algo: "rf"}, {Algo: "gbt"}, {Algo: "pca"}})
	if !slices.Equal(w, []float64{0.25, 0.25, 0.5}) {
		t.Errorf("weights %v", w)
	}
	if w := halves([]Member{{Algo: "rf"}, {Algo: "gbt"}}); !slices.Equal(w, []float64{0.5, 0.5}) {
		t.Errorf("weights %v", w)
	}
}

func TestMerit(t *testing.T) {
	attack := []bool{true, true, false, false}
	if m := meritOf([]float64{4, 3, 2, 1}, attack); m.AUC != 1 || m.Recall != 1 {
		t.Errorf("of a perfect score: %+v", m)
	}
	if m := meritOf([]float64{1, 1, 1, 1}, attack); m.AUC != 0.5 || math.Abs(m.Recall-0.05) > 1e-12 {
		t.Errorf("of a constant score: %+v", m)
	}
	if m := meritOf([]float64{1, 2, 3, 4}, attack); m.AUC != 0 || m.Recall != 0 {
		t.Errorf("of a score upside down: %+v", m)
	}
}

func TestChooseHybrid(t *testing.T) {
	d := loaded(t, simulated(t, 2500, 3), DataOptions{})
	rows := labelled(t, d)
	candidates := []Member{{Algo: "tree"}, {Algo: "nb"}, {Algo: "kmeans", Settings: []byte(`{"n_clusters":4,"n_init":1}`)}, {Algo: "hbos"}, {Algo: "ecod"}, {Algo: "pca"}}
	c, err := ChooseHybrid(context.Background(), d, rows, candidates, 1, Work{})
	if err != nil {
		t.Fatal(err)
	}
	if !c.enough(c.Chosen) || len(c.Held) != choiceFolds || len(c.Steps) == 0 {
		t.Fatalf("%+v", c)
	}
	for i := 1; i < len(c.Steps); i++ {
		if gain := c.Steps[i].Merit.sum() - c.Steps[i-1].Merit.sum(); gain < choiceGain {
			t.Errorf("step %d gains %v", i, gain)
		}
	}
	again, err := ChooseHybrid(context.Background(), d, rows, candidates, 1, Work{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Chosen, c.Chosen) || again.Candidates[0].Alone != c.Candidates[0].Alone {
		t.Error("the choice depends on the number of workers")
	}
	e, err := Enter(context.Background(), d, rows, Recipe{Spec: c.Hybrid(), Rule: UsualRule("hybrid"), Seed: 1}, Plan{Types: true}, Work{})
	if err != nil || e.Failed != nil {
		t.Fatal(err, e.Failed)
	}
	if fpr := e.AttacksJudged.Binary.FPR; fpr.CI.Low > 0.07 {
		t.Errorf("5 %% false alarms were asked for, and %v came", fpr)
	}
	if auc := e.AttacksJudged.Scores.AUC.Value; auc < 0.85 {
		t.Errorf("on attack types held out, the area is %v", auc)
	}
}

func TestDetectorsLearnFromNormalRows(t *testing.T) {
	d := loaded(t, simulated(t, 1500, 3), DataOptions{})
	rows := labelled(t, d)
	r := recipeOf(t, "hbos", "")
	r.Rule = UsualRule("hbos")
	var area [2]float64
	for i, all := range []bool{false, true} {
		r.AllRows = all
		p, err := Train(context.Background(), d, rows, r, nil, Work{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.ScoreData(context.Background(), d, rows, 1)
		if err != nil {
			t.Fatal(err)
		}
		j, err := Judge(context.Background(), d, rows, Binary, p.Classes, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		area[i] = j.Scores.AUC.Value
	}
	if area[0] <= area[1] {
		t.Errorf("learned from normal rows alone, the area is %v; from all, %v", area[0], area[1])
	}
}

func TestDetectorWithoutLabels(t *testing.T) {
	text := string(simulated(t, 800, 3))
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if k := strings.LastIndex(l, ","); k >= 0 {
			lines[i] = l[:k]
		}
	}
	d := loaded(t, []byte(strings.Join(lines, "\n")), DataOptions{})
	if _, err := d.Labelled(); err == nil {
		t.Fatal("the table has a label")
	}
	r := recipeOf(t, "iforest", "")
	r.Rule = Rule{By: Tail, Value: 0.01}
	p, err := Train(context.Background(), d, d.All(), r, nil, Work{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.ScoreData(context.Background(), d, d.All(), 1)
	if err != nil {
		t.Fatal(err)
	}
	flagged := 0
	for i := range s.Class {
		if s.Attack(i) {
			flagged++
		}
	}
	if share := float64(flagged) / float64(d.Rows); share > 0.03 {
		t.Errorf("%v of the rows exceed what one in a hundred should", share)
	}
	r.Spec = recipeOf(t, "rf", "").Spec
	if err := r.Check(); err == nil {
		t.Error("a forest takes a threshold by the tail of its training scores")
	}
	r.Spec, r.Rule = &Hybrid{}, Rule{}
	if err := r.Check(); err == nil {
		t.Error("a hybrid takes the most probable class")
	}
}

var _ learn.Typer = (*HybridModel)(nil)
