package tree

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// deepTrees returns random trees with a path of so many splits, on which columns are
// looked at more than once. Some splits sent all training rows one way, so that there
// are nodes that had none.
func deepTrees(rng *rand.Rand, columns []learn.Column, trees, depth int) *Ensemble {
	e := &Ensemble{Columns: columns, Width: 1}
	for range trees {
		root := int32(len(e.Nodes))
		e.Roots = append(e.Roots, root)
		e.Nodes, e.Cover = append(e.Nodes, Node{}), append(e.Cover, float64(rng.IntN(100000)))
		e.deepen(rng, root, depth)
	}
	return e
}

// deepen makes a node a split, or a leaf if there is no depth left.
func (e *Ensemble) deepen(rng *rand.Rand, at int32, depth int) {
	if depth <= 0 {
		e.Nodes[at] = Node{Column: Leaf, Low: int32(len(e.Values)), Set: -1}
		e.Values = append(e.Values, float64(rng.IntN(4))-1.5) // subtrees of one value are not rare
		return
	}
	column := rng.Int32N(int32(len(e.Columns)))
	n := Node{Column: column, Low: int32(len(e.Nodes)), Set: -1, MissingLow: rng.IntN(2) == 0}
	if levels := len(e.Columns[column].Levels); levels == 0 {
		n.Value = rng.NormFloat64()
	} else {
		n.Set = int32(len(e.Sets))
		for range words(levels) {
			e.Sets = append(e.Sets, rng.Uint64())
		}
	}
	e.Nodes[at] = n
	low := math.Floor(e.Cover[at] * []float64{rng.Float64(), 1 - 1e-4*rng.Float64(), 1, 0}[min(3, rng.IntN(9)/2)])
	e.Nodes, e.Cover = append(e.Nodes, Node{}, Node{}), append(e.Cover, low, e.Cover[at]-low)
	deep := rng.Int32N(2)
	e.deepen(rng, n.Low+deep, depth-1)
	e.deepen(rng, n.Low+1-deep, min(depth-1, rng.IntN(4)))
}

// manyColumns are someColumns and more of numbers.
func manyColumns(n int) []learn.Column {
	columns := someColumns()
	for len(columns) < n {
		columns = append(columns, learn.Column{Name: fmt.Sprint("more", len(columns))})
	}
	return columns
}

// The sums are those of the recursion.
func TestShapAgainstRecursion(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 5))
		columns := manyColumns([]int{5, 8, 20, 60}[seed%4])
		x := someRows(rng, columns, 20)
		e := deepTrees(rng, columns, 1+rng.IntN(12), 1+rng.IntN(40))
		if seed%5 == 0 {
			e = someTrees(rng, columns, 20, 1)
		}
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
		mix := []float64{rng.NormFloat64()}
		want, base := explainRecursive(e, x, mix)
		got, err := e.Shap(x, mix)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, "base", got.Base, base, 1e-15)
		for j := range columns {
			for i := range x.Rows {
				if !check.Near(got.Parts[j][i], want[j][i], 1e-12, 1e-12) {
					t.Errorf("seed %d, column %d, row %d: %v, want %v", seed, j, i, got.Parts[j][i], want[j][i])
				}
			}
		}
	}
}

// A row has the same parts, to the bit, alone, in batches, and for whoever asks at the
// same time.
func TestShapOfBatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	x := someRows(rng, manyColumns(20), 60)
	e := deepTrees(rng, x.Columns, 30, 12)
	whole, err := e.Shap(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, size := range []int{1, 3, 7, 11, 60} {
		wg.Go(func() {
			for from := 0; from < x.Rows; from += size {
				part, err := e.Shap(x.Slice(from, min(from+size, x.Rows)), nil)
				if err != nil {
					t.Error(err)
					return
				}
				for j := range part.Parts {
					if !slices.Equal(part.Parts[j], whole.Parts[j][from:from+len(part.Total)]) {
						t.Errorf("rows from %d, %d together: column %d has other parts", from, size, j)
					}
				}
			}
		})
	}
	wg.Wait()
}

// What is kept for one mix of the outputs is not taken for another.
func TestShapOfMixes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	x := someRows(rng, someColumns(), 9)
	e := someTrees(rng, x.Columns, 9, 1)
	e.Outputs = []int32{0, 1, 2, 0, 1, 2, 0, 1, 2}
	mixes := [][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, -1, 0.5}, {0, 0, 0}}
	for _, k := range []int{0, 1, 2, 3, 4, 3, 0, 1} {
		want, _ := explainRecursive(e, x, mixes[k])
		got, err := e.Shap(x, mixes[k])
		if err != nil {
			t.Fatal(err)
		}
		for j := range want {
			closeAll(t, fmt.Sprint("mix ", mixes[k], " column ", j), got.Parts[j], want[j], 1e-12)
		}
		mixes[k] = slices.Clone(mixes[k])
	}
	if len(e.shaps) > 3 {
		t.Errorf("%d mixes of 3 outputs are kept", len(e.shaps))
	}
}

// Whatever the processor can do, it comes to the same bits.
func TestSweep(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	e := deepTrees(rng, manyColumns(30), 20, 25)
	x := someRows(rng, e.Columns, 1)
	w := e.explained([]float64{1}).walker()
	w.layout.fill(w.values, x, 0, 1)
	got, want := make([]float64, len(w.sums)), make([]float64, len(w.sums))
	for k := range w.stands {
		s := &w.stands[k]
		turns := w.turns[:len(s.forks)]
		s.look(w.sides, w.layout, w.values)
		s.route(turns, w.states, w.sides)
		s.leafMeans(w.spots)
		for g := range s.rule.weights {
			s.rootWeights(w.spots, g)
			sweep(w.spots, turns, s.inner, s.group(g), got)
			sweepPortable(w.spots, turns, s.inner, s.group(g), want)
			if !slices.Equal(got, want) {
				t.Fatalf("stand %d, points %d: other sums", k, g)
			}
		}
	}
}
