package model

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

func TestValidationIsTheSameOnAnyNumberOfCores(t *testing.T) {
	d := loaded(t, simulated(t, 500, 3), DataOptions{})
	rows := labelled(t, d)
	for _, algo := range []string{"rf", "gbt", "logreg", "mlp"} {
		r := recipeOf(t, algo, quickSettings[algo])
		r.Rule = Rule{By: FPR, Value: 0.05}
		var first *Validation
		for _, workers := range []int{1, 3} {
			v, err := Validate(context.Background(), d, rows, r, Random, Work{Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = v
				continue
			}
			if !slices.Equal(v.Scores.Score, first.Scores.Score) || !slices.Equal(v.Scores.Class, first.Scores.Class) {
				t.Errorf("%s depends on the number of workers", algo)
			}
		}
	}
}

func TestThresholdKeepsItsRate(t *testing.T) {
	d := loaded(t, simulated(t, 3000, 3), DataOptions{})
	rows := labelled(t, d)
	r := recipeOf(t, "nb", "")
	for _, rate := range []float64{0.01, 0.05, 0.2} {
		r.Rule = Rule{By: FPR, Value: rate}
		v, err := Validate(context.Background(), d, rows, r, Random, Work{})
		if err != nil {
			t.Fatal(err)
		}
		j, err := v.Judge(context.Background(), d, Binary)
		if err != nil {
			t.Fatal(err)
		}
		if got := j.Binary.FPR; got.CI.Low > rate {
			t.Errorf("at most %v false alarms were asked for, and %v [%v, %v] came", rate, got.Value, got.CI.Low, got.CI.High)
		}
	}
}

func TestCalibrationMakesProbabilities(t *testing.T) {
	d := loaded(t, simulated(t, 3000, 3), DataOptions{})
	rows := labelled(t, d)
	loss := map[Calibration]float64{}
	for _, c := range []Calibration{NoCalibration, PlattCalibration, IsotonicCalibration} {
		r := recipeOf(t, "nb", "") // known to be far too sure
		r.Calibrate = c
		v, err := Validate(context.Background(), d, rows, r, Random, Work{})
		if err != nil {
			t.Fatal(err)
		}
		j, err := v.Judge(context.Background(), d, Binary)
		if err != nil {
			t.Fatal(err)
		}
		loss[c] = j.Probable.LogLoss.Value
		for _, s := range v.Scores.Score {
			if !(s >= 0 && s <= 1) {
				t.Fatalf("%v gives a probability of %v", c, s)
			}
		}
	}
	for _, c := range []Calibration{PlattCalibration, IsotonicCalibration} {
		if !(loss[c] <= loss[NoCalibration]*1.02) {
			t.Errorf("%v: log loss %v, without %v", c, loss[c], loss[NoCalibration])
		}
	}
}

func TestBaselineKnowsNothing(t *testing.T) {
	d := loaded(t, simulated(t, 2000, 3), DataOptions{})
	rows := labelled(t, d)
	for _, s := range []Split{Random, ByType} {
		v, err := Validate(context.Background(), d, rows, recipeOf(t, "baseline", ""), s, Work{})
		if err != nil {
			t.Fatal(err)
		}
		j, err := v.Judge(context.Background(), d, Binary)
		if err != nil {
			t.Fatal(err)
		}
		if auc := j.Metric("roc_auc").Value; math.Abs(auc-0.5) > 0.02 {
			t.Errorf("%s: the area of a baseline is %v", s, auc)
		}
	}
}

func TestUnseenAttacksAreCountedApart(t *testing.T) {
	p, _ := trained(t, "tree", "", nil)
	p.Training.Attacks = slices.DeleteFunc(p.Training.Attacks, func(a AttackCount) bool { return a.Attack == "neptune" })
	d := loaded(t, simulated(t, 1000, 9), DataOptions{})
	e, err := p.Evaluate(context.Background(), d, EvaluateOptions{Second: p})
	if err != nil {
		t.Fatal(err)
	}
	var unseen int64
	for _, a := range e.Judgement.Attacks {
		if a.Unseen != (a.Trained == 0) || a.Attack == "neptune" && !a.Unseen || a.Found > a.Rows || a.Right > a.Found {
			t.Errorf("%+v", a)
		}
		if a.Unseen {
			unseen += a.Rows
		}
	}
	if e.Shift.UnseenTypes < 1 || e.Shift.UnseenRows != unseen {
		t.Errorf("unseen: %d types, %d rows of %d", e.Shift.UnseenTypes, e.Shift.UnseenRows, unseen)
	}
	if e.Second.OnlyFirst != 0 || e.Second.OnlyOther != 0 || e.Second.Verdicts != nil || e.Second.Areas != nil {
		t.Errorf("a model differs from itself: %+v", e.Second)
	}
	var rows int64
	for _, s := range e.Slices {
		if s.Column == "protocol_type" {
			rows += s.Rows
		}
	}
	if rows != e.Judgement.Rows {
		t.Errorf("slices by protocol have %d of %d rows", rows, e.Judgement.Rows)
	}
}

func TestDrift(t *testing.T) {
	p, d := trained(t, "tree", "", nil)
	same, err := p.Schema.Drift(d, labelled(t, d))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range same {
		if x.Verdict != Stable || x.Stability.PSI != 0 || x.Unseen != 0 || x.Outside != 0 {
			t.Errorf("%s drifts from itself: %+v", x.Column, x)
		}
	}
	other := loaded(t, []byte(messy), DataOptions{})
	moved, err := p.Schema.Drift(other, []int{0, 1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Drift{}
	for _, x := range moved {
		by[x.Column] = x
	}
	if x := by["flag"]; x.Unseen != 1 || x.Missing != 0 {
		t.Errorf("flag: %+v", x)
	}
	if x := by["duration"]; x.Missing != 0.5 {
		t.Errorf("duration: %+v", x)
	}
	if x := by["dst_bytes"]; x.Outside != 1 {
		t.Errorf("dst_bytes: %+v", x)
	}
}

func TestInterruptedValidationEnds(t *testing.T) {
	d := loaded(t, simulated(t, 500, 3), DataOptions{})
	ctx, cancel := context.WithCancelCause(context.Background())
	reason := errors.New("enough")
	cancel(reason)
	if _, err := Validate(ctx, d, labelled(t, d), recipeOf(t, "rf", ""), Random, Work{}); !errors.Is(err, reason) {
		t.Errorf("error %v", err)
	}
}

func TestHybridTellsAttacksApart(t *testing.T) {
	d := loaded(t, simulated(t, 2000, 3), DataOptions{})
	r := recipeOf(t, "hybrid", quickSettings["hybrid"])
	r.Task, r.Rule = Category, Rule{By: FPR, Value: 0.05}
	v, err := Validate(context.Background(), d, labelled(t, d), r, Random, Work{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := v.Judge(context.Background(), d, Category)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range j.Measures.Classes[:3] { // normal, dos, probe
		if !(c.Recall.Value > 0.6) {
			t.Errorf("of %s rows, %v are found", c.Class, c.Recall.Value)
		}
	}
	if j.Probable != nil {
		t.Error("a hybrid gives probabilities")
	}
	for _, f := range v.Folds {
		if !(f.Cut.Threshold > 0.9 && f.Cut.Threshold < 1) {
			t.Errorf("a threshold of %v, where 0.95 leaves 5 %% of the normal rows above", f.Cut.Threshold)
		}
	}
}
