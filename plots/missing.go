package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// MissingData is what MissingMatrix draws: where in the file values are
// missing. All shares lie between 0 and 1.
type MissingData struct {
	Title, Caption, Alt string // see Figure

	// Columns are the names of the data's columns, drawn from top to bottom.
	Columns []string
	// Blocks holds for each column the share of missing values in each of
	// the consecutive blocks of rows, as many blocks for every column.
	Blocks [][]float64
	// Shares holds for each column the share of missing values in all rows.
	Shares []float64
	// Rows is the number of rows of the data.
	Rows int64
}

// MissingMatrix draws for each column a strip from the first to the last row,
// dark where values are missing, and the column's share of missing values.
//
// It returns an error if there are no columns or blocks, more than 120 columns
// or 400 blocks, or if a share is not between 0 and 1.
func MissingMatrix(d MissingData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("matrix of missing values: %w", err)
	}
	m := missing{columns: cleanAll(d.Columns), shares: slices.Clone(d.Shares), rows: d.Rows}
	for _, blocks := range d.Blocks {
		m.blocks = append(m.blocks, slices.Clone(blocks))
	}
	return newFigure(d.Title, d.Caption, d.Alt, m.describe(), m), nil
}

// check returns an error unless the data can be drawn.
func (d MissingData) check() error {
	n := len(d.Columns)
	switch {
	case n == 0:
		return errors.New("there are no columns")
	case n > maxColumns:
		return fmt.Errorf("%d columns are too many to read, at most %d can be drawn", n, maxColumns)
	case len(d.Blocks) != n:
		return fmt.Errorf("there are blocks of %d columns for %d names", len(d.Blocks), n)
	case len(d.Shares) != n:
		return fmt.Errorf("there are %d shares for %d columns", len(d.Shares), n)
	case len(d.Blocks[0]) == 0:
		return errors.New("there are no blocks of rows")
	case len(d.Blocks[0]) > maxBlocks:
		return fmt.Errorf("%d blocks of rows are too many, at most %d can be drawn", len(d.Blocks[0]), maxBlocks)
	case d.Rows < int64(len(d.Blocks[0])):
		return fmt.Errorf("%d rows do not make %d blocks", d.Rows, len(d.Blocks[0]))
	}
	share := func(v float64) bool { return v >= 0 && v <= 1 } // false for NaN
	for i, blocks := range d.Blocks {
		if len(blocks) != len(d.Blocks[0]) {
			return fmt.Errorf("column %q has %d blocks, the first column %d", d.Columns[i], len(blocks), len(d.Blocks[0]))
		}
		for j, v := range blocks {
			if !share(v) {
				return fmt.Errorf("column %q, block %d: the share %v is not between 0 and 1", d.Columns[i], j, v)
			}
		}
		if !share(d.Shares[i]) {
			return fmt.Errorf("column %q: the share %v is not between 0 and 1", d.Columns[i], d.Shares[i])
		}
	}
	return nil
}

// missing is the body of a figure of missing values.
type missing struct {
	columns []string
	blocks  [][]float64
	shares  []float64
	rows    int64
}

// describe returns the alternative text.
func (m missing) describe() string {
	with, most := 0, 0
	for i, share := range m.shares {
		if share > 0 {
			with++
		}
		if share > m.shares[most] {
			most = i
		}
	}
	s := fmt.Sprintf("Missing values by column and row order over %s rows: %d of %d columns have some",
		count(m.rows), with, len(m.columns))
	if with > 0 {
		s += fmt.Sprintf(", most of them %s (%s)", m.columns[most], percent(m.shares[most]))
	}
	return s + "."
}

const (
	stripPitch = 17.0
	shareBar   = 56.0
	shareText  = 46.0
)

func (m missing) height(float64) float64 {
	return axisTitle + stripPitch*float64(len(m.columns)) + tickLabels + colorBarHeight
}

func (m missing) draw(p *painter, area rect) {
	labelWidth := widest(tickText, m.columns, 0.3*area.w)
	sharesWidth := shareBar + shareText + 14
	plot := rect{area.x + labelWidth + 8, area.y + axisTitle, area.w - labelWidth - 8 - sharesWidth, stripPitch * float64(len(m.columns))}
	strips := cells{ramp: p.theme.Sequential}
	bars := plot.right() + 14
	var lengths []rect
	for i, name := range m.columns {
		top := plot.y + float64(i)*stripPitch
		middle := top + stripPitch/2
		p.text(tickText, p.theme.Ink, area.x+labelWidth, middle, right, fit(tickText, name, labelWidth))
		m.strip(&strips, m.blocks[i], rect{plot.x, top + 1, plot.w, stripPitch - 2})
		if m.shares[i] > 0 {
			lengths = append(lengths, rect{bars, top + 4, max(shareBar*m.shares[i], 1), stripPitch - 8})
		}
		p.text(tickText, p.theme.Ink, area.right(), middle, right, percent(m.shares[i]))
	}
	strips.draw(p)
	p.fill(p.theme.Grid, rect{bars - 1, plot.y, 1, plot.h})
	p.fill(strips.color(p.theme, 0.75), lengths...)
	p.text(tickText, p.theme.Muted, area.right(), area.y+axisTitle/2-2, right, "missing")
	first, last := "first row", "row "+count(m.rows)
	p.text(tickText, p.theme.Muted, plot.right(), plot.bottom()+12, right, last)
	if tickText.width(first)+tickText.width(last)+12 <= plot.w {
		p.text(tickText, p.theme.Muted, plot.x, plot.bottom()+12, left, first)
	}
	key := colorKey{
		ramp: strips.ramp, axis: axis{scale: Linear, lo: 0, hi: 1},
		shade:  missingShade,
		format: func(t tick) string { return strconv.Itoa(int(math.Round(100*t.value))) + "%" },
		label:  "missing in a block of rows",
	}
	key.draw(p, plot.x, plot.bottom()+tickLabels, area.right()-plot.x)
}

// missingShade returns the position of a share on the ramp of colours. A single
// missing value in a large block can still be told from none.
func missingShade(share float64) float64 {
	if share == 0 {
		return 0
	}
	const above = 0.12
	return above + (1-above)*share
}

// strip adds the blocks of one column, neighbours of equal colour as one.
func (m missing) strip(c *cells, blocks []float64, area rect) {
	width := area.w / float64(len(blocks))
	for from := 0; from < len(blocks); {
		to := from + 1
		shade := missingShade(blocks[from])
		for to < len(blocks) && level(missingShade(blocks[to])) == level(shade) {
			to++
		}
		c.add(shade, rect{area.x + float64(from)*width, area.y, float64(to-from) * width, area.h})
		from = to
	}
}
