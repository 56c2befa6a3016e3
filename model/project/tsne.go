package project

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// TSNE is the settings of t-distributed stochastic neighbour embedding [1], in the
// approximation of Barnes and Hut [2]. It makes a picture in which rows have the
// neighbours that they have in the data. Groups show; their sizes, the distances between
// them and the axes mean little.
//
// It starts at the first two principal components, which keeps the large shape, and takes
// the steps of scikit-learn. Neighbours are exact. Chance has a part only in the choice of
// a sample, and where rows vary in one direction only.
//
// [1] L. J. P. van der Maaten and G. E. Hinton (2008), "Visualizing data using t-SNE",
// Journal of Machine Learning Research 9, 2579–2605.
// [2] L. J. P. van der Maaten (2014), "Accelerating t-SNE using tree-based algorithms",
// Journal of Machine Learning Research 15, 3221–3245.
type TSNE struct {
	// Perplexity is about how many neighbours a row has; 0 stands for 30. It is lowered to
	// a third of the number of other rows, if it is more.
	Perplexity float64 `json:"perplexity,omitempty"`
	// Exaggeration multiplies what draws rows together in the first quarter of the
	// iterations, at most 250, so that groups form; 0 stands for 12.
	Exaggeration float64 `json:"early_exaggeration,omitempty"`
	// LearningRate is the length of steps; 0 stands for the number of rows divided by four
	// times the exaggeration, and at least 50.
	LearningRate float64 `json:"learning_rate,omitempty"`
	// Iterations is how many steps there are at most; 0 stands for 1000.
	Iterations int `json:"n_iter,omitempty"`
	// Theta is the angle below which far points repel as one; 0 stands for 0.5. The lower,
	// the more exact and slow.
	Theta float64 `json:"angle,omitempty"`
	// MaxRows is how many rows are shown at most; 0 stands for 5000. Of more, a sample is
	// taken.
	MaxRows int `json:"max_rows,omitempty"`
}

// filled returns the settings with defaults, or an error that wraps learn.ErrSetting.
func (s TSNE) filled() (TSNE, error) {
	s.Perplexity, s.Exaggeration = cmp.Or(s.Perplexity, 30), cmp.Or(s.Exaggeration, 12)
	s.Iterations, s.Theta = cmp.Or(s.Iterations, 1000), cmp.Or(s.Theta, 0.5)
	within := func(v, low, high float64) bool { return v >= low && v <= high }
	switch {
	case !within(s.Perplexity, 1, 1e4):
		return s, fmt.Errorf("perplexity %v: %w; choose from 1 to 10000", s.Perplexity, learn.ErrSetting)
	case !within(s.Exaggeration, 1, 1e3):
		return s, fmt.Errorf("early_exaggeration %v: %w; choose from 1 to 1000", s.Exaggeration, learn.ErrSetting)
	case !within(s.LearningRate, 0, 1e6):
		return s, fmt.Errorf("learning_rate %v: %w; choose one above 0, up to a million", s.LearningRate, learn.ErrSetting)
	case s.Iterations < 1 || s.Iterations > 1_000_000:
		return s, fmt.Errorf("n_iter %d: %w; choose from 1 to a million", s.Iterations, learn.ErrSetting)
	case !within(s.Theta, 1e-3, 1):
		return s, fmt.Errorf("angle %v: %w; choose from 0.001 to 1", s.Theta, learn.ErrSetting)
	}
	return s, nil
}

// Map lays the rows of x out. strata, if not nil, says for each row of which stratum it
// is, as Sample takes it.
//
// Errors wrap learn.ErrSetting, learn.ErrMissing with the names of the columns in which
// numbers are missing, learn.ErrTooFew without rows or columns, and learn.ErrTarget for
// strata of other rows. Few rows, or rows that are all the same, are no error.
func (s TSNE) Map(ctx context.Context, x *learn.Matrix, strata []int32, r learn.Run) (*Map, error) {
	s, err := s.filled()
	if err != nil {
		return nil, err
	}
	p, err := begin(ctx, "t-SNE", x, strata, s.MaxRows, r)
	if err != nil {
		return nil, err
	}
	n := p.Different
	if n < 2 {
		return p.finish(make([]float64, 2*n), 2)
	}
	p.Perplexity = min(s.Perplexity, max(float64(n-1)/3, 1))
	p.Neighbors = min(n-1, int(3*p.Perplexity+1))
	if p.Perplexity < s.Perplexity {
		p.note("The perplexity is %.3g instead of %v, because there are %d different rows.", p.Perplexity, s.Perplexity, n)
	}
	near, err := nearest(ctx, p.x, p.Neighbors, r.Workers)
	if err != nil {
		return nil, err
	}
	g, err := affinities(ctx, near, p.Perplexity, r.Workers)
	if err != nil {
		return nil, err
	}
	points, err := p.start(ctx, 2, 1e-4, r)
	if err != nil {
		return nil, err
	}
	if s.LearningRate == 0 {
		s.LearningRate = max(float64(n)/s.Exaggeration/4, 50)
	}
	d := newDescent(g, points, s)
	if p.Iterations, err = d.run(ctx, r); err != nil {
		return nil, err
	}
	if p.KL, err = divergence(ctx, g, points, r.Workers); err != nil {
		return nil, err
	}
	return p.finish(points, 2)
}

// A descent moves points down the gradient of the divergence, with momentum and a gain
// for each coordinate, as R. A. Jacobs (1988) raises and lowers it.
type descent struct {
	TSNE
	*forces
	points, velocity, gains []float64
	entropy                 float64 // Σ p log p
}

func newDescent(g *graph, points []float64, s TSNE) *descent {
	d := &descent{TSNE: s, forces: newForces(g, s.Theta), points: points, velocity: make([]float64, len(points)), gains: make([]float64, len(points))}
	for i := range d.gains {
		d.gains[i] = 1
	}
	for _, w := range g.weights {
		d.entropy += w * math.Log(w)
	}
	return d
}

const (
	checkEvery   = 50   // iterations between looks at the divergence
	patience     = 300  // iterations without a lower one
	leastNorm    = 1e-7 // of the gradient
	exaggerated  = 250  // iterations at most
	earlyMoment  = 0.5
	laterMoment  = 0.8
	leastGain    = 0.01
	reportsEvery = 10
)

// run takes the steps, and returns how many.
func (d *descent) run(ctx context.Context, r learn.Run) (int, error) {
	early := min(exaggerated, d.Iterations/4)
	best, bestAt := math.Inf(1), 0
	for it := range d.Iterations {
		exaggeration, momentum := 1.0, laterMoment
		if it < early {
			exaggeration, momentum = d.Exaggeration, earlyMoment
		}
		if it == early {
			best, bestAt = math.Inf(1), it
			clear(d.velocity) // those of another function
			for i := range d.gains {
				d.gains[i] = 1
			}
		}
		look := (it+1)%checkEvery == 0
		rest, spent, err := d.measure(ctx, d.points, r.Workers, look)
		if err != nil {
			return it, err
		}
		norm := d.step(rest, exaggeration, momentum)
		if (it+1)%reportsEvery == 0 {
			r.Report(it+1, d.Iterations)
		}
		if !look {
			continue
		}
		kl := d.entropy + spent + math.Log(rest)
		if kl < best {
			best, bestAt = kl, it
		}
		if it >= early && (it-bestAt > patience || norm <= leastNorm) {
			r.Report(d.Iterations, d.Iterations)
			return it + 1, nil
		}
	}
	r.Report(d.Iterations, d.Iterations)
	return d.Iterations, nil
}

// step moves all points, and returns the norm of the gradient.
func (d *descent) step(rest, exaggeration, momentum float64) float64 {
	var norm float64
	rest = max(rest, math.SmallestNonzeroFloat32)
	for i := range d.points {
		gradient := 4 * (exaggeration*d.pull[i] - d.push[i]/rest)
		norm += gradient * gradient
		if gradient*d.velocity[i] < 0 {
			d.gains[i] += 0.2
		} else {
			d.gains[i] = max(d.gains[i]*0.8, leastGain)
		}
		d.velocity[i] = momentum*d.velocity[i] - d.LearningRate*d.gains[i]*gradient
		d.points[i] += d.velocity[i]
	}
	return math.Sqrt(norm)
}
