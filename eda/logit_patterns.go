package eda

import (
	"cmp"
	"context"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A patternGatherer is a gatherer that an engine fills with patterns: rows that agree
// in all columns are one row of it, and times says how many they are.
type patternGatherer struct {
	gatherer
	times []int64
	full  bool // there are more patterns than fit
}

// maxPatternRows, which tests change, is how many patterns of an engine are fetched: they take as many bytes
// as rows do.
var maxPatternRows int64 = 1 << 20

// Sets implements dataset.Tallied.
func (p *patternGatherer) Sets(*dataset.Schema) []dataset.Set {
	set := dataset.Set{Most: min(maxPatternRows, int64(p.limit))}
	for _, i := range p.columns {
		set.Keys = append(set.Keys, dataset.Key{Column: i})
	}
	return []dataset.Set{set}
}

// Groups implements dataset.Tallied.
func (p *patternGatherer) Groups(_ int, g *dataset.Groups) error {
	for k := range p.columns {
		p.values[k] = appendCells(p.values[k], &g.Cells.Columns[k], g.Cells.Rows)
	}
	p.times = append(p.times, g.N...)
	return nil
}

// Overflow implements dataset.Tallied.
func (p *patternGatherer) Overflow(int) error {
	p.full, p.values, p.times = true, make([][]float64, len(p.columns)), nil
	return nil
}

// foresee reports whether an engine that adds up has by far too many patterns, so that it need
// not be asked for them: grouping by all would take it memory for each.
func (p *patternGatherer) foresee(ctx context.Context, src dataset.Source) (bool, error) {
	engine, ok := src.(dataset.Likely)
	if !ok || engine.Rows() >= 0 && engine.Rows() <= maxPatternRows {
		return false, nil
	}
	n, err := engine.Different(ctx, p.columns)
	p.full = n > maxPatternRows+maxPatternRows/10 // which is an estimate
	if p.step = 1; p.full {
		p.values = make([][]float64, len(p.columns))
	}
	return p.full, err
}

// sort puts the patterns in an order that does not depend on the engine's, so that sums
// are always the same.
func (p *patternGatherer) sort() {
	order := make([]int, len(p.times))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		for _, x := range p.values {
			if c := cmp.Compare(x[a], x[b]); c != 0 {
				return c
			}
		}
		return 0
	})
	for k, x := range p.values {
		p.values[k] = picked(x, order)
	}
	p.times = picked(p.times, order)
}

func picked[T any](all []T, places []int) []T {
	out := make([]T, len(places))
	for k, i := range places {
		out[k] = all[i]
	}
	return out
}

// A gathering is the rows that a regression is fitted to.
type gathering struct {
	*gatherer
	times []int64      // rows that each one stands for; nil: one
	sums  *summedLogit // instead of rows; nil: there are rows
}

// gatherEach gathers the columns of some regressions, of an engine: all patterns, or, where there are
// too many of these, what adds all rows up, or else a sample of the rows.
func gatherEach(ctx context.Context, src dataset.Source, models []*logitModel) ([]gathering, error) {
	out := make([]gathering, len(models))
	patterns := make([]*patternGatherer, len(models))
	var analyses []dataset.Analysis
	for k, m := range models {
		patterns[k] = &patternGatherer{gatherer: *m.gatherer(src)}
		many, err := patterns[k].foresee(ctx, src)
		if err != nil {
			return nil, err
		}
		if !many {
			analyses = append(analyses, patterns[k])
		}
	}
	if err := src.Scan(ctx, analyses...); err != nil {
		return nil, err
	}
	for k, p := range patterns {
		if !p.full {
			p.sort()
			out[k] = gathering{gatherer: &p.gatherer, times: p.times}
			continue
		}
		sums, err := models[k].sums(ctx, src)
		if err != nil {
			return nil, err
		}
		if sums != nil {
			p.rows = sums.rows
			out[k] = gathering{gatherer: &p.gatherer, sums: sums}
			continue
		}
		out[k].gatherer = models[k].gatherer(src)
		if err := src.Scan(ctx, out[k].gatherer); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// read gathers the columns of the model.
func (m *logitModel) read(ctx context.Context, src dataset.Source) (gathering, error) {
	if _, ok := dataset.EngineOf(src); !ok {
		g := m.gatherer(src)
		return gathering{gatherer: g}, src.Scan(ctx, g)
	}
	one, err := gatherEach(ctx, src, []*logitModel{m})
	if err != nil {
		return gathering{}, err
	}
	m.times = one[0].times
	return one[0], nil
}

// readEach gathers the columns of a model of each term alone.
func (m *logitModel) readEach(ctx context.Context, src dataset.Source) ([]gathering, error) {
	if _, ok := dataset.EngineOf(src); !ok {
		g := m.gatherer(src)
		return slices.Repeat([]gathering{{gatherer: g}}, len(m.terms)), src.Scan(ctx, g)
	}
	var models []*logitModel
	for k := range m.terms {
		one := *m
		one.terms = m.terms[k : k+1]
		models = append(models, &one)
	}
	return gatherEach(ctx, src, models)
}

// timesOf returns how many rows a gathered one stands for.
func (m *logitModel) timesOf(row int) int64 {
	if m.times == nil {
		return 1
	}
	return m.times[row]
}
