package neighbor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// slowly returns the distances of all rows of x from row i of q, as the definition
// has it: over columns of zeros and ones. They come nearest first.
func slowly(x, q *learn.Matrix, i int, metric neighbor.Metric) []neighbor.Neighbor {
	out := make([]neighbor.Neighbor, x.Rows)
	for r := range x.Rows {
		var sum float64
		add := func(d float64) {
			if metric == neighbor.Manhattan {
				sum += math.Abs(d)
			} else {
				sum += d * d
			}
		}
		for j, c := range x.Columns {
			if !c.Coded() {
				add(x.Numbers[j][r] - q.Numbers[j][i])
				continue
			}
			for level := range int32(len(c.Levels)) {
				var a, b float64
				if x.Codes[j][r] == level {
					a = 1
				}
				if q.Codes[j][i] == level {
					b = 1
				}
				add(a - b)
			}
		}
		if metric != neighbor.Manhattan {
			sum = math.Sqrt(sum)
		}
		out[r] = neighbor.Neighbor{Row: int32(r), Distance: sum}
	}
	slices.SortStableFunc(out, func(a, b neighbor.Neighbor) int {
		switch {
		case a.Distance < b.Distance:
			return -1
		case a.Distance > b.Distance:
			return 1
		}
		return 0
	})
	return out
}

// grid returns rows of few different numbers and levels, so that there are
// duplicates and ties. Distances are roots of whole numbers, which nothing rounds
// before the root.
func grid(rows, numbers, coded, different int, seed uint64) *learn.Matrix {
	rng := rand.New(rand.NewPCG(seed, 1))
	var columns []learn.Column
	for j := range numbers {
		columns = append(columns, learn.Column{Name: fmt.Sprint("n", j)})
	}
	for j := range coded {
		levels := make([]string, 2+j*50)
		for l := range levels {
			levels[l] = fmt.Sprint(l)
		}
		columns = append(columns, learn.Column{Name: fmt.Sprint("c", j), Levels: levels})
	}
	x := learn.NewMatrix(columns, rows)
	for i := range rows {
		for j, c := range columns {
			if c.Coded() {
				x.Codes[j][i] = int32(rng.IntN(min(len(c.Levels), different+1))*len(c.Levels)/(different+1)) - int32(rng.IntN(20)/19)
				x.Codes[j][i] = max(x.Codes[j][i], learn.NoLevel)
			} else {
				x.Numbers[j][i] = float64(rng.IntN(different) - different/2)
			}
		}
	}
	return x
}

func index(t testing.TB, x *learn.Matrix, metric neighbor.Metric) (*neighbor.Index, *neighbor.Index) {
	t.Helper()
	ix, err := neighbor.NewIndex(context.Background(), x, metric)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(ix)
	if err != nil {
		t.Fatal(err)
	}
	var again neighbor.Index
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	if other, _ := json.Marshal(&again); string(other) != string(raw) {
		t.Error("an index that was read is written otherwise")
	}
	return ix, &again
}

// What the index finds is what comparing all rows finds, ties and all.
func TestIndexAgreesWithComparingAll(t *testing.T) {
	check.Long(t)
	for _, c := range []struct{ rows, numbers, coded, different int }{
		{1, 2, 1, 3}, {2, 1, 0, 2}, {50, 3, 1, 3}, {400, 4, 2, 4}, {400, 1, 0, 1000}, {700, 0, 3, 5}, {1500, 9, 1, 3}, {3000, 30, 3, 50},
	} {
		for _, metric := range []neighbor.Metric{neighbor.Euclidean, neighbor.Manhattan} {
			x := grid(c.rows, c.numbers, c.coded, c.different, uint64(c.rows))
			queries := 5 + 1000/(c.rows+50)
			fresh := grid(queries, c.numbers, c.coded, c.different, 99)
			ix, again := index(t, x, metric)
			if ix.Rows() != c.rows || ix.Metric() != metric || len(ix.Columns()) != len(x.Columns) {
				t.Errorf("%+v: an index of %d rows", c, ix.Rows())
			}
			for _, m := range []*learn.Matrix{fresh, x.Slice(0, min(queries, c.rows))} {
				agree(t, ix, x, m)
				agree(t, again, x, m)
			}
		}
	}
}

func agree(t *testing.T, ix *neighbor.Index, x, m *learn.Matrix) {
	t.Helper()
	q, err := ix.Queries(m)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Rows {
		want := slowly(x, m, i, ix.Metric())
		for _, k := range []int{1, 5, 100} {
			if got := ix.Nearest(q, i, k); !slices.Equal(got, want[:min(k, len(want))]) {
				t.Fatalf("%s, %d of %d rows: Nearest finds %v, want %v", ix.Metric(), k, x.Rows, got, want[:min(k, len(want))])
			}
		}
		for _, radius := range []float64{-1, 0, 1, want[len(want)/2].Distance, 1e9} {
			n, _ := slices.BinarySearchFunc(want, radius, func(n neighbor.Neighbor, r float64) int {
				if n.Distance <= r {
					return -1
				}
				return 1
			})
			if got := ix.Within(q, i, radius); !slices.Equal(got, want[:n]) {
				t.Fatalf("%s, within %v of %d rows: %d found, want %d", ix.Metric(), radius, x.Rows, len(got), n)
			}
		}
	}
}

func TestBatchesAgreeWithSingles(t *testing.T) {
	for _, different := range []int{3, 1000} { // with 60 columns of the latter the tree is of no use
		x := grid(1200, 60, 2, different, 5)
		ix, _ := index(t, x, "")
		x = x.Slice(0, 100)
		q, err := ix.Queries(x)
		if err != nil {
			t.Fatal(err)
		}
		for _, workers := range []int{1, 3} {
			nearest, within := make([][]neighbor.Neighbor, x.Rows), make([][]neighbor.Neighbor, x.Rows)
			var mu sync.Mutex
			into := func(out [][]neighbor.Neighbor) func(int, []neighbor.Neighbor) {
				return func(i int, found []neighbor.Neighbor) {
					mu.Lock()
					defer mu.Unlock()
					out[i] = slices.Clone(found)
				}
			}
			if err := ix.EachNearest(context.Background(), q, 7, workers, into(nearest)); err != nil {
				t.Fatal(err)
			}
			if err := ix.EachWithin(context.Background(), q, 9, workers, into(within)); err != nil {
				t.Fatal(err)
			}
			for i := range x.Rows {
				if !slices.Equal(nearest[i], ix.Nearest(q, i, 7)) || !slices.Equal(within[i], ix.Within(q, i, 9)) {
					t.Fatalf("row %d has other neighbours in a batch", i)
				}
			}
		}
	}
}

func TestEachOther(t *testing.T) {
	x := grid(300, 2, 1, 4, 7) // many rows are the same
	ix, _ := index(t, x, "")
	for _, k := range []int{1, 6, 400} {
		got := make([][]neighbor.Neighbor, x.Rows)
		if err := ix.EachOther(context.Background(), k, 1, func(row int, found []neighbor.Neighbor) { got[row] = slices.Clone(found) }); err != nil {
			t.Fatal(err)
		}
		for i := range x.Rows {
			want := slices.DeleteFunc(slowly(x, x, i, ""), func(n neighbor.Neighbor) bool { return int(n.Row) == i })
			if !slices.Equal(got[i], want[:min(k, len(want))]) {
				t.Fatalf("row %d has the others %v, want %v", i, got[i], want[:min(k, len(want))])
			}
		}
	}
}
