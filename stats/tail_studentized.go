package stats

import "math"

// LogStudentizedRangeSF returns log P(Q > q) for the studentized range: the range of
// k independent standard normal values, divided by an independent estimate of their
// standard deviation with df degrees of freedom; df = +Inf takes the deviation as
// known. Like the other tails it is right to about 12 digits however small it is.
// It is NaN for k < 2, df ≤ 0 and a NaN argument.
//
// J. W. Tukey (1953), "The problem of multiple comparisons"; the integrals are those
// of M. D. Copenhaver and B. Holland (1988), Journal of Statistical Computation and
// Simulation 30, 1–15, for the upper tail.
func LogStudentizedRangeSF(q float64, k int, df float64) float64 {
	if k < 2 || !(df > 0) || math.IsNaN(q) {
		return math.NaN()
	}
	return newStudentizedRange(k).logSF(q, df)
}

// StudentizedRangeQuantile returns the q with P(Q ≤ q) = p, see
// LogStudentizedRangeSF: 0 at p = 0, +Inf at p = 1, NaN outside [0, 1].
func StudentizedRangeQuantile(p float64, k int, df float64) float64 {
	if k < 2 || !(df > 0) {
		return math.NaN()
	}
	return newStudentizedRange(k).quantile(p, df)
}

// A studentized is the distribution of the largest of several differences between
// normal values, divided by an estimate of their standard deviation. Of the
// difference itself it keeps the upper tail at a few points, where it was asked for
// once: each costs an integral. It is not for several goroutines.
type studentized struct {
	statistic string  // its name
	unit      float64 // of the statistic, in squared standard errors of a difference
	// logTail returns the log upper tail of the difference with a known deviation.
	logTail func(r float64) float64
	// farTail is logTail beyond farDifference.
	farTail func(r float64) float64
	// decline is such that logTail(r) + decline·r² varies slowly.
	decline float64
	pieces  [tailPieces][]float64 // Chebyshev coefficients of that
}

// The pieces on which the tail is interpolated: unit intervals up to unitPieces, then
// doubling ones up to farDifference.
const (
	unitPieces    = 16
	tailPieces    = unitPieces + 2
	farDifference = 64
	chebyshev     = 32 // coefficients of a piece
)

// newStudentizedRange returns the distribution of the range of k values.
func newStudentizedRange(k int) *studentized {
	n := float64(k)
	return &studentized{
		statistic: "q",
		unit:      0.5,
		decline:   0.25,
		logTail:   func(r float64) float64 { return logRangeSF(r, n) },
		// Only one pair can be so far apart.
		farTail: func(r float64) float64 { return math.Log(n*(n-1)) + LogNormalSF(r/math.Sqrt2) },
	}
}

// logRangeSF returns the log probability that the range of k standard normal values
// exceeds r: the greatest is z, and not all others lie within r below it. The
// integrand is smooth and dies fast on both sides, so the plain sum is exact.
func logRangeSF(r, k float64) float64 {
	const step, reach = 0.125, 10
	var sum logSum
	for z := math.Max(-reach, r/2-reach); z <= r/2+reach; z += step {
		within := LogNormalCDF(z)
		beyond := math.Min(0, LogNormalCDF(z-r)-within)
		// Φ(z)^(k−1) − (Φ(z)−Φ(z−r))^(k−1)
		sum.add(logNormalDensity(z) + (k-1)*within + logAny(beyond, k-1))
	}
	return math.Min(0, math.Log(k*step)+sum.log())
}

// logAny returns the log probability that any of n independent events happens, each
// of log probability logP.
func logAny(logP, n float64) float64 {
	const rare = -200 // where no two of them happen, and soon the exponential underflows
	if logP < rare {
		return logP + math.Log(n)
	}
	return log1mExp(n * log1mExp(logP))
}

// logNormalDensity returns the logarithm of the standard normal density.
func logNormalDensity(z float64) float64 { return -z*z/2 - 0.5*math.Log(2*math.Pi) }

// A logSum adds numbers of which only the logarithms are in range. Its zero value is
// the empty sum.
type logSum struct {
	scale float64 // the largest logarithm so far
	sum   float64 // the sum divided by its exponential
}

// add adds the exponential of x.
func (s *logSum) add(x float64) {
	switch {
	case math.IsInf(x, -1):
	case s.sum == 0:
		s.scale, s.sum = x, 1
	case x > s.scale:
		s.sum = s.sum*math.Exp(s.scale-x) + 1
		s.scale = x
	default:
		s.sum += math.Exp(x - s.scale)
	}
}

// log returns the logarithm of the sum, −Inf for the empty one.
func (s *logSum) log() float64 { return s.scale + math.Log(s.sum) }

// known returns the log upper tail with a known standard deviation.
func (d *studentized) known(r float64) float64 {
	switch {
	case r <= 0:
		return 0
	case r >= farDifference:
		return d.farTail(r)
	}
	piece, low, width := int(r), math.Floor(r), 1.0
	if r >= unitPieces {
		_, exp := math.Frexp(r / unitPieces)
		piece = unitPieces + exp - 1
		width = math.Ldexp(unitPieces, exp-1)
		low = width
	}
	if d.pieces[piece] == nil {
		d.pieces[piece] = chebyshevOf(func(x float64) float64 {
			r := low + width*(1+x)/2
			return d.logTail(r) + d.decline*r*r
		})
	}
	return math.Min(0, chebyshevAt(d.pieces[piece], 2*(r-low)/width-1)-d.decline*r*r)
}

// chebyshevOf returns the coefficients of the polynomial that agrees with f at the
// Chebyshev points of [−1, 1].
func chebyshevOf(f func(x float64) float64) []float64 {
	values, c := make([]float64, chebyshev), make([]float64, chebyshev)
	for i := range values {
		values[i] = f(math.Cos(math.Pi * (float64(i) + 0.5) / chebyshev))
	}
	for j := range c {
		for i, v := range values {
			c[j] += v * math.Cos(math.Pi*float64(j)*(float64(i)+0.5)/chebyshev)
		}
		c[j] *= 2.0 / chebyshev
	}
	c[0] /= 2
	return c
}

// chebyshevAt evaluates a polynomial by Clenshaw's recurrence.
func chebyshevAt(c []float64, x float64) float64 {
	var b1, b2 float64
	for j := len(c) - 1; j > 0; j-- {
		b1, b2 = 2*x*b1-b2+c[j], b1
	}
	return x*b1 - b2 + c[0]
}

// logSF returns the log upper tail of the studentized difference: that of the
// difference q·s, over the distribution of the estimate s. In u = log s the
// logarithm of the integrand is concave, and the sum of equal steps converges
// exponentially.
func (d *studentized) logSF(q, df float64) float64 {
	switch {
	case q <= 0:
		return 0
	case math.IsInf(q, 1):
		return math.Inf(-1)
	case math.IsInf(df, 1):
		return d.known(q)
	}
	a := df / 2
	at := func(u float64) float64 {
		return math.Ln2 + logGammaDensity(a, a*math.Exp(2*u)) + d.known(q*math.Exp(u))
	}
	// Where only the distribution of s and the far tail count, the peak is here; the
	// true one is to the right.
	low, high := -0.5*math.Log1p(2*d.decline*q*q/df)-1, 0.5
	peak := concavePeak(at, low, high)
	step := math.Min(0.1, 0.35/math.Sqrt(2*df)) // half the narrowest the peak can be
	var sum logSum
	const negligible = 42
	top := at(peak)
	sum.add(top)
	for _, direction := range [2]float64{-step, step} {
		for u := peak + direction; ; u += direction {
			x := at(u)
			if !(x > top-negligible) {
				break
			}
			sum.add(x)
		}
	}
	return math.Min(0, math.Log(step)+sum.log())
}

// concavePeak returns about where a concave function is largest, by sections in the
// golden ratio.
func concavePeak(f func(float64) float64, low, high float64) float64 {
	const golden = 0.6180339887498949 // (√5−1)/2
	left, right := high-golden*(high-low), low+golden*(high-low)
	atLeft, atRight := f(left), f(right)
	for range 30 {
		if atLeft < atRight {
			low, left, atLeft = left, right, atRight
			right = low + golden*(high-low)
			atRight = f(right)
		} else {
			high, right, atRight = right, left, atLeft
			left = high - golden*(high-low)
			atLeft = f(left)
		}
	}
	return (low + high) / 2
}

// quantile returns the q of which the lower tail is p.
func (d *studentized) quantile(p, df float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return 0
	case p == 1:
		return math.Inf(1)
	}
	target := math.Log1p(-p)
	excess := func(logQ float64) float64 { return d.logSF(math.Exp(logQ), df) - target }
	low, high := 0.0, 1.0
	for excess(low) < 0 {
		low, high = low-1, low
	}
	for excess(high) > 0 {
		low, high = high, high+1
	}
	return math.Exp(fallingRoot(excess, low, high))
}

// fallingRoot returns the root of a falling function between two points that enclose
// it, by false position in the variant "Illinois" (M. Dowell and P. Jarratt 1971, BIT
// 11, 168–174).
func fallingRoot(f func(float64) float64, low, high float64) float64 {
	atLow, atHigh := f(low), f(high)
	for range 100 {
		if high-low <= 1e-13*(1+math.Abs(high)) {
			break
		}
		mid := low + (high-low)*atLow/(atLow-atHigh)
		if !(mid > low && mid < high) {
			break
		}
		switch at := f(mid); {
		case at == 0:
			return mid
		case at > 0:
			low, atLow, atHigh = mid, at, atHigh/2
		default:
			high, atHigh, atLow = mid, at, atLow/2
		}
	}
	return low + (high-low)/2
}
