package report

import (
	"math"
	"strings"
	"testing"
)

// gateTables are two tables of which only one has quantiles and p-values.
func gateTables() []Table {
	return []Table{
		{Name: "missing", Columns: Cols("feature", "missing", "missing_share", "mean"), Rows: [][]any{
			{"src_bytes", int64(10), 0.10, 5.0},
			{"dst_bytes", int64(0), 0.0, math.NaN()},
			{"flag", int64(3), 0.03, nil},
		}},
		{Name: "tests", Columns: append(Cols("feature", "feature2", "p", "log10_p", "magnitude"), Column{Key: "label", Kind: Bool}), Rows: [][]any{
			{"src_bytes", "label", P{0, -500}, -500.0, "small", true},
			{"flag", "label", 0.2, math.Log10(0.2), "large", false},
		}},
	}
}

func TestGateCheck(t *testing.T) {
	tests := []struct {
		source string
		want   []string
	}{
		{"missing_share > 0.05", []string{"missing, src_bytes: missing_share = 10 %"}},
		{"missing > 2", []string{"missing, src_bytes: missing = 10", "missing, flag: missing = 3"}},
		{"missing >= 3 && missing < 10", []string{"missing, flag: missing = 3"}},
		{"missing + 1 > 10", []string{"missing, src_bytes: missing = 10"}},
		{"missing > 1000", nil},
		{"abs(log10_p) > 1 and abs(p) < 1", []string{"tests, src_bytes, label: log10_p = -500, p = 1.00e-500"}},
		{`feature == "flag" and missing > 0`, []string{"missing, flag: missing = 3"}},
		{`feature in ["dst_bytes"] and missing == 0`, []string{"missing, dst_bytes: missing = 0"}},
		{"p < 0.05", []string{"tests, src_bytes, label: p = 1.00e-500"}},
		{"log10_p < -300", []string{"tests, src_bytes, label: log10_p = -500"}},
		{`magnitude == "large"`, []string{"tests, flag, label: magnitude = large"}},
		{`magnitude contains "mall"`, []string{"tests, src_bytes, label: magnitude = small"}},

		// A missing mean is neither below nor not below.
		{"mean < 100", []string{"missing, src_bytes: mean = 5"}},
		{"not (mean < 100)", nil},
		{"mean != 3", []string{"missing, src_bytes: mean = 5"}},
		{"mean == mean", []string{"missing, src_bytes: mean = 5"}},
		// What does not depend on it decides all the same.
		{"mean > 100 or missing > 2", []string{"missing, src_bytes: mean = 5, missing = 10", "missing, flag: mean = –, missing = 3"}},
		{"not (mean > 100 and missing > 2)", []string{"missing, src_bytes: mean = 5, missing = 10", "missing, dst_bytes: mean = –, missing = 0"}},
	}
	for _, tt := range tests {
		gate, err := ParseGate(tt.source)
		if err != nil {
			t.Errorf("ParseGate(%q): %v", tt.source, err)
			continue
		}
		crossed, err := gate.Check(gateTables())
		if err != nil {
			t.Errorf("%q: %v", tt.source, err)
			continue
		}
		var got []string
		for _, c := range crossed {
			got = append(got, c.String())
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%q is crossed by\n%s\nwant\n%s", tt.source, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

func TestGateErrors(t *testing.T) {
	tests := []struct{ source, want string }{
		{"", "no expression"},
		{"   ", "no expression"},
		{"1 > 0", "looks at no column"},
		{"missin_share > 0.05", `column 1: "missin_share" is no known column; the nearest is "missing_share"`},
		{"n > 1 and skewnes > 2", `column 11: "skewnes" is no known column; the nearest is "skewness"`},
		{"missing >", "column 9: the condition ends too early"},
		{"missing", "expected bool"},
		{"missing > 'a'", "column 9: invalid operation"},
		{"feature > 1", "column 9: invalid operation"},
		{"len(feature) > 1", "column 1: the function len is not part of a gate"},
		{"filter([1], # > n) == []", "column 1: the function filter is not part of a gate"},
		{"feature() == 'a'", "column"},
		{"feature.size() > 1", "not part of a gate"},
		{strings.Repeat("(", 5000), "longer than 4096 bytes"},
	}
	for _, tt := range tests {
		_, err := ParseGate(tt.source)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseGate(%.40q): error %v, want %q", tt.source, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("ParseGate(%.40q): the error has several lines: %v", tt.source, err)
		}
	}
}

func TestGateThatNoTableCanCross(t *testing.T) {
	gate, err := ParseGate("missing > 0 and p < 0.05") // both keys exist, but in no table together
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Check(gateTables()); err == nil || !strings.Contains(err.Error(), "no table has the columns missing, p") {
		t.Errorf("error %v", err)
	}
	gate, err = ParseGate("missing > 0")
	if err != nil {
		t.Fatal(err)
	}
	empty := gateTables()[:1]
	empty[0].Rows = nil
	if crossed, err := gate.Check(empty); err != nil || len(crossed) != 0 {
		t.Errorf("a table without rows: %v, %v", crossed, err)
	}
}

func TestCrossingWithoutLabels(t *testing.T) {
	gate, err := ParseGate("n > 1")
	if err != nil {
		t.Fatal(err)
	}
	crossed, err := gate.Check([]Table{{Name: "t", Columns: Cols("n"), Rows: [][]any{{1}, {5}}}})
	if err != nil || len(crossed) != 1 || crossed[0].String() != "t, row 2: n = 5" {
		t.Errorf("%v, %v", crossed, err)
	}
}

// Findings can be gated, where findings are looked for at all.
func TestGateOnFindings(t *testing.T) {
	gate, err := ParseGate(`finding in ["problem", "warning"]`)
	if err != nil {
		t.Fatal(err)
	}
	table, looked := FindingsTable([]Section{{ID: "a"}, {ID: "b", Findings: []Finding{
		{Level: Notice, About: "flag", Text: "It is so."}, {Level: Problem, About: "src_bytes", Text: "It is bad."}}}})
	if !looked {
		t.Fatal("no findings")
	}
	crossed, err := gate.Check([]Table{table})
	if err != nil || len(crossed) != 1 || crossed[0].String() != "findings, src_bytes: finding = problem" {
		t.Errorf("%v, %v", crossed, err)
	}
	if _, looked := FindingsTable([]Section{{ID: "a"}}); looked {
		t.Error("findings of a section that looks for none")
	}
}
