package model

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

// A Member is a learner among several that are asked together, with steps of its own.
type Member struct {
	Algo     string          `json:"algo"`
	Settings json.RawMessage `json:"settings,omitempty"`
	Steps    string          `json:"steps,omitempty"` // as prep.ParseChain reads them; "": those that suit the learner
}

// usualMembers fail differently: trees follow single columns far, and a linear model sees
// what adds up.
var usualMembers = []Member{{Algo: "rf"}, {Algo: "gbt"}, {Algo: "logreg"}}

const (
	maxMembers = 50
	maxNesting = 3 // of members that are asked together with others themselves
)

// A fittedMember is a member after training.
type fittedMember struct {
	steps prep.Fitted
	model learn.Model
}

// open returns the learner and the steps of a member.
func (m *Member) open() (learn.Spec, prep.Chain, error) {
	spec, err := NewSpec(m.Algo)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, learn.ErrSetting)
	}
	if len(m.Settings) > 0 {
		if err := Set(spec, m.Settings); err != nil {
			return nil, nil, err
		}
	}
	var steps prep.Chain
	if m.Steps == "" {
		steps, err = UsualSteps(m.Algo)
	} else {
		steps, err = prep.ParseChain(m.Steps)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", m.Algo, err, learn.ErrSetting)
	}
	return spec, steps, nil
}

// membersOf returns the members, or the usual ones for none.
func membersOf(members []Member) ([]Member, error) {
	if len(members) == 0 {
		return usualMembers, nil
	}
	if len(members) > maxMembers {
		return nil, fmt.Errorf("%d members, at most %d can be asked together: %w", len(members), maxMembers, learn.ErrSetting)
	}
	for i := range members {
		if depth(members[i], 1) > maxNesting {
			return nil, fmt.Errorf("members are nested more than %d deep: %w", maxNesting, learn.ErrSetting)
		}
	}
	return members, nil
}

// depth is how deep the members of a member are nested.
func depth(m Member, level int) int {
	var inner struct {
		Members []Member `json:"members"`
	}
	if level > maxNesting || len(m.Settings) == 0 || json.Unmarshal(m.Settings, &inner) != nil {
		return level
	}
	deepest := level
	for _, n := range inner.Members {
		deepest = max(deepest, depth(n, level+1))
	}
	return deepest
}

// fit trains a member on rows.
func (m *Member) fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (fittedMember, error) {
	spec, chain, err := m.open()
	if err != nil {
		return fittedMember{}, err
	}
	steps, z, err := chain.Fit(ctx, x, y, r)
	if err != nil {
		return fittedMember{}, err
	}
	fitted, err := spec.Fit(ctx, z, y, r)
	if err != nil {
		return fittedMember{}, fmt.Errorf("%s: %w", m.Algo, err)
	}
	return fittedMember{steps, fitted}, nil
}

// fitClassifier is fit for a member that must give probabilities.
func (m *Member) fitClassifier(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (fittedMember, error) {
	f, err := m.fit(ctx, x, y, r)
	if err != nil {
		return f, err
	}
	if _, ok := f.model.(learn.Classifier); !ok {
		return f, fmt.Errorf("%s gives no probabilities to average: %w", m.Algo, learn.ErrSetting)
	}
	return f, nil
}

// probabilities writes what a member that is a classifier makes of rows.
func (f *fittedMember) probabilities(dst []float64, x *learn.Matrix) error {
	c, ok := f.model.(learn.Classifier)
	if !ok {
		return learn.Broken(f.model.Kind(), "it gives no probabilities")
	}
	z, err := f.steps.Apply(x)
	if err != nil {
		return err
	}
	return c.Probabilities(dst, z)
}

// score writes the scores of rows.
func (f *fittedMember) score(dst []float64, x *learn.Matrix) error {
	z, err := f.steps.Apply(x)
	if err != nil {
		return err
	}
	return f.model.Score(dst, z)
}

// MarshalJSON writes the steps, and the model under the name of its kind.
func (f fittedMember) MarshalJSON() ([]byte, error) {
	m, err := storeModel(f.model)
	if err != nil {
		return nil, err
	}
	return json.Marshal(storedMember{f.steps, m})
}

type storedMember struct {
	Steps prep.Fitted `json:"steps"`
	Model stored      `json:"model"`
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *fittedMember) UnmarshalJSON(text []byte) error {
	var s storedMember
	if err := learn.Decode(text, &s); err != nil {
		return err
	}
	m, err := s.Model.read()
	if err != nil {
		return err
	}
	*f = fittedMember{s.Steps, m}
	return nil
}

// check returns an error unless the member can score rows of the columns.
func (f *fittedMember) check(kind string, columns []learn.Column) error {
	if f.model == nil {
		return learn.Broken(kind, "a member is not there")
	}
	if err := f.steps.Check(); err != nil {
		return err
	}
	if err := f.model.Check(); err != nil {
		return err
	}
	// One row must come through, or none will.
	if err := f.score(make([]float64, 1), learn.NewMatrix(columns, 1)); err != nil {
		return learn.Broken(kind, "a member cannot score: %v", err)
	}
	return nil
}

// checkClasses returns an error unless the member can score rows of the columns and tells
// as many classes apart.
func (f *fittedMember) checkClasses(kind string, columns []learn.Column, classes []string) error {
	if err := f.check(kind, columns); err != nil {
		return err
	}
	c, ok := f.model.(learn.Classifier)
	if !ok || len(c.Classes()) != len(classes) {
		return learn.Broken(kind, "a member does not tell the %d classes apart", len(classes))
	}
	return nil
}
