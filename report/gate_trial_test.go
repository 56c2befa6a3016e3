package report

import (
	"strings"
	"testing"
)

// gatesOf reads gates.
func gatesOf(t testing.TB, sources ...string) []Gate {
	t.Helper()
	var gates []Gate
	for _, source := range sources {
		g, err := ParseGate(source)
		if err != nil {
			t.Fatal(err)
		}
		gates = append(gates, g)
	}
	return gates
}

func TestTryGates(t *testing.T) {
	trials := TryGates(gatesOf(t, "n > 50000", "share > 2", "kappa < 1", `finding == "problem"`, "n > 0"), edaDocument().Sections[:1])
	for i, want := range []struct {
		crossed bool
		text    string
	}{
		{true, `n > 50000 holds for "normal" in the table labels (n = 67,343)`},
		{false, "share > 2 holds for no row"},
		{false, "no table has the columns kappa"},
		{true, `finding == "problem" holds for "last_flag" in the table findings`},
		{true, ", and for 1 more row"},
	} {
		if got := trials[i]; got.Crossed() != want.crossed || !strings.Contains(got.String(), want.text) {
			t.Errorf("%s: crossed %v: %s; want %v, %q", got.Gate, got.Crossed(), got, want.crossed, want.text)
		}
	}
	if trials[2].Err == nil {
		t.Error("a gate that looks at nothing has no error")
	}
}

func TestCrossingLine(t *testing.T) {
	table := Table{Name: "missing", Columns: Cols("feature", "missing", "first_line"), Rows: [][]any{{"a", int64(3), int64(17)}, {"b", int64(4), nil}}}
	trials := TryGates(gatesOf(t, "missing > 0"), []Section{{ID: "s", Tables: []Table{table}}})
	if c := trials[0].Crossings; len(c) != 2 || c[0].Line != 17 || c[1].Line != 0 {
		t.Errorf("crossings %+v, want lines 17 and none", c)
	}
}
