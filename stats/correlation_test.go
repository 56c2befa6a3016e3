package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// Lightness and panel score of nine lots of canned tuna: Hollander and Wolfe
// (1973), Nonparametric Statistical Methods, page 187.
var (
	tunaLightness = []float64{44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1}
	tunaScore     = []float64{2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8}
)

// Two short variables with ties.
var (
	tiedX = []float64{1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 7}
	tiedY = []float64{2, 1, 2, 2, 5, 3, 3, 5, 4, 6, 6, 7}
)

func TestCorrelationTest(t *testing.T) {
	// scipy 1.10.1: pearsonr, spearmanr, kendalltau (method exact for the tuna data,
	// asymptotic for the tied data), each with alternative two-sided, less, greater.
	for _, c := range []struct {
		name   string
		method CorrelationMethod
		x, y   []float64
		r      float64
		p      [3]float64 // two-sided, less, greater
	}{
		{"tuna", Pearson, tunaLightness, tunaScore, 0.5711815575638287, [3]float64{0.10817305434949404, 0.945913472825253, 0.05408652717474702}},
		{"tuna", Spearman, tunaLightness, tunaScore, 0.6, [3]float64{0.0876228290414024, 0.9561885854792989, 0.0438114145207012}},
		{"tuna", Kendall, tunaLightness, tunaScore, 0.4444444444444444, [3]float64{0.11943893298059964, 0.9624118165784833, 0.05971946649029982}},
		{"ties", Pearson, tiedX, tiedY, 0.8874887963441361, [3]float64{0.00011721997268543197, 0.9999413900136573, 5.8609986342715986e-05}},
		{"ties", Spearman, tiedX, tiedY, 0.8960573476702508, [3]float64{8.006799810979015e-05, 0.9999599660009452, 4.0033999054895074e-05}},
		{"ties", Kendall, tiedX, tiedY, 0.8, [3]float64{0.0006859957906689588, 0.9996570021046656, 0.0003429978953344794}},
	} {
		for _, alt := range []Alternative{TwoSided, Less, Greater} {
			r, err := CorrelationTest(c.method, c.x, c.y, alt, 0.95)
			if err != nil {
				t.Fatalf("%v of %s, %v: %v", c.method, c.name, alt, err)
			}
			name := fmt.Sprintf("%v of %s, %v: ", c.method, c.name, alt)
			check.Close(t, name+"estimate", r.Estimate.Value, c.r, 1e-13)
			check.Close(t, name+"p", r.P, c.p[alt], 1e-11)
			check.Close(t, name+"log10 p", r.Log10P, math.Log10(c.p[alt]), 1e-10)
		}
	}
}

func TestPearsonInterval(t *testing.T) {
	// scipy 1.10.1: pearsonr(...).confidence_interval
	for _, c := range []struct {
		r         float64
		n         int64
		alt       Alternative
		level     float64
		low, high float64
	}{
		{0.5711815575638287, 9, TwoSided, 0.95, -0.14974263303675728, 0.8955794618387393},
		{0.5711815575638287, 9, Less, 0.95, -1, 0.8669786348076145},
		{0.5711815575638287, 9, Greater, 0.95, -0.022230227504511865, 1},
		{0.8874887963441361, 12, TwoSided, 0.9, 0.6971275477762415, 0.9609567905948153},
	} {
		r, err := PearsonTest(c.r, c.n, c.alt, c.level)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("r = %v, %v", c.r, c.alt)
		check.Close(t, name+": low", r.CI.Low, c.low, 1e-11)
		check.Close(t, name+": high", r.CI.High, c.high, 1e-11)
		if r.CI.Level != c.level || r.Effect.CI != r.CI {
			t.Errorf("%s: interval %+v, of the effect %+v", name, r.CI, r.Effect.CI)
		}
	}
}

func TestRankTestsOfGivenCoefficients(t *testing.T) {
	// p by scipy 1.10.1, as above; intervals from the formulas of Bonett and Wright
	// (2000) and Fieller et al. (1957), evaluated in Python 3.11.
	rho, err := SpearmanTest(0.6, 9, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "p of rho", rho.P, 0.0876228290414024, 1e-12)
	check.Close(t, "low", rho.CI.Low, -0.17424406977828497, 1e-12)
	check.Close(t, "high", rho.CI.High, 0.9157978790133389, 1e-12)

	score, err := KendallTauB(tunaLightness, tunaScore)
	if err != nil {
		t.Fatal(err)
	}
	tau, err := KendallTest(score, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "exact p of tau", tau.P, 0.11943893298059964, 1e-12)
	check.Close(t, "normal p of tau", tau.Terms[0].Values[1].Value, 0.09529283802345664, 1e-12)
	check.Close(t, "low", tau.CI.Low, -0.10132909957581691, 1e-12)
	check.Close(t, "high", tau.CI.High, 0.7845858117719936, 1e-12)
	if tau.Effect.Magnitude != "large" { // sin(π/2·4/9) = 0.64
		t.Errorf("magnitude of tau = %q by %q", tau.Effect.Magnitude, tau.Effect.Rule)
	}
	_, few := SpearmanTest(0.6, 2, TwoSided, 0.95)
	_, constant := KendallTest(TauB{N: 5, Tau: math.NaN()}, TwoSided, 0.95)
	if !errors.Is(few, ErrTooFew) || !errors.Is(constant, ErrConstant) {
		t.Errorf("two pairs: %v; constant: %v", few, constant)
	}
}

func TestPearsonFarTail(t *testing.T) {
	// mpmath 1.2.1 with 60 digits: I_x((n-2)/2, 1/2) with x = 1-r²
	for _, c := range []struct {
		r      float64
		n      int64
		log10p float64
	}{
		{0.5, 1000, -63.642426848103487},
		{0.9, 2000, -722.22785810003658},
	} {
		for _, sign := range []float64{1, -1} {
			r, err := PearsonTest(sign*c.r, c.n, TwoSided, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			check.Close(t, fmt.Sprintf("log10 p of r = %v, n = %d", sign*c.r, c.n), r.Log10P, c.log10p, 1e-12)
		}
	}
}

func TestPerfectCorrelation(t *testing.T) {
	r, err := PearsonTest(1, 10, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if r.P != 0 || !math.IsInf(r.Log10P, -1) || r.CI.Low != 1 || r.CI.High != 1 || r.Effect.Magnitude != "large" {
		t.Errorf("r = 1: %+v", r)
	}
	r, err = PearsonTest(0.5, 3, TwoSided, 0.95)
	if err != nil || !math.IsNaN(r.CI.Low) || !math.IsNaN(r.CI.High) {
		t.Errorf("three pairs: interval %+v, %v; want an undefined one", r.CI, err)
	}
}

func TestCorrelationErrors(t *testing.T) {
	nan := math.NaN()
	test := func(m CorrelationMethod, x, y []float64) error {
		_, err := CorrelationTest(m, x, y, TwoSided, 0.95)
		return err
	}
	for _, m := range []CorrelationMethod{Pearson, Spearman, Kendall} {
		for _, c := range []struct {
			name string
			got  error
			want error
		}{
			{"empty", test(m, nil, nil), ErrTooFew},
			{"one pair", test(m, []float64{1}, []float64{2}), ErrTooFew},
			{"constant", test(m, []float64{1, 2, 3, 4}, []float64{7, 7, 7, 7}), ErrConstant},
			{"lengths", test(m, []float64{1, 2, 3}, []float64{1, 2}), ErrLengths},
			{"NaN", test(m, []float64{1, 2, nan}, []float64{1, 2, 3}), ErrNotFinite},
			{"infinity", test(m, []float64{1, 2, 3}, []float64{1, math.Inf(-1), 3}), ErrNotFinite},
		} {
			if !errors.Is(c.got, c.want) {
				t.Errorf("%v, %s: %v, want %v", m, c.name, c.got, c.want)
			}
		}
	}
	for _, r := range []float64{-1.1, 2} {
		if _, err := PearsonTest(r, 10, TwoSided, 0.95); err == nil {
			t.Errorf("r = %v was accepted", r)
		}
	}
	for _, level := range []float64{0, 1, -1, nan} {
		if _, err := PearsonTest(0.5, 10, TwoSided, level); err == nil {
			t.Errorf("confidence level %v was accepted", level)
		}
	}
	_, err := Correlations(context.Background(), []string{"a"}, nil, CorrelationOptions{})
	if !errors.Is(err, ErrLengths) {
		t.Errorf("one name, no column: %v", err)
	}
	_, err = Correlations(context.Background(), nil, nil, CorrelationOptions{Method: 9})
	if err == nil {
		t.Error("an unknown method was accepted")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, m := range []CorrelationMethod{Pearson, Spearman, Kendall} {
		_, err := Correlations(ctx, []string{"x", "y"}, [][]float64{tiedX, tiedY}, CorrelationOptions{Method: m})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, cancelled: %v", m, err)
		}
	}
}

func TestPointBiserialTest(t *testing.T) {
	group := []float64{0, 0, 0, 1, 1, 0, 1, 1, 1}
	var groups [2]Moments
	for i, g := range group {
		groups[int(g)].Add(tunaLightness[i])
	}
	// scipy 1.10.1: pointbiserialr, pearsonr(alternative=...)
	for alt, p := range map[Alternative]float64{TwoSided: 0.08102882385979399, Less: 0.959485588070103, Greater: 0.04051441192989699} {
		r, err := PointBiserialTest(groups[0], groups[1], alt, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, "point-biserial r", r.Estimate.Value, 0.610116943613396, 1e-13)
		check.Close(t, "p, "+alt.String(), r.P, p, 1e-11)
		if !slices.Equal(r.N, []int64{4, 5}) {
			t.Errorf("group sizes %v", r.N)
		}
	}
	if _, err := PointBiserialTest(groups[0], Moments{}, TwoSided, 0.95); !errors.Is(err, ErrConstant) {
		t.Errorf("empty group: %v", err)
	}
	if _, err := PointBiserialTest(Moments{}, Moments{}, TwoSided, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("empty groups: %v", err)
	}
}

func TestCorrelationRatio(t *testing.T) {
	moments := func(samples ...[]float64) []Moments {
		groups := make([]Moments, len(samples))
		for i, s := range samples {
			for _, v := range s {
				groups[i].Add(v)
			}
		}
		return groups
	}
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		groups []Moments
		want   float64
	}{
		// scipy 1.10.1: F of f_oneway, √(2F/(2F+7))
		{"three groups", moments([]float64{1, 2, 4}, []float64{3, 5, 8, 9}, []float64{2, 2, 7}), 0.6233623945895693},
		{"an empty group more", moments([]float64{1, 2, 4}, nil, []float64{3, 5, 8, 9}, []float64{2, 2, 7}), 0.6233623945895693},
		{"no spread within", moments([]float64{1, 1}, []float64{2, 2}), 1},
		{"equal means", moments([]float64{1, 3}, []float64{2, 2}), 0},
		{"one group", moments([]float64{1, 3}), 0},
		{"constant", moments([]float64{2, 2}, []float64{2}), nan},
		{"empty", nil, nan},
	} {
		check.Close(t, "eta of "+c.name, CorrelationRatio(c.groups), c.want, 1e-13)
	}
}

func TestCorrelationMethodRoundTrip(t *testing.T) {
	for _, m := range []CorrelationMethod{Pearson, Spearman, Kendall} {
		if got, err := ParseCorrelationMethod(m.String()); err != nil || got != m {
			t.Errorf("ParseCorrelationMethod(%q) = %v, %v", m, got, err)
		}
	}
	if _, err := ParseCorrelationMethod("phik"); err == nil {
		t.Error("an unknown method was accepted")
	}
	if got := CorrelationMethod(9).String(); got != "CorrelationMethod(9)" {
		t.Errorf("String of an unknown method = %q", got)
	}
}
