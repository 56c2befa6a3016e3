package sql

import (
	"context"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// likelihoodServer has a class y and a number x.
func likelihoodServer(answers ...scriptedAnswer) *scripted {
	return &scripted{columns: []ColumnInfo{column("y", "Int8", Integer), column("x", "Float64", Float)}, rows: 100,
		facts: map[string]columnFacts{"y": {n: 100, min: 0, max: 9}, "x": {n: 100, min: 0, max: 9, beyond: 50}}, answers: answers}
}

var (
	likelihoodCounts   = scriptedAnswer{contains: " = 2)", rows: [][]any{{100, 10, 80}}}
	likelihoodPatterns = scriptedAnswer{contains: "LIMIT 11", rows: [][]any{{0, 80, 30}}}
	likelihoodSpreads  = scriptedAnswer{contains: "max(na_x0)", rows: [][]any{{80., 80., 0., 9., 240.}}}
	likelihoodQuery    = dataset.LikelihoodQuery{Class: dataset.Halves{Column: 0, Numbers: [2][]float64{{0}, {1}}}, Quantities: [][]dataset.Factor{{{Column: 1}}}, Most: 10}
)

// sumsAnswer is one pattern with a hash and so many rows: Σ1, Σz and Σz² in two parts each.
func sumsAnswer(hash, ones, zeros int) scriptedAnswer {
	return scriptedAnswer{contains: "AS na_g9", rows: [][]any{{hash, ones, zeros, 80., 0., 10., 0., 20., 0.}}}
}

func TestLikelihoodMoments(t *testing.T) {
	s := openScript(t, likelihoodServer(likelihoodCounts, likelihoodPatterns, likelihoodSpreads, sumsAnswer(0, 30, 50)), Options{})
	l, err := s.Likelihood(context.Background(), likelihoodQuery)
	if err != nil {
		t.Fatal(err)
	}
	// In units of 6 about 3, the mean is 10/80, and the squares about it add up to 20 − 10²/80.
	if m := l.Quantities[0]; l.Rows != 100 || l.Missing != 10 || l.Outside != 10 || m.N != 80 || m.Mean != 3+6*0.125 || m.M2 != 36*18.75 {
		t.Errorf("%d rows, %d missing, %d outside, moments %+v", l.Rows, l.Missing, l.Outside, m)
	}
}

func TestLikelihoodNoticesChanges(t *testing.T) {
	fewer := scriptedAnswer{contains: "LIMIT 11", rows: [][]any{{0, 79, 30}}}
	for name, answers := range map[string][]scriptedAnswer{
		"rows":         {{contains: " = 2)", rows: [][]any{{99, 10, 80}}}},
		"patterns":     {likelihoodCounts, fewer},
		"numbers":      {likelihoodCounts, likelihoodPatterns, {contains: "max(na_x0)", rows: [][]any{{81., 81., 0., 9., 240.}}}},
		"sums":         {likelihoodCounts, likelihoodPatterns, likelihoodSpreads, sumsAnswer(0, 30, 49)},
		"new patterns": {likelihoodCounts, likelihoodPatterns, likelihoodSpreads, sumsAnswer(7, 30, 50)},
	} {
		s := openScript(t, likelihoodServer(answers...), Options{})
		if _, err := s.Likelihood(context.Background(), likelihoodQuery); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLikelihoodRefuses(t *testing.T) {
	s := openScript(t, likelihoodServer(), Options{})
	for name, q := range map[string]dataset.LikelihoodQuery{
		"no class":    {Class: dataset.Halves{Column: 5}},
		"no key":      {Keys: []int{-1}},
		"no levels":   {Keys: []int{1}},
		"no quantity": {Quantities: [][]dataset.Factor{{{Column: 2}}}},
	} {
		if _, err := s.Likelihood(context.Background(), q); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestLikelihoodStatements: no statement asks for more sums than servers take, and all are asked for.
func TestLikelihoodStatements(t *testing.T) {
	server := likelihoodServer()
	l := &likelihood{s: openScript(t, server, Options{}), class: "y", hashes: []float64{0}, patterns: []int{0}, rows: 1}
	for range 40 {
		l.quantities, l.units = append(l.quantities, "x"), append(l.units, unit{0, 1, 1})
	}
	at := stats.LogitPlace{By: l.nowhere()}
	parts, most := 0, 0
	for _, w := range l.wanted(&at) {
		parts += len(w.parts)
		most = max(most, len(w.parts))
	}
	if want := 2 + 2*41 + 41*42/2 + 1; parts != want || most != 2 {
		t.Errorf("%d parts of sums, want %d", parts, want)
	}
	if _, err := l.Add(context.Background(), at); err == nil { // the script has no answer
		t.Fatal("no error")
	}
	if n := strings.Count(server.asked[len(server.asked)-1], "sum("); n > sumsPerStatement || n < sumsPerStatement-1 {
		t.Errorf("the first statement asks for %d sums", n)
	}
}
