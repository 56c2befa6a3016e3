package bayes_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/bayes"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// oracle is testdata/sklearn.json, which says itself what made it.
type oracle struct {
	X        [][]float64
	Codes    [][]int32
	Y        []int32
	Weights  []float64
	Gaussian []struct {
		VarSmoothing     float64 `json:"var_smoothing"`
		Priors           []float64
		Weighted         bool
		Means, Variances [][]float64
		Probabilities    []float64
	}
	Categorical []struct {
		Alpha         float64
		Weighted      bool
		LogShares     [][][]float64 `json:"log_shares"`
		Probabilities []float64
	}
}

func readOracle(t *testing.T) (*oracle, learn.Target) {
	t.Helper()
	raw, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var o oracle
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	return &o, learn.Target{Classes: []string{"normal", "dos", "probe"}, Y: o.Y}
}

func TestGaussianAgreesWithScikitLearn(t *testing.T) {
	o, y := readOracle(t)
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}, len(o.Y))
	copy(x.Numbers, o.X)
	for i, want := range o.Gaussian {
		y.Weights = nil
		if want.Weighted {
			y.Weights = o.Weights
		}
		m := modeltest.Fit(t, bayes.NaiveBayes{Numbers: bayes.Gaussian, VarSmoothing: want.VarSmoothing, Priors: want.Priors}, x, y)
		for j, p := range m.(*bayes.Model).Parts {
			for k := range p.Means {
				check.Close(t, fmt.Sprintf("case %d: mean of column %d, class %d", i, j, k), p.Means[k], want.Means[j][k], 1e-12)
				check.Close(t, fmt.Sprintf("case %d: variance of column %d, class %d", i, j, k), p.Variances[k], want.Variances[j][k], 1e-12)
			}
		}
		for r, p := range modeltest.Probabilities(t, m, x) {
			if !check.Near(p, want.Probabilities[r], 1e-9, 0) {
				t.Fatalf("case %d: probability %d = %v, want %v", i, r, p, want.Probabilities[r])
			}
		}
	}
}

func TestCategoricalAgreesWithScikitLearn(t *testing.T) {
	o, y := readOracle(t)
	x := learn.NewMatrix([]learn.Column{
		{Name: "a", Levels: []string{"a", "b", "c", "d", "e"}}, {Name: "b", Levels: []string{"a", "b", "c"}}, {Name: "c", Levels: []string{"a", "b"}},
	}, len(o.Y))
	copy(x.Codes, o.Codes)
	for i, want := range o.Categorical {
		y.Weights = nil
		if want.Weighted {
			y.Weights = o.Weights
		}
		m := modeltest.Fit(t, bayes.NaiveBayes{Alpha: want.Alpha}, x, y)
		for j, p := range m.(*bayes.Model).Parts {
			n := len(x.Columns[j].Levels)
			for at, s := range p.Shares {
				check.Close(t, fmt.Sprintf("case %d: column %d, share %d", i, j, at), s, want.LogShares[j][at/n][at%n], 1e-12)
			}
		}
		for r, p := range modeltest.Probabilities(t, m, x) {
			if !check.Near(p, want.Probabilities[r], 1e-9, 0) {
				t.Fatalf("case %d: probability %d = %v, want %v", i, r, p, want.Probabilities[r])
			}
		}
	}
}
