package stats

import "math"

// noncentralityOfT returns the noncentralities δ of the t distributions with df
// degrees of freedom of which t is the upper and the lower (1−level)/2 quantile: a
// confidence interval for δ given the statistic t. For |t| above 20,000 the normal
// part of t counts for little beside its divisor, and the interval is that of the
// divisor, widened by what the normal part adds to the variance.
func noncentralityOfT(t, df, level float64) (low, high float64) {
	tail := (1 - level) / 2
	if math.Abs(t) <= 20_000 {
		return noncentralityOfTAt(t, df, 1-tail), noncentralityOfTAt(t, df, tail)
	}
	widened := math.Abs(t) * math.Sqrt(1+2*df/(t*t))
	below := widened * (math.Sqrt(ChiSquaredQuantile(tail, df)/df) - 1)
	above := widened * (math.Sqrt(ChiSquaredQuantile(1-tail, df)/df) - 1)
	if t < 0 {
		below, above = -above, -below
	}
	return t + below, t + above
}

// noncentralityOfTAt returns the δ at which the distribution function of the
// noncentral t takes the value p at t. It falls as δ grows, and its normal quantile
// nearly along a line, so that secants find it in a few steps.
func noncentralityOfTAt(t, df, p float64) float64 {
	target := NormalQuantile(p)
	miss := func(delta float64) float64 { return NormalQuantile(noncentralTCDF(t, df, delta)) - target }
	spread := math.Sqrt(1 + t*t/(2*df))
	last, delta := t, t-target*spread
	lastMiss, step := miss(last), math.Inf(1)
	for range 30 {
		now := miss(delta)
		next := now * (delta - last) / (lastMiss - now)
		if now == 0 {
			return delta
		}
		if math.IsNaN(next-next) || math.Abs(next) > math.Abs(step) {
			break
		}
		step = next
		last, lastMiss, delta = delta, now, delta+step
		if math.Abs(step) < 1e-12*(1+math.Abs(t)) {
			return delta
		}
	}
	return bisectNoncentralityOfT(t, df, p)
}

// bisectNoncentralityOfT is noncentralityOfTAt where the tails are too far off for
// secants.
func bisectNoncentralityOfT(t, df, p float64) float64 {
	low, high := t, t
	for step := 1.0; noncentralTCDF(t, df, low) < p; step *= 2 {
		low -= step
	}
	for step := 1.0; noncentralTCDF(t, df, high) > p; step *= 2 {
		high += step
	}
	for high-low > 1e-13*(1+math.Abs(t)) {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			break
		}
		if noncentralTCDF(t, df, mid) > p {
			low = mid
		} else {
			high = mid
		}
	}
	return low + (high-low)/2
}

// noncentralTCDF returns P(T ≤ t) for the t distribution with df degrees of freedom
// and noncentrality delta, to an absolute error of about 1e-13: a mixture of beta
// distributions whose weights are Poisson probabilities, and those at half-integers.
// Both sums start at the likeliest term (D. Benton and K. Krishnamoorthy 2003,
// Comput. Stat. Data Anal. 43, 249–267); the time grows with |delta|.
func noncentralTCDF(t, df, delta float64) float64 {
	if t < 0 {
		return 1 - noncentralTCDF(-t, df, -delta)
	}
	below := math.Exp(LogNormalCDF(-delta)) // P(T ≤ 0)
	if t == 0 {
		return below
	}
	t2 := t * t
	mix := betaMixture{mean: delta * delta / 2, first: 0.5, b: df / 2, x: t2 / (df + t2), y: df / (df + t2)}
	if mix.mean == 0 {
		return below + 0.5*mix.part(0)
	}
	return below + 0.5*(mix.sum(0)+math.Copysign(mix.sum(0.5), delta))
}

// betaMixture is a mixture of beta distribution functions I_x(a+first, b).
type betaMixture struct {
	mean  float64 // of the Poisson distribution of a
	first float64
	b     float64
	x, y  float64 // y = 1 − x
}

// sum adds up weight times distribution function over a = offset, offset+1, …, from
// the likeliest a outwards, with recurrences for both factors.
func (m betaMixture) sum(offset float64) float64 {
	const negligible = 1e-18
	start := math.Floor(m.mean) + offset
	weight := m.weight(start)
	cdf := m.part(start)
	// I_x(a+first, b) − I_x(a+first+1, b)
	step := math.Exp(logBetaDensity(start+m.first, m.b, m.x, m.y)) / (start + m.first)

	sum := weight * cdf
	for a, w, p, s := start, weight, cdf, step; w > negligible && p > 0; {
		p -= s
		a++
		s *= m.x * (a + m.first - 1 + m.b) / (a + m.first)
		w *= m.mean / a
		sum += w * math.Max(p, 0)
	}
	for a, w, p, s := start, weight, cdf, step; a > offset && w > negligible; {
		s *= (a + m.first) / (m.x * (a + m.first - 1 + m.b))
		w *= a / m.mean
		a--
		p += s
		sum += w * math.Min(p, 1)
	}
	return sum
}

// part returns I_x(a+first, b).
func (m betaMixture) part(a float64) float64 {
	lower, _ := logIncBeta(a+m.first, m.b, m.x, m.y)
	return math.Exp(lower)
}

// weight returns mean^a·e^−mean/Γ(a+1).
func (m betaMixture) weight(a float64) float64 {
	if a == 0 {
		return math.Exp(-m.mean)
	}
	return math.Exp(logGammaDensity(a, m.mean)) / a
}
