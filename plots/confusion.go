package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
)

// ConfusionData is what ConfusionMatrix draws: rows by the class they are of and the one
// they were taken for.
type ConfusionData struct {
	Title, Caption, Alt string // see Figure

	// Classes name rows and columns, from top to bottom and left to right; at most 60.
	Classes []string
	// Counts[i][j] rows of class i were taken for class j.
	Counts [][]int64

	// Actual and Predicted name what the rows and columns are, "actual" and "predicted" if
	// empty.
	Actual, Predicted string
}

// ConfusionMatrix draws a table of classes as cells, coloured by which share of the rows
// of their class they hold. In the cells stand that share and, where there is room, the
// count; beside them, how many rows the class has. Shares are whole per cents: a number
// other than 0 that is less than half a per cent reads <1, and one that is not all reads
// 99 at most. Cells without rows are empty, and the diagonal is framed.
//
// It returns an error if there are fewer than 2 or more than 60 classes, if the counts do
// not fit them or all are 0, or if one is negative.
func ConfusionMatrix(d ConfusionData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("confusion matrix: %w", err)
	}
	c := confusion{classes: cleanAll(d.Classes), actual: cmp.Or(clean(d.Actual), "actual"), predicted: cmp.Or(clean(d.Predicted), "predicted")}
	for _, row := range d.Counts {
		c.counts = append(c.counts, slices.Clone(row))
		var total int64
		for _, n := range row {
			total += n
		}
		c.totals = append(c.totals, total)
	}
	return newFigure(d.Title, d.Caption, d.Alt, c.describe(), c), nil
}

func (d ConfusionData) check() error {
	switch n := len(d.Classes); {
	case n < 2:
		return fmt.Errorf("there are %d classes, want at least 2", n)
	case n > maxCells:
		return fmt.Errorf("%d classes are too many to read, at most %d can be drawn", n, maxCells)
	case len(d.Counts) != n:
		return fmt.Errorf("there are %d rows of counts for %d classes", len(d.Counts), n)
	}
	var total int64
	for i, row := range d.Counts {
		if len(row) != len(d.Classes) {
			return fmt.Errorf("class %q has %d counts for %d classes", d.Classes[i], len(row), len(d.Classes))
		}
		for j, n := range row {
			if n < 0 {
				return fmt.Errorf("class %q, taken for %q: the count %d is negative", d.Classes[i], d.Classes[j], n)
			}
			if n > math.MaxInt64-total {
				return errors.New("the counts add up to more than an integer can hold")
			}
			total += n
		}
	}
	if total == 0 {
		return errors.New("all counts are zero")
	}
	return nil
}

// confusion is the body of a figure of classes against predictions.
type confusion struct {
	classes           []string
	counts            [][]int64
	totals            []int64
	actual, predicted string
}

// describe returns the alternative text.
func (c confusion) describe() string {
	const most = 8
	s := fmt.Sprintf("Confusion matrix of %d classes, share of the rows of each that were recognised:", len(c.classes))
	for i, name := range c.classes[:min(len(c.classes), most)] {
		if i > 0 {
			s += ","
		}
		s += fmt.Sprintf(" %s %s of %s", cmp.Or(name, "(empty)"), percent(c.share(i, i)), count(c.totals[i]))
	}
	if more := len(c.classes) - most; more > 0 {
		s += fmt.Sprintf(", and %d more", more)
	}
	return s + "."
}

// share returns which share of the rows of class i were taken for class j; NaN for a class
// without rows.
func (c confusion) share(i, j int) float64 { return float64(c.counts[i][j]) / float64(c.totals[i]) }

// wholePercent writes a share in at most three characters.
func wholePercent(share float64) string {
	switch p := 100 * share; {
	case p < 0.5:
		return "<1"
	case share < 1 && p >= 99.5:
		return "99"
	default:
		return strconv.FormatFloat(p, 'f', 0, 64)
	}
}

// A confusionGrid is the places of the cells in an area.
type confusionGrid struct {
	labels        float64 // width of the row labels
	totals        float64 // width of the column of totals
	top           float64 // height of the column labels
	every         int     // of how many columns one has its label
	level         bool    // column labels are level, not upright
	width, height float64 // of a cell
	counted       bool    // counts stand below the shares
}

func (c confusion) grid(width float64) confusionGrid {
	n := float64(len(c.classes))
	var g confusionGrid
	g.labels = widest(tickText, c.classes, min(0.26*width, 150))
	texts := []string{"rows"}
	longest := 0.0
	for i, row := range c.counts {
		texts = append(texts, count(c.totals[i]))
		for _, k := range row {
			longest = max(longest, smallText.width(count(k)))
		}
	}
	g.totals = widest(tickText, texts, 100)
	g.width = min((width-g.labels-g.totals-20)/n, 110)
	g.counted = g.width >= max(longest+8, 40)
	switch {
	case g.counted:
		g.height = 40
	default:
		g.height = min(max(g.width, 16), 30)
	}
	g.every = max(1, int(math.Ceil(0.93*tickText.size/g.width)))
	var shown []string
	for i := 0; i < len(c.classes); i += g.every {
		shown = append(shown, c.classes[i])
	}
	g.level = widest(tickText, c.classes, math.Inf(1)) <= g.width-6
	g.top = widest(tickText, shown, longestUpright) + 6
	if g.level {
		g.top = 20
	}
	return g
}

func (c confusion) height(width float64) float64 {
	g := c.grid(width)
	return axisTitle + g.top + g.height*float64(len(c.classes)) + colorBarHeight
}

func (c confusion) draw(p *painter, area rect) {
	g := c.grid(area.w)
	n := len(c.classes)
	x, y := area.x+g.labels+8, area.y+axisTitle+g.top
	end := x + g.width*float64(n) + 10 + g.totals
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, c.actual+" ↓   "+c.predicted+" →", area.w))
	c.names(p, g, x, y)
	matrix := cells{ramp: p.theme.Sequential}
	cell := func(i, j int) rect {
		x0, x1 := snap(x+float64(j)*g.width), snap(x+float64(j+1)*g.width)
		y0, y1 := snap(y+float64(i)*g.height), snap(y+float64(i+1)*g.height)
		return rect{x0, y0, x1 - x0 - 1, y1 - y0 - 1}
	}
	for i := range n {
		for j := range n {
			matrix.add(c.share(i, j), cell(i, j))
		}
	}
	matrix.draw(p)
	for i := range n {
		p.frame(p.theme.Ink, cell(i, i))
		for j := range n {
			if c.counts[i][j] > 0 {
				c.write(p, g, cell(i, j), c.counts[i][j], c.share(i, j), p.theme.inkOn(matrix.color(p.theme, c.share(i, j))))
			}
		}
		p.text(tickText, p.theme.Muted, end, y+(float64(i)+0.5)*g.height, right, fit(tickText, count(c.totals[i]), g.totals))
	}
	p.text(tickText, p.theme.Muted, end, y-10, right, "rows")
	key := colorKey{
		ramp: matrix.ramp, axis: axis{scale: Linear, lo: 0, hi: 1}, shade: func(v float64) float64 { return v },
		format: func(t tick) string { return strconv.FormatFloat(100*t.value, 'f', 0, 64) }, label: "% of a class",
		undefined: slices.Contains(c.totals, 0),
	}
	key.draw(p, x, y+g.height*float64(n), area.right()-x)
}

// names draws the names of the classes beside the cells at x, y.
func (c confusion) names(p *painter, g confusionGrid, x, y float64) {
	for i, name := range c.classes {
		name = cmp.Or(name, "(empty)")
		p.text(tickText, p.theme.Ink, x-8, y+(float64(i)+0.5)*g.height, right, fit(tickText, name, g.labels))
		middle := x + (float64(i)+0.5)*g.width
		switch {
		case g.level:
			p.text(tickText, p.theme.Ink, middle, y-10, center, name)
		case i%g.every == 0:
			p.textUp(tickText, p.theme.Ink, middle, y-6, fit(tickText, name, longestUpright))
		}
	}
}

// write writes what a cell holds, as far as there is room.
func (c confusion) write(p *painter, g confusionGrid, r rect, n int64, share float64, ink color.NRGBA) {
	at := r.middle()
	text := wholePercent(share)
	if !g.counted {
		style := tickText
		if style.width("<1") > r.w-2 || style.width(text) > r.w-2 {
			style = smallText
		}
		if style.width(text) <= r.w {
			p.text(style, ink, at.x, at.y, center, text)
		}
		return
	}
	p.text(labelText, ink, at.x, at.y-8, center, text+"%")
	p.text(smallText, ink, at.x, at.y+9, center, count(n))
}

// frame draws the border of a rectangle, one pixel thick, within it.
func (p *painter) frame(c color.NRGBA, r rect) {
	p.fill(c, rect{r.x, r.y, r.w, 1}, rect{r.x, r.bottom() - 1, r.w, 1}, rect{r.x, r.y, 1, r.h}, rect{r.right() - 1, r.y, 1, r.h})
}
