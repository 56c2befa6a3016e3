package model

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// stepChoices are the steps that a search tries with a learner, the usual ones first.
func stepChoices(kind string) []string {
	k, err := KindNamed(kind)
	if err != nil {
		return []string{""}
	}
	switch k.Steps {
	case linearSteps, distanceSteps:
		return []string{k.Steps, linearSteps, distanceSteps, "drop_constant,impute,standard"}
	case treeSteps, plainSteps:
		return []string{k.Steps, treeSteps, plainSteps}
	}
	return []string{k.Steps}
}

// candidates makes up the candidates of the search: the defaults of each learner, and
// then random ones of one learner after the other.
func (s *search) candidates() []Trial {
	var out []Trial
	for k := range s.opt.Trials {
		algo := s.opt.Algos[k%len(s.opt.Algos)]
		rng := rand.New(rand.NewPCG(s.recipe.Seed, 0x7121a1+uint64(k)))
		t := Trial{Candidate: k + 1, Algo: algo, Settings: json.RawMessage("{}"), Steps: stepChoices(algo)[0], Balance: s.recipe.Balance}
		if spec, err := NewSpec(algo); err == nil && k >= len(s.opt.Algos) {
			t.Settings = drawSettings(spec, rng)
			if !s.opt.Fixed {
				steps := stepChoices(algo)
				t.Steps = steps[rng.IntN(len(steps))]
				t.Balance = Balance(rng.IntN(len(balanceNames)))
			}
		}
		out = append(out, t)
	}
	return out
}

// drawSettings draws every setting of a spec that is worth a search.
func drawSettings(spec learn.Spec, rng *rand.Rand) json.RawMessage {
	tuned, ok := spec.(learn.Tuned)
	if !ok {
		return json.RawMessage("{}")
	}
	drawn := map[string]any{}
	for _, d := range tuned.Space() {
		drawn[d.Name] = draw(d, rng)
	}
	text, err := json.Marshal(drawn) // keys in the order of their bytes
	if err != nil {
		return json.RawMessage("{}")
	}
	return text
}

// draw draws a setting.
func draw(d learn.Dimension, rng *rand.Rand) any {
	if len(d.Choices) > 0 {
		return d.Choices[rng.IntN(len(d.Choices))]
	}
	u := rng.Float64()
	v := d.Low + u*(d.High-d.Low)
	if d.Log {
		v = math.Exp(math.Log(d.Low) + u*(math.Log(d.High)-math.Log(d.Low)))
	}
	if d.Whole {
		return int(math.Round(min(max(v, d.Low), d.High)))
	}
	const digits = 4 // enough to search by, and short to read
	scale := math.Pow(10, digits-1-math.Floor(math.Log10(math.Abs(v))))
	if v == 0 || math.IsInf(scale, 0) {
		return v
	}
	return min(max(math.Round(v*scale)/scale, d.Low), d.High)
}

// perFold returns a goal in every fold, NaN where a fold lacks what it needs.
func (v *Validation) perFold(ctx context.Context, d *Data, task Task, goal Goal) ([]float64, error) {
	var out []float64
	from := 0
	k := len(v.Classes)
	for _, f := range v.Folds {
		to := from + f.Test
		s := Scores{Score: v.Scores.Score[from:to], Class: v.Scores.Class[from:to]}
		if v.Scores.Probabilities != nil {
			s.Probabilities = v.Scores.Probabilities[from*k : to*k]
		}
		j, err := Judge(ctx, d, v.Rows[from:to], task, v.Classes, &s, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, goal.of(j))
		from = to
	}
	return out, nil
}

// of returns the goal of a judgement, NaN if it has none.
func (g Goal) of(j *Judgement) float64 {
	value := func(m stats.Measure, known bool) float64 {
		if !known {
			return nan
		}
		return m.Value
	}
	scores, probable := j.Scores, j.Probable
	if scores == nil {
		scores = &stats.ScoreMeasures{}
	}
	if probable == nil {
		probable = &stats.ProbabilityMeasures{}
	}
	switch g {
	case GoalROC:
		return value(scores.AUC, j.Scores != nil)
	case GoalPR:
		return value(scores.AveragePrecision, j.Scores != nil)
	case GoalMCC:
		return j.Measures.MCC.Value
	case GoalF1:
		return j.Measures.Macro.F1.Value
	case GoalLoss:
		return value(probable.LogLoss, j.Probable != nil)
	case GoalRecall:
		for _, at := range j.At {
			if at.FPR == 0.01 {
				return at.Recall.Value
			}
		}
	}
	return nan
}
