package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
)

// Detected shows the strangest rows of a table with their reasons, how the threshold was
// found, and, apart from that, how well strange rows are attacks. private leaves out
// single rows.
func Detected(d *model.Detection, private bool) []Section {
	s := Section{ID: "detect", Title: "The strangest rows", Lead: detectLead(d), Findings: detectFindings(d)}
	if !private {
		s.Tables = append(s.Tables, strangeTable(d))
		if t := strangeReasons(d); len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	s.Tables = append(s.Tables, tailTable(d))
	scoreFigure(&s, d)
	out := []Section{s}
	if d.Against != nil {
		out = append(out, detectLabels(d, private))
	}
	return out
}

// detectLead says how many rows lie beyond, and how many would by chance.
func detectLead(d *model.Detection) string {
	n := len(d.Scores)
	text := fmt.Sprintf("What is usual was learned from all %s rows, without labels. Method: %s. %s a score of %s or more, which an ordinary row has with a probability of %v: %s would be expected.",
		Format(Count, n), d.Title, rowsHave(d.Beyond), Format(Real, d.Threshold), d.Chance, Format(Real, math.Round(10*d.Chance*float64(n))/10))
	if d.Tail != nil {
		text += fmt.Sprintf(" %s so strange that less than one is expected among as many rows.", rowsAre(d.Rare))
	}
	return text
}

func rowsHave(n int) string {
	switch n {
	case 0:
		return "No row has"
	case 1:
		return "1 row has"
	}
	return Format(Count, n) + " rows have"
}

func rowsAre(n int) string {
	switch n {
	case 0:
		return "No row is"
	case 1:
		return "1 row is"
	}
	return Format(Count, n) + " rows are"
}

// doubtfulTail is the p-value below which the tail of the scores is not that of the
// distribution.
const doubtfulTail = 0.05

// detectFindings says how far the threshold can be trusted.
func detectFindings(d *model.Detection) []Finding {
	found := []Finding{}
	switch {
	case d.Tail == nil:
		found = append(found, Finding{Warning, "", fmt.Sprintf("The highest scores do not tell how scores are distributed: %s. The threshold is their quantile instead.", d.NoTail), "More rows, or another --algo, give scores that differ."})
	case d.Tail.P < doubtfulTail:
		found = append(found, Finding{Warning, "", fmt.Sprintf("The highest scores do not follow the distribution that the threshold rests on (p = %s): probabilities are rough, the order of the rows is not.", Format(PValue, d.Tail.P)),
			"Many rows of one kind in the tail do this: look at the reasons, and take out what is known (--where)."})
	}
	copies := 0
	for i := range d.Strange {
		if d.Strange[i].Alike > 1 {
			copies++
		}
	}
	if copies > 0 {
		found = append(found, Finding{Info, "", fmt.Sprintf("%d of the %d rows listed have others that are the same in all columns looked at.", copies, len(d.Strange)), ""})
	}
	return found
}

// strangeTable lists the strangest rows.
func strangeTable(d *model.Detection) Table {
	t := Table{Name: "strange", Title: "The highest scores first",
		Columns: detail(Cols("row", "first_line", "score", "tail_probability", "strange", "label", "reasons", "rank", "expected_rows", "alike"), "rank", "expected_rows", "alike")}
	for i := range d.Strange {
		r := &d.Strange[i]
		row := []any{int64(r.Row) + 1, lineOf(r.Line), r.Score, P{r.Probability, math.Log10(r.Probability)}, r.Beyond, words(r.Label), words(model.ReasonsText(r.Reasons)), i + 1, r.Expected, r.Alike}
		t.Rows = append(t.Rows, row)
	}
	for _, key := range []string{"label", "reasons"} {
		j := t.column(key)
		empty := true
		for _, r := range t.Rows {
			empty = empty && missing(r[j])
		}
		t.Columns[j].Detail = empty
	}
	if d.Scale != "" {
		how := "sampled Shapley values"
		if d.Exact {
			how = "exact parts"
		}
		t.Note = fmt.Sprintf("Beyond: of the threshold. In brackets: what a column adds to the score of a row of medians and commonest levels (%s).", how)
		if d.Exact {
			t.Note = fmt.Sprintf("Beyond: of the threshold. In brackets: what a column adds (%s, %s).", how, d.Scale)
		}
	}
	return t
}

// strangeReasons lists the reasons one by one, for programs.
func strangeReasons(d *model.Detection) Table {
	t := Table{Name: "strange_reasons", Title: "Reasons, row by row", Columns: Cols("row", "feature", "cell", "part_of_score")}
	for i := range d.Strange {
		for _, r := range d.Strange[i].Reasons {
			t.Rows = append(t.Rows, []any{int64(d.Strange[i].Row) + 1, r.Column, words(r.Value), r.Part})
		}
	}
	return t
}

// tailTable says how the threshold was found.
func tailTable(d *model.Detection) Table {
	t := Table{Name: "detect_tail", Title: "How the threshold was found", Columns: Cols("metric", "value", "meaning")}
	add := func(name string, v float64, meaning string) { t.Rows = append(t.Rows, []any{name, v, meaning}) }
	add("threshold", d.Threshold, fmt.Sprintf("an ordinary row exceeds it with a probability of %v", d.Chance))
	add("rows beyond", float64(d.Beyond), "rows with this score or more")
	if k := d.Tail; k != nil {
		add("rare rows", float64(d.Rare), "rows so strange that less than one is expected")
		add("tail from", k.Start, "the score above which the tail begins")
		add("rows in the tail", float64(k.Excesses), "scores that the distribution is fitted to")
		add("shape", k.Shape, "of the generalised Pareto distribution; above 0 the tail is heavy, below 0 it has an end")
		add("scale", k.Scale, "of it")
		add("fit A²", k.Deviation, "Anderson–Darling distance of the tail from it")
		add("fit p", k.P, "below 0.05 the threshold is doubtful")
	}
	t.Footnotes = []string{"Steps: " + d.Steps + "."}
	return t
}

// scoreFigure draws how the scores lie, by class where classes are known.
func scoreFigure(s *Section, d *model.Detection) {
	tally, err := d.Tally()
	if err != nil {
		s.draw("scores", nil, err)
		return
	}
	h := plots.HistogramData{Label: "score", Counted: "rows", Y: plots.Log, X: plots.Linear, Title: fmt.Sprintf("%s a score of %s or more", rowsHave(d.Beyond), Format(Real, d.Threshold))}
	for i, v := range tally.Values {
		if drawnScore(v) != v { // too near to 0 for an axis
			s.draw("scores", nil, fmt.Errorf("score %d is too small", i))
			return
		}
	}
	h.Values = tally.Values
	for g := range tally.NumGroups() {
		if tally.N(g) > 0 {
			h.Groups = append(h.Groups, plots.Group{Name: tally.GroupName(g), Counts: tally.Counts[g]})
		}
	}
	if len(h.Groups) > 1 {
		h.Caption = "The label had no part in the scores."
	}
	fig, _, err := plots.Histogram(h)
	s.draw("scores", fig, err)
}

// detectLabels holds the scores against the labels.
func detectLabels(d *model.Detection, _ bool) Section {
	a := d.Against
	s := Section{ID: "detect_labels", Title: "Held against the label, which was not used"}
	t := Table{Name: "detect_labels", Title: "How well strange rows are attacks", Columns: Cols("metric", "value", "value_low", "value_high", "meaning")}
	add := func(name string, v, low, high float64, meaning string) {
		t.Rows = append(t.Rows, []any{name, v, low, high, meaning})
	}
	nan := math.NaN()
	if m := a.Scores; m != nil {
		add("ROC AUC", m.AUC.Value, m.AUC.CI.Low, m.AUC.CI.High, "the chance that an attack scores higher than a normal row")
		add("PR AUC", m.AveragePrecision.Value, m.AveragePrecision.CI.Low, m.AveragePrecision.CI.High, "mean precision; by chance the share of attacks")
	}
	add("share of attacks", ratio(a.Attacks, a.Attacks+a.Normal), nan, nan, "of the rows whose label is known")
	add(fmt.Sprintf("precision of the first %d", a.TopRows), ratio(int64(a.TopAttacks), int64(a.TopRows)), nan, nan, "attacks among the strangest rows")
	add("precision beyond", ratio(a.Found, a.Found+a.Alarms), nan, nan, "attacks among the rows beyond the threshold")
	add("recall beyond", ratio(a.Found, a.Attacks), nan, nan, "attacks that lie beyond the threshold")
	add("false alarms beyond", ratio(a.Alarms, a.Normal), nan, nan, "normal rows that lie beyond it")
	s.Tables = []Table{t}
	s.Lead = labelledLead(a)
	return s
}

// labelledLead says in a sentence whether strange rows are attacks.
func labelledLead(a *model.DetectionLabels) string {
	base := ratio(a.Attacks, a.Attacks+a.Normal)
	if a.Scores == nil {
		return "The rows whose label is known are all of one class, so that nothing can be said of how well attacks are found."
	}
	text := fmt.Sprintf("%d of the %d strangest rows are attacks, where %s of all rows are. An attack scores higher than a normal row in %s of all pairs.", a.TopAttacks, a.TopRows, shareOf(base), shareOf(a.Scores.AUC.Value))
	if a.Scores.AUC.Value < 0.5 {
		text += " Here attacks are the more ordinary rows: where attacks are many and alike, what is strange is not what is wrong."
	}
	return text
}

// DetectDigest is what of these sections fits a terminal.
func DetectDigest(sections []Section) []Section {
	out := make([]Section, 0, len(sections))
	for _, s := range sections {
		s.Figures = nil
		if s.ID == "detect" {
			var tables []Table
			for _, t := range s.Tables {
				if t.Name != "strange_reasons" {
					tables = append(tables, t)
				}
			}
			s.Tables = tables
		}
		out = append(out, s)
	}
	return out
}
