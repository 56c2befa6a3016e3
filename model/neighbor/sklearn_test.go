package neighbor_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/neighbor"
)

// testdata/sklearn.json says itself what made it.
func TestAgreesWithScikitLearn(t *testing.T) {
	raw, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Numbers [][]float64
		Codes   [][]int32
		Y       []int32
		Cases   []struct {
			Neighbors     int `json:"n_neighbors"`
			Weights       string
			Metric        neighbor.Metric
			Probabilities []float64
		}
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	all := learn.NewMatrix([]learn.Column{
		{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d", Levels: []string{"0", "1", "2"}}, {Name: "e", Levels: []string{"0", "1", "2", "3", "4"}},
	}, len(o.Numbers[0]))
	copy(all.Numbers, o.Numbers)
	copy(all.Codes[3:], o.Codes)
	train, fresh := all.Slice(0, len(o.Y)), all.Slice(len(o.Y), all.Rows)
	y := learn.Target{Classes: []string{"normal", "dos", "probe"}, Y: o.Y}
	for _, c := range o.Cases {
		m := modeltest.Fit(t, neighbor.KNN{Neighbors: c.Neighbors, Weights: c.Weights, Metric: c.Metric}, train, y)
		for i, p := range modeltest.Probabilities(t, m, fresh) {
			if !check.Near(p, c.Probabilities[i], 1e-12, 1e-12) {
				t.Fatalf("%d neighbours, %s, %s: probability %d = %v, want %v", c.Neighbors, c.Weights, c.Metric, i, p, c.Probabilities[i])
			}
		}
	}
}

// The figures are those of scikit-learn 1.2.1: KNeighborsClassifier(5) on
// (log1p(x)−mean)/sd of the 38 numbers beside the levels spread over columns of 0
// and 1, rows in the folds i mod 5: roc_auc_score, and f1_score(average="macro") of
// all classes.
func TestQualityOnNSLKDD(t *testing.T) {
	const wantAUC, wantF1 = 0.99807, 0.5684
	x, y := modeltest.NSL(t, modeltest.NSLPart)
	x = modeltest.Logs(x)
	x = modeltest.Standardized(x, x)
	p := modeltest.CrossFit(t, neighbor.KNN{}, x, y, learn.Run{})
	auc, f1 := modeltest.AUC(modeltest.Suspicion(p, len(y.Classes)), y.Y), modeltest.MacroF1(p, y)
	t.Logf("AUC %.5f, macro F1 %.5f", auc, f1)
	if math.Abs(auc-wantAUC) > 2e-5 || math.Abs(f1-wantF1) > 2e-3 {
		t.Errorf("AUC %.5f and macro F1 %.5f, want %v and %v", auc, f1, wantAUC, wantF1)
	}
}
