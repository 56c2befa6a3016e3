package report

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// kindOnly is a model that has nothing but a name.
type kindOnly string

func (k kindOnly) Kind() string                             { return string(k) }
func (kindOnly) Inputs() []learn.Column                     { return nil }
func (kindOnly) Score(dst []float64, _ *learn.Matrix) error { return nil }
func (kindOnly) Check() error                               { return nil }

func TestExplainSections(t *testing.T) {
	entries, d, rows := entered(t, model.Binary, "tree")
	p := entries[0].Pipeline
	ctx := context.Background()
	list, auc, err := p.Importances(ctx, d, rows, model.ImportanceOptions{Repeats: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	sections := []Section{Importances(list, auc, p.GainName())}
	var curves []*model.Dependence
	for _, name := range []string{"flag", "count"} {
		one, err := p.Depend(ctx, d, rows, name, model.ImportanceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		curves = append(curves, one)
	}
	reasons, explained, err := p.ExplainRows(d, []int{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	sections = append(sections, Dependences(curves), Reasons(reasons, explained, 2), Rules(p, p.Rules()))
	checkModelSections(t, sections...)
	checkModelSections(t, ExplainDigest(sections)...)
	if len(sections[0].Figures) != 1 || len(sections[1].Figures) != 2 {
		t.Errorf("%d and %d pictures", len(sections[0].Figures), len(sections[1].Figures))
	}
	// The parts of each row add up to its total.
	parts := sections[2].Tables[1]
	sums := map[any]float64{}
	for _, row := range parts.Rows {
		sums[row[0]] += row[3].(float64)
	}
	for _, row := range sections[2].Tables[0].Rows {
		total := row[5].(float64)
		if diff := sums[row[0]] - total; diff > 1e-9 || diff < -1e-9 {
			t.Errorf("row %v: the parts add up to %v, the total is %v", row[0], sums[row[0]], total)
		}
	}
	if len(parts.Footnotes) > 0 {
		t.Errorf("footnotes %v", parts.Footnotes)
	}
}

func TestReasonsThatDoNotAddUp(t *testing.T) {
	r := &model.Reasons{Scale: "score", Base: 1, Total: []float64{9}, Columns: []string{"a", "b", "c"}, Parts: [][]float64{{2}, {-3}, {0}}}
	s := Reasons(r, []model.ExplainedRow{{Row: 4, Score: 0.5, Verdict: "attack", Cells: []string{"x", "–", "z"}}}, 1)
	checkModelSections(t, s)
	if len(s.Tables[1].Footnotes) != 1 {
		t.Error("nothing says that the parts miss the total")
	}
	var text bytes.Buffer
	if err := s.Tables[1].WriteText(&text, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"5  (base)", "5  b", "5  (1 others)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("there is no %q in\n%s", want, text.String())
		}
	}
}

func TestImportanceWords(t *testing.T) {
	one := func(name string, drops ...float64) model.Importance {
		i := model.Importance{Column: name, Gain: 0.5}
		for _, d := range drops {
			i.Drop.Add(d)
			i.Errors.Add(d / 2)
		}
		return i
	}
	s := Importances([]model.Importance{one("idle", 0, 0), one("flag", 0.30, 0.31), one("noise", 0.02, -0.02)}, 0.99, "")
	checkModelSections(t, s)
	if want := "The area under the ROC curve is 0.99; it falls most without flag (0.305). 1 of 3 columns are missed beyond the chance of the shuffles."; s.Lead != want {
		t.Errorf("lead %q", s.Lead)
	}
	if len(s.Findings) != 2 || s.Findings[0].About != "flag" {
		t.Errorf("findings %v", s.Findings)
	}
	if s.Tables[0].Rows[0][0] != "flag" || !s.Tables[0].Columns[5].Detail {
		t.Errorf("first row %v", s.Tables[0].Rows[0])
	}
	if none := Importances(nil, 0.5, ""); !strings.Contains(none.Lead, "no single column is missed") {
		t.Errorf("lead %q", none.Lead)
	}
}

func TestPredictionSection(t *testing.T) {
	p := &model.Pipeline{Classes: []string{"normal", "attack"}, Cut: model.Cut{Threshold: 0.25}}
	p.Recipe.Rule = model.Rule{By: model.FPR, Value: 0.01}
	p.Schema.Inputs = []model.Input{{Name: "flag", Levels: []string{"SF"}, Counts: []int64{100}}, {Name: "count"}}
	p.Training.Rows = 100
	x := &model.Prediction{Rows: 200, Attacks: 40, Classes: []int64{160, 40}, Unseen: []int64{10, 0}, Missing: []int64{0, 50}}
	x.Scores[0], x.Scores[19] = 160, 40
	s := Prediction(x, p)
	checkModelSections(t, s)
	if want := "40 of 200 rows (20 %) are taken for attacks, from a score of 0.25 on."; s.Lead != want {
		t.Errorf("lead %q", s.Lead)
	}
	if len(s.Findings) != 3 || s.Findings[0].Level != Warning || s.Findings[1].About != "flag" || s.Findings[2].About != "count" {
		t.Errorf("findings %v", s.Findings)
	}
	empty := Prediction(&model.Prediction{Classes: []int64{0, 0}, Unseen: []int64{0, 0}, Missing: []int64{0, 0}}, p)
	checkModelSections(t, empty)
	if len(empty.Findings) > 0 || len(empty.Figures) > 0 {
		t.Errorf("findings and pictures of nothing: %v", empty)
	}
}

func TestTuningSection(t *testing.T) {
	trials := []model.Trial{
		{Candidate: 1, Share: 1, Algo: "gbt", Settings: json.RawMessage(`{}`), Steps: "drop_constant", Value: 0.90, Spread: 0.01, Seconds: 3},
		{Candidate: 2, Share: 1, Algo: "gbt", Settings: json.RawMessage(`{"rounds":200,"learning_rate":0.05}`), Steps: "impute,quantile(normal)", Balance: model.AttackBalance, Value: 0.95, Spread: 0.02, Seconds: 4},
		{Candidate: 3, Share: 1.0 / 3, Algo: "gbt", Settings: json.RawMessage(`{"rounds":2}`), Value: 0.99, Spread: 0.02},
		{Candidate: 4, Share: 1.0 / 3, Algo: "gbt", Settings: json.RawMessage(`{"rounds":-2}`), Failed: "rounds must be above 0"},
	}
	s := Tuning(&model.Tuning{Goal: model.GoalROC, Trials: trials, Best: &trials[1], Interrupted: true})
	checkModelSections(t, s, func() Section { d := TuningDigest(s); d.ID = "digest"; return d }())
	if want := "netanom train --algo gbt --set learning_rate=0.05 --set rounds=200 --steps 'impute,quantile(normal)' --balance attack --out best.netanom"; s.Commands[0] != want {
		t.Errorf("command %q", s.Commands[0])
	}
	if want := "4 candidates, 4 trials by ROC AUC on rows held out. The best is candidate 2, gbt with learning_rate=0.05 rounds=200: 0.95 (SD over the folds 0.02); the defaults of gbt reach 0.9 on the same."; s.Lead != want {
		t.Errorf("lead %q", s.Lead)
	}
	var order []any
	for _, row := range s.Tables[0].Rows {
		order = append(order, row[0])
	}
	if len(order) != 4 || order[0] != int64(2) || order[3] != int64(4) || s.Tables[0].Rows[3][3] != nil {
		t.Errorf("order %v", order)
	}
	none := Tuning(&model.Tuning{Goal: model.GoalLoss, Trials: trials[3:]})
	checkModelSections(t, none)
	if len(none.Commands) > 0 || !strings.HasSuffix(none.Lead, "None of them could be judged.") {
		t.Errorf("a search without a result: %q", none.Lead)
	}
}

func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{"a=1.5": "a=1.5", "hidden=[64,32]": "'hidden=[64,32]'", "x='$(id)'": `'x='\''$(id)'\'''`, "": "''"} {
		if got := shellWord(word); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestCard(t *testing.T) {
	entries, d, _ := entered(t, model.Category, "tree")
	p := entries[0].Pipeline
	p.Training.Netanom, p.Training.Path, p.Training.SHA256 = "1.2.3", "traffic.csv", "abc"
	p.Training.LeftOut = append(d.LeftOut, model.LeftOut{Column: "difficulty", Why: "is made from the label"})
	doc := CardDocument(p)
	checkModelSections(t, doc.Sections...)
	var text bytes.Buffer
	if err := doc.WriteMarkdown(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# netanom model card · traffic.csv", "Decision tree that tells normal, dos and probe apart", "SHA-256", "difficulty", "Columns that rows to score need", "Limits"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the card does not say %q:\n%s", want, text.String())
		}
	}
	if err := doc.WriteJSON(io.Discard); err != nil {
		t.Error(err)
	}
	p.Training.Quality = nil
	if s := Card(p)[0]; len(s.Findings) != 1 || s.Findings[0].Level != Warning {
		t.Errorf("findings %v", s.Findings)
	}
	if trainedFigure(p, model.Random, "roc_auc") == trainedFigure(p, model.Random, "roc_auc") {
		t.Error("a figure that is not there has a value")
	}
}

// A rounded figure does not cost its picture.
func TestDrawnMeasure(t *testing.T) {
	e := drawnMeasure("x", stats.Measure{Value: 1, CI: stats.Interval{Low: 0.9, High: 0.9999999999999999}})
	if e.High != 1 || e.Low != 0.9 {
		t.Errorf("drawn from %v to %v", e.Low, e.High)
	}
}
