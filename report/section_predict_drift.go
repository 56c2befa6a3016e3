package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
)

// gone reports whether an input has no value in any row, and had some in training.
func gone(p *model.Prediction, by *model.Pipeline, j int) bool {
	return p.Rows > 0 && p.Missing[j] == p.Rows && by.Schema.Inputs[j].Missing < by.Training.Rows
}

// goneFindings warns of columns that the rows' source cannot fill.
func goneFindings(p *model.Prediction, by *model.Pipeline) []Finding {
	const named = 6
	var names []string
	for j := range p.Missing {
		if gone(p, by, j) {
			names = append(names, by.Schema.Inputs[j].Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s of the %d that the model scores by %s no value in any row (%s): it was taught by values that are not here, and guesses them.",
		things(int64(len(names)), "column"), len(by.Schema.Inputs), has(len(names)), strings.Join(firstNames(names, named), ", "))
	return []Finding{{Warning, "", text, "Train on the columns that such rows have: netanom train --features conn."}}
}

func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// firstNames are the first of some names, with a word for the rest.
func firstNames(names []string, most int) []string {
	if len(names) <= most {
		return names
	}
	return append(slices.Clone(names[:most]), fmt.Sprintf("and %d more", len(names)-most))
}

// driftFindings warns of rows that are not like those of training.
func driftFindings(p *model.Prediction) []Finding {
	const least, named = 1000, 6
	moved := movedOf(p)
	moved = slices.DeleteFunc(moved, func(d model.Drift) bool { return d.Verdict != model.Drifted })
	if len(moved) == 0 || p.Rows < least {
		return nil
	}
	var names []string
	for i := range moved {
		names = append(names, moved[i].Column)
	}
	text := fmt.Sprintf("%s of %d %s drifted from the training rows (%s): verdicts on such rows are less certain than the model's figures say.",
		things(int64(len(names)), "column"), len(p.Drift), has(len(names)), strings.Join(firstNames(names, named), ", "))
	return []Finding{{Warning, "", text, "Train on traffic of this network: on a period known to be clean (netanom train --clean), or on rows with verdicts that somebody has confirmed."}}
}

// movedOf are the columns that moved though they have values, those that moved most first.
func movedOf(p *model.Prediction) []model.Drift {
	var out []model.Drift
	for j := range p.Drift {
		if p.Drift[j].Verdict != model.Stable && p.Missing[j] < p.Rows {
			out = append(out, p.Drift[j])
		}
	}
	slices.SortStableFunc(out, func(a, b model.Drift) int { return cmp.Compare(b.Stability.PSI, a.Stability.PSI) })
	return out
}

// driftedTable lists the columns that moved since training.
func driftedTable(p *model.Prediction) Table {
	t := emptyDriftTable("predict_drift")
	t.Columns = detail(t.Columns, "psi_low", "psi_high", "missing_share")
	for _, d := range movedOf(p) {
		t.Rows = append(t.Rows, driftRow(&d))
	}
	return t
}

// PredictDigest is what a terminal shows of the sections of predict: the columns that moved most are
// enough to see that rows are not those of training.
func PredictDigest(sections []Section) []Section {
	const most = 8
	out := slices.Clone(sections)
	for i := range out {
		if out[i].ID != "predict" {
			continue
		}
		out[i].Tables = slices.Clone(out[i].Tables)
		for j := range out[i].Tables {
			if t := &out[i].Tables[j]; t.Name == "predict_drift" || t.Name == "predict_columns" {
				*t = short(*t, most)
			}
		}
	}
	return out
}

// short is the first rows of a table, which says so.
func short(t Table, most int) Table {
	if rows := len(t.Rows); rows > most {
		t.Rows = t.Rows[:most]
		t.Footnotes = append(slices.Clone(t.Footnotes), fmt.Sprintf("Shown are %d of %d rows (--format csv has them all).", most, rows))
	}
	return t
}
