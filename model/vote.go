package model

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Vote trains several learners and averages their probabilities, each with the steps
// that suit it.
type Vote struct {
	Members []Member  `json:"members,omitempty"` // none: rf, gbt and logreg
	Weights []float64 `json:"weights,omitempty"` // of the members; none: all the same
}

// VoteModel is a fitted Vote.
type VoteModel struct {
	Columns []learn.Column `json:"columns"`
	Names   []string       `json:"classes"`
	Parts   []fittedMember `json:"members"`
	Weights []float64      `json:"weights"` // add up to 1
}

// Kind implements learn.Spec.
func (*Vote) Kind() string { return "vote" }

// Fit implements learn.Spec.
func (v *Vote) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	members, err := membersOf(v.Members)
	if err != nil {
		return nil, err
	}
	weights, err := voteWeights(v.Weights, len(members))
	if err != nil {
		return nil, err
	}
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	m := &VoteModel{Columns: x.Columns, Names: y.Classes, Weights: weights}
	for i := range members {
		part, err := members[i].fitClassifier(ctx, x, y, r)
		if err != nil {
			return nil, err
		}
		m.Parts = append(m.Parts, part)
	}
	return m, nil
}

// voteWeights returns weights that add up to 1.
func voteWeights(given []float64, members int) ([]float64, error) {
	if len(given) == 0 {
		given = make([]float64, members)
		for i := range given {
			given[i] = 1
		}
	}
	if len(given) != members {
		return nil, fmt.Errorf("%d weights for %d members: %w", len(given), members, learn.ErrSetting)
	}
	var sum float64
	for _, w := range given {
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("a member cannot weigh %v: %w", w, learn.ErrSetting)
		}
		sum += w
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return nil, fmt.Errorf("the weights add up to %v: %w", sum, learn.ErrSetting)
	}
	out := make([]float64, members)
	for i, w := range given {
		out[i] = w / sum
	}
	return out, nil
}

// Kind implements learn.Model.
func (*VoteModel) Kind() string { return "vote" }

// Inputs implements learn.Model.
func (m *VoteModel) Inputs() []learn.Column { return m.Columns }

// Classes implements learn.Classifier.
func (m *VoteModel) Classes() []string { return m.Names }

// Score implements learn.Model.
func (m *VoteModel) Score(dst []float64, x *learn.Matrix) error {
	return learn.ScoreByClasses(m, dst, x)
}

// Probabilities implements learn.Classifier.
func (m *VoteModel) Probabilities(dst []float64, x *learn.Matrix) error {
	x, err := x.Bind(m.Columns)
	if err != nil {
		return err
	}
	clear(dst)
	one := make([]float64, len(dst))
	for i := range m.Parts {
		if err := m.Parts[i].probabilities(one, x); err != nil {
			return err
		}
		for j, p := range one {
			dst[j] += m.Weights[i] * p
		}
	}
	return nil
}

// Check implements learn.Model.
func (m *VoteModel) Check() error {
	if len(m.Parts) == 0 || len(m.Parts) > maxMembers || len(m.Names) < 2 {
		return learn.Broken(m.Kind(), "%d members for %d classes", len(m.Parts), len(m.Names))
	}
	var sum float64
	for _, w := range m.Weights {
		sum += w
		if !(w >= 0 && w <= 1) {
			return learn.Broken(m.Kind(), "a weight of %v", w)
		}
	}
	if len(m.Weights) != len(m.Parts) || math.Abs(sum-1) > 1e-9 {
		return learn.Broken(m.Kind(), "weights that add up to %v", sum)
	}
	return checkParts(m.Kind(), m.Columns, m.Names, m.Parts)
}

// checkParts checks the members of a model.
func checkParts(kind string, columns []learn.Column, classes []string, parts []fittedMember) error {
	if err := learn.CheckColumns(columns); err != nil {
		return learn.Broken(kind, "%v", err)
	}
	for i := range parts {
		if err := parts[i].checkClasses(kind, columns, classes); err != nil {
			return err
		}
	}
	return nil
}
