package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/stats"
)

// ReliabilityData is what Reliability draws: probabilities against what happened.
type ReliabilityData struct {
	Title, Caption, Alt string // see Figure

	// Probability and Observed name the axes, "predicted probability" and "share of
	// positives" if empty.
	Probability, Observed string

	// Models are at most 4.
	Models []ReliabilityModel
}

// ReliabilityModel is one model, or one way to calibrate it.
type ReliabilityModel struct {
	Name string
	// Bins are those of stats.Reliability.
	Bins []stats.CalibrationBin
	// Histogram counts the rows by their probability, in intervals of equal width from 0
	// to 1; nil for none.
	Histogram []int64
}

// Reliability draws the observed share of positives in bins against their mean
// probability, with intervals and the diagonal, on which probabilities are right; and below
// it how often each probability was given, on a logarithmic axis, one row for each model.
//
// It returns an error if there is no model or more than 4, if one has no bins or more than
// 1,000, if bins are not in order or a number is not between 0 and 1, or if a histogram has
// more than 200 intervals, a negative count, or no rows.
func Reliability(d ReliabilityData) (*Figure, error) {
	r := reliability{chart: chart{
		x: shareAxis(cmp.Or(clean(d.Probability), "predicted probability")), y: shareAxis(cmp.Or(clean(d.Observed), "share of positives")),
		tall: chartTall, square: true, diagonal: "well calibrated",
	}}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("reliability of probabilities: %w", err)
	}
	for _, m := range d.Models {
		line := chartLine{name: clean(m.Name), dots: true}
		for _, b := range m.Bins {
			line.x, line.y = append(line.x, b.Predicted), append(line.y, b.Observed)
			line.low, line.high = append(line.low, b.CI.Low), append(line.high, b.CI.High)
		}
		r.lines = append(r.lines, line)
		r.histograms = append(r.histograms, slices.Clone(m.Histogram))
	}
	f := newFigure(d.Title, d.Caption, d.Alt, r.describe(), r)
	f.explain(r.names(), nil)
	return f, nil
}

func (d ReliabilityData) check() error {
	const mostModels, mostBins, mostBars = 4, 1000, 200
	if n := len(d.Models); n == 0 || n > mostModels {
		return fmt.Errorf("there are %d models, from 1 to %d can be drawn", n, mostModels)
	}
	for _, m := range d.Models {
		if n := len(m.Bins); n == 0 || n > mostBins {
			return fmt.Errorf("%q: there are %d bins, from 1 to %d can be drawn", m.Name, n, mostBins)
		}
		for i, b := range m.Bins {
			for _, v := range []float64{b.Predicted, b.Observed, b.CI.Low, b.CI.High} {
				if !(v >= 0 && v <= 1) {
					return fmt.Errorf("%q: bin %d has the number %v, not a share", m.Name, i, v)
				}
			}
			if i > 0 && b.Predicted < m.Bins[i-1].Predicted {
				return fmt.Errorf("%q: bin %d is not in order", m.Name, i)
			}
		}
		if m.Histogram == nil {
			continue
		}
		if len(m.Histogram) > mostBars {
			return fmt.Errorf("%q: %d intervals of a histogram are too many, at most %d can be drawn", m.Name, len(m.Histogram), mostBars)
		}
		for _, n := range m.Histogram {
			if n < 0 {
				return fmt.Errorf("%q: the histogram has the count %d", m.Name, n)
			}
		}
		if len(m.Histogram) == 0 || slices.Max(m.Histogram) == 0 {
			return errors.New("a histogram has no rows")
		}
	}
	return nil
}

// reliability is the body of a figure of probabilities.
type reliability struct {
	chart
	histograms [][]int64 // by line; nil for none
}

const (
	reliabilityBars = 46.0 // height of a histogram
	reliabilityGap  = 8.0
)

func (r reliability) shown() (n int) {
	for _, h := range r.histograms {
		if h != nil {
			n++
		}
	}
	return n
}

// key explains the dots as well.
func (r reliability) key() markKey {
	return append(markKey{{"observed, with interval", narrowSign, func(p *painter, sign rect) {
		p.vertical(p.theme.Ink, sign.middle().x, sign.y, sign.bottom())
		p.discs(p.theme.Ink, curveDot, sign.middle())
	}}}, chart{diagonal: r.diagonal}.key()...)
}

func (r reliability) height(width float64) float64 {
	return r.key().height(width) + axisTitle + r.tall + float64(r.shown())*(reliabilityBars+reliabilityGap) + r.titled() + tickLabels + axisTitle
}

// titled is the height of the line above the histograms.
func (r reliability) titled() float64 {
	if r.shown() == 0 {
		return 0
	}
	return axisTitle
}

// counted says what the histograms are, and how high.
func (r reliability) counted() string {
	var most []string
	for _, h := range r.histograms {
		if h != nil {
			most = append(most, count(slices.Max(h)))
		}
	}
	return "rows by probability, log scale, up to " + strings.Join(most, " and ")
}

func (r reliability) draw(p *painter, area rect) {
	area = r.key().draw(p, area)
	plain := r.chart
	plain.lines = nil
	x, plot := plain.frame(p, area)
	y := r.y
	y.from, y.to = plot.bottom(), plot.y+chartTop
	colors := p.theme.groupColors(r.names())
	for i, line := range r.lines {
		for k := range line.x {
			top, foot := y.place(line.high[k]), y.place(line.low[k])
			p.fill(colors[i], rect{x.place(line.x[k]) - 0.75, top, 1.5, foot - top})
		}
		line.draw(p, x, y, colors[i])
	}
	foot := plot.bottom()
	if r.shown() > 0 {
		p.horizontal(p.theme.Ink, plot.x, x.to, foot)
		p.text(labelText, p.theme.Muted, plot.x, foot+axisTitle/2+2, left, fit(labelText, r.counted(), plot.w))
		foot += axisTitle
	}
	for i, h := range r.histograms {
		if h != nil {
			foot += reliabilityBars + reliabilityGap
			drawCounts(p, x, h, foot, colors[i])
		}
	}
	plot.h = foot - plot.y
	r.bottom(p, x, plot)
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, foot+tickLabels+axisTitle/2, center, fit(labelText, r.x.title, plot.w))
}

// drawCounts draws a histogram that stands on a level line.
func drawCounts(p *painter, x chartAxis, h []int64, foot float64, c color.NRGBA) {
	most := math.Log10(float64(slices.Max(h)) + 1)
	var rects []rect
	for k, n := range h {
		if n == 0 {
			continue
		}
		from, to := x.at(float64(k)/float64(len(h))), x.at(float64(k+1)/float64(len(h)))
		tall := math.Log10(float64(n)+1) / most * reliabilityBars
		rects = append(rects, rect{from + 0.5, foot - tall, to - from - 1, tall})
	}
	p.fill(c, rects...)
	p.horizontal(p.theme.Grid, x.from, x.to, foot)
}
