package tree

import (
	"github.com/netanom/netanom/model/learn"
)

// maxWidth is how many numbers a leaf may hold.
const maxWidth = 1 << 20

// Check returns an error, which wraps learn.ErrBroken, unless the lists are trees:
// every split leads to two nodes behind it that no other leads to, down to leaves
// that are at most MaxDepth splits away and hold finite numbers. What passes can be
// scored and explained.
func (e *Ensemble) Check() error {
	if err := learn.CheckColumns(e.Columns); err != nil {
		return learn.Broken("trees", "%v", err)
	}
	if e.Width < 1 || e.Width > maxWidth {
		return learn.Broken("trees", "leaves of %d numbers", e.Width)
	}
	if len(e.Cover) != len(e.Nodes) || e.Gain != nil && len(e.Gain) != len(e.Nodes) {
		return learn.Broken("trees", "%d weights and %d gains of %d nodes", len(e.Cover), len(e.Gain), len(e.Nodes))
	}
	if !learn.Floats(e.Values).Finite() || !learn.Floats(e.Gain).Finite() || !learn.Floats(e.Cover).Finite() {
		return learn.Broken("trees", "leaves, weights or gains are not finite")
	}
	for _, w := range e.Cover {
		if w < 0 {
			return learn.Broken("trees", "a node of weight %v", w)
		}
	}
	if err := e.checkOutputs(); err != nil {
		return err
	}
	return e.checkTrees()
}

func (e *Ensemble) checkOutputs() error {
	if e.Outputs == nil {
		return nil
	}
	if e.Width != 1 || len(e.Outputs) != len(e.Roots) {
		return learn.Broken("trees", "%d outputs of %d trees whose leaves hold %d numbers", len(e.Outputs), len(e.Roots), e.Width)
	}
	for _, o := range e.Outputs {
		if o < 0 || int(o) >= len(e.Roots) {
			return learn.Broken("trees", "output %d with %d trees", o, len(e.Roots))
		}
	}
	return nil
}

func (e *Ensemble) checkTrees() error {
	if len(e.Roots) == 0 && len(e.Nodes) > 0 || len(e.Roots) > 0 && e.Roots[0] != 0 {
		return learn.Broken("trees", "nodes before the first tree")
	}
	depth := make([]int32, len(e.Nodes)) // splits above, and one; 0 where nothing leads to
	for t, root := range e.Roots {
		from, to := e.span(t)
		if from < 0 || from >= to || int(to) > len(e.Nodes) {
			return learn.Broken("trees", "tree %d has nodes %d to %d of %d", t+1, from, to, len(e.Nodes))
		}
		depth[root] = 1
		for i := from; i < to; i++ {
			if depth[i] == 0 || depth[i] > MaxDepth+1 {
				return learn.Broken("trees", "node %d of tree %d is no child, or too deep", i-from+1, t+1)
			}
			if err := e.checkNode(&e.Nodes[i]); err != nil {
				return err
			}
			low := e.Nodes[i].Low
			if e.Nodes[i].Column == Leaf {
				continue
			}
			if low <= i || low >= to-1 || depth[low] != 0 || depth[low+1] != 0 {
				return learn.Broken("trees", "the children of node %d of tree %d are not its own", i-from+1, t+1)
			}
			depth[low], depth[low+1] = depth[i]+1, depth[i]+1
		}
	}
	return nil
}

// checkNode checks all but the children.
func (e *Ensemble) checkNode(n *Node) error {
	if n.Column == Leaf {
		if n.Low < 0 || int(n.Low) > len(e.Values)-e.Width {
			return learn.Broken("trees", "a leaf at %d of %d numbers", n.Low, len(e.Values))
		}
		return nil
	}
	if n.Column < 0 || int(n.Column) >= len(e.Columns) {
		return learn.Broken("trees", "a split on column %d of %d", n.Column, len(e.Columns))
	}
	c := &e.Columns[n.Column]
	if !c.Coded() {
		if n.Set >= 0 || n.Value-n.Value != 0 {
			return learn.Broken("trees", "a split on numbers at %v", n.Value)
		}
		return nil
	}
	if n.Set < 0 || int(n.Set)+words(len(c.Levels)) > len(e.Sets) {
		return learn.Broken("trees", "levels at %d of %d", n.Set, len(e.Sets))
	}
	return nil
}
