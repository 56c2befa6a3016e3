package boost

import (
	"context"
	"math"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// connections are rows of NSL-KDD, of which all attacks are one class.
func connections(t testing.TB, file string) (*learn.Matrix, learn.Target) {
	t.Helper()
	x, y := modeltest.NSL(t, file)
	return x, modeltest.Attacks(y)
}

// coded makes numbers of levels, their places in sorted order.
func coded(x *learn.Matrix) *learn.Matrix {
	out := &learn.Matrix{Rows: x.Rows, Codes: make([][]int32, len(x.Columns))}
	for j, c := range x.Columns {
		v := x.Numbers[j]
		for _, code := range x.Codes[j] {
			v = append(v, float64(code))
		}
		out.Columns, out.Numbers = append(out.Columns, learn.Column{Name: c.Name}), append(out.Numbers, v)
	}
	return out
}

func fitModel(t testing.TB, s *GradientBoosting, x *learn.Matrix, y learn.Target, r learn.Run) *Model {
	t.Helper()
	m, err := s.Fit(context.Background(), x, y, r)
	if err != nil {
		t.Fatal(err)
	}
	return m.(*Model)
}

// The area under the ROC curve of rows held back, and their loss, are those of
// scikit-learn 1.2.1: HistGradientBoostingClassifier(max_iter=100,
// early_stopping=False) on rows of KDDTrain+_20Percent.txt whose number is no multiple
// of 5, levels being numbers in their order; roc_auc_score and log_loss of the others.
func TestNSL(t *testing.T) {
	x, y := connections(t, modeltest.NSLPart)
	x = coded(x)
	train, test := modeltest.Deal(x.Rows, 0)
	m := fitModel(t, &GradientBoosting{EarlyStopping: "off", L2Regularization: pointer(0)}, x.Take(train), y.Take(train), learn.Run{})
	p, truth := make([]float64, len(test)), y.Take(test).Y
	if err := m.Score(p, x.Take(test)); err != nil {
		t.Fatal(err)
	}
	const wantArea, wantLoss = 0.99986729, 0.01050805
	area, loss := modeltest.AUC(p, truth), 0.0
	for i, q := range p {
		if truth[i] == 0 {
			q = 1 - q
		}
		loss -= math.Log(max(q, 1e-15)) / float64(len(p))
	}
	if math.Abs(area-wantArea) > 1e-6 || math.Abs(loss-wantLoss) > 1e-3*wantLoss {
		t.Errorf("area %.6f and loss %.6f, want %v and %v", area, loss, wantArea, wantLoss)
	}
}
