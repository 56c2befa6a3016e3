package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

var background = context.Background()

func TestProfilesAreThoseOfScipy(t *testing.T) {
	var want struct {
		Numbers  []float64 `json:"numbers"`
		Labels   []int32   `json:"labels"`
		Clusters []struct {
			Inside        float64 `json:"inside"`
			Outside       float64 `json:"outside"`
			RankBiserial  float64 `json:"rank_biserial"`
			D             float64 `json:"d"`
			InsideMedian  float64 `json:"inside_median"`
			OutsideMedian float64 `json:"outside_median"`
		} `json:"clusters"`
	}
	read(t, "profiles.json", &want)
	x := learn.NewMatrix([]learn.Column{{Name: "v"}}, len(want.Numbers))
	x.Numbers[0] = want.Numbers
	got, err := cluster.Profiles(background, x, want.Labels, 0, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	for c, w := range want.Clusters {
		d := got[c].Differences[0]
		name := fmt.Sprintf("cluster %d, ", c)
		check.Close(t, name+"inside", d.Inside, w.Inside, 1e-12)
		check.Close(t, name+"outside", d.Outside, w.Outside, 1e-12)
		check.Close(t, name+"rank biserial", d.RankBiserial, w.RankBiserial, 1e-12)
		check.Close(t, name+"d", d.D, w.D, 1e-12)
		check.Close(t, name+"median inside", d.InsideMedian, w.InsideMedian, 1e-12)
		check.Close(t, name+"median outside", d.OutsideMedian, w.OutsideMedian, 1e-12)
	}
}

func TestProfilesOfLevels(t *testing.T) {
	x := learn.NewMatrix([]learn.Column{{Name: "flag", Levels: []string{"SF", "S0"}}, {Name: "same"}, {Name: "gaps"}}, 8)
	x.Codes[0] = []int32{0, 0, 0, 1, 1, 1, 1, learn.NoLevel}
	nan := math.NaN()
	x.Numbers[2] = []float64{nan, 1, 1, 2, nan, nan, nan, nan}
	got, err := cluster.Profiles(background, x, []int32{0, 0, 0, 0, 1, 1, 1, cluster.Noise}, 0, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	// Inside 3 of 4 are SF, outside none of 4: a strength of 0.75, and twice the share of all.
	if d := got[0].Differences[0]; d.Level != "SF" || d.Strength != 0.75 || d.Lift != 2 || d.Outside != 0 || !d.Coded {
		t.Errorf("cluster 0: %+v", d)
	}
	if len(got) != 2 || len(got[0].Differences) != 1 || got[0].Share != 0.5 || got[1].Rows != 3 {
		t.Errorf("%+v", got)
	}
	if d := got[1].Differences[0]; d.Level != "S0" || math.Abs(d.Strength-0.8) > 1e-15 {
		t.Errorf("cluster 1: %+v", d)
	}
	if _, err := cluster.Profiles(background, x, []int32{0}, 0, learn.Run{}); !errors.Is(err, learn.ErrTarget) {
		t.Errorf("one label for eight rows: %v", err)
	}
}

func TestChooseFindsThreeBlobs(t *testing.T) {
	x, _ := blobs(240, 3)
	for _, c := range []struct {
		by string
		of cluster.Spec
	}{
		{cluster.BySilhouette, cluster.KMeans{Starts: 3}}, {cluster.ByDaviesBouldin, cluster.KMeans{Starts: 3}}, {cluster.ByCalinskiHarabasz, cluster.KMeans{Starts: 3}},
		{cluster.ByGap, cluster.KMeans{Starts: 3}}, {"", cluster.Hierarchical{}}, {"", cluster.Mixture{}},
	} {
		of := x
		if _, ok := c.of.(cluster.Mixture); ok { // normal within blobs, as levels are not
			of = &learn.Matrix{Columns: x.Columns[:2], Rows: x.Rows, Numbers: x.Numbers[:2], Codes: x.Codes[:2]}
		}
		got, err := cluster.Choose{By: c.by, Max: 6}.Run(background, c.of, of, learn.Run{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got.K != 3 || got.Clustering.Model.Clusters() != 3 || got.Rule == "" || len(got.Trials) != 5 {
			t.Errorf("%s by %q: %d clusters by the %s: %+v", c.of.Kind(), got.By, got.K, got.Rule, got.Trials)
		}
	}
	for _, s := range []cluster.Choose{{By: "elbow"}, {By: cluster.ByBIC}, {Min: 5, Max: 3}, {Min: 1, Max: 3}} {
		if _, err := s.Run(background, cluster.KMeans{}, x, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := (cluster.Choose{}).Run(background, cluster.DBSCAN{}, x, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
		t.Errorf("DBSCAN has no number to choose: %v", err)
	}
}

// The gap statistic says that data without clusters are one.
func TestGapOfOneCluster(t *testing.T) {
	x, _ := blobs(400, 1)
	gaps, err := cluster.Gaps(background, cluster.KMeans{Starts: 3}, x, 1, 4, 0, 300, learn.Run{Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	if k := cluster.GapK(gaps); k != 1 {
		t.Errorf("%d clusters: %+v", k, gaps)
	}
}

func TestStability(t *testing.T) {
	x, _ := blobs(300, 3)
	for _, c := range []struct {
		s         cluster.Spec
		low, high float64
	}{{cluster.KMeans{Clusters: 3, Starts: 2}, 0.99, 1}, {cluster.KMeans{Clusters: 7, Starts: 1}, 0.2, 0.9}, {cluster.Hierarchical{Clusters: 3}, 0.98, 1}, {cluster.DBSCAN{Eps: 2}, 0.9, 1}} {
		got, err := cluster.Stable(background, c.s, x, 8, 200, learn.Run{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if !(got.AdjustedRand >= c.low && got.AdjustedRand <= c.high) || got.Rows != 200 || len(got.Samples) != 8 {
			t.Errorf("%+v: %+v", c.s, got)
		}
		for _, v := range got.ByCluster {
			if !(v >= 0 && v <= 1) {
				t.Errorf("%+v: stabilities of clusters %v", c.s, got.ByCluster)
			}
		}
	}
}

// A sample says about the same as all rows, and says that it is one.
func TestSilhouetteOfSample(t *testing.T) {
	x, labels := blobs(3000, 3)
	whole, err := cluster.Silhouette(background, x, labels, 0, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	part, err := cluster.Silhouette(background, x, labels, 600, learn.Run{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	if whole.Sampled || !part.Sampled || len(part.Values) != 600 || math.Abs(part.Mean-whole.Mean) > 0.01 {
		t.Errorf("%v of %d rows, sample %v; %v of %d", whole.Mean, len(whole.Values), whole.Sampled, part.Mean, len(part.Values))
	}
	for _, bad := range [][]int32{make([]int32, 3000), slices.Repeat([]int32{cluster.Noise}, 3000)} {
		if _, err := cluster.Silhouette(background, x, bad, 0, learn.Run{}); !errors.Is(err, learn.ErrTooFew) {
			t.Errorf("one cluster: %v", err)
		}
		if _, err := cluster.DaviesBouldin(x, bad); !errors.Is(err, learn.ErrTooFew) {
			t.Errorf("one cluster: %v", err)
		}
		if _, err := cluster.CalinskiHarabasz(x, bad); !errors.Is(err, learn.ErrTooFew) {
			t.Errorf("one cluster: %v", err)
		}
	}
}

// The tree is that of stats.Cluster, which follows another matrix of distances.
func TestDendrogramIsThatOfStats(t *testing.T) {
	x, _ := blobs(80, 4)
	d := make([][]float64, x.Rows)
	for i := range d {
		d[i] = make([]float64, x.Rows)
		for j := range i {
			sum := 0.0
			for _, v := range x.Numbers[:2] {
				sum += (v[i] - v[j]) * (v[i] - v[j])
			}
			switch a, b := x.Codes[2][i], x.Codes[2][j]; {
			case a == b:
			case a == learn.NoLevel || b == learn.NoLevel:
				sum++
			default:
				sum += 2
			}
			d[i][j], d[j][i] = math.Sqrt(sum), math.Sqrt(sum)
		}
	}
	for _, linkage := range []stats.Linkage{stats.AverageLinkage, stats.CompleteLinkage, stats.SingleLinkage, stats.WardLinkage} {
		want, err := stats.Cluster(d, linkage)
		if err != nil {
			t.Fatal(err)
		}
		got := run(t, cluster.Hierarchical{Linkage: linkage.String()}, x, nil).Dendrogram
		for i, m := range want.Merges {
			check.Close(t, fmt.Sprintf("%s, height %d", linkage, i), got.Merges[i].Height, m.Height, 1e-12)
			if g := got.Merges[i]; g.A != m.A || g.B != m.B || g.Size != m.Size {
				t.Errorf("%s, merge %d: %+v, want %+v", linkage, i, g, m)
			}
		}
		leaves, merges := cluster.Top(got, 6)
		total := 0
		for _, l := range leaves {
			total += l.Size
		}
		if len(leaves) != 6 || len(merges) != 5 || total != x.Rows || merges[4].Size != x.Rows || merges[4].Height != want.Merges[len(want.Merges)-1].Height {
			t.Errorf("%s: top %+v, %+v", linkage, leaves, merges)
		}
	}
	if leaves, merges := cluster.Top(&stats.Dendrogram{Items: 1}, 5); len(leaves) != 1 || len(merges) != 0 || leaves[0] != (cluster.Leaf{Size: 1}) {
		t.Errorf("one item: %v, %v", leaves, merges)
	}
}

func TestKnee(t *testing.T) {
	curve := make([]float64, 100)
	for i := range curve {
		curve[i] = 1 + float64(i)/1000
		if i > 90 {
			curve[i] += float64(i - 90)
		}
	}
	if got := cluster.Knee(curve, nil); math.Abs(got-1.09) > 1e-12 {
		t.Errorf("the knee is at %v, want 1.09", got)
	}
	for want, v := range map[float64][]float64{2: {0, 0, 0, 0, 2, 2}, 3: {3, 3}, math.SmallestNonzeroFloat64: {0, 0}} {
		if got := cluster.Knee(v, nil); got != want {
			t.Errorf("knee of %v: %v, want %v", v, got, want)
		}
	}
}

// A row that is very far out does not make all others one cluster.
func TestDistanceOfDBSCANInSpiteOfFarRows(t *testing.T) {
	x, want := blobs(600, 3)
	c := run(t, cluster.DBSCAN{}, x, nil)
	x.Numbers[0][7] = 1e6
	far := run(t, cluster.DBSCAN{}, x, nil)
	a, b := c.Model.(*cluster.Cores).Eps, far.Model.(*cluster.Cores).Eps
	if !(b < 1.2*a) {
		t.Errorf("eps is %v, and %v with one row far out", a, b)
	}
	if got, err := cluster.Agree(far.Labels, want); err != nil || got.AdjustedRand < 0.7 {
		t.Errorf("%+v, %v", got, err)
	}
}
