package eda_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func TestAnalyzeVarianceReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "anova.json", "anova1") {
		a, err := eda.AnalyzeVariance(context.Background(), e.grouped(t), eda.AnovaOptions{Features: []string{e.Params.Col}, By: e.Params.Group})
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		f := a.Features[0]
		df1, df2 := f.OneWay.DF()
		got := map[string]any{
			"/k": float64(len(f.Groups)), "/n": float64(f.N), "/ss_between": f.Between, "/ss_within": f.Within, "/ss_total": f.OneWay.Total(),
			"/df_between": df1, "/df_within": df2, "/ms_between": f.Between / df1, "/ms_within": f.Within / df2,
			"/F": f.F.Statistic.Value, "/p": f.F.P, "/log10p": f.F.Log10P,
			"/eta2": f.Effects[0].Value, "/omega2_raw": f.Effects[1].Value, "/omega2": max(0, f.Effects[1].Value), "/epsilon2_raw": f.Effects[2].Value,
			"/cohen_f": math.Sqrt(f.Effects[0].Value / (1 - f.Effects[0].Value)), "/kruskal/H": f.Ranks.Statistic.Value, "/kruskal/df": f.Ranks.DF[0],
			"/kruskal/p": f.Ranks.P, "/kruskal/log10p": f.Ranks.Log10P, "/kruskal/epsilon2": f.Ranks.Effect.Value, "/kruskal/eta2_H": f.Ranks.Terms[0].Values[0].Value,
		}
		if at := slices.IndexFunc(f.Robust, func(r stats.Result) bool { return r.Method == "Welch" }); at >= 0 {
			r := f.Robust[at]
			got["/welch/F"], got["/welch/df1"], got["/welch/df2"], got["/welch/p"], got["/welch/log10p"] = r.Statistic.Value, r.DF[0], r.DF[1], r.P, r.Log10P
		}
		for i, g := range f.Groups {
			path := "/groups/" + f.Names[i]
			got[path+"/n"], got[path+"/mean"], got[path+"/sd"] = float64(g.N), g.Mean, g.SD()
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

// labelled is a small table with a label of two normal and three attack levels.
const labelled = `bytes,count,proto,attack
10,1,tcp,normal
12,3,udp,normal
11,2,tcp,normal
0,200,tcp,neptune
1,220,udp,neptune
0,240,icmp,smurf
2,150,icmp,smurf
90,5,tcp,satan
80,9,udp,satan
85,7,tcp,
`

// TestAnalyzeVarianceCategories: the groups are the categories of the label, and rows
// without one do not count.
func TestAnalyzeVarianceCategories(t *testing.T) {
	src := opened(t, written(t, labelled), dataset.Options{})
	a, err := eda.AnalyzeVariance(context.Background(), src, eda.AnovaOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []dataset.LevelCount{{Level: "normal", N: 3}, {Level: "dos", N: 4}, {Level: "probe", N: 2}}
	if !slices.Equal(a.Groups, want) || a.Ungrouped != 1 || a.By != "attack (category)" {
		t.Errorf("groups %v of %s, %d rows in none; want %v", a.Groups, a.By, a.Ungrouped, want)
	}
	if len(a.Features) != 2 || a.Features[0].Posthoc != nil {
		t.Fatalf("features %+v", a.Features)
	}
	for _, f := range a.Features {
		if f.PAdjusted < f.F.P {
			t.Errorf("%s: adjusted p %v below p %v", f.Name, f.PAdjusted, f.F.P)
		}
	}
}

// TestAnalyzeVarianceGroups: groups that are chosen are compared in their order.
func TestAnalyzeVarianceGroups(t *testing.T) {
	src := opened(t, written(t, labelled), dataset.Options{})
	a, err := eda.AnalyzeVariance(context.Background(), src, eda.AnovaOptions{Features: []string{"bytes"}, By: "proto", Groups: []string{"udp", "tcp"}, Posthoc: eda.PosthocTukey})
	if err != nil {
		t.Fatal(err)
	}
	f := a.Features[0]
	if !slices.Equal(f.Names, []string{"udp", "tcp"}) || a.Ungrouped != 2 || f.N != 8 {
		t.Errorf("groups %v of %d values, %d rows in none", f.Names, f.N, a.Ungrouped)
	}
	if c := f.Posthoc.Comparisons; len(c) != 1 || !check.Near(c[0].PAdjusted, f.F.P, 1e-9, 0) {
		t.Errorf("comparisons %+v, want one with the p of F, %v", c, f.F.P)
	}
}

// TestAnalyzeVarianceWorkers: the answer does not depend on where the table is.
func TestAnalyzeVarianceWorkers(t *testing.T) {
	src := opened(t, written(t, labelled), dataset.Options{})
	table, err := dataset.Load(context.Background(), opened(t, written(t, labelled), dataset.Options{Jobs: 1}))
	if err != nil {
		t.Fatal(err)
	}
	for _, posthoc := range []eda.Posthoc{eda.PosthocGamesHowell, eda.PosthocDunn, eda.PosthocDunnett} {
		o := eda.AnovaOptions{Features: []string{"count"}, Posthoc: posthoc}
		a, err := eda.AnalyzeVariance(context.Background(), src, o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := eda.AnalyzeVariance(context.Background(), table, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Features[0].Posthoc.Comparisons) == 0 {
			t.Errorf("%v compares nothing", posthoc)
		}
		for i, c := range a.Features[0].Posthoc.Comparisons {
			if other := b.Features[0].Posthoc.Comparisons[i]; c.PAdjusted != other.PAdjusted || c.Effect != other.Effect {
				t.Errorf("%v: %+v in the file, %+v in memory", posthoc, c, other)
			}
		}
	}
}

func TestAnalyzeTwoWay(t *testing.T) {
	src := opened(t, written(t, labelled), dataset.Options{})
	r, err := eda.AnalyzeTwoWay(context.Background(), src, eda.TwoWayOptions{Features: []string{"count"}, And: "proto"})
	if err != nil {
		t.Fatal(err)
	}
	f := r.Features[0]
	if f.N != 9 || f.Empty != 2 || len(f.Sums) != 1 || len(f.Notes) == 0 {
		t.Errorf("%d values, %d empty cells, %d types, notes %v", f.N, f.Empty, len(f.Sums), f.Notes)
	}
}

func TestAnalyzeVarianceRefuses(t *testing.T) {
	for _, c := range []struct {
		o    eda.AnovaOptions
		says string
	}{
		{eda.AnovaOptions{By: "protocol"}, `no column "protocol"`},
		{eda.AnovaOptions{By: "bytes"}, "--type bytes=category"},
		{eda.AnovaOptions{Groups: []string{"r2l"}}, "it has normal, dos, probe"},
		{eda.AnovaOptions{Groups: []string{"dos", "dos"}}, "twice"},
		{eda.AnovaOptions{Groups: []string{"dos"}}, "two groups"},
		{eda.AnovaOptions{Features: []string{"proto"}}, "numbers"},
		{eda.AnovaOptions{Features: []string{"bytes"}, Posthoc: eda.PosthocDunnett, Control: "web"}, "--control"},
	} {
		_, err := eda.AnalyzeVariance(context.Background(), opened(t, written(t, labelled), dataset.Options{}), c.o)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: error %v, want one with %q", c.o, err, c.says)
		}
	}
}

// TestAnalyzeSummaries: groups given by n, mean and sd have the F of their values; that
// of R's PlantGrowth is 4.846.
func TestAnalyzeSummaries(t *testing.T) {
	const growth = "group,n,mean,sd\nctrl,10,5.032,0.58309138\ntrt1,10,4.661,0.79367568\ntrt2,10,5.526,0.44257330\n"
	a, err := eda.AnalyzeSummaries(context.Background(), opened(t, written(t, growth), dataset.Options{}), eda.AnovaOptions{Posthoc: eda.PosthocTukey})
	if err != nil {
		t.Fatal(err)
	}
	f := a.Features[0]
	if math.Abs(f.F.Statistic.Value-4.846) > 5e-4 || math.Abs(f.F.P-0.01591) > 5e-6 {
		t.Errorf("F = %v, p = %v", f.F.Statistic.Value, f.F.P)
	}
	for _, c := range []struct{ text, says string }{
		{"group,n,mean\na,2,3\n", `no column "sd"`},
		{"group,n,mean,sd\na,2.5,3,1\nb,4,4,1\n", "want a count"},
		{"group,n,mean,sd\na,2,3,-1\nb,4,4,1\n", "at least 0"},
		{"group,n,mean,sd\na,2,3,1\na,4,4,1\n", "two rows"},
		{"group,n,mean,sd\na,2,3,1\nb,4,,1\n", "needs a mean"},
		{"group,n,mean,sd\na,5,3,1\n", "two groups"},
	} {
		_, err := eda.AnalyzeSummaries(context.Background(), opened(t, written(t, c.text), dataset.Options{}), eda.AnovaOptions{})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: error %v, want one with %q", c.text, err, c.says)
		}
	}
}

func TestPosthocWords(t *testing.T) {
	for i, word := range eda.Posthocs() {
		p, err := eda.ParsePosthoc(word)
		if err != nil || int(p) != i || p.String() != word {
			t.Errorf("%q is read as %v (%v)", word, p, err)
		}
	}
	if _, err := eda.ParsePosthoc("scheffe"); err == nil || !strings.Contains(err.Error(), "games-howell") {
		t.Errorf("an unknown word: %v", err)
	}
}
