package eda

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// emptyFindings name the columns without a value.
func (e *Exploration) emptyFindings() []Finding {
	var names []string
	for i := range e.Profile.Columns {
		if p := &e.Profile.Columns[i]; p.Missing == p.Rows {
			names = append(names, p.Column.Name)
		}
	}
	switch len(names) {
	case 0:
		return nil
	case 1:
		return []Finding{{Warning, names[0], "Every cell is missing.", "Leave the column out, or find out why it was not recorded."}}
	}
	return []Finding{{Warning, strings.Join(names, ", "),
		fmt.Sprintf("Every cell of these %d columns is missing.", len(names)),
		"Leave them out, or find out why they were not recorded."}}
}

// constantFindings name the columns with one value. That of the label is said
// where the classes are.
func (e *Exploration) constantFindings() []Finding {
	var names, values []string
	for i := range e.Profile.Columns {
		p := &e.Profile.Columns[i]
		if p.Distinct != 1 || p.Rows-p.Missing < 2 || e.Classes.Known() && p.Index == e.Classes.Column {
			continue
		}
		value := p.Column.Name
		if _, top := p.top(); top != "" && !e.private {
			value += " (" + top + ")"
		}
		names, values = append(names, p.Column.Name), append(values, value)
	}
	switch len(names) {
	case 0:
		return nil
	case 1:
		return []Finding{{Notice, names[0],
			"All values are equal" + strings.TrimPrefix(values[0], names[0]) + ".",
			"Leave the column out; it cannot tell rows apart."}}
	}
	return []Finding{{Notice, strings.Join(names, ", "),
		fmt.Sprintf("Each of these %d columns has one value only: %s.", len(names), strings.Join(values, ", ")),
		"Leave them out; they cannot tell rows apart."}}
}

// columnFindings are about one column that has values. known says that the layout
// of the table is, so that nobody need wonder what a column means.
func columnFindings(p *ColumnProfile, known bool) []Finding {
	name := p.Column.Name
	present := p.Rows - p.Missing
	if present == 0 {
		return nil
	}
	var out []Finding
	words := p.Column.Kind == dataset.Text || p.Column.Kind == dataset.Category
	switch {
	case words && p.Distinct == present && p.Exact && present > fewRows:
		out = append(out, Finding{Notice, name, "Every value occurs once: the column names rows.", "Use it to find rows, not as a feature."})
	case !known && p.mayBeCodes():
		out = append(out, Finding{Info, name,
			fmt.Sprintf("The column holds only %d different whole numbers, with gaps; they may be codes rather than quantities.", p.Distinct),
			"If so, read it with " + typeFlag(name, dataset.Category) + "."})
	}
	return out
}

// manyGapFindings name the columns of which many cells are missing, those that are
// missing in the same rows together.
func (e *Exploration) manyGapFindings() []Finding {
	var out []Finding
	place := map[string]int{}
	var sets [][]string
	var shares []float64
	for i := range e.Profile.Columns {
		p := &e.Profile.Columns[i]
		share := share(p.Missing, p.Rows)
		if share <= someMissing || p.Missing == p.Rows {
			continue
		}
		rows := e.Gaps.where(p.Column.Name)
		at, known := place[rows]
		if !known || rows == "" {
			at = len(sets)
			place[rows] = at
			sets, shares = append(sets, nil), append(shares, share)
		}
		sets[at] = append(sets[at], p.Column.Name)
	}
	for k, names := range sets {
		text := fmt.Sprintf("%s of the cells are missing.", percent(shares[k]))
		if len(names) > 1 {
			text = fmt.Sprintf("These %d columns are missing in the same rows, %s of all.", len(names), percent(shares[k]))
		}
		out = append(out, Finding{Notice, strings.Join(names, ", "), text,
			"See with netanom missing where the gaps are and what to do about them."})
	}
	return out
}

// where says in which of the listed patterns a column is missing; "" if not all
// patterns are listed.
func (g *Gaps) where(name string) string {
	if g.Others > 0 {
		return ""
	}
	rows := ""
	for k, p := range g.Patterns {
		if slices.Contains(p.Columns, name) {
			rows += fmt.Sprint(k, " ")
		}
	}
	return rows
}

// mayBeCodes doubts that a few different positive integers, not all consecutive,
// which occur over and over, are quantities.
func (p *ColumnProfile) mayBeCodes() bool {
	values := p.Tally.Values
	if p.Column.Kind != dataset.Number || p.Column.Role != dataset.Feature || len(values) < 3 || len(values) > integerCodesMax {
		return false
	}
	if p.Tally.Total() < int64(integerCodesRepeat*len(values)) {
		return false
	}
	gaps := false
	for i, x := range values {
		if x != math.Trunc(x) || x <= 0 {
			return false
		}
		gaps = gaps || i > 0 && x != values[i-1]+1
	}
	return gaps
}

// top returns how often the most frequent value occurs, and the value; 0 and ""
// for columns whose values are not told apart.
func (p *ColumnProfile) top() (n int64, value string) {
	switch {
	case p.Level != nil:
		return p.Level.TopFreq, p.Level.Top
	case p.Number == nil || p.Number.ModeCount == 0:
		return 0, ""
	case p.Column.Kind == dataset.Time:
		return p.Number.ModeCount, dataset.FormatTime(p.Number.Mode)
	}
	return p.Number.ModeCount, plainNumber(p.Number.Mode)
}

// rareFindings name the columns in which nearly all values are equal.
func (e *Exploration) rareFindings() []Finding {
	var names []string
	for i := range e.Profile.Columns {
		p := &e.Profile.Columns[i]
		present := p.Rows - p.Missing
		if top, _ := p.top(); p.Distinct > 1 && float64(top) >= nearlyConstant*float64(present) {
			names = append(names, fmt.Sprintf("%s (%s)", p.Column.Name, grouped(present-top)))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Finding{{Info, wholeTable,
		fmt.Sprintf("In %s at least %s of the values are equal; in brackets, how many are not: %s.",
			plural(int64(len(names)), "column"), percent(nearlyConstant), strings.Join(names, ", ")),
		"Look at those rows by themselves with --where: rare values are where attacks often are."}}
}

// redundancyFindings name the columns that say nearly the same.
func (e *Exploration) redundancyFindings() []Finding {
	if e.Pearson == nil {
		return nil
	}
	var out []Finding
	for i := range e.Pearson.Redundant {
		r := &e.Pearson.Redundant[i]
		var names []string
		for _, c := range r.Columns {
			names = append(names, c.Name)
		}
		out = append(out, Finding{Notice, strings.Join(names, ", "),
			fmt.Sprintf("These %d columns say nearly the same: absolute Pearson correlations above %g link them.", len(names), e.Pearson.Threshold),
			r.Proposal()})
	}
	return out
}

// timeFindings say that without a time nothing can be said over time.
func timeFindings(s *dataset.Schema) []Finding {
	for i := range s.Columns {
		if c := &s.Columns[i]; c.Kind == dataset.Time || c.Role == dataset.Clock {
			return nil
		}
	}
	return []Finding{{Info, wholeTable,
		"There is no time column, so nothing can be said about traffic over time.",
		"Use logs that keep the time, such as a Zeek conn.log, for that."}}
}
