package eda

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
)

// A resampler is the analysis that adds up rows in steps. What it keeps of a chunk
// is added in file order, so that sums do not depend on the number of workers.
type resampler struct {
	out      *TimeSeries
	clock    int // -1: row order
	measures []measure
	classes  Classes
	label    int   // -1: classes are not known
	known    int64 // rows counted in row order: those that fill a step
	strays   bool  // whether rows are outside
	refused  error // why an engine could not be asked

	labels  *attackLabels
	workers []resampleBatch
}

// A measure is a column that is added up.
type measure struct {
	series *Series
	column int
	sums   []float64
	counts []int64 // of known cells
}

// A resampleBatch is the cells of the chunk at hand.
type resampleBatch struct {
	rows   int
	times  []float64
	codes  []uint32
	values [][]float64 // of each measure
}

// attackLabels counts the attacks of each step by the code of their label.
type attackLabels struct {
	dict     *dataset.Dict
	isAttack []bool // of each code
	counts   map[stepLabel]int64
	full     bool
}

type stepLabel struct {
	step int
	code uint32
}

// maxStepLabels bounds the pairs of step and label that are told apart.
const maxStepLabels = 1 << 20

// byteColumns are the names of what the originator of a connection sends and
// receives, in the layouts that netanom knows.
var byteColumns = [2][]string{
	{"src_bytes", "orig_bytes", "sbytes", "Total Length of Fwd Packet"},
	{"dst_bytes", "resp_bytes", "dbytes", "Total Length of Bwd Packet"},
}

// newResampler chooses the steps and the series.
func newResampler(s *dataset.Schema, clock *clockScan, classes Classes, features []int, o *TimeSeriesOptions) (*resampler, error) {
	tally := clock.tally()
	t := &TimeSeries{Rows: tally.rows, First: math.NaN(), Last: math.NaN(), Untimed: tally.untimed,
		Label: classes.Name, Window: o.Window, ModZ: o.ModZ, Alpha: o.Alpha}
	r := &resampler{out: t, clock: clock.column, classes: classes, label: -1}
	err := r.rowSteps(o)
	if !o.RowOrder {
		t.Clock, t.OtherClocks = s.Columns[clock.column].Name, clock.others
		err = r.timeSteps(&tally, o.Every)
	}
	if err != nil {
		return nil, err
	}
	t.Counts = make([]int64, t.Steps)
	if classes.Known() {
		r.label, t.Attacks = classes.Column, make([]int64, t.Steps)
	}
	return r, r.choose(s, features)
}

// timeSteps lays steps over the span of the rows.
func (r *resampler) timeSteps(tally *clockTally, every float64) error {
	t := r.out
	timed := tally.rows - tally.untimed
	if timed == 0 {
		return fmt.Errorf("column %q holds no time in any of %s", t.Clock, plural(tally.rows, "row"))
	}
	t.First, t.Last = tally.span()
	r.strays = tally.first < t.First || tally.last > t.Last
	if t.First == t.Last {
		return fmt.Errorf("all %s have the same time, %s, in column %q: there is nothing to follow over time", plural(timed, "row"), dataset.FormatTime(t.First), t.Clock)
	}
	t.Step = every
	if every == 0 {
		t.Step = chooseStep(t.Last-t.First, timed)
	}
	t.Start = alignedStart(t.First, t.Step)
	steps := math.Floor((t.Last-t.Start)/t.Step) + 1
	if steps > maxSteps {
		return fmt.Errorf("steps of %s make %s of them between %s and %s, more than %s; choose longer steps with --every, or a shorter time with --where",
			spanWords(t.Step), grouped(int64(steps)), dataset.FormatTime(t.First), dataset.FormatTime(t.Last), grouped(maxSteps))
	}
	t.Steps = int(steps)
	return nil
}

// rowSteps lays steps over consecutive rows.
func (r *resampler) rowSteps(o *TimeSeriesOptions) error {
	t := r.out
	rows := o.StepRows
	if rows == 0 {
		rows = chooseRows(t.Rows)
	}
	t.Start, t.Step = 1, float64(rows)
	steps := t.Rows / rows
	switch {
	case !o.RowOrder:
		return nil
	case steps > maxSteps:
		return fmt.Errorf("steps of %s make %s of them, more than %s; choose more rows with --rows", plural(rows, "row"), grouped(steps), grouped(maxSteps))
	case steps == 0:
		return fmt.Errorf("the table has %s, fewer than the %s of a step; choose fewer with --rows", plural(t.Rows, "row"), grouped(rows))
	}
	t.Steps, r.known = int(steps), steps*rows
	t.Leftover = t.Rows - r.known
	return nil
}

// choose lists the series: connections, unless each step has as many by its making,
// bytes, attacks, and the mean of the features.
func (r *resampler) choose(s *dataset.Schema, features []int) error {
	t := r.out
	if !t.RowOrder() {
		t.Series = append(t.Series, Series{Name: "connections", Key: "connections", Measure: CountRows})
	}
	for side, names := range byteColumns {
		i := firstNumber(s, names)
		if i < 0 {
			continue
		}
		name, key := "bytes out", "bytes_out"
		if side == 1 {
			name, key = "bytes in", "bytes_in"
		}
		t.Series = append(t.Series, Series{Name: name, Key: key, Column: s.Columns[i].Name, Measure: SumCells, column: i})
	}
	if t.Attacks != nil {
		t.Series = append(t.Series, Series{Name: "attacks", Key: "attacks", Column: t.Label, Measure: CountAttacks})
	}
	for _, i := range features {
		c := &s.Columns[i]
		if c.Kind != dataset.Number && c.Kind != dataset.Flag && c.Kind != dataset.Unknown {
			return fmt.Errorf("column %q holds %s cells, of which there is no mean; leave it out, or read it with --type %s=number", c.Name, c.Kind, c.Name)
		}
		t.Series = append(t.Series, Series{Name: "mean " + c.Name, Key: "mean_" + c.Name, Column: c.Name, Measure: MeanOfCells, column: i})
	}
	if len(t.Series) == 0 {
		return fmt.Errorf("there are no bytes and no attacks to follow; name a numeric column with --feature")
	}
	for i := range t.Series {
		if sr := &t.Series[i]; sr.Measure == SumCells || sr.Measure == MeanOfCells {
			r.measures = append(r.measures, measure{series: sr, column: sr.column})
		}
	}
	return nil
}

// firstNumber returns the first of some columns that is there and holds numbers, or
// -1.
func firstNumber(s *dataset.Schema, names []string) int {
	for _, name := range names {
		if i, err := s.Resolve(name); err == nil && s.Columns[i].Kind == dataset.Number {
			return i
		}
	}
	return -1
}

// Start implements dataset.Analysis.
func (r *resampler) Start(s *dataset.Schema, workers int) error {
	clear(r.out.Counts)
	clear(r.out.Attacks)
	r.out.Outside = Outside{Earliest: math.NaN(), Latest: math.NaN()}
	for k := range r.measures {
		r.measures[k].sums = make([]float64, r.out.Steps)
		r.measures[k].counts = make([]int64, r.out.Steps)
	}
	if r.label >= 0 {
		r.labels = &attackLabels{dict: s.Columns[r.label].Dict, counts: map[stepLabel]int64{}}
	}
	r.workers = make([]resampleBatch, workers)
	for i := range r.workers {
		r.workers[i].values = make([][]float64, len(r.measures))
	}
	return nil
}

// Columns implements dataset.Selective.
func (r *resampler) Columns(*dataset.Schema) []int {
	columns := []int{}
	for _, m := range r.measures {
		columns = append(columns, m.column)
	}
	for _, i := range []int{r.clock, r.label} {
		if i >= 0 {
			columns = append(columns, i)
		}
	}
	return columns
}

// Batch implements dataset.Analysis.
func (r *resampler) Batch(worker int, b *dataset.Batch) error {
	w := &r.workers[worker]
	w.rows += b.Rows
	if r.clock >= 0 {
		w.times = b.Columns[r.clock].AppendFloats(w.times)
	}
	if r.label >= 0 {
		w.codes = append(w.codes, b.Columns[r.label].Codes...)
	}
	for k, m := range r.measures {
		w.values[k] = b.Columns[m.column].AppendFloats(w.values[k])
	}
	return nil
}

// EndChunk implements dataset.Analysis.
func (r *resampler) EndChunk(worker int, c dataset.Chunk) error {
	w := &r.workers[worker]
	for i := range w.rows {
		step := r.step(w, i, c.FirstRow)
		if step < 0 {
			continue
		}
		r.out.Counts[step]++
		if r.label >= 0 && r.labels.isAttackAt(w.codes[i], r.classes) {
			r.out.Attacks[step]++
			r.labels.add(step, w.codes[i], 1)
		}
		for k := range r.measures {
			if x := w.values[k][i]; !math.IsNaN(x) {
				r.measures[k].sums[step] += x
				r.measures[k].counts[step]++
			}
		}
	}
	w.rows, w.times, w.codes = 0, w.times[:0], w.codes[:0]
	for k := range w.values {
		w.values[k] = w.values[k][:0]
	}
	return nil
}

// step returns the step of a row of the chunk at hand, -1 if it is in none.
func (r *resampler) step(w *resampleBatch, i int, firstRow int64) int {
	t := r.out
	if r.clock < 0 {
		row := firstRow + int64(i)
		if row >= r.known {
			return -1
		}
		return int(row / int64(t.Step))
	}
	at := w.times[i]
	if math.IsNaN(at) {
		return -1
	}
	if at < t.First || at > t.Last {
		t.Outside.add(at)
		return -1
	}
	return t.within(math.Floor((at - t.Start) / t.Step))
}

// within returns a step that there is: rounding must not carry the last row beyond the
// last.
func (t *TimeSeries) within(step float64) int { return min(max(int(step), 0), t.Steps-1) }

func (o *Outside) add(at float64) {
	if o.Rows == 0 {
		o.Earliest, o.Latest = at, at
	}
	o.Rows++
	o.Earliest, o.Latest = min(o.Earliest, at), max(o.Latest, at)
}

// isAttackAt reports whether a code of the label means an attack.
func (a *attackLabels) isAttackAt(code uint32, classes Classes) bool {
	if code == dataset.MissingCode {
		return false
	}
	for at := len(a.isAttack); at <= int(code); at++ {
		a.isAttack = append(a.isAttack, classes.Of(a.dict.Level(uint32(at))) == AttackClass)
	}
	return a.isAttack[code]
}

// add counts n attacks. When there are too many different ones, new ones are no
// longer told apart.
func (a *attackLabels) add(step int, code uint32, n int64) {
	key := stepLabel{step, code}
	if _, met := a.counts[key]; !met && len(a.counts) >= maxStepLabels {
		a.full = true
		return
	}
	a.counts[key] += n
}

// commonest returns the most frequent attack of each of some steps, of equal ones
// the first by name, and how often it occurs; "" and 0 where there is none.
func (a *attackLabels) commonest(steps map[int]bool) map[int]dataset.LevelCount {
	best := map[int]dataset.LevelCount{}
	for key, n := range a.counts {
		if !steps[key.step] {
			continue
		}
		level := dataset.LevelCount{Level: a.dict.Level(key.code), N: n}
		if b, met := best[key.step]; !met || level.N > b.N || level.N == b.N && level.Level < b.Level {
			best[key.step] = level
		}
	}
	return best
}

// fill computes the values of every series.
func (r *resampler) fill() {
	t := r.out
	for i := range t.Series {
		s := &t.Series[i]
		s.Values = make([]float64, t.Steps)
		switch s.Measure {
		case CountRows:
			copyCounts(s.Values, t.Counts)
		case CountAttacks:
			copyCounts(s.Values, t.Attacks)
		}
	}
	for _, m := range r.measures {
		for step := range m.series.Values {
			x := m.sums[step]
			switch known := m.counts[step]; {
			case known == 0 && (m.series.Measure == MeanOfCells || t.Counts[step] > 0):
				x = math.NaN()
			case m.series.Measure == MeanOfCells:
				x /= float64(known)
			}
			if math.IsInf(x, 0) { // a sum beyond the range of float64
				x = math.NaN()
			}
			m.series.Values[step] = x
		}
	}
}

func copyCounts(values []float64, counts []int64) {
	for i, n := range counts {
		values[i] = float64(n)
	}
}
