package project

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Components are what PCA finds. They never change and may be used by many goroutines.
type Components struct {
	Columns   []learn.Column `json:"columns"`        // those that have a part
	Left      []string       `json:"left,omitempty"` // names of the others: of levels, or that do not vary
	Rows      int            `json:"rows"`           // they were found in
	Center    learn.Floats   `json:"center"`         // by column
	Scale     learn.Floats   `json:"scale"`          // by column
	Deviation learn.Floats   `json:"deviation"`      // standard deviation by column
	Variance  learn.Floats   `json:"variance"`       // of each component, descending, of those not kept too
	Share     learn.Floats   `json:"share"`          // of the whole variance
	Total     float64        `json:"total"`          // the whole variance
	Loadings  []learn.Floats `json:"loadings"`       // by component, by column: unit vectors
	Hints     Hints          `json:"hints"`
}

// Check returns an error that wraps learn.ErrBroken unless the components are whole.
func (c *Components) Check() error {
	const kind = "pca"
	if err := learn.CheckColumns(c.Columns); err != nil {
		return learn.Broken(kind, "%v", err)
	}
	k := len(c.Columns)
	if k == 0 || len(c.Center) != k || len(c.Scale) != k || len(c.Deviation) != k || len(c.Variance) != k || len(c.Share) != k || len(c.Loadings) > k || c.Rows < 2 {
		return learn.Broken(kind, "%d columns, %d centres, %d scales, %d variances, %d components of %d rows", k, len(c.Center), len(c.Scale), len(c.Variance), len(c.Loadings), c.Rows)
	}
	for _, list := range append([]learn.Floats{c.Center, c.Scale, c.Deviation, c.Variance, c.Share, c.Hints.Stick, c.Hints.Random}, c.Loadings...) {
		if !list.Finite() {
			return learn.Broken(kind, "a number is not finite")
		}
	}
	for j := range c.Columns {
		if c.Columns[j].Coded() || !(c.Scale[j] > 0) || !(c.Deviation[j] > 0) || c.Variance[j] < 0 {
			return learn.Broken(kind, "column %q is no column of numbers that varies", c.Columns[j].Name)
		}
	}
	for _, l := range c.Loadings {
		if len(l) != k {
			return learn.Broken(kind, "%d loadings of %d columns", len(l), k)
		}
		for _, v := range l {
			if math.Abs(v) > 1+1e-6 {
				return learn.Broken(kind, "a loading is %v", v)
			}
		}
	}
	return nil
}

// Project returns the scores of the rows of x, by component, by row. Columns are found
// by name. Errors are those of learn.Matrix.Bind, and wrap learn.ErrMissing with the
// names of the columns in which numbers are missing.
func (c *Components) Project(x *learn.Matrix) ([][]float64, error) {
	x, err := x.Bind(c.Columns)
	if err != nil {
		return nil, err
	}
	if err := refuseMissing(x); err != nil {
		return nil, err
	}
	scores := make([][]float64, len(c.Loadings))
	for k := range scores {
		scores[k] = make([]float64, x.Rows)
	}
	const block = 4096 // rows that stay in the cache
	z := make([]float64, min(block, x.Rows))
	for from := 0; from < x.Rows; from += block {
		to := min(from+block, x.Rows)
		for j := range c.Columns {
			for i, v := range x.Numbers[j][from:to] {
				z[i] = standardised(v, c.Center[j], c.Scale[j])
			}
			for k, l := range c.Loadings {
				for i, v := range z[:to-from] {
					scores[k][from+i] += float64(l[j] * v)
				}
			}
		}
	}
	return scores, nil
}

// standardised is (v-center)/scale, also where the difference is too large for a float64.
func standardised(v, center, scale float64) float64 {
	if d := v - center; d-d == 0 {
		return d / scale
	}
	return (v/4 - center/4) / (scale / 4)
}

// A Biplot is rows and columns in the plane of two components [1]. Rows stand at their
// scores, divided by their standard deviations; the arrow of a column ends at its
// correlations with the components, so that it is the longer the more of the column the
// plane shows, and the angle between two arrows tells the correlation of the columns.
// Rows far along an arrow have large values of its column.
//
// [1] K. R. Gabriel (1971), "The biplot graphic display of matrices with application to
// principal component analysis", Biometrika 58(3), 453–467.
type Biplot struct {
	X, Y           []float64 // by row
	XShare, YShare float64   // of the variance
	Arrows         []Arrow   // the longest first
}

// An Arrow is that of a column in a Biplot.
type Arrow struct {
	Column string
	X, Y   float64 // correlations, from -1 to 1
}

// Biplot returns the rows of x and the most columns with the longest arrows (0: all) in
// the plane of components a and b, counted from 0. Errors wrap learn.ErrSetting for
// components that there are not, and learn.ErrConstant for one without variance; the
// others are those of Project.
func (c *Components) Biplot(x *learn.Matrix, a, b, most int) (*Biplot, error) {
	for _, k := range []int{a, b} {
		if k < 0 || k >= len(c.Loadings) {
			return nil, fmt.Errorf("component %d of %d: %w; choose one that was kept", k+1, len(c.Loadings), learn.ErrSetting)
		}
		if !(math.Sqrt(c.Variance[k]) > 1e-8*math.Sqrt(c.Total)) {
			return nil, fmt.Errorf("component %d does not vary: %w", k+1, learn.ErrConstant)
		}
	}
	two := *c
	two.Loadings = []learn.Floats{c.Loadings[a], c.Loadings[b]}
	scores, err := two.Project(x)
	if err != nil {
		return nil, err
	}
	out := &Biplot{X: scores[0], Y: scores[1], XShare: c.Share[a], YShare: c.Share[b]}
	sdA, sdB := math.Sqrt(c.Variance[a]), math.Sqrt(c.Variance[b])
	for i := range out.X {
		out.X[i] /= sdA
		out.Y[i] /= sdB
	}
	for j := range c.Columns {
		sd := c.Deviation[j] / c.Scale[j]
		out.Arrows = append(out.Arrows, Arrow{c.Columns[j].Name, c.Loadings[a][j] * sdA / sd, c.Loadings[b][j] * sdB / sd})
	}
	longest(out.Arrows)
	if most > 0 && len(out.Arrows) > most {
		out.Arrows = out.Arrows[:most]
	}
	return out, nil
}
