package outlier_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/outlier"
)

func TestKinds(t *testing.T) {
	for _, kind := range outlier.Kinds() {
		spec, err := outlier.NewSpec(kind)
		if err != nil || spec.Kind() != kind {
			t.Errorf("NewSpec(%q) is %v, %v", kind, spec, err)
		}
		if m := outlier.NewModel(kind); m == nil || m.Kind() != kind {
			t.Errorf("NewModel(%q) is %v", kind, m)
		}
	}
	if _, err := outlier.NewSpec("lov"); !errors.Is(err, learn.ErrSetting) || !strings.Contains(err.Error(), "lof") {
		t.Errorf("NewSpec of what is none: %v", err)
	}
	if outlier.NewModel("lov") != nil {
		t.Error("NewModel of what is none")
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	x, y := modeltest.Problem{Rows: 50, Scaled: true, Unlabelled: true}.Make()
	far, minus := 99, -0.1
	many := make([]outlier.Member, 51)
	for i := range many {
		many[i].Algo = "ecod"
	}
	for name, spec := range map[string]learn.Spec{
		"trees":           outlier.IsolationForest{Trees: -1},
		"max_samples":     outlier.IsolationForest{MaxSamples: 1},
		"trees is":        outlier.ExtendedForest{Trees: 1 << 30},
		"extension_level": outlier.ExtendedForest{Level: &far},
		"n_neighbors":     outlier.LOF{Neighbors: -1},
		"metric":          outlier.KNNDistance{Metric: "cosine"},
		"method":          outlier.KNNDistance{Method: "median"},
		"max_samples is":  outlier.KNNDistance{MaxSamples: 1},
		"nu":              outlier.OneClassSVM{Nu: 2},
		"gamma":           outlier.OneClassSVM{Gamma: math.NaN()},
		"tol":             outlier.OneClassSVM{Tol: -1},
		"trust":           outlier.Mahalanobis{Trust: 0.4},
		"shrinkage":       outlier.Mahalanobis{Shrinkage: &minus},
		"variance":        outlier.PCA{Variance: 1},
		"bins":            outlier.HBOS{Bins: -1},
		"rule":            outlier.HBOS{Rule: "sturges"},
		"n_clusters":      outlier.KMeans{KMeans: cluster.KMeans{Clusters: -1}},
		"covariance_type": outlier.Mixture{Mixture: cluster.Mixture{Covariance: "round"}},
		"combine":         outlier.Ensemble{Combine: "median"},
		"members":         outlier.Ensemble{Members: many},
		"lov":             outlier.Ensemble{Members: []outlier.Member{{Algo: "lov"}}},
		"depth":           outlier.Ensemble{Members: []outlier.Member{{Algo: "lof", Settings: json.RawMessage(`{"depth":3}`)}}},
		"more than one":   outlier.Ensemble{Members: []outlier.Member{{Algo: "lof", Settings: json.RawMessage(`{}{}`)}}},
		"an ensemble":     outlier.Ensemble{Members: []outlier.Member{{Algo: "ensemble"}}},
	} {
		m, err := spec.Fit(context.Background(), x, y, learn.Run{})
		if !errors.Is(err, learn.ErrSetting) || !strings.Contains(err.Error(), name) || m != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Parts that add up to the score itself.
func TestPartsAddUpToScores(t *testing.T) {
	x, _ := modeltest.Problem{Rows: 200, Scaled: true, Unlabelled: true, Seed: 3}.Make()
	for _, spec := range []learn.Spec{
		outlier.KMeans{}, outlier.Mahalanobis{}, outlier.PCA{Variance: 0.7}, outlier.PCA{Variance: 0.7, Hotelling: true},
		outlier.ECOD{}, outlier.COPOD{}, outlier.HBOS{},
	} {
		m, _ := fit(t, spec, x)
		e, err := m.(learn.Explainer).Explain(x)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range score(t, m, x) {
			if !check.Near(e.Total[i], s, 1e-9, 1e-9) {
				t.Errorf("%s, row %d: parts add up to %v, the score is %v", m.Kind(), i+1, e.Total[i], s)
				break
			}
		}
	}
}

// A value that is out of place has most of the score.
func TestPartsFindTheColumn(t *testing.T) {
	x, _ := modeltest.Problem{Rows: 400, Classes: 2, Attacks: 0.001, Scaled: true, Unlabelled: true, Seed: 4}.Make()
	odd := x.Slice(10, 11)
	for j := range odd.Numbers {
		if j == 3 {
			odd.Numbers[j] = []float64{9}
		}
	}
	for _, spec := range []learn.Spec{outlier.KMeans{}, outlier.Mahalanobis{}, outlier.PCA{Variance: 0.3}, outlier.ECOD{}, outlier.COPOD{}, outlier.HBOS{}} {
		m, _ := fit(t, spec, x)
		e, err := m.(learn.Explainer).Explain(odd)
		if err != nil {
			t.Fatal(err)
		}
		for j := range e.Parts {
			if j != 3 && e.Parts[j][0] > e.Parts[3][0] {
				t.Errorf("%s: column %d has %v of %v, and the odd one %v", m.Kind(), j, e.Parts[j][0], e.Total[0], e.Parts[3][0])
			}
		}
	}
}

// Rows that are scored with those that were learned from do not count themselves.
func TestFitScoresLeavesTheRowOut(t *testing.T) {
	x, _ := modeltest.Problem{Rows: 60, NumbersOnly: true, Scaled: true, Unlabelled: true}.Make()
	spec := outlier.KNNDistance{Neighbors: 3}
	_, scores := fit(t, spec, x)
	for i := range x.Rows {
		var others []int
		for j := range x.Rows {
			if j != i {
				others = append(others, j)
			}
		}
		m, _ := fit(t, spec, x.Take(others))
		if got := score(t, m, x.Slice(i, i+1))[0]; !check.Near(got, scores[i], 1e-12, 0) {
			t.Errorf("row %d scores %v, and %v by a fit without it", i+1, scores[i], got)
		}
	}
}

// A detector of another package as a member.
func TestEnsembleOfOthers(t *testing.T) {
	x, y := modeltest.Problem{Rows: 100, Scaled: true, Unlabelled: true}.Make()
	others := func(kind string) (learn.Spec, learn.Model) {
		if kind == "mixture" {
			return &cluster.Mixture{}, &cluster.Gaussians{}
		}
		return nil, nil
	}
	s := outlier.Ensemble{Others: others, Members: []outlier.Member{{Algo: "mixture", Settings: json.RawMessage(`{"n_components":2,"covariance_type":"diag"}`)}, {Algo: "ecod"}}}
	m, err := s.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var without outlier.EnsembleModel
	if err := json.Unmarshal(raw, &without); !errors.Is(err, learn.ErrBroken) {
		t.Errorf("without others: %v", err)
	}
	again := outlier.EnsembleModel{Others: others}
	if err := json.Unmarshal(raw, &again); err != nil || again.Check() != nil {
		t.Fatal(err, again.Check())
	}
	want := score(t, m, x)
	for i, s := range score(t, &again, x) {
		if s != want[i] {
			t.Fatalf("row %d scores %v after it was read, %v before", i+1, s, want[i])
		}
	}
	parts, err := again.Surprises(x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if sum := parts[0][i] + parts[1][i]; sum != want[i] {
			t.Fatalf("row %d: members have %v, together %v", i+1, sum, want[i])
		}
	}
	if got := strings.Join(again.Members(), ","); got != "mixture,ecod" {
		t.Errorf("members %s", got)
	}
}

// Of a known tail the threshold is exceeded as often as it should be.
func TestTailThresholdKeepsItsPromise(t *testing.T) {
	check.Long(t)
	const q, rounds = 1e-3, 8
	for name, draw := range map[string]struct {
		next func(*rand.Rand) float64
		tail func(float64) float64
	}{
		"exponential": {(*rand.Rand).ExpFloat64, func(z float64) float64 { return math.Exp(-z) }},
		"normal":      {(*rand.Rand).NormFloat64, func(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }},
		"Pareto":      {func(rng *rand.Rand) float64 { return math.Pow(rng.Float64(), -0.5) }, func(z float64) float64 { return 1 / (z * z) }},
		"uniform":     {(*rand.Rand).Float64, func(z float64) float64 { return max(1-z, 0) }},
	} {
		rng := rand.New(rand.NewPCG(1, 1)) // one for each, since maps are gone through in any order
		var mean, low float64
		for range rounds {
			scores := make([]float64, 2000)
			for i := range scores {
				scores[i] = draw.next(rng)
			}
			z, tail, err := outlier.TailThreshold(context.Background(), scores, q)
			if err != nil {
				t.Fatal(err)
			}
			mean += draw.tail(z) / q / rounds
			if tail.P < 0.05 {
				low++
			}
		}
		if mean < 0.6 || mean > 1.6 {
			t.Errorf("%s: the threshold is exceeded %.2f times as often as it should be", name, mean)
		}
		if low > 3 {
			t.Errorf("%s: the fit is doubted %v times of %d", name, low, rounds)
		}
	}
}

// By weight or without, and however rows are ordered, the bins are the same.
func TestBinsByQuartiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for n := 2; n < 60; n++ {
		v := make([]float64, n)
		for i := range v {
			v[i] = math.Round(4 * rng.NormFloat64())
		}
		v[0], v[1] = -20, 20
		bins := func(v, weights []float64) string {
			m, err := outlier.HBOS{}.Fit(context.Background(), numbers([][]float64{v}), learn.Target{Weights: weights}, learn.Run{})
			if err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		twice := append(append([]float64{}, v...), v...)
		weights := make([]float64, n)
		for i := range weights {
			weights[i] = 2
		}
		want := bins(v, weights)
		rng.Shuffle(2*n, func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
		if got := bins(twice, nil); got != want {
			t.Fatalf("%d rows twice have %s, and by weight %s", n, got, want)
		}
	}
}

// An outlier among rows of which most agree in a column.
func TestRobustWhereRowsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	cols := [][]float64{make([]float64, 300), make([]float64, 300), make([]float64, 300)}
	for i := range 300 {
		cols[0][i], cols[1][i] = rng.NormFloat64(), rng.NormFloat64()
		if i%60 == 0 {
			cols[2][i] = rng.Float64()
		}
		if i >= 260 { // one row in seven lies together, far off
			cols[0][i], cols[1][i] = 8+0.1*rng.NormFloat64(), -8
		}
	}
	x := numbers(cols)
	labels := make([]int32, 300)
	for i := 260; i < 300; i++ {
		labels[i] = 1
	}
	_, scores := fit(t, outlier.Mahalanobis{Robust: true}, x)
	_, plain := fit(t, outlier.Mahalanobis{}, x)
	got, other := modeltest.AUC(scores, labels), modeltest.AUC(plain, labels)
	if got < 0.97 || got < other+0.02 {
		t.Errorf("the area is %v robustly, and %v plainly", got, other)
	}
}
