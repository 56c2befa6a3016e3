package tree

import (
	"context"

	"github.com/netanom/netanom/model/learn"
)

// A Bagging is trees grown on bootstrap samples, whose splits choose from all
// columns (L. Breiman (1996), Machine Learning 24(2), 123–140).
type Bagging struct {
	// Trees is their number; 0 stands for 50.
	Trees int `json:"trees,omitempty"`
	// Criterion is the impurity that splits lower: "gini" (default) or "entropy".
	Criterion string `json:"criterion,omitempty"`
	// MaxDepth is the number of splits above a leaf at most; 0 (default): no limit.
	MaxDepth int `json:"max_depth,omitempty"`
	// MinSamplesLeaf is the number of rows that both sides of a split must have; 0
	// stands for 1. Rows count as often as they were drawn.
	MinSamplesLeaf int `json:"min_samples_leaf,omitempty"`
	// MaxSamples is how many rows are drawn for each tree: a share of all up to 1, a
	// number above it; 0 (default): as many as there are.
	MaxSamples float64 `json:"max_samples,omitempty"`
}

// baggedTrees is how many trees are bagged by default: each is as costly as half a
// dozen of a forest.
const baggedTrees = 50

// Kind is "bag".
func (Bagging) Kind() string { return "bag" }

// Fit grows the trees; the model is a *BaggingModel.
func (b Bagging) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	p, err := limits{criterion: b.Criterion, depth: b.MaxDepth, leaf: b.MinSamplesLeaf, trees: b.Trees, usualTrees: baggedTrees}.plan()
	if err != nil {
		return nil, err
	}
	if err := p.bag(true, b.MaxSamples); err != nil {
		return nil, err
	}
	g, err := p.fit(ctx, x, y, r)
	if err != nil {
		return nil, err
	}
	return &BaggingModel{g.Average}, nil
}

// Space is what a search may vary.
func (Bagging) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "max_samples", Low: 0.1, High: 1},
		{Name: "min_samples_leaf", Low: 1, High: 20, Log: true, Whole: true},
		{Name: "max_depth", Low: 4, High: 40, Whole: true},
	}
}

// Cheaper is fewer trees.
func (b Bagging) Cheaper(fraction float64) learn.Spec {
	b.Trees = fewer(b.Trees, baggedTrees, fraction)
	return &b
}

// A BaggingModel is a fitted Bagging.
type BaggingModel struct{ Average }

// Kind is "bag".
func (*BaggingModel) Kind() string { return "bag" }

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *BaggingModel) Check() error { return m.check(m.Kind()) }
