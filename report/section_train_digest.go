package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// TrainDigest is what of these sections fits a terminal: the comparison, and of a single
// learner what it finds of each attack type. The rest is in the report folder.
func TrainDigest(sections []Section) []Section {
	var out []Section
	single := 0
	for _, s := range sections {
		if isTrained(s.ID) {
			single++
		}
	}
	for _, s := range sections {
		switch {
		case s.ID == "train":
			s.Tables = keepTables(s.Tables, "models", "failed")
			for i := range s.Tables {
				if s.Tables[i].Name == "models" {
					s.Tables[i] = narrowed(s.Tables[i])
				}
			}
		case isTrained(s.ID) && single > 1:
			continue
		case isTrained(s.ID):
			s.Tables = coreFigures(keepTables(s.Tables, "figures", "attacks"))
		case s.ID == "train_data":
			s.Tables = keepTables(s.Tables, "left_out")
		}
		s.Figures = nil
		out = append(out, shortened(s, 12))
	}
	return out
}

// isTrained reports whether a section is that of one learner.
func isTrained(id string) bool {
	return strings.HasPrefix(id, "train_") && !slices.Contains([]string{"train_data", "train_curve", "train_duels", "train_choice"}, id)
}

// narrowed leaves a table of learners the columns that a terminal has room for.
func narrowed(t Table) Table {
	hidden := []string{"cv_roc_auc_low", "cv_roc_auc_high", "other_roc_auc_low", "other_roc_auc_high", "test_roc_auc_low", "test_roc_auc_high", "other_fpr", "test_accuracy", "threshold", "row_seconds", "peak_mib"}
	if j := t.column("test_roc_auc"); !t.Columns[j].Detail {
		hidden = append(hidden, "held_roc_auc_low", "held_roc_auc_high")
	}
	t.Columns = detail(slices.Clone(t.Columns), hidden...)
	return t
}

// keepTables returns the tables of these names.
func keepTables(tables []Table, names ...string) []Table {
	var out []Table
	for _, t := range tables {
		if slices.Contains(names, t.Name) {
			out = append(out, t)
		}
	}
	return out
}

// shortened cuts every table of a section after so many rows, and says so.
func shortened(s Section, most int) Section {
	s.Tables = slices.Clone(s.Tables)
	for i := range s.Tables {
		if t := &s.Tables[i]; len(t.Rows) > most+2 && t.Name != "models" {
			*t = short(*t, most)
		}
	}
	return s
}

// LearningCurve shows how a learner does by the number of rows it was trained on; title
// is its name in a sentence.
func LearningCurve(title string, goal model.Goal, curve []model.CurvePoint) Section {
	s := Section{ID: "train_curve", Title: "Would more rows help?", Lead: curveLead(title, goal, curve)}
	name := Col(string(goal)).Title
	t := Table{Name: "learning_curve", Title: name + " by the rows learned from", Columns: Cols("learned_rows", "train_value", "held_value", "goal_sd", "n"),
		Note: "SD over the repeats, of the held-out rows. n: repeats."}
	trained, held := plots.ValueCurve{Name: "rows learned from"}, plots.ValueCurve{Name: "rows held out"}
	for _, p := range curve {
		t.Rows = append(t.Rows, []any{int64(p.Rows), p.Train.Mean, p.Test.Mean, p.Test.SD(), p.Test.N})
		addPoint(&trained, float64(p.Rows), p.Train.Mean, spreadOf(p.Train))
		addPoint(&held, float64(p.Rows), p.Test.Mean, spreadOf(p.Test))
	}
	s.Tables = []Table{t}
	if len(curve) > 1 {
		fig, err := plots.LearningCurve(plots.LearningData{Title: fmt.Sprintf("%s: %s by the number of training rows", sentenceCase(title), name), Label: name, Curves: []plots.ValueCurve{trained, held}})
		s.draw("learning_curve", fig, err)
	}
	return s
}

// spreadOf is the standard deviation, 0 of a single value.
func spreadOf(m stats.Moments) float64 {
	if m.N < 2 {
		return 0
	}
	return m.SD()
}

// curveLead says whether more rows would help, and how much is learned by heart.
func curveLead(title string, goal model.Goal, curve []model.CurvePoint) string {
	name := Col(string(goal)).Title
	n := len(curve)
	if n == 0 {
		return "No part of the rows has every class."
	}
	last := curve[n-1]
	text := fmt.Sprintf("With %s, %s has a %s of %s on rows held out, and %s on those it learned from.", things(int64(last.Rows), "row"), title, name, Format(Real, last.Test.Mean), Format(Real, last.Train.Mean))
	if n > 1 {
		step := last.Test.Mean - curve[n-2].Test.Mean
		if goal == model.GoalLoss {
			step = -step
		}
		if step > spreadOf(last.Test) {
			text += fmt.Sprintf(" From %s on it still gained %s: more rows are likely to help.", things(int64(curve[n-2].Rows), "row"), Format(Real, math.Abs(step)))
		} else {
			text += fmt.Sprintf(" From %s on it hardly changed: more rows of the same kind would not help.", things(int64(curve[n-2].Rows), "row"))
		}
	}
	return text + " Both are rows of one file, and say nothing of new attacks."
}
