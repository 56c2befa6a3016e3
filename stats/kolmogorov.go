package stats

import (
	"fmt"
	"math"
)

// exactKolmogorov is the product of the sizes of two groups up to which
// KolmogorovSmirnov computes an exact p; it takes as many steps.
const exactKolmogorov = 1_000_000

// KolmogorovSmirnov tests whether the two groups of t have one distribution, by D,
// the largest distance between their distribution functions [1]. Where the product
// of the sizes is at most a million, p is exact: the chance of a D at least as large
// if all assignments of the values to the groups are equally likely, given the ties
// [2]. Beyond, p follows the limiting distribution, which with ties is too large.
//
// The estimate is D, and the term "distance" holds the value at which it is reached
// and with which sign: positive where the first group has the more values up to
// there.
//
// The error wraps ErrTooFew for an empty group; any number of groups but two is
// refused. If all values are equal, D is 0 and p is 1.
//
// [1] N. V. Smirnov (1948), "Table for estimating the goodness of fit of empirical
// distributions", Annals of Mathematical Statistics 19, 279–281.
//
// [2] G. Schröer and D. Trenkler (1995), "Exact and randomization distributions of
// Kolmogorov-Smirnov tests two or three samples", Comput. Stat. Data Anal. 20,
// 185–202.
func KolmogorovSmirnov(t Tally) (Result, error) {
	const method = "Kolmogorov-Smirnov"
	d, err := newStepDistance(t)
	if err != nil {
		return Result{}, fmt.Errorf("%s test: %w", method, err)
	}
	draft := Result{
		Test:      "one distribution in two groups",
		Method:    method + ", exact",
		Statistic: Named{"D", d.value()},
		Estimate:  Named{"D", d.value()},
		N:         []int64{d.n1, d.n2},
		Terms: []Term{{"distance", []Named{
			{"at", d.at},
			{"difference", math.Copysign(d.value(), float64(d.difference))},
		}}},
	}
	if d.n1 <= exactKolmogorov/d.n2 {
		return NewResult(draft, d.exactLogP()), nil
	}
	draft.Method = method + ", limiting distribution"
	return NewResult(draft, d.limitingLogP()), nil
}

// stepDistance is the largest distance between two distribution functions.
type stepDistance struct {
	n1, n2     int64
	difference int64   // n1·n2 times the signed distance
	at         float64 // where it is reached, the smallest of several
	ends       []int64 // of the ordered values of both groups, where each run of equal ones ends
}

// newStepDistance compares the two groups of t.
func newStepDistance(t Tally) (stepDistance, error) {
	if err := t.check(); err != nil {
		return stepDistance{}, err
	}
	if t.NumGroups() != 2 {
		return stepDistance{}, fmt.Errorf("%d groups: want two", t.NumGroups())
	}
	d := stepDistance{n1: t.N(0), n2: t.N(1), at: math.NaN()}
	if d.n1 == 0 || d.n2 == 0 {
		return stepDistance{}, fmt.Errorf("groups of %d and %d values: %w", d.n1, d.n2, ErrTooFew)
	}
	if d.n1 > math.MaxInt64/2/d.n2 {
		return stepDistance{}, fmt.Errorf("groups of %d and %d values: %w", d.n1, d.n2, ErrTooMany)
	}
	largest := int64(-1)
	var c1, c2 int64
	for i, x := range t.Values {
		c1, c2 = c1+t.Counts[0][i], c2+t.Counts[1][i]
		difference := c1*d.n2 - c2*d.n1
		if size := max(difference, -difference); size > largest {
			largest, d.difference, d.at = size, difference, x
		}
		d.ends = append(d.ends, c1+c2)
	}
	return d, nil
}

// value returns D.
func (d *stepDistance) value() float64 {
	return math.Abs(float64(d.difference)) / float64(d.n1) / float64(d.n2)
}

// exactLogP returns the log of the chance of a distance at least as large. Each
// assignment is a path in a grid of n1 by n2 steps; out is the chance that a path
// to a point has been so far from the diagonal, where a run of equal values ends.
func (d *stepDistance) exactLogP() float64 {
	size := max(d.difference, -d.difference)
	isEnd := make([]bool, d.n1+d.n2+1)
	for _, end := range d.ends {
		isEnd[end] = true
	}
	out := make([]float64, d.n2+1) // for i values of the first group and j of the second
	for i := range d.n1 + 1 {
		for j := range d.n2 + 1 {
			distance := i*d.n2 - j*d.n1
			switch {
			case isEnd[i+j] && max(distance, -distance) >= size:
				out[j] = 1
			case j == 0 && i == 0:
				out[j] = 0
			case j == 0:
				// The only path comes from i−1, whose chance is in place.
			case i == 0:
				out[j] = out[j-1]
			default:
				fromFirst := float64(i) / float64(i+j)
				out[j] = fromFirst*out[j] + (1-fromFirst)*out[j-1]
			}
		}
	}
	return math.Log(out[d.n2])
}

// limitingLogP returns the log p-value for large groups.
func (d *stepDistance) limitingLogP() float64 {
	n1, n2 := float64(d.n1), float64(d.n2)
	return logKolmogorovSF(d.value() * math.Sqrt(n1/(n1+n2)*n2))
}

// logKolmogorovSF returns log P(K > x) for Kolmogorov's limiting distribution: its
// series where x is large, and its theta transform for the other tail where the
// series converges slowly (W. Feller 1948, Annals of Mathematical Statistics 19,
// 177–189).
func logKolmogorovSF(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x <= 0:
		return 0
	case x < 1:
		// P(K ≤ x) = √(2π)/x · Σ exp(−(2k−1)²π²/(8x²)).
		first := math.Pi * math.Pi / (8 * x * x)
		sum := 0.0
		for k := 1.0; k < 10; k++ {
			sum += math.Exp(-first * ((2*k-1)*(2*k-1) - 1))
		}
		return log1mExp(0.5*math.Log(2*math.Pi) - math.Log(x) - first + math.Log(sum))
	}
	// P(K > x) = 2 Σ (−1)^(k−1) exp(−2k²x²).
	rest := 0.0
	for k, sign := 2.0, -1.0; k < 10; k, sign = k+1, -sign {
		rest += sign * math.Exp(-2*x*x*(k*k-1))
	}
	return math.Ln2 - 2*x*x + math.Log1p(rest)
}
