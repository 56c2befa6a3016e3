package modeltest_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestProblemsAreSound(t *testing.T) {
	for _, p := range []modeltest.Problem{
		{Rows: 500}, {Rows: 500, Classes: 5}, {Rows: 500, Scaled: true, Weights: true}, {Rows: 500, NumbersOnly: true}, {Rows: 500, Unlabelled: true}, {Rows: 0}, {Rows: 1}, {Rows: 3, Classes: 3},
	} {
		x, y := p.Make()
		if err := x.Check(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
		if err := y.Check(x.Rows); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
		again, z := p.Make()
		if !reflect.DeepEqual(x, again) || !reflect.DeepEqual(y, z) {
			t.Errorf("%+v is not the same every time", p)
		}
		if p.Rows == 500 && !p.Unlabelled {
			if err := learn.CheckFit(x, &y, true); err != nil {
				t.Errorf("%+v: %v", p, err)
			}
		}
	}
	x, _ := modeltest.Problem{Rows: 500, Gaps: true}.Make()
	if learn.RefuseMissing(x) == nil {
		t.Error("there are no gaps")
	}
}

// The values are those of roc_auc_score of scikit-learn 1.2.1.
func TestAUC(t *testing.T) {
	for _, c := range []struct {
		scores []float64
		y      []int32
		want   float64
	}{
		{[]float64{0.1, 0.4, 0.35, 0.8}, []int32{0, 0, 1, 1}, 0.75},
		{[]float64{1, 1, 1, 1, 2}, []int32{0, 1, 0, 2, 1}, 2. / 3},
		{[]float64{3, 2, 1}, []int32{0, 1, 1}, 0},
		{[]float64{3, 2, 1}, []int32{1, 1, 1}, math.NaN()},
		{[]float64{math.NaN(), 2, 1}, []int32{1, 0, 1}, math.NaN()},
		{nil, nil, math.NaN()},
	} {
		if got := modeltest.AUC(c.scores, c.y); got != c.want && !(got != got && c.want != c.want) {
			t.Errorf("AUC(%v, %v) = %v, want %v", c.scores, c.y, got, c.want)
		}
	}
}
