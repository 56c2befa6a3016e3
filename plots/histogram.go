package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
)

// HistogramData is what Histogram draws: distinct values, and how often each
// occurs in each group.
type HistogramData struct {
	Title, Caption, Alt string // see Figure

	// Label names the values with their unit: "src_bytes (bytes)".
	Label string
	// Counted names what is counted, "records" if empty.
	Counted string

	// Values are the distinct values, increasing and finite.
	Values []float64
	// Groups hold a count for each value. A single group is drawn as bars,
	// several as outlines one over the other.
	Groups []Group

	// X and Y force the scale of the values and of the counts; see Histogram.
	X, Y Scale
}

// Histogram draws the distribution of a numeric column. It returns the bins as
// well, so that a report can say which scales were chosen.
//
// The values get a logarithmic axis if none is negative and the largest exceeds
// the median of the positive ones more than a hundredfold; zeros then stand
// beside it in a bar of their own. The counts get a logarithmic axis if at least
// half of the bars would otherwise be shorter than a fiftieth of the tallest.
//
// The bins are at most about 70 of readable width, chosen by the rule of Freedman
// and Diaconis, or that of Doane where the quartiles coincide; whole numbers of
// a small range get a bin each. Logarithmic values are binned by their logarithm.
//
// It returns an error if there are no values, if they are not increasing or not
// finite, or if the groups do not fit them.
func Histogram(d HistogramData) (*Figure, Bins, error) {
	if err := d.check(); err != nil {
		return nil, Bins{}, fmt.Errorf("histogram of %q: %w", d.Label, err)
	}
	bins, err := makeBins(d)
	if err != nil {
		return nil, Bins{}, fmt.Errorf("histogram of %q: %w", d.Label, err)
	}
	h := histogram{
		bins:    bins.clone(),
		label:   cmp.Or(clean(d.Label), "values"),
		counted: cmp.Or(clean(d.Counted), "records"),
		groups:  names(d.Groups),
	}
	f := newFigure(d.Title, d.Caption, d.Alt, h.describe(d), h)
	f.explain(h.groups, totals(d.Groups))
	return f, bins, nil
}

// check returns an error unless the data can be drawn.
func (d HistogramData) check() error {
	if len(d.Values) == 0 {
		return errors.New("there are no values")
	}
	for i, v := range d.Values {
		if err := checkValue(v); err != nil {
			return fmt.Errorf("value %d %w", i, err)
		}
		if i > 0 && v <= d.Values[i-1] {
			return fmt.Errorf("value %d (%v) is not greater than the one before it (%v)", i, v, d.Values[i-1])
		}
	}
	if d.Y > Log {
		return fmt.Errorf("the counts have an unknown scale (%d)", d.Y)
	}
	return checkGroups(d.Groups, len(d.Values), "values")
}

// A histogram is the body of a figure of binned counts.
type histogram struct {
	bins           Bins
	label, counted string
	groups         []string
}

// describe returns the alternative text.
func (h histogram) describe(d HistogramData) string {
	all := pool(d.Values, d.Groups, false)
	s := fmt.Sprintf("Histogram of %s: %s %s from %s to %s in %d bins",
		h.label, count(all.n), h.counted, short(all.lowest()), short(all.highest()), len(h.bins.Edges)-1)
	if h.bins.X == Log {
		s += " on a logarithmic axis"
	}
	if h.bins.Zeros != nil {
		var zeros int64
		for _, z := range h.bins.Zeros {
			zeros += z
		}
		s += fmt.Sprintf(", %s of them zero", count(zeros))
	}
	return s + "."
}

const (
	histogramPlot = 250.0 // height of the area within the axes
	zeroSlot      = 24.0  // width of the bar of zeros
	zeroGap       = 16.0  // its distance from the axis of positive values
)

func (h histogram) height(float64) float64 {
	return axisTitle + histogramPlot + tickLabels + axisTitle
}

func (h histogram) draw(p *painter, area rect) {
	y := h.countAxis()
	y.from, y.to = area.y+axisTitle+histogramPlot, area.y+axisTitle
	ticks := y.fitted(16, func(string) float64 { return tickText.size })
	plot := p.leftAxis(y, ticks, rect{area.x, y.to, area.w, histogramPlot})
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, h.title(h.counted, h.bins.Y), area.w))

	x := h.valueAxis()
	x.from, x.to = plot.x, plot.right()
	if h.bins.Zeros != nil {
		x.zeroAt = plot.x + zeroSlot/2 + 2
		x.from = x.zeroAt + zeroSlot/2 + zeroGap
	}
	colors := p.theme.groupColors(h.groups)
	if len(h.groups) == 1 {
		h.bars(p, x, y, colors[0])
	} else {
		h.outlines(p, x, y)
	}
	p.bottomAxis(x, plot.bottom(), plot.x, h.bins.Zeros != nil)
	p.text(labelText, p.theme.Muted, (plot.x+plot.right())/2, area.bottom()-axisTitle/2, center,
		fit(labelText, h.title(h.label, h.bins.X), plot.w))
}

// title returns the title of an axis, which says if it is logarithmic.
func (h histogram) title(name string, s Scale) string {
	if s != Log {
		return name
	}
	return name + ", log scale"
}

// valueAxis returns the axis of the values. One or two bars get room around.
func (h histogram) valueAxis() axis {
	edges := h.bins.Edges
	a := axis{scale: h.bins.X, lo: edges[0], hi: edges[len(edges)-1], whole: h.bins.Whole}
	if bins := len(edges) - 1; bins < 3 && a.scale == Linear {
		margin := (a.hi - a.lo) / float64(bins)
		a.lo, a.hi = a.lo-margin, a.hi+margin
	}
	return a
}

// countAxis returns the axis of the counts. A logarithmic one starts at half
// a record, so that a single one can be seen.
func (h histogram) countAxis() axis {
	tallest := float64(h.bins.tallest())
	if h.bins.Y == Log {
		return axis{scale: Log, lo: 0.5, hi: max(tallest*1.3, 10), whole: true}
	}
	return axis{scale: Linear, lo: 0, hi: tallest * 1.05, whole: true}
}

// span returns the pixels that bin i covers; i is -1 for the zeros.
func (h histogram) span(x axis, i int) (from, to float64) {
	if i < 0 {
		return x.zeroAt - zeroSlot/2, x.zeroAt + zeroSlot/2
	}
	return x.at(h.bins.Edges[i]), x.at(h.bins.Edges[i+1])
}

// bars draws a single group.
func (h histogram) bars(p *painter, x, y axis, c color.NRGBA) {
	var bars []rect
	bar := func(i int, n int64) {
		if n == 0 {
			return
		}
		from, to := h.span(x, i)
		if to-from > 4 {
			from, to = from+0.5, to-0.5
		}
		top := min(y.at(float64(n)), y.from-1)
		bars = append(bars, rect{from, top, max(to-from, 1), y.from - top})
	}
	for i, n := range h.bins.Counts[0] {
		bar(i, n)
	}
	if h.bins.Zeros != nil {
		bar(-1, h.bins.Zeros[0])
	}
	p.fill(c, bars...)
}

// outlines draws several groups as steps over each other. Two are shaded.
func (h histogram) outlines(p *painter, x, y axis) {
	colors := p.theme.groupColors(h.groups)
	shapes := make([][][]point, len(h.groups))
	for g := range h.groups {
		shapes[g] = h.steps(x, y, 0, h.bins.Counts[g])
		if h.bins.Zeros != nil {
			shapes[g] = append(shapes[g], h.steps(x, y, -1, h.bins.Zeros[g:g+1])...)
		}
	}
	if len(h.groups) == 2 {
		for g, outlines := range shapes {
			c := colors[g]
			c.A = 0x38
			for _, outline := range outlines {
				p.polygon(c, outline)
			}
		}
	}
	for g, outlines := range shapes {
		for _, outline := range outlines {
			p.stroke(colors[g], 1.75, outline)
		}
	}
}

// steps returns the outline of each run of bins that are not empty, from the
// baseline up and back. The first count belongs to the bin first.
func (h histogram) steps(x, y axis, first int, counts []int64) [][]point {
	var outlines [][]point
	var run []point
	for i, n := range counts {
		from, to := h.span(x, first+i)
		if n > 0 {
			top := min(y.at(float64(n)), y.from-1)
			if run == nil {
				run = append(run, point{from, y.from})
			}
			run = append(run, point{from, top}, point{to, top})
		}
		if run != nil && (i == len(counts)-1 || counts[i+1] == 0) {
			outlines = append(outlines, append(run, point{run[len(run)-1].x, y.from}))
			run = nil
		}
	}
	return outlines
}
