package outlier

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// Mahalanobis is the settings of a detector that scores the squared distance from the
// mean in units of the covariance, in all directions at once: of normal rows it is a
// chi-square with as many degrees of freedom as there are columns.
//
// Levels count by their rarity. Columns that do not vary in training are left out.
// A weight of 2 is two rows, but with Robust weights do nothing but leave out rows of
// weight 0. Missing numbers are refused.
//
// Where a column is a linear combination of others, or nearly so (it has less than
// 1e-8 of its variance to itself), correlations are multiplied by 1 − 1e-6: a
// direction in which training rows do not vary then counts as if they did a little.
//
// Robust estimates stand outliers among the training rows: the minimum covariance
// determinant, as stats.FastMCD has it. Where that does not exist, because most rows
// agree in a column or in a combination of some, the half of the rows (or Trust)
// nearest by the plain distance is taken, and again by that of these, until it stays,
// and once more from the distance in units of median deviations. A hundredth of the
// covariance is that of all rows, without correlations: the regularised estimate of
// [1], from two starts. It is scaled so that the median of the distances is that of
// the chi-square distribution.
//
// [1] K. Boudt, P. J. Rousseeuw, S. Vanduffel and T. Verdonck (2020), "The minimum
// regularized covariance determinant estimator", Statistics and Computing 30, 113–128.
type Mahalanobis struct {
	Robust    bool     `json:"robust,omitempty"`    // by the rows that lie closest together; default false
	Trust     float64  `json:"trust,omitempty"`     // with Robust, the share of rows that decide, from 0.5 to 1; default 0.5
	Shrinkage *float64 `json:"shrinkage,omitempty"` // correlations are multiplied by 1 less it, below 1; default 0, and more where they are singular
}

// MahalanobisModel is a fitted Mahalanobis.
type MahalanobisModel struct {
	Columns   []learn.Column `json:"columns"`
	Rarities  []rarity       `json:"rarities"`
	Standard  standard       `json:"standard"`
	Factor    learn.Floats   `json:"factor"`    // of the columns that vary, the Cholesky factor of the correlations, row by row up to the diagonal
	Shrinkage float64        `json:"shrinkage"` // what it came to
}

const kindMahalanobis = "mahalanobis"

// What the doc comment of Mahalanobis says of singular correlations.
const (
	ownVariance      = 1e-8
	slightShrinkage  = 1e-6
	concentrateBy    = 1e-2
	concentrateSteps = 30
)

// Kind is "mahalanobis".
func (Mahalanobis) Kind() string { return kindMahalanobis }

func (s *Mahalanobis) check() error {
	if s.Trust != 0 && !(s.Trust >= 0.5 && s.Trust <= 1) {
		return wrong("trust", s.Trust, "a share from 0.5 to 1")
	}
	if v := at(s.Shrinkage, 0); !(v >= 0 && v < 1) {
		return wrong("shrinkage", v, "a number from 0 to below 1")
	}
	return nil
}

// Fit estimates mean and covariance. Beside the errors of learn.CheckFit it returns
// ErrSetting, also for numbers too large to square, and ErrMissing.
func (s Mahalanobis) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("mahalanobis: %w", err)
	}
	return m, nil
}

func (s Mahalanobis) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*MahalanobisModel, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	rows, weights, _, err := training(ctx, x, y, false)
	if err != nil {
		return nil, err
	}
	r.Report(0, 1)
	m := &MahalanobisModel{Columns: x.Columns, Rarities: raritiesOf(rows, weights)}
	cols := numbersOf(rows, m.Rarities)
	if s.Robust {
		weights = nil
	}
	plain, err := spreadOf(ctx, cols, weights, r.Workers)
	if err != nil {
		return nil, err
	}
	if err := m.settle(plain, at(s.Shrinkage, 0)); err != nil {
		return nil, err
	}
	if s.Robust {
		if err := s.robust(ctx, m, rows, cols, r); err != nil {
			return nil, err
		}
	}
	r.Report(1, 1)
	return m, nil
}

// settle takes over mean and covariance, with the least shrinkage from the given one
// on that lets them be inverted.
func (m *MahalanobisModel) settle(s *spread, shrinkage float64) error {
	m.Standard = standard{s.mean, s.sd}
	used := m.Standard.used()
	if len(used) == 0 {
		return learn.ErrConstant
	}
	for _, m.Shrinkage = range []float64{shrinkage, max(shrinkage, slightShrinkage), max(shrinkage, concentrateBy), 0.5} {
		if m.Factor = cholesky(s.corr, used, m.Shrinkage); m.Factor != nil {
			return nil
		}
	}
	return fmt.Errorf("the correlations cannot be inverted; standardise or log1p before: %w", learn.ErrSetting)
}

// cholesky factors the correlations of the used columns, shrunk; nil if a column has
// too little variance to itself.
func cholesky(corr [][]float64, used []int, shrinkage float64) learn.Floats {
	k := len(used)
	factor := make(learn.Floats, 0, k*(k+1)/2)
	rows := make([]learn.Floats, k)
	for i := range k {
		for j := range i {
			v := (1 - shrinkage) * corr[used[i]][used[j]]
			for c, f := range rows[j][:j] {
				v -= factor[i*(i+1)/2+c] * f
			}
			factor = append(factor, v/rows[j][j])
		}
		pivot := 1.0
		for _, f := range factor[i*(i+1)/2:] {
			pivot -= f * f
		}
		if !(pivot > ownVariance) {
			return nil
		}
		factor = append(factor, math.Sqrt(pivot))
		rows[i] = factor[i*(i+1)/2:]
	}
	return factor
}

// robust replaces the estimate by that of the minimum covariance determinant.
func (s *Mahalanobis) robust(ctx context.Context, m *MahalanobisModel, x *learn.Matrix, cols [][]float64, r *learn.Run) error {
	used := m.Standard.used()
	varying := make([][]float64, len(used))
	for p, j := range used {
		varying[p] = cols[j]
	}
	if agree(varying, int(or(s.Trust, 0.5)*float64(x.Rows))) {
		return s.concentrate(ctx, m, x, cols, r)
	}
	e, err := stats.FastMCD(ctx, varying, stats.MCDOptions{Trust: s.Trust, Seed: r.Seed, Workers: max(r.Workers, 1)})
	if err == nil {
		got := &spread{mean: make([]float64, len(cols)), sd: make([]float64, len(cols)), corr: make([][]float64, len(cols))}
		for p, j := range used {
			got.mean[j], got.sd[j], got.corr[j] = e.Center[p], math.Sqrt(e.Covariance[p][p]), make([]float64, len(cols))
			for q, i := range used {
				got.corr[j][i] = e.Covariance[p][q] / math.Sqrt(e.Covariance[p][p]*e.Covariance[q][q])
			}
		}
		return m.settle(got, at(s.Shrinkage, 0))
	}
	if !errors.Is(err, stats.ErrSingular) && !errors.Is(err, stats.ErrConstant) && !errors.Is(err, stats.ErrTooFew) {
		return err
	}
	return s.concentrate(ctx, m, x, cols, r)
}

// agree reports whether so many rows have the same value in a column, in which case
// there is no minimum covariance determinant of them.
func agree(cols [][]float64, rows int) bool {
	for _, col := range cols {
		before := 0.0
		for _, n := range distributionOf(col, nil).upTo {
			if n-before >= float64(rows) {
				return true
			}
			before = n
		}
	}
	return false
}

// Kind is "mahalanobis".
func (*MahalanobisModel) Kind() string { return kindMahalanobis }

// Inputs are the columns it was fitted to.
func (m *MahalanobisModel) Inputs() []learn.Column { return m.Columns }

// Score writes the squared distance of each row.
func (m *MahalanobisModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.Columns, false)
	if err != nil {
		return fmt.Errorf("mahalanobis: %w", err)
	}
	return m.distances(context.Background(), dst, x, 0)
}

func (m *MahalanobisModel) distances(ctx context.Context, dst []float64, x *learn.Matrix, workers int) error {
	used := m.Standard.used()
	return eachBlock(ctx, x.Rows, workers, func() func(from, to int) {
		k := len(used)
		block, z := make([]float64, (min(blockRows, x.Rows)+lanes)*k), make([][lanes]float64, k)
		return func(from, to int) {
			m.Standard.fill(block, x, m.Rarities, used, from, to)
			for i := from; i < to; i += lanes {
				d := m.whiten(z, block[(i-from)*k:])
				for l := range min(lanes, to-i) {
					dst[i+l] = finite(d[l])
				}
			}
		}
	})
}

// finite is v, or the largest number where it overflowed.
func finite(v float64) float64 {
	if v-v != 0 {
		return math.MaxFloat64
	}
	return v
}

// lanes is how many rows are taken at a time: independent sums keep the processor
// busy while each waits for its last addition.
const lanes = 4

// whiten solves L·z = x for the first rows of the block, and returns the squared
// lengths of the solutions.
func (m *MahalanobisModel) whiten(z [][lanes]float64, rows []float64) (sum [lanes]float64) {
	k := len(z)
	a, b, c, d := rows[:k], rows[k:2*k], rows[2*k:3*k], rows[3*k:4*k]
	factor := m.Factor
	for i := range k {
		z0, z1, z2, z3 := a[i], b[i], c[i], d[i]
		for j, f := range factor[:i] {
			done := &z[j]
			z0 -= f * done[0]
			z1 -= f * done[1]
			z2 -= f * done[2]
			z3 -= f * done[3]
		}
		f := factor[i]
		factor = factor[i+1:]
		z0, z1, z2, z3 = z0/f, z1/f, z2/f, z3/f
		z[i] = [lanes]float64{z0, z1, z2, z3}
		sum[0] += z0 * z0
		sum[1] += z1 * z1
		sum[2] += z2 * z2
		sum[3] += z3 * z3
	}
	return sum
}

// Explain splits the squared distance x′S⁻¹x into x·(S⁻¹x), column by column. A part
// is negative where a value is what the other columns let expect, and more so than
// the mean.
func (m *MahalanobisModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	x, err := bind(x, m.Columns, false)
	if err != nil {
		return nil, fmt.Errorf("mahalanobis: %w", err)
	}
	out := newExplanation("squared distance", len(m.Columns), x.Rows)
	used := m.Standard.used()
	k := len(used)
	row, z := make([]float64, lanes*k), make([][lanes]float64, k)
	for i := range x.Rows {
		m.Standard.fill(row, x, m.Rarities, used, i, i+1)
		m.whiten(z, row)
		for p := k - 1; p >= 0; p-- { // solve L′·v = z
			v := z[p][0]
			for q := p + 1; q < k; q++ {
				v -= m.Factor[q*(q+1)/2+p] * z[q][0]
			}
			z[p][0] = v / m.Factor[p*(p+1)/2+p]
			out.Parts[used[p]][i] = finite(row[p] * z[p][0])
		}
	}
	sumUp(out)
	return out, nil
}

// newExplanation returns an explanation in which all parts are 0.
func newExplanation(scale string, columns, rows int) *learn.Explanation {
	e := &learn.Explanation{Scale: scale, Total: make([]float64, rows), Parts: make([][]float64, columns)}
	for j := range e.Parts {
		e.Parts[j] = make([]float64, rows)
	}
	return e
}

// sumUp makes totals of base and parts.
func sumUp(e *learn.Explanation) {
	for i := range e.Total {
		e.Total[i] = e.Base
		for j := range e.Parts {
			e.Total[i] += e.Parts[j][i]
		}
	}
}

// Check returns an error unless the model is whole.
func (m *MahalanobisModel) Check() error {
	if err := checkCoded(kindMahalanobis, m.Columns, m.Rarities); err != nil {
		return err
	}
	if err := m.Standard.check(kindMahalanobis, len(m.Columns)); err != nil {
		return err
	}
	k := len(m.Standard.used())
	if k == 0 || len(m.Factor) != k*(k+1)/2 || !m.Factor.Finite() || m.Shrinkage-m.Shrinkage != 0 {
		return learn.Broken(kindMahalanobis, "a factor of %d numbers for %d columns that vary", len(m.Factor), k)
	}
	for i := range k {
		if !(m.Factor[i*(i+1)/2+i] > 0) {
			return learn.Broken(kindMahalanobis, "the covariance cannot be inverted")
		}
	}
	return nil
}
