package eda

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A Measure says what a series is of its steps.
type Measure uint8

// The measures.
const (
	CountRows    Measure = iota // rows
	SumCells                    // sum of the cells of a column
	CountAttacks                // rows whose label means an attack
	MeanOfCells                 // mean of the cells of a column
)

// A Series is one figure of each step, and what is to be seen in it.
type Series struct {
	Name    string // "connections", "bytes out", "mean duration"
	Key     string // the same for programs: "bytes_out"
	Column  string // that it was made from; "" for rows
	Measure Measure
	Values  []float64 // NaN is a gap

	Summary stats.Summary // of the known values
	Highest int           // step of the first greatest value, -1 without one

	// Where each step is expected: the rolling median, and as far on both sides as is
	// no spike yet. Neither bound is below 0 if no value is.
	Expected, Low, High []float64
	Spikes              []SeriesSpike
	// Logarithmic says that the band and the scores of spikes are those of log(1+x):
	// the series is a sum without a negative value whose largest exceeds the median of
	// the positive ones more than a hundredfold.
	Logarithmic bool

	// The steps without a gap that the tests look at: the longest such stretch.
	First, N int
	Views    []View   // as it is and, if something hides the rest, without that; nil if too short
	Periods  []Period // the clearest first; nil if none fits twice or in row order
	Levels   []Level  // at least one; nil where Views is
	Skipped  []string // what could not be said and why, in sentences

	column int
}

// A SeriesSpike is a step far from its neighbours.
type SeriesSpike struct {
	stats.Spike
	Rows       int64   // in the step
	Attacks    int64   // of which attacks
	Share      float64 // Attacks in Rows, NaN where classes are not known or there are no rows
	Attack     string  // the commonest attack, "" without one
	AttackRows int64
}

// examined computes the series and examines each.
func (r *resampler) examined(ctx context.Context, o *TimeSeriesOptions) (*TimeSeries, error) {
	if r.refused != nil {
		return nil, r.refused
	}
	t := r.out
	r.fill()
	for i := range t.Series {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := t.examine(&t.Series[i], o); err != nil {
			return nil, fmt.Errorf("series of %s: %w", t.Series[i].Name, err)
		}
	}
	r.nameAttacks()
	if err := t.adjust(o.Adjust); err != nil {
		return nil, err
	}
	t.Hours = t.hourLevels()
	t.warn()
	return t, nil
}

// examine looks at one series by itself.
func (t *TimeSeries) examine(s *Series, o *TimeSeriesOptions) error {
	tally, err := stats.TallyOf(known(s.Values))
	if err != nil {
		return err
	}
	s.Summary = stats.Summarize(tally)
	s.Highest = -1
	for i, x := range s.Values {
		if x == s.Summary.Max {
			s.Highest = i
			break
		}
	}
	if s.Summary.N == 0 {
		s.Skipped = append(s.Skipped, "there is no value in any step")
		return nil
	}
	if err := s.expect(o); err != nil {
		return err
	}
	s.First, s.N = longestRun(s.Values)
	if s.N < minSteps {
		s.Skipped = append(s.Skipped, fmt.Sprintf("%s in a row, fewer than the %d that tests need", plural(int64(s.N), "known step"), minSteps))
		return nil
	}
	if int(s.Summary.N) > s.N {
		s.Skipped = append(s.Skipped, fmt.Sprintf("%s without a value; tests and correlogram look at the longest stretch without one, %s from %s",
			plural(int64(t.Steps)-s.Summary.N, "step"), plural(int64(s.N), "step"), t.When(s.First)))
	}
	if s.Summary.Distinct == 1 {
		s.Skipped = append(s.Skipped, "all values are equal")
		return nil
	}
	lags := t.lags(s.N, o.Lags)
	s.view(s.Name, s.stretch(), lags, wholeTests)
	switch { // what hides the rest is taken off
	case s.Logarithmic:
		s.view(s.Name+ByLogarithms, logarithms(s.calm()), lags, calmTests)
	case len(s.Spikes) > 0:
		s.view(s.Name+WithoutSpikes, s.calm(), lags, calmTests)
	}
	s.Periods = t.periods(s)
	s.Levels = s.levels()
	return nil
}

func known(values []float64) []float64 {
	var out []float64
	for _, x := range values {
		if !math.IsNaN(x) {
			out = append(out, x)
		}
	}
	return out
}

// longestRun returns the longest stretch without a gap, the first of several.
func longestRun(values []float64) (first, n int) {
	start := 0
	for i := 0; i <= len(values); i++ {
		if i < len(values) && !math.IsNaN(values[i]) {
			continue
		}
		if i-start > n {
			first, n = start, i-start
		}
		start = i + 1
	}
	return first, n
}

// stretch returns the values that the tests look at.
func (s *Series) stretch() []float64 { return s.Values[s.First : s.First+s.N] }

// expect computes the band around the rolling median and the spikes outside.
func (s *Series) expect(o *TimeSeriesOptions) error {
	s.Logarithmic = s.Measure == SumCells && s.heavyTailed()
	x, back := s.Values, func(y float64) float64 { return y }
	if s.Logarithmic {
		x, back = logarithms(x), math.Expm1
	}
	medians, deviations, err := stats.RollingMAD(x, o.Window)
	if err != nil {
		return err
	}
	least := s.leastScale()
	s.Expected, s.Low, s.High = medians, make([]float64, len(medians)), make([]float64, len(medians))
	for i, m := range medians {
		reach := o.ModZ * max(normalMAD*deviations[i], least)
		s.Expected[i], s.Low[i], s.High[i] = back(m), back(m-reach), back(m+reach)
		if s.Summary.Min >= 0 {
			s.Low[i] = max(s.Low[i], 0)
		}
	}
	spikes, err := stats.Spikes(x, stats.SpikeOptions{Window: o.Window, Limit: o.ModZ, MinScale: least})
	if err != nil {
		return err
	}
	for _, p := range spikes {
		p.Value, p.Median = s.Values[p.Index], back(p.Median)
		s.Spikes = append(s.Spikes, SeriesSpike{Spike: p, Share: math.NaN()})
	}
	return nil
}

// heavyTailed reports whether no value is negative and the largest exceeds the median
// of the positive ones more than a hundredfold.
func (s *Series) heavyTailed() bool {
	if s.Summary.Min < 0 {
		return false
	}
	positive := slices.DeleteFunc(known(s.Values), func(x float64) bool { return x <= 0 })
	slices.Sort(positive)
	return len(positive) > 0 && s.Summary.Max > 100*stats.Quantiles(positive, 0.5)[0]
}

// logarithms returns log(1+x) of each value.
func logarithms(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Log1p(v)
	}
	return out
}

// normalMAD makes the median absolute deviation of normal data their standard
// deviation.
const normalMAD = 1.482602218505602

// leastScale is the scale below which a deviation is never taken, so that a small
// change after a quiet stretch is no spike: one for counts, a factor of about e for
// sums over orders of magnitude, else a tenth of the scaled median deviation of the
// whole series or, where half of it is one value, the standard deviation.
func (s *Series) leastScale() float64 {
	if s.Measure == CountRows || s.Measure == CountAttacks || s.Logarithmic {
		return 1
	}
	least := s.Summary.MADScaled / 10
	if least == 0 {
		least = s.Summary.SD
	}
	if math.IsNaN(least) || math.IsInf(least, 0) {
		return 0
	}
	return least
}

// nameAttacks says of each spike how many of its rows are attacks and of what kind.
func (r *resampler) nameAttacks() {
	t := r.out
	steps := map[int]bool{}
	for i := range t.Series {
		for _, p := range t.Series[i].Spikes {
			steps[p.Index] = true
		}
	}
	var commonest map[int]dataset.LevelCount
	if r.labels != nil {
		commonest = r.labels.commonest(steps)
	}
	for i := range t.Series {
		for k := range t.Series[i].Spikes {
			p := &t.Series[i].Spikes[k]
			p.Rows = t.Counts[p.Index]
			if t.Attacks == nil {
				continue
			}
			p.Attacks = t.Attacks[p.Index]
			p.Share = float64(p.Attacks) / float64(p.Rows)
			p.Attack, p.AttackRows = commonest[p.Index].Level, commonest[p.Index].N
		}
	}
}

// lags is how many the correlogram has of n steps: as many as asked for or else a
// day and a bit where that fits three times, but 10·log₁₀ n at least.
func (t *TimeSeries) lags(n, asked int) int {
	lags := asked
	if asked == 0 {
		lags = int(10 * math.Log10(float64(n)))
		if perDay := int(math.Ceil(day / t.Step)); !t.RowOrder() && perDay <= n/3 {
			lags = max(lags, perDay+perDay/8+1)
		}
	}
	return min(lags, n-1, mostLags)
}

// mostLags is as many as a picture can show.
const mostLags = 400

// warn says what is not as asked or easily misread.
func (t *TimeSeries) warn() {
	add := func(format string, args ...any) { t.Warnings = append(t.Warnings, fmt.Sprintf(format, args...)) }
	if t.RowOrder() {
		add("These steps are row order, not time: a file need not be in the order in which its connections were made, and KDD files are shuffled.")
		if t.Leftover > 0 {
			add("The last %s no step and %s left out.", plural(t.Leftover, "row")+choose(t.Leftover, " fills", " fill"), choose(t.Leftover, "is", "are"))
		}
	}
	if len(t.OtherClocks) > 0 {
		add("The times are those of column %q; there %s %s too (--time chooses).", t.Clock, choose(int64(len(t.OtherClocks)), "is", "are"), listed(t.OtherClocks, 5))
	}
	if t.Untimed > 0 {
		add("%s no time and %s left out.", plural(t.Untimed, "row")+choose(t.Untimed, " has", " have"), choose(t.Untimed, "is", "are"))
	}
	if o := t.Outside; o.Rows > 0 {
		add("%s far away from all others in time (from %s to %s) and %s left out; look at %s with --where.", plural(o.Rows, "row")+choose(o.Rows, " lies", " lie"),
			dataset.FormatTime(o.Earliest), dataset.FormatTime(o.Latest), choose(o.Rows, "is", "are"), choose(o.Rows, "it", "them"))
	}
	for i := range t.Series {
		for _, why := range t.Series[i].Skipped {
			add("%s: %s.", t.Series[i].Name, why)
		}
	}
}
