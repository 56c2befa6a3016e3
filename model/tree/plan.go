package tree

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A plan is checked settings, of whichever learner.
type plan struct {
	trees     int
	options   options
	features  Features
	bootstrap bool
	samples   float64 // rows that each tree is grown from: a share up to 1, a number above; 0: as many as there are
	alpha     float64
	bags      bool // note which rows each tree was grown from
}

// maxTrees is how many trees a spec may ask for.
const maxTrees = 100_000

// limits are the settings that all learners of trees have.
type limits struct {
	criterion                  string
	depth, split, leaf, leaves int
	trees, usualTrees          int
}

// plan checks the settings that all learners have.
func (l limits) plan() (plan, error) {
	p := plan{trees: l.trees, features: "all", options: options{depth: l.depth, leaves: l.leaves}}
	if p.trees == 0 {
		p.trees = l.usualTrees
	}
	o := &p.options
	switch l.criterion {
	case "", "gini":
	case "entropy":
		o.entropy = true
	default:
		return p, fmt.Errorf("criterion %q: want gini or entropy: %w", l.criterion, learn.ErrSetting)
	}
	if p.trees < 1 || p.trees > maxTrees {
		return p, fmt.Errorf("%d trees: want 1 to %d: %w", p.trees, maxTrees, learn.ErrSetting)
	}
	if l.depth < 0 || l.split < 0 || l.leaf < 0 || l.leaves < 0 || l.leaves == 1 || l.split == 1 {
		return p, fmt.Errorf("max_depth %d, min_samples_split %d, min_samples_leaf %d, max_leaf_nodes %d: want numbers from 0 on, and at least 2 for the second and the last: %w",
			l.depth, l.split, l.leaf, l.leaves, learn.ErrSetting)
	}
	if o.depth == 0 || o.depth > MaxDepth {
		o.depth = MaxDepth
	}
	// The least numbers are no limits, whatever rows weigh.
	if l.split > 2 {
		o.split = float64(l.split)
	}
	if l.leaf > 1 {
		o.leaf = float64(l.leaf)
	}
	return p, nil
}

// bag sets how rows are drawn.
func (p *plan) bag(bootstrap bool, samples float64) error {
	if !(samples >= 0) || samples > 1 && samples != math.Trunc(samples) || samples > math.MaxInt32 {
		return fmt.Errorf("max_samples %v: want a share up to 1 or a number of rows: %w", samples, learn.ErrSetting)
	}
	if samples > 0 && !bootstrap {
		return fmt.Errorf("max_samples %v without bootstrap: trees take all rows then: %w", samples, learn.ErrSetting)
	}
	p.bootstrap, p.samples = bootstrap, samples
	return nil
}

// grown is what a plan makes.
type grown struct {
	Average
	bags []rowSet // of each tree, the rows of the source it was grown from
	from *source
}

// A rowSet is a set of rows.
type rowSet []uint64

func (b rowSet) has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }

// fit grows the trees.
func (p *plan) fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (*grown, error) {
	features, err := p.features.of(len(x.Columns))
	if err != nil {
		return nil, err
	}
	p.options.features = features
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	s, err := newSource(ctx, x, y, r.Workers)
	if err != nil {
		return nil, err
	}
	plants := make([]*plant, p.trees)
	out := &grown{from: s}
	if p.bags {
		out.bags = make([]rowSet, p.trees)
	}
	var mu sync.Mutex
	done := 0
	err = parallel.Do(ctx, p.trees, r.Workers, func() func(int) {
		g := newGrower(ctx, s, p.options)
		return func(t int) {
			rng := rand.New(rand.NewPCG(r.Seed, uint64(t)))
			p.draw(g, rng)
			if p.bags {
				out.bags[t] = g.bag()
			}
			plants[t] = g.grow(rng)
			if p.alpha > 0 {
				plants[t].prune(p.alpha)
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			r.Report(done, p.trees)
		}
	})
	if err != nil {
		return nil, err
	}
	j := newJoiner(x.Columns, len(y.Classes))
	for t, plant := range plants {
		j.add(plant)
		plants[t] = nil
	}
	out.Average = Average{Names: y.Classes, Trees: j.e, Shares: j.e.meanImportance()}
	j.e.Gain = nil
	return out, nil
}

// draw sets what each row weighs in a tree.
func (p *plan) draw(g *grower, rng *rand.Rand) {
	n := len(g.weight)
	if !p.bootstrap {
		for i := range g.weight {
			g.weight[i] = 1
		}
	} else {
		m := n
		switch {
		case p.samples > 1:
			m = int(min(p.samples, float64(n)))
		case p.samples > 0:
			m = max(1, int(math.Round(p.samples*float64(n))))
		}
		clear(g.weight)
		for range m {
			g.weight[rng.IntN(n)]++
		}
	}
	for i, w := range g.source.weights {
		g.weight[i] *= w
	}
}

// bag returns the rows that weigh something.
func (g *grower) bag() rowSet {
	b := make(rowSet, (len(g.weight)+63)/64)
	for i, w := range g.weight {
		if w > 0 {
			b[i/64] |= 1 << (i % 64)
		}
	}
	return b
}
