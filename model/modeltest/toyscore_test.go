package modeltest_test

import (
	"errors"
	"math"

	"github.com/netanom/netanom/model/learn"
)

func (m *toyModel) Score(dst []float64, x *learn.Matrix) error {
	if err := learn.ScoreByClasses(m, dst, x); err != nil {
		return err
	}
	switch m.fault {
	case "NaN":
		dst[len(dst)/2] = math.NaN()
	case "minus":
		for i := range dst {
			dst[i] = 1 - dst[i]
		}
	case "skips":
		if len(dst) > 1 {
			dst[len(dst)-1] = dst[0]
		}
	}
	return nil
}

func (m *toyModel) Probabilities(dst []float64, x *learn.Matrix) error {
	bound, err := m.bind(x)
	if err != nil {
		return err
	}
	k := len(m.Names)
	for i := range bound.Rows {
		p := dst[i*k : (i+1)*k]
		copy(p, m.Priors)
		for j := range m.Columns {
			for class := range p {
				p[class] = max(p[class]+m.part(bound, j, i, class), -1e300)
			}
		}
		softmax(p)
		if m.fault == "sums" {
			p[0] *= 0.999
		}
		if m.fault == "batch" && bound.Rows == 7 {
			p[0], p[1] = p[0]+1e-16, p[1]*(1-1e-15)
		}
	}
	if m.fault == "state" {
		m.scored++
		m.Salt = uint64(m.scored)
	}
	return nil
}

func (m *toyModel) bind(x *learn.Matrix) (*learn.Matrix, error) {
	if m.fault == "places" {
		return x, nil
	}
	if m.fault == "writes in scoring" && x.Rows > 0 && x.Numbers[0] != nil {
		x.Numbers[0][0] = 1
	}
	if m.fault == "refuses" {
		if err := learn.RefuseMissing(x); err != nil {
			return nil, err
		}
	}
	return x.Bind(m.Columns)
}

// part is what a column says for a class.
func (m *toyModel) part(x *learn.Matrix, j, i, class int) float64 {
	if x.Columns[j].Coded() {
		code := int(x.Codes[j][i])
		if code == learn.NoLevel && m.fault != "levels" {
			return 0
		}
		return m.Means[j][class*len(x.Columns[j].Levels)+code]
	}
	v := x.Numbers[j][i]
	if v != v && m.fault != "gaps" {
		return 0
	}
	d := (v - m.Means[j][class]) / m.Scales[j]
	return max(-d*d/2, -1e290)
}

// softmax makes probabilities of log-likelihoods.
func softmax(p []float64) {
	top, sum := p[0], 0.0
	for _, v := range p {
		top = max(top, v)
	}
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}

func (m *toyModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	if len(m.Names) != 2 {
		return nil, errors.ErrUnsupported
	}
	bound, err := x.Bind(m.Columns)
	if err != nil {
		return nil, err
	}
	out := &learn.Explanation{Scale: "log odds", Base: m.Priors[1] - m.Priors[0], Total: make([]float64, x.Rows), Parts: make([][]float64, len(m.Columns))}
	for i := range out.Total {
		out.Total[i] = out.Base
	}
	for j := range m.Columns {
		out.Parts[j] = make([]float64, x.Rows)
		for i := range out.Total {
			out.Parts[j][i] = m.part(bound, j, i, 1) - m.part(bound, j, i, 0)
			out.Total[i] += out.Parts[j][i]
		}
	}
	switch m.fault {
	case "parts":
		out.Parts[0][0]++
	case "order":
		for i := range out.Total {
			out.Total[i] *= -1
		}
		out.Base *= -1
		for j := range out.Parts {
			for i := range out.Parts[j] {
				out.Parts[j][i] *= -1
			}
		}
	}
	return out, nil
}
