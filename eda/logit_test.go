package eda

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// logitTable holds a flag that only attacks have, a number, and a gap.
const logitTable = `flag,count,urgent,attack
SF,1,0,normal
SF,2,0,normal
SF,3,0,neptune
SF,2,0,normal
REJ,5,0,neptune
REJ,2,1,normal
REJ,4,0,neptune
S0,9,0,neptune
S0,1,0,satan
SF,,0,normal
`

func logitOf(t *testing.T, text string, o LogitOptions) (*Logit, error) {
	t.Helper()
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "t.csv", strings.NewReader(text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return FitLogit(ctx, f, o)
}

func TestFitLogit(t *testing.T) {
	l, err := logitOf(t, logitTable, LogitOptions{Terms: []string{"flag"}, Rows: 3})
	if err != nil {
		t.Fatal(err)
	}
	if l.Fit.Separation.Kind != stats.QuasiComplete || len(l.Causes) != 1 || l.Causes[0].Level != "S0" || l.Causes[0].Ones != 2 {
		t.Errorf("causes %+v", l.Causes)
	}
	// REJ against SF, by hand: (2/1)/(1/4).
	for i, c := range l.Fit.Coefficients {
		if c.Name() == "flag=REJ" {
			check.Close(t, "odds ratio", l.Coefficients[i].Effect.Value, 8, 1e-9)
		}
	}
	if l.Firth == nil || l.Terms[0].Reference != "SF" {
		t.Errorf("Firth %v, reference %q", l.Firth, l.Terms[0].Reference)
	}
	if len(l.Influence) != 3 || l.Influence[0].Line < 2 {
		t.Errorf("influence %+v", l.Influence)
	}
	l, err = logitOf(t, logitTable, LogitOptions{Terms: []string{"count"}})
	if err != nil || l.Missing != 1 || l.Fit.N != 9 {
		t.Errorf("%d rows missing, %d used, %v", l.Missing, l.Fit.N, err)
	}
}

func TestFitLogitTerms(t *testing.T) {
	l, err := logitOf(t, logitTable, LogitOptions{Terms: []string{"flag:positive(urgent)", "std(count)"}, References: []string{"flag=REJ"}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range l.Fit.Coefficients {
		names = append(names, l.Fit.Coefficients[i].Name())
	}
	want := "(Intercept) flag=S0 flag=SF positive(urgent) flag:positive(urgent)=S0 flag:positive(urgent)=SF std(count)"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("coefficients %s, want %s", got, want)
	}
	terms, err := SplitFormula("a + b*c")
	if err != nil || strings.Join(terms, " ") != "a b c b:c" {
		t.Errorf("formula %v %v", terms, err)
	}
}

func TestFitLogitGroups(t *testing.T) {
	for _, c := range []struct {
		o    LogitOptions
		ones int64
	}{
		{LogitOptions{By: "flag", Groups: []string{"REJ"}}, 3},
		{LogitOptions{By: "flag", Groups: []string{"REJ", "S0"}}, 3},
		{LogitOptions{By: "urgent"}, 1},
		{LogitOptions{By: "count", Groups: []string{"2"}}, 3},
	} {
		c.o.Terms = []string{"flag"}
		if c.o.By == "flag" {
			c.o.Terms = []string{"urgent"}
		}
		l, err := logitOf(t, logitTable, c.o)
		if err != nil || l.Fit.Ones != c.ones {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	var group *GroupError
	for _, o := range []LogitOptions{{By: "flag"}, {By: "count"}, {By: "flag", Groups: []string{"XX"}}, {Groups: []string{"SF"}}, {By: "flag", Groups: []string{"SF", "REJ", "S0"}}} {
		if _, err := logitOf(t, logitTable, o); !errors.As(err, &group) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestScreenLogit(t *testing.T) {
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "t.csv", strings.NewReader(logitTable), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := ScreenLogit(ctx, f, LogitOptions{Adjust: stats.BenjaminiHochberg})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Models) != 3 {
		t.Fatalf("%d models", len(s.Models))
	}
	for i, m := range s.Models {
		if m.PAdjusted < m.P || i > 0 && m.Effect.Value > s.Models[i-1].Effect.Value {
			t.Errorf("%s: p %v adjusted to %v, effect %v", m.Column.Name, m.P, m.PAdjusted, m.Effect.Value)
		}
		if math.IsNaN(m.OddsRatio.Value) != (m.Column.Name != "count") { // flag is a category, urgent separates
			t.Errorf("%s: odds ratio %v", m.Column.Name, m.OddsRatio.Value)
		}
	}
}
