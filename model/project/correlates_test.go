package project

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

// waves are rows without ties: np.sin(i*i*np.arange(1, 6)*0.7) for i from 1 to 60.
func waves() *learn.Matrix {
	rows := make([][]float64, 60)
	for i := range rows {
		for j := range 5 {
			rows[i] = append(rows[i], math.Sin(float64((i+1)*(i+1)*(j+1))*0.7))
		}
	}
	return matrixOf(rows)
}

// scikit-learn 1.2.1, manifold.trustworthiness(X, X[:, :2], n_neighbors=k).
func TestTrustworthinessAgreesWithScikitLearn(t *testing.T) {
	x := waves()
	for k, want := range map[int]float64{1: 0.9971264367816092, 5: 0.9628205128205128, 12: 0.8139223560910308, 29: 0.6960488505747127} {
		got, err := Trustworthiness(context.Background(), x, x.Numbers[:2], k, 2)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, "Trustworthiness", got, want, 1e-12)
	}
	got, err := Trustworthiness(context.Background(), x, x.Numbers, 7, 1)
	if err != nil || got != 1 {
		t.Errorf("a picture that is the data: %v, %v, want 1", got, err)
	}
	for _, k := range []int{-1, 0, 30} {
		if _, err := Trustworthiness(context.Background(), x, x.Numbers, k, 1); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("k = %d: %v", k, err)
		}
	}
	if _, err := Trustworthiness(context.Background(), x, [][]float64{{1, 2}}, 3, 1); !errors.Is(err, learn.ErrTarget) {
		t.Errorf("an axis of other rows: %v", err)
	}
}

// scipy 1.10.1, stats.spearmanr(X[:, 0], X[:, j]), and with np.arange(60) % 3 == 0.
func TestCorrelatesAgreeWithSciPy(t *testing.T) {
	x := waves()
	axes := [][]float64{x.Numbers[0]}
	x.Columns = append(x.Columns, learn.Column{Name: "kind", Levels: []string{"a", "b", "c"}}, learn.Column{Name: "constant"})
	codes := make([]int32, 60)
	for i := range codes {
		codes[i] = int32(i % 3)
	}
	x.Numbers, x.Codes = append(x.Numbers, nil, make([]float64, 60)), append(x.Codes, codes, nil)
	got, err := Correlates(context.Background(), x, axes, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := map[Correlate]float64{
		{Column: "x1"}: 1, {Column: "x2"}: 0.20750208391219788, {Column: "x3"}: -0.13448180050013897,
		{Column: "x4"}: -0.031064184495693252, {Column: "x5"}: 0.16587941094748546,
		{Column: "kind", Level: "a"}: -0.06532880054892662,
	}
	for i, c := range got[0] {
		if i > 0 && math.Abs(c.Rho) > math.Abs(got[0][i-1].Rho) {
			t.Errorf("%v comes after a weaker one", c)
		}
		if rho, ok := want[Correlate{Column: c.Column, Level: c.Level}]; ok {
			check.Close(t, c.name(), c.Rho, rho, 1e-12)
			delete(want, Correlate{Column: c.Column, Level: c.Level})
		}
		if c.Column == "constant" {
			t.Error("a column that does not vary goes along with an axis")
		}
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

func TestCorrelatesLeaveMissingNumbersOut(t *testing.T) {
	x := waves()
	axes := [][]float64{x.Numbers[0]}
	few := x.Slice(0, 40)
	want, err := Correlates(context.Background(), few, [][]float64{axes[0][:40]}, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	for j := range x.Numbers {
		x.Numbers[j] = append(append([]float64{}, x.Numbers[j][:40]...), make([]float64, 20)...)
		for i := 40; i < 60; i++ {
			x.Numbers[j][i] = math.NaN()
		}
	}
	got, err := Correlates(context.Background(), x, axes, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want[0] {
		if got[0][i] != want[0][i] {
			t.Errorf("correlate %d is %v, want %v", i, got[0][i], want[0][i])
		}
	}
}

func TestCaption(t *testing.T) {
	got := Caption([][]Correlate{
		{{"count", "", 0.831}, {"flag", "SF", -0.72}, {"hot", "", 0.31}, {"land", "", 0.1}},
		{{"land", "", 0.29}},
	})
	want := "Axis 1 rises with count (0.83), hot (0.31), and falls with flag = SF (0.72). Axis 2 goes along with no column."
	if got != want {
		t.Errorf("caption %q, want %q", got, want)
	}
}
