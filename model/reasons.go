package model

import (
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// Reasons split the scores of rows into what each column of their table adds: Base and
// the parts of a row add up to its Total.
type Reasons struct {
	Scale   string // "log odds", "probability", "score"
	Exact   bool   // by the structure of the model; else by sampling
	Base    float64
	Total   []float64   // by row
	Columns []string    // of the table, in the order of the schema, and derived ones behind
	Parts   [][]float64 // by column, by row
}

// Explain returns reasons for the scores of rows of the schema's columns. Where the
// model is additive or made of trees, they are exact: for trees they are Shapley
// values [1]. Other models are asked for mixtures of the row and of a reference row,
// which has the median of each number and the commonest level of each column, the
// columns being changed in random orders: sampled Shapley values [2], which add up to
// the score less that of the reference all the same. The reasons are for the model's
// own score, before any calibration.
//
// [1] S. M. Lundberg et al. (2020), "From local explanations to global understanding
// with explainable AI for trees", Nature Machine Intelligence 2, 56–67.
//
// [2] E. Štrumbelj and I. Kononenko (2014), "Explaining prediction models and individual
// predictions with feature contributions", Knowledge and Information Systems 41,
// 647–665.
func (p *Pipeline) Explain(x *learn.Matrix) (*Reasons, error) {
	if e, ok := p.Model.(learn.Explainer); ok {
		z, err := p.Steps.Apply(x)
		if err != nil {
			return nil, err
		}
		found, err := e.Explain(z)
		if err == nil {
			return p.bySource(found), nil
		}
		if !errors.Is(err, errors.ErrUnsupported) {
			return nil, err
		}
	}
	return p.sampleReasons(x)
}

// bySource adds up the parts of columns that were made from the same column of the table.
func (p *Pipeline) bySource(e *learn.Explanation) *Reasons {
	r := &Reasons{Scale: e.Scale, Exact: true, Base: e.Base, Total: e.Total}
	for j := range p.Schema.Inputs {
		r.Columns = append(r.Columns, p.Schema.Inputs[j].Name)
	}
	inputs := p.Model.Inputs()
	for j := range inputs {
		if !slices.Contains(r.Columns, inputs[j].Origin()) {
			r.Columns = append(r.Columns, inputs[j].Origin())
		}
	}
	r.Parts = make([][]float64, len(r.Columns))
	for c := range r.Parts {
		r.Parts[c] = make([]float64, len(e.Total))
	}
	for j := range inputs {
		parts := r.Parts[slices.Index(r.Columns, inputs[j].Origin())]
		for i, v := range e.Parts[j] {
			parts[i] += v
		}
	}
	return r
}

// How many random orders of the columns are taken, each forth and back: fewer of models
// that ask several others.
const (
	reasonOrders       = 8
	reasonOrdersOfMany = 2
)

// sampleReasons samples Shapley values against the reference row.
func (p *Pipeline) sampleReasons(x *learn.Matrix) (*Reasons, error) {
	columns := len(p.Schema.Inputs)
	r := &Reasons{Scale: p.marginScale(), Total: make([]float64, x.Rows), Parts: make([][]float64, columns)}
	for j := range columns {
		r.Columns = append(r.Columns, p.Schema.Inputs[j].Name)
		r.Parts[j] = make([]float64, x.Rows)
	}
	forth := reasonOrders
	if _, many := p.Model.(learn.Margined); many {
		forth = reasonOrdersOfMany
	}
	orders := columnOrders(columns, forth, p.Recipe.Seed)
	for i := range x.Rows {
		if err := p.sampleRow(r, x, i, orders); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// sampleRow finds the parts of row i. Columns in which the row is as the reference row
// change nothing, so that only the others are tried.
func (p *Pipeline) sampleRow(r *Reasons, x *learn.Matrix, i int, orders [][]int) error {
	steps := make([][]int, len(orders))
	for o, order := range orders {
		for _, j := range order {
			if !p.Schema.Inputs[j].isReference(x, j, i) {
				steps[o] = append(steps[o], j)
			}
		}
	}
	scores, err := p.margins(p.mixtures(x, i, steps))
	if err != nil {
		return err
	}
	r.Base, r.Total[i] = scores[0], scores[1]
	at := 2
	for _, order := range steps {
		before := scores[0]
		for k, j := range order {
			after := scores[1]
			if k < len(order)-1 {
				after = scores[at]
				at++
			}
			r.Parts[j][i] += (after - before) / float64(len(orders))
			before = after
		}
	}
	return nil
}

// isReference reports whether a cell is that of the reference row.
func (in *Input) isReference(x *learn.Matrix, j, i int) bool {
	if in.Coded() {
		return x.Codes[j][i] == in.commonest()
	}
	return x.Numbers[j][i] == in.Median
}

// marginScale names what is sampled.
func (p *Pipeline) marginScale() string {
	if m, ok := p.Model.(learn.Margined); ok {
		return m.MarginScale()
	}
	return "score"
}

// columnOrders returns random orders of the columns, each followed by its reverse, with
// which the sampling error is smaller.
func columnOrders(columns, forth int, seed uint64) [][]int {
	rng := rand.New(rand.NewPCG(seed, 0x0bde5))
	var orders [][]int
	for range forth {
		order := rng.Perm(columns)
		back := slices.Clone(order)
		slices.Reverse(back)
		orders = append(orders, order, back)
	}
	return orders
}

// mixtures returns the reference row, row i of x, and then, for each order, what is between
// them: the reference row with one more column taken from row i each time.
func (p *Pipeline) mixtures(x *learn.Matrix, i int, orders [][]int) *learn.Matrix {
	rows := 2
	for _, order := range orders {
		rows += max(0, len(order)-1)
	}
	out := learn.NewMatrix(p.Schema.columns, rows)
	for j := range p.Schema.Inputs {
		in := &p.Schema.Inputs[j]
		row := 0
		put := func(taken bool) {
			switch {
			case in.Coded() && taken:
				out.Codes[j][row] = x.Codes[j][i]
			case in.Coded():
				out.Codes[j][row] = in.commonest()
			case taken:
				out.Numbers[j][row] = x.Numbers[j][i]
			default:
				out.Numbers[j][row] = in.Median
			}
			row++
		}
		put(false)
		put(true)
		for _, order := range orders {
			from := slices.Index(order, j) // a column that is in no order is the same in both rows
			for k := range max(0, len(order)-1) {
				put(from >= 0 && k >= from)
			}
		}
	}
	return out
}

// commonest returns the code of the level that most training rows had.
func (in *Input) commonest() int32 {
	if len(in.Counts) == 0 {
		return learn.NoLevel
	}
	best := 0
	for k, n := range in.Counts {
		if n > in.Counts[best] {
			best = k
		}
	}
	return int32(best)
}

// Commonest returns the level that most training rows had, nil if there was none.
func (in *Input) Commonest() any {
	if c := in.commonest(); c != learn.NoLevel {
		return in.Levels[c]
	}
	return nil
}

// margins returns the model's own scores, on its scale without ends if it has one.
func (p *Pipeline) margins(x *learn.Matrix) ([]float64, error) {
	z, err := p.Steps.Apply(x)
	if err != nil {
		return nil, err
	}
	scores := make([]float64, x.Rows)
	if m, ok := p.Model.(learn.Margined); ok {
		return scores, m.Margin(scores, z)
	}
	return scores, p.Model.Score(scores, z)
}

// Reason is one column's part in a row's score.
type Reason struct {
	Column string
	Value  string // the cell, as text
	Part   float64
}

// Top returns the columns that raised the score of a row most, at most so many, the
// largest part first; for an alert these are its reasons. Columns that lowered it or
// had no part are left out.
func (r *Reasons) Top(row, most int, cell func(column string, row int) string) []Reason {
	var out []Reason
	for c, name := range r.Columns {
		if part := r.Parts[c][row]; part > 0 {
			out = append(out, Reason{Column: name, Part: part})
		}
	}
	slices.SortStableFunc(out, func(a, b Reason) int {
		switch {
		case a.Part > b.Part:
			return -1
		case a.Part < b.Part:
			return 1
		}
		return 0
	})
	out = out[:min(most, len(out))]
	for i := range out {
		out[i].Value = cell(out[i].Column, row)
	}
	return out
}

// An ExplainedRow is a row of a table with what a pipeline says of it.
type ExplainedRow struct {
	Row       int   // of the table, from 0
	Line      int64 // of the file, from 1; 0 if unknown
	Label     string
	Score     float64
	Threshold float64
	Verdict   string   // the class
	Cells     []string // of the columns of Reasons, as text
}

// ExplainRows explains rows of d, which must have the schema's columns.
func (p *Pipeline) ExplainRows(d *Data, rows []int) (*Reasons, []ExplainedRow, error) {
	x, err := p.Schema.bind(d, rows)
	if err != nil {
		return nil, nil, err
	}
	r, err := p.Explain(x)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.Score(x)
	if err != nil {
		return nil, nil, err
	}
	out := make([]ExplainedRow, len(rows))
	for i, row := range rows {
		one := ExplainedRow{Row: row, Line: d.Line(row), Score: s.Score[i], Threshold: p.Cut.Threshold, Verdict: p.Classes[s.Class[i]]}
		if d.Label != nil && d.Label[row] != learn.NoLevel {
			one.Label = d.Levels[d.Label[row]]
		}
		for _, c := range r.Columns {
			one.Cells = append(one.Cells, p.Schema.cell(x, c, i))
		}
		out[i] = one
	}
	return r, out, nil
}
