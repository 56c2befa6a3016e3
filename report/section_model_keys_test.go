package report

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// plainKeys are the keys of figures that a gate takes for those of the model as a whole.
var plainKeys = append([]string{"tp", "fp", "fn", "tn", "threshold", "score", "specificity", "recall_low", "fpr_high"}, metricKeys...)

// holders names the tables of sections that have a key.
func holders(sections []Section, key string) string {
	var names []string
	for _, s := range sections {
		for _, t := range s.Tables {
			if t.column(key) >= 0 {
				names = append(names, t.Name)
			}
		}
	}
	return strings.Join(names, " ")
}

func TestPlainKeysAreThoseOfTheWhole(t *testing.T) {
	for _, task := range []model.Task{model.Binary, model.Category} {
		entries, d, rows := entered(t, task, "tree", "nb", "baseline")
		trained := append(Contest(entries), TrainingData(d, len(rows)))
		trained = append(trained, Card(entries[0].Pipeline)...)
		_, judged := evaluated(t, task)
		for _, key := range plainKeys {
			if got := holders(trained, key); got != "models" && got != "" {
				t.Errorf("train has %s in %s", key, got)
			}
			if got := holders(judged, key); got != "evaluate_scores" && (got != "" || key == "recall") {
				t.Errorf("evaluate has %s in %s", key, got)
			}
		}
		models := trained[0].Tables[0]
		for _, row := range models.Rows {
			i := slices.IndexFunc(entries, func(e *model.Entry) bool { return e.Algo == row[0] })
			got, want := row[models.column("recall")], any(entries[i].Test.Metric("recall").Value)
			if row[0] == baselineAlgo {
				want = nil
			}
			if got != want {
				t.Errorf("the recall of %v is %v, want %v, that of the test file", row[0], got, want)
			}
		}
	}
}

// A gate looks at the figures of the file, and not at one attack type that is missed.
func TestGateOnRecall(t *testing.T) {
	e, _ := evaluated(t, model.Binary)
	e.Judgement.Attacks[1].Recall = near(0.1)
	e.Judgement.Binary.Recall, e.Judgement.Scores.KS = near(0.95), near(0.95)
	judged, err := Evaluation(e, ModelNames{"new.netanom", "old.netanom"})
	if err != nil {
		t.Fatal(err)
	}
	entries, _, _ := entered(t, model.Binary, "tree", "baseline")
	trained := Contest(entries)
	for _, c := range []struct {
		sections []Section
		gate     string
		crossed  string // table; "" if none is
	}{
		{judged, "recall < 0.9", ""}, {judged, "recall < 0.99", "evaluate_scores"}, {judged, "type_recall < 0.9", "evaluate_attacks"},
		{judged, "ks < 0.99", "evaluate_scores"}, {trained, "recall < 0.5", ""}, {trained, "recall < 2", "models"}, {trained, "split_recall < 0.5", "quality"},
	} {
		g, err := ParseGate(c.gate)
		if err != nil {
			t.Fatal(err)
		}
		trial := TryGates([]Gate{g}, c.sections)[0]
		if trial.Err != nil {
			t.Errorf("%s: %v", c.gate, trial.Err)
			continue
		}
		got := ""
		if trial.Crossed() {
			got = trial.Crossings[0].Table
		}
		if got != c.crossed {
			t.Errorf("%s is crossed in %q, want %q", c.gate, got, c.crossed)
		}
	}
	// Where nothing was judged, a gate that never looks is an error.
	bare := *entries[0]
	bare.Random, bare.Attacks, bare.RandomJudged, bare.AttacksJudged, bare.Test = nil, nil, nil, nil, nil
	g, _ := ParseGate("recall < 0.9")
	if trial := TryGates([]Gate{g}, Contest([]*model.Entry{&bare}))[0]; trial.Err == nil {
		t.Error("a gate on figures that nobody measured holds")
	}
}

func TestGains(t *testing.T) {
	tally, err := stats.ScoreTally([]float64{0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0}, []bool{true, true, false, true, false, false, false, false, false, false})
	if err != nil {
		t.Fatal(err)
	}
	table := gainTable(&model.Judgement{Tally: tally, Scores: &stats.ScoreMeasures{}})
	if len(table.Rows) != 10 {
		t.Fatalf("%d rows", len(table.Rows))
	}
	// The first two tenths are attacks, where three tenths of all rows are.
	row := table.Rows[1]
	for key, want := range map[string]float64{"part_attacks": 1, "part_lift": 10. / 3, "total_gain": 2. / 3, "total_lift": 10. / 3} {
		if got := row[table.column(key)].(float64); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	checkModelTable(t, table)
	if none := gainTable(&model.Judgement{}); len(none.Rows) > 0 {
		t.Errorf("gains of rows of one class: %v", none.Rows)
	}
}

func TestRoundingIsNoFigure(t *testing.T) {
	m := stats.Measure{CI: stats.Interval{Low: -2.4e-9, High: 2.4e-9}}
	if got := interval(m); got[0] != 0.0 || got[1] != 0.0 || got[2] != 0.0 {
		t.Errorf("interval of a kappa of 0: %v", got)
	}
	m.CI.High = 1e-5
	if got := interval(m); got[2] != 1e-5 {
		t.Errorf("a true bound becomes %v", got)
	}
	for x, want := range map[float64]float64{194.99999999999997: 195, 0: 0, 2.5: 2.5, 1e15 + 0.125: 1e15} {
		if got := whole(x); got != want {
			t.Errorf("whole(%v) = %v, want %v", x, got, want)
		}
	}
}

func TestBareLabels(t *testing.T) {
	text := strings.ReplaceAll(connections(90, 0, "smurf.", "satan."), "normal", "normal.")
	d, rows := modelData(t, text)
	s := TrainingData(d, len(rows))
	for _, row := range s.Tables[0].Rows {
		if strings.HasSuffix(row[0].(string), ".") {
			t.Errorf("label %v", row[0])
		}
	}
	if len(s.Findings) != 1 || !strings.Contains(s.Findings[0].Text, ": smurf, satan") && !strings.Contains(s.Findings[0].Text, ": satan, smurf") {
		t.Errorf("findings %v", s.Findings)
	}
}

// Figures of different shares of the rows are not compared.
func TestTuningComparesLikeWithLike(t *testing.T) {
	trials := []model.Trial{
		{Candidate: 1, Share: 1.0 / 3, Algo: "nb", Settings: json.RawMessage(`{}`), Value: 0.99, Spread: 0.01},
		{Candidate: 2, Share: 1, Algo: "nb", Settings: json.RawMessage(`{"bins":4}`), Value: 0.95, Spread: 0.01},
	}
	s := Tuning(&model.Tuning{Goal: model.GoalROC, Trials: trials, Best: &trials[1]})
	if strings.Contains(s.Lead, "defaults") {
		t.Errorf("lead %q", s.Lead)
	}
	if len(s.Findings) != 1 || strings.Contains(s.Findings[0].Text, "gain") {
		t.Errorf("findings %v", s.Findings)
	}
	one := Tuning(&model.Tuning{Goal: model.GoalROC, Trials: trials[:1], Best: &trials[0]})
	if !strings.HasPrefix(one.Lead, "1 candidate, 1 trial by ROC AUC") {
		t.Errorf("lead %q", one.Lead)
	}
}
