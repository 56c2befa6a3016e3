package sql

import (
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// Where implements dataset.Engine. The server looks at the condition when something is asked.
func (s *Source) Where(expr string) (dataset.Source, error) {
	condition, err := dataset.TranslateFilter(expr, &s.schema, phrases{s})
	if lost := s.takeErr(); lost != nil { // of levels that the condition is put to
		return nil, lost
	}
	if err != nil {
		return nil, err
	}
	out := *s
	out.condition, out.expr = condition, expr
	if s.condition != "" {
		out.condition = "(" + s.condition + ") AND (" + condition + ")"
		out.expr = "(" + s.expr + ") && (" + expr + ")"
	}
	out.counted = &rowCount{n: -1}
	out.schema.Columns = slices.Clone(s.schema.Columns)
	out.levels = make([]*levelStore, len(s.levels))
	out.renewLevels()
	return &out, nil
}

// Select implements dataset.Engine.
func (s *Source) Select(columns []int) (dataset.Source, error) {
	out := *s
	out.columns, out.levels = make([]int, len(columns)), make([]*levelStore, len(columns))
	out.schema.Columns = make([]dataset.Column, len(columns))
	for i, c := range columns {
		if c < 0 || c >= len(s.schema.Columns) {
			return nil, fmt.Errorf("column %d does not exist", c)
		}
		out.columns[i], out.levels[i], out.schema.Columns[i] = s.columns[c], s.levels[c], s.schema.Columns[c]
	}
	out.renewLevels()
	return &out, nil
}

// phrases are what a condition is made of.
type phrases struct{ s *Source }

// Name implements dataset.Phrasebook.
func (p phrases) Name() string { return p.s.d.Name() }

// Number implements dataset.Phrasebook.
func (p phrases) Number(column int) string { return p.s.number(column) }

// Text implements dataset.Phrasebook.
func (p phrases) Text(column int) string {
	return "CASE WHEN " + p.s.present(column) + " THEN " + p.s.d.Text(p.s.raw(column), p.s.info(column)) + " END"
}

// Word implements dataset.Phrasebook.
func (p phrases) Word(text string) string { return p.s.d.Word(text) }

// Real implements dataset.Phrasebook.
func (p phrases) Real(x float64) string { return p.s.d.Real(x) }

// Match implements dataset.Phrasebook.
func (p phrases) Match(e, pattern string) string { return p.s.d.Match(e, pattern) }
