package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/eda"
)

// Compare shows how the second of two tables differs from the first: the columns by
// their drift, numbers side by side, what moved within columns, levels of one table
// only, the labels, and the rows that both have. reference is the name of the first;
// private leaves out levels.
func Compare(c *eda.Comparison, reference string, private bool) []Section {
	out := []Section{compareOverview(c, reference)}
	for _, s := range []Section{compareNumbers(c), compareParts(c, private), compareLevels(c, private), compareLabels(c), compareRows(c)} {
		if len(s.Tables) > 0 {
			out = append(out, s)
		}
	}
	for i := range out {
		out[i].Commands = []string{"netanom compare"}
	}
	comparePictures(out, c, private)
	return out
}

// compareOverview lists the columns by their drift.
func compareOverview(c *eda.Comparison, reference string) Section {
	s := Section{ID: "compare", Title: "The second table against the first", Lead: compareLead(c, reference), Findings: findingsOf(c.Findings), Warnings: c.LeftOut}
	t := Table{Name: "compare", Title: "Columns by drift",
		Columns: detail(Cols("feature", "stability", "psi", "psi_low", "psi_high", "psi_normal", "effect", "p_adj", "js_distance", "psi_chance", "n1", "n2", "missing1", "missing2", "method", "effect_name", "statistic", "p", "log10_p", "log10_p_adj", "new_levels", "vanished_levels"),
			"psi_chance", "n1", "n2", "missing1", "missing2", "method", "effect_name", "statistic", "p", "log10_p", "log10_p_adj", "new_levels", "vanished_levels"),
		Note: "PSI: population stability index over the deciles of the first table, or the levels; missing cells make a bin. Effect: D of Kolmogorov and Smirnov for numbers, Cramér's V for levels. p: of one distribution in both tables."}
	for i := range c.Columns {
		d := &c.Columns[i]
		t.Rows = append(t.Rows, []any{d.First.Name, d.Verdict, d.PSI, d.Stability.CI.Low, d.Stability.CI.High, d.Normal.PSI, d.Effect.Value, P{d.PAdjusted, d.Log10PAdjusted}, d.JS, d.Chance,
			d.N1, d.N2, d.Missing1, d.Missing2, d.Method, d.Effect.Name, d.Statistic.Value, P{d.P, d.Log10P}, d.Log10P, d.Log10PAdjusted, driftLevels(d, len(d.New)), driftLevels(d, len(d.Vanished))})
	}
	s.Tables = []Table{t}
	return s
}

// driftLevels is a count of levels, missing for numbers.
func driftLevels(d *eda.ColumnDrift, n int) any {
	if d.First.Dict == nil && d.Second.Dict == nil {
		return nil
	}
	return int64(n)
}

// compareLead says how many columns drift.
func compareLead(c *eda.Comparison, reference string) string {
	n := len(c.Columns)
	sizes := fmt.Sprintf("%s rows against %s of %s, the first table. ", Format(Count, c.Rows2), Format(Count, c.Rows1), printable(reference))
	if n == 0 {
		return sizes + "No column can be compared."
	}
	drifting, shifting := c.Of(eda.Drifts), c.Of(eda.Shifts)
	limit := Format(Real, c.PSI)
	lead := sizes + fmt.Sprintf("%d of %d columns drift (PSI > %s)", drifting, n, limit)
	if shifting > 0 {
		lead += fmt.Sprintf(", %d shift (PSI > 0.1)", shifting)
	}
	if top := &c.Columns[0]; top.PSI > 0 {
		lead += fmt.Sprintf("; %s most, with %s", top.First.Name, Format(Real, top.PSI))
	}
	return lead + "."
}

// compareNumbers sets the numbers of both tables side by side.
func compareNumbers(c *eda.Comparison) Section {
	s := Section{ID: "compare_numbers", Title: "Numbers side by side"}
	t := Table{Name: "compare_numbers", Title: "Location and spread",
		Columns: detail(Cols("feature", "median1", "median2", "mean1", "mean2", "wasserstein_sd", "wasserstein", "sd1", "sd2", "min1", "min2", "q25_1", "q25_2", "q75_1", "q75_2", "q95_1", "q95_2", "max1", "max2"),
			"wasserstein", "sd1", "sd2", "min1", "min2", "q25_1", "q25_2", "q75_1", "q75_2", "max1", "max2"),
		Note: "Wasserstein: mean distance by which values must move to make one distribution the other, in standard deviations of the first table."}
	for i := range c.Columns {
		d := &c.Columns[i]
		if d.Summary1 == nil || d.Summary2 == nil {
			continue
		}
		a, b := d.Summary1, d.Summary2
		t.Rows = append(t.Rows, []any{d.First.Name, a.Q50, b.Q50, a.Mean, b.Mean, d.Scaled, d.Wasserstein, a.SD, b.SD, a.Min, b.Min, a.Q25, b.Q25, a.Q75, b.Q75, a.Q95, b.Q95, a.Max, b.Max})
	}
	if len(t.Rows) > 0 {
		s.Tables = []Table{t}
	}
	return s
}

// The parts listed: of so many columns, so many each.
const (
	movedColumns = 8
	movedParts   = 3
)

// compareParts says what moved within the columns that drift most.
func compareParts(c *eda.Comparison, private bool) Section {
	s := Section{ID: "compare_parts", Title: "What moved"}
	t := Table{Name: "compare_parts", Title: "Bins and levels that add most to PSI", Columns: Cols("feature", "part", "share1", "share2", "psi_part")}
	for i := range c.Columns[:min(len(c.Columns), movedColumns)] {
		d := &c.Columns[i]
		if d.Verdict == eda.Stable {
			break
		}
		for _, p := range d.Moved(movedParts) {
			t.Rows = append(t.Rows, []any{d.First.Name, partName(&p.DriftPart, private), p.Share1, p.Share2, p.PSI})
		}
	}
	if len(t.Rows) > 0 {
		s.Tables = []Table{t}
	}
	return s
}

// partName writes a bin, a level or the missing cells.
func partName(p *eda.DriftPart, private bool) any {
	switch {
	case p.Missing:
		return "(missing)"
	case math.IsNaN(p.Low) && private:
		return nil
	case math.IsNaN(p.Low):
		return p.Level
	case p.Low == p.High:
		return Format(Real, p.Low)
	}
	return Format(Real, p.Low) + " to " + Format(Real, p.High)
}

// maxOneSided is how many levels of one table only are listed for each column.
const maxOneSided = 10

// compareLevels lists the levels that only one of the tables has.
func compareLevels(c *eda.Comparison, private bool) Section {
	s := Section{ID: "compare_levels", Title: "Levels of one table only"}
	t := Table{Name: "compare_levels", Title: "New and vanished levels", Columns: Cols("feature", "level", "n1", "n2")}
	hidden := 0
	for i := range c.Columns {
		d := &c.Columns[i]
		for k, l := range d.New {
			if k < maxOneSided {
				t.Rows = append(t.Rows, []any{d.First.Name, l.Level, int64(0), l.N})
			}
		}
		for k, l := range d.Vanished {
			if k < maxOneSided {
				t.Rows = append(t.Rows, []any{d.First.Name, l.Level, l.N, int64(0)})
			}
		}
		hidden += max(0, len(d.New)-maxOneSided) + max(0, len(d.Vanished)-maxOneSided)
	}
	if hidden > 0 {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("Of each column at most %d new and %d vanished levels are listed, the most frequent; %s more are not.", maxOneSided, maxOneSided, Format(Count, hidden)))
	}
	if len(t.Rows) > 0 && !private {
		s.Tables = []Table{t}
	}
	return s
}

// CompareDigest is what of these sections fits a terminal.
func CompareDigest(sections []Section) []Section {
	most := map[string]int{"compare": 15, "compare_numbers": 8, "compare_parts": 12, "compare_levels": 10, "compare_labels": 12}
	out := slices.Clone(sections)
	for i := range out {
		s := &out[i]
		s.Tables = slices.Clone(s.Tables)
		for k := range s.Tables {
			t := &s.Tables[k]
			if n, rows := most[t.Name], len(t.Rows); n > 0 && rows > n {
				t.Rows = t.Rows[:n]
				t.Footnotes = append(slices.Clone(t.Footnotes), fmt.Sprintf("Shown are %d of %d rows (--format csv has them all).", n, rows))
			}
		}
	}
	return out
}
