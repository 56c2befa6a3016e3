package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// LearningData is what LearningCurve draws: how good a model is by the rows it was
// trained with.
type LearningData struct {
	Title, Caption, Alt string // see Figure

	// Label names the measure: "MCC". Rows names what it is against, "training rows" if
	// empty.
	Label, Rows string
	// Band names what the bands are, "one standard deviation" if empty.
	Band string

	// Curves are usually two, of training and of validation; at most 8.
	Curves []ValueCurve

	// X spreads the rows. Auto takes the logarithm if the most exceed the median a
	// hundredfold.
	X Scale
}

// A ValueCurve is points from left to right, joined by a line.
type ValueCurve struct {
	Name      string
	X, Y      []float64 // X does not decrease
	Low, High []float64 // a band around Y, or nil
}

// LearningCurve draws measures of models against the rows they were trained with, with
// bands for their spread.
//
// It returns an error if there is no curve or more than 8, if a curve has no points, more
// than 4,000 or lists of different lengths, if X decreases, if a band is upside down, or
// if a number is out of range.
func LearningCurve(d LearningData) (*Figure, error) {
	c := chart{tall: seriesPlot, band: cmp.Or(clean(d.Band), "one standard deviation")}
	err := c.take(d.Curves, axisNames{cmp.Or(clean(d.Rows), "training rows"), cmp.Or(clean(d.Label), "measure")}, d.X, true)
	if err != nil {
		return nil, fmt.Errorf("learning curve of %q: %w", d.Label, err)
	}
	f := newFigure(d.Title, d.Caption, d.Alt, c.describe(), c)
	f.explain(c.names(), nil)
	return f, nil
}

// DependenceData is what PartialDependence draws: what a model says on average if a column
// had given values.
type DependenceData struct {
	Title, Caption, Alt string // see Figure

	// Label names the column with its unit, and Predicted what the model says: "P(attack)".
	Label, Predicted string
	// Band names what the bands are, "middle 90% of the rows" if empty.
	Band string

	// Curves are at most 8, one for each class or model.
	Curves []ValueCurve
	// Rug are values of the column in the data, such as its deciles, at most 1,000. Few
	// values between two strokes mean that the curve between them is a guess.
	Rug []float64
	// RugName names them, "deciles of the data" if empty.
	RugName string

	// X spreads the values of the column. Auto takes the logarithm if none is negative or
	// zero and the largest exceeds the median a hundredfold.
	X Scale
}

// PartialDependence draws what a model says against the values of one column, with strokes
// for where the data are. Errors are those of LearningCurve, also for the rug.
//
// J. H. Friedman (2001), "Greedy function approximation: a gradient boosting machine",
// Annals of Statistics 29, 1189–1232, section 8.2.
func PartialDependence(d DependenceData) (*Figure, error) {
	const mostStrokes = 1000
	c := chart{tall: seriesPlot, band: cmp.Or(clean(d.Band), "middle 90% of the rows"), rugged: cmp.Or(clean(d.RugName), "deciles of the data")}
	err := c.take(d.Curves, axisNames{cmp.Or(clean(d.Label), "value"), cmp.Or(clean(d.Predicted), "prediction")}, d.X, false)
	if err == nil && len(d.Rug) > mostStrokes {
		err = fmt.Errorf("%d values of a rug are too many, at most %d can be drawn", len(d.Rug), mostStrokes)
	}
	for i, v := range d.Rug {
		if wrong := checkValue(v); wrong != nil && err == nil {
			err = fmt.Errorf("value %d of the rug %w", i, wrong)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("partial dependence on %q: %w", d.Label, err)
	}
	for _, v := range d.Rug {
		if v >= c.x.lo && v <= c.x.hi {
			c.rug = append(c.rug, v)
		}
	}
	f := newFigure(d.Title, d.Caption, d.Alt, c.describe(), c)
	f.explain(c.names(), nil)
	return f, nil
}

// ThresholdData is what Thresholds draws: rates at every threshold of a score.
type ThresholdData struct {
	Title, Caption, Alt string // see Figure

	// Label names the score: "P(attack)".
	Label string
	// Curves are rates from 0 to 1 against the threshold, such as precision, recall and
	// false positive rate; at most 8.
	Curves []ValueCurve
	// Chosen are thresholds in use, and ChosenName what they are called, "chosen
	// threshold" if empty.
	Chosen     []float64
	ChosenName string

	// X spreads the thresholds, see DependenceData.
	X Scale
}

// Thresholds draws rates against the threshold of a score. Errors are those of
// LearningCurve; rates must lie between 0 and 1.
func Thresholds(d ThresholdData) (*Figure, error) {
	c := chart{tall: seriesPlot, band: "95% interval", cut: cmp.Or(clean(d.ChosenName), "chosen threshold")}
	err := c.take(d.Curves, axisNames{"threshold of " + cmp.Or(clean(d.Label), "the score"), "rate"}, d.X, false, d.Chosen...)
	if err == nil && (c.y.lo < 0 || c.y.hi > 1) {
		for _, curve := range d.Curves {
			for _, v := range slices.Concat(curve.Y, curve.Low, curve.High) {
				if !(v >= 0 && v <= 1) {
					err = fmt.Errorf("%q: %v is not a rate between 0 and 1", curve.Name, v)
				}
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("rates by the threshold of %q: %w", d.Label, err)
	}
	c.y = shareAxis(c.y.title)
	c.cuts = slices.Clone(d.Chosen)
	f := newFigure(d.Title, d.Caption, d.Alt, c.describe(), c)
	f.explain(c.names(), nil)
	return f, nil
}

// axisNames are the titles of the axes.
type axisNames struct{ x, y string }

// take fills the chart with curves and lays out its axes, which also hold the other
// values of x.
func (c *chart) take(curves []ValueCurve, names axisNames, scale Scale, dots bool, others ...float64) error {
	switch n := len(curves); {
	case n == 0:
		return errors.New("there is no curve")
	case n > maxGroups:
		return fmt.Errorf("%d curves are too many to tell apart, at most %d can be drawn", n, maxGroups)
	}
	xs, ys := [][]float64{others}, [][]float64{}
	for i, v := range others {
		if err := checkValue(v); err != nil {
			return fmt.Errorf("chosen value %d %w", i, err)
		}
	}
	for _, curve := range curves {
		if err := curve.check(); err != nil {
			return fmt.Errorf("%q: %w", curve.Name, err)
		}
		xs, ys = append(xs, curve.X), append(ys, curve.Y, curve.Low, curve.High)
		c.lines = append(c.lines, chartLine{
			name: clean(curve.Name), x: slices.Clone(curve.X), y: slices.Clone(curve.Y), low: slices.Clone(curve.Low), high: slices.Clone(curve.High), dots: dots,
		})
	}
	var err error
	if c.x, err = numberAxis(names.x, scale, xs...); err != nil {
		return err
	}
	c.y, err = numberAxis(names.y, Linear, ys...)
	return err
}

func (c ValueCurve) check() error {
	n := len(c.X)
	banded := c.Low != nil || c.High != nil
	switch {
	case n == 0:
		return errors.New("it has no points")
	case n > maxCurvePoints:
		return fmt.Errorf("%d points are too many, at most %d can be drawn", n, maxCurvePoints)
	case len(c.Y) != n || banded && (len(c.Low) != n || len(c.High) != n):
		return errors.New("its lists differ in length")
	}
	for _, list := range [][]float64{c.X, c.Y, c.Low, c.High} {
		for i, v := range list {
			if err := checkValue(v); err != nil {
				return fmt.Errorf("number %d %w", i, err)
			}
		}
	}
	if !slices.IsSorted(c.X) {
		return errors.New("its points do not go from left to right")
	}
	for i := range c.Low {
		if c.Low[i] > c.High[i] || math.IsNaN(c.Low[i]) {
			return fmt.Errorf("the band at point %d is upside down, from %v to %v", i, c.Low[i], c.High[i])
		}
	}
	return nil
}
