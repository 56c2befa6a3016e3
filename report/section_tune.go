package report

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/plots"
)

// Tuning shows a search for settings: the best, how to train it, and every candidate.
func Tuning(t *model.Tuning) Section {
	s := Section{ID: "tune", Title: "Search for settings", Lead: tuningLead(t), Findings: []Finding{}}
	if t.Interrupted {
		s.Warnings = append(s.Warnings, "Interrupted: the best so far is shown. The same search with the same file goes on where it was.")
	}
	if t.Best != nil {
		s.Commands = []string{trainCommand(t.Best)}
		s.Findings = append(s.Findings, tuningFindings(t)...)
	}
	s.Tables = []Table{trialTable(t)}
	tuningFigure(&s, t)
	return s
}

// TuningDigest is what of it fits a terminal.
func TuningDigest(s Section) Section {
	s.Figures = nil
	s.Tables = slices.Clone(s.Tables)
	for i := range s.Tables {
		s.Tables[i].Columns = detail(slices.Clone(s.Tables[i].Columns), "prepared_by", "balance", "fit_seconds")
	}
	return shortened(s, 12)
}

// goalName is what a search makes as good as it can be.
func goalName(g model.Goal) string {
	if g == model.GoalRecall {
		return Col("recall_fpr_1").Title
	}
	if g == model.GoalF1 {
		return Col("macro_f1").Title
	}
	return Col(string(g)).Title
}

// tuningLead names the best candidate and what the defaults reach.
func tuningLead(t *model.Tuning) string {
	candidates := map[int]bool{}
	for _, one := range t.Trials {
		candidates[one.Candidate] = true
	}
	text := fmt.Sprintf("%s, %s by %s on rows held out. ", things(int64(len(candidates)), "candidate"), things(int64(len(t.Trials)), "trial"), goalName(t.Goal))
	b := t.Best
	if b == nil {
		return text + "None of them could be judged."
	}
	text += fmt.Sprintf("The best is candidate %d, %s with %s: %s (SD over the folds %s)", b.Candidate, b.Algo, settingsWords(b.Settings), Format(Real, b.Value), Format(Real, b.Spread))
	if b.Share < 1 {
		text += fmt.Sprintf(", tried on %s of the rows only", shareOf(b.Share))
	}
	if d := defaultTrial(t, b); d != nil && d.Candidate != b.Candidate {
		text += fmt.Sprintf("; the defaults of %s reach %s on the same", d.Algo, Format(Real, d.Value))
	}
	return text + "."
}

// defaultTrial is the trial of the same learner with its defaults on the same share of
// the rows, nil if there is none: figures of different rows cannot be compared.
func defaultTrial(t *model.Tuning, b *model.Trial) *model.Trial {
	for i := range t.Trials {
		one := &t.Trials[i]
		if one.Algo == b.Algo && settingsWords(one.Settings) == "defaults" && one.Failed == "" && one.Share == b.Share {
			return one
		}
	}
	return nil
}

// tuningFindings says what to think of the gain.
func tuningFindings(t *model.Tuning) []Finding {
	b := t.Best
	d := defaultTrial(t, b)
	if d != nil && d.Candidate == b.Candidate {
		return nil
	}
	if d != nil && math.Abs(b.Value-d.Value) < max(b.Spread, d.Spread) {
		return []Finding{{Info, b.Algo, fmt.Sprintf("The gain over the defaults, %s, is smaller than the spread over the folds.", Format(Real, math.Abs(b.Value-d.Value))), "The defaults will do; the best of many candidates always looks a little better than it is."}}
	}
	return []Finding{{Info, b.Algo, "The figure of the best of many candidates flatters it.", "Judge it by rows that the search has not seen: netanom train with --validate attacks, or --test."}}
}

// trainCommand is how to train the candidate.
func trainCommand(b *model.Trial) string {
	parts := []string{"netanom train --algo", b.Algo}
	if words := settingsWords(b.Settings); words != "defaults" {
		for _, one := range strings.Fields(words) {
			parts = append(parts, "--set", shellWord(one))
		}
	}
	steps := b.Steps
	if steps == "" {
		steps = "none"
	}
	parts = append(parts, "--steps", shellWord(steps))
	if b.Balance != model.NoBalance {
		parts = append(parts, "--balance "+b.Balance.String())
	}
	return strings.Join(append(parts, "--out best.netanom"), " ")
}

// shellWord quotes what a shell would not take as it is.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.,=:+-]+$`)

// trialTable lists the trials, the best of the largest share first, and failed ones last.
func trialTable(t *model.Tuning) Table {
	table := Table{Name: "trials", Title: "Trials, the best first", Columns: Cols("candidate", "model", "rows_share", "goal", "goal_sd", "settings", "prepared_by", "balance", "fit_seconds", "note"),
		Note: "Goal: " + goalName(t.Goal) + ", mean of the folds."}
	sorted := slices.Clone(t.Trials)
	slices.SortStableFunc(sorted, func(a, b model.Trial) int {
		if c := cmp.Compare(len(a.Failed), len(b.Failed)); (a.Failed == "") != (b.Failed == "") {
			return c
		}
		better := cmp.Compare(b.Value, a.Value)
		if t.Goal == model.GoalLoss {
			better = -better
		}
		return cmp.Or(cmp.Compare(b.Share, a.Share), better, cmp.Compare(a.Candidate, b.Candidate))
	})
	for _, one := range sorted {
		value, spread := any(one.Value), any(one.Spread)
		if one.Failed != "" {
			value, spread = nil, nil
		}
		table.Rows = append(table.Rows, []any{int64(one.Candidate), one.Algo, one.Share, value, spread, settingsWords(one.Settings), words(one.Steps), one.Balance.String(), one.Seconds, words(one.Failed)})
	}
	table.hideEmpty()
	return table
}

// tuningFigure draws the best candidates with their spread.
func tuningFigure(s *Section, t *model.Tuning) {
	d := plots.RankingData{Label: goalName(t.Goal), Interval: "± 1 SD over the folds"}
	table := s.Tables[0]
	share, goal, spread := table.column("rows_share"), table.column("goal"), table.column("goal_sd")
	for _, row := range table.Rows {
		if missing(row[goal]) || row[share] != table.Rows[0][share] || len(d.Rows) == maxRanked {
			break
		}
		value, sd := row[goal].(float64), row[spread].(float64)
		d.Rows = append(d.Rows, plots.Effect{Name: fmt.Sprintf("%d %s", row[0], row[1]), Estimate: value, Low: value - sd, High: value + sd})
	}
	if len(d.Rows) < 2 {
		return
	}
	d.Title = fmt.Sprintf("%s of %d candidates tried on %s of the rows", d.Label, len(d.Rows), shareOf(table.Rows[0][share].(float64)))
	fig, err := plots.Ranking(d)
	s.draw("trials", fig, err)
}
