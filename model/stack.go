package model

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/linear"
)

// Stack trains several learners, and a logistic regression that learns what to make of
// their answers: of the log odds that each gives to rows it was not trained on [1].
//
// [1] D. H. Wolpert (1992), "Stacked generalization", Neural Networks 5(2), 241–259.
type Stack struct {
	Members []Member `json:"members,omitempty"` // none: rf, gbt and logreg
	Folds   int      `json:"folds,omitempty"`   // by which members answer for rows they were not trained on; 0: 5
	C       float64  `json:"C,omitempty"`       // of the logistic regression; 0: 1
}

// StackModel is a fitted Stack.
type StackModel struct {
	Columns []learn.Column        `json:"columns"`
	Names   []string              `json:"classes"`
	Parts   []fittedMember        `json:"members"`
	Final   *linear.LogisticModel `json:"final"`
}

// Kind implements learn.Spec.
func (*Stack) Kind() string { return "stack" }

// Fit implements learn.Spec.
func (s *Stack) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	members, err := membersOf(s.Members)
	if err != nil {
		return nil, err
	}
	folds := s.Folds
	if folds == 0 {
		folds = usualFolds
	}
	if folds < 2 || folds > 100 || s.C < 0 {
		return nil, fmt.Errorf("%d folds and C = %v: want 2 to 100 folds, and C not below 0: %w", folds, s.C, learn.ErrSetting)
	}
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	answers, err := heldOutAnswers(ctx, members, folds, x, y, r)
	if err != nil {
		return nil, err
	}
	final, err := (&linear.Logistic{C: s.C}).Fit(ctx, answers, y, r)
	if err != nil {
		return nil, fmt.Errorf("what to make of the members: %w", err)
	}
	m := &StackModel{Columns: x.Columns, Names: y.Classes, Final: final.(*linear.LogisticModel)}
	for i := range members {
		part, err := members[i].fitClassifier(ctx, x, y, r)
		if err != nil {
			return nil, err
		}
		m.Parts = append(m.Parts, part)
	}
	return m, nil
}

// heldOutAnswers returns what members say of rows that they were not trained on.
func heldOutAnswers(ctx context.Context, members []Member, folds int, x *learn.Matrix, y learn.Target, r learn.Run) (*learn.Matrix, error) {
	part := dealt(y.Y, len(y.Classes), folds, r.Seed)
	k := len(y.Classes)
	answers := learn.NewMatrix(answerColumns(len(members), y.Classes), x.Rows)
	for f := range folds {
		var train, test []int
		for i, p := range part {
			if p == f {
				test = append(test, i)
			} else {
				train = append(train, i)
			}
		}
		if len(test) == 0 {
			continue
		}
		tx := x.Take(test)
		for i := range members {
			fitted, err := members[i].fitClassifier(ctx, x.Take(train), y.Take(train), r)
			if err != nil {
				return nil, err
			}
			p := make([]float64, len(test)*k)
			if err := fitted.probabilities(p, tx); err != nil {
				return nil, err
			}
			for c := 1; c < k; c++ {
				column := answers.Numbers[i*(k-1)+c-1]
				for j, row := range test {
					column[row] = answer(p[j*k+c])
				}
			}
		}
	}
	return answers, nil
}

// dealt deals the rows of each class out to folds in random order.
func dealt(y []int32, classes, folds int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0x57ac4))
	members := make([][]int, classes)
	for i, c := range y {
		members[c] = append(members[c], i)
	}
	part := make([]int, len(y))
	next := 0
	for _, m := range members {
		rng.Shuffle(len(m), func(a, b int) { m[a], m[b] = m[b], m[a] })
		for _, i := range m {
			part[i] = next
			next = (next + 1) % folds
		}
	}
	return part
}

// answerColumns are the columns of the final regression: a number for each member and
// each class but the first.
func answerColumns(members int, classes []string) []learn.Column {
	var columns []learn.Column
	for i := range members {
		for _, c := range classes[1:] {
			columns = append(columns, learn.Column{Name: fmt.Sprintf("%d:%s", i+1, c)})
		}
	}
	return columns
}

// answer is the log odds of a probability, cut off where members claim to be sure.
func answer(p float64) float64 {
	const least = 1e-6
	p = min(max(p, least), 1-least)
	return math.Log(p) - math.Log1p(-p)
}

// Kind implements learn.Model.
func (*StackModel) Kind() string { return "stack" }

// Inputs implements learn.Model.
func (m *StackModel) Inputs() []learn.Column { return m.Columns }

// Classes implements learn.Classifier.
func (m *StackModel) Classes() []string { return m.Names }

// Score implements learn.Model.
func (m *StackModel) Score(dst []float64, x *learn.Matrix) error {
	return learn.ScoreByClasses(m, dst, x)
}

// Probabilities implements learn.Classifier.
func (m *StackModel) Probabilities(dst []float64, x *learn.Matrix) error {
	x, err := x.Bind(m.Columns)
	if err != nil {
		return err
	}
	k := len(m.Names)
	answers := learn.NewMatrix(m.Final.Inputs(), x.Rows)
	one := make([]float64, x.Rows*k)
	for i := range m.Parts {
		if err := m.Parts[i].probabilities(one, x); err != nil {
			return err
		}
		for c := 1; c < k; c++ {
			column := answers.Numbers[i*(k-1)+c-1]
			for j := range column {
				column[j] = answer(one[j*k+c])
			}
		}
	}
	return m.Final.Probabilities(dst, answers)
}

// Check implements learn.Model.
func (m *StackModel) Check() error {
	if len(m.Parts) == 0 || len(m.Parts) > maxMembers || len(m.Names) < 2 || m.Final == nil {
		return learn.Broken(m.Kind(), "%d members for %d classes", len(m.Parts), len(m.Names))
	}
	if err := m.Final.Check(); err != nil {
		return err
	}
	want := answerColumns(len(m.Parts), m.Names)
	if got := m.Final.Inputs(); len(got) != len(want) || len(m.Final.Classes()) != len(m.Names) {
		return learn.Broken(m.Kind(), "the regression takes %d answers, and the members give %d", len(got), len(want))
	}
	for _, c := range m.Final.Inputs() {
		if c.Coded() {
			return learn.Broken(m.Kind(), "the regression takes levels")
		}
	}
	return checkParts(m.Kind(), m.Columns, m.Names, m.Parts)
}
