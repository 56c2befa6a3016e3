package report

import (
	"fmt"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// Exploration shows everything a first look found, for the report folder and
// for machines. private leaves out single rows and cells.
func Exploration(e *eda.Exploration, private bool) ([]Section, error) {
	overview := Overview(e, private)
	overview.Commands = []string{"netanom eda"}
	sections := []Section{overview}
	if e.Ranking != nil {
		sections = append(sections, Ranking(e.Ranking, private))
	}
	if e.TimeSeries != nil {
		series, err := TimeSeries(e.TimeSeries)
		if err != nil {
			return nil, err
		}
		sections = append(sections, series)
	}
	described := Description(e.Profile, e.Problems, private)
	addPictures(described, e, private)
	for i := range described {
		described[i].Commands = []string{"netanom describe"}
	}
	sections = append(sections, described...)
	sections = append(sections, Gaps(e.Gaps))
	sections = append(sections, relations(e, private)...)
	sections = append(sections, Outliers(e.Outliers, private)...)
	if !private {
		sections = append(sections, Extremes(e.Extremes))
	}
	return sections, nil
}

func relations(e *eda.Exploration, private bool) []Section {
	var out []Section
	for _, c := range []*eda.Correlations{e.Pearson, e.Spearman} {
		if c == nil {
			continue
		}
		shown := *c
		if private {
			shown.Scatters = nil
		}
		out = append(out, Correlations(&shown))
	}
	if e.Associations != nil {
		out = append(out, Associations(e.Associations))
	}
	if e.Information != nil {
		out = append(out, Informed(e.Information))
	}
	return out
}

// Overview says what the table is and what is wrong with it.
func Overview(e *eda.Exploration, private bool) Section {
	s := Section{ID: "overview", Title: "Overview", Warnings: e.Skipped}
	s.Findings = findingsOf(e.Findings)
	s.Tables = append(s.Tables, contentTable(e))
	if t := classTable(e); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if t := labelTable(e); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if t := breachTable(e, private); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if e.Repeats != nil && e.Repeats.Checked {
		s.Tables = append(s.Tables, repeatTable(e.Repeats))
		if t := contradictionTable(e.Repeats); len(t.Rows) > 0 && !private {
			s.Tables = append(s.Tables, t)
		}
	}
	return s
}

// contentTable counts the columns by kind.
func contentTable(e *eda.Exploration) Table {
	t := Table{Name: "content", Title: "What is in the table", Columns: Cols("item", "n")}
	t.Rows = append(t.Rows, []any{"rows", e.Profile.Rows}, []any{"columns", int64(len(e.Profile.Columns))})
	for _, kind := range []dataset.Kind{dataset.Number, dataset.Flag, dataset.Category, dataset.Time, dataset.Address, dataset.Text, dataset.Unknown} {
		n := int64(0)
		for i := range e.Profile.Columns {
			if e.Profile.Columns[i].Column.Kind == kind {
				n++
			}
		}
		if n > 0 {
			t.Rows = append(t.Rows, []any{kindColumns[kind], n})
		}
	}
	if e.Gaps.Complete >= 0 {
		t.Rows = append(t.Rows, []any{"rows without a missing cell", e.Gaps.Complete})
	}
	return t
}

// kindColumns names columns of a kind in the table of contents.
var kindColumns = map[dataset.Kind]string{
	dataset.Number: "numbers", dataset.Flag: "flags (0 or 1)", dataset.Category: "categories", dataset.Time: "times",
	dataset.Address: "addresses", dataset.Text: "texts and identifiers", dataset.Unknown: "empty columns",
}

// label returns the profile of the label column, or nil.
func label(e *eda.Exploration) *eda.ColumnProfile {
	for i := range e.Profile.Columns {
		if p := &e.Profile.Columns[i]; p.Index == e.Classes.Column && p.Level != nil {
			return p
		}
	}
	return nil
}

// classTable counts normal rows and the categories of attacks.
func classTable(e *eda.Exploration) Table {
	t := Table{Name: "classes", Title: "Classes", Columns: Cols("category", "n", "share")}
	p := label(e)
	if p == nil || !e.Classes.Known() {
		return t
	}
	counts := map[string]int64{}
	for _, l := range p.Levels {
		counts[e.Classes.Category(l.Level)] += l.N
	}
	for _, name := range []string{dataset.CategoryNormal, dataset.CategoryDoS, dataset.CategoryProbe, dataset.CategoryR2L, dataset.CategoryU2R, eda.AttackClass} {
		if counts[name] > 0 {
			t.Rows = append(t.Rows, []any{name, counts[name], ratio(counts[name], p.Level.N)})
		}
	}
	return t
}

func labelTable(e *eda.Exploration) Table {
	t := Table{Name: "labels", Title: "Label", Columns: Cols("label", "category", "n", "share")}
	p := label(e)
	if p == nil {
		return t
	}
	t.Title = "Values of the label " + p.Column.Name
	for _, l := range p.Levels[:min(len(p.Levels), 50)] {
		category := any(nil)
		if e.Classes.Known() {
			category = e.Classes.Category(l.Level)
		}
		t.Rows = append(t.Rows, []any{l.Level, category, l.N, ratio(l.N, p.Level.N)})
	}
	return t
}

func breachTable(e *eda.Exploration, private bool) Table {
	t := Table{Name: "contract", Title: "Cells outside the definition of their column", Columns: Cols("feature", "rule", "n_broken", "broken_share", "first_lines", "note")}
	for _, b := range e.Breaches {
		values := any(nil)
		if !private {
			values = strings.Join(b.Values, ", ")
		}
		t.Rows = append(t.Rows, []any{b.Column, b.Rule, b.Cells, ratio(b.Cells, e.Profile.Rows), lineList(b.Lines), values})
	}
	return t
}

func lineList(lines []int64) any {
	if len(lines) == 0 {
		return nil
	}
	words := make([]string, len(lines))
	for i, l := range lines {
		words[i] = fmt.Sprint(l)
	}
	return strings.Join(words, ", ")
}

func repeatTable(r *eda.Repeats) Table {
	t := Table{Name: "duplicates", Title: "Repeated rows", Columns: Cols("item", "n", "share")}
	t.Rows = append(t.Rows,
		[]any{"rows equal to an earlier one", r.Exact, ratio(r.Exact, r.Rows)},
		[]any{"rows equal to an earlier one in all features", r.Features, ratio(r.Features, r.Rows)})
	if r.HasLabel {
		t.Rows = append(t.Rows,
			[]any{"sets of equal features, both normal and attack", r.BothClasses, nil},
			[]any{"sets of equal features with several labels", r.Contradictory, nil},
			[]any{"rows in such sets", r.ContradictoryRows, ratio(r.ContradictoryRows, r.Rows)})
	}
	return t
}

func contradictionTable(r *eda.Repeats) Table {
	t := Table{Name: "contradictions", Title: "Equal features, different labels", Columns: Cols("first_lines", "note")}
	for _, e := range r.Examples {
		t.Rows = append(t.Rows, []any{lineList(e.Lines), strings.Join(e.Labels, " | ")})
	}
	return t
}

// Extremes lists the outermost values of the numeric columns.
func Extremes(list []eda.Extreme) Section {
	t := Table{Name: "extremes", Title: "Lowest and highest values", Columns: Cols("feature", "value", "n", "first_line")}
	for _, x := range list {
		t.Rows = append(t.Rows, []any{x.Column, x.Value, x.N, known(x.Line)})
	}
	return Section{ID: "extremes", Title: "Extreme values", Lead: "The three highest and the three lowest different values of each numeric column, with the line where each first occurs.", Tables: []Table{t}}
}
