package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func logarithms(x []float64) []float64 {
	logs := make([]float64, len(x))
	for i, v := range x {
		logs[i] = math.Log(v)
	}
	return logs
}

// randomWalk returns a random walk and its steps.
func randomWalk(seed uint64, n int) (walk, steps []float64) {
	rng := rand.New(rand.NewPCG(seed, 7))
	walk, steps = make([]float64, n), make([]float64, n)
	sum := 0.0
	for i := range walk {
		steps[i] = rng.NormFloat64()
		sum += steps[i]
		walk[i] = sum
	}
	return walk, steps
}

// statsmodels 0.13: adfuller(AirPassengers) and adfuller(log(AirPassengers)), which
// choose the number of lags by AIC.
func TestADFOfAirPassengers(t *testing.T) {
	r, err := ADF(airPassengers, AroundLevel, AutoLags)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "tau", r.Statistic.Value, 0.8153688792060512, 1e-11)
	check.Close(t, "p", r.P, 0.991880243437641, 1e-11)
	check.Close(t, "lags", termValue(t, r, "lags", "n"), 13, 0)
	check.Close(t, "rows", float64(r.N[0]), 130, 0)
	for percent, want := range map[string]float64{"1": -3.4816817173418295, "5": -2.8840418343195267, "10": -2.578770059171598} {
		check.Close(t, percent+" %", termValue(t, r, "critical value at "+percent+" %", "statistic"), want, 1e-14)
	}
	r, err = ADF(logarithms(airPassengers), AroundLevel, AutoLags)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "tau of the logarithms", r.Statistic.Value, -1.717017, 1e-6)
	check.Close(t, "p of the logarithms", r.P, 0.422367, 1e-6)
}

// R, tseries: kpss.test(AirPassengers) in the version of today, with four lags, and
// in that before 2018, with two.
func TestKPSSOfAirPassengers(t *testing.T) {
	for lags, want := range map[int]float64{2: 4.3423, 4: 2.7395, AutoLags: 2.7395} {
		r, err := KPSS(airPassengers, AroundLevel, lags)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(r.Statistic.Value-want) > 5e-5 {
			t.Errorf("%s: %v, want %v", r.Method, r.Statistic.Value, want)
		}
		if !check.Near(r.P, 0.01, 1e-14, 0) || len(r.Warnings) != 1 {
			t.Errorf("%s: p = %v with %d warnings, want 0.01 and that it is a bound", r.Method, r.P, len(r.Warnings))
		}
	}
}

func TestKPSSInterpolatesItsTable(t *testing.T) {
	level := kpssCritical[AroundLevel]
	for _, c := range []struct {
		statistic, p float64
		bound        string
	}{
		{0.1, 0.1, "at least"}, {0.347, 0.1, "at least"}, {0.405, 0.075, ""}, {0.463, 0.05, ""},
		{0.574, 0.025, ""}, {0.6565, 0.0175, ""}, {0.739, 0.01, "at most"}, {5, 0.01, "at most"},
	} {
		p, bound := kpssP(c.statistic, level)
		if !check.Near(p, c.p, 1e-12, 0) || bound != c.bound {
			t.Errorf("p of %v is %s %v, want %s %v", c.statistic, bound, p, c.bound, c.p)
		}
	}
}

// A random walk has a unit root and is not stationary; its steps are the reverse.
func TestUnitRootTestsDecide(t *testing.T) {
	walk, steps := randomWalk(11, 2000)
	for i := range steps {
		steps[i] += 1e6 // not around zero
	}
	adfWalk, err1 := ADF(walk, AroundLevel, AutoLags)
	adfSteps, err2 := ADF(steps, AroundLevel, AutoLags)
	kpssWalk, err3 := KPSS(walk, AroundLevel, AutoLags)
	kpssSteps, err4 := KPSS(steps, AroundLevel, AutoLags)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if adfWalk.P < 0.1 || adfSteps.P > 1e-20 || len(adfSteps.Warnings) != 1 {
		t.Errorf("unit root: p = %v of a walk and %v of its steps, warnings %v", adfWalk.P, adfSteps.P, adfSteps.Warnings)
	}
	if kpssWalk.P > 0.011 || kpssSteps.P < 0.099 {
		t.Errorf("stationarity: p = %v of a walk and %v of its steps", kpssWalk.P, kpssSteps.P)
	}
}

// The model has a constant, or a line, so adding one must change nothing.
func TestUnitRootTestsIgnoreWhatTheyFit(t *testing.T) {
	walk, _ := randomWalk(12, 300)
	for _, c := range []struct {
		around                     Stationarity
		constant, slope, scale, at float64
	}{
		{AroundLevel, 1e5, 0, -3, 1e-8}, {AroundTrend, -1e5, 20, 0.5, 1e-7}, {AroundZero, 0, 0, 1e6, 1e-11},
	} {
		moved := make([]float64, len(walk))
		for i, v := range walk {
			moved[i] = c.constant + c.slope*float64(i) + c.scale*v
		}
		before, err1 := ADF(walk, c.around, AutoLags)
		after, err2 := ADF(moved, c.around, AutoLags)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		check.Close(t, "ADF around "+c.around.String(), after.Statistic.Value, before.Statistic.Value, c.at)
		if c.around == AroundZero {
			continue
		}
		before, err1 = KPSS(walk, c.around, 5)
		after, err2 = KPSS(moved, c.around, 5)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		check.Close(t, "KPSS around "+c.around.String(), after.Statistic.Value, before.Statistic.Value, c.at)
	}
}

// The two polynomials of the response surface were fitted apart: where they meet
// they agree to the digits that their author kept, and p grows with the statistic.
func TestMacKinnonPiecesMeet(t *testing.T) {
	for around, s := range mackinnon {
		name := Stationarity(around).String()
		below, _ := s.logP(s.middle)
		above, _ := s.logP(math.Nextafter(s.middle, 1))
		if math.Abs(math.Exp(below)-math.Exp(above)) > 0.005 {
			t.Errorf("around %s: p goes from %v to %v", name, math.Exp(below), math.Exp(above))
		}
		last := math.Inf(-1)
		for tau := -20.0; tau < 4; tau += 0.25 {
			p, bound := s.logP(tau)
			if p < last-0.005 {
				t.Errorf("around %s: log p falls from %v to %v at %v", name, last, p, tau)
			}
			if (bound != "") != (tau < s.least || tau > s.most) {
				t.Errorf("around %s: bound %q at %v", name, bound, tau)
			}
			last = p
		}
		for i, level := range mackinnonLevels {
			p, _ := s.logP(s.critical[i][0])
			if math.Abs(math.Exp(p)-level) > 0.001 {
				t.Errorf("around %s: p = %v at the asymptotic critical value of %v", name, math.Exp(p), level)
			}
		}
	}
}

func TestUnitRootRefusals(t *testing.T) {
	line, constant, geometric := make([]float64, 40), make([]float64, 40), make([]float64, 40)
	for i := range line {
		line[i], constant[i], geometric[i] = float64(3*i), 5, math.Pow(0.5, float64(i))
	}
	gap := append([]float64{math.NaN()}, nile...)
	for _, c := range []struct {
		name   string
		x      []float64
		around Stationarity
		lags   int
		adf    error
		kpss   error
	}{
		{"nothing", nil, AroundLevel, AutoLags, ErrTooFew, ErrTooFew},
		{"two values", []float64{1, 2}, AroundTrend, 0, ErrTooFew, ErrTooFew},
		{"too many lags", nile[:9], AroundTrend, 9, ErrTooFew, ErrTooFew},
		{"gap", gap, AroundLevel, AutoLags, ErrNotFinite, ErrNotFinite},
		{"constant", constant, AroundLevel, 1, ErrConstant, ErrConstant},
		{"line", line, AroundTrend, 1, ErrConstant, ErrConstant},
		{"geometric decay", geometric, AroundZero, 0, ErrConstant, nil},
	} {
		if _, err := ADF(c.x, c.around, c.lags); !errors.Is(err, c.adf) {
			t.Errorf("ADF of %s: error %v, want %v", c.name, err, c.adf)
		}
		if _, err := KPSS(c.x, c.around, c.lags); c.kpss != nil && !errors.Is(err, c.kpss) {
			t.Errorf("KPSS of %s: error %v, want %v", c.name, err, c.kpss)
		}
	}
	for _, around := range []Stationarity{AroundZero, 9} {
		if _, err := KPSS(nile, around, 1); err == nil {
			t.Errorf("KPSS around %s was accepted", around)
		}
	}
	if _, err := ADF(nile, 9, 1); err == nil {
		t.Error("ADF around an unknown thing was accepted")
	}
	for _, lags := range []int{-2, -100} {
		_, err1 := ADF(nile, AroundLevel, lags)
		_, err2 := KPSS(nile, AroundLevel, lags)
		if err1 == nil || err2 == nil {
			t.Errorf("%d lags were accepted", lags)
		}
	}
}

func TestStationarityNames(t *testing.T) {
	for i, name := range stationarityNames {
		s, err := ParseStationarity(name)
		if err != nil || s != Stationarity(i) || s.String() != name {
			t.Errorf("%q is read as %v: %v", name, s, err)
		}
	}
	if _, err := ParseStationarity("drift"); err == nil {
		t.Error("drift was accepted")
	}
}

func ExampleADF() {
	// A queue that forgets half of its length in each step.
	queue := []float64{9, 4, 3, 1, 2, 0, 1, 3, 1, 1, 0, 2, 2, 0, 1, 1, 3, 2, 0, 1, 0, 2, 1, 1}
	r, err := ADF(queue, AroundLevel, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: tau = %.2f, log10 p = %.1f\n", r.Method, r.Statistic.Value, r.Log10P)
	// Output: augmented Dickey-Fuller around level, 0 lags: tau = -6.58, log10 p = -8.1
}

func ExampleKPSS() {
	growth := []float64{1, 2, 4, 3, 5, 7, 6, 8, 9, 11, 10, 12, 13, 15, 14, 16, 17, 19, 18, 20}
	r, err := KPSS(growth, AroundLevel, AutoLags)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: eta = %.2f, %v\n", r.Method, r.Statistic.Value, r.Warnings[0])
	// Output: KPSS, 2 lags: eta = 0.77, p is at most 0.01: the table ends there
}
