package eda_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func independence(t testing.TB, src dataset.Source, o eda.IndependenceOptions) *eda.Independence {
	t.Helper()
	d, err := eda.TestIndependence(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// outcomes are 24 rows: a flag, a code and a word against a label, with gaps.
func outcomes() string {
	var b strings.Builder
	b.WriteString("proto,code,logged_in,constant,attack\n")
	for i := range 24 {
		label, proto := "normal", []string{"tcp", "udp", "icmp"}[i%3]
		if i%2 == 1 {
			label = "neptune"
		}
		if i%8 == 7 {
			label = "satan"
		}
		if i == 5 {
			proto = ""
		}
		fmt.Fprintf(&b, "%s,%d,%d,x,%s\n", proto, 7*(i%4), i%2, label)
	}
	return b.String()
}

func TestIndependenceGroups(t *testing.T) {
	sources(t, outcomes(), func(t *testing.T, src dataset.Source) {
		d := independence(t, src, eda.IndependenceOptions{Features: []string{"proto"}})
		x := d.Tests[0]
		if d.By != "class" || d.Rows != 24 || !slices.Equal(x.Table.Cols, []string{"attack", "normal"}) || x.Pearson.Missing != 1 || x.Table.N != 23 {
			t.Errorf("by %s: %+v, %d missing", d.By, x.Table, x.Pearson.Missing)
		}
		if x := independence(t, src, eda.IndependenceOptions{Features: []string{"proto"}, By: "category"}).Tests[0]; !slices.Equal(x.Table.Cols, []string{"dos", "normal", "probe"}) {
			t.Errorf("categories %v", x.Table.Cols)
		}
		x = independence(t, src, eda.IndependenceOptions{Features: []string{"proto"}, By: "attack", Groups: []string{"neptune", "normal"}}).Tests[0]
		if !slices.Equal(x.Table.Cols, []string{"neptune", "normal"}) || x.Other != 3 {
			t.Errorf("groups %v, %d others", x.Table.Cols, x.Other)
		}
		if x := independence(t, src, eda.IndependenceOptions{Features: []string{"code"}}).Tests[0]; !slices.Equal(x.Table.Rows, []string{"0", "14", "21", "7"}) {
			t.Errorf("levels of a number: %v", x.Table.Rows)
		}
		all := independence(t, src, eda.IndependenceOptions{})
		if len(all.Tests) != 2 || all.Tests[0].Name != "logged_in" || len(all.LeftOut) != 1 || !strings.Contains(all.LeftOut[0], "constant is left out: it is x in every row") {
			t.Errorf("%d columns, left out %v", len(all.Tests), all.LeftOut)
		}
		if one := all.Tests[0].OneGroup; len(one) != 2 || all.Tests[0].Exact == nil || all.Tests[0].Shares == nil {
			t.Errorf("levels of one group: %+v", one)
		}
	})
}

func TestIndependenceErrors(t *testing.T) {
	src := tableOf(t, outcomes(), dataset.Options{})
	for _, c := range []struct {
		o    eda.IndependenceOptions
		want string
	}{
		{eda.IndependenceOptions{Features: []string{"constant"}}, "it is x in every row"},
		{eda.IndependenceOptions{Features: []string{"prto"}}, `did you mean "proto"`},
		{eda.IndependenceOptions{By: "prto"}, `did you mean "proto"`},
		{eda.IndependenceOptions{Features: []string{"proto"}, By: "proto"}, "choose another"},
		{eda.IndependenceOptions{Normal: []string{"fine"}}, "no such level"},
		{eda.IndependenceOptions{Features: []string{"proto"}, By: "attack", Groups: []string{"nobody"}}, "no such group"},
		{eda.IndependenceOptions{TableOptions: eda.TableOptions{Level: 2}}, "confidence level"},
	} {
		if _, err := eda.TestIndependence(context.Background(), src, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.o, err, c.want)
		}
	}
	if _, err := eda.TestIndependence(context.Background(), tableOf(t, "a,b\nx,y\nz,w\n", dataset.Options{}), eda.IndependenceOptions{}); err == nil || !strings.Contains(err.Error(), "--by") {
		t.Errorf("without a label: %v", err)
	}
}

// inFile reports whether an entry's columns are those of its file, or the label.
func (e *refEntry) inFile() bool {
	return e.Data.Header || !slices.ContainsFunc(e.Columns, func(c string) bool { return c != "label" && !slices.Contains(kddColumns, c) })
}

func TestIndependenceReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "chisq.json", "chisq") {
		if !e.inFile() {
			continue
		}
		src := e.source(t, dataset.Category, e.Columns...)
		d := independence(t, src, eda.IndependenceOptions{Features: e.Columns[:1], By: e.Columns[1]})
		compared += e.compare(t, independenceNumbers(d.Tests[0]))
	}
	t.Logf("%d values compared", compared)
}

// independenceNumbers returns the figures of a test by the names of the reference
// values.
func independenceNumbers(x *eda.TableTest) map[string]any {
	got := map[string]any{
		"/n": float64(x.Table.N), "/rows": float64(len(x.Table.Rows)), "/cols": float64(len(x.Table.Cols)),
		"/chi2": x.Pearson.Statistic.Value, "/df": x.Pearson.DF[0], "/p": x.Pearson.P, "/log10p": x.Pearson.Log10P,
		"/min_expected": x.Expected.Min, "/cells_expected_below5": float64(x.Expected.Below5),
		"/cramers_v": x.V.Value, "/cramers_v_bias_corrected": x.Pearson.Effect.Value, "/contingency_c": x.Measures.ContingencyC,
		"/tschuprow_t": x.Measures.TschuprowT, "/phi2": x.Measures.Phi2,
		"/G": x.G.Statistic.Value, "/G_p": x.G.P, "/G_log10p": x.G.Log10P,
	}
	if x.Yates != nil {
		got["/yates_chi2"], got["/yates_p"], got["/yates_log10p"] = x.Yates.Statistic.Value, x.Yates.P, x.Yates.Log10P
	}
	for _, c := range x.Cells {
		at := "/" + c.Row + "/" + c.Col
		got["/observed"+at], got["/expected"+at] = float64(c.Observed), c.Expected
		got["/pearson_residuals"+at], got["/adjusted_residuals"+at] = c.Residual, c.AdjResidual
	}
	return got
}

func TestPairedReference(t *testing.T) {
	e := refEntries(t, "chisq.json", "mcnemar")[0] // the other is a table whose sides have other names
	p, err := eda.TestPaired(context.Background(), e.source(t, dataset.Category, e.Columns...), e.Columns[0], e.Columns[1], 0)
	if err != nil {
		t.Fatal(err)
	}
	m := p.Test
	e.compare(t, map[string]any{
		"/b": float64(m.Discord[0]), "/c": float64(m.Discord[1]), "/p_exact": m.Exact.P,
		"/chi2": m.Plain.Statistic.Value, "/p": m.Plain.P, "/chi2_cc": m.Corrected.Statistic.Value, "/p_cc": m.Corrected.P,
	})
}

func TestStrataReference(t *testing.T) {
	for _, e := range refEntries(t, "chisq.json", "cmh") {
		s, err := eda.TestStrata(context.Background(), e.source(t, dataset.Category, e.Columns...), e.Columns[2],
			eda.IndependenceOptions{Features: e.Columns[:1], By: e.Columns[1]})
		if err != nil {
			t.Fatal(err)
		}
		m := s.Test
		e.compare(t, map[string]any{
			"/n": float64(m.Plain.N[0]), "/strata": float64(m.Used), "/M2": m.Plain.Statistic.Value, "/p": m.Plain.P, "/log10p": m.Plain.Log10P,
			"/M2_cc": m.Corrected.Statistic.Value, "/p_cc": m.Corrected.P,
			"/common_or": m.Plain.Estimate.Value, "/or_ci_low": m.Plain.CI.Low, "/or_ci_high": m.Plain.CI.High,
			"/breslow_day": m.Homogeneity.Statistic.Value, "/breslow_day_p": m.Homogeneity.P,
			"/breslow_day_tarone": m.Tarone.Statistic.Value, "/breslow_day_tarone_p": m.Tarone.P,
		})
	}
}

// What is known of NSL-KDD by counting it with Python's fractions; log10 p follows from
// chi-square by the series of the incomplete gamma function.
func TestIndependenceOfServices(t *testing.T) {
	src := opened(t, check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz"), dataset.Options{})
	d := independence(t, src, eda.IndependenceOptions{Features: []string{"service", "protocol_type", "flag"}, TableOptions: eda.TableOptions{Adjust: stats.BenjaminiHochberg, Seed: 1}})
	var names []string
	for _, x := range d.Tests {
		names = append(names, fmt.Sprintf("%s %.3f %.0f %.0f %.0f", x.Name, x.V.Value, x.Pearson.Statistic.Value, x.Pearson.DF[0], x.Pearson.Log10P))
	}
	if got, want := strings.Join(names, ", "), "service 0.860 93240 69 -20128, flag 0.775 75652 10 -16411, protocol_type 0.282 10029 2 -2178"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	x := d.Tests[0]
	if len(x.OneGroup) != 48 || x.Expected.Below5 != 17 || x.Expected.Cells != 140 || fmt.Sprintf("%.2f", x.Expected.Min) != "0.47" {
		t.Errorf("%d services of one class, %+v", len(x.OneGroup), x.Expected)
	}
	if x.Simulated == nil || x.Pooled == nil || x.Pooled.Expected.Min < 5 {
		t.Error("counts are sparse, but nothing is simulated, or not enough is pooled")
	}
}

func TestFit(t *testing.T) {
	sources(t, outcomes(), func(t *testing.T, src dataset.Source) {
		f, err := eda.TestFit(context.Background(), src, eda.FitOptions{Features: []string{"proto"}, Expected: []eda.ExpectedShare{{Level: "tcp", Share: 4}, {Level: "udp", Share: 2}, {Level: "icmp", Share: 1}, {Level: "gre", Share: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		x := f.Fits[0]
		// 8, 8, 7 and 0 of 23 where 11.5, 5.75, 2.875 and 2.875 are expected.
		if want := 3.5*3.5/11.5 + 2.25*2.25/5.75 + 4.125*4.125/2.875 + 2.875; !check.Near(x.Test.Pearson.Statistic.Value, want, 1e-12, 0) || x.Missing != 1 {
			t.Errorf("chi-square %v, want %v; %d missing", x.Test.Pearson.Statistic.Value, want, x.Missing)
		}
	})
	if _, err := eda.TestFit(context.Background(), tableOf(t, outcomes(), dataset.Options{}), eda.FitOptions{Features: []string{"proto"}, Expected: []eda.ExpectedShare{{Level: "tcp", Share: 1}, {Level: "udp", Share: 1}}}); err == nil {
		t.Error("a level that is not expected is no error")
	}
}

func TestCountsOf(t *testing.T) {
	wide := tableOf(t, "level,attack,normal\ntcp,3,4\nudp,0,2\n", dataset.Options{})
	long := tableOf(t, "level,class,n\nudp,normal,2\ntcp,attack,1\ntcp,normal,4\ntcp,attack,2\n", dataset.Options{})
	for name, table := range map[string]*dataset.Table{"wide": wide, "long": long} {
		c, level, _, err := eda.CountsOf(table)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Table()
		if level != "level" || fmt.Sprint(got.Rows, got.Cols, got.Counts) != "[tcp udp] [attack normal] [[3 4] [0 2]]" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, text := range []string{"a,b,c\nx,1,2.5\n", "a,b,c\nx,-1,2\n", "a,b,c,d\nx,1,,2\n", "a,b,c,d\nx,1,y,2\n", "a\nx\n"} {
		if _, _, _, err := eda.CountsOf(tableOf(t, text, dataset.Options{MaxBad: 1})); err == nil {
			t.Errorf("%q is taken for counts", text)
		}
	}
}

func TestCountsOfOneGroup(t *testing.T) {
	_, err := eda.TestCounts(context.Background(), tableOf(t, "level,x,y\na,3,0\nb,4,0\n", dataset.Options{}), eda.TableOptions{})
	if err == nil || !strings.Contains(err.Error(), "every row with a value is x") {
		t.Errorf("counts in one group: %v", err)
	}
}

func FuzzParseExpected(f *testing.F) {
	for _, seed := range []string{"tcp=0.8,udp=0.2", "a=b=1,c=2", "=1,x=", "a=1e999,b=NaN", ",,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shares, err := eda.ParseExpected(text)
		if err != nil {
			return
		}
		for _, s := range shares {
			if !(s.Share > 0) {
				t.Errorf("%q gives a share of %v", text, s.Share)
			}
		}
	})
}
