package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// HeatmapData is what Heatmap draws: a matrix of numbers.
type HeatmapData struct {
	Title, Caption, Alt string // see Figure

	// Rows and Columns name the matrix from top to bottom and left to right.
	Rows, Columns []string
	// Values holds one slice per row with one number per column. NaN is an
	// undefined cell, drawn in grey.
	Values [][]float64
	// Label names what the colours stand for: "Spearman's ρ".
	Label string

	// Correlation says that the values lie between -1 and 1 and are coloured
	// from blue over white to vermillion. Otherwise they are magnitudes of at
	// least zero, coloured from light at zero to dark at the largest.
	Correlation bool
	// Signed says that the values may be of either sign, such as residuals, and
	// are coloured in the same way up to the largest size.
	Signed bool
	// Scale spreads the colours of magnitudes. Auto takes the logarithm if
	// the largest exceeds the median of the positive ones more than a
	// hundredfold; zeros then stay lighter than every positive number.
	Scale Scale
}

// Heatmap draws a matrix as coloured cells, such as the correlations of up to
// 60 columns or counts by two labels. Numbers stand in the cells if there are at
// most 12 columns.
//
// It returns an error if the matrix is empty, larger than 60 by 60, not
// rectangular, without any defined value, or holds a number out of range.
func Heatmap(d HeatmapData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("heat map of %q: %w", d.Label, err)
	}
	h := heatmap{
		rows: cleanAll(d.Rows), columns: cleanAll(d.Columns),
		label: cmp.Or(clean(d.Label), "values"), correlation: d.Correlation, signed: d.Signed,
	}
	for _, row := range d.Values {
		h.values = append(h.values, slices.Clone(row))
	}
	if err := h.spread(d.Scale); err != nil {
		return nil, fmt.Errorf("heat map of %q: %w", d.Label, err)
	}
	return newFigure(d.Title, d.Caption, d.Alt, h.describe(), h), nil
}

// check returns an error unless the data can be drawn.
func (d HeatmapData) check() error {
	if len(d.Rows) == 0 || len(d.Columns) == 0 {
		return errors.New("there are no cells")
	}
	if len(d.Rows) > maxCells || len(d.Columns) > maxCells {
		return fmt.Errorf("%d by %d cells are too many to read, at most %d by %d can be drawn",
			len(d.Rows), len(d.Columns), maxCells, maxCells)
	}
	if len(d.Values) != len(d.Rows) {
		return fmt.Errorf("there are %d rows of values for %d row names", len(d.Values), len(d.Rows))
	}
	defined := false
	for i, row := range d.Values {
		if len(row) != len(d.Columns) {
			return fmt.Errorf("row %d has %d values for %d column names", i, len(row), len(d.Columns))
		}
		for j, v := range row {
			if math.IsNaN(v) {
				continue
			}
			defined = true
			if err := d.checkCell(v); err != nil {
				return fmt.Errorf("row %d, column %d %w", i, j, err)
			}
		}
	}
	if !defined {
		return errors.New("no cell has a value")
	}
	return nil
}

// checkCell returns an error, the end of a sentence about the cell, unless v is
// within the range of its colours.
func (d HeatmapData) checkCell(v float64) error {
	const rounding = 1e-9
	switch {
	case d.Correlation && math.Abs(v) > 1+rounding:
		return fmt.Errorf("holds %v, which is not a correlation between -1 and 1", v)
	case d.Correlation:
		return nil
	case d.Signed:
		return checkValue(v)
	case v < 0:
		return fmt.Errorf("holds %v, but a magnitude cannot be negative", v)
	}
	return checkValue(v)
}

// A heatmap is the body of a figure of a matrix.
type heatmap struct {
	rows, columns []string
	values        [][]float64
	label         string
	correlation   bool
	signed        bool
	scale         Scale   // Linear or Log
	lo, hi        float64 // the range of the colours
	zeros         bool    // zeros beside a logarithmic range
	undefined     bool    // there are cells without a value
}

// spread chooses the range of the colours.
func (h *heatmap) spread(wish Scale) error {
	var positive []float64
	for _, row := range h.values {
		for _, v := range row {
			h.undefined = h.undefined || math.IsNaN(v)
			h.zeros = h.zeros || v == 0
			if v > 0 {
				positive = append(positive, v)
			}
		}
	}
	if h.correlation {
		h.scale, h.lo, h.hi = Linear, -1, 1
		return nil
	}
	if h.signed {
		h.spreadSigned()
		return nil
	}
	h.scale, h.hi = Linear, 1
	typical := math.NaN()
	if len(positive) > 0 {
		slices.Sort(positive)
		typical, h.hi = positive[(len(positive)-1)/2], positive[len(positive)-1]
	} else if wish == Log {
		return errors.New("a logarithmic scale needs a positive value")
	}
	var err error
	if h.scale, err = chooseScale(wish, 0, h.hi, typical); err != nil {
		return err
	}
	h.zeros = h.zeros && h.scale == Log
	if h.scale == Log {
		h.lo = positive[0]
		if h.hi < 10*h.lo {
			h.lo = h.hi / 10
		}
	}
	return nil
}

// spreadSigned gives both signs colours up to the largest size.
func (h *heatmap) spreadSigned() {
	largest := 0.0
	for _, row := range h.values {
		for _, v := range row {
			if size := math.Abs(v); size > largest {
				largest = size
			}
		}
	}
	if largest == 0 {
		largest = 1
	}
	h.scale, h.lo, h.hi, h.zeros = Linear, -largest, largest, false
}

// describe returns the alternative text.
func (h heatmap) describe() string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range h.values {
		for _, v := range row {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return fmt.Sprintf("Heat map of %s: %d rows by %d columns, values from %s to %s.",
		h.label, len(h.rows), len(h.columns), h.number(low), h.number(high))
}

// number writes the value of a cell.
func (h heatmap) number(v float64) string {
	switch {
	case h.correlation:
	case h.signed && math.Abs(v) < 1e4:
		return minus(strconv.FormatFloat(math.Round(v*10)/10+0, 'f', 1, 64))
	case v == math.Trunc(v) && math.Abs(v) < 1e5:
		return count(int64(v))
	default:
		return short(v)
	}
	return minus(strconv.FormatFloat(math.Round(v*100)/100+0, 'f', 2, 64))
}

// shade returns the position of a value on the ramp of colours.
func (h heatmap) shade(v float64) float64 {
	switch {
	case h.scale != Log:
		return (v - h.lo) / (h.hi - h.lo)
	case v == 0:
		return 0
	}
	const above = 0.1 // keeps the least positive value apart from zero
	f := (math.Log10(v) - math.Log10(h.lo)) / (math.Log10(h.hi) - math.Log10(h.lo))
	return above + (1-above)*f
}

// ramp returns the colours of the matrix.
func (h heatmap) ramp(t Theme) Ramp {
	if h.correlation || h.signed {
		return t.Diverging
	}
	return t.Sequential
}
