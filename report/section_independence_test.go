package report

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// tested tests a table of counts with two groups.
func tested(t *testing.T, levels []string, counts [][]int64) *eda.TableTest {
	t.Helper()
	c, err := stats.NewCrosstab(levels, []string{"attack", "normal"}, counts)
	if err != nil {
		t.Fatal(err)
	}
	x, err := eda.TestTable(context.Background(), "service", "class", c, eda.TableOptions{Adjust: stats.BenjaminiHochberg, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// checkSections draws every figure, and looks every key up.
func checkSections(t *testing.T, sections []Section) {
	t.Helper()
	if err := (Document{Command: "test chisq", Sections: sections}).Check(); err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		for _, table := range s.Tables {
			for _, c := range table.Columns {
				if _, known := Lookup(c.Key); !known {
					t.Errorf("table %s: the glossary has no %q", table.Name, c.Key)
				}
			}
		}
		for _, f := range s.Figures {
			var png bytes.Buffer
			if err := f.Figure.WritePNG(&png); err != nil || f.Alt == "" {
				t.Errorf("%s: %v, in words %q", f.Name, err, f.Alt)
			}
		}
	}
}

// The lead says what the effect and p allow to say, and no more.
func TestIndependenceLeads(t *testing.T) {
	for _, c := range []struct {
		name          string
		counts        [][]int64
		want, without string
	}{
		{"large", [][]int64{{90, 10}, {20, 80}, {50, 50}}, "the effect is large", "not shown"},
		{"not shown", [][]int64{{50, 50}, {48, 52}, {51, 49}}, "is not shown", "the effect is"},
		{"negligible", [][]int64{{50000, 50000}, {48000, 52000}, {51000, 49000}}, "negligibly", "large"},
		{"many rows", [][]int64{{50000, 50000}, {48000, 52000}, {51000, 49000}}, "read the size, not p", "not shown"},
		{"few rows", [][]int64{{5, 5}, {4, 6}, {6, 4}}, "V would have to be", "read the size"},
	} {
		s, err := CountTest(tested(t, []string{"http", "ssh", "smtp"}, c.counts))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(s.Lead, c.want) || strings.Contains(s.Lead, c.without) || strings.Contains(s.Lead, "proves") || strings.Contains(s.Lead, "no difference") {
			t.Errorf("%s: %s", c.name, s.Lead)
		}
		checkSections(t, []Section{s})
	}
}

func TestIndependenceWarnings(t *testing.T) {
	for _, c := range []struct {
		name, want string
		levels     []string
		counts     [][]int64
	}{
		{"sparse, simulated", "The p of simulated tables holds, and so does", []string{"a", "b", "c", "d", "e"}, [][]int64{{50, 20}, {20, 50}, {1, 2}, {3, 1}, {0, 2}}},
		{"sparse, exact", "Fisher's is exact", []string{"a", "b"}, [][]int64{{3, 1}, {1, 3}}},
		{"one group", "1 level of service occurs in one group only", []string{"a", "b", "c"}, [][]int64{{50, 20}, {20, 50}, {30, 0}}},
		{"rare but strong", "by the odds ratio", []string{"a", "b"}, [][]int64{{20, 2}, {50000, 60000}}},
	} {
		s, err := CountTest(tested(t, c.levels, c.counts))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(s.Warnings, "\n"), c.want) {
			t.Errorf("%s: %q", c.name, s.Warnings)
		}
		checkSections(t, []Section{s})
	}
}

// A p that is only an upper bound is said to be one.
func TestUnreachedP(t *testing.T) {
	r := stats.Result{P: 0.0005, Log10P: -3.3, Method: "Pearson, 2000 simulated tables", Warnings: []error{stats.ErrUnreached}}
	if got := pOf(r); !strings.HasPrefix(got, "p at most 5") {
		t.Error(got)
	}
	r.Warnings = []error{errors.New("another")}
	if got := pOf(r); !strings.HasPrefix(got, "p = 5") {
		t.Error(got)
	}
}

// Levels that no terminal or picture should choke on.
func TestIndependenceOddLevels(t *testing.T) {
	x := tested(t, []string{"", "a|b\x1b[31m", "日本語"}, [][]int64{{5, 6}, {7, 80}, {9, 10}})
	s, err := CountTest(x)
	if err != nil {
		t.Fatal(err)
	}
	checkSections(t, []Section{s})
	if short := Shortened([]Section{s}); len(short[0].Tables) != len(s.Tables) {
		t.Error("tables are lost by cutting them")
	}
}

func TestIndependenceRankingSection(t *testing.T) {
	a := tested(t, []string{"http", "ssh"}, [][]int64{{90, 10}, {20, 80}})
	b := tested(t, []string{"x", "y", "z"}, [][]int64{{50, 50}, {48, 52}, {51, 49}})
	b.Name = "flag"
	d := &eda.Independence{Rows: 200, By: "class", All: true, Tests: []*eda.TableTest{a, b}, Adjust: stats.BenjaminiHochberg, LeftOut: []string{"ip is left out."}}
	sections, err := Independence(d)
	if err != nil {
		t.Fatal(err)
	}
	checkSections(t, sections)
	if len(sections) != 3 || len(IndependenceDigest(d, sections)) != 1 || sections[0].Warnings[0] != "ip is left out." {
		t.Errorf("%d sections, warnings %v", len(sections), sections[0].Warnings)
	}
	d.All = false
	if got := IndependenceDigest(d, sections); len(got) != 3 {
		t.Errorf("%d sections of columns asked for by name", len(got))
	}
}
