package eda_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

// narrow is a table in which x and z take many values and n few.
func narrow() string {
	r := rand.New(rand.NewPCG(11, 12))
	var b strings.Builder
	b.WriteString("x,n,z,group,label\n")
	for i := range 20000 {
		x := fmt.Sprintf("%.3f", r.NormFloat64()*100)
		if i%50 == 0 {
			x = "0"
		}
		if i%70 == 0 {
			x = ""
		}
		fmt.Fprintf(&b, "%s,%d,%d,%c,%s\n", x, i%7, i, 'a'+i%3, []string{"normal", "smurf"}[i%2])
	}
	return b.String()
}

// A budget too small for some columns changes how they are described, not what
// is said of them, but for the figures that need all values at once.
func TestDescribeWide(t *testing.T) {
	text := narrow()
	want := described(t, tableOf(t, text, dataset.Options{}))
	sources(t, text, func(t *testing.T, src dataset.Source) {
		p, err := eda.Describe(context.Background(), src, eda.DescribeOptions{Budget: 3 * 1000})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Warnings) != 2 || !strings.HasPrefix(p.Warnings[0], "Column x has too many different values") || !strings.HasPrefix(p.Warnings[1], "Column z ") {
			t.Errorf("warnings %q", p.Warnings)
		}
		same(t, "column with few values", p.Columns[1], want.Columns[1])
		for _, i := range []int{0, 2} {
			got, w := p.Columns[i], want.Columns[i]
			if got.Tally.Len() != 0 || got.Normal != nil || got.Missing != w.Missing || got.Distinct != w.Distinct || !got.Exact {
				t.Errorf("%s: %d missing, %d different (exact: %v), want %d and %d", w.Column.Name, got.Missing, got.Distinct, got.Exact, w.Missing, w.Distinct)
			}
			g, s := got.Number, w.Number
			for name, pair := range map[string][2]float64{
				"n": {float64(g.N), float64(s.N)}, "zeros": {float64(g.Zeros), float64(s.Zeros)}, "negatives": {float64(g.Negatives), float64(s.Negatives)},
				"min": {g.Min, s.Min}, "q01": {g.Q01, s.Q01}, "q05": {g.Q05, s.Q05}, "q25": {g.Q25, s.Q25}, "q50": {g.Q50, s.Q50}, "q75": {g.Q75, s.Q75},
				"q95": {g.Q95, s.Q95}, "q99": {g.Q99, s.Q99}, "q999": {g.Q999, s.Q999}, "max": {g.Max, s.Max}, "range": {g.Range, s.Range}, "iqr": {g.IQR, s.IQR},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: %s is %v, want %v", w.Column.Name, name, pair[0], pair[1])
				}
			}
			for name, pair := range map[string][2]float64{
				"sum": {g.Sum, s.Sum}, "mean": {g.Mean, s.Mean}, "sd": {g.SD, s.SD}, "var": {g.Var, s.Var}, "se": {g.SE, s.SE}, "cv": {g.CV, s.CV},
				"kurtosis": {g.Kurtosis, s.Kurtosis},
			} {
				check.Close(t, w.Column.Name+": "+name, pair[0], pair[1], 1e-9)
			}
			if math.Abs(g.Skewness-s.Skewness) > 1e-9 {
				t.Errorf("%s: skewness is %v, want %v", w.Column.Name, g.Skewness, s.Skewness)
			}
			for name, x := range map[string]float64{"mad": g.MAD, "trimmed mean": g.TrimmedMean, "entropy": g.Entropy, "mode": g.Mode} {
				if !math.IsNaN(x) {
					t.Errorf("%s: %s is %v", w.Column.Name, name, x)
				}
			}
		}
	})
}

func TestDescribeWideByGroup(t *testing.T) {
	p, err := eda.Describe(context.Background(), tableOf(t, narrow(), dataset.Options{}), eda.DescribeOptions{By: "group", Budget: 3 * 1000})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "warnings", p.Warnings, []string{
		"Column x is left out: it has too many different values to count them by group.",
		"Column z is left out: it has too many different values to count them by group.",
	})
	if len(p.Columns) != 3*3 {
		t.Errorf("%d columns", len(p.Columns))
	}
}

func TestFindOutliersWide(t *testing.T) {
	text := narrow()
	want := outliers(t, tableOf(t, text, dataset.Options{}), eda.OutlierOptions{Rows: 4})
	sources(t, text, func(t *testing.T, src dataset.Source) {
		for _, rows := range []int{0, 4} {
			got := outliers(t, src, eda.OutlierOptions{Rows: rows, Budget: 3 * 1000})
			if rows > 0 {
				same(t, "rows", got.Rows, want.Rows)
			} else if got.Rows != nil || got.Label != "" {
				t.Errorf("rows %v of label %q", got.Rows, got.Label)
			}
			for i, r := range got.Rules {
				if wide := r.Column != "n"; !wide || r.Method == "tukey" {
					same(t, r.Method+" of "+r.Column, r, want.Rules[i])
				} else if r.Why == "" || r.Total() != 0 || r.N != want.Rules[i].N {
					t.Errorf("%s of %s: %+v", r.Method, r.Column, r)
				}
			}
		}
	})
}

// Means and spreads of such columns may differ in the last digits between a file
// and a table in memory, but not between numbers of workers.
func TestExploreWide(t *testing.T) {
	first := map[bool]string{}
	sources(t, narrow(), func(t *testing.T, src dataset.Source) {
		e := explored(t, src, eda.ExploreOptions{Budget: 3 * 1000})
		if len(e.ByClass) != 1 || len(e.Extremes) != 6 || len(e.Profile.Warnings) != 2 {
			t.Errorf("%d split by class, extremes %v, warnings %q", len(e.ByClass), e.Extremes, e.Profile.Warnings)
		}
		if tukey := e.Outliers.Rules[0]; tukey.Column != "x" || tukey.Total() == 0 || len(e.Outliers.Rows) != 5 {
			t.Errorf("outliers %+v", e.Outliers)
		}
		_, file := src.(*dataset.File)
		if got := dump(e); first[file] == "" {
			first[file] = got
		} else if got != first[file] {
			same(t, "exploration", got, first[file])
		}
	})
}
