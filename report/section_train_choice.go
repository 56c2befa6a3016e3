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

// HybridChoice shows how the members of a hybrid were chosen: the candidates, what the
// search changed, and how the members together do beside each candidate alone.
func HybridChoice(c *model.Choice) Section {
	s := Section{ID: "train_choice", Title: "Who is asked in the hybrid", Lead: memberLead(c), Findings: memberFindings(c)}
	s.Tables = append(s.Tables, candidateTable(c), searchTable(c))
	memberFigure(&s, c)
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

// together is how well the members that were chosen do.
func together(c *model.Choice) model.Merit {
	if len(c.Steps) == 0 {
		return model.Merit{AUC: math.NaN(), Recall: math.NaN()}
	}
	return c.Steps[len(c.Steps)-1].Merit
}

// bestAlone is the candidate that finds most by itself; nil if there is none.
func bestAlone(c *model.Choice) *model.Candidate {
	var best *model.Candidate
	for i := range c.Candidates {
		if one := &c.Candidates[i]; best == nil || one.Alone.Recall > best.Alone.Recall {
			best = one
		}
	}
	return best
}

// memberLead names the members, and says what is gained by asking them together.
func memberLead(c *model.Choice) string {
	text := fmt.Sprintf("Of %s, these are asked: %s. Learners and detectors have half of the say each.", things(int64(len(c.Candidates)), "candidate"), listed(memberNames(c, c.Chosen), 12))
	best := bestAlone(c)
	if len(c.Steps) == 0 || best == nil {
		return text
	}
	text += fmt.Sprintf(" With attack types held out (%s, %s), they find %s of the attacks at 5 %% false alarms together; the best alone, %s, finds %s",
		things(int64(len(c.Held)), "fold"), things(int64(c.Rows), "row"), shareOf(together(c).Recall), best.Name(), shareOf(best.Alone.Recall))
	if len(c.Steps) > 1 {
		text += fmt.Sprintf(", and the usual members, with which the search began, %s", shareOf(c.Steps[0].Merit.Recall))
	}
	return text + "."
}

// memberFindings says where one candidate would do as well.
func memberFindings(c *model.Choice) []Finding {
	best := bestAlone(c)
	if now := together(c); best == nil || !(best.Alone.Recall >= now.Recall && best.Alone.AUC >= now.AUC) {
		return []Finding{}
	}
	return []Finding{{Info, best.Name(), "does as well alone as the members of the hybrid do together on attack types held out.",
		"A single learner is quicker and easier to explain; the hybrid is for traffic that changes: judge both by a later file (--test)."}}
}

// candidateTable lists the candidates and how each does alone, those that find most first.
func candidateTable(c *model.Choice) Table {
	t := Table{Name: "members", Title: "Candidates, alone", Columns: detail(Cols("model", "member", "held_roc_auc", "held_recall_fpr_5", "settings", "prepared_by"), "settings", "prepared_by"),
		Note: "Means over folds that hold attack types out, each of which counts the same. Candidates are chosen by these rows, and the figures flatter them a little."}
	order := make([]int, len(c.Candidates))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(c.Candidates[b].Alone.Recall, c.Candidates[a].Alone.Recall)
	})
	for _, i := range order {
		one := &c.Candidates[i]
		steps := one.Member.Steps
		if k, err := model.KindNamed(one.Member.Algo); err == nil && steps == "" {
			steps = k.Steps
		}
		settings := "defaults"
		if len(one.Member.Settings) > 0 {
			settings = settingsWords(one.Member.Settings)
		}
		t.Rows = append(t.Rows, []any{one.Name(), slices.Contains(c.Chosen, i), one.Alone.AUC, one.Alone.Recall, settings, words(steps)})
	}
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
		t.Rows = append(t.Rows, []any{what, step.Merit.AUC, step.Merit.Recall, strings.Join(memberNames(c, step.Members), ", ")})
	}
	if len(t.Rows) == 1 {
		t.Footnotes = []string{"No change of one member helps beyond the chance of the folds."}
	}
	return t
}

// memberFigure draws what the members find together and each candidate alone.
func memberFigure(s *Section, c *model.Choice) {
	if len(c.Steps) == 0 || len(c.Candidates) == 0 {
		return
	}
	d := plots.RankingData{Label: "found at 5 % false alarms", Title: fmt.Sprintf("Together the members find %s of the attacks held out, the best alone %s", shareOf(together(c).Recall), shareOf(bestAlone(c).Alone.Recall)),
		Caption: "Members of the hybrid are marked with a star."}
	add := func(name string, recall float64) {
		d.Rows = append(d.Rows, plots.Effect{Name: name, Estimate: recall, Low: math.NaN(), High: math.NaN()})
	}
	add("members together", together(c).Recall)
	for i := range c.Candidates {
		name := c.Candidates[i].Name()
		if slices.Contains(c.Chosen, i) {
			name += " *"
		}
		add(name, c.Candidates[i].Alone.Recall)
	}
	slices.SortStableFunc(d.Rows, func(a, b plots.Effect) int { return cmp.Compare(b.Estimate, a.Estimate) })
	fig, err := plots.Ranking(d)
	s.draw("members", fig, err)
}
