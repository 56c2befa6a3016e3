package eda

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// What a feature must reach to be kept that has no better source to beat: an
// effect that is not negligible (A. Vargha and H. D. Delaney 2000), and not by chance.
const (
	notNegligible = 0.12
	byChance      = 0.05
)

// judge adjusts the p-values, decides what is kept, and sorts the candidates.
func (j *featureJudge) judge() error {
	list := j.out.Candidates
	if j.folds == nil {
		for k := range list {
			if j.options.Keep == 0 || k < j.options.Keep {
				list[k].Kept = AsAsked
			}
		}
		j.finish()
		return nil
	}
	if err := j.adjustEffects(); err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b Feature) int {
		return cmp.Or(cmp.Compare(strengthOf(b.Gain), strengthOf(a.Gain)), cmp.Compare(a.Name, b.Name))
	})
	if err := j.keepByGain(); err != nil {
		return err
	}
	for k := range list {
		c := &list[k]
		useful := c.PAdjusted < byChance && c.Effect().Value >= notNegligible
		switch {
		case c.Kept != NotKept || !useful:
		case c.Op == dataset.OpFrequency:
			c.Kept = AsCoding
		case c.Op == dataset.OpLog1p:
			c.Kept = AsScale
		}
	}
	if j.options.Keep > 0 {
		j.keepAsked()
	}
	j.finish()
	return nil
}

// keepAsked keeps as many as were asked for, the largest gains first.
func (j *featureJudge) keepAsked() {
	for k := range j.out.Candidates {
		switch c := &j.out.Candidates[k]; {
		case k >= j.options.Keep:
			c.Kept = NotKept
		case c.Kept == NotKept:
			c.Kept = AsAsked
		}
	}
}

// strengthOf puts candidates without a gain last.
func strengthOf(gain float64) float64 {
	if math.IsNaN(gain) {
		return math.Inf(-1)
	}
	return gain
}

// adjustEffects adjusts the p-values of the effects, as one family.
func (j *featureJudge) adjustEffects() error {
	var tested []*Feature
	for k := range j.out.Candidates {
		c := &j.out.Candidates[k]
		c.PAdjusted, c.Log10PAdjusted = math.NaN(), math.NaN()
		if c.Test.Effect.Name != "" {
			tested = append(tested, c)
		}
	}
	return adjust(stats.BenjaminiHochberg, len(tested), func(k int) (*stats.Result, *float64, *float64) {
		return &tested[k].Test, &tested[k].PAdjusted, &tested[k].Log10PAdjusted
	})
}

// keepByGain keeps the candidates whose gain is large enough and not by chance; of
// several from the same columns the best.
func (j *featureJudge) keepByGain() error {
	var tested []*Feature
	for k := range j.out.Candidates {
		c := &j.out.Candidates[k]
		compared := c.Source != "" && c.gainTest.Test != ""
		counted := c.Source == "" && c.Effect().Value >= notNegligible
		if c.Gain >= j.out.MinGain && (compared || counted) {
			tested = append(tested, c)
		}
	}
	p := make([]float64, len(tested))
	logs := make([]float64, len(tested))
	err := adjust(stats.BenjaminiHochberg, len(tested), func(k int) (*stats.Result, *float64, *float64) {
		if tested[k].Source == "" {
			return &tested[k].Test, &p[k], &logs[k]
		}
		return &tested[k].gainTest, &p[k], &logs[k]
	})
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for k, c := range tested {
		if key := c.kinship(); p[k] < byChance && c.PAdjusted < byChance && !taken[key] {
			c.Kept, taken[key] = ByGain, true
			j.out.gaining++
		}
	}
	return nil
}

// kinship is equal for candidates that say much the same: those made from the same
// columns, by windows or without.
func (c *Feature) kinship() string {
	inputs := slices.Sorted(slices.Values(c.Inputs))
	if c.Windowed() {
		inputs = append(inputs, string(c.Op), c.By)
	}
	return strings.Join(inputs, "\x00")
}

// finish makes the recipe of what is kept and of what that is made from.
func (j *featureJudge) finish() {
	var kept []dataset.Derivation
	for k := range j.out.Candidates {
		if c := &j.out.Candidates[k]; c.Kept != NotKept {
			kept = append(kept, c.Derivation)
		}
	}
	j.out.Recipe.Derivations = j.withInputs(kept)
	for _, d := range j.out.Recipe.Derivations {
		if c := j.out.candidate(d.Name); c.Kept == NotKept {
			c.Kept = AsInput
		}
	}
}
