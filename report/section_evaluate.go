package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// ModelNames are the names of the files of one or two models.
type ModelNames struct{ First, Second string }

// Evaluation shows how a model does on a table that it was not trained on: all figures,
// each attack type, kinds of traffic apart, why it does otherwise than in training, and
// the comparison with a second model.
func Evaluation(e *model.Evaluation, names ModelNames) ([]Section, error) {
	main := Section{ID: "evaluate", Title: "The model on rows it was not trained on", Lead: evaluationLead(e), Findings: evaluationFindings(e)}
	j := e.Judgement
	main.Tables = append(main.Tables, evaluationTable(e), evaluationScores(e, names.First), confusionTable(j, "test", "rows of this file"), classTableOf(j, "test", "rows of this file"))
	if t := reliabilityTable(e.Reliability); len(t.Rows) > 0 {
		main.Tables = append(main.Tables, t)
	}
	if t := gainTable(j); len(t.Rows) > 0 {
		main.Tables = append(main.Tables, t)
	}
	if e.Unlabelled > 0 {
		main.Warnings = append(main.Warnings, fmt.Sprintf("Left out because they have no label: %s.", things(e.Unlabelled, "row")))
	}
	evaluationFigures(&main, e, names)
	out := []Section{main, evaluatedAttacks(e), evaluatedShift(e)}
	if len(e.Slices) > 0 {
		out = append(out, evaluatedSlices(e))
	}
	if e.Second != nil {
		second, err := evaluatedSecond(e, names)
		if err != nil {
			return nil, err
		}
		out = append(out, second)
	}
	return out, nil
}

// EvaluationDigest is what of these sections fits a terminal.
func EvaluationDigest(sections []Section) []Section {
	out := make([]Section, 0, len(sections))
	for _, s := range sections {
		s.Figures = nil
		switch s.ID {
		case "evaluate":
			s.Tables = coreFigures(keepTables(s.Tables, "evaluate", "confusion_test"))
		case "evaluate_shift":
			s.Tables = movedOnly(coreFigures(s.Tables))
		case "evaluate_slices":
			s.Tables = differingOnly(s.Tables)
		}
		out = append(out, shortened(s, 20))
	}
	return out
}

// sideFigures are figures that say much the same as others, and that a terminal is
// spared.
var sideFigures = []string{"weighted_f1", "kappa", "ks", "log_loss", "recall_fpr_01"}

// coreFigures leaves tables of figures those that matter most.
func coreFigures(tables []Table) []Table {
	return filtered(tables, func(t *Table, row []any) bool {
		j := t.column("metric_key")
		if j < 0 {
			return true
		}
		key, _ := row[j].(string)
		return !slices.Contains(sideFigures, key)
	})
}

// movedOnly leaves the table of drift the columns that moved, and drops it if none did.
func movedOnly(tables []Table) []Table {
	out := filtered(tables, func(t *Table, row []any) bool { return t.Name != "evaluate_drift" || row[1] != "stable" })
	return slices.DeleteFunc(out, func(t Table) bool { return len(t.Rows) == 0 })
}

// differingOnly leaves the table of slices the levels that differ from all rows.
func differingOnly(tables []Table) []Table {
	out := filtered(tables, func(t *Table, row []any) bool { return row[t.column("differs")] == true })
	for i := range out {
		out[i].Columns = detail(slices.Clone(out[i].Columns), "differs")
		out[i].Title, out[i].Note = "Levels whose accuracy differs from that of all rows", ""
	}
	return slices.DeleteFunc(out, func(t Table) bool { return len(t.Rows) == 0 })
}

// filtered returns tables with the rows that pass.
func filtered(tables []Table, pass func(t *Table, row []any) bool) []Table {
	out := slices.Clone(tables)
	for i := range out {
		t := &out[i]
		var rows [][]any
		for _, row := range t.Rows {
			if pass(t, row) {
				rows = append(rows, row)
			}
		}
		t.Rows = rows
	}
	return out
}

// evaluationTable has a row for each figure, with its meaning.
func evaluationTable(e *model.Evaluation) Table {
	t := Table{Name: "evaluate", Title: "Figures with 95 % intervals", Columns: detail(Cols("metric", "value", "value_low", "value_high", "meaning", "metric_key"), "metric_key")}
	for _, key := range metricKeys {
		m := figureOf(e.Judgement, key)
		if math.IsNaN(m.Value) || key == "attack_recall" && len(e.Judgement.Classes) == 2 {
			continue
		}
		c := Col(key)
		t.Rows = append(t.Rows, append(append([]any{c.Title}, interval(m)...), c.Help, key))
	}
	return t
}

// boundedKeys are the figures whose intervals stand beside them in a single row.
var boundedKeys = []string{"roc_auc", "accuracy", "precision", "recall", "f1", "fpr"}

// boundKeys are the keys of their bounds.
func boundKeys() []string {
	var keys []string
	for _, k := range boundedKeys {
		keys = append(keys, k+"_low", k+"_high")
	}
	return keys
}

// evaluationScores has all figures in one row, under their keys.
func evaluationScores(e *model.Evaluation, name string) Table {
	j := e.Judgement
	t := Table{Name: "evaluate_scores", Title: "Verdicts on attacks and normal rows", Columns: Cols(append([]string{"model", "rows", "tp", "fp", "fn", "tn", "threshold"}, append(boundKeys(), metricKeys...)...)...)}
	row := []any{cmp.Or(name, e.Pipeline.Kind()), j.Rows}
	row = append(row, bothCounts(j)...)
	threshold := any(e.Pipeline.Cut.Threshold)
	if e.Pipeline.Cut.Probable {
		threshold = nil
	}
	row = append(row, threshold)
	for _, key := range boundedKeys {
		row = append(row, interval(figureOf(j, key))[1:]...)
	}
	for i := 7; i < len(t.Columns); i++ {
		t.Columns[i].Detail = true
	}
	for _, key := range metricKeys {
		row = append(row, figureOf(j, key).Value)
	}
	t.Rows = [][]any{row}
	return t
}

// bothCounts are attacks found, false alarms, attacks missed and normal rows left alone.
func bothCounts(j *model.Judgement) []any {
	var tp, fp, fn, tn float64
	for i, row := range j.Confusion.Counts {
		for k, n := range row {
			switch {
			case i > 0 && k > 0:
				tp += n
			case i > 0:
				fn += n
			case k > 0:
				fp += n
			default:
				tn += n
			}
		}
	}
	return []any{whole(tp), whole(fp), whole(fn), whole(tn)}
}

// reliabilityTable sets probabilities beside what happened.
func reliabilityTable(bins []stats.CalibrationBin) Table {
	t := Table{Name: "evaluate_calibration", Title: "Probability of an attack, and what was observed", Columns: Cols("probability_low", "probability_high", "probability", "observed_share", "observed_low", "observed_high", "n")}
	for _, b := range bins {
		t.Rows = append(t.Rows, []any{b.Low, b.High, b.Predicted, b.Observed, b.CI.Low, b.CI.High, b.N})
	}
	return t
}

// gainTable cuts the rows by their score into tenths.
func gainTable(j *model.Judgement) Table {
	t := Table{Name: "evaluate_gains", Title: "Tenths of the rows by score, the highest first",
		Columns: detail(Cols("tenth", "score_low", "score_high", "rows", "n_attacks", "part_attacks", "part_lift", "total_gain", "total_lift", "part_attacks_low", "part_attacks_high"), "part_attacks_low", "part_attacks_high"),
		Note:    "Lift: how many times more frequent attacks are than among all rows. Gain: part of all attacks in this tenth and those above. Equal scores stay together, so that there may be fewer than ten."}
	if j.Scores == nil {
		return t
	}
	bins, err := stats.Gains(j.Tally, 10, 0.95)
	if err != nil {
		return t
	}
	for i, b := range bins {
		t.Rows = append(t.Rows, []any{int64(i + 1), b.Low, b.High, b.N, b.Positives, b.Share.Value, b.Lift, b.Gain, b.TotalLift, b.Share.CI.Low, b.Share.CI.High})
	}
	return t
}

// evaluationFigures draws the judgement.
func evaluationFigures(s *Section, e *model.Evaluation, names ModelNames) {
	cut := math.NaN()
	if !e.Pipeline.Cut.Probable {
		cut = e.Pipeline.Cut.Threshold
	}
	judged := []namedJudgement{{"this file", e.Judgement}}
	if e.Second != nil {
		judged[0].name = cmp.Or(names.First, "first model")
		judged = append(judged, namedJudgement{cmp.Or(names.Second, "second model"), e.Second.Second})
	}
	if e.Judgement.Scores != nil {
		title := fmt.Sprintf("ROC: the area is %s%s", Format(Real, areaOf(e.Judgement).Value), bounds(areaOf(e.Judgement).CI.Low, areaOf(e.Judgement).CI.High))
		drawROC(s, "roc", title, false, judged...)
		drawROC(s, "roc_log", "The same where it matters: few false alarms", true, judged...)
		drawPrecision(s, judged...)
		drawDET(s, judged...)
	}
	drawConfusion(s, judged[0])
	drawReliability(s, e.Reliability)
	if e.Judgement.Scores != nil {
		drawThresholds(s, judged[0], cut)
	}
}

// evaluatedAttacks shows what was found of each attack type.
func evaluatedAttacks(e *model.Evaluation) Section {
	s := Section{ID: "evaluate_attacks", Title: "What was found of each attack type", Lead: attacksLead(e)}
	t := Table{Name: "evaluate_attacks", Title: "Attack types, the most frequent first", Columns: detail(plainTitles("type_", Cols("label", "category", "unseen", "rows", "n_found", "type_recall", "type_recall_low", "type_recall_high", "trained_rows", "right_class")), "trained_rows", "right_class"),
		Note: "New type: training had no such attack."}
	for _, a := range e.Judgement.Attacks {
		row := append([]any{a.Attack, words(a.Category), a.Unseen, a.Rows, a.Found}, interval(a.Recall)...)
		t.Rows = append(t.Rows, append(row, a.Trained, a.Right))
	}
	if len(e.Judgement.Classes) > 2 {
		t.Columns[t.column("right_class")].Detail = false
	}
	if noLabel(e.Pipeline) {
		t.Columns[t.column("unseen")].Detail, t.Note = true, ""
	}
	s.Tables = []Table{t}
	drawRecalls(&s, e)
	return s
}

// attacksLead compares known with new types.
func attacksLead(e *model.Evaluation) string {
	sh := &e.Shift
	switch {
	case len(e.Judgement.Attacks) == 0:
		return "No row of this file is an attack."
	case noLabel(e.Pipeline):
		return "The model was trained without a label: all attacks are new to it, or none."
	case sh.UnseenTypes == 0:
		return "Training had every attack type of this file, so that it does not tell how the model does on new ones."
	}
	text := fmt.Sprintf("%s in this file that training did not have, with %s, of which %s %s found%s", typesAre(sh.UnseenTypes), things(sh.UnseenRows, "row"),
		shareOf(sh.UnseenRecall.Value), isOrAre(sh.UnseenRows), shareBounds(sh.UnseenRecall.CI))
	if math.IsNaN(sh.SeenRecall.Value) {
		return text + ". There is no attack of a known type."
	}
	return text + fmt.Sprintf(", and %s of the attacks of known types.", shareOf(sh.SeenRecall.Value))
}

func typesAre(n int) string {
	if n == 1 {
		return "One attack type is"
	}
	return fmt.Sprintf("%d attack types are", n)
}

// evaluatedSlices shows kinds of traffic apart.
func evaluatedSlices(e *model.Evaluation) Section {
	s := Section{ID: "evaluate_slices", Title: "Kinds of traffic apart", Lead: slicesLead(e)}
	t := Table{Name: "evaluate_slices", Title: "Figures by level",
		Columns: detail(plainTitles("slice_", Cols("feature", "level", "rows", "n_attacks", "slice_accuracy", "slice_recall", "slice_fpr", "slice_auc", "differs", "slice_accuracy_low", "slice_accuracy_high", "slice_recall_low", "slice_recall_high",
			"slice_fpr_low", "slice_fpr_high", "slice_auc_low", "slice_auc_high", "slice_fp", "slice_fn")),
			"slice_accuracy_low", "slice_accuracy_high", "slice_recall_low", "slice_recall_high", "slice_fpr_low", "slice_fpr_high", "slice_auc_low", "slice_auc_high", "slice_fp", "slice_fn"),
		Note: "Differs: the interval of the accuracy and that of all rows do not overlap."}
	t.Columns[t.column("slice_auc")].Title = Col("roc_auc").Title
	for _, one := range e.Slices {
		t.Rows = append(t.Rows, []any{one.Column, one.Level, one.Rows, one.Attacks, one.Accuracy.Value, one.Recall.Value, one.FPR.Value, one.AUC.Value, one.DiffersFromRest,
			one.Accuracy.CI.Low, one.Accuracy.CI.High, one.Recall.CI.Low, one.Recall.CI.High, one.FPR.CI.Low, one.FPR.CI.High, one.AUC.CI.Low, one.AUC.CI.High, one.FalseAlarms, one.Missed})
	}
	s.Tables = []Table{t}
	return s
}

// slicesLead names the levels with most of the mistakes.
func slicesLead(e *model.Evaluation) string {
	var alarms, missed *model.Slice
	for i := range e.Slices {
		one := &e.Slices[i]
		if alarms == nil || one.FalseAlarms > alarms.FalseAlarms {
			alarms = one
		}
		if missed == nil || one.Missed > missed.Missed {
			missed = one
		}
	}
	var text string
	if alarms.FalseAlarms > 0 {
		text = fmt.Sprintf("Most false alarms of one level are those of %s = %s: %s of its %s. ", alarms.Column, alarms.Level, Format(Count, alarms.FalseAlarms), things(alarms.Rows-alarms.Attacks, "normal row"))
	}
	if missed.Missed > 0 {
		text += fmt.Sprintf("Most attacks are missed in %s = %s: %s of %s.", missed.Column, missed.Level, Format(Count, missed.Missed), Format(Count, missed.Attacks))
	}
	if text == "" {
		return "No level has a false alarm or a missed attack."
	}
	return text
}
