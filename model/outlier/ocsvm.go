package outlier

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// OneClassSVM is the settings of a one-class support vector machine with a Gaussian
// kernel exp(−γ·d²) [1]: the smooth boundary that leaves a share of the training rows
// outside, at most Nu. The score is the negative of scikit-learn's decision_function,
// above 0 outside.
//
// The problem is solved exactly, as libsvm does, on at most MaxSamples rows, drawn at
// random where there are more: the cost grows with their square. Levels are as far
// apart as columns of zeros and ones would make them. A weight of 2 is two rows.
// Missing numbers are refused.
//
// [1] B. Schölkopf, J. C. Platt, J. Shawe-Taylor, A. J. Smola and R. C. Williamson
// (2001), "Estimating the support of a high-dimensional distribution", Neural
// Computation 13(7), 1443–1471.
type OneClassSVM struct {
	Nu         float64 `json:"nu,omitempty"`          // above 0, at most 1; default 0.05
	Gamma      float64 `json:"gamma,omitempty"`       // default "scale": 1 / (columns × variance of all their cells), levels spread out
	MaxSamples int     `json:"max_samples,omitempty"` // rows to learn from; default 5000
	Tol        float64 `json:"tol,omitempty"`         // by how much the conditions of an optimum may be missed; default 0.001
}

// OneClassModel is a fitted OneClassSVM.
type OneClassModel struct {
	Columns []learn.Column `json:"columns"`
	Gamma   float64        `json:"gamma"`
	Rho     float64        `json:"rho"`
	Alpha   learn.Floats   `json:"alpha"`  // by support vector
	Numbers learn.Floats   `json:"values"` // of support vectors, row after row
	Codes   learn.Ints     `json:"codes"`
}

const (
	kindOneClass  = "ocsvm"
	maxSVMSamples = 50_000
)

// Kind is "ocsvm".
func (OneClassSVM) Kind() string { return kindOneClass }

// Space is what is worth a search.
func (OneClassSVM) Space() []learn.Dimension {
	return []learn.Dimension{{Name: "nu", Low: 0.005, High: 0.5, Log: true}, {Name: "gamma", Low: 1e-3, High: 1, Log: true}}
}

func (s *OneClassSVM) check() error {
	s.Nu, s.MaxSamples, s.Tol = or(s.Nu, 0.05), or(s.MaxSamples, 5000), or(s.Tol, 1e-3)
	switch {
	case !(s.Nu > 0 && s.Nu <= 1):
		return wrong("nu", s.Nu, "a share above 0 and up to 1")
	case !(s.Gamma >= 0 && s.Gamma <= math.MaxFloat64):
		return wrong("gamma", s.Gamma, "a positive number, or 0 for scale")
	case s.MaxSamples < 2 || s.MaxSamples > maxSVMSamples:
		return wrong("max_samples", s.MaxSamples, fmt.Sprintf("2 to %d", maxSVMSamples))
	case !(s.Tol >= 1e-12 && s.Tol < 1):
		return wrong("tol", s.Tol, "a number from 1e-12 to below 1")
	}
	return nil
}

// Fit finds the boundary. Beside the errors of learn.CheckFit it returns ErrSetting
// and ErrMissing.
func (s OneClassSVM) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("one-class SVM: %w", err)
	}
	return m, nil
}

func (s OneClassSVM) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*OneClassModel, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	rows, weights, _, err := training(ctx, x, y, false)
	if err != nil {
		return nil, err
	}
	if rows.Rows > s.MaxSamples {
		places := choose(rows.Rows, s.MaxSamples, rand.New(rand.NewPCG(r.Seed, 0)))
		slices.Sort(places)
		rows = rows.Take(places)
		if weights != nil {
			weights = learn.Take(weights, places)
		}
	}
	m := &OneClassModel{Columns: x.Columns, Gamma: s.Gamma}
	if m.Gamma == 0 {
		if m.Gamma, err = scaleGamma(rows, weights); err != nil {
			return nil, err
		}
	}
	p := newOneClassProblem(layOut(rows), weights, s.Nu, m.Gamma, s.Tol, r)
	if err := p.solve(ctx); err != nil {
		return nil, err
	}
	m.Rho = p.rho()
	for i, a := range p.alpha {
		if a > 0 {
			m.Alpha = append(m.Alpha, a)
			m.Numbers = append(m.Numbers, p.rows.numbersOf(i)...)
			m.Codes = append(m.Codes, p.rows.codesOf(i)...)
		}
	}
	return m, nil
}

// scaleGamma is 1 / (columns × variance), as gamma="scale" of scikit-learn, with a
// column of zeros and ones for each level.
func scaleGamma(x *learn.Matrix, weights []float64) (float64, error) {
	total := totalOf(weights, x.Rows)
	var width, sum, squares float64
	for j := range x.Columns {
		for i, v := range x.Numbers[j] {
			w := weightOf(weights, i) / total
			sum += w * v
			squares += w * v * v
		}
		if !x.Columns[j].Coded() {
			width++
			continue
		}
		width += float64(len(x.Columns[j].Levels))
		for i, c := range x.Codes[j] {
			if c >= 0 {
				sum += weightOf(weights, i) / total
				squares += weightOf(weights, i) / total
			}
		}
	}
	variance := squares/width - (sum/width)*(sum/width)
	gamma := 1 / (width * variance)
	if !(gamma > 0 && gamma <= math.MaxFloat64) {
		return 0, fmt.Errorf("the variance of all cells is %v; set gamma, or standardise before: %w", variance, learn.ErrSetting)
	}
	return gamma, nil
}

// laidOut are rows one after the other.
type laidOut struct {
	n, width, coded int
	numbers         []float64
	codes           []int32
}

func (l *laidOut) numbersOf(i int) []float64 { return l.numbers[i*l.width : (i+1)*l.width] }
func (l *laidOut) codesOf(i int) []int32     { return l.codes[i*l.coded : (i+1)*l.coded] }

// layOut lays out the rows of a matrix.
func layOut(x *learn.Matrix) *laidOut {
	l := &laidOut{n: x.Rows}
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			l.coded++
		} else {
			l.width++
		}
	}
	l.numbers, l.codes = make([]float64, l.n*l.width), make([]int32, l.n*l.coded)
	number, code := 0, 0
	for j := range x.Columns {
		for i, v := range x.Numbers[j] {
			l.numbers[i*l.width+number] = v
		}
		for i, c := range x.Codes[j] {
			l.codes[i*l.coded+code] = c
		}
		if x.Columns[j].Coded() {
			code++
		} else {
			number++
		}
	}
	return l
}

// apart is the squared distance of a row from another.
func (l *laidOut) apart(i int, numbers []float64, codes []int32) float64 {
	row := l.numbersOf(i)
	numbers = numbers[:len(row)]
	var s0, s1, s2, s3 float64
	p := 0
	for ; p+4 <= len(row); p += 4 {
		d0, d1, d2, d3 := row[p]-numbers[p], row[p+1]-numbers[p+1], row[p+2]-numbers[p+2], row[p+3]-numbers[p+3]
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
	}
	for ; p < len(row); p++ {
		d := row[p] - numbers[p]
		s0 += d * d
	}
	sum := (s0 + s1) + (s2 + s3)
	for j, c := range l.codesOf(i) {
		switch d := codes[j]; {
		case c == d:
		case c == learn.NoLevel || d == learn.NoLevel:
			sum++
		default:
			sum += 2
		}
	}
	return sum
}

// Kind is "ocsvm".
func (*OneClassModel) Kind() string { return kindOneClass }

// Inputs are the columns it was fitted to.
func (m *OneClassModel) Inputs() []learn.Column { return m.Columns }

// vectors are the support vectors.
func (m *OneClassModel) vectors() *laidOut {
	l := &laidOut{n: len(m.Alpha), numbers: m.Numbers, codes: m.Codes}
	for j := range m.Columns {
		if m.Columns[j].Coded() {
			l.coded++
		} else {
			l.width++
		}
	}
	return l
}

// Score writes how far outside of the boundary each row lies.
func (m *OneClassModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.Columns, false)
	if err != nil {
		return fmt.Errorf("one-class SVM: %w", err)
	}
	vectors := m.vectors()
	return eachBlock(context.Background(), x.Rows, 0, func() func(from, to int) {
		return func(from, to int) {
			rows := layOut(x.Slice(from, to))
			for i := range rows.n {
				score := m.Rho
				for v, a := range m.Alpha {
					score -= a * math.Exp(-m.Gamma*vectors.apart(v, rows.numbersOf(i), rows.codesOf(i)))
				}
				dst[from+i] = clamp(score)
			}
		}
	})
}

// Check returns an error unless the model is whole.
func (m *OneClassModel) Check() error {
	if err := checkColumns(kindOneClass, m.Columns); err != nil {
		return err
	}
	v := m.vectors()
	if v.n == 0 || len(m.Numbers) != v.n*v.width || len(m.Codes) != v.n*v.coded {
		return learn.Broken(kindOneClass, "%d support vectors of %d numbers and %d levels", v.n, len(m.Numbers), len(m.Codes))
	}
	if !m.Alpha.Finite() || !m.Numbers.Finite() || !(learn.Floats{m.Gamma, m.Rho}).Finite() || !(m.Gamma > 0) {
		return learn.Broken(kindOneClass, "a support vector, rho %v or gamma %v", m.Rho, m.Gamma)
	}
	for _, a := range m.Alpha {
		if !(a > 0 && a <= 1e100) {
			return learn.Broken(kindOneClass, "a support vector that counts %v", a)
		}
	}
	return nil
}
