package boost

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// references is testdata/histgb.json.
type references struct {
	X, Gaps [][]*float64
	Y2, Y3  []int32
	W       []float64
	Cases   []struct {
		Name, Data, Y string
		Columns       []int
		Weights       bool
		Settings      GradientBoosting
		P             []float64
	}
}

func readReferences(t testing.TB) *references {
	t.Helper()
	text, err := os.ReadFile("testdata/histgb.json")
	if err != nil {
		t.Fatal(err)
	}
	r := new(references)
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// matrix returns columns x0, x1, … of which x4 holds levels.
func (r *references) matrix(data string, columns []int) *learn.Matrix {
	from := r.X
	if data == "gaps" {
		from = r.Gaps
	}
	x := &learn.Matrix{Rows: len(r.Y2), Numbers: make([][]float64, len(columns)), Codes: make([][]int32, len(columns))}
	for j, c := range columns {
		x.Columns = append(x.Columns, learn.Column{Name: fmt.Sprint("x", c)})
		if c == 4 {
			for l := range 12 {
				x.Columns[j].Levels = append(x.Columns[j].Levels, fmt.Sprint("level ", l))
			}
		}
		for _, v := range from[c] {
			switch {
			case c == 4 && v == nil:
				x.Codes[j] = append(x.Codes[j], learn.NoLevel)
			case c == 4:
				x.Codes[j] = append(x.Codes[j], int32(*v))
			case v == nil:
				x.Numbers[j] = append(x.Numbers[j], math.NaN())
			default:
				x.Numbers[j] = append(x.Numbers[j], *v)
			}
		}
	}
	return x
}

func (r *references) target(y string, weights bool) learn.Target {
	t := learn.Target{Classes: []string{"normal", "attack"}, Y: r.Y2}
	if y == "y3" {
		t = learn.Target{Classes: []string{"normal", "dos", "probe"}, Y: r.Y3}
	}
	if weights {
		t.Weights = r.W
	}
	return t
}

// Probabilities are those of scikit-learn's
// HistGradientBoostingClassifier, whose gradients have single precision. The calls are
// in the file of references.
func TestAgainstScikitLearn(t *testing.T) {
	r := readReferences(t)
	for _, c := range r.Cases {
		t.Run(c.Name, func(t *testing.T) {
			x := r.matrix(c.Data, c.Columns)
			if c.Settings.L2Regularization == nil { // scikit-learn's default
				c.Settings.L2Regularization = pointer(0)
			}
			m := fitModel(t, &c.Settings, x, r.target(c.Y, c.Weights), learn.Run{})
			k := len(m.Classes())
			p := make([]float64, k*x.Rows)
			if err := m.Probabilities(p, x); err != nil {
				t.Fatal(err)
			}
			worst := 0.0
			for i, want := range c.P {
				worst = max(worst, math.Abs(p[i/k*5*k+i%k]-want))
			}
			if worst > 2e-6 {
				t.Errorf("a probability differs by %.3g", worst)
			}
		})
	}
}
