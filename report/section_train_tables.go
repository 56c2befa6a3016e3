package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
)

// contestTable sets the learners side by side, in the order given.
func contestTable(entries []*model.Entry) Table {
	t := Table{Name: "models", Title: "Learners", Columns: Cols("model",
		"cv_roc_auc", "cv_roc_auc_low", "cv_roc_auc_high",
		"held_roc_auc", "held_roc_auc_low", "held_roc_auc_high", "held_recall_fpr_5", "held_recall_fpr_5_low", "held_recall_fpr_5_high",
		"held_recall", "held_recall_low", "held_recall_high", "held_fpr",
		"other_roc_auc", "other_roc_auc_low", "other_roc_auc_high", "other_recall", "other_fpr",
		"test_roc_auc", "test_roc_auc_low", "test_roc_auc_high", "test_accuracy", "test_recall", "test_unseen_recall", "test_fpr",
		"fit_seconds", "row_seconds", "peak_mib", "threshold", "cv_recall", "cv_fpr", "cv_mcc", "learner")}
	ranked := slices.ContainsFunc(entries, func(e *model.Entry) bool { return e.Failed == nil && e.Leading() != nil })
	if ranked {
		t.Columns = append(t.Columns, Cols(append([]string{"split"}, metricKeys...)...)...)
	}
	t.Columns = append(t.Columns, Col("note"))
	for _, e := range entries {
		row := contestRow(e)
		if ranked {
			row = append(row, leadingFigures(e, len(entries) == 1)...)
		}
		t.Rows = append(t.Rows, append(row, contestNote(e)))
	}
	t.hideEmpty()
	for j := t.column("learner"); j < len(t.Columns); j++ {
		t.Columns[j].Detail = true
	}
	for i := range t.Columns {
		switch t.Columns[i].Key {
		case "held_recall_low", "held_recall_high", "held_recall_fpr_5_low", "held_recall_fpr_5_high", "cv_recall", "cv_fpr", "cv_mcc":
			t.Columns[i].Detail = true
		}
	}
	t.Note = contestLegend(entries)
	if slices.ContainsFunc(entries, func(e *model.Entry) bool { return e.Algo == baselineAlgo }) {
		t.Footnotes = append(t.Footnotes, "The baseline knows only how frequent the classes are: what does not beat it has learned nothing.")
	}
	if text := thresholdNote(entries); text != "" {
		t.Footnotes = append(t.Footnotes, text)
	}
	return t
}

// thresholdNote says by what rules the thresholds were found.
func thresholdNote(entries []*model.Entry) string {
	var rules []string
	by := map[string][]string{}
	for _, e := range entries {
		if e.Failed != nil || e.Algo == baselineAlgo {
			continue
		}
		words := e.Recipe.Rule.Words()
		if by[words] == nil {
			rules = append(rules, words)
		}
		by[words] = append(by[words], e.Algo)
	}
	switch len(rules) {
	case 0:
		return ""
	case 1:
		return "Threshold: " + rules[0] + "."
	}
	for i, words := range rules {
		rules[i] = listed(by[words], 20) + ": " + words
	}
	return "Thresholds: " + strings.Join(rules, "; ") + "."
}

// contestLegend explains the columns that have figures.
func contestLegend(entries []*model.Entry) string {
	has := func(of func(e *model.Entry) *model.Judgement) bool {
		return slices.ContainsFunc(entries, func(e *model.Entry) bool { return e.Failed == nil && of(e) != nil })
	}
	if !has((*model.Entry).Leading) {
		return ""
	}
	text := "AUC: how well attacks are ranked above normal rows. "
	if has(func(e *model.Entry) *model.Judgement { return e.RandomJudged }) {
		text += "Random: folds of the same file. "
	}
	if has(func(e *model.Entry) *model.Judgement { return e.AttacksJudged }) {
		text += "New types: whole attack types held out of training. "
	}
	return text + "Found: at the threshold of the model."
}

// contestRow has the cells of an entry up to its title, empty ones if it failed.
func contestRow(e *model.Entry) []any {
	if e.Failed != nil {
		row := contestRow(&model.Entry{Algo: e.Algo, Title: e.Title})
		for j := 1; j < len(row)-1; j++ {
			row[j] = nil
		}
		return row
	}
	row := []any{e.Algo}
	row = append(row, interval(areaOf(e.RandomJudged))...)
	row = append(row, interval(areaOf(e.AttacksJudged))...)
	row = append(row, interval(figureOf(e.AttacksJudged, "recall_fpr_5"))...)
	row = append(row, interval(figureOf(e.AttacksJudged, "attack_recall"))...)
	row = append(row, figureOf(e.AttacksJudged, "fpr").Value)
	row = append(row, interval(areaOf(e.OtherJudged))...)
	row = append(row, figureOf(e.OtherJudged, "attack_recall").Value, figureOf(e.OtherJudged, "fpr").Value)
	row = append(row, interval(areaOf(e.Test))...)
	row = append(row, figureOf(e.Test, "accuracy").Value, figureOf(e.Test, "attack_recall").Value, figureOf(e.Test, "unseen_recall").Value, figureOf(e.Test, "fpr").Value)
	return append(row, e.FitSeconds, secondsEach(e.ScoreSeconds, e.ScoredRows), e.PeakMiB, cutOf(e),
		figureOf(e.RandomJudged, "attack_recall").Value, figureOf(e.RandomJudged, "fpr").Value, figureOf(e.RandomJudged, "mcc").Value, e.Title)
}

// contestNote says why an entry is not like the others.
func contestNote(e *model.Entry) any {
	switch {
	case e.Failed != nil:
		return e.Failed.Error()
	case e.Algo == baselineAlgo:
		return "knows only how frequent the classes are"
	}
	return nil
}

// leadingFigures are the figures of the way of judging that an entry is ranked by, and
// its name. A baseline has none beside others: a gate is to look at what was asked for.
func leadingFigures(e *model.Entry, alone bool) []any {
	row := make([]any, 1+len(metricKeys))
	j := e.Leading()
	if e.Failed != nil || j == nil || e.Algo == baselineAlgo && !alone {
		return row
	}
	for _, s := range splits {
		if s.judged(e) == j {
			row[0] = s.nameFor(e)
		}
	}
	for k, key := range metricKeys {
		row[1+k] = figureOf(j, key).Value
	}
	return row
}

// secondsEach is the time for one of so many rows, NaN for none.
func secondsEach(seconds float64, rows int64) float64 {
	if rows == 0 {
		return math.NaN()
	}
	return seconds / float64(rows)
}

// failureTable lists the learners that could not be trained, and why.
func failureTable(entries []*model.Entry) Table {
	t := Table{Name: "failed", Title: "Learners that could not be trained", Columns: Cols("model", "note")}
	for _, e := range entries {
		if e.Failed != nil {
			t.Rows = append(t.Rows, []any{e.Algo, e.Failed.Error()})
		}
	}
	return t
}

// metricKeys are the figures of a judgement in the order of tables.
var metricKeys = []string{"accuracy", "balanced_accuracy", "precision", "recall", "f1", "macro_f1", "weighted_f1", "mcc", "kappa", "fpr", "attack_recall",
	"roc_auc", "pr_auc", "ks", "log_loss", "brier", "recall_fpr_01", "recall_fpr_1", "recall_fpr_5", "unseen_recall"}

// qualityTable has a row for every learner and way to judge it, with all figures.
func qualityTable(entries []*model.Entry) Table {
	t := Table{Name: "quality", Title: "All figures of every learner", Columns: plainTitles("split_", append(Cols("model", "split", "rows"), splitFigures...))}
	for _, e := range entries {
		for _, s := range splits {
			j := s.judged(e)
			if j == nil || e.Failed != nil {
				continue
			}
			row := []any{e.Algo, s.nameFor(e), j.Rows}
			for _, key := range metricKeys {
				row = append(row, figureOf(j, key).Value)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	t.hideEmpty()
	for i := range t.Columns {
		switch t.Columns[i].Key {
		case "split_balanced_accuracy", "split_weighted_f1", "split_kappa", "split_attack_recall", "split_ks":
			t.Columns[i].Detail = true
		}
	}
	return t
}

// TrainingData says what was learned from: the label, its classes, and the columns that
// were left out. rows is how many rows were learned from.
func TrainingData(d *model.Data, rows int) Section {
	s := Section{ID: "train_data", Title: "What was learned from"}
	columns := d.Features()
	counts := make([]int64, len(d.Levels))
	var labelled, attacks int64
	for i, l := range d.Label {
		if l < 0 {
			continue
		}
		counts[l]++
		labelled++
		if d.IsAttack(i) {
			attacks++
		}
	}
	s.Lead = fmt.Sprintf("Learned from %s and %s. ", things(int64(rows), "row"), things(int64(len(columns)), "column"))
	if labelled == 0 {
		s.Lead += "The table has no label that tells normal from attack, so that nothing says how well the model does."
	} else {
		s.Lead += fmt.Sprintf("%s a label, and %s of these are attacks.", thingsHave(labelled, "row"), shareOf(ratio(attacks, labelled)))
	}
	t := Table{Name: "train_labels", Title: fmt.Sprintf("Labels in column %s", d.LabelName), Columns: Cols("label", "class", "category", "rows", "share")}
	order := make([]int, len(d.Levels))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(1, max(-1, counts[b]-counts[a]))) })
	for _, k := range order {
		if counts[k] > 0 {
			t.Rows = append(t.Rows, []any{bareLabel(d.Levels[k]), d.Classes.Of(d.Levels[k]), words(d.Classes.Category(d.Levels[k])), counts[k], ratio(counts[k], labelled)})
		}
	}
	if labelled > 0 {
		s.Tables = append(s.Tables, t)
		s.Findings = rareFindings(d, counts)
	}
	used := Table{Name: "train_columns", Title: "Columns learned from", Columns: Cols("feature")}
	for _, name := range columns {
		used.Rows = append(used.Rows, []any{name})
	}
	s.Tables = append(s.Tables, used)
	if left := leftOutTable(d.LeftOut); len(left.Rows) > 0 {
		s.Tables = append(s.Tables, left)
	}
	return s
}

// leftOutTable lists columns that are not learned from.
func leftOutTable(list []model.LeftOut) Table {
	t := Table{Name: "left_out", Title: "Columns left out", Columns: Cols("feature", "note")}
	for _, l := range list {
		t.Rows = append(t.Rows, []any{l.Column, l.Why})
	}
	return t
}

// rareFindings says which attack types have too few rows to be known by.
func rareFindings(d *model.Data, counts []int64) []Finding {
	const few = 20
	found := []Finding{}
	var rare []string
	for k, n := range counts {
		if n > 0 && n < few && d.Classes.Of(d.Levels[k]) != "normal" {
			rare = append(rare, bareLabel(d.Levels[k]))
		}
	}
	if len(rare) > 0 {
		found = append(found, Finding{Info, d.LabelName, fmt.Sprintf("%s fewer than %d rows: %s.", thingsHave(int64(len(rare)), "attack type"), few, joined(rare, 8)),
			"Expect little of what a model says of these; --balance attack lets each type count the same."})
	}
	return found
}
