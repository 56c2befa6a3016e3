package stats

import "math"

// LogitMeasures say how well a logistic regression fits and predicts the rows that
// it was fitted to; on other rows it will do less well.
type LogitMeasures struct {
	Deviance   float64 // −2 log likelihood
	McFadden   float64 // part of the null deviance that the model takes away
	CoxSnell   float64 // 1 − (L₀/L)^(2/n); below 1 for a perfect fit
	Nagelkerke float64 // the same as a part of its largest value
	Tjur       float64 // mean probability of the ones less that of the zeros
	AIC, BIC   float64 // with every coefficient that the design determines
	Brier      float64 // mean squared error of the probabilities
	LogLoss    float64 // mean negative log likelihood
}

// Measures returns how well the model fits.
func (f *LogitFit) Measures() LogitMeasures {
	n, k := float64(f.N), float64(f.Rank())
	m := LogitMeasures{Deviance: -2 * f.LogLik, McFadden: 1 - f.LogLik/f.NullLogLik,
		CoxSnell: -math.Expm1(2 * (f.NullLogLik - f.LogLik) / n),
		AIC:      2*k - 2*f.LogLik, BIC: k*math.Log(n) - 2*f.LogLik, LogLoss: -f.LogLik / n}
	m.Nagelkerke = m.CoxSnell / -math.Expm1(2*f.NullLogLik/n)
	if f.bins != nil {
		m.Tjur, m.Brier = f.binnedMeasures()
		return m
	}
	var inOnes, inZeros Moments
	var squares compensated
	for i, p := range f.Probabilities {
		q := f.state.other[i]
		inOnes.AddN(p, f.data.Ones[i])
		inZeros.AddN(p, f.data.Zeros[i])
		squares = squares.add(float64(f.data.Ones[i])*q*q + float64(f.data.Zeros[i])*p*p)
	}
	m.Tjur, m.Brier = inOnes.Mean-inZeros.Mean, squares.value()/n
	return m
}

// Scores returns the fitted probabilities as a tally of two groups, the ones and
// the zeros, for DeLong and curves. names are those of the two groups.
func (f *LogitFit) Scores(ones, zeros string) (Tally, error) {
	var first, second []float64
	var n1, n2 []int64
	add := func(p float64, ones, zeros int64) {
		if ones > 0 {
			first, n1 = append(first, p), append(n1, ones)
		}
		if zeros > 0 {
			second, n2 = append(second, p), append(n2, zeros)
		}
	}
	for i, p := range f.Probabilities {
		add(p, f.data.Ones[i], f.data.Zeros[i])
	}
	f.binnedScores(add)
	a, err := TallyFromCounts(first, n1)
	if err != nil {
		return a, err
	}
	b, err := TallyFromCounts(second, n2)
	if err != nil {
		return b, err
	}
	a.Groups, b.Groups = []string{ones}, []string{zeros}
	return a.Merge(b), nil
}
