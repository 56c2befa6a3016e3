package outlier

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// concentrate takes the rows nearest to their own mean, and to that of these, until
// they stay the same, from two starts: by the plain distance, and by that from the
// medians of columns in units of their median deviations, which outliers that lie
// together do not shift. The one with the lower determinant is kept.
func (s *Mahalanobis) concentrate(ctx context.Context, m *MahalanobisModel, x *learn.Matrix, cols [][]float64, r *learn.Run) error {
	c := concentration{ctx: ctx, x: x, cols: cols, run: r, plain: m.Standard, shrinkage: max(concentrateBy, at(s.Shrinkage, 0))}
	c.rows = max(2, int(math.Ceil(or(s.Trust, 0.5)*float64(x.Rows))))
	robust := *m
	if err := robust.settle(c.medians(), 0); err != nil {
		return err
	}
	if err := c.descend(m); err != nil {
		return err
	}
	if err := c.descend(&robust); err != nil {
		return err
	}
	if robust.logDeterminant() < m.logDeterminant() {
		*m = robust
	}
	distances := make([]float64, x.Rows)
	if err := m.distances(ctx, distances, x, r.Workers); err != nil {
		return err
	}
	m.rescale(distances)
	return nil
}

// A concentration is what both starts share.
type concentration struct {
	ctx       context.Context
	x         *learn.Matrix
	cols      [][]float64
	run       *learn.Run
	plain     standard // of all rows
	shrinkage float64
	rows      int // that decide
}

// medians is the start by medians, without correlations.
func (c *concentration) medians() *spread {
	k := len(c.cols)
	s := &spread{mean: make([]float64, k), sd: make([]float64, k), corr: make([][]float64, k)}
	for j, col := range c.cols {
		s.corr[j] = make([]float64, k)
		if c.plain.Scale[j] == 0 {
			continue
		}
		s.mean[j] = medianOf(slices.Clone(col))
		apart := make([]float64, len(col))
		for i, v := range col {
			apart[i] = math.Abs(v - s.mean[j])
		}
		const normal = 1.4826022185056018 // 1/Φ⁻¹(3/4)
		if s.sd[j] = normal * medianOf(apart); s.sd[j] == 0 {
			s.sd[j] = c.plain.Scale[j]
		}
	}
	return s
}

// medianOf sorts the values, and returns the upper of two in the middle.
func medianOf(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// descend goes on from the estimate of a model.
func (c *concentration) descend(m *MahalanobisModel) error {
	distances, order := make([]float64, c.x.Rows), make([]int, c.x.Rows)
	var nearest, before []int
	for range concentrateSteps {
		if err := m.distances(c.ctx, distances, c.x, c.run.Workers); err != nil {
			return err
		}
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(distances[a], distances[b]), cmp.Compare(a, b)) })
		nearest = slices.Clone(order[:c.rows])
		slices.Sort(nearest)
		if slices.Equal(nearest, before) {
			break
		}
		before = nearest
		part, err := spreadOf(c.ctx, takeRows(c.cols, nearest), nil, c.run.Workers)
		if err != nil {
			return err
		}
		part.regularise(&c.plain, c.shrinkage)
		if err := m.settle(part, 0); err != nil {
			return err
		}
	}
	return nil
}

// logDeterminant is that of the covariance.
func (m *MahalanobisModel) logDeterminant() float64 {
	var sum float64
	for p, j := range m.Standard.used() {
		sum += 2 * (math.Log(m.Standard.Scale[j]) + math.Log(m.Factor[p*(p+1)/2+p]))
	}
	return sum
}

func takeRows(cols [][]float64, rows []int) [][]float64 {
	out := make([][]float64, len(cols))
	for j := range cols {
		out[j] = learn.Take(cols[j], rows)
	}
	return out
}

// regularise adds to the covariance, multiplied by 1 less the shrinkage, that share of
// the variances of all rows.
func (s *spread) regularise(all *standard, shrinkage float64) {
	sd := make([]float64, len(s.sd))
	for j := range sd {
		sd[j] = math.Sqrt((1-shrinkage)*s.sd[j]*s.sd[j] + shrinkage*all.Scale[j]*all.Scale[j])
	}
	for i := range s.corr {
		for j := range s.corr[i] {
			if i != j && sd[i] > 0 && sd[j] > 0 {
				s.corr[i][j] *= (1 - shrinkage) * (s.sd[i] / sd[i]) * (s.sd[j] / sd[j])
			}
		}
	}
	s.sd = sd
}

// rescale multiplies the deviations so that the median of the squared distances
// becomes that of a chi-square distribution.
func (m *MahalanobisModel) rescale(distances []float64) {
	sorted := slices.Sorted(slices.Values(distances))
	median := sorted[len(sorted)/2]
	factor := math.Sqrt(median / stats.ChiSquaredQuantile(0.5, float64(len(m.Standard.used()))))
	if !(factor > 1e-100 && factor < 1e100) {
		return
	}
	for j := range m.Standard.Scale {
		m.Standard.Scale[j] *= factor
	}
}
