package tree

import (
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Shap splits the outputs of each row, weighted with mix and added up, among the
// columns: their Shapley values in the game in which a row that a split may not look
// at goes both ways, in proportion to the training rows that did (path-dependent
// TreeSHAP [1]). Base is the mean over the training rows. The parts of a row and the
// base add up to its total but for rounding. mix has a number for each output; nil
// stands for 1s. The caller sets the scale. A row has the same parts in any batch.
//
// The values are exact. A Shapley value is the integral over t from 0 to 1 of what
// the column adds if each other one is known with probability t [2]. For a tree this
// is a polynomial of a degree below the number of columns on a path, so that
// Gauss–Legendre quadrature with half as many points gives it without error, as in
// Linear TreeSHAP [3], and a tree takes time in proportion to its nodes.
//
// [1] S. M. Lundberg et al. (2020), "From local explanations to global understanding
// with explainable AI for trees", Nature Machine Intelligence 2, 56–67, Algorithm 2.
// [2] G. Owen (1972), "Multilinear extensions of games", Management Science 18(5),
// 64–79.
// [3] P. Yu, A. Bifet, J. Read and C. Xu (2022), "Linear TreeSHAP", NeurIPS 35.
func (e *Ensemble) Shap(x *learn.Matrix, mix []float64) (*learn.Explanation, error) {
	x, err := x.Bind(e.Columns)
	if err != nil {
		return nil, err
	}
	size := e.Size()
	if mix == nil {
		mix = slices.Repeat([]float64{1}, size)
	}
	if len(mix) != size {
		return nil, fmt.Errorf("%d weights for %d outputs", len(mix), size)
	}
	s := e.explained(mix)
	out := &learn.Explanation{Base: s.base, Total: make([]float64, x.Rows), Parts: make([][]float64, len(e.Columns))}
	room := make([]float64, x.Rows*len(e.Columns))
	for j := range out.Parts {
		out.Parts[j] = room[j*x.Rows : (j+1)*x.Rows : (j+1)*x.Rows]
	}
	if err := e.totals(out.Total, x, mix); err != nil {
		return nil, err
	}
	return out, s.explain(out.Parts, x)
}

// explained returns what explaining outputs of that mix takes. It is made when it is
// first asked for; as many mixes as there are outputs are kept.
func (e *Ensemble) explained(mix []float64) *shap {
	e.mixing.Lock()
	defer e.mixing.Unlock()
	for _, s := range e.shaps {
		if slices.Equal(s.mix, mix) {
			return s
		}
	}
	s := newShap(e, slices.Clone(mix))
	if len(e.shaps) < len(mix) {
		e.shaps = append(e.shaps, s)
	}
	return s
}

// totals writes the weighted outputs of all rows.
func (e *Ensemble) totals(dst []float64, x *learn.Matrix, mix []float64) error {
	raw := make([]float64, len(mix)*x.Rows)
	if err := e.Raw(raw, x); err != nil {
		return err
	}
	for i := range dst {
		for k, m := range mix {
			dst[i] += m * raw[i*len(mix)+k]
		}
	}
	return nil
}

// shapRows is how many rows go through one tree before the next.
const shapRows = 8

// explain writes the parts of all rows, by column.
func (s *shap) explain(parts [][]float64, x *learn.Matrix) error {
	if x.Rows <= shapRows {
		w := s.walker()
		w.rows(parts, x, 0, x.Rows)
		s.walkers.Put(w)
		return nil
	}
	return parallel.Do(context.Background(), (x.Rows+shapRows-1)/shapRows, 0, func() func(int) {
		w := s.walker()
		return func(b int) { w.rows(parts, x, b*shapRows, min((b+1)*shapRows, x.Rows)) }
	})
}

// A shapWalker explains rows, in scratch space of its own.
type shapWalker struct {
	*shap
	layout *layout
	values []float64 // the cells of the rows, in the slots of the layout
	turns  []turn
	states []uint8
	sides  []uint8
	spots  []float64
	sums   []float64 // of each row and column, at a group of points
}

// walker returns one that is not in use.
func (s *shap) walker() *shapWalker {
	if w, ok := s.walkers.Get().(*shapWalker); ok {
		return w
	}
	f := s.e.compiled()
	return &shapWalker{
		shap: s, layout: f, values: make([]float64, shapRows*f.width()), turns: make([]turn, s.forks),
		states: make([]uint8, s.forks+1), sides: make([]uint8, s.forks), spots: make([]float64, spotSize*s.spots), sums: make([]float64, points*shapRows*len(s.e.Columns)),
	}
}

// rows writes the parts of rows from..to, at most shapRows. What trees add to a row is
// added up point by point, in the order of the trees.
func (w *shapWalker) rows(parts [][]float64, x *learn.Matrix, from, to int) {
	width, stride := w.layout.width(), points*len(parts)
	w.layout.fill(w.values, x, from, to)
	clear(w.sums)
	for k := range w.stands {
		s := &w.stands[k]
		s.leafMeans(w.spots)
		turns := w.turns[:len(s.forks)]
		for r := range to - from {
			s.look(w.sides, w.layout, w.values[r*width:(r+1)*width])
			s.route(turns, w.states, w.sides)
			for g := range s.rule.weights {
				s.rootWeights(w.spots, g)
				sweep(w.spots, turns, s.inner, s.group(g), w.sums[r*stride:(r+1)*stride])
			}
		}
	}
	for r := range to - from {
		for j := range parts {
			v := (*lanes)(w.sums[r*stride+j*points:])
			parts[j][from+r] = (v[0] + v[1]) + (v[2] + v[3])
		}
	}
}
