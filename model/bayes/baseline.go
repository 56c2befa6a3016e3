package bayes

import (
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// Baseline is naive Bayes without a column: every row has the shares that classes
// have in training, by weight. It has no settings. What does not beat it has
// learned nothing.
type Baseline struct{}

const kindBaseline = "baseline"

// Kind is "baseline".
func (Baseline) Kind() string { return kindBaseline }

// Fit counts. It refuses what learn.CheckFit refuses, as others do, so that it can
// be compared with them.
func (Baseline) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f := &fitter{totals: y.Totals()}
	r.Report(1, 1)
	return &BaselineModel{Columns: slices.Clone(x.Columns), Names: slices.Clone(y.Classes), Shares: f.priors()}, nil
}

// A BaselineModel is a fitted Baseline.
type BaselineModel struct {
	Columns []learn.Column `json:"columns"`
	Names   []string       `json:"classes"`
	Shares  learn.Floats   `json:"shares"`
}

// Kind is "baseline".
func (m *BaselineModel) Kind() string { return kindBaseline }

// Inputs are the columns it was fitted to, and did not look at.
func (m *BaselineModel) Inputs() []learn.Column { return m.Columns }

// Classes are those of the target it was fitted to.
func (m *BaselineModel) Classes() []string { return m.Names }

// Score writes the same score for every row.
func (m *BaselineModel) Score(dst []float64, x *learn.Matrix) error {
	return learn.ScoreByClasses(m, dst, x)
}

// Probabilities writes the shares of classes for every row.
func (m *BaselineModel) Probabilities(dst []float64, x *learn.Matrix) error {
	if _, err := x.Bind(m.Columns); err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	for i := range x.Rows {
		copy(dst[i*len(m.Shares):], m.Shares)
	}
	return nil
}

// Explain says that no column adds anything.
func (m *BaselineModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	scores := make([]float64, x.Rows)
	if err := m.Score(scores, x); err != nil {
		return nil, err
	}
	out := &learn.Explanation{Scale: "probability", Total: scores, Parts: make([][]float64, len(m.Columns))}
	for _, s := range m.Shares[1:] {
		out.Base += s
	}
	out.Base = min(out.Base, 1)
	for j := range out.Parts {
		out.Parts[j] = make([]float64, x.Rows)
	}
	return out, nil
}

// Check returns an error unless the model is whole.
func (m *BaselineModel) Check() error {
	if len(m.Names) < 2 || len(m.Columns) == 0 {
		return learn.Broken(kindBaseline, "%d classes and %d columns", len(m.Names), len(m.Columns))
	}
	if err := learn.CheckColumns(m.Columns); err != nil {
		return learn.Broken(kindBaseline, "%v", err)
	}
	if err := checkShares(m.Shares, len(m.Names)); err != nil {
		return learn.Broken(kindBaseline, "%v", err)
	}
	return nil
}
