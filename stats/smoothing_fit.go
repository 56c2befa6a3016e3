package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// SmoothingOptions say which models FitSmoothing compares.
type SmoothingOptions struct {
	// Season is the number of steps of a season, up to 168; below 2 there is none.
	// Models without a season are compared too.
	Season int
	// Forms are the only ones to compare; nil: all of that season.
	Forms []SmoothingForm
}

// What a fit takes.
const (
	minSmoothed        = 10  // steps
	maxSmoothingSeason = 168 // hours of a week
)

// FitSmoothing fits exponential smoothing models with additive errors, and returns the
// one with the least AICc. Of each, weights and initial state maximise the likelihood
// of normal errors within the usual bounds 0 < α < 1, 0 < β < α, 0 < γ < 1−α and
// 0.8 ≤ φ ≤ 0.98 [1]. All errors are linear in the initial state, which is therefore
// solved for by least squares at each weight that Nelder and Mead's search tries; for
// seasons beyond 48 steps, where this takes long, search and solution alternate.
//
// A form with a season is left out if the series holds less than two, or too few steps
// for its parameters. The error wraps ErrTooFew for less than 10 steps or if no form
// is left, ErrNotFinite if a value is NaN, infinite or beyond ±1e100, ErrConstant if
// all are equal, and ErrTooMany if the season is too long.
//
// [1] R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder (2008), Forecasting with
// Exponential Smoothing: The State Space Approach, Springer, chapters 2, 5 and 7.
func FitSmoothing(x []float64, o SmoothingOptions) (*Smoothing, error) {
	scaled, err := scaleSmoothed(x)
	if err != nil {
		return nil, err
	}
	var best *smoothingFit
	var tried []SmoothingChoice
	for _, form := range o.forms() {
		if err := form.check(); err != nil {
			return nil, err
		}
		if !form.fits(len(x)) {
			continue
		}
		f := newSmoothingFit(scaled.values, form)
		f.search()
		tried = append(tried, SmoothingChoice{form, f.aicc() + 2*float64(len(x))*scaled.logUnit()})
		if best == nil || f.aicc() < best.aicc() {
			best = f
		}
	}
	if best == nil {
		return nil, fmt.Errorf("exponential smoothing of %d values: %w", len(x), ErrTooFew)
	}
	s, err := Smooth(x, best.form, best.weights, scaled.back(best.initial))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(tried, func(a, b SmoothingChoice) int { return cmp.Compare(a.AICc, b.AICc) })
	s.Candidates = tried
	s.Parameters = best.form.parameters()
	s.Variance = s.SSE / float64(s.N-s.Parameters+1)
	s.LogLikelihood = normalLogLikelihood(s.N, best.sse) - float64(s.N)*scaled.logUnit()
	s.AICc = correctedAIC(s.N, s.Parameters, s.LogLikelihood)
	return s, nil
}

// forms lists what is to be compared, the simplest first, which wins a tie.
func (o SmoothingOptions) forms() []SmoothingForm {
	if o.Forms != nil {
		return o.Forms
	}
	out := []SmoothingForm{{NoTrend, 0}, {LinearTrend, 0}, {DampedTrend, 0}}
	if o.Season > 1 {
		out = append(out, SmoothingForm{NoTrend, o.Season}, SmoothingForm{LinearTrend, o.Season}, SmoothingForm{DampedTrend, o.Season})
	}
	return out
}

// weightCount is how many weights the form has.
func (f SmoothingForm) weightCount() int {
	n := 1
	if f.seasons() > 0 {
		n++
	}
	return n + int(f.Trend)
}

// stateCount is how many initial states can be told apart: a constant can be moved
// between level and seasonal effects.
func (f SmoothingForm) stateCount() int {
	n := 1 + max(0, f.seasons()-1)
	if f.Trend != NoTrend {
		n++
	}
	return n
}

// parameters counts weights, initial states and the variance.
func (f SmoothingForm) parameters() int { return f.weightCount() + f.stateCount() + 1 }

// fits reports whether n steps are two seasons and enough for the criterion.
func (f SmoothingForm) fits(n int) bool {
	return n >= 2*f.seasons() && n > f.parameters()+1
}

// A scaledSeries is a series with mean 0 and variance 1, and the way back.
type scaledSeries struct {
	values     []float64
	mean, unit float64
}

// scaleSmoothed checks and scales a series.
func scaleSmoothed(x []float64) (scaledSeries, error) {
	switch {
	case len(x) < minSmoothed:
		return scaledSeries{}, fmt.Errorf("exponential smoothing of %d values, fewer than %d: %w", len(x), minSmoothed, ErrTooFew)
	case !withinSmoothing(x):
		return scaledSeries{}, fmt.Errorf("exponential smoothing: %w", ErrNotFinite)
	}
	m, err := MomentsOf(x)
	if err != nil {
		return scaledSeries{}, err
	}
	s := scaledSeries{mean: m.Mean, unit: math.Sqrt(m.Variance())}
	if m.Min == m.Max || !(s.unit > 1e-100) {
		return scaledSeries{}, fmt.Errorf("exponential smoothing: %w", ErrConstant)
	}
	for _, v := range x {
		s.values = append(s.values, (v-s.mean)/s.unit)
	}
	return s, nil
}

// logUnit is the logarithm of the unit.
func (s scaledSeries) logUnit() float64 { return math.Log(s.unit) }

// back returns a state of the scaled series as one of the series.
func (s scaledSeries) back(state SmoothingState) SmoothingState {
	out := state.clone()
	out.Level, out.Slope = s.mean+s.unit*state.Level, s.unit*state.Slope
	for i := range out.Seasonal {
		out.Seasonal[i] *= s.unit
	}
	return out
}

// Where the search may begin: places of α, β/α, φ and γ/(1−α) between their bounds.
var smoothingStarts = [...][]float64{{0.002, 0.1, 0.3, 0.6, 0.92}, {0.03, 0.3}, {0.3, 0.9}, {0.03, 0.4, 0.9}}

// A smoothingFit is the search for the best weights and initial state of one form.
type smoothingFit struct {
	form    SmoothingForm
	solver  *smoothingSolver
	weights SmoothingWeights // the best so far, with the state and the errors that go with them
	initial SmoothingState
	sse     float64
}

func newSmoothingFit(y []float64, form SmoothingForm) *smoothingFit {
	return &smoothingFit{form: form, solver: newSmoothingSolver(y, form), sse: math.Inf(1)}
}

// leastError is the sum of squares, as a part of the series' variance, that is taken
// for none: below it there is only rounding, which must not choose among models.
const leastError = 1e-18

// aicc is the criterion in the units of the scaled series.
func (f *smoothingFit) aicc() float64 {
	n := len(f.solver.y)
	return correctedAIC(n, f.form.parameters(), normalLogLikelihood(n, f.sse))
}

// keep takes note of weights and a state if they are the best so far.
func (f *smoothingFit) keep(w SmoothingWeights, state SmoothingState, sse float64) {
	if sse < f.sse {
		f.weights, f.initial, f.sse = w, state.clone(), sse
	}
}

// longSeason is the season from which on search and solution alternate, and
// alternations how often.
const (
	longSeason   = 49
	alternations = 4
)

// How closely the search looks at each start, and then at the best of what came of them.
var (
	roughly = simplexTolerance{value: 0.05, place: 0.1}
	closely = simplexTolerance{value: 1e-7, place: 1e-3}
)

// search looks for the best weights, from several starts, since the likelihood may have
// more than one peak.
func (f *smoothingFit) search() {
	best := vertex{value: math.Inf(1)}
	for _, start := range f.starts() {
		if v := f.from(start, 0.25, roughly); v.value < best.value || best.at == nil {
			best = v
		}
	}
	f.from(best.at, 0.1, closely)
	f.initial.centre()
}

// from searches from one place.
func (f *smoothingFit) from(angles []float64, size float64, tolerance simplexTolerance) vertex {
	if f.form.Season < longSeason {
		return f.minimise(angles, size, tolerance, f.concentrated)
	}
	for range alternations {
		state, sse := f.solver.solve(f.weightsAt(angles))
		fixed := state.clone()
		f.keep(f.weightsAt(angles), fixed, sse)
		angles = f.minimise(angles, size, tolerance, func(w SmoothingWeights) float64 {
			sse := f.solver.errors(w, fixed)
			f.keep(w, fixed, sse)
			return sse
		}).at
	}
	return vertex{angles, f.objective(f.concentrated(f.weightsAt(angles)))}
}

// starts returns, for each place of γ or else of α, the best of all others.
func (f *smoothingFit) starts() [][]float64 {
	choices, by := f.places(), 0
	if f.form.seasons() > 0 {
		by = len(choices) - 1
	}
	best, least := make([][]float64, len(choices[by])), make([]float64, len(choices[by]))
	for at := make([]int, len(choices)); at != nil; at = following(at, choices) {
		angles := make([]float64, len(choices))
		for i, k := range at {
			angles[i] = math.Asin(math.Sqrt(choices[i][k]))
		}
		sse := f.concentrated(f.weightsAt(angles))
		if k := at[by]; best[k] == nil || sse < least[k] {
			best[k], least[k] = angles, sse
		}
	}
	return best
}

// following counts on to the next combination of choices, nil after the last.
func following(at []int, choices [][]float64) []int {
	for i := range at {
		if at[i]++; at[i] < len(choices[i]) {
			return at
		}
		at[i] = 0
	}
	return nil
}

// concentrated is the sum of squares with the best initial state.
func (f *smoothingFit) concentrated(w SmoothingWeights) float64 {
	state, sse := f.solver.solve(w)
	f.keep(w, state, sse)
	return sse
}

// centre moves the mean of the seasonal effects into the level.
func (s *SmoothingState) centre() {
	if len(s.Seasonal) == 0 {
		return
	}
	var sum compensated
	for _, v := range s.Seasonal {
		sum = sum.add(v)
	}
	mean := sum.over(float64(len(s.Seasonal))).value()
	s.Level += mean
	for i := range s.Seasonal {
		s.Seasonal[i] -= mean
	}
}

// minimise searches from a place.
func (f *smoothingFit) minimise(from []float64, size float64, tolerance simplexTolerance, sse func(SmoothingWeights) float64) vertex {
	return nelderMead(func(angles []float64) float64 { return f.objective(sse(f.weightsAt(angles))) }, from, size, tolerance, 150*len(from))
}

// objective is the negative log-likelihood of a sum of squares but for a constant.
func (f *smoothingFit) objective(sse float64) float64 {
	return float64(len(f.solver.y)) / 2 * math.Log(max(sse, leastError))
}

// places lists where the weights that the form has may start.
func (f *smoothingFit) places() [][]float64 {
	out := [][]float64{smoothingStarts[0]}
	if f.form.Trend != NoTrend {
		out = append(out, smoothingStarts[1])
	}
	if f.form.Trend == DampedTrend {
		out = append(out, smoothingStarts[2])
	}
	if f.form.seasons() > 0 {
		out = append(out, smoothingStarts[3])
	}
	return out
}

// weightsAt returns the weights at angles, where the search moves: sin² of an angle is
// the place between the bounds, so that there are none to run against.
func (f *smoothingFit) weightsAt(angles []float64) SmoothingWeights {
	const least = 1e-4
	next := func(low, high float64) float64 {
		s := math.Sin(angles[0])
		angles = angles[1:]
		return low + (high-low)*s*s
	}
	w := SmoothingWeights{Alpha: next(least, 1-least), Phi: 1}
	if f.form.Trend != NoTrend {
		w.Beta = w.Alpha * next(least, 1-least)
	}
	if f.form.Trend == DampedTrend {
		w.Phi = next(0.8, 0.98)
	}
	if f.form.seasons() > 0 {
		w.Gamma = (1 - w.Alpha) * next(least, 1-least)
	}
	return w
}
