package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// summaryNumbers lists the figures of a summary by the names that the reference
// values use.
func summaryNumbers(s Summary) map[string]float64 {
	return map[string]float64{
		"/n": float64(s.N), "/missing": float64(s.Missing), "/distinct": float64(s.Distinct), "/zeros": float64(s.Zeros),
		"/sum": s.Sum, "/mean": s.Mean, "/var": s.Var, "/sd": s.SD, "/se": s.SE, "/cv": s.CV,
		"/min": s.Min, "/max": s.Max, "/range": s.Range, "/iqr": s.IQR, "/mad": s.MAD, "/mad_scaled": s.MADScaled,
		"/q01": s.Q01, "/q05": s.Q05, "/q25": s.Q25, "/q50": s.Q50, "/q75": s.Q75, "/q95": s.Q95, "/q99": s.Q99,
		"/skew_g1": s.Moments.MomentSkewness(), "/skew_G1": s.Skewness, "/skew_b1": s.Moments.MinitabSkewness(),
		"/kurt_g2": s.Moments.MomentKurtosis(), "/kurt_G2": s.Kurtosis, "/kurt_b2": s.Moments.MinitabKurtosis(),
	}
}

func TestSummarizeReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "describe.json", "describe") {
		x, missing := tables.sample(t, e)
		s := Summarize(tallyOf(t, x))
		s.Missing = missing
		got := summaryNumbers(s)
		compared += e.compare(t, got)
		// All is exact to the last bits: nothing may hide behind the absolute
		// tolerances, which are wide for values near 1e-200.
		want := map[string]float64{}
		flattenRef(want, "", e.Expected)
		for path, w := range want {
			if !check.Near(got[path], w, 1e-12, 1e-15*math.Abs(want["/sd"])) {
				t.Errorf("%s %s = %.17g, want %.17g to 12 digits", e.ID, path, got[path], w)
			}
		}
	}
	t.Logf("compared %d values", compared)
}

func TestSummarizeLevelsReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "describe.json", "describe_cat") {
		counts := map[string]int64{}
		var missing int64
		for _, level := range tables.table(t, e)[e.Params["col"].(string)] {
			if level == "" {
				missing++
				continue
			}
			counts[level]++
		}
		var levels []string
		for level := range counts {
			levels = append(levels, level)
		}
		slices.Sort(levels)
		got := map[string]float64{"/missing": float64(missing)}
		var ordered []int64
		for _, level := range levels {
			ordered = append(ordered, counts[level])
			got["/counts/"+level] = float64(counts[level])
		}
		s, err := SummarizeLevels(levels, ordered)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got["/n"], got["/distinct"], got["/top_freq"] = float64(s.N), float64(s.Distinct), float64(s.TopFreq)
		got["/entropy_nats"], got["/entropy_bits"], got["/gini_impurity"] = s.EntropyNats, s.EntropyBits, s.GiniImpurity
		if want := e.Expected["top"]; s.Top != want {
			t.Errorf("%s: top = %q, want %q", e.ID, s.Top, want)
		}
		delete(e.Expected, "top") // text, compared above
		compared += 1 + e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

// By hand, with Σ(x−mean)² = 488.9 from Python's statistics module; quantiles of
// type 7; the trimmed mean drops −4 and 21.
func TestSummarizeInline(t *testing.T) {
	s := Summarize(tallyOf(t, []float64{0, 0, 1, 2, 3, 5, 8, 13, 21, -4}))
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"n", float64(s.N), 10}, {"distinct", float64(s.Distinct), 9},
		{"zeros", float64(s.Zeros), 2}, {"negatives", float64(s.Negatives), 1},
		{"sum", s.Sum, 49}, {"mean", s.Mean, 4.9}, {"var", s.Var, 488.9 / 9}, {"sd", s.SD, math.Sqrt(488.9 / 9)},
		{"se", s.SE, math.Sqrt(48.89 / 9)}, {"cv", s.CV, math.Sqrt(488.9/9) / 4.9},
		{"min", s.Min, -4}, {"q05", s.Q05, -2.2}, {"q25", s.Q25, 0.25}, {"q50", s.Q50, 2.5}, {"q75", s.Q75, 7.25},
		{"q95", s.Q95, 17.4}, {"q999", s.Q999, 20.928}, {"max", s.Max, 21},
		{"range", s.Range, 25}, {"iqr", s.IQR, 7}, {"mad", s.MAD, 2.5}, {"mad scaled", s.MADScaled, 2.5 * 1.4826},
		{"trimmed mean", s.TrimmedMean, 4},
		{"entropy", s.Entropy, 0.2*math.Log(5) + 0.8*math.Log(10)},
		{"mode", s.Mode, 0}, {"mode count", float64(s.ModeCount), 2},
	} {
		check.Close(t, c.name, c.got, c.want, 1e-14)
	}
}

// Every figure of an empty sample but the counts is NaN; a constant has a place
// and no spread, and its shape does not exist.
func TestSummarizeDegenerate(t *testing.T) {
	empty := reflect.ValueOf(Summarize(Tally{}))
	for i := range empty.NumField() {
		if f := empty.Field(i); f.Kind() == reflect.Float64 && !math.IsNaN(f.Float()) {
			t.Errorf("%s of nothing is %v", empty.Type().Field(i).Name, f.Float())
		}
	}
	c := Summarize(tallyOf(t, []float64{5, 5, 5, 5, 5}))
	for name, got := range map[string]float64{"var": c.Var, "sd": c.SD, "se": c.SE, "cv": c.CV, "iqr": c.IQR, "mad": c.MAD, "entropy": c.Entropy} {
		check.Close(t, name+" of a constant", got, 0, 0)
	}
	for name, got := range map[string]float64{"skewness": c.Skewness, "kurtosis": c.Kurtosis} {
		check.Close(t, name+" of a constant", got, math.NaN(), 0)
	}
	check.Close(t, "trimmed mean of a constant", c.TrimmedMean, 5, 0)
	one := Summarize(tallyOf(t, []float64{7}))
	check.Close(t, "sd of one value", one.SD, math.NaN(), 0)
	check.Close(t, "median of one value", one.Q50, 7, 0)
	check.Close(t, "trimmed mean of one value", one.TrimmedMean, 7, 0)
}

// A power of two as the unit changes no digit, even where squares or fourth
// powers over- or underflow.
func TestSummarizeAnyScale(t *testing.T) {
	x := []float64{-3, 0.1, 0.2, 0.5, 0.5, 7, 11, 13.25}
	plain := Summarize(tallyOf(t, x))
	for _, exp := range []int{-1015, -600, -200, 200, 600, 1015} {
		scaled := make([]float64, len(x))
		for i, v := range x {
			scaled[i] = math.Ldexp(v, exp)
		}
		s := Summarize(tallyOf(t, scaled))
		unit := func(v float64) float64 { return math.Ldexp(v, exp) }
		for name, pair := range map[string][2]float64{
			"mean": {s.Mean, unit(plain.Mean)}, "sd": {s.SD, unit(plain.SD)}, "sum": {s.Sum, unit(plain.Sum)},
			"trimmed mean": {s.TrimmedMean, unit(plain.TrimmedMean)}, "mad": {s.MAD, unit(plain.MAD)},
			"cv": {s.CV, plain.CV}, "skewness": {s.Skewness, plain.Skewness}, "kurtosis": {s.Kurtosis, plain.Kurtosis},
		} {
			check.Close(t, fmt.Sprintf("%s times 2^%d", name, exp), pair[0], pair[1], 2e-15)
		}
	}
}

// Against sorting and averaging in the plainest way.
func TestSummarizeAgreesWithPlainFormulas(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		x := make([]float64, 1+rng.IntN(60))
		for i := range x {
			x[i] = math.Floor(6 * rng.NormFloat64())
		}
		s := Summarize(tallyOf(t, x))
		slices.Sort(x)
		median := Quantiles(x, 0.5)[0]
		distances := make([]float64, len(x))
		for i, v := range x {
			distances[i] = math.Abs(v - median)
		}
		slices.Sort(distances)
		check.Close(t, "mad", s.MAD, Quantiles(distances, 0.5)[0], 0)
		cut := len(x) / 10
		if want := added(x[cut : len(x)-cut]...).Mean; !check.Near(s.TrimmedMean, want, 1e-13, 1e-14) {
			t.Errorf("trimmed mean = %v, want %v", s.TrimmedMean, want)
		}
	}
}

func TestSummarizeGroup(t *testing.T) {
	tally, err := TallyOfGroups([]float64{1, 2, 3, 10, 20}, []int{0, 0, 0, 1, 1}, []string{"normal", "attack"})
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "mean of group 0", SummarizeGroup(tally, 0).Mean, 2, 0)
	check.Close(t, "mean of group 1", SummarizeGroup(tally, 1).Mean, 15, 0)
	check.Close(t, "mean of no group", SummarizeGroup(tally, 2).Mean, math.NaN(), 0)
	check.Close(t, "mean of all", Summarize(tally).Mean, 7.2, 1e-15)
}

func TestExtremes(t *testing.T) {
	tally := tallyOf(t, []float64{5, 1, 5, 9, 2, 2, 2})
	low, high := Extremes(tally, 2)
	if want := []ValueCount{{1, 1}, {2, 3}}; !slices.Equal(low, want) {
		t.Errorf("lowest %v, want %v", low, want)
	}
	if want := []ValueCount{{9, 1}, {5, 2}}; !slices.Equal(high, want) {
		t.Errorf("highest %v, want %v", high, want)
	}
	if low, high = Extremes(tally, 99); len(low) != 4 || len(high) != 4 {
		t.Errorf("%d lowest and %d highest of four values", len(low), len(high))
	}
	if low, high = Extremes(tally, -1); low != nil || high != nil {
		t.Errorf("extremes for -1: %v, %v", low, high)
	}
}

func TestSummarizeLevels(t *testing.T) {
	s, err := SummarizeLevels([]string{"udp", "tcp", "icmp", "gre"}, []int64{2, 4, 4, 0})
	if err != nil {
		t.Fatal(err)
	}
	if s.N != 10 || s.Distinct != 3 || s.Top != "icmp" || s.TopFreq != 4 {
		t.Errorf("got %+v", s)
	}
	nats := -0.2*math.Log(0.2) - 0.8*math.Log(0.4)
	check.Close(t, "entropy in nats", s.EntropyNats, nats, 1e-15)
	check.Close(t, "entropy in bits", s.EntropyBits, nats/math.Ln2, 1e-15)
	check.Close(t, "Gini impurity", s.GiniImpurity, 1-0.04-2*0.16, 1e-15)
	none, err := SummarizeLevels(nil, nil)
	if err != nil || none.N != 0 || !math.IsNaN(none.EntropyNats) || !math.IsNaN(none.GiniImpurity) {
		t.Errorf("no levels: %+v, %v", none, err)
	}
	one, err := SummarizeLevels([]string{"tcp"}, []int64{3})
	if err != nil || one.EntropyNats != 0 || one.GiniImpurity != 0 {
		t.Errorf("one level: %+v, %v", one, err)
	}
	if _, err := SummarizeLevels([]string{"a"}, nil); !errors.Is(err, ErrLengths) {
		t.Errorf("lengths: %v", err)
	}
	if _, err := SummarizeLevels([]string{"a"}, []int64{-1}); err == nil {
		t.Error("a negative count was accepted")
	}
	if _, err := SummarizeLevels([]string{"a", "a"}, []int64{1, 1}); err == nil {
		t.Error("a level that is there twice was accepted")
	}
}

func ExampleSummarize() {
	tally, err := TallyOf([]float64{181, 239, 235, 219, 217, 217, 212, 159, 210, 5450})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := Summarize(tally)
	fmt.Printf("n = %d, median = %.1f, mean = %.1f, trimmed mean = %.1f\n", s.N, s.Q50, s.Mean, s.TrimmedMean)
	// Output: n = 10, median = 217.0, mean = 733.9, trimmed mean = 216.2
}

func BenchmarkSummarize(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 125_973)
	for i := range x {
		x[i] = math.Exp(rng.NormFloat64())
	}
	tally := tallyOf(b, x)
	for b.Loop() {
		Summarize(tally)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tally.Len()), "ns/value")
}
