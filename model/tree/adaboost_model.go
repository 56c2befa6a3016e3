package tree

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// An AdaBoostModel is a fitted AdaBoost.
type AdaBoostModel struct {
	Names   []string     `json:"classes"`
	Present []bool       `json:"present"` // of each class, whether rows of it were trained with; others have no probability
	Trees   *Ensemble    `json:"trees"`   // leaves hold the weight of the tree at the class it votes for; all weights add up to 1
	Shares  learn.Floats `json:"importance"`
}

// Kind is "ada".
func (*AdaBoostModel) Kind() string { return "ada" }

// Classes are those of the target the trees were grown to.
func (m *AdaBoostModel) Classes() []string { return m.Names }

// Inputs are the columns the trees were grown on.
func (m *AdaBoostModel) Inputs() []learn.Column {
	if m.Trees == nil {
		return nil
	}
	return m.Trees.Columns
}

// kinds returns how many classes there were rows of.
func (m *AdaBoostModel) kinds() int {
	n := 0
	for _, p := range m.Present {
		n += bit(p)
	}
	return n
}

// Probabilities writes the softmax of the shares of the votes for each class, divided
// by one less than the number of classes.
func (m *AdaBoostModel) Probabilities(dst []float64, x *learn.Matrix) error {
	if err := m.Trees.Raw(dst, x); err != nil {
		return err
	}
	k, scale := len(m.Names), 1/float64(m.kinds()-1)
	for i := range x.Rows {
		row := dst[i*k : (i+1)*k]
		most, sum := slices.Max(row), 0.0
		for c, v := range row {
			if row[c] = 0; m.Present[c] {
				row[c] = math.Exp((v - most) * scale)
				sum += row[c]
			}
		}
		for c := range row {
			row[c] /= sum
		}
	}
	return nil
}

// Score writes the probability of all classes but the first.
func (m *AdaBoostModel) Score(dst []float64, x *learn.Matrix) error {
	return learn.ScoreByClasses(m, dst, x)
}

// Explain splits the log odds of the attack among the columns where there are two
// classes; see Ensemble.Shap. For more classes nothing that goes up with the score is
// a sum over the trees, and the error wraps errors.ErrUnsupported.
func (m *AdaBoostModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	if m.kinds() != 2 || !m.Present[0] {
		return nil, fmt.Errorf("AdaBoost of %d classes cannot be explained; train it with normal rows and one class of attacks: %w", m.kinds(), errors.ErrUnsupported)
	}
	mix := make([]float64, len(m.Names))
	for c, p := range m.Present {
		mix[c] = float64(bit(p))
	}
	mix[0] = -1
	ex, err := m.Trees.Shap(x, mix)
	if err != nil {
		return nil, err
	}
	ex.Scale = "log odds"
	return ex, nil
}

// Importance returns the share of each column in the decrease in impurity, the mean
// over the trees by the weights of their votes.
func (m *AdaBoostModel) Importance() (measure string, shares []float64) {
	return "mean decrease in impurity", m.Shares
}

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *AdaBoostModel) Check() error {
	k := len(m.Names)
	if m.Trees == nil || k < 2 || len(m.Present) != k || m.kinds() < 2 {
		return learn.Broken("ada", "no trees, or %d classes of which %d are told", k, len(m.Present))
	}
	e := m.Trees
	if err := e.Check(); err != nil {
		return fmt.Errorf("ada: %w", err)
	}
	if len(e.Roots) == 0 || e.Outputs != nil || e.Width != k || len(m.Shares) != len(e.Columns) {
		return learn.Broken("ada", "%d trees whose leaves hold %d numbers, for %d classes", len(e.Roots), e.Width, k)
	}
	for _, v := range e.Values {
		if !(v >= 0 && v <= 1) {
			return learn.Broken("ada", "a vote that weighs %v", v)
		}
	}
	for _, v := range m.Shares {
		if !(v >= 0 && v <= 1) {
			return learn.Broken("ada", "an importance of %v", v)
		}
	}
	return nil
}
