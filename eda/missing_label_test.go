package eda_test

import (
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

// gappy has 40 normal rows, 4 of them without bytes, and 20 attacks, 16 of them
// without; note is missing in every other row of both.
func gappy() string {
	var b strings.Builder
	b.WriteString("bytes,note,full,label\n")
	for i := range 60 {
		bytes, note, label := "7", "a", "normal"
		if i >= 40 {
			label = "smurf"
		}
		if i < 4 || i >= 44 {
			bytes = ""
		}
		if i%2 == 0 {
			note = "NA"
		}
		b.WriteString(bytes + "," + note + ",1," + label + "\n")
	}
	return b.String()
}

// Chi-square of the table 4, 16, 36, 4 is 60·(4·4 − 16·36)²/(20·40·40·20).
func TestGapsByClass(t *testing.T) {
	sources(t, gappy(), func(t *testing.T, src dataset.Source) {
		g := missing(t, src)
		if len(g.ByClass) != 2 {
			t.Fatalf("%d columns are compared: %+v", len(g.ByClass), g.ByClass)
		}
		bytes, note := g.ByClass[0], g.ByClass[1]
		if bytes.Column != "bytes" || bytes.Normal != 4 || bytes.NormalRows != 40 || bytes.Attack != 16 || bytes.AttackRows != 20 {
			t.Errorf("bytes: %+v", bytes)
		}
		check.Close(t, "chi-square of bytes", bytes.Statistic.Value, 60.0*560*560/(20*40*40*20), 1e-13)
		check.Close(t, "chi-square of note", note.Statistic.Value, 0, 0)
		advice := map[string]string{}
		for _, c := range g.Columns {
			if c.Missing > 0 {
				advice[c.Column.Name] = g.Advice(c)
			}
		}
		if !strings.Contains(advice["bytes"], "goes with the class") || strings.Contains(advice["note"], "class") || len(advice) != 2 {
			t.Errorf("advice %q", advice)
		}
	})
}

func TestAdvice(t *testing.T) {
	g := &eda.Gaps{Rows: 10}
	for _, c := range []struct {
		role    dataset.Role
		kind    dataset.Kind
		missing int64
		says    string
	}{
		{dataset.Feature, dataset.Number, 10, "no cell"},
		{dataset.Label, dataset.Category, 1, "training"},
		{dataset.Identifier, dataset.Text, 1, "Nothing"},
		{dataset.Feature, dataset.Number, 6, "Leave it out"},
		{dataset.Feature, dataset.Number, 1, "median"},
		{dataset.Feature, dataset.Category, 1, "level"},
	} {
		got := g.Advice(eda.ColumnGaps{Column: dataset.Column{Name: "x", Role: c.role, Kind: c.kind}, Missing: c.missing})
		if !strings.Contains(got, c.says) {
			t.Errorf("%v: %s", c, got)
		}
	}
}

// Without a label, or with one class, gaps are not compared.
func TestGapsWithoutClasses(t *testing.T) {
	for _, text := range []string{"a,b\n1,\n2,3\n", "a,label\n1,normal\n,normal\n", "a,label\n,normal\n,smurf\n"} {
		if g := missing(t, tableOf(t, text, dataset.Options{})); g.ByClass != nil {
			t.Errorf("%q: %+v", text, g.ByClass)
		}
	}
}
