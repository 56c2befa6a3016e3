package prep_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

func TestFitsThatCannotBe(t *testing.T) {
	x, y := data(50, 2, 1)
	none, _ := data(0, 2, 1)
	cases := []struct {
		chain string
		x     *learn.Matrix
		y     learn.Target
		want  error
	}{
		{"standard", none, learn.Target{}, learn.ErrTooFew},
		{"impute", none, learn.Target{}, learn.ErrTooFew},
		{"onehot", none, learn.Target{}, learn.ErrTooFew},
		{"standard(columns=nonesuch)", x, y, learn.ErrSetting},
		{"standard(columns=flag)", x, y, learn.ErrSetting},
		{"onehot(columns=heavy)", x, y, learn.ErrSetting},
		{"impute(columns=heavyy)", x, y, learn.ErrSetting},
		{"drop_constant(columns=heavyy)", x, y, learn.ErrSetting},
		{"impute(mode)", x, y, learn.ErrSetting},
		{"quantile(gauss)", x, y, learn.ErrSetting},
		{"quantile(n_quantiles=1)", x, y, learn.ErrSetting},
		{"log1p(some)", x, y, learn.ErrSetting},
		{"clip(lower=0.9;upper=0.1)", x, y, learn.ErrSetting},
		{"onehot(unknown=drop)", x, y, learn.ErrSetting},
		{"onehot(min_frequency=-1)", x, y, learn.ErrSetting},
		{"onehot(error)", x, y, learn.ErrMissing},
		{"target", x, learn.Target{}, learn.ErrTarget},
		{"target", x, learn.Target{Classes: y.Classes, Y: make([]int32, 50)}, learn.ErrOneClass},
		{"target(cv=1)", x, y, learn.ErrSetting},
		{"target(smooth=-1)", x, y, learn.ErrSetting},
		{"select", x, learn.Target{}, learn.ErrTarget},
		{"select", x.Slice(0, 1), y.Take([]int{0}), learn.ErrTooFew},
		{"select(least=2)", x, y, learn.ErrSetting},
		{"select(f)", x, y, learn.ErrSetting},
		{"select(top=-1)", x, y, learn.ErrSetting},
		{"select(mi;bins=1)", x, y, learn.ErrSetting},
		{"pca", x, y, learn.ErrMissing},
		{"impute,pca(variance=0)", x, y, learn.ErrSetting},
		{"impute,pca(components=99)", x, y, learn.ErrSetting},
		{"impute,pca(columns=constant)", x, y, learn.ErrConstant},
		{"pca(columns=normal)", x.Slice(0, 1), y.Take([]int{0}), learn.ErrTooFew},
		{"drop_constant", x.Slice(0, 1), learn.Target{}, learn.ErrConstant},
		{"impute,impute,impute(columns=gaps;indicator=true)", x, y, nil},
		{"standard", x, learn.Target{Weights: make([]float64, 50)}, learn.ErrTarget},
	}
	for _, c := range cases {
		chain, err := prep.ParseChain(c.chain)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = chain.Fit(ctx, c.x, c.y, learn.Run{})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.chain, err, c.want)
		}
	}
}

func TestFewRowsAndOddColumns(t *testing.T) {
	for n := 1; n <= 4; n++ {
		x, y := data(n, 2, 8)
		y.Y[0] = 0
		y.Y[n-1] = 1
		for j := range x.Numbers {
			for i := range x.Numbers[j] {
				if n%2 == 0 {
					x.Numbers[j][i] = math.NaN()
				}
			}
		}
		for _, s := range settings(t) {
			tr, out, err := s.Fit(ctx, x, y, learn.Run{})
			if err != nil {
				continue // that it does not panic is all
			}
			if err := tr.Check(); err != nil {
				t.Errorf("%s of %d rows: %v", s.Kind(), n, err)
			}
			if err := out.Check(); err != nil {
				t.Errorf("%s of %d rows: %v", s.Kind(), n, err)
			}
			finite(t, s.Kind(), apply(t, tr, unseen()))
		}
	}
}

func TestCancelled(t *testing.T) {
	stopped, stop := context.WithCancelCause(ctx)
	cause := errors.New("enough")
	stop(cause)
	x, y := data(50, 2, 1)
	x.Numbers[2], x.Numbers[4] = x.Numbers[0], x.Numbers[1]
	for _, s := range append(settings(t), prep.PCA{}) {
		if _, _, err := s.Fit(stopped, x, y, learn.Run{}); !errors.Is(err, cause) {
			t.Errorf("%s: error %v, want the cause", s.Kind(), err)
		}
		if _, _, err := (prep.Chain{s}).Fit(stopped, x, y, learn.Run{}); !errors.Is(err, cause) {
			t.Errorf("chain of %s: error %v, want the cause", s.Kind(), err)
		}
	}
}

func TestApplyToOtherColumns(t *testing.T) {
	x, y := data(50, 2, 1)
	x.Numbers[2], x.Numbers[4] = x.Numbers[0], x.Numbers[1]
	other := learn.NewMatrix([]learn.Column{{Name: "elsewhere"}}, 2)
	for _, s := range append(settings(t), prep.PCA{}) {
		tr, _ := fit(t, s, x, y)
		if _, err := tr.Apply(other); err == nil || !strings.Contains(err.Error(), "normal") {
			t.Errorf("%s: error %v, want one that names the column", s.Kind(), err)
		}
	}
}
