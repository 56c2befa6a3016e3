package eda_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// tailed is two groups of which the one with the smaller median has the greater mean.
func tailed() string {
	var b strings.Builder
	b.WriteString("bytes,side,flat,label\n")
	for i := range 40 {
		b.WriteString("2")
		b.WriteByte("0123456789"[i%10])
		b.WriteString("0,east,1,normal\n")
	}
	for i := range 39 {
		b.WriteByte("0123456789"[i%10])
		b.WriteString(",west,1,attack\n")
	}
	b.WriteString("999999,west,1,attack\n,west,1,attack\n")
	return b.String()
}

func means(t *testing.T, text string, o eda.TTestOptions) *eda.Means {
	t.Helper()
	m, err := eda.TTest(t.Context(), tableOf(t, text, dataset.Options{}), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTTestTailOpposesRanks(t *testing.T) {
	m := means(t, tailed(), eda.TTestOptions{Features: []string{"bytes"}})
	f := m.Features[0]
	if f.Verdict != eda.Opposed {
		t.Errorf("the verdict is %v", f.Verdict)
	}
	if got := f.Samples[1].Missing; got != 1 {
		t.Errorf("%d missing in attacks, want 1", got)
	}
	ranks, _ := f.Test(eda.Ranks)
	if d, r := f.Tests[0].Effect.Value, ranks.Effect.Value; d > 0 || r < 0.9 {
		t.Errorf("d = %v and r = %v, want below 0 and near 1", d, r)
	}
	logs, ok := f.Test(eda.LogMeans)
	if !ok || logs.Effect.Value < 0.8 {
		t.Error("no large difference of logarithms")
	}
	trimmed, ok := f.Test(eda.TrimmedMeans)
	if !ok || trimmed.P > 1e-10 {
		t.Error("no difference of trimmed means")
	}
}

// Turning the groups round turns the signs.
func TestTTestGroupsTurned(t *testing.T) {
	first := means(t, tailed(), eda.TTestOptions{Features: []string{"bytes"}, Alternative: stats.Less})
	second := means(t, tailed(), eda.TTestOptions{Features: []string{"bytes"}, Alternative: stats.Greater, By: "side", Groups: []string{"west", "east"}})
	for k, test := range first.Features[0].Tests {
		turned := second.Features[0].Tests[k]
		check.Close(t, test.Method+": p", turned.P, test.P, 1e-10)
		if test.Kind <= eda.TrimmedMeans {
			check.Close(t, test.Method+": estimate", turned.Estimate.Value, -test.Estimate.Value, 1e-12)
			check.Close(t, test.Method+": effect", turned.Effect.Value, -test.Effect.Value, 1e-12)
		}
	}
}

func TestTTestOneSampleAndPairs(t *testing.T) {
	const text = "before,after\n5,7\n6,9\n,3\n7,8\n9,9\n4,8\n"
	pairs := means(t, text, eda.TTestOptions{Design: eda.PairedSample, Paired: [2]string{"before", "after"}})
	f := pairs.Features[0]
	if f.Samples[0].N != 5 || f.Samples[0].Missing != 1 || f.Tests[0].Estimate.Value != -2 {
		t.Errorf("pairs: %+v", f.Samples[0])
	}
	check.Close(t, "share that differs", f.NonZero(), 0.8, 1e-15)
	// The same of the differences against 0.
	one := means(t, "d\n-2\n-3\n-1\n0\n-4\n", eda.TTestOptions{Design: eda.OneSample})
	for k, test := range one.Features[0].Tests {
		check.Close(t, test.Method, f.Tests[k].Log10P, test.Log10P, 1e-12)
	}
}

func TestTTestMistakes(t *testing.T) {
	const text = "x,flat,g\n1,5,a\n2,5,b\n3,5,c\n4,5,a\n"
	for name, c := range map[string]struct {
		o      eda.TTestOptions
		design bool // whether the mistake is in what was asked
		says   string
	}{
		"no groups":       {eda.TTestOptions{}, true, "--by"},
		"three levels":    {eda.TTestOptions{By: "g"}, true, "a, b, c"},
		"no such level":   {eda.TTestOptions{By: "g", Groups: []string{"a", "z"}}, true, "no such level"},
		"same level":      {eda.TTestOptions{By: "g", Groups: []string{"a", "a"}}, true, "two different"},
		"numbers for by":  {eda.TTestOptions{By: "x"}, true, "category"},
		"too few":         {eda.TTestOptions{By: "g", Groups: []string{"b", "c"}}, false, "too few"},
		"constant":        {eda.TTestOptions{Design: eda.OneSample, Features: []string{"flat"}}, false, "do not vary"},
		"one column":      {eda.TTestOptions{Design: eda.PairedSample, Paired: [2]string{"x", "x"}}, true, "two different"},
		"no such column":  {eda.TTestOptions{Design: eda.OneSample, Features: []string{"y"}}, false, `"y"`},
		"too many drawn":  {eda.TTestOptions{By: "g", Groups: []string{"a", "b"}, Features: []string{"x"}, Permutations: 1 << 30}, true, "at most"},
		"label by groups": {eda.TTestOptions{Normal: []string{"a"}}, false, "--label"},
	} {
		_, err := eda.TTest(t.Context(), tableOf(t, text, dataset.Options{}), c.o)
		var design *eda.DesignError
		if err == nil || errors.As(err, &design) != c.design || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestTTestFromSummaries(t *testing.T) {
	m, err := eda.TTestFromSummaries(t.Context(), tableOf(t, "group,n,mean,sd\na,10,0.75,1.789010\nb,10,2.33,2.002249\n", dataset.Options{}), eda.TTestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// t.test(extra ~ group, data = sleep) in R, of which these are the summaries.
	check.Close(t, "t", m.Features[0].Tests[0].Statistic.Value, -1.8608, 1e-4)
	check.Close(t, "p", m.Features[0].Tests[0].P, 0.07939, 2e-4)
	for text, says := range map[string]string{
		"group,n,mean\na,10,1\nb,10,2\n":                                        `"sd"`,
		"group,n,mean,sd\na,10,1,1\na,10,2,1\n":                                 "two summaries",
		"group,n,mean,sd\na,10,1,1\n":                                           "--group",
		"group,n,mean,sd\na,1.5,1,1\nb,10,2,1\n":                                "whole number",
		"group,n,mean,sd\na,10,1,-1\nb,10,2,1\n":                                "sd not below 0",
		"group,n,mean,sd\na,10,1,0\nb,10,2,0\n":                                 "do not vary",
		"group,n,mean,sd\na,many,1,1\nb,few,2,1\n":                              "not a number",
		"group,n,mean,sd\na,9,1,1\nb,9,2,1\nc,9,3,1\n":                          "--group",
		"feature,group,n,mean,sd\nf,a,9,1,1\nf,b,9,2,1\ng,a,9,3,1\ng,c,9,3,1\n": `no summary of group "b"`,
	} {
		if _, err := eda.TTestFromSummaries(t.Context(), tableOf(t, text, dataset.Options{}), eda.TTestOptions{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

// The answer does not depend on the number of workers, and a column whose numbers do not
// fit the budget is tested by a sample, or all, of its rows.
func TestTTestSources(t *testing.T) {
	whole := means(t, tailed(), eda.TTestOptions{Permutations: 200, Bootstraps: 200})
	small := means(t, tailed(), eda.TTestOptions{Permutations: 200, Bootstraps: 200, Budget: 1})
	f, err := dataset.OpenReader(t.Context(), "x.csv", strings.NewReader(tailed()), dataset.Options{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	streamed, err := eda.TTest(t.Context(), f, eda.TTestOptions{Permutations: 200, Bootstraps: 200})
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*eda.Means{"small budget": small, "streamed": streamed} {
		a, b := whole.Features[0], m.Features[0]
		for k := range a.Tests {
			if a.Tests[k].Log10P != b.Tests[k].Log10P || math.IsNaN(a.Tests[k].Log10P) {
				t.Errorf("%s: %s has log10 p = %v, want %v", name, a.Tests[k].Method, b.Tests[k].Log10P, a.Tests[k].Log10P)
			}
		}
		if *a.Bootstrap != *b.Bootstrap {
			t.Errorf("%s: bootstrap %+v, want %+v", name, *b.Bootstrap, *a.Bootstrap)
		}
	}
}

// The case that made the companions necessary: on the real records, the means of
// src_bytes hardly differ while nine pairs in ten do. Reference: R and SciPy.
func TestTTestOfKDD(t *testing.T) {
	src := loaded(t, opened(t, check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz"), dataset.Options{}))
	m, err := eda.TTest(t.Context(), src, eda.TTestOptions{Features: []string{"src_bytes", "dst_bytes"}})
	if err != nil {
		t.Fatal(err)
	}
	f := m.Features[0]
	ranks, _ := f.Test(eda.Ranks)
	logs, _ := f.Test(eda.LogMeans)
	check.Close(t, "d", f.Tests[0].Effect.Value, -0.012, 0.02)
	check.Close(t, "t", f.Tests[0].Statistic.Value, -1.96, 0.002)
	check.Close(t, "p", f.Tests[0].P, 0.0498, 0.001)
	check.Close(t, "rank-biserial", ranks.Effect.Value, 0.80, 0.005)
	check.Close(t, "log10 p of ranks", ranks.Log10P, -13820, 1e-4)
	check.Close(t, "d of logarithms", logs.Effect.Value, 2.14, 0.002)
	check.Close(t, "t of logarithms", logs.Statistic.Value, 373, 0.002)
	for _, f := range m.Features {
		if !f.Verdict.Disagrees() {
			t.Errorf("%s: means and ranks agree", f.Name)
		}
	}
}

// Every reference value of two groups that the label makes, by way of the question.
func TestTTestReferenceOfLabels(t *testing.T) {
	src := loaded(t, opened(t, check.Shared(t, "data", "nsl-kdd", "KDDTrain+_20Percent.txt"), dataset.Options{}))
	compared := 0
	for _, e := range refEntries(t, "ttest.json", "ttest2") {
		if e.Data.Header || e.Params.Group != "label" {
			continue
		}
		for method, pooled := range map[string]bool{"welch": false, "student": true} {
			m, err := eda.TTest(t.Context(), src, eda.TTestOptions{Features: []string{e.Params.Col}, Pooled: pooled})
			if err != nil {
				t.Fatal(err)
			}
			want, r := e.Expected[method].(map[string]any), m.Features[0].Tests[0]
			check.Close(t, e.ID+" t", r.Statistic.Value, want["t"].(float64), 1e-9)
			check.Close(t, e.ID+" df", r.DF[0], want["df"].(float64), 1e-9)
			check.Close(t, e.ID+" log10 p", r.Log10P, want["log10p"].(float64), 1e-8)
			check.Close(t, e.ID+" low", r.CI.Low, want["ci_low"].(float64), 1e-9)
			check.Close(t, e.ID+" high", r.CI.High, want["ci_high"].(float64), 1e-9)
			compared += 5
		}
	}
	if compared == 0 {
		t.Error("there is no reference value of labels")
	}
	t.Logf("compared %d values", compared)
}
