package stats

import "math"

// undefinedMeasure is a measure that the data do not define.
func undefinedMeasure() Measure { return Measure{math.NaN(), undefinedInterval()} }

// ClassMeasures says how well one class is told from the others. What divides by
// nothing is NaN: the precision of a class that was never predicted, the recall of one
// without rows.
type ClassMeasures struct {
	Class     string
	Support   float64 // rows of the class
	Predicted float64 // rows taken for it

	Precision, Recall, Specificity, NPV, FPR, FNR, F1 Measure
}

// Averages are means over the classes. A precision or recall that is not defined counts
// as 0, as with zero_division=0 of scikit-learn.
type Averages struct{ Precision, Recall, F1 Measure }

// ConfusionMeasures is everything that a table of classes against predictions says.
type ConfusionMeasures struct {
	N         float64 // rows, or what they weigh
	Effective float64 // rows of weight 1 that say as much, see Confusion.Squares

	Accuracy         Measure
	BalancedAccuracy Measure // mean recall of the classes that have rows
	MCC              Measure // Matthews' correlation; Gorodkin's R_K of more than two classes
	Kappa            Measure // Cohen's

	Classes  []ClassMeasures // in the order of Confusion.Classes
	Macro    Averages        // all classes that occur count alike
	Weighted Averages        // classes count by their support
	Micro    Averages        // all rows count alike; each is the accuracy
}

// Measures returns the measures of a table with their intervals. Averages are over the
// classes that occur as a truth or as a prediction.
//
// Shares have Wilson's interval. F1 is 2J/(1+J) of the share J of hits among the rows
// that are of the class or taken for it, and has the interval that follows from
// Wilson's of J. Means of recalls and of precisions have that of the method of variance
// estimates recovery: the distances from the mean to its bounds are the roots of the sum
// of the squared distances of the shares to their Wilson bounds [1]. The other measures
// have the delta method's: with p the shares of the cells and g the gradient of the
// measure by them, the variance of n rows is (Σpg² − (Σpg)²)/n [2], which for kappa is
// that of Fleiss, Cohen and Everitt [3]. MCC is transformed first by Fisher's z, the
// averages of F1 and the weighted precision by the logit, so that bounds stay within the
// range; kappa is not, to agree with other tools. Where the table leaves no variance, as
// one without errors, as many rows as the square of the normal quantile are spread evenly
// over its cells before, as Agresti and Coull do with one share [4]; where it has a single
// class, the interval is Wilson's.
//
// MCC and kappa are NaN where all rows are of one class and taken for one. The error
// wraps ErrTooFew for a table without rows, or says that a count or the level is out of
// range.
//
// MCC of two classes: B. W. Matthews (1975), Biochim. Biophys. Acta 405, 442–451; of
// more: J. Gorodkin (2004), Comput. Biol. Chem. 28, 367–374. Kappa: J. Cohen (1960),
// Educ. Psychol. Meas. 20, 37–46.
//
// [1] G. Y. Zou, W. Huang and X. Zhang (2009), "A note on confidence interval estimation
// for a linear function of binomial proportions", Comput. Stat. Data Anal. 53,
// 1080–1085.
//
// [2] A. Agresti (2013), Categorical Data Analysis, 3rd ed., Wiley, section 16.1. For
// averages of F1: K. Takahashi, K. Yamamoto, A. Kuchiba and T. Koyama (2022),
// "Confidence interval for micro-averaged F1 and macro-averaged F1 scores", Applied
// Intelligence 52, 4961–4972.
//
// [3] J. L. Fleiss, J. Cohen and B. S. Everitt (1969), "Large sample standard errors of
// kappa and weighted kappa", Psychological Bulletin 72, 323–327.
//
// [4] A. Agresti and B. A. Coull (1998), "Approximate is better than 'exact' for
// interval estimation of binomial proportions", The American Statistician 52, 119–126.
func (c *Confusion) Measures(level float64) (ConfusionMeasures, error) {
	if err := checkLevel(level); err != nil {
		return ConfusionMeasures{}, err
	}
	if err := c.check(); err != nil {
		return ConfusionMeasures{}, err
	}
	t := c.shares()
	total := c.Total()
	m := ConfusionMeasures{N: total, Effective: t.n}
	m.Accuracy = t.share(sumOf(t.diagonal), 1, level)
	m.BalancedAccuracy = t.meanShare(t.truth, t.withRows, level)
	m.MCC = t.delta((*tableShares).mcc, fisherScale, level)
	m.Kappa = t.delta((*tableShares).kappa, kappaScale, level)
	for k, name := range c.Classes {
		one := t.class(k, level)
		one.Class, one.Support, one.Predicted = name, t.truth[k]*total, t.taken[k]*total
		m.Classes = append(m.Classes, one)
	}
	m.Macro = Averages{
		Precision: t.meanShare(t.taken, t.occurring, level),
		Recall:    t.meanShare(t.truth, t.occurring, level),
		F1:        t.delta((*tableShares).macroF1, logitScale, level),
	}
	m.Weighted = Averages{
		Precision: t.delta((*tableShares).weightedPrecision, logitScale, level),
		Recall:    m.Accuracy,
		F1:        t.delta((*tableShares).weightedF1, logitScale, level),
	}
	m.Micro = Averages{
		Precision: m.Accuracy,
		Recall:    m.Accuracy,
		F1:        m.Accuracy,
	}
	return m, nil
}

// class returns the measures of one class.
func (t *tableShares) class(k int, level float64) ClassMeasures {
	hit, row, column := t.diagonal[k], t.truth[k], t.taken[k]
	miss, alarm := row-hit, column-hit
	rest := max(0, 1-row-column+hit) // neither of the class nor taken for it
	m := ClassMeasures{
		Precision:   t.share(hit, column, level),
		Recall:      t.share(hit, row, level),
		Specificity: t.share(rest, rest+alarm, level),
		NPV:         t.share(rest, rest+miss, level),
		FPR:         t.share(alarm, rest+alarm, level),
		FNR:         t.share(miss, row, level),
	}
	m.F1 = t.share(hit, row+column-hit, level)
	for _, v := range []*float64{&m.F1.Value, &m.F1.CI.Low, &m.F1.CI.High} {
		*v = 2 * *v / (1 + *v)
	}
	return m
}

// share is the share of a part of the rows in a whole, with Wilson's interval.
func (t *tableShares) share(part, whole, level float64) Measure {
	const rounding = 1e-13 // of sums of shares
	if !(whole > rounding) {
		return undefinedMeasure()
	}
	p := min(max(part/whole, 0), 1)
	return shareMeasure(p, whole*t.n, level)
}

// shareMeasure is a share p of n rows, which need not be whole, with Wilson's interval.
func shareMeasure(p, n, level float64) Measure {
	low, high := wilson(p, n, NormalQuantile((1+level)/2))
	return Measure{p, Interval{min(p, low), max(p, high), level}}
}

// meanShare is the mean over so many classes of the shares of hits in their rows or in
// what was taken for them; one without is 0.
func (t *tableShares) meanShare(wholes []float64, classes int, level float64) Measure {
	m := Measure{CI: Interval{Level: level}}
	var below, above float64
	for k, whole := range wholes {
		one := t.share(t.diagonal[k], whole, level)
		if math.IsNaN(one.Value) {
			continue
		}
		m.Value += one.Value
		below += (one.Value - one.CI.Low) * (one.Value - one.CI.Low)
		above += (one.CI.High - one.Value) * (one.CI.High - one.Value)
	}
	n := float64(classes)
	m.Value /= n
	m.CI.Low = max(0, m.Value-math.Sqrt(below)/n)
	m.CI.High = min(1, m.Value+math.Sqrt(above)/n)
	return m
}

func sumOf(x []float64) float64 {
	var sum compensated
	for _, v := range x {
		sum = sum.add(v)
	}
	return sum.value()
}
