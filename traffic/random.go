package traffic

import (
	"math"
	"math/rand/v2"
)

// Units of simulated time, in microseconds.
const (
	millisecond int64 = 1000
	second            = 1000 * millisecond
	minute            = 60 * second
	hour              = 60 * minute
	day               = 24 * hour
)

// A random is one stream of random numbers. Every source of traffic has its
// own, so that none disturbs another.
type random struct{ *rand.Rand }

// newRandom returns the numbered stream of a seed. The multiplier spreads
// consecutive numbers over the state.
func newRandom(seed, stream uint64) random {
	return random{rand.New(rand.NewPCG(seed, (stream+1)*0x9E3779B97F4A7C15))}
}

// chance reports true with probability p.
func (r random) chance(p float64) bool { return r.Float64() < p }

// between returns a uniform integer from lo to hi, both included.
func (r random) between(lo, hi int64) int64 {
	if hi <= lo {
		return lo
	}
	return lo + r.Int64N(hi-lo+1)
}

// logNormal returns a log-normal draw of the given median, whose logarithm
// has standard deviation sigma.
func (r random) logNormal(median, sigma float64) int64 {
	return int64(median * math.Exp(sigma*r.NormFloat64()))
}

// pareto returns a Pareto draw of the given least value and tail exponent,
// cut off at most.
func (r random) pareto(least, alpha, most float64) int64 {
	return int64(min(most, least*math.Exp(r.ExpFloat64()/alpha)))
}

// logUniform returns a draw between lo and hi whose logarithm is uniform.
func (r random) logUniform(lo, hi int64) int64 {
	return int64(float64(lo) * math.Exp(r.Float64()*math.Log(float64(hi)/float64(lo))))
}

// wait returns an exponential waiting time with the given mean.
func (r random) wait(mean int64) int64 { return int64(r.ExpFloat64() * float64(mean)) }

// oneOf returns an element, each equally likely.
func oneOf[T any](r random, of []T) T { return of[r.IntN(len(of))] }

// popular returns an element, the earlier ones more often: an eighth of them
// draw half of the choices.
func popular[T any](r random, of []T) T {
	u := r.Float64()
	return of[int(float64(len(of))*u*u*u)]
}

// A mix is a choice of values with their probabilities. The last value takes
// what the others leave.
type mix[T any] []struct {
	p     float64
	value T
}

func choose[T any](r random, from mix[T]) T {
	u := r.Float64()
	for _, share := range from[:len(from)-1] {
		if u -= share.p; u < 0 {
			return share.value
		}
	}
	return from[len(from)-1].value
}
