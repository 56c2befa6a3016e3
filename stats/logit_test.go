package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// twoByTwo is a flag with a ones and b zeros where it is 1, c and d where it is 0.
func twoByTwo(a, b, c, d int64) *LogitData {
	return &LogitData{Terms: []LogitTerm{{Name: "x", Values: []float64{1, 0}}}, Ones: []int64{a, c}, Zeros: []int64{b, d}}
}

// One flag has closed forms: the odds ratio is ad/(bc), and its variance the sum of
// the reciprocal counts (B. Woolf 1955, Annals of Human Genetics 19, 251–253).
func TestLogitTwoByTwo(t *testing.T) {
	for _, c := range [][4]int64{{30, 12, 45, 90}, {3, 6, 58627, 67337}, {1, 1, 1, 1}} {
		f := fitLogit(t, twoByTwo(c[0], c[1], c[2], c[3]), LogitOptions{})
		a, b, cc, d := float64(c[0]), float64(c[1]), float64(c[2]), float64(c[3])
		x := f.Coefficients[1]
		check.Close(t, "odds ratio", x.Effect.Value, a*d/(b*cc), 1e-12)
		check.Close(t, "standard error", x.SE, math.Sqrt(1/a+1/b+1/cc+1/d), 1e-12)
		check.Close(t, "intercept", f.Coefficients[0].Estimate.Value, math.Log(cc/d), 1e-12)
	}
}

// Firth's fit of one flag is the plain one with half a row added to every cell.
func TestFirthTwoByTwo(t *testing.T) {
	for _, c := range [][4]int64{{30, 12, 45, 90}, {103, 0, 45, 90}, {0, 7, 5, 9}} {
		f := fitLogit(t, twoByTwo(c[0], c[1], c[2], c[3]), LogitOptions{Firth: true})
		a, b, cc, d := float64(c[0])+0.5, float64(c[1])+0.5, float64(c[2])+0.5, float64(c[3])+0.5
		check.Close(t, "odds ratio", f.Coefficients[1].Effect.Value, a*d/(b*cc), 1e-6)
	}
}

// An empty cell makes one coefficient infinite, and leaves the others what the other
// rows say.
func TestLogitSeparation(t *testing.T) {
	data := &LogitData{Terms: []LogitTerm{{Name: "flag", Codes: []uint32{0, 1, 2}, Levels: []string{"SF", "REJ", "RSTOS0"}}},
		Ones: []int64{40, 50, 103}, Zeros: []int64{160, 10, 0}}
	f := fitLogit(t, data, LogitOptions{})
	if f.Separation.Kind != QuasiComplete || f.Separation.Ones != 103 || f.Separation.Zeros != 0 {
		t.Errorf("separation %+v", f.Separation)
	}
	if c := f.Coefficients[2]; c.State != Infinite || c.Sign != 1 || !math.IsNaN(c.SE) || c.Name() != "flag=RSTOS0" {
		t.Errorf("%s: %+v", c.Name(), c)
	}
	check.Close(t, "flag=REJ", f.Coefficients[1].Effect.Value, 20, 1e-10)
	check.Close(t, "log likelihood", f.LogLik, 40*math.Log(0.2)+160*math.Log(0.8)+50*math.Log(5./6)+10*math.Log(1./6), 1e-12)
	profile, err := f.Profile(context.Background(), 2)
	if err != nil || !(profile.CI.Low > 1) || !math.IsInf(profile.CI.High, 1) {
		t.Errorf("profile of an infinite coefficient: %+v %v", profile.CI, err)
	}

	// The reference alone can be what separates.
	data.Terms[0].Ref = 2
	f = fitLogit(t, data, LogitOptions{})
	for _, c := range f.Coefficients {
		if c.State != Infinite {
			t.Errorf("%s against an empty reference has the state %d", c.Name(), c.State)
		}
	}
}

// No column separates, but the sum of two does.
func TestLogitSeparationTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	data := &LogitData{Terms: []LogitTerm{{Name: "a"}, {Name: "b"}}}
	for range 200 {
		a, b := r.NormFloat64(), r.NormFloat64()
		data.Terms[0].Values, data.Terms[1].Values = append(data.Terms[0].Values, a), append(data.Terms[1].Values, b)
		data.Ones, data.Zeros = append(data.Ones, count01(a+b > 0)), append(data.Zeros, count01(a+b <= 0))
	}
	if f := fitLogit(t, data, LogitOptions{}); f.Separation.Kind != Complete {
		t.Errorf("separation %v", f.Separation.Kind)
	}
}

// randomLogit is a model of a number and a category with known coefficients.
func randomLogit(seed uint64, n int, slope float64) *LogitData {
	r := rand.New(rand.NewPCG(seed, 7))
	data := &LogitData{Terms: []LogitTerm{{Name: "x"}, {Name: "c", Levels: []string{"a", "b", "c"}}}}
	for range n {
		x, code := math.Round(r.NormFloat64()*4), uint32(r.IntN(3))
		one := r.Float64() < 1/(1+math.Exp(0.3-slope*x-0.5*float64(code)))
		data.Terms[0].Values, data.Terms[1].Codes = append(data.Terms[0].Values, x), append(data.Terms[1].Codes, code)
		data.Ones, data.Zeros = append(data.Ones, count01(one)), append(data.Zeros, count01(!one))
	}
	return data
}

func TestLogitProperties(t *testing.T) {
	ctx := context.Background()
	data := randomLogit(3, 3000, 0.2)
	f := fitLogit(t, data, LogitOptions{})
	patterns, place := data.Patterns()
	if len(patterns.Ones) >= 200 || len(place) != 3000 {
		t.Fatalf("%d patterns of %d rows", len(patterns.Ones), len(place))
	}
	merged := fitLogit(t, patterns, LogitOptions{Workers: 3})
	swapped := *patterns
	swapped.Ones, swapped.Zeros = patterns.Zeros, patterns.Ones
	other := fitLogit(t, &swapped, LogitOptions{})
	scaled := *patterns
	scaled.Terms = append([]LogitTerm(nil), patterns.Terms...)
	scaled.Terms[0].Values = nil
	for _, x := range patterns.Terms[0].Values {
		scaled.Terms[0].Values = append(scaled.Terms[0].Values, 1e6+1000*x)
	}
	stretched := fitLogit(t, &scaled, LogitOptions{})
	for j := range f.Coefficients {
		name := f.Coefficients[j].Name()
		check.Close(t, name+" by patterns", merged.Coefficients[j].Estimate.Value, f.Coefficients[j].Estimate.Value, 1e-9)
		check.Close(t, name+" error by patterns", merged.Coefficients[j].SE, f.Coefficients[j].SE, 1e-9)
		check.Close(t, name+" swapped", other.Coefficients[j].Estimate.Value, -merged.Coefficients[j].Estimate.Value, 1e-9)
	}
	check.Close(t, "per thousandth", stretched.Coefficients[1].Estimate.Value*1000, merged.Coefficients[1].Estimate.Value, 1e-8)
	tests, err := merged.TermTests(ctx)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := merged.Profile(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "profile at 0 is the term's ratio", profile.Statistic.Value, tests[0].Statistic.Value, 1e-6)
	if !(profile.CI.Low < merged.Coefficients[1].Estimate.Value && merged.Coefficients[1].Estimate.Value < profile.CI.High) {
		t.Errorf("profile %+v does not hold the estimate", profile.CI)
	}
}

// A column that says the same as others is named, and changes nothing.
func TestLogitAliased(t *testing.T) {
	data := randomLogit(5, 500, 0.2)
	plain := fitLogit(t, data, LogitOptions{})
	twice := LogitTerm{Name: "twice"}
	for _, x := range data.Terms[0].Values {
		twice.Values = append(twice.Values, 2*x+3)
	}
	data.Terms = append(data.Terms, twice)
	f := fitLogit(t, data, LogitOptions{})
	if c := f.Coefficients[4]; c.State != Aliased || f.Rank() != 4 {
		t.Errorf("%s: state %d, rank %d", c.Name(), c.State, f.Rank())
	}
	check.Close(t, "log likelihood", f.LogLik, plain.LogLik, 1e-12)
}

// Robust errors of a saturated model are those of the model, and a cluster for every
// row gives HC0 times n/(n−1).
func TestLogitErrors(t *testing.T) {
	table := twoByTwo(30, 12, 45, 90)
	model, robust := fitLogit(t, table, LogitOptions{}), fitLogit(t, table, LogitOptions{Errors: HC0Errors})
	check.Close(t, "saturated", robust.Coefficients[1].SE, model.Coefficients[1].SE, 1e-10)
	data := randomLogit(9, 400, 0.1)
	for i := range data.Ones {
		data.Cluster = append(data.Cluster, i)
	}
	hc0, clustered := fitLogit(t, data, LogitOptions{Errors: HC0Errors}), fitLogit(t, data, LogitOptions{Errors: ClusteredErrors})
	check.Close(t, "clusters of one", clustered.Coefficients[1].SE, hc0.Coefficients[1].SE*math.Sqrt(400./399), 1e-10)
}

// Under the null hypothesis p is uniform.
func TestLogitNull(t *testing.T) {
	const runs = 400
	below := 0
	for seed := range uint64(runs) {
		f := fitLogit(t, randomLogit(100+seed, 300, 0), LogitOptions{})
		if f.Coefficients[1].P < 0.2 {
			below++
		}
	}
	if share := float64(below) / runs; math.Abs(share-0.2) > 0.06 { // three standard errors
		t.Errorf("p is below 0.2 in %v of the runs", share)
	}
}

func TestLogitDiagnostics(t *testing.T) {
	data, _ := randomLogit(11, 1000, 0.3).Patterns()
	f := fitLogit(t, data, LogitOptions{})
	rows, err := f.Influence(context.Background(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	leverage, deviance := 0.0, 0.0
	for _, r := range rows {
		leverage += float64(r.Rows) * r.Leverage
		deviance += float64(r.Rows) * r.Deviance * r.Deviance
	}
	check.Close(t, "leverages add up to the coefficients", leverage, 4, 1e-9)
	check.Close(t, "squared residuals add up to the deviance", deviance, f.Measures().Deviance, 1e-9)
	var n, ones int64
	expected := 0.0
	for _, b := range f.Calibration(10) {
		n, ones, expected = n+b.N, ones+b.Ones, expected+float64(b.N)*b.Predicted
	}
	if n != f.N || ones != f.Ones {
		t.Errorf("bins hold %d rows and %d ones, want %d and %d", n, ones, f.N, f.Ones)
	}
	check.Close(t, "expected ones are observed ones", expected, float64(f.Ones), 1e-9)
}

func TestLogitRefuses(t *testing.T) {
	ctx := context.Background()
	bad := twoByTwo(1, 2, 3, 4)
	bad.Terms[0].Values[0] = math.NaN()
	short := twoByTwo(1, 2, 3, 4)
	short.Zeros = short.Zeros[:1]
	wide := twoByTwo(1, 2, 3, 4)
	wide.Terms = []LogitTerm{{Name: "wide", Codes: []uint32{0, 1}, Levels: make([]string, maxLogitColumns+2)}}
	for _, c := range []struct {
		data *LogitData
		want error
	}{{bad, ErrNotFinite}, {short, ErrLengths}, {wide, ErrTooMany}, {twoByTwo(1, 0, 2, 0), ErrTooFew}, {&LogitData{}, ErrTooFew}} {
		if _, err := FitLogit(ctx, c.data, LogitOptions{}); !errors.Is(err, c.want) {
			t.Errorf("error %v, want %v", err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := FitLogit(ctx, twoByTwo(1, 2, 3, 4), LogitOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Whatever small table it is given, a fit says what it cannot know.
func FuzzLogit(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 0, 5, 9, 9, 1, 0, 0, 3})
	f.Fuzz(func(t *testing.T, bytes []byte) {
		bytes = bytes[:min(len(bytes), 400)]
		data := &LogitData{Terms: []LogitTerm{{Name: "x"}, {Name: "c", Levels: []string{"a", "b", "c"}}}}
		for ; len(bytes) >= 4; bytes = bytes[4:] {
			data.Terms[0].Values = append(data.Terms[0].Values, float64(int8(bytes[0])))
			data.Terms[1].Codes = append(data.Terms[1].Codes, uint32(bytes[1])%3)
			data.Ones, data.Zeros = append(data.Ones, int64(bytes[2]%5)), append(data.Zeros, int64(bytes[3]%5))
		}
		for _, firth := range []bool{false, true} {
			fit, err := FitLogit(context.Background(), data, LogitOptions{Firth: firth})
			if err != nil {
				continue
			}
			for _, c := range fit.Coefficients {
				if fit.Converged && c.State == Estimated && math.IsNaN(c.SE) {
					t.Errorf("%s is estimated without an error", c.Name())
				}
			}
		}
	})
}

func ExampleFitLogit() {
	data := &LogitData{
		Terms: []LogitTerm{{Name: "flag", Levels: []string{"SF", "REJ", "RSTOS0"}, Codes: []uint32{0, 1, 2}}},
		Ones:  []int64{40, 50, 103}, // attacks of each flag
		Zeros: []int64{160, 10, 0},  // normal rows
	}
	fit, err := FitLogit(context.Background(), data, LogitOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("separation:", fit.Separation.Kind)
	for _, c := range fit.Coefficients[1:] {
		fmt.Printf("%s: odds ratio %.3g (%.3g to %.3g)\n", c.Name(), c.Effect.Value, c.Effect.CI.Low, c.Effect.CI.High)
	}
	// Output:
	// separation: quasi-complete
	// flag=REJ: odds ratio 20 (9.33 to 42.9)
	// flag=RSTOS0: odds ratio NaN (NaN to NaN)
}
