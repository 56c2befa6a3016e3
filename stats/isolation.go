package stats

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/netanom/netanom/internal/parallel"
)

// IsolationOptions steers FitIsolation. The zero value is that of the paper.
type IsolationOptions struct {
	Trees   int    // 0 stands for 100
	Sample  int    // rows that each tree is grown from; 0 stands for 256, and all are taken where there are fewer
	Seed    uint64 // chooses the rows and the splits
	Workers int    // goroutines; the result does not depend on it
}

// An IsolationForest scores rows by how few random splits set them apart from
// the others. It holds no more than its trees, as flat lists that can be stored;
// Check tells whether lists from elsewhere are trees. It never changes and may be
// used by many goroutines.
type IsolationForest struct {
	Columns int             // of the rows it was fitted to and scores
	Sample  int             // rows that each tree was grown from
	Roots   []int32         // of each tree, the place of its first node
	Nodes   []IsolationNode // of all trees, children behind their parents
}

// An IsolationNode is a split or a leaf.
type IsolationNode struct {
	// Column is the column that a split compares, −1 for a leaf.
	Column int32
	// Below is the place of the node to which rows go whose value is less than
	// Value; the other rows go to the node behind it. A leaf has none.
	Below int32
	// Value is that of the split. For a leaf it is the path length of rows that
	// end there: the splits above, and those it would take on average to set apart
	// the rows it was grown with.
	Value float64
}

// leafColumn marks a leaf.
const leafColumn = -1

// Defaults of IsolationOptions, which are those of the paper.
const (
	isolationTrees  = 100
	isolationSample = 256
)

// FitIsolation grows an isolation forest on columns of equal length [1]. Each
// tree takes a random sample of the rows, and splits it at a random value of a
// random column that varies, until rows stand alone or the depth is that of a
// balanced tree: outliers, being few and different, are set apart early. Neither
// units nor outliers of a column matter to the others, and columns need not be
// independent or vary in most rows.
//
// NaN marks a missing value; rows with one are left out. It returns ErrLengths,
// ErrNotFinite for infinities, ErrTooFew for fewer than two complete rows, and the
// cause when ctx ends first.
//
// [1] F. T. Liu, K. M. Ting and Z.-H. Zhou (2012), "Isolation-based anomaly
// detection", ACM Transactions on Knowledge Discovery from Data 6(1), article 3.
func FitIsolation(ctx context.Context, cols [][]float64, o IsolationOptions) (*IsolationForest, error) {
	if o.Trees == 0 {
		o.Trees = isolationTrees
	}
	if o.Sample == 0 {
		o.Sample = isolationSample
	}
	if o.Trees < 1 || o.Sample < 2 || o.Trees > math.MaxInt32/(2*o.Sample) {
		return nil, fmt.Errorf("isolation forest of %d trees of %d rows: want at least 1 tree of 2 rows, and fewer than %d nodes", o.Trees, o.Sample, math.MaxInt32)
	}
	if _, err := commonLength(cols); err != nil {
		return nil, fmt.Errorf("isolation forest: %w", err)
	}
	complete := completeRows(cols)
	if len(cols) == 0 || len(complete[0]) < 2 {
		return nil, fmt.Errorf("isolation forest: %w", ErrTooFew)
	}
	for i, col := range complete {
		if !allFinite(col) {
			return nil, fmt.Errorf("isolation forest, column %d: %w", i, ErrNotFinite)
		}
	}
	o.Sample = min(o.Sample, len(complete[0]))
	trees := make([][]IsolationNode, o.Trees)
	err := parallel.Do(ctx, o.Trees, o.Workers, func() func(int) {
		g := newIsolationGrower(complete, o.Sample)
		return func(t int) { trees[t] = g.grow(rand.New(rand.NewPCG(o.Seed, uint64(t)))) }
	})
	if err != nil {
		return nil, err
	}
	return joinTrees(trees, len(cols), o.Sample), nil
}

// joinTrees puts the nodes of all trees into one list.
func joinTrees(trees [][]IsolationNode, columns, sample int) *IsolationForest {
	f := &IsolationForest{Columns: columns, Sample: sample}
	for _, nodes := range trees {
		root := int32(len(f.Nodes))
		f.Roots = append(f.Roots, root)
		for _, n := range nodes {
			if n.Column != leafColumn {
				n.Below += root
			}
			f.Nodes = append(f.Nodes, n)
		}
	}
	return f
}

// AveragePath returns the mean number of splits that set one of n rows apart in
// a random tree, which isolation scores are measured in:
// c(n) = 2·H(n−1) − 2·(n−1)/n with H(i) ≈ ln(i) + γ, 1 for two rows and 0 for
// fewer.
func AveragePath(n int) float64 {
	const eulerGamma = 0.57721566490153286061 // https://oeis.org/A001620
	switch {
	case n < 2:
		return 0
	case n == 2:
		return 1
	}
	m := float64(n - 1)
	return 2*(math.Log(m)+eulerGamma) - 2*m/float64(n)
}

// An isolationGrower grows trees, in scratch space of its own.
type isolationGrower struct {
	cols    [][]float64 // complete rows
	depth   int         // at which a tree ends
	sample  [][]float64 // the rows of the tree at hand, by column
	rows    []int32     // their order: those of a node are neighbours
	columns []int       // in the order in which they are tried
	swapped map[int]int // of drawing rows, those that have changed places
	rng     *rand.Rand
	nodes   []IsolationNode
}

func newIsolationGrower(cols [][]float64, sample int) *isolationGrower {
	g := &isolationGrower{
		cols:    cols,
		depth:   bits.Len(uint(sample - 1)), // ⌈log₂ sample⌉
		sample:  make([][]float64, len(cols)),
		rows:    make([]int32, sample),
		columns: make([]int, len(cols)),
		swapped: make(map[int]int, sample),
	}
	for c := range g.sample {
		g.sample[c] = make([]float64, sample)
	}
	return g
}

// grow returns the nodes of one tree.
func (g *isolationGrower) grow(rng *rand.Rand) []IsolationNode {
	g.rng = rng
	g.draw()
	for c := range g.columns {
		g.columns[c] = c
	}
	g.nodes = make([]IsolationNode, 1, 2*len(g.rows))
	g.split(0, g.rows, 0)
	return g.nodes
}

// draw takes random rows, each at most once: the first steps of a shuffle, of
// which only the places that have changed are kept.
func (g *isolationGrower) draw() {
	n := len(g.cols[0])
	clear(g.swapped)
	at := func(i int) int {
		if row, ok := g.swapped[i]; ok {
			return row
		}
		return i
	}
	for i := range g.rows {
		g.rows[i] = int32(i)
		j := i + g.rng.IntN(n-i)
		row := at(j)
		g.swapped[j] = at(i)
		for c, col := range g.cols {
			g.sample[c][i] = col[row]
		}
	}
}

// split makes a node of some rows at a depth, and its children.
func (g *isolationGrower) split(node int, rows []int32, depth int) {
	column, value, ok := -1, 0.0, false
	if len(rows) > 1 && depth < g.depth {
		column, value, ok = g.choose(rows)
	}
	if !ok {
		g.nodes[node] = IsolationNode{Column: leafColumn, Value: float64(depth) + AveragePath(len(rows))}
		return
	}
	x, below := g.sample[column], 0
	for i, row := range rows {
		if x[row] < value {
			rows[below], rows[i] = rows[i], rows[below]
			below++
		}
	}
	first := len(g.nodes)
	g.nodes[node] = IsolationNode{Column: int32(column), Below: int32(first), Value: value}
	g.nodes = append(g.nodes, IsolationNode{}, IsolationNode{})
	g.split(first, rows[:below], depth+1)
	g.split(first+1, rows[below:], depth+1)
}

// choose returns a random column among those that vary in the rows, and a random
// value above its smallest and up to its largest; false if no column varies.
func (g *isolationGrower) choose(rows []int32) (column int, value float64, ok bool) {
	for i := range g.columns {
		j := i + g.rng.IntN(len(g.columns)-i)
		g.columns[i], g.columns[j] = g.columns[j], g.columns[i]
		column = g.columns[i]
		x := g.sample[column]
		low, high := x[rows[0]], x[rows[0]]
		for _, row := range rows[1:] {
			low, high = min(low, x[row]), max(high, x[row])
		}
		if low < high {
			u := g.rng.Float64()
			value = low*(1-u) + high*u // high − low might overflow
			if !(value > low && value <= high) {
				value = high
			}
			return column, value, true
		}
	}
	return -1, 0, false
}
