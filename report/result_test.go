package report

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/stats"
)

// welch is the result of R 4.2.2: t.test(extra ~ group, data = sleep).
func welch(warnings ...error) stats.Result {
	return stats.NewResult(stats.Result{
		Test: "two-sample t-test", Method: "Welch",
		Null:      stats.Named{Name: "difference in means"},
		Statistic: stats.Named{Name: "t", Value: -1.860813467486853},
		DF:        []float64{17.776473516178495},
		Estimate:  stats.Named{Name: "difference in means", Value: -1.58},
		CI:        stats.Interval{Low: -3.3654832, High: 0.2054832, Level: 0.95},
		N:         []int64{10, 10},
		Warnings:  warnings,
	}, math.Log(0.07939414018735815))
}

// tiny has a p-value below what a float64 holds.
func tinyResult(warnings ...error) stats.Result {
	r := welch(warnings...)
	return stats.NewResult(r, -2000)
}

func cellOf(t *testing.T, table Table, row int, key string) any {
	t.Helper()
	j := table.column(key)
	if j < 0 {
		t.Fatalf("no column %q", key)
	}
	return table.Rows[row][j]
}

func TestResults(t *testing.T) {
	table := Results("ttest", "Sleep", welch(), tinyResult())
	if err := table.Check(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"test": "two-sample t-test", "alternative": "two-sided", "statistic": "-1.861", "df": "17.78", "df2": Missing,
		"p": "0.0794", "estimate": "-1.58", "conf_low": "-3.365", "conf_high": "0.2055", "conf_level": "95 %",
		"n": "20", "n_by_group": "10 + 10", "missing": "0", "effect": Missing, "p_adj": Missing,
	}
	for key, text := range want {
		if got := Format(Col(key).Kind, cellOf(t, table, 0, key)); got != text {
			t.Errorf("%s is %q, want %q", key, got, text)
		}
	}
	if got := Format(PValue, cellOf(t, table, 1, "p")); got != "2.58e-869" { // e^-2000 = 2.5765e-869
		t.Errorf("p is %q", got)
	}
	for key, detail := range map[string]bool{"log10_p": true, "effect": true, "method": true, "p": false, "statistic": false, "n": false} {
		if table.Columns[table.column(key)].Detail != detail {
			t.Errorf("detail of %s is not %t", key, detail)
		}
	}
	for _, part := range []string{"Method: Welch", "Alternative: two-sided", "CI level: 95 %"} {
		if !strings.Contains(table.Note, part) {
			t.Errorf("the note %q lacks %q", table.Note, part)
		}
	}
}

// With one result there is nothing to say once for all.
func TestResultsOfOne(t *testing.T) {
	table := Results("ttest", "", welch())
	if table.Note != "" || table.Columns[table.column("method")].Detail {
		t.Errorf("note %q, columns %+v", table.Note, table.Columns)
	}
	if none := Results("ttest", ""); len(none.Rows) != 0 || none.Check() != nil {
		t.Errorf("no results: %+v", none)
	}
}

func TestFamily(t *testing.T) {
	rs := []stats.Result{welch(errors.New("few values")), tinyResult(errors.New("few values"), errors.New("ties")), welch(), welch()}
	rs[2].Warnings = []error{errors.New("few values"), nil}
	rs[3].Warnings = []error{errors.New("few values")}
	f := Family{Labels: []string{"a", "b", "c", "d"}, Adjust: "Holm", Log10PAdj: []float64{-1, -868, 0, math.NaN()}}
	table, err := f.Table("t", "T", rs)
	if err != nil {
		t.Fatal(err)
	}
	if got := cellOf(t, table, 1, "feature"); got != "b" {
		t.Errorf("the second row is about %v", got)
	}
	for i, want := range []string{"0.1", "1.00e-868", "1", Missing} {
		if got := Format(PValue, cellOf(t, table, i, "p_adj")); got != want {
			t.Errorf("adjusted p %d is %q, want %q", i, got, want)
		}
	}
	if want := []string{"a, b, c and 1 more: few values", "b: ties"}; !slices.Equal(table.Footnotes, want) {
		t.Errorf("footnotes %q, want %q", table.Footnotes, want)
	}
	if _, err := (Family{Labels: []string{"a"}}).Table("t", "", rs); err == nil {
		t.Error("one label for four results was taken")
	}
	if _, err := (Family{Log10PAdj: []float64{0}}).Table("t", "", rs); err == nil {
		t.Error("one adjusted p-value for four results was taken")
	}
}

func TestTerms(t *testing.T) {
	r := welch(errors.New("unbalanced"))
	r.Terms = []stats.Term{
		{Name: "tcp - udp", Values: []stats.Named{{Name: "estimate", Value: 3}, {Name: "p_adj", Value: 0}, {Name: "log10_p_adj", Value: -400}}},
		{Name: "tcp - icmp", Values: []stats.Named{{Name: "p_adj", Value: 0.5}, {Name: "log10_p_adj", Value: math.Log10(0.5)}, {Name: "q (studentized)", Value: 2.5}, {Name: "Q studentized", Value: 1}, {Name: "term", Value: 9}, {Name: "", Value: 8}}},
	}
	table := Terms("pairs", "Pairs", r)
	if err := table.Check(); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, c := range table.Columns {
		keys = append(keys, c.Key)
	}
	if want := []string{"term", "estimate", "p_adj", "log10_p_adj", "q_studentized", "q_studentized_2", "term_2", "value"}; !slices.Equal(keys, want) {
		t.Errorf("keys %q, want %q", keys, want)
	}
	if got := Format(PValue, cellOf(t, table, 0, "p_adj")); got != "1.00e-400" {
		t.Errorf("p is %q", got)
	}
	if got := cellOf(t, table, 1, "estimate"); got != nil {
		t.Errorf("a value that the term does not have is %v", got)
	}
	if !slices.Equal(table.Footnotes, []string{"unbalanced"}) {
		t.Errorf("footnotes %q", table.Footnotes)
	}
	for _, format := range []string{textOf(t, table, TextOptions{}), strings.Join(htmlCells(t, table), "|")} {
		if !strings.Contains(format, "1.00e-400") {
			t.Errorf("p is lost in %s", format)
		}
	}
}
