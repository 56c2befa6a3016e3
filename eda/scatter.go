package eda

import (
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A Scatter is the points of two columns, evenly spaced over the rows that have
// both values.
type Scatter struct {
	A, B    string
	R       float64    // their correlation, over all rows
	Rows    int64      // rows that have both values
	Sampled bool       // the points are those of a random sample of the rows
	Groups  []PointSet // normal traffic and attacks where they can be told apart, else one without a name
}

// A PointSet is the values of two columns in some rows.
type PointSet struct {
	Name string
	X, Y []float64
}

const (
	// mostPoints is how many points of a pair are kept.
	mostPoints = 20_000

	// identical is the absolute correlation from which a picture of two columns is
	// but a line.
	identical = 0.9999
)

// scatters returns the points of up to most of the strongest pairs, but of flags,
// of pairs that are all but identical, and of columns that are in a stronger pair
// already.
func (c *Correlations) scatters(s *dataset.Schema, g *gatherer, classes *Classes, most int) []Scatter {
	var out []Scatter
	var shown []int
	for _, p := range c.Pairs {
		if len(out) >= most {
			break
		}
		a, b := c.columns[slices.Index(c.Matrix.Names, p.A)], c.columns[slices.Index(c.Matrix.Names, p.B)]
		suits := func(i int) bool { return s.Columns[i].Kind != dataset.Flag && !slices.Contains(shown, i) }
		if math.Abs(p.Estimate.Value) < identical && suits(a) && suits(b) {
			shown = append(shown, a, b)
			points := scatter(p, g.of(a), g.of(b), classOfRows(s, g, classes))
			if g.asks() {
				points.Sampled, points.Rows = true, total(p.N)
			}
			out = append(out, points)
		}
	}
	return out
}

// scatter keeps the points of a pair; class tells the class of each row, nil for
// one class.
func scatter(p CorrelatedPair, x, y, class []float64) Scatter {
	out := Scatter{A: p.A, B: p.B, R: p.Estimate.Value, Groups: []PointSet{{}}}
	if class != nil {
		out.Groups = []PointSet{normalCode: {Name: NormalClass}, attackCode: {Name: AttackClass}}
	}
	usable := func(row int) bool {
		return x[row] == x[row] && y[row] == y[row] && (class == nil || class[row] == class[row])
	}
	for row := range x {
		if usable(row) {
			out.Rows++
		}
	}
	step, seen := (out.Rows+mostPoints-1)/mostPoints, int64(0)
	for row := range x {
		if !usable(row) {
			continue
		}
		if seen%step == 0 {
			k := 0
			if class != nil {
				k = int(class[row])
			}
			set := &out.Groups[k]
			set.X, set.Y = append(set.X, x[row]), append(set.Y, y[row])
		}
		seen++
	}
	out.Groups = slices.DeleteFunc(out.Groups, func(s PointSet) bool { return len(s.X) == 0 })
	return out
}
