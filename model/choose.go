package model

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A Choice is how the members of a hybrid were chosen: by how well their fusion finds
// attacks of types that no member has seen, on the training rows alone.
type Choice struct {
	Rows       int      // rows looked at
	Held       []string // by fold: the attack types held out
	Candidates []Candidate
	Steps      []ChoiceStep // from the members that are usual to those chosen
	Chosen     []int        // of Candidates
}

// A Candidate is a member that could be asked, and how it does alone.
type Candidate struct {
	Member Member
	Alone  Merit
	Usual  bool   // among the members that the search starts with
	Failed string // why it could not be trained on these rows; empty for all that are listed in the end
}

// A ChoiceStep is a change of the members.
type ChoiceStep struct {
	Added, Removed string // names of candidates; empty for the start
	Members        []int
	Merit          Merit
}

// Merit is how well scores find attacks of types that were held out: means over the
// folds, each of which counts the same.
type Merit struct {
	AUC    float64 // area under the ROC curve
	Recall float64 // at 5 % false alarms
}

// sum is what the search makes as large as it can be. Either figure alone is too coarse:
// the area hardly sees the corner where alarms are few, the recall sees one point of it.
func (m Merit) sum() float64 { return (m.AUC + m.Recall) / 2 }

// The limits of the search.
const (
	choiceRows  = 30000 // rows looked at, if there are more
	choiceFolds = 5
	choiceGain  = 0.005 // least gain of a step: less may be chance in the folds
	choiceSteps = 10

	leastLearners  = 1
	leastDetectors = 3
)

// Name is the name of a candidate in a table, with the settings that tell it from others.
func (c *Candidate) Name() string {
	var settings map[string]any
	if json.Unmarshal(c.Member.Settings, &settings) == nil {
		if k, ok := settings["n_clusters"]; ok {
			return fmt.Sprintf("%s %v", c.Member.Algo, k)
		}
	}
	return c.Member.Algo
}

// HybridCandidates returns the members that are tried: the usual ones first.
func HybridCandidates() []Member {
	return append(HybridMembers(), Member{Algo: "gbt"}, Member{Algo: "logreg"}, Member{Algo: "iforest"}, Member{Algo: "ecod"})
}

// ChooseHybrid chooses the members of a hybrid. Beginning with the usual ones, it adds or
// removes the candidate that helps most, as long as one helps by more than chance in the
// folds would: hill climbing on the scores of models that are trained but once [1]. Each
// fold holds whole attack types out; of its normal rows, some calibrate and some judge. At
// least one learner and three detectors stay: what they are worth against normal traffic
// that changes, no fold can tell. It is an error if the label has fewer than two attack
// types.
//
// [1] R. Caruana, A. Niculescu-Mizil, G. Crew and A. Ksikes (2004), "Ensemble selection
// from libraries of models", ICML.
func ChooseHybrid(ctx context.Context, d *Data, rows []int, members []Member, seed uint64, w Work) (*Choice, error) {
	if len(members) == 0 {
		members = HybridCandidates()
	}
	rows = d.everyType(rows, choiceRows, seed)
	folds, err := d.Folds(ByType, rows, choiceFolds, seed)
	if err != nil {
		return nil, err
	}
	s := &choosing{Choice: &Choice{Rows: len(rows)}}
	usual := HybridMembers()
	for _, m := range members {
		c := Candidate{Member: m}
		c.Usual = slices.ContainsFunc(usual, func(u Member) bool { return (&Candidate{Member: u}).Name() == c.Name() })
		s.Candidates = append(s.Candidates, c)
	}
	for k, f := range folds {
		w.stage("choosing members of the hybrid, fold %d of %d", k+1, len(folds))
		s.Held = append(s.Held, fmt.Sprint(f.Held))
		if err := s.add(ctx, d, f, seed, w); err != nil {
			return nil, err
		}
	}
	s.dropFailed()
	if !s.enough(allOf(len(s.Candidates))) {
		return nil, fmt.Errorf("too few candidates can be trained on %d rows: %w", len(rows), learn.ErrTooFew)
	}
	s.climb()
	return s.Choice, nil
}

// dropFailed leaves out candidates that could not be trained in every fold.
func (s *choosing) dropFailed() {
	var kept []Candidate
	var places []int
	for i, c := range s.Candidates {
		if c.Failed == "" {
			kept, places = append(kept, c), append(places, i)
		}
	}
	s.Candidates = kept
	for k := range s.folds {
		s.folds[k].parts = learn.Take(s.folds[k].parts, places)
	}
}

// choosing is the search for members.
type choosing struct {
	*Choice
	folds []choiceFold
}

// A choiceFold is what the candidates say of the rows of a fold.
type choiceFold struct {
	parts  [][]float64 // by candidate, by row: −log10 of the tail share
	attack []bool      // by row
}

// add trains the candidates on a fold and keeps what they say of the rows held out.
func (s *choosing) add(ctx context.Context, d *Data, f Fold, seed uint64, w Work) error {
	schema, err := newSchema(d, f.Train)
	if err != nil {
		return err
	}
	x, err := schema.bind(d, f.Train)
	if err != nil {
		return err
	}
	test, err := schema.bind(d, f.Test)
	if err != nil {
		return err
	}
	t, err := newHybridTraining(x, d.Target(Binary, f.Train), usualHeldBack, seed)
	if err != nil {
		return err
	}
	var out choiceFold
	for _, r := range f.Test {
		out.attack = append(out.attack, d.IsAttack(r))
	}
	run := learn.Run{Seed: seed, Workers: w.Workers}
	done := newCounter(len(s.Candidates), w.Progress)
	for i := range s.Candidates {
		if s.Candidates[i].Failed != "" {
			out.parts = append(out.parts, nil)
			continue
		}
		part, reference, err := t.member(ctx, &s.Candidates[i].Member, t.held, run)
		if errors.Is(err, learn.ErrTooFew) { // 128 centres of 100 rows
			s.Candidates[i].Failed = err.Error()
			out.parts = append(out.parts, nil)
			continue
		}
		if err != nil {
			return fmt.Errorf("candidate %s: %w", s.Candidates[i].Name(), err)
		}
		scores, err := part.scores(ctx, test, w.Workers)
		if err != nil {
			return err
		}
		one := newFusion([]float64{1}, [][]float64{reference})
		said := make([]float64, len(scores))
		one.add(said, 0, scores)
		out.parts = append(out.parts, said)
		done.one()
	}
	s.folds = append(s.folds, out)
	return nil
}

// merit returns how well the sum of some candidates does.
func (s *choosing) merit(members []int) Merit {
	var m Merit
	for _, f := range s.folds {
		sums := make([]float64, len(f.attack))
		weights := halves(s.membersOf(members))
		for k, c := range members {
			for i, v := range f.parts[c] {
				sums[i] += weights[k] * v
			}
		}
		one := meritOf(sums, f.attack)
		m.AUC += one.AUC / float64(len(s.folds))
		m.Recall += one.Recall / float64(len(s.folds))
	}
	return m
}

// membersOf returns candidates as members.
func (c *Choice) membersOf(candidates []int) []Member {
	out := make([]Member, len(candidates))
	for k, i := range candidates {
		out[k] = c.Candidates[i].Member
	}
	return out
}

// enough reports whether candidates may be the members of a hybrid.
func (c *Choice) enough(candidates []int) bool {
	learners, detectors := 0, 0
	for _, m := range c.membersOf(candidates) {
		if IsDetector(m.Algo) {
			detectors++
		} else {
			learners++
		}
	}
	return learners >= leastLearners && detectors >= leastDetectors
}

// meritOf returns area and recall of scores. At 5 % false alarms, ties count in part.
func meritOf(scores []float64, attack []bool) Merit {
	order := allOf(len(scores))
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	var attacks, normals float64
	for _, a := range attack {
		if a {
			attacks++
		} else {
			normals++
		}
	}
	var m Merit
	var tp, fp float64
	for i := 0; i < len(order); {
		var t, f float64
		for j := i; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if attack[order[j]] {
				t++
			} else {
				f++
			}
		}
		m.AUC += f * (tp + t/2)
		if limit := 0.05 * normals; fp <= limit && fp+f > limit {
			m.Recall = (tp + t*(limit-fp)/f) / attacks
		}
		tp, fp, i = tp+t, fp+f, i+int(t+f)
	}
	m.AUC /= attacks * normals
	return m
}

// climb changes the members as long as that helps.
func (s *choosing) climb() {
	var members []int
	for i := range s.Candidates {
		s.Candidates[i].Alone = s.merit([]int{i})
		if s.Candidates[i].Usual {
			members = append(members, i)
		}
	}
	if !s.enough(members) {
		members = allOf(len(s.Candidates))
	}
	at := s.merit(members)
	s.Steps = []ChoiceStep{{Members: members, Merit: at}}
	for range choiceSteps {
		best, gain := ChoiceStep{}, choiceGain
		for i := range s.Candidates {
			step := ChoiceStep{}
			if k := slices.Index(members, i); k >= 0 {
				step.Members, step.Removed = slices.Delete(slices.Clone(members), k, k+1), s.Candidates[i].Name()
			} else {
				step.Members, step.Added = append(slices.Clone(members), i), s.Candidates[i].Name()
			}
			if step.Removed != "" && !s.enough(step.Members) {
				continue
			}
			slices.Sort(step.Members)
			if step.Merit = s.merit(step.Members); step.Merit.sum()-at.sum() > gain {
				best, gain = step, step.Merit.sum()-at.sum()
			}
		}
		if best.Members == nil {
			break
		}
		members, at = best.Members, best.Merit
		s.Steps = append(s.Steps, best)
	}
	s.Chosen = members
}

// Hybrid returns the hybrid of the members that were chosen.
func (c *Choice) Hybrid() *Hybrid { return &Hybrid{Members: c.membersOf(c.Chosen)} }

// everyType returns at most so many of the rows, at random, but of no level of the label
// fewer than 200 where it has them.
func (d *Data) everyType(rows []int, most int, seed uint64) []int {
	if len(rows) <= most {
		return rows
	}
	const least = 200
	byLevel := make([][]int, len(d.Levels))
	for _, r := range rows {
		byLevel[d.Label[r]] = append(byLevel[d.Label[r]], r)
	}
	share := float64(most) / float64(len(rows))
	var out []int
	for l, members := range byLevel {
		n := max(int(math.Round(share*float64(len(members)))), min(len(members), least))
		out = append(out, someRows(members, n, seed+uint64(l))...)
	}
	slices.Sort(out)
	return out
}
