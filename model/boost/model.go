package boost

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/tree"
)

// A Model is gradient boosted trees. The outputs of a row are Base and what its
// leaves hold: for two classes the log odds of the second, for more the logarithm of
// the probability of each, but for a constant that is the same for all.
type Model struct {
	ClassNames []string       `json:"classes"`
	Base       learn.Floats   `json:"base"`             // of each output
	Trees      *tree.Ensemble `json:"trees"`            // round after round, in each one for each output
	Losses     learn.Floats   `json:"losses,omitempty"` // of the rows held back, before the first round and after each
}

// Kind returns "gbt".
func (m *Model) Kind() string { return kind }

// Inputs returns the columns it was fitted to.
func (m *Model) Inputs() []learn.Column { return m.Trees.Columns }

// Classes returns the classes it was fitted to.
func (m *Model) Classes() []string { return m.ClassNames }

// Rounds returns how many rounds the fit took.
func (m *Model) Rounds() int { return len(m.Trees.Roots) / len(m.Base) }

// Raw writes the outputs of each row to dst, row after row.
func (m *Model) Raw(dst []float64, x *learn.Matrix) error {
	if err := m.Trees.Raw(dst, x); err != nil {
		return fmt.Errorf("gradient boosting: %w", err)
	}
	for i := 0; i < len(dst); i += len(m.Base) {
		for k, b := range m.Base {
			dst[i+k] += b
		}
	}
	return nil
}

// Score writes the probability of all classes but the first to dst.
func (m *Model) Score(dst []float64, x *learn.Matrix) error {
	if len(dst) != x.Rows {
		return fmt.Errorf("gradient boosting: %d scores for %d rows", len(dst), x.Rows)
	}
	if len(m.Base) > 1 {
		return learn.ScoreByClasses(m, dst, x)
	}
	if err := m.Raw(dst, x); err != nil {
		return err
	}
	for i, v := range dst {
		dst[i] = logistic(v)
	}
	return nil
}

// Probabilities writes those of all classes to dst, row after row.
func (m *Model) Probabilities(dst []float64, x *learn.Matrix) error {
	k := len(m.ClassNames)
	if len(dst) != k*x.Rows {
		return fmt.Errorf("gradient boosting: %d probabilities for %d rows of %d classes", len(dst), x.Rows, k)
	}
	if len(m.Base) > 1 {
		if err := m.Raw(dst, x); err != nil {
			return err
		}
		for i := 0; i < len(dst); i += k {
			softmax(dst[i:i+k], dst[i:i+k])
		}
		return nil
	}
	if err := m.Raw(dst[x.Rows:], x); err != nil {
		return err
	}
	for i := range x.Rows { // what is overwritten has been read: 2·i+1 < rows+i+1
		p := logistic(dst[x.Rows+i])
		dst[2*i], dst[2*i+1] = 1-p, p
	}
	return nil
}

// logistic returns the probability of log odds.
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// Importance returns the share of each column in the gain of all splits.
func (m *Model) Importance() (measure string, shares []float64) {
	return "gain", m.Trees.Importance()
}

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *Model) Check() error {
	if m.Trees == nil {
		return learn.Broken(kind, "it has no trees")
	}
	if err := m.Trees.Check(); err != nil {
		return fmt.Errorf("gradient boosting: %w", err)
	}
	outputs := len(m.ClassNames)
	if outputs == 2 {
		outputs = 1
	}
	if outputs < 1 || len(m.ClassNames) < 2 || len(m.Base) != outputs {
		return learn.Broken(kind, "%d outputs of %d classes", len(m.Base), len(m.ClassNames))
	}
	if m.Trees.Width != 1 || m.Trees.Size() != outputs || len(m.Trees.Roots)%outputs != 0 {
		return learn.Broken(kind, "%d trees of %d outputs, want %d", len(m.Trees.Roots), m.Trees.Size(), outputs)
	}
	if !m.Base.Finite() || !m.Losses.Finite() {
		return learn.Broken(kind, "a base or loss is not finite")
	}
	for _, v := range m.Trees.Values {
		if math.Abs(v) > mostValue {
			return learn.Broken(kind, "a leaf holds %v", v)
		}
	}
	for _, v := range m.Base {
		if math.Abs(v) > mostValue {
			return learn.Broken(kind, "a base of %v", v)
		}
	}
	return nil
}

// mostValue is more than any leaf holds: sums of leaves stay finite.
const mostValue = 1e200

var (
	_ learn.Resource   = (*GradientBoosting)(nil)
	_ learn.Classifier = (*Model)(nil)
	_ learn.Explainer  = (*Model)(nil)
	_ learn.Ranker     = (*Model)(nil)
)
