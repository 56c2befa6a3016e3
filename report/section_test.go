package report

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

// messy is a table with everything that a section can show: gaps, an infinite
// and an unreadable cell, a breach, a repeat, a contradiction, a constant.
const messy = `duration,protocol_type,service,flag,src_bytes,dst_bytes,land,wrong_fragment,urgent,hot,num_failed_logins,logged_in,num_compromised,root_shell,su_attempted,num_root,num_file_creations,num_shells,num_access_files,num_outbound_cmds,is_hot_login,is_guest_login,count,srv_count,attack
0,tcp,http,SF,215,45076,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,1,1,normal
0,tcp,http,SF,215,45076,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,1,1,normal
3,udp,secret-service,SF,162,,0,0,0,0,0,1,0,0,2,0,0,0,0,0,0,0,2,2,normal
7,tcp,http,S0,236,1228,1,3,0,0,0,1,0,0,0,0,0,0,0,0,0,0,1,900,neptune
9,tcp,http,SF,233,2032,0,0,0,2,0,1,0,0,0,0,0,0,0,0,0,0,2,2,satan
9,tcp,http,SF,233,2032,0,0,0,2,0,1,0,0,0,0,0,0,0,0,0,0,2,2,normal
`

func explored(t *testing.T, text string) *eda.Exploration {
	t.Helper()
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "messy.csv", strings.NewReader(text), dataset.Options{MaxBad: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := eda.Explore(ctx, f, eda.ExploreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExplorationSections(t *testing.T) {
	check.Long(t)
	sections, err := Exploration(explored(t, messy), false)
	if err != nil {
		t.Fatal(err)
	}
	doc := Document{Command: "eda", Sections: sections}
	if err := doc.Check(); err != nil {
		t.Fatal(err)
	}
	var ids, figures []string
	for _, s := range sections {
		ids = append(ids, s.ID)
		for _, f := range s.Figures {
			figures = append(figures, s.ID+"/"+f.Name)
			var png bytes.Buffer
			if err := f.Figure.WritePNG(&png); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			if f.Alt == "" {
				t.Errorf("%s has no words for those who cannot see it", f.Name)
			}
		}
		for _, table := range s.Tables {
			for _, c := range table.Columns {
				if _, known := Lookup(c.Key); !known {
					t.Errorf("table %s: the glossary has no %q", table.Name, c.Key)
				}
			}
		}
	}
	want := "overview ranking numbers levels missing corr_pearson corr_spearman corr_cramers corr_mi outlier_quality outliers outlier_scores extremes"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("sections %s, want %s", got, want)
	}
	for _, name := range []string{"ranking/effects", "ranking/src_bytes", "numbers/src_bytes", "levels/service", "missing/matrix", "corr_pearson/matrix", "corr_cramers/matrix", "corr_mi/matrix", "corr_pearson/"} {
		if !strings.Contains(strings.Join(figures, " "), name) {
			t.Errorf("there is no picture %s; there are %s", name, figures)
		}
	}
}

func TestPrivateSectionsShowNoCells(t *testing.T) {
	e := explored(t, messy)
	sections, err := Exploration(e, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(sections, Digest(e, true)...) {
		if s.ID == "levels" && len(s.Figures) > 0 {
			t.Error("the pictures of the categories show levels")
		}
		for _, table := range s.Tables {
			switch table.Name {
			case "extremes", "outlier_rows", "outlier_top", "top_levels", "contradictions":
				t.Errorf("table %s shows single rows or cells", table.Name)
			}
			for _, row := range table.Rows {
				for _, cell := range row {
					if cell == "secret-service" {
						t.Errorf("table %s shows a level", table.Name)
					}
				}
			}
		}
	}
}

func TestDigestFits80Columns(t *testing.T) {
	doc := Document{Command: "eda", Sections: Digest(explored(t, messy), false)}
	var out bytes.Buffer
	if err := doc.WriteText(&out, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if textWidth(line) > 80 {
			t.Errorf("%d cells: %s", textWidth(line), line)
		}
	}
	for _, want := range []string{"su_attempted", "srv_count", "both normal and an attack"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the digest does not mention %q:\n%s", want, out.String())
		}
	}
}

// A value that no axis can show costs its picture, not the report.
func TestExplorationOfHugeValues(t *testing.T) {
	text := "x,y,label\n1e308,1,normal\n-1e308,2,normal\n1.5e308,3,smurf\n2,4,smurf\n-1.7e308,9,normal\n"
	sections, err := Exploration(explored(t, text), false)
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, s := range sections {
		for _, w := range s.Warnings {
			if strings.HasPrefix(w, "There is no picture") {
				missing++
			}
		}
	}
	if missing == 0 {
		t.Error("no section says that a picture is missing")
	}
}
