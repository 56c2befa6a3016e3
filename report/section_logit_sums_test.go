package report

import (
	"context"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// TestLogitSummed: a fit of rows that a database adds up promises nothing by Firth's method.
func TestLogitSummed(t *testing.T) {
	ctx := context.Background()
	text := "flag,count,attack\nSF,1,normal\nSF,3,neptune\nREJ,4,neptune\nREJ,2,normal\nS0,3,neptune\nS0,1,neptune\nSF,2,normal\nREJ,1,normal\n"
	f, err := dataset.OpenReader(ctx, "t.csv", strings.NewReader(text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := eda.FitLogit(ctx, f, eda.LogitOptions{Terms: []string{"flag"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, summed := range []bool{false, true} {
		if l.Summed = summed; summed {
			l.Firth, l.FirthCoefficients = nil, nil
		}
		s, err := Logit(l)
		if err != nil {
			t.Fatal(err)
		}
		said := s.Lead
		for _, finding := range s.Findings {
			said += finding.Next
		}
		if len(s.Findings) == 0 || strings.Contains(said, "Firth") == summed {
			t.Errorf("added up %v: %q", summed, said)
		}
	}
}
