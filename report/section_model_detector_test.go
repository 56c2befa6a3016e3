package report

import (
	"context"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model"
)

// unlabelledEntries trains detectors on the made-up traffic without its label.
func unlabelledEntries(t *testing.T, algos ...string) ([]*model.Entry, *model.Data) {
	t.Helper()
	text := regexp.MustCompile(`(?m),[a-z]+$`).ReplaceAllString(connections(300, 0, "neptune", "satan"), "")
	d, err := modelDataOf(t, text)
	if err != nil {
		t.Fatal(err)
	}
	var entries []*model.Entry
	for _, a := range algos {
		spec, err := model.NewSpec(a)
		if err != nil {
			t.Fatal(err)
		}
		r := model.Recipe{Spec: spec, Seed: 1, Rule: model.Rule{By: model.Tail, Value: 0.01}}
		if r.Steps, err = model.UsualSteps(a); err != nil {
			t.Fatal(err)
		}
		e, err := model.Enter(context.Background(), d, d.All(), r, model.Plan{}, model.Work{})
		if err != nil {
			t.Fatal(err)
		}
		if e.Failed != nil {
			t.Fatal(e.Failed)
		}
		entries = append(entries, e)
	}
	return entries, d
}

func TestUnlabelledSections(t *testing.T) {
	check.Long(t)
	entries, d := unlabelledEntries(t, "mahalanobis", "pca")
	e := entries[0]
	sections := append(Contest(entries[:1]), TrainingData(d, d.Rows))
	sections = append(sections, Card(e.Pipeline)...)
	checkModelSections(t, sections...)
	checkModelSections(t, TrainDigest(sections)...)
	for i, want := range []string{
		"Mahalanobis distance has learned what is usual. Without a label, nothing is known of how well that finds attacks.",
		"Trained on 300 rows with 5 columns; it says how unusual a row is. Its scores are for ranking",
		"Learned from 300 rows and 5 columns. The table has no label",
		"Mahalanobis distance that says how unusual a row is, by 5 columns of network connections",
	} {
		if !strings.HasPrefix(sections[i].Lead, want) {
			t.Errorf("lead %q", sections[i].Lead)
		}
	}
	if f := sections[0].Findings; len(f) != 1 || !strings.Contains(f[0].Text, "has no label") {
		t.Errorf("findings %v", f)
	}
	models := sections[0].Tables[0]
	for _, key := range []string{"held_roc_auc", "cv_roc_auc"} {
		if !models.Columns[models.column(key)].Detail {
			t.Errorf("%s is shown, and nothing was judged", key)
		}
	}
	if models.Note != "" || models.column("recall") >= 0 {
		t.Errorf("the table of learners explains what it does not have: %q", models.Note)
	}
	if lead := Contest(entries)[0].Lead; !strings.HasPrefix(lead, "The detectors have learned what is usual.") {
		t.Errorf("lead %q", lead)
	}
	for _, s := range sections {
		if text := s.Lead; strings.Contains(text, "probabilit") && !strings.Contains(text, "no probabilities") && !strings.Contains(text, "ordinary row") {
			t.Errorf("lead %q", text)
		}
	}

	// Judged by a labelled file, and scoring one.
	later, _ := modelData(t, connections(300, 40, "neptune", "mscan"), e.Pipeline.Schema.Features()...)
	judged, err := e.Pipeline.Evaluate(context.Background(), later, model.EvaluateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := Evaluation(judged, ModelNames{First: "a.netanom"})
	if err != nil {
		t.Fatal(err)
	}
	checkModelSections(t, out...)
	if !strings.HasPrefix(out[1].Lead, "The model was trained without a label") || strings.Contains(out[2].Lead, "and were") {
		t.Errorf("leads %q, %q", out[1].Lead, out[2].Lead)
	}
	p := &model.Prediction{Rows: 200, Attacks: 40, Classes: []int64{160, 40}, Unseen: make([]int64, 5), Missing: make([]int64, 5)}
	p.Scores[19] = 200
	s := Prediction(p, e.Pipeline)
	checkModelSections(t, s)
	if len(s.Tables) != 1 || len(s.Figures) > 0 {
		t.Errorf("scores beyond 1 are shown in %d tables and %d pictures", len(s.Tables), len(s.Figures))
	}
	if len(s.Findings) != 1 || !strings.HasPrefix(s.Findings[0].Text, "The threshold is meant for 1 % alerts among ordinary rows, and 20 % of these rows raise an alert") {
		t.Errorf("findings %v", s.Findings)
	}
}

func TestHybridSections(t *testing.T) {
	check.Long(t)
	d, rows := modelData(t, connections(1500, 0, "neptune", "satan", "smurf"))
	r := model.Recipe{Spec: &model.Hybrid{}, Seed: 1, Rule: model.Rule{By: model.FPR, Value: 0.05}}
	e, err := model.Enter(context.Background(), d, rows, r, model.Plan{Random: true, Folds: 2}, model.Work{})
	if err != nil || e.Failed != nil || e.Choice == nil {
		t.Fatal(err, e)
	}
	sections := append(Contest([]*model.Entry{e}), HybridChoice(e.Choice))
	checkModelSections(t, sections...)
	checkModelSections(t, Card(e.Pipeline)...)
	if lead := sections[1].Lead; !strings.Contains(lead, "Its scores are places among normal rows held back from training") || strings.Contains(lead, "tells normal") {
		t.Errorf("lead %q", lead)
	}
	recipe := recipeTable(&e.Recipe)
	if text := recipe.Rows[2][1].(string); !strings.HasPrefix(text, "members: ") || strings.Contains(text, "{") {
		t.Errorf("settings %q", text)
	}
	if len(sections[2].Figures) != 1 || len(sections[2].Tables) != 2 {
		t.Errorf("%d pictures and %d tables of the choice", len(sections[2].Figures), len(sections[2].Tables))
	}
}

func TestHybridChoice(t *testing.T) {
	member := func(algo string, auc, recall float64) model.Candidate {
		return model.Candidate{Member: model.Member{Algo: algo}, Alone: model.Merit{AUC: auc, Recall: recall}, Usual: algo != "ecod"}
	}
	c := &model.Choice{Rows: 1000, Held: []string{"[a]", "[b]"}, Chosen: []int{0, 2},
		Candidates: []model.Candidate{member("rf", 0.9, 0.8), member("pca", 0.7, 0.5), member("ecod", 0.8, 0.6)},
		Steps: []model.ChoiceStep{
			{Members: []int{0, 1}, Merit: model.Merit{AUC: 0.91, Recall: 0.82}},
			{Members: []int{0, 1, 2}, Added: "ecod", Merit: model.Merit{AUC: 0.92, Recall: 0.84}},
			{Members: []int{0, 2}, Removed: "pca", Merit: model.Merit{AUC: 0.93, Recall: 0.85}},
		}}
	s := HybridChoice(c)
	checkModelSections(t, s)
	want := "Of 3 candidates, these are asked: rf and ecod. Learners and detectors have half of the say each. With attack types held out (2 folds, 1,000 rows), they find 85 % of the attacks at 5 % false alarms together; the best alone, rf, finds 80 %, and the usual members, with which the search began, 82 %."
	if s.Lead != want {
		t.Errorf("lead %q", s.Lead)
	}
	if len(s.Findings) > 0 || len(s.Figures) != 1 {
		t.Errorf("findings %v, %d pictures", s.Findings, len(s.Figures))
	}
	if rows := s.Tables[0].Rows; rows[0][0] != "rf" || rows[0][1] != true || rows[1][0] != "ecod" || rows[2][1] != false {
		t.Errorf("candidates %v", rows)
	}
	if rows := s.Tables[1].Rows; rows[1][0] != "added ecod" || rows[2][0] != "removed pca" || rows[2][3] != "rf, ecod" {
		t.Errorf("steps %v", rows)
	}
	c.Candidates[0].Alone = model.Merit{AUC: 0.95, Recall: 0.9}
	c.Steps = c.Steps[2:]
	s = HybridChoice(c)
	checkModelSections(t, s)
	if len(s.Findings) != 1 || s.Findings[0].About != "rf" || len(s.Tables[1].Footnotes) != 1 {
		t.Errorf("findings %v", s.Findings)
	}
	checkModelSections(t, HybridChoice(&model.Choice{}))
	if !math.IsNaN(together(&model.Choice{}).Recall) {
		t.Error("nobody finds something")
	}
}

func TestLeadsOfOtherWays(t *testing.T) {
	e := figured("nb", nil, nil)
	e.OtherJudged, e.Other = judged(0.9, 0.8, 0.7, 0.03), &model.Validation{Split: model.ByTime}
	if lead := contestLead([]*model.Entry{e}); lead != "On rows later than those of training, the AUC of the nb is 0.9 [0.895 to 0.905], with 70 % of the attacks found at 3 % false alarms." {
		t.Errorf("lead %q", lead)
	}
	e.Other.Split = model.ByGroup
	if lead := contestLead([]*model.Entry{e}); !strings.HasPrefix(lead, "With whole groups held out, the AUC of the nb is 0.9") {
		t.Errorf("lead %q", lead)
	}
	entries, _, _ := entered(t, model.Binary, "baseline")
	if lead := contestLead(entries); lead != "The baseline alone was trained. It knows only how frequent the classes are, and 66.7 % of its verdicts are right; its AUC is 0.5. Other learners have to do better than that." {
		t.Errorf("lead %q", lead)
	}
	failed := &model.Entry{Algo: "svm", Title: "svm", Failed: context.Canceled}
	if lead := contestLead(append(entries, failed)); !strings.HasPrefix(lead, "Nothing could be trained but the baseline") {
		t.Errorf("lead %q", lead)
	}
}

// A file with the attacks of training raises no warning of far too many alerts.
func TestAlertsAreThoseOfTraining(t *testing.T) {
	p := &model.Pipeline{Classes: []string{"normal", "attack"}, Cut: model.Cut{Threshold: 0.9}}
	p.Recipe.Rule = model.Rule{By: model.FPR, Value: 0.05}
	p.Training = model.Training{Rows: 1000, Normal: []string{"normal"}, Attacks: []model.AttackCount{{Attack: "neptune", Rows: 350}}}
	for attacks, warned := range map[int64]bool{380: false, 500: false, 800: true} {
		x := &model.Prediction{Rows: 1000, Attacks: attacks, Classes: []int64{1000 - attacks, attacks}}
		if got := len(Prediction(x, p).Findings) > 0; got != warned {
			t.Errorf("of 1000 rows %d alerts: warned is %v", attacks, got)
		}
	}
	p.Recipe.Rule = model.Rule{By: model.Alerts, Value: 10, Rows: 1000}
	p.Training.Attacks = nil
	if f := Prediction(&model.Prediction{Rows: 1000, Attacks: 100, Classes: []int64{900, 100}}, p).Findings; len(f) != 1 {
		t.Errorf("findings %v", f)
	}
}

func TestScoresThatAreNoProbabilities(t *testing.T) {
	e, _ := evaluated(t, model.Binary)
	e.Reliability = e.Reliability[:1]
	e.Reliability[0].Predicted, e.Reliability[0].Observed = 0.1, 0.5
	e.Reliability[0].CI.Low, e.Reliability[0].CI.High = 0.4, 0.6
	kind := e.Pipeline.Kind()
	want := "Probabilities are off"
	if kind == "nb" {
		want = "Scores are not probabilities"
	}
	if f := probabilityFinding(e); len(f) != 1 || !strings.HasPrefix(f[0].Text, want) || !strings.Contains(f[0].Next, "--calibrate") {
		t.Errorf("of %s: %v", kind, f)
	}
	other := *e.Pipeline
	other.Recipe.Task = model.Category
	e.Pipeline = &other
	if f := probabilityFinding(e); len(f) != 1 || strings.Contains(f[0].Next, "--calibrate") {
		t.Errorf("of several classes: %v", f)
	}
}
