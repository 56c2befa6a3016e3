package model

import (
	"context"
	"errors"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/netanom/netanom/model/learn"
)

// An Entry is a learner that was tried, and how models trained by it did on rows held
// out of training.
type Entry struct {
	Algo    string
	Title   string
	Recipe  Recipe
	Choice  *Choice     // of a hybrid: how its members were chosen; nil if they were given, or cannot be chosen
	Random  *Validation // by random folds; nil if that was not asked for
	Other   *Validation // by group or time; nil if that was not asked for
	Attacks *Validation // with whole attack types held out; nil if that was not asked for, or the label has too few of them

	RandomJudged, OtherJudged, AttacksJudged *Judgement // of the same

	Pipeline     *Pipeline  // trained on all rows
	Test         *Judgement // of the pipeline, on a file of its own; nil without
	FitSeconds   float64    // of the pipeline, steps included
	ScoreSeconds float64    // of all rows of the test, or of the training rows
	ScoredRows   int64
	PeakMiB      float64 // how far the heap grew while it was trained
	Failed       error   // why it has no pipeline; nil if it has one
}

// A Plan says by what learners are compared.
type Plan struct {
	Random bool  // by random folds
	Other  Split // ByGroup or ByTime besides; "": neither
	Types  bool  // with whole attack types held out
	Test   *Data // a table to judge pipelines by, loaded with the same columns; nil: none
	Seen   []int // rows of Test whose labels are known
	Folds  int   // 0: 5
	Rounds int   // times that random folds are dealt out; 0: 1
}

// Enter trains and judges by one recipe. A learner that cannot be trained gives an
// entry that says why, and no error; the error is that of ctx, or of a plan that does
// not suit the data.
func Enter(ctx context.Context, d *Data, rows []int, r Recipe, plan Plan, w Work) (*Entry, error) {
	k, err := KindNamed(r.Spec.Kind())
	if err != nil {
		return nil, err
	}
	if plan.Folds != 0 {
		r.Folds = plan.Folds
	}
	e := &Entry{Algo: k.Name, Title: k.Title, Recipe: r}
	e.Failed = e.run(ctx, d, rows, plan, w)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return e, nil
}

// run fills the entry.
func (e *Entry) run(ctx context.Context, d *Data, rows []int, plan Plan, w Work) (err error) {
	if err := e.choose(ctx, d, rows, w); err != nil {
		return err
	}
	validate := func(s Split) (*Validation, *Judgement, error) {
		rounds := 1
		if s == Random {
			rounds = plan.Rounds
		}
		v, err := ValidateRepeatedly(ctx, d, rows, e.Recipe, s, rounds, w)
		if err != nil {
			return nil, nil, err
		}
		if !d.AnyAttack(rows) { // a clean period: there is nothing to find, only alarms to count
			return v, nil, nil
		}
		j, err := v.Judge(ctx, d, e.Recipe.Task)
		return v, j, err
	}
	if plan.Random || e.Recipe.needsFolds() {
		if e.Random, e.RandomJudged, err = validate(Random); err != nil {
			return err
		}
	}
	if plan.Other != "" {
		if e.Other, e.OtherJudged, err = validate(plan.Other); err != nil {
			return err
		}
	}
	if plan.Types {
		e.Attacks, e.AttacksJudged, err = validate(ByType)
		if err != nil && !errors.Is(err, ErrFewTypes) {
			return err
		}
	}
	return e.finish(ctx, d, rows, plan, w)
}

// choose chooses the members of a hybrid whose members are not given. A table with too few
// attack types or rows for it leaves the usual ones.
func (e *Entry) choose(ctx context.Context, d *Data, rows []int, w Work) (err error) {
	h, ok := e.Recipe.Spec.(*Hybrid)
	if !ok || len(h.Members) > 0 {
		return nil
	}
	e.Choice, err = ChooseHybrid(ctx, d, rows, nil, e.Recipe.Seed, w)
	if errors.Is(err, ErrFewTypes) || errors.Is(err, learn.ErrTooFew) {
		e.Choice = nil
		return nil
	}
	if err != nil {
		return err
	}
	chosen := *h
	chosen.Members = e.Choice.Hybrid().Members
	e.Recipe.Spec = &chosen
	return nil
}

// finish trains on all rows, and judges by the plan's own table.
func (e *Entry) finish(ctx context.Context, d *Data, rows []int, plan Plan, w Work) (err error) {
	peak := watchHeap()
	start := time.Now()
	e.Pipeline, err = Train(ctx, d, rows, e.Recipe, e.Random, w)
	e.FitSeconds, e.PeakMiB = time.Since(start).Seconds(), peak()
	if err != nil {
		return err
	}
	e.Pipeline.Training.LeftOut = d.LeftOut
	e.Pipeline.Training.Quality = e.quality()
	start = time.Now()
	if plan.Test == nil {
		_, err = e.Pipeline.ScoreData(ctx, d, rows, w.Workers)
		e.ScoreSeconds, e.ScoredRows = time.Since(start).Seconds(), int64(len(rows))
		return err
	}
	s, err := e.Pipeline.ScoreData(ctx, plan.Test, plan.Seen, w.Workers)
	if err != nil {
		return err
	}
	e.ScoreSeconds, e.ScoredRows = time.Since(start).Seconds(), int64(len(plan.Seen))
	e.Test, err = Judge(ctx, plan.Test, plan.Seen, e.Recipe.Task, e.Pipeline.Classes, s, e.Pipeline.Training.Attacks)
	return err
}

// quality lists what the model file keeps of how models did.
func (e *Entry) quality() []Quality {
	var out []Quality
	for _, one := range []struct {
		split Split
		j     *Judgement
	}{{Random, e.RandomJudged}, {e.otherSplit(), e.OtherJudged}, {ByType, e.AttacksJudged}} {
		if one.j == nil {
			continue
		}
		for _, m := range one.j.Metrics() {
			if m.Value.Value == m.Value.Value {
				out = append(out, Quality{one.split, m.Key, m.Value.Value, m.Value.CI.Low, m.Value.CI.High})
			}
		}
	}
	return out
}

func (e *Entry) otherSplit() Split {
	if e.Other == nil {
		return ""
	}
	return e.Other.Split
}

// CleanAlarms counts the rows of a clean period, in which no row is an attack, that were held out of training
// and called attacks all the same; rows is 0 where there was no such period, or nothing was held out.
func (e *Entry) CleanAlarms() (alarms, rows int64) {
	if e.Random == nil || e.RandomJudged != nil {
		return 0, 0
	}
	for _, c := range e.Random.Scores.Class {
		if c != 0 {
			alarms++
		}
	}
	return alarms, int64(len(e.Random.Scores.Class))
}

// Leading returns the judgement that the entry is ranked by: of its own test table, of
// attack types held out, of the other split, of random folds; nil if it has none.
func (e *Entry) Leading() *Judgement {
	for _, j := range []*Judgement{e.Test, e.AttacksJudged, e.OtherJudged, e.RandomJudged} {
		if j != nil {
			return j
		}
	}
	return nil
}

// Rank puts the entries in the order of the area under the ROC curve of what they are
// ranked by, the largest first, and those that failed last.
func Rank(entries []*Entry) {
	value := func(e *Entry) float64 {
		if j := e.Leading(); e.Failed == nil && j != nil && j.Scores != nil {
			return j.Scores.AUC.Value
		}
		return -1
	}
	slices.SortStableFunc(entries, func(a, b *Entry) int {
		switch x, y := value(a), value(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
}

// watchHeap starts to watch how large the heap is; the function it returns ends that, and
// returns by how many MiB it has grown at most.
func watchHeap() func() float64 {
	const heap = "/memory/classes/heap/objects:bytes"
	read := func() uint64 {
		sample := []metrics.Sample{{Name: heap}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := read()
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		most := before
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				most = max(most, read())
			case <-stop:
				done <- max(most, read())
				return
			}
		}
	}()
	return func() float64 {
		close(stop)
		return float64(<-done-before) / (1 << 20)
	}
}

// ErrFewTypes is the cause where attack types cannot be held out.
var ErrFewTypes = errors.New("holding attack types out needs two of them")
