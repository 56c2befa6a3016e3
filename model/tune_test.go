package model

import (
	"context"
	"reflect"
	"testing"
)

// untimed returns trials without what they took.
func untimed(trials []Trial) []Trial {
	out := make([]Trial, len(trials))
	for i, t := range trials {
		t.Seconds = 0
		out[i] = t
	}
	return out
}

func TestTune(t *testing.T) {
	d := loaded(t, simulated(t, 600, 3), DataOptions{})
	rows := labelled(t, d)
	r := recipeOf(t, "tree", "")
	opt := TuneOptions{Algos: []string{"tree", "logreg"}, Trials: 9, Work: Work{Workers: 3}}
	var kept []Trial
	opt.Keep = func(t Trial) error { kept = append(kept, t); return nil }
	whole, err := Tune(context.Background(), d, rows, r, opt)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Best == nil || whole.Best.Share != 1 || len(kept) != len(whole.Trials) || whole.Interrupted {
		t.Fatalf("%+v", whole)
	}
	if n := len(whole.Trials); n != 9+3+1 {
		t.Errorf("%d trials, want 13: all, a third, and a third of that", n)
	}
	best, err := whole.Best.Recipe(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Train(context.Background(), d, rows, best, nil, Work{}); err != nil {
		t.Error(err)
	}

	opt.Done, opt.Keep, opt.Work = kept[:6], nil, Work{Workers: 1}
	ran := 0
	opt.Keep = func(Trial) error { ran++; return nil }
	again, err := Tune(context.Background(), d, rows, r, opt)
	if err != nil {
		t.Fatal(err)
	}
	if ran != len(whole.Trials)-6 {
		t.Errorf("%d trials were run again", ran)
	}
	if !reflect.DeepEqual(untimed(whole.Trials), untimed(again.Trials)) {
		t.Error("a search that goes on differs from one in a single run")
	}
}

func TestInterruptedTuneKeepsTheBest(t *testing.T) {
	d := loaded(t, simulated(t, 400, 3), DataOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	opt := TuneOptions{Trials: 12, Work: Work{Workers: 1}, Keep: func(Trial) error {
		if n++; n == 3 {
			cancel()
		}
		return nil
	}}
	out, err := Tune(ctx, d, labelled(t, d), recipeOf(t, "tree", ""), opt)
	if err != nil {
		t.Fatal(err)
	}
	if !out.Interrupted || out.Best == nil || len(out.Trials) != 3 {
		t.Errorf("%+v", out)
	}
}

func TestTuneIsRefused(t *testing.T) {
	d := loaded(t, simulated(t, 200, 3), DataOptions{})
	for _, o := range []TuneOptions{{Goal: "beauty"}, {Trials: 1, Algos: []string{"tree", "nb"}}} {
		if _, err := Tune(context.Background(), d, labelled(t, d), recipeOf(t, "tree", ""), o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

func TestLearningCurve(t *testing.T) {
	d := loaded(t, simulated(t, 1000, 3), DataOptions{})
	points, err := LearningCurve(context.Background(), d, labelled(t, d), recipeOf(t, "tree", ""), GoalROC, Work{})
	if err != nil {
		t.Fatal(err)
	}
	if len(points) < 3 {
		t.Fatalf("%d points", len(points))
	}
	last := points[len(points)-1]
	if last.Test.N != curveRepeats || last.Test.Mean < 0.9 || last.Rows <= points[0].Rows {
		t.Errorf("%+v", last)
	}
}
