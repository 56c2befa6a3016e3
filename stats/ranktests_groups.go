package stats

import (
	"fmt"
	"math"
)

// groupRanks holds what rank tests need of the groups of a Tally.
type groupRanks struct {
	n        []int64   // values of each group
	sums     []float64 // sum of the ranks of each group, counted from the mean of all ranks
	medians  []float64 // median of each group
	used     int       // groups that have values
	distinct int64     // distinct values of all groups together
	spread   float64   // Σ t(N−t)(N+t) over the ties of t values; N³−N without ties
}

// centredRanks ranks the values of all groups together. Equal values share the mean
// of their ranks, and ranks count from the mean of all: they are half the number of
// values below less half the number above, so that nothing cancels in their sums.
// The error wraps ErrTooFew for no value and ErrConstant if all are equal.
func centredRanks(t Tally, method string) (groupRanks, error) {
	if err := t.check(); err != nil {
		return groupRanks{}, fmt.Errorf("%s: %w", method, err)
	}
	all := t.pooled()
	if all.n() == 0 {
		return groupRanks{}, fmt.Errorf("%s of no values: %w", method, ErrTooFew)
	}
	if len(all.values) == 1 {
		return groupRanks{}, fmt.Errorf("%s: %w", method, ErrConstant)
	}
	r := groupRanks{distinct: int64(len(all.values))}
	n := float64(all.n())
	var spread compensated
	for _, c := range all.counts {
		tied := float64(c)
		spread = spread.addProduct(tied*(n-tied), n+tied)
	}
	r.spread = spread.value()
	for g := range t.Counts {
		s := t.group(g)
		var sum compensated
		place := 0
		for i, x := range s.values {
			for all.values[place] < x {
				place++
			}
			below, above := all.upTo[place]-all.counts[place], all.n()-all.upTo[place]
			sum = sum.addProduct(float64(s.counts[i]), float64(below-above)/2)
		}
		if s.n() > 0 {
			r.used++
		}
		r.n = append(r.n, s.n())
		r.sums = append(r.sums, sum.value())
		r.medians = append(r.medians, s.quantile(0.5))
	}
	return r, nil
}

// checkTwo returns an error unless there are two groups, both with values.
func (r *groupRanks) checkTwo(method string) error {
	switch {
	case len(r.n) != 2:
		return fmt.Errorf("%s of %d groups: want two", method, len(r.n))
	case r.used < 2:
		return fmt.Errorf("%s of groups of %d and %d values: %w", method, r.n[0], r.n[1], ErrTooFew)
	}
	return nil
}

// terms returns one row for each group that has values.
func (r *groupRanks) terms(t Tally) []Term {
	total := int64(0)
	for _, n := range r.n {
		total += n
	}
	var rows []Term
	for g, n := range r.n {
		if n == 0 {
			continue
		}
		rows = append(rows, Term{Name: t.GroupName(g), Values: []Named{
			{"n", float64(n)},
			{"mean_rank", float64(total+1)/2 + r.sums[g]/float64(n)},
			{"median", r.medians[g]},
		}})
	}
	return rows
}

// KruskalWallis tests whether the groups of t have one distribution, by the
// variance of their mean ranks [1]: H, corrected for ties, is compared with
// chi-square of one degree of freedom less than there are groups with values. That
// is right for groups of five or more; a smaller one causes a warning.
//
// The effect is ε² = H/(n−1), the share of the variance of the ranks that lies
// between the groups [2]. The term "eta squared" holds η²H = (H−k+1)/(n−k), which
// allows for what chance alone explains and may be negative; there is one more term
// for each group with its size, mean rank and median.
//
// The error wraps ErrTooFew unless two groups have values and ErrConstant if all
// values are equal.
//
// [1] W. H. Kruskal and W. A. Wallis (1952), "Use of ranks in one-criterion variance
// analysis", JASA 47, 583–621.
//
// [2] M. Tomczak and E. Tomczak (2014), "The need to report effect size estimates
// revisited", Trends in Sport Sciences 21, 19–25.
func KruskalWallis(t Tally) (Result, error) {
	r, err := centredRanks(t, "Kruskal-Wallis test")
	if err != nil {
		return Result{}, err
	}
	if r.used < 2 {
		return Result{}, fmt.Errorf("Kruskal-Wallis test of %d groups with values: %w", r.used, ErrTooFew)
	}
	var between compensated
	total, smallest := int64(0), int64(math.MaxInt64)
	sizes := make([]int64, 0, r.used)
	for g, n := range r.n {
		if n > 0 {
			between = between.add(r.sums[g] / float64(n) * r.sums[g])
			total, smallest = total+n, min(smallest, n)
			sizes = append(sizes, n)
		}
	}
	n, k := float64(total), float64(r.used)
	h := 12 * (n - 1) * (between.value() / r.spread)
	epsilon2 := h / (n - 1)
	word, rule := EtaSquaredMagnitude(epsilon2)
	etaSquared := math.NaN() // no group varies if each has one value
	if n > k {
		etaSquared = (h - k + 1) / (n - k)
	}
	draft := Result{
		Test:      "one distribution in all groups",
		Method:    "Kruskal-Wallis",
		Statistic: Named{"H", h},
		DF:        []float64{k - 1},
		Effect:    Effect{Name: "epsilon squared", Value: epsilon2, Magnitude: word, Rule: rule},
		N:         sizes,
		Terms:     append([]Term{{"eta squared", []Named{{"estimate", etaSquared}}}}, r.terms(t)...),
	}
	if smallest < 5 {
		draft.Warnings = []error{fmt.Errorf("the chi-square approximation is rough for groups below five values, here %d", smallest)}
	}
	return NewResult(draft, LogChiSquaredSF(h, k-1)), nil
}
