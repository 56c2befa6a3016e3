package report

import (
	"fmt"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// Gaps shows which cells are missing, with a picture of where in the file.
func Gaps(g *eda.Gaps) Section {
	s := Section{ID: "missing", Title: "Missing values", Commands: []string{"netanom missing"}}
	columns := Table{Name: "missing", Title: "By column", Columns: Cols("feature", "missing", "missing_share", "infinite", "first_line")}
	gaps := 0
	for _, c := range g.Columns {
		if c.Missing > 0 {
			gaps++
		}
		columns.Rows = append(columns.Rows, []any{c.Column.Name, c.Missing, ratio(c.Missing, g.Rows), c.Infinite, known(c.FirstLine)})
	}
	s.Tables = append(s.Tables, columns)
	if gaps == 0 {
		s.Lead = fmt.Sprintf("No cell is missing in %s rows.", Format(Count, g.Rows))
		return s
	}
	s.Lead = fmt.Sprintf("%d of %d columns have gaps, in more patterns than a database is asked for.", gaps, len(g.Columns))
	if g.Complete >= 0 {
		s.Lead = fmt.Sprintf("%s of %s rows are complete; %d of %d columns have gaps.", Format(Count, g.Complete), Format(Count, g.Rows), gaps, len(g.Columns))
		s.Tables = append(s.Tables, patternTable(g))
	}
	if t := classGapsTable(g); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	s.Tables = append(s.Tables, adviceTable(g))
	if g.Blocks != nil { // the rows of a database have no order
		gapsFigure(&s, g)
	}
	return s
}

// patternTable lists the sets of columns that are missing together.
func patternTable(g *eda.Gaps) Table {
	t := Table{Name: "missing_patterns", Title: "Columns missing together", Columns: Cols("pattern", "rows", "share")}
	t.Rows = append(t.Rows, []any{"(none)", g.Complete, ratio(g.Complete, g.Rows)})
	for _, p := range g.Patterns {
		t.Rows = append(t.Rows, []any{strings.Join(p.Columns, ", "), p.Rows, ratio(p.Rows, g.Rows)})
	}
	if g.Others > 0 {
		t.Rows = append(t.Rows, []any{"(other patterns)", g.Others, ratio(g.Others, g.Rows)})
	}
	return t
}

// classGapsTable says whether gaps go with the class.
func classGapsTable(g *eda.Gaps) Table {
	t := Table{Name: "missing_by_class", Title: "Gaps and the class",
		Columns: detail(Cols("feature", "normal_missing", "attack_missing", "effect", "effect_low", "effect_high", "magnitude", "p_adj", "statistic", "p", "log10_p", "log10_p_adj"),
			"statistic", "p", "log10_p", "log10_p_adj"),
		Note: "Effect: Cramér's V of missing against normal and attack, corrected for its bias."}
	for _, c := range g.ByClass {
		t.Rows = append(t.Rows, []any{c.Column, ratio(c.Normal, c.NormalRows), ratio(c.Attack, c.AttackRows), c.Effect.Value, c.Effect.CI.Low, c.Effect.CI.High,
			c.Effect.Magnitude, P{c.PAdjusted, c.Log10PAdjusted}, c.Statistic.Value, P{c.P, c.Log10P}, c.Log10P, c.Log10PAdjusted})
	}
	return t
}

// adviceTable says for each column with gaps what to do.
func adviceTable(g *eda.Gaps) Table {
	t := Table{Name: "missing_advice", Title: "What to do", Columns: Cols("feature", "next")}
	for _, c := range g.Columns {
		if c.Missing > 0 {
			t.Rows = append(t.Rows, []any{c.Column.Name, g.Advice(c)})
		}
	}
	return t
}

func ratio(part, whole int64) float64 { return float64(part) / float64(whole) } // 0/0 is missing

// gapsFigure draws the columns that have gaps.
func gapsFigure(s *Section, g *eda.Gaps) {
	const most = 60
	d := plots.MissingData{Rows: g.Rows}
	worst := ""
	var worstMissing int64
	for i, c := range g.Columns {
		if c.Missing == 0 || len(d.Columns) == most {
			continue
		}
		if c.Missing > worstMissing {
			worst, worstMissing = c.Column.Name, c.Missing
		}
		d.Columns = append(d.Columns, c.Column.Name)
		d.Shares = append(d.Shares, ratio(c.Missing, g.Rows))
		blocks := make([]float64, len(g.Blocks))
		for b := range g.Blocks {
			blocks[b] = g.Blocks[b][i]
		}
		d.Blocks = append(d.Blocks, blocks)
	}
	d.Title = fmt.Sprintf("%s has the most gaps: %s of its cells are missing", worst, Format(Share, ratio(worstMissing, g.Rows)))
	fig, err := plots.MissingMatrix(d)
	s.draw("matrix", fig, err)
}
