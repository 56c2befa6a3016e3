package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func momentsOfSample(t testing.TB, x []float64) Moments {
	t.Helper()
	m, err := MomentsOf(x)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// R, effectsize: cohens_d(mpg ~ am, data = mtcars) prints -1.48 with the interval
// -2.27 to -0.67, from a pooled t of -4.1061.
func TestCohensDOfPublishedExample(t *testing.T) {
	a, b := momentsOfSample(t, mpgAutomatic), momentsOfSample(t, mpgManual)
	d, err := CohensD(a, b, NoncentralT, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "d", d.Value, -4.1061*math.Sqrt(1.0/19+1.0/13), 1e-4)
	for name, c := range map[string][2]float64{"d": {d.Value, -1.48}, "low": {d.CI.Low, -2.27}, "high": {d.CI.High, -0.67}} {
		if math.Abs(c[0]-c[1]) > 0.005 {
			t.Errorf("%s = %v, want %v", name, c[0], c[1])
		}
	}
	if d.Magnitude != "large" || d.CI.Level != 0.95 {
		t.Errorf("%+v", d)
	}
	g, err := HedgesG(a, b, NoncentralT, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	// J(30) from its definition with 30 digits (mpmath 1.3).
	check.Close(t, "J", g.Value/d.Value, 0.974754378214402, 1e-13)
	check.Close(t, "interval of g", g.CI.Low/d.CI.Low, 0.974754378214402, 1e-13)
}

// mpmath 1.3: quadrature of P(Z ≤ t·W − δ) over the distribution of W = χ/√df, with
// 30 digits.
func TestNoncentralT(t *testing.T) {
	for _, c := range []struct{ t, df, delta, p float64 }{
		{1, 3, 0.5, 0.651528333010128}, {2.5, 10, -1, 0.9988473558309133}, {-2, 5, 1, 0.005896462289842162},
		{5, 58, 4, 0.8126255304280147}, {0, 7, 1.3, 0.09680048458561033}, {30, 50, 28, 0.7178048831204481},
		{113, 25190, 112, 0.8138516383915924}, {0.5, 25190, -1.5, 0.9772493322161812}, {15.7, 58, 19.2, 0.0229980985399605},
		{2, 1, 1, 0.6228719644602817}, {-3, 4, -2, 0.2894605237100409}, {180, 25190, 178, 0.9405168819386454},
		{1.5, 2, -3, 0.9999216005615697},
	} {
		if p := noncentralTCDF(c.t, c.df, c.delta); math.Abs(p-c.p) > 2e-13 {
			t.Errorf("P(T ≤ %v; %v, %v) = %.16g, want %.16g", c.t, c.df, c.delta, p, c.p)
		}
	}
	for _, x := range []float64{-4, -0.3, 0.7, 12} {
		check.Close(t, "central", noncentralTCDF(x, 6, 0), math.Exp(LogTCDF(x, 6)), 1e-13)
	}
}

// At either end of the interval the statistic must be a quantile, and the shortcut
// for large statistics must meet the full computation.
func TestNoncentralityOfT(t *testing.T) {
	for _, c := range []struct{ t, df float64 }{{0, 5}, {1.2, 1}, {-3, 30}, {45, 8}, {-900, 20_000}} {
		low, high := noncentralityOfT(c.t, c.df, 0.9)
		if p := noncentralTCDF(c.t, c.df, low); math.Abs(p-0.95) > 1e-9 {
			t.Errorf("t %v, df %v: P = %v at the lower end %v, want 0.95", c.t, c.df, p, low)
		}
		if p := noncentralTCDF(c.t, c.df, high); math.Abs(p-0.05) > 1e-9 {
			t.Errorf("t %v, df %v: P = %v at the upper end %v, want 0.05", c.t, c.df, p, high)
		}
	}
	for _, df := range []float64{2, 50, 3e4} {
		low, high := noncentralityOfT(20_000, df, 0.95)
		lowNext, highNext := noncentralityOfT(20_000.000001, df, 0.95)
		check.Close(t, fmt.Sprintf("lower end, df %v", df), lowNext, low, 1e-3*(high-low)/low)
		check.Close(t, fmt.Sprintf("upper end, df %v", df), highNext, high, 1e-3*(high-low)/high)
		mirroredLow, mirroredHigh := noncentralityOfT(-20_000.000001, df, 0.95)
		check.Close(t, "mirrored low", mirroredLow, -highNext, 1e-14)
		check.Close(t, "mirrored high", mirroredHigh, -lowNext, 1e-14)
	}
}

// Exchanging the groups turns the sign, and a shift or unit changes nothing.
func TestCohensDInvariance(t *testing.T) {
	a, b := momentsOfSample(t, mpgAutomatic), momentsOfSample(t, mpgManual)
	move := func(x []float64) Moments {
		moved := make([]float64, len(x))
		for i, v := range x {
			moved[i] = 1024 - 4*v
		}
		return momentsOfSample(t, moved)
	}
	for _, interval := range []DInterval{NoncentralT, LargeSample} {
		d, err1 := CohensD(a, b, interval, 0.99)
		swapped, err2 := CohensD(b, a, interval, 0.99)
		moved, err3 := CohensD(move(mpgAutomatic), move(mpgManual), interval, 0.99)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		for _, o := range []Effect{swapped, moved} {
			check.Close(t, "d", o.Value, -d.Value, 1e-12)
			check.Close(t, "low", o.CI.Low, -d.CI.High, 1e-11)
			check.Close(t, "high", o.CI.High, -d.CI.Low, 1e-11)
		}
	}
	check.Close(t, "average", CohensDAverage(a, b), -CohensDAverage(b, a), 1e-14)
	check.Close(t, "Glass", GlassDelta(a, b)*b.SD(), a.Mean-b.Mean, 1e-14)
}

// Both intervals must hold the true difference about as often as they say.
func TestCohensDIntervalCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 10))
	const trials, truth = 600, 0.8
	covered := map[DInterval]int{}
	for range trials {
		var a, b Moments
		for range 12 {
			a.Add(rng.NormFloat64() + truth)
		}
		for range 20 {
			b.Add(rng.NormFloat64())
		}
		for _, interval := range []DInterval{NoncentralT, LargeSample} {
			d, err := CohensD(a, b, interval, 0.9)
			if err != nil {
				t.Fatal(err)
			}
			if d.CI.Low <= truth && truth <= d.CI.High {
				covered[interval]++
			}
		}
	}
	for interval, n := range covered {
		if share := float64(n) / trials; share < 0.87 || share > 0.93 {
			t.Errorf("interval method %d of 90 %% covers %.1f %%", interval, 100*share)
		}
	}
}

func TestStandardizedDifferenceRefusals(t *testing.T) {
	one, two := momentsOfSample(t, []float64{5}), momentsOfSample(t, []float64{1, 4})
	flat := momentsOfSample(t, []float64{3, 3, 3})
	nan := Moments{N: 5, Mean: math.NaN(), M2: 1}
	for _, c := range []struct {
		name string
		a, b Moments
		want error
	}{
		{"nothing", Moments{}, two, ErrTooFew}, {"one and one", one, one, ErrTooFew},
		{"constant", flat, one, ErrConstant}, {"NaN", nan, two, ErrNotFinite},
	} {
		_, err1 := CohensD(c.a, c.b, NoncentralT, 0.95)
		_, err2 := HedgesG(c.a, c.b, LargeSample, 0.95)
		if !errors.Is(err1, c.want) || !errors.Is(err2, c.want) {
			t.Errorf("%s: errors %v and %v, want %v", c.name, err1, err2, c.want)
		}
	}
	if _, err := HedgesG(one, two, NoncentralT, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("g of three values: error %v", err)
	}
	_, few := CohensDOneSample(one, 0, 0.95)
	_, constant := CohensDOneSample(flat, 0, 0.95)
	_, infinite := CohensDOneSample(two, math.Inf(1), 0.95)
	if !errors.Is(few, ErrTooFew) || !errors.Is(constant, ErrConstant) || !errors.Is(infinite, ErrNotFinite) {
		t.Errorf("one sample: errors %v, %v, %v", few, constant, infinite)
	}
	_, badLevel := CohensD(two, two, NoncentralT, 2)
	_, badMethod := CohensD(two, two, 7, 0.95)
	if badLevel == nil || badMethod == nil {
		t.Error("level 2 or an unknown method was accepted")
	}
	for _, v := range []float64{GlassDelta(two, one), GlassDelta(Moments{}, two), GlassDelta(two, flat),
		CohensDAverage(one, two), CohensDAverage(flat, flat), HedgesCorrection(1), HedgesCorrection(math.NaN())} {
		if !math.IsNaN(v) {
			t.Errorf("%v where nothing is defined", v)
		}
	}
}

func ExampleCohensD() {
	day, err1 := MomentsOf([]float64{12, 15, 11, 14, 13, 16, 12, 15})
	night, err2 := MomentsOf([]float64{9, 12, 8, 11, 10, 13, 12})
	d, err3 := CohensD(day, night, NoncentralT, 0.95)
	if err := errors.Join(err1, err2, err3); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %.2f (%.2f to %.2f), %s\n", d.Name, d.Value, d.CI.Low, d.CI.High, d.Magnitude)
	// Output: Cohen's d 1.56 (0.36 to 2.71), large
}
