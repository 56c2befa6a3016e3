package report

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

func varied(t *testing.T, text string, o eda.AnovaOptions) []Section {
	t.Helper()
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "varied.csv", strings.NewReader(text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a, err := eda.AnalyzeVariance(ctx, f, o)
	if err != nil {
		t.Fatal(err)
	}
	sections, err := Anova(a)
	if err != nil {
		t.Fatal(err)
	}
	return sections
}

// skewed is two groups of which one has the larger values but for a few enormous ones
// of the other.
func skewed() string {
	var text strings.Builder
	text.WriteString("bytes,level,group\n")
	for i := range 400 {
		small, large := i%7, 20+i%7
		if i%100 == 0 {
			small, large = 9_000_000, 8_000_000
		}
		fmt.Fprintf(&text, "%d,%d,a\n%d,%d,b\n", small, i%5, large, i%5+1)
	}
	return text.String()
}

// TestAnovaDisagreement: where ranks see what means do not, that is said first.
func TestAnovaDisagreement(t *testing.T) {
	sections := varied(t, skewed(), eda.AnovaOptions{Features: []string{"bytes"}, By: "group"})
	lead := sections[0].Lead
	if !strings.HasPrefix(lead, "The measures of bytes disagree") || !strings.Contains(lead, "--posthoc dunn") || !strings.Contains(lead, "by ranks or logarithms the groups do differ") {
		t.Errorf("lead: %s", lead)
	}
	for _, wrong := range []string{"no difference", "proves", "prove "} {
		if strings.Contains(lead, wrong) {
			t.Errorf("the lead says %q: %s", wrong, lead)
		}
	}
}

func TestAnovaSections(t *testing.T) {
	for name, sections := range map[string][]Section{
		"one feature":  varied(t, skewed(), eda.AnovaOptions{Features: []string{"level"}, By: "group"}),
		"two features": varied(t, skewed(), eda.AnovaOptions{Features: []string{"level", "bytes"}, By: "group", Posthoc: eda.PosthocDunn}),
		"all features": varied(t, skewed(), eda.AnovaOptions{By: "group"}),
	} {
		doc := Document{Command: "test anova", Sections: sections}
		if err := doc.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, s := range sections {
			for _, table := range s.Tables {
				for _, c := range table.Columns {
					if _, known := Lookup(c.Key); !known {
						t.Errorf("%s: the glossary has no %q", table.Name, c.Key)
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
		var text bytes.Buffer
		if err := doc.Write(&text, "table", TextOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(text.String(), "\n") {
			if n := len([]rune(line)); n > 80 {
				t.Errorf("%s: a line of %d columns: %s", name, n, line)
			}
		}
	}
}

// TestAnovaDigest: of many pairs a terminal shows the first, and says so.
func TestAnovaDigest(t *testing.T) {
	var text strings.Builder
	text.WriteString("x,group\n")
	for i := range 50 {
		fmt.Fprintf(&text, "%d,g%d\n", i*i%17, i%10)
	}
	full := varied(t, text.String(), eda.AnovaOptions{Features: []string{"x"}, By: "group"})
	short := AnovaDigest(full)
	for i, table := range full[0].Tables {
		if table.Name == "anova_pairs" {
			if got := short[0].Tables[i]; len(table.Rows) != 45 || len(got.Rows) != 30 || !strings.Contains(strings.Join(got.Footnotes, " "), "first 30 of 45") {
				t.Errorf("%d rows of %d, footnotes %v", len(got.Rows), len(table.Rows), got.Footnotes)
			}
		}
	}
}
