package tree

import (
	"context"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A Forest is a random forest: trees grown on bootstrap samples, of which each split
// chooses from a random part of the columns (L. Breiman (2001), Machine Learning
// 45(1), 5–32). Rows get the mean of the class shares in their leaves, as in
// scikit-learn. See Tree for how splits are sought.
type Forest struct {
	// Trees is their number; 0 stands for 100.
	Trees int `json:"trees,omitempty"`
	// Criterion is the impurity that splits lower: "gini" (default) or "entropy".
	Criterion string `json:"criterion,omitempty"`
	// MaxFeatures is how many columns a split chooses from; "sqrt" by default.
	MaxFeatures Features `json:"max_features,omitempty"`
	// MaxDepth is the number of splits above a leaf at most; 0 (default): no limit.
	MaxDepth int `json:"max_depth,omitempty"`
	// MinSamplesSplit is the number of rows that a node must have to be split; 0
	// stands for 2.
	MinSamplesSplit int `json:"min_samples_split,omitempty"`
	// MinSamplesLeaf is the number of rows that both sides of a split must have; 0
	// stands for 1. Rows count as often as they were drawn.
	MinSamplesLeaf int `json:"min_samples_leaf,omitempty"`
	// MaxLeafNodes is the number of leaves of a tree at most; 0 (default): no limit.
	MaxLeafNodes int `json:"max_leaf_nodes,omitempty"`
	// Bootstrap says whether trees are grown on rows drawn with replacement, or on
	// all rows; nil stands for true.
	Bootstrap *bool `json:"bootstrap,omitempty"`
	// MaxSamples is how many rows are drawn for each tree: a share of all up to 1, a
	// number above it; 0 (default): as many as there are.
	MaxSamples float64 `json:"max_samples,omitempty"`
}

// Kind is "rf".
func (Forest) Kind() string { return "rf" }

func (f Forest) plan() (plan, error) {
	p, err := limits{criterion: f.Criterion, depth: f.MaxDepth, split: f.MinSamplesSplit, leaf: f.MinSamplesLeaf, leaves: f.MaxLeafNodes, trees: f.Trees, usualTrees: 100}.plan()
	if err != nil {
		return p, err
	}
	if p.features = f.MaxFeatures; p.features == "" {
		p.features = "sqrt"
	}
	return p, p.bag(f.Bootstrap == nil || *f.Bootstrap, f.MaxSamples)
}

// Fit grows the forest; the model is a *ForestModel.
func (f Forest) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	p, err := f.plan()
	if err != nil {
		return nil, err
	}
	g, err := p.fit(ctx, x, y, r)
	if err != nil {
		return nil, err
	}
	return &ForestModel{g.Average}, nil
}

// FitOutOfBag is Fit, and returns beside the model what it says about its training
// rows when each is scored by just those trees that were grown without it: the
// probability of each class, row after row. Rows that all trees were grown with have
// NaN.
func (f Forest) FitOutOfBag(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (*ForestModel, []float64, error) {
	p, err := f.plan()
	if err != nil {
		return nil, nil, err
	}
	p.bags = true
	g, err := p.fit(ctx, x, y, r)
	if err != nil {
		return nil, nil, err
	}
	shares, err := g.outOfBag(ctx, x, y, r.Workers)
	if err != nil {
		return nil, nil, err
	}
	return &ForestModel{g.Average}, shares, nil
}

// OutOfBagAccuracy returns the share of rows whose likeliest class by the
// probabilities of FitOutOfBag is their own, leaving out those that have none; NaN
// if none has any.
func OutOfBagAccuracy(probabilities []float64, y learn.Target) float64 {
	right, rows, k := 0, 0, len(y.Classes)
	for i, class := range y.Y {
		p := probabilities[i*k : (i+1)*k]
		if p[0] != p[0] {
			continue
		}
		rows++
		if int32(largest(p)) == class {
			right++
		}
	}
	if rows == 0 {
		return math.NaN()
	}
	return float64(right) / float64(rows)
}

// largest returns the place of the largest number, of equals the first.
func largest(x []float64) int {
	at := 0
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

// Space is what a search may vary.
func (Forest) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "max_features", Choices: []any{"sqrt", "log2", 0.3, 0.5}},
		{Name: "min_samples_leaf", Low: 1, High: 20, Log: true, Whole: true},
		{Name: "max_depth", Low: 4, High: 40, Whole: true},
		{Name: "criterion", Choices: []any{"gini", "entropy"}},
	}
}

// Cheaper is a forest of fewer trees.
func (f Forest) Cheaper(fraction float64) learn.Spec {
	f.Trees = fewer(f.Trees, 100, fraction)
	return &f
}

// fewer returns a part of a number of trees, or of the usual one where it is 0.
func fewer(trees, usual int, fraction float64) int {
	if fraction >= 1 {
		return trees
	}
	if trees == 0 {
		trees = usual
	}
	return max(1, int(math.Round(fraction*float64(trees))))
}

// A ForestModel is a fitted Forest.
type ForestModel struct{ Average }

// Kind is "rf".
func (*ForestModel) Kind() string { return "rf" }

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *ForestModel) Check() error { return m.check(m.Kind()) }
