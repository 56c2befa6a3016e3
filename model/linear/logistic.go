package linear

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// LogisticKind is the kind of Logistic and of its model.
const LogisticKind = "logreg"

// Logistic is logistic regression, multinomial for more than two classes. It
// minimises
//
//	C · Σ weight·loss + l1_ratio·‖w‖₁ + (1 − l1_ratio)·½‖w‖²
//
// where the loss of a row is minus the logarithm of the probability of its class
// (A. Agresti (2013), Categorical Data Analysis, 3rd ed., 5.5 and 8.1). The
// intercept is not penalised. With more than two classes every class has weights,
// which the penalty keeps apart from each other; without one they add up to 0.
//
// The search ends once a step promises to lower the objective by no more than 1e-10
// of it (two classes, where steps converge quadratically) or a cycle over the classes
// by no more than 1e-15 (more classes). Without a penalty a ridge of 1e-10 of each
// column's own weighted sum of squares settles what data leave open: the weights of
// levels beside an intercept, and those that would grow for ever where classes are
// separated.
type Logistic struct {
	Penalty string  `json:"penalty,omitempty"`  // l2, l1, elasticnet or none; "": l2
	C       float64 `json:"c,omitempty"`        // inverse strength of the penalty; 0: 1
	L1Ratio float64 `json:"l1_ratio,omitempty"` // of elasticnet, up to 1; 0: 0.5. Others have no use for it
}

// Kind is "logreg".
func (Logistic) Kind() string { return LogisticKind }

// Space is the strength of the penalty and its kind.
func (Logistic) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "c", Low: 1e-3, High: 1e3, Log: true},
		{Name: "penalty", Choices: []any{"l2", "l1"}},
	}
}

// strengths returns the shares of the penalties and what losses are multiplied by.
func (s Logistic) strengths() (l2, l1, c float64, err error) {
	if c, err = positive("c", s.C, 1); err != nil {
		return 0, 0, 0, err
	}
	ratio, err := positive("l1_ratio", s.L1Ratio, 0.5)
	if err != nil || ratio > 1 {
		return 0, 0, 0, fmt.Errorf("l1_ratio %v: it lies above 0 and is at most 1: %w", s.L1Ratio, learn.ErrSetting)
	}
	switch s.Penalty {
	case "", "l2":
		return 1, 0, c, nil
	case "l1":
		return 0, 1, c, nil
	case "none":
		return 0, 0, 1, nil
	case "elasticnet":
		return 1 - ratio, ratio, c, nil
	}
	return 0, 0, 0, fmt.Errorf("penalty %q: there are l2, l1, elasticnet and none: %w", s.Penalty, learn.ErrSetting)
}

// positive returns a setting, or what stands for 0, or an error that wraps
// learn.ErrSetting unless it is a number that computing bears.
func positive(name string, v, standard float64) (float64, error) {
	const smallest, largest = 1e-12, 1e12
	switch {
	case v == 0:
		return standard, nil
	case v >= smallest && v <= largest:
		return v, nil
	}
	return 0, fmt.Errorf("%s %v: it lies between %v and %v: %w", name, v, smallest, largest, learn.ErrSetting)
}

// Fit returns a *LogisticModel. Rows that weigh nothing have no part in it. Missing
// numbers are refused with learn.ErrMissing, and more than 2048 columns and levels
// together with learn.ErrSetting.
func (s Logistic) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	l2, l1, c, err := s.strengths()
	if err != nil {
		return nil, err
	}
	t, err := newTraining(x, y)
	if err != nil {
		return nil, err
	}
	d, err := newDesign(ctx, t.x, &t.y, r.Workers)
	if err != nil {
		return nil, err
	}
	cost, err := costs(d.weight, c)
	if err != nil {
		return nil, err
	}
	m := &LogisticModel{Planes: newPlanes(t.x, &t.y, t.present)}
	penalty := newPenalty(d, l2, l1, cost)
	var f *fit
	var betas [][]float64
	if planes := t.planes(); len(planes) == 1 {
		p := &problem{design: d, penalty: penalty, loss: logistic, cost: cost, positive: t.are(planes[0])}
		if f, err = p.newton(ctx, make([]float64, d.size), r); err != nil {
			return nil, err
		}
		betas = [][]float64{f.beta}
	} else {
		p := newSoftmax(d, penalty, cost, t.ranks(), len(planes))
		if f, err = p.minimize(ctx, r); err != nil {
			return nil, err
		}
		betas = p.beta
	}
	for _, beta := range betas {
		m.add(d.unscaled(beta))
	}
	m.balance()
	m.tame()
	m.Objective, m.Iterations, m.Converged = f.objective, f.iterations, f.converged
	return m, nil
}

// balance makes the intercepts of more than two classes add up to 0, which changes no
// probability.
func (m *LogisticModel) balance() {
	if m.planes() == 1 {
		return
	}
	middle := sum(m.Intercepts) / float64(m.planes())
	for k := range m.Intercepts {
		m.Intercepts[k] -= middle
	}
}

// ranks returns the place of each row's class among those present.
func (t *training) ranks() []int32 {
	out := make([]int32, len(t.y.Y))
	for i, k := range t.y.Y {
		at, _ := slices.BinarySearch(t.present, k)
		out[i] = int32(at)
	}
	return out
}

// costs returns what the losses of rows are multiplied by.
func costs(weight []float64, c float64) ([]float64, error) {
	const most = 1e100
	out := make([]float64, len(weight))
	for i, w := range weight {
		out[i] = w * c
	}
	if total := sum(out); !(total < most) {
		return nil, fmt.Errorf("weights times c add up to %v, more than %v: %w", total, most, learn.ErrSetting)
	}
	return out, nil
}

// A LogisticModel is a fitted Logistic.
type LogisticModel struct {
	Planes
	Objective  float64 `json:"objective"` // what was minimised
	Iterations int     `json:"iterations"`
	Converged  bool    `json:"converged"`
}

// Kind is "logreg".
func (*LogisticModel) Kind() string { return LogisticKind }

// Check returns an error that wraps learn.ErrBroken unless the model is whole.
func (m *LogisticModel) Check() error {
	if m.Objective-m.Objective != 0 {
		return learn.Broken(LogisticKind, "objective %v", m.Objective)
	}
	return m.check(LogisticKind)
}

// Explain splits the log odds of two classes of which the first is normal. For other
// models the error wraps errors.ErrUnsupported: the log odds of all attacks together
// are no sum over the columns.
func (m *LogisticModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	return m.explain(x, "log odds")
}

// Score writes the probability of all classes but the first.
func (m *LogisticModel) Score(dst []float64, x *learn.Matrix) error {
	return score(m, dst, x)
}

// Probabilities writes those of the classes.
func (m *LogisticModel) Probabilities(dst []float64, x *learn.Matrix) error {
	return m.probabilities(dst, x, logisticRow)
}

// logisticRow turns the decision values of a row into probabilities of the classes.
func logisticRow(z []float64, present []int32, row []float64) {
	clear(row)
	if len(z) == 1 {
		row[present[0]], row[present[1]] = sigmoid(-z[0]), sigmoid(z[0])
		return
	}
	top := slices.Max(z)
	var total float64
	for k, place := range present {
		row[place] = math.Exp(z[k] - top)
		total += row[place]
	}
	for _, place := range present {
		row[place] /= total
	}
}

// sigmoid returns 1/(1+exp(−z)).
func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
