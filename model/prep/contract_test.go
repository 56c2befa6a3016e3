package prep_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/prep"
)

// settings are the steps that the contract is tested with: the defaults of all
// kinds, and others.
func settings(t testing.TB) prep.Chain {
	var all prep.Chain
	for _, k := range prep.Kinds() {
		if k == "pca" {
			continue // refuses missing numbers; see complete
		}
		s, ok := prep.NewStep(k)
		if !ok || prep.Help(k) == "" {
			t.Fatalf("kind %q has no step or no help", k)
		}
		all = append(all, s)
	}
	more, err := prep.ParseChain("impute(mean),impute(constant;value=-1),impute(none),quantile(normal),quantile(n_quantiles=7),log1p(all)," +
		"onehot(other;min_frequency=0.1),onehot(zero;min_frequency=20),target(smooth=5;cv=3),select(mi;top=3),select(least=0.01),minmax(clip=true)," +
		"clip(lower=0;upper=0.5),standard(columns=heavy,gaps)")
	if err != nil {
		t.Fatal(err)
	}
	return append(all, more...)
}

// data returns rows with all that may be odd about them; classes are 2 or 3.
func data(n, classes int, seed uint64) (*learn.Matrix, learn.Target) {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := learn.NewMatrix([]learn.Column{
		{Name: "normal"}, {Name: "heavy"}, {Name: "gaps"}, {Name: "constant"}, {Name: "huge"}, {Name: "binary"},
		{Name: "flag", Levels: []string{"REJ", "S0", "SF", "never"}},
		{Name: "service", Source: "port", Levels: []string{"a", "b", "c", "d", "e", "f", "g"}},
		{Name: "one", Levels: []string{"only"}},
	}, n)
	y := learn.Target{Classes: []string{"normal", "dos", "probe"}[:classes], Y: make([]int32, n)}
	for i := range n {
		k := rng.IntN(classes)
		y.Y[i] = int32(k)
		row := []float64{rng.NormFloat64() + float64(k), math.Exp(4 * rng.NormFloat64()), rng.NormFloat64(), 7, (rng.Float64() - 0.5) * math.MaxFloat64, float64(rng.IntN(2))}
		if rng.IntN(4) == 0 {
			row[2] = math.NaN()
		}
		for j, v := range row {
			x.Numbers[j][i] = v
		}
		x.Codes[6][i] = int32((rng.IntN(3) + k) % 3)
		if rng.IntN(20) != 0 {
			x.Codes[7][i] = int32(min(rng.ExpFloat64()*2, 6))
		}
		x.Codes[8][i] = 0
	}
	return x, y
}

// unseen returns rows with levels and numbers that training did not have.
func unseen() *learn.Matrix {
	x, _ := data(1, 2, 1)
	out := learn.NewMatrix(x.Columns, 6)
	for j := range out.Numbers {
		if out.Numbers[j] != nil {
			copy(out.Numbers[j], []float64{math.NaN(), math.MaxFloat64, -math.MaxFloat64, 1e-300, math.Inf(1), -5})
		}
	}
	copy(out.Codes[6], []int32{3, -1, 2, 0, 1, 3})
	return out
}

// same fails the test unless two matrices are equal bit for bit.
func same(t *testing.T, what string, a, b *learn.Matrix) {
	t.Helper()
	if !reflect.DeepEqual(a.Columns, b.Columns) || a.Rows != b.Rows || !reflect.DeepEqual(a.Codes, b.Codes) {
		t.Errorf("%s: columns or codes differ", what)
		return
	}
	for j := range a.Numbers {
		for i := range a.Numbers[j] {
			if v, w := a.Numbers[j][i], b.Numbers[j][i]; math.Float64bits(v) != math.Float64bits(w) && (v == v || w == w) {
				t.Errorf("%s: column %q, row %d: %v and %v", what, a.Columns[j].Name, i, v, w)
				return
			}
		}
	}
}

func TestContract(t *testing.T) {
	for classes := 2; classes <= 3; classes++ {
		x, y := data(400, classes, 3)
		weights := make([]float64, x.Rows)
		for i := range weights {
			weights[i] = float64(i % 3)
		}
		for _, s := range settings(t) {
			keepsContract(t, s, x, y)
			y.Weights = weights
			keepsContract(t, s, x, y)
			y.Weights = nil
		}
		full, _ := data(400, classes, 3)
		full.Numbers[2] = full.Numbers[0]
		full.Numbers[4] = full.Numbers[1]
		pca := prep.Chain{prep.PCA{}, prep.PCA{Components: 2}, prep.PCA{Covariance: true}}
		for _, s := range pca {
			keepsContract(t, s, full, y)
		}
	}
}

func keepsContract(t *testing.T, s learn.Step, x *learn.Matrix, y learn.Target) {
	t.Helper()
	before := x.Take(places(x.Rows))
	tr, out := fit(t, s, x, y)
	name := prep.Chain{s}.String()
	same(t, name+" changed its input", x, before)
	if err := out.Check(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if tr.Kind() != s.Kind() || !reflect.DeepEqual(tr.Inputs(), x.Columns) || !reflect.DeepEqual(tr.Outputs(), out.Columns) {
		t.Errorf("%s: kind, inputs or outputs are not as they should be", name)
	}
	applied := apply(t, tr, x)
	if s.Kind() != "target" {
		same(t, name+": Fit and Apply", out, applied)
	}
	for _, workers := range []int{1, 2, 3} {
		again, other, err := s.Fit(ctx, x, y, learn.Run{Seed: 1, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		same(t, name+": workers", out, other)
		if !reflect.DeepEqual(tr, again) {
			t.Errorf("%s: the transform depends on workers", name)
		}
	}
	for i := range 50 {
		same(t, name+": a row alone", apply(t, tr, x.Slice(i, i+1)), applied.Slice(i, i+1))
	}
	stored := roundTrip(t, prep.Fitted{tr})
	same(t, name+": stored", apply(t, stored[0], x), applied)
	if s.Kind() != "pca" {
		finite(t, name, apply(t, tr, unseen()))
	}
}

// With many rows, blocks of a column are done by several goroutines.
func TestManyRows(t *testing.T) {
	n := 10_000
	x, y := data(n, 3, 11)
	x.Numbers[4] = x.Numbers[1]
	full := x.Take(places(n))
	full.Numbers[2] = full.Numbers[0]
	for _, s := range append(settings(t), prep.PCA{}) {
		from := x
		if s.Kind() == "pca" {
			from = full
		}
		_, one, err := s.Fit(ctx, from, y, learn.Run{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		tr, three, err := s.Fit(ctx, from, y, learn.Run{Workers: 3})
		if err != nil {
			t.Fatal(err)
		}
		name := prep.Chain{s}.String()
		same(t, name+": workers", one, three)
		if s.Kind() != "target" {
			same(t, name+": rows apart", apply(t, tr, from.Slice(8000, 8500)), three.Slice(8000, 8500))
		}
	}
}

func TestExtremeMagnitudes(t *testing.T) {
	want := []float64{-math.Sqrt(1.5), 0, math.Sqrt(1.5)}
	for _, unit := range []float64{1e-310, 1e-200, 1e-20, 1, 1e20, 1e200, 5e307} {
		x := &learn.Matrix{Rows: 3, Columns: []learn.Column{{Name: "v"}, {Name: "w"}}, Numbers: [][]float64{{unit, 2 * unit, 3 * unit}, {-unit, -2 * unit, -3 * unit}}, Codes: make([][]int32, 2)}
		_, out := fit(t, prep.Standard{}, x, learn.Target{})
		for i, w := range want {
			if v := out.Numbers[0][i]; math.Abs(v-w) > 1e-9 {
				t.Errorf("%g, row %d: %v, want %v", unit, i, v, w)
			}
		}
		if _, out = fit(t, prep.PCA{}, x, learn.Target{}); len(out.Columns) != 1 || math.Abs(math.Abs(out.Numbers[0][0])-math.Sqrt2) > 1e-9 {
			t.Errorf("%g: components %v", unit, out.Numbers)
		}
		if _, out = fit(t, prep.YeoJohnson{}, x, learn.Target{}); unit > 1e-17 && math.Abs(out.Numbers[0][0]+out.Numbers[1][0]) > 1e-6 {
			t.Errorf("%g: the powers of v and −v are %v", unit, out.Numbers)
		}
	}
}

func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func roundTrip(t testing.TB, f prep.Fitted) prep.Fitted {
	t.Helper()
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back prep.Fitted
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if err := back.Check(); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil || string(again) != string(text) {
		t.Errorf("written again, it differs: %s\n%s", text, again)
	}
	return back
}

// finite fails the test if a column that a step made is infinite somewhere. The
// columns that it passes on may be: rows to score are not checked.
func finite(t *testing.T, what string, x *learn.Matrix) {
	t.Helper()
	for j, column := range x.Numbers {
		for i, v := range column {
			if math.IsInf(v, 0) && i != 4 {
				t.Errorf("%s: column %q, row %d is %v", what, x.Columns[j].Name, i, v)
			}
		}
	}
}

func TestMonotoneStepsKeepOrder(t *testing.T) {
	x, y := data(500, 2, 9)
	numbers := modeltest.Numbers(x)
	probe, _ := data(300, 2, 10)
	probe = modeltest.Numbers(probe)
	probe.Numbers[1][0], probe.Numbers[1][1], probe.Numbers[0][0] = math.MaxFloat64, -math.MaxFloat64, 1e250
	for _, s := range []string{"standard", "robust", "minmax", "log1p(all)", "quantile", "quantile(normal)", "yeo_johnson", "clip", "quantile(n_quantiles=5)"} {
		c, err := prep.ParseChain(s)
		if err != nil {
			t.Fatal(err)
		}
		tr, _ := fit(t, c[0], numbers, y)
		out := apply(t, tr, probe)
		for j := range probe.Numbers {
			order := places(probe.Rows)
			order = slices.DeleteFunc(order, func(i int) bool { return probe.Numbers[j][i] != probe.Numbers[j][i] })
			slices.SortFunc(order, func(a, b int) int {
				if probe.Numbers[j][a] < probe.Numbers[j][b] {
					return -1
				}
				return 1
			})
			for k := 1; k < len(order); k++ {
				if a, b := out.Numbers[j][order[k-1]], out.Numbers[j][order[k]]; a > b {
					t.Errorf("%s, column %q: %v became %v, and %v became %v", s, probe.Columns[j].Name, probe.Numbers[j][order[k-1]], a, probe.Numbers[j][order[k]], b)
					break
				}
			}
		}
	}
}

// A weight of 2 is two copies of a row, and one of 0 none.
func TestWeightsAreCopies(t *testing.T) {
	x, y := data(200, 3, 5)
	x.Numbers[4] = x.Numbers[0] // sums of huge numbers differ in their last digits by far
	var rows []int
	y.Weights = make([]float64, x.Rows)
	for i := range x.Rows {
		y.Weights[i] = float64(i % 4)
		for range i % 4 {
			rows = append(rows, i)
		}
	}
	copies, copied := x.Take(rows), y.Take(rows)
	copied.Weights = nil
	for _, s := range append(settings(t), prep.PCA{Columns: []string{"normal", "heavy", "binary"}}) {
		if s.Kind() == "select" {
			continue
		}
		weighted, _ := fit(t, s, x, y)
		plain, _ := fit(t, s, copies, copied)
		a, b := apply(t, weighted, x), apply(t, plain, x)
		if !reflect.DeepEqual(a.Columns, b.Columns) {
			t.Errorf("%s: columns differ", s.Kind())
			continue
		}
		for j := range a.Numbers {
			for i, v := range a.Numbers[j] {
				if w := b.Numbers[j][i]; math.Abs(v-w) > 1e-7*max(1, math.Abs(w)) {
					t.Errorf("%s, column %q, row %d: %v weighted, %v copied", prep.Chain{s}, a.Columns[j].Name, i, v, w)
					break
				}
			}
		}
	}
}
