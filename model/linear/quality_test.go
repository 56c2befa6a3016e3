package linear

import (
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

const twentyPercent = "KDDTrain+_20Percent.txt"

// auc returns the area under the ROC curve, ties counting half.
func auc(score []float64, y []int32) float64 {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if score[a] < score[b] {
			return -1
		} else if score[a] > score[b] {
			return 1
		}
		return 0
	})
	var below, pairs, negatives, positives float64
	for i := 0; i < len(order); {
		var plus, minus float64
		j := i
		for ; j < len(order) && score[order[j]] == score[order[i]]; j++ {
			if y[order[j]] > 0 {
				plus++
			} else {
				minus++
			}
		}
		pairs += plus * (below + minus/2)
		below += minus
		negatives, positives = negatives+minus, positives+plus
		i = j
	}
	return pairs / (negatives * positives)
}

// macroF1 is the mean of F1 of both classes, predicted at one half.
func macroF1(score []float64, y []int32) float64 {
	var n [2][2]float64 // by class, by prediction
	for i, s := range score {
		predicted := 0
		if s > 0.5 {
			predicted = 1
		}
		n[y[i]][predicted]++
	}
	f := func(k int) float64 { return 2 * n[k][k] / (2*n[k][k] + n[0][1] + n[1][0]) }
	return (f(0) + f(1)) / 2
}

// pick returns the places that a condition holds for.
func pick(n int, want func(i int) bool) (out []int) {
	for i := range n {
		if want(i) {
			out = append(out, i)
		}
	}
	return out
}

// crossValidated returns the means over five folds of which every fifth row is one.
func crossValidated(t *testing.T, s learn.Spec, x *learn.Matrix, y learn.Target) (area, f1 float64) {
	t.Helper()
	for k := range 5 {
		train := pick(x.Rows, func(i int) bool { return i%5 != k })
		test := pick(x.Rows, func(i int) bool { return i%5 == k })
		score, truth := scores(t, mustFit(t, s, x.Take(train), y.Take(train)), x.Take(test)), y.Take(test).Y
		area += auc(score, truth) / 5
		f1 += macroF1(score, truth) / 5
	}
	return area, f1
}

func scores(t testing.TB, m learn.Model, x *learn.Matrix) []float64 {
	t.Helper()
	out := make([]float64, x.Rows)
	if err := m.Score(out, x); err != nil {
		t.Fatal(err)
	}
	return out
}

// The figures are those of testdata/kdd.py with scikit-learn 1.2.1: means and
// standard deviations over the folds.
func TestCrossValidation(t *testing.T) {
	x, y := kdd(t, twentyPercent, false)
	for _, c := range []struct {
		spec                 learn.Spec
		auc, aucSD, f1, f1SD float64
	}{
		{Logistic{}, 0.995674, 0.000987, 0.971849, 0.002429},
		{SVM{}, 0.995566, 0.001138, 0.973725, 0.001069},
	} {
		area, f1 := crossValidated(t, c.spec, x, y)
		t.Logf("%s: AUC %.6f, macro-F1 %.6f", c.spec.Kind(), area, f1)
		if math.Abs(area-c.auc) > c.aucSD {
			t.Errorf("%s: AUC %.6f, want %.6f", c.spec.Kind(), area, c.auc)
		}
		if math.Abs(f1-c.f1) > c.f1SD {
			t.Errorf("%s: macro-F1 %.6f, want %.6f", c.spec.Kind(), f1, c.f1)
		}
	}
}

// The objectives are those of testdata/kdd.py with scikit-learn 1.2.1.
func TestObjectives(t *testing.T) {
	x, y := kdd(t, twentyPercent, false)
	check.Close(t, "logreg", mustFit(t, Logistic{}, x, y).(*LogisticModel).Objective, 1917.9094829368, 1e-9)
	check.Close(t, "svm", mustFit(t, SVM{}, x, y).(*SVMModel).Objectives[0], 2043.8652346326, 1e-9)
}

// Three classes: normal, what scans, and what else attacks. scikit-learn's newton-cg
// stops a little above the minimum.
func TestObjectiveOfThree(t *testing.T) {
	x, y := kdd(t, twentyPercent, true)
	three := learn.Target{Classes: []string{"normal", "other", "probe"}, Y: make([]int32, x.Rows)}
	for i, k := range y.Y {
		switch y.Classes[k] {
		case "normal":
		case "satan", "ipsweep", "nmap", "portsweep":
			three.Y[i] = 2
		default:
			three.Y[i] = 1
		}
	}
	m := mustFit(t, Logistic{}, x, three).(*LogisticModel)
	check.Close(t, "objective", m.Objective, 1690.40787882926, 1e-9)
	if !m.Converged {
		t.Error("no convergence")
	}
}

// The figures are those of testdata/kdd.py with scikit-learn 1.2.1: SVC with the
// exact kernel, and Nyström's approximation of it by 300 rows.
func TestKernelSVM(t *testing.T) {
	const exact, nystroem = 0.998425, 0.996806
	x, y := kdd(t, twentyPercent, false)
	train := pick(20000, func(i int) bool { return i%8 == 0 })
	test := pick(20000, func(i int) bool { return i%8 == 4 })
	m := mustFit(t, KernelSVM{}, x.Take(train), y.Take(train))
	area := auc(scores(t, m, x.Take(test)), y.Take(test).Y)
	t.Logf("AUC %.6f", area)
	if area < exact-0.01 || area < nystroem-0.005 {
		t.Errorf("AUC %.6f, want %.6f and %.6f", area, exact, nystroem)
	}
}
