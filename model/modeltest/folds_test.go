package modeltest_test

import (
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// The first class has an F1 of 2·1/(2+2), the second of 2·1/(1+2), the third of
// 2·1/(2+1), the fourth neither rows nor predictions.
func TestMacroF1(t *testing.T) {
	y := learn.Target{Classes: []string{"a", "b", "c", "d"}, Y: []int32{0, 1, 2, 1, 0}}
	p := []float64{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.5, 0.5, 0, 0, 0, 0, 1, 0}
	want := (0.5 + 2./3 + 2./3) / 3
	if got := modeltest.MacroF1(p, y); math.Abs(got-want) > 1e-15 {
		t.Errorf("macro-F1 is %v, want %v", got, want)
	}
}

// Classes that hardly overlap are told apart in every fold.
func TestCrossFit(t *testing.T) {
	x, y := modeltest.Problem{Rows: 203, Distance: 6, Seed: 3}.Make()
	train, test := modeltest.Deal(7, 1)
	if !slices.Equal(train, []int{0, 2, 3, 4, 5}) || !slices.Equal(test, []int{1, 6}) {
		t.Errorf("dealt %v and %v", train, test)
	}
	p := modeltest.CrossFit(t, &toy{}, x, y, learn.Run{Seed: 1})
	auc, f1 := modeltest.FoldMeans(p, y)
	if auc < 0.99 || f1 < 0.95 || math.Abs(modeltest.AUC(modeltest.Suspicion(p, 2), y.Y)-auc) > 0.01 {
		t.Errorf("area %v, macro-F1 %v", auc, f1)
	}
}
