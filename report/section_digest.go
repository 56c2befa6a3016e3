package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// Digest is what of an exploration fits a terminal: the findings, and the short
// tables behind them. The rest is in the report folder.
func Digest(e *eda.Exploration, private bool) []Section {
	overview := Overview(e, private)
	overview.Title, overview.Tables = "Labels and definitions", nil
	if t := classTable(e); len(t.Rows) > 0 {
		overview.Tables = append(overview.Tables, t)
	}
	if t := breachTable(e, private); len(t.Rows) > 0 {
		overview.Tables = append(overview.Tables, t)
	}
	sections := []Section{overview, {ID: "columns", Title: "Columns", Tables: digestColumns(e, private)}}
	if t := digestRanking(e); len(t.Rows) > 0 {
		sections = append(sections, Section{ID: "best", Title: "What tells normal from attack", Tables: []Table{t}})
	}
	if t := digestPairs(e); len(t.Rows) > 0 {
		sections = append(sections, Section{ID: "pairs", Title: "What goes together", Tables: []Table{t}})
	}
	if e.TimeSeries != nil {
		sections = append(sections, overTime(e.TimeSeries))
	}
	return sections
}

func digestColumns(e *eda.Exploration, private bool) []Table {
	numbers := Table{Name: "numbers", Title: "Numbers", Columns: Cols("feature", "missing", "distinct", "mean", "q50", "q99", "max")}
	words := Table{Name: "levels", Title: "Words, addresses and times", Columns: Cols("feature", "missing", "distinct", "top", "top_share")}
	constant := []string{}
	for i := range e.Profile.Columns {
		p := &e.Profile.Columns[i]
		name := p.Column.Name
		switch {
		case p.Distinct <= 1:
			constant = append(constant, name)
		case p.Number != nil && p.Column.Kind != dataset.Time:
			s := p.Number
			numbers.Rows = append(numbers.Rows, []any{name, p.Missing, p.Distinct, s.Mean, s.Q50, s.Q99, s.Max})
		case p.Level != nil:
			top := any(p.Level.Top)
			if private {
				top = nil
			}
			words.Rows = append(words.Rows, []any{name, p.Missing, p.Distinct, top, ratio(p.Level.TopFreq, p.Level.N)})
		default:
			words.Rows = append(words.Rows, []any{name, p.Missing, p.Distinct, nil, nil})
		}
	}
	var out []Table
	for _, t := range []Table{numbers, words} {
		if len(t.Rows) > 0 {
			t.hideZeros("missing")
			out = append(out, t)
		}
	}
	if len(constant) > 0 && len(out) > 0 {
		out[len(out)-1].Footnotes = []string{fmt.Sprintf("Not shown because they do not vary: %s.", joined(constant, 10))}
	}
	return out
}

// joined lists words, cut after most of them.
func joined(words []string, most int) string {
	out := ""
	for i, w := range words {
		if i == most {
			return fmt.Sprintf("%s and %d more", out, len(words)-most)
		}
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}

// digestRanking lists the features with the largest effects.
func digestRanking(e *eda.Exploration) Table {
	const most = 8
	if e.Ranking == nil {
		return Table{}
	}
	t := rankingTable(e.Ranking)
	if rows := len(t.Rows); rows > most {
		t.Rows = t.Rows[:most]
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("%d features of %d; the report folder has all.", most, rows))
	}
	return t
}

// digestPairs lists the strongest pairs of every measure.
func digestPairs(e *eda.Exploration) Table {
	const most = 5
	t := Table{Name: "pairs", Title: "The strongest pairs of each measure", Columns: Cols("feature", "feature2", "method", "estimate", "conf_low", "conf_high")}
	for _, c := range []*eda.Correlations{e.Pearson, e.Spearman} {
		if c == nil {
			continue
		}
		for _, p := range c.Pairs[:min(most, len(c.Pairs))] {
			t.Rows = append(t.Rows, []any{p.A, p.B, c.Matrix.Method.String(), p.Estimate.Value, p.CI.Low, p.CI.High})
		}
	}
	if e.Associations != nil {
		pairs := e.Associations.Pairs
		for _, p := range pairs[:min(most, len(pairs))] {
			if math.IsNaN(p.Corrected.Value) {
				break
			}
			t.Rows = append(t.Rows, []any{p.A, p.B, "cramers", p.Corrected.Value, p.Corrected.CI.Low, p.Corrected.CI.High})
		}
	}
	return t
}
