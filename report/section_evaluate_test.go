package report

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// near is a figure with an interval of half a per cent on either side.
func near(x float64) stats.Measure {
	return stats.Measure{Value: x, CI: stats.Interval{Low: x - 0.005, High: x + 0.005, Level: 0.95}}
}

// judged is a judgement of two classes with these figures and no curves.
func judged(area, at5, recall, fpr float64) *model.Judgement {
	j := &model.Judgement{Rows: 200, Classes: []string{"normal", "attack"}, Scores: &stats.ScoreMeasures{AUC: near(area), AveragePrecision: near(area)}}
	j.Binary.Recall, j.Binary.FPR, j.Binary.Precision, j.Binary.F1 = near(recall), near(fpr), near(0.9), near(0.9)
	for _, rate := range []float64{0.001, 0.01, 0.05} {
		j.At = append(j.At, model.RecallAt{FPR: rate, Recall: near(at5)})
	}
	return j
}

// evaluated judges a tree by later traffic, beside naive Bayes.
func evaluated(t *testing.T, task model.Task) (*model.Evaluation, []Section) {
	t.Helper()
	entries, _, _ := entered(t, task, "tree", "nb")
	first, second := entries[0].Pipeline, entries[1].Pipeline
	later, _ := modelData(t, strings.Replace(connections(300, 40, "neptune", "mscan"), "SF", "OTH", 5), first.Schema.Features()...)
	e, err := first.Evaluate(context.Background(), later, model.EvaluateOptions{Second: second})
	if err != nil {
		t.Fatal(err)
	}
	sections, err := Evaluation(e, ModelNames{"new.netanom", "old.netanom"})
	if err != nil {
		t.Fatal(err)
	}
	return e, sections
}

func TestEvaluationSections(t *testing.T) {
	check.Long(t)
	for _, task := range []model.Task{model.Binary, model.Attack} {
		e, sections := evaluated(t, task)
		checkModelSections(t, sections...)
		if got, want := sectionIDs(sections), "evaluate evaluate_attacks evaluate_shift evaluate_slices evaluate_second"; got != want {
			t.Errorf("sections %s, want %s", got, want)
		}
		checkModelSections(t, EvaluationDigest(sections)...)
		scores := sections[0].Tables[1]
		value := func(key string) any { return scores.Rows[0][scores.column(key)] }
		if got, want := value("recall"), e.Judgement.Metric("recall").Value; got != want {
			t.Errorf("recall %v, want %v", got, want)
		}
		tp, fp := value("tp").(float64), value("fp").(float64)
		if tp+value("fn").(float64) != 100 || fp+value("tn").(float64) != 200 {
			t.Errorf("verdicts %v", scores.Rows[0][:7])
		}
		attacks := sections[1].Tables[0]
		for _, row := range attacks.Rows {
			if unseen := row[attacks.column("unseen")]; unseen != (row[0] == "mscan") {
				t.Errorf("%v is new: %v", row[0], unseen)
			}
		}
		drift := sections[2].Tables[2]
		if first := drift.Rows[0]; first[0] != "src_bytes" || first[1] == "stable" {
			t.Errorf("the column that moved most is %v", first[:3])
		}
		if !strings.Contains(sections[2].Lead, "of the attacks are of types that training did not have; ") {
			t.Errorf("lead %q", sections[2].Lead)
		}
	}
}

// Every figure of the main table has a sentence that says what it means.
func TestEvaluationExplainsEveryFigure(t *testing.T) {
	_, sections := evaluated(t, model.Category)
	table := sections[0].Tables[0]
	for _, row := range table.Rows {
		if meaning, _ := row[table.column("meaning")].(string); len(meaning) < 10 {
			t.Errorf("%v means %q", row[0], meaning)
		}
	}
	for _, m := range (&model.Judgement{Classes: []string{"normal", "attack"}}).Metrics() {
		if _, known := Lookup(m.Key); !known {
			t.Errorf("the glossary has no %q", m.Key)
		}
	}
}

func TestEvaluationOfOneClass(t *testing.T) {
	entries, _, _ := entered(t, model.Binary, "tree")
	text := strings.ReplaceAll(strings.ReplaceAll(connections(90, 0, "neptune"), "neptune", "normal"), "S0", "SF")
	d, _ := modelData(t, text+"1,tcp,SF,2,3,back\n", entries[0].Pipeline.Schema.Features()...)
	for i := range d.Label { // what is left is all normal
		if d.IsAttack(i) {
			d.Label[i] = -1
		}
	}
	e, err := entries[0].Pipeline.Evaluate(context.Background(), d, model.EvaluateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sections, err := Evaluation(e, ModelNames{First: "a.netanom"})
	if err != nil {
		t.Fatal(err)
	}
	checkModelSections(t, sections...)
	if len(sections[0].Warnings) != 1 || !strings.Contains(sections[0].Warnings[0], "1 row.") {
		t.Errorf("warnings %v", sections[0].Warnings)
	}
}

func TestFiguresReadBack(t *testing.T) {
	e, sections := evaluated(t, model.Binary)
	var run bytes.Buffer
	doc := Document{Command: "evaluate", Data: DataInfo{Path: "later.csv", Rows: 300}, Sections: sections}
	if err := doc.WriteJSON(&run); err != nil {
		t.Fatal(err)
	}
	before, err := ReadFigures(&run)
	if err != nil {
		t.Fatal(err)
	}
	if before.Model != "new.netanom" || before.Data != "later.csv" || before.Rows != 300 {
		t.Errorf("read %+v", before)
	}
	s := AgainstFigures(e, before, "run.json")
	checkModelSections(t, s)
	table := s.Tables[0]
	if len(table.Rows) < 12 || len(s.Findings) > 0 {
		t.Errorf("%d figures, findings %v", len(table.Rows), s.Findings)
	}
	for _, row := range table.Rows {
		if row[table.column("change_since")] != 0.0 || row[table.column("worse")] != false {
			t.Errorf("%v changed: %v", row[0], row)
		}
	}
	for key := range before.of { // all were better
		m := near(0.9999)
		if lowerIsBetter[key] {
			m = near(-1)
		}
		before.of[key] = m
	}
	if s := AgainstFigures(e, before, "run.json"); len(s.Findings) == 0 || s.Findings[0].Level != Warning {
		t.Errorf("findings %v", s.Findings)
	}
}

func TestFiguresOfOtherFiles(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", "no JSON", `{"tables": [{"name": "evaluate", "rows": [{}]}]}`, `{"tables": 3}`, `{"tables":[{"name":"evaluate","rows":[{"metric_key":7}]}]}`} {
		if _, err := ReadFigures(strings.NewReader(text)); !errors.Is(err, ErrNoFigures) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzReadFigures(f *testing.F) {
	f.Add([]byte(`{"data":{"path":"a"},"tables":[{"name":"evaluate","rows":[{"metric_key":"recall","value":0.5,"value_low":0.4,"value_high":null}]},{"name":"evaluate_scores","rows":[{"model":"m","rows":1e300}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		before, err := ReadFigures(bytes.NewReader(text))
		if err != nil {
			return
		}
		s := AgainstFigures(&model.Evaluation{Judgement: judged(0.9, 0.9, 0.9, 0.01)}, before, "run.json")
		if err := (Document{Command: "evaluate", Sections: []Section{s}}).Check(); err != nil {
			t.Error(err)
		}
	})
}

func TestEvaluationFindings(t *testing.T) {
	p := &model.Pipeline{}
	p.Recipe.Rule = model.Rule{By: model.FPR, Value: 0.01}
	e := &model.Evaluation{Pipeline: p, Judgement: judged(0.9, 0.9, 0.4, 0.03)}
	e.Shift.UnseenTypes, e.Shift.UnseenRecall, e.Shift.SeenRecall = 2, near(0.2), near(0.9)
	e.Shift.Moved = []model.Drift{{Column: "count", Verdict: model.Drifted, Stability: stats.Stability{PSI: 0.4}}, {Column: "hot", Verdict: model.Shifted}}
	e.Shift.Random = []model.Quality{{Split: model.Random, Metric: "roc_auc", Value: 0.999, Low: 0.998, High: 1}}
	e.Reliability = []stats.CalibrationBin{{Predicted: 0.9, Observed: 0.4, CI: stats.Interval{Low: 0.3, High: 0.5}}}
	var all []string
	e.Pipeline.Model = kindOnly("rf")
	for _, f := range evaluationFindings(e) {
		all = append(all, f.About+" "+f.Text)
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"meant for 1 % false alarms; here 3 % [2.5 % to 3.5 %]", "it finds 40 % of the attacks, and would find 90 % at 5 %", "found less often: 20 % against 90 %",
		"count has moved since training (PSI 0.4)", "where the model says 90 % on average, 40 % are attacks", "promised an AUC of 0.999; here it is 0.9.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "hot") {
		t.Errorf("a column that only shifted is a finding:\n%s", text)
	}
}

func TestWorstBin(t *testing.T) {
	if worstBin(nil) != nil || worstBin([]stats.CalibrationBin{{Predicted: 0.5, Observed: 0.9, CI: stats.Interval{Low: 0.2, High: 1}}}) != nil {
		t.Error("a bin within its interval is off")
	}
	if !math.IsNaN(qualityOf(nil, "recall").Value) {
		t.Error("a figure that is not there has a value")
	}
}
