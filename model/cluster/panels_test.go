package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// The vector kernel and the portable one give the same bits.
func TestKernelsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 70; n++ {
		row, panel := make([]float64, n), make([]float64, n*lanes)
		for i := range row {
			row[i] = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(20)-10))
		}
		for i := range panel {
			panel[i] = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(20)-10))
		}
		var a, b [lanes]float64
		for l := range a {
			a[l] = rng.Float64()
			b[l] = a[l]
		}
		addSquares(&a, row, panel)
		addSquaresPortable(&b, row, panel)
		if a != b {
			t.Fatalf("%d numbers: %v and %v", n, a, b)
		}
	}
}

// random are rows of numbers and levels, with some that repeat.
func random(n int, seed uint64) *learn.Matrix {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "u", Levels: []string{"p", "q", "r"}}, {Name: "v", Levels: []string{"s", "t"}}}, n)
	for i := range n {
		for j := range 3 {
			x.Numbers[j][i] = math.Round(rng.NormFloat64()*8) / 4
		}
		x.Codes[3][i], x.Codes[4][i] = int32(rng.IntN(4)-1), int32(rng.IntN(3)-1)
	}
	return x
}

// Bounds spare comparisons, and change nothing: the end is where rows are at their
// nearest centres, and centres are the means of their rows.
func TestLloydEndsAtAFixedPoint(t *testing.T) {
	x := random(2500, 3)
	zero := 0.0
	for _, k := range []int{1, 2, 8, 9, 30, 70} {
		c, err := KMeans{Clusters: k, Starts: 1, Tol: &zero}.Cluster(context.Background(), x, nil, learn.Run{Seed: uint64(k)})
		if err != nil {
			t.Fatal(err)
		}
		m := c.Model.(*Centers)
		s := newSpace(x.Columns)
		r := s.lay(x)
		sums, counts := make([]float64, k*s.dims()), make([]float64, k)
		row := make([]float64, s.dims())
		inertia := 0.0
		for i, l := range c.Labels {
			s.vector(row, r, i)
			best, at := math.Inf(1), 0
			for c := range k {
				if d := s.apart(row, m.panels.vector(c)); d < best-1e-12 {
					best, at = d, c
				}
			}
			if own := s.apart(row, m.panels.vector(int(l))); own > best+1e-9 {
				t.Fatalf("%d clusters, row %d is at %v of its own centre, at %v of centre %d", k, i, own, best, at)
			}
			inertia += best
			counts[l]++
			for j, v := range row {
				sums[int(l)*s.dims()+j] += v
			}
		}
		if math.Abs(inertia-m.Inertia) > 1e-6*inertia {
			t.Errorf("%d clusters: inertia %v, want %v", k, m.Inertia, inertia)
		}
		for j, sum := range sums {
			if mean := sum / counts[j/s.dims()]; math.Abs(mean-m.Vectors[j]) > 1e-9 {
				t.Errorf("%d clusters: place %d of centre %d is %v, the mean is %v", k, j%s.dims(), j/s.dims(), m.Vectors[j], mean)
			}
		}
	}
}

// Centres that are left without rows get some.
func TestEmptyClustersAreFilled(t *testing.T) {
	x := random(500, 9)
	s, r, err := prepared(context.Background(), x, nil)
	if err != nil {
		t.Fatal(err)
	}
	different, _, _ := r.merge()
	settings := KMeans{Clusters: 5}.filled(different.N)
	m := &means{ctx: context.Background(), space: s, rows: different, settings: settings}
	vectors := make([]float64, 5*s.dims())
	for c := range 5 {
		s.vector(vectors[c*s.dims():(c+1)*s.dims()], different, 0)
		vectors[c*s.dims()] += float64(c*c) * 1000
	}
	f, err := m.lloydFrom(vectors)
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]int, 5)
	for _, l := range f.labels {
		counts[l]++
	}
	for c, n := range counts {
		if n == 0 {
			t.Errorf("cluster %d is empty: %v", c, counts)
		}
	}
}

// The spanning tree is as long as one made by comparing all rows (R. C. Prim's way).
func TestSpanningTree(t *testing.T) {
	for seed := range uint64(5) {
		x := random(400, seed)
		s := newSpace(x.Columns)
		r, first, _ := s.lay(x).merge()
		core, err := coreDistances(context.Background(), x.Take(ints(first)), r.weights, 1+int(seed)*2, 2)
		if err != nil {
			t.Fatal(err)
		}
		edges, err := span(context.Background(), s, r, core, 3)
		if err != nil {
			t.Fatal(err)
		}
		got := 0.0
		for _, e := range edges {
			got += e.length
		}
		if want := prim(s, r, core); len(edges) != r.N-1 || math.Abs(got-want) > 1e-9*want {
			t.Errorf("%d edges of %v in all, want %v", len(edges), got, want)
		}
	}
}

func prim(s *space, r *rows, core []float64) float64 {
	a, b := make([]float64, s.dims()), make([]float64, s.dims())
	d := make([]float64, r.N)
	for i := range d {
		d[i] = math.Inf(1)
	}
	total, at := 0.0, 0
	for range r.N - 1 {
		d[at] = -1
		s.vector(a, r, at)
		next := -1
		for i := range d {
			if d[i] < 0 {
				continue
			}
			s.vector(b, r, i)
			d[i] = min(d[i], max(math.Sqrt(s.apart(a, b)), core[at], core[i]))
			if next < 0 || d[i] < d[next] {
				next = i
			}
		}
		total += d[next]
		at = next
	}
	return total
}
