package stats

import "math"

// Information says how much two labels tell about each other.
type Information struct {
	// Test is the G test of independence. Its estimate is the mutual information
	// in bits, corrected for bias, with an interval; its effect is the information
	// normalised to [0, 1], see MutualInformation.
	Test Result

	Bits           float64 // mutual information as the counts have it, without correction
	RowEntropy     float64 // in bits
	ColEntropy     float64 // in bits
	UncertaintyRow float64 // Theil's U of the row label given the column label, see Associate
	UncertaintyCol float64 // Theil's U of the column label given the row label
}

// MutualInformation measures in bits what one label of a cross table tells about
// the other: 0 for independent labels, the entropy of either if each tells the
// other.
//
// The estimate takes its bias off each of the entropies that it is made of, after
// Miller and Madow [1]: (cells that are not empty − 1)/2n. It is not below 0 and not
// above either entropy; of tables with more cells than observations it is still too
// high. The effect allows for chance instead: (I−E)/(H−E) [2], where H is the mean of
// the entropies and E = (r−1)(c−1)/2n about the information that counts of
// independent labels have. It is 0 for those, 1 for labels that tell each other, and
// 0 where E leaves nothing to tell.
//
// The p-value is that of the likelihood-ratio statistic G, which is 2n times the
// mutual information in nats, as chi-square with (r−1)(c−1) degrees of freedom.
//
// The interval is the estimate ± z·√((Σ p·log²(p/(p₁p₂)) − I²)/n), the delta method
// [3], cut at 0 and at the smaller entropy. It is right for many observations and
// labels that are not independent. Near independence it says too little: there
// the standard error goes to 0 faster than the error, and the p-value is to be
// looked at; and of labels that tell each other with equal frequencies it has no
// width. A warning wraps ErrSparse where expected counts are small.
//
// Errors are those of Associate, and of a level that is none.
//
// [1] G. A. Miller (1955), "Note on the bias of information estimates", in
// Information Theory in Psychology, 95–100.
//
// [2] N. X. Vinh, J. Epps and J. Bailey (2010), "Information theoretic measures for
// clusterings comparison", Journal of Machine Learning Research 11, 2837–2854.
//
// [3] D. R. Brillinger (2004), "Some data analyses using mutual information",
// Brazilian Journal of Probability and Statistics 18, 163–183.
func MutualInformation(c *Crosstab, level float64) (Information, error) {
	t := c.Table()
	if err := checkTable(&t); err != nil {
		return Information{}, err
	}
	if err := checkLevel(level); err != nil {
		return Information{}, err
	}
	n, df, g := float64(t.N), t.df(), likelihoodRatio(&t)
	nats := g / (2 * n)
	rows, cols := entropy(t.RowTotals), entropy(t.ColTotals)
	occupied, variance := logRatioVariance(&t, nats)
	bias := float64(occupied-len(t.Rows)-len(t.Cols)+1) / (2 * n)
	most := min(rows, cols)
	estimate := min(max(nats-bias, 0), most)
	reach := NormalQuantile((1+level)/2) * math.Sqrt(variance/n)

	i := Information{
		Bits: min(nats, most) / math.Ln2, RowEntropy: rows / math.Ln2, ColEntropy: cols / math.Ln2,
		UncertaintyRow: min(1, nats/rows), UncertaintyCol: min(1, nats/cols),
	}
	draft := Result{
		Test:      "independence of two labels",
		Method:    "likelihood ratio, delta-method interval",
		Null:      Named{"mutual information", 0},
		Statistic: Named{"G", g},
		DF:        []float64{df},
		Estimate:  Named{"mutual information", estimate / math.Ln2},
		CI:        Interval{max(estimate-reach, 0) / math.Ln2, min(estimate+reach, most) / math.Ln2, level},
		Effect:    Effect{Name: "normalised mutual information", Value: beyondChance(nats, (rows+cols)/2, df/(2*n))},
		N:         []int64{t.N},
		Missing:   c.Missing,
	}
	if w := t.ExpectedCounts().Warning(); w != nil {
		draft.Warnings = []error{w}
	}
	i.Test = NewResult(draft, LogChiSquaredSF(g, df))
	return i, nil
}

// beyondChance returns the part of an entropy that is told, less what chance tells.
func beyondChance(told, entropy, chance float64) float64 {
	if chance >= entropy {
		return 0
	}
	return min(max((told-chance)/(entropy-chance), 0), 1)
}

// logRatioVariance returns the number of cells that are not empty, and the
// variance over all observations of log(p/(p₁p₂)), of which the mean is the mutual
// information in nats.
func logRatioVariance(t *ContingencyTable, mean float64) (occupied int, variance float64) {
	t.eachCell(func(_, _ int, o, e float64) {
		if o > 0 {
			occupied++
			d := math.Log(o/e) - mean
			variance += o / float64(t.N) * d * d
		}
	})
	return occupied, variance
}

// QuantileBins divides the values of a tally, all groups together, into at most
// most bins of about equal counts, and returns the largest value of each bin,
// ascending. Equal values share a bin: values that occur often have bins of their
// own, and where no more than most values differ, each has one. It returns nil for
// an empty tally or most below 1.
func QuantileBins(t Tally, most int) []float64 {
	all := t.pooled()
	if most < 1 || all.n() == 0 {
		return nil
	}
	if len(all.values) <= most {
		return append([]float64(nil), all.values...)
	}
	var uppers []float64
	last := int64(-1)
	for i, x := range all.values {
		// The share of the observations below the middle of those of this value.
		middle := 2*all.upTo[i] - all.counts[i]
		bin := int64(float64(middle) / float64(2*all.n()) * float64(most))
		if bin == last {
			uppers[len(uppers)-1] = x
			continue
		}
		uppers, last = append(uppers, x), bin
	}
	return uppers
}
