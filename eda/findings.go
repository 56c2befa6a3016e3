package eda

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// A Severity says how much a finding matters.
type Severity uint8

// The severities, from the least.
const (
	Info    Severity = iota // worth knowing
	Notice                  // worth a thought before modelling
	Warning                 // will mislead an analysis that does not know
	Problem                 // the data are wrong
)

// A Finding is something the data show, in a sentence, with what to do next.
type Finding struct {
	Severity Severity
	About    string // a column, several, or "table"
	Text     string
	Next     string
}

// wholeTable is what findings are about that are not about columns.
const wholeTable = "table"

// Thresholds of the findings. They are conventions.
const (
	nearlyConstant     = 0.999 // share of one value
	redundant          = 0.9   // absolute correlation
	someMissing        = 0.05  // share of missing cells, and of repeated rows
	fewRows            = 20    // rows below which uniqueness means nothing
	integerCodesMax    = 12    // different integers that may be codes
	integerCodesRepeat = 10    // rows for each of them
	imbalance          = 0.1   // share of the smaller class
)

// findings turns what the exploration saw into sentences: what is wrong with the
// file, with rows, with the label, then which columns say nothing, what is to be
// known of the others one by one, and what they have in common.
func (e *Exploration) findings(s *dataset.Schema) []Finding {
	if e.Profile.Rows == 0 {
		return []Finding{{Problem, wholeTable, "There are no rows.", "Look whether the file is complete."}}
	}
	var out []Finding
	out = append(out, e.readFindings(s)...)
	out = append(out, e.contractFindings()...)
	out = append(out, e.rowFindings()...)
	out = append(out, e.leakFindings(s)...)
	out = append(out, e.labelFindings()...)
	out = append(out, e.rankingFindings()...)
	out = append(out, e.emptyFindings()...)
	out = append(out, e.gapFindings()...)
	out = append(out, e.constantFindings()...)
	out = append(out, e.manyGapFindings()...)
	for i := range e.Profile.Columns {
		out = append(out, columnFindings(&e.Profile.Columns[i], s.Name != "")...)
	}
	out = append(out, e.rareFindings()...)
	out = append(out, e.shapeFindings()...)
	out = append(out, e.redundancyFindings()...)
	out = append(out, e.outlierFindings()...)
	out = append(out, timeFindings(s)...)
	if e.TimeSeries != nil {
		out = append(out, e.TimeSeries.Findings()...)
	}
	return out
}

// readFindings are about what could not be read.
func (e *Exploration) readFindings(s *dataset.Schema) []Finding {
	p := e.Problems
	var out []Finding
	if p.Recoded > 0 {
		out = append(out, Finding{Notice, wholeTable,
			fmt.Sprintf("%s not UTF-8 and %s read as Windows-1252.", plural(p.Recoded, "row")+choose(p.Recoded, " is", " are"), choose(p.Recoded, "was", "were")),
			"Look at the listed cells; if letters are wrong, convert the file to UTF-8 first."})
	}
	if p.BadRows > 0 {
		out = append(out, Finding{Problem, wholeTable,
			fmt.Sprintf("%s could not be read and %s left out.", plural(p.BadRows, "row"), choose(p.BadRows, "was", "were")),
			"Look at the listed lines; mend the file or its export, and read it again with --strict."})
	}
	for _, c := range e.Gaps.Columns {
		name := c.Column.Name
		if c.BadCells > 0 {
			out = append(out, Finding{Problem, name,
				fmt.Sprintf("%s cannot be read as %s and %s as missing.", plural(c.BadCells, "cell"), c.Column.Kind, choose(c.BadCells, "counts", "count")),
				"Look at the listed cells; if they are right, read the column with " + typeFlag(name, dataset.Category) + "."})
		}
		if c.Infinite > 0 {
			out = append(out, Finding{Warning, name,
				fmt.Sprintf("%s infinite and %s as missing.", plural(c.Infinite, "cell")+choose(c.Infinite, " is", " are"), choose(c.Infinite, "counts", "count")),
				"A rate over a duration of 0 gives this; recompute the rate, or leave such rows out with --where."})
		}
	}
	for i, c := range p.Columns {
		if c.DayOrMonth {
			out = append(out, Finding{Warning, s.Columns[i].Name,
				"No date tells which number is the day and which the month; they were read day first.",
				"If the month comes first, write the dates as 2024-05-31 before anything is said over time."})
		}
	}
	if len(p.Renamed) > 0 {
		out = append(out, Finding{Warning, strings.Join(p.Renamed, ", "),
			"Column names that were empty or taken were changed.",
			"Give every column a name of its own in the file."})
	}
	return out
}

// contractFindings are about cells that break the rule of their column.
func (e *Exploration) contractFindings() []Finding {
	var out []Finding
	for _, b := range e.Breaches {
		where, values := "", " ("+strings.Join(b.Values, ", ")+")"
		if e.private {
			values = ""
		}
		if len(b.Lines) > 0 {
			where = fmt.Sprintf(", first in line %d", b.Lines[0])
		}
		out = append(out, Finding{Problem, b.Column,
			fmt.Sprintf("%s %s%s where the layout allows %s%s.", plural(b.Cells, "cell"),
				choose(b.Cells, "holds another value", "hold other values"), values, b.Rule, where),
			fmt.Sprintf("Decide what these values mean before %s is used as it is defined.", b.Column)})
	}
	return out
}

// rowFindings are about rows that repeat or contradict each other.
func (e *Exploration) rowFindings() []Finding {
	r := e.Repeats
	if !r.Checked && r.Rows <= maxRepeatRows {
		return []Finding{{Info, wholeTable, "Repeated rows were not looked for: more rows differ than the database hands out.",
			"Check a part of the table, for example one day (--where)."}}
	}
	if !r.Checked {
		return []Finding{{Info, wholeTable,
			fmt.Sprintf("Repeated rows were not looked for: the table has more than %s rows.", grouped(maxRepeatRows)),
			"Check a part of the table, for example one day."}}
	}
	var out []Finding
	if n := r.BothClasses; n > 0 {
		out = append(out, Finding{Warning, wholeTable,
			fmt.Sprintf("%s of equal features %s both normal and an attack.", plural(n, "set"), choose(n, "is", "are")),
			"No model can get these right; leave them out of training, or ask what distinguishes the rows."})
	}
	if n := r.Contradictory; n > r.BothClasses {
		out = append(out, Finding{Warning, wholeTable,
			fmt.Sprintf("%s of equal features %s more than one label (%s).", plural(n, "set"), choose(n, "carries", "carry"), plural(r.ContradictoryRows, "row")),
			"A model of the label's values cannot get these right; count them apart when it is judged."})
	}
	if n := r.Features; n > 0 {
		share := float64(n) / float64(r.Rows)
		f := Finding{Notice, wholeTable,
			fmt.Sprintf("%s %s another row in all features (%s).", plural(n, "row"), choose(n, "repeats", "repeat"), percent(share)),
			"Before a random split into training and test rows, remove repeats, or they will stand in both."}
		if share > someMissing {
			f.Severity = Warning
		}
		out = append(out, f)
	}
	return out
}

// labelFindings are about the classes.
func (e *Exploration) labelFindings() []Finding {
	switch c := &e.Classes; {
	case c.Name == "":
		return []Finding{{Info, wholeTable, "No column says which rows are attacks.", "If one does, name it with --label."}}
	case c.Column < 0:
		return []Finding{{Notice, c.Name, "The label holds no levels, so normal rows and attacks cannot be told apart.", "Read it with " + typeFlag(c.Name, dataset.Category) + "."}}
	case !c.Known():
		return []Finding{{Notice, c.Name, "Which values of the label mean normal cannot be told.", "Name them with --normal."}}
	}
	normal, total := e.classSizes()
	switch {
	case total == 0:
		return nil
	case normal == total:
		return []Finding{{Notice, e.Classes.Name, "No row is an attack.", "This can teach a detector what is normal; judge it on rows with attacks."}}
	case normal == 0:
		return []Finding{{Notice, e.Classes.Name, "Every row is an attack.", "Look whether the normal level has another name, and give it with --normal."}}
	}
	share := float64(total-normal) / float64(total)
	larger := math.Max(share, float64(normal)/float64(total))
	f := Finding{Info, e.Classes.Name,
		fmt.Sprintf("%s of the rows are attacks.", percent(share)),
		fmt.Sprintf("A model that always gives the larger class is right in %s of the rows; judge others against that.", percent(larger))}
	if 1-larger < imbalance {
		f.Severity = Notice
		f.Next += " Accuracy says little here; look at recall, precision and the area under the precision–recall curve."
	}
	return []Finding{f}
}

// classSizes counts the normal rows and all rows with a label; none if the label
// was not described.
func (e *Exploration) classSizes() (normal, total int64) {
	for i := range e.Profile.Columns {
		if p := &e.Profile.Columns[i]; p.Index == e.Classes.Column {
			for _, l := range p.Levels {
				total += l.N
				if e.Classes.Of(l.Level) == NormalClass {
					normal += l.N
				}
			}
		}
	}
	return normal, total
}
