package tree

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Shap splits the outputs of each row, weighted with mix and added up, among the
// columns: their Shapley values in the game in which a row that a split may not look
// at goes both ways, in proportion to the training rows that did (path-dependent
// TreeSHAP [1]). Base is the mean over the training rows. The parts of a row and the
// base add up to its total but for rounding. mix has a number for each output; nil
// stands for 1s. The caller sets the scale.
//
// The values are exact. A Shapley value is the integral over t from 0 to 1 of what
// the column adds if each other one is known with probability t [2]. For a tree this
// is a polynomial of a degree below the number of columns on a path, so that
// Gauss–Legendre quadrature with half as many points gives it without error. All
// its terms have one sign, unlike those of the recursion in [1], and a tree takes
// time in proportion to its nodes.
//
// [1] S. M. Lundberg et al. (2020), "From local explanations to global understanding
// with explainable AI for trees", Nature Machine Intelligence 2, 56–67, Algorithm 2.
// [2] G. Owen (1972), "Multilinear extensions of games", Management Science 18(5),
// 64–79.
func (e *Ensemble) Shap(x *learn.Matrix, mix []float64) (*learn.Explanation, error) {
	x, err := x.Bind(e.Columns)
	if err != nil {
		return nil, err
	}
	size := e.Size()
	if mix == nil {
		mix = ones(size)
	}
	if len(mix) != size {
		return nil, fmt.Errorf("%d weights for %d outputs", len(mix), size)
	}
	s := newShap(e, mix)
	out := &learn.Explanation{Base: s.base, Total: make([]float64, x.Rows), Parts: make([][]float64, len(e.Columns))}
	for j := range out.Parts {
		out.Parts[j] = make([]float64, x.Rows)
	}
	if err := s.totals(out.Total, x, mix); err != nil {
		return nil, err
	}
	const rows = 8
	err = parallel.Do(context.Background(), (x.Rows+rows-1)/rows, 0, func() func(int) {
		w := s.walker(x)
		return func(b int) {
			for i := b * rows; i < min((b+1)*rows, x.Rows); i++ {
				w.row(i)
				for j, v := range w.parts {
					out.Parts[j][i] = v
				}
			}
		}
	})
	return out, err
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// shap is what all rows share.
type shap struct {
	e      *Ensemble
	value  []float64 // of leaves, what they hold weighted with mix; of splits, the mean over the training rows below
	share  []float64 // of each node, its part of the training rows of its parent
	depth  int       // splits on the longest path
	points []int     // of each tree, how many points of quadrature it takes
	rules  [][]point // by how many points
	base   float64
}

func newShap(e *Ensemble, mix []float64) *shap {
	s := &shap{e: e, value: make([]float64, len(e.Nodes)), share: make([]float64, len(e.Nodes)), points: make([]int, len(e.Roots))}
	depth := make([]int, len(e.Nodes))
	on := make([]int, len(e.Columns))
	for t, root := range e.Roots {
		from, to := e.span(t)
		for i := to - 1; i >= from; i-- {
			s.node(t, i, mix)
		}
		s.base += s.value[root]
		for i := from; i < to; i++ {
			if n := &e.Nodes[i]; n.Column != Leaf {
				depth[n.Low], depth[n.Low+1] = depth[i]+1, depth[i]+1
				s.depth = max(s.depth, depth[i]+1)
			}
		}
		s.points[t] = max(1, (e.distinct(root, on)+1)/2)
		for len(s.rules) <= s.points[t] {
			s.rules = append(s.rules, legendre(len(s.rules)))
		}
	}
	return s
}

// node fills in the value of a node whose children have theirs, and their shares.
func (s *shap) node(tree int, i int32, mix []float64) {
	n := &s.e.Nodes[i]
	if n.Column == Leaf {
		leaf := s.e.Values[n.Low : int(n.Low)+s.e.Width]
		if s.e.Outputs != nil {
			mix = mix[s.e.Outputs[tree]:][:1]
		}
		for k, v := range leaf {
			s.value[i] += mix[k] * v
		}
		return
	}
	low, high := s.e.Cover[n.Low], s.e.Cover[n.Low+1]
	part := 0.5
	if low+high > 0 {
		part = low / (low + high)
	}
	s.share[n.Low], s.share[n.Low+1] = part, 1-part
	s.value[i] = part*s.value[n.Low] + (1-part)*s.value[n.Low+1]
}

// distinct returns the largest number of different columns that a path from a node
// down looks at. on counts the splits on each column above, and comes back as it was.
func (e *Ensemble) distinct(node int32, on []int) int {
	n := &e.Nodes[node]
	if n.Column == Leaf {
		return 0
	}
	more := 0
	if on[n.Column] == 0 {
		more = 1
	}
	on[n.Column]++
	most := max(e.distinct(n.Low, on), e.distinct(n.Low+1, on))
	on[n.Column]--
	return most + more
}

// totals writes the weighted outputs of all rows.
func (s *shap) totals(dst []float64, x *learn.Matrix, mix []float64) error {
	raw := make([]float64, len(mix)*x.Rows)
	if err := s.e.Raw(raw, x); err != nil {
		return err
	}
	for i := range dst {
		for k, m := range mix {
			dst[i] += m * raw[i*len(mix)+k]
		}
	}
	return nil
}
