package tree

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// A referenceCase is one of testdata/reference.json, which testdata/reference.py
// made with scikit-learn.
type referenceCase struct {
	Settings      json.RawMessage
	Classes       int
	X             [][]float64
	Y             []int32
	Weights       []float64
	Probabilities []float64
	Nodes         int
	Thresholds    []float64
	Importance    []float64
	Trees         int
}

func readReference(t *testing.T) (trees, boosts []referenceCase) {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		MadeBy          string `json:"made_by"`
		Trees, AdaBoost []referenceCase
	}
	if err := json.Unmarshal(text, &r); err != nil || r.MadeBy == "" {
		t.Fatalf("%v, made by %q", err, r.MadeBy)
	}
	return r.Trees, r.AdaBoost
}

// numbers returns a matrix of columns of numbers.
func numbers(cols ...[]float64) *learn.Matrix {
	x := &learn.Matrix{Numbers: cols, Codes: make([][]int32, len(cols))}
	for j, c := range cols {
		x.Columns = append(x.Columns, learn.Column{Name: fmt.Sprint("x", j)})
		x.Rows = len(c)
	}
	return x
}

func (c *referenceCase) data() (*learn.Matrix, learn.Target) {
	names := []string{"normal", "a", "b", "c", "d"}
	return numbers(c.X...), learn.Target{Classes: names[:c.Classes], Y: c.Y, Weights: c.Weights}
}

var twoClasses = []string{"normal", "attack"}

// fit fits and fails the test on an error.
func fit(t testing.TB, s learn.Spec, x *learn.Matrix, y learn.Target) learn.Classifier {
	t.Helper()
	m, err := s.Fit(context.Background(), x, y, learn.Run{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m.(learn.Classifier)
}

func closeAll(t *testing.T, name string, got, want []float64, rel float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", name, len(got), len(want))
		return
	}
	for i := range want {
		if !check.Near(got[i], want[i], rel, rel) {
			t.Errorf("%s %d = %.17g, want %.17g", name, i, got[i], want[i])
			return
		}
	}
}

func TestTreeAgainstScikitLearn(t *testing.T) {
	trees, _ := readReference(t)
	for i, c := range trees {
		name := fmt.Sprintf("case %d %s:", i, c.Settings)
		var s Tree
		if err := json.Unmarshal(c.Settings, &s); err != nil {
			t.Fatal(err)
		}
		x, y := c.data()
		m := fit(t, s, x, y).(*TreeModel)
		if n := len(m.Trees.Nodes); n != c.Nodes {
			t.Errorf("%s %d nodes, want %d", name, n, c.Nodes)
			continue
		}
		var thresholds []float64
		for _, n := range m.Trees.Nodes {
			if n.Column != Leaf {
				thresholds = append(thresholds, n.Value)
			}
		}
		slices.Sort(thresholds)
		closeAll(t, name+" threshold", thresholds, c.Thresholds, 1e-12)
		closeAll(t, name+" probability", modeltest.Probabilities(t, m, x), c.Probabilities, 1e-12)
		closeAll(t, name+" importance", m.Shares, c.Importance, 1e-9)
	}
}

func TestAdaBoostAgainstScikitLearn(t *testing.T) {
	_, boosts := readReference(t)
	for i, c := range boosts {
		name := fmt.Sprintf("case %d %s:", i, c.Settings)
		var s AdaBoost
		if err := json.Unmarshal(c.Settings, &s); err != nil {
			t.Fatal(err)
		}
		x, y := c.data()
		m := fit(t, s, x, y).(*AdaBoostModel)
		if n := len(m.Trees.Roots); n != c.Trees {
			t.Errorf("%s %d trees, want %d", name, n, c.Trees)
		}
		closeAll(t, name+" probability", modeltest.Probabilities(t, m, x), c.Probabilities, 1e-9)
	}
}

// boostedReference is testdata/boosted.json, which testdata/boosted.py made with
// XGBoost, whose numbers have 32 bits.
type boostedReference struct {
	X               [][]*float64
	Binary, Classes struct{ Margin, Parts []float64 }
}

func readBoostedReference(t *testing.T) (*learn.Matrix, boostedReference) {
	t.Helper()
	text, err := os.ReadFile("testdata/boosted.json")
	if err != nil {
		t.Fatal(err)
	}
	var r boostedReference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	levels := func(n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprint("level ", i))
		}
		return names
	}
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}, {Name: "c", Levels: levels(80)}, {Name: "d", Levels: levels(3)}}, len(r.X[0]))
	for j, col := range r.X {
		for i, v := range col {
			switch {
			case x.Columns[j].Coded() && v != nil:
				x.Codes[j][i] = int32(*v)
			case !x.Columns[j].Coded() && v == nil:
				x.Numbers[j][i] = math.NaN()
			case !x.Columns[j].Coded():
				x.Numbers[j][i] = *v
			}
		}
	}
	return x, r
}

// What XGBoost's own trees say, and how it explains them, is what they say here.
func TestEnsembleAgainstXGBoost(t *testing.T) {
	x, r := readBoostedReference(t)
	for name, want := range map[string]struct{ Margin, Parts []float64 }{"binary": r.Binary, "classes": r.Classes} {
		e := readBoosted(t, "testdata/"+name+".json", x.Columns)
		if err := e.Check(); err != nil {
			t.Fatal(err)
		}
		k := e.Size()
		offset := 0.0
		if k > 1 {
			offset = 0.5 // base_score, which is none for log odds of two classes
		}
		raw := make([]float64, x.Rows*k)
		if err := e.Raw(raw, x); err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			raw[i] += offset
		}
		closeAll(t, name+" margin", raw, want.Margin, 2e-6)
		for out := range k {
			mix := make([]float64, k)
			mix[out] = 1
			ex, err := e.Shap(x, mix)
			if err != nil {
				t.Fatal(err)
			}
			var got, parts []float64
			for i := range x.Rows {
				at := (i*k + out) * 5
				parts = append(parts, want.Parts[at:at+5]...)
				for j := range ex.Parts {
					got = append(got, ex.Parts[j][i])
				}
				got = append(got, ex.Base+offset)
			}
			closeAll(t, fmt.Sprint(name, " output ", out, " part"), got, parts, 5e-6)
		}
	}
}
