package cluster_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
)

// sklearn is testdata/sklearn.json: what scikit-learn and scipy make of the same rows.
// See made_by in the file.
type sklearn struct {
	Iris           [][]float64        `json:"iris"`
	Numbers        [][]float64        `json:"numbers"`
	Levels         []int32            `json:"levels"`
	Weights        []float64          `json:"weights"`
	KMeansIris     map[string]float64 `json:"kmeans_iris"`
	KMeansMixed    map[string]float64 `json:"kmeans_mixed"`
	KMeansWeighted map[string]float64 `json:"kmeans_weighted"`
	Labels         []int32            `json:"labels"`
	Silhouette     float64            `json:"silhouette"`
	Silhouettes    []float64          `json:"silhouettes"`
	DaviesBouldin  float64            `json:"davies_bouldin"`
	Calinski       float64            `json:"calinski_harabasz"`
	DBSCAN         []struct {
		Eps        float64 `json:"eps"`
		MinSamples int     `json:"min_samples"`
		Weighted   bool    `json:"weighted"`
		Labels     []int32 `json:"labels"`
	} `json:"dbscan"`
	Linkage       map[string][]float64 `json:"linkage"`
	LinkageCopies map[string][]float64 `json:"linkage_copies"`
	Agree         struct {
		Labels       []int32 `json:"labels"`
		Classes      []int32 `json:"classes"`
		Purity       float64 `json:"purity"`
		AdjustedRand float64 `json:"adjusted_rand"`
		NMI          float64 `json:"nmi"`
		Homogeneity  float64 `json:"homogeneity"`
		Completeness float64 `json:"completeness"`
		VMeasure     float64 `json:"v_measure"`
	} `json:"agree"`
}

func reference(t testing.TB) *sklearn {
	var s sklearn
	read(t, "sklearn.json", &s)
	return &s
}

// mixed is the matrix of numbers and a column of levels.
func (s *sklearn) mixed() *learn.Matrix {
	x := matrix(s.Numbers)
	x.Columns = append(x.Columns, learn.Column{Name: "level", Levels: []string{"a", "b", "c"}})
	x.Numbers, x.Codes = append(x.Numbers, nil), append(x.Codes, s.Levels)
	return x
}

func TestInertiaIsThatOfScikitLearn(t *testing.T) {
	s := reference(t)
	zero := 0.0
	compare := func(name string, x *learn.Matrix, weights []float64, want map[string]float64) {
		for text, inertia := range want {
			k, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			c := run(t, cluster.KMeans{Clusters: k, Starts: 100, Tol: &zero}, x, weights)
			check.Close(t, fmt.Sprintf("inertia of %d clusters of %s", k, name), c.Model.(*cluster.Centers).Inertia, inertia, 1e-10)
		}
	}
	compare("iris", matrix(s.Iris), nil, s.KMeansIris)
	compare("numbers and levels", s.mixed(), nil, s.KMeansMixed)
	compare("weighted rows", s.mixed(), s.Weights, s.KMeansWeighted)
}

func TestDBSCANIsThatOfScikitLearn(t *testing.T) {
	s := reference(t)
	for k, want := range s.DBSCAN {
		var weights []float64
		if want.Weighted {
			weights = make([]float64, len(s.Weights))
			for i, w := range s.Weights {
				weights[i] = max(w, 1)
			}
		}
		got := run(t, cluster.DBSCAN{Eps: want.Eps, MinSamples: want.MinSamples}, s.mixed(), weights)
		for i, l := range want.Labels {
			if got.Labels[i] != l {
				t.Errorf("case %d, row %d: label %d, want %d", k, i, got.Labels[i], l)
			}
		}
	}
}

func TestHeightsAreThoseOfScipy(t *testing.T) {
	s := reference(t)
	for linkage, want := range s.Linkage {
		compareHeights(t, linkage, run(t, cluster.Hierarchical{Linkage: linkage}, s.mixed(), nil), want)
		// Weights are copies, which scipy joins at height 0.
		c := run(t, cluster.Hierarchical{Linkage: linkage}, s.mixed(), s.Weights)
		compareHeights(t, linkage+" of weighted rows", c, s.LinkageCopies[linkage])
	}
}

func compareHeights(t *testing.T, name string, c *cluster.Clustering, want []float64) {
	t.Helper()
	merges := c.Dendrogram.Merges
	if len(merges) != len(want) {
		t.Fatalf("%s: %d merges, want %d", name, len(merges), len(want))
	}
	for i, m := range merges {
		check.Close(t, fmt.Sprintf("%s, height %d", name, i), m.Height, want[i], 1e-9)
	}
}

func TestIndicesAreThoseOfScikitLearn(t *testing.T) {
	s := reference(t)
	x := s.mixed()
	got, err := cluster.Silhouette(context.Background(), x, s.Labels, 0, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "silhouette", got.Mean, s.Silhouette, 1e-12)
	for i, want := range s.Silhouettes {
		check.Close(t, fmt.Sprintf("silhouette of row %d", i), got.Values[i], want, 1e-9)
	}
	db, err := cluster.DaviesBouldin(x, s.Labels)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "Davies–Bouldin", db, s.DaviesBouldin, 1e-12)
	ch, err := cluster.CalinskiHarabasz(x, s.Labels)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "Caliński–Harabasz", ch, s.Calinski, 1e-12)
}

func TestAgreementIsThatOfScikitLearn(t *testing.T) {
	want := reference(t).Agree
	got, err := cluster.Agree(want.Labels, want.Classes)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "purity", got.Purity, want.Purity, 1e-12)
	check.Close(t, "adjusted Rand", got.AdjustedRand, want.AdjustedRand, 1e-12)
	check.Close(t, "NMI", got.NMI, want.NMI, 1e-12)
	check.Close(t, "homogeneity", got.Homogeneity, want.Homogeneity, 1e-12)
	check.Close(t, "completeness", got.Completeness, want.Completeness, 1e-12)
	check.Close(t, "V-measure", got.VMeasure, want.VMeasure, 1e-12)
	for _, same := range [][]int32{{0, 0, 0}, {0, 1, 2}, {2, 2, 0}, {4}} {
		got, err := cluster.Agree(same, same)
		if err != nil || got != (cluster.Agreement{Purity: 1, AdjustedRand: 1, NMI: 1, Homogeneity: 1, Completeness: 1, VMeasure: 1}) {
			t.Errorf("%v with itself: %+v, %v", same, got, err)
		}
	}
}

// The points of the reference data, for which R and Python agree.
func TestReferencePoints(t *testing.T) {
	x := points(t)
	zero := 0.0
	for k, inertia := range map[int]float64{2: 374.19295489182565, 3: 105.17847667811421, 4: 82.95341415405514} {
		c := run(t, cluster.KMeans{Clusters: k, Starts: 200, Tol: &zero}, x, nil)
		check.Close(t, fmt.Sprintf("inertia of %d clusters", k), c.Model.(*cluster.Centers).Inertia, inertia, 1e-10)
	}
	c := run(t, cluster.DBSCAN{Eps: 0.8}, x, nil)
	m := c.Model.(*cluster.Cores)
	if sizes := slices.Sorted(slices.Values(c.Sizes)); c.Noise() != 8 || m.Index.Rows() != 79 || !slices.Equal(sizes, []int{25, 27, 32}) {
		t.Errorf("DBSCAN: %d of noise, %d core rows, sizes %v", c.Noise(), m.Index.Rows(), sizes)
	}
	for i, want := range dbscanOfPoints {
		if c.Labels[i] != want-1 {
			t.Errorf("DBSCAN: row %d has label %d, want %d", i, c.Labels[i], want-1)
		}
	}
	for linkage, want := range map[string][]int{"ward": {27, 32, 33}, "complete": {2, 26, 64}, "average": {1, 27, 64}, "single": {1, 1, 90}} {
		c := run(t, cluster.Hierarchical{Linkage: linkage, Clusters: 3}, x, nil)
		if sizes := slices.Sorted(slices.Values(c.Sizes)); !slices.Equal(sizes, want) {
			t.Errorf("%s: sizes %v, want %v", linkage, sizes, want)
		}
	}
}

// Components, likelihoods and criteria when started from the same labels are compared
// in em_test.go; here, that a fit finds what it should by itself.
func TestMixtureFindsBlobs(t *testing.T) {
	x, want := blobs(300, 3)
	for _, covariance := range []string{cluster.Full, cluster.Tied, cluster.Diagonal, cluster.Spherical} {
		c := run(t, cluster.Mixture{Components: 3, Covariance: covariance}, x, nil)
		got, err := cluster.Agree(c.Labels, want)
		if err != nil || got.AdjustedRand < 0.99 {
			t.Errorf("%s: %+v, %v", covariance, got, err)
		}
		for i, p := range c.Memberships {
			if !(p >= 1./3) || p > 1+1e-12 || math.IsNaN(p) {
				t.Fatalf("%s: row %d belongs to its component with probability %v", covariance, i, p)
			}
		}
	}
}
