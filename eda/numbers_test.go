package eda_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func outliers(t testing.TB, src dataset.Source, o eda.OutlierOptions) *eda.Outliers {
	t.Helper()
	found, err := eda.FindOutliers(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFindOutliers(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		o := outliers(t, src, eda.OutlierOptions{Rows: 2})
		if o.TableRows != 30 || o.TukeyK != 1.5 || o.ModZ != 3.5 || o.Label != "attack" {
			t.Errorf("outliers %+v", o)
		}
		names := map[string]bool{}
		for _, r := range o.Rules {
			names[r.Column] = true
		}
		for name, want := range map[string]bool{"src_bytes": true, "num_root": true, "last_flag": true, "logged_in": false, "attack": false} {
			if names[name] != want {
				t.Errorf("rules for %s: %v", name, !want)
			}
		}
		tukey, modz := o.Rules[0], o.Rules[1]
		if tukey.Column != "src_bytes" || tukey.Method != "tukey" || tukey.N != 27 || tukey.Below != 0 || tukey.Above != 1 || tukey.Lower != -242.5 || tukey.Upper != 521.5 {
			t.Errorf("src_bytes: %+v", tukey)
		}
		if modz.Method != "modified_z" || modz.Above != 1 || modz.Why != "" {
			t.Errorf("src_bytes: %+v", modz)
		}
		check.Close(t, "modified z limit", modz.Upper, 170+3.5/0.6745*90, 1e-14)
		for _, r := range o.Rules {
			if r.Column == "num_root" && r.Method == "modified_z" && (r.Why == "" || r.Total() != 0) {
				t.Errorf("num_root: %+v", r)
			}
		}
		same(t, "rows", o.Rows[0], eda.OutlierRow{Column: "src_bytes", Value: 10000, Row: 30, Line: 32, Label: "neptune"})
		// serror_rate has quartiles 0 and 0.5 and nothing beyond 1.25 but 1.5; of the
		// seven rows in which last_flag is not 21, the farthest come first.
		var rest []eda.OutlierRow
		for _, r := range o.Rows[1:] {
			if r.Column == "serror_rate" || r.Column == "last_flag" {
				rest = append(rest, r)
			}
		}
		same(t, "other rows", rest, []eda.OutlierRow{
			{Column: "serror_rate", Value: 1.5, Row: 18, Line: 20, Label: "normal"},
			{Column: "last_flag", Value: 9, Row: 13, Line: 15},
			{Column: "last_flag", Value: 15, Row: 11, Line: 13, Label: "neptune"},
		})
	})
}

// Rows left by a filter are numbered anew and keep their lines.
func TestFindOutliersWhere(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		o := outliers(t, where(t, src, `attack == "neptune"`), eda.OutlierOptions{Features: []string{"src_bytes"}, Rows: 5})
		same(t, "rows", o.Rows, []eda.OutlierRow{
			{Column: "src_bytes", Value: 10000, Row: 11, Line: 32, Label: "neptune"},
			{Column: "src_bytes", Value: 44, Row: 1, Line: 13, Label: "neptune"},
		})
	})
}

func TestFindOutliersErrors(t *testing.T) {
	src := tableOf(t, flows, dataset.Options{})
	for _, o := range []eda.OutlierOptions{
		{TukeyK: -1}, {ModZ: -3}, {TukeyK: math.NaN()}, {ModZ: math.Inf(1)}, {Features: []string{"service"}}, {Features: []string{"nothing"}},
	} {
		if _, err := eda.FindOutliers(context.Background(), src, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	labelled := tableOf(t, "a,label\n1,4\n2,5\n", dataset.Options{Types: map[string]dataset.Kind{"label": dataset.Number}})
	for _, r := range outliers(t, labelled, eda.OutlierOptions{}).Rules {
		if r.Column == "label" {
			t.Error("the label has a rule")
		}
	}
	empty := tableOf(t, "a,b\n1,\n2,\n", dataset.Options{})
	if o := outliers(t, empty, eda.OutlierOptions{Features: []string{"b"}, Rows: 3}); len(o.Rules) != 0 || len(o.Rows) != 0 {
		t.Errorf("a column without a value has rules %+v", o.Rules)
	}
}

func TestExtremes(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		p := described(t, src, "src_bytes", "num_root", "logged_in", "service")
		list, err := eda.Extremes(context.Background(), src, p, 3)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "extremes", list, []eda.Extreme{
			{Column: "src_bytes", High: true, Value: 10000, N: 1, Line: 32},
			{Column: "src_bytes", High: true, Value: 290, N: 1, Line: 31},
			{Column: "src_bytes", High: true, Value: 280, N: 1, Line: 30},
			{Column: "src_bytes", Value: 10, N: 1, Line: 2},
			{Column: "src_bytes", Value: 20, N: 3, Line: 3},
			{Column: "src_bytes", Value: 40, N: 1, Line: 5},
			{Column: "num_root", High: true, Value: 2.5, N: 1, Line: 23},
			{Column: "num_root", High: true, Value: 0, N: 29, Line: 2},
		})
		none, err := eda.Extremes(context.Background(), src, p, 0)
		if none != nil || err != nil {
			t.Errorf("no extremes: %v, %v", none, err)
		}
	})
}

// v is twice x, z falls where x rises, and c does not vary.
const lines = `x,v,z,c,word
1,2,9,5,a
2,4,,5,b
3,6,7,5,a
4,8,6,5,b
5,10,5,5,c
`

func TestCorrelate(t *testing.T) {
	sources(t, lines, func(t *testing.T, src dataset.Source) {
		for _, method := range []stats.CorrelationMethod{stats.Pearson, stats.Spearman, stats.Kendall} {
			c, err := eda.Correlate(context.Background(), src, eda.CorrelateOptions{Method: method, Adjust: stats.Bonferroni, Level: 0.9})
			if err != nil {
				t.Fatal(err)
			}
			if c.Rows != 5 || len(c.Pairs) != 3 || len(c.Warnings) != 0 {
				t.Fatalf("%s: %d rows, %d pairs, %q", method, c.Rows, len(c.Pairs), c.Warnings)
			}
			same(t, "constant", c.Constant, []string{"c"})
			for _, p := range c.Pairs {
				r, n := -1.0, int64(4)
				if p.A+p.B == "xv" {
					r, n = 1, 5
				}
				check.Close(t, method.String()+" of "+p.A+" and "+p.B, p.Estimate.Value, r, 1e-15)
				check.Close(t, "adjusted p", p.PAdjusted, math.Min(1, 3*p.P), 1e-12)
				if p.N[0] != n || p.Missing != 5-n {
					t.Errorf("%s of %s and %s: %d rows, %d missing", method, p.A, p.B, p.N[0], p.Missing)
				}
			}
			if len(c.Redundant) != 1 || c.Redundant[0].Proposal() != "Keep x: it has the fewest gaps; of those it comes first. Drop v, z." {
				t.Errorf("redundant %+v", c.Redundant)
			}
		}
		c, err := eda.Correlate(context.Background(), src, eda.CorrelateOptions{Features: []string{"z", "x", "Z"}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "names", c.Matrix.Names, []string{"z", "x"})
		if p := c.Pairs[0]; p.PAdjusted != p.P || p.Log10PAdjusted != p.Log10P || p.CI.Level != 0.95 {
			t.Errorf("unadjusted pair %+v", p)
		}
	})
}

// Columns that name the row are not correlated, pairs are sorted by absolute
// value, and p-values that are not adjusted are those of the tests.
func TestCorrelateOrder(t *testing.T) {
	src := tableOf(t, "id,a,b,c\n1,1,5,1\n2,2,6,4\n3,3,4,2\n4,4,3,5\n5,5,1,3\n6,6,2,6\n", dataset.Options{})
	c, err := eda.Correlate(context.Background(), src, eda.CorrelateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "names", c.Matrix.Names, []string{"a", "b", "c"})
	var pairs []string
	for _, p := range c.Pairs {
		pairs = append(pairs, p.A+p.B)
		if p.PAdjusted != p.P {
			t.Errorf("%s and %s: p %v, adjusted by nothing %v", p.A, p.B, p.P, p.PAdjusted)
		}
	}
	// Of permutations of 1 to 6, r is 1 − Σd²/35 with d their differences.
	same(t, "pairs", pairs, []string{"ab", "ac", "bc"})
	for i, r := range []float64{1 - 66.0/35, 1 - 10.0/35, 1 - 48.0/35} {
		check.Close(t, pairs[i], c.Pairs[i].Estimate.Value, r, 1e-14)
	}
}

func TestCorrelateErrors(t *testing.T) {
	src := tableOf(t, lines, dataset.Options{})
	for want, o := range map[string]eda.CorrelateOptions{
		"word":         {Features: []string{"x", "word"}},
		"there is 1":   {Features: []string{"x", "c"}},
		"there are 0":  {Features: []string{"c"}},
		"did you mean": {Features: []string{"wrd"}},
		"level":        {Level: 2},
	} {
		if _, err := eda.Correlate(context.Background(), src, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", o, err, want)
		}
	}
}

// Of 30 rows, 10 are ax, 5 ay, 3 bx and 12 by, so that chi-square is
// 30·(10·12−5·3)²/(15·15·13·17); two more miss a value.
func crossed() string {
	text := "p,q,flag,one,n\n"
	for cell, n := range map[string]int{"a,x": 10, "a,y": 5, "b,x": 3, "b,y": 12} {
		text += strings.Repeat(cell+","+map[string]string{"x": "0", "y": "1"}[cell[2:]]+",w,7\n", n)
	}
	return text + ",x,0,w,8\nb,,,w,9\n"
}

func TestAssociate(t *testing.T) {
	sources(t, crossed(), func(t *testing.T, src dataset.Source) {
		a, err := eda.Associate(context.Background(), src, eda.AssociateOptions{Adjust: stats.Bonferroni})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "names", a.Names, []string{"p", "q", "flag"})
		same(t, "constant", a.Constant, []string{"one"})
		if a.Rows != 32 || len(a.Pairs) != 3 || a.LeftOut != nil {
			t.Fatalf("%d rows, %d pairs, left out %q", a.Rows, len(a.Pairs), a.LeftOut)
		}
		// q and flag say the same in all 31 rows that have both.
		if p := a.Pairs[0]; p.A != "q" || p.B != "flag" || p.V.Value != 1 || p.Measures.N != 31 || p.Test.Missing != 1 || p.V.Magnitude != "large" {
			t.Errorf("strongest pair %+v", p)
		}
		p := a.Pairs[1]
		chi2 := 30 * 105.0 * 105 / (15 * 15 * 13 * 17)
		if p.A != "p" || p.B != "q" || p.Measures.N != 30 || p.Test.Missing != 2 {
			t.Errorf("second pair %+v", p)
		}
		check.Close(t, "chi-square", p.Test.Statistic.Value, chi2, 1e-14)
		check.Close(t, "V", p.V.Value, math.Sqrt(chi2/30), 1e-14)
		check.Close(t, "adjusted p", p.PAdjusted, 3*p.Test.P, 1e-12)
		if a.V[0][1] != p.Corrected.Value || a.V[1][0] != p.Corrected.Value || a.V[0][0] != 1 {
			t.Errorf("V %v", a.V)
		}
	})
}

func TestAssociateErrors(t *testing.T) {
	src := tableOf(t, crossed(), dataset.Options{})
	for want, o := range map[string]eda.AssociateOptions{
		"--type n=category": {Features: []string{"p", "n"}},
		"there is 1":        {Features: []string{"p", "one"}},
		"level":             {Level: -1},
	} {
		if _, err := eda.Associate(context.Background(), src, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", o, err, want)
		}
	}
}

// Columns with many levels are left out, the largest first, and a flag's values
// that are no level count as missing.
func TestAssociateLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString("many,small,logged_in,su_attempted,root_shell,num_root,serror_rate\n")
	for i := range 2400 {
		b.WriteString("m" + strings.Repeat("x", i%1200/26) + string(rune('a'+i%1200%26)) + ",s" + string(rune('a'+i%3)) + "," + string(rune('0'+i%2)) + ",")
		b.WriteString([]string{"0", "1", "2", "0.5", "-1", "1000"}[i%6] + ",0,0,0\n")
	}
	a, err := eda.Associate(context.Background(), tableOf(t, b.String(), dataset.Options{}), eda.AssociateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "left out", a.LeftOut, []string{"many"})
	same(t, "constant", a.Constant, []string{"root_shell"})
	same(t, "names", a.Names, []string{"small", "logged_in", "su_attempted"})
	for _, p := range a.Pairs {
		if p.B == "su_attempted" && (p.Measures.N != 1200 || p.Test.Missing != 1200) {
			t.Errorf("%s and %s: %d rows, %d missing", p.A, p.B, p.Measures.N, p.Test.Missing)
		}
	}
}
