package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// Started from the same labels, a mixture is what scikit-learn's GaussianMixture
// makes of the rows. See made_by in testdata/sklearn.json.
func TestMixtureIsThatOfScikitLearn(t *testing.T) {
	var file struct {
		Numbers  [][]float64 `json:"numbers"`
		Levels   []int32     `json:"levels"`
		Start    []int32     `json:"start"`
		Mixtures []struct {
			Covariance string      `json:"covariance"`
			Weights    []float64   `json:"weights"`
			Means      [][]float64 `json:"means"`
			Iterations int         `json:"iterations"`
			Scores     []float64   `json:"scores"`
			BIC        float64     `json:"bic"`
			AIC        float64     `json:"aic"`
		} `json:"mixtures"`
	}
	raw, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}, {Name: "level", Levels: []string{"a", "b", "c"}}}, len(file.Numbers))
	for i, row := range file.Numbers {
		x.Numbers[0][i], x.Numbers[1][i] = row[0], row[1]
	}
	x.Codes[2] = file.Levels
	for _, want := range file.Mixtures {
		tol := 1e-6
		s := Mixture{Components: 3, Covariance: want.Covariance, Tol: &tol, MaxIter: 500}.filled()
		sp, rows, err := prepared(context.Background(), x, nil)
		if err != nil {
			t.Fatal(err)
		}
		e := newEM(context.Background(), &s, sp, rows, learn.Run{})
		if err := e.fit(file.Start); err != nil {
			t.Fatal(err)
		}
		if e.iterations != want.Iterations {
			t.Errorf("%s: %d rounds, want %d", want.Covariance, e.iterations, want.Iterations)
		}
		for c, w := range want.Weights {
			check.Close(t, fmt.Sprintf("%s, weight %d", want.Covariance, c), e.densities.weights[c], w, 1e-8)
			for j, v := range want.Means[c] {
				if got := e.densities.mean(c)[j]; !check.Near(got, v, 1e-7, 1e-9) {
					t.Errorf("%s, mean %d of component %d: %v, want %v", want.Covariance, j, c, got, v)
				}
			}
		}
		m := e.model()
		check.Close(t, want.Covariance+", BIC", m.BIC(), want.BIC, 1e-7)
		check.Close(t, want.Covariance+", AIC", m.AIC(), want.AIC, 1e-7)
		scores := make([]float64, x.Rows)
		if err := m.Score(scores, x); err != nil {
			t.Fatal(err)
		}
		for i, v := range want.Scores {
			if !check.Near(-scores[i], v, 1e-6, 1e-6) {
				t.Errorf("%s, log density of row %d: %v, want %v", want.Covariance, i, -scores[i], v)
			}
		}
	}
}
