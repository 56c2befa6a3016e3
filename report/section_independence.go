package report

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// Independence shows how columns of levels go with groups: a ranking if there are
// several, and a section for each, of the first maxTested of them.
func Independence(d *eda.Independence) ([]Section, error) {
	var out []Section
	if len(d.Tests) > 1 {
		s, err := independenceRanking(d)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	for i, t := range d.Tests {
		if i == maxTested {
			out[0].Warnings = append(out[0].Warnings, fmt.Sprintf("Only the first %d columns are shown one by one; choose others with --feature.", maxTested))
			break
		}
		s, err := CountTest(t)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if len(d.Tests) == 1 { // the row that a gate looks at
		s, err := independenceRanking(d)
		if err != nil {
			return nil, err
		}
		for _, row := range s.Tables {
			row.Title, row.Note = "In one row", ""
			out[0].Tables = append(out[0].Tables, row)
		}
		out[0].Warnings = append(out[0].Warnings, d.LeftOut...)
	}
	return out, nil
}

// maxTested is how many columns have a section of their own.
const maxTested = 20

// IndependenceDigest is what of the sections fits a terminal: the ranking alone if
// every column was looked at, else all with their long tables cut.
func IndependenceDigest(d *eda.Independence, sections []Section) []Section {
	if d.All && len(d.Tests) > 1 {
		return sections[:1]
	}
	return Shortened(sections)
}

// Shortened returns sections whose long tables are cut, and say so, for a terminal.
func Shortened(sections []Section) []Section {
	const most = 12
	out := make([]Section, len(sections))
	for i, s := range sections {
		s.Tables = append([]Table(nil), s.Tables...)
		for j := range s.Tables {
			t := &s.Tables[j]
			if n := len(t.Rows); n > most+2 {
				t.Rows = t.Rows[:most]
				t.Footnotes = append([]string{fmt.Sprintf("The first %d of %d rows; the report and other formats have all.", most, n)}, t.Footnotes...)
			}
		}
		out[i] = s
	}
	return out
}

// independenceRanking lists all columns by their effect.
func independenceRanking(d *eda.Independence) (Section, error) {
	s := Section{ID: "chisq", Title: "Columns of levels against " + d.By, Warnings: append(append([]string(nil), d.Warnings...), d.LeftOut...)}
	hidden := []string{"n_levels", "min_expected", "cramers_v", "n", "missing", "statistic", "df", "p", "log10_p", "log10_p_adj", "adjust", "one_group", "n_cells", "p_simulated"}
	t := Table{Name: "chisq", Title: "Columns by effect",
		Columns: detail(Cols("feature", "effect", "effect_low", "effect_high", "magnitude", "p_adj", "n_levels", "min_expected", "below_5",
			"cramers_v", "n", "missing", "statistic", "df", "p", "log10_p", "log10_p_adj", "adjust", "one_group", "n_cells", "p_simulated"), hidden...),
		Note: "Effect: Cramér's V, corrected for its bias (Bergsma 2013). Pearson's p, adjusted over the columns (" + d.Adjust.String() + ")."}
	var sparse []string
	for _, x := range d.Tests {
		e := x.Pearson.Effect
		var simulated any
		if x.Simulated != nil {
			simulated = P{x.Simulated.P, x.Simulated.Log10P}
		}
		if x.Sparse() {
			sparse = append(sparse, x.Name)
		}
		t.Rows = append(t.Rows, []any{x.Name, e.Value, e.CI.Low, e.CI.High, words(e.Magnitude), P{x.PAdjusted, x.Log10PAdjusted},
			len(x.Table.Rows), x.Expected.Min, x.Expected.Below5, x.V.Value, x.Table.N, x.Pearson.Missing, x.Pearson.Statistic.Value, first(x.Pearson.DF),
			P{x.Pearson.P, x.Pearson.Log10P}, x.Pearson.Log10P, x.Log10PAdjusted, d.Adjust.String(), len(x.OneGroup), x.Expected.Cells, simulated})
	}
	top := d.Tests[0]
	s.Lead = fmt.Sprintf("Of %d columns %s goes with %s most: V = %s (%s; %s).", len(d.Tests), top.Name, d.By,
		Format(Real, top.Pearson.Effect.Value), top.Pearson.Effect.Magnitude, top.Pearson.Effect.Rule)
	if n := len(sparse); n > 0 {
		const named = 3
		names := strings.Join(sparse[:min(n, named)], ", ")
		if n > named {
			names += fmt.Sprintf(" and %d more", n-named)
		}
		s.Lead += fmt.Sprintf(" Some counts are too small for chi-square: %s; test these one by one.", names)
	}
	s.Tables = []Table{t}
	return s, independenceRankingFigure(&s, d)
}

// CountTest shows all that a table of counts says of independence.
func CountTest(t *eda.TableTest) (Section, error) {
	s := Section{ID: "chisq_" + t.Name, Title: fmt.Sprintf("%s against %s", t.Name, t.By), Lead: independenceLead(t), Warnings: independenceWarnings(t)}
	s.Tables = []Table{effectsOf(t), testsOf(t), cellsOf(t)}
	if len(t.Table.Rows) > 2 {
		s.Tables = append(s.Tables, levelsOf(t))
	}
	if t.Pooled != nil {
		s.Tables = append(s.Tables, pooledOf(t), pooledCells(t))
	}
	if len(t.OneGroup) > 0 {
		s.Tables = append(s.Tables, oneGroupOf(t))
	}
	s.about(t.Name)
	if err := residualMap(&s, t); err != nil {
		return s, err
	}
	return s, levelShares(&s, t)
}

// about begins every table with the column that it is about, for programs, which see
// the tables of several columns together.
func (s *Section) about(name string) {
	column := Col("feature")
	column.Detail = true
	for i := range s.Tables {
		t := &s.Tables[i]
		t.Columns = append([]Column{column}, t.Columns...)
		for j, row := range t.Rows {
			t.Rows[j] = append([]any{name}, row...)
		}
	}
}

// independenceLead says by the effect whether levels and groups go together, with
// p beside it.
func independenceLead(t *eda.TableTest) string {
	e, alpha := t.Pearson.Effect, t.Alpha
	size := fmt.Sprintf("V = %s (%s to %s", Format(Real, e.Value), Format(Real, e.CI.Low), Format(Real, e.CI.High))
	best := t.Soundest()
	var b strings.Builder
	switch {
	case math.IsNaN(e.Value):
		fmt.Fprintf(&b, "There are as many levels as rows: how strongly %s goes with %s cannot be told.", t.Name, t.By)
	case best.P >= alpha:
		fmt.Fprintf(&b, "That %s goes with %s is not shown: %s), %s.", t.Name, t.By, size, pOf(best))
	case e.Magnitude == "negligible":
		fmt.Fprintf(&b, "%s goes with %s, but negligibly: %s; %s), %s.", t.Name, t.By, size, e.Rule, pOf(best))
	default:
		fmt.Fprintf(&b, "%s goes with %s: the effect is %s, %s; %s), %s.", t.Name, t.By, e.Magnitude, size, e.Rule, pOf(best))
	}
	if c := t.Cells[0]; best.P < alpha {
		fmt.Fprintf(&b, " Most of it: %s in %s, %s rows where independence would have %s.", c.Row, c.Col, Format(Count, c.Observed), Format(Count, math.Round(c.Expected)))
	}
	switch word, _ := stats.CramersVMagnitude(t.Sufficient, min(len(t.Table.Rows), len(t.Table.Cols))-1); {
	case math.IsNaN(e.Value):
	case best.P >= alpha && t.Sufficient > 1:
		fmt.Fprintf(&b, " With %s no V has p = %s: there are too few to show anything.", things(t.Table.N, "row"), Format(Real, alpha))
	case best.P >= alpha:
		fmt.Fprintf(&b, " With %s rows V would have to be %s to have p = %s.", Format(Count, t.Table.N), Format(Real, t.Sufficient), Format(Real, alpha))
	case word == "negligible":
		fmt.Fprintf(&b, " With so many rows V = %s has p = %s already: read the size, not p.", Format(Real, t.Sufficient), Format(Real, alpha))
	}
	return b.String()
}

// pOf writes the p-value of a result for a sentence.
func pOf(r stats.Result) string {
	text := Format(PValue, P{r.P, r.Log10P})
	for _, w := range r.Warnings {
		if errors.Is(w, stats.ErrUnreached) {
			return "p at most " + text + " (" + r.Method + ")"
		}
	}
	return "p = " + text + " (" + r.Method + ")"
}

// independenceWarnings says what a literal reading would get wrong.
func independenceWarnings(t *eda.TableTest) []string {
	var out []string
	if t.Sparse() {
		text := fmt.Sprintf("Of %d cells %d have an expected count below 5, the smallest %s: Pearson's p is not to be relied on.", t.Expected.Cells, t.Expected.Below5, Format(Real, t.Expected.Min))
		switch {
		case t.Exact != nil:
			text += " Fisher's is exact."
		case t.Simulated != nil:
			text += " The p of simulated tables holds"
			if t.Pooled != nil && t.Pooled.Expected.Warning() == nil {
				text += ", and so does the test with rare levels put together"
			}
			text += "."
		case t.TooLarge:
			text += " There are too many cells to simulate unasked; --simulate 1000 does."
		}
		out = append(out, text)
	}
	if t.Pooled != nil {
		out = append(out, disagreement(t)...)
	}
	out = append(out, rareButStrong(t)...)
	if n := len(t.OneGroup); n > 0 {
		out = append(out, fmt.Sprintf("%s of %s %s in one group only: a new file need not keep to that.", things(int64(n), "level"), t.Name, occur(n)))
	}
	if t.Other > 0 {
		out = append(out, fmt.Sprintf("Left out: %s of groups that were not chosen.", things(t.Other, "row")))
	}
	if m := t.Pearson.Missing; m > 0 {
		out = append(out, fmt.Sprintf("Left out: %s without a value of %s or %s.", things(m, "row"), t.Name, t.By))
	}
	return out
}

// rareButStrong says where V is negligible because a level or a group is rare, and
// the odds ratio is not.
func rareButStrong(t *eda.TableTest) []string {
	if t.Shares == nil || t.V.Magnitude != "negligible" || t.Exact.P >= t.Alpha {
		return nil
	}
	odds := t.Shares.OddsRatio.Value
	word, _ := stats.CohensDMagnitude(math.Log(odds) * math.Sqrt(3) / math.Pi) // Chinn 2000
	if word != "medium" && word != "large" {
		return nil
	}
	return []string{fmt.Sprintf("V looks at all rows and is small where a level or a group is rare; by the odds ratio, %s, the effect is %s.", Format(Real, odds), word)}
}

// disagreement says where tests of the same counts differ.
func disagreement(t *eda.TableTest) []string {
	alpha := t.Alpha
	if (t.Pearson.P < alpha) == (t.Pooled.Pearson.P < alpha) {
		return nil
	}
	return []string{fmt.Sprintf("p is %s as it is and %s with rare levels put together: they disagree, so nothing is settled.",
		Format(PValue, P{t.Pearson.P, t.Pearson.Log10P}), Format(PValue, P{t.Pooled.Pearson.P, t.Pooled.Pearson.Log10P}))}
}

// things writes a number of things.
func things(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Format(Count, n) + " " + noun
}

func occur(n int) string {
	if n == 1 {
		return "occurs"
	}
	return "occur"
}
