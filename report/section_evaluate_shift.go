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

// evaluatedShift says why the model does otherwise than in training.
func evaluatedShift(e *model.Evaluation) Section {
	s := Section{ID: "evaluate_shift", Title: "Why it differs from training", Lead: shiftLead(e)}
	if t := sideBySide(e); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	s.Tables = append(s.Tables, differenceTable(e))
	s.Tables = append(s.Tables, driftTable(e))
	return s
}

// sideBySide sets the figures of training and of this file beside each other.
func sideBySide(e *model.Evaluation) Table {
	t := Table{Name: "evaluate_drop", Title: "In training and here",
		Columns: detail(Cols("metric", "cv", "held", "tested", "cv_low", "cv_high", "held_low", "held_high", "tested_low", "tested_high", "metric_key"), "cv_low", "cv_high", "held_low", "held_high", "metric_key"),
		Note:    "Random folds and new types (attack types held out) are figures of models trained by the same recipe, as the model file has them."}
	for _, key := range metricKeys {
		random, held, now := qualityOf(e.Shift.Random, key), qualityOf(e.Shift.Attacks, key), figureOf(e.Judgement, key)
		if math.IsNaN(random.Value) && math.IsNaN(held.Value) || key == "attack_recall" && len(e.Judgement.Classes) == 2 {
			continue
		}
		t.Rows = append(t.Rows, []any{Col(key).Title, random.Value, held.Value, now.Value, random.CI.Low, random.CI.High, held.CI.Low, held.CI.High, now.CI.Low, now.CI.High, key})
	}
	return t
}

// qualityOf is a figure that a model file has.
func qualityOf(list []model.Quality, key string) stats.Measure {
	for _, q := range list {
		if q.Metric == key {
			return stats.Measure{Value: q.Value, CI: stats.Interval{Low: q.Low, High: q.High}}
		}
	}
	return none
}

// differenceTable lists what can explain a drop.
func differenceTable(e *model.Evaluation) Table {
	sh := &e.Shift
	t := Table{Name: "evaluate_reasons", Title: "What differs", Columns: Cols("item", "before", "now")}
	add := func(item string, before, now any) { t.Rows = append(t.Rows, []any{item, before, now}) }
	if noLabel(e.Pipeline) {
		add("part of the rows that are attacks", nil, sh.TestAttackShare)
	} else {
		add("part of the rows that are attacks", sh.TrainAttackShare, sh.TestAttackShare)
		add("attack types that training did not have", nil, float64(sh.UnseenTypes))
		add("rows of these", nil, float64(sh.UnseenRows))
		add("part found of known types", nil, sh.SeenRecall.Value)
		add("part found of new types", nil, sh.UnseenRecall.Value)
	}
	add("columns that moved (PSI above 0.1)", nil, float64(len(sh.Moved)))
	add("cells with a level that training did not have", nil, float64(sh.UnseenLevels))
	return t
}

// driftWords are the verdicts on columns, as other commands call them.
var driftWords = map[string]string{model.Stable: "stable", model.Shifted: "shifts", model.Drifted: "drifts"}

func emptyDriftTable(name string) Table {
	return Table{Name: name, Title: "Columns by how far they moved since training",
		Columns: detail(Cols("feature", "stability", "psi", "psi_low", "psi_high", "outside", "unseen_levels", "missing_share", "missing_before", "psi_chance"), "missing_before", "psi_chance"),
		Note:    "PSI: population stability index over the deciles or levels of training. Outside: numbers beyond the range of training."}
}

func driftRow(d *model.Drift) []any {
	return []any{d.Column, driftWords[d.Verdict], d.Stability.PSI, d.Stability.CI.Low, d.Stability.CI.High, d.Outside, d.Unseen, d.Missing, d.Before, d.Stability.Chance}
}

// driftTable lists all columns, those that moved most first.
func driftTable(e *model.Evaluation) Table {
	t := emptyDriftTable("evaluate_drift")
	listed := map[string]bool{}
	add := func(d *model.Drift) {
		listed[d.Column] = true
		t.Rows = append(t.Rows, driftRow(d))
	}
	for i := range e.Shift.Moved {
		add(&e.Shift.Moved[i])
	}
	for i := range e.Drift {
		if !listed[e.Drift[i].Column] {
			add(&e.Drift[i])
		}
	}
	if !slices.ContainsFunc(e.Drift, func(d model.Drift) bool { return d.Missing > 0 || d.Before > 0 }) {
		t.Columns[t.column("missing_share")].Detail = true
	}
	return t
}

// shiftLead puts the drop and its reasons into words.
func shiftLead(e *model.Evaluation) string {
	sh := &e.Shift
	now := areaOf(e.Judgement).Value
	random, held := qualityOf(sh.Random, "roc_auc").Value, qualityOf(sh.Attacks, "roc_auc").Value
	var text string
	switch {
	case math.IsNaN(now):
		text = "The rows are of one class, so that there is no AUC to compare. "
	case !math.IsNaN(random) && !math.IsNaN(held):
		text = fmt.Sprintf("AUC by random folds of training %s, with attack types held out %s, here %s. ", Format(Real, random), Format(Real, held), Format(Real, now))
	case !math.IsNaN(random):
		text = fmt.Sprintf("AUC by random folds of training %s, here %s. ", Format(Real, random), Format(Real, now))
	case !math.IsNaN(held):
		text = fmt.Sprintf("AUC with attack types held out of training %s, here %s. ", Format(Real, held), Format(Real, now))
	default:
		text = "The model file has no figures of training to compare with. "
	}
	var why []string
	if sh.UnseenTypes > 0 {
		why = append(why, fmt.Sprintf("%s of the attacks are of types that training did not have", shareOf(ratio(sh.UnseenRows, e.Judgement.Tally.N(0)))))
	}
	if n := len(sh.Moved); n > 0 {
		var names []string
		for _, d := range sh.Moved {
			names = append(names, d.Column)
		}
		why = append(why, fmt.Sprintf("%d of %d columns moved (%s)", n, len(e.Drift), joined(names, 4)))
	}
	if !noLabel(e.Pipeline) && math.Abs(sh.TestAttackShare-sh.TrainAttackShare) > 0.05 {
		why = append(why, fmt.Sprintf("attacks are %s of the rows, and were %s", shareOf(sh.TestAttackShare), shareOf(sh.TrainAttackShare)))
	}
	if len(why) == 0 {
		return text + "Nothing that is looked at differs from training."
	}
	return text + sentenceCase(strings.Join(why, "; ")) + "."
}

// evaluationLead says how well the model does.
func evaluationLead(e *model.Evaluation) string {
	j := e.Judgement
	what := e.Pipeline.Kind()
	if k, err := model.KindNamed(what); err == nil {
		what = k.Title
	}
	attacks, normals := j.Tally.N(0), j.Tally.N(1)
	found, alarms := shareOf(j.Binary.Recall.Value)+shareBounds(j.Binary.Recall.CI), shareOf(j.Binary.FPR.Value)+shareBounds(j.Binary.FPR.CI)
	if attacks == 0 {
		return fmt.Sprintf("No attack is among the rows, so that nothing tells what the %s finds; it raises false alarms on %s of %s.", what, alarms, things(normals, "normal row"))
	}
	text := fmt.Sprintf("Of %s the %s finds %s, with false alarms on %s of %s.", things(attacks, "attack"), what, found, alarms, things(normals, "normal row"))
	if normals == 0 {
		return fmt.Sprintf("Of %s the %s finds %s. No row is normal, so that nothing tells of false alarms.", things(attacks, "attack"), what, found)
	}
	if j.Scores != nil {
		text += fmt.Sprintf(" It ranks an attack above a normal row with probability %s%s (AUC).", Format(Real, j.Scores.AUC.Value), bounds(j.Scores.AUC.CI.Low, j.Scores.AUC.CI.High))
	}
	return text + fmt.Sprintf(" %s of the verdicts are right; always to say the larger class would be right in %s.", shareOf(j.Measures.Accuracy.Value), shareOf(ratio(max(attacks, normals), j.Rows)))
}

// evaluationFindings says what a reader should act on.
func evaluationFindings(e *model.Evaluation) []Finding {
	found := []Finding{}
	j, sh := e.Judgement, &e.Shift
	if r := e.Pipeline.Recipe.Rule; r.By == model.FPR && j.Binary.FPR.CI.Low > r.Value*1.1 {
		found = append(found, Finding{Warning, "", fmt.Sprintf("The threshold is meant for %s false alarms; here %s%s of the normal rows raise one.", shareOf(r.Value), shareOf(j.Binary.FPR.Value), shareBounds(j.Binary.FPR.CI)),
			"Normal traffic differs from that of training. Train on normal rows of this network, or ask for a smaller --fpr."})
	}
	if five := figureOf(j, "recall_fpr_5").Value; five > j.Binary.Recall.Value+0.05 && j.Binary.FPR.Value < 0.05 {
		found = append(found, Finding{Warning, "", fmt.Sprintf("The threshold is strict: it finds %s of the attacks, and would find %s at 5 %% false alarms.", shareOf(j.Binary.Recall.Value), shareOf(five)), moreFound(e.Pipeline)})
	}
	if sh.UnseenTypes > 0 && sh.UnseenRecall.CI.High < sh.SeenRecall.CI.Low {
		found = append(found, Finding{Notice, "", fmt.Sprintf("Attacks of types that training did not have are found less often: %s against %s of known types.", shareOf(sh.UnseenRecall.Value), shareOf(sh.SeenRecall.Value)),
			"Label rows of the new types and train again; --validate attacks tells beforehand how large such a gap is."})
	}
	for _, d := range sh.Moved[:min(len(sh.Moved), 3)] {
		if d.Verdict == model.Drifted {
			found = append(found, Finding{Notice, d.Column, fmt.Sprintf("has moved since training (PSI %s).", Format(Real, d.Stability.PSI)), "netanom compare with the training file says which values moved."})
		}
	}
	if sh.UnseenLevels > 0 {
		found = append(found, Finding{Info, "", fmt.Sprintf("%s a level that training did not have; the model takes %s for missing.", thingsHave(sh.UnseenLevels, "cell"), itOrThem(sh.UnseenLevels)), "Train on rows that have these levels."})
	}
	found = append(found, probabilityFinding(e)...)
	if random := qualityOf(sh.Random, "roc_auc"); random.Value > 0.99 && areaOf(j).CI.High < random.CI.Low {
		found = append(found, Finding{Info, "", fmt.Sprintf("Random folds of the training file promised an AUC of %s; here it is %s.", Format(Real, random.Value), Format(Real, areaOf(j).Value)), "Judge with --validate attacks or a later file; random folds flatter."})
	}
	return found
}

// moreFound says how to train a model that finds more at more false alarms.
func moreFound(p *model.Pipeline) string {
	if noLabel(p) {
		return "Train with a larger --tail, or on labelled rows with --fpr 0.05."
	}
	return fmt.Sprintf("netanom train --algo %s --fpr 0.05", p.Kind())
}

// probabilityFinding says that scores are no probabilities here, or were never meant to be.
func probabilityFinding(e *model.Evaluation) []Finding {
	worst := worstBin(e.Reliability)
	if worst == nil {
		return nil
	}
	p := e.Pipeline
	what, next := "Probabilities are off", "Use the scores for ranking only, or train with --calibrate isotonic on rows like these."
	switch {
	case p.Recipe.Task != model.Binary:
		next = "Use the scores for ranking only."
	case p.Calibrator != nil:
		next = "Use the scores for ranking only, or calibrate on rows with about as many attacks as these."
	}
	if p.Calibrator == nil && slices.Contains(unmeantProbabilities, p.Kind()) {
		what = "Scores are not probabilities"
	}
	return []Finding{{Notice, "", fmt.Sprintf("%s: where the model says %s on average, %s are attacks.", what, shareOf(worst.Predicted), shareOf(worst.Observed)), next}}
}

// worstBin is the bin whose probabilities are farthest from what happened, if that is
// beyond chance and by a tenth at least.
func worstBin(bins []stats.CalibrationBin) *stats.CalibrationBin {
	var worst *stats.CalibrationBin
	for i := range bins {
		b := &bins[i]
		off := math.Abs(b.Observed - b.Predicted)
		beyond := b.Predicted < b.CI.Low || b.Predicted > b.CI.High
		if off > 0.1 && beyond && (worst == nil || off > math.Abs(worst.Observed-worst.Predicted)) {
			worst = b
		}
	}
	return worst
}

// drawRecalls draws what was found of each attack type.
func drawRecalls(s *Section, e *model.Evaluation) {
	d := plots.RankingData{Label: "part found", Interval: "95 % interval", Caption: "Types that training did not have are marked with a star."}
	fresh := 0
	attacks := e.Judgement.Attacks
	for _, a := range attacks[:min(len(attacks), mostDrawnTypes)] {
		name := a.Attack
		if a.Unseen {
			name += " *"
			fresh++
		}
		d.Rows = append(d.Rows, drawnMeasure(name, a.Recall))
	}
	if len(d.Rows) == 0 {
		return
	}
	d.Title = fmt.Sprintf("Part found of %d attack types", len(d.Rows))
	if fresh > 0 {
		d.Title += fmt.Sprintf(", of which %d are new", fresh)
	}
	fig, err := plots.Ranking(d)
	s.draw("attacks", fig, err)
}
