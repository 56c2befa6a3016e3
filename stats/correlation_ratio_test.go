package stats

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestNoncentralF(t *testing.T) {
	// scipy 1.10.1: stats.ncf.cdf
	for _, c := range []struct{ f, df1, df2, lambda, want float64 }{
		{4.5, 2, 30, 3, 0.8270288416562082}, {1, 3, 50, 10, 0.032636445067966514},
		{25, 5, 100, 90, 0.8751706951910437}, {120, 2, 25189, 230, 0.615119566951056},
	} {
		check.Close(t, "noncentral F", noncentralFCDF(c.f, c.df1, c.df2, c.lambda), c.want, 1e-12)
	}
	// scipy 1.10.1: optimize.brentq on stats.ncf.cdf
	for _, c := range []struct{ f, df1, df2, low, high float64 }{
		{4.5, 2, 30, 0.1564417799639181, 24.536325150559943}, {1.2, 3, 50, 0, 12.207627770538455}, {0.2, 4, 20, 0, 2.2262158534203556},
		{25, 5, 100, 71.399607710745, 182.34168430626931}, {101.82800678663443, 2, 25189, 150.52712399245763, 262.49554673907994},
		{2342.9, 5, 25186, 11244.055963574801, 12186.03213719226}, {150, 1, 8, 36.35638704354763, 339.1882948474063},
		{3, 60, 120, 61.56139511283865, 193.69516188690315},
	} {
		low, high := noncentralityOfF(c.f, c.df1, c.df2, 0.95)
		check.Close(t, "lower noncentrality", low, c.low, 1e-10)
		check.Close(t, "upper noncentrality", high, c.high, 1e-10)
	}
}

// The approximation takes over from the sum without a jump.
func TestNoncentralFFar(t *testing.T) {
	for _, scale := range []float64{0.97, 0.99, 1, 1.01, 1.03} {
		const lambda, df1, df2 = mixedNoncentrality, 3, 5000
		f := (df1 + lambda) / df1 * scale
		near, far := noncentralFCDF(f, df1, df2, lambda), noncentralFCDF(f, df1, df2, lambda*(1+1e-12))
		if !check.Near(far, near, 0, 1e-5) {
			t.Errorf("at %v times the mean: %v summed, %v approximated", scale, near, far)
		}
	}
	low, high := noncentralityOfF(1e9, 3, 5000, 0.95)
	if !(low < 3e9 && high > 3e9 && low > 2.8e9 && high < 3.2e9) {
		t.Errorf("interval from %v to %v", low, high)
	}
}

func TestCorrelationRatioTest(t *testing.T) {
	groups := make([]Moments, 4)
	for g, sample := range [][]float64{{6, 8, 4, 5, 3, 4}, {8, 12, 9, 11, 6, 8}, nil, {13, 9, 11, 8, 7, 12}} {
		for _, x := range sample {
			groups[g].Add(x)
		}
	}
	r, err := CorrelationRatioTest(groups, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	// scipy 1.10.1: f_oneway, brentq on ncf.cdf
	check.Close(t, "F", r.Statistic.Value, 9.264705882352942, 1e-13)
	check.Close(t, "p", r.P, 0.0023987773293929083, 1e-12)
	check.Close(t, "eta squared", r.Effect.Value, 0.5526315789473685, 1e-13)
	check.Close(t, "lower bound", r.Effect.CI.Low, 0.17719072504406647, 1e-9)
	check.Close(t, "upper bound", r.Effect.CI.High, 0.6841980724636679, 1e-9)
	check.Close(t, "eta", r.Estimate.Value, CorrelationRatio(groups), 1e-15)
	check.Close(t, "lower bound of eta", r.CI.Low*r.CI.Low, r.Effect.CI.Low, 1e-14)
	if !slices.Equal(r.DF, []float64{2, 15}) || !slices.Equal(r.N, []int64{6, 6, 6}) || r.Effect.Magnitude != "large" || r.CI.Level != 0.9 {
		t.Errorf("%+v", r)
	}
}

func TestCorrelationRatioTestOfExtremes(t *testing.T) {
	one := func(values ...float64) (m Moments) {
		for _, x := range values {
			m.Add(x)
		}
		return m
	}
	r, err := CorrelationRatioTest([]Moments{one(1, 1), one(2, 2)}, 0.95)
	if err != nil || r.Estimate.Value != 1 || r.P != 0 || !math.IsInf(r.Log10P, -1) || r.CI.Low != 1 || r.CI.High != 1 {
		t.Errorf("no spread within: %+v, %v", r, err)
	}
	r, err = CorrelationRatioTest([]Moments{one(1, 3), one(0, 4)}, 0.95)
	if err != nil || r.Estimate.Value != 0 || r.P != 1 || r.CI.Low != 0 || r.CI.High != 0 {
		t.Errorf("equal means: %+v, %v", r, err)
	}
	for name, c := range map[string]struct {
		groups []Moments
		want   error
	}{
		"nothing":          {nil, ErrTooFew},
		"one group":        {[]Moments{one(1, 2, 3), {}}, ErrTooFew},
		"groups of one":    {[]Moments{one(1), one(2)}, ErrTooFew},
		"constant":         {[]Moments{one(5, 5), one(5)}, ErrConstant},
		"beyond all range": {[]Moments{one(-1e300, 1e300), one(1e300)}, ErrNotFinite},
	} {
		if _, err := CorrelationRatioTest(c.groups, 0.95); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := CorrelationRatioTest([]Moments{one(1, 2), one(3)}, 1); err == nil {
		t.Error("a level of 1 is no error")
	}
}

// Of two groups η is the absolute point-biserial correlation, and so is its test.
func TestCorrelationRatioOfTwoGroups(t *testing.T) {
	var groups [2]Moments
	for i, x := range tunaLightness {
		groups[i%2].Add(x)
	}
	eta, err := CorrelationRatioTest(groups[:], 0.95)
	if err != nil {
		t.Fatal(err)
	}
	r, err := PointBiserialTest(groups[0], groups[1], TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "eta", eta.Estimate.Value, math.Abs(r.Estimate.Value), 1e-13)
	check.Close(t, "p", eta.P, r.P, 1e-12)
	check.Close(t, "F", eta.Statistic.Value, r.Statistic.Value*r.Statistic.Value, 1e-12)
}
