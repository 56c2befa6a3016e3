package neural

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// awkward are values at which vector and portable versions might part.
var awkward = []float64{0, math.Copysign(0, -1), 1, -1, 1e-300, -1e-300, 5e-324, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN(), 708, -708, 709, -710, 0.3465, -0.3466, 1e-9, 37, -37}

func randomValues(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64() * math.Exp(4*r.NormFloat64())
	}
	return x
}

// sameBits compares values, with one NaN as good as another.
func sameBits(t *testing.T, name string, got, want []float64) {
	t.Helper()
	for i, v := range want {
		if math.Float64bits(got[i]) != math.Float64bits(v) && (got[i] == got[i] || v == v) {
			t.Fatalf("%s: value %d is %v, the portable version gives %v", name, i, got[i], v)
		}
	}
}

func TestProductBits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for m := 4; m <= 12; m += 4 {
		for n := 4; n <= 60; n += 4 {
			for _, k := range []int{0, 1, 2, 7, 38} {
				b, c := randomValues(r, k*(n+4)+8), randomValues(r, m*(n+8))
				p := product{m: m, n: n, k: k, b: b, rowB: n + 4, c: slices.Clone(c), rowC: n + 8}
				q := p
				q.c = slices.Clone(c)
				if k%2 == 0 {
					p.a, p.rowA, p.stepA = randomValues(r, m*(k+3)+8), k+3, 1
				} else {
					p.a, p.rowA, p.stepA = randomValues(r, k*(m+4)+8), 1, m+4
				}
				q.a, q.rowA, q.stepA = p.a, p.rowA, p.stepA
				p.add()
				q.addPortable()
				sameBits(t, "product", p.c, q.c)
			}
		}
	}
}

func TestElementwiseBits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 3, 4, 8, 21, 103} {
		x, y := slices.Concat(awkward, randomValues(r, n)), slices.Concat(randomValues(r, n), awkward)
		for name, f := range map[string][2]func([]float64){
			"rectify":  {rectify, rectifyPortable},
			"logistic": {logisticAll, logisticPortable},
			"tangent":  {tangentAll, tangentPortable},
			"add":      {func(v []float64) { add(v, y) }, func(v []float64) { addPortable(v, y) }},
			"gate":     {func(v []float64) { gate(v, y) }, func(v []float64) { gatePortable(v, y) }},
		} {
			got, want := slices.Clone(x), slices.Clone(x)
			f[0](got)
			f[1](want)
			sameBits(t, name, got, want)
		}
	}
}

func TestAdamBits(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	rates := adamRates{alpha: 1e-4, scale: 1. / 200, keep1: 0.9, take1: 1 - 0.9, keep2: 0.999, take2: 1 - 0.999, rate: -0.003, epsilon: 1e-8}
	for _, n := range []int{0, 3, 4, 26, 200} {
		var a, b [4][]float64
		for i := range a {
			a[i] = randomValues(r, n)
			if i == 2 { // of squares
				for j, v := range a[i] {
					a[i][j] = math.Abs(v)
				}
			}
			b[i] = slices.Clone(a[i])
		}
		adam(a[0], a[1], a[2], a[3], &rates)
		adamPortable(b[0], b[1], b[2], b[3], &rates)
		for i := range a {
			sameBits(t, "adam", a[i], b[i])
		}
	}
}

// One step from nothing, computed with decimals by hand: the gradient is
// (2 + 0.5·1)/5 = 0.5, m = 0.05, v = 0.00025, the corrected rate
// 0.1·√(1−0.999)/(1−0.9) = 0.0316227766016838, and the step
// 0.0316227766016838·0.05/(√0.00025 + 1e-8) = 0.0999999367544868.
func TestAdamStep(t *testing.T) {
	rate := -0.1 * math.Sqrt(1-0.999) / (1 - 0.9)
	rates := adamRates{alpha: 0.5, scale: 1. / 5, keep1: 0.9, take1: 1 - 0.9, keep2: 0.999, take2: 1 - 0.999, rate: rate, epsilon: 1e-8}
	w, m, v, g := []float64{1}, []float64{0}, []float64{0}, []float64{2}
	adam(w, m, v, g, &rates)
	check.Close(t, "m", m[0], 0.05, 1e-14)
	check.Close(t, "v", v[0], 0.00025, 1e-12)
	check.Close(t, "w", w[0], 1-0.0999999367544868, 1e-13)
	if g[0] != 0 {
		t.Errorf("the gradient is %v after the step, want 0", g[0])
	}
}

// The functions agree with those of package math to a few units in the last place.
func TestActivationValues(t *testing.T) {
	for _, z := range []float64{-700, -50, -3, -0.4, -1e-5, 0, 1e-12, 0.2, 0.7, 5, 40, 800} {
		check.Close(t, "logistic", logistic(z), 1/(1+math.Exp(-z)), 1e-15)
		check.Close(t, "tangent", tangent(z), math.Tanh(z), 1e-15)
		check.Close(t, "exp", expNegative(-math.Abs(max(z, -708))), math.Exp(-min(math.Abs(z), 708)), 1e-15)
	}
}
