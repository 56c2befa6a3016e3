package model

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// A Judgement is how well scores and verdicts fit the labels of their rows.
type Judgement struct {
	Rows      int64
	Classes   []string
	Confusion stats.Confusion         // of the classes
	Measures  stats.ConfusionMeasures // of the classes
	Binary    stats.ClassMeasures     // of attacks against normal traffic, whatever the classes
	Both      stats.ConfusionMeasures // the same with all that two classes have
	Scores    *stats.ScoreMeasures    // nil without two rows of each class
	At        []RecallAt              // recall at false-positive rates
	Probable  *stats.ProbabilityMeasures
	Areas     *stats.ClassAreas // of more than two classes
	Attacks   []AttackRecall
	Tally     stats.Tally // of the scores: attacks, normal rows
}

// A RecallAt is the share of attacks found by the threshold with which at most so many
// normal rows are called attacks.
type RecallAt struct {
	FPR       float64
	Recall    stats.Measure
	Threshold float64
}

// usualRates are the false-positive rates at which recall is told.
var usualRates = []float64{0.001, 0.01, 0.05}

// An AttackRecall is how many rows of an attack type were found.
type AttackRecall struct {
	Attack   string
	Category string
	Rows     int64
	Found    int64
	Recall   stats.Measure
	Right    int64 // found, and called by the right class
	Unseen   bool  // training had no such attack
	Trained  int64 // rows of it in training
}

// Judge measures scores and verdicts of some rows of d, whose labels must be known.
// classes are those of the scores; an attack whose class they lack counts for the
// confusion of classes under its own name. trained are the attacks of the training
// rows, nil if that is not known.
func Judge(ctx context.Context, d *Data, rows []int, task Task, classes []string, s *Scores, trained []AttackCount) (*Judgement, error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("no row is left to be judged by: %w", learn.ErrTooFew)
	}
	j := &Judgement{Rows: int64(len(rows))}
	names, of := task.classesOf(d.Classes, d.Levels)
	j.Classes = slices.Clone(classes)
	truth := make([]int32, len(rows))
	attack := make([]bool, len(rows))
	for i, r := range rows {
		name := names[of[d.Label[r]]]
		at := slices.Index(j.Classes, name)
		if at < 0 {
			at = len(j.Classes)
			j.Classes = append(j.Classes, name)
		}
		truth[i], attack[i] = int32(at), at != 0
	}
	if err := j.measureVerdicts(truth, s.Class); err != nil {
		return nil, err
	}
	if err := j.measureScores(ctx, s, truth, attack, len(classes)); err != nil {
		return nil, err
	}
	j.Attacks = attackRecalls(d, rows, truth, s, trained)
	return j, nil
}

// measureVerdicts counts verdicts by class, and as attacks.
func (j *Judgement) measureVerdicts(truth, verdict []int32) (err error) {
	if j.Confusion, err = stats.ConfusionOf(j.Classes, truth, verdict, nil); err != nil {
		return err
	}
	if j.Measures, err = j.Confusion.Measures(level); err != nil {
		return err
	}
	both, err := stats.ConfusionOf([]string{eda.NormalClass, eda.AttackClass}, binary(truth), binary(verdict), nil)
	if err != nil {
		return err
	}
	if j.Both, err = both.Measures(level); err == nil {
		j.Binary = j.Both.Classes[1]
	}
	return err
}

// binary makes classes 0 and 1 of class 0 and all others.
func binary(classes []int32) []int32 {
	out := make([]int32, len(classes))
	for i, c := range classes {
		out[i] = min(c, 1)
	}
	return out
}

// measureScores measures what does not depend on a threshold.
func (j *Judgement) measureScores(ctx context.Context, s *Scores, truth []int32, attack []bool, known int) (err error) {
	if err := j.rank(s.Score, attack); err != nil || j.Scores == nil || s.Probabilities == nil {
		return err
	}
	return j.measureProbabilities(ctx, s, truth, attack, known)
}

// rank measures how scores put the rows in order.
func (j *Judgement) rank(scores []float64, attack []bool) (err error) {
	if j.Tally, err = stats.ScoreTally(scores, attack); err != nil {
		return err
	}
	if j.Tally.N(0) < 2 || j.Tally.N(1) < 2 {
		return nil
	}
	m, err := stats.MeasureScores(j.Tally, level)
	if err != nil {
		return err
	}
	j.Scores, j.At = &m, nil
	for _, rate := range usualRates {
		p, recall, err := stats.RecallAtFPR(j.Tally, rate, level)
		if err != nil {
			return err
		}
		j.At = append(j.At, RecallAt{rate, recall, p.Threshold})
	}
	return nil
}

// measureProbabilities measures probabilities: of the classes, where each has one, and
// else of an attack.
func (j *Judgement) measureProbabilities(ctx context.Context, s *Scores, truth []int32, attack []bool, known int) error {
	var p stats.ProbabilityMeasures
	var err error
	if known > 2 && len(j.Classes) == known {
		p, err = stats.MeasureClassProbabilities(s.Probabilities, truth, known, level)
		if err == nil {
			var areas stats.ClassAreas
			if areas, err = stats.MeasureClassAreas(ctx, s.Probabilities, truth, known, level); err == nil {
				j.Areas = &areas
			}
		}
	} else {
		p, err = stats.MeasureProbabilities(s.Score, attack, level)
	}
	if err == nil {
		j.Probable = &p
	}
	return err
}

// attackRecalls counts what was found of each attack type, the most frequent first.
func attackRecalls(d *Data, rows []int, truth []int32, s *Scores, trained []AttackCount) []AttackRecall {
	types := d.Target(Attack, rows)
	out := make([]AttackRecall, len(types.Classes))
	for i, t := range types.Y {
		a := &out[t]
		a.Rows++
		if s.Attack(i) {
			a.Found++
			if s.Class[i] == truth[i] {
				a.Right++
			}
		}
	}
	for t := range out {
		a := &out[t]
		a.Attack = types.Classes[t]
		a.Category = d.Classes.Category(a.Attack)
		a.Recall = stats.Measure{Value: float64(a.Found) / float64(a.Rows), CI: stats.WilsonInterval(a.Found, a.Rows, level)}
		if trained != nil {
			a.Trained = trainedRows(trained, a.Attack)
			a.Unseen = a.Trained == 0
		}
	}
	out = out[1:]
	slices.SortStableFunc(out, func(a, b AttackRecall) int { return int(min(1, max(-1, b.Rows-a.Rows))) })
	return out
}

// trainedRows returns how many rows of an attack type there were in training, by
// whatever case its name is written in.
func trainedRows(trained []AttackCount, attack string) int64 {
	for _, a := range trained {
		if strings.EqualFold(a.Attack, attack) {
			return a.Rows
		}
	}
	return 0
}

// Unseen returns what was found of attacks that training did not have, together, and
// how many types they are.
func (j *Judgement) Unseen() (recall stats.Measure, found, rows int64, types int) {
	for _, a := range j.Attacks {
		if a.Unseen {
			rows, found, types = rows+a.Rows, found+a.Found, types+1
		}
	}
	if rows == 0 {
		return stats.Measure{Value: nan}, 0, 0, 0
	}
	return stats.Measure{Value: float64(found) / float64(rows), CI: stats.WilsonInterval(found, rows, level)}, found, rows, types
}

// Judge measures the verdicts on the rows of a validation. The scores of the models of
// different folds do not mean the same, least of all where whole attack types are held
// out: rows are therefore ranked within their fold alone, by the share of its normal
// rows that score lower. Tally has the scores themselves but for ByType, where they
// could mislead.
func (v *Validation) Judge(ctx context.Context, d *Data, task Task) (*Judgement, error) {
	j, err := Judge(ctx, d, v.Rows, task, v.Classes, &v.Scores, nil)
	if err != nil || j.Scores == nil {
		return j, err
	}
	attack := make([]bool, len(v.Y))
	for i, y := range v.Y {
		attack[i] = y != 0
	}
	scores := j.Tally
	err = j.rank(v.placements(), attack)
	if v.Split != ByType {
		j.Tally = scores
	}
	return j, err
}

// placements returns for each judged row the share of the normal rows of its fold that
// score lower, equal ones by half.
func (v *Validation) placements() []float64 {
	out := make([]float64, len(v.Rows))
	from := 0
	for _, f := range v.Folds {
		to := from + f.Test
		var normal []float64
		for i := from; i < to; i++ {
			if v.Y[i] == 0 {
				normal = append(normal, v.Scores.Score[i])
			}
		}
		slices.Sort(normal)
		for i := from; i < to; i++ {
			s := v.Scores.Score[i]
			below, _ := slices.BinarySearch(normal, s)
			upTo := below + sort.Search(len(normal)-below, func(k int) bool { return normal[below+k] > s })
			out[i] = float64(below+upTo) / float64(2*max(1, len(normal)))
		}
		from = to
	}
	return out
}
