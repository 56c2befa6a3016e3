package stats

import (
	"math"
	"slices"
)

// A CalibrationBin compares fitted probabilities with what happened.
type CalibrationBin struct {
	Low, High float64 // fitted probabilities in the bin
	N, Ones   int64
	Predicted float64  // mean fitted probability
	Observed  float64  // share of ones
	CI        Interval // Wilson's interval of the share
}

// Calibration cuts the rows at quantiles (type 7) of the fitted probability into at
// most that many bins; equal probabilities stay together, so that there may be less.
func (f *LogitFit) Calibration(bins int) []CalibrationBin {
	scores, err := f.Scores("one", "zero")
	if err != nil {
		return nil
	}
	pooled := scores.Pooled()
	var edges []float64
	for k := 1; k < bins; k++ {
		edges = append(edges, pooled.Quantile(0, float64(k)/float64(bins)))
	}
	edges = append(slices.Compact(edges), math.Inf(1))
	var out []CalibrationBin
	edge, open := 0, false
	var mean Moments
	for i, p := range scores.Values {
		if p > edges[edge] {
			open = false
			for p > edges[edge] {
				edge++
			}
		}
		if !open {
			out, open, mean = append(out, CalibrationBin{Low: p}), true, Moments{}
		}
		b := &out[len(out)-1]
		b.High = p
		b.Ones += scores.Counts[0][i]
		n := scores.Counts[0][i] + scores.Counts[1][i]
		b.N += n
		mean.AddN(p, n)
		b.Predicted = mean.Mean
	}
	for i := range out {
		b := &out[i]
		b.Observed = float64(b.Ones) / float64(b.N)
		b.CI = WilsonInterval(b.Ones, b.N, f.options.Level)
	}
	return out
}

// WilsonInterval returns the score interval of a share of k in n; NaN for n = 0.
// E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
// inference", JASA 22, 209–212.
func WilsonInterval(k, n int64, level float64) Interval {
	if n == 0 || checkLevel(level) != nil {
		return undefinedInterval()
	}
	low, high := wilson(float64(k)/float64(n), float64(n), NormalQuantile((1+level)/2))
	return Interval{Low: low, High: high, Level: level}
}

// HosmerLemeshow tests whether the probabilities are calibrated, by what was observed
// and expected in bins of them. With many rows it finds any departure, however small:
// look at the bins. It has no p with fewer than three bins.
//
// D. W. Hosmer and S. Lemeshow (1980), "Goodness of fit tests for the multiple
// logistic regression model", Communications in Statistics A 9, 1043–1069.
func (f *LogitFit) HosmerLemeshow(bins []CalibrationBin) Result {
	statistic, df := 0.0, float64(len(bins)-2)
	for _, b := range bins {
		n := float64(b.N)
		expected := n * b.Predicted
		difference := float64(b.Ones) - expected
		if variance := expected * (1 - b.Predicted); variance > 0 {
			statistic += difference * difference / variance
		}
	}
	logP := math.NaN()
	if df > 0 {
		logP = LogChiSquaredSF(statistic, df)
	} else {
		statistic, df = math.NaN(), math.NaN()
	}
	return NewResult(Result{
		Test:      "calibrated probabilities",
		Method:    "Hosmer-Lemeshow",
		Statistic: Named{"chi-square", statistic},
		DF:        []float64{df},
		N:         []int64{f.N - f.Ones, f.Ones},
	}, logP)
}
