package prep

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// PCA puts principal components in the place of numbers: PC1, PC2, … behind the
// other columns. Numbers are standardised first (divisor n−1), so that components are
// those of correlations, as of R's prcomp with scale.; columns that do not vary have
// no part. Of each component the largest loading is positive.
type PCA struct {
	Columns    []string `json:"columns,omitempty"`    // numbers; none: all
	Components int      `json:"components,omitempty"` // to keep; 0: as many as Variance takes
	Variance   *float64 `json:"variance,omitempty"`   // share of the variance that components together have at least; nil: 0.95
	Covariance bool     `json:"covariance,omitempty"` // only centre numbers: components of covariances
}

// Kind is "pca".
func (PCA) Kind() string { return "pca" }

// Fit learns the components. The error wraps ErrSetting, ErrMissing for a missing
// number, ErrTooFew for fewer than two rows and ErrConstant if nothing varies.
func (s PCA) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Transform, *learn.Matrix, error) {
	variance := or(s.Variance, 0.95)
	if !(variance > 0 && variance <= 1) {
		return nil, nil, fmt.Errorf("variance %v: %w; want a share above 0 and up to 1", variance, learn.ErrSetting)
	}
	rows, places, err := begin(x, &y, s.Columns, false)
	if err != nil {
		return nil, nil, err
	}
	if s.Components < 0 || s.Components > len(places) {
		return nil, nil, fmt.Errorf("components %d: %w; want at most one for each of %d columns", s.Components, learn.ErrSetting, len(places))
	}
	if x.Rows < 2 {
		return nil, nil, fmt.Errorf("%d of them: %w", x.Rows, learn.ErrTooFew)
	}
	t := &Components{Layout: Layout{In: x.Columns}, Places: places}
	t.Center, t.Scale = make(learn.Floats, len(places)), make(learn.Floats, len(places))
	if err := t.refuseMissing(x); err != nil {
		return nil, nil, err
	}
	err = parallel.Each(ctx, len(places), r.Workers, func(p int) error {
		m := rows.moments(int(places[p]))
		t.Center[p], t.Scale[p] = m.center(), m.sd(1)
		if s.Covariance && t.Scale[p] > 0 {
			t.Scale[p] = 1
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	covariance, err := t.covariance(ctx, rows, r.Workers)
	if err != nil {
		return nil, nil, err
	}
	if err := t.decompose(covariance, s.Components, variance); err != nil {
		return nil, nil, err
	}
	t.layOut()
	if err := t.settle(); err != nil {
		return nil, nil, err
	}
	return finish(ctx, t, x, &r)
}

// covariance returns the covariances (divisor n−1) of the scaled columns.
func (t *Components) covariance(ctx context.Context, rows *training, workers int) (*mat.SymDense, error) {
	k, n := len(t.Places), rows.x.Rows
	cells := cut(k, n)
	cols := make([][]float64, k)
	for p := range cols {
		cols[p] = cells(p)
	}
	err := eachBlock(ctx, k, n, workers, func(p, from, to int) {
		src := rows.x.Numbers[t.Places[p]]
		for i := from; i < to; i++ {
			cols[p][i] = scaled(src[i], t.Center[p], t.Scale[p])
			if rows.weights != nil {
				cols[p][i] *= math.Sqrt(rows.weights[i])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	sums, err := stats.ComomentsOf(ctx, cols, max(workers, 1))
	if err != nil {
		if context.Cause(ctx) != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w; standardise or log1p before pca", learn.ErrSetting, err)
	}
	if rows.total <= 1 || k == 0 {
		return nil, learn.ErrConstant
	}
	out := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			// The columns are centred with weights; roots of weights are not.
			products := sums.CrossProduct(i, j) + float64(n)*sums.Mean(i)*sums.Mean(j)
			out.SetSym(i, j, products/(rows.total-1))
		}
	}
	return out, nil
}

// decompose finds the components to keep.
func (t *Components) decompose(covariance *mat.SymDense, most int, variance float64) error {
	const rounding = 1e-12 // of the largest variance
	k := covariance.SymmetricDim()
	for i := range k {
		t.Total += covariance.At(i, i)
	}
	if !(t.Total > 0) {
		return learn.ErrConstant
	}
	var e mat.EigenSym
	if t.Total-t.Total != 0 || !e.Factorize(covariance, true) {
		return fmt.Errorf("%w: the covariances have no components; standardise or log1p before pca", learn.ErrSetting)
	}
	values := e.Values(nil)
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	var sum float64
	for c := k - 1; c >= 0 && values[c] > rounding*values[k-1]; c-- {
		if most > 0 && len(t.Explained) == most || most == 0 && sum >= variance*t.Total*(1-rounding) {
			break
		}
		loadings, sign := make(learn.Floats, k), 1.0
		largest := 0.0
		for p := range loadings {
			loadings[p] = vectors.At(p, c)
			if a := math.Abs(loadings[p]); a > largest {
				largest, sign = a, math.Copysign(1, loadings[p])
			}
		}
		for p := range loadings {
			loadings[p] *= sign
		}
		t.Explained, t.Loadings = append(t.Explained, values[c]), append(t.Loadings, loadings)
		sum += values[c]
	}
	return nil
}

// layOut makes the output: columns that have no part, and the components.
func (t *Components) layOut() {
	part := make([]bool, len(t.In))
	for _, at := range t.Places {
		part[at] = true
	}
	t.keep(func(at int) bool { return !part[at] })
	for c := range t.Loadings {
		name := "PC" + strconv.Itoa(c+1)
		t.add(learn.Column{Name: name, Source: name}, -1)
	}
}

// Components are what PCA makes.
type Components struct {
	Layout
	Places    learn.Ints     `json:"places,omitempty"`    // of the columns that have a part
	Center    learn.Floats   `json:"center,omitempty"`    // by place
	Scale     learn.Floats   `json:"scale,omitempty"`     // by place; 0: the column does not vary
	Explained learn.Floats   `json:"explained,omitempty"` // variance of each component, descending
	Total     float64        `json:"total"`               // variance of all
	Loadings  []learn.Floats `json:"loadings,omitempty"`  // by component, by place
}

// Kind is "pca".
func (t *Components) Kind() string { return "pca" }

// Check returns an error that wraps learn.ErrBroken unless the transform is whole.
func (t *Components) Check() error {
	if err := t.check(t.Kind()); err != nil {
		return err
	}
	if err := checkPlaces(t.Kind(), t.Places, t.In, false); err != nil {
		return err
	}
	if err := checkNumbers(t.Kind(), len(t.Places), append([]learn.Floats{t.Center, t.Scale}, t.Loadings...)...); err != nil {
		return err
	}
	if err := checkNumbers(t.Kind(), len(t.Loadings), t.Explained); err != nil {
		return err
	}
	for _, s := range t.Scale {
		if s < 0 {
			return learn.Broken(t.Kind(), "a scale of %v", s)
		}
	}
	for _, l := range t.Loadings {
		for _, v := range l {
			if math.Abs(v) > 1+1e-6 {
				return learn.Broken(t.Kind(), "a loading is %v", v)
			}
		}
	}
	first := len(t.Outputs()) - len(t.Loadings)
	for j := range t.Outputs() {
		if (t.from(j) < 0) != (j >= first) {
			return learn.Broken(t.Kind(), "column %d of %d is no component", j, len(t.Outputs()))
		}
	}
	if t.Total-t.Total != 0 {
		return learn.Broken(t.Kind(), "a variance of %v", t.Total)
	}
	return nil
}

// Apply returns the components of x. The error wraps ErrMissing for a missing number.
func (t *Components) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	return t.apply(context.Background(), x, 0)
}

func (t *Components) refuseMissing(x *learn.Matrix) error {
	for _, at := range t.Places {
		for i, v := range x.Numbers[at] {
			if v != v {
				return fmt.Errorf("column %q, row %d: %w, and pca cannot do without; impute before it", x.Columns[at].Name, i+1, learn.ErrMissing)
			}
		}
	}
	return nil
}

func (t *Components) apply(ctx context.Context, x *learn.Matrix, workers int) (*learn.Matrix, error) {
	x, err := x.Bind(t.In)
	if err != nil {
		return nil, err
	}
	if err := t.refuseMissing(x); err != nil {
		return nil, err
	}
	out, k := t.gather(x), len(t.Loadings)
	cells, first := cut(k, x.Rows), len(t.Outputs())-k
	for c := range k {
		out.Numbers[first+c] = cells(c)
	}
	err = eachBlock(ctx, 1, x.Rows, workers, func(_, from, to int) {
		t.project(out.Numbers[first:], x, from, to)
	})
	return out, err
}

// project adds up components, column by column, which for each row is the same order.
func (t *Components) project(dst [][]float64, x *learn.Matrix, from, to int) {
	z := make([]float64, to-from)
	for p, at := range t.Places {
		for i, v := range x.Numbers[at][from:to] {
			z[i] = scaled(v, t.Center[p], t.Scale[p])
		}
		for c, loadings := range t.Loadings {
			l, sums := loadings[p], dst[c][from:to]
			for i, v := range z {
				sums[i] += float64(l * v)
			}
		}
	}
	for c := range t.Loadings {
		for i, v := range dst[c][from:to] {
			dst[c][from+i] = clamp(v)
		}
	}
}
