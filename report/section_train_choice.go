package report

import (
	"fmt"
	"slices"

	"github.com/netanom/netanom/model"
)

// HybridChoice shows how the members of a hybrid were chosen.
func HybridChoice(c *model.Choice) Section {
	first, last := c.Steps[0], c.Steps[len(c.Steps)-1]
	s := Section{ID: "train_choice", Title: "Who is asked in the hybrid",
		Lead: fmt.Sprintf("%d of %d candidates are members: %s. With attack types held out, %d folds of %s rows, the members find %s of the attacks at 5 %% false alarms, those that the search began with %s. Learners and detectors have half of the say each.",
			len(c.Chosen), len(c.Candidates), joined(memberNames(c, c.Chosen), 12), len(c.Held), Format(Count, c.Rows), Format(Share, last.Merit.Recall), Format(Share, first.Merit.Recall))}
	s.Tables = append(s.Tables, candidateTable(c), searchTable(c))
	return s
}

// memberNames are the names of candidates.
func memberNames(c *model.Choice, members []int) []string {
	var names []string
	for _, i := range members {
		names = append(names, c.Candidates[i].Name())
	}
	return names
}

// candidateTable lists the candidates and how each does alone.
func candidateTable(c *model.Choice) Table {
	t := Table{Name: "members", Title: "Candidates, alone", Columns: Cols("model", "member", "held_roc_auc", "held_recall_fpr_5", "prepared_by"),
		Note: "Means over folds that hold attack types out, each of which counts the same."}
	for i := range c.Candidates {
		one := &c.Candidates[i]
		steps := one.Member.Steps
		if k, err := model.KindNamed(one.Member.Algo); err == nil && steps == "" {
			steps = k.Steps
		}
		t.Rows = append(t.Rows, []any{one.Name(), slices.Contains(c.Chosen, i), one.Alone.AUC, one.Alone.Recall, steps})
	}
	t.Columns = detail(t.Columns, "prepared_by")
	return t
}

// searchTable lists what the search changed.
func searchTable(c *model.Choice) Table {
	t := Table{Name: "members_steps", Title: "What the search changed", Columns: Cols("note", "held_roc_auc", "held_recall_fpr_5", "members")}
	for _, step := range c.Steps {
		what := "began with"
		switch {
		case step.Added != "":
			what = "added " + step.Added
		case step.Removed != "":
			what = "removed " + step.Removed
		}
		t.Rows = append(t.Rows, []any{what, step.Merit.AUC, step.Merit.Recall, joined(memberNames(c, step.Members), 20)})
	}
	return t
}
