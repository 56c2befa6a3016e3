package tree

import (
	"context"

	"github.com/netanom/netanom/model/learn"
)

// An ExtraTrees is extremely randomised trees: like a Forest, but each split divides
// every column it looks at in a random place, and takes the best of these (P. Geurts,
// D. Ernst and L. Wehenkel (2006), Machine Learning 63(1), 3–42). The fields are
// those of a Forest; a nil Bootstrap stands for false.
//
// In nodes of more than 512 rows, a place inside one of 255 bins of a column moves
// to an end of the bin. Each level goes either way by chance.
type ExtraTrees Forest

// Kind is "et".
func (ExtraTrees) Kind() string { return "et" }

// Fit grows the trees; the model is an *ExtraTreesModel.
func (e ExtraTrees) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	if e.Bootstrap == nil {
		e.Bootstrap = new(bool)
	}
	p, err := Forest(e).plan()
	if err != nil {
		return nil, err
	}
	p.options.random = true
	g, err := p.fit(ctx, x, y, r)
	if err != nil {
		return nil, err
	}
	return &ExtraTreesModel{g.Average}, nil
}

// Space is what a search may vary.
func (ExtraTrees) Space() []learn.Dimension { return Forest{}.Space() }

// Cheaper is fewer trees.
func (e ExtraTrees) Cheaper(fraction float64) learn.Spec {
	e.Trees = fewer(e.Trees, 100, fraction)
	return &e
}

// An ExtraTreesModel is fitted ExtraTrees.
type ExtraTreesModel struct{ Average }

// Kind is "et".
func (*ExtraTreesModel) Kind() string { return "et" }

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *ExtraTreesModel) Check() error { return m.check(m.Kind()) }
