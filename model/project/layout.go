package project

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
)

// curve returns a and b for which 1/(1+a·d^2b) is nearest, by least squares at 300 points
// up to three times spread, to what is 1 up to minDist and falls exponentially beyond.
func curve(minDist, spread float64) (a, b float64) {
	const points = 300
	var xs, ys [points]float64
	for i := range points {
		xs[i] = 3 * spread * float64(i) / (points - 1)
		ys[i] = math.Exp(-max(xs[i]-minDist, 0) / spread)
	}
	loss := func(a, b float64) (sum float64) {
		for i, x := range xs {
			e := 1/(1+a*math.Pow(x, 2*b)) - ys[i]
			sum += e * e
		}
		return sum
	}
	// Levenberg and Marquardt. The start has the right scale: one half at spread.
	a, b = math.Pow(spread, -2), 1
	damping, now := 1e-3, loss(a, b)
	for range 200 {
		var aa, ab, bb, ga, gb float64
		for i, x := range xs {
			if x == 0 {
				continue
			}
			power := math.Pow(x, 2*b)
			f := 1 / (1 + a*power)
			da, db := -f*f*power, -f*f*a*power*2*math.Log(x)
			e := f - ys[i]
			aa, ab, bb = aa+da*da, ab+da*db, bb+db*db
			ga, gb = ga+da*e, gb+db*e
		}
		p, q := aa*(1+damping), bb*(1+damping)
		det := p*q - ab*ab
		na, nb := a-(q*ga-ab*gb)/det, b-(p*gb-ab*ga)/det
		if na > 0 && nb > 0 {
			if next := loss(na, nb); next <= now {
				done := now-next <= 1e-16*now
				a, b, now, damping = na, nb, next, damping/10
				if done {
					break
				}
				continue
			}
		}
		if damping *= 10; damping > 1e12 {
			break
		}
	}
	return a, b
}

// A layout moves points along the edges of a fuzzy set, each as often as it belongs to
// it, and away from points chosen at random.
type layout struct {
	UMAP
	points     []float64 // coordinates side by side
	heads      []int32   // by edge
	tails      []int32
	every      []float64 // epochs between the turns of an edge
	draw, push table
	rng        *rand.Rand
}

func newLayout(s UMAP, g *graph, points []float64, seed uint64) *layout {
	l := &layout{UMAP: s, points: points, rng: rand.New(rand.NewPCG(seed, 4))}
	a, b := curve(*s.MinDist, s.Spread)
	l.draw = newTable(func(d2 float64) float64 {
		return -2 * a * b * math.Pow(d2, b-1) / (1 + a*math.Pow(d2, b))
	})
	l.push = newTable(func(d2 float64) float64 {
		return 2 * b / ((0.001 + d2) * (1 + a*math.Pow(d2, b)))
	})
	var most float64
	for _, w := range g.weights {
		most = max(most, w)
	}
	for i := range len(g.starts) - 1 {
		for e := g.starts[i]; e < g.starts[i+1]; e++ {
			if w := g.weights[e]; w*float64(s.Epochs) >= most { // others never have a turn
				l.heads, l.tails = append(l.heads, int32(i)), append(l.tails, g.to[e])
				l.every = append(l.every, most/w)
			}
		}
	}
	return l
}

// run moves the points.
func (l *layout) run(ctx context.Context, r learn.Run) error {
	next := make([]float64, len(l.every)) // epoch of an edge's next turn
	copy(next, l.every)
	move := l.plane
	if l.Dimensions == 3 {
		move = l.space
	}
	const reports, look = 10, 4096
	for epoch := range l.Epochs {
		rate := l.LearningRate * (1 - float64(epoch)/float64(l.Epochs))
		for from := 0; from < len(next); from += look {
			if err := ended(ctx); err != nil {
				return err
			}
			for e := from; e < min(from+look, len(next)); e++ {
				if next[e] <= float64(epoch) {
					next[e] += l.every[e]
					move(int(l.heads[e]), int(l.tails[e]), rate)
				}
			}
		}
		if (epoch+1)%reports == 0 || epoch+1 == l.Epochs {
			r.Report(epoch+1, l.Epochs)
		}
	}
	return nil
}

// longestStep is the most that one force moves a coordinate, for a rate of 1.
const longestStep = 4.0

func clipped(v float64) float64 { return min(max(v, -longestStep), longestStep) }

// plane moves the head and tail of an edge together, and the head away from others.
func (l *layout) plane(head, tail int, rate float64) {
	p, q := l.points[2*head:2*head+2:2*head+2], l.points[2*tail:2*tail+2:2*tail+2]
	dx, dy := p[0]-q[0], p[1]-q[1]
	if d2 := dx*dx + dy*dy; d2 > 0 {
		f := l.draw.at(d2)
		x, y := rate*clipped(f*dx), rate*clipped(f*dy)
		p[0], p[1] = p[0]+x, p[1]+y
		q[0], q[1] = q[0]-x, q[1]-y
	}
	n := uint32(len(l.points) / 2)
	for range l.NegativeSamples {
		k := int(l.rng.Uint32N(n))
		o := l.points[2*k : 2*k+2 : 2*k+2]
		dx, dy := p[0]-o[0], p[1]-o[1]
		if d2 := dx*dx + dy*dy; d2 > 0 {
			f := l.push.at(d2)
			p[0] += rate * clipped(f*dx)
			p[1] += rate * clipped(f*dy)
		} else if k != head {
			p[0] += rate * longestStep // as the authors' program does
			p[1] += rate * longestStep
		}
	}
}

// space is plane in three dimensions.
func (l *layout) space(head, tail int, rate float64) {
	p, q := l.points[3*head:3*head+3:3*head+3], l.points[3*tail:3*tail+3:3*tail+3]
	dx, dy, dz := p[0]-q[0], p[1]-q[1], p[2]-q[2]
	if d2 := dx*dx + dy*dy + dz*dz; d2 > 0 {
		f := l.draw.at(d2)
		x, y, z := rate*clipped(f*dx), rate*clipped(f*dy), rate*clipped(f*dz)
		p[0], p[1], p[2] = p[0]+x, p[1]+y, p[2]+z
		q[0], q[1], q[2] = q[0]-x, q[1]-y, q[2]-z
	}
	n := uint32(len(l.points) / 3)
	for range l.NegativeSamples {
		k := int(l.rng.Uint32N(n))
		o := l.points[3*k : 3*k+3 : 3*k+3]
		dx, dy, dz := p[0]-o[0], p[1]-o[1], p[2]-o[2]
		if d2 := dx*dx + dy*dy + dz*dz; d2 > 0 {
			f := l.push.at(d2)
			p[0] += rate * clipped(f*dx)
			p[1] += rate * clipped(f*dy)
			p[2] += rate * clipped(f*dz)
		} else if k != head {
			for a := range p {
				p[a] += rate * longestStep
			}
		}
	}
}

// A table holds a smooth function of positive numbers at 64 places between powers of two,
// and is straight between these: powers take most of the time otherwise.
type table []float64

const (
	tableLow, tableHigh = -60, 40 // exponents
	tableBits           = 6       // of the mantissa
)

func newTable(f func(float64) float64) table {
	t := make(table, (tableHigh-tableLow)<<tableBits+1)
	for i := range t {
		t[i] = f(placeOf(i))
	}
	return t
}

// placeOf is the number that entry i is for.
func placeOf(i int) float64 {
	return math.Ldexp(1+float64(i&(1<<tableBits-1))/(1<<tableBits), i>>tableBits+tableLow)
}

// at returns the function at v, taken from the nearer end if it is outside the table.
func (t table) at(v float64) float64 {
	const (
		rest   = 52 - tableBits
		bottom = (1023 + tableLow) << tableBits
	)
	bits := math.Float64bits(v)
	i := int(bits>>rest) - bottom
	if i < 0 {
		return t[0]
	}
	if i >= len(t)-1 {
		return t[len(t)-1]
	}
	f := float64(bits&(1<<rest-1)) / (1 << rest)
	return t[i] + f*(t[i+1]-t[i])
}
