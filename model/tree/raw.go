package tree

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// scoreBlock is how many rows go down one tree before the next: few enough for
// their cells to stay in a core's first cache.
const scoreBlock = 64

// together is how many rows step down a tree by turns.
const together = 16

// scoreChunk is how many rows a goroutine takes at a time.
const scoreChunk = 16 * scoreBlock

// scratch is what scoring a block of rows needs.
type scratch struct {
	cells []float64
	at    [scoreBlock]int32 // of each row, the node it has come to
}

// grow makes room for so many cells. Where a layout has no slots, leaves look at
// the first cell, which must not be NaN.
func (s *scratch) grow(cells int) {
	if cells = max(1, cells); len(s.cells) < cells {
		s.cells = make([]float64, cells)
	}
	s.cells[0] = 0
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Raw writes to dst, for each row of x, the sum of what the leaves hold that the
// row comes to, over all trees: Size numbers a row, row after row. It finds its
// columns by name, and returns an error if one is not there or dst has not room for
// all rows. Trees are added in their order: a row has the same sum in any batch.
func (e *Ensemble) Raw(dst []float64, x *learn.Matrix) error {
	x, err := x.Bind(e.Columns)
	if err != nil {
		return err
	}
	f := e.compiled()
	if len(dst) != x.Rows*f.size {
		return fmt.Errorf("%d numbers for the scores of %d rows, want %d a row", len(dst), x.Rows, f.size)
	}
	if x.Rows <= scoreChunk {
		e.rawRows(f, dst, x, 0, x.Rows)
		return nil
	}
	chunks := (x.Rows + scoreChunk - 1) / scoreChunk
	return parallel.Do(context.Background(), chunks, 0, func() func(int) {
		return func(c int) {
			from := c * scoreChunk
			to := min(from+scoreChunk, x.Rows)
			e.rawRows(f, dst[from*f.size:to*f.size], x, from, to)
		}
	})
}

// rawRows is Raw for rows from..to of a bound matrix.
func (e *Ensemble) rawRows(f *layout, dst []float64, x *learn.Matrix, from, to int) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	clear(dst)
	s.grow(f.width() * min(scoreBlock, to-from))
	if to-from == 1 {
		f.fill(s.cells, x, from, to)
		e.rawRow(f, dst, s)
		return
	}
	for ; from < to; from += scoreBlock {
		n := min(scoreBlock, to-from)
		f.fill(s.cells, x, from, from+n)
		for t, root := range e.Roots {
			f.descend(s, root, n)
			e.addRows(f, dst, t, s.at[:n])
		}
		dst = dst[n*f.size:]
	}
}

// rawRow is rawRows for a single row, whose cells are filled: instead of rows,
// trees go together.
func (e *Ensemble) rawRow(f *layout, dst []float64, s *scratch) {
	for t := 0; t < len(e.Roots); t += together {
		at := s.at[:copy(s.at[:together], e.Roots[t:])]
		f.settle(s.cells, 0, at)
		for i, node := range at {
			e.add(f, dst, t+i, node)
		}
	}
}

// addRows is add for rows that have come to these leaves.
func (e *Ensemble) addRows(f *layout, dst []float64, tree int, at []int32) {
	if e.Width != 2 || f.size != 2 {
		for r, node := range at {
			e.add(f, dst[r*f.size:(r+1)*f.size], tree, node)
		}
		return
	}
	for r, node := range at { // of normal and attack
		leaf := (*[2]float64)(e.Values[f.leaves[node]:])
		row := (*[2]float64)(dst[2*r:])
		row[0] += leaf[0]
		row[1] += leaf[1]
	}
}

// add adds to a row's outputs what the leaf of a tree holds that it has come to.
func (e *Ensemble) add(f *layout, row []float64, tree int, node int32) {
	at := f.leaves[node]
	if e.Width == 1 {
		out := int32(0)
		if f.outputs != nil {
			out = f.outputs[tree]
		}
		row[out] += e.Values[at]
		return
	}
	leaf := e.Values[at:]
	leaf = leaf[:len(row)]
	for k := range row {
		row[k] += leaf[k]
	}
}

// descend takes n rows, whose cells are filled, from a root to their leaves.
func (f *layout) descend(s *scratch, root int32, n int) {
	width := f.width()
	for r := 0; r < n; r += together {
		at := s.at[r:min(r+together, n)]
		for i := range at {
			at[i] = root
		}
		f.settle(s.cells[r*width:], width, at)
	}
}

// settle takes rows from the nodes at which they are to their leaves. The cells of
// each lie stride behind those of the one before. All go down by one node, then by
// the next, so that the processor need not wait for one row to know its way.
func (f *layout) settle(cells []float64, stride int, at []int32) {
	nodes := f.nodes
	for {
		var moved int32
		base := 0
		for i, node := range at {
			n := &nodes[node]
			next := n.low
			if n.slot >= 0 {
				next += above(cells[base+int(n.slot)], n.value)
			} else {
				next += f.outside(n.value, cells[base+int(^n.slot)])
			}
			moved |= next ^ node
			at[i] = next
			base += stride
		}
		if moved == 0 {
			return
		}
	}
}

// above returns 1 if x is more than the value of a split. Written like this it
// takes no jump, which a processor would foresee half of the time only.
func above(x, value float64) int32 {
	var step int32
	if x > value {
		step = 1
	}
	return step
}

// outside returns 1 if a code is not in a set, both of which come as the bits of a
// number.
func (f *layout) outside(set, code float64) int32 {
	c := math.Float64bits(code)
	w := f.sets[math.Float64bits(set)+c>>6]
	return int32(^w >> (c & 63) & 1)
}
