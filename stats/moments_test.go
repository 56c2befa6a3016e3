package stats

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// momentsNumbers lists every figure of m by name.
func momentsNumbers(m Moments) map[string]float64 {
	return map[string]float64{
		"n": float64(m.N), "mean": m.Mean, "sum": m.Sum(), "min": m.Min, "max": m.Max,
		"variance": m.Variance(), "sd": m.SD(), "se": m.SE(), "cv": m.CV(),
		"g1": m.MomentSkewness(), "G1": m.Skewness(), "b1": m.MinitabSkewness(),
		"g2": m.MomentKurtosis(), "G2": m.Kurtosis(), "b2": m.MinitabKurtosis(),
	}
}

// added returns the moments of x, one Add at a time.
func added(x ...float64) Moments {
	var m Moments
	for _, v := range x {
		m.Add(v)
	}
	return m
}

// Of 2, 4, 4, 4, 5, 5, 7, 9: mean 5, Σd² = 32, Σd³ = 42, Σd⁴ = 356, from which all
// figures follow by their definitions.
func TestMomentsOfSmallSample(t *testing.T) {
	x := []float64{2, 4, 4, 4, 5, 5, 7, 9}
	want := map[string]float64{
		"n": 8, "mean": 5, "sum": 40, "min": 2, "max": 9,
		"variance": 32.0 / 7, "sd": math.Sqrt(32.0 / 7), "se": math.Sqrt(4.0 / 7), "cv": math.Sqrt(32.0/7) / 5,
		"g1": 5.25 / 8, "G1": 5.25 / 8 * math.Sqrt(56) / 6, "b1": 5.25 / math.Pow(32.0/7, 1.5),
		"g2": 44.5/16 - 3, "G2": 7.0 / 30 * (9*(44.5/16-3) + 6), "b2": 44.5/math.Pow(32.0/7, 2) - 3,
	}
	exact, err := MomentsOf(x)
	if err != nil {
		t.Fatal(err)
	}
	for way, m := range map[string]Moments{"MomentsOf": exact, "Add": added(x...)} {
		for name, got := range momentsNumbers(m) {
			check.Close(t, way+" "+name, got, want[name], 1e-14)
		}
	}
}

func TestMomentsUndefined(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		m    Moments
		want map[string]float64
	}{
		{"empty", Moments{}, map[string]float64{"sum": nan, "variance": nan, "sd": nan, "se": nan, "cv": nan, "G1": nan, "g2": nan}},
		{"one value", added(3), map[string]float64{"sum": 3, "mean": 3, "variance": nan, "sd": nan, "se": nan, "cv": nan, "g1": nan}},
		{"two values", added(1, 3), map[string]float64{"variance": 2, "g1": 0, "G1": nan, "g2": -2, "G2": nan}},
		{"constant", added(5, 5, 5, 5), map[string]float64{"variance": 0, "cv": 0, "g1": nan, "G1": nan, "b1": nan, "g2": nan, "G2": nan, "b2": nan}},
		{"mean 0", added(-1, 1), map[string]float64{"cv": nan}},
		{"with NaN", added(1, nan, 2), map[string]float64{"n": 3, "mean": nan, "variance": nan}},
	} {
		got := momentsNumbers(c.m)
		for name, want := range c.want {
			check.Close(t, c.name+": "+name, got[name], want, 1e-15)
		}
	}
}

// Whatever way a sample is cut, its merged parts give the figures of the whole.
func TestMomentsMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		x := make([]float64, 2+rng.IntN(40))
		for i := range x {
			x[i] = 1e6 + math.Exp(rng.NormFloat64())
		}
		whole, err := MomentsOf(x)
		if err != nil {
			t.Fatal(err)
		}
		i := rng.IntN(len(x) + 1)
		j := i + rng.IntN(len(x)+1-i)
		a, b, c := added(x[:i]...), added(x[i:j]...), added(x[j:]...)

		left := a // (a + b) + c
		left.Merge(b)
		left.Merge(c)
		right := b // a + (b + c)
		right.Merge(c)
		start := a
		start.Merge(right)
		for name, want := range momentsNumbers(whole) {
			// Values near 1e6 that differ by 1 keep 10 digits of their differences.
			if !check.Near(momentsNumbers(left)[name], want, 1e-8, 1e-7) || !check.Near(momentsNumbers(start)[name], want, 1e-8, 1e-7) {
				t.Fatalf("%s of %d+%d+%d values = %v or %v, want %v", name, i, j-i, len(x)-j,
					momentsNumbers(left)[name], momentsNumbers(start)[name], want)
			}
		}
	}
}

func TestMomentsMergeEmpty(t *testing.T) {
	m := added(1, 2, 4)
	same := m
	same.Merge(Moments{})
	var empty Moments
	empty.Merge(m)
	if same != m || empty != m {
		t.Errorf("merging with the empty sample gives %+v and %+v, want %+v", same, empty, m)
	}
	many := added(1, 2, 2, 2, 7)
	var counted Moments
	counted.AddN(1, 1)
	counted.AddN(2, 3)
	counted.AddN(5, 0)
	counted.AddN(7, 1)
	for name, want := range momentsNumbers(many) {
		check.Close(t, "AddN "+name, momentsNumbers(counted)[name], want, 1e-14)
	}
}

// A hundred thousand values near 1e9 with variance 1: raw power sums give 34,225.
func TestMomentsKeepPrecisionBesideOffset(t *testing.T) {
	var m Moments
	x := make([]float64, 100_000)
	for i := range x {
		x[i] = 1e9 + float64(i%5) - 2 // variance 2 with divisor n
		m.Add(x[i])
	}
	want := 2 * float64(len(x)) / float64(len(x)-1)
	check.Close(t, "running variance", m.Variance(), want, 1e-7) // the running mean is rounded to 1e-7
	exact, err := MomentsOf(x)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "exact variance", exact.Variance(), want, 1e-15)
	check.Close(t, "exact kurtosis", exact.MomentKurtosis(), 34.0/5/4-3, 1e-14)
}

func TestNewMoments(t *testing.T) {
	m, err := NewMoments(8, 5, 32.0/7, 2, 9)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "variance", m.Variance(), 32.0/7, 1e-15)
	check.Close(t, "skewness", m.Skewness(), math.NaN(), 0)
	one, err := NewMoments(1, 5, math.NaN(), 5, 5)
	if err != nil || one.N != 1 || one.Mean != 5 {
		t.Errorf("one value: %+v, %v", one, err)
	}
	if none, err := NewMoments(0, math.NaN(), math.NaN(), math.NaN(), math.NaN()); err != nil || none != (Moments{}) {
		t.Errorf("no values: %+v, %v", none, err)
	}
	for _, bad := range [][5]float64{{-1, 0, 0, 0, 0}, {2, 0, -1, 0, 0}, {2, 5, 1, 0, 1}, {2, 0, 1, 1, -1}} {
		if _, err := NewMoments(int64(bad[0]), bad[1], bad[2], bad[3], bad[4]); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
	if _, err := NewMoments(3, math.Inf(1), 1, 0, 1); !errors.Is(err, ErrNotFinite) {
		t.Errorf("infinite mean: %v", err)
	}
}

func TestMomentsOfRefusesNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := MomentsOf([]float64{1, bad}); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: error %v", bad, err)
		}
		if _, err := Autocorrelation([]float64{1, bad, 2}, 1); !errors.Is(err, ErrNotFinite) {
			t.Errorf("autocorrelation with %v: error %v", bad, err)
		}
	}
}

// NIST StRD certified values of the constructed sets, which are small enough to
// write down here: NumAcc1, NumAcc2 and NumAcc3.
func TestNISTConstructedSets(t *testing.T) {
	alternating := func(offset float64) []float64 { // 1.2, then 1.1 and 1.3 five hundred times
		x := []float64{offset + 0.2}
		for range 500 {
			x = append(x, offset+0.1, offset+0.3)
		}
		return x
	}
	checkNIST(t, "NumAcc1", []float64{10000001, 10000003, 10000002}, 10000002, 1, -0.5, 14)
	checkNIST(t, "NumAcc2", alternating(1), 1.2, 0.1, -0.999, 14)
	checkNIST(t, "NumAcc3", alternating(1000000), 1000000.2, 0.1, -0.999, 9)
}

func TestNISTUnivariateReference(t *testing.T) {
	text, err := os.ReadFile(check.Shared(t, "data", "nist", "certified.json"))
	if err != nil {
		t.Fatal(err)
	}
	var certified struct {
		Sets map[string]struct {
			Kind, Mean, SD string
			N              int
			Lag1           string `json:"lag1_autocorr"`
		}
	}
	if err := json.Unmarshal(text, &certified); err != nil {
		t.Fatal(err)
	}
	compared := 0
	// How many digits of the certified figures are there to be had: the data, as
	// float64, are off by half a unit in their last place, and in two sets the
	// standard deviation is thousands or millions of times smaller than the values.
	attainable := map[string]float64{
		"Lew": 14, "Lottery": 14, "Mavro": 13, "NumAcc1": 14, "NumAcc2": 14, "NumAcc3": 9, "PiDigits": 14,
	}
	for name, set := range certified.Sets {
		digits, known := attainable[name]
		if !known {
			if set.Kind == "univariate" {
				t.Errorf("%s is not compared", name)
			}
			continue
		}
		x := readNIST(t, check.Shared(t, "data", "nist", "univariate", name+".txt"))
		if len(x) != set.N {
			t.Fatalf("%s: read %d values, want %d", name, len(x), set.N)
		}
		number := func(text string) float64 {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		compared += checkNIST(t, name, x, number(set.Mean), number(set.SD), number(set.Lag1), digits)
	}
	t.Logf("compared %d certified values", compared)
}

// checkNIST holds mean, standard deviation and lag-1 autocorrelation to the given
// number of matching significant digits; the mean always to 14.
func checkNIST(t *testing.T, name string, x []float64, mean, sd, lag1, digits float64) (compared int) {
	t.Helper()
	m, err := MomentsOf(x)
	if err != nil {
		t.Fatal(err)
	}
	viaTally := tallyOf(t, x).Moments(0)
	r, err := Autocorrelation(x, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what              string
		got, want, digits float64
	}{
		{"mean", m.Mean, mean, 14},
		{"sd", m.SD(), sd, digits},
		{"mean by tally", viaTally.Mean, mean, 14},
		{"sd by tally", viaTally.SD(), sd, digits},
		{"lag-1 autocorrelation", r, lag1, math.Min(digits, 13)},
	} {
		matching := 17.0
		if c.got != c.want {
			matching = -math.Log10(math.Abs(c.got-c.want) / math.Abs(c.want))
		}
		t.Logf("%s %s: %.1f digits", name, c.what, matching)
		agreement.near(nistUnivariate, name+": "+c.what, c.got, c.want, math.Pow(10, -c.digits), 0)
		if matching < c.digits {
			t.Errorf("%s %s = %.17g, want %.17g: %.1f digits", name, c.what, c.got, c.want, matching)
		}
		compared++
	}
	return compared
}

// readNIST reads the data of a NIST StRD univariate file: the lines that hold one
// number and nothing else.
func readNIST(t *testing.T, path string) []float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var x []float64
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if v, err := strconv.ParseFloat(strings.TrimSpace(lines.Text()), 64); err == nil {
			x = append(x, v)
		}
	}
	return x
}

func TestAutocorrelation(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5} // Σd² = 10; lag 1: 2+0+0+2 = 4; lag 4: −4
	for lag, want := range map[int]float64{0: 1, 1: 0.4, 2: -0.1, 4: -0.4} {
		got, err := Autocorrelation(x, lag)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, fmt.Sprintf("lag %d", lag), got, want, 1e-14)
	}
	_, negative := Autocorrelation(x, -1)
	_, long := Autocorrelation(x, 5)
	_, constant := Autocorrelation([]float64{2, 2, 2}, 1)
	if negative == nil || !errors.Is(long, ErrTooFew) || !errors.Is(constant, ErrConstant) {
		t.Errorf("errors %v, %v, %v", negative, long, constant)
	}
}

func ExampleMoments() {
	var monday, tuesday Moments
	for _, bytes := range []float64{181, 239, 235} {
		monday.Add(bytes)
	}
	tuesday.AddN(217, 2)
	monday.Merge(tuesday)
	fmt.Printf("n = %d, mean = %.1f, sd = %.2f\n", monday.N, monday.Mean, monday.SD())
	// Output: n = 5, mean = 217.8, sd = 22.92
}

func BenchmarkMomentsOf(b *testing.B) {
	x := make([]float64, 100_000)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	for b.Loop() {
		if _, err := MomentsOf(x); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/value")
}
