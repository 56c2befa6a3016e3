package model

import (
	"context"
	"io"
	"math"
	"strconv"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
)

// PredictOptions say what Predict writes.
type PredictOptions struct {
	dataset.CSVOptions
	OnlyAttacks bool // leave out rows that are taken for normal
	Reasons     int  // columns that raised a row's score most; 0: none

	// Alert, if not nil, is shown every attack in the order of the source, and says whether it
	// stands; one that does not is written as allowed. The row must not be kept.
	Alert func(*AlertRow) bool

	// Scored, if not nil, is told the score and the verdict of every row, chunk by chunk in
	// the order of the source, when nothing is written. The slices must not be kept.
	Scored func(scores []float64, verdicts []string) error
}

// A Prediction counts what Predict found.
type Prediction struct {
	Rows, Attacks int64 // attacks are those that stand
	Allowed       int64 // attacks that PredictOptions.Alert let pass
	Written       int64
	Classes       []int64 // by class: verdicts
	Unseen        []int64 // by input of the schema: cells with a level that training did not have
	Missing       []int64 // by input of the schema: cells without a value
	Drift         []Drift // by input of the schema: how far the rows are from those of training
	Scores        [scoreBins]int64
}

// scoreBins is in how many ranges of equal width, from 0 to 1, scores are counted;
// scores beyond count in the first and the last.
const scoreBins = 20

// Predict scores the rows of a source and writes them as CSV behind the score, the
// verdict, the class and, if asked for, the reasons. Memory is bounded whatever the
// size, and the order is that of the source. Columns that rows need beside those of
// the source are derived first. Without a w, rows are scored and nothing is written.
func (p *Pipeline) Predict(ctx context.Context, src dataset.Source, w io.Writer, o PredictOptions) (*Prediction, error) {
	scored := src
	if len(p.Derived.Derivations) > 0 {
		var err error
		if scored, err = dataset.Derive(src, p.Derived); err != nil {
			return nil, err
		}
	}
	s := &scorer{pipeline: p, options: o}
	written, err := s.run(ctx, scored, w)
	if err != nil {
		return nil, err
	}
	out := s.total()
	out.Allowed = s.allowed
	out.Attacks -= s.allowed
	out.Written = written
	return out, nil
}

// run scans the source, and returns how many rows were written.
func (s *scorer) run(ctx context.Context, src dataset.Source, w io.Writer) (written int64, err error) {
	if w != nil {
		return dataset.WriteRows(ctx, src, w, s, s.options.CSVOptions)
	}
	if err := dataset.Settle(ctx, src); err != nil { // lest an alert is shown twice
		return 0, err
	}
	return 0, src.Scan(ctx, unwritten{s})
}

// unwritten scores rows without writing them.
type unwritten struct{ *scorer }

// EndChunk implements dataset.Analysis.
func (u unwritten) EndChunk(worker int, c dataset.Chunk) error {
	if err := u.scorer.EndChunk(worker, c); err != nil {
		return err
	}
	w := &u.workers[worker]
	if u.options.Scored != nil {
		return u.options.Scored(w.scores, u.verdicts(w))
	}
	for w.told < len(w.alerts) {
		u.judge(w)
	}
	return nil
}

// verdicts returns the verdict on each row of a chunk.
func (s *scorer) verdicts(w *scoringWorker) []string {
	out := make([]string, len(w.class))
	for row, k := range w.class {
		if out[row] = s.pipeline.Classes[0]; k > 0 {
			out[row], _ = s.judge(w)
		}
	}
	return out
}

// A scorer is the analysis that scores the rows of a source.
type scorer struct {
	pipeline *Pipeline
	options  PredictOptions
	schema   *dataset.Schema
	workers  []scoringWorker
	allowed  int64
}

// A scoringWorker is what one worker knows of the chunk at hand, and has counted.
type scoringWorker struct {
	reader  *reader
	scores  []float64
	class   []int32
	alerts  []AlertRow // of the chunk, in order
	told    int        // of these, by Pick
	counted Prediction
	drift   *Counter
	unseen  []int64 // of the reader, before the batch at hand
	ended   bool    // the next batch begins another chunk
}

// Start implements dataset.Analysis.
func (s *scorer) Start(schema *dataset.Schema, workers int) error {
	s.workers, s.schema, s.allowed = make([]scoringWorker, workers), schema, 0
	for i := range s.workers {
		r, err := newReader(&s.pipeline.Schema, schema)
		if err != nil {
			return err
		}
		s.workers[i] = scoringWorker{reader: r, counted: Prediction{Classes: make([]int64, len(s.pipeline.Classes))},
			drift: s.pipeline.Schema.NewCounter(), unseen: make([]int64, len(s.pipeline.Schema.Inputs))}
	}
	return nil
}

// Batch implements dataset.Analysis.
func (s *scorer) Batch(worker int, b *dataset.Batch) error {
	w := &s.workers[worker]
	if w.ended {
		w.empty()
		w.ended = false
	}
	x := &learn.Matrix{Columns: s.pipeline.Schema.columns, Numbers: make([][]float64, len(s.pipeline.Schema.columns)), Codes: make([][]int32, len(s.pipeline.Schema.columns))}
	if err := w.reader.setting.check(b); err != nil {
		return err
	}
	w.reader.read(x, b)
	for j, n := range w.reader.unseen {
		w.unseen[j] = n - w.unseen[j]
	}
	w.drift.add(x, w.unseen)
	copy(w.unseen, w.reader.unseen)
	found, err := s.pipeline.Score(x)
	if err != nil {
		return err
	}
	w.scores, w.class = append(w.scores, found.Score...), append(w.class, found.Class...)
	for i, k := range found.Class {
		w.counted.Classes[k]++
		w.counted.Scores[scoreBin(found.Score[i])]++
	}
	if s.options.Reasons > 0 || s.options.Alert != nil {
		return s.alertsOf(w, b, x, found)
	}
	return nil
}

// empty forgets the rows of the chunk before.
func (w *scoringWorker) empty() {
	w.scores, w.class, w.alerts, w.told = w.scores[:0], w.class[:0], w.alerts[:0], 0
}

func scoreBin(score float64) int {
	return int(math.Floor(min(max(score, 0), 1-1e-12) * scoreBins))
}

// TopReasons returns, for each row of a matrix of the schema's columns, the columns that
// raised its score most, at most so many.
func (p *Pipeline) TopReasons(x *learn.Matrix, most int) ([][]Reason, error) {
	r, err := p.Explain(x)
	if err != nil {
		return nil, err
	}
	out := make([][]Reason, x.Rows)
	for i := range out {
		out[i] = r.Top(i, most, func(column string, row int) string { return p.Schema.cell(x, column, row) })
	}
	return out, nil
}

// cell returns a cell of the schema's matrix as text: "–" where it is missing, and
// where a level was not there in training.
func (s *Schema) cell(x *learn.Matrix, column string, row int) string {
	const none = "–"
	for j := range s.Inputs {
		in := &s.Inputs[j]
		switch {
		case in.Name != column:
		case in.Coded() && x.Codes[j][row] != learn.NoLevel:
			return in.Levels[x.Codes[j][row]]
		case !in.Coded() && x.Numbers[j][row] == x.Numbers[j][row]:
			return strconv.FormatFloat(x.Numbers[j][row], 'g', 6, 64)
		}
	}
	return none
}

// EndChunk implements dataset.Analysis.
func (s *scorer) EndChunk(worker int, c dataset.Chunk) error {
	w := &s.workers[worker]
	if w.ended { // the chunk had no rows
		w.empty()
	}
	w.ended = true
	for i := range w.alerts { // their places were those in the chunk
		w.alerts[i].Row += c.FirstRow
	}
	return nil
}

// Names implements dataset.RowPicker.
func (s *scorer) Names() []string {
	names := []string{"score", "verdict"}
	if len(s.pipeline.Classes) > 2 {
		names = append(names, "class")
	}
	if s.options.Reasons > 0 {
		names = append(names, "reasons")
	}
	return names
}

// Pick implements dataset.RowPicker.
func (s *scorer) Pick(worker, row int) (cells []string, keep bool) {
	w := &s.workers[worker]
	k := w.class[row]
	verdict, reasons := s.pipeline.Classes[0], ""
	if k > 0 {
		verdict, reasons = s.judge(w)
	}
	if verdict != attackVerdict && s.options.OnlyAttacks {
		return nil, false
	}
	cells = append(cells, strconv.FormatFloat(w.scores[row], 'g', -1, 64), verdict)
	if len(s.pipeline.Classes) > 2 {
		cells = append(cells, s.pipeline.Classes[k])
	}
	if s.options.Reasons > 0 {
		cells = append(cells, reasons)
	}
	return cells, true
}

// The verdicts on rows that are not normal.
const (
	attackVerdict  = "attack"
	allowedVerdict = "allowed"
)

// judge returns the verdict on the next of the attacks of a chunk, and its reasons.
func (s *scorer) judge(w *scoringWorker) (verdict, reasons string) {
	if len(w.alerts) == 0 {
		return attackVerdict, ""
	}
	a := &w.alerts[w.told]
	w.told++
	if s.options.Alert != nil && !s.options.Alert(a) {
		s.allowed++
		return allowedVerdict, ReasonsText(a.Reasons)
	}
	return attackVerdict, ReasonsText(a.Reasons)
}

// total adds up what the workers counted.
func (s *scorer) total() *Prediction {
	out := &Prediction{Classes: make([]int64, len(s.pipeline.Classes)), Unseen: make([]int64, len(s.pipeline.Schema.Inputs)), Missing: make([]int64, len(s.pipeline.Schema.Inputs))}
	drift := s.pipeline.Schema.NewCounter()
	for i := range s.workers {
		w := &s.workers[i]
		drift.merge(w.drift)
		for k, n := range w.counted.Classes {
			out.Classes[k] += n
			out.Rows += n
			if k > 0 {
				out.Attacks += n
			}
		}
		for b, n := range w.counted.Scores {
			out.Scores[b] += n
		}
		for j := range w.reader.unseen {
			out.Unseen[j] += w.reader.unseen[j]
			out.Missing[j] += w.reader.missing[j]
		}
	}
	out.Drift = drift.Drift()
	return out
}
