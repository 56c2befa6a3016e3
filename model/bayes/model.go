package bayes

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A Model is a fitted NaiveBayes: a prior a class, and a part a column.
type Model struct {
	Columns []learn.Column `json:"columns"`
	Names   []string       `json:"classes"`
	Priors  learn.Floats   `json:"priors"` // 0 for classes without rows
	Parts   []Part         `json:"parts"`

	logPriors []float64
	ready     bool
}

// A Part is what a column says: nothing, if all is empty; means and variances; or
// the shares of levels or bins. Lists go class by class.
type Part struct {
	Means     learn.Floats `json:"means,omitempty"`
	Variances learn.Floats `json:"variances,omitempty"`
	Edges     learn.Floats `json:"edges,omitempty"`  // of bins, rising; each ends one that it belongs to
	Shares    learn.Floats `json:"shares,omitempty"` // logarithms

	overall  float64   // variance of all rows, while fitting
	tops     []float64 // log densities at the means
	sharpest []float64 // −1/(2·variance)
}

// smooth adds a share of the largest variance of a column to all variances. Where
// no column varies within reach of rounding, it is the least that keeps them above 0.
func (m *Model) smooth(share float64) {
	largest := 0.0
	for j := range m.Parts {
		largest = max(largest, m.Parts[j].overall)
	}
	for j := range m.Parts {
		for k, v := range m.Parts[j].Variances {
			m.Parts[j].Variances[k] = min(max(v+share*largest, leastVariance), math.MaxFloat64)
		}
	}
}

// leastVariance is one whose reciprocal and logarithm are finite.
const leastVariance = 1e-300

// prepare checks the model, and computes what scoring needs beside.
func (m *Model) prepare() error {
	m.ready = false
	if err := m.check(); err != nil {
		return err
	}
	m.logPriors = make([]float64, len(m.Priors))
	for k, p := range m.Priors {
		if p > 0 {
			m.logPriors[k] = math.Log(p)
		}
	}
	for j := range m.Parts {
		p := &m.Parts[j]
		p.tops, p.sharpest = make([]float64, len(p.Means)), make([]float64, len(p.Means))
		for k, v := range p.Variances {
			p.tops[k] = -0.5 * (math.Log(2*math.Pi) + math.Log(v))
			p.sharpest[k] = -0.5 / v
		}
	}
	m.ready = true
	return nil
}

// UnmarshalJSON reads a stored model. Whether it is whole, Check tells.
func (m *Model) UnmarshalJSON(text []byte) error {
	type plain Model
	*m = Model{}
	if err := json.Unmarshal(text, (*plain)(m)); err != nil {
		return err
	}
	_ = m.prepare() // Check says it again
	return nil
}

// Check returns an error unless the model is whole.
func (m *Model) Check() error {
	if err := m.check(); err != nil {
		return err
	}
	if !m.ready {
		return learn.Broken(kindNaive, "it was neither fitted nor read")
	}
	return nil
}

func (m *Model) check() error {
	if len(m.Names) < 2 || len(m.Columns) == 0 || len(m.Parts) != len(m.Columns) {
		return learn.Broken(kindNaive, "%d classes, %d columns and %d parts", len(m.Names), len(m.Columns), len(m.Parts))
	}
	if err := learn.CheckColumns(m.Columns); err != nil {
		return learn.Broken(kindNaive, "%v", err)
	}
	if err := checkShares(m.Priors, len(m.Names)); err != nil {
		return learn.Broken(kindNaive, "priors: %v", err)
	}
	for j := range m.Parts {
		if err := m.Parts[j].check(&m.Columns[j], len(m.Names)); err != nil {
			return learn.Broken(kindNaive, "column %q: %v", m.Columns[j].Name, err)
		}
	}
	return nil
}

// checkShares returns an error unless these are shares of n classes.
func checkShares(shares []float64, n int) error {
	if len(shares) != n {
		return fmt.Errorf("%d for %d classes", len(shares), n)
	}
	var sum float64
	for _, p := range shares {
		if !(p >= 0) {
			return fmt.Errorf("%v is no share", p)
		}
		sum += p
	}
	if !(math.Abs(sum-1) <= 1e-9) {
		return fmt.Errorf("they add up to %v", sum)
	}
	return nil
}

var errPart = errors.New("the lists do not fit together")

func (p *Part) check(c *learn.Column, classes int) error {
	bins := len(p.Edges) + 1
	if c.Coded() {
		bins = len(c.Levels)
	}
	switch {
	case len(p.Variances) != len(p.Means), len(p.Means) != 0 && (len(p.Means) != classes || len(p.Edges) != 0 || len(p.Shares) != 0):
		return errPart
	case c.Coded() && (len(p.Means) != 0 || len(p.Edges) != 0 || len(p.Shares) != bins*classes):
		return errPart
	case !c.Coded() && len(p.Shares) == 0 && len(p.Edges) != 0, len(p.Shares) != 0 && len(p.Shares) != bins*classes:
		return errPart
	case !p.Means.Finite() || !p.Edges.Finite():
		return errors.New("a number is not finite")
	}
	for _, v := range p.Variances {
		if !(v >= leastVariance && v <= math.MaxFloat64) {
			return fmt.Errorf("a variance of %v", v)
		}
	}
	for i := 1; i < len(p.Edges); i++ {
		if !(p.Edges[i-1] < p.Edges[i]) {
			return errors.New("bins do not rise")
		}
	}
	for _, s := range p.Shares {
		if !(s <= 1e-9 && s >= -maxLog) {
			return fmt.Errorf("the logarithm of a share is %v", s)
		}
	}
	return nil
}

// maxLog is more than the logarithm of any ratio of weights.
const maxLog = 2000
