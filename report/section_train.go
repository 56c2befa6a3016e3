package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// baselineAlgo is the learner that knows only how frequent the classes are.
const baselineAlgo = "baseline"

// Contest shows how learners did on rows held out of training, in the order given: all
// in one table, and then each that was trained in detail. Pictures are of all together
// and of the first that is no baseline.
func Contest(entries []*model.Entry) []Section {
	s := Section{ID: "train", Title: "Learners, judged by rows they have not seen", Lead: contestLead(entries), Findings: contestFindings(entries)}
	s.Tables = append(s.Tables, contestTable(entries))
	if t := failureTable(entries); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if t := qualityTable(entries); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	contestFigures(&s, entries)
	out := []Section{s}
	first := firstTrained(entries)
	for _, e := range entries {
		if e.Failed == nil && e.Pipeline != nil && (e.Algo != baselineAlgo || len(entries) == 1) {
			out = append(out, trainedSection(e, e == first))
		}
	}
	return out
}

// firstTrained is the first entry with a model that is no baseline, nil if there is none.
func firstTrained(entries []*model.Entry) *model.Entry {
	for _, e := range entries {
		if e.Failed == nil && e.Algo != baselineAlgo {
			return e
		}
	}
	return nil
}

// A split is one way in which an entry was judged.
type split struct {
	name   string // as model.Split and JSON have it; "test" for a file of its own
	title  string
	judged func(e *model.Entry) *model.Judgement
}

var splits = []split{
	{string(model.Random), "random folds", func(e *model.Entry) *model.Judgement { return e.RandomJudged }},
	{string(model.ByType), "attack types held out", func(e *model.Entry) *model.Judgement { return e.AttacksJudged }},
	{"other", "groups or time", func(e *model.Entry) *model.Judgement { return e.OtherJudged }},
	{"test", "test file", func(e *model.Entry) *model.Judgement { return e.Test }},
}

// nameFor is the name of the split of an entry: that of the other split is its own.
func (s split) nameFor(e *model.Entry) string {
	if s.name == "other" && e.Other != nil {
		return string(e.Other.Split)
	}
	return s.name
}

// none is a figure that is not known.
var none = stats.Measure{Value: math.NaN(), CI: stats.Interval{Low: math.NaN(), High: math.NaN(), Level: math.NaN()}}

// figure returns a figure of a judgement by its key, NaN if it has none.
func figureOf(j *model.Judgement, key string) stats.Measure {
	if j == nil {
		return none
	}
	m := j.Metric(key)
	if math.IsNaN(m.Value) {
		return none
	}
	return m
}

// areaOf is the area under the ROC curve of a judgement.
func areaOf(j *model.Judgement) stats.Measure { return figureOf(j, "roc_auc") }

// bestBy returns the entry, but for the baseline, of which the figure is largest, and
// the figure; nil if none has it.
func bestBy(entries []*model.Entry, of func(*model.Entry) stats.Measure) (*model.Entry, stats.Measure) {
	var best *model.Entry
	top := none
	for _, e := range entries {
		if e.Failed != nil || e.Algo == baselineAlgo {
			continue
		}
		if m := of(e); !math.IsNaN(m.Value) && (best == nil || m.Value > top.Value) {
			best, top = e, m
		}
	}
	return best, top
}

func randomArea(e *model.Entry) stats.Measure { return areaOf(e.RandomJudged) }
func heldArea(e *model.Entry) stats.Measure   { return areaOf(e.AttacksJudged) }
func otherArea(e *model.Entry) stats.Measure  { return areaOf(e.OtherJudged) }
func testArea(e *model.Entry) stats.Measure   { return areaOf(e.Test) }

// contestLead tells what the ways to judge say, and which to believe.
func contestLead(entries []*model.Entry) string {
	best := func(e *model.Entry) string { return e.Algo + " is best: AUC" }
	if alone(entries) {
		best = func(e *model.Entry) string { return "the AUC of the " + e.Title + " is" }
	}
	var told []string
	tell := func(format string, a ...any) { told = append(told, fmt.Sprintf(format, a...)) }
	if random, area := bestBy(entries, randomArea); random != nil {
		tell("By random folds, %s %s.", best(random), Format(Real, area.Value))
		if area.Value > 0.99 {
			tell("That is no result yet: rows of one file resemble each other, and models have seen every attack type they were judged by.")
		}
	}
	if held, m := bestBy(entries, heldArea); held != nil {
		tell("With whole attack types held out, as tomorrow's attacks are, %s %s%s, with %s of the attacks found at 5 %% false alarms; the threshold in use finds %s at %s.",
			best(held), Format(Real, m.Value), bounds(m.CI.Low, m.CI.High), shareOf(figureOf(held.AttacksJudged, "recall_fpr_5").Value),
			shareOf(figureOf(held.AttacksJudged, "attack_recall").Value), shareOf(figureOf(held.AttacksJudged, "fpr").Value))
	}
	if other, m := bestBy(entries, otherArea); other != nil {
		by := "With whole groups held out"
		if other.Other != nil && other.Other.Split == model.ByTime {
			by = "On rows later than those of training"
		}
		tell("%s, %s %s%s, with %s of the attacks found at %s false alarms.", by, best(other), Format(Real, m.Value), bounds(m.CI.Low, m.CI.High),
			shareOf(figureOf(other.OtherJudged, "attack_recall").Value), shareOf(figureOf(other.OtherJudged, "fpr").Value))
	}
	if tested, m := bestBy(entries, testArea); tested != nil {
		tell("On the test file, %s %s%s, with %s of the attacks found at %s false alarms.",
			best(tested), Format(Real, m.Value), bounds(m.CI.Low, m.CI.High), shareOf(figureOf(tested.Test, "attack_recall").Value), shareOf(figureOf(tested.Test, "fpr").Value))
	}
	if len(told) == 0 {
		return unjudgedLead(entries)
	}
	return strings.Join(told, " ")
}

// unjudgedLead says what there is where no learner has an area under the ROC curve.
func unjudgedLead(entries []*model.Entry) string {
	e := firstTrained(entries)
	failed := slices.ContainsFunc(entries, func(e *model.Entry) bool { return e.Failed != nil })
	switch {
	case e != nil && noLabel(e.Pipeline):
		what := sentenceCase(e.Title) + " has"
		if !alone(entries) {
			what = "The detectors have"
		}
		return what + " learned what is usual. Without a label, nothing is known of how well that finds attacks."
	case e != nil && e.Leading() != nil:
		return fmt.Sprintf("%s was trained; the rows it was judged by have too few of one class for an area under the ROC curve.", sentenceCase(e.Title))
	case e != nil && cleanAlarms(e) != "":
		return cleanAlarms(e)
	case e != nil:
		return fmt.Sprintf("%s was trained and not judged; nothing is known of how well it does.", sentenceCase(e.Title))
	case len(entries) == 0 || !slices.ContainsFunc(entries, func(e *model.Entry) bool { return e.Failed == nil }):
		return "Nothing could be trained."
	case failed:
		return "Nothing could be trained but the baseline, which knows only how frequent the classes are."
	}
	text := "The baseline alone was trained. It knows only how frequent the classes are"
	if j := entries[0].Leading(); j != nil {
		text += fmt.Sprintf(", and %s of its verdicts are right; its AUC is %s", shareOf(figureOf(j, "accuracy").Value), Format(Real, areaOf(j).Value))
	}
	return text + ". Other learners have to do better than that."
}

// alone reports whether one learner beside the baseline was trained.
func alone(entries []*model.Entry) bool {
	n := 0
	for _, e := range entries {
		if e.Failed == nil && e.Algo != baselineAlgo {
			n++
		}
	}
	return n == 1
}

// shareOf writes a share in a sentence.
func shareOf(x float64) string { return Format(Share, x) }

// contestFindings says what of the comparison a reader should act on.
func contestFindings(entries []*model.Entry) []Finding {
	found := []Finding{}
	for _, e := range entries {
		if e.Failed != nil {
			found = append(found, Finding{Notice, e.Algo, "could not be trained: " + e.Failed.Error() + ".", "Change its settings or steps (--set, --steps), or leave it out."})
		}
	}
	found = append(found, otherBest(entries)...)
	found = append(found, strictBest(entries)...)
	if e := firstTrained(entries); e != nil {
		found = append(found, thresholdFinding(e)...)
		found = append(found, alarmFinding(e)...)
	}
	for _, e := range entries {
		if j := e.Leading(); e.Failed == nil && e.Algo != baselineAlgo && j != nil && j.Scores != nil && j.Scores.AUC.CI.Low <= 0.5 {
			found = append(found, Finding{Notice, e.Algo, fmt.Sprintf("ranks attacks no better than chance would (AUC %s%s).", Format(Real, j.Scores.AUC.Value), bounds(j.Scores.AUC.CI.Low, j.Scores.AUC.CI.High)), "Do not use it on these columns."})
		}
	}
	switch e := firstTrained(entries); {
	case e == nil:
	case noLabel(e.Pipeline):
		found = append(found, Finding{Warning, "", "The table has no label, so that nothing says how well the model finds attacks.", "Look at what it calls unusual (netanom detect), or judge it by a labelled file with netanom evaluate."})
	case e.Pipeline != nil && len(e.Pipeline.Training.Attacks) == 0:
		found = append(found, Finding{Warning, "", "All rows are normal, so that nothing says how well the model finds attacks.", "Judge it by a labelled file with netanom evaluate, or by a capture of an attack of your own."})
	case !slices.ContainsFunc(entries, func(e *model.Entry) bool { return e.Failed == nil && (e.AttacksJudged != nil || e.Test != nil) }):
		found = append(found, Finding{Warning, "", "Nothing here says how the models do on attacks of a new type.", "Hold whole types out with --validate attacks (the label must name two at least), or judge by a later file with --test."})
	}
	return found
}

// otherBest says that random folds would choose another learner.
func otherBest(entries []*model.Entry) []Finding {
	random, area := bestBy(entries, randomArea)
	held, best := bestBy(entries, heldArea)
	if random == nil || held == nil || random == held {
		return nil
	}
	of := heldArea(random)
	if math.IsNaN(of.Value) {
		return nil
	}
	text := fmt.Sprintf("is best by random folds (AUC %s), and %s on attack types held out: %s against %s.", Format(Real, area.Value), held.Algo, Format(Real, of.Value), Format(Real, best.Value))
	if of.CI.High >= best.CI.Low {
		return []Finding{{Info, random.Algo, text + " The intervals overlap.", "Take the quicker or the simpler of the two."}}
	}
	return []Finding{{Notice, random.Algo, text, "Choose by the types held out; random folds tell which model knows this file best."}}
}

// strictBest says that another learner finds more new attacks at few false alarms than
// the one with the largest area.
func strictBest(entries []*model.Entry) []Finding {
	at5 := func(e *model.Entry) stats.Measure { return figureOf(e.AttacksJudged, "recall_fpr_5") }
	held, _ := bestBy(entries, heldArea)
	strict, most := bestBy(entries, at5)
	if held == nil || strict == nil || held == strict || !(most.CI.Low > at5(held).CI.High) {
		return nil
	}
	return []Finding{{Notice, strict.Algo, fmt.Sprintf("finds more attacks of new types than %s where false alarms are few: %s against %s at 5 %%.", held.Algo, shareOf(most.Value), shareOf(at5(held).Value)),
		"The area counts all rates of false alarms; choose by the rate that you can live with."}}
}

// thresholdFinding says that another threshold would find many more new attacks.
func thresholdFinding(e *model.Entry) []Finding {
	j := e.AttacksJudged
	if j == nil || j.Scores == nil {
		return nil
	}
	const target = 0.05
	now, then, alarms := figureOf(j, "attack_recall").Value, figureOf(j, "recall_fpr_5").Value, figureOf(j, "fpr").Value
	if !(then > now+target && alarms < target) {
		return nil
	}
	return []Finding{{Warning, e.Algo, fmt.Sprintf("At its threshold it finds %s of attacks of types it has never seen, at %s false alarms; with 5 %% false alarms it would find %s.", shareOf(now), shareOf(alarms), shareOf(then)),
		fmt.Sprintf("netanom train --algo %s --fpr 0.05", e.Algo)}}
}

// alarmFinding says that the threshold raises more alarms than it is meant for.
func alarmFinding(e *model.Entry) []Finding {
	r := e.Recipe.Rule
	if r.By != model.FPR {
		return nil
	}
	for _, s := range splits {
		m := figureOf(s.judged(e), "fpr")
		if m.CI.Low > r.Value*1.1 {
			return []Finding{{Warning, e.Algo, fmt.Sprintf("Its threshold is meant for %s false alarms; by %s it raises %s%s.", shareOf(r.Value), s.title, shareOf(m.Value), shareBounds(m.CI)),
				"Normal traffic differs from that of training: train on rows of the network that is watched, or ask for a smaller --fpr."}}
		}
	}
	return nil
}

// shareBounds writes an interval of shares behind a value.
func shareBounds(ci stats.Interval) string {
	if math.IsNaN(ci.Low) || math.IsNaN(ci.High) {
		return ""
	}
	return fmt.Sprintf(" [%s to %s]", Format(Share, ci.Low), Format(Share, ci.High))
}

// mostContestCurves is how many learners a picture of curves can tell apart.
const mostContestCurves = 6

// contestFigures draws the areas of all learners, and the ROC curves of the first.
func contestFigures(s *Section, entries []*model.Entry) {
	of, what := heldArea, "with attack types held out"
	if e, _ := bestBy(entries, heldArea); e == nil {
		of, what = func(e *model.Entry) stats.Measure { return areaOf(e.Leading()) }, "on rows held out"
	}
	d := plots.RankingData{Label: "AUC", Interval: "95 % interval", Caption: "Area under the ROC curve " + what + "; 0.5 is chance."}
	var trained []*model.Entry
	for _, e := range entries {
		if e.Failed != nil || math.IsNaN(of(e).Value) {
			continue
		}
		d.Rows = append(d.Rows, drawnMeasure(e.Algo, of(e)))
		if e.Algo != baselineAlgo {
			trained = append(trained, e)
		}
	}
	if len(trained) < 2 {
		return
	}
	best := slices.MaxFunc(d.Rows, func(a, b plots.Effect) int { return cmp.Compare(a.Estimate, b.Estimate) })
	d.Title = fmt.Sprintf("%s ranks attacks best %s: AUC %s", best.Name, what, Format(Real, best.Estimate))
	fig, err := plots.Ranking(d)
	s.draw("areas", fig, err)
	var curves []namedJudgement
	for _, e := range trained[:min(len(trained), mostContestCurves)] {
		j := e.AttacksJudged
		if j == nil {
			j = e.Leading()
		}
		curves = append(curves, namedJudgement{e.Algo, j})
	}
	drawROC(s, "roc", fmt.Sprintf("ROC %s, the first %d learners", what, len(curves)), false, curves...)
}

// cutOf is the threshold in use of an entry; NaN if it takes the most probable class.
func cutOf(e *model.Entry) float64 {
	if e.Pipeline == nil || e.Pipeline.Cut.Probable {
		return math.NaN()
	}
	return e.Pipeline.Cut.Threshold
}

// cleanAlarms says how many alarms a clean period gave; empty where that was not measured.
func cleanAlarms(e *model.Entry) string {
	alarms, rows := e.CleanAlarms()
	if rows == 0 {
		return ""
	}
	ci := stats.WilsonInterval(alarms, rows, 0.95)
	return fmt.Sprintf("%s was trained on a clean period. Of its %s, held out of training in turn, %s would have raised an alert (%s, 95 %% interval %s to %s).",
		sentenceCase(e.Title), things(rows, "row"), Format(Count, alarms), shareOf(ratio(alarms, rows)), shareOf(ci.Low), shareOf(ci.High))
}
