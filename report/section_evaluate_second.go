package report

import (
	"cmp"
	"fmt"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// evaluatedSecond compares with another model on the same rows.
func evaluatedSecond(e *model.Evaluation, names ModelNames) (Section, error) {
	c := e.Second
	s := Section{ID: "evaluate_second", Title: fmt.Sprintf("Against %s", cmp.Or(names.Second, "the second model")), Lead: secondLead(e)}
	figures := Table{Name: "evaluate_second", Title: "Figures of both models",
		Columns: detail(Cols("metric", "first_value", "first_low", "first_high", "second_value", "second_low", "second_high", "metric_key"), "metric_key")}
	figures.metricRows(e.Judgement, c.Second)
	s.Tables = append(s.Tables, figures)
	s.Tables = append(s.Tables, Table{Name: "evaluate_verdicts", Title: "Verdicts of both, row by row", Columns: Cols("first_verdict", "second_right", "second_wrong"),
		Rows: [][]any{{"right", c.BothRight, c.OnlyFirst}, {"wrong", c.OnlyOther, c.BothWrong}}})
	var results []stats.Result
	var labels []string
	if c.Verdicts != nil {
		results, labels = append(results, c.Verdicts.Exact), append(labels, "verdicts")
	}
	if c.Areas != nil {
		results, labels = append(results, *c.Areas), append(labels, "AUC")
	}
	if len(results) == 0 {
		return s, nil
	}
	t, err := Family{By: "about", Labels: labels}.Table("evaluate_tests", "Tests of the difference", results)
	s.Tables = append(s.Tables, t)
	return s, err
}

// secondLead says whether the models differ.
func secondLead(e *model.Evaluation) string {
	c := e.Second
	text := fmt.Sprintf("On %s only the first model is right, on %s only the second.", things(c.OnlyFirst, "row"), Format(Count, c.OnlyOther))
	if c.Verdicts == nil {
		text = "Both models give the same verdict on every row, or are always right or wrong together."
	} else {
		text += fmt.Sprintf(" McNemar's test: p %s.", pText(c.Verdicts.Exact))
	}
	if c.Areas == nil {
		return text + " Both order the rows alike."
	}
	return text + fmt.Sprintf(" AUC %s against %s; DeLong's test: p %s.", Format(Real, areaOf(e.Judgement).Value), Format(Real, areaOf(c.Second).Value), pText(*c.Areas))
}
