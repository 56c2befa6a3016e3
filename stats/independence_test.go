package stats

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// scipyTables were computed with scipy 1.10.1: chi2_contingency with and without
// correction and with lambda_="log-likelihood", contingency.association, and the
// roots λ of ncx2.cdf found by brentq; the last table is that of Agresti (1990),
// page 350. bc stands for Bergsma's corrected V and its interval.
var scipyTables = []struct {
	counts            [][]int64
	chi2, p, g, gP    float64
	yates, yatesP     float64 // 2 by 2 only
	v, tschuprow, c   float64
	ncpLow, ncpHigh   float64
	low, high         float64
	bc, bcLow, bcHigh float64
	magnitude         string
	minExpected       float64
}{
	{
		counts: [][]int64{{10, 20, 30}, {6, 9, 17}},
		chi2:   0.27157465150403504, p: 0.873028283380073, g: 0.2740265420246606, gP: 0.8719586542812721,
		v: 0.05433137570422292, tschuprow: 0.04568705906548381, c: 0.05425136245382702,
		ncpLow: 0, ncpHigh: 3.476705738157154, low: 0, high: 0.24398649593237812,
		bc: 0, bcLow: 0, bcHigh: 0.19547422275057072, magnitude: "negligible",
		minExpected: 16.0 * 32 / 92,
	},
	{
		counts: [][]int64{{12, 3, 5}, {2, 14, 6}, {4, 5, 21}},
		chi2:   32.58694903581267, p: 1.4511629579108098e-06, g: 29.612366768596026, gP: 5.869258998820243e-06,
		v: 0.4757081638916275, tschuprow: 0.4757081638916275, c: 0.5581913518792747,
		ncpLow: 11.628088289666687, ncpHigh: 55.322994858050414, low: 0.329436474757218, high: 0.6418451854378863,
		bc: 0.45152200358396827, bcLow: 0.2882554606672739, bcHigh: 0.6287474316625239, magnitude: "large",
		minExpected: 18.0 * 20 / 72,
	},
	{
		counts: [][]int64{{30, 10}, {15, 45}},
		chi2:   24.242424242424242, p: 8.494052234341352e-07, g: 25.16073381895602, gP: 5.274525824267493e-07,
		yates: 22.264309764309765, yatesP: 2.375816149275661e-06,
		v: 0.49236596391733095, tschuprow: 0.49236596391733095, c: 0.4417261042993862,
		ncpLow: 8.783491933291895, ncpHigh: 47.384274192944694, low: 0.3127857402966429, high: 0.6955880547633397,
		bc: 0.4844521416518049, bcLow: 0.29787781726739837, bcHigh: 0.6918655013433862, magnitude: "medium",
		minExpected: 18,
	},
	{
		counts: [][]int64{{794, 86}, {150, 570}},
		chi2:   788.3197414408659, p: 1.8688861404637184e-173, g: 865.7353580956635, gP: 2.7586898150763776e-190,
		yates: 785.4536476797741, yatesP: 7.847586638083131e-173,
		v: 0.7019258069059302, tschuprow: 0.7019258069059302, c: 0.5745197555475392,
		ncpLow: 682.1012561531737, ncpHigh: 902.2211443699472, low: 0.6534051462115473, high: 0.7513409447322946,
		bc: 0.7016996358665578, bcLow: 0.6531309703061209, bcHigh: 0.7511598275032857, magnitude: "large",
		minExpected: 720.0 * 656 / 1600,
	},
}

func TestIndependenceAgainstSciPy(t *testing.T) {
	for i, want := range scipyTables {
		c := newCrosstab(t, want.counts)
		c.Missing = 4
		name := fmt.Sprintf("table %d: ", i)
		chi, err := ChiSquareTest(c, 0.95)
		if err != nil {
			t.Fatal(name, err)
		}
		check.Close(t, name+"chi2", chi.Statistic.Value, want.chi2, 1e-13)
		check.Close(t, name+"p", chi.P, want.p, 1e-10)
		check.Close(t, name+"V", chi.Estimate.Value, want.v, 1e-13)
		check.Close(t, name+"low", chi.CI.Low, want.low, 1e-9)
		check.Close(t, name+"high", chi.CI.High, want.high, 1e-9)
		check.Close(t, name+"corrected V", chi.Effect.Value, want.bc, 1e-12)
		check.Close(t, name+"its low", chi.Effect.CI.Low, want.bcLow, 1e-9)
		check.Close(t, name+"its high", chi.Effect.CI.High, want.bcHigh, 1e-9)
		check.Close(t, name+"minimum expected", chi.Terms[0].Values[0].Value, want.minExpected, 1e-14)
		if chi.Effect.Magnitude != want.magnitude || chi.Missing != 4 || len(chi.Warnings) != 0 {
			t.Errorf("%s%+v", name, chi)
		}
		g, err := GTest(c, 0.95)
		if err != nil {
			t.Fatal(name, err)
		}
		check.Close(t, name+"G", g.Statistic.Value, want.g, 1e-12)
		check.Close(t, name+"p of G", g.P, want.gP, 1e-10)
		yates, err := YatesTest(c, 0.95)
		if want.yates == 0 {
			if err == nil {
				t.Errorf("%scontinuity correction of a table larger than 2 by 2", name)
			}
			continue
		}
		check.Close(t, name+"Yates", yates.Statistic.Value, want.yates, 1e-13)
		check.Close(t, name+"p of Yates", yates.P, want.yatesP, 1e-10)
	}
}

func TestAssociateAgainstSciPy(t *testing.T) {
	for i, want := range scipyTables {
		a, err := Associate(newCrosstab(t, want.counts))
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("table %d: ", i)
		check.Close(t, name+"V", a.CramersV, want.v, 1e-13)
		check.Close(t, name+"corrected V", a.CramersVCorrected, want.bc, 1e-12)
		check.Close(t, name+"Tschuprow's T", a.TschuprowT, want.tschuprow, 1e-13)
		check.Close(t, name+"contingency coefficient", a.ContingencyC, want.c, 1e-13)
		plain, corrected, err := CramersV(newCrosstab(t, want.counts), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, name+"low of V", plain.CI.Low, want.low, 1e-9)
		check.Close(t, name+"high of corrected V", corrected.CI.High, want.bcHigh, 1e-9)
		low, high := noncentralityInterval(a.ChiSquare, a.DF, 0.95)
		check.Close(t, name+"lower noncentrality", low, want.ncpLow, 1e-9)
		check.Close(t, name+"upper noncentrality", high, want.ncpHigh, 1e-9)
	}
}

func TestNoncentralChiSquared(t *testing.T) {
	// mpmath 1.2.1 with 60 digits, the Poisson mixture; the last by scipy 1.10.1 ncx2.
	for _, c := range []struct{ x, df, lambda, want, rel float64 }{
		{3.84, 1, 2.5, 0.64725342511567386, 1e-12},
		{50, 4, 30, 0.91189793891038158, 1e-12},
		{0.5, 3, 0.1, 0.0775281623334922, 1e-12},
		{2000, 5, 2100, 0.12536478500513638, 1e-12},
		{9, 2, 40, 0.00029321516923334967, 1e-11},
		{15153.7, 10, 15000, 0.7221462445937554, 1e-11},
	} {
		got := noncentralChiSquaredCDF(c.x, c.df, c.lambda)
		check.Close(t, fmt.Sprintf("P(X <= %v), df %v, noncentrality %v", c.x, c.df, c.lambda), got, c.want, c.rel)
	}
	// A statistic of millions, as large logs give, is about normal: with mean df+λ
	// and variance 2(df+2λ) the interval is x ± 1.96·2√x to a few parts in a thousand.
	const x = 4e6
	low, high := noncentralityInterval(x, 20, 0.95)
	check.Close(t, "lower noncentrality of a huge statistic", (x-low)/math.Sqrt(x), 2*1.96, 5e-3)
	check.Close(t, "upper noncentrality of a huge statistic", (high-x)/math.Sqrt(x), 2*1.96, 1e-2)
	if noncentralChiSquaredCDF(0, 3, 1) != 0 {
		t.Error("P(X <= 0) is not 0")
	}
}

func TestIndependenceErrorsAndWarnings(t *testing.T) {
	for _, f := range []func(*Crosstab, float64) (Result, error){ChiSquareTest, GTest, YatesTest} {
		if _, err := f(newCrosstab(t, [][]int64{{3, 4}}), 0.95); !errors.Is(err, ErrConstant) {
			t.Errorf("one row: %v", err)
		}
		if _, err := f(newCrosstab(t, [][]int64{{3}, {4}}), 0.95); !errors.Is(err, ErrConstant) {
			t.Errorf("one column: %v", err)
		}
		if _, err := f(newCrosstab(t, [][]int64{{3, 1}, {4, 2}}), 1); err == nil {
			t.Error("confidence level 1 was accepted")
		}
		r, err := f(newCrosstab(t, [][]int64{{3, 1}, {4, 2}}), 0.95)
		if err != nil || len(r.Warnings) != 1 || !errors.Is(r.Warnings[0], ErrSparse) {
			t.Errorf("sparse table: warnings %v, %v", r.Warnings, err)
		}
	}
	// As many levels as observations: there is nothing to correct with.
	r, err := ChiSquareTest(newCrosstab(t, [][]int64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}), 0.95)
	if err != nil || !math.IsNaN(r.Effect.Value) || r.Effect.Magnitude != "" {
		t.Errorf("diagonal of ones: effect %+v, %v; want an undefined one", r.Effect, err)
	}
	for _, f := range []func(*Crosstab) error{
		func(c *Crosstab) error { _, err := Associate(c); return err },
		func(c *Crosstab) error { _, _, err := CramersV(c, 0.95); return err },
	} {
		if err := f(newCrosstab(t, [][]int64{{3, 4}})); !errors.Is(err, ErrConstant) {
			t.Errorf("association of one row: %v", err)
		}
	}
}

func TestAssociationSymmetry(t *testing.T) {
	counts := [][]int64{{12, 3, 5, 1}, {2, 14, 6, 9}}
	transposed := make([][]int64, 4)
	for j := range transposed {
		transposed[j] = []int64{counts[0][j], counts[1][j]}
	}
	a, err := Associate(newCrosstab(t, counts))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Associate(newCrosstab(t, transposed))
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "chi2", a.ChiSquare, b.ChiSquare, 1e-14)
	check.Close(t, "V", a.CramersV, b.CramersV, 1e-14)
	check.Close(t, "corrected V", a.CramersVCorrected, b.CramersVCorrected, 1e-14)
	check.Close(t, "mutual information", a.MutualInformation, b.MutualInformation, 1e-14)
	check.Close(t, "uncertainty of the row", a.UncertaintyRow, b.UncertaintyCol, 1e-14)
	check.Close(t, "uncertainty of the column", a.UncertaintyCol, b.UncertaintyRow, 1e-14)
}

func TestAssociationExtremes(t *testing.T) {
	// Proportional rows are independent; a permutation matrix is a function.
	a, err := Associate(newCrosstab(t, [][]int64{{10, 20, 30}, {1, 2, 3}}))
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]float64{
		"V": a.CramersV, "corrected V": a.CramersVCorrected, "T": a.TschuprowT, "information": a.MutualInformation,
		"row": a.UncertaintyRow, "column": a.UncertaintyCol,
	} {
		if math.Abs(v) > 1e-15 {
			t.Errorf("independent labels: %s = %v, want 0", name, v)
		}
	}
	a, err = Associate(newCrosstab(t, [][]int64{{0, 40, 0}, {40, 0, 0}, {0, 0, 40}}))
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "V of a function", a.CramersV, 1, 1e-15)
	check.Close(t, "corrected V of a function", a.CramersVCorrected, 1, 1e-14)
	check.Close(t, "information of a function", a.MutualInformation, math.Log(3), 1e-15)
	check.Close(t, "uncertainty of a function", a.UncertaintyRow, 1, 1e-15)

	// The column tells the row, the row leaves the column open.
	a, err = Associate(newCrosstab(t, [][]int64{{25, 25, 0, 0}, {0, 0, 25, 25}}))
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "row given column", a.UncertaintyRow, 1, 1e-15)
	check.Close(t, "column given row", a.UncertaintyCol, 0.5, 1e-15)
}
