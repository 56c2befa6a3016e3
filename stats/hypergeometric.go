package stats

import (
	"math"
	"sort"
)

// hypergeometric is the distribution of the first cell of a table of two rows and
// two columns whose margins are given: row and col are the totals of the first
// row and of the first column, n is that of all.
type hypergeometric struct{ row, col, n int64 }

// bounds returns the least and the greatest value that the margins allow.
func (h hypergeometric) bounds() (low, high int64) {
	return max(0, h.row-(h.n-h.col)), min(h.row, h.col)
}

// mirrored is the distribution of the cell beside the first.
func (h hypergeometric) mirrored() hypergeometric {
	return hypergeometric{h.row, h.n - h.col, h.n}
}

// up returns P(x+1)/P(x), which falls with x.
func (h hypergeometric) up(x int64) float64 {
	return float64(h.row-x) / float64(x+1) * (float64(h.col-x) / float64(h.n-h.row-h.col+x+1))
}

// mode returns a most probable value where every step up is weighted by odds; 1 is
// the distribution itself.
func (h hypergeometric) mode(odds float64) int64 {
	low, high := h.bounds()
	return low + int64(sort.Search(int(high-low), func(i int) bool { return h.up(low+int64(i))*odds <= 1 }))
}

// logDensity returns log P(x) for x within the bounds, as the quotient of three
// binomial densities (C. Loader, "Fast and accurate computation of binomial
// probabilities", 2000), which has no large terms to cancel.
func (h hypergeometric) logDensity(x int64) float64 {
	if low, high := h.bounds(); low == high {
		return 0
	}
	p, q := float64(h.row)/float64(h.n), float64(h.n-h.row)/float64(h.n)
	return logBinomialDensity(x, h.col, p, q) + logBinomialDensity(h.row-x, h.n-h.col, p, q) - logBinomialDensity(h.row, h.n, p, q)
}

// logBinomialDensity returns the logarithm of the probability of x successes in n
// trials with chances p of success and q = 1−p of failure, both above 0.
func logBinomialDensity(x, n int64, p, q float64) float64 {
	k, size := float64(x), float64(n)
	switch x {
	case 0:
		return -deviance(size, size*q) - size*p
	case n:
		return -deviance(size, size*p) - size*q
	}
	rest := size - k
	return stirlingError(size) - stirlingError(k) - stirlingError(rest) - deviance(k, size*p) - deviance(rest, size*q) +
		0.5*math.Log(size/(2*math.Pi*k*rest))
}

// logUpper returns log P(X ≥ x).
func (h hypergeometric) logUpper(x int64) float64 {
	low, high := h.bounds()
	switch {
	case x <= low:
		return 0
	case x > high:
		return math.Inf(-1)
	case x <= h.mode(1): // the lower tail is the smaller
		return log1mExp(h.mirrored().logUpper(h.row - x + 1))
	}
	sum, term := 1.0, 1.0
	for k := x; k < high; k++ {
		term *= h.up(k)
		if sum+term == sum {
			break
		}
		sum += term
	}
	return math.Min(0, h.logDensity(x)+math.Log(sum))
}

// logLower returns log P(X ≤ x).
func (h hypergeometric) logLower(x int64) float64 { return h.mirrored().logUpper(h.row - x) }

// logTwoSided returns the logarithm of the probability of all values that are no
// more probable than x, those within rounding of it included.
func (h hypergeometric) logTwoSided(x int64) float64 {
	const rounding = 1e-7 // R's fisher.test
	mode := h.mode(1)
	if x > mode {
		return h.mirrored().logTwoSided(h.row - x)
	}
	_, high := h.bounds()
	limit, from := h.logDensity(x)+rounding, max(mode, x+1)
	other := from + int64(sort.Search(int(high-from+1), func(i int) bool { return h.logDensity(from+int64(i)) <= limit }))
	near, far := h.logLower(x), h.logUpper(other)
	return math.Min(0, max(near, far)+math.Log1p(math.Exp(-math.Abs(near-far))))
}

// tilted returns the mean of the noncentral distribution with these odds, and the
// probabilities of at most and of at least x.
func (h hypergeometric) tilted(odds float64, x int64) (mean, lower, upper float64) {
	low, high := h.bounds()
	mode := h.mode(odds)
	var total, shift float64
	add := func(k int64, weight float64) (negligible bool) {
		total += weight
		shift += weight * float64(k-mode)
		if k <= x {
			lower += weight
		}
		if k >= x {
			upper += weight
		}
		return weight < epsilon*epsilon*total
	}
	weight := 1.0
	add(mode, weight)
	for k := mode; k < high; k++ {
		if weight *= h.up(k) * odds; add(k+1, weight) {
			break
		}
	}
	weight = 1
	for k := mode; k > low; k-- {
		if weight /= h.up(k-1) * odds; add(k-1, weight) {
			break
		}
	}
	return float64(mode) + shift/total, lower / total, upper / total
}

// oddsWhere returns the odds at which a function of them, rising with the odds,
// crosses 0: 0 or +Inf where it does so beyond all numbers.
func oddsWhere(rising func(odds float64) float64) float64 {
	const reach = 700.0 // exp of it is near the end of the numbers
	low, high := -1.0, 1.0
	for ; rising(math.Exp(low)) > 0; low *= 2 {
		if low < -reach/2 {
			return 0
		}
	}
	for ; rising(math.Exp(high)) < 0; high *= 2 {
		if high > reach/2 {
			return math.Inf(1)
		}
	}
	for {
		mid := (low + high) / 2
		if mid <= low || mid >= high {
			return math.Exp(mid)
		}
		if rising(math.Exp(mid)) < 0 {
			low = mid
		} else {
			high = mid
		}
	}
}
