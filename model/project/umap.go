package project

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// UMAP is the settings of uniform manifold approximation and projection [1]: rows are
// joined to their nearest neighbours, and laid out so that those that are joined are
// close, and others are not. As of TSNE, groups show, while distances between them mean
// little.
//
// Neighbours are exact. It starts at the first principal components, which shows the
// large shape as well as the eigenvectors of the graph do [2], and also where the graph
// falls into parts, as that of network traffic does. Points are moved one edge after the
// other, on one goroutine.
//
// [1] L. McInnes, J. Healy and J. Melville (2018), "UMAP: Uniform Manifold Approximation
// and Projection for Dimension Reduction", arXiv:1802.03426.
// [2] D. Kobak and G. C. Linderman (2021), "Initialization is critical for preserving
// global data structure in both t-SNE and UMAP", Nature Biotechnology 39, 156–157.
type UMAP struct {
	// Neighbors is how many rows a row is joined to, itself among them as in the paper; 0
	// stands for 15. The more, the more of the large shape is kept, and the less detail.
	Neighbors int `json:"n_neighbors,omitempty"`
	// MinDist is how close points may come; nil stands for 0.1.
	MinDist *float64 `json:"min_dist,omitempty"`
	// Spread is the scale of the picture, on which MinDist is measured; 0 stands for 1.
	Spread float64 `json:"spread,omitempty"`
	// Epochs is how many rounds there are; 0 stands for 500, and for 200 above 10,000
	// different rows.
	Epochs int `json:"n_epochs,omitempty"`
	// NegativeSamples is from how many points chosen at random a point is pushed away each
	// time that it is drawn to another; 0 stands for 5.
	NegativeSamples int `json:"negative_sample_rate,omitempty"`
	// LearningRate is the length of the first steps; 0 stands for 1.
	LearningRate float64 `json:"learning_rate,omitempty"`
	// Dimensions is 2 or 3; 0 stands for 2.
	Dimensions int `json:"n_components,omitempty"`
	// MaxRows is how many rows are shown at most; 0 stands for 5000. Of more, a sample is
	// taken.
	MaxRows int `json:"max_rows,omitempty"`
}

// filled returns the settings with defaults, or an error that wraps learn.ErrSetting.
func (s UMAP) filled() (UMAP, error) {
	if s.MinDist == nil {
		usual := 0.1
		s.MinDist = &usual
	}
	s.Neighbors, s.Spread, s.NegativeSamples = cmp.Or(s.Neighbors, 15), cmp.Or(s.Spread, 1), cmp.Or(s.NegativeSamples, 5)
	s.LearningRate, s.Dimensions = cmp.Or(s.LearningRate, 1), cmp.Or(s.Dimensions, 2)
	within := func(v, low, high float64) bool { return v >= low && v <= high }
	switch {
	case s.Neighbors < 2 || s.Neighbors > 10_000:
		return s, fmt.Errorf("n_neighbors %d: %w; choose from 2 to 10000", s.Neighbors, learn.ErrSetting)
	case !within(s.Spread, 0.01, 100):
		return s, fmt.Errorf("spread %v: %w; choose from 0.01 to 100", s.Spread, learn.ErrSetting)
	case !within(*s.MinDist, 0, s.Spread):
		return s, fmt.Errorf("min_dist %v: %w; choose from 0 to spread, %v", *s.MinDist, learn.ErrSetting, s.Spread)
	case s.Epochs < 0 || s.Epochs > 100_000:
		return s, fmt.Errorf("n_epochs %d: %w; choose from 1 to 100000", s.Epochs, learn.ErrSetting)
	case s.NegativeSamples < 1 || s.NegativeSamples > 1000:
		return s, fmt.Errorf("negative_sample_rate %d: %w; choose from 1 to 1000", s.NegativeSamples, learn.ErrSetting)
	case !within(s.LearningRate, 1e-6, 1000):
		return s, fmt.Errorf("learning_rate %v: %w; choose one above 0, up to 1000", s.LearningRate, learn.ErrSetting)
	case s.Dimensions != 2 && s.Dimensions != 3:
		return s, fmt.Errorf("n_components %d: %w; choose 2 or 3", s.Dimensions, learn.ErrSetting)
	}
	return s, nil
}

// Map lays the rows of x out. strata, if not nil, says for each row of which stratum it
// is, as Sample takes it. Errors are those of TSNE.Map.
func (s UMAP) Map(ctx context.Context, x *learn.Matrix, strata []int32, r learn.Run) (*Map, error) {
	s, err := s.filled()
	if err != nil {
		return nil, err
	}
	p, err := begin(ctx, "UMAP", x, strata, s.MaxRows, r)
	if err != nil {
		return nil, err
	}
	n := p.Different
	if n < 2 {
		return p.finish(make([]float64, s.Dimensions*n), s.Dimensions)
	}
	p.Neighbors = min(s.Neighbors, n)
	if p.Neighbors < s.Neighbors {
		p.note("n_neighbors is %d instead of %d, because there are no more different rows.", p.Neighbors, s.Neighbors)
	}
	near, err := nearest(ctx, p.x, p.Neighbors-1, r.Workers)
	if err != nil {
		return nil, err
	}
	g, err := fuzzySet(ctx, near, r.Workers)
	if err != nil {
		return nil, err
	}
	points, err := p.start(ctx, s.Dimensions, 1, r)
	if err != nil {
		return nil, err
	}
	if s.Epochs == 0 {
		s.Epochs = 500
		if n > 10_000 {
			s.Epochs = 200
		}
	}
	p.Iterations = s.Epochs
	fit(points, s.Dimensions)
	if err := newLayout(s, g, points, r.Seed).run(ctx, r); err != nil {
		return nil, err
	}
	return p.finish(points, s.Dimensions)
}

// fit brings each coordinate to the range from 0 to 10, as the authors' program does.
func fit(points []float64, dimensions int) {
	for a := range dimensions {
		low, high := math.Inf(1), math.Inf(-1)
		for i := a; i < len(points); i += dimensions {
			low, high = min(low, points[i]), max(high, points[i])
		}
		for i := a; i < len(points); i += dimensions {
			points[i] = 10 * (points[i] - low) / max(high-low, 1e-300)
		}
	}
}

// fuzzySet returns the fuzzy simplicial set of the rows: by edge, how much it belongs to
// it. That of a row to its neighbour is 1 for the nearest and falls with the distance
// beyond, so that the sum of all is the logarithm to base 2 of their number, the row
// itself among them; an edge belongs to it if it does in either direction.
func fuzzySet(ctx context.Context, b *neighbors, workers int) (*graph, error) {
	var mean float64
	for _, d := range b.distances {
		mean += d
	}
	mean /= float64(b.n * (b.k + 1)) // the distance to itself is one of them
	weights := make([]float64, len(b.rows))
	const block = 256
	err := parallel.Each(ctx, blocks(b.n, block), workers, func(p int) error {
		for i := p * block; i < min((p+1)*block, b.n); i++ {
			_, distances := b.of(i)
			memberships(weights[i*b.k:(i+1)*b.k], distances, mean)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return symmetric(ctx, b, weights, workers, func(there, back float64) float64 { return there + back - there*back })
}

// memberships writes how much each neighbour belongs to the surroundings of a row, given
// the distances in rising order, and the mean of all distances.
func memberships(w, distances []float64, all float64) {
	const (
		steps     = 64
		tolerance = 1e-5
		least     = 1e-3 // of the mean distance
	)
	var nearest, mean float64 // nearest but those at no distance
	for _, d := range distances {
		if nearest == 0 {
			nearest = d
		}
		mean += d
	}
	mean /= float64(len(distances) + 1)
	want := math.Log2(float64(len(distances) + 1))
	sigma, low, high := 1.0, 0.0, math.Inf(1)
	for range steps {
		var sum float64
		for _, d := range distances {
			sum += membership(d-nearest, sigma)
		}
		if math.Abs(sum-want) < tolerance {
			break
		}
		if sum > want {
			high = sigma
			sigma = (low + high) / 2
			continue
		}
		low = sigma
		if sigma *= 2; !math.IsInf(high, 1) {
			sigma = (low + high) / 2
		}
	}
	if nearest > 0 {
		all = mean
	}
	sigma = max(sigma, least*all)
	for i, d := range distances {
		w[i] = membership(d-nearest, sigma)
	}
}

func membership(beyond, sigma float64) float64 {
	if beyond <= 0 || sigma == 0 {
		return 1
	}
	return math.Exp(-beyond / sigma)
}
