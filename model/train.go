package model

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/outlier"
	"github.com/netanom/netanom/stats"
)

// Work says how to go about long work; the zero value is the usual way. Nothing of it
// changes a result.
type Work struct {
	Workers  int                   // 0: one a core
	Stage    func(what string)     // told what begins
	Progress func(done, total int) // told how far a fit has come; from one goroutine at a time
}

func (w *Work) stage(format string, a ...any) {
	if w.Stage != nil {
		w.Stage(fmt.Sprintf(format, a...))
	}
}

// Train follows a recipe on some rows of d, whose label must be known unless the learner is
// a detector and its threshold that of a Tail rule. If the
// recipe's threshold or calibration are to be learned, they come from v, scores of rows
// held out of training by the same recipe, or, where v is nil, from a cross-validation
// that Train does itself.
//
// The errors of learners are wrapped in the name of theirs.
func Train(ctx context.Context, d *Data, rows []int, r Recipe, v *Validation, w Work) (*Pipeline, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if v == nil && r.needsFolds() {
		var err error
		if v, err = Validate(ctx, d, rows, r, Random, w); err != nil {
			return nil, err
		}
	}
	w.stage("training %s on all rows", r.Spec.Kind())
	p, err := fit(ctx, d, rows, r, w)
	if err != nil {
		return nil, err
	}
	if r.needsFolds() {
		p.Calibrator, p.Cut, err = v.settle(r, allOf(len(v.Rows)))
	} else {
		p.Cut, err = p.ownCut()
	}
	if err != nil {
		return nil, err
	}
	p.Training = Training{
		Rows: int64(len(rows)), Label: d.LabelName, Normal: d.Classes.Normal, Attacks: d.attackCounts(rows),
	}
	return p, p.selfTest()
}

// allOf returns the places of so many things.
func allOf(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// needsFolds reports whether threshold or calibration are learned from scores of rows held
// out by folds.
func (r *Recipe) needsFolds() bool {
	if r.Rule.By == FPR && r.Calibrate == NoCalibration && referenced(r.Spec.Kind()) {
		return false
	}
	return r.Rule.learned() || r.Calibrate != NoCalibration
}

// ownCut returns the cut of a rule that needs no folds: one that is given, or the rate of
// false alarms among the normal rows that the model itself has held back.
func (p *Pipeline) ownCut() (Cut, error) {
	if p.Recipe.Rule.By == Tail {
		return Cut{Threshold: p.tail}, nil
	}
	m, ok := p.Model.(learn.Referenced)
	if r := p.Recipe.Rule; !ok || r.By != FPR {
		return r.given(len(p.Classes)), nil
	}
	reference := m.Reference()
	threshold, err := p.Recipe.Rule.find(reference, make([]bool, len(reference)))
	return Cut{Threshold: threshold}, err
}

// given returns the cut of a rule that needs no scores.
func (r Rule) given(classes int) Cut {
	switch r.By {
	case Fixed:
		return Cut{Threshold: r.Value}
	case Probable:
		return Cut{Threshold: 0.5, Probable: classes > 2}
	}
	return Cut{}
}

// fit learns schema, steps and model from some rows; a detector from the normal ones
// alone, unless the recipe wants all.
func fit(ctx context.Context, d *Data, rows []int, r Recipe, w Work) (*Pipeline, error) {
	if r.unlabelled() && !r.AllRows && d.Classes.Known() {
		rows = d.normalRows(rows)
	}
	schema, err := newSchema(d, rows)
	if err != nil {
		return nil, err
	}
	x, err := schema.bind(d, rows)
	if err != nil {
		return nil, err
	}
	var y learn.Target
	if !r.unlabelled() {
		y = d.Target(r.Task, rows)
		y.Weights = r.weights(d, rows, &y)
	}
	run := learn.Run{Seed: r.Seed, Workers: w.Workers, Progress: w.Progress}
	steps, z, err := r.Steps.Fit(ctx, x, y, run)
	if err != nil {
		return nil, err
	}
	p := &Pipeline{Schema: schema, Derived: r.Derived, Recipe: r, Steps: steps, Policy: UsualPolicy()}
	if r.Rule.By == Tail {
		p.Model, p.tail, err = fitTail(ctx, r, z, y, run)
	} else {
		p.Model, err = r.Spec.Fit(ctx, z, y, run)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Spec.Kind(), err)
	}
	m := p.Model
	p.Classes = []string{eda.NormalClass, eda.AttackClass}
	if c, ok := m.(interface{ Classes() []string }); ok {
		p.Classes = c.Classes()
	}
	return p, nil
}

// fitTail fits a detector, and finds the threshold of a Tail rule by the scores of the
// training rows, each compared with the others. Where too few are high to tell a tail,
// it is their quantile.
func fitTail(ctx context.Context, r Recipe, z *learn.Matrix, y learn.Target, run learn.Run) (learn.Model, float64, error) {
	m, scores, err := outlier.FitScores(ctx, r.Spec, z, y, run)
	if err != nil {
		return nil, 0, err
	}
	threshold, _, err := outlier.TailThreshold(ctx, scores, r.Rule.Value)
	if errors.Is(err, learn.ErrTooFew) { // no tail to speak of: the quantile is all there is
		stats.SortFloats(scores, make([]float64, len(scores)))
		threshold, err = stats.Quantiles(scores, 1-r.Rule.Value)[0], nil
	}
	return m, clipped(threshold), err
}

// An AttackCount is how many rows of an attack type a model was trained on.
type AttackCount struct {
	Attack string `json:"attack"`
	Rows   int64  `json:"rows"`
}

// attackCounts counts rows with a label by attack type, in the order of the types' bytes.
func (d *Data) attackCounts(rows []int) []AttackCount {
	if !d.Classes.Known() {
		return nil
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r int) bool { return d.Label[r] == learn.NoLevel })
	y := d.Target(Attack, rows)
	counts := make([]int64, len(y.Classes))
	for _, k := range y.Y {
		counts[k]++
	}
	out := []AttackCount{}
	for k := 1; k < len(counts); k++ {
		out = append(out, AttackCount{y.Classes[k], counts[k]})
	}
	return out
}
