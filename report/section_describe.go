package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// Description shows a profile: location, spread and shape of numbers, levels of
// categories, and what could not be read. private leaves out single cells.
func Description(p *eda.Profile, problems *dataset.Problems, private bool) []Section {
	numbers := Section{ID: "numbers", Title: "Numeric columns",
		Lead: "Quantiles are exact, of type 7; SD and variance divide by n−1."}
	numbers.Warnings = p.Warnings
	if t := numberTable(p); len(t.Rows) > 0 {
		numbers.Tables = append(numbers.Tables, t, shapeTable(p))
		if t := normalityTable(p); len(t.Rows) > 0 {
			numbers.Tables = append(numbers.Tables, t)
		}
	}
	levels := Section{ID: "levels", Title: "Columns of words"}
	if t := levelTable(p, private); len(t.Rows) > 0 {
		levels.Tables = append(levels.Tables, t)
		if t := topTable(p, 10); len(t.Rows) > 0 && !private {
			levels.Tables = append(levels.Tables, t)
		}
	}
	var out []Section
	for _, s := range []Section{numbers, levels, ReadingProblems(problems, private)} {
		if len(s.Tables) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// keyed puts the group behind the feature if the profile has groups.
func keyed(p *eda.Profile, keys ...string) []Column {
	if p.By != "" {
		keys = append([]string{"feature", "group"}, keys...)
	} else {
		keys = append([]string{"feature"}, keys...)
	}
	return Cols(keys...)
}

func keyedRow(p *eda.Profile, c *eda.ColumnProfile, cells ...any) []any {
	if p.By != "" {
		return append([]any{c.Column.Name, c.Group}, cells...)
	}
	return append([]any{c.Column.Name}, cells...)
}

// isTime reports whether the column's numbers are instants, whose mean is one
// too but whose moments say nothing.
func isTime(c *eda.ColumnProfile) bool { return c.Column.Kind == dataset.Time }

func numberTable(p *eda.Profile) Table {
	t := Table{Name: "numbers", Title: "Location", Columns: keyed(p, "n", "missing", "mean", "sd", "min", "q25", "q50", "q75", "max", "distinct", "zeros", "negatives", "infinite", "kind", "sum", "var")}
	for i := range p.Columns {
		c := &p.Columns[i]
		s := c.Number
		switch {
		case s == nil && (c.Column.Kind.Numeric() || c.Column.Kind == dataset.Unknown):
			t.Rows = append(t.Rows, keyedRow(p, c, int64(0), c.Missing, nil, nil, nil, nil, nil, nil, nil, int64(0), nil, nil, c.Infinite, c.Column.Kind.String(), nil, nil))
		case s != nil && !isTime(c):
			t.Rows = append(t.Rows, keyedRow(p, c, s.N, s.Missing, s.Mean, s.SD, s.Min, s.Q25, s.Q50, s.Q75, s.Max, s.Distinct, s.Zeros, s.Negatives, c.Infinite, c.Column.Kind.String(), s.Sum, s.Var))
		}
	}
	t.Columns = detail(t.Columns, "sum", "var", "kind")
	t.hideZeros("missing", "negatives", "infinite")
	return t
}

// hideZeros makes details of the counts that are 0 in every row, and says so.
// Without missing cells n says nothing either.
func (t *Table) hideZeros(keys ...string) {
	var none []string
	for _, key := range keys {
		j := t.column(key)
		zero := len(t.Rows) > 0
		for _, row := range t.Rows {
			zero = zero && row[j] == int64(0)
		}
		if !zero {
			continue
		}
		t.Columns[j].Detail = true
		none = append(none, key)
		if n := t.column("n"); key == "missing" && n >= 0 && t.column("group") < 0 {
			t.Columns[n].Detail = true
			t.Note = fmt.Sprintf("n = %s in every row.", Format(Count, t.Rows[0][n]))
		}
	}
	if len(none) > 0 {
		t.Note = strings.TrimSpace(t.Note + " No value is " + strings.Join(none, " or ") + ".")
		t.Note = strings.Replace(t.Note, "negatives", "negative", 1)
	}
}

// detail marks columns that only machines get.
func detail(columns []Column, keys ...string) []Column {
	for i := range columns {
		for _, k := range keys {
			if columns[i].Key == k {
				columns[i].Detail = true
			}
		}
	}
	return columns
}

func shapeTable(p *eda.Profile) Table {
	t := Table{Name: "shape", Title: "Tails and shape", Columns: keyed(p, "q01", "q05", "q95", "q99", "q999", "iqr", "mad", "trimmed_mean", "skewness", "kurtosis", "entropy")}
	for i := range p.Columns {
		c := &p.Columns[i]
		if s := c.Number; s != nil && !isTime(c) {
			const bits = 1.4426950408889634 // 1/ln 2
			t.Rows = append(t.Rows, keyedRow(p, c, s.Q01, s.Q05, s.Q95, s.Q99, s.Q999, s.IQR, s.MAD, s.TrimmedMean, s.Skewness, s.Kurtosis, s.Entropy*bits))
		}
	}
	t.Note = "The trimmed mean leaves out the lowest and the highest tenth."
	return t
}

func normalityTable(p *eda.Profile) Table {
	t := Table{Name: "normality", Title: "Normality (D'Agostino's K²)", Columns: detail(keyed(p, "normal_distance", "statistic", "p", "log10_p"), "log10_p")}
	for i := range p.Columns {
		c := &p.Columns[i]
		if r := c.Normal; r != nil && !isTime(c) {
			t.Rows = append(t.Rows, keyedRow(p, c, c.Distance, r.Statistic.Value, P{r.P, r.Log10P}, r.Log10P))
		}
	}
	t.Note = "With many rows any departure from normality has a tiny p; the distance D and the skewness say how far it goes, whatever the number of rows."
	return t
}

func levelTable(p *eda.Profile, private bool) Table {
	t := Table{Name: "levels", Title: "Categories, addresses, times and text", Columns: keyed(p, "kind", "n", "missing", "distinct", "top", "top_n", "top_share", "entropy")}
	for i := range p.Columns {
		c := &p.Columns[i]
		n := c.Rows - c.Missing
		switch s := c.Level; {
		case s != nil:
			top := any(s.Top)
			if private {
				top = nil
			}
			t.Rows = append(t.Rows, keyedRow(p, c, c.Column.Kind.String(), n, c.Missing, c.Distinct, top, s.TopFreq, float64(s.TopFreq)/float64(s.N), s.EntropyBits))
		case isTime(c) && c.Number != nil:
			t.Rows = append(t.Rows, keyedRow(p, c, c.Column.Kind.String(), n, c.Missing, c.Distinct, nil, nil, nil, nil))
			t.Footnotes = append(t.Footnotes, fmt.Sprintf("%s runs from %s to %s.", c.Column.Name, dataset.FormatTime(c.Number.Min), dataset.FormatTime(c.Number.Max)))
		case !c.Column.Kind.Numeric() && c.Column.Kind != dataset.Unknown:
			t.Rows = append(t.Rows, keyedRow(p, c, c.Column.Kind.String(), n, c.Missing, c.Distinct, nil, nil, nil, nil))
			if !c.Exact {
				t.Footnotes = append(t.Footnotes, fmt.Sprintf("The distinct values of %s are estimated, to within about 0.2 %%.", c.Column.Name))
			}
		}
	}
	return t
}

// topTable lists the most frequent levels of each category.
func topTable(p *eda.Profile, most int) Table {
	t := Table{Name: "top_levels", Title: "Most frequent levels", Columns: keyed(p, "level", "n", "share", "cum_share")}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Level == nil || c.Column.Kind != dataset.Category {
			continue
		}
		var sum int64
		for k, l := range c.Levels {
			if k == most {
				break
			}
			sum += l.N
			t.Rows = append(t.Rows, keyedRow(p, c, l.Level, l.N, float64(l.N)/float64(c.Level.N), float64(sum)/float64(c.Level.N)))
		}
	}
	return t
}

// ReadingProblems lists what could not be read. private leaves out the cells.
func ReadingProblems(p *dataset.Problems, private bool) Section {
	s := Section{ID: "reading", Title: "What could not be read"}
	if p == nil || p.None() {
		return s
	}
	if p.BadRows+p.Recoded+p.BadCells+p.Infinite > 0 {
		s.Tables = append(s.Tables, Table{Name: "reading", Title: "Problems by kind", Columns: Cols("item", "n"), Rows: [][]any{
			{"rows left out", p.BadRows}, {"rows that are not UTF-8, read as Windows-1252", p.Recoded},
			{"cells that cannot be read", p.BadCells}, {"infinite cells", p.Infinite}}})
	}
	first := Table{Name: "reading_first", Title: "The first problems", Columns: Cols("first_line", "feature", "note")}
	for _, e := range p.Listed {
		note := e.Err.Error()
		if e.Text != "" && !private {
			note = strconv.Quote(e.Text) + " " + note
		}
		feature := any(nil)
		if e.Column != "" {
			feature = e.Column
		}
		first.Rows = append(first.Rows, []any{e.Line, feature, note})
	}
	if len(first.Rows) > 0 {
		s.Tables = append(s.Tables, first)
	}
	if len(p.Renamed) > 0 {
		s.Warnings = append(s.Warnings, "Column names that were empty or taken were changed: "+strings.Join(p.Renamed, ", ")+".")
	}
	return s
}
