package project

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

func TestAffinitiesAgreeWithNumpy(t *testing.T) {
	ref := reference(t)
	x, _ := ref.different()
	ctx := context.Background()
	b, err := nearest(ctx, x, 91, 2)
	if err != nil {
		t.Fatal(err)
	}
	g, err := affinities(ctx, b, 30, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.to) != ref.Affinities.Count {
		t.Errorf("%d affinities, want %d", len(g.to), ref.Affinities.Count)
	}
	compareEdges(t, g, ref.Affinities.Edges, 1e-6, 1e-9)
	c, err := PCA{Covariance: true, Components: 2}.Fit(ctx, x, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	scores, err := c.Project(x)
	if err != nil {
		t.Fatal(err)
	}
	kl, err := divergence(ctx, g, sideBySide(scores), 2)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "divergence of the first components", kl, ref.Affinities.Divergence, 1e-4)
	for k, want := range ref.Trustworthiness {
		n, _ := strconv.Atoi(k)
		got, err := Trustworthiness(ctx, x, scores, n, 2)
		if err != nil {
			t.Fatal(err)
		}
		// Iris has many rows at the same distance, which scikit-learn ranks as it likes.
		if !check.Near(got, want, 0, 0.005) {
			t.Errorf("Trustworthiness(k = %s) = %v, want %v", k, got, want)
		}
	}
}

func sideBySide(axes [][]float64) []float64 {
	var points []float64
	for i := range axes[0] {
		for _, axis := range axes {
			points = append(points, axis[i])
		}
	}
	return points
}

func compareEdges(t *testing.T, g *graph, edges [][3]float64, rel, abs float64) {
	t.Helper()
	for _, e := range edges {
		for _, ends := range [][2]int32{{int32(e[0]), int32(e[1])}, {int32(e[1]), int32(e[0])}} {
			from, to := g.starts[ends[0]], g.starts[ends[0]+1]
			at, ok := slices.BinarySearch(g.to[from:to], ends[1])
			if !ok {
				t.Errorf("there is no edge from %d to %d", ends[0], ends[1])
				continue
			}
			if got := g.weights[int(from)+at]; !check.Near(got, e[2], rel, abs) {
				t.Errorf("weight of %d to %d = %v, want %v", ends[0], ends[1], got, e[2])
			}
		}
	}
}

func TestFuzzySetAgreesWithNumpy(t *testing.T) {
	ref := reference(t)
	x, _ := ref.different()
	ctx := context.Background()
	b, err := nearest(ctx, x, 14, 2)
	if err != nil {
		t.Fatal(err)
	}
	g, err := fuzzySet(ctx, b, 2)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, w := range g.weights {
		sum += w
	}
	if len(g.to) != ref.FuzzySet.Count {
		t.Errorf("%d edges, want %d", len(g.to), ref.FuzzySet.Count)
	}
	check.Close(t, "sum of weights", sum, ref.FuzzySet.Sum, 1e-5)
	// The search of the authors ends within 1e-5 of the sum of a row.
	compareEdges(t, g, ref.FuzzySet.Edges, 1e-4, 1e-6)
}

// Also the values that the authors' program prints for its defaults, 1.577 and 0.8951.
func TestCurveAgreesWithSciPy(t *testing.T) {
	for _, c := range reference(t).Curves {
		a, b := curve(c[0], c[1])
		check.Close(t, fmt.Sprint("a of ", c[:2]), a, c[2], 1e-6)
		check.Close(t, fmt.Sprint("b of ", c[:2]), b, c[3], 1e-6)
	}
}

func TestTableFollowsTheFunction(t *testing.T) {
	f := func(v float64) float64 { return math.Pow(v, -0.1) / (1 + math.Pow(v, 0.9)) }
	tab := newTable(f)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 10_000 {
		v := math.Exp2(-59 + 98*rng.Float64())
		check.Close(t, fmt.Sprint("table at ", v), tab.at(v), f(v), 1e-4)
	}
	for _, v := range []float64{5e-324, 1e300, math.Inf(1)} {
		if y := tab.at(v); !(y >= 0) || math.IsInf(y, 0) {
			t.Errorf("table at %v = %v", v, y)
		}
	}
}

// A tree may not change what is repelled by more than its angle allows; nearly without one
// all pairs are added up.
func TestForcesAreThoseOfAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	points := make([]float64, 2*700)
	for i := range points {
		points[i] = float64(20*rng.IntN(4)) + rng.NormFloat64()
		if i > 20 && i%9 < 2 {
			points[i] = points[i%2] // some share a place
		}
	}
	g := &graph{starts: make([]int32, 701)}
	for theta, within := range map[float64]float64{0.001: 1e-9, 0.5: 0.02} {
		f := newForces(g, theta)
		rest, _, err := f.measure(context.Background(), points, 2, false)
		if err != nil {
			t.Fatal(err)
		}
		var sum, error2, norm2 float64
		for i := range 700 {
			var fx, fy float64
			for j := range 700 {
				dx, dy := points[2*i]-points[2*j], points[2*i+1]-points[2*j+1]
				q := 1 / (1 + dx*dx + dy*dy)
				if i != j {
					sum += q
				}
				fx += q * q * dx
				fy += q * q * dy
			}
			error2 += (fx-f.push[2*i])*(fx-f.push[2*i]) + (fy-f.push[2*i+1])*(fy-f.push[2*i+1])
			norm2 += fx*fx + fy*fy
		}
		check.Close(t, fmt.Sprint("sum over pairs, angle ", theta), rest, sum, within)
		if e := math.Sqrt(error2 / norm2); e > within {
			t.Errorf("angle %v: forces are off by %v of their size, want %v at most", theta, e, within)
		}
	}
}

// Every point is in one leaf and one group, and nodes are as heavy as their points.
func TestTreeHoldsEveryPointOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, n := range []int{1, 2, 7, 100, 3000} {
		points := make([]float64, 2*n)
		for i := range points {
			points[i] = math.Round(rng.NormFloat64()*30) * 1e-5
		}
		tree := quadTree{theta: 0.5}
		tree.grow(points)
		leaves, groups := make([]int, n), make([]int, n)
		for at, d := range tree.nodes {
			if d.mass != float64(d.to-d.from) || d.next <= int32(at) || int(d.next) > len(tree.nodes) {
				t.Fatalf("node %d of %d: %+v", at, n, d)
			}
			for i := d.from; i < d.to; i++ {
				p := tree.order[i]
				if d.leaf {
					leaves[p]++
				}
				if d.group {
					groups[p]++
				}
				if x, y := points[2*p], points[2*p+1]; x < d.low[0] || x > d.top[0] || y < d.low[1] || y > d.top[1] {
					t.Fatalf("point %d is outside its node", p)
				}
			}
		}
		for p := range n {
			if leaves[p] != 1 || groups[p] != 1 {
				t.Errorf("point %d of %d is in %d leaves and %d groups", p, n, leaves[p], groups[p])
			}
		}
	}
}

func TestSampleKeepsStrata(t *testing.T) {
	strata := make([]int32, 10_000)
	for i := range strata {
		switch {
		case i%1000 == 0:
			strata[i] = 7 // 10 rows
		case i%10 == 1:
			strata[i] = 3 // 1000 rows
		}
	}
	count := func(rows []int) map[int32]int {
		n := map[int32]int{}
		for i, row := range rows {
			if i > 0 && row <= rows[i-1] {
				t.Fatal("rows do not rise")
			}
			n[strata[row]]++
		}
		return n
	}
	rows := Sample(strata, len(strata), 500, 1)
	n := count(rows)
	if len(rows) != 500 || n[7] != 10 || n[3] < 50 || n[3] > 70 {
		t.Errorf("%d rows: %v", len(rows), n)
	}
	if !slices.Equal(rows, Sample(strata, len(strata), 500, 1)) || slices.Equal(rows, Sample(strata, len(strata), 500, 2)) {
		t.Error("the seed does not settle the sample")
	}
	for most := range 40 {
		if got := len(Sample(strata, len(strata), most, 1)); got != most {
			t.Errorf("%d rows, want %d", got, most)
		}
	}
	if got := len(Sample(nil, 7, 10, 1)); got != 7 {
		t.Errorf("%d of 7 rows", got)
	}
}
