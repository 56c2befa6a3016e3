package report

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func related(t *testing.T, text string) *eda.Relations {
	t.Helper()
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "related.csv", strings.NewReader(text), dataset.Options{MaxBad: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := eda.Relate(ctx, f, eda.RelateOptions{Adjust: stats.BenjaminiHochberg, Scatters: 3})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRelationSections(t *testing.T) {
	check.Long(t)
	sections := Relations(related(t, messy))
	doc := Document{Command: "corr", Sections: sections}
	if err := doc.Check(); err != nil {
		t.Fatal(err)
	}
	var ids, tables, figures []string
	for _, s := range sections {
		ids = append(ids, s.ID)
		for _, table := range s.Tables {
			tables = append(tables, table.Name)
			for _, c := range table.Columns {
				if _, known := Lookup(c.Key); !known {
					t.Errorf("table %s: the glossary has no %q", table.Name, c.Key)
				}
			}
		}
		for _, f := range s.Figures {
			figures = append(figures, s.ID+"/"+f.Name)
			var png bytes.Buffer
			if err := f.Figure.WritePNG(&png); err != nil || f.Alt == "" {
				t.Errorf("%s: %v, in words %q", f.Name, err, f.Alt)
			}
		}
	}
	if got, want := strings.Join(ids, " "), "corr_pearson corr_spearman corr_kendall corr_cramers corr_pointbiserial corr_eta corr_mi"; got != want {
		t.Errorf("sections %s, want %s", got, want)
	}
	for _, name := range []string{"corr_kendall", "redundancy_pearson", "corr_pointbiserial", "corr_eta", "corr_mi"} {
		if !slices.Contains(tables, name) {
			t.Errorf("there is no table %s; there are %s", name, tables)
		}
	}
	for _, name := range []string{"corr_kendall/matrix", "corr_pointbiserial/matrix", "corr_eta/matrix", "corr_mi/matrix"} {
		if !slices.Contains(figures, name) {
			t.Errorf("there is no picture %s; there are %s", name, figures)
		}
	}
	var out bytes.Buffer
	if err := doc.WriteText(&out, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if textWidth(strings.TrimSuffix(line, "\n")) > 80 {
			t.Errorf("%d cells: %s", textWidth(line), line)
		}
	}
}

// What there are too few columns for is named.
func TestRelationSectionsSkipped(t *testing.T) {
	sections := Relations(related(t, "a,b\n1,2\n2,1\n3,5\n4,3\n"))
	last := sections[len(sections)-1]
	if last.ID != "corr_skipped" || len(last.Warnings) != 3 {
		t.Errorf("last section %+v", last)
	}
}

// The points of single pairs are cells of rows.
func TestPrivateSectionsShowNoPoints(t *testing.T) {
	e := explored(t, messy)
	if len(e.Pearson.Scatters) == 0 {
		t.Fatal("there are no points to leave out")
	}
	for _, private := range []bool{false, true} {
		sections, err := Exploration(e, private)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(sections, func(s Section) bool { return s.ID == "corr_pearson" })
		if points := len(sections[at].Figures) > 1; points == private {
			t.Errorf("private %v: %d pictures", private, len(sections[at].Figures))
		}
	}
}
