package stats

import (
	"fmt"
	"math"
)

// A LogitTerm is one term of a logistic regression, with a value for each pattern:
// a quantity, which has one coefficient; a category, which has one for each level
// but the reference; or, with both Values and Codes, a slope for each level but the
// reference, which is how a quantity and a category interact.
type LogitTerm struct {
	Name   string
	Values []float64 // finite; nil for a category
	Codes  []uint32  // places among Levels; nil for a quantity
	Levels []string
	Ref    int // place of the reference level
}

// LogitData are the rows of a logistic regression. Rows that agree in every term
// are one pattern, so that categories make a table of any length small.
type LogitData struct {
	Terms   []LogitTerm
	Ones    []int64 // rows of the class whose odds are modelled, by pattern
	Zeros   []int64 // rows of the other class
	Cluster []int   // by pattern, from 0; nil: every row stands for itself
}

// maxLogitColumns bounds the coefficients of one model: its matrices grow with the
// square of their number.
const maxLogitColumns = 600

// A logitColumn is what a coefficient belongs to.
type logitColumn struct {
	term   int // -1: the intercept
	level  int // of a category
	center float64
	scale  float64
}

// A logitDesign is the design matrix: of each pattern its quantities, which are
// centred and scaled, and the few columns that its categories make other than 0.
// The intercept is column 0, and stands among the latter.
type logitDesign struct {
	columns []logitColumn
	dense   []int     // the columns of quantities
	x       []float64 // their values, pattern by pattern
	at      []int32   // the columns of categories, pattern by pattern; -1: none
	by      []float64 // the values there
	slots   int       // how many a pattern has
	ones    []float64
	rows    []float64
	blocks  int
	workers int
	sums    *summedRows // instead of rows; nil: there are rows
}

// check returns an error unless the terms fit the patterns.
func (d *LogitData) check() error {
	n := len(d.Ones)
	if len(d.Zeros) != n || d.Cluster != nil && len(d.Cluster) != n {
		return fmt.Errorf("logistic regression of %d and %d counts: %w", n, len(d.Zeros), ErrLengths)
	}
	columns := 1
	for _, t := range d.Terms {
		if t.Values != nil && len(t.Values) != n || t.Codes != nil && len(t.Codes) != n || t.Values == nil && t.Codes == nil {
			return fmt.Errorf("term %s: %w", t.Name, ErrLengths)
		}
		if !allFinite(t.Values) {
			return fmt.Errorf("term %s: %w", t.Name, ErrNotFinite)
		}
		more, err := t.columns(n)
		if err != nil {
			return err
		}
		columns += more
	}
	return checkLogitColumns(columns)
}

// columns returns how many coefficients a term has, or an error unless its codes are
// those of so many patterns.
func (t *LogitTerm) columns(patterns int) (int, error) {
	if t.Codes == nil {
		return 1, nil
	}
	if len(t.Codes) != patterns {
		return 0, fmt.Errorf("term %s: %w", t.Name, ErrLengths)
	}
	for _, c := range t.Codes {
		if int(c) >= len(t.Levels) {
			return 0, fmt.Errorf("term %s: code %d of %d levels", t.Name, c, len(t.Levels))
		}
	}
	if t.Ref < 0 || t.Ref >= len(t.Levels) {
		return 0, fmt.Errorf("term %s has no level %d for a reference", t.Name, t.Ref)
	}
	return len(t.Levels) - 1, nil
}

func checkLogitColumns(n int) error {
	if n > maxLogitColumns {
		return fmt.Errorf("logistic regression with %d coefficients, of at most %d: %w", n, maxLogitColumns, ErrTooMany)
	}
	return nil
}

// newLogitDesign lays out the columns and fills them. Quantities are centred, which
// keeps them apart from the intercept, unless the intercept itself is asked about.
func newLogitDesign(data *LogitData, workers int, centred bool) *logitDesign {
	n := len(data.Ones)
	d := &logitDesign{columns: []logitColumn{{term: -1, scale: 1}}, slots: 1, workers: workers}
	d.ones, d.rows = make([]float64, n), make([]float64, n)
	for i := range n {
		d.ones[i], d.rows[i] = float64(data.Ones[i]), float64(data.Ones[i]+data.Zeros[i])
	}
	const blockPatterns, maxBlocks = 512, 32
	d.blocks = max(1, min(maxBlocks, n/blockPatterns))
	first := make([]int, len(data.Terms))
	for t := range data.Terms {
		first[t] = len(d.columns)
		d.addTerm(&data.Terms[t], t, centred)
	}
	d.x = make([]float64, n*len(d.dense))
	d.at, d.by = make([]int32, n*d.slots), make([]float64, n*d.slots)
	for i := range n {
		d.by[i*d.slots] = 1
	}
	k, slot := 0, 1
	for t := range data.Terms {
		if data.Terms[t].Codes == nil {
			d.fillQuantity(data.Terms[t].Values, k)
			k++
			continue
		}
		d.fillCategory(&data.Terms[t], first[t], slot)
		slot++
	}
	return d
}

// addTerm adds the columns of a term.
func (d *logitDesign) addTerm(t *LogitTerm, place int, centred bool) {
	if t.Codes == nil {
		d.dense = append(d.dense, len(d.columns))
		m := d.moments(t.Values)
		c := logitColumn{term: place, scale: m.SD()}
		if centred {
			c.center = m.Mean
		}
		if !(c.scale > 0) {
			c.scale = 1
		}
		d.columns = append(d.columns, c)
		return
	}
	d.slots++
	scale := 1.0
	if t.Values != nil {
		if m := d.moments(t.Values); m.SD() > 0 {
			scale = m.SD()
		}
	}
	for level := range t.Levels {
		if level != t.Ref {
			d.columns = append(d.columns, logitColumn{term: place, level: level, scale: scale})
		}
	}
}

// moments are those of a quantity over all rows.
func (d *logitDesign) moments(values []float64) Moments {
	var m Moments
	for i, x := range values {
		m.AddN(x, int64(d.rows[i]))
	}
	return m
}

func (d *logitDesign) fillQuantity(values []float64, k int) {
	c := d.columns[d.dense[k]]
	for i, x := range values {
		d.x[i*len(d.dense)+k] = (x - c.center) / c.scale
	}
}

func (d *logitDesign) fillCategory(t *LogitTerm, first, slot int) {
	for i, code := range t.Codes {
		at, column := i*d.slots+slot, first+int(code)
		switch {
		case int(code) == t.Ref:
			d.at[at] = -1
			continue
		case int(code) > t.Ref:
			column--
		}
		d.at[at], d.by[at] = int32(column), 1
		if t.Values != nil {
			d.by[at] = t.Values[i] / d.columns[column].scale
		}
	}
}

// block returns the patterns of a block. Blocks do not depend on the number of
// workers, and sums are merged in their order.
func (d *logitDesign) block(b int) (from, to int) {
	n := len(d.rows)
	return b * n / d.blocks, (b + 1) * n / d.blocks
}

// without returns the design without the rows of some patterns.
func (d *logitDesign) without(gone []bool) *logitDesign {
	out := *d
	out.ones, out.rows = make([]float64, len(d.ones)), make([]float64, len(d.rows))
	for i, g := range gone {
		if !g {
			out.ones[i], out.rows[i] = d.ones[i], d.rows[i]
		}
	}
	return &out
}

// unscaled turns coefficients of the centred and scaled columns into those of the
// columns themselves.
func (d *logitDesign) unscaled(beta []float64) []float64 {
	out := make([]float64, len(beta))
	out[0] = beta[0]
	for j := 1; j < len(beta); j++ {
		c := d.columns[j]
		out[j] = beta[j] / c.scale
		if c.center != 0 {
			out[0] -= out[j] * c.center
		}
	}
	return out
}

// unscaledCovariance does so for the covariance matrix of coefficients.
func (d *logitDesign) unscaledCovariance(v []float64) []float64 {
	p := len(d.columns)
	half, out := make([]float64, p*p), make([]float64, p*p)
	column := make([]float64, p)
	for j := range p {
		for i := range p {
			column[i] = v[i*p+j]
		}
		for i, x := range d.unscaled(column) {
			half[i*p+j] = x
		}
	}
	for i := range p {
		copy(out[i*p:], d.unscaled(half[i*p:(i+1)*p]))
	}
	return out
}

// log1pExp returns log(1+eˣ) without overflow.
func log1pExp(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}
