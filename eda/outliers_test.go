package eda_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

// clouds is a table of two protocols with a cloud of normal rows each and attacks
// outside of it, some of them only in the direction in which x and y do not go
// together. One column is 0 in most rows, one is the sum of others, one never
// varies, one is nearly empty, and one is too large to square.
func clouds(rows int) string {
	rng := rand.New(rand.NewPCG(11, 12))
	var b strings.Builder
	b.WriteString("protocol_type,x,y,sum,rare,flat,gap,huge,attack\n")
	for i := range rows {
		protocol, label := []string{"tcp", "udp"}[i%2], "normal"
		x := rng.NormFloat64()
		y := x + 0.2*rng.NormFloat64()
		rare, gap := 0, ""
		switch {
		case i%5 == 2:
			x, y, label = x+3, y-3, "neptune"
		case i%40 == 8:
			rare, label = i, "satan"
		case i%100 == 3:
			gap = "1.5"
		}
		if protocol == "udp" {
			x += 100
		}
		x, y = math.Round(x*1024)/1024, math.Round(y*1024)/1024
		fmt.Fprintf(&b, "%s,%v,%v,%v,%d,7,%s,%de200,%s\n", protocol, x, y, x+y, rare, gap, i, label)
	}
	return b.String()
}

var cloudColumns = []string{"x", "y", "sum", "rare", "flat", "gap", "huge"}

// scored finds one score.
func scored(t *testing.T, o *eda.Outliers, method, group string) eda.RowScore {
	t.Helper()
	for _, s := range o.Scores {
		if s.Method == method && s.Group == group {
			return s
		}
	}
	t.Fatalf("there is no score %s of %q", method, group)
	return eda.RowScore{}
}

func TestScoresLeaveColumnsOut(t *testing.T) {
	src := tableOf(t, clouds(800), dataset.Options{})
	o := outliers(t, src, eda.OutlierOptions{Features: cloudColumns, Scores: true})
	for method, want := range map[string][]string{
		"mahalanobis": {"x", "y", "rare"}, "mcd": {"x", "y"}, "isolation": {"x", "y", "sum", "rare", "huge"},
	} {
		s := scored(t, o, method, "")
		if s.Why != "" || !slices.Equal(s.Columns, want) || len(s.Columns)+len(s.LeftOut) != len(cloudColumns) {
			t.Errorf("%s uses %v and leaves out %v: %s", method, s.Columns, s.LeftOut, s.Why)
		}
		for _, c := range s.LeftOut {
			if c.Why == "" {
				t.Errorf("%s leaves out %s without a reason", method, c.Column)
			}
		}
		if s.N != 800 || s.Rows != 800 || s.Flagged == 0 || s.Flagged > 400 {
			t.Errorf("%s: %+v", method, s)
		}
	}
	check.Close(t, "limit", scored(t, o, "mahalanobis", "").Limit, 16.266236196238129, 1e-12) // qchisq(0.999, 3) of R
}

// With a robust covariance the planted rows stand out that shift the plain one.
func TestRobustDistancesFindWhatPlainOnesMiss(t *testing.T) {
	src := where(t, tableOf(t, clouds(2000), dataset.Options{}), `attack != "satan"`)
	o := outliers(t, src, eda.OutlierOptions{Features: []string{"x", "y"}, Within: "protocol_type", Scores: true})
	q := map[string]eda.OutlierQuality{}
	for _, quality := range o.Quality {
		if quality.Column == "" {
			q[quality.Method] = quality
		}
	}
	robust, plain := q["mcd"], q["mahalanobis"]
	if robust.Recall() < 0.99 || robust.FPR() > 0.01 || robust.AUC < 0.999 {
		t.Errorf("mcd finds %v of the planted rows, %v of the others, AUC %v", robust.Recall(), robust.FPR(), robust.AUC)
	}
	if plain.Recall() >= robust.Recall() {
		t.Errorf("plain distances find %v", plain.Recall())
	}
	if o.Quality[0].Method != "mcd" {
		t.Errorf("the best is %+v", o.Quality[0])
	}
}

// A hyperplane that holds most rows, and other tables that cannot be scored.
func TestScoresOfDegenerateTables(t *testing.T) {
	for name, row := range map[string]func(i int) string{
		"all equal":        func(int) string { return "1,2,3" },
		"one row differs":  func(i int) string { return fmt.Sprintf("%d,2,%d", i/99, i/99) },
		"a line":           func(i int) string { return fmt.Sprintf("%d,%d,%d", i, 2*i, 3*i) },
		"mostly a line":    func(i int) string { return fmt.Sprintf("%d,%d,%d", i, i+i%3/2*i, 7) },
		"never together":   func(i int) string { return []string{"%[1]d,,1", ",%[1]d,2"}[i%2] },
		"nothing":          func(int) string { return ",,1" },
		"two values":       func(i int) string { return fmt.Sprintf("%d,%d,1", i%2, i/2%2) },
		"large and small":  func(i int) string { return fmt.Sprintf("%de-200,%de300,1", i, i*i) },
		"a huge magnitude": func(i int) string { return fmt.Sprintf("1e12%02d,%d,1", i, i*i%7) },
	} {
		text := "a,b,c\n"
		for i := range 100 {
			line := row(i)
			if strings.Contains(line, "%") {
				line = fmt.Sprintf(line, i)
			}
			text += line + "\n"
		}
		o := outliers(t, tableOf(t, text, dataset.Options{}), eda.OutlierOptions{Scores: true, Top: 3, ESD: 3})
		for _, s := range o.Scores {
			if s.Why == "" && (s.N == 0 || math.IsNaN(s.Limit) || len(s.Columns) < 2) {
				t.Errorf("%s: %+v", name, s)
			}
			all, _ := o.ScoresOf(s.Method)
			for _, x := range all {
				if math.IsInf(x, 0) || x < 0 {
					t.Errorf("%s: a %s score of %v", name, s.Method, x)
				}
			}
		}
	}
}

// Within a group everything is as for a table that holds the group alone.
func TestOutliersWithin(t *testing.T) {
	check.Long(t)
	sources(t, clouds(600), func(t *testing.T, src dataset.Source) {
		opt := eda.OutlierOptions{Features: cloudColumns, Scores: true, ESD: 4, Seed: 5, Rows: 3, Top: 5}
		within := opt
		within.Within = "Protocol_Type"
		o := outliers(t, src, within)
		if o.Within != "protocol_type" || len(o.Scores) != 6 {
			t.Fatalf("within %q, %d scores", o.Within, len(o.Scores))
		}
		for _, group := range []string{"tcp", "udp"} {
			alone := outliers(t, where(t, src, `protocol_type == "`+group+`"`), opt)
			var rules []eda.OutlierRule
			for _, r := range o.Rules {
				if r.Group == group {
					r.Group = ""
					rules = append(rules, r)
				}
			}
			same(t, "rules of "+group, rules, alone.Rules)
			for _, want := range alone.Scores {
				got := scored(t, o, want.Method, group)
				got.Group = ""
				same(t, want.Method+" of "+group, got, want)
			}
			tests := 0
			for _, e := range o.ESD {
				if e.Group == group {
					same(t, "ESD", e.Outliers, alone.ESD[tests].Outliers)
					tests++
				}
			}
			if tests == 0 || tests != len(alone.ESD) {
				t.Errorf("%d ESD tests of %s, alone %d", tests, group, len(alone.ESD))
			}
		}
		for _, r := range o.Rows {
			if r.Group != "tcp" && r.Group != "udp" {
				t.Errorf("row %+v", r)
			}
		}
	})
}

func TestOutliersWithinSmallGroups(t *testing.T) {
	text := strings.Replace(clouds(100), "tcp,", "icmp,", 3)
	text = strings.Replace(text, "udp,", ",", 2)
	o := outliers(t, tableOf(t, text, dataset.Options{}), eda.OutlierOptions{Within: "protocol_type"})
	warnings := strings.Join(o.Warnings, " ")
	if !strings.Contains(warnings, "fewer than 20 rows: icmp") || !strings.Contains(warnings, "2 rows without a value of protocol_type") {
		t.Errorf("warnings %q", o.Warnings)
	}
	for _, r := range o.Rules {
		if r.Group == "icmp" {
			t.Errorf("rule %+v", r)
		}
	}
	for within, want := range map[string]string{"x": "--type x=category", "protocl": "protocol_type"} {
		_, err := eda.FindOutliers(context.Background(), tableOf(t, text, dataset.Options{}), eda.OutlierOptions{Within: within})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("within %s: %v", within, err)
		}
	}
}

// Of ten normal rows two lie outside, of ten attacks five.
func TestOutlierQuality(t *testing.T) {
	text := "n,attack\n"
	for i := range 10 {
		x, y := i%3, i%3
		if i < 2 {
			x = 1000
		}
		if i < 5 {
			y = -1000
		}
		text += fmt.Sprintf("%d,normal\n%d,neptune\n", x, y)
	}
	text += "1,\n"
	sources(t, text, func(t *testing.T, src dataset.Source) {
		o := outliers(t, src, eda.OutlierOptions{ModZ: 5, TukeyK: 100, Normal: []string{"normal"}})
		if len(o.Quality) != 2 {
			t.Fatalf("%d rules judged", len(o.Quality))
		}
		for _, q := range o.Quality {
			if q.Normal != 10 || q.Attacks != 10 || q.Alarms != 2 || q.Found != 5 {
				t.Errorf("%+v", q)
			}
			for name, pair := range map[string][2]float64{
				"precision": {q.Precision(), 5. / 7}, "recall": {q.Recall(), 0.5}, "fpr": {q.FPR(), 0.2},
				"base rate": {q.BaseRate(), 0.5}, "lift": {q.Lift(), 10. / 7}, "informedness": {q.Informedness(), 0.3},
			} {
				check.Close(t, name, pair[0], pair[1], 1e-14)
			}
		}
		turned := outliers(t, src, eda.OutlierOptions{Normal: []string{"neptune"}}).Quality[0]
		if !(turned.Lift() < 1) || !(turned.Informedness() < 0) {
			t.Errorf("with the classes exchanged: lift %v, informedness %v", turned.Lift(), turned.Informedness())
		}
	})
}

// A column made from the label is never ranked against it.
func TestDerivativesAreNotJudged(t *testing.T) {
	o := outliers(t, tableOf(t, flows, dataset.Options{}), eda.OutlierOptions{Scores: true})
	for _, q := range o.Quality {
		if q.Column == "last_flag" {
			t.Errorf("judged: %+v", q)
		}
	}
	for _, s := range o.Scores {
		if slices.Contains(s.Columns, "last_flag") {
			t.Errorf("%s uses last_flag", s.Method)
		}
	}
	if len(o.Quality) == 0 {
		t.Error("nothing is judged")
	}
}

func TestIsolationScores(t *testing.T) {
	o := outliers(t, tableOf(t, clouds(400), dataset.Options{}), eda.OutlierOptions{Features: []string{"x", "y"}, Scores: true, Top: 4})
	tally, err := o.IsolationScores()
	if err != nil {
		t.Fatal(err)
	}
	if tally.NumGroups() != 2 || tally.N(0) != 310 || tally.N(1) != 90 {
		t.Errorf("%d groups, %d normal rows, %d attacks", tally.NumGroups(), tally.N(0), tally.N(1))
	}
	if len(o.Top) != 4 || !slices.IsSortedFunc(o.Top, func(a, b eda.ScoredRow) int { return int(math.Copysign(1, b.Isolation-a.Isolation)) }) {
		t.Errorf("top rows %+v", o.Top)
	}
	for _, r := range o.Top {
		if r.Line != r.Row+1 || r.Label == "" || len(r.Farthest) != 2 || r.Isolation <= 0.5 || math.IsNaN(r.Distance) {
			t.Errorf("%+v", r)
		}
	}
	if scores, step := o.ScoresOf("nothing"); scores != nil || step != 0 {
		t.Error("an unknown method has scores")
	}
	if tally, err := (&eda.Outliers{}).IsolationScores(); err != nil || tally.Total() != 0 {
		t.Errorf("scores of nothing: %v, %v", tally, err)
	}
}

// With few values the ESD test is not made: it would find outliers everywhere.
func TestESDNeedsValues(t *testing.T) {
	for rows, want := range map[int]int{24: 0, 25: 1} {
		text := "a\n"
		for i := range rows {
			text += fmt.Sprintln(i * i % 23)
		}
		if o := outliers(t, tableOf(t, text, dataset.Options{}), eda.OutlierOptions{ESD: 1000}); len(o.ESD) != want {
			t.Errorf("%d tests of %d rows", len(o.ESD), rows)
		} else if want > 0 && o.ESD[0].Most != 12 {
			t.Errorf("looks for %d outliers", o.ESD[0].Most)
		}
	}
	for _, alpha := range []float64{-1, 1, math.NaN()} {
		if _, err := eda.FindOutliers(context.Background(), tableOf(t, "a\n1\n", dataset.Options{}), eda.OutlierOptions{Alpha: alpha}); err == nil {
			t.Errorf("alpha %v gives no error", alpha)
		}
	}
}
