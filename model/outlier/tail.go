package outlier

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A Tail is a generalised Pareto distribution of how far scores exceed a high one: by
// extreme value theory, the form that the upper tail of nearly all distributions
// comes to [1]. It tells scores that are rarer than any that was seen.
//
// The chance of an excess of e or more is (1 + shape·e/scale)^(−1/shape), and
// exp(−e/scale) for the shape 0. A negative shape has an end.
//
// [1] A. Siffer, P.-A. Fouque, A. Termier and C. Largouët (2017), "Anomaly detection
// in streams with extreme value theory", KDD, 1067–1075.
type Tail struct {
	Start     float64 `json:"start"`     // the score above which the tail begins
	Shape     float64 `json:"shape"`     // γ or ξ
	Scale     float64 `json:"scale"`     // σ
	Excesses  int     `json:"excesses"`  // scores above the start
	Rows      int     `json:"rows"`      // all scores
	Deviation float64 `json:"deviation"` // Anderson and Darling's A² of the excesses (of at most 500 of them) from the distribution
	P         float64 `json:"p"`         // the share of samples of such a distribution that deviate as much; below 0.05 the threshold is doubtful
}

// Settings of FitTail: the share of scores that make the tail is that of [1].
const (
	tailShare   = 0.02
	fewExcesses = 20
	tailChecks  = 199 // samples that the deviation is compared with
	tailChecked = 500 // excesses that are
)

// FitTail fits a Tail to the largest 2 % of scores, or more if these are fewer than
// 20, by maximum likelihood as of Grimshaw [1], and compares it with samples of its
// own, each fitted anew. The result depends on the seed only in P.
//
// Errors wrap learn.ErrTooFew for fewer than 100 scores or fewer than 20 above the
// start, as where many are the same, and learn.ErrMissing for a score that is not
// finite. It returns the cause when ctx ends first.
//
// [1] S. D. Grimshaw (1993), "Computing maximum likelihood estimates for the
// generalized Pareto distribution", Technometrics 35(2), 185–191.
func FitTail(ctx context.Context, scores []float64, seed uint64) (*Tail, error) {
	n := len(scores)
	if n < 5*fewExcesses {
		return nil, fmt.Errorf("the tail of %d scores: %w; have at least %d", n, learn.ErrTooFew, 5*fewExcesses)
	}
	if !learn.Floats(scores).Finite() {
		return nil, fmt.Errorf("the tail of scores, one of which is no finite number: %w", learn.ErrMissing)
	}
	sorted := slices.Sorted(slices.Values(scores))
	most := max(fewExcesses, int(tailShare*float64(n)))
	t := &Tail{Start: sorted[n-most-1], Rows: n}
	var excess []float64
	for _, s := range sorted[n-most:] {
		if e := s - t.Start; e > 0 {
			excess = append(excess, e)
		}
	}
	t.Excesses = len(excess)
	if t.Excesses < fewExcesses || excess[0] == excess[len(excess)-1] {
		return nil, fmt.Errorf("%d scores above %v, which is that of many rows: %w to tell their tail", t.Excesses, t.Start, learn.ErrTooFew)
	}
	t.Shape, t.Scale = fitPareto(excess)
	return t, t.judge(ctx, excess, seed)
}

// TailThreshold returns the score that is exceeded with a probability of q, by
// FitTail.
func TailThreshold(ctx context.Context, scores []float64, q float64) (float64, *Tail, error) {
	if !(q > 0 && q < 1) {
		return 0, nil, wrong("q", q, "a probability between 0 and 1")
	}
	t, err := FitTail(ctx, scores, 0)
	if err != nil {
		return 0, nil, err
	}
	if q*float64(t.Rows) < float64(t.Excesses) {
		return t.Threshold(q), t, nil
	}
	sorted := slices.Sorted(slices.Values(scores)) // no tail is needed
	return sorted[min(len(sorted)-1, int(math.Ceil((1-q)*float64(len(sorted))))-1)], t, nil
}

// Threshold returns the score that is exceeded with a probability of q, at most the
// share of scores above Start, which is the least that it returns.
func (t *Tail) Threshold(q float64) float64 {
	log := math.Log(float64(t.Excesses) / float64(t.Rows) / q)
	if !(log > 0) {
		return t.Start
	}
	return clamp(t.Start + t.Scale*expm1Over(t.Shape, log))
}

// Probability returns the probability of a score as high or higher, at most the share
// of scores above Start.
func (t *Tail) Probability(score float64) float64 {
	share := float64(t.Excesses) / float64(t.Rows)
	return share * paretoSurvival(max(score-t.Start, 0), t.Shape, t.Scale)
}

// expm1Over is (e^(γ·l) − 1)/γ, l for 0.
func expm1Over(shape, l float64) float64 {
	if math.Abs(shape*l) < 1e-10 {
		return l
	}
	return math.Expm1(shape*l) / shape
}

// paretoSurvival is the chance of an excess of e or more.
func paretoSurvival(e, shape, scale float64) float64 {
	v := e / scale
	if math.Abs(shape*v) < 1e-10 {
		return math.Exp(-v)
	}
	if shape*v <= -1 {
		return 0
	}
	return math.Exp(-math.Log1p(shape*v) / shape)
}

// fitPareto returns the shape and the scale of the largest likelihood for excesses,
// rising, among shapes of at least −1, below which there is none. With
// θ = shape/scale, the shape of the largest likelihood is that of
// mean(log(1+θ·e)), so that there is one number to look for: all places where
// Grimshaw's function changes its sign are found on a grid and by bisection.
func fitPareto(e []float64) (shape, scale float64) {
	var mean float64
	for _, v := range e {
		mean += v / float64(len(e))
	}
	low, high := e[0], e[len(e)-1]
	best := -math.Log(mean) - 1 // of the exponential distribution
	shape, scale = 0, mean
	consider := func(theta float64) {
		g, _ := grimshaw(e, theta)
		if s := g / theta; g >= -1-1e-9 && s > 0 {
			if l := -math.Log(s) - g - 1; l > best {
				best, shape, scale = l, g, s
			}
		}
	}
	const points = 24
	span := func(from, to float64, sign float64) { // from < to, both positive
		before, value := sign*from, 0.0
		_, value = grimshaw(e, before)
		for i := 1; i <= points; i++ {
			theta := sign * from * math.Pow(to/from, float64(i)/points)
			_, v := grimshaw(e, theta)
			if (v < 0) != (value < 0) {
				consider(bisect(e, before, theta, value))
			}
			before, value = theta, v
		}
	}
	end := 1 / high
	span(1e-6*end, 0.9*end, -1)
	near(e, end, consider)
	consider(leastShape(e, end))
	if up := 2 * (mean - low) / (low * low); up > 1e-6/mean {
		span(1e-6/mean, min(up, 1e12/mean), 1)
	}
	return shape, scale
}

// near looks for roots close to −1/max, where the function is steep.
func near(e []float64, end float64, consider func(float64)) {
	before := -0.9 * end
	_, value := grimshaw(e, before)
	for gap := 0.05; gap > 1e-12; gap /= 4 {
		theta := -(1 - gap) * end
		_, v := grimshaw(e, theta)
		if (v < 0) != (value < 0) {
			consider(bisect(e, before, theta, value))
		}
		before, value = theta, v
	}
}

// leastShape returns the θ between −1/max and 0 whose shape is −1.
func leastShape(e []float64, end float64) float64 {
	low, high := -end, 0.0
	for range 60 {
		m := low + (high-low)/2
		if m == low || m == high {
			break
		}
		if g, _ := grimshaw(e, m); g >= -1 {
			high = m
		} else {
			low = m
		}
	}
	return high
}

// grimshaw returns the shape that goes with θ, and the function whose roots are where
// the likelihood is level: mean(1/(1+θe)) · (1 + mean(log(1+θe))) − 1.
func grimshaw(e []float64, theta float64) (shape, value float64) {
	var u, v float64
	for _, x := range e {
		u += 1 / (1 + theta*x)
		v += math.Log1p(theta * x)
	}
	n := float64(len(e))
	return v / n, u/n*(1+v/n) - 1
}

// bisect finds the root between two places; value is that at the first.
func bisect(e []float64, a, b, value float64) float64 {
	for range 60 {
		m := a + (b-a)/2
		if m == a || m == b {
			break
		}
		if _, v := grimshaw(e, m); (v < 0) == (value < 0) {
			a = m
		} else {
			b = m
		}
	}
	return a + (b-a)/2
}

// judge compares the excesses with samples of the tail, by A².
func (t *Tail) judge(ctx context.Context, excess []float64, seed uint64) error {
	if len(excess) > tailChecked {
		rng := rand.New(rand.NewPCG(seed, 1))
		excess = learn.Take(excess, choose(len(excess), tailChecked, rng))
		slices.Sort(excess)
	}
	t.Deviation = andersonDarling(excess, t.Shape, t.Scale)
	worse := make([]bool, tailChecks)
	err := parallel.Do(ctx, tailChecks, 0, func() func(int) {
		sample := make([]float64, len(excess))
		return func(i int) {
			rng := rand.New(rand.NewPCG(seed, uint64(i)+2))
			for j := range sample {
				sample[j] = t.Scale * expm1Over(t.Shape, rng.ExpFloat64())
			}
			slices.Sort(sample)
			shape, scale := fitPareto(sample)
			worse[i] = andersonDarling(sample, shape, scale) >= t.Deviation
		}
	})
	count := 1
	for _, w := range worse {
		if w {
			count++
		}
	}
	t.P = float64(count) / (tailChecks + 1)
	return err
}

// andersonDarling is A² of excesses, rising, from the distribution.
func andersonDarling(e []float64, shape, scale float64) float64 {
	n := len(e)
	const least = 1e-300
	sum := 0.0
	for i := range e {
		above := paretoSurvival(e[n-1-i], shape, scale)
		below := 1 - paretoSurvival(e[i], shape, scale)
		sum += float64(2*i+1) / float64(n) * (math.Log(max(below, least)) + math.Log(max(above, least)))
	}
	return -float64(n) - sum
}
