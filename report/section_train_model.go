package report

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
)

// trainedSection shows one learner in detail.
func trainedSection(e *model.Entry, pictures bool) Section {
	s := Section{ID: "train_" + e.Algo, Title: sentenceCase(e.Title) + " in detail", Lead: trainedLead(e)}
	if t := figuresTable(e); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	for _, sp := range splits {
		j := sp.judged(e)
		if j == nil {
			continue
		}
		s.Tables = append(s.Tables, classTableOf(j, sp.name, sp.title))
		s.Tables = append(s.Tables, confusionTable(j, sp.name, sp.title))
	}
	if t := typesTable(e); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if t := foldsTable(e); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	s.Tables = append(s.Tables, recipeTable(&e.Recipe))
	if pictures {
		trainedFigures(&s, e)
	}
	return s
}

// trainedLead says what was trained, and at which threshold it calls a row an attack.
func trainedLead(e *model.Entry) string {
	p := e.Pipeline
	from := things(p.Training.Rows, "row")
	if learnedUsual(p) && !noLabel(p) && !e.Recipe.AllRows {
		from = "the normal ones of " + from
	}
	text := fmt.Sprintf("Trained on %s with %s; it %s. ", from, things(int64(len(p.Schema.Inputs)), "column"), purpose(p))
	if isHybrid(p) || learnedUsual(p) {
		text += "Its scores are " + scoreMeaning(p) + ". "
	}
	if p.Cut.Probable {
		return text + "The most probable class is taken."
	}
	return text + fmt.Sprintf("A row is called an attack from a score of %s on (%s).", cutText(p.Cut.Threshold), e.Recipe.Rule.Words())
}

// figuresTable sets the figures by each way of judging side by side.
func figuresTable(e *model.Entry) Table {
	t := Table{Name: "figures", Title: "Figures with 95 % intervals",
		Columns: detail(Cols("metric", "cv", "cv_low", "cv_high", "held", "held_low", "held_high", "other", "other_low", "other_high", "tested", "tested_low", "tested_high", "metric_key"), "metric_key")}
	t.metricRows(e.RandomJudged, e.AttacksJudged, e.OtherJudged, e.Test)
	return t
}

// metricRows appends a row for each figure that one of the judgements has.
func (t *Table) metricRows(judged ...*model.Judgement) {
	for _, key := range metricKeys {
		row := []any{Col(key).Title}
		known := false
		for _, j := range judged {
			m := figureOf(j, key)
			known = known || !math.IsNaN(m.Value)
			row = append(row, interval(m)...)
		}
		if known && !(key == "attack_recall" && sameAsRecall(judged)) {
			t.Rows = append(t.Rows, append(row, key))
		}
	}
	t.hideEmpty()
	t.Columns[t.column("metric_key")].Detail = true
}

// sameAsRecall reports whether all judgements are of two classes, of which the recall
// is that of attacks.
func sameAsRecall(judged []*model.Judgement) bool {
	return !slices.ContainsFunc(judged, func(j *model.Judgement) bool { return j != nil && len(j.Classes) > 2 })
}

// classTableOf lists the classes of a judgement.
func classTableOf(j *model.Judgement, name, title string) Table {
	t := Table{Name: "classes_" + name, Title: "Classes: " + title,
		Columns: detail(plainTitles("class_", Cols("class", "support", "n_predicted", "class_precision", "class_precision_low", "class_precision_high", "class_recall", "class_recall_low", "class_recall_high", "class_f1", "class_f1_low", "class_f1_high",
			"class_auc", "class_auc_low", "class_auc_high", "class_specificity", "class_fpr", "class_fpr_low", "class_fpr_high")),
			"class_precision_low", "class_precision_high", "class_f1_low", "class_f1_high", "class_auc_low", "class_auc_high", "class_specificity", "class_fpr", "class_fpr_low", "class_fpr_high")}
	for k, c := range j.Measures.Classes {
		area := none
		if j.Areas != nil && k < len(j.Areas.OneVsRest) {
			area = j.Areas.OneVsRest[k]
		}
		row := []any{c.Class, whole(c.Support), whole(c.Predicted)}
		row = append(row, interval(c.Precision)...)
		row = append(row, interval(c.Recall)...)
		row = append(row, interval(c.F1)...)
		row = append(row, interval(area)...)
		row = append(row, c.Specificity.Value)
		t.Rows = append(t.Rows, append(row, interval(c.FPR)...))
	}
	if j.Areas == nil {
		t.Columns[t.column("class_auc")].Detail = true
	}
	return t
}

// confusionTable counts the rows of each class by what they were taken for.
func confusionTable(j *model.Judgement, name, title string) Table {
	t := Table{Name: "confusion_" + name, Title: "Verdicts: " + title, Columns: Cols("actual", "predicted", "rows", "row_share"), Note: "Share: part of the rows of the actual class."}
	c := &j.Confusion
	for i, actual := range c.Classes {
		var sum float64
		for _, n := range c.Counts[i] {
			sum += n
		}
		for k, n := range c.Counts[i] {
			if n > 0 || len(c.Classes) == 2 && sum > 0 {
				t.Rows = append(t.Rows, []any{actual, c.Classes[k], whole(n), n / sum})
			}
		}
	}
	return t
}

// typesTable says what was found of each attack type by random folds and with the type
// held out.
func typesTable(e *model.Entry) Table {
	t := Table{Name: "attacks", Title: "Attack types: what was found of each",
		Columns: Cols("label", "category", "rows", "cv", "cv_low", "cv_high", "held", "held_low", "held_high"),
		Note:    "Part of the rows called an attack, by random folds and with the type held out of training."}
	place := map[string]int{}
	for k, j := range []*model.Judgement{e.RandomJudged, e.AttacksJudged} {
		if j == nil {
			continue
		}
		for _, a := range j.Attacks {
			at, ok := place[a.Attack]
			if !ok {
				at = len(t.Rows)
				place[a.Attack] = at
				t.Rows = append(t.Rows, []any{a.Attack, words(a.Category), a.Rows, nil, nil, nil, nil, nil, nil})
			}
			copy(t.Rows[at][3+3*k:], interval(a.Recall))
		}
	}
	for i := range t.Columns {
		if t.Columns[i].Kind == Real {
			t.Columns[i].Kind = Share
		}
	}
	t.hideEmpty()
	for _, key := range []string{"cv_low", "cv_high"} {
		t.Columns[t.column(key)].Detail = true
	}
	return t
}

// foldsTable lists the folds of every cross-validation.
func foldsTable(e *model.Entry) Table {
	t := Table{Name: "folds", Title: "Folds", Columns: plainTitles("fold_", Cols("split", "fold", "train_rows", "test_rows", "fold_threshold", "fit_seconds", "score_seconds", "held_types"))}
	for _, v := range []*model.Validation{e.Random, e.Attacks, e.Other} {
		if v == nil {
			continue
		}
		for k, f := range v.Folds {
			threshold := any(f.Cut.Threshold)
			if f.Cut.Probable {
				threshold = nil
			}
			t.Rows = append(t.Rows, []any{string(v.Split), int64(k + 1), int64(f.Train), int64(f.Test), threshold, f.FitSeconds, f.ScoreSeconds, words(strings.Join(f.Held, ", "))})
		}
	}
	t.hideEmpty()
	if at := t.column("score_seconds"); at >= 0 {
		t.Columns[at].Detail = true
	}
	return t
}

// recipeTable lists everything that was chosen.
func recipeTable(r *model.Recipe) Table {
	t := Table{Name: "recipe", Title: "What was chosen", Columns: Cols("setting", "set_to")}
	add := func(name, value string) { t.Rows = append(t.Rows, []any{name, words(value)}) }
	add("task", r.Task.String())
	if r.Spec != nil {
		add("learner", r.Spec.Kind())
		add("settings", settingsText(r))
	}
	steps := r.Steps.String()
	if steps == "" {
		steps = "none"
	}
	add("steps", steps)
	add("balance", r.Balance.String())
	add("threshold", r.Rule.Words())
	add("calibration", r.Calibrate.String())
	add("seed", fmt.Sprint(r.Seed))
	return t
}

// settingsText writes the settings that were set; the others are the defaults of the
// learner.
func settingsText(r *model.Recipe) string {
	text, err := json.Marshal(r.Spec)
	if err != nil || string(text) == "{}" {
		return "defaults"
	}
	var asked struct{ Members []model.Member }
	if json.Unmarshal(text, &asked) != nil || len(asked.Members) == 0 {
		return settingsWords(text)
	}
	var parts []string
	for _, m := range asked.Members {
		name := m.Algo
		if len(m.Settings) > 0 {
			name += " (" + settingsWords(m.Settings) + ")"
		}
		parts = append(parts, name)
	}
	words := "members: " + strings.Join(parts, ", ")
	var others map[string]json.RawMessage
	if json.Unmarshal(text, &others) == nil && len(others) > 1 {
		delete(others, "members")
		if rest, err := json.Marshal(others); err == nil {
			words += "; " + settingsWords(rest)
		}
	}
	return words
}

// settingsWords writes a JSON object of settings as name=value.
func settingsWords(object []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(object, &fields) != nil {
		return string(object)
	}
	if len(fields) == 0 {
		return "defaults"
	}
	var parts []string
	for name, value := range fields {
		parts = append(parts, name+"="+strings.Trim(string(value), `"`))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// trainedFigures draws the judgements of an entry.
func trainedFigures(s *Section, e *model.Entry) {
	var judged []namedJudgement
	for _, sp := range splits {
		if j := sp.judged(e); j != nil {
			judged = append(judged, namedJudgement{sp.title, j})
		}
	}
	if len(judged) == 0 {
		return
	}
	drawROC(s, "roc", rocTitle(judged), false, judged...)
	drawROC(s, "roc_log", "The same where it matters: few false alarms", true, judged...)
	drawPrecision(s, judged...)
	drawDET(s, judged...)
	// With types held out, scores are ranks within their fold, and no threshold is.
	for _, n := range slices.Backward(judged) {
		if n.judged != e.AttacksJudged {
			drawThresholds(s, n, cutOf(e))
			break
		}
	}
	strictest := judged[0]
	if len(judged) > 1 {
		strictest = judged[1]
	}
	drawConfusion(s, strictest)
	drawTypes(s, e)
}

// mostDrawnTypes is how many attack types a picture can show.
const mostDrawnTypes = 40

// drawTypes draws what was found of each attack type while it was held out.
func drawTypes(s *Section, e *model.Entry) {
	j := e.AttacksJudged
	if j == nil || len(j.Attacks) == 0 {
		return
	}
	d := plots.RankingData{Label: "part found", Interval: "95 % interval", Caption: "Of each attack type, the part called an attack by models that were trained without it."}
	missed := 0
	for _, a := range j.Attacks[:min(len(j.Attacks), mostDrawnTypes)] {
		d.Rows = append(d.Rows, drawnMeasure(fmt.Sprintf("%s (%s)", a.Attack, Format(Count, a.Rows)), a.Recall))
		if a.Recall.Value < 0.5 {
			missed++
		}
	}
	d.Title = fmt.Sprintf("Of %d attack types, %d are mostly missed by models that have not seen them", len(d.Rows), missed)
	fig, err := plots.Ranking(d)
	s.draw("attacks", fig, err)
}
