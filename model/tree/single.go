package tree

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
)

// A Tree is a classification tree that is grown as in CART (L. Breiman et al. 1984)
// and holds the shares of the classes in its leaves. Splits are sought between 255
// bins of each column, and between all its numbers in nodes of at most 512 rows;
// splits on levels put them in two groups. Missing values go the way that is better
// for the training rows.
//
// The limits on rows count what they weigh.
type Tree struct {
	// Criterion is the impurity that splits lower: "gini" (default) or "entropy".
	Criterion string `json:"criterion,omitempty"`
	// MaxDepth is the number of splits above a leaf at most; 0 (default): no limit.
	MaxDepth int `json:"max_depth,omitempty"`
	// MinSamplesSplit is the number of rows that a node must have to be split; 0
	// stands for 2.
	MinSamplesSplit int `json:"min_samples_split,omitempty"`
	// MinSamplesLeaf is the number of rows that both sides of a split must have; 0
	// stands for 1.
	MinSamplesLeaf int `json:"min_samples_leaf,omitempty"`
	// MaxLeafNodes is the number of leaves at most: the split that helps most comes
	// first. 0 (default): no limit.
	MaxLeafNodes int `json:"max_leaf_nodes,omitempty"`
	// CCPAlpha is what a leaf must lower the impurity of the tree by to be kept, in
	// minimal cost-complexity pruning; 0 (default): no pruning.
	CCPAlpha float64 `json:"ccp_alpha,omitempty"`
}

// Kind is "tree".
func (Tree) Kind() string { return "tree" }

// Fit grows the tree; the model is a *TreeModel. The seed decides only between
// splits that are equally good.
func (t Tree) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	p, err := limits{criterion: t.Criterion, depth: t.MaxDepth, split: t.MinSamplesSplit, leaf: t.MinSamplesLeaf, leaves: t.MaxLeafNodes, trees: 1}.plan()
	if err != nil {
		return nil, err
	}
	if p.alpha = t.CCPAlpha; !(p.alpha >= 0) {
		return nil, fmt.Errorf("ccp_alpha %v: want a number from 0 on: %w", t.CCPAlpha, learn.ErrSetting)
	}
	g, err := p.fit(ctx, x, y, r)
	if err != nil {
		return nil, err
	}
	return &TreeModel{g.Average}, nil
}

// Space is what a search may vary.
func (Tree) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "criterion", Choices: []any{"gini", "entropy"}},
		{Name: "max_depth", Low: 2, High: 30, Whole: true},
		{Name: "min_samples_leaf", Low: 1, High: 50, Log: true, Whole: true},
		{Name: "ccp_alpha", Low: 1e-6, High: 1e-2, Log: true},
	}
}

// A TreeModel is a fitted Tree.
type TreeModel struct{ Average }

// Kind is "tree".
func (*TreeModel) Kind() string { return "tree" }

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *TreeModel) Check() error { return m.check(m.Kind()) }

// Rules returns the leaves of the tree as rules, the one with most training rows
// first. Their values are the shares of the classes.
func (m *TreeModel) Rules() []Rule { return m.Trees.Rules(0) }
