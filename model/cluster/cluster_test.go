package cluster_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// blobs are rows around k places far apart, of two columns of numbers and one of levels
// that goes with the place, and which place each is around.
func blobs(n, k int) (*learn.Matrix, []int32) {
	rng := rand.New(rand.NewPCG(5, uint64(k)))
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}, {Name: "kind", Levels: []string{"x", "y", "z", "w"}}}, n)
	labels := make([]int32, n)
	for i := range n {
		c := i % k
		labels[i] = int32(c)
		x.Numbers[0][i] = 12*float64(c) + rng.NormFloat64()
		x.Numbers[1][i] = 9*float64(c%2) + rng.NormFloat64()
		x.Codes[2][i] = int32(c) % 4
		if rng.IntN(50) == 0 {
			x.Codes[2][i] = learn.NoLevel
		}
	}
	return x, labels
}

// all are one of each kind of settings.
func all() []cluster.Spec {
	return []cluster.Spec{
		cluster.KMeans{Clusters: 3, Starts: 3},
		cluster.KMeans{Clusters: 3, Algorithm: cluster.MiniBatch, BatchSize: 64},
		cluster.Mixture{Components: 3},
		cluster.Mixture{Components: 3, Covariance: cluster.Diagonal},
		cluster.DBSCAN{},
		cluster.HDBSCAN{},
		cluster.Hierarchical{Clusters: 3},
	}
}

func TestBlobsAreFound(t *testing.T) {
	x, want := blobs(600, 3)
	for _, s := range all() {
		c := run(t, s, x, nil)
		a, err := cluster.Agree(c.Labels, want)
		if err != nil || a.AdjustedRand < 0.75 {
			t.Errorf("%s: %+v, %v, sizes %v", s.Kind(), a, err, c.Sizes)
		}
		total := c.Noise()
		for _, size := range c.Sizes {
			total += size
		}
		if total != x.Rows || c.Used != x.Rows || len(c.Sizes) != c.Model.Clusters() {
			t.Errorf("%s: sizes %v and %d of noise, %d used, %d clusters", s.Kind(), c.Sizes, c.Noise(), c.Used, c.Model.Clusters())
		}
		again := make([]int32, x.Rows)
		if err := c.Model.Assign(again, x); err != nil {
			t.Fatal(err)
		}
		if a, _ := cluster.Agree(again, c.Labels); a.AdjustedRand < 0.97 {
			t.Errorf("%s: assigned anew, rows agree by %v", s.Kind(), a.AdjustedRand)
		}
	}
}

// With one goroutine and many, the same bytes.
func TestWorkersDoNotMatter(t *testing.T) {
	whole, _ := blobs(2500, 4)
	for _, s := range all() {
		x := whole
		if s.Kind() == "hierarchical" {
			x = whole.Slice(0, 400)
		}
		var first []byte
		for _, workers := range []int{1, 2, 3} {
			c, err := s.Cluster(context.Background(), x, nil, learn.Run{Seed: 3, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = raw
			} else if !bytes.Equal(first, raw) {
				t.Errorf("%s: with %d workers the clustering differs", s.Kind(), workers)
			}
		}
	}
}

// Over the limit a sample is clustered, and the others follow.
func TestSamples(t *testing.T) {
	x, want := blobs(900, 3)
	for _, s := range []cluster.Spec{cluster.DBSCAN{Eps: 1.5, MaxRows: 300}, cluster.HDBSCAN{MaxRows: 300}, cluster.Hierarchical{Clusters: 3, MaxRows: 300}, cluster.Mixture{Components: 3, MaxRows: 300}} {
		c := run(t, s, x, nil)
		a, err := cluster.Agree(c.Labels, want)
		if c.Used != 300 || err != nil || a.AdjustedRand < 0.85 {
			t.Errorf("%s: %d used, %+v, %v", s.Kind(), c.Used, a, err)
		}
	}
}

// Rows without weight change nothing, and are labelled all the same.
func TestRowsWithoutWeight(t *testing.T) {
	x, _ := blobs(300, 3)
	var rows []int
	weights := make([]float64, x.Rows)
	for i := range weights {
		if i%5 != 0 {
			weights[i] = 1
			rows = append(rows, i)
		}
	}
	for _, s := range all() {
		c := run(t, s, x, weights)
		part := run(t, s, x.Take(rows), nil)
		if !slices.Equal(learn.Take(c.Labels, rows), part.Labels) {
			t.Errorf("%s: rows without weight matter", s.Kind())
		}
		if c.Used != len(rows) {
			t.Errorf("%s: %d rows used, want %d", s.Kind(), c.Used, len(rows))
		}
	}
}

func TestRefusals(t *testing.T) {
	x, _ := blobs(50, 2)
	gap, _ := blobs(50, 2)
	gap.Numbers[0][3] = math.NaN()
	huge, _ := blobs(50, 2)
	huge.Numbers[0][3] = 1e200
	constant := x.Take(slices.Repeat([]int{1}, 10))
	ended, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("told to stop")
	cancel(stop)
	for _, s := range all() {
		for _, c := range []struct {
			x       *learn.Matrix
			weights []float64
			want    error
		}{{gap, nil, learn.ErrMissing}, {huge, nil, cluster.ErrLarge}, {constant, nil, learn.ErrConstant}, {x.Slice(0, 1), nil, learn.ErrTooFew}, {x.Slice(0, 0), nil, learn.ErrTooFew}, {x, make([]float64, 50), learn.ErrTarget}, {x, make([]float64, 3), learn.ErrTarget}} {
			if _, err := s.Cluster(context.Background(), c.x, c.weights, learn.Run{}); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want an error that wraps %v", s.Kind(), err, c.want)
			}
		}
		if _, err := s.Cluster(ended, x, nil, learn.Run{}); !errors.Is(err, stop) {
			t.Errorf("%s: %v, want the cause", s.Kind(), err)
		}
	}
	bad := -1.0
	for _, s := range []cluster.Spec{cluster.KMeans{Clusters: -1}, cluster.KMeans{Algorithm: "elkan"}, cluster.KMeans{Tol: &bad}, cluster.KMeans{Starts: -1},
		cluster.Mixture{Components: -2}, cluster.Mixture{Covariance: "round"}, cluster.Mixture{RegCovar: &bad}, cluster.DBSCAN{Eps: -1}, cluster.DBSCAN{MinSamples: -1},
		cluster.HDBSCAN{MinClusterSize: 1}, cluster.HDBSCAN{MinSamples: -1}, cluster.Hierarchical{Linkage: "median"}, cluster.Hierarchical{Height: &bad}, cluster.Hierarchical{MaxRows: 1}} {
		if _, err := s.Cluster(context.Background(), x, nil, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%+v: %v, want an error that wraps ErrSetting", s, err)
		}
	}
	for _, s := range []cluster.Spec{cluster.KMeans{Clusters: 51}, cluster.Mixture{Components: 51}, cluster.Hierarchical{Clusters: 51}, cluster.DBSCAN{Eps: 1e-9}} {
		if _, err := s.Cluster(context.Background(), x, nil, learn.Run{}); !errors.Is(err, learn.ErrTooFew) {
			t.Errorf("%+v: %v, want an error that wraps ErrTooFew", s, err)
		}
	}
}

// Every kind passes the contract of learners, but for one point: attacks that are many
// and alike are a cluster like any other.
func TestContract(t *testing.T) {
	for _, s := range all() {
		name := s.Kind()
		t.Run(name, func(t *testing.T) {
			large := 0
			if k := s.Kind(); k == "dbscan" || k == "hdbscan" || k == "hierarchical" {
				large = 500 // their blocks are small
			}
			modeltest.Check(t, s, modeltest.Options{Large: large, New: func() learn.Model { return cluster.New(s.Kind()) }, Scaled: true, ZeroWeights: true, Copies: true, Tolerance: 1e-6, Skip: []string{"finds attacks"}})
		})
	}
}

func FuzzStored(f *testing.F) {
	x, y := modeltest.Problem{Rows: 40, Seed: 1}.Make()
	for seed := range uint64(42) {
		specs := all()
		m, err := specs[int(seed)%len(specs)].Fit(context.Background(), x, learn.Target{Classes: y.Classes, Y: y.Y}, learn.Run{})
		if err != nil {
			f.Fatal(err)
		}
		raw, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(int(seed)%len(specs), modeltest.Damage(raw, seed))
	}
	f.Fuzz(func(t *testing.T, kind int, raw []byte) {
		specs := all()
		s := specs[(kind%len(specs)+len(specs))%len(specs)]
		modeltest.Survive(t, raw, func() learn.Model { return cluster.New(s.Kind()) }, x)
	})
}
