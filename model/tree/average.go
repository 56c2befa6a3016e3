package tree

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// An Average is trees whose leaves hold the shares of the classes among their
// training rows, and of which a row gets the mean. It is what the learners Tree,
// Forest, ExtraTrees and Bagging make.
type Average struct {
	Names  []string     `json:"classes"`
	Trees  *Ensemble    `json:"trees"`
	Shares learn.Floats `json:"importance"` // of each column, mean decrease in impurity
}

// Classes are those of the target the trees were grown to.
func (a *Average) Classes() []string { return a.Names }

// Inputs are the columns the trees were grown on.
func (a *Average) Inputs() []learn.Column {
	if a.Trees == nil {
		return nil
	}
	return a.Trees.Columns
}

// Probabilities writes the mean of the shares of each class in the leaves that a row
// comes to.
func (a *Average) Probabilities(dst []float64, x *learn.Matrix) error {
	if err := a.Trees.Raw(dst, x); err != nil {
		return err
	}
	n := float64(len(a.Trees.Roots))
	for i, v := range dst {
		dst[i] = min(1, v/n)
	}
	return nil
}

// Score writes the probability of all classes but the first.
func (a *Average) Score(dst []float64, x *learn.Matrix) error {
	k := len(a.Names)
	p := make([]float64, k*x.Rows)
	if err := a.Probabilities(p, x); err != nil {
		return err
	}
	for i := range x.Rows {
		dst[i] = min(1, total(p[i*k+1:(i+1)*k]))
	}
	return nil
}

// Explain splits the score among the columns; see Ensemble.Shap.
func (a *Average) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	mix := make([]float64, len(a.Names))
	for k := 1; k < len(mix); k++ {
		mix[k] = 1 / float64(len(a.Trees.Roots))
	}
	ex, err := a.Trees.Shap(x, mix)
	if err != nil {
		return nil, err
	}
	ex.Scale = "probability"
	return ex, nil
}

// Importance returns the mean decrease in impurity: by how much splits on a column
// lowered the impurity, weighted with the rows they split, as a share of all splits
// of a tree, and the mean of these over the trees. Columns with many values are
// favoured.
func (a *Average) Importance() (measure string, shares []float64) {
	return "mean decrease in impurity", a.Shares
}

// check is Check for a model of a kind.
func (a *Average) check(kind string) error {
	k := len(a.Names)
	if a.Trees == nil || k < 2 {
		return learn.Broken(kind, "no trees, or %d classes", k)
	}
	e := a.Trees
	if err := e.Check(); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if len(e.Roots) == 0 || e.Outputs != nil || e.Width != k {
		return learn.Broken(kind, "%d trees whose leaves hold %d numbers, for %d classes", len(e.Roots), e.Width, k)
	}
	for i := range e.Nodes {
		if n := &e.Nodes[i]; n.Column == Leaf && !areShares(e.Values[n.Low:int(n.Low)+k]) {
			return learn.Broken(kind, "node %d does not hold the shares of classes", i+1)
		}
	}
	if len(a.Shares) != len(e.Columns) {
		return learn.Broken(kind, "the importance of %d columns of %d", len(a.Shares), len(e.Columns))
	}
	for _, v := range a.Shares {
		if !(v >= 0 && v <= 1) {
			return learn.Broken(kind, "an importance of %v", v)
		}
	}
	return nil
}

// areShares reports whether numbers lie between 0 and 1 and add up to 1.
func areShares(x []float64) bool {
	var sum float64
	for _, v := range x {
		if !(v >= 0 && v <= 1) {
			return false
		}
		sum += v
	}
	return math.Abs(sum-1) <= 1e-9
}
