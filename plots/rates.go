package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// RateData is what ROC, PrecisionRecall and DET draw: shares against shares, at every
// threshold of a score.
type RateData struct {
	Title, Caption, Alt string // see Figure

	// Curves are at most 8.
	Curves []RateCurve

	// Chosen names the points that were chosen, "chosen threshold" if empty.
	Chosen string
	// Band names what the bands are, "95% interval" if empty.
	Band string

	// Base is the share of positives, which a score that says nothing has for its
	// precision; 0 if it is not known. Only PrecisionRecall draws it.
	Base float64

	// X spreads the false positive rates of ROC: Linear, which Auto stands for, or Log.
	X Scale
}

// A RateCurve is points from left to right, joined by a line.
type RateCurve struct {
	Name      string
	X, Y      []float64   // from 0 to 1; X does not decrease
	Low, High []float64   // a band around Y, or nil
	Chosen    []RatePoint // points to be marked, of thresholds in use
}

// A RatePoint is a point of shares.
type RatePoint struct{ X, Y float64 }

// ROC draws recall against the false positive rate. On a logarithmic axis, which begins
// at the power of ten below the least rate above 0, points with a rate of 0 stand at the
// left end. The line of a score that says nothing is drawn too.
//
// It returns an error if there is no curve or more than 8, if a curve has no points, more
// than 4,000 or lists of different lengths, if X decreases, or if a number is not between
// 0 and 1.
func ROC(d RateData) (*Figure, error) {
	c := chart{x: shareAxis("false positive rate"), y: shareAxis("recall"), square: true, diagonal: "by chance"}
	if d.X > Log {
		return nil, fmt.Errorf("ROC curve: the rates have an unknown scale (%d)", d.X)
	}
	if d.X == Log {
		least := leastPositive(d.Curves, func(c RateCurve) []float64 { return c.X })
		c.x.axis = axis{scale: Log, lo: max(min(powerBelow(least), 0.1), 1e-9), hi: 1}
		c.x.title = axisName(c.x.title, Log)
		c.square = false
	}
	return d.figure("ROC curve", c)
}

// PrecisionRecall draws precision against recall, with a level line at the share of
// positives. Errors are those of ROC.
func PrecisionRecall(d RateData) (*Figure, error) {
	c := chart{x: shareAxis("recall"), y: shareAxis("precision"), square: true}
	if !(d.Base >= 0 && d.Base <= 1) {
		return nil, fmt.Errorf("curve of precision and recall: the share of positives is %v, not between 0 and 1", d.Base)
	}
	if d.Base > 0 {
		c.level, c.levelled = d.Base, "by chance, "+percent(d.Base)+" are positive"
	}
	return d.figure("curve of precision and recall", c)
}

// DET draws the false negative rate against the false positive rate on axes of normal
// deviates, on which scores that are normal in both classes make a straight line. Axes
// begin at the least rate above 0, but not below 0.0001 %, and rates below stand there;
// they end at 50 %, or at 99.9 % if a curve or a chosen point lies wholly beyond, and
// curves are cut off there. Errors are those of ROC.
//
// A. Martin, G. Doddington, T. Kamm, M. Ordowski and M. Przybocki (1997), "The DET curve
// in assessment of detection task performance", Eurospeech, 1895–1898.
func DET(d RateData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("DET curve: %w", err)
	}
	highest := 0.5
	for _, c := range d.Curves {
		useful := false
		for i := range c.X {
			useful = useful || c.X[i] <= highest && c.Y[i] <= highest
		}
		for _, at := range c.Chosen {
			useful = useful && at.X <= highest && at.Y <= highest
		}
		if !useful {
			highest = 0.999
			break
		}
	}
	c := chart{square: true}
	c.x = deviateAxis("false positive rate, normal deviates", highest, d.Curves, func(c RateCurve) []float64 { return c.X })
	c.y = deviateAxis("false negative rate, normal deviates", highest, d.Curves, func(c RateCurve) []float64 { return c.Y })
	return d.figure("DET curve", c)
}

// deviateAxis is one of normal deviates for shares of curves.
func deviateAxis(title string, highest float64, curves []RateCurve, of func(RateCurve) []float64) chartAxis {
	const least = 1e-6
	lowest := 0.8 * min(max(leastPositive(curves, of), least), 0.1)
	a := axis{scale: Linear, lo: stats.NormalQuantile(lowest), hi: stats.NormalQuantile(highest)}
	return chartAxis{axis: a, title: title, deviate: true}
}

// leastPositive returns the least share above 0; 0.1 without one.
func leastPositive(curves []RateCurve, of func(RateCurve) []float64) float64 {
	least := math.Inf(1)
	for _, c := range curves {
		for _, v := range of(c) {
			if v > 0 && v < least {
				least = v
			}
		}
	}
	if math.IsInf(least, 1) {
		return 0.1
	}
	return least
}

// figure completes the chart of rates.
func (d RateData) figure(kind string, c chart) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	c.tall = chartTall
	c.chosen, c.band = cmp.Or(clean(d.Chosen), "chosen threshold"), cmp.Or(clean(d.Band), "95% interval")
	for _, r := range d.Curves {
		c.lines = append(c.lines, chartLine{
			name: clean(r.Name), x: slices.Clone(r.X), y: slices.Clone(r.Y), low: slices.Clone(r.Low), high: slices.Clone(r.High), chosen: slices.Clone(r.Chosen),
		})
	}
	f := newFigure(d.Title, d.Caption, d.Alt, c.describe(), c)
	f.explain(c.names(), nil)
	return f, nil
}

// check returns an error unless the curves can be drawn.
func (d RateData) check() error {
	curves := CurveData{}
	for _, c := range d.Curves {
		curves.Curves = append(curves.Curves, Curve{Name: c.Name, X: c.X, Y: c.Y, Low: c.Low, High: c.High})
	}
	if err := curves.check(); err != nil {
		return err
	}
	for _, c := range d.Curves {
		for i := range c.Low {
			if c.Low[i] > c.High[i] {
				return fmt.Errorf("%q: the band at point %d is upside down, from %v to %v", c.Name, i, c.Low[i], c.High[i])
			}
		}
		for _, at := range c.Chosen {
			if !(at.X >= 0 && at.X <= 1 && at.Y >= 0 && at.Y <= 1) {
				return errors.New("a chosen point is not between 0 and 1")
			}
		}
	}
	return nil
}
