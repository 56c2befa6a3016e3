package tree

import (
	"sync"
	"sync/atomic"

	"github.com/netanom/netanom/model/learn"
)

// A Node is a split or a leaf.
type Node struct {
	// Column is the column that a split looks at, −1 for a leaf.
	Column int32
	// Low is the place of the node for rows that go low; rows that go high go to the
	// node behind it. Children stand behind their parents. For a leaf, Low is the place
	// of its first number in Ensemble.Values.
	Low int32
	// Value is the threshold of a split on numbers: rows of at most Value go low.
	Value float64
	// Set is the place in Ensemble.Sets of the first word of the levels that go low,
	// for a split on levels; −1 for a split on numbers. There is a bit for each level,
	// from the lowest bit of the first word on.
	Set int32
	// MissingLow says that rows without a value, or with a level that was not there in
	// training, go low.
	MissingLow bool
}

// Leaf is the Column of a leaf.
const Leaf = -1

// MaxDepth is the number of splits from a root that no leaf may lie deeper than.
const MaxDepth = 1024

// An Ensemble is trees that score rows together: forests average what their leaves
// hold, boosted trees add it up. It holds flat lists that can be stored. It must not
// change, nor be copied, once it has scored rows; many goroutines may use it.
type Ensemble struct {
	Columns []learn.Column
	Width   int       // numbers that each leaf holds
	Roots   []int32   // of each tree, the place of its first node; the nodes of a tree are neighbours
	Outputs []int32   // of each tree, the output its leaves add to where Width is 1; nil: leaves hold all outputs
	Nodes   []Node    // of all trees
	Values  []float64 // of the leaves; leaves that hold the same may share a place
	Sets    []uint64  // of the splits on levels
	Cover   []float64 // of each node, the weight of the training rows that came by
	Gain    []float64 // of each node, by how much its split lowered the loss, 0 for leaves; nil if not kept

	once sync.Once
	fast atomic.Pointer[layout]

	mixing sync.Mutex
	shaps  []*shap // of the mixes of outputs explained so far
}

// Size returns the number of outputs: the numbers that Raw writes for each row.
func (e *Ensemble) Size() int {
	if e.Outputs == nil {
		return e.Width
	}
	size := int32(0)
	for _, o := range e.Outputs {
		size = max(size, o+1)
	}
	return int(size)
}

// span returns the places of the first node of a tree, and of the first behind it.
func (e *Ensemble) span(tree int) (from, to int32) {
	if tree+1 < len(e.Roots) {
		return e.Roots[tree], e.Roots[tree+1]
	}
	return e.Roots[tree], int32(len(e.Nodes))
}

// Importance returns for each column the share of the Gain of all splits that
// splits on it have; zeros if there is no gain. A negative gain counts as none.
func (e *Ensemble) Importance() []float64 {
	shares := make([]float64, len(e.Columns))
	for i, g := range e.Gain {
		if c := e.Nodes[i].Column; c != Leaf {
			shares[c] += max(g, 0)
		}
	}
	return normalised(shares)
}

// normalised divides numbers of which none is negative by their sum, in place,
// unless that is 0.
func normalised(x []float64) []float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	if sum > 0 {
		for i := range x {
			x[i] /= sum
		}
	}
	return x
}

// words returns how many words of Sets a split on a column of so many levels has.
func words(levels int) int { return (levels + 63) / 64 }

// low reports whether a row of a bound matrix goes low at a split.
func (e *Ensemble) low(n *Node, x *learn.Matrix, row int) bool {
	if n.Set < 0 {
		v := x.Numbers[n.Column][row]
		return v <= n.Value || v != v && n.MissingLow
	}
	code := x.Codes[n.Column][row]
	if code < 0 {
		return n.MissingLow
	}
	return e.Sets[n.Set+code>>6]>>(code&63)&1 == 1
}
