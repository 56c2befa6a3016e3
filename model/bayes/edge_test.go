package bayes_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/bayes"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestSettingsAreChecked(t *testing.T) {
	x, y := connections()
	for _, s := range []bayes.NaiveBayes{
		{Numbers: "normal"}, {Bins: 1}, {Bins: -3}, {Bins: 70000}, {Alpha: -1}, {Alpha: math.NaN()}, {Alpha: math.Inf(1)},
		{VarSmoothing: -1e-9}, {VarSmoothing: math.NaN()}, {VarSmoothing: math.Inf(1)},
		{Priors: []float64{0.5, 0.6}}, {Priors: []float64{1, 0}}, {Priors: []float64{1.5, -0.5}}, {Priors: []float64{0.2, 0.3, 0.5}}, {Priors: []float64{}},
		{Priors: []float64{math.NaN(), 1}},
	} {
		if _, err := s.Fit(context.Background(), x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%+v: %v, want an error that wraps ErrSetting", s, err)
		}
	}
}

// A value that is missing adds nothing: rows that lack a column score as if there
// were none.
func TestMissingSaysNothing(t *testing.T) {
	for _, numbers := range []string{bayes.Gaussian, bayes.Binned} {
		x, y := modeltest.Problem{Rows: 200, Classes: 3, Gaps: true, Seed: 1}.Make()
		without := x.Slice(0, x.Rows)
		without.Columns, without.Numbers, without.Codes = x.Columns[:4], x.Numbers[:4], x.Codes[:4]
		s := bayes.NaiveBayes{Numbers: numbers}
		want := modeltest.Probabilities(t, modeltest.Fit(t, s, without, y), without)
		m := modeltest.Fit(t, s, x, y)
		blank := learn.NewMatrix(x.Columns, x.Rows)
		copy(blank.Numbers[:4], x.Numbers)
		for i, p := range modeltest.Probabilities(t, m, blank) {
			if !check.Near(p, want[i], 1e-12, 1e-15) {
				t.Fatalf("%s: probability %d = %v with blank columns, %v without these", numbers, i, p, want[i])
			}
		}
	}
}

// Bins depend on the order of numbers only.
func TestBinsIgnoreScale(t *testing.T) {
	for _, rows := range []int{300, 9000} { // few different numbers, and too many to be counted apart
		x, y := modeltest.Problem{Rows: rows, NumbersOnly: true, Seed: 2}.Make()
		z := learn.NewMatrix(x.Columns, x.Rows)
		for j := range x.Numbers {
			for i, v := range x.Numbers[j] {
				z.Numbers[j][i] = 8 * v
			}
		}
		a, b := modeltest.Probabilities(t, modeltest.Fit(t, bayes.NaiveBayes{}, x, y), x), modeltest.Probabilities(t, modeltest.Fit(t, bayes.NaiveBayes{}, z, y), z)
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("%d rows: probability %d is %v, %v on another scale", rows, i, a[i], b[i])
			}
		}
	}
}

// The bins of a column hold about equal weight, and a value that has more than its
// share has a bin of its own.
func TestBinsAreOfEqualWeight(t *testing.T) {
	const n = 10000
	x := learn.NewMatrix([]learn.Column{{Name: "even"}, {Name: "heavy"}, {Name: "few"}}, n)
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, n)}
	for i := range n {
		y.Y[i] = int32(i % 2)
		x.Numbers[0][i] = float64(i)
		x.Numbers[1][i] = max(0, float64(i-n/2))
		x.Numbers[2][i] = float64(i % 3)
	}
	m := modeltest.Fit(t, bayes.NaiveBayes{Bins: 10}, x, y).(*bayes.Model)
	for i, e := range m.Parts[0].Edges {
		if want := float64(1000*(i+1)) - 0.5; math.Abs(e-want) > 2 {
			t.Errorf("bin %d ends at %v, want %v", i, e, want)
		}
	}
	if edges := m.Parts[1].Edges; len(edges) != 9 || edges[0] != 0.5 || math.Abs(edges[1]-n/18.) > 2 {
		t.Errorf("half of the weight is at 0, and bins end at %v", edges)
	}
	if edges := m.Parts[2].Edges; len(edges) != 2 || edges[0] != 0.5 || edges[1] != 1.5 {
		t.Errorf("three values are split at %v", edges)
	}
}

func TestPriors(t *testing.T) {
	x, _ := connections()
	for i := range x.Rows { // nothing else is known
		x.Codes[0][i], x.Numbers[1][i] = learn.NoLevel, math.NaN()
	}
	trained, z := connections()
	m := modeltest.Fit(t, bayes.NaiveBayes{Priors: []float64{0.9, 0.1}}, trained, z)
	if p := modeltest.Probabilities(t, m, x); !check.Near(p[1], 0.1, 1e-12, 0) {
		t.Errorf("of an empty row, the probability is %v, want the prior 0.1", p[1])
	}
}

// A class of which no row has a number in a column is like all rows there.
func TestClassWithoutNumbers(t *testing.T) {
	for _, numbers := range []string{bayes.Gaussian, bayes.Binned} {
		x, y := modeltest.Problem{Rows: 100, Seed: 3}.Make()
		for i, c := range y.Y {
			if c == 1 {
				x.Numbers[0][i] = math.NaN()
			}
		}
		m := modeltest.Fit(t, bayes.NaiveBayes{Numbers: numbers}, x, y)
		for i := range x.Rows {
			x.Numbers[0][i] = 0.01 // where normal rows are
		}
		if i := slices.IndexFunc(modeltest.Probabilities(t, m, x), math.IsNaN); i >= 0 {
			t.Errorf("%s: probability %d is NaN", numbers, i)
		}
		e, err := m.(learn.Explainer).Explain(x)
		if err != nil {
			t.Fatal(err)
		}
		if part := e.Parts[0][0]; math.Abs(part) > 2.5 {
			t.Errorf("%s: a column that one class knows nothing of adds %v", numbers, part)
		}
	}
}

func TestHugeNumbersAreRefused(t *testing.T) {
	x, y := connections()
	x.Numbers[1][0] = 1e200
	if _, err := (bayes.NaiveBayes{Numbers: bayes.Gaussian}).Fit(context.Background(), x, y, learn.Run{}); err == nil {
		t.Error("a variance of 1e400 is no error")
	}
	modeltest.Fit(t, bayes.NaiveBayes{}, x, y)
}

func FuzzStored(f *testing.F) {
	x, y := connections()
	for seed := range uint64(20) {
		for _, s := range []learn.Spec{bayes.NaiveBayes{}, bayes.NaiveBayes{Numbers: bayes.Gaussian}, bayes.Baseline{}} {
			m, err := s.Fit(context.Background(), x, y, learn.Run{})
			if err != nil {
				f.Fatal(err)
			}
			raw, err := json.Marshal(m)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(modeltest.Damage(raw, seed))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		modeltest.Survive(t, raw, func() learn.Model { return &bayes.Model{} }, x)
		modeltest.Survive(t, raw, func() learn.Model { return &bayes.BaselineModel{} }, x)
	})
}
