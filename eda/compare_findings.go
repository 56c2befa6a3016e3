package eda

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
)

// classShift is the difference of the shares of attacks from which on it is worth
// a warning.
const classShift = 0.05

// findings turns the comparison into sentences.
func (c *Comparison) findings() []Finding {
	var out []Finding
	out = append(out, c.columnFindings()...)
	out = append(out, c.levelFindings()...)
	if c.Labels != nil {
		out = append(out, c.Labels.findings()...)
	}
	if c.Overlap != nil {
		out = append(out, c.Overlap.findings()...)
	}
	if len(c.Only1) > 0 {
		out = append(out, Finding{Warning, listed(c.Only1, 6),
			fmt.Sprintf("Only the first table has %s.", plural(int64(len(c.Only1)), "column")),
			"A model that learns from the first table cannot use them on the second; leave them out, or mend the export."})
	}
	if len(c.Only2) > 0 {
		out = append(out, Finding{Notice, listed(c.Only2, 6),
			fmt.Sprintf("Only the second table has %s.", plural(int64(len(c.Only2)), "column")),
			"Look whether they are wanted in the first table too."})
	}
	return out
}

// columnFindings name the columns that drift.
func (c *Comparison) columnFindings() []Finding {
	var out []Finding
	for _, v := range []struct {
		verdict    string
		severity   Severity
		text, next string
	}{
		{Drifts, Warning, fmt.Sprintf("PSI above %s: the values are distributed otherwise than in the first table.", plainNumber(c.PSI)),
			"Train again on rows like those of the second table before trusting a model of the first."},
		{Shifts, Notice, fmt.Sprintf("PSI from %s to %s: the values have shifted.", plainNumber(shiftingPSI), plainNumber(c.PSI)), "Watch these columns; a model may lose with them."},
		{TooFewRows, Info, fmt.Sprintf("PSI above %s, but tables of so few rows may differ so by chance.", plainNumber(shiftingPSI)), "Compare more rows."},
	} {
		var names []string
		for i := range c.Columns {
			if c.Columns[i].Verdict == v.verdict {
				names = append(names, c.Columns[i].First.Name)
			}
		}
		if len(names) > 0 {
			out = append(out, Finding{v.severity, listed(names, 6), v.text, v.next})
		}
	}
	out = append(out, c.normalFindings()...)
	return append(out, c.missingFindings()...)
}

// missingFindings name the columns of which another share of cells is missing.
func (c *Comparison) missingFindings() []Finding {
	var names []string
	var most *ColumnDrift
	change := func(d *ColumnDrift) float64 {
		return math.Abs(float64(d.Missing2)/float64(c.Rows2) - float64(d.Missing1)/float64(c.Rows1))
	}
	for i := range c.Columns {
		d := &c.Columns[i]
		if change(d) <= someMissing {
			continue
		}
		names = append(names, d.First.Name)
		if most == nil || change(d) > change(most) {
			most = d
		}
	}
	if most == nil {
		return nil
	}
	return []Finding{{Warning, listed(names, 6),
		fmt.Sprintf("Another share of cells is missing; of %s %s in the first table and %s in the second.", most.First.Name,
			percent(float64(most.Missing1)/float64(c.Rows1)), percent(float64(most.Missing2)/float64(c.Rows2))),
		"Find out what has changed in the export before comparing the values."}}
}

// normalFindings say whether normal traffic itself drifts.
func (c *Comparison) normalFindings() []Finding {
	var known, stable int64
	var names []string
	for i := range c.Columns {
		d := &c.Columns[i]
		if d.Verdict != Drifts || math.IsNaN(d.Normal.PSI) {
			continue
		}
		known++
		switch {
		case d.Normal.PSI <= c.PSI:
			stable++
		case d.Normal.PSI > d.Normal.Chance:
			names = append(names, d.First.Name)
		}
	}
	switch {
	case known == 0, len(names) == 0 && stable < known: // of the others too few rows are normal
		return nil
	case stable == known:
		return []Finding{{Info, wholeTable, fmt.Sprintf("Among normal rows alone none of %s drifts: what has changed is the share of attacks, or the attacks.", plural(known, "drifting column")),
			"A detector that learns from normal rows only is affected least."}}
	}
	return []Finding{{Notice, listed(names, 6),
		fmt.Sprintf("Of %s that drift, %s so among normal rows alone: normal traffic itself has changed.", plural(known, "column"), choose(int64(len(names)), "1 does", grouped(int64(len(names)))+" do")),
		"Train detectors of normal traffic again too; expect false alarms until then."}}
}

// levelFindings name the columns with levels that the first table does not have.
func (c *Comparison) levelFindings() []Finding {
	var names, counts []string
	for i := range c.Columns {
		d := &c.Columns[i]
		if len(d.New) == 0 || d.First.Kind == dataset.Address {
			continue
		}
		names = append(names, d.First.Name)
		counts = append(counts, fmt.Sprintf("%s of %s (%s)", plural(int64(len(d.New)), "level"), d.First.Name, plural(rowsIn(d.New), "row")))
	}
	if len(names) == 0 {
		return nil
	}
	return []Finding{{Notice, listed(names, 6), "Not in the first table: " + listed(counts, 6) + ".",
		"A model of the first table knows nothing of them: see that it takes unknown levels, or train again."}}
}

// findings are about the labels.
func (l *LabelShift) findings() []Finding {
	var out []Finding
	if fresh := l.Only(true); len(fresh) > 0 {
		var names []string
		var rows int64
		for _, level := range fresh {
			names, rows = append(names, level.Level), rows+level.N2
		}
		n := int64(len(fresh))
		out = append(out, Finding{Warning, l.Name2,
			fmt.Sprintf("%s in the second table only: %s (%s, %s of it).", plural(n, "label"), listed(names, 6), plural(rows, "row"), percent(float64(rows)/float64(l.N2))),
			"A classifier of the first table cannot name them; judge on them apart how well it finds what it has never seen."})
	}
	if gone := l.Only(false); len(gone) > 0 {
		var names []string
		for _, level := range gone {
			names = append(names, level.Level)
		}
		out = append(out, Finding{Notice, l.Name1,
			fmt.Sprintf("%s in the first table only: %s.", plural(int64(len(gone)), "label"), listed(names, 6)),
			"The second table cannot show how well these are found."})
	}
	if !l.Known {
		return out
	}
	a1, a2 := l.Attacks()
	if d := a2 - a1; d > classShift || -d > classShift {
		out = append(out, Finding{Warning, l.Name1,
			fmt.Sprintf("Attacks are %s of the first table and %s of the second.", percent(a1), percent(a2)),
			"Compare detectors by recall and false alarm rate, which do not depend on that share; precision and accuracy do."})
	}
	return out
}

// findings are about rows that both tables have.
func (o *Overlap) findings() []Finding {
	if !o.Checked {
		return []Finding{{Info, wholeTable, overlapLimit(), "Compare parts of the tables, with --where."}}
	}
	var out []Finding
	if share := float64(o.Features) / float64(o.Rows); share > someMissing/5 {
		severity := Notice
		if share > someMissing {
			severity = Warning
		}
		out = append(out, Finding{severity, wholeTable,
			fmt.Sprintf("%s of the second table (%s) %s a row of the first in all features.", plural(o.Features, "row"), percent(share), choose(o.Features, "equals", "equal")),
			"Leave them out before judging a model on the second table: it has seen them."})
	}
	if n := o.OtherClass; n > 0 {
		out = append(out, Finding{Notice, wholeTable,
			fmt.Sprintf("%s of the second table %s in all features only rows of the other class in the first.", plural(n, "row"), choose(n, "equals", "equal")),
			"No model can get both right; look whether the labels are."})
	}
	return out
}
