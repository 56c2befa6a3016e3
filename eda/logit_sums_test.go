package eda

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// summedPatterns lets so few patterns be fetched that engines have to add up.
func summedPatterns(t *testing.T) {
	before := maxPatternRows
	maxPatternRows = 10
	t.Cleanup(func() { maxPatternRows = before })
}

// summedText is rows with numbers far from 0, heavy tails, gaps and classes that overlap.
func summedText(rows int) string {
	r := rand.New(rand.NewPCG(7, 11))
	var text strings.Builder
	text.WriteString("bytes,rate,shift,count,urgent,rare,proto,flag,attack\n")
	for range rows {
		count, rate := r.IntN(30), r.NormFloat64()
		bytes, shift := math.Exp(4+3*r.NormFloat64()), 1e6+r.NormFloat64()
		proto, flag := []string{"tcp", "tcp", "udp", "icmp"}[r.IntN(4)], []string{"SF", "SF", "REJ", "S0"}[r.IntN(4)]
		eta := -1 + 0.3*math.Log1p(bytes)/3 + 0.8*rate - 0.5*(shift-1e6) + float64(count)/20
		if proto == "udp" {
			eta += 0.7 - 0.4*rate
		}
		urgent, rare, attack := 0, 0.0, "normal"
		if r.Float64() < 1/(1+math.Exp(-eta)) {
			attack, rare = []string{"neptune", "smurf"}[r.IntN(2)], max(0, float64(r.IntN(40)-30))
		}
		if r.IntN(5) == 0 {
			urgent = 1
		}
		cells := []string{fmt.Sprint(bytes), fmt.Sprint(rate), fmt.Sprint(shift), fmt.Sprint(count), fmt.Sprint(urgent), fmt.Sprint(rare), proto, flag, attack}
		if gap := r.IntN(60); gap < len(cells) {
			cells[gap] = ""
		}
		text.WriteString(strings.Join(cells, ",") + "\n")
	}
	return text.String()
}

func rowsOfText(t *testing.T, text string) *dataset.Table {
	t.Helper()
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "t.csv", strings.NewReader(text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := dataset.Load(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// summedModels are regressions with all kinds of terms.
var summedModels = []LogitOptions{
	{Terms: []string{"rate"}},
	{Terms: []string{"rate", "proto", "shift"}, Errors: stats.HC1Errors},
	{Terms: []string{"log1p(bytes)", "proto:rate", "flag:proto", "positive(count)", "urgent"}, Errors: stats.HC0Errors, Cutoff: 0.4},
	{Terms: []string{"std(bytes):std(rate)", "rate:count", "bytes"}, Level: 0.9},
	{Terms: []string{"std(rate)", "rate", "proto"}},
	{Terms: []string{"count", "bytes"}, By: "flag", Groups: []string{"SF", "REJ"}},
	{Terms: []string{"rate", "flag"}, By: "count", Groups: []string{"3", "4"}},
	{Terms: []string{"rate", "flag"}, By: "urgent"},
	{Terms: []string{"shift", "flag"}, References: []string{"flag=S0"}},
}

// TestFitLogitSums: the fit of an engine that adds up is that of the rows.
func TestFitLogitSums(t *testing.T) {
	summedPatterns(t)
	table := rowsOfText(t, summedText(1500))
	for _, o := range summedModels {
		want, err := FitLogit(context.Background(), table, o)
		if err != nil {
			t.Fatalf("%v: %v", o.Terms, err)
		}
		got, err := FitLogit(context.Background(), sourcetest.Counted(table), o)
		if err != nil {
			t.Fatalf("%v: %v", o.Terms, err)
		}
		sameLogit(t, strings.Join(o.Terms, " + "), got, want)
	}
}

// sameLogit compares all that the two fits know.
func sameLogit(t *testing.T, what string, got, want *Logit) {
	t.Helper()
	const tolerance = 1e-9
	if !got.Summed || want.Summed {
		t.Errorf("%s: added up %v, and rows %v", what, got.Summed, want.Summed)
	}
	if got.Rows != want.Rows || got.Missing != want.Missing || got.Outside != want.Outside || got.Fit.N != want.Fit.N || got.Fit.Ones != want.Fit.Ones {
		t.Errorf("%s: %d rows, %d missing, %d outside, %d of %d ones, want %d, %d, %d, %d of %d", what, got.Rows, got.Missing, got.Outside, got.Fit.Ones, got.Fit.N,
			want.Rows, want.Missing, want.Outside, want.Fit.Ones, want.Fit.N)
	}
	near := func(of string, a, b float64) {
		t.Helper()
		if !(math.IsNaN(a) && math.IsNaN(b)) && !check.Near(a, b, tolerance, 1e-12) {
			t.Errorf("%s, %s: %.15g, want %.15g", what, of, a, b)
		}
	}
	if len(got.Fit.Coefficients) != len(want.Fit.Coefficients) {
		t.Fatalf("%s: %d coefficients, want %d", what, len(got.Fit.Coefficients), len(want.Fit.Coefficients))
	}
	for j := range want.Fit.Coefficients {
		g, w := &got.Fit.Coefficients[j], &want.Fit.Coefficients[j]
		if g.Name() != w.Name() || g.State != w.State || g.Sign != w.Sign {
			t.Errorf("%s: coefficient %s %v %d, want %s %v %d", what, g.Name(), g.State, g.Sign, w.Name(), w.State, w.Sign)
		}
		near(w.Name(), g.Estimate.Value, w.Estimate.Value)
		near("error of "+w.Name(), g.SE, w.SE)
		near("p of "+w.Name(), g.Log10P, w.Log10P)
		near("bound of "+w.Name(), g.CI.High, w.CI.High)
	}
	for k := range want.Terms {
		g, w := &got.Terms[k], &want.Terms[k]
		if g.Name != w.Name || g.Reference != w.Reference || g.Levels != w.Levels || g.DF != w.DF || g.Test.Method != w.Test.Method {
			t.Errorf("%s: term %+v, want %+v", what, g, w)
		}
		near("test of "+w.Name, g.Test.Statistic.Value, w.Test.Statistic.Value)
		near("SD of "+w.Name, g.SD, w.SD)
		near("VIF of "+w.Name, g.VIF, w.VIF)
	}
	g, w := got.Fit.Measures(), want.Fit.Measures()
	near("log likelihood", got.Fit.LogLik, want.Fit.LogLik)
	near("null log likelihood", got.Fit.NullLogLik, want.Fit.NullLogLik)
	near("AIC", g.AIC, w.AIC)
	near("BIC", g.BIC, w.BIC)
	near("McFadden", g.McFadden, w.McFadden)
	near("Tjur", g.Tjur, w.Tjur)
	near("Brier", g.Brier, w.Brier)
	if off := math.Abs(got.AUC - want.AUC); off > got.Fit.AUCError()+1e-12 || got.Fit.AUCError() > 5e-3 {
		t.Errorf("%s: AUC %v, want %v, within %v", what, got.AUC, want.AUC, got.Fit.AUCError())
	}
	gp, gn := cutAt(got)
	wp, wn := cutAt(want)
	if gp != wp || gn != wn {
		t.Errorf("%s: at the cut-off %d and %d, want %d and %d", what, gp, gn, wp, wn)
	}
	for k := range want.Bins {
		if len(got.Bins) == len(want.Bins) && math.Abs(got.Bins[k].Predicted-want.Bins[k].Predicted) > 0.01 {
			t.Errorf("%s: bin %+v, want %+v", what, got.Bins[k], want.Bins[k])
		}
	}
}

// cutAt returns the rows above the cut-off, by class.
func cutAt(l *Logit) (tp, fp int64) {
	for _, c := range l.Cuts {
		if c.Threshold >= l.Cutoff {
			tp, fp = c.TP, c.FP
		}
	}
	return tp, fp
}

// separatedModels are regressions with numbers that tell some rows apart.
var separatedModels = []LogitOptions{
	{Terms: []string{"rare", "rate"}},
	{Terms: []string{"positive(rare)", "rate", "proto"}},
	{Terms: []string{"rare"}},
	{Terms: []string{"log1p(rare)", "proto", "shift"}},
}

// TestFitLogitSumsSeparated: what separates the classes is found without rows.
func TestFitLogitSumsSeparated(t *testing.T) {
	summedPatterns(t)
	table := rowsOfText(t, summedText(1500))
	for _, o := range separatedModels {
		want, err := FitLogit(context.Background(), table, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := FitLogit(context.Background(), sourcetest.Counted(table), o)
		if err != nil {
			t.Fatal(err)
		}
		sameLogit(t, strings.Join(o.Terms, " + "), got, want)
		sameSeparation(t, got, want)
		if got.Firth != nil || !strings.Contains(strings.Join(got.Warnings, " "), "Firth's method, whose estimates exist") {
			t.Errorf("%v: Firth %v, warnings %q", o.Terms, got.Firth, got.Warnings)
		}
	}
}

// TestSummedCauseOnBothSides: what lies on either side of the commonest value is named
// together, also where that is in fewer than half of the rows.
func TestSummedCauseOnBothSides(t *testing.T) {
	summedPatterns(t)
	var text strings.Builder
	text.WriteString("x,attack\n")
	for i := range 300 {
		text.WriteString("0,normal\n")
		if i < 100 {
			text.WriteString("0,smurf\n")
		}
		if i < 250 {
			fmt.Fprintf(&text, "%d,smurf\n-%d,smurf\n", i+1, i+1)
		}
	}
	table := rowsOfText(t, text.String())
	o := LogitOptions{Terms: []string{"x", "positive(x)"}}
	want, err := FitLogit(context.Background(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := FitLogit(context.Background(), sourcetest.Counted(table), o)
	if err != nil {
		t.Fatal(err)
	}
	sameSeparation(t, got, want)
	if len(want.Causes) == 0 || want.Causes[0].Rule != "x other than 0" {
		t.Errorf("causes %v", want.Causes)
	}
}

// sameSeparation compares what separates the classes.
func sameSeparation(t *testing.T, got, want *Logit) {
	t.Helper()
	g, w := got.Fit.Separation, want.Fit.Separation
	if g.Kind != w.Kind || g.Ones != w.Ones || g.Zeros != w.Zeros || fmt.Sprint(got.Causes) != fmt.Sprint(want.Causes) || len(g.Suspected) > 0 {
		t.Errorf("%v of %d and %d by %v, suspected %v, want %v of %d and %d by %v", g.Kind, g.Ones, g.Zeros, got.Causes, g.Suspected, w.Kind, w.Ones, w.Zeros, want.Causes)
	}
}
