package eda

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// TimeSeriesOptions choose the steps of time series and what is asked of them.
// The zero value is the usual.
type TimeSeriesOptions struct {
	Time     string            // the column of times, by any spelling; "": found, see TimeSeriesOf
	Every    float64           // seconds of a step; 0: chosen, see TimeSeriesOf
	RowOrder bool              // steps of consecutive rows instead of time
	StepRows int64             // rows of a step in row order; 0: chosen
	Features []string          // numeric columns of which the mean of each step is a further series
	Normal   []string          // levels of the label that mean normal; empty: found by name
	Window   int               // steps of the rolling median; 0: 15
	ModZ     float64           // scaled median deviations from the rolling median beyond which a step is a spike; 0: 3.5
	Lags     int               // lags of the correlogram; 0: chosen by the length
	Alpha    float64           // level of the tests; 0: 0.05
	Adjust   stats.Adjustment  // of the p-values of one test over all series; zero: Benjamini and Hochberg's
	Stage    func(name string) // told what is being done, for progress; may be nil
}

// A TimeSeries is a table resampled into equal steps, and what its series say.
type TimeSeries struct {
	Clock       string   // the column of times; "" in row order
	OtherClocks []string // further columns of times, which could have been the clock

	// The steps. Step i begins at Start + i·Step: seconds since the Unix epoch and
	// seconds, or in row order the number of a row, from 1, and rows.
	Start, Step float64
	Steps       int

	Rows        int64   // of the table
	First, Last float64 // times of the earliest and the latest row that counts; NaN in row order
	Untimed     int64   // rows without a time
	Outside     Outside // rows left out because they are far away from all others in time
	Leftover    int64   // in row order: rows at the end that do not fill a step

	Counts  []int64 // rows of each step
	Attacks []int64 // of which attacks; nil where classes are not known
	Label   string  // name of the label, "" without one

	Series   []Series
	Hours    []HourLevel // series by series, from midnight; nil for less than two days or steps beyond an hour
	Window   int
	ModZ     float64
	Alpha    float64
	Warnings []string // what is not as asked, in sentences
}

// Outside are rows whose times lie apart from all others.
type Outside struct {
	Rows             int64
	Earliest, Latest float64 // NaN where Rows is 0
}

// ErrNoTime is the cause when a table has no column of times.
var ErrNoTime = errors.New("there is no time column, so nothing can be said about traffic over time")

// minSteps is the least number of known steps of which anything is tested.
const minSteps = 10

// maxSteps bounds the steps and with them the memory. It is a month of minutes.
const maxSteps = 50_000

// TimeSeriesOf resamples a source into equal steps and examines the series that
// result: connections, bytes sent and received, attacks where the label tells them,
// and the mean of further columns. Steps without rows are 0 for counts and sums and
// gaps for means; a sum of cells that are all missing is a gap. It takes two scans,
// whatever the order of the rows, and memory for the steps alone.
//
// The clock is the column that the layout knows as such or that is named like one,
// else the first column of times. Rows without a time are counted. Rows that lie
// apart from all others, at most one in a hundred beyond a gap of at least nine times
// the span of the rest, such as a date in 1970, are left out and counted.
//
// Steps begin at whole multiples of their length, in UTC, weeks on Mondays. By
// default they are the shortest round span that makes no more than 500 of them, or
// one for every five rows if these are fewer but not below 100.
//
// The error wraps ErrNoTime where there is no column of times, unless row order is
// asked for. It is also an error if no row has a time, if all have the same, if a
// feature holds no numbers, and if the length of a step makes more than 50,000 steps.
func TimeSeriesOf(ctx context.Context, src dataset.Source, o TimeSeriesOptions) (*TimeSeries, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	o.Stage("looking at the times")
	features, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	clock := &clockScan{name: o.Time, rowOrder: o.RowOrder}
	if err := src.Scan(ctx, clock); err != nil {
		return nil, err
	}
	if clock.err != nil {
		return nil, clock.err
	}
	classes, err := FindClasses(src.Schema(), o.Normal)
	if err != nil {
		return nil, err
	}
	r, err := newResampler(src.Schema(), clock, classes, features, &o)
	if err != nil {
		return nil, err
	}
	o.Stage("counting in steps")
	if err := src.Scan(ctx, r); err != nil {
		return nil, err
	}
	o.Stage("examining the series")
	return r.examined(ctx, &o)
}

// complete checks the options and fills in the usual ones.
func (o *TimeSeriesOptions) complete() error {
	switch {
	case !(o.Every >= 0 && o.Every <= maxStepSeconds):
		return fmt.Errorf("steps of %g seconds: want more than none and at most %s", o.Every, spanWords(maxStepSeconds))
	case o.Every > 0 && o.Every < minStepSeconds:
		return fmt.Errorf("steps of %g seconds: want at least %g", o.Every, minStepSeconds)
	case o.StepRows < 0 || o.Window < 0 || o.Lags < 0:
		return errors.New("rows of a step, window and lags cannot be below 0")
	case !(o.ModZ >= 0 && o.ModZ <= maxLimit):
		return fmt.Errorf("the limit of spikes must lie above 0, not at %g", o.ModZ)
	case !(o.Alpha >= 0 && o.Alpha < 1):
		return fmt.Errorf("the level of the tests must lie between 0 and 1, not at %g", o.Alpha)
	case o.RowOrder && (o.Time != "" || o.Every > 0):
		return errors.New("in row order there are neither a time column nor steps of time")
	case !o.RowOrder && o.StepRows > 0:
		return errors.New("steps of rows are for row order only")
	}
	if o.Window == 0 {
		o.Window = 15
	}
	if o.ModZ == 0 {
		o.ModZ = stats.ModifiedZ
	}
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	if o.Adjust == stats.NoAdjustment {
		o.Adjust = stats.BenjaminiHochberg
	}
	if o.Stage == nil {
		o.Stage = func(string) {}
	}
	return nil
}

// RowOrder reports whether the steps are consecutive rows and no time.
func (t *TimeSeries) RowOrder() bool { return t.Clock == "" }

// At returns where step i begins: seconds since the Unix epoch, or in row order the
// number of its first row, from 1.
func (t *TimeSeries) At(i int) float64 { return t.Start + float64(i)*t.Step }

// When writes where step i begins, as a time or as a row.
func (t *TimeSeries) When(i int) string {
	if t.RowOrder() {
		return "row " + grouped(int64(t.At(i)))
	}
	text := strings.TrimSuffix(strings.Replace(dataset.FormatTime(t.At(i)), "T", " ", 1), "Z")
	if t.Step >= minute {
		text = strings.TrimSuffix(text, ":00")
	}
	return text
}

// StepName writes the length of a step: "10 min", "250 rows".
func (t *TimeSeries) StepName() string {
	if t.RowOrder() {
		return plural(int64(t.Step), "row")
	}
	return spanWords(t.Step)
}

// PerHour is the number of steps in an hour, 1 in row order: what a change per step
// is multiplied with.
func (t *TimeSeries) PerHour() float64 {
	if t.RowOrder() {
		return 1
	}
	return hour / t.Step
}

// timeColumns returns the columns of times, the clock first.
func timeColumns(s *dataset.Schema) []int {
	var out []int
	for i := range s.Columns {
		if s.Columns[i].Kind != dataset.Time {
			continue
		}
		if s.Columns[i].Role == dataset.Clock {
			out = append([]int{i}, out...)
		} else {
			out = append(out, i)
		}
	}
	return out
}
