package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
)

// BarsData is what Bars draws: categories with a count in each group.
type BarsData struct {
	Title, Caption, Alt string // see Figure

	// Label names what the categories are: "service".
	Label string
	// Counted names what is counted, "records" if empty.
	Counted string

	// Names are the categories from top to bottom, usually the most frequent
	// first. An empty name is shown as "(empty)".
	Names []string
	// Groups hold a count for each name. Several groups share a bar.
	Groups []Group

	// Limit is the number of categories that get a bar of their own, 15 if 0;
	// at most 60. Those that follow share the bar "other (k levels)".
	Limit int

	// Shares makes all bars equally long, so that the parts of each are the
	// shares of its groups.
	Shares bool
}

// Bars draws counts of categories as level bars with counts and shares of the
// whole in columns beside them. With two groups, a further column says which
// share of a category belongs to the one that is drawn as attacks (the second,
// unless the names say otherwise).
//
// It returns an error if there are no categories, if all counts are zero, or if
// the groups do not fit the names.
func Bars(d BarsData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("bars of %q: %w", d.Label, err)
	}
	b := bars{
		label:   cmp.Or(clean(d.Label), "category"),
		counted: cmp.Or(clean(d.Counted), "records"),
		groups:  names(d.Groups),
		shares:  d.Shares,
	}
	b.fold(d)
	f := newFigure(d.Title, d.Caption, d.Alt, b.describe(), b)
	f.explain(b.groups, totals(d.Groups))
	return f, nil
}

// check returns an error unless the data can be drawn.
func (d BarsData) check() error {
	if len(d.Names) == 0 {
		return errors.New("there are no categories")
	}
	if d.Limit < 0 || d.Limit > maxBars {
		return fmt.Errorf("the limit of %d bars is not between 0 and %d", d.Limit, maxBars)
	}
	return checkGroups(d.Groups, len(d.Names), "categories")
}

// A barRow is one bar: its parts, one for each group, and their sum.
type barRow struct {
	name  string
	parts []int64
	sum   int64
	other bool // several categories together
}

// bars is the body of a figure of categories.
type bars struct {
	label, counted string
	groups         []string
	rows           []barRow
	total, longest int64
	shares         bool // bars are equally long
}

// fold turns the categories into rows and puts those beyond the limit together.
func (b *bars) fold(d BarsData) {
	limit := d.Limit
	if limit == 0 {
		limit = 15
	}
	// A bar for a single other level takes no more room than the level itself.
	if len(d.Names) == limit+1 {
		limit++
	}
	for i, name := range d.Names {
		at := min(i, limit)
		if at == len(b.rows) {
			row := barRow{name: cmp.Or(clean(name), "(empty)"), parts: make([]int64, len(d.Groups))}
			if i == limit {
				row.name, row.other = fmt.Sprintf("other (%s levels)", count(int64(len(d.Names)-limit))), true
			}
			b.rows = append(b.rows, row)
		}
		for g, group := range d.Groups {
			b.rows[at].parts[g] += group.Counts[i]
			b.rows[at].sum += group.Counts[i]
			b.total += group.Counts[i]
		}
	}
	for _, row := range b.rows {
		b.longest = max(b.longest, row.sum)
	}
}

// describe returns the alternative text.
func (b bars) describe() string {
	s := fmt.Sprintf("Bar chart of %s by %s:", b.counted, b.label)
	for i, row := range b.rows[:min(len(b.rows), 5)] {
		if i > 0 {
			s += ","
		}
		s += fmt.Sprintf(" %s %s (%s)", row.name, count(row.sum), b.share(row))
	}
	if more := len(b.rows) - 5; more > 0 {
		s += fmt.Sprintf(", and %d more", more)
	}
	return s + "."
}

// share writes the row's share of the whole.
func (b bars) share(row barRow) string {
	return percent(float64(row.sum) / float64(b.total))
}

// A column is a right-aligned column of text beside the bars.
type column struct {
	title string
	cells []string
	width float64
}

// columns returns the column of counts and those of shares as far as there is
// room, and the width of all.
func (b bars) columns(t Theme, room float64) ([]column, float64) {
	counts, shares := column{title: b.counted}, column{title: "share"}
	for _, row := range b.rows {
		counts.cells = append(counts.cells, count(row.sum))
		shares.cells = append(shares.cells, b.share(row))
	}
	columns := []column{counts, shares}
	if len(b.groups) == 2 {
		marked := 0
		if t.groupColors(b.groups)[1] == t.Attack {
			marked = 1
		}
		part := column{title: b.groups[marked]}
		for _, row := range b.rows {
			part.cells = append(part.cells, percent(float64(row.parts[marked])/float64(row.sum)))
		}
		columns = append(columns, part)
	}
	var width float64
	for i := range columns {
		c := &columns[i]
		c.title = fit(tickText, c.title, 90)
		c.width = max(tickText.width(c.title), widest(labelText, c.cells, 160))
		if i > 0 && width+columnGap+c.width > room {
			return columns[:i], width
		}
		width += columnGap + c.width
	}
	return columns, width
}

const (
	barPitch  = 23.0
	barHeight = 15.0
	columnGap = 16.0
)

func (b bars) height(float64) float64 {
	return axisTitle + barPitch*float64(len(b.rows))
}

func (b bars) draw(p *painter, area rect) {
	var labels []string
	for _, row := range b.rows {
		labels = append(labels, row.name)
	}
	labelWidth := widest(labelText, append(labels, b.label), 0.32*area.w)
	columns, columnsWidth := b.columns(p.theme, area.w-labelWidth-8-0.25*area.w)
	plot := rect{area.x + labelWidth + 8, area.y + axisTitle, area.w - labelWidth - 8 - columnsWidth, area.h - axisTitle}

	p.text(tickText, p.theme.Muted, area.x+labelWidth, area.y+axisTitle/2-2, right, fit(tickText, b.label, labelWidth))
	colors := p.theme.groupColors(b.groups)
	for i, row := range b.rows {
		middle := plot.y + (float64(i)+0.5)*barPitch
		p.text(labelText, p.theme.Ink, area.x+labelWidth, middle, right, fit(labelText, row.name, labelWidth))
		b.bar(p, row, rect{plot.x, middle - barHeight/2, plot.w, barHeight}, colors)
	}
	p.vertical(p.theme.Ink, plot.x, plot.y+1, plot.bottom()-1)
	x := plot.right()
	for _, c := range columns {
		x += columnGap + c.width
		p.text(tickText, p.theme.Muted, x, area.y+axisTitle/2-2, right, c.title)
		for i, cell := range c.cells {
			p.text(labelText, p.theme.Ink, x, plot.y+(float64(i)+0.5)*barPitch, right, cell)
		}
	}
}

// bar draws the parts of a row one after the other within the area, which is
// as wide as the longest bar, or as every one.
func (b bars) bar(p *painter, row barRow, area rect, colors []color.NRGBA) {
	var before int64
	full := b.longest
	if b.shares {
		full = max(1, row.sum)
	}
	at := func(n int64) float64 { return area.x + area.w*float64(n)/float64(full) }
	for g, n := range row.parts {
		c := colors[g]
		if row.other && len(row.parts) == 1 {
			c = p.theme.Void
		}
		if n > 0 {
			from := at(before)
			p.fill(c, rect{from, area.y, max(at(before+n)-from, 1), area.h})
		}
		before += n
	}
}
