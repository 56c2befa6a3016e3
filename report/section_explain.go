package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
)

// Importances shows how much worse a model gets without each column, the most important
// first. auc is the area under the ROC curve that the rows have with all columns, and gain
// the name of the model's own measure, empty if it has none.
func Importances(list []model.Importance, auc float64, gain string) Section {
	s := Section{ID: "explain", Title: "What the model looks at"}
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b model.Importance) int { return cmp.Compare(b.Drop.Mean, a.Drop.Mean) })
	s.Lead = importanceLead(sorted, auc)
	s.Findings = importanceFindings(sorted)
	t := Table{Name: "importance", Title: "Columns by what the model loses without them",
		Columns: detail(Cols("feature", "auc_drop", "auc_drop_sd", "error_rise", "error_rise_sd", "own_importance", "n"), "n"),
		Note:    "Each column is shuffled among the rows, several times over; SD over the shuffles. Columns that say the same stand in for each other, and lose little one by one."}
	if gain != "" {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("The model's own measure: %s, in its training rows.", gain))
	}
	for _, i := range sorted {
		t.Rows = append(t.Rows, []any{i.Column, i.Drop.Mean, i.Drop.SD(), i.Errors.Mean, i.Errors.SD(), i.Gain, i.Drop.N})
	}
	if gain == "" {
		t.Columns[t.column("own_importance")].Detail = true
	}
	s.Tables = []Table{t}
	importanceFigure(&s, sorted)
	return s
}

// importanceLead names the columns that matter most.
func importanceLead(sorted []model.Importance, auc float64) string {
	matters := 0
	var names []string
	for _, i := range sorted {
		if !within(i) && i.Drop.Mean > 0 {
			matters++
			names = append(names, fmt.Sprintf("%s (%s)", i.Column, Format(Real, i.Drop.Mean)))
		}
	}
	if matters == 0 {
		return fmt.Sprintf("The area under the ROC curve is %s, and no single column is missed: each of them has a stand-in among the others.", Format(Real, auc))
	}
	return fmt.Sprintf("The area under the ROC curve is %s; it falls most without %s. %d of %d columns are missed beyond the chance of the shuffles.", Format(Real, auc), strings.Join(names[:min(len(names), 3)], ", "), matters, len(sorted))
}

// within reports whether the loss is one that shuffling alone may make.
func within(i model.Importance) bool {
	sd := i.Drop.SD()
	return math.IsNaN(sd) || math.Abs(i.Drop.Mean) <= 2*sd
}

// importanceFindings says what hangs on a single column.
func importanceFindings(sorted []model.Importance) []Finding {
	found := []Finding{}
	if len(sorted) == 0 {
		return found
	}
	if top := sorted[0]; top.Drop.Mean > 0.2 {
		found = append(found, Finding{Notice, top.Column, fmt.Sprintf("The model leans on this column alone: without it the AUC falls by %s.", Format(Real, top.Drop.Mean)), "Make sure that it does not give the label away, and that it will be there when rows are scored."})
	}
	idle := 0
	for _, i := range sorted {
		if i.Drop.Mean == 0 && i.Errors.Mean == 0 {
			idle++
		}
	}
	if idle > 0 {
		found = append(found, Finding{Info, "", fmt.Sprintf("%d of %d columns change nothing when they are shuffled.", idle, len(sorted)), "Fewer columns would do: netanom train --feature for those that matter."})
	}
	return found
}

// mostDrawnColumns is how many columns the picture of importance shows.
const mostDrawnColumns = 25

// importanceFigure draws the losses.
func importanceFigure(s *Section, sorted []model.Importance) {
	d := plots.RankingData{Label: "AUC lost", Interval: "± 1 SD"}
	for _, i := range sorted[:min(len(sorted), mostDrawnColumns)] {
		row := plots.Effect{Name: i.Column, Estimate: i.Drop.Mean, Low: math.NaN(), High: math.NaN()}
		if sd := i.Drop.SD(); !math.IsNaN(sd) {
			row.Low, row.High = i.Drop.Mean-sd, i.Drop.Mean+sd
		}
		d.Rows = append(d.Rows, row)
	}
	if len(d.Rows) == 0 {
		return
	}
	d.Title = fmt.Sprintf("Without %s the model loses most: %s of AUC", d.Rows[0].Name, Format(Real, d.Rows[0].Estimate))
	if len(d.Rows) < len(sorted) {
		d.Caption = fmt.Sprintf("The first %d of %d columns; intervals over the shuffles.", len(d.Rows), len(sorted))
	}
	fig, err := plots.Ranking(d)
	s.draw("importance", fig, err)
}

// Dependences shows how the score changes with single columns.
func Dependences(list []*model.Dependence) Section {
	s := Section{ID: "explain_dependence", Title: "How the score changes with a column",
		Lead: "Every row is given the same value in the column, all else as it is, and the scores of the rows are averaged. Values that the rows do not have together with the rest are guesses."}
	for _, d := range list {
		s.Tables = append(s.Tables, dependenceTable(d))
		dependenceFigure(&s, d)
	}
	return s
}

// dependenceTable lists the scores by the value.
func dependenceTable(d *model.Dependence) Table {
	t := Table{Name: d.Column, Title: "Score by " + d.Column, Columns: Cols("value", "level", "mean_score", "score_q10", "score_q50", "score_q90", "rows"),
		Note: "Rows: of training, in the bin that ends at the value, or of the level."}
	numbers := false
	for _, p := range d.Points {
		numbers = numbers || !math.IsNaN(p.Value)
		t.Rows = append(t.Rows, []any{p.Value, levelCell(&p), p.Mean, p.Low, p.Mid, p.High, p.Rows})
	}
	hide := "value"
	if numbers {
		hide = "level"
	}
	t.Columns[t.column(hide)].Detail = true
	return t
}

// levelCell is the level of a point, nothing for numbers.
func levelCell(p *model.DependencePoint) any {
	if !math.IsNaN(p.Value) {
		return nil
	}
	return p.Level
}

// dependenceFigure draws the scores by the value: a line for numbers, dots for levels.
func dependenceFigure(s *Section, d *model.Dependence) {
	if len(d.Points) == 0 {
		return
	}
	low, high := d.Points[0], d.Points[0]
	for _, p := range d.Points {
		if p.Mean < low.Mean {
			low = p
		}
		if p.Mean > high.Mean {
			high = p
		}
	}
	title := fmt.Sprintf("By %s, the mean score runs from %s to %s", d.Column, Format(Real, low.Mean), Format(Real, high.Mean))
	if math.IsNaN(d.Points[0].Value) {
		data := plots.RankingData{Title: title, Label: "mean score", Interval: "10 to 90 %"}
		for _, p := range d.Points {
			data.Rows = append(data.Rows, plots.Effect{Name: cmp.Or(p.Level, "(empty)"), Estimate: p.Mean, Low: min(p.Low, p.Mean), High: max(p.High, p.Mean)})
		}
		fig, err := plots.Ranking(data)
		s.draw(d.Column, fig, err)
		return
	}
	var c plots.ValueCurve
	data := plots.DependenceData{Title: title, Label: d.Column, Predicted: "mean score", Band: "middle 80 % of the rows", RugName: "limits of the bins of training"}
	for _, p := range d.Points {
		c.X, c.Y, c.Low, c.High = append(c.X, p.Value), append(c.Y, p.Mean), append(c.Low, min(p.Low, p.Mean)), append(c.High, max(p.High, p.Mean))
		data.Rug = append(data.Rug, p.Value)
	}
	data.Curves = []plots.ValueCurve{c}
	fig, err := plots.PartialDependence(data)
	s.draw(d.Column, fig, err)
}
