package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxRanks is the most rows of a ranking.
const maxRanks = 45

// RankingData is what Ranking draws: effect sizes of features.
type RankingData struct {
	Title, Caption, Alt string // see Figure

	// Label names the effect size: "Cliff's δ".
	Label string
	// Interval names the intervals: "95% interval". Empty says "interval".
	Interval string
	// Below and Above say what effects left and right of zero mean, such as
	// "larger in normal" and "larger in attack". Both may be empty.
	Below, Above string

	// Rows are the features from top to bottom.
	Rows []Effect

	// Ratios says that the effects are ratios, above 0, such as odds ratios: the axis
	// is logarithmic, and 1 takes the place of zero.
	Ratios bool

	// Small, Medium and Large are the sizes from which on an effect, of either
	// sign, counts as such; smaller ones are negligible. All zero: no bands.
	Small, Medium, Large float64
}

// An Effect is a row of a ranking. An Estimate of NaN is an effect that is not
// defined and gets no mark; Low and High of NaN are an unknown interval.
type Effect struct {
	Name      string
	Estimate  float64
	Low, High float64
}

// Ranking draws effect sizes as dots with their intervals around a line at
// zero, over bands for the magnitudes of effects, with the numbers beside them.
// A dot whose interval holds zero is hollow.
//
// It returns an error if there are no rows, or more than 45, if no effect is
// defined, if an interval does not hold its estimate, if a number is infinite, if the
// limits of the magnitudes do not increase or stand beside ratios, or if a ratio is
// not above 0.
func Ranking(d RankingData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("ranking by %q: %w", d.Label, err)
	}
	r := ranking{
		label:    cmp.Or(clean(d.Label), "effect"),
		interval: cmp.Or(clean(d.Interval), "interval"),
		below:    clean(d.Below), above: clean(d.Above),
		limits: [3]float64{d.Small, d.Medium, d.Large},
		rows:   slices.Clone(d.Rows),
		scale:  Linear,
	}
	if d.Ratios {
		r.scale, r.null = Log, 1
	}
	for i := range r.rows {
		r.rows[i].Name = clean(r.rows[i].Name)
	}
	return newFigure(d.Title, d.Caption, d.Alt, r.describe(), r), nil
}

// check returns an error unless the data can be drawn.
func (d RankingData) check() error {
	switch n := len(d.Rows); {
	case n == 0:
		return errors.New("there are no rows")
	case n > maxRanks:
		return fmt.Errorf("%d rows are too many to read, at most %d can be drawn", n, maxRanks)
	}
	defined := false
	for _, row := range d.Rows {
		if err := row.check(); err != nil {
			return fmt.Errorf("%q: %w", row.Name, err)
		}
		defined = defined || row.defined()
		if d.Ratios && (row.defined() && row.Estimate <= 0 || row.bounded() && row.Low <= 0) {
			return fmt.Errorf("%q: a ratio must lie above 0", row.Name)
		}
	}
	if d.Ratios && d.Small != 0 {
		return errors.New("bands of magnitudes are for effects around zero, not for ratios")
	}
	if !defined {
		return errors.New("no effect is defined")
	}
	limits := [3]float64{d.Small, d.Medium, d.Large}
	if limits == [3]float64{} {
		return nil
	}
	for _, v := range limits {
		if err := checkValue(v); err != nil {
			return fmt.Errorf("a limit of the magnitudes %w", err)
		}
	}
	if !(0 < d.Small && d.Small < d.Medium && d.Medium < d.Large) {
		return fmt.Errorf("the limits of the magnitudes %v do not increase from zero", limits)
	}
	return nil
}

// defined reports whether the effect has an estimate, bounded whether it has an
// interval as well.
func (e Effect) defined() bool { return !math.IsNaN(e.Estimate) }
func (e Effect) bounded() bool {
	return e.defined() && !math.IsNaN(e.Low) && !math.IsNaN(e.High)
}

// doubtful reports whether the interval holds the value of no effect.
func (e Effect) doubtful(null float64) bool { return e.bounded() && e.Low <= null && e.High >= null }

// check returns an error unless the effect can be drawn.
func (e Effect) check() error {
	for i, name := range [3]string{"the estimate", "the lower limit", "the upper limit"} {
		v := [3]float64{e.Estimate, e.Low, e.High}[i]
		if math.IsNaN(v) {
			continue
		}
		if err := checkValue(v); err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
	}
	if e.bounded() && (e.Low > e.Estimate || e.High < e.Estimate) {
		return fmt.Errorf("the interval from %v to %v does not hold the estimate %v", e.Low, e.High, e.Estimate)
	}
	return nil
}

// ranking is the body of a figure of effect sizes.
type ranking struct {
	label, interval string
	below, above    string
	limits          [3]float64 // of small, medium and large; zero if there are none
	scale           Scale
	null            float64 // the value of no effect
	rows            []Effect
}

// magnitudes are the names of the bands.
var magnitudes = [4]string{"negligible", "small", "medium", "large"}

// banded reports whether there are bands of magnitudes.
func (r ranking) banded() bool { return r.limits[0] > 0 }

// describe returns the alternative text.
func (r ranking) describe() string {
	const most = 5
	var parts []string
	for _, row := range r.rows[:min(len(r.rows), most)] {
		text := cmp.Or(row.Name, "(empty)") + " " + r.number(row.Estimate)
		if row.bounded() {
			text += fmt.Sprintf(" (%s to %s)", r.number(row.Low), r.number(row.High))
		}
		parts = append(parts, text)
	}
	s := fmt.Sprintf("Ranking of %s by %s: %s", plural(len(r.rows), "feature"), r.label, strings.Join(parts, "; "))
	if more := len(r.rows) - most; more > 0 {
		s += fmt.Sprintf("; and %d more", more)
	}
	return s + "."
}

// number writes an effect size, all with as many decimals as suit the largest.
func (r ranking) number(v float64) string {
	lowest, highest := r.extent()
	decimals := 0
	switch largest := max(-lowest, highest); {
	case r.scale == Log:
		return short(v)
	case math.IsNaN(v):
		return "–"
	case largest >= 1e4 || largest > 0 && largest < 0.01:
		return short(v)
	case largest > 0 && largest < 0.1:
		decimals = 3
	case largest < 10:
		decimals = 2
	case largest < 100:
		decimals = 1
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-") // what is rounded to zero has no sign
	}
	return group(text)
}

// extent returns the range of estimates, intervals and the value of no effect.
func (r ranking) extent() (lowest, highest float64) {
	lowest, highest = r.null, r.null
	for _, row := range r.rows {
		if !row.defined() {
			continue
		}
		lowest, highest = min(lowest, row.Estimate), max(highest, row.Estimate)
		if row.bounded() {
			lowest, highest = min(lowest, row.Low), max(highest, row.High)
		}
	}
	return lowest, highest
}
