package prep_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/prep"
)

var ctx = context.Background()

// maybe is a number, or null for one that is missing.
type maybe float64

func (m *maybe) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*m = maybe(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(m))
}

func numbers(x []maybe) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

type expected struct{ Train, New [][]maybe }

// reference is testdata/reference.json; its field made_by names the calls.
type reference struct {
	Names      []string
	Train, New [][]maybe
	Weights    []maybe
	Levels     []string
	Y, Y3      []int32
	OneHot     [][]maybe `json:"onehot"`

	TargetAuto     []maybe   `json:"target_auto"`
	TargetSmooth10 []maybe   `json:"target_smooth10"`
	TargetMulti    [][]maybe `json:"target_multi"`
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func (r *reference) matrix(cells [][]maybe) *learn.Matrix {
	x := &learn.Matrix{Rows: len(cells[0]), Codes: make([][]int32, len(cells))}
	for j := range cells {
		x.Columns = append(x.Columns, learn.Column{Name: r.Names[j]})
		x.Numbers = append(x.Numbers, numbers(cells[j]))
	}
	return x
}

func fit(t testing.TB, s learn.Step, x *learn.Matrix, y learn.Target) (learn.Transform, *learn.Matrix) {
	t.Helper()
	tr, out, err := s.Fit(ctx, x, y, learn.Run{Seed: 1})
	if err != nil {
		t.Fatalf("%s: %v", s.Kind(), err)
	}
	if err := tr.Check(); err != nil {
		t.Fatalf("%s: %v", s.Kind(), err)
	}
	return tr, out
}

func apply(t testing.TB, tr learn.Transform, x *learn.Matrix) *learn.Matrix {
	t.Helper()
	out, err := tr.Apply(x)
	if err != nil {
		t.Fatalf("%s: %v", tr.Kind(), err)
	}
	return out
}

// near fails the test unless the first columns of x hold what is expected.
func near(t *testing.T, what string, x *learn.Matrix, want [][]maybe, rel, abs float64) {
	t.Helper()
	for j := range want {
		for i, w := range want[j] {
			if got := x.Numbers[j][i]; !check.Near(got, float64(w), rel, abs) {
				t.Errorf("%s, column %q, row %d = %.17g, want %.17g", what, x.Columns[j].Name, i, got, float64(w))
				break
			}
		}
	}
}

func TestAgainstScikitLearn(t *testing.T) {
	var r reference
	readJSON(t, "reference.json", &r)
	var all map[string]json.RawMessage
	readJSON(t, "reference.json", &all)
	x, fresh := r.matrix(r.Train), r.matrix(r.New)
	weighted := learn.Target{Weights: numbers(r.Weights)}
	low, high := 0.05, 0.9
	cases := []struct {
		name string
		step learn.Step
		y    learn.Target
		rel  float64
	}{
		{"standard", prep.Standard{}, learn.Target{}, 1e-11},
		{"standard_weighted", prep.Standard{}, weighted, 1e-11},
		{"robust", prep.Robust{}, learn.Target{}, 1e-12},
		{"minmax", prep.MinMax{}, learn.Target{}, 1e-12},
		{"minmax_clip", prep.MinMax{Clip: true}, learn.Target{}, 1e-12},
		{"quantile_uniform_1000", prep.Quantile{}, learn.Target{}, 1e-12},
		{"quantile_uniform_10", prep.Quantile{Quantiles: 10}, learn.Target{}, 1e-12},
		{"quantile_normal_1000", prep.Quantile{Distribution: "normal"}, learn.Target{}, 1e-11},
		{"quantile_normal_10", prep.Quantile{Distribution: "normal", Quantiles: 10}, learn.Target{}, 1e-11},
		{"median", prep.Impute{}, learn.Target{}, 1e-15},
		{"mean", prep.Impute{Strategy: "mean"}, learn.Target{}, 1e-14},
		{"clip", prep.Clip{Lower: &low, Upper: &high}, learn.Target{}, 1e-14},
	}
	for _, c := range cases {
		var want expected
		if err := json.Unmarshal(all[c.name], &want); err != nil {
			t.Fatal(err)
		}
		tr, out := fit(t, c.step, x, c.y)
		near(t, c.name+", training", out, want.Train, c.rel, 1e-12)
		near(t, c.name+", new rows", apply(t, tr, fresh), want.New, c.rel, 1e-12)
	}
}

func TestYeoJohnsonAgainstScikitLearn(t *testing.T) {
	var r reference
	readJSON(t, "reference.json", &r)
	var all struct {
		YeoJohnson struct {
			expected
			Lambda []maybe
		} `json:"yeo_johnson"`
	}
	readJSON(t, "reference.json", &all)
	want := &all.YeoJohnson
	tr, out := fit(t, prep.YeoJohnson{}, r.matrix(r.Train), learn.Target{})
	got := tr.(*prep.Powers)
	for p, w := range want.Lambda {
		if !check.Near(got.Lambda[p], float64(w), 1e-6, 0) {
			t.Errorf("%s: λ = %.12g, want %.12g", r.Names[p], got.Lambda[p], float64(w))
		}
	}
	near(t, "training", out, want.Train, 1e-5, 1e-6)
	near(t, "new rows", apply(t, tr, r.matrix(r.New)), want.New, 1e-4, 1e-6)
}

// kdd20 is a fifth of NSL-KDD, of which all attacks are one class.
func kdd20(t testing.TB) (*learn.Matrix, learn.Target) {
	t.Helper()
	x, y := modeltest.NSL(t, modeltest.NSLPart)
	return x, modeltest.Attacks(y)
}

func TestKDDAgainstScikitLearn(t *testing.T) {
	all, y := kdd20(t)
	x := modeltest.Numbers(all)
	var want struct {
		At         []int
		Uniform    [][]maybe `json:"quantile_uniform"`
		Normal     [][]maybe `json:"quantile_normal"`
		Standard   [][]maybe
		Robust     [][]maybe
		Lambda     []maybe
		YeoJohnson [][]maybe `json:"yeo_johnson"`
		Effect     []float64
		Coded      []struct{ V, MI float64 }
	}
	readJSON(t, "kdd.json", &want)
	_, out := fit(t, prep.Quantile{}, x, y)
	near(t, "uniform", out.Take(want.At), want.Uniform, 1e-9, 1e-12)
	_, out = fit(t, prep.Quantile{Distribution: "normal"}, x, y)
	near(t, "normal", out.Take(want.At), want.Normal, 1e-9, 1e-12)
	_, out = fit(t, prep.Standard{}, x, y)
	near(t, "standard", out.Take(want.At), want.Standard, 1e-10, 1e-12)
	_, out = fit(t, prep.Robust{}, x, y)
	near(t, "robust", out.Take(want.At), want.Robust, 1e-12, 1e-12)
	tr, out := fit(t, prep.YeoJohnson{}, x, y)
	for p, w := range want.Lambda {
		if got := tr.(*prep.Powers); got.SD[p] > 0 && !check.Near(got.Lambda[p], float64(w), 1e-6, 0) {
			t.Errorf("%s: λ = %.12g, want %.12g", x.Columns[p].Name, got.Lambda[p], float64(w))
		}
	}
	near(t, "yeo_johnson", out.Take(want.At), want.YeoJohnson, 1e-4, 1e-6)

	tr, _ = fit(t, prep.Select{Top: 41}, all, y)
	values := ranking(tr)
	for p := range x.Columns {
		check.Close(t, "effect of "+x.Columns[p].Name, values[x.Columns[p].Name], want.Effect[p], 1e-9)
	}
	tr, _ = fit(t, prep.Select{By: "mi", Top: 41}, all, y)
	info := ranking(tr)
	for i, w := range want.Coded {
		name := all.Columns[1+i].Name
		check.Close(t, "V of "+name, values[name], w.V, 1e-9)
		check.Close(t, "information of "+name, info[name], w.MI, 1e-9)
	}
}

func ranking(tr learn.Transform) map[string]float64 {
	out := make(map[string]float64)
	for _, k := range tr.(*prep.Selection).Ranking {
		out[k.Name] = k.Value
	}
	return out
}
