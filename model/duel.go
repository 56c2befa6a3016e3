package model

import (
	"context"

	"github.com/netanom/netanom/stats"
)

// A Duel is two learners compared by the folds that both were judged on.
type Duel struct {
	First, Second *Entry
	Split         Split
	Difference    stats.Result // of the areas under the ROC curve, first less second, by the corrected resampled t test
	OnlyFirst     int64        // rows that only the first learner's models judge rightly
	OnlySecond    int64
}

// Duels compares the leading entry with each of the others that were judged by the same
// folds: with attack types held out if they were, else by random folds. The folds of one
// table overlap in what they train on, which the test corrects for. Entries whose folds
// all differ by the same are left out, since there is no spread to test by.
func Duels(ctx context.Context, d *Data, entries []*Entry) ([]Duel, error) {
	var out []Duel
	for _, e := range entries {
		if e == entries[0] || e.Failed != nil || entries[0].Failed != nil {
			continue
		}
		a, b := entries[0].Attacks, e.Attacks
		if a == nil || b == nil {
			a, b = entries[0].Random, e.Random
		}
		if a == nil || b == nil || len(a.Folds) != len(b.Folds) || len(a.Rows) != len(b.Rows) {
			continue
		}
		duel := Duel{First: entries[0], Second: e, Split: a.Split}
		var err error
		if duel.Difference, err = difference(ctx, d, a, b, e.Recipe.Task); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			continue
		}
		for i, y := range a.Y {
			first, second := a.Scores.Class[i] == y, b.Scores.Class[i] == y
			switch {
			case first && !second:
				duel.OnlyFirst++
			case second && !first:
				duel.OnlySecond++
			}
		}
		out = append(out, duel)
	}
	return out, nil
}

// difference tests whether the areas of two learners differ over the folds.
func difference(ctx context.Context, d *Data, a, b *Validation, task Task) (stats.Result, error) {
	first, err := a.perFold(ctx, d, task, GoalROC)
	if err != nil {
		return stats.Result{}, err
	}
	second, err := b.perFold(ctx, d, task, GoalROC)
	if err != nil {
		return stats.Result{}, err
	}
	train, test := 0, 0
	differences := make([]float64, len(first))
	for i := range first {
		differences[i] = first[i] - second[i]
		train, test = train+a.Folds[i].Train, test+a.Folds[i].Test
	}
	return stats.ResampledT(differences, train/len(first), test/len(first), stats.TwoSided, level)
}
