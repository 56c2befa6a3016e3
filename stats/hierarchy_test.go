package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

var linkages = []Linkage{AverageLinkage, CompleteLinkage, SingleLinkage, WardLinkage}

var fiveDistances = [][]float64{{0, 2, 6, 10, 9}, {2, 0, 5, 9, 8}, {6, 5, 0, 4, 5}, {10, 9, 4, 0, 3}, {9, 8, 5, 3, 0}}

func TestCluster(t *testing.T) {
	// scipy 1.10.1: cluster.hierarchy.linkage
	for linkage, heights := range map[Linkage][]float64{
		SingleLinkage: {2, 3, 4, 5}, CompleteLinkage: {2, 3, 5, 10}, AverageLinkage: {2, 3, 4.5, 7.833333333333333},
		WardLinkage: {2, 3, 4.932882862316247, 11.792653080060767},
	} {
		d, err := Cluster(fiveDistances, linkage)
		if err != nil {
			t.Fatal(err)
		}
		want := []Merge{{0, 1, 0, 2}, {3, 4, 0, 2}, {2, 6, 0, 3}, {5, 7, 0, 5}}
		for i, m := range d.Merges {
			check.Close(t, linkage.String()+" height", m.Height, heights[i], 1e-14)
			if m.Height = 0; m != want[i] {
				t.Errorf("%s linkage, merge %d: %+v, want %+v", linkage, i, m, want[i])
			}
		}
		if got := d.CutInto(2); !slices.Equal(got, []int{0, 0, 1, 1, 1}) {
			t.Errorf("%s linkage, two groups: %v", linkage, got)
		}
		if got := d.Cut(3); !slices.Equal(got, []int{0, 0, 1, 2, 2}) {
			t.Errorf("%s linkage, cut at 3: %v", linkage, got)
		}
		if order, err := d.Order(fiveDistances); err != nil || !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
			t.Errorf("%s linkage, order %v, %v", linkage, order, err)
		}
	}
}

func TestClusterOfOne(t *testing.T) {
	d, err := Cluster([][]float64{{0}}, AverageLinkage)
	if err != nil || len(d.Merges) != 0 || !slices.Equal(d.CutInto(5), []int{0}) || !slices.Equal(d.CutInto(-1), []int{0}) {
		t.Errorf("%+v, %v", d, err)
	}
	if order, err := d.Order([][]float64{{0}}); err != nil || !slices.Equal(order, []int{0}) {
		t.Errorf("order %v, %v", order, err)
	}
}

func TestClusterErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		d    [][]float64
		want error
	}{
		"nothing":    {nil, ErrTooFew},
		"not square": {[][]float64{{0, 1}, {1}}, ErrLengths},
		"NaN":        {[][]float64{{0, nan}, {nan, 0}}, ErrNotFinite},
		"infinite":   {[][]float64{{0, inf}, {inf, 0}}, ErrNotFinite},
	} {
		if _, err := Cluster(c.d, AverageLinkage); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Cluster([][]float64{{0, -1}, {-1, 0}}, AverageLinkage); err == nil {
		t.Error("a negative distance is no error")
	}
	if _, err := Cluster(fiveDistances, Linkage(9)); err == nil {
		t.Error("an unknown linkage is no error")
	}
	d, err := Cluster(fiveDistances, AverageLinkage)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][][]float64{nil, fiveDistances[:4], {{0}, {}, {}, {}, {}}} {
		if _, err := d.Order(wrong); !errors.Is(err, ErrLengths) {
			t.Errorf("order by %v: %v", wrong, err)
		}
	}
}

// plainHeights merges the two nearest groups over and over, from the distances of
// their members.
func plainHeights(d [][]float64, apart func(a, b []int) float64) []float64 {
	var groups [][]int
	for i := range d {
		groups = append(groups, []int{i})
	}
	var heights []float64
	for len(groups) > 1 {
		bestI, bestJ, best := 0, 0, math.Inf(1)
		for j := range groups {
			for i := range j {
				if x := apart(groups[i], groups[j]); x < best {
					bestI, bestJ, best = i, j, x
				}
			}
		}
		groups[bestI] = append(groups[bestI], groups[bestJ]...)
		groups = slices.Delete(groups, bestJ, bestJ+1)
		heights = append(heights, best)
	}
	return heights
}

// Without ties the chain of neighbours finds the merges of the definition.
func TestClusterIsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 30 {
		d := randomDistances(r, 2+r.IntN(25))
		each := func(a, b []int) (all []float64) {
			for _, i := range a {
				for _, j := range b {
					all = append(all, d[i][j])
				}
			}
			return all
		}
		for linkage, apart := range map[Linkage]func(a, b []int) float64{
			SingleLinkage:   func(a, b []int) float64 { return slices.Min(each(a, b)) },
			CompleteLinkage: func(a, b []int) float64 { return slices.Max(each(a, b)) },
			AverageLinkage: func(a, b []int) (mean float64) {
				for _, x := range each(a, b) {
					mean += x / float64(len(a)*len(b))
				}
				return mean
			},
		} {
			tree, err := Cluster(d, linkage)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range plainHeights(d, apart) {
				check.Close(t, linkage.String()+" height", tree.Merges[i].Height, want, 1e-12)
			}
		}
	}
}

func randomDistances(r *rand.Rand, n int) [][]float64 {
	d := make([][]float64, n)
	for i := range d {
		d[i] = make([]float64, n)
		for j := range i {
			d[i][j] = r.Float64()
			d[j][i] = d[i][j]
		}
	}
	return d
}

// Whatever the distances, ties too: heights rise, every cluster is used once, each
// stands together in the order, and cuts have as many groups as asked for.
func TestDendrogramIsSound(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for round := range 60 {
		n := 1 + r.IntN(30)
		d := randomDistances(r, n)
		if round%2 == 0 { // ties
			for i := range d {
				for j := range d[i] {
					d[i][j] = math.Round(3*d[i][j]) / 3
				}
			}
		}
		for _, linkage := range linkages {
			tree, err := Cluster(d, linkage)
			if err != nil {
				t.Fatal(err)
			}
			checkTree(t, tree, d)
			for k := 1; k <= n; k++ {
				if groups := slices.Max(tree.CutInto(k)) + 1; groups != k {
					t.Errorf("%s linkage of %d items: %d groups, want %d", linkage, n, groups, k)
				}
			}
		}
	}
}

func checkTree(t *testing.T, tree Dendrogram, d [][]float64) {
	t.Helper()
	order, err := tree.Order(d)
	if err != nil {
		t.Fatal(err)
	}
	place := make([]int, len(d))
	for at, item := range order {
		place[item] = at
	}
	members := make([][]int, 0, 2*len(d))
	for i := range d {
		members = append(members, []int{place[i]})
	}
	used := make([]bool, 2*len(d))
	for i, m := range tree.Merges {
		if used[m.A] || used[m.B] || m.A >= m.B || m.B >= len(members) || i > 0 && m.Height < tree.Merges[i-1].Height {
			t.Fatalf("merge %d of %+v", i, tree.Merges)
		}
		used[m.A], used[m.B] = true, true
		all := slices.Concat(members[m.A], members[m.B])
		if len(all) != m.Size || slices.Max(all)-slices.Min(all)+1 != m.Size {
			t.Errorf("cluster of places %v and size %d does not stand together", all, m.Size)
		}
		members = append(members, all)
	}
}

// TestClusterReference compares with R's hclust and SciPy's linkage.
func TestClusterReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "clustering.json", "hclust") {
		table := e.table(t)
		x, y := table.numbers(t, "px"), table.numbers(t, "py")
		d := make([][]float64, len(x))
		for i := range d {
			d[i] = make([]float64, len(x))
			for j := range d[i] {
				d[i][j] = math.Hypot(x[i]-x[j], y[i]-y[j])
			}
		}
		got := map[string]float64{"/n": float64(len(x))}
		for _, linkage := range linkages {
			tree, err := Cluster(d, linkage)
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range tree.Merges {
				got[fmt.Sprintf("/%s/heights_sorted/%d", linkage, i)] = m.Height
			}
			sizes := make([]float64, 3)
			for _, group := range tree.CutInto(3) {
				sizes[group]++
			}
			slices.Sort(sizes)
			for i, size := range sizes {
				got[fmt.Sprintf("/%s/cut3_sizes_sorted/%d", linkage, 2-i)] = size
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func BenchmarkCluster(b *testing.B) {
	d := randomDistances(rand.New(rand.NewPCG(15, 16)), 200)
	for b.Loop() {
		if _, err := Cluster(d, AverageLinkage); err != nil {
			b.Fatal(err)
		}
	}
}
