package report

import (
	"fmt"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// Duels shows whether the first of several learners is better than each of the others by
// more than chance in the folds.
func Duels(duels []model.Duel) (Section, error) {
	s := Section{ID: "train_duels", Title: "The first against each other"}
	if len(duels) == 0 {
		return s, nil
	}
	var results []stats.Result
	var labels []string
	behind := 0
	for i := range duels {
		results, labels = append(results, duels[i].Difference), append(labels, duels[i].Second.Algo)
		if duels[i].Difference.P < 0.05 {
			behind++
		}
	}
	how := "random folds"
	if duels[0].Split == model.ByType {
		how = "folds with attack types held out"
	}
	s.Lead = fmt.Sprintf("Of %d learners, %d %s from %s in the AUC of %s by more than chance (p below 0.05). Folds share training rows, which the corrected resampled t test allows for; with few folds it finds large differences only.",
		len(duels), behind, differs(behind), duels[0].First.Algo, how)
	t, err := Family{By: "model", Labels: labels}.Table("train_duels", "AUC of the first less that of the other", results)
	s.Tables = append(s.Tables, t)
	return s, err
}

func differs(n int) string {
	if n == 1 {
		return "differs"
	}
	return "differ"
}
