package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestSmoothingFormNames(t *testing.T) {
	for form, want := range map[SmoothingForm]string{
		{NoTrend, 0}: "ETS(A,N,N)", {LinearTrend, 1}: "ETS(A,A,N)", {DampedTrend, 0}: "ETS(A,Ad,N)",
		{NoTrend, 7}: "ETS(A,N,A)", {LinearTrend, 24}: "ETS(A,A,A)", {DampedTrend, 2}: "ETS(A,Ad,A)",
	} {
		if got := form.String(); got != want {
			t.Errorf("%+v is called %s, want %s", form, got, want)
		}
	}
}

// The variances are those of the series that the model makes: those of 40,000 simulated
// futures differ by no more than 5 %, some 7 standard errors.
func TestForecastVariancesBySimulation(t *testing.T) {
	const futures, steps = 40_000, 9
	w := SmoothingWeights{Alpha: 0.4, Beta: 0.15, Gamma: 0.3, Phi: 0.9}
	s := &Smoothing{SmoothingForm: SmoothingForm{DampedTrend, 4}, SmoothingWeights: w, Variance: 4,
		Final: SmoothingState{10, 1, []float64{3, -1, -4, 2}}}
	r := rand.New(rand.NewPCG(1, 2))
	var moments [steps]Moments
	for range futures {
		future := *s
		future.Final = s.Final.clone()
		for h := range steps {
			y := future.Forecast(1)[0] + 2*r.NormFloat64()
			future.Advance(y)
			moments[h].Add(y)
		}
	}
	mean, variance := s.Forecast(steps), s.ForecastVariances(steps)
	for h := range steps {
		check.Close(t, fmt.Sprintf("variance of step %d", h+1), moments[h].Variance(), variance[h], 0.05)
		if d := math.Abs(moments[h].Mean - mean[h]); d > 5*math.Sqrt(variance[h]/futures) {
			t.Errorf("step %d lies at %g, forecast %g", h+1, moments[h].Mean, mean[h])
		}
	}
}

// What no weights can be found for by luck: exact lines and exact cycles leave no error,
// and go on.
func TestFitSmoothingOfExactSeries(t *testing.T) {
	line, wave := make([]float64, 60), make([]float64, 60)
	for i := range line {
		line[i], wave[i] = 1000+3*float64(i), 50+10*math.Sin(2*math.Pi*float64(i)/12)
	}
	for _, c := range []struct {
		x      []float64
		season int
		next   func(h int) float64
	}{
		{line, 0, func(h int) float64 { return 1000 + 3*float64(60+h) }},
		{wave, 12, func(h int) float64 { return 50 + 10*math.Sin(2*math.Pi*float64(60+h)/12) }},
	} {
		s, err := FitSmoothing(c.x, SmoothingOptions{Season: c.season})
		if err != nil {
			t.Fatal(err)
		}
		for h, got := range s.Forecast(15) {
			check.Close(t, fmt.Sprintf("%s, step %d", s, h+1), got, c.next(h), 1e-6)
		}
	}
}

// A seasonal model that is simulated is found again, and its intervals hold as many
// values as they should: 160 of 200, give or take three standard deviations of 5.7.
func TestFitSmoothingFindsItsModel(t *testing.T) {
	check.Long(t)
	const n, series, h = 120, 200, 4
	r := rand.New(rand.NewPCG(3, 4))
	var alpha, variance Moments
	inside, seasonal := [h]int{}, 0
	for range series {
		s := &Smoothing{SmoothingForm: SmoothingForm{NoTrend, 4}, SmoothingWeights: SmoothingWeights{Alpha: 0.3, Gamma: 0.1, Phi: 1},
			Final: SmoothingState{100, 0, []float64{9, 2, -3, -8}}}
		x := make([]float64, n+h)
		for i := range x {
			x[i] = s.Forecast(1)[0] + 3*r.NormFloat64()
			s.Advance(x[i])
		}
		f, err := FitSmoothing(x[:n], SmoothingOptions{Season: 4})
		if err != nil {
			t.Fatal(err)
		}
		alpha.Add(f.Alpha)
		variance.Add(f.Variance)
		if f.Season == 4 {
			seasonal++
		}
		low, high := f.Intervals(h, 0.8)
		for k := range h {
			if low[k] <= x[n+k] && x[n+k] <= high[k] {
				inside[k]++
			}
		}
	}
	if seasonal != series {
		t.Errorf("%d of %d series have a season", seasonal, series)
	}
	check.Close(t, "mean of α", alpha.Mean, 0.3, 0.15)
	check.Close(t, "mean of the variance", variance.Mean, 9, 0.05)
	for k, n := range inside {
		if n < 143 || n > 177 {
			t.Errorf("80 %% intervals of step %d hold %d of %d values", k+1, n, series)
		}
	}
}

// The fit goes with the series when it is moved and stretched.
func TestFitSmoothingIsEquivariant(t *testing.T) {
	a, err := FitSmoothing(airPassengers, SmoothingOptions{Season: 12})
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []float64{1e-60, 1e60, -8} {
		moved := make([]float64, len(airPassengers))
		for i, v := range airPassengers {
			moved[i] = scale * (v + 1000)
		}
		b, err := FitSmoothing(moved, SmoothingOptions{Season: 12})
		if err != nil {
			t.Fatal(err)
		}
		if a.SmoothingForm != b.SmoothingForm {
			t.Errorf("%s, and %s after a change of unit", a, b)
		}
		check.Close(t, "log-likelihood", b.LogLikelihood+float64(b.N)*math.Log(math.Abs(scale)), a.LogLikelihood, 1e-4)
		for h, v := range b.Forecast(24) {
			check.Close(t, fmt.Sprintf("forecast %d", h+1), v/scale-1000, a.Forecast(24)[h], 1e-2)
		}
	}
}

// The initial state that is solved for leaves no less by any change, whichever the form.
func TestSmoothingSolverIsAtTheLeast(t *testing.T) {
	x, err := scaleSmoothed(formulaSeries(200))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range (SmoothingOptions{Season: 24}).forms() {
		solver := newSmoothingSolver(x.values, form)
		for _, w := range []SmoothingWeights{{0.1, 0.05, 0.1, 0.9}, {0.9, 0.3, 0.05, 0.97}, {0.0001, 1e-8, 1e-4, 0.85}} {
			state, least := solver.solve(w)
			state = state.clone()
			change := func(what string, at *float64) {
				for _, d := range []float64{-1e-3, 1e-3} {
					*at += d
					if sse := solver.errors(w, state); sse < least*(1-1e-12) {
						t.Errorf("%s %+v: %g of %s leaves %g, solved for %g", form, w, *at, what, sse, least)
					}
					*at -= d
				}
			}
			change("level", &state.Level)
			if form.Trend != NoTrend {
				change("slope", &state.Slope)
			}
			for j := range state.Seasonal {
				change(fmt.Sprintf("effect %d", j), &state.Seasonal[j])
			}
		}
	}
}

// Where search and solution alternate, as of long seasons, the likelihood comes as high as
// where each step of the search solves for the initial state.
func TestFitSmoothingOfLongSeasons(t *testing.T) {
	const m = longSeason + 3
	r := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 6*m)
	level := 0.0
	for i := range x {
		level += 0.3 * r.NormFloat64()
		x[i] = level + 4*math.Sin(2*math.Pi*float64(i)/m) + r.NormFloat64()
	}
	scaled, err := scaleSmoothed(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []SmoothingForm{{NoTrend, m}, {DampedTrend, m}} {
		alternating, exact := newSmoothingFit(scaled.values, form), newSmoothingFit(scaled.values, form)
		alternating.search()
		for _, start := range exact.starts() {
			exact.minimise(start, 0.25, closely, exact.concentrated)
		}
		if d := alternating.objective(alternating.sse) - exact.objective(exact.sse); d > 0.01 {
			t.Errorf("%s: the log-likelihood is lower by %g", form, d)
		}
	}
}

func TestFitSmoothingRefuses(t *testing.T) {
	long := slices.Repeat([]float64{1, 2, 3, 4, 5, 6, 8}, 10)
	gap := slices.Clone(long)
	gap[5] = math.NaN()
	huge := slices.Clone(long)
	huge[5] = 1e300
	for _, c := range []struct {
		name string
		x    []float64
		o    SmoothingOptions
		want error
	}{
		{"nothing", nil, SmoothingOptions{}, ErrTooFew},
		{"nine values", long[:9], SmoothingOptions{}, ErrTooFew},
		{"a gap", gap, SmoothingOptions{}, ErrNotFinite},
		{"a huge value", huge, SmoothingOptions{}, ErrNotFinite},
		{"a constant", make([]float64, 50), SmoothingOptions{}, ErrConstant},
		{"a long season", long, SmoothingOptions{Season: 169}, ErrTooMany},
		{"less than two seasons", long, SmoothingOptions{Forms: []SmoothingForm{{NoTrend, 36}}}, ErrTooFew},
		{"no form", long, SmoothingOptions{Forms: []SmoothingForm{}}, ErrTooFew},
	} {
		if _, err := FitSmoothing(c.x, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := Smooth(long, SmoothingForm{NoTrend, 7}, SmoothingWeights{}, SmoothingState{}); !errors.Is(err, ErrLengths) {
		t.Errorf("no seasonal effects: %v", err)
	}
	if _, err := Smooth(long, SmoothingForm{9, 0}, SmoothingWeights{}, SmoothingState{}); err == nil {
		t.Error("the trend 9 is smoothed")
	}
	if _, err := Smooth(long, SmoothingForm{}, SmoothingWeights{Alpha: 1e60}, SmoothingState{}); !errors.Is(err, ErrNotFinite) {
		t.Errorf("a model that runs away: %v", err)
	}
	if s, err := FitSmoothing(long[:20], SmoothingOptions{Season: 168}); err != nil || s.Season > 1 {
		t.Errorf("a season that does not fit: %v, %v", s, err)
	}
}

// Rosenbrock's function, on which Nelder and Mead's search is usually tried, has its
// least value 0 at (1, 1).
func TestNelderMead(t *testing.T) {
	calls := 0
	at := nelderMead(func(x []float64) float64 {
		calls++
		a, b := 1-x[0], x[1]-x[0]*x[0]
		return a*a + 100*b*b
	}, []float64{-1.2, 1}, 0.5, simplexTolerance{1e-14, 1e-6}, 1000).at
	check.Close(t, "x", at[0], 1, 1e-3)
	check.Close(t, "y", at[1], 1, 1e-3)
	if calls > 400 {
		t.Errorf("it took %d evaluations", calls)
	}
	nelderMead(func([]float64) float64 { return math.NaN() }, []float64{1, 2, 3}, 1, simplexTolerance{}, 100)
}

// No series makes a fit panic or answer with something else than numbers.
func FuzzFitSmoothing(f *testing.F) {
	addSeeds(f)
	f.Add([]byte("0123456789abcdefghij0123456789abcdefghij"), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, season uint8) {
		if len(data) > 150 {
			return
		}
		s, err := FitSmoothing(floats(data), SmoothingOptions{Season: int(season) % 20})
		if err != nil {
			return
		}
		low, high := s.Intervals(40, 0.95)
		if !allFinite(low) || !allFinite(high) || !allFinite([]float64{s.SSE, s.Variance, s.LogLikelihood, s.AICc}) {
			t.Errorf("%s %+v: %v to %v", s, s.SmoothingWeights, low, high)
		}
		for h := range low {
			if low[h] > high[h] {
				t.Errorf("the interval of step %d goes from %g to %g", h, low[h], high[h])
			}
		}
	})
}

func BenchmarkFitSmoothing(b *testing.B) {
	for _, m := range []int{0, 24, 144} {
		b.Run(fmt.Sprintf("500x%d", m), func(b *testing.B) {
			x := formulaSeries(500)
			for b.Loop() {
				if _, err := FitSmoothing(x, SmoothingOptions{Season: m}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleFitSmoothing() {
	s, err := FitSmoothing(nile, SmoothingOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	low, high := s.Intervals(1, 0.95)
	fmt.Printf("%s: α = %.3f, next year %.0f, from %.0f to %.0f\n", s, s.Alpha, s.Forecast(1)[0], low[0], high[0])
	// Output: ETS(A,N,N): α = 0.246, next year 805, from 523 to 1088
}
