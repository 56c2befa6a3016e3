package stats

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestPlatt(t *testing.T) {
	scores, positive := noisy(21, 300)
	p, err := FitPlatt(scores, positive, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.A >= 0 {
		t.Errorf("A = %v for scores that are higher for positives", p.A)
	}
	// The unit and the origin of the score do not matter, nor do scores that are huge.
	for _, scale := range []float64{1, 1e-9, 1e9, 1e150} {
		moved := make([]float64, len(scores))
		for i, s := range scores {
			moved[i] = scale * (s + 100)
		}
		q, err := FitPlatt(moved, positive, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range scores {
			check.Close(t, "probability", q.At(moved[i]), p.At(scores[i]), 1e-8)
		}
	}
	// A weight of 2 is two rows, and one of 0 none.
	weights := make([]float64, len(scores))
	var twice []float64
	var twicePositive []bool
	for i := range weights {
		weights[i] = float64(i % 3)
		for range i % 3 {
			twice, twicePositive = append(twice, scores[i]), append(twicePositive, positive[i])
		}
	}
	a, err := FitPlatt(scores, positive, weights)
	if err != nil {
		t.Fatal(err)
	}
	b, err := FitPlatt(twice, twicePositive, nil)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "A of weights", a.A, b.A, 1e-9)
	check.Close(t, "B of weights", a.B, b.B, 1e-9)
}

func TestPlattAtTheEdge(t *testing.T) {
	apart, err := FitPlatt([]float64{0, 1, 2, 3}, []bool{false, false, true, true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := apart.At(3); !(p > 0.7 && p < 0.9) {
		t.Errorf("a score without errors has the probability %v; the targets are ¼ and ¾", p)
	}
	same, err := FitPlatt([]float64{7, 7, 7, 7}, []bool{false, false, false, true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "equal scores", same.At(7), (1.0/5*3+2.0/3)/4, 1e-9) // the mean target
	if same.A != 0 && math.Abs(same.A) > 1e-6 {
		t.Errorf("equal scores have A = %v", same.A)
	}
	for _, s := range []float64{math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64, 0} {
		if p := apart.At(s); !(p >= 0 && p <= 1) {
			t.Errorf("at %v the probability is %v", s, p)
		}
		if p := (Platt{}).At(s); p != 0.5 {
			t.Errorf("without a slope, at %v the probability is %v", s, p)
		}
	}
	if !math.IsNaN(apart.At(math.NaN())) {
		t.Error("NaN has a probability")
	}
	for _, p := range []Platt{{math.NaN(), 0}, {0, math.Inf(1)}} {
		if p.Check() == nil {
			t.Errorf("%+v passes", p)
		}
	}
}

// fits are the two ways to calibrate classes.
var fits = map[string]func(scores []float64, positive []bool, weights []float64) (Calibrator, error){
	"Platt": func(s []float64, p []bool, w []float64) (Calibrator, error) {
		c, err := FitPlatt(s, p, w)
		return c, err
	},
	"isotonic": func(s []float64, p []bool, w []float64) (Calibrator, error) {
		c, err := FitIsotonicClasses(s, p, w)
		return c, err
	},
}

func TestCalibratorErrors(t *testing.T) {
	for name, fit := range fits {
		for what, test := range map[string]struct {
			scores   []float64
			positive []bool
			weights  []float64
			want     error
		}{
			"lengths": {[]float64{1}, nil, nil, ErrLengths}, "weights": {[]float64{1, 2}, []bool{true, false}, []float64{1}, ErrLengths},
			"NaN": {[]float64{1, math.NaN()}, []bool{true, false}, nil, ErrNotFinite}, "infinite": {[]float64{1, math.Inf(1)}, []bool{true, false}, nil, ErrNotFinite},
			"one class": {[]float64{1, 2}, []bool{true, true}, nil, ErrTooFew}, "none": {nil, nil, nil, ErrTooFew},
			"weightless": {[]float64{1, 2}, []bool{true, false}, []float64{1, 0}, ErrTooFew}, "negative": {[]float64{1, 2}, []bool{true, false}, []float64{1, -1}, nil},
			"NaN weight": {[]float64{1, 2}, []bool{true, false}, []float64{1, math.NaN()}, ErrNotFinite},
		} {
			if _, err := fit(test.scores, test.positive, test.weights); err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s, %s: %v, want %v", name, what, err, test.want)
			}
		}
		scores, positive := noisy(22, 200)
		c, err := fit(scores, positive, nil)
		if err != nil || c.Check() != nil {
			t.Errorf("%s: %v, %v", name, err, c.Check())
		}
		before := math.Inf(-1)
		for s := -5.0; s < 6; s += 0.01 {
			if p := c.At(s); !(p >= before && p >= 0 && p <= 1) {
				t.Fatalf("%s: %v at %v, after %v", name, p, s, before)
			} else {
				before = p
			}
		}
	}
}

// The fit is the nearest function that does not decrease: the mean residual of each level
// stretch is 0, and no other such function among many is nearer.
func TestIsotonicIsNearest(t *testing.T) {
	random := rand.New(rand.NewPCG(23, 0))
	for range 50 {
		n := 5 + random.IntN(40)
		x, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i], w[i] = float64(random.IntN(20)), random.NormFloat64()+float64(i)/20, float64(random.IntN(3))
		}
		f, err := FitIsotonic(x, y, w)
		if errors.Is(err, ErrTooFew) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		distance := func(at func(float64) float64) (sum float64) {
			for i := range x {
				d := y[i] - at(x[i])
				sum += w[i] * d * d
			}
			return sum
		}
		best := distance(f.At)
		for range 20 {
			other := Isotonic{X: f.X, Y: slices.Clone(f.Y)}
			for i := range other.Y {
				other.Y[i] += 0.3 * random.NormFloat64()
			}
			slices.Sort(other.Y)
			if d := distance(other.At); d < best-1e-9 {
				t.Fatalf("%v is nearer than %v: %v and %v", other, f, d, best)
			}
		}
	}
}

func TestIsotonicCheck(t *testing.T) {
	nan := math.NaN()
	for _, f := range []Isotonic{
		{}, {X: []float64{1}}, {X: []float64{1, 1}, Y: []float64{0, 1}}, {X: []float64{1, 2}, Y: []float64{1, 0}},
		{X: []float64{nan}, Y: []float64{0}}, {X: []float64{1}, Y: []float64{nan}}, {X: []float64{math.Inf(-1), 1}, Y: []float64{0, 1}},
	} {
		if f.Check() == nil {
			t.Errorf("%+v passes", f)
		}
	}
	if !math.IsNaN((Isotonic{}).At(1)) {
		t.Error("an empty calibrator has a probability")
	}
	wide := Isotonic{X: []float64{-math.MaxFloat64, math.MaxFloat64}, Y: []float64{0, 1}}
	check.Close(t, "middle of a wide stretch", wide.At(0), 0.5, 1e-15)
	if _, err := FitIsotonic([]float64{1, 2}, []float64{1}, nil); !errors.Is(err, ErrLengths) {
		t.Errorf("lengths: %v", err)
	}
	if _, err := FitIsotonic([]float64{1}, []float64{nan}, nil); !errors.Is(err, ErrNotFinite) {
		t.Errorf("NaN: %v", err)
	}
	if _, err := FitIsotonic([]float64{1}, []float64{1}, []float64{0}); !errors.Is(err, ErrTooFew) {
		t.Errorf("weightless: %v", err)
	}
}

// FuzzIsotonic reads calibrators from any text: one that passes gives probabilities
// between its ends, and is written and read without loss.
func FuzzIsotonic(f *testing.F) {
	f.Add(`{"x":[0,0.5,1],"y":[0.1,0.1,0.9]}`, 0.7)
	f.Add(`{"x":[],"y":[]}`, 0.0)
	f.Add(`{"x":[1,0],"y":[0,1]}`, 1e308)
	f.Add(`{"x":[-1.7e308,1.7e308],"y":[0,1]}`, -1e300)
	f.Fuzz(func(t *testing.T, text string, score float64) {
		var c Isotonic
		if json.Unmarshal([]byte(text), &c) != nil || c.Check() != nil {
			return
		}
		p := c.At(score)
		if math.IsNaN(score) != math.IsNaN(p) || p < c.Y[0] || p > c.Y[len(c.Y)-1] {
			t.Errorf("%s at %v is %v", text, score, p)
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Isotonic
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatal(err)
		}
		if q := back.At(score); math.Float64bits(q) != math.Float64bits(p) {
			t.Errorf("read back, %v is %v, not %v", score, q, p)
		}
	})
}

func TestReliability(t *testing.T) {
	// Edges end bins, 0 is in the first.
	bins, err := Reliability([]float64{0, 0.25, 0.5, 0.75, 1, 0.3}, []bool{false, false, true, true, true, false}, 4, EqualWidth, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	want := []CalibrationBin{{Low: 0, High: 0.25, N: 2}, {Low: 0.3, High: 0.5, N: 2, Ones: 1}, {Low: 0.75, High: 0.75, N: 1, Ones: 1}, {Low: 1, High: 1, N: 1, Ones: 1}}
	for i, b := range bins {
		if w := want[i]; b.Low != w.Low || b.High != w.High || b.N != w.N || b.Ones != w.Ones || b.CI != WilsonInterval(b.Ones, b.N, 0.95) {
			t.Errorf("bin %d is %+v, want %+v", i, b, w)
		}
	}
	scores, positive := noisy(24, 500)
	p := make([]float64, len(scores))
	for i, s := range scores {
		p[i] = expit(s)
	}
	for _, how := range []Binning{EqualWidth, EqualMass} {
		bins, err := Reliability(p, positive, 10, how, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		var n int64
		for _, b := range bins {
			n += b.N
			if b.N == 0 || b.Predicted < b.Low || b.Predicted > b.High {
				t.Errorf("bin %+v", b)
			}
		}
		if n != 500 {
			t.Errorf("the bins hold %d rows", n)
		}
		c, err := MeasureCalibration(p, positive, 10, how, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		var expected, largest float64
		for _, b := range bins {
			d := math.Abs(b.Predicted - b.Observed)
			expected, largest = expected+d*float64(b.N)/500, max(largest, d)
		}
		check.Close(t, "expected error", c.Expected.Value, expected, 1e-12)
		check.Close(t, "largest error", c.Largest.Value, largest, 1e-12)
		if m := c.Largest; !(m.CI.Low <= m.Value && m.Value <= m.CI.High) {
			t.Errorf("the largest error is %+v", m)
		}
		parts, err := SplitBrier(p, positive, 10, how)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, "parts of the Brier score", parts.Reliability-parts.Resolution+parts.Uncertainty+parts.Within, parts.Brier, 1e-13)
	}
	// Probabilities that are equal within bins leave nothing within them.
	parts, err := SplitBrier([]float64{0.2, 0.2, 0.2, 0.8, 0.8}, []bool{false, true, false, true, true}, 5, EqualWidth)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "within", parts.Within+1, 1, 1e-15)
	check.Close(t, "reliability", parts.Reliability, 0.6*(0.2-1.0/3)*(0.2-1.0/3)+0.4*0.04, 1e-14)
}

func TestReliabilityErrors(t *testing.T) {
	p, positive := []float64{0.1, 0.9}, []bool{false, true}
	errs := map[string]error{}
	_, errs["bins"] = Reliability(p, positive, 0, EqualWidth, 0.95)
	_, errs["many bins"] = Reliability(p, positive, 1001, EqualWidth, 0.95)
	_, errs["binning"] = Reliability(p, positive, 5, 7, 0.95)
	_, errs["level"] = Reliability(p, positive, 5, EqualMass, 0)
	_, errs["no rows"] = Reliability(nil, nil, 5, EqualMass, 0.95)
	_, errs["errors"] = MeasureCalibration([]float64{2}, []bool{true}, 5, EqualMass, 0.95)
	_, errs["parts"] = SplitBrier(p, positive[:1], 5, EqualMass)
	_, errs["line of one class"] = FitCalibrationLine(t.Context(), p, []bool{true, true}, 0.95)
	_, errs["line level"] = FitCalibrationLine(t.Context(), p, positive, 1)
	_, errs["line lengths"] = FitCalibrationLine(t.Context(), p, nil, 0.95)
	_, errs["z of one row"] = SpiegelhalterTest(p[:1], positive[:1], TwoSided)
	_, errs["z of nothing uncertain"] = SpiegelhalterTest([]float64{0, 0.5, 1}, []bool{true, true, true}, TwoSided)
	_, errs["z lengths"] = SpiegelhalterTest(p, nil, TwoSided)
	for name, err := range errs {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if !errors.Is(errs["z of nothing uncertain"], ErrConstant) || !errors.Is(errs["no rows"], ErrTooFew) || !errors.Is(errs["line of one class"], ErrTooFew) {
		t.Errorf("errors of the wrong kind: %v", errs)
	}
}

// Right probabilities are found right, too extreme ones not; and where classes are told
// apart without error there is no slope.
func TestCalibrationLine(t *testing.T) {
	random := rand.New(rand.NewPCG(25, 0))
	n := 4000
	right, extreme, positive := make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range right {
		x := 1.5 * random.NormFloat64()
		right[i], extreme[i] = expit(x), expit(2*x+0.5)
		positive[i] = random.Float64() < right[i]
	}
	line, err := FitCalibrationLine(t.Context(), extreme, positive, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if line.Slope.CI.Low > 0.5 || line.Slope.CI.High < 0.5 || line.InLarge.CI.High > 0 {
		t.Errorf("probabilities that are twice too extreme and too high: %+v", line)
	}
	a, err := SpiegelhalterTest(right, positive, Greater)
	if err != nil {
		t.Fatal(err)
	}
	b, err := SpiegelhalterTest(extreme, positive, Greater)
	if err != nil {
		t.Fatal(err)
	}
	if a.P < 0.01 || b.P > 1e-6 {
		t.Errorf("p is %v for right probabilities and %v for extreme ones", a.P, b.P)
	}
	sharp, err := FitCalibrationLine(t.Context(), []float64{0, 0.1, 0.9, 1}, []bool{false, false, true, true}, 0.95)
	if err != nil || !math.IsNaN(sharp.Slope.Value) || math.IsNaN(sharp.InLarge.Value) {
		t.Errorf("classes that are told apart: %+v, %v", sharp, err)
	}
	flat, err := FitCalibrationLine(t.Context(), []float64{0.3, 0.3, 0.3}, []bool{false, true, true}, 0.95)
	if err != nil || !math.IsNaN(flat.Slope.Value) {
		t.Errorf("probabilities that do not vary: %+v, %v", flat, err)
	}
	check.Close(t, "in the large of equal probabilities", flat.InLarge.Value, logit(2.0/3)-logit(0.3), 1e-12)
}
