package linear

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// table is rows of two numbers, of which the second is mostly 3, and a coded
// column, with classes that overlap.
func table(rows, classes int, seed uint64) (*learn.Matrix, learn.Target) {
	r := rand.New(rand.NewPCG(seed, 0))
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}, {Name: "level", Levels: []string{"p", "q", "r"}}}, rows)
	y := learn.Target{Classes: []string{"normal", "dos", "probe", "r2l"}[:classes]}
	for i := range rows {
		k := r.IntN(classes)
		x.Numbers[0][i] = r.NormFloat64() + 0.7*float64(k)
		x.Numbers[1][i] = 3
		if r.IntN(4) == 0 {
			x.Numbers[1][i] += r.NormFloat64()
		}
		x.Codes[2][i] = int32(r.IntN(4) - 1)
		if r.IntN(3) == 0 {
			x.Codes[2][i] = int32(k % 3)
		}
		y.Y = append(y.Y, int32(k))
	}
	return x, y
}

// What is stored sparsely makes no difference: nor does where values lie, without
// regard to the intercept, nor what the weights of rows are measured in.
func TestInvariance(t *testing.T) {
	x, y := table(3000, 2, 1)
	moved, _ := table(3000, 2, 1)
	for i := range moved.Rows {
		moved.Numbers[0][i] += 1e6
		moved.Numbers[1][i] = 3 - moved.Numbers[1][i]
	}
	double := y
	double.Weights = make([]float64, x.Rows)
	for i := range double.Weights {
		double.Weights[i] = 2
	}
	for _, penalty := range []string{"l2", "l1", "elasticnet", "none"} {
		m := modeltest.Fit(t, Logistic{Penalty: penalty, C: 0.2}, x, y).(*LogisticModel)
		other := modeltest.Fit(t, Logistic{Penalty: penalty, C: 0.2}, moved, y).(*LogisticModel)
		check.Close(t, penalty+" moved", other.Weights[0], m.Weights[0], 1e-7)
		check.Close(t, penalty+" mirrored", other.Weights[1], -m.Weights[1], 1e-7)
		check.Close(t, penalty+" objective", other.Objective, m.Objective, 1e-9)
		weighted := modeltest.Fit(t, Logistic{Penalty: penalty, C: 0.1}, x, double).(*LogisticModel)
		check.Close(t, penalty+" weighted", weighted.Weights[0], m.Weights[0], 1e-7)
	}
}

// Each weight of an l1 fit is 0 and the slope of the losses is no steeper than the
// penalty there, or it has the slope of the penalty.
func TestLassoConditions(t *testing.T) {
	for _, classes := range []int{2, 4} {
		x, y := table(2000, classes, 2)
		const c = 0.01
		m := modeltest.Fit(t, Logistic{Penalty: "l1", C: c}, x, y).(*LogisticModel)
		p := make([]float64, classes*x.Rows)
		if err := m.Probabilities(p, x); err != nil {
			t.Fatal(err)
		}
		zeros := 0
		for plane := range m.Intercepts {
			k := plane
			if classes == 2 {
				k = 1
			}
			slope := make([]float64, len(m.Means))
			for i := range x.Rows {
				r := p[i*classes+k]
				if int(y.Y[i]) == k {
					r--
				}
				slope[0] += c * r * x.Numbers[0][i]
				slope[1] += c * r * x.Numbers[1][i]
				if code := x.Codes[2][i]; code >= 0 {
					slope[2+code] += c * r
				}
			}
			for f, s := range slope {
				w := m.Weights[plane*len(slope)+f]
				if w == 0 {
					zeros++
					if math.Abs(s) > 1+1e-6 {
						t.Errorf("%d classes: weight %d of class %d is 0 with slope %v", classes, f, k, s)
					}
				} else if math.Abs(s+math.Copysign(1, w)) > 1e-6 {
					t.Errorf("%d classes: weight %d of class %d is %v with slope %v", classes, f, k, w, s)
				}
			}
		}
		if zeros == 0 {
			t.Error("no weight is 0")
		}
	}
}

// Separated classes have finite weights without a penalty.
func TestSeparated(t *testing.T) {
	for _, classes := range []int{2, 3} {
		x := learn.NewMatrix([]learn.Column{{Name: "a"}}, 60)
		y := learn.Target{Classes: []string{"normal", "dos", "probe"}[:classes], Y: make([]int32, 60)}
		for i := range 60 {
			y.Y[i] = int32(i % classes)
			x.Numbers[0][i] = float64(y.Y[i]) + float64(i)/1000
		}
		m := modeltest.Fit(t, Logistic{Penalty: "none"}, x, y).(*LogisticModel)
		for i, s := range scores(t, m, x) {
			if (s > 0.5) != (y.Y[i] > 0) {
				t.Errorf("%d classes: row %d of class %d has score %v", classes, i, y.Y[i], s)
			}
		}
	}
}

// No small change of the weights of a hinge fit lowers its objective.
func TestHingeMinimum(t *testing.T) {
	x, y := table(1500, 2, 3)
	m := modeltest.Fit(t, SVM{Loss: "hinge", C: 0.3}, x, y).(*SVMModel)
	objective := func(w []float64, b float64) float64 {
		s := (dot(w, w) + b*b) / 2
		for i := range x.Rows {
			z := b + w[0]*x.Numbers[0][i] + w[1]*x.Numbers[1][i]
			if code := x.Codes[2][i]; code >= 0 {
				z += w[2+code]
			}
			s += 0.3 * hinge(z, y.Y[i] == 1)
		}
		return s
	}
	least := objective(m.Weights, m.Intercepts[0])
	check.Close(t, "objective", m.Objectives[0], least, 1e-10)
	r := rand.New(rand.NewPCG(4, 0))
	for range 300 {
		w := append([]float64(nil), m.Weights...)
		size := math.Pow(10, -6*r.Float64())
		for f := range w {
			w[f] += size * r.NormFloat64()
		}
		if got := objective(w, m.Intercepts[0]+size*r.NormFloat64()); got < least*(1-1e-10) {
			t.Fatalf("objective %v beside the minimum %v", got, least)
		}
	}
}

// The parts of an explanation add up to the decision value, and there is none of
// more than two classes, or where the first has no rows.
func TestExplain(t *testing.T) {
	x, y := table(500, 2, 5)
	m := modeltest.Fit(t, Logistic{}, x, y).(*LogisticModel)
	e, err := m.Explain(x)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range scores(t, m, x) {
		total := e.Base
		for _, part := range e.Parts {
			total += part[i]
		}
		check.Close(t, fmt.Sprint("total of row ", i), total, e.Total[i], 1e-9)
		check.Close(t, fmt.Sprint("score of row ", i), sigmoid(e.Total[i]), s, 1e-12)
	}
	for j, part := range e.Parts {
		if middle := sum(part) / float64(x.Rows); math.Abs(middle) > 1e-12 {
			t.Errorf("parts of column %d have mean %v over the training rows", j, middle)
		}
	}
	x, y = table(500, 3, 5)
	for _, s := range []learn.Spec{Logistic{}, SVM{}} {
		if _, err := modeltest.Fit(t, s, x, y).(learn.Explainer).Explain(x); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s of three classes: %v", s.Kind(), err)
		}
	}
	two := learn.Target{Classes: []string{"normal", "dos", "probe"}, Y: make([]int32, x.Rows)}
	for i := range two.Y {
		two.Y[i] = 1 + min(y.Y[i], 1)
	}
	if _, err := modeltest.Fit(t, Logistic{}, x, two).(learn.Explainer).Explain(x); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("without normal rows: %v", err)
	}
}

func TestSettings(t *testing.T) {
	x, y := table(50, 2, 6)
	for _, s := range []learn.Spec{
		Logistic{C: -1}, Logistic{C: math.NaN()}, Logistic{Penalty: "l3"}, Logistic{Penalty: "elasticnet", L1Ratio: 1.5},
		SVM{C: math.Inf(1)}, SVM{Loss: "log"}, SVM{InterceptScaling: -1},
		KernelSVM{C: -1}, KernelSVM{Gamma: -1}, KernelSVM{Components: -1}, KernelSVM{Components: 1 << 20},
	} {
		if _, err := s.Fit(context.Background(), x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	wide := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "address"}}, 50)
	copy(wide.Numbers[0], x.Numbers[0])
	for k := range maxFeatures {
		wide.Columns[1].Levels = append(wide.Columns[1].Levels, fmt.Sprint(k))
	}
	wide.Numbers[1], wide.Codes[1] = nil, make([]int32, 50)
	if _, err := (Logistic{}).Fit(context.Background(), wide, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
		t.Errorf("more weights than can be fitted: %v", err)
	}
	if err := modeltest.Fit(t, Logistic{}, x, y).Score(nil, x); err == nil {
		t.Error("there is no room for scores, and no error")
	}
}

// Equal rows among those chosen describe each other and are left out.
func TestKernelOfEqualRows(t *testing.T) {
	x, y := table(40, 2, 7)
	twice := pick(80, func(int) bool { return true })
	for i := range twice {
		twice[i] %= 40
	}
	m := modeltest.Fit(t, KernelSVM{Components: 80}, x.Take(twice), y.Take(twice)).(*KernelSVMModel)
	zeros := 0
	for _, w := range m.Weights {
		if w == 0 {
			zeros++
		}
	}
	if zeros < 40 {
		t.Errorf("%d weights of 80 are 0", zeros)
	}
	if area := modeltest.AUC(scores(t, m, x), y.Y); area < 0.75 {
		t.Errorf("AUC %v", area)
	}
}
