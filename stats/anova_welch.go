package stats

import (
	"fmt"
)

// Welch tests whether the means of all groups are equal without taking the variances
// for equal: each mean counts by its own precision, and the degrees of freedom of the
// denominator allow for how well the variances are known.
//
// The effect is ω² from Welch's F, (k−1)(F−1)/((k−1)(F−1)+n), with the interval that
// inverts the noncentral F distribution of its degrees of freedom.
//
// The error wraps ErrTooFew if a group has a single value and ErrConstant if the
// values of one do not vary: its precision is not known then.
//
// B. L. Welch (1951), "On the comparison of several mean values: an alternative
// approach", Biometrika 38, 330–336.
func (a OneWay) Welch(level float64) (Result, error) {
	if err := a.checkVariances("Welch's test", true, level); err != nil {
		return Result{}, err
	}
	var weights, sum compensated
	for _, g := range a.Groups {
		w := float64(g.N) / g.Variance()
		weights, sum = weights.add(w), sum.addProduct(w, g.Mean-a.Groups[0].Mean)
	}
	total := weights.value()
	mean := sum.value() / total
	var between, unsure float64
	for _, g := range a.Groups {
		w, d := float64(g.N)/g.Variance(), g.Mean-a.Groups[0].Mean-mean
		between += w * d * d
		unsure += (1 - w/total) * (1 - w/total) / float64(g.N-1)
	}
	k := float64(len(a.Groups))
	f := between / (k - 1) / (1 + 2*(k-2)/(k*k-1)*unsure)
	df2 := (k*k - 1) / (3 * unsure)
	return a.unequal("Welch", f, df2, level), nil
}

// FStar tests whether the means of all groups are equal without taking the variances
// for equal, by Brown and Forsythe's F*: the sum of squares between the groups over
// what it would be by chance. It is less sensitive than Welch where a group with a
// large mean has a large variance. The effect is that of Welch, and so are the errors,
// but some groups may hold values that do not vary.
//
// M. B. Brown and A. B. Forsythe (1974), "The small sample behavior of some
// statistics which test the equality of several means", Technometrics 16, 129–132.
func (a OneWay) FStar(level float64) (Result, error) {
	if err := a.checkVariances("Brown and Forsythe's F*", false, level); err != nil {
		return Result{}, err
	}
	n, chance, squares := float64(a.N), 0.0, 0.0
	for _, g := range a.Groups {
		part := (1 - float64(g.N)/n) * g.Variance()
		chance += part
		squares += part * part / float64(g.N-1)
	}
	return a.unequal("Brown-Forsythe F*", a.Between/chance, chance*chance/squares, level), nil
}

// unequal makes the result of an F whose denominator allows for unequal variances.
func (a OneWay) unequal(method string, f, df2, level float64) Result {
	df1, n := float64(len(a.Groups)-1), float64(a.N)
	excess := df1 * (f - 1)
	return NewResult(Result{
		Test:      equalMeans,
		Method:    method,
		Statistic: Named{"F", f},
		DF:        []float64{df1, df2},
		Effect:    varianceShare("omega squared", excess/(excess+n), varianceShareInterval(f, df1, df2, n, level)),
		N:         a.sizes(),
	}, LogFSF(f, df1, df2))
}

// checkVariances returns an error unless the variance of each group is known and, if
// it must be, positive.
func (a OneWay) checkVariances(method string, positive bool, level float64) error {
	for i, g := range a.Groups {
		switch {
		case g.N < 2:
			return fmt.Errorf("%s: %w in group %q", method, ErrTooFew, a.Names[i])
		case positive && !(g.M2 > 0):
			return fmt.Errorf("%s: %w in group %q", method, ErrConstant, a.Names[i])
		}
	}
	if !(a.Within > 0) {
		return fmt.Errorf("%s: %w in any group", method, ErrConstant)
	}
	return checkLevel(level)
}
