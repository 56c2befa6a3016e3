package modeltest_test

import (
	"context"
	"math"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// far is a detector that needs no labels: it adds up how many standard deviations
// numbers are from their means, and how rare levels are.
type far struct{}

type farModel struct {
	Columns []learn.Column `json:"columns"`
	Parts   []learn.Floats `json:"parts"` // mean and standard deviation, or −log of the shares of levels
}

func (far) Kind() string { return "far" }

func (far) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	if err := learn.CheckFit(x, &y, false); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	m := &farModel{Columns: x.Columns}
	all := learn.Target{Classes: []string{"all"}, Y: make([]int32, x.Rows), Weights: y.Weights}
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			m.Parts = append(m.Parts, shares(x.Codes[j], len(x.Columns[j].Levels), &all, 1))
			continue
		}
		mean, sd := classMeans(x.Numbers[j], &all)
		m.Parts = append(m.Parts, learn.Floats{mean[0], sd})
	}
	return m, nil
}

func (m *farModel) Kind() string           { return "far" }
func (m *farModel) Inputs() []learn.Column { return m.Columns }

func (m *farModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := x.Bind(m.Columns)
	if err != nil {
		return err
	}
	for i := range dst {
		dst[i] = 0
		for j, p := range m.Parts {
			if x.Columns[j].Coded() {
				if c := x.Codes[j][i]; c >= 0 {
					dst[i] -= p[c]
				}
			} else if v := x.Numbers[j][i]; v == v {
				dst[i] += min(math.Abs(v-p[0])/p[1], 1e300)
			}
		}
	}
	return nil
}

func (m *farModel) Check() error {
	if len(m.Columns) == 0 || len(m.Parts) != len(m.Columns) || learn.CheckColumns(m.Columns) != nil {
		return learn.Broken("far", "%d columns and %d parts", len(m.Columns), len(m.Parts))
	}
	for j, p := range m.Parts {
		if n := len(m.Columns[j].Levels); !p.Finite() || m.Columns[j].Coded() && len(p) != n || !m.Columns[j].Coded() && (len(p) != 2 || !(p[1] > 0)) {
			return learn.Broken("far", "column %d is not whole", j)
		}
	}
	return nil
}

// What needs no labels is given none.
func TestDetectorPasses(t *testing.T) {
	modeltest.Check(t, far{}, modeltest.Options{New: func() learn.Model { return &farModel{} }, Missing: true, ZeroWeights: true, Copies: true})
}
