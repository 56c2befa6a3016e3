package prep_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

func TestCheckFindsWhatIsBroken(t *testing.T) {
	in := []learn.Column{{Name: "a"}, {Name: "b"}, {Name: "flag", Levels: []string{"S0", "SF"}}}
	made := prep.Layout{In: in, Out: []learn.Column{{Name: "a"}, {Name: "n"}}, From: learn.Ints{0, -1}}
	all, nan := prep.Layout{In: in}, learn.Floats{math.NaN()}
	one, first := learn.Floats{1}, learn.Ints{0}
	cases := map[string]learn.Transform{
		"two columns of a name":      &prep.Subset{Layout: prep.Layout{In: []learn.Column{{Name: "a"}, {Name: "a"}}}},
		"two outputs of a name":      &prep.Subset{Layout: prep.Layout{In: in, Out: []learn.Column{{Name: "a"}, {Name: "a"}}, From: learn.Ints{0, 1}}},
		"no place":                   &prep.Subset{Layout: prep.Layout{In: in, Out: in}},
		"a place too far":            &prep.Subset{Layout: prep.Layout{In: in, Out: in[:1], From: learn.Ints{3}}},
		"other cells":                &prep.Subset{Layout: prep.Layout{In: in, Out: in[2:], From: first}},
		"new levels":                 &prep.Subset{Layout: prep.Layout{In: in, Out: in[2:], From: learn.Ints{-1}}},
		"a new column":               &prep.Subset{Layout: made},
		"imputation: strategy":       &prep.Imputation{Layout: all},
		"imputation: levels":         &prep.Imputation{Layout: all, Strategy: "mean", Places: learn.Ints{2}, Fill: one},
		"imputation: no flag":        &prep.Imputation{Layout: made, Strategy: "mean"},
		"imputation: flag of levels": &prep.Imputation{Layout: made, Strategy: "mean", Flagged: learn.Ints{2}},
		"imputation: NaN":            &prep.Imputation{Layout: all, Strategy: "mean", Places: first, Fill: nan},
		"imputation: fills a flag":   &prep.Imputation{Layout: made, Strategy: "mean", Flagged: first, Places: learn.Ints{1}, Fill: one},
		"scaling: method":            &prep.Scaling{Layout: all},
		"scaling: negative":          &prep.Scaling{Layout: all, Method: "robust", Places: first, Center: one, Scale: learn.Floats{-1}},
		"scaling: lengths":           &prep.Scaling{Layout: all, Method: "robust", Places: first, Center: one},
		"scaling: own columns":       &prep.Scaling{Layout: made, Method: "robust"},
		"log1p: order":               &prep.Logarithm{Layout: all, Places: learn.Ints{1, 0}},
		"clip: crossed":              &prep.Limits{Layout: all, Places: first, Low: learn.Floats{2}, High: one},
		"clip: lengths":              &prep.Limits{Layout: all, Places: first, Low: one},
		"quantile: distribution":     &prep.Ranks{Layout: all},
		"quantile: lists":            &prep.Ranks{Layout: all, Distribution: "uniform", Quantiles: 2, Places: first},
		"quantile: lengths":          &prep.Ranks{Layout: all, Distribution: "uniform", Quantiles: 2, Places: first, Values: []learn.Floats{{1, 2}}, Last: []learn.Ints{{1}}},
		"quantile: order":            &prep.Ranks{Layout: all, Distribution: "uniform", Quantiles: 2, Places: first, Values: []learn.Floats{{2, 1}}, Last: []learn.Ints{{0, 1}}},
		"quantile: last":             &prep.Ranks{Layout: all, Distribution: "uniform", Quantiles: 9, Places: first, Values: []learn.Floats{{1, 2}}, Last: []learn.Ints{{0, 1}}},
		"power: lambda":              &prep.Powers{Layout: all, Places: first, Lambda: learn.Floats{1e9}, Origin: one, Scale: one, Mean: one, SD: one},
		"power: lengths":             &prep.Powers{Layout: all, Places: first, Lambda: one},
		"onehot: unknown":            &prep.Indicators{Layout: all},
		"onehot: numbers":            &prep.Indicators{Layout: all, Unknown: "zero", Places: first},
		"onehot: lists":              &prep.Indicators{Layout: all, Unknown: "zero", Places: learn.Ints{2}},
		"onehot: levels":             &prep.Indicators{Layout: all, Unknown: "zero", Places: learn.Ints{2}, To: []learn.Ints{{-1}}},
		"onehot: not a new column":   &prep.Indicators{Layout: made, Unknown: "zero", Places: learn.Ints{2}, To: []learn.Ints{{-1, 0, 1}}},
		"onehot: no level":           &prep.Indicators{Layout: made, Unknown: "zero", Places: learn.Ints{2}, To: []learn.Ints{{-1, -1, -1}}},
		"levels: method":             &prep.LevelNumbers{Layout: all},
		"levels: lists":              &prep.LevelNumbers{Layout: made, Method: "target", Places: learn.Ints{1}},
		"levels: none is made":       &prep.LevelNumbers{Layout: made, Method: "target"},
		"levels: of numbers":         &prep.LevelNumbers{Layout: made, Method: "target", Places: learn.Ints{1}, Coded: first, Values: []learn.Floats{{1, 1, 1}}},
		"levels: count":              &prep.LevelNumbers{Layout: made, Method: "target", Places: learn.Ints{1}, Coded: learn.Ints{2}, Values: []learn.Floats{{1, 1}}},
		"select: unknown":            &prep.Selection{Layout: all, Ranking: []prep.Ranked{{Name: "z", Kept: true}}},
		"select: kept":               &prep.Selection{Layout: all, Ranking: []prep.Ranked{{Name: "a"}}},
		"pca: loading":               &prep.Components{Layout: made, Places: first, Center: one, Scale: one, Explained: one, Loadings: []learn.Floats{{7}}},
		"pca: lengths":               &prep.Components{Layout: made, Places: first, Center: one, Scale: one, Loadings: []learn.Floats{{1}}},
		"pca: scale":                 &prep.Components{Layout: made, Places: first, Center: one, Scale: learn.Floats{-1}, Explained: one, Loadings: []learn.Floats{{1}}},
		"pca: no component":          &prep.Components{Layout: made, Places: first, Center: one, Scale: one},
		"pca: total":                 &prep.Components{Layout: all, Total: math.Inf(1)},
	}
	for name, tr := range cases {
		if err := tr.Check(); !errors.Is(err, learn.ErrBroken) {
			t.Errorf("%s: error %v, want one of a broken model", name, err)
		}
	}
}

func TestNamesThatAreTaken(t *testing.T) {
	nan := math.NaN()
	x := &learn.Matrix{Rows: 2, Columns: []learn.Column{{Name: "v"}, {Name: "v_missing"}, {Name: "f", Levels: []string{"a"}}, {Name: "f=a"}, {Name: "f:attack"}},
		Numbers: [][]float64{{1, nan}, {2, 3}, nil, {1, 2}, {3, 1}}, Codes: [][]int32{nil, nil, {0, -1}, nil, nil}}
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 1}}
	for _, s := range []learn.Step{prep.Impute{}, prep.OneHot{}, prep.Target{}} {
		if _, _, err := s.Fit(ctx, x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%s: error %v", s.Kind(), err)
		}
	}
}

func TestDropped(t *testing.T) {
	x, y := data(200, 2, 1)
	tr, _ := fit(t, prep.DropConstant{}, x, y)
	if d := tr.(*prep.Subset).Dropped(); !slices.Equal(d, []string{"constant", "one"}) {
		t.Errorf("dropped %q", d)
	}
	tr, _ = fit(t, prep.DropConstant{Columns: []string{"one", "normal"}}, x, y)
	if d := tr.(*prep.Subset).Dropped(); !slices.Equal(d, []string{"one"}) {
		t.Errorf("dropped %q of two columns", d)
	}
	tr, _ = fit(t, prep.Select{Top: 8}, x, y)
	if d := tr.(*prep.Selection).Dropped(); len(d) != 1 {
		t.Errorf("dropped %q, want one column", d)
	}
}
