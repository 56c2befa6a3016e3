package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// SeriesData is what Series draws: values one after the other.
type SeriesData struct {
	Title, Caption, Alt string // see Figure

	// Label names the values with their unit: "bytes a minute".
	Label string

	// Times are the places of the points, increasing, in seconds since the
	// beginning of 1970, UTC. Without times the points stand in row order, and
	// the axis says that it shows no time.
	Times []float64
	// RowsPerPoint is how many consecutive rows a point stands for when there
	// are no times, 1 if 0.
	RowsPerPoint int

	// Lines are one or two series with a value for each point.
	Lines []Line
	// Band is where the first line is expected, nil if that is not known.
	Band *Band
	// Changes are the indices of the points with which a new level begins.
	Changes []int

	// Scale forces the scale of the values; see Series.
	Scale Scale
}

// A Line is one series of a figure.
type Line struct {
	Name string
	// Values holds a number for each point. NaN is missing, a gap in the line.
	Values []float64
	// Spikes are the indices of the points that stand out.
	Spikes []int
}

// A Band is the range in which a line is expected, such as a rolling median
// with some absolute deviations on both sides. NaN leaves a gap.
type Band struct {
	Name      string
	Low, High []float64 // a number for each point
	Middle    []float64 // likewise, or nil
}

// Series draws one or two lines over time or in row order. Spikes are marked,
// and the five largest are labelled with their time, or row, where there is room.
//
// The values get a logarithmic axis if none is negative and the largest exceeds
// the median of the positive ones more than a hundredfold; zeros then have a
// place below it. A linear axis starts at zero if no value is negative and the
// least one is below half of the greatest. Where no value is negative the band
// ends at zero.
//
// All points are drawn up to 5,000, of a band, which is smooth, up to 1,250. Of
// more, the first, least, greatest and last of each of 1,250 stretches are, so
// that no spike vanishes.
//
// It returns an error if there is no value, if lengths differ, if times do not
// increase or lie outside the years 1 to 9999, if an index or a number is out
// of range, or if a band is upside down.
func Series(d SeriesData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("series of %q: %w", d.Label, err)
	}
	s := &series{label: cmp.Or(clean(d.Label), "values"), rowsPerPoint: max(d.RowsPerPoint, 1), points: len(d.Lines[0].Values)}
	if len(d.Times) > 0 {
		s.layout = momentLayout(d.Times)
	}
	if err := s.scale(d); err != nil {
		return nil, fmt.Errorf("series of %q: %w", d.Label, err)
	}
	s.take(d)
	return newFigure(d.Title, d.Caption, d.Alt, s.describe(), s), nil
}

// check returns an error unless the data can be drawn.
func (d SeriesData) check() error {
	if len(d.Lines) == 0 || len(d.Lines) > 2 {
		return fmt.Errorf("there are %d lines, only one or two can be drawn", len(d.Lines))
	}
	n := len(d.Lines[0].Values)
	switch {
	case n == 0:
		return errors.New("there are no points")
	case d.Times != nil && len(d.Times) != n:
		return fmt.Errorf("there are %d times for %d points", len(d.Times), n)
	case d.RowsPerPoint < 0 || float64(d.RowsPerPoint)*float64(n) > 1<<53:
		return fmt.Errorf("%d points cannot stand for %d rows each", n, d.RowsPerPoint)
	}
	for i, t := range d.Times {
		if err := checkTime(t); err != nil {
			return fmt.Errorf("time %d %w", i, err)
		}
		if i > 0 && t <= d.Times[i-1] {
			return fmt.Errorf("time %d (%v) is not later than the one before it (%v)", i, t, d.Times[i-1])
		}
	}
	for _, line := range d.Lines {
		if err := line.check(n); err != nil {
			return fmt.Errorf("line %q: %w", line.Name, err)
		}
	}
	if d.extent().empty() {
		return errors.New("all values are missing")
	}
	for _, i := range d.Changes {
		if i <= 0 || i >= n {
			return fmt.Errorf("a new level cannot begin with point %d of %d, counted from 0", i, n)
		}
	}
	if d.Band != nil {
		return d.Band.check(n)
	}
	return nil
}

// check returns an error unless the line has n values that can be drawn.
func (l Line) check(n int) error {
	if len(l.Values) != n {
		return fmt.Errorf("there are %d values for %d points", len(l.Values), n)
	}
	if err := checkKnown(l.Values); err != nil {
		return fmt.Errorf("value %w", err)
	}
	for _, i := range l.Spikes {
		if i < 0 || i >= n {
			return fmt.Errorf("there is no point %d, which is marked as a spike", i)
		}
		if math.IsNaN(l.Values[i]) {
			return fmt.Errorf("value %d is missing, but marked as a spike", i)
		}
	}
	return nil
}

// check returns an error unless the band has limits for n points, in order.
func (b Band) check(n int) error {
	if len(b.Low) != n || len(b.High) != n || b.Middle != nil && len(b.Middle) != n {
		return fmt.Errorf("the band has %d, %d and %d numbers for %d points", len(b.Low), len(b.Middle), len(b.High), n)
	}
	for _, limits := range [][]float64{b.Low, b.Middle, b.High} {
		if err := checkKnown(limits); err != nil {
			return fmt.Errorf("the band at point %w", err)
		}
	}
	for i := range n {
		if b.Low[i] > b.High[i] {
			return fmt.Errorf("the band at point %d is upside down, from %v to %v", i, b.Low[i], b.High[i])
		}
	}
	return nil
}

// checkKnown returns an error that begins with an index unless an axis can show
// every value that is not NaN.
func checkKnown(values []float64) error {
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if err := checkValue(v); err != nil {
			return fmt.Errorf("%d %w", i, err)
		}
	}
	return nil
}

// extent returns the extent of all lines.
func (d SeriesData) extent() extent {
	var all [][]float64
	for _, line := range d.Lines {
		all = append(all, line.Values)
	}
	return extentOf(all...)
}

// A datum is a point of a series in the units of its axes; v is NaN if it is
// missing.
type datum struct{ x, v float64 }

// series is the body of a figure of lines.
type series struct {
	label   string
	names   []string
	lines   [][]datum
	spikes  [][]datum // of each line
	band    *bandLines
	changes []float64

	x               axis
	y               uprightAxis
	layout          string // of times; empty in row order
	points          int
	rowsPerPoint    int
	first, last     float64 // the places of the first and last point
	lowest, highest float64
}

// bandLines is a Band as it is drawn.
type bandLines struct {
	name              string
	low, high, middle []datum
}

// scale chooses the axes.
func (s *series) scale(d SeriesData) error {
	e := d.extent()
	s.lowest, s.highest = e.lowest, e.highest
	scale, err := chooseScale(d.Scale, e.lowest, e.highest, e.typical)
	if err != nil {
		return err
	}
	s.y.zeros = scale == Log && e.lowest == 0
	if d.Band != nil {
		low, high := extentOf(d.Band.Low), extentOf(d.Band.High)
		if e.lowest >= 0 {
			low.lowest = max(low.lowest, 0)
		}
		e.lowest, e.highest = min(e.lowest, low.lowest), max(e.highest, high.highest)
	}
	s.y.axis = e.axis(scale)
	if scale == Linear && e.lowest >= 0 && e.lowest < e.highest/2 {
		s.y.lo, s.y.hi = 0, e.highest*1.02
	}
	for _, line := range d.Lines {
		if len(line.Spikes) > 0 {
			s.y.room = labelRoom
		}
	}
	s.first, s.last = s.place(d, 0), s.place(d, s.points-1)
	s.x = axis{scale: Linear, lo: s.first, hi: s.last, whole: true, calendar: d.Times != nil}
	const least = 0.01 // seconds or rows
	if s.last-s.first < least {
		s.x.lo, s.x.hi = s.first-0.5, s.last+0.5
	}
	return nil
}

// place returns where point i stands on the level axis: the first of its rows
// if there are no times.
func (s *series) place(d SeriesData, i int) float64 {
	if d.Times != nil {
		return d.Times[i]
	}
	return 1 + float64(i)*float64(s.rowsPerPoint)
}

// take copies what is drawn of the data.
func (s *series) take(d SeriesData) {
	line := func(values []float64, indices []int) []datum {
		data := make([]datum, len(indices))
		for k, i := range indices {
			data[k] = datum{s.place(d, i), values[i]}
		}
		return data
	}
	thin := func(values []float64) []datum { return line(values, thinned(values, mostDrawn)) }
	for _, l := range d.Lines {
		s.names = append(s.names, clean(l.Name))
		s.lines = append(s.lines, thin(l.Values))
		s.spikes = append(s.spikes, line(l.Values, l.Spikes))
	}
	if d.Band != nil {
		low, high := slices.Clone(d.Band.Low), slices.Clone(d.Band.High)
		for i := range low {
			// A gap is one for both limits.
			if math.IsNaN(low[i]) || math.IsNaN(high[i]) {
				low[i], high[i] = math.NaN(), math.NaN()
			}
		}
		smooth := func(values []float64) []datum { return line(values, thinned(values, mostDrawn/4)) }
		s.band = &bandLines{clean(d.Band.Name), smooth(low), smooth(high), smooth(d.Band.Middle)}
	}
	for _, i := range d.Changes {
		s.changes = append(s.changes, s.place(d, i))
	}
}

// when writes the place of a point: its time or its row.
func (s *series) when(x float64) string {
	if s.layout == "" {
		return "row " + count(int64(x))
	}
	return moment(x).Format(s.layout)
}

// describe returns the alternative text.
func (s *series) describe() string {
	text := fmt.Sprintf("Series of %s", s.label)
	if len(s.lines) == 2 {
		text += fmt.Sprintf(", %s and %s", cmp.Or(s.names[0], "(empty)"), cmp.Or(s.names[1], "(empty)"))
	}
	text += fmt.Sprintf(": %s points ", count(int64(s.points)))
	if s.layout == "" {
		text += "in row order"
	} else {
		text += "from " + moment(s.first).Format(stampLayout) + " to " + moment(s.last).Format(stampLayout) + " UTC"
	}
	text += fmt.Sprintf(", values from %s to %s", short(s.lowest), short(s.highest))
	if s.y.scale == Log {
		text += " on a logarithmic axis"
	}
	if ranked := s.ranked(); len(ranked) > 0 {
		text += fmt.Sprintf("; %s, the largest %s (%s)", plural(len(ranked), "spike"), short(ranked[0].v), s.when(ranked[0].x))
	}
	if n := len(s.changes); n > 0 {
		text += fmt.Sprintf("; %s, the first at %s", plural(n, "level change"), s.when(s.changes[0]))
	}
	return text + "."
}

// stampLayout writes a time by itself.
const stampLayout = "2 Jan 2006 15:04"
