package model

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Hybrid asks learners that know attacks and detectors that know normal traffic alone,
// and adds up what they say, as a fusion does. Each fails where the other does not:
// learners take for normal what resembles no attack they know, and detectors what is
// not unusual in itself.
//
// With more than two classes, what is taken for an attack is then told apart by a further
// learner, which is trained on attacks alone.
type Hybrid struct {
	Members  []Member  `json:"members,omitempty"`   // none: the usual ones, see HybridMembers
	Weights  []float64 `json:"weights,omitempty"`   // of the members; none: learners and detectors half each
	HeldBack float64   `json:"held_back,omitempty"` // share of the normal rows that no member is trained on; 0: 0.2
	Types    *Member   `json:"types,omitempty"`     // tells attacks apart; nil: logreg
}

// HybridModel is a fitted Hybrid.
type HybridModel struct {
	Columns []learn.Column `json:"columns"`
	Names   []string       `json:"classes"`
	Parts   []fittedMember `json:"members"`
	Fused   fusion         `json:"fusion"`
	Type    *fittedMember  `json:"types,omitempty"` // tells Names[1:] apart; nil where all attacks are of one class
	Only    int32          `json:"only,omitempty"`  // that class; 0 where Type tells
}

const usualHeldBack = 0.2

// HybridMembers returns the usual members of a hybrid: forests, and five detectors of
// different kinds. Components and Mahalanobis distances see levels one by one, because
// what is unusual of a level is not only that it is rare.
func HybridMembers() []Member {
	const spread = distanceSteps + ",onehot"
	return []Member{
		{Algo: "rf"}, {Algo: "et"},
		{Algo: "kmeans", Settings: []byte(`{"n_clusters":8,"n_init":1}`)},
		{Algo: "kmeans", Settings: []byte(`{"n_clusters":128,"n_init":1}`)},
		{Algo: "mahalanobis", Steps: spread}, {Algo: "knndist"}, {Algo: "pca", Steps: spread},
	}
}

// halves returns weights with which learners and detectors have half of the say each;
// those of one side share it. What the types held out of training cannot tell is how
// normal traffic will change: half of the say stays with those who know nothing else.
func halves(members []Member) []float64 {
	var sides [2]float64
	side := func(m *Member) int {
		if IsDetector(m.Algo) {
			return 1
		}
		return 0
	}
	for i := range members {
		sides[side(&members[i])]++
	}
	weights := make([]float64, len(members))
	for i := range members {
		if weights[i] = 1 / sides[side(&members[i])]; sides[0] > 0 && sides[1] > 0 {
			weights[i] /= 2
		}
	}
	return weights
}

// Kind implements learn.Spec.
func (*Hybrid) Kind() string { return "hybrid" }

// Fit implements learn.Spec. Of the usual members, those that need more rows than there
// are do without.
func (h *Hybrid) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	members := h.Members
	if len(members) == 0 {
		members = HybridMembers()
	}
	members, err := membersOf(members)
	if err != nil {
		return nil, err
	}
	held := h.HeldBack
	if held == 0 {
		held = usualHeldBack
	}
	if !(held > 0 && held < 1) {
		return nil, fmt.Errorf("a share of %v of the normal rows held back: want a number between 0 and 1: %w", h.HeldBack, learn.ErrSetting)
	}
	if _, err := h.weights(members); err != nil {
		return nil, err
	}
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	t, err := newHybridTraining(x, y, held, r.Seed)
	if err != nil {
		return nil, err
	}
	m := &HybridModel{Columns: x.Columns, Names: y.Classes}
	if err := h.fitMembers(ctx, m, t, members, r); err != nil {
		return nil, err
	}
	if m.Only = t.onlyType(); m.Only == 0 {
		m.Type, err = t.types(ctx, h.Types, r)
	}
	return m, err
}

// weights returns what the members say counts.
func (h *Hybrid) weights(members []Member) ([]float64, error) {
	if len(h.Weights) == 0 {
		return voteWeights(halves(members), len(members))
	}
	return voteWeights(h.Weights, len(members))
}

// fitMembers trains the members, and learns how to add up what they say.
func (h *Hybrid) fitMembers(ctx context.Context, m *HybridModel, t *hybridTraining, members []Member, r learn.Run) error {
	var fitted []Member
	var scores [][]float64
	for i := range members {
		r.Report(i, len(members))
		part, s, err := t.member(ctx, &members[i], t.held, r)
		if errors.Is(err, learn.ErrTooFew) && len(h.Members) == 0 && len(h.Weights) == 0 {
			continue
		}
		if err != nil {
			return err
		}
		m.Parts, fitted, scores = append(m.Parts, part), append(fitted, members[i]), append(scores, s)
	}
	if len(fitted) == 0 {
		return fmt.Errorf("no member of the hybrid can be trained: %w", learn.ErrTooFew)
	}
	weights, err := h.weights(fitted)
	if err == nil {
		m.Fused = newFusion(weights, scores)
	}
	return err
}

// hybridTraining is the rows that the parts of a hybrid are trained on.
type hybridTraining struct {
	x       *learn.Matrix
	y       learn.Target
	known   []int         // rows that learners see: attacks, and normal rows that are not held back
	normal  []int         // the normal ones of these
	attacks []int         // the others
	held    *learn.Matrix // normal rows held back
}

// newHybridTraining holds a share of the normal rows back, those that are alike together:
// of rows that were trained on, no copy may tell what is usual.
func newHybridTraining(x *learn.Matrix, y learn.Target, share float64, seed uint64) (*hybridTraining, error) {
	t := &hybridTraining{x: x, y: y}
	rng := rand.New(rand.NewPCG(seed, 0x4e1d))
	first := firstAlike(x, allOf(x.Rows))
	back := make([]bool, x.Rows)
	var held []int
	for i, class := range y.Y {
		if first[i] == i {
			back[i] = rng.Float64() < share
		}
		switch {
		case class != 0:
			t.attacks = append(t.attacks, i)
		case back[first[i]]:
			held = append(held, i)
		default:
			t.normal = append(t.normal, i)
		}
	}
	if len(held) < 2 || len(t.normal) < 2 || len(t.attacks) == 0 {
		return nil, fmt.Errorf("%d attacks, %d normal rows, and %d held back: %w", len(t.attacks), len(t.normal), len(held), learn.ErrTooFew)
	}
	t.known = slices.Concat(t.normal, t.attacks)
	slices.Sort(t.known)
	t.held = x.Take(held)
	return t, nil
}

// member trains a member, a detector on normal rows alone, and scores rows by it.
func (t *hybridTraining) member(ctx context.Context, m *Member, score *learn.Matrix, r learn.Run) (fittedMember, []float64, error) {
	r.Progress = nil
	rows, y := t.known, learn.Target{}
	if IsDetector(m.Algo) {
		rows = t.normal
	} else {
		y = t.y.Take(rows)
		y.Classes, y.Y = []string{eda.NormalClass, eda.AttackClass}, binary(y.Y)
	}
	part, err := m.fit(ctx, t.x.Take(rows), y, r)
	if err != nil {
		return part, nil, err
	}
	scores, err := part.scores(ctx, score, r.Workers)
	return part, scores, err
}

// scores returns the scores of many rows, block by block on several cores.
func (f *fittedMember) scores(ctx context.Context, x *learn.Matrix, workers int) ([]float64, error) {
	scores := make([]float64, x.Rows)
	err := parallel.Each(ctx, (x.Rows+scoreBlock-1)/scoreBlock, workers, func(b int) error {
		from, to := b*scoreBlock, min((b+1)*scoreBlock, x.Rows)
		return f.score(scores[from:to], x.Slice(from, to))
	})
	return scores, err
}

// onlyType returns the class of all attacks, 0 if they are of several.
func (t *hybridTraining) onlyType() int32 {
	only := t.y.Y[t.attacks[0]]
	for _, i := range t.attacks {
		if t.y.Y[i] != only {
			return 0
		}
	}
	return only
}

// types trains what tells attacks apart.
func (t *hybridTraining) types(ctx context.Context, m *Member, r learn.Run) (*fittedMember, error) {
	if m == nil {
		m = &Member{Algo: "logreg"}
	}
	y := t.y.Take(t.attacks)
	y.Classes = y.Classes[1:]
	y.Y = slices.Clone(y.Y)
	for i := range y.Y {
		y.Y[i]--
	}
	y.Weights = balanced(y.Y, len(y.Classes))
	part, err := m.fitClassifier(ctx, t.x.Take(t.attacks), y, r)
	return &part, err
}

// Kind implements learn.Model.
func (*HybridModel) Kind() string { return "hybrid" }

// Inputs implements learn.Model.
func (m *HybridModel) Inputs() []learn.Column { return m.Columns }

// Classes implements learn.Typer.
func (m *HybridModel) Classes() []string { return m.Names }

// Margin implements learn.Margined: what the members add up to.
func (m *HybridModel) Margin(dst []float64, x *learn.Matrix) error {
	x, err := x.Bind(m.Columns)
	if err != nil {
		return err
	}
	dst = dst[:x.Rows]
	clear(dst)
	one := make([]float64, x.Rows)
	for i := range m.Parts {
		if err := m.Parts[i].score(one, x); err != nil {
			return err
		}
		m.Fused.add(dst, i, one)
	}
	return nil
}

// MarginScale implements learn.Margined.
func (m *HybridModel) MarginScale() string { return "tail, log10" }

// Score implements learn.Model: the share of normal rows that are less unusual.
func (m *HybridModel) Score(dst []float64, x *learn.Matrix) error {
	if err := m.Margin(dst, x); err != nil {
		return err
	}
	for i, sum := range dst[:x.Rows] {
		dst[i] = 1 - m.Fused.tail(sum)
	}
	return nil
}

// Reference implements learn.Referenced.
func (m *HybridModel) Reference() []float64 {
	out := make([]float64, len(m.Fused.Sums))
	for i, sum := range m.Fused.Sums {
		out[i] = 1 - m.Fused.tail(sum)
	}
	return out
}

// Types implements learn.Typer.
func (m *HybridModel) Types(dst []int32, x *learn.Matrix) error {
	x, err := x.Bind(m.Columns)
	if err != nil {
		return err
	}
	if m.Type == nil {
		for i := range dst {
			dst[i] = m.Only
		}
		return nil
	}
	k := len(m.Names) - 1
	p := make([]float64, x.Rows*k)
	if err := m.Type.probabilities(p, x); err != nil {
		return err
	}
	for i := range x.Rows {
		dst[i] = int32(1 + largest(p[i*k:(i+1)*k]))
	}
	return nil
}

// Check implements learn.Model.
func (m *HybridModel) Check() error {
	if len(m.Parts) == 0 || len(m.Parts) > maxMembers || len(m.Names) < 2 || (m.Type == nil) != (m.Only > 0 && int(m.Only) < len(m.Names)) {
		return learn.Broken(m.Kind(), "%d members for %d classes", len(m.Parts), len(m.Names))
	}
	if err := learn.CheckColumns(m.Columns); err != nil {
		return learn.Broken(m.Kind(), "%v", err)
	}
	for i := range m.Parts {
		if err := m.Parts[i].check(m.Kind(), m.Columns); err != nil {
			return err
		}
	}
	if m.Type != nil {
		if err := m.Type.checkClasses(m.Kind(), m.Columns, m.Names[1:]); err != nil {
			return err
		}
	}
	return m.Fused.check(m.Kind(), len(m.Parts))
}
