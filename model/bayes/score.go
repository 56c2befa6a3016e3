package bayes

import (
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Kind is "nb".
func (m *Model) Kind() string { return kindNaive }

// Inputs are the columns it was fitted to.
func (m *Model) Inputs() []learn.Column { return m.Columns }

// Classes are those of the target it was fitted to.
func (m *Model) Classes() []string { return m.Names }

// Score writes the probability of all classes but the first.
func (m *Model) Score(dst []float64, x *learn.Matrix) error {
	return learn.ScoreByClasses(m, dst, x)
}

// blockRows are gone through column by column at a time, so that they stay in the
// cache.
const blockRows = 256

// Probabilities writes the probabilities of classes. Those without rows have 0.
func (m *Model) Probabilities(dst []float64, x *learn.Matrix) error {
	x, err := x.Bind(m.Columns)
	if err != nil {
		return fmt.Errorf("naive Bayes: %w", err)
	}
	k := len(m.Names)
	for from := 0; from < x.Rows; from += blockRows {
		to := min(from+blockRows, x.Rows)
		block := dst[from*k : to*k]
		for i := 0; i < len(block); i += k {
			copy(block[i:], m.logPriors)
		}
		for j := range m.Parts {
			m.Parts[j].add(block, k, x, j, from, to)
		}
		for i := 0; i < len(block); i += k {
			m.normalize(block[i : i+k])
		}
	}
	return nil
}

// least bounds from below what a column says, so that columns with numbers far out
// of all that was seen add up to something finite.
const least = -1e290

// add adds the log likelihoods of a column to those of rows from..to.
func (p *Part) add(dst []float64, k int, x *learn.Matrix, j, from, to int) {
	if n := len(p.Shares) / k; n > 0 {
		for i := from; i < to; i++ {
			code := p.code(x, j, i)
			if code < 0 {
				continue
			}
			row := dst[(i-from)*k : (i-from+1)*k]
			for c := range row {
				row[c] += p.Shares[c*n+code]
			}
		}
		return
	}
	if len(p.Means) == 0 {
		return
	}
	means, tops, sharpest := p.Means[:k], p.tops[:k], p.sharpest[:k]
	for i, v := range x.Numbers[j][from:to] {
		if v != v {
			continue
		}
		row := dst[i*k : (i+1)*k]
		for c := range row {
			d := v - means[c]
			row[c] += max(tops[c]+float64(d*d*sharpest[c]), least)
		}
	}
}

// code returns the level or bin of a cell, below 0 if it is missing.
func (p *Part) code(x *learn.Matrix, j, i int) int {
	if codes := x.Codes[j]; codes != nil {
		return int(codes[i])
	}
	v := x.Numbers[j][i]
	if v != v {
		return learn.NoLevel
	}
	return binOf(p.Edges, v)
}

// normalize makes probabilities of joint log likelihoods.
func (m *Model) normalize(row []float64) {
	top := math.Inf(-1)
	for c, p := range m.Priors {
		if p > 0 {
			top = max(top, row[c])
		}
	}
	var sum float64
	for c, p := range m.Priors {
		if p > 0 {
			row[c] = math.Exp(row[c] - top)
		} else {
			row[c] = 0
		}
		sum += row[c]
	}
	for c := range row {
		row[c] /= sum
	}
}

// Explain splits the log odds of the second class against the first into what each
// column adds, exactly; a missing value adds 0. With more than two classes, the odds
// of all attacks together are no sum over columns, and the error wraps
// errors.ErrUnsupported.
func (m *Model) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	if len(m.Names) != 2 || m.Priors[0] == 0 || m.Priors[1] == 0 {
		return nil, fmt.Errorf("naive Bayes of %d classes: the odds of attacks are no sum over columns: %w", len(m.Names), errors.ErrUnsupported)
	}
	x, err := x.Bind(m.Columns)
	if err != nil {
		return nil, fmt.Errorf("naive Bayes: %w", err)
	}
	out := &learn.Explanation{Scale: "log odds", Base: m.logPriors[1] - m.logPriors[0], Total: make([]float64, x.Rows), Parts: make([][]float64, len(m.Parts))}
	for i := range out.Total {
		out.Total[i] = out.Base
	}
	both := make([]float64, 2*x.Rows)
	for j := range m.Parts {
		clear(both)
		m.Parts[j].add(both, 2, x, j, 0, x.Rows)
		out.Parts[j] = make([]float64, x.Rows)
		for i := range out.Total {
			out.Parts[j][i] = both[2*i+1] - both[2*i]
			out.Total[i] += out.Parts[j][i]
		}
	}
	return out, nil
}
