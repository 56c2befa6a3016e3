package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// An Evaluation is how a pipeline does on a table that it was not trained on, and why it
// does otherwise than on rows like those of its training.
type Evaluation struct {
	Pipeline    *Pipeline
	Judgement   *Judgement
	Unlabelled  int64 // rows without a label, which were left out
	Slices      []Slice
	Drift       []Drift
	Shift       Shift
	Reliability []stats.CalibrationBin // of scores as probabilities of an attack; nil for scores that are none
	Second      *Contrast              // with another pipeline on the same rows; nil without
}

// A Slice is how a pipeline does on the rows that share a level of a column.
type Slice struct {
	Column, Level   string
	Rows, Attacks   int64
	Recall, FPR     stats.Measure // NaN without attacks, or without normal rows
	Accuracy        stats.Measure
	AUC             stats.Measure // NaN where all rows are of one class
	FalseAlarms     int64
	Missed          int64
	DiffersFromRest bool // the accuracy's interval and that of all rows do not overlap
}

// Shift is what differs between a table and the training rows: the reasons for a drop.
type Shift struct {
	TrainAttackShare, TestAttackShare float64
	UnseenTypes                       int   // attack types that training did not have
	UnseenRows                        int64 // their rows
	UnseenRecall                      stats.Measure
	SeenRecall                        stats.Measure // of attack types that training had
	Moved                             []Drift       // columns that are not stable, the most moved first
	UnseenLevels                      int64         // cells with a level that training did not have
	Random, Attacks                   []Quality     // of models by the same recipe, on rows held out of training
}

// EvaluateOptions say what to look at besides.
type EvaluateOptions struct {
	Slices  []string  // columns whose levels to look at apart; none: protocol_type, service and flag where they are there
	Second  *Pipeline // to compare with
	Insist  bool      // judge by the file the pipeline was trained on
	Workers int
}

// usualSlices are the columns of KDD records that tell kinds of traffic apart.
var usualSlices = []string{"protocol_type", "service", "flag"}

// Evaluate judges a pipeline by the rows of d, whose label must tell normal from attack.
func (p *Pipeline) Evaluate(ctx context.Context, d *Data, o EvaluateOptions) (*Evaluation, error) {
	rows, err := d.Labelled()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no row has a label: %w", learn.ErrTooFew)
	}
	s, err := p.ScoreData(ctx, d, rows, o.Workers)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{Pipeline: p, Unlabelled: int64(d.Rows - len(rows))}
	if e.Judgement, err = Judge(ctx, d, rows, p.Recipe.Task, p.Classes, s, p.Training.Attacks); err != nil {
		return nil, err
	}
	if e.Drift, err = p.Schema.Drift(d, rows); err != nil {
		return nil, err
	}
	e.Shift = p.shift(e.Judgement, e.Drift)
	if e.Slices, err = slicesOf(d, rows, s, o.Slices, e.Judgement); err != nil {
		return nil, err
	}
	if s.Probabilities != nil {
		attack := make([]bool, len(rows))
		for i, r := range rows {
			attack[i] = d.IsAttack(r)
		}
		if e.Reliability, err = stats.Reliability(s.Score, attack, 10, stats.EqualMass, level); err != nil {
			return nil, err
		}
	}
	if o.Second != nil {
		e.Second, err = p.contrast(ctx, d, rows, s, o.Second, o.Workers)
	}
	return e, err
}

// shift says what differs from training.
func (p *Pipeline) shift(j *Judgement, drift []Drift) Shift {
	s := Shift{TestAttackShare: float64(j.Tally.N(0)) / float64(j.Rows)}
	var trained int64
	for _, a := range p.Training.Attacks {
		trained += a.Rows
	}
	s.TrainAttackShare = float64(trained) / float64(max(1, p.Training.Rows))
	s.UnseenRecall, _, s.UnseenRows, s.UnseenTypes = j.Unseen()
	var rows, found int64
	for _, a := range j.Attacks {
		if !a.Unseen {
			rows, found = rows+a.Rows, found+a.Found
		}
	}
	s.SeenRecall = stats.Measure{Value: nan}
	if rows > 0 {
		s.SeenRecall = stats.Measure{Value: float64(found) / float64(rows), CI: stats.WilsonInterval(found, rows, level)}
	}
	for _, d := range drift {
		s.UnseenLevels += d.Unseen
		if d.Verdict != Stable {
			s.Moved = append(s.Moved, d)
		}
	}
	slices.SortStableFunc(s.Moved, func(a, b Drift) int { return cmp.Compare(b.Stability.PSI, a.Stability.PSI) })
	for _, q := range p.Training.Quality {
		switch q.Split {
		case Random:
			s.Random = append(s.Random, q)
		case ByType:
			s.Attacks = append(s.Attacks, q)
		}
	}
	return s
}

// slicesOf judges the rows of each level of some columns apart.
func slicesOf(d *Data, rows []int, s *Scores, columns []string, whole *Judgement) ([]Slice, error) {
	asked := len(columns) > 0
	if !asked {
		columns = usualSlices
	}
	var out []Slice
	for _, name := range columns {
		at := slices.IndexFunc(d.columns, func(c dataset.Column) bool { return c.Name == name || c.Canon == name })
		if at < 0 || !d.x.Columns[at].Coded() {
			if asked {
				return nil, fmt.Errorf("there is no column of levels %q to slice by", name)
			}
			continue
		}
		members := make([][]int, len(d.x.Columns[at].Levels))
		for i, r := range rows {
			if c := d.x.Codes[at][r]; c != learn.NoLevel {
				members[c] = append(members[c], i)
			}
		}
		for c, m := range members {
			if len(m) == 0 {
				continue
			}
			one, err := sliceOf(d, rows, s, m, whole)
			if err != nil {
				return nil, err
			}
			one.Column, one.Level = d.columns[at].Name, d.x.Columns[at].Levels[c]
			out = append(out, one)
		}
	}
	return out, nil
}

// sliceOf judges some of the rows.
func sliceOf(d *Data, rows []int, s *Scores, members []int, whole *Judgement) (Slice, error) {
	truth, verdict := make([]int32, len(members)), make([]int32, len(members))
	attack := make([]bool, len(members))
	score := make([]float64, len(members))
	one := Slice{Rows: int64(len(members)), AUC: stats.Measure{Value: nan}}
	for k, i := range members {
		attack[k], score[k] = d.IsAttack(rows[i]), s.Score[i]
		if attack[k] {
			truth[k] = 1
			one.Attacks++
		}
		verdict[k] = min(1, s.Class[i])
		switch {
		case verdict[k] > truth[k]:
			one.FalseAlarms++
		case verdict[k] < truth[k]:
			one.Missed++
		}
	}
	c, err := stats.ConfusionOf([]string{"normal", "attack"}, truth, verdict, nil)
	if err != nil {
		return one, err
	}
	m, err := c.Measures(level)
	if err != nil {
		return one, err
	}
	one.Recall, one.FPR, one.Accuracy = m.Classes[1].Recall, m.Classes[1].FPR, m.Accuracy
	all := whole.Both.Accuracy.CI
	one.DiffersFromRest = one.Accuracy.CI.High < all.Low || one.Accuracy.CI.Low > all.High
	t, err := stats.ScoreTally(score, attack)
	if err != nil || t.N(0) < 2 || t.N(1) < 2 {
		return one, err
	}
	scores, err := stats.MeasureScores(t, level)
	one.AUC = scores.AUC
	return one, err
}

// A Contrast compares two pipelines on the same rows.
type Contrast struct {
	Second    *Judgement
	Verdicts  *stats.McNemar // of right and wrong verdicts on normal or attack; nil where both say the same of all rows
	Areas     *stats.Result  // DeLong's test of the areas under the ROC curve; nil where both order the rows alike
	BothRight int64
	OnlyFirst int64 // right by the first pipeline only
	OnlyOther int64
	BothWrong int64
}

// contrast compares with another pipeline on rows that p has scored.
func (p *Pipeline) contrast(ctx context.Context, d *Data, rows []int, s *Scores, other *Pipeline, workers int) (*Contrast, error) {
	t, err := other.ScoreData(ctx, d, rows, workers)
	if err != nil {
		return nil, fmt.Errorf("the second model: %w", err)
	}
	c := &Contrast{}
	if c.Second, err = Judge(ctx, d, rows, other.Recipe.Task, other.Classes, t, other.Training.Attacks); err != nil {
		return nil, err
	}
	table := stats.Crosstab{}
	paired := stats.PairedScores{A: ranksOf(s.Score), B: ranksOf(t.Score)}
	for i, r := range rows {
		attack := d.IsAttack(r)
		paired.Positive = append(paired.Positive, attack)
		first, second := s.Attack(i) == attack, t.Attack(i) == attack
		switch {
		case first && second:
			c.BothRight++
		case first:
			c.OnlyFirst++
		case second:
			c.OnlyOther++
		default:
			c.BothWrong++
		}
	}
	for _, cell := range []struct {
		a, b string
		n    int64
	}{{"right", "right", c.BothRight}, {"right", "wrong", c.OnlyFirst}, {"wrong", "right", c.OnlyOther}, {"wrong", "wrong", c.BothWrong}} {
		if cell.n > 0 {
			table.Add(cell.a, cell.b, cell.n)
		}
	}
	if m, err := stats.McNemarTest(&table, level); err == nil {
		c.Verdicts = &m
	}
	areas, err := stats.DeLongTest([]stats.PairedScores{paired}, stats.TwoSided, level)
	switch {
	case err == nil:
		c.Areas = &areas
	case !errors.Is(err, stats.ErrConstant) && !errors.Is(err, stats.ErrTooFew):
		return nil, err
	}
	return c, nil
}

// ranksOf returns dense ranks of scores, equal ones sharing one.
func ranksOf(scores []float64) []uint32 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	ranks := make([]uint32, len(scores))
	var rank uint32
	for k, i := range order {
		if k > 0 && scores[i] != scores[order[k-1]] {
			rank++
		}
		ranks[i] = rank
	}
	return ranks
}
