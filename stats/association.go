package stats

import "math"

// Association holds measures of how strongly two labels go together. All are 0
// for independent labels; a measure is NaN where it is undefined.
type Association struct {
	N         int64
	ChiSquare float64
	DF        float64
	Phi2      float64 // mean square contingency, chi-square/n

	CramersV          float64 // √(Φ²/min(r−1, c−1)), in [0, 1]
	CramersVCorrected float64 // Bergsma's, see CramersV
	ContingencyC      float64 // Pearson's √(χ²/(χ²+n)), below 1
	TschuprowT        float64 // √(Φ²/√((r−1)(c−1))), in [0, 1]
	MutualInformation float64 // in nats
	UncertaintyRow    float64 // Theil's U of the row label given the column label, in [0, 1]
	UncertaintyCol    float64 // Theil's U of the column label given the row label, in [0, 1]
}

// Associate computes the measures of association of a cross table. It returns
// ErrTooFew for fewer than two observations and ErrConstant when a label has
// only one level.
//
// Theil's uncertainty coefficient U is the mutual information over the entropy
// of the label that is to be told (H. Theil 1972, Statistical Decomposition
// Analysis): the share of its uncertainty that knowing the other label removes.
// It has a direction: a service may tell the protocol but not the reverse.
func Associate(c *Crosstab) (Association, error) {
	t := c.Table()
	if err := checkTable(&t); err != nil {
		return Association{}, err
	}
	n := float64(t.N)
	chi2 := pearsonChiSquare(&t)
	phi2 := chi2 / n
	information := likelihoodRatio(&t) / (2 * n)
	return Association{
		N:                 t.N,
		ChiSquare:         chi2,
		DF:                t.df(),
		Phi2:              phi2,
		CramersV:          plainV(&t, phi2),
		CramersVCorrected: newCorrectedV(&t).of(phi2 - t.df()/(n-1)),
		ContingencyC:      math.Sqrt(chi2 / (chi2 + n)),
		TschuprowT:        math.Min(1, math.Sqrt(phi2/math.Sqrt(t.df()))),
		MutualInformation: information,
		UncertaintyRow:    math.Min(1, information/entropy(t.RowTotals)),
		UncertaintyCol:    math.Min(1, information/entropy(t.ColTotals)),
	}, nil
}

// CramersV returns Cramér's V of a cross table [1] as it is and corrected for its
// bias [2], each with a confidence interval and the word for its size.
//
// V of independent labels is not 0 but about √(df/n/min(r−1, c−1)); the
// correction takes the expected Φ² under independence off and shrinks the
// numbers of levels, and its V of weak association is exactly 0. The intervals
// invert the noncentral chi-square distribution of the statistic [3]: with λ
// such that the observed chi-square is its upper or lower (1−level)/2 quantile,
// the bounds are √((λ+df)/(n·min(r−1, c−1))) for V (0 where λ is) and Bergsma's
// V of Φ² = λ/n for the corrected one. Errors are those of Associate.
//
// [1] H. Cramér (1946), Mathematical Methods of Statistics, section 21.9.
//
// [2] W. Bergsma (2013), "A bias-correction for Cramér's V and Tschuprow's T",
// J. Korean Stat. Soc. 42, 323–328.
//
// [3] M. Smithson (2003), Confidence Intervals, Sage, chapter 4.
func CramersV(c *Crosstab, level float64) (plain, corrected Effect, err error) {
	t := c.Table()
	if err := checkTable(&t); err != nil {
		return Effect{}, Effect{}, err
	}
	return cramersV(&t, level)
}

func cramersV(t *ContingencyTable, level float64) (plain, corrected Effect, err error) {
	if err := checkLevel(level); err != nil {
		return Effect{}, Effect{}, err
	}
	n, df := float64(t.N), t.df()
	chi2 := pearsonChiSquare(t)
	low, high := noncentralityInterval(chi2, df, level)
	v := newCorrectedV(t)

	plain = Effect{Name: "Cramér's V", Value: plainV(t, chi2/n)}
	plain.CI = Interval{0, 0, level}
	if low > 0 {
		plain.CI.Low = plainV(t, (low+df)/n)
	}
	if high > 0 {
		plain.CI.High = plainV(t, (high+df)/n)
	}
	corrected = Effect{Name: "Cramér's V, bias-corrected", Value: v.of(chi2/n - df/(n-1))}
	corrected.CI = Interval{v.of(low / n), v.of(high / n), level}
	for _, e := range []*Effect{&plain, &corrected} {
		e.Magnitude, e.Rule = CramersVMagnitude(e.Value, t.smallerSide())
	}
	return plain, corrected, nil
}

// plainV returns Cramér's V of a mean square contingency. Rounding may not lift
// it above 1.
func plainV(t *ContingencyTable, phi2 float64) float64 {
	return math.Min(1, math.Sqrt(phi2/float64(t.smallerSide())))
}

// correctedV holds the smaller of Bergsma's corrected numbers of levels, less one.
type correctedV struct{ side float64 }

func newCorrectedV(t *ContingencyTable) correctedV {
	shrunk := func(levels int) float64 {
		l := float64(levels - 1)
		return l - l*l/float64(t.N-1)
	}
	return correctedV{math.Min(shrunk(len(t.Rows)), shrunk(len(t.Cols)))}
}

// of returns Bergsma's V of a mean square contingency without bias, NaN when
// there are as many levels as observations.
func (v correctedV) of(phi2 float64) float64 {
	if !(v.side > 0) {
		return math.NaN()
	}
	return math.Min(1, math.Sqrt(math.Max(phi2, 0)/v.side))
}
