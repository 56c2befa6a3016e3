package eda

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// Spans in seconds.
const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// The lengths that a step may have.
const (
	minStepSeconds = 0.001
	maxStepSeconds = 366 * day
)

// roundSteps are the spans from which the length of a step is chosen.
var roundSteps = [...]float64{
	0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
	minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
	hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, week, 2 * week, 4 * week, 12 * week, 52 * week,
}

// The number of steps that is aimed at.
const (
	mostSteps    = 500
	fewestSteps  = 100 // of few rows
	rowsEachStep = 5   // at least, between these bounds
)

// firstMonday is the Monday after the epoch, a Thursday: steps of weeks begin there,
// and all others that divide a day.
const firstMonday = 4 * day

// A clockScan is the analysis that learns in which spans of time there are rows.
type clockScan struct {
	name     string // of the column, "" to find it
	rowOrder bool   // only count rows

	column  int
	others  []string
	err     error // why there is no such column
	workers []clockTally
}

// A clockTally counts rows in bins of time, of which only those with rows take
// memory. The bins are as narrow as maxBins of them allow, so that the tally does
// not depend on the order of the rows.
type clockTally struct {
	width       int // of the bins, in binWidths
	bins        map[int64]int64
	rows        int64
	untimed     int64
	first, last float64
}

// binWidths are the widths of bins in seconds. Each divides the next, so that bins
// can be joined.
var binWidths = [...]float64{0.001, 0.01, 0.1, 1, 10, minute, 10 * minute, hour, day, 10 * day, 1000 * day, 1e6 * day}

// maxBins bounds the bins of a tally.
const maxBins = 1 << 16

// Start implements dataset.Analysis. A column that is not there, or holds no times,
// may do so when the kinds are certain.
func (c *clockScan) Start(s *dataset.Schema, workers int) error {
	c.column, c.others, c.err = -1, nil, nil
	if !c.rowOrder {
		c.column, c.others, c.err = findClock(s, c.name)
	}
	c.workers = make([]clockTally, workers)
	for i := range c.workers {
		c.workers[i] = clockTally{bins: map[int64]int64{}, first: math.Inf(1), last: math.Inf(-1)}
	}
	return nil
}

// findClock returns the column of times of that name or, without a name, the clock
// of the layout or the first column of times, and the names of the others.
func findClock(s *dataset.Schema, name string) (column int, others []string, err error) {
	if name != "" {
		i, err := s.Resolve(name)
		if err != nil {
			return -1, nil, fmt.Errorf("--time: %w", err)
		}
		if c := &s.Columns[i]; c.Kind != dataset.Time {
			return -1, nil, fmt.Errorf("--time: column %q holds %s cells, not times; if they are times, read it with --type %s=time", c.Name, c.Kind, c.Name)
		}
		return i, nil, nil
	}
	columns := timeColumns(s)
	if len(columns) == 0 {
		return -1, nil, noTime(s, true)
	}
	if s.Columns[columns[0]].Role != dataset.Clock {
		for _, i := range columns[1:] {
			others = append(others, s.Columns[i].Name)
		}
	}
	return columns[0], others, nil
}

// noTime refuses a table without times, and offers what can be done instead where its
// rows have an order.
func noTime(s *dataset.Schema, ordered bool) error {
	hint, remedy := "--row-order makes steps of consecutive records instead, which need not have been made in that order", "--type %s=time reads it as times"
	if !ordered {
		hint, remedy = "the rows of a database have no order that could stand in for it", "make times of it in a view of the table, or if its cells are seconds give --type %s=time"
	}
	switch clock := s.Clock(); {
	case s.Name == dataset.LayoutKDD && ordered:
		hint = "KDD files are shuffled, but --row-order makes steps of consecutive records, labelled as such"
	case clock >= 0:
		c := &s.Columns[clock]
		hint = fmt.Sprintf("column %q is named like one but holds %s cells (%s); ", c.Name, c.Kind, fmt.Sprintf(remedy, c.Name)) + hint
	}
	return fmt.Errorf("%w; %s", ErrNoTime, hint)
}

// Columns implements dataset.Selective. The column is looked for anew because this
// may be asked before Start.
func (c *clockScan) Columns(s *dataset.Schema) []int {
	if c.rowOrder {
		return []int{}
	}
	if column, _, err := findClock(s, c.name); err == nil {
		return []int{column}
	}
	return []int{}
}

// Batch implements dataset.Analysis.
func (c *clockScan) Batch(worker int, b *dataset.Batch) error {
	t := &c.workers[worker]
	t.rows += int64(b.Rows)
	if c.column < 0 {
		return nil
	}
	v := &b.Columns[c.column]
	for i := range b.Rows {
		t.add(v.Float(i))
	}
	return nil
}

// EndChunk implements dataset.Analysis.
func (c *clockScan) EndChunk(int, dataset.Chunk) error { return nil }

// tally returns the rows of all workers together.
func (c *clockScan) tally() clockTally {
	total := clockTally{bins: map[int64]int64{}, first: math.Inf(1), last: math.Inf(-1)}
	for i := range c.workers {
		total.merge(&c.workers[i])
	}
	return total
}

func (t *clockTally) add(x float64) {
	if math.IsNaN(x) {
		t.untimed++
		return
	}
	t.first, t.last = min(t.first, x), max(t.last, x)
	t.bins[int64(math.Floor(x/binWidths[t.width]))]++
	for len(t.bins) > maxBins && t.width+1 < len(binWidths) {
		t.widen()
	}
}

// widen joins bins into those of the next width.
func (t *clockTally) widen() {
	ratio := int64(math.Round(binWidths[t.width+1] / binWidths[t.width]))
	joined := make(map[int64]int64, len(t.bins)/2)
	for bin, n := range t.bins {
		joined[floorDiv(bin, ratio)] += n
	}
	t.bins = joined
	t.width++
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// merge adds the rows of another tally.
func (t *clockTally) merge(o *clockTally) {
	for t.width < o.width {
		t.widen()
	}
	for o.width < t.width {
		o.widen()
	}
	t.rows, t.untimed = t.rows+o.rows, t.untimed+o.untimed
	t.first, t.last = min(t.first, o.first), max(t.last, o.last)
	for bin, n := range o.bins {
		t.bins[bin] += n
	}
	for len(t.bins) > maxBins && t.width+1 < len(binWidths) {
		t.widen()
	}
}

// span returns the earliest and latest time of the rows that belong together.
func (t *clockTally) span() (first, last float64) {
	bins := slices.Sorted(maps.Keys(t.bins))
	width := binWidths[t.width]
	budget := (t.rows - t.untimed) / strayShare
	if t.rows-t.untimed >= fewRows {
		budget = max(1, budget)
	}
	lo, hi := widestGap(bins, t.bins, budget, false), widestGap(bins, t.bins, budget, true)
	apart := func(gap, lo, hi int) bool { // whether the bins at gap−1 and gap are far apart, seen from those from lo to hi
		return float64(bins[gap]-bins[gap-1]) > strayGap*float64(bins[hi-1]-bins[lo]+1)
	}
	// A cut on one side that does not hold may, once undone, make the other fail.
	for range 2 {
		if lo > 0 && (lo >= hi || !apart(lo, lo, hi)) {
			lo = 0
		}
		if hi < len(bins) && (lo >= hi || !apart(hi, lo, hi)) {
			hi = len(bins)
		}
	}
	first, last = t.first, t.last
	if lo > 0 {
		first = float64(bins[lo]) * width
	}
	if hi < len(bins) {
		last = float64(bins[hi-1]+1)*width - width/1e3
	}
	return first, last
}

// Rows are strays if they are at most one in strayShare, of fewer rows one at least,
// and lie beyond a gap of more than strayGap times the span of the others.
const (
	strayShare = 100
	strayGap   = 9
)

// widestGap returns the bin with which the rows begin, behind the widest gap that
// has no more rows than budget before it, or from the end, behind which they end.
func widestGap(bins []int64, counts map[int64]int64, budget int64, fromEnd bool) int {
	best, widest := 0, int64(0)
	if fromEnd {
		best = len(bins)
	}
	passed := int64(0)
	for k := 1; k < len(bins); k++ {
		i := k
		if fromEnd {
			i = len(bins) - k
			passed += counts[bins[i]]
		} else {
			passed += counts[bins[i-1]]
		}
		if passed > budget {
			break
		}
		if gap := bins[i] - bins[i-1]; gap > widest {
			best, widest = i, gap
		}
	}
	return best
}

// chooseStep returns the length of a step for a span of time with that many rows.
func chooseStep(span float64, rows int64) float64 {
	most := float64(min(max(rows/rowsEachStep, fewestSteps), mostSteps))
	for _, step := range roundSteps {
		if span/step < most {
			return step
		}
	}
	return roundSteps[len(roundSteps)-1]
}

// chooseRows returns the round number of rows of a step in row order.
func chooseRows(rows int64) int64 {
	for scale := int64(1); ; scale *= 10 {
		for _, digit := range []int64{1, 2, 5} {
			if rows/(digit*scale) <= mostSteps {
				return digit * scale
			}
		}
	}
}

// alignedStart returns where the step begins in which an instant lies.
func alignedStart(at, step float64) float64 {
	return math.Floor((at-firstMonday)/step)*step + firstMonday
}
