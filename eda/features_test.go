package eda

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// proposed returns what is proposed for a table in text form.
func proposed(t *testing.T, text string, o FeatureOptions) *Features {
	t.Helper()
	f, err := ProposeFeatures(t.Context(), openTable(t, text, dataset.Options{}), o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// openTable opens a text as a file.
func openTable(t *testing.T, text string, o dataset.Options) *dataset.File {
	t.Helper()
	f, err := dataset.OpenReader(t.Context(), "t.csv", strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func feature(t *testing.T, f *Features, name string) *Feature {
	t.Helper()
	c := f.candidate(name)
	if c == nil {
		t.Fatalf("%s is not proposed", name)
	}
	return c
}

// Columns that say nothing about the label have effects near 0, below as often as
// above, even where each level has few rows and could be learned by heart, and none
// of what is made from them is kept.
func TestFeaturesOfNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var b strings.Builder
	b.WriteString("src_bytes,dst_bytes,name,other,label\n")
	for range 4000 {
		fmt.Fprintf(&b, "%d,%d,n%d,o%d,%s\n", r.IntN(1000), r.IntN(1000), r.IntN(150), r.IntN(5), [2]string{"normal", "attack"}[r.IntN(2)])
	}
	f := proposed(t, b.String(), FeatureOptions{})
	if f.Measured != 4000 || len(f.Candidates) < 6 {
		t.Fatalf("%d rows measured for %d candidates", f.Measured, len(f.Candidates))
	}
	for k := range f.Candidates {
		c := &f.Candidates[k]
		// The standard error is 0.018.
		if e := c.Effect().Value; math.Abs(e) > 0.08 || c.Kept != NotKept {
			t.Errorf("%s has an effect of %.3f, and is kept: %v", c.Name, e, c.Kept)
		}
	}
	if len(f.Recipe.Derivations) > 0 || len(f.Findings) != 1 || !strings.Contains(f.Findings[0].Text, "No derived column") {
		t.Errorf("a recipe of %d, and findings %v", len(f.Recipe.Derivations), f.Findings)
	}
}

// Only the share of both tells the classes apart, and it is kept, with what is
// learned from all rows in the recipe.
func TestFeaturesGain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("src_bytes,dst_bytes,proto,label\n")
	for i := range 2000 {
		size, share, label := math.Exp(12*r.Float64()), 0.3, "normal"
		if i%2 == 0 {
			share, label = 0.7, "attack"
		}
		share += 0.2 * (r.Float64() - 0.5)
		fmt.Fprintf(&b, "%.0f,%.0f,%s,%s\n", 1000*size*share, 1000*size*(1-share), [3]string{"tcp", "udp", "icmp"}[i%3], label)
	}
	f := proposed(t, b.String(), FeatureOptions{})
	c := feature(t, f, "src_bytes_vs_dst_bytes")
	if c.Kept != ByGain || c.Effect().Value < 0.999 || c.SourceEffect > 0.4 || c.GainLow < 0.5 || !(c.GainLow <= c.Gain && c.Gain <= c.GainHigh) {
		t.Errorf("%+v", c)
	}
	if f.Candidates[0].Name != c.Name {
		t.Errorf("%s comes first", f.Candidates[0].Name)
	}
	// Sums of the same columns say nothing; i%2 and i%3 are independent.
	for _, name := range []string{"src_bytes_plus_dst_bytes", "proto_frequency"} {
		if c := feature(t, f, name); c.Kept != NotKept {
			t.Errorf("%s is kept: %v", name, c.Kept)
		}
	}
	frequency := feature(t, f, "proto_frequency")
	if want := []string{"icmp", "tcp", "udp"}; !slices.Equal(frequency.Levels, want) || math.Abs(frequency.Shares[0]-1.0/3) > 1e-3 {
		t.Errorf("levels %v with shares %v", frequency.Levels, frequency.Shares)
	}
}

// What the code measures by counts of codes is what a plain reading of the
// definition gives, pair of rows by pair of rows.
func TestFeaturesAgainstDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 300)
	label := sampledColumn{levels: []string{"attack", "normal"}, codes: make([]uint32, len(x))}
	for i := range x {
		label.codes[i] = uint32(r.IntN(2))
		x[i] = float64(r.IntN(8)) - float64(2*label.codes[i])
		if r.IntN(10) == 0 {
			x[i] = math.NaN()
		}
	}
	const n = 4
	classes := Classes{Normal: []string{"normal"}}
	f := newFolds(&label, classes, 1, FeatureOptions{Folds: n, Seed: 9})
	c := newSampledColumn(&dataset.Column{Name: "x", Kind: dataset.Number}, x)
	got := f.measure(scorerOf(&c), 0.95)
	if got.err != nil {
		t.Fatal(got.err)
	}
	var won, pairs float64
	for fold := range int8(n) {
		best, score := math.Inf(-1), func(float64) float64 { return 0 }
		for _, sign := range []float64{1, -1} {
			for _, gap := range []float64{99, -99} {
				try := func(v float64) float64 {
					if math.IsNaN(v) {
						return gap
					}
					return sign * v
				}
				if w, _ := wonPairs(f, x, try, func(k int8) bool { return k != fold }); w > best {
					best, score = w, try
				}
			}
		}
		w, p := wonPairs(f, x, score, func(k int8) bool { return k == fold })
		won, pairs = won+w, pairs+p
	}
	check.Close(t, "effect", got.result.Effect.Value, won/pairs, 1e-12)
}

// wonPairs counts the pairs of an attack and a normal row among some folds that the
// attack wins, less those it loses, and all pairs.
func wonPairs(f *folds, x []float64, score func(float64) float64, in func(int8) bool) (won, pairs float64) {
	for i := range x {
		for k := range x {
			if !in(f.of[i]) || !in(f.of[k]) || !f.attack[i] || f.attack[k] {
				continue
			}
			pairs++
			switch a, b := score(x[i]), score(x[k]); {
			case a > b:
				won++
			case a < b:
				won--
			}
		}
	}
	return won, pairs
}

// Learned shares, bins and pairs come from the rows outside the fold: a code that
// is only in the fold is scored like one never seen.
func TestLearners(t *testing.T) {
	counts := [2][]int64{{40, 0, 30, 0}, {0, 20, 0, 0}} // the third level is rare, the last code is missing
	if got := learnRates(counts); !(got[0] < got[3] && got[3] < got[1] && got[0] < got[2]) {
		t.Errorf("rates rank %v", got)
	}
	if got := learnFrequencies(counts); !(got[0] < got[2] && got[2] < got[1]) { // downwards: the rare is the attack
		t.Errorf("frequencies rank %v", got)
	}
	if got := learnPairs(counts); got[1] <= got[0] || got[1] <= got[2] {
		t.Errorf("pairs rank %v", got)
	}
	bins := binLearner([]float64{1, 2, 3})(counts)
	if bins[1] <= bins[0] || bins[1] <= bins[2] {
		t.Errorf("bins rank %v", bins)
	}
}

// Eight bins of 1 to 80 have R's quantile(1:80, 1:7/8) for limits.
func TestQuantileEdges(t *testing.T) {
	values, counts := make([]float64, 80), slices.Repeat([]int64{1}, 80)
	for i := range values {
		values[i] = float64(i + 1)
	}
	want := []float64{10.875, 20.75, 30.625, 40.5, 50.375, 60.25, 70.125}
	if got := quantileEdges(values, counts); !slices.Equal(got, want) {
		t.Errorf("edges %v, want %v", got, want)
	}
	if got := quantileEdges([]float64{0, 5, 9}, []int64{90, 5, 5}); !slices.Equal(got, []float64{0}) {
		t.Errorf("edges %v, want 0 alone", got)
	}
}

func TestIsCounterpart(t *testing.T) {
	yes := [][2]string{{"src_bytes", "dst_bytes"}, {"id.orig_h", "id.resp_h"}, {"sbytes", "dbytes"}, {"count", "srv_count"},
		{"dst_host_count", "dst_host_srv_count"}, {"Total Fwd Packet", "Total Bwd packets"}, {"same_srv_rate", "diff_srv_rate"}}
	for _, p := range yes {
		if !isCounterpart(p[0], p[1]) || isCounterpart(p[1], p[0]) {
			t.Errorf("%v are no counterparts in this order alone", p)
		}
	}
	for _, p := range [][2]string{{"src_bytes", "dst_count"}, {"src_bytes", "src_bytes"}, {"a", "b"}, {"", ""}, {"stcp", "ftcp"}} {
		if isCounterpart(p[0], p[1]) {
			t.Errorf("%v are counterparts", p)
		}
	}
}

// The same rows, options and seed give the same answer, whatever the cores, and
// another seed assigns other folds.
func TestFeaturesDeterministic(t *testing.T) {
	var b strings.Builder
	b.WriteString("ts,src_ip,service,src_bytes,label\n")
	for i := range 6000 {
		fmt.Fprintf(&b, "%d,10.0.0.%d,s%d,%d,%s\n", 1767225600+i/3, i*i%17, i%7, i*7919%1000, [2]string{"normal", "attack"}[i*i%3])
	}
	var first *Features
	for _, jobs := range []int{1, 3, runtime.GOMAXPROCS(0)} {
		f, err := ProposeFeatures(t.Context(), openTable(t, b.String(), dataset.Options{Jobs: jobs}), FeatureOptions{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = f
		}
		// NaN is not equal to itself, but prints alike.
		if fmt.Sprintf("%+v", *f) != fmt.Sprintf("%+v", *first) {
			t.Errorf("%d jobs give another answer", jobs)
		}
	}
	other := proposed(t, b.String(), FeatureOptions{Seed: 2})
	if reflect.DeepEqual(other.Candidates[0].Test.Effect, first.Candidates[0].Test.Effect) {
		t.Error("another seed changes nothing")
	}
	if c := feature(t, first, "connections_same_src_ip_last_2m"); c.Source != "" || c.Gain != c.Effect().Value {
		t.Errorf("what counts rows is compared with %q", c.Source)
	}
}

func TestFeaturesRefuse(t *testing.T) {
	const text = "ts,uid,a,b,note,label,attack_cat\n1767225600,c1,1,2,hello there,normal,x\n1767225601,c2,2,1,general,attack,y\n"
	for name, want := range map[string]string{
		"label": "the label itself", "attack_cat": "made from the label", "ts": "when the record began", "zz": "no column",
	} {
		_, err := ProposeFeatures(t.Context(), openTable(t, text, dataset.Options{}), FeatureOptions{Sources: []string{name}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", name, err, want)
		}
	}
	for _, o := range []FeatureOptions{{Folds: 1}, {Folds: 101}, {Window: -1}, {Window: math.NaN()}, {Rows: -1}, {Keep: -1}, {Limit: -1}, {MinGain: math.NaN()}, {Level: 2}} {
		if _, err := ProposeFeatures(t.Context(), openTable(t, text, dataset.Options{}), o); err == nil {
			t.Errorf("%+v are accepted", o)
		}
	}
	if _, err := ProposeFeatures(t.Context(), openTable(t, "a\n1\n1\n", dataset.Options{}), FeatureOptions{}); err == nil || !strings.Contains(err.Error(), "nothing can be derived") {
		t.Errorf("a constant column: error %v", err)
	}
}

// Without a label, or with too few rows of a class, features are proposed without
// an effect, and it is said why; rows out of order have no windows of time.
func TestFeaturesUnmeasured(t *testing.T) {
	var b strings.Builder
	b.WriteString("ts,src_bytes,dst_bytes,label\n")
	for i := range 30 {
		fmt.Fprintf(&b, "%d,%d,%d,normal\n", 1767225600-i, i, 2*i)
	}
	f := proposed(t, b.String(), FeatureOptions{Keep: 2})
	if f.Measured != 0 || len(f.Recipe.Derivations) != 2 || f.Candidates[0].Kept != AsAsked {
		t.Errorf("%d rows measured, %d kept", f.Measured, len(f.Recipe.Derivations))
	}
	said := strings.Join(f.Warnings, "\n")
	if !strings.Contains(said, "30 normal rows and 0 attacks") || !strings.Contains(said, "not in order of ts (row 2") {
		t.Errorf("warnings %q", said)
	}
	rows := proposed(t, b.String(), FeatureOptions{Rows: 10})
	if c := feature(t, rows, "mean_src_bytes_last_10_rows"); c.Derivation.Rows != 10 || c.Seconds != 0 {
		t.Errorf("%+v", c.Derivation)
	}
}

// More rows than the limit are measured by evenly spaced ones, which is said, and
// the folds are those of the rows' numbers.
func TestFeaturesSampled(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,label\n")
	for i := range 10000 {
		fmt.Fprintf(&b, "%d,%s\n", i%100, [2]string{"normal", "attack"}[i/7%2])
	}
	f := proposed(t, b.String(), FeatureOptions{Limit: 3000})
	if f.Rows != 10000 || f.Measured != 2500 || f.Recipe.Rows != 2500 {
		t.Errorf("%d of %d rows measured", f.Measured, f.Rows)
	}
	if !strings.Contains(strings.Join(f.Warnings, "\n"), "one row in 4: 2,500 of 10,000 rows") {
		t.Errorf("warnings %q", f.Warnings)
	}
}

// A fold holds its share of the rows, and no row's fold depends on another's.
func TestFoldOf(t *testing.T) {
	var counts [5]float64
	for row := range int64(50000) {
		counts[foldOf(1, row, 5)]++
	}
	chi := 0.0
	for _, n := range counts {
		chi += (n - 10000) * (n - 10000) / 10000
	}
	if logP := stats.LogChiSquaredSF(chi, 4); logP < math.Log(1e-4) {
		t.Errorf("folds of %v rows", counts)
	}
}

// A feature that finds scans but no floods says so; the label's own words give the
// families.
func TestFeaturesByCategory(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	b.WriteString("src_bytes,dst_bytes,attack\n")
	for i := range 3000 {
		label, share := [3]string{"normal", "neptune", "satan"}[i%3], r.Float64()
		if label == "satan" {
			share = 0.9
		}
		fmt.Fprintf(&b, "%.0f,%.0f,%s\n", 1e6*share, 1e6*(1-share), label)
	}
	f := proposed(t, b.String(), FeatureOptions{})
	if want := []string{dataset.CategoryDoS, dataset.CategoryProbe}; !slices.Equal(f.Categories, want) {
		t.Fatalf("categories %q, want %q", f.Categories, want)
	}
	// A share of 0.9 is above nine in ten of the normal rows: 2 · 0.9 - 1.
	c := feature(t, f, "src_bytes_vs_dst_bytes")
	if e := c.ByCategory; math.Abs(e[0]) > 0.08 || math.Abs(e[1]-0.8) > 0.08 {
		t.Errorf("effects %v on dos and probe", e)
	}
	if one := proposed(t, strings.ReplaceAll(b.String(), "satan", "smurf"), FeatureOptions{}); one.Categories != nil {
		t.Errorf("one category gives %q", one.Categories)
	}
}

// What a recipe adds to a file with unreadable cells can be asked everything that
// the columns of the file can be asked.
func TestExploreDerived(t *testing.T) {
	var b strings.Builder
	b.WriteString("src_bytes,dst_bytes,proto,attack\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%d,%d,%s,%s\n", i*i%91, i%17, [2]string{"tcp", "udp"}[i%2], [2]string{"normal", "neptune"}[i%3/2])
	}
	b.WriteString("12O0,3,tcp,normal\n")
	src, err := dataset.Derive(openTable(t, b.String(), dataset.Options{MaxBad: 0.1}), dataset.Recipe{Derivations: []dataset.Derivation{
		{Name: "share", Op: dataset.OpShare, Inputs: []string{"src_bytes", "dst_bytes"}},
		{Name: "pair", Op: dataset.OpPair, Inputs: []string{"proto", "proto"}, Pairs: [][2]string{{"tcp", "tcp"}}},
		{Name: "before", Op: dataset.OpWindowCount, Rows: 10, By: "proto"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Explore(t.Context(), src, ExploreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]int64{}
	for _, c := range e.Gaps.Columns {
		missing[c.Column.Name] = c.Missing
	}
	// The share is missing where both are 0, and where a cell cannot be read.
	zeros := int64(0)
	for i := range 200 {
		if i*i%91 == 0 && i%17 == 0 {
			zeros++
		}
	}
	if missing["src_bytes"] != 1 || missing["share"] != zeros+1 || missing["before"] != 0 {
		t.Errorf("missing cells %v, want %d in share", missing, zeros+1)
	}
}
