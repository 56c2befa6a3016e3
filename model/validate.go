package model

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/netanom/netanom/model/learn"
)

// A Validation is what models said of rows that they were not trained on: fold by
// fold, each of a model of its own, with a threshold and calibration that come from the
// other folds.
type Validation struct {
	Split   Split
	Classes []string // class 0 is normal
	Rows    []int    // of the data, in the order of the folds; a row may be judged more than once
	Fold    []int    // by judged row
	Y       []int32  // by judged row: its class
	Raw     Scores   // of the models, before calibration; verdicts are not filled
	Scores  Scores   // calibrated and decided
	Types   []int32  // by judged row: the class if it is an attack; nil if probabilities tell
	Folds   []FoldResult
}

// A FoldResult is how one fold went.
type FoldResult struct {
	Round        int      // of repeated folds, from 0
	Train, Test  int      // rows
	Held         []string // attack types that training did not see
	Cut          Cut
	FitSeconds   float64
	ScoreSeconds float64
}

// Validate trains by the recipe on the rows of each fold and scores those held out.
func Validate(ctx context.Context, d *Data, rows []int, r Recipe, s Split, w Work) (*Validation, error) {
	return ValidateRepeatedly(ctx, d, rows, r, s, 1, w)
}

// ValidateRepeatedly is Validate with folds that are dealt out anew in each of so many
// rounds, so that chance in the dealing averages out. Rows are judged once a round.
func ValidateRepeatedly(ctx context.Context, d *Data, rows []int, r Recipe, s Split, rounds int, w Work) (*Validation, error) {
	var folds []Fold
	for round := range max(1, rounds) {
		more, err := d.Folds(s, rows, r.folds(), r.Seed+uint64(round))
		if err != nil {
			return nil, err
		}
		for i := range more {
			more[i].Round = round
		}
		folds = append(folds, more...)
	}
	return ValidateFolds(ctx, d, r, s, folds, w)
}

// ValidateFolds is Validate with given folds.
func ValidateFolds(ctx context.Context, d *Data, r Recipe, s Split, folds []Fold, w Work) (*Validation, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	v := &Validation{Split: s}
	for _, f := range folds {
		v.Rows = append(v.Rows, f.Test...)
	}
	all := slices.Clone(v.Rows)
	for _, f := range folds { // so that every class has a place
		if f.Round == 0 {
			all = append(all, f.Train...)
		}
	}
	target := d.Target(r.Task, all)
	v.Classes, v.Y = target.Classes, target.Y[:len(v.Rows):len(v.Rows)]
	for k, f := range folds {
		w.stage("%s, %s fold %d of %d", r.Spec.Kind(), s, k+1, len(folds))
		if err := v.add(ctx, d, r, f, w); err != nil {
			return nil, err
		}
		for range f.Test {
			v.Fold = append(v.Fold, k)
		}
	}
	return v, v.decide(r)
}

// add trains on one fold and scores what it holds out.
func (v *Validation) add(ctx context.Context, d *Data, r Recipe, f Fold, w Work) error {
	start := time.Now()
	p, err := fit(ctx, d, f.Train, r, w)
	if err != nil {
		return err
	}
	fitted := time.Now()
	cut, err := p.ownCut()
	if err != nil {
		return err
	}
	p.Cut = Cut{Threshold: -math.MaxFloat64} // each row's class as if it were an attack
	s, err := p.ScoreData(ctx, d, f.Test, w.Workers)
	if err != nil {
		return err
	}
	if _, ok := p.Model.(learn.Typer); ok && len(v.Classes) > 2 {
		for _, k := range s.Class {
			v.Types = append(v.Types, int32(slices.Index(v.Classes, p.Classes[k])))
		}
	}
	v.Folds = append(v.Folds, FoldResult{Round: f.Round, Cut: cut, Train: len(f.Train), Test: len(f.Test), Held: f.Held,
		FitSeconds: fitted.Sub(start).Seconds(), ScoreSeconds: time.Since(fitted).Seconds()})
	v.Raw.Score = append(v.Raw.Score, s.Score...)
	if s.Probabilities != nil {
		v.Raw.Probabilities = append(v.Raw.Probabilities, spread(s.Probabilities, p.Classes, v.Classes)...)
	}
	return nil
}

// spread moves probabilities of some classes to their places among all. Classes that
// training did not have get none.
func spread(p []float64, from, to []string) []float64 {
	if slices.Equal(from, to) {
		return p
	}
	rows := len(p) / len(from)
	out := make([]float64, rows*len(to))
	for k, name := range from {
		at := slices.Index(to, name)
		for i := range rows {
			out[i*len(to)+at] += p[i*len(from)+k]
		}
	}
	return out
}

// decide calibrates and decides each fold by what the other folds teach, so that no
// verdict depends on the label of its own row.
func (v *Validation) decide(r Recipe) error {
	k := len(v.Classes)
	v.Scores = Scores{Score: slices.Clone(v.Raw.Score), Probabilities: slices.Clone(v.Raw.Probabilities), Class: make([]int32, len(v.Rows))}
	from := 0
	for f := range v.Folds {
		to := from + v.Folds[f].Test
		var calibrator *Calibrator
		cut := v.Folds[f].Cut
		if r.needsFolds() {
			var err error
			if calibrator, cut, err = v.settle(r, v.outside(f)); err != nil {
				return err
			}
		}
		score, class := v.Scores.Score[from:to], v.Scores.Class[from:to]
		var probabilities []float64
		if v.Scores.Probabilities != nil {
			probabilities = v.Scores.Probabilities[from*k : to*k]
		}
		calibrator.apply(score, probabilities)
		cut.decide(class, score, probabilities, k)
		for i, c := range class {
			if c != 0 && v.Types != nil {
				class[i] = v.Types[from+i]
			}
		}
		v.Folds[f].Cut = cut
		from = to
	}
	return nil
}

// outside returns the judged rows of all other folds of a fold's round.
func (v *Validation) outside(fold int) []int {
	var out []int
	for i, f := range v.Fold {
		if f != fold && v.Folds[f].Round == v.Folds[fold].Round {
			out = append(out, i)
		}
	}
	return out
}
