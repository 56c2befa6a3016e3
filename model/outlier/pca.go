package outlier

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/netanom/netanom/model/learn"
)

// PCA is the settings of a detector that scores how badly a row is made up of the
// principal components of the training rows [1]: the squared length of what they
// leave of the standardised row. Components are those of correlations, the fewest
// that together have the given share of the variance; where they have all of it, the
// last is left out.
//
// Levels count by their rarity. Columns that do not vary in training are left out. A
// weight of 2 is two rows. Missing numbers are refused.
//
// With Hotelling, rows far out along the kept components are anomalous too: the score
// is T² over its mean, which is the number of these, plus the reconstruction error
// over its own mean.
//
// [1] J. E. Jackson and G. S. Mudholkar (1979), "Control procedures for residuals
// associated with principal component analysis", Technometrics 21(3), 341–349.
type PCA struct {
	Variance  float64 `json:"variance,omitempty"`  // share that the kept components have, below 1; default 0.99
	Hotelling bool    `json:"hotelling,omitempty"` // add Hotelling's T² of the kept components; default false
}

// PCAModel is a fitted PCA.
type PCAModel struct {
	Columns  []learn.Column `json:"columns"`
	Rarities []rarity       `json:"rarities"`
	Standard standard       `json:"standard"`
	Kept     int            `json:"kept"`            // components that rows are made up of
	Rest     []learn.Floats `json:"rest"`            // the other components, by columns that vary
	Along    []learn.Floats `json:"along,omitempty"` // with Hotelling: the kept ones over their deviations and the root of their number
	Error    float64        `json:"error,omitempty"` // with Hotelling: the mean of the squared reconstruction error
}

const kindPCA = "pca"

// Kind is "pca".
func (PCA) Kind() string { return kindPCA }

// Space is what is worth a search.
func (PCA) Space() []learn.Dimension {
	return []learn.Dimension{{Name: "variance", Low: 0.5, High: 0.999}, {Name: "hotelling", Choices: []any{false, true}}}
}

// Fit finds the components. Beside the errors of learn.CheckFit it returns
// ErrSetting, also for numbers too large to square, and ErrMissing.
func (s PCA) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	return m, nil
}

func (s PCA) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*PCAModel, error) {
	variance := or(s.Variance, 0.99)
	if !(variance > 0 && variance < 1) {
		return nil, wrong("variance", variance, "a share between 0 and 1")
	}
	rows, weights, _, err := training(ctx, x, y, false)
	if err != nil {
		return nil, err
	}
	r.Report(0, 1)
	m := &PCAModel{Columns: x.Columns, Rarities: raritiesOf(rows, weights)}
	all, err := spreadOf(ctx, numbersOf(rows, m.Rarities), weights, r.Workers)
	if err != nil {
		return nil, err
	}
	m.Standard = standard{all.mean, all.sd}
	if err := m.decompose(all.corr, variance, s.Hotelling); err != nil {
		return nil, err
	}
	r.Report(1, 1)
	return m, nil
}

// decompose finds the components and parts them into those that are kept and the rest.
func (m *PCAModel) decompose(corr [][]float64, variance float64, hotelling bool) error {
	used := m.Standard.used()
	k := len(used)
	if k == 0 {
		return learn.ErrConstant
	}
	matrix := mat.NewSymDense(k, nil)
	for p, i := range used {
		for q := p; q < k; q++ {
			matrix.SetSym(p, q, corr[i][used[q]])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(matrix, true) {
		return fmt.Errorf("the correlations have no components; standardise or log1p before: %w", learn.ErrSetting)
	}
	values := e.Values(nil) // ascending
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	for sum := 0.0; m.Kept < k-1 && sum < variance*float64(k)*(1-1e-12); m.Kept++ {
		sum += values[k-1-m.Kept]
	}
	for c := range k - m.Kept {
		m.Rest = append(m.Rest, component(&vectors, c, 1))
		m.Error += max(values[c], 0)
	}
	if !hotelling {
		m.Error = 0
		return nil
	}
	m.Error = max(m.Error, 1e-12)
	for c := k - m.Kept; c < k; c++ {
		m.Along = append(m.Along, component(&vectors, c, 1/math.Sqrt(max(values[c], 1e-12)*float64(m.Kept))))
	}
	return nil
}

// component returns an eigenvector times a factor, its largest loading positive.
func component(vectors *mat.Dense, c int, factor float64) learn.Floats {
	k, _ := vectors.Dims()
	out, largest := make(learn.Floats, k), 0.0
	for p := range out {
		out[p] = vectors.At(p, c)
		if math.Abs(out[p]) > math.Abs(largest) {
			largest = out[p]
		}
	}
	for p := range out {
		out[p] *= math.Copysign(factor, largest)
	}
	return out
}

// Kind is "pca".
func (*PCAModel) Kind() string { return kindPCA }

// Inputs are the columns it was fitted to.
func (m *PCAModel) Inputs() []learn.Column { return m.Columns }

// Score writes the squared reconstruction error of each row, or the sum that PCA
// tells of.
func (m *PCAModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.Columns, false)
	if err != nil {
		return fmt.Errorf("principal components: %w", err)
	}
	used := m.Standard.used()
	k := len(used)
	return eachBlock(context.Background(), x.Rows, 0, func() func(from, to int) {
		block := make([]float64, (min(blockRows, x.Rows)+lanes)*k)
		return func(from, to int) {
			m.Standard.fill(block, x, m.Rarities, used, from, to)
			for i := from; i < to; i += lanes {
				d := m.errors(block[(i-from)*k:], k)
				for l := range min(lanes, to-i) {
					dst[i+l] = finite(d[l])
				}
			}
		}
	})
}

// errors returns the scores of the first rows of the block.
func (m *PCAModel) errors(rows []float64, k int) [lanes]float64 {
	sum := lengths(m.Rest, rows, k)
	if len(m.Along) == 0 {
		return sum
	}
	along := lengths(m.Along, rows, k)
	for l := range sum {
		sum[l] = sum[l]/m.Error + along[l]
	}
	return sum
}

// lengths returns the squared lengths of the first rows along components.
func lengths(components []learn.Floats, rows []float64, k int) (sum [lanes]float64) {
	a, b, c, d := rows[:k], rows[k:2*k], rows[2*k:3*k], rows[3*k:4*k]
	for _, v := range components {
		v = v[:k]
		var s0, s1, s2, s3 float64
		for p, f := range v {
			s0 += f * a[p]
			s1 += f * b[p]
			s2 += f * c[p]
			s3 += f * d[p]
		}
		sum[0] += s0 * s0
		sum[1] += s1 * s1
		sum[2] += s2 * s2
		sum[3] += s3 * s3
	}
	return sum
}

// Explain splits the squared reconstruction error into the squared errors of the
// columns. With Hotelling, T² is split as well, into z times what z has along the
// components; such parts may be negative.
func (m *PCAModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	x, err := bind(x, m.Columns, false)
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	scale := "squared reconstruction error"
	if len(m.Along) > 0 {
		scale = "score"
	}
	out := newExplanation(scale, len(m.Columns), x.Rows)
	used := m.Standard.used()
	k := len(used)
	row, left := make([]float64, k), make([]float64, k)
	for i := range x.Rows {
		m.Standard.fill(row, x, m.Rarities, used, i, i+1)
		clear(left)
		onto(left, m.Rest, row)
		for p, j := range used {
			out.Parts[j][i] = finite(left[p] * left[p])
			if len(m.Along) > 0 {
				out.Parts[j][i] = finite(left[p] * left[p] / m.Error)
			}
		}
		if len(m.Along) == 0 {
			continue
		}
		clear(left)
		onto(left, m.Along, row)
		for p, j := range used {
			out.Parts[j][i] = clamp(out.Parts[j][i] + row[p]*left[p])
		}
	}
	sumUp(out)
	return out, nil
}

// onto adds what a row has along components to sum.
func onto(sum []float64, components []learn.Floats, row []float64) {
	for _, v := range components {
		var s float64
		for p, f := range v {
			s += f * row[p]
		}
		for p, f := range v {
			sum[p] += s * f
		}
	}
}

// Check returns an error unless the model is whole.
func (m *PCAModel) Check() error {
	if err := checkCoded(kindPCA, m.Columns, m.Rarities); err != nil {
		return err
	}
	if err := m.Standard.check(kindPCA, len(m.Columns)); err != nil {
		return err
	}
	k := len(m.Standard.used())
	if k == 0 || m.Kept < 0 || len(m.Rest) == 0 || len(m.Rest)+m.Kept != k || len(m.Along) != 0 && len(m.Along) != m.Kept {
		return learn.Broken(kindPCA, "%d components and %d others of %d columns that vary", m.Kept, len(m.Rest), k)
	}
	for _, list := range [][]learn.Floats{m.Rest, m.Along} {
		for _, v := range list {
			if len(v) != k || !v.Finite() {
				return learn.Broken(kindPCA, "a component of %d numbers for %d columns that vary", len(v), k)
			}
		}
	}
	if len(m.Along) > 0 && !(m.Error > 0 && m.Error <= math.MaxFloat64) {
		return learn.Broken(kindPCA, "a mean error of %v", m.Error)
	}
	return nil
}
