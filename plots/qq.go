package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// maxQuantiles is the most pairs of quantiles that a figure draws.
const maxQuantiles = 1000

// upperQuartile is the upper quartile of the standard normal distribution.
const upperQuartile = 0.6744897501960817

// QQData is what QQ draws: quantiles of a sample and of the normal distribution
// at the same probabilities.
type QQData struct {
	Title, Caption, Alt string // see Figure

	// Label names the values with their unit: "src_bytes (bytes)".
	Label string

	// Normal are quantiles of the standard normal distribution, increasing.
	Normal []float64
	// Sample are the quantiles of the sample at the same probabilities.
	Sample []float64
	// Q1 and Q3 are the quartiles of the sample.
	Q1, Q3 float64

	// Scale forces the scale of the sample; see QQ.
	Scale Scale
}

// QQ draws the quantiles of a sample against those of the standard normal
// distribution, with the straight line through the quartiles, on which a normal
// sample would lie.
//
// The sample gets a logarithmic axis if no quantile is negative and the largest
// exceeds the median of the positive ones more than a hundredfold. Zeros then
// have a place below it, and the line is that of a log-normal sample; it is left
// out if the lower quartile is zero.
//
// It returns an error if there are fewer than 2 or more than 1,000 pairs, if the
// normal quantiles do not increase or those of the sample decrease, if the
// quartiles are not in order, or if a number is out of range.
func QQ(d QQData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("Q-Q plot of %q: %w", d.Label, err)
	}
	e := extentOf(d.Sample)
	scale, err := chooseScale(d.Scale, e.lowest, e.highest, e.typical)
	if err != nil {
		return nil, fmt.Errorf("Q-Q plot of %q: %w", d.Label, err)
	}
	q := qq{
		label: cmp.Or(clean(d.Label), "values"), q1: d.Q1, q3: d.Q3,
		normal: slices.Clone(d.Normal), sample: slices.Clone(d.Sample),
		y: uprightAxis{axis: e.axis(scale), zeros: scale == Log && e.lowest == 0},
	}
	q.x = axis{scale: Linear}
	q.x.lo, q.x.hi = padded(d.Normal[0], d.Normal[len(d.Normal)-1], 0.03)
	return newFigure(d.Title, d.Caption, d.Alt, q.describe(), q), nil
}

// check returns an error unless the data can be drawn.
func (d QQData) check() error {
	n := len(d.Normal)
	switch {
	case n < 2:
		return errors.New("there are fewer than two quantiles")
	case n > maxQuantiles:
		return fmt.Errorf("%d quantiles are too many, at most %d can be drawn", n, maxQuantiles)
	case len(d.Sample) != n:
		return fmt.Errorf("there are %d quantiles of the sample for %d normal ones", len(d.Sample), n)
	}
	for i := range n {
		if err := checkValue(d.Normal[i]); err != nil {
			return fmt.Errorf("normal quantile %d %w", i, err)
		}
		if err := checkValue(d.Sample[i]); err != nil {
			return fmt.Errorf("sample quantile %d %w", i, err)
		}
		if i > 0 && d.Normal[i] <= d.Normal[i-1] {
			return fmt.Errorf("normal quantile %d (%v) is not greater than the one before it (%v)", i, d.Normal[i], d.Normal[i-1])
		}
		if i > 0 && d.Sample[i] < d.Sample[i-1] {
			return fmt.Errorf("sample quantile %d (%v) is less than the one before it (%v)", i, d.Sample[i], d.Sample[i-1])
		}
	}
	for _, q := range [2]float64{d.Q1, d.Q3} {
		if err := checkValue(q); err != nil {
			return fmt.Errorf("a quartile %w", err)
		}
	}
	if d.Q1 > d.Q3 {
		return fmt.Errorf("the quartiles %v and %v are not in order", d.Q1, d.Q3)
	}
	return nil
}

// qq is the body of a figure of quantiles.
type qq struct {
	label          string
	normal, sample []float64
	q1, q3         float64
	x              axis
	y              uprightAxis
}

// lined reports whether there is a line through the quartiles.
func (q qq) lined() bool { return q.y.scale != Log || q.q1 > 0 }

// family names the distribution whose quantiles lie on the line.
func (q qq) family() string {
	if q.y.scale == Log {
		return "log-normal"
	}
	return "normal"
}

// expected returns the value on the line at a normal quantile, which can be
// infinite.
func (q qq) expected(z float64) float64 {
	f := (z + upperQuartile) / (2 * upperQuartile)
	if q.y.scale == Log {
		return math.Pow(10, math.Log10(q.q1)+f*(math.Log10(q.q3)-math.Log10(q.q1)))
	}
	return q.q1 + f*(q.q3-q.q1)
}

// describe returns the alternative text.
func (q qq) describe() string {
	last := len(q.normal) - 1
	s := fmt.Sprintf("Quantiles of %s from %s to %s against those of the normal distribution from %s to %s",
		q.label, short(q.sample[0]), short(q.sample[last]), short(q.normal[0]), short(q.normal[last]))
	if q.y.scale == Log {
		s += ", on a logarithmic axis"
	}
	if end := q.expected(q.normal[last]); q.lined() && !math.IsInf(end, 0) {
		s += fmt.Sprintf("; at the upper end the %s line through the quartiles lies at %s", q.family(), short(end))
	}
	return s + "."
}

const qqPlot = 280.0

// key explains points and line.
func (q qq) key() markKey {
	dot := func(p *painter, sign rect) { p.discs(p.theme.Normal, qqDot, sign.middle()) }
	if !q.lined() {
		// On a logarithmic axis the line would begin nowhere.
		return markKey{{"quantiles of the sample (no line: Q1 is zero)", narrowSign, dot}}
	}
	return markKey{
		{"quantiles of the sample", narrowSign, dot},
		{q.family() + " line through the quartiles", wideSign, func(p *painter, sign rect) {
			p.horizontal(p.theme.Ink, sign.x, sign.right(), sign.middle().y)
		}},
	}
}

const qqDot = 2.75 // radius

// slanted implements slanted.
func (qq) slanted() {}

func (q qq) height(width float64) float64 {
	return q.key().height(width) + axisTitle + qqPlot + tickLabels + axisTitle
}

func (q qq) draw(p *painter, area rect) {
	area = q.key().draw(p, area)
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, axisName(q.label, q.y.scale), area.w))
	y, plot := q.y.draw(p, rect{area.x, area.y + axisTitle, area.w, qqPlot})
	x := q.x
	x.from, x.to = plot.x, plot.right()
	var points []point
	for i, z := range q.normal {
		points = append(points, point{x.at(z), y.at(q.sample[i])})
	}
	p.discs(p.theme.Normal, qqDot, points...)
	if q.lined() {
		q.line(p, x, y)
	}
	p.bottomAxis(x, plot.bottom(), plot.x, false)
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, area.bottom()-axisTitle/2, center,
		fit(labelText, "quantile of the standard normal distribution", plot.w))
}

// line draws the part of the line that lies within both axes. It is straight
// in pixels, so that two places on it make all of it.
func (q qq) line(p *painter, x, y axis) {
	a := point{x.at(-upperQuartile), y.at(q.q1)}
	b := point{x.at(upperQuartile), y.at(q.q3)}
	slope := (b.y - a.y) / (b.x - a.x)
	from, to := x.from, x.to
	if slope != 0 {
		atFoot, atTop := a.x+(y.from-a.y)/slope, a.x+(y.to-a.y)/slope
		from, to = max(from, min(atFoot, atTop)), min(to, max(atFoot, atTop))
	} else if a.y > y.from || a.y < y.to {
		return
	}
	if from < to {
		p.stroke(p.theme.Ink, 1.25, []point{{from, a.y + (from-a.x)*slope}, {to, a.y + (to-a.x)*slope}})
	}
}
