package project

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// A Map is rows in a picture, as TSNE and UMAP lay them out. Rows that are the same stand
// at one place, and took part as one: they would otherwise fill each other's
// neighbourhoods, and leave no room for what else is like them.
type Map struct {
	Method    string         `json:"method"`    // "t-SNE" or "UMAP"
	Of        int            `json:"of"`        // rows of the matrix
	Rows      learn.Ints     `json:"rows"`      // those that are shown, rising
	Axes      []learn.Floats `json:"axes"`      // by axis, by row shown
	Copies    learn.Ints     `json:"copies"`    // by row shown: how many of those shown are the same
	Different int            `json:"different"` // how many different rows are shown

	Perplexity float64  `json:"perplexity,omitempty"` // of t-SNE, as it was used
	KL         float64  `json:"kl,omitempty"`         // Kullback–Leibler divergence of t-SNE, in nats
	Neighbors  int      `json:"n_neighbors"`          // of each row, as they were used
	Iterations int      `json:"n_iter"`               // done
	Notes      []string `json:"notes,omitempty"`      // sentences on what was not done as asked for
}

// defaultRows is how many rows a map shows at most, if nothing else is asked for.
const defaultRows = 5000

// A plan is the different rows of a sample that are to be laid out.
type plan struct {
	*Map
	x     *learn.Matrix // the different rows
	place []int32       // by row shown, which of them it is
}

// begin checks the rows, takes a sample and merges those that are the same.
func begin(ctx context.Context, method string, x *learn.Matrix, strata []int32, most int, r learn.Run) (*plan, error) {
	if most < 0 {
		return nil, fmt.Errorf("max_rows %d: %w; choose at least 1, or 0 for %d", most, learn.ErrSetting, defaultRows)
	}
	if most == 0 {
		most = defaultRows
	}
	if err := sound(x); err != nil {
		return nil, err
	}
	if strata != nil && len(strata) != x.Rows {
		return nil, fmt.Errorf("%d strata of %d rows: %w", len(strata), x.Rows, learn.ErrTarget)
	}
	if err := ended(ctx); err != nil {
		return nil, err
	}
	rows := Sample(strata, x.Rows, most, r.Seed)
	p := &plan{Map: &Map{Method: method, Of: x.Rows, Rows: make(learn.Ints, len(rows))}}
	for i, row := range rows {
		p.Rows[i] = int32(row)
	}
	if len(rows) < x.Rows {
		p.note("A sample of %d of %d rows is shown.", len(rows), x.Rows)
		x = x.Take(rows)
	}
	place, first := neighbor.Distinct(x)
	if len(first) < x.Rows {
		p.note("Rows that are the same stand at one place: %d are different.", len(first))
		x = x.Take(first)
	}
	p.x, p.place, p.Different = x, place, len(first)
	counts := make([]int32, len(first))
	for _, at := range place {
		counts[at]++
	}
	for _, at := range place {
		p.Copies = append(p.Copies, counts[at])
	}
	return p, ended(ctx)
}

func (p *plan) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// finish returns the map with the different rows at the given points, whose coordinates
// stand side by side.
func (p *plan) finish(points []float64, dimensions int) (*Map, error) {
	for _, v := range points {
		if v-v != 0 {
			return nil, fmt.Errorf("points fled to infinity: %w; choose a lower learning_rate", learn.ErrSetting)
		}
	}
	for a := range dimensions {
		axis := make(learn.Floats, len(p.place))
		for i, at := range p.place {
			axis[i] = points[int(at)*dimensions+a]
		}
		p.Axes = append(p.Axes, axis)
	}
	return p.Map, nil
}

// start returns points at the first principal components of the different rows, divided
// by the standard deviation of the first and multiplied by size, their coordinates side
// by side. Components that there are not, or that hardly vary, are noise of a hundredth
// of that size.
func (p *plan) start(ctx context.Context, dimensions int, size float64, r learn.Run) ([]float64, error) {
	const thin = 1e-4 // of the first standard deviation
	points := make([]float64, p.x.Rows*dimensions)
	var scores [][]float64
	var variances []float64
	cells := spread(p.x)
	c, err := PCA{Covariance: true, Components: dimensions, Simulations: -1}.Fit(ctx, cells, r)
	switch {
	case err != nil && !errors.Is(err, learn.ErrConstant) && !errors.Is(err, learn.ErrTooFew):
		return nil, err
	case err == nil:
		if scores, err = c.Project(cells); err != nil {
			return nil, err
		}
		variances = c.Variance
	}
	rng := rand.New(rand.NewPCG(r.Seed, 3))
	for a := range dimensions {
		if a < len(scores) && variances[a] > thin*thin*variances[0] {
			for i, v := range scores[a] {
				points[i*dimensions+a] = size * v / math.Sqrt(variances[0])
			}
			continue
		}
		for i := range p.x.Rows {
			points[i*dimensions+a] = size / 100 * rng.NormFloat64()
		}
	}
	return points, nil
}
