package linear

import (
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// connections are a fifth of NSL-KDD with standardised numbers.
func connections(t testing.TB) (x *learn.Matrix, types learn.Target) {
	t.Helper()
	x, types = modeltest.NSL(t, modeltest.NSLPart)
	return modeltest.Standardized(x, x), types
}

// attacks are the connections, of which all attacks are one class.
func attacks(t testing.TB) (*learn.Matrix, learn.Target) {
	t.Helper()
	x, y := connections(t)
	return x, modeltest.Attacks(y)
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
	x, y := attacks(t)
	for _, c := range []struct {
		spec                 learn.Spec
		auc, aucSD, f1, f1SD float64
	}{
		{Logistic{}, 0.995674, 0.000987, 0.971849, 0.002429},
		{SVM{}, 0.995566, 0.001138, 0.973725, 0.001069},
	} {
		area, f1 := modeltest.FoldMeans(modeltest.CrossFit(t, c.spec, x, y, learn.Run{}), y)
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
	x, y := attacks(t)
	check.Close(t, "logreg", modeltest.Fit(t, Logistic{}, x, y).(*LogisticModel).Objective, 1917.9094829368, 1e-9)
	check.Close(t, "svm", modeltest.Fit(t, SVM{}, x, y).(*SVMModel).Objectives[0], 2043.8652346326, 1e-9)
}

// Three classes: normal, what scans, and what else attacks. scikit-learn's newton-cg
// stops a little above the minimum.
func TestObjectiveOfThree(t *testing.T) {
	x, y := connections(t)
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
	m := modeltest.Fit(t, Logistic{}, x, three).(*LogisticModel)
	check.Close(t, "objective", m.Objective, 1690.40787882926, 1e-9)
	if !m.Converged {
		t.Error("no convergence")
	}
}

// The figures are those of testdata/kdd.py with scikit-learn 1.2.1: SVC with the
// exact kernel, and Nyström's approximation of it by 300 rows.
func TestKernelSVM(t *testing.T) {
	const exact, nystroem = 0.998425, 0.996806
	x, y := attacks(t)
	train := pick(20000, func(i int) bool { return i%8 == 0 })
	test := pick(20000, func(i int) bool { return i%8 == 4 })
	m := modeltest.Fit(t, KernelSVM{}, x.Take(train), y.Take(train))
	area := modeltest.AUC(scores(t, m, x.Take(test)), y.Take(test).Y)
	t.Logf("AUC %.6f", area)
	if area < exact-0.01 || area < nystroem-0.005 {
		t.Errorf("AUC %.6f, want %.6f and %.6f", area, exact, nystroem)
	}
}
