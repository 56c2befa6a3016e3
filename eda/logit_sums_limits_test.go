package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// TestScreenLogitSums: columns alone are ranked as by their rows.
func TestScreenLogitSums(t *testing.T) {
	summedPatterns(t)
	table := rowsOfText(t, summedText(1500))
	want, err := ScreenLogit(context.Background(), table, LogitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ScreenLogit(context.Background(), sourcetest.Counted(table), LogitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows != want.Rows || len(got.Models) != len(want.Models) || fmt.Sprint(got.LeftOut) != fmt.Sprint(want.LeftOut) {
		t.Fatalf("%d rows, %d models, %q, want %d, %d, %q", got.Rows, len(got.Models), got.LeftOut, want.Rows, len(want.Models), want.LeftOut)
	}
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "The database adds up the rows for") {
		t.Errorf("warnings %q", got.Warnings)
	}
	for k := range want.Models {
		g, w := &got.Models[k], &want.Models[k]
		if g.Column.Name != w.Column.Name || g.Missing != w.Missing || g.Converged != w.Converged || fmt.Sprint(g.Causes) != fmt.Sprint(w.Causes) {
			t.Errorf("%s: %d missing, causes %v, want %s: %d, %v", g.Column.Name, g.Missing, g.Causes, w.Column.Name, w.Missing, w.Causes)
		}
		check.Close(t, "statistic of "+w.Column.Name, g.Statistic.Value, w.Statistic.Value, 1e-9)
		check.Close(t, "odds ratio of "+w.Column.Name, g.OddsRatio.Value, w.OddsRatio.Value, 1e-9)
		if math.Abs(g.AUC-w.AUC) > 1e-3 {
			t.Errorf("AUC of %s: %v, want %v", w.Column.Name, g.AUC, w.AUC)
		}
	}
}

// TestFitLogitSumsSays: what needs the rows themselves is said to be missing.
func TestFitLogitSumsSays(t *testing.T) {
	summedPatterns(t)
	engine := sourcetest.Counted(rowsOfText(t, summedText(300)))
	l, err := FitLogit(context.Background(), engine, LogitOptions{Terms: []string{"rate"}, Rows: 5, Profile: true, Firth: true})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(l.Warnings, "\n")
	for _, want := range []string{"The AUC is exact to", "Rows that move the fit are not listed", "Intervals and p are by standard errors", "There is no fit by Firth's method"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q: %q", want, said)
		}
	}
	if l.Firth != nil || l.Influence != nil || l.Coefficients[1].Method != "Wald" {
		t.Errorf("Firth %v, influence %v, method %q", l.Firth, l.Influence, l.Coefficients[1].Method)
	}
}

// TestFitLogitSumsSamples: clusters, and engines that do not add up, get a sample.
func TestFitLogitSumsSamples(t *testing.T) {
	summedPatterns(t)
	engine := sourcetest.Counted(rowsOfText(t, summedText(300)))
	l, err := FitLogit(context.Background(), engine, LogitOptions{Terms: []string{"rate"}, Errors: stats.ClusteredErrors, Cluster: "count"})
	if err != nil || l.Summed || l.Fit.N == 0 {
		t.Errorf("clusters: added up %v, %v", l.Summed, err)
	}
	l, err = FitLogit(context.Background(), struct{ dataset.Engine }{engine}, LogitOptions{Terms: []string{"rate"}})
	if err != nil || l.Summed || l.Fit.N == 0 {
		t.Errorf("an engine that does not add up: added up %v, %v", l.Summed, err)
	}
}

// TestFitLogitSumsErrors: errors are those of rows.
func TestFitLogitSumsErrors(t *testing.T) {
	summedPatterns(t)
	table := rowsOfText(t, summedText(300))
	for _, o := range []LogitOptions{
		{Terms: []string{"log1p(rate)"}},
		{Terms: []string{"rate", "proto"}, References: []string{"proto=gre"}},
		{Terms: []string{"rate"}, By: "count", Groups: []string{"99"}},
	} {
		_, want := FitLogit(context.Background(), table, o)
		_, got := FitLogit(context.Background(), sourcetest.Counted(table), o)
		if want == nil || got == nil || got.Error() != want.Error() {
			t.Errorf("%v: %v, want %v", o.Terms, got, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FitLogit(ctx, sourcetest.Counted(table), LogitOptions{Terms: []string{"rate"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
