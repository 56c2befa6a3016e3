package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
)

// A Box is the summary of a sample that a box plot draws. An empty sample has
// N = 0 and is left out; its other fields are not read.
type Box struct {
	N              int64   // number of values
	Low, High      float64 // ends of the whiskers
	Q1, Median, Q3 float64 // quartiles
}

// A BoxGroup is a set of records that is drawn in its own colour, with one box
// for each name of the figure.
type BoxGroup struct {
	Name  string
	Boxes []Box
}

// BoxData is what Boxes draws.
type BoxData struct {
	Title, Caption, Alt string // see Figure

	// Label names the values with their unit: "duration (s)".
	Label string

	// Names are the samples from top to bottom: levels of a category, or one
	// name alone.
	Names []string
	// Groups hold a box for each name, drawn one below the other.
	Groups []BoxGroup

	// Scale forces the scale of the values; see Boxes.
	Scale Scale
}

// Boxes draws box plots of samples of the same quantity along a common level
// axis, from quartiles and whiskers that are given. It returns the scale of the
// axis as well: logarithmic if no number is negative and the largest exceeds the
// median of the positive quartiles more than a hundredfold. Zeros then have a
// place beside it.
//
// It returns an error if there is no box, or more than 120 of them, and if the
// numbers of a box are not finite or not in order.
func Boxes(d BoxData) (*Figure, Scale, error) {
	fail := func(err error) (*Figure, Scale, error) {
		return nil, Auto, fmt.Errorf("box plot of %q: %w", d.Label, err)
	}
	if err := d.check(); err != nil {
		return fail(err)
	}
	b := boxes{label: cmp.Or(clean(d.Label), "values"), names: cleanAll(d.Names)}

	for _, g := range d.Groups {
		b.groups = append(b.groups, clean(g.Name))
		b.boxes = append(b.boxes, slices.Clone(g.Boxes))
	}
	if err := b.arrange(d.Scale); err != nil {
		return fail(err)
	}
	f := newFigure(d.Title, d.Caption, d.Alt, b.describe(), b)
	f.explain(b.groups, nil)
	return f, b.axis.scale, nil
}

// check returns an error unless the data can be drawn.
func (d BoxData) check() error {
	switch {
	case len(d.Names) == 0 || len(d.Groups) == 0:
		return errors.New("there are no samples")
	case len(d.Groups) > maxGroups:
		return fmt.Errorf("%d groups are too many to tell apart, at most %d can be drawn", len(d.Groups), maxGroups)
	case len(d.Names)*len(d.Groups) > maxBoxes:
		return fmt.Errorf("%d boxes are too many to read, at most %d can be drawn", len(d.Names)*len(d.Groups), maxBoxes)
	}
	drawn := 0
	for _, g := range d.Groups {
		if len(g.Boxes) != len(d.Names) {
			return fmt.Errorf("group %q has %d boxes for %d names", g.Name, len(g.Boxes), len(d.Names))
		}
		for i, b := range g.Boxes {
			if err := b.check(); err != nil {
				return fmt.Errorf("group %q, %q: %w", g.Name, d.Names[i], err)
			}
			if b.N > 0 {
				drawn++
			}
		}
	}
	if drawn == 0 {
		return errors.New("all samples are empty")
	}
	return nil
}

// numbers returns the five numbers from the smallest to the largest.
func (b Box) numbers() [5]float64 {
	return [5]float64{b.Low, b.Q1, b.Median, b.Q3, b.High}
}

// check returns an error unless the box is empty or its numbers are in order.
// A whisker may end within the box, as happens when all values beyond the
// quartile are outliers.
func (b Box) check() error {
	if b.N < 0 {
		return fmt.Errorf("the number of values is negative (%d)", b.N)
	}
	if b.N == 0 {
		return nil
	}
	for i, name := range [5]string{"the lower whisker", "the lower quartile", "the median", "the upper quartile", "the upper whisker"} {
		if err := checkValue(b.numbers()[i]); err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
	}
	if b.Q1 > b.Median || b.Median > b.Q3 || b.Low > b.High || b.Low > b.Median || b.High < b.Median {
		return fmt.Errorf("the numbers %v are not in order", b.numbers())
	}
	return nil
}

// boxes is the body of a figure of box plots.
type boxes struct {
	label  string
	names  []string
	groups []string
	boxes  [][]Box // by group and name
	axis   axis
	zeros  bool
}

// arrange chooses the axis.
func (b *boxes) arrange(wish Scale) error {
	lowest, highest, least := math.Inf(1), math.Inf(-1), math.Inf(1)
	var quartiles []float64
	for _, group := range b.boxes {
		for _, box := range group {
			if box.N == 0 {
				continue
			}
			for i, v := range box.numbers() {
				lowest, highest = min(lowest, v), max(highest, v)
				if v > 0 {
					least = min(least, v)
					if i > 0 && i < 4 {
						quartiles = append(quartiles, v)
					}
				}
			}
		}
	}
	typical := math.NaN()
	if len(quartiles) > 0 {
		slices.Sort(quartiles)
		typical = quartiles[(len(quartiles)-1)/2]
	}
	scale, err := chooseScale(wish, lowest, highest, typical)
	if err != nil {
		return err
	}
	b.axis = axis{scale: scale}
	if scale == Log {
		b.zeros = lowest == 0
		b.axis.lo, b.axis.hi = least/1.3, highest*1.3
		return nil
	}
	margin := 0.03 * (highest - lowest)
	if margin <= 1e-9*max(math.Abs(lowest), math.Abs(highest)) {
		margin = max(1e-6*max(math.Abs(lowest), math.Abs(highest)), highest-lowest)
	}
	if margin == 0 {
		margin = 0.5
	}
	b.axis.lo, b.axis.hi = lowest-margin, highest+margin
	return nil
}

// describe returns the alternative text.
func (b boxes) describe() string {
	var medians []string
	for g, group := range b.boxes {
		for i, box := range group {
			if box.N == 0 {
				continue
			}
			name := cmp.Or(b.names[i], "(empty)")
			if len(b.groups) > 1 {
				name += ", " + b.groups[g]
			}
			medians = append(medians, name+" "+short(box.Median))
		}
	}
	const most = 12
	more := ""
	if len(medians) > most {
		more = fmt.Sprintf("; and %d more", len(medians)-most)
		medians = medians[:most]
	}
	return fmt.Sprintf("Box plots of %s; medians: %s%s.", b.label, strings.Join(medians, "; "), more)
}

const (
	boxHeight  = 13.0
	boxPitch   = 18.0
	samplesGap = 12.0
)

func (b boxes) height(float64) float64 {
	block := boxPitch*float64(len(b.groups)) + samplesGap
	return axisTitle + block*float64(len(b.names)) + tickLabels + axisTitle
}

func (b boxes) draw(p *painter, area rect) {
	labelWidth := widest(labelText, b.names, 0.3*area.w)
	var sizes []string
	for _, group := range b.boxes {
		for _, box := range group {
			sizes = append(sizes, count(box.N))
		}
	}
	sizeWidth := widest(tickText, append(sizes, "n"), 110)
	plot := rect{area.x + labelWidth + 10, area.y + axisTitle, area.w - labelWidth - sizeWidth - 22, 0}
	plot.h = area.h - 2*axisTitle - tickLabels
	x := b.axis
	x.from, x.to = plot.x, plot.right()
	if b.zeros {
		x.zeroAt = plot.x + zeroSlot/2 + 2
		x.from = x.zeroAt + zeroSlot/2 + zeroGap
	}
	for _, t := range x.fitted(12, tickText.width) {
		if t.label != "" {
			p.vertical(p.theme.Grid, x.at(t.value), plot.y, plot.bottom())
		}
	}
	if b.zeros {
		p.vertical(p.theme.Grid, x.zeroAt, plot.y, plot.bottom())
	}
	p.text(tickText, p.theme.Muted, area.right(), area.y+axisTitle/2-2, right, "n")
	b.samples(p, x, plot, area, labelWidth)
	p.bottomAxis(x, plot.bottom(), plot.x, b.zeros)
	title := b.label
	if x.scale == Log {
		title += ", log scale"
	}
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, area.bottom()-axisTitle/2, center, fit(labelText, title, plot.w))
}

// samples draws names, boxes and sample sizes.
func (b boxes) samples(p *painter, x axis, plot, area rect, labelWidth float64) {
	colors := p.theme.groupColors(b.groups)
	block := plot.h / float64(len(b.names))
	for i, name := range b.names {
		top := plot.y + float64(i)*block
		p.text(labelText, p.theme.Ink, plot.x-10, top+block/2, right, fit(labelText, name, labelWidth))
		for g, group := range b.boxes {
			middle := snap(top + samplesGap/2 + (float64(g)+0.5)*boxPitch)
			p.text(tickText, p.theme.Muted, area.right(), middle, right, count(group[i].N))
			if group[i].N > 0 {
				group[i].draw(p, x, middle, colors[g])
			}
		}
	}
}

// draw draws the box around a level line, on whole pixels.
func (b Box) draw(p *painter, x axis, middle float64, c color.NRGBA) {
	at := func(v float64) float64 { return math.Round(x.at(v)) }
	low, q1, median, q3, high := at(b.Low), at(b.Q1), at(b.Median), at(b.Q3), at(b.High)
	top := math.Round(middle - boxHeight/2)
	middle = top + boxHeight/2
	p.horizontal(c, min(low, q1), max(high, q3), middle)
	for _, end := range [2]float64{low, high} {
		p.vertical(c, end, middle-boxHeight/4, middle+boxHeight/4)
	}
	// Wide enough to show its colour where the quartiles coincide.
	margin := max(0, math.Ceil((6-(q3-q1))/2))
	frame := rect{q1 - margin, top, q3 - q1 + 2*margin, boxHeight}
	p.fill(c, frame)
	p.fill(tint(c, p.theme.Paper, 0.35), rect{frame.x + 1, frame.y + 1, frame.w - 2, frame.h - 2})
	p.fill(p.theme.Ink, rect{median - 1, frame.y, 2, frame.h})
}
