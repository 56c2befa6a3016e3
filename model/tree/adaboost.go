package tree

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
)

// An AdaBoost is shallow trees of which each is grown on rows that weigh the more
// the oftener the trees before it were wrong about them, by SAMME: the trees vote,
// with weights [1]. Probabilities are the softmax of the shares of the votes over one
// less than the number of classes, as in scikit-learn 1.2: they rank rows, but lie
// near each other.
//
// [1] J. Zhu, H. Zou, S. Rosset and T. Hastie (2009), "Multi-class AdaBoost",
// Statistics and Its Interface 2(3), 349–360.
type AdaBoost struct {
	// Trees is their number; 0 stands for 50. There are fewer where one of them is
	// always right, or no better than chance.
	Trees int `json:"trees,omitempty"`
	// LearningRate shrinks the weight of each vote; 0 stands for 1.
	LearningRate float64 `json:"learning_rate,omitempty"`
	// MaxDepth is the number of splits above a leaf at most; 0 stands for 1.
	MaxDepth int `json:"max_depth,omitempty"`
	// Criterion is the impurity that splits lower: "gini" (default) or "entropy".
	Criterion string `json:"criterion,omitempty"`
}

// boostedTrees is how many trees there are by default.
const boostedTrees = 50

// Kind is "ada".
func (AdaBoost) Kind() string { return "ada" }

// Fit grows the trees; the model is an *AdaBoostModel.
func (a AdaBoost) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	p, err := limits{criterion: a.Criterion, depth: a.MaxDepth, trees: a.Trees, usualTrees: boostedTrees}.plan()
	if err != nil {
		return nil, err
	}
	if a.LearningRate == 0 {
		a.LearningRate = 1
	}
	if !(a.LearningRate > 0) || math.IsInf(a.LearningRate, 1) {
		return nil, fmt.Errorf("learning_rate %v: want a number above 0: %w", a.LearningRate, learn.ErrSetting)
	}
	if a.MaxDepth == 0 {
		p.options.depth = 1
	}
	p.options.features = len(x.Columns)
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	s, err := newSource(ctx, x, y, r.Workers)
	if err != nil {
		return nil, err
	}
	s.packed = false // weights will not be whole
	b := newBooster(ctx, s, p, a.LearningRate)
	for t := range p.trees {
		more := b.round(rand.New(rand.NewPCG(r.Seed, uint64(t))), t+1 == p.trees)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		r.Report(t+1, p.trees)
		if !more {
			break
		}
	}
	return b.model(y.Classes), nil
}

// Space is what a search may vary.
func (AdaBoost) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "learning_rate", Low: 0.05, High: 2, Log: true},
		{Name: "max_depth", Low: 1, High: 6, Whole: true},
	}
}

// Cheaper is fewer trees.
func (a AdaBoost) Cheaper(fraction float64) learn.Spec {
	a.Trees = fewer(a.Trees, boostedTrees, fraction)
	return &a
}

// A booster is a fit under way.
type booster struct {
	*grower
	join    *joiner
	rate    float64
	present []bool    // classes that rows have
	kinds   float64   // how many these are
	votes   []float64 // weight of each tree
	wrong   []bool    // of the tree at hand, by row
	gain    []float64 // by column, the sum over the trees of what they gained, weighted
}

func newBooster(ctx context.Context, s *source, p plan, rate float64) *booster {
	b := &booster{
		grower: newGrower(ctx, s, p.options), join: newJoiner(s.x.Columns, s.classes), rate: rate,
		present: make([]bool, s.classes), wrong: make([]bool, len(s.y)), gain: make([]float64, len(s.columns)),
	}
	for i, class := range s.y {
		b.present[class] = true
		b.weight[i] = 1
		if s.weights != nil {
			b.weight[i] = s.weights[i]
		}
	}
	for _, p := range b.present {
		b.kinds += float64(bit(p))
	}
	normalised(b.weight)
	return b
}

// round grows a tree and changes the weights of the rows. It reports whether to go
// on.
func (b *booster) round(rng *rand.Rand, last bool) bool {
	p := b.grow(rng)
	if b.ctx.Err() != nil {
		return false
	}
	p.decide()
	failed := b.failures(p)
	vote := 1.0
	more := failed > 0 && failed < 1-1/b.kinds
	if more {
		vote = b.rate * (math.Log((1-failed)/failed) + math.Log(b.kinds-1))
	}
	if failed >= 1-1/b.kinds && len(b.votes) > 0 {
		return false // no better than chance: the trees before it do without
	}
	b.join.add(p)
	b.votes = append(b.votes, vote)
	for c, v := range p.importance(len(b.gain)) {
		b.gain[c] += vote * v
	}
	if !more || last {
		return false
	}
	factor := math.Exp(vote)
	for i, w := range b.wrong {
		if w {
			b.weight[i] *= factor
		}
	}
	normalised(b.weight)
	return true
}

// decide makes leaves hold the commonest class only, the first of equals.
func (p *plant) decide() {
	for i := range p.nodes {
		sums := p.sums[i*p.classes : (i+1)*p.classes]
		weight, most := total(sums), largest(sums)
		clear(sums)
		sums[most] = weight
	}
}

// importance returns the share of each column in the gain of the tree.
func (p *plant) importance(columns int) []float64 {
	shares := make([]float64, columns)
	for i, n := range p.nodes {
		if n.Column != Leaf {
			shares[n.Column] += max(0, p.gain[i])
		}
	}
	return normalised(shares)
}

// failures notes the rows that a tree is wrong about and returns their weight, as a
// share of all.
func (b *booster) failures(p *plant) float64 {
	e := &Ensemble{Columns: b.x.Columns, Sets: p.sets, Nodes: p.nodes}
	var wrong, all float64
	for i, class := range b.y {
		node := int32(0)
		for p.nodes[node].Column != Leaf {
			n := &p.nodes[node]
			node = n.Low
			if !e.low(n, b.x, i) {
				node++
			}
		}
		b.wrong[i] = largest(p.sums[int(node)*p.classes:int(node+1)*p.classes]) != int(class)
		all += b.weight[i]
		if b.wrong[i] {
			wrong += b.weight[i]
		}
	}
	return wrong / all
}

// model puts the trees together. Their leaves hold their share of the votes.
func (b *booster) model(classes []string) *AdaBoostModel {
	e, k := b.join.e, len(classes)
	sum := total(b.votes)
	e.Values = nil
	for t, v := range b.votes {
		at := int32(len(e.Values))
		e.Values = append(e.Values, make([]float64, k*k)...)
		for c := range k {
			e.Values[int(at)+c*k+c] = v / sum
		}
		from, to := e.span(t)
		for i := from; i < to; i++ {
			if e.Nodes[i].Column == Leaf {
				e.Nodes[i].Low += at
			}
		}
	}
	e.Gain = nil
	return &AdaBoostModel{Names: classes, Present: b.present, Trees: e, Shares: normalised(b.gain)}
}
