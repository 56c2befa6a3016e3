package report

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// predicted scores a table with a tree that was trained on the made-up traffic.
func predicted(t *testing.T, text string) (*model.Prediction, *model.Pipeline) {
	t.Helper()
	entries, _, _ := entered(t, model.Binary, "tree")
	f, err := dataset.OpenReader(context.Background(), "now.csv", strings.NewReader(text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := entries[0].Pipeline.Predict(context.Background(), f, nil, model.PredictOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p, entries[0].Pipeline
}

// findingWith returns the finding whose text has a part, nil if there is none.
func findingWith(s Section, part string) *Finding {
	for i := range s.Findings {
		if strings.Contains(s.Findings[i].Text, part) {
			return &s.Findings[i]
		}
	}
	return nil
}

const drifted = "drifted from the training rows"

// Rows like those of training have not moved; others are said to, if they are enough to tell.
func TestPredictDrift(t *testing.T) {
	types := []string{"neptune", "satan", "smurf"}
	for _, c := range []struct {
		name  string
		text  string
		warns bool
		table bool
	}{
		{"the rows of training", connections(420, 0, types...), false, false},
		{"many other rows", connections(1200, 500, types...), true, true},
		{"few other rows", connections(900, 500, types...), false, true},
	} {
		p, by := predicted(t, c.text)
		s := Prediction(p, by)
		checkModelSections(t, s)
		f := findingWith(s, drifted)
		if (f != nil) != c.warns {
			t.Errorf("%s: findings %v", c.name, s.Findings)
		}
		if f != nil && !strings.HasPrefix(f.Text, "1 column of 5 has drifted from the training rows (src_bytes)") {
			t.Errorf("%s: %q", c.name, f.Text)
		}
		at := tableNamed(s, "predict_drift")
		if (at != nil) != c.table {
			t.Errorf("%s: tables %v", c.name, s.Tables)
		}
		if at != nil && (len(at.Rows) != 1 || at.Rows[0][0] != "src_bytes" || at.Rows[0][1] != driftWords[model.Drifted]) {
			t.Errorf("%s: rows %v", c.name, at.Rows)
		}
	}
}

func tableNamed(s Section, name string) *Table {
	for i := range s.Tables {
		if s.Tables[i].Name == name {
			return &s.Tables[i]
		}
	}
	return nil
}

// A column without any value is gone, and not drifted.
func TestPredictGone(t *testing.T) {
	text := connections(1200, 0, "neptune", "satan", "smurf")
	p, by := predicted(t, regexp.MustCompile(`(?m),\d+,([a-z]+)$`).ReplaceAllString(text, ",,$1")) // count
	s := Prediction(p, by)
	checkModelSections(t, s)
	f := findingWith(s, "no value in any row")
	if f == nil || !strings.HasPrefix(f.Text, "1 column of the 5 that the model scores by has no value in any row (count)") {
		t.Fatalf("findings %v", s.Findings)
	}
	if findingWith(s, drifted) != nil || tableNamed(s, "predict_drift") != nil {
		t.Errorf("what is gone has drifted too: %v", s.Findings)
	}
}

// The columns that moved most come first, and are named only up to six.
func TestDriftedTable(t *testing.T) {
	p := &model.Prediction{Rows: 5000}
	for i := range 10 {
		verdict := model.Drifted
		if i < 2 {
			verdict = model.Shifted
		}
		p.Drift = append(p.Drift, model.Drift{Column: fmt.Sprint("c", i), Verdict: verdict, Stability: stats.Stability{PSI: float64(i) + 0.2}})
		p.Missing = append(p.Missing, 0)
	}
	p.Drift[4].Verdict = model.Stable
	p.Missing[9] = 5000 // gone
	var names []string
	for _, row := range driftedTable(p).Rows {
		names = append(names, row[0].(string))
	}
	if got := strings.Join(names, " "); got != "c8 c7 c6 c5 c3 c2 c1 c0" {
		t.Errorf("order %s", got)
	}
	p.Drift[4].Verdict = model.Drifted
	if f := driftFindings(p); len(f) != 1 || !strings.HasPrefix(f[0].Text, "7 columns of 10 have drifted from the training rows (c8, c7, c6, c5, c4, c3, and 1 more)") {
		t.Errorf("findings %v", f)
	}
	if p.Rows = 999; len(driftFindings(p)) != 0 {
		t.Error("999 rows are too few to warn of")
	}
}

// A terminal is shown the first rows of long tables, which say so; the tables stay whole.
func TestPredictDigest(t *testing.T) {
	long := Table{Name: "predict_drift", Columns: Cols("feature"), Footnotes: []string{"first"}}
	for i := range 9 {
		long.Rows = append(long.Rows, []any{fmt.Sprint("c", i)})
	}
	other := long
	other.Name = "predict"
	sections := []Section{{ID: "predict", Tables: []Table{other, long}}, {ID: "alert_groups", Tables: []Table{long}}}
	digest := PredictDigest(sections)
	for _, c := range []struct{ section, table, rows, notes int }{{0, 0, 9, 1}, {0, 1, 8, 2}, {1, 0, 9, 1}} {
		if got := digest[c.section].Tables[c.table]; len(got.Rows) != c.rows || len(got.Footnotes) != c.notes {
			t.Errorf("section %d, table %d: %d rows, notes %q", c.section, c.table, len(got.Rows), got.Footnotes)
		}
		if got := sections[c.section].Tables[c.table]; len(got.Rows) != 9 || len(got.Footnotes) != 1 {
			t.Errorf("section %d, table %d was changed: %v", c.section, c.table, got)
		}
	}
	if note := digest[0].Tables[1].Footnotes[1]; !strings.HasPrefix(note, "Shown are 8 of 9 rows") {
		t.Errorf("note %q", note)
	}
}
