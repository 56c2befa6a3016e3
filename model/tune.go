package model

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/prep"
	"github.com/netanom/netanom/stats"
)

// TuneOptions steer Tune. The zero value is the usual way.
type TuneOptions struct {
	Algos  []string // learners to try; none: that of the recipe
	Trials int      // candidates; 0: 30
	Split  Split    // by which candidates are judged; "": Random
	Goal   Goal     // what is made as large as it can be; "": ROC-AUC
	Plain  bool     // every candidate gets all rows; else halving: many on few rows, the better ones on more
	Fixed  bool     // only settings of learners are searched, not steps and weights
	Done   []Trial  // of an earlier run of the same search; they are not run again
	Keep   func(Trial) error
	Work   Work
}

// A Goal is a figure that a search makes as large as it can be.
type Goal string

// The goals.
const (
	GoalROC    Goal = "roc_auc"
	GoalPR     Goal = "pr_auc"
	GoalMCC    Goal = "mcc"
	GoalF1     Goal = "f1"       // macro average over the classes
	GoalRecall Goal = "recall"   // at 1 % false alarms
	GoalLoss   Goal = "log_loss" // made as small as it can be
)

// Goals lists the goals.
func Goals() []string {
	return []string{string(GoalROC), string(GoalPR), string(GoalMCC), string(GoalF1), string(GoalRecall), string(GoalLoss)}
}

// A Trial is a candidate and how it did. Trials are stored line by line, so that a
// search can go on where it was interrupted.
type Trial struct {
	Candidate int             `json:"candidate"`
	Share     float64         `json:"share"` // of the rows that it was tried on
	Algo      string          `json:"algo"`
	Settings  json.RawMessage `json:"settings"`
	Steps     string          `json:"steps"`
	Balance   Balance         `json:"balance"`
	Value     float64         `json:"value"`  // mean over the folds
	Spread    float64         `json:"spread"` // standard deviation over the folds
	Seconds   float64         `json:"seconds"`
	Failed    string          `json:"failed,omitempty"` // why it could not be judged
}

// A Tuning is the outcome of a search.
type Tuning struct {
	Goal        Goal
	Trials      []Trial // in the order of candidates and shares
	Best        *Trial  // of those tried on all rows, or, after an interruption, on most; nil if none was judged
	Interrupted bool
}

// halvingRungs are the shares of the rows on which candidates are tried in turn; of each
// rung, the better third goes on to the next.
var halvingRungs = []float64{1.0 / 9, 1.0 / 3, 1}

const keptOfRung = 3

// Tune searches the settings of learners, and with them the steps and the weights of
// rows, for the recipe that does best on rows held out of training: random candidates
// [1], of which successive halving [2] drops the worse on a part of the rows. The first
// candidate of each learner is its defaults. The search depends on the recipe's seed and
// on nothing else; where ctx ends it early, what was found so far is the result, and is
// marked as interrupted.
//
// [1] J. Bergstra and Y. Bengio (2012), "Random search for hyper-parameter optimization",
// Journal of Machine Learning Research 13, 281–305.
//
// [2] K. Jamieson and A. Talwalkar (2016), "Non-stochastic best arm identification and
// hyperparameter optimization", AISTATS, 240–248.
func Tune(ctx context.Context, d *Data, rows []int, r Recipe, o TuneOptions) (*Tuning, error) {
	s, err := newSearch(d, rows, r, o)
	if err != nil {
		return nil, err
	}
	candidates := s.candidates()
	for _, share := range s.rungs {
		if err := s.runRung(ctx, candidates, share); err != nil {
			if ctx.Err() == nil {
				return nil, err
			}
			s.out.Interrupted = true
			break
		}
		candidates = s.better(share)
	}
	s.settle()
	return s.out, nil
}

// A search is a run of Tune.
type search struct {
	data   *Data
	rows   []int
	recipe Recipe
	opt    TuneOptions
	rungs  []float64
	mu     sync.Mutex
	out    *Tuning
}

func newSearch(d *Data, rows []int, r Recipe, o TuneOptions) (*search, error) {
	if len(o.Algos) == 0 {
		o.Algos = []string{r.Spec.Kind()}
	}
	if o.Goal == "" {
		o.Goal = GoalROC
	}
	if !slices.Contains(Goals(), string(o.Goal)) {
		return nil, fmt.Errorf("there is no goal %q; choose one of %v", o.Goal, Goals())
	}
	if o.Split == "" {
		o.Split = Random
	}
	if o.Trials = orElse(o.Trials, 30); o.Trials < len(o.Algos) {
		return nil, fmt.Errorf("%d trials of %d learners: want one for each at least", o.Trials, len(o.Algos))
	}
	s := &search{data: d, rows: rows, recipe: r, opt: o, rungs: halvingRungs, out: &Tuning{Goal: o.Goal, Trials: slices.Clone(o.Done)}}
	if o.Plain {
		s.rungs = halvingRungs[len(halvingRungs)-1:]
	}
	return s, nil
}

// runRung tries candidates on a share of the rows, several at a time. Each is tried on
// one core, so that it has the same cost whatever else is tried.
func (s *search) runRung(ctx context.Context, candidates []Trial, share float64) error {
	rows := s.rows
	if share < 1 {
		var err error
		if _, rows, err = s.data.Holdout(s.rows, share, s.recipe.Seed); err != nil {
			return err
		}
	}
	workers := s.opt.Work.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	s.opt.Work.stage("%d candidates on %d rows", len(candidates), len(rows))
	done := newCounter(len(candidates), s.opt.Work.Progress)
	return parallel.Each(ctx, len(candidates), workers, func(k int) error {
		t := candidates[k]
		t.Share = share
		if !s.tried(t) {
			if err := s.try(ctx, rows, t); err != nil {
				return err
			}
		}
		done.one()
		return nil
	})
}

// tried reports whether an earlier run has tried the candidate on this share.
func (s *search) tried(t Trial) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.out.Trials, func(u Trial) bool { return u.Candidate == t.Candidate && u.Share == t.Share })
}

// try judges a candidate and keeps the trial. A candidate that cannot be trained is a
// failed trial and no error.
func (s *search) try(ctx context.Context, rows []int, t Trial) error {
	start := time.Now()
	values, err := s.judge(ctx, rows, t)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var m stats.Moments
	for _, v := range values {
		m.Add(v)
	}
	t.Value, t.Spread, t.Seconds = m.Mean, m.SD(), time.Since(start).Seconds()
	if m.N < 2 {
		t.Spread = 0
	}
	if err == nil && math.IsNaN(t.Value) {
		err = fmt.Errorf("the folds lack one of the classes")
	}
	if err != nil {
		t.Failed, t.Value, t.Spread = err.Error(), 0, 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Trials = append(s.out.Trials, t)
	if s.opt.Keep != nil {
		return s.opt.Keep(t)
	}
	return nil
}

// judge returns the goal in every fold.
func (s *search) judge(ctx context.Context, rows []int, t Trial) ([]float64, error) {
	r, err := s.recipe.with(t)
	if err != nil {
		return nil, err
	}
	v, err := Validate(ctx, s.data, rows, r, s.opt.Split, Work{Workers: 1})
	if err != nil {
		return nil, err
	}
	return v.perFold(ctx, s.data, r.Task, s.opt.Goal)
}

// with returns the recipe with what a trial has chosen.
func (r Recipe) with(t Trial) (Recipe, error) {
	spec, err := NewSpec(t.Algo)
	if err != nil {
		return r, err
	}
	if err := Set(spec, t.Settings); err != nil {
		return r, err
	}
	r.Spec, r.Balance = spec, t.Balance
	r.Steps = nil
	if t.Steps != "" {
		r.Steps, err = prep.ParseChain(t.Steps)
	}
	return r, err
}

// Recipe returns r with what the best trial has chosen.
func (t *Trial) Recipe(r Recipe) (Recipe, error) { return r.with(*t) }

// better returns the candidates that go on from a rung: the better third of those that
// could be judged, in the order of their numbers.
func (s *search) better(share float64) []Trial {
	judged := s.of(share)
	slices.SortStableFunc(judged, s.byValue)
	judged = judged[:min(len(judged), max(1, (len(judged)+keptOfRung-1)/keptOfRung))]
	slices.SortFunc(judged, func(a, b Trial) int { return cmp.Compare(a.Candidate, b.Candidate) })
	return judged
}

// of returns the trials of a share that could be judged, in the order of candidates.
func (s *search) of(share float64) []Trial {
	var out []Trial
	for _, t := range s.out.Trials {
		if t.Share == share && t.Failed == "" {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Trial) int { return cmp.Compare(a.Candidate, b.Candidate) })
	return out
}

// byValue puts the better trial first.
func (s *search) byValue(a, b Trial) int {
	if s.opt.Goal == GoalLoss {
		return cmp.Compare(a.Value, b.Value)
	}
	return cmp.Compare(b.Value, a.Value)
}

// settle puts the trials in order and finds the best on the largest share.
func (s *search) settle() {
	slices.SortFunc(s.out.Trials, func(a, b Trial) int {
		return cmp.Or(cmp.Compare(a.Candidate, b.Candidate), cmp.Compare(a.Share, b.Share))
	})
	for k := len(s.rungs) - 1; k >= 0 && s.out.Best == nil; k-- {
		if judged := s.of(s.rungs[k]); len(judged) > 0 {
			slices.SortStableFunc(judged, s.byValue)
			s.out.Best = &judged[0]
		}
	}
}
