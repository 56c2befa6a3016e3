package outlier

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// A spread is the mean and the covariance of columns.
type spread struct {
	mean []float64
	sd   []float64
	corr [][]float64 // correlations; 0 with a column that does not vary
}

// spreadOf measures columns by the weights of their rows, with divisor total−1, so
// that a weight of 2 is two rows.
func spreadOf(ctx context.Context, cols [][]float64, weights []float64, workers int) (*spread, error) {
	k, n := len(cols), len(cols[0])
	total := totalOf(weights, n)
	if !(total > 1) {
		return nil, fmt.Errorf("the weights add up to %v: %w; weights count rows", total, learn.ErrTooFew)
	}
	var origin []float64
	if weights != nil {
		var err error
		if cols, origin, err = weighted(ctx, cols, weights, total, workers); err != nil {
			return nil, err
		}
	}
	sums, err := stats.ComomentsOf(ctx, cols, max(workers, 1))
	if err != nil {
		if context.Cause(ctx) != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w; standardise or log1p before", learn.ErrSetting, err)
	}
	s := &spread{mean: make([]float64, k), sd: make([]float64, k), corr: make([][]float64, k)}
	cross := func(i, j int) float64 {
		if weights == nil {
			return sums.CrossProduct(i, j)
		}
		// Columns are centred by weights; those times the roots of weights are not.
		return sums.CrossProduct(i, j) + float64(n)*sums.Mean(i)*sums.Mean(j)
	}
	for i := range k {
		s.mean[i] = sums.Mean(i)
		if weights != nil {
			s.mean[i] = origin[i]
		}
		s.sd[i] = math.Sqrt(cross(i, i) / (total - 1))
		if constant(cols[i]) || !(s.sd[i] > 1e-14*math.Abs(s.mean[i])) {
			s.sd[i] = 0
		}
	}
	for i := range k {
		s.corr[i] = make([]float64, k)
		for j := range k {
			if i == j {
				s.corr[i][j] = 1
			} else if s.sd[i] > 0 && s.sd[j] > 0 {
				r := cross(i, j) / (total - 1) / s.sd[i] / s.sd[j]
				s.corr[i][j] = min(max(r, -1), 1)
			}
		}
	}
	return s, nil
}

// weighted returns columns less their means by weight, times the roots of weights.
func weighted(ctx context.Context, cols [][]float64, weights []float64, total float64, workers int) ([][]float64, []float64, error) {
	roots := make([]float64, len(weights))
	for i, w := range weights {
		roots[i] = math.Sqrt(w)
	}
	out, mean := make([][]float64, len(cols)), make([]float64, len(cols))
	err := parallel.Each(ctx, len(cols), workers, func(j int) error {
		first := cols[j][0] // about which sums lose nothing for a constant column
		var sum float64
		for i, v := range cols[j] {
			sum += (v - first) * weights[i]
		}
		mean[j] = first + sum/total
		out[j] = make([]float64, len(weights))
		for i, v := range cols[j] {
			out[j][i] = ((v - first) - sum/total) * roots[i]
		}
		return nil
	})
	return out, mean, err
}

func constant(v []float64) bool {
	for _, a := range v {
		if a != v[0] {
			return false
		}
	}
	return true
}

// A standard takes the mean off columns and divides by their deviation. Columns with
// a deviation of 0 are left out.
type standard struct {
	Center learn.Floats `json:"center"`
	Scale  learn.Floats `json:"scale"`
}

// used returns the places of the columns that are not left out.
func (s *standard) used() []int {
	var places []int
	for j, sd := range s.Scale {
		if sd > 0 {
			places = append(places, j)
		}
	}
	return places
}

func (s *standard) check(kind string, columns int) error {
	if len(s.Center) != columns || len(s.Scale) != columns || !s.Center.Finite() || !s.Scale.Finite() {
		return learn.Broken(kind, "%d columns, but %d means and %d deviations", columns, len(s.Center), len(s.Scale))
	}
	for _, sd := range s.Scale {
		if sd < 0 {
			return learn.Broken(kind, "a deviation of %v", sd)
		}
	}
	return nil
}

// far is the largest number of deviations that is told from a larger one.
const far = 1e150

// fill standardises the rows from..to of the used columns into block, row after row.
func (s *standard) fill(block []float64, x *learn.Matrix, rarities []rarity, used []int, from, to int) {
	k := len(used)
	for p, j := range used {
		center, scale := s.Center[j], s.Scale[j]
		if !x.Columns[j].Coded() {
			for i, v := range x.Numbers[j][from:to] {
				z := (v - center) / scale
				if !(z < far) { // no sum of squares or of products becomes NaN
					z = far
				} else if z < -far {
					z = -far
				}
				block[i*k+p] = z
			}
			continue
		}
		for i, c := range x.Codes[j][from:to] {
			block[i*k+p] = (rareness(rarities[j], c) - center) / scale
		}
	}
}
