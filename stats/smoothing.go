package stats

import (
	"fmt"
	"math"
	"slices"
)

// A SmoothingTrend says how the level of an exponential smoothing model moves on.
type SmoothingTrend uint8

// The trends.
const (
	NoTrend     SmoothingTrend = iota // the level stays where it is
	LinearTrend                       // it goes on by the slope
	DampedTrend                       // by a slope that fades by the factor φ from step to step
)

// A SmoothingForm is an exponential smoothing model with additive errors, in the
// taxonomy of Hyndman et al.: ETS(error, trend, season).
type SmoothingForm struct {
	Trend  SmoothingTrend
	Season int // steps after which additive seasonal effects return; below 2: none
}

// String names the form as ETS(A,Ad,N): error, trend and season, each none,
// additive or additive and damped.
func (f SmoothingForm) String() string {
	trend, season := "N", "N"
	switch f.Trend {
	case LinearTrend:
		trend = "A"
	case DampedTrend:
		trend = "Ad"
	}
	if f.Season > 1 {
		season = "A"
	}
	return "ETS(A," + trend + "," + season + ")"
}

// check returns an error unless the form is one of the six.
func (f SmoothingForm) check() error {
	switch {
	case f.Trend > DampedTrend:
		return fmt.Errorf("exponential smoothing: no trend has the number %d", f.Trend)
	case f.Season > maxSmoothingSeason:
		return fmt.Errorf("exponential smoothing: seasons of %d steps, more than %d: %w", f.Season, maxSmoothingSeason, ErrTooMany)
	}
	return nil
}

// seasons is the number of seasonal effects, 0 without a season.
func (f SmoothingForm) seasons() int {
	if f.Season > 1 {
		return f.Season
	}
	return 0
}

// SmoothingWeights are the parameters of a model: which part of a one-step error goes
// into the level (α), the slope (β) and the seasonal effect (γ), and the damping φ of
// the slope. What a form does not have is 0, and φ is 1 where the trend is not damped.
type SmoothingWeights struct {
	Alpha float64 `json:"alpha"`
	Beta  float64 `json:"beta"`
	Gamma float64 `json:"gamma"`
	Phi   float64 `json:"phi"`
}

// A SmoothingState is what a model knows between two steps: level, slope, and the
// seasonal effects in the order in which they come next. The effects of an initial
// state that was estimated add up to 0.
type SmoothingState struct {
	Level    float64
	Slope    float64
	Seasonal []float64 // nil without a season
}

// clone returns a copy that shares nothing.
func (s SmoothingState) clone() SmoothingState {
	s.Seasonal = slices.Clone(s.Seasonal)
	return s
}

// A Smoothing is an exponential smoothing model of a series. It is a state space model
// with one source of error [1]: with the level l, the slope b and the seasonal effects
// s, each step is y = l + φb + s + ε, after which αε is added to l + φb, βε to φb and
// γε to s. The errors ε are independent, of mean 0 and one variance.
type Smoothing struct {
	SmoothingForm
	SmoothingWeights
	Initial, Final SmoothingState // before the first step and after the last

	N          int // steps
	Parameters int // that were estimated, the variance among them
	SSE        float64
	// Variance of the errors: SSE over N less the parameters without the variance
	// itself; of weights that were given, SSE over N.
	Variance      float64
	LogLikelihood float64 // of normal errors, at its maximum over the variance
	AICc          float64 // Akaike's criterion, corrected for short series

	Errors     []float64         // of the forecast of each step from all before
	Candidates []SmoothingChoice // what was compared, in order of the criterion; nil where nothing was
}

// A SmoothingChoice is a form that was compared with others.
type SmoothingChoice struct {
	Form SmoothingForm
	AICc float64
}

// Smooth runs a model whose weights and initial state are known over a series. The
// initial seasonal effects, one for each step of a season, begin with that of the
// first step. The variance is the mean of the squared errors.
//
// The error wraps ErrTooFew if the series is empty, ErrNotFinite if a number is NaN,
// infinite or beyond ±1e100 or the model runs away, and ErrLengths if the number of
// seasonal effects is not that of the form.
func Smooth(x []float64, form SmoothingForm, w SmoothingWeights, initial SmoothingState) (*Smoothing, error) {
	if err := form.check(); err != nil {
		return nil, err
	}
	switch {
	case len(x) == 0:
		return nil, fmt.Errorf("exponential smoothing: %w", ErrTooFew)
	case len(initial.Seasonal) != form.seasons():
		return nil, fmt.Errorf("exponential smoothing: %d seasonal effects for %d: %w", len(initial.Seasonal), form.seasons(), ErrLengths)
	case !withinSmoothing(x) || !withinSmoothing(initial.Seasonal) || !withinSmoothing([]float64{initial.Level, initial.Slope, w.Alpha, w.Beta, w.Gamma, w.Phi}):
		return nil, fmt.Errorf("exponential smoothing: %w", ErrNotFinite)
	}
	s := &Smoothing{SmoothingForm: form, SmoothingWeights: w, Initial: initial.clone(), Final: initial.clone(), N: len(x), Parameters: 1}
	s.Errors = make([]float64, len(x))
	var sum compensated
	for i, v := range x {
		e := s.Advance(v)
		s.Errors[i], sum = e, sum.addProduct(e, e)
	}
	s.SSE = sum.value()
	if math.IsNaN(s.SSE - s.SSE) {
		return nil, fmt.Errorf("exponential smoothing: the errors: %w", ErrNotFinite)
	}
	s.Variance = s.SSE / float64(s.N)
	s.LogLikelihood = normalLogLikelihood(s.N, s.SSE)
	s.AICc = correctedAIC(s.N, s.Parameters, s.LogLikelihood)
	return s, nil
}

// largestSmoothed bounds the values of a series, so that no square overflows.
const largestSmoothed = 1e100

// withinSmoothing reports whether all values are numbers that can be squared.
func withinSmoothing(x []float64) bool {
	for _, v := range x {
		if !(math.Abs(v) <= largestSmoothed) {
			return false
		}
	}
	return true
}

// normalLogLikelihood is that of n normal errors with the variance that fits best.
func normalLogLikelihood(n int, sse float64) float64 {
	return -float64(n) / 2 * (math.Log(2*math.Pi*sse/float64(n)) + 1)
}

// correctedAIC is Akaike's criterion with the correction for n values, infinite if
// there are too few.
func correctedAIC(n, parameters int, logLikelihood float64) float64 {
	k, left := float64(parameters), float64(n-parameters-1)
	if left <= 0 {
		return math.Inf(1)
	}
	return -2*logLikelihood + 2*k + 2*k*(k+1)/left
}

// Advance takes the next value of the series into the final state, and returns how far
// it lies from its forecast. Weights, variance and measures of fit stay as they are. A
// value that is NaN leaves the state where the forecast expects it.
func (s *Smoothing) Advance(value float64) float64 {
	f := &s.Final
	slope := s.Phi * f.Slope
	base := f.Level + slope
	season := 0.0
	if len(f.Seasonal) > 0 {
		season = f.Seasonal[0]
	}
	e := value - base - season
	known := e
	if math.IsNaN(value) {
		known = 0
	}
	f.Level, f.Slope = base+s.Alpha*known, slope+s.Beta*known
	if m := len(f.Seasonal); m > 0 {
		copy(f.Seasonal, f.Seasonal[1:])
		f.Seasonal[m-1] = season + s.Gamma*known
	}
	return e
}

// Forecast returns the means of the next steps, none if there are to be fewer than 1.
func (s *Smoothing) Forecast(steps int) []float64 {
	out := make([]float64, max(steps, 0))
	level, slope := s.Final.Level, s.Final.Slope
	for h := range out {
		slope *= s.Phi
		level += slope
		out[h] = level
		if m := len(s.Final.Seasonal); m > 0 {
			out[h] += s.Final.Seasonal[h%m]
		}
	}
	return out
}

// ForecastVariances returns the variances of the next steps around their forecasts:
// the variance of the errors times 1 + Σ c², with c = α + β(φ+…+φʲ), and γ more after
// whole seasons, over the steps j in between [1, table 6.1]. That weights and states
// are estimates is not in it.
//
// [1] R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder (2008), Forecasting with
// Exponential Smoothing: The State Space Approach, Springer.
func (s *Smoothing) ForecastVariances(steps int) []float64 {
	out := make([]float64, max(steps, 0))
	sum, power, reach := 1.0, 1.0, 0.0
	for h := range out {
		out[h] = s.Variance * sum
		power *= s.Phi
		reach += power
		c := s.Alpha + s.Beta*reach
		if s.Season > 1 && (h+1)%s.Season == 0 {
			c += s.Gamma
		}
		sum += c * c
	}
	return out
}

// Intervals returns between which values each of the next steps lies with the given
// probability, if the errors are normal. Both are nil if it is not between 0 and 1.
func (s *Smoothing) Intervals(steps int, level float64) (low, high []float64) {
	if !(level > 0 && level < 1) {
		return nil, nil
	}
	z := NormalQuantile(0.5 + level/2)
	low, high = s.Forecast(steps), s.Forecast(steps)
	for h, v := range s.ForecastVariances(steps) {
		low[h] -= z * math.Sqrt(v)
		high[h] += z * math.Sqrt(v)
	}
	return low, high
}
