package report

import (
	"fmt"
	"slices"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// Prediction shows what a model said of the rows of a table: how many it took for what,
// how its scores lie, and which columns held something that training had not.
func Prediction(p *model.Prediction, by *model.Pipeline) Section {
	s := Section{ID: "predict", Title: "Verdicts", Lead: predictionLead(p, by), Findings: predictionFindings(p, by)}
	verdicts := Table{Name: "predict", Title: "Rows by verdict", Columns: Cols("class", "rows", "share")}
	for k, n := range p.Classes {
		verdicts.Rows = append(verdicts.Rows, []any{by.Classes[k], n, ratio(n, p.Rows)})
	}
	s.Tables = append(s.Tables, verdicts)
	if inRange(p, by) {
		s.Tables = append(s.Tables, scoreRanges(p))
	}
	if t := strangeCells(p, by); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if t := driftedTable(p); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if inRange(p, by) {
		predictionFigure(&s, p, by)
	}
	return s
}

// inRange reports whether the scores that were counted lie between 0 and 1, as all do but
// those of some detectors.
func inRange(p *model.Prediction, by *model.Pipeline) bool {
	return !learnedUsual(by) || p.Scores[0] == 0 && p.Scores[len(p.Scores)-1] == 0
}

// predictionLead counts the alerts.
func predictionLead(p *model.Prediction, by *model.Pipeline) string {
	if p.Rows == 0 {
		return "There is no row to score."
	}
	text := fmt.Sprintf("%s of %s (%s) %s", Format(Count, p.Attacks), things(p.Rows, "row"), shareOf(ratio(p.Attacks, p.Rows)), takenFor(p.Attacks))
	if learnedUsual(by) {
		text += ", as unusual"
	}
	if by.Cut.Probable {
		return text + ", where an attack is the most probable class."
	}
	return text + fmt.Sprintf(", from a score of %s on.", cutText(by.Cut.Threshold))
}

// takenFor is what becomes of so many rows.
func takenFor(n int64) string {
	if n == 1 {
		return "is taken for an attack"
	}
	return "are taken for attacks"
}

// predictionFindings warns of verdicts that should not be trusted as they are.
func predictionFindings(p *model.Prediction, by *model.Pipeline) []Finding {
	found := []Finding{}
	if p.Rows == 0 {
		return found
	}
	found = append(found, alertFinding(p, by)...)
	for j, n := range p.Unseen {
		if n > 0 && ratio(n, p.Rows) >= 0.01 {
			found = append(found, Finding{Notice, by.Schema.Inputs[j].Name, fmt.Sprintf("%s of the rows have a level that training did not have; it counts as missing.", shareOf(ratio(n, p.Rows))), "Train on rows that have these levels."})
		}
	}
	found = append(found, goneFindings(p, by)...)
	found = append(found, driftFindings(p)...)
	for j, n := range p.Missing {
		in := &by.Schema.Inputs[j]
		before := ratio(in.Missing, max(1, by.Training.Rows))
		if now := ratio(n, p.Rows); now > before+0.05 && !gone(p, by, j) {
			found = append(found, Finding{Notice, in.Name, fmt.Sprintf("%s of the rows have no value, and %s had none in training.", shareOf(now), shareOf(before)), "See why values are gone: the model guesses them."})
		}
	}
	return found
}

// alertFinding warns of far more alerts than the threshold is meant for, even if there are
// as many attacks as in training.
func alertFinding(p *model.Prediction, by *model.Pipeline) []Finding {
	target, attacks := alertShare(by.Recipe.Rule), trainedShare(by)
	expected := attacks + (1-attacks)*target
	if by.Recipe.Rule.By == model.Alerts {
		expected = max(target, attacks)
	}
	flagged := stats.WilsonInterval(p.Attacks, p.Rows, 0.95)
	if target == 0 || flagged.Low < min(2*expected, expected+0.25) {
		return nil
	}
	text := fmt.Sprintf("The threshold is meant for %s alerts among ordinary rows", shareOf(target))
	if attacks > 0 {
		text += fmt.Sprintf(", %s of the training rows were attacks", shareOf(attacks))
	}
	text += fmt.Sprintf(", and %s of these rows raise an alert: either there are many attacks, or normal traffic differs from that of training.", shareOf(ratio(p.Attacks, p.Rows)))
	return []Finding{{Warning, "", text, "Look at the reasons of some alerts (--reasons 3); netanom compare with the training file says which columns moved."}}
}

// trainedShare is the part of the training rows that are attacks, 0 where that is not known.
func trainedShare(p *model.Pipeline) float64 {
	var attacks int64
	for _, a := range p.Training.Attacks {
		attacks += a.Rows
	}
	return ratio(attacks, max(1, p.Training.Rows))
}

// alertShare is the share of ordinary rows, or of all, that a threshold was chosen to call
// attacks, 0 if it was chosen otherwise.
func alertShare(r model.Rule) float64 {
	switch r.By {
	case model.FPR, model.Tail:
		return r.Value
	case model.Alerts:
		return r.Value / r.Rows
	}
	return 0
}

// scoreRanges counts the rows by their score.
func scoreRanges(p *model.Prediction) Table {
	t := Table{Name: "predict_scores", Title: "Rows by score", Columns: Cols("score_low", "score_high", "rows", "share")}
	bins := len(p.Scores)
	for b, n := range p.Scores {
		if n > 0 {
			t.Rows = append(t.Rows, []any{float64(b) / float64(bins), float64(b+1) / float64(bins), n, ratio(n, p.Rows)})
		}
	}
	if len(t.Rows) > 0 {
		t.Footnotes = []string{"Scores below 0 count in the first range, those above 1 in the last."}
	}
	return t
}

// strangeCells lists columns with cells that training did not have, or that are missing.
func strangeCells(p *model.Prediction, by *model.Pipeline) Table {
	t := Table{Name: "predict_columns", Title: "Columns with unseen levels or missing cells", Columns: Cols("feature", "unseen_levels", "missing", "missing_share", "missing_before")}
	for j := range by.Schema.Inputs {
		in := &by.Schema.Inputs[j]
		if j < len(p.Unseen) && (p.Unseen[j] > 0 || p.Missing[j] > 0) {
			t.Rows = append(t.Rows, []any{in.Name, p.Unseen[j], p.Missing[j], ratio(p.Missing[j], p.Rows), ratio(in.Missing, max(1, by.Training.Rows))})
		}
	}
	return t
}

// predictionFigure draws how the scores lie.
func predictionFigure(s *Section, p *model.Prediction, by *model.Pipeline) {
	bins := len(p.Scores)
	group := plots.Group{Name: "all"}
	d := plots.BarsData{Label: "score", Counted: "rows", Limit: bins, Title: fmt.Sprintf("%s of %s %s", Format(Count, p.Attacks), things(p.Rows, "row"), takenFor(p.Attacks))}
	for b, n := range p.Scores {
		d.Names = append(d.Names, fmt.Sprintf("%.2f to %.2f", float64(b)/float64(bins), float64(b+1)/float64(bins)))
		group.Counts = append(group.Counts, n)
	}
	if !slices.ContainsFunc(group.Counts, func(n int64) bool { return n > 0 }) {
		return
	}
	d.Groups = []plots.Group{group}
	if !by.Cut.Probable {
		d.Caption = fmt.Sprintf("The threshold is %s.", cutText(by.Cut.Threshold))
	}
	fig, err := plots.Bars(d)
	s.draw("scores", fig, err)
}
