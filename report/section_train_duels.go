package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model"
)

// Duels shows whether the first of several learners is better than each of the others
// beyond what the folds make of chance.
func Duels(duels []model.Duel) (Section, error) {
	s := Section{ID: "train_duels", Title: "Is the first learner better than the others?", Lead: duelLead(duels)}
	t := Table{Name: "duels", Title: "AUC of the first less that of the other",
		Columns: detail(Cols("model", "estimate", "conf_low", "conf_high", "p", "only_first", "only_second", "statistic", "df", "n", "log10_p", "effect_name", "effect", "method", "split"),
			"statistic", "df", "n", "log10_p", "effect_name", "effect", "method", "split"),
		Note: "Over the folds that both were judged on, by the t-test of Nadeau and Bengio, which corrects for what the folds share; p is not adjusted for the number of learners."}
	for i := range duels {
		d := &duels[i]
		r := &d.Difference
		t.Rows = append(t.Rows, []any{d.Second.Algo, r.Estimate.Value, r.CI.Low, r.CI.High, P{r.P, r.Log10P}, d.OnlyFirst, d.OnlySecond,
			r.Statistic.Value, first(r.DF), total(r.N), r.Log10P, words(r.Effect.Name), r.Effect.Value, r.Method, string(d.Split)})
	}
	s.Tables = []Table{t}
	return s, nil
}

// duelLead says how many of the others the first beats.
func duelLead(duels []model.Duel) string {
	if len(duels) == 0 {
		return "There is nobody to compare with."
	}
	beaten, rivals := 0, []string{}
	for i := range duels {
		d := &duels[i]
		if d.Second.Algo == baselineAlgo {
			continue
		}
		if r := &d.Difference; r.CI.Low > 0 {
			beaten++
		} else if !math.IsNaN(r.CI.Low) {
			rivals = append(rivals, d.Second.Algo)
		}
	}
	by := "random folds"
	if duels[0].Split == model.ByType {
		by = "attack types held out"
	}
	text := fmt.Sprintf("Judged by %s, %s is better than %s beyond the chance of the folds.", by, duels[0].First.Algo, others(beaten))
	if len(rivals) > 0 {
		text += fmt.Sprintf(" These folds do not tell it from %s.", joined(rivals, 6))
	}
	return text
}

// others counts other learners.
func others(n int) string {
	switch n {
	case 0:
		return "no other learner"
	case 1:
		return "one other learner"
	}
	return fmt.Sprintf("%d other learners", n)
}
