package project

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
)

// affinities returns the joint probabilities of t-SNE, which add up to 1: those of each
// row are normal densities of the distances to its neighbours, as wide as the perplexity
// asks for.
func affinities(ctx context.Context, b *neighbors, perplexity float64, workers int) (*graph, error) {
	const block = 64
	p := make([]float64, len(b.rows))
	err := parallel.Do(ctx, blocks(b.n, block), workers, func() func(int) {
		scratch := make([]float64, b.k)
		return func(at int) {
			for i := at * block; i < min((at+1)*block, b.n); i++ {
				_, distances := b.of(i)
				conditional(p[i*b.k:(i+1)*b.k], distances, scratch, perplexity)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	const least = 1e-200 // what is less has no logarithm once it is divided
	g, err := symmetric(ctx, b, p, workers, func(there, back float64) float64 {
		if there+back < least {
			return 0
		}
		return there + back
	})
	if err != nil {
		return nil, err
	}
	var sum float64
	for _, w := range g.weights {
		sum += w
	}
	for e := range g.weights {
		g.weights[e] /= sum
	}
	return g, nil
}

// conditional writes the probabilities with which a row takes each neighbour, given its
// distances in rising order: exp(-β d²), with β such that the entropy is the logarithm
// of the perplexity. If even equal probabilities have less, they are equal.
func conditional(p, distances, squares []float64, perplexity float64) {
	least := distances[0] * distances[0]
	var mean float64
	for i, d := range distances {
		squares[i] = d*d - least // takes nothing from the probabilities
		mean += squares[i] / float64(len(distances))
	}
	if !(mean > 0) {
		mean = 1
	}
	for i := range squares {
		squares[i] /= mean
	}
	const (
		steps     = 200
		tolerance = 1e-9 // of the entropy
	)
	want := math.Log(perplexity)
	beta, low, high := 1.0, 0.0, math.Inf(1)
	for range steps {
		entropy := densities(p, squares, beta)
		switch {
		case math.Abs(entropy-want) <= tolerance || beta > 1e250 || beta < 1e-250:
			return
		case entropy > want:
			low = beta
			if beta *= 2; !math.IsInf(high, 1) {
				beta = (low + high) / 2
			}
		default:
			high = beta
			beta = (low + high) / 2
		}
	}
}

// densities writes exp(-β d²), divided by their sum, and returns their entropy.
func densities(p, squares []float64, beta float64) float64 {
	var sum, moment float64
	for i, s := range squares {
		p[i] = math.Exp(-beta * s)
		sum += p[i]
		moment += s * p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return math.Log(sum) + beta*moment/sum
}
