package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A featureJudge measures columns, and what could be derived from them.
type featureJudge struct {
	ctx     context.Context
	src     dataset.Source
	options FeatureOptions
	out     *Features

	sources []sampledColumn
	place   map[string]int // of the sources by name
	scored  []scorer       // sources
	effects []outOfFold    // of the sources; nil where nothing can be measured
	folds   *folds         // nil where nothing can be measured
	order   *timeOrder     // nil without a clock
}

// A class with fewer rows than that in a fold cannot be compared.
const leastPerFold = 4

// read samples the source columns and assigns rows to folds.
func (j *featureJudge) read(columns []int) error {
	s := j.src.Schema()
	wanted := slices.Clone(columns)
	classes := j.out.Classes
	if classes.Known() {
		wanted = append(wanted, classes.Column)
	}
	var others []dataset.Analysis
	if i := s.Clock(); i >= 0 && s.Columns[i].Kind == dataset.Time {
		j.order = &timeOrder{clock: i}
		others = append(others, j.order)
	}
	sampled, g, err := sampleColumns(j.ctx, j.src, wanted, j.options.Limit, others...)
	if err != nil {
		return err
	}
	j.out.Rows, j.sources, j.place = g.rows, sampled[:len(columns)], map[string]int{}
	for k := range j.sources {
		j.place[j.sources[k].name] = k
	}
	if kept := int64(len(sampled[0].codes)); g.step > 1 {
		j.out.Warnings = append(j.out.Warnings, fmt.Sprintf("Effects are measured on, and the recipe has learned from, one row in %d: %s of %s.",
			g.step, grouped(kept), plural(g.rows, "row")))
	}
	j.out.Recipe.Rows = int64(len(sampled[0].codes))
	if !classes.Known() {
		return nil
	}
	f := newFolds(&sampled[len(columns)], classes, g.step, j.options)
	if least := int64(leastPerFold * j.options.Folds); min(f.rows[0], f.rows[1]) < least {
		j.out.Warnings = append(j.out.Warnings, fmt.Sprintf("No effect is measured: there are %s and %s, and cross-validation in %d parts needs %d of each.",
			plural(f.rows[0], "normal row"), plural(f.rows[1], "attack"), j.options.Folds, least))
		return nil
	}
	j.out.Categories = f.categories
	j.folds, j.out.Measured = f, f.rows[0]+f.rows[1]
	return nil
}

// source returns a source column by its name.
func (j *featureJudge) source(name string) *sampledColumn { return &j.sources[j.place[name]] }

// measureSources measures each source by itself.
func (j *featureJudge) measureSources() error {
	if j.folds == nil {
		return nil
	}
	j.effects = make([]outOfFold, len(j.sources))
	for k := range j.sources {
		j.scored = append(j.scored, scorerOf(&j.sources[k]))
	}
	return j.each(len(j.sources), func(k int) error {
		j.effects[k] = j.folds.measure(j.scored[k], j.options.Level)
		return refusal(j.effects[k].err)
	})
}

// refusal returns an error that the data alone do not explain.
func refusal(err error) error {
	if undefined(err) {
		return nil
	}
	return err
}

// each does something for every index, on all cores. It returns the error of the
// lowest index that has one.
func (j *featureJudge) each(n int, do func(k int) error) error {
	errs := make([]error, n)
	next := make(chan int, n)
	for k := range n {
		next <- k
	}
	close(next)
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for k := range next {
				if errs[k] = context.Cause(j.ctx); errs[k] == nil {
					errs[k] = do(k)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// featureBlock is how many derived columns are in memory at a time.
const featureBlock = 16

// measureFeatures measures every candidate: those that learn from levels or
// quantiles anew in each fold, the others on the cells they make.
func (j *featureJudge) measureFeatures() error {
	if j.folds == nil {
		return nil
	}
	var made, learned []int
	for k := range j.out.Candidates {
		switch j.out.Candidates[k].Op {
		case dataset.OpFrequency, dataset.OpQuantileBin, dataset.OpPair:
			learned = append(learned, k)
		default:
			made = append(made, k)
		}
	}
	err := j.each(len(learned), func(i int) error {
		c := &j.out.Candidates[learned[i]]
		s, _ := j.learnedScorer(&c.Derivation)
		return j.measure(c, s)
	})
	if err != nil {
		return err
	}
	for block := range slices.Chunk(made, featureBlock) {
		if err := j.measureBlock(block); err != nil {
			return err
		}
	}
	return nil
}

// measureBlock makes the columns of some candidates and measures them.
func (j *featureJudge) measureBlock(block []int) error {
	recipe := dataset.Recipe{}
	for _, k := range block {
		recipe.Derivations = append(recipe.Derivations, j.out.Candidates[k].Derivation)
	}
	recipe.Derivations = j.withInputs(recipe.Derivations)
	src, err := dataset.Derive(j.src, recipe)
	if err != nil {
		return err
	}
	columns := make([]int, len(block))
	for i, k := range block {
		columns[i] = slices.Index(src.Schema().Names(), j.out.Candidates[k].Name)
	}
	sampled, _, err := sampleColumns(j.ctx, src, columns, j.options.Limit)
	if err != nil {
		return err
	}
	return j.each(len(block), func(i int) error {
		return j.measure(&j.out.Candidates[block[i]], scorerOf(&sampled[i]))
	})
}

// withInputs puts the derivations before some others that these are made from.
func (j *featureJudge) withInputs(list []dataset.Derivation) []dataset.Derivation {
	var out []dataset.Derivation
	var add func(d *dataset.Derivation)
	add = func(d *dataset.Derivation) {
		if slices.ContainsFunc(out, func(o dataset.Derivation) bool { return o.Name == d.Name }) {
			return
		}
		for _, name := range d.Inputs {
			if c := j.out.candidate(name); c != nil {
				add(&c.Derivation)
			}
		}
		out = append(out, *d)
	}
	for i := range list {
		add(&list[i])
	}
	return out
}

// candidate returns the candidate of that name, nil if there is none.
func (f *Features) candidate(name string) *Feature {
	for k := range f.Candidates {
		if f.Candidates[k].Name == name {
			return &f.Candidates[k]
		}
	}
	return nil
}

// measure fills in the effect of a candidate and its gain.
func (j *featureJudge) measure(c *Feature, s scorer) error {
	c.SourceEffect, c.Gain, c.GainLow, c.GainHigh = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	found := j.folds.measure(s, j.options.Level)
	if found.err != nil {
		return refusal(found.err)
	}
	c.Test = found.result
	c.Gain = c.Test.Effect.Value
	var err error
	if c.ByCategory, err = j.folds.byCategory(s, found, j.options.Level); err != nil {
		return err
	}
	best := j.bestSource(c)
	if best < 0 {
		return nil
	}
	c.Source, c.SourceEffect = j.sources[best].name, j.effect(best)
	c.Gain -= c.SourceEffect
	r, err := j.folds.compare(s, j.scored[best], found, j.effects[best], j.options.Level)
	if errors.Is(err, stats.ErrConstant) {
		return nil
	}
	if err != nil {
		return refusal(err)
	}
	c.GainLow, c.GainHigh = 2*r.CI.Low, 2*r.CI.High
	c.gainTest = r
	return nil
}

// effect returns the effect of a source, 0 if it does not vary.
func (j *featureJudge) effect(k int) float64 {
	if j.effects[k].err != nil {
		return 0
	}
	return j.effects[k].result.Effect.Value
}

// bestSource returns the source with the largest effect that a candidate is made
// from, -1 if it only counts rows.
func (j *featureJudge) bestSource(c *Feature) int {
	best := -1
	for _, name := range j.roots(&c.Derivation) {
		if k := j.place[name]; best < 0 || j.effect(k) > j.effect(best) {
			best = k
		}
	}
	return best
}

// roots returns the source columns that a derivation is made from, through others.
func (j *featureJudge) roots(d *dataset.Derivation) []string {
	var out []string
	for _, name := range d.Inputs {
		if c := j.out.candidate(name); c != nil {
			out = append(out, j.roots(&c.Derivation)...)
		} else {
			out = append(out, name)
		}
	}
	return out
}
