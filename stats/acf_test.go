package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// R 4.2: acf(AirPassengers, lag.max = 14), pacf(AirPassengers), to the three
// decimals that R prints.
func TestCorrelogramOfAirPassengers(t *testing.T) {
	c, err := NewCorrelogram(airPassengers, 14, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	acf := []float64{1, 0.948, 0.876, 0.807, 0.753, 0.714, 0.682, 0.663, 0.656, 0.671, 0.703, 0.743, 0.760, 0.713}
	pacf := []float64{1, 0.948, -0.229, 0.038, 0.094, 0.074, 0.008, 0.126, 0.090, 0.232, 0.166, 0.171, -0.135, -0.540}
	for k := range acf {
		if math.Abs(c.ACF[k]-acf[k]) > 0.0005 || math.Abs(c.PACF[k]-pacf[k]) > 0.0005 {
			t.Errorf("lag %d: %.4f and %.4f, want %v and %v", k, c.ACF[k], c.PACF[k], acf[k], pacf[k])
		}
	}
	check.Close(t, "bound", c.Bound, 1.959963984540054/12, 1e-14)
	if c.N != 144 || c.Level != 0.95 {
		t.Errorf("n %d at level %v", c.N, c.Level)
	}
}

// Of 1 to 5 the sums can be done by hand; R: acf(1:5).
func TestACFByHand(t *testing.T) {
	acf, err := ACF([]float64{1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4, 1e9 + 5}, 4)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []float64{1, 0.4, -0.1, -0.4, -0.4} {
		check.Close(t, fmt.Sprintf("lag %d", k), acf[k], want, 1e-14)
	}
	dw, err := DurbinWatson([]float64{1, 2, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "Durbin-Watson", dw, 0.4, 1e-14)
}

// The theory: an autoregression of order 1 has one partial autocorrelation, and a
// moving average of order 1 has those of Brockwell and Davis (1991), example 3.4.2.
func TestPartialAutocorrelationsOfModels(t *testing.T) {
	const φ, θ = -0.7, 0.6
	ar, ma := make([]float64, 9), make([]float64, 9)
	for k := range ar {
		ar[k] = math.Pow(φ, float64(k))
	}
	ma[0], ma[1] = 1, θ/(1+θ*θ)
	arP, maP := partialAutocorrelations(ar), partialAutocorrelations(ma)
	check.Close(t, "autoregression, lag 1", arP[1], φ, 1e-14)
	for k := 2; k < 9; k++ {
		check.Close(t, fmt.Sprintf("autoregression, lag %d", k), arP[k], 0, 1e-14)
	}
	for k := 1.0; k < 9; k++ {
		want := -math.Pow(-θ, k) * (1 - θ*θ) / (1 - math.Pow(θ, 2*(k+1)))
		check.Close(t, fmt.Sprintf("moving average, lag %v", k), maP[int(k)], want, 1e-13)
	}
}

func TestLagProductsByFourierTransform(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{2, 3, 100, 128, 1000} {
		d := make([]float64, n)
		for i := range d {
			d[i] = rng.NormFloat64()
		}
		want, got := make([]float64, n), make([]float64, n)
		lagProducts(want, d)
		lagProductsFFT(got, d)
		for k := range want {
			if math.Abs(got[k]-want[k]) > 1e-14*want[0] {
				t.Errorf("%d values, lag %d: %v, want %v", n, k, got[k], want[k])
			}
		}
	}
	long := make([]float64, 500)
	for i := range long {
		long[i] = rng.NormFloat64()
	}
	few, err1 := ACF(long, directLags)
	many, err2 := ACF(long, 499)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for k := range few {
		if math.Abs(few[k]-many[k]) > 1e-14 {
			t.Errorf("lag %d: %v of few lags, %v of many", k, few[k], many[k])
		}
	}
}

// Neither the unit nor the origin of a series matters to it.
func TestACFIgnoresLocationAndScale(t *testing.T) {
	want, err := ACF(nile, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ shift, scale float64 }{{1 << 40, 1}, {-3, -0.25}, {0, 0x1p-600}, {0, 0x1p900}} {
		moved := make([]float64, len(nile))
		for i, x := range nile {
			moved[i] = c.shift + c.scale*x
		}
		got, err := ACF(moved, 20)
		if err != nil {
			t.Fatal(err)
		}
		for k := range want {
			check.Close(t, fmt.Sprintf("lag %d of %v + %v x", k, c.shift, c.scale), got[k], want[k], 1e-11)
		}
	}
}

// statsmodels 0.13: acorr_ljungbox(AirPassengers, lags=[1], boxpierce=True).
func TestLjungBoxOfAirPassengers(t *testing.T) {
	lb, err1 := LjungBox(airPassengers, 1, 0)
	bp, err2 := BoxPierce(airPassengers, 1, 0)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "Q", lb.Statistic.Value, 132.141539, 1e-8)
	check.Close(t, "p", lb.P, 1.393231e-30, 1e-6)
	check.Close(t, "Box-Pierce over Ljung-Box", bp.Statistic.Value/lb.Statistic.Value, 143.0/146, 1e-14)
	fitted, err := LjungBox(airPassengers, 5, 2)
	if err != nil {
		t.Fatal(err)
	}
	if fitted.DF[0] != 3 {
		t.Errorf("df %v with two fitted coefficients, want 3", fitted.DF)
	}
}

func TestCorrelogramRefusals(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		x    []float64
		lags int
		want error
	}{
		{"nothing", nil, 1, ErrTooFew},
		{"one value", []float64{1}, 0, ErrTooFew},
		{"too many lags", []float64{1, 2, 3}, 3, ErrTooFew},
		{"gap", []float64{1, nan, 3}, 1, ErrNotFinite},
		{"infinity", []float64{1, inf, 3}, 1, ErrNotFinite},
		{"constant", []float64{7, 7, 7}, 1, ErrConstant},
	} {
		_, err1 := ACF(c.x, c.lags)
		_, err2 := PACF(c.x, c.lags)
		_, err3 := NewCorrelogram(c.x, c.lags, 0.95)
		_, err4 := LjungBox(c.x, max(c.lags, 1), 0)
		for _, err := range []error{err1, err2, err3, err4} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s: error %v, want %v", c.name, err, c.want)
			}
		}
	}
	if _, err := ACF(nile, -1); err == nil {
		t.Error("a negative lag was accepted")
	}
	if _, err := NewCorrelogram(nile, 5, 1); err == nil {
		t.Error("level 1 was accepted")
	}
	for _, c := range [][2]int{{0, 0}, {3, 3}, {3, -1}} {
		if _, err := BoxPierce(nile, c[0], c[1]); err == nil {
			t.Errorf("%d lags with %d coefficients were accepted", c[0], c[1])
		}
	}
}

func ExampleNewCorrelogram() {
	tides := []float64{5, 9, 5, 1, 5, 9, 5, 1, 5, 9, 5, 1, 5, 9, 5, 1}
	c, err := NewCorrelogram(tides, 4, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, k := range []int{2, 4} {
		fmt.Printf("lag %d: %+.2f\n", k, c.ACF[k])
	}
	fmt.Printf("white noise: within ±%.2f\n", c.Bound)
	// Output:
	// lag 2: -0.88
	// lag 4: +0.75
	// white noise: within ±0.49
}

func ExampleLjungBox() {
	tides := []float64{5, 9, 5, 1, 5, 9, 5, 1, 5, 9, 5, 1, 5, 9, 5, 1}
	r, err := LjungBox(tides, 4, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: Q = %.1f with %v df, log10 p = %.1f\n", r.Method, r.Statistic.Value, r.DF[0], r.Log10P)
	// Output: Ljung-Box, 4 lags: Q = 29.2 with 4 df, log10 p = -5.2
}
