package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/outlier"
	"github.com/netanom/netanom/model/prep"
	"github.com/netanom/netanom/stats"
)

// A ScoreTail is the distribution of the highest scores by extreme value theory.
type ScoreTail = outlier.Tail

// DetectOptions say how to look for the strangest rows. Only Spec must be set.
type DetectOptions struct {
	Spec    learn.Spec     // a detector: see IsDetector
	Steps   prep.Chain     // nil: those that suit it
	Tail    float64        // the probability with which an ordinary row is exceeded, between 0 and 1; 0: 0.001
	Top     int            // rows that are listed; 0: 20
	Reasons int            // columns named for a row; 0: none
	Beyond  bool           // reasons are wanted of every row beyond the threshold, for WriteRows, up to 1,000
	Derived dataset.Recipe // columns that a table has been given before it was loaded, and that rows to score need too
	Seed    uint64
	Work    Work
}

// A Detection is what a detector that learned from all rows of a table says of them.
// Labels have no part in it; Against holds the scores against them afterwards.
type Detection struct {
	Pipeline  *Pipeline
	Title     string
	Steps     string
	Scores    []float64 // by row: higher is stranger
	Tail      *ScoreTail
	NoTail    string // why there is none: then the threshold is a quantile of the scores
	Chance    float64
	Threshold float64 // the score that an ordinary row exceeds with a probability of Chance

	Beyond  int          // rows with a score of the threshold or more
	Rare    int          // rows so strange that less than one is expected among as many
	Strange []StrangeRow // the strangest first
	Scale   string       // of the reasons
	Exact   bool         // the reasons are exact, not sampled
	Against *DetectionLabels

	reasons map[int][]Reason // by row
	data    *Data
}

// A StrangeRow is one of the rows with the highest scores.
type StrangeRow struct {
	Row         int   // of the table, from 0
	Line        int64 // of the file, from 1; 0 if unknown
	Score       float64
	Probability float64 // of a score as high or higher
	Expected    float64 // rows with such a score that are expected among as many
	Beyond      bool    // the threshold
	Label       string  // "" if unknown
	Alike       int     // rows of the table that are the same in all columns looked at, itself too
	Reasons     []Reason
}

// DetectionLabels is how well the scores find attacks, of the rows whose label is known.
type DetectionLabels struct {
	Attacks, Normal int64
	Scores          *stats.ScoreMeasures // nil if all rows are of one class
	Tally           stats.Tally          // of attacks and of normal rows
	TopRows         int                  // rows listed whose label is known
	TopAttacks      int                  // of these
	Found, Alarms   int64                // attacks and normal rows beyond the threshold
}

const (
	usualTail    = 0.001
	usualTop     = 20
	mostReasoned = 1000 // rows beyond the threshold that get reasons
	fewLabelled  = 2    // rows of each class that figures need
)

// Detect fits a detector to all rows of d and scores these rows. The threshold comes from
// how the highest scores are distributed, by extreme value theory: no share of anomalies
// has to be guessed. Where there are too few scores for that, or too many that are the
// same, it is the quantile of the scores.
func Detect(ctx context.Context, d *Data, o DetectOptions) (*Detection, error) {
	if o.Spec == nil || !IsDetector(o.Spec.Kind()) {
		return nil, fmt.Errorf("rows without labels need a detector: %w; choose one of %s", learn.ErrSetting, strings.Join(Detectors(), ", "))
	}
	if o.Tail = either(o.Tail, usualTail); !(o.Tail > 0 && o.Tail < 1) {
		return nil, fmt.Errorf("a tail of %v: %w; want a probability between 0 and 1", o.Tail, learn.ErrSetting)
	}
	o.Top = either(o.Top, usualTop)
	if o.Steps == nil {
		var err error
		if o.Steps, err = UsualSteps(o.Spec.Kind()); err != nil {
			return nil, err
		}
	}
	out := &Detection{Steps: o.Steps.String(), Chance: o.Tail, data: d, reasons: map[int][]Reason{}}
	if kind, err := KindNamed(o.Spec.Kind()); err == nil {
		out.Title = kind.Title
	}
	w := &detectWork{data: d, options: o, rows: allOf(d.Rows), out: out, run: learn.Run{Seed: o.Seed, Workers: o.Work.Workers, Progress: o.Work.Progress}}
	for _, step := range []func(context.Context) error{w.fit, w.threshold, w.list, w.against} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Detectors lists the names of the learners that need no label.
func Detectors() []string {
	var names []string
	for _, k := range kinds {
		if k.Detector {
			names = append(names, k.Name)
		}
	}
	return names
}

// detectWork is the work on one detection.
type detectWork struct {
	data    *Data
	options DetectOptions
	rows    []int
	run     learn.Run
	x       *learn.Matrix
	out     *Detection
}

// fit learns from all rows and scores them, each held against the others where it would
// be its own neighbour.
func (w *detectWork) fit(ctx context.Context) error {
	o := &w.options
	o.Work.stage("preparing %d rows", len(w.rows))
	p, err := w.data.prepare(ctx, w.rows, o.Steps, w.run)
	if err != nil {
		return err
	}
	w.x = p.x
	o.Work.stage("learning what is usual by %s", o.Spec.Kind())
	m, scores, err := outlier.FitScores(ctx, o.Spec, p.z, learn.Target{}, w.run)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Spec.Kind(), err)
	}
	w.out.Scores = scores
	w.out.Pipeline = &Pipeline{Schema: p.schema, Policy: UsualPolicy(), Derived: o.Derived, Steps: p.steps, Model: m, Classes: []string{eda.NormalClass, eda.AttackClass},
		Recipe: Recipe{Spec: o.Spec, Steps: o.Steps, AllRows: true, Derived: o.Derived, Rule: Rule{By: Tail, Value: o.Tail}, Seed: o.Seed}}
	return nil
}

// threshold finds the score beyond which rows are strange.
func (w *detectWork) threshold(ctx context.Context) error {
	w.options.Work.stage("fitting the tail of the scores")
	out, q := w.out, w.options.Tail
	t, tail, err := outlier.TailThreshold(ctx, out.Scores, q)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	switch {
	case err != nil:
		out.NoTail = noTail(err, len(out.Scores))
		sorted := slices.Sorted(slices.Values(out.Scores))
		t = sorted[min(len(sorted)-1, max(0, int(math.Ceil((1-q)*float64(len(sorted))))-1))]
		if math.IsNaN(t) {
			return fmt.Errorf("%s: %w", w.options.Spec.Kind(), err)
		}
		// The quantile itself is that of an ordinary row.
		t = math.Nextafter(t, math.Inf(1))
	default:
		out.Tail = tail
	}
	out.Threshold = clipped(t)
	p := out.Pipeline
	p.Cut = Cut{Threshold: out.Threshold}
	p.Training = Training{Rows: int64(w.data.Rows), LeftOut: w.data.LeftOut}
	if w.data.Classes.Known() { // the model has seen these attacks, whatever it made of them
		p.Training.Label, p.Training.Normal = w.data.LabelName, w.data.Classes.Normal
		labelled, err := w.data.Labelled()
		if err != nil {
			return err
		}
		p.Training.Attacks = w.data.attackCounts(labelled)
	}
	return p.selfTest()
}

// noTail says why scores have no tail, for the end of a sentence.
func noTail(err error, rows int) string {
	const few = 100 // as outlier.FitTail wants
	switch {
	case !errors.Is(err, learn.ErrTooFew):
		return err.Error()
	case rows < few:
		return fmt.Sprintf("%d rows are too few, have at least %d", rows, few)
	}
	return "too many rows share the highest ones"
}

// list puts the rows in order and finds what makes the first of them strange.
func (w *detectWork) list(ctx context.Context) error {
	out, d := w.out, w.data
	order := slices.Clone(w.rows)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(out.Scores[b], out.Scores[a]) })
	for at, row := range order {
		if out.Scores[row] >= out.Threshold {
			out.Beyond = at + 1
		}
		if out.Tail != nil && out.Tail.Probability(out.Scores[row])*float64(d.Rows) < 1 {
			out.Rare = at + 1
		}
	}
	top := order[:min(w.options.Top, len(order))]
	reasoned := top
	if w.options.Beyond {
		reasoned = order[:min(max(len(top), min(out.Beyond, mostReasoned)), len(order))]
	}
	if err := w.explain(ctx, reasoned); err != nil {
		return err
	}
	alike := w.copies(top)
	for i, row := range top {
		s := StrangeRow{Row: row, Line: d.Line(row), Score: out.Scores[row], Beyond: out.Scores[row] >= out.Threshold, Alike: alike[i], Reasons: out.reasons[row]}
		s.Probability = out.chance(order, row)
		s.Expected = s.Probability * float64(d.Rows)
		if d.Label != nil && d.Label[row] != learn.NoLevel {
			s.Label = d.Levels[d.Label[row]]
		}
		out.Strange = append(out.Strange, s)
	}
	return nil
}

// chance is the probability of a score as high as that of a row or higher: by the tail, and
// below it the share of the rows. order has the strangest first.
func (d *Detection) chance(order []int, row int) float64 {
	score := d.Scores[row]
	if d.Tail != nil && score > d.Tail.Start {
		return d.Tail.Probability(score)
	}
	above, _ := slices.BinarySearchFunc(order, score, func(r int, s float64) int {
		if d.Scores[r] >= s {
			return -1
		}
		return 1
	})
	return float64(above) / float64(len(order))
}

// explain finds the reasons of some rows, on all cores.
func (w *detectWork) explain(ctx context.Context, rows []int) error {
	if w.options.Reasons == 0 || len(rows) == 0 {
		return nil
	}
	w.options.Work.stage("finding reasons")
	const together = 4
	p, x := w.out.Pipeline, w.x.Take(rows)
	found := make([][]Reason, len(rows))
	blocks := (len(rows) + together - 1) / together
	scales, exact := make([]string, blocks), make([]bool, blocks)
	err := parallel.Each(ctx, blocks, w.options.Work.Workers, func(b int) error {
		from, to := b*together, min((b+1)*together, len(rows))
		part := x.Slice(from, to)
		r, err := p.Explain(part)
		if err != nil {
			return err
		}
		scales[b], exact[b] = r.Scale, r.Exact
		for i := range to - from {
			found[from+i] = r.Top(i, w.options.Reasons, func(column string, row int) string { return p.Schema.cell(part, column, row) })
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reasons: %w", err)
	}
	w.out.Scale, w.out.Exact = scales[0], exact[0]
	for i, row := range rows {
		w.out.reasons[row] = found[i]
	}
	return nil
}

// copies counts, for each of some rows, the rows of the table that are the same.
func (w *detectWork) copies(rows []int) []int {
	first := firstAlike(w.data.x, w.rows)
	counts := make(map[int]int, len(first))
	for _, f := range first {
		counts[f]++
	}
	out := make([]int, len(rows))
	for i, row := range rows {
		out[i] = counts[first[row]]
	}
	return out
}
