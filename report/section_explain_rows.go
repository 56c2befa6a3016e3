package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model"
)

// Reasons shows what made the scores of rows, the columns with the largest part first, at
// most so many of each row; the others are together in a line, so that the parts and
// the base add up to the total.
func Reasons(r *model.Reasons, rows []model.ExplainedRow, most int) Section {
	s := Section{ID: "explain_rows", Title: "Why rows have their scores", Lead: reasonsLead(r)}
	list := Table{Name: "explained", Title: "Rows", Columns: detail(Cols("row", "line", "score", "says", "label", "part_of_score", "threshold"), "threshold"),
		Note: fmt.Sprintf("Part: that of all columns and the base together (%s).", r.Scale)}
	t := Table{Name: "reasons", Title: fmt.Sprintf("Parts of the score (%s)", r.Scale), Columns: Cols("row", "feature", "cell", "part_of_score")}
	off := 0.0
	for i, row := range rows {
		list.Rows = append(list.Rows, []any{int64(row.Row) + 1, known(row.Line), row.Score, words(row.Verdict), words(bareLabel(row.Label)), r.Total[i], row.Threshold})
		parts, rest, others := topParts(r, i, most)
		t.Rows = append(t.Rows, []any{int64(row.Row) + 1, "(base)", nil, r.Base})
		sum := r.Base + rest
		for _, c := range parts {
			sum += r.Parts[c][i]
			t.Rows = append(t.Rows, []any{int64(row.Row) + 1, r.Columns[c], words(row.Cells[c]), r.Parts[c][i]})
		}
		if others > 0 {
			t.Rows = append(t.Rows, []any{int64(row.Row) + 1, fmt.Sprintf("(%d others)", others), nil, rest})
		}
		off = max(off, math.Abs(sum-r.Total[i]))
	}
	if off > 1e-6 {
		t.Footnotes = []string{fmt.Sprintf("The parts miss the total by up to %s.", Format(Real, off))}
	}
	s.Tables = []Table{list, t}
	return s
}

// reasonsLead says what the parts are.
func reasonsLead(r *model.Reasons) string {
	how := "They are sampled Shapley values against a row of medians and commonest levels."
	if r.Exact {
		how = "They are exact."
	}
	return fmt.Sprintf("The parts of the columns and the base of %s add up to the score of the row (%s). %s A part above 0 speaks for an attack.", Format(Real, r.Base), r.Scale, how)
}

// topParts returns the columns with the largest parts of a row in size, the sum of all
// others, and how many of those have a part.
func topParts(r *model.Reasons, row, most int) (top []int, rest float64, others int) {
	for c := range r.Columns {
		if r.Parts[c][row] != 0 {
			top = append(top, c)
		}
	}
	slices.SortStableFunc(top, func(a, b int) int { return cmp.Compare(math.Abs(r.Parts[b][row]), math.Abs(r.Parts[a][row])) })
	if most > 0 && len(top) > most {
		for _, c := range top[most:] {
			rest += r.Parts[c][row]
		}
		others = len(top) - most
		top = top[:most]
	}
	return top, rest, others
}

// Rules shows the rules of a decision tree, the one most training rows came to first.
func Rules(p *model.Pipeline, rules []model.LeafRule) Section {
	s := Section{ID: "explain_rules", Title: "Rules of the tree"}
	t := Table{Name: "rules", Title: "Rules, that of most training rows first", Columns: Cols("class", "class_share", "cover", "conditions")}
	attacks := 0
	for _, r := range rules {
		t.Rows = append(t.Rows, []any{r.Class, r.Share, r.Weight, r.When})
		if r.Class != p.Classes[0] {
			attacks++
		}
	}
	s.Lead = fmt.Sprintf("The tree has %s, and %d of them say attack. Exactly one applies to each row.", things(int64(len(rules)), "rule"), attacks)
	s.Tables = []Table{t}
	return s
}

// ExplainDigest is what of these sections fits a terminal.
func ExplainDigest(sections []Section) []Section {
	out := make([]Section, 0, len(sections))
	for _, s := range sections {
		s.Figures = nil
		if s.ID != "explain_rows" {
			s = shortened(s, 20)
		}
		out = append(out, s)
	}
	return out
}
