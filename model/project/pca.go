package project

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// PCA is the settings of principal component analysis [1]: the directions in which rows
// vary most, each at a right angle to those before it. Columns are standardised first
// (divisor n−1), so that components are those of the correlations, as of R's prcomp with
// scale.; of each component the largest loading is positive. Columns of levels, and
// columns that do not vary, have no part.
//
// [1] I. T. Jolliffe (2002), Principal Component Analysis, 2nd ed., Springer.
type PCA struct {
	Covariance  bool `json:"covariance,omitempty"`   // only centre numbers: components of covariances
	Components  int  `json:"n_components,omitempty"` // to keep; 0: all
	Simulations int  `json:"simulations,omitempty"`  // of parallel analysis; 0: 200; -1: none
}

// mostComponents is how many columns a decomposition may have.
const mostComponents = 4000

// Fit finds the components. Errors wrap learn.ErrSetting, learn.ErrMissing with the names
// of the columns in which numbers are missing, learn.ErrTooFew for fewer than two rows
// and learn.ErrConstant if no column of numbers varies.
func (s PCA) Fit(ctx context.Context, x *learn.Matrix, r learn.Run) (*Components, error) {
	if s.Components < 0 || s.Simulations < -1 || s.Simulations > 100_000 {
		return nil, fmt.Errorf("%d components, %d simulations: %w; neither may be negative, nor simulations above 100000", s.Components, s.Simulations, learn.ErrSetting)
	}
	x, left := numbersOf(x)
	if err := sound(x); err != nil {
		return nil, err
	}
	if x.Rows < 2 {
		return nil, fmt.Errorf("%d of them: %w", x.Rows, learn.ErrTooFew)
	}
	c, covariances, err := s.prepare(ctx, x, r.Workers)
	if err != nil {
		return nil, err
	}
	c.Left = append(left, c.Left...)
	if err := c.decompose(covariances, s.Components); err != nil {
		return nil, err
	}
	return c, c.hint(ctx, s, r)
}

// prepare learns centres and scales, and returns the covariances of what they make of the
// columns that vary.
func (s PCA) prepare(ctx context.Context, x *learn.Matrix, workers int) (*Components, *mat.SymDense, error) {
	cols, exponents := tamed(x.Numbers)
	sums, err := stats.ComomentsOf(ctx, cols, workersOf(workers))
	if err != nil {
		if errors.Is(err, stats.ErrNotFinite) {
			err = fmt.Errorf("%w: %w; take logarithms or standardise before", learn.ErrSetting, err)
		}
		return nil, nil, err
	}
	c := &Components{Rows: x.Rows}
	var places []int
	for j := range x.Columns {
		sd := math.Sqrt(sums.Covariance(j, j))
		if !(sd > 0) {
			c.Left = append(c.Left, x.Columns[j].Name)
			continue
		}
		places = append(places, j)
		c.Columns = append(c.Columns, x.Columns[j])
		c.Center = append(c.Center, math.Ldexp(sums.Mean(j), exponents[j]))
		sd = math.Ldexp(sd, exponents[j])
		c.Deviation = append(c.Deviation, sd)
		if s.Covariance {
			sd = 1
		}
		c.Scale = append(c.Scale, sd)
	}
	if len(places) == 0 {
		return nil, nil, learn.ErrConstant
	}
	if len(places) > mostComponents {
		return nil, nil, fmt.Errorf("%d columns: %w; components of at most %d are found", len(places), learn.ErrSetting, mostComponents)
	}
	out := mat.NewSymDense(len(places), nil)
	for p, i := range places {
		for q := p; q < len(places); q++ {
			j := places[q]
			v := sums.Correlation(i, j)
			if s.Covariance {
				v = math.Ldexp(sums.Covariance(i, j), exponents[i]+exponents[j])
			}
			if v-v != 0 || c.Scale[p]-c.Scale[p] != 0 {
				return nil, nil, fmt.Errorf("column %q has values too large for covariances: %w; take logarithms or standardise before", x.Columns[i].Name, learn.ErrSetting)
			}
			out.SetSym(p, q, v)
		}
	}
	return c, out, nil
}

// tamed returns columns whose squares can be added up: those with values that are very
// large, or all very small, are copied and divided by a power of two, which is exact.
func tamed(cols [][]float64) ([][]float64, []int) {
	const large, small = 1e120, 1e-120
	out, exponents := make([][]float64, len(cols)), make([]int, len(cols))
	for j, col := range cols {
		out[j] = col
		var most float64
		for _, v := range col {
			most = max(most, math.Abs(v))
		}
		if most == 0 || most <= large && most >= small {
			continue
		}
		_, exponents[j] = math.Frexp(most)
		out[j] = make([]float64, len(col))
		for i, v := range col {
			out[j][i] = math.Ldexp(v, -exponents[j])
		}
	}
	return out, exponents
}

// decompose finds the components to keep, most if that is not 0.
func (c *Components) decompose(covariances *mat.SymDense, most int) error {
	k := covariances.SymmetricDim()
	var e mat.EigenSym
	if !e.Factorize(covariances, true) {
		return fmt.Errorf("the covariances have no components: %w; take logarithms or standardise before", learn.ErrSetting)
	}
	values := e.Values(nil)
	for i := range k {
		c.Total += covariances.At(i, i)
	}
	if c.Total-c.Total != 0 {
		return fmt.Errorf("the variances add up to %v: %w; take logarithms or standardise before", c.Total, learn.ErrSetting)
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	for v := k - 1; v >= 0; v-- {
		c.Variance = append(c.Variance, max(values[v], 0))
		c.Share = append(c.Share, max(values[v], 0)/c.Total)
		if most > 0 && len(c.Loadings) == most {
			continue
		}
		loadings, sign, largest := make(learn.Floats, k), 1.0, 0.0
		for p := range loadings {
			loadings[p] = vectors.At(p, v)
			if a := math.Abs(loadings[p]); a > largest {
				largest, sign = a, math.Copysign(1, loadings[p])
			}
		}
		for p := range loadings {
			loadings[p] *= sign
		}
		c.Loadings = append(c.Loadings, loadings)
	}
	return nil
}
