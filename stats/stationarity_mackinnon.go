package stats

import "math"

// dickeyFuller approximates the distribution of Dickey and Fuller's statistic for
// one series.
type dickeyFuller struct {
	least, most float64 // where the approximation of p ends
	middle      float64 // small holds below, large above
	small       []float64
	large       []float64
	critical    [len(mackinnonLevels)][4]float64 // polynomials in 1/rows
}

// mackinnonLevels holds the levels of the critical values.
var mackinnonLevels = [...]float64{0.01, 0.05, 0.10}

// mackinnon holds tables 3 and 4 of MacKinnon (1994), row N = 1, for p: a
// polynomial in the statistic gives a normal quantile. The critical values are
// those of MacKinnon (2010), table 2.
var mackinnon = [...]dickeyFuller{
	AroundZero: {
		least: -19.04, most: math.Inf(1), middle: -1.04,
		small: []float64{0.6344, 1.2378, 3.2496e-2},
		large: []float64{0.4797, 9.3557e-1, -0.6999e-1, 3.3066e-2},
		critical: [...][4]float64{
			{-2.56574, -2.2358, -3.627, 0},
			{-1.94100, -0.2686, -3.365, 31.223},
			{-1.61682, 0.2656, -2.714, 25.364},
		},
	},
	AroundLevel: {
		least: -18.83, most: 2.74, middle: -1.61,
		small: []float64{2.1659, 1.4412, 3.8269e-2},
		large: []float64{1.7339, 9.3202e-1, -1.2745e-1, -1.0368e-2},
		critical: [...][4]float64{
			{-3.43035, -6.5393, -16.786, -79.433},
			{-2.86154, -2.8903, -4.234, -40.040},
			{-2.56677, -1.5384, -2.809, 0},
		},
	},
	AroundTrend: {
		least: -16.18, most: 0.7, middle: -2.89,
		small: []float64{3.2512, 1.6047, 4.9588e-2},
		large: []float64{2.5261, 6.1654e-1, -3.7956e-1, -6.0285e-2},
		critical: [...][4]float64{
			{-3.95877, -9.0531, -28.428, -134.155},
			{-3.41049, -4.3904, -9.036, -45.374},
			{-3.12705, -2.5856, -3.925, -22.380},
		},
	},
}

// logP returns the log p-value of a statistic. Outside the range of the
// approximation it is that of its end, and bound says which way p differs.
func (s dickeyFuller) logP(tau float64) (logP float64, bound string) {
	switch {
	case tau < s.least:
		tau, bound = s.least, "at most"
	case tau > s.most:
		tau, bound = s.most, "at least"
	}
	if tau <= s.middle {
		return LogNormalCDF(polynomial(tau, s.small...)), bound
	}
	return LogNormalCDF(polynomial(tau, s.large...)), bound
}
