package outlier_test

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/outlier"
)

// reference is testdata/reference.json, which testdata/reference.py makes.
type reference struct {
	Train, Fresh [][]float64
	Scores       map[string][]float64
	Tails        []struct {
		Excesses      []float64
		Shape, Scale  float64
		LogLikelihood float64 `json:"log_likelihood"`
	}
}

func readReference(t *testing.T) *reference {
	t.Helper()
	raw, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// numbers makes a matrix of columns.
func numbers(cols [][]float64) *learn.Matrix {
	x := &learn.Matrix{Rows: len(cols[0]), Numbers: cols, Codes: make([][]int32, len(cols))}
	for j := range cols {
		x.Columns = append(x.Columns, learn.Column{Name: string(rune('a' + j))})
	}
	return x
}

func fit(t testing.TB, spec learn.Spec, x *learn.Matrix) (learn.Model, []float64) {
	t.Helper()
	m, scores, err := outlier.FitScores(context.Background(), spec, x, learn.Target{}, learn.Run{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m, scores
}

func score(t testing.TB, m learn.Model, x *learn.Matrix) []float64 {
	t.Helper()
	scores := make([]float64, x.Rows)
	if err := m.Score(scores, x); err != nil {
		t.Fatal(err)
	}
	return scores
}

// spearman is the rank correlation.
func spearman(a, b []float64) float64 {
	p, q := ranks(a), ranks(b)
	mean := float64(len(a)-1) / 2
	var pp, qq, pq float64
	for i := range p {
		u, v := p[i]-mean, q[i]-mean
		pp, qq, pq = pp+u*u, qq+v*v, pq+u*v
	}
	return pq / math.Sqrt(pp*qq)
}

// ranks from 0 on; those of ties are the mean of theirs.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	out := make([]float64, len(v))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && v[order[to]] == v[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+to-1) / 2
		}
		from = to
	}
	return out
}

func TestScoresOfOthers(t *testing.T) {
	r := readReference(t)
	train, fresh := numbers(r.Train), numbers(r.Fresh)
	for name, spec := range map[string]learn.Spec{
		"lof":             outlier.LOF{},
		"knndist mean":    outlier.KNNDistance{},
		"knndist largest": outlier.KNNDistance{Method: "largest"},
		"ocsvm":           outlier.OneClassSVM{Tol: 1e-10},
		"mahalanobis":     outlier.Mahalanobis{},
		"pca":             outlier.PCA{Variance: 0.9},
		"pca hotelling":   outlier.PCA{Variance: 0.9, Hotelling: true},
		"ecod":            outlier.ECOD{},
		"copod":           outlier.COPOD{},
		"hbos":            outlier.HBOS{Bins: 20},
	} {
		m, trained := fit(t, spec, train)
		tolerance := 1e-10
		if name == "ocsvm" {
			tolerance = 1e-7
		}
		for what, got := range map[string][]float64{name: score(t, m, fresh), name + " train": trained} {
			for i, want := range r.Scores[what] {
				if !check.Near(got[i], want, tolerance, tolerance) {
					t.Errorf("%s, row %d: %v, want %v", what, i+1, got[i], want)
					break
				}
			}
		}
		if r.Scores[name] == nil && r.Scores[name+" train"] == nil {
			t.Errorf("no scores for %s", name)
		}
	}
}

// Chance has a part in these.
func TestRanksOfOthers(t *testing.T) {
	r := readReference(t)
	train, fresh := numbers(r.Train), numbers(r.Fresh)
	for name, c := range map[string]struct {
		spec  learn.Spec
		least float64
	}{
		"iforest":            {outlier.IsolationForest{}, 0.97},
		"eif":                {outlier.ExtendedForest{}, 0.97},
		"mahalanobis robust": {outlier.Mahalanobis{Robust: true}, 0.99},
	} {
		m, _ := fit(t, c.spec, train)
		rho := spearman(score(t, m, fresh), r.Scores[name])
		t.Logf("%s: rank correlation %.4f", name, rho)
		if !(rho > c.least) {
			t.Errorf("%s: the rank correlation is %.4f, want more than %v", name, rho, c.least)
		}
	}
}

func TestTailsOfSciPy(t *testing.T) {
	for i, c := range readReference(t).Tails {
		if testing.Short() && len(c.Excesses) > 200 {
			continue
		}
		scores := make([]float64, 50*len(c.Excesses)) // the excesses are the largest 2 % above 0
		copy(scores, c.Excesses)
		for j := len(c.Excesses); j < len(scores); j++ {
			scores[j] = -float64(j - len(c.Excesses))
		}
		tail, err := outlier.FitTail(context.Background(), scores, 1)
		if err != nil {
			t.Fatal(err)
		}
		if tail.Start != 0 || tail.Excesses != len(c.Excesses) {
			t.Fatalf("tail %d begins at %v with %d", i, tail.Start, tail.Excesses)
		}
		l := logLikelihood(c.Excesses, tail.Shape, tail.Scale)
		t.Logf("shape %.6g (scipy %.6g), scale %.6g (%.6g), log likelihood %.9g (%.9g), A² %.3f, p %.3f", tail.Shape, c.Shape, tail.Scale, c.Scale, l, c.LogLikelihood, tail.Deviation, tail.P)
		// genpareto.fit stops at 1e-4 or so of its parameters, below the best.
		if l < c.LogLikelihood-1e-9*math.Abs(c.LogLikelihood) || l > c.LogLikelihood+0.01 || math.Abs(tail.Shape-c.Shape) > 1e-3 || !check.Near(tail.Scale, c.Scale, 1e-3, 0) {
			t.Errorf("tail %d: shape %v, scale %v, log likelihood %v, want %v, %v, %v", i, tail.Shape, tail.Scale, l, c.Shape, c.Scale, c.LogLikelihood)
		}
		if tail.P < 0.02 {
			t.Errorf("tail %d: p %v for a sample of such a distribution", i, tail.P)
		}
		for _, q := range []float64{0.01, 1e-3, 1e-6} {
			if z := tail.Threshold(q); math.Abs(math.Log(tail.Probability(z)/q)) > 1e-8 {
				t.Errorf("tail %d: %v is exceeded with probability %v, want %v", i, z, tail.Probability(z), q)
			}
		}
	}
}

func logLikelihood(excesses []float64, shape, scale float64) float64 {
	sum := 0.0
	for _, e := range excesses {
		if shape == 0 {
			sum -= math.Log(scale) + e/scale
		} else {
			sum -= math.Log(scale) + (1+1/shape)*math.Log1p(shape*e/scale)
		}
	}
	return sum
}

func TestTailsThatAreNone(t *testing.T) {
	ctx := context.Background()
	flat := make([]float64, 1000)
	if _, err := outlier.FitTail(ctx, flat, 1); err == nil {
		t.Error("equal scores have a tail")
	}
	if _, err := outlier.FitTail(ctx, flat[:10], 1); err == nil {
		t.Error("ten scores have a tail")
	}
	flat[3] = math.NaN()
	if _, err := outlier.FitTail(ctx, flat, 1); err == nil {
		t.Error("NaN has a tail")
	}
	if _, _, err := outlier.TailThreshold(ctx, flat, 0); err == nil || !strings.Contains(err.Error(), "q is 0") {
		t.Errorf("q of 0: %v", err)
	}
}
