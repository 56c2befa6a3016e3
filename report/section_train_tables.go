package report

import (
	"fmt"
	"math"
	"slices"

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
		"fit_seconds", "row_seconds", "peak_mib", "threshold", "cv_recall", "cv_fpr", "cv_mcc", "learner", "note")}
	for _, e := range entries {
		t.Rows = append(t.Rows, contestRow(e))
	}
	t.hideEmpty()
	for i := range t.Columns {
		switch t.Columns[i].Key {
		case "held_recall_low", "held_recall_high", "held_recall_fpr_5_low", "held_recall_fpr_5_high", "cv_recall", "cv_fpr", "cv_mcc", "learner", "note":
			t.Columns[i].Detail = true
		}
	}
	t.Note = "AUC: how well attacks are ranked above normal rows. Random: folds of the same file. New types: whole attack types held out of training. Found: at the threshold of the model."
	if slices.ContainsFunc(entries, func(e *model.Entry) bool { return e.Algo == baselineAlgo }) {
		t.Footnotes = append(t.Footnotes, "The baseline knows only how frequent the classes are: what does not beat it has learned nothing.")
	}
	if e := firstTrained(entries); e != nil {
		t.Footnotes = append(t.Footnotes, "Threshold: "+e.Recipe.Rule.Words()+".")
	}
	return t
}

func contestRow(e *model.Entry) []any {
	row := []any{e.Algo}
	if e.Failed != nil {
		for range 32 {
			row = append(row, nil)
		}
		return append(row, e.Title, e.Failed.Error())
	}
	row = append(row, interval(areaOf(e.RandomJudged))...)
	row = append(row, interval(areaOf(e.AttacksJudged))...)
	row = append(row, interval(figureOf(e.AttacksJudged, "recall_fpr_5"))...)
	row = append(row, interval(figureOf(e.AttacksJudged, "attack_recall"))...)
	row = append(row, figureOf(e.AttacksJudged, "fpr").Value)
	row = append(row, interval(areaOf(e.OtherJudged))...)
	row = append(row, figureOf(e.OtherJudged, "attack_recall").Value, figureOf(e.OtherJudged, "fpr").Value)
	row = append(row, interval(areaOf(e.Test))...)
	row = append(row, figureOf(e.Test, "accuracy").Value, figureOf(e.Test, "attack_recall").Value, figureOf(e.Test, "unseen_recall").Value, figureOf(e.Test, "fpr").Value)
	row = append(row, e.FitSeconds, secondsEach(e.ScoreSeconds, e.ScoredRows), e.PeakMiB, cutOf(e),
		figureOf(e.RandomJudged, "attack_recall").Value, figureOf(e.RandomJudged, "fpr").Value, figureOf(e.RandomJudged, "mcc").Value, e.Title)
	if e.Algo == baselineAlgo {
		return append(row, "knows only how frequent the classes are")
	}
	return append(row, nil)
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
	"roc_auc", "pr_auc", "log_loss", "brier", "recall_fpr_01", "recall_fpr_1", "recall_fpr_5", "unseen_recall"}

// qualityTable has a row for every learner and way to judge it, with all figures.
func qualityTable(entries []*model.Entry) Table {
	t := Table{Name: "quality", Title: "All figures of every learner", Columns: Cols(append([]string{"model", "split", "rows"}, metricKeys...)...)}
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
		case "balanced_accuracy", "weighted_f1", "kappa", "attack_recall":
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
	s.Lead = fmt.Sprintf("Learned from %s rows and %d columns. The table has %s rows with a label, and %s of them are attacks.", Format(Count, rows), len(columns), Format(Count, labelled), shareOf(ratio(attacks, labelled)))
	if labelled == 0 {
		s.Lead = fmt.Sprintf("Learned from %s rows and %d columns. The table has no label that tells normal from attack, so that nothing says how well the model does.", Format(Count, rows), len(columns))
	}
	t := Table{Name: "train_labels", Title: fmt.Sprintf("Labels in column %s", d.LabelName), Columns: Cols("label", "class", "category", "rows", "share")}
	order := make([]int, len(d.Levels))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(1, max(-1, counts[b]-counts[a]))) })
	for _, k := range order {
		if counts[k] > 0 {
			t.Rows = append(t.Rows, []any{d.Levels[k], d.Classes.Of(d.Levels[k]), words(d.Classes.Category(d.Levels[k])), counts[k], ratio(counts[k], labelled)})
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
			rare = append(rare, d.Levels[k])
		}
	}
	if len(rare) > 0 {
		found = append(found, Finding{Info, d.LabelName, fmt.Sprintf("%s fewer than %d rows: %s.", thingsHave(len(rare), "attack type"), few, joined(rare, 8)),
			"Expect little of what a model says of these; --balance attack lets each type count the same."})
	}
	return found
}

// thingsHave counts things as the subject of a sentence.
func thingsHave(n int, thing string) string {
	if n == 1 {
		return "One " + thing + " has"
	}
	return fmt.Sprintf("%d %ss have", n, thing)
}
