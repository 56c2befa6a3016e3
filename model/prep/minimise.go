package prep

import (
	"context"
	"math"
)

// minimise returns where a function of one number has a minimum within ±most, as well
// as its values can tell: between points that enclose it, by parabolas through the
// best three, and by golden sections where these do not serve.
//
// R. P. Brent (1973), Algorithms for Minimization Without Derivatives, chapter 5.
func minimise(ctx context.Context, f func(float64) float64, most float64) (float64, error) {
	const (
		golden = 0.3819660112501051 // (3 − √5)/2
		steps  = 200
		near   = 1e-10
		rel    = 1e-9
	)
	low, best, high, err := enclose(ctx, f, most)
	if err != nil {
		return 0, err
	}
	second, third := best, best
	bestF := f(best)
	secondF, thirdF := bestF, bestF
	var step, before float64
	for range steps {
		if context.Cause(ctx) != nil {
			return 0, context.Cause(ctx)
		}
		middle := low + (high-low)/2
		tol := rel*math.Abs(best) + near
		if math.Abs(best-middle) <= 2*tol-(high-low)/2 {
			break
		}
		d, ok := parabola(best, second, third, bestF, secondF, thirdF)
		if ok && math.Abs(d) < math.Abs(before)/2 && best+d > low && best+d < high {
			before, step = step, d
			if u := best + d; u-low < 2*tol || high-u < 2*tol {
				step = math.Copysign(tol, middle-best)
			}
		} else {
			before = high - best
			if best >= middle {
				before = low - best
			}
			step = golden * before
		}
		u := best + step
		if math.Abs(step) < tol {
			u = best + math.Copysign(tol, step)
		}
		fu := f(u)
		if fu <= bestF {
			if u >= best {
				low = best
			} else {
				high = best
			}
			third, thirdF, second, secondF, best, bestF = second, secondF, best, bestF, u, fu
			continue
		}
		if u < best {
			low = u
		} else {
			high = u
		}
		if fu <= secondF || second == best {
			third, thirdF, second, secondF = second, secondF, u, fu
		} else if fu <= thirdF || third == best || third == second {
			third, thirdF = u, fu
		}
	}
	return best, nil
}

// enclose goes downhill from −2 or 2 in growing steps, and returns three ascending
// points of which the second is the lowest, or lies at ±most.
func enclose(ctx context.Context, f func(float64) float64, most float64) (low, best, high float64, err error) {
	a, b := -2.0, 2.0
	fa, fb := f(a), f(b)
	if fa < fb {
		a, b, fb = b, a, fa
	}
	for {
		c := min(max(b+1.618034*(b-a), -most), most)
		fc := f(c)
		if context.Cause(ctx) != nil {
			return 0, 0, 0, context.Cause(ctx)
		}
		if c == b || !(fc < fb) {
			return min(a, c), b, max(a, c), nil
		}
		a, b, fb = b, c, fc
	}
}

// parabola returns the step from a to the lowest point of the parabola through three
// points, false if there is none.
func parabola(a, b, c, fa, fb, fc float64) (step float64, ok bool) {
	r := (a - b) * (fa - fc)
	q := (a - c) * (fa - fb)
	p := (a-c)*q - (a-b)*r
	q = 2 * (q - r)
	if q == 0 || p-p != 0 || q-q != 0 {
		return 0, false
	}
	return -p / q, true
}
