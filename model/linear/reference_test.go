package linear

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// A reference is testdata/reference.json, which says what made it.
type reference struct {
	Numbers [][]float64 // by row
	Codes   []int32
	Y       []int32
	Weights []float64
	Cases   []referenceCase
	Platt   struct {
		Decision      []float64
		Slope, Offset float64
	}
}

type referenceCase struct {
	Kind            string
	Settings        json.RawMessage
	Classes         int
	Coded, Weighted bool
	Call            string
	Weights         [][]float64
	Intercepts      []float64
	Probabilities   [][]float64 // of the first rows
}

func readReference(t testing.TB) *reference {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// data returns the table of a case.
func (r *reference) data(classes int, coded, weighted bool) (*learn.Matrix, learn.Target) {
	var columns []learn.Column
	for j := range r.Numbers[0] {
		columns = append(columns, learn.Column{Name: fmt.Sprint("x", j)})
	}
	if coded {
		columns = append(columns, learn.Column{Name: "level", Levels: []string{"a", "b", "c"}})
	}
	x := learn.NewMatrix(columns, len(r.Numbers))
	for i, row := range r.Numbers {
		for j, v := range row {
			x.Numbers[j][i] = v
		}
	}
	if coded {
		x.Codes[len(columns)-1] = r.Codes
	}
	y := learn.Target{Classes: []string{"normal", "dos", "probe"}[:classes], Y: make([]int32, x.Rows)}
	for i, k := range r.Y {
		y.Y[i] = min(k, int32(classes)-1)
	}
	if weighted {
		y.Weights = r.Weights
	}
	return x, y
}

// fitCase fits the settings of a case.
func fitCase(t *testing.T, c *referenceCase, x *learn.Matrix, y learn.Target) (learn.Classifier, *Planes) {
	t.Helper()
	switch c.Kind {
	case LogisticKind:
		var s Logistic
		if err := json.Unmarshal(c.Settings, &s); err != nil {
			t.Fatal(err)
		}
		m := modeltest.Fit(t, s, x, y).(*LogisticModel)
		if !m.Converged {
			t.Error("no convergence")
		}
		return m, &m.Planes
	case SVMKind:
		var s SVM
		if err := json.Unmarshal(c.Settings, &s); err != nil {
			t.Fatal(err)
		}
		m := modeltest.Fit(t, s, x, y).(*SVMModel)
		if !m.Converged {
			t.Error("no convergence")
		}
		return m, &m.Planes
	}
	t.Fatalf("kind %q", c.Kind)
	return nil, nil
}

func TestReference(t *testing.T) {
	r := readReference(t)
	for i := range r.Cases {
		c := &r.Cases[i]
		t.Run(fmt.Sprintf("%d %s %d classes %s", i, c.Kind, c.Classes, c.Settings), func(t *testing.T) {
			x, y := r.data(c.Classes, c.Coded, c.Weighted)
			m, p := fitCase(t, c, x, y)
			near := func(name string, got, want float64) {
				t.Helper()
				if !check.Near(got, want, 1e-6, 1e-6) {
					t.Errorf("%s = %.10g, want %.10g of %s", name, got, want, c.Call)
				}
			}
			n := len(p.Means)
			for k, weights := range c.Weights {
				near(fmt.Sprint("intercept ", k), p.Intercepts[k], c.Intercepts[k])
				for f, w := range weights {
					near(fmt.Sprintf("weight %d of class %d", f, k), p.Weights[k*n+f], w)
				}
			}
			got := make([]float64, c.Classes*x.Rows)
			if err := m.Probabilities(got, x); err != nil {
				t.Fatal(err)
			}
			for i, row := range c.Probabilities {
				for k, want := range row {
					near(fmt.Sprintf("probability %d of row %d", k, i), got[i*c.Classes+k], want)
				}
			}
		})
	}
}

// scikit-learn ends its search early: the tolerance is its.
func TestPlattReference(t *testing.T) {
	r := readReference(t)
	positive := make([]bool, len(r.Y))
	for i, k := range r.Y {
		positive[i] = k > 0
	}
	slope, offset := plattFit(context.Background(), r.Platt.Decision, positive, r.Weights)
	check.Close(t, "slope", slope, r.Platt.Slope, 1e-4)
	check.Close(t, "offset", offset, r.Platt.Offset, 1e-4)
}
