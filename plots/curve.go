package plots

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// maxCurvePoints is the most points of a curve.
const maxCurvePoints = 4000

// CurveData is what Curves draws: shares against shares, such as the receiver
// operating characteristic, precision against recall, or calibration.
type CurveData struct {
	Title, Caption, Alt string // see Figure

	// X and Y name the shares: "false alarm rate", "recall".
	X, Y string

	// Diagonal says what the line from (0, 0) to (1, 1) means: "by chance". Empty:
	// there is none.
	Diagonal string

	// Curves are at most 8.
	Curves []Curve
}

// A Curve is points from left to right, joined by a line; with intervals, dots.
type Curve struct {
	Name      string
	X, Y      []float64 // from 0 to 1
	Low, High []float64 // intervals of Y; both nil for a line
}

// Curves draws curves between 0 and 1 on a square, with the diagonal if it has a
// meaning.
//
// It returns an error if there is no curve or more than 8, if a curve has no points,
// more than 4,000 or lists of different lengths, if X decreases, or if a number is
// not between 0 and 1.
func Curves(d CurveData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("curves of %q against %q: %w", d.Y, d.X, err)
	}
	c := curves{x: cmp.Or(clean(d.X), "x"), y: cmp.Or(clean(d.Y), "y"), diagonal: clean(d.Diagonal), lines: slices.Clone(d.Curves)}
	var names []string
	for i := range c.lines {
		c.lines[i].Name = clean(c.lines[i].Name)
		names = append(names, c.lines[i].Name)
	}
	f := newFigure(d.Title, d.Caption, d.Alt, c.describe(), c)
	f.explain(names, nil)
	return f, nil
}

// check returns an error unless the data can be drawn.
func (d CurveData) check() error {
	switch n := len(d.Curves); {
	case n == 0:
		return errors.New("there is no curve")
	case n > maxGroups:
		return fmt.Errorf("%d curves are too many to tell apart, at most %d can be drawn", n, maxGroups)
	}
	for _, c := range d.Curves {
		if err := c.check(); err != nil {
			return fmt.Errorf("%q: %w", c.Name, err)
		}
	}
	return nil
}

func (c Curve) check() error {
	n := len(c.X)
	switch {
	case n == 0:
		return errors.New("it has no points")
	case n > maxCurvePoints:
		return fmt.Errorf("%d points are too many, at most %d can be drawn", n, maxCurvePoints)
	case len(c.Y) != n || c.dotted() && (len(c.Low) != n || len(c.High) != n):
		return errors.New("its lists differ in length")
	}
	for _, list := range [][]float64{c.X, c.Y, c.Low, c.High} {
		for i, v := range list {
			if !(v >= 0 && v <= 1) {
				return fmt.Errorf("number %d is %v, not a share", i, v)
			}
		}
	}
	if !slices.IsSorted(c.X) {
		return errors.New("its points do not go from left to right")
	}
	return nil
}

// dotted reports whether the points are dots with intervals.
func (c Curve) dotted() bool { return c.Low != nil || c.High != nil }

// curves is the body of a figure of curves.
type curves struct {
	x, y, diagonal string
	lines          []Curve
}

// describe returns the alternative text.
func (c curves) describe() string {
	s := fmt.Sprintf("%s against %s", c.y, c.x)
	for _, line := range c.lines {
		last := len(line.X) - 1
		s += fmt.Sprintf("; %s: %s from (%s, %s) by (%s, %s) to (%s, %s)", cmp.Or(line.Name, "curve"), plural(len(line.X), "point"),
			short(line.X[0]), short(line.Y[0]), short(line.X[last/2]), short(line.Y[last/2]), short(line.X[last]), short(line.Y[last]))
	}
	return s + "."
}

const (
	curvePlot  = 320.0
	curveDot   = 3.5  // radius
	curveRight = 12.0 // room for half of the last label
)

// key explains the diagonal and the dots.
func (c curves) key() markKey {
	var k markKey
	if c.diagonal != "" {
		k = append(k, mark{c.diagonal, wideSign, func(p *painter, sign rect) {
			p.horizontal(p.theme.Muted, sign.x, sign.right(), sign.middle().y)
		}})
	}
	for _, line := range c.lines {
		if line.dotted() {
			return append(k, mark{"observed, with interval", narrowSign, func(p *painter, sign rect) {
				p.vertical(p.theme.Normal, sign.middle().x, sign.y, sign.bottom())
				p.discs(p.theme.Normal, curveDot, sign.middle())
			}})
		}
	}
	return k
}

// slanted implements slanted.
func (curves) slanted() {}

func (c curves) height(width float64) float64 {
	return c.key().height(width) + axisTitle + curvePlot + tickLabels + axisTitle
}

func (c curves) draw(p *painter, area rect) {
	area = c.key().draw(p, area)
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, c.y, area.w))
	upright := uprightAxis{axis: axis{scale: Linear, lo: 0, hi: 1}, room: 6}
	y, plot := upright.draw(p, rect{area.x, area.y + axisTitle, min(area.w-curveRight, 1.4*curvePlot), curvePlot})
	x := axis{scale: Linear, lo: 0, hi: 1, from: plot.x, to: plot.right()}
	if c.diagonal != "" {
		p.stroke(p.theme.Muted, 1, []point{{x.at(0), y.at(0)}, {x.at(1), y.at(1)}})
	}
	var names []string
	for _, line := range c.lines {
		names = append(names, line.Name)
	}
	colors := p.theme.groupColors(names)
	for i, line := range c.lines {
		var points []point
		for k := range line.X {
			points = append(points, point{x.at(line.X[k]), y.at(line.Y[k])})
			if line.dotted() {
				p.fill(colors[i], rect{points[k].x - 0.75, y.at(line.High[k]), 1.5, y.at(line.Low[k]) - y.at(line.High[k])})
			}
		}
		if line.dotted() {
			p.discs(colors[i], curveDot, points...)
			continue
		}
		p.stroke(colors[i], 2, points)
	}
	p.bottomAxis(x, plot.bottom(), plot.x, false)
	p.text(labelText, p.theme.Muted, plot.x+(x.to-x.from)/2, area.bottom()-axisTitle/2, center, fit(labelText, c.x, plot.w))
}
