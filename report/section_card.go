package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model"
)

// Card is a model card: what a model is, what it was trained on, how well it does, and
// what it is not for. All of it stands in the model file.
func Card(p *model.Pipeline) []Section {
	s := Section{ID: "model_card", Title: "Model card", Lead: cardLead(p), Findings: cardFindings(p)}
	s.Tables = append(s.Tables, identityTable(p), recipeTable(&p.Recipe), schemaTable(p))
	if t := cardQuality(p); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if t := knownTable(p); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	if t := leftOutTable(p.Training.LeftOut); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	s.Tables = append(s.Tables, limitTable(p))
	return []Section{s}
}

// CardDocument is the card as a document of its own, to be written as Markdown or JSON.
func CardDocument(p *model.Pipeline) Document {
	t := &p.Training
	return Document{Version: t.Netanom, Command: "model card", Sections: Card(p),
		Data: DataInfo{Path: t.Path, SHA256: t.SHA256, Rows: t.Rows, Columns: len(p.Schema.Inputs), Label: t.Label, Normal: t.Normal, Schema: p.Schema.Layout}}
}

// cardLead says what the model is, in a sentence or two.
func cardLead(p *model.Pipeline) string {
	title := p.Kind()
	if k, err := model.KindNamed(title); err == nil {
		title = k.Title
	}
	text := fmt.Sprintf("%s that %s, by %s of network connections, trained on %s", sentenceCase(title), purpose(p), things(int64(len(p.Schema.Inputs)), "column"), things(p.Training.Rows, "row"))
	if p.Training.Path != "" {
		text += " of " + p.Training.Path
	}
	text += "."
	if held := trainedFigure(p, model.ByType, "roc_auc"); !math.IsNaN(held) {
		text += fmt.Sprintf(" With whole attack types held out of training, its AUC is %s and it finds %s at 5 %% false alarms.", Format(Real, held), shareOf(trainedFigure(p, model.ByType, "recall_fpr_5")))
	} else if random := trainedFigure(p, model.Random, "roc_auc"); !math.IsNaN(random) {
		text += fmt.Sprintf(" By random folds its AUC is %s, which says nothing of new attacks.", Format(Real, random))
	}
	return text
}

// trainedFigure is a figure that the file has of how models did, NaN if it has none.
func trainedFigure(p *model.Pipeline, s model.Split, metric string) float64 {
	for _, q := range p.Training.Quality {
		if q.Split == s && q.Metric == metric {
			return q.Value
		}
	}
	return math.NaN()
}

// cardFindings says what is missing from the card.
func cardFindings(p *model.Pipeline) []Finding {
	found := []Finding{}
	switch {
	case noLabel(p):
		found = append(found, Finding{Warning, "", "Nothing is known of how well the model finds attacks: it was trained without a label.", "Judge it by a labelled file with netanom evaluate."})
	case len(p.Training.Quality) == 0:
		found = append(found, Finding{Warning, "", "Nothing is known of how well the model does.", "Train it with --validate attacks, or judge it with netanom evaluate."})
	case math.IsNaN(trainedFigure(p, model.ByType, "roc_auc")):
		found = append(found, Finding{Notice, "", "Nothing is known of how the model does on attacks of a new type.", "Train it with --validate attacks, or judge it by a later file with netanom evaluate."})
	}
	return found
}

// identityTable says what the file holds.
func identityTable(p *model.Pipeline) Table {
	t := Table{Name: "card", Title: "What is in the file", Columns: Cols("item", "set_to")}
	add := func(item, value string) {
		if value != "" {
			t.Rows = append(t.Rows, []any{item, value})
		}
	}
	add("learner", p.Kind())
	add("classes", joined(p.Classes, 30))
	if p.Cut.Probable {
		add("verdict", "the most probable class")
	} else {
		add("threshold", cutText(p.Cut.Threshold))
	}
	add("trained with netanom", p.Training.Netanom)
	add("training file", p.Training.Path)
	add("SHA-256 of the training file", p.Training.SHA256)
	add("rows learned from", Format(Count, p.Training.Rows))
	add("label", p.Training.Label)
	add("normal", joined(bareLabels(p.Training.Normal), 10))
	add("layout", p.Schema.Layout)
	if n := len(p.Derived.Derivations); n > 0 {
		add("derived columns", fmt.Sprint(n))
	}
	add("records that test the file when it is read", fmt.Sprint(len(p.Tests)))
	return t
}

// schemaTable lists the columns that rows to score need.
func schemaTable(p *model.Pipeline) Table {
	t := Table{Name: "card_columns", Title: "Columns that rows to score need", Columns: detail(Cols("feature", "kind", "n_levels", "top", "min", "q50", "max", "missing", "note"), "note")}
	for j := range p.Schema.Inputs {
		in := &p.Schema.Inputs[j]
		if in.Coded() {
			top := any(nil)
			var most int64 = -1
			for k, n := range in.Counts {
				if n > most {
					most, top = n, in.Levels[k]
				}
			}
			t.Rows = append(t.Rows, []any{in.Name, "category", int64(len(in.Levels)), top, nil, nil, nil, in.Missing, words(in.Canon)})
			continue
		}
		t.Rows = append(t.Rows, []any{in.Name, "number", nil, nil, in.Range[0], in.Median, in.Range[1], in.Missing, words(in.Canon)})
	}
	t.hideZeros("missing")
	return t
}

// cardQuality lists the figures that the file has.
func cardQuality(p *model.Pipeline) Table {
	t := Table{Name: "card_quality", Title: "How well models by this recipe did on rows held out",
		Columns: detail(Cols("metric", "cv", "cv_low", "cv_high", "held", "held_low", "held_high", "other", "other_low", "other_high", "metric_key"), "metric_key"),
		Note:    "Random folds know every attack type; for new types, whole types were held out."}
	for _, key := range metricKeys {
		row := []any{Col(key).Title}
		known := false
		for _, of := range []func(s model.Split) bool{
			func(s model.Split) bool { return s == model.Random }, func(s model.Split) bool { return s == model.ByType },
			func(s model.Split) bool { return s == model.ByGroup || s == model.ByTime },
		} {
			m := none
			for _, q := range p.Training.Quality {
				if of(q.Split) && q.Metric == key {
					m.Value, m.CI.Low, m.CI.High = q.Value, q.Low, q.High
					known = true
				}
			}
			row = append(row, interval(m)...)
		}
		if known && !(key == "attack_recall" && len(p.Classes) == 2) {
			t.Rows = append(t.Rows, append(row, key))
		}
	}
	t.hideEmpty()
	t.Columns[t.column("metric_key")].Detail = true
	return t
}

// knownTable lists the attack types of training.
func knownTable(p *model.Pipeline) Table {
	t := Table{Name: "card_attacks", Title: "Attack types of training", Columns: Cols("label", "rows")}
	for _, a := range p.Training.Attacks {
		t.Rows = append(t.Rows, []any{a.Attack, a.Rows})
	}
	return t
}

// limitTable says what the model is not for.
func limitTable(p *model.Pipeline) Table {
	t := Table{Name: "card_limits", Title: "Limits", Columns: Cols("about", "text")}
	add := func(about, format string, a ...any) { t.Rows = append(t.Rows, []any{about, fmt.Sprintf(format, a...)}) }
	switch known := things(int64(len(p.Training.Attacks)), "attack type"); {
	case learnedUsual(p):
		add("attacks", "It knows no attacks, only what is usual. An attack that is like normal traffic is not found, and what is rare and harmless is flagged.")
	case isHybrid(p):
		add("new attacks", "Its learners know %s. Others are found as far as they resemble these, or are unusual; what it calls normal is not proven harmless.", known)
	default:
		add("new attacks", "It knows %s. Others it finds only as far as they resemble these; what it calls normal is not proven harmless.", known)
	}
	add("other networks", "It knows normal traffic as it was in the training file. On another network expect more false alarms, until it is trained on rows of that network.")
	add("strange values", "A level that training did not have counts as missing. What the model says of a number beyond the range of training is a guess.")
	if !p.Cut.Probable {
		add("threshold", "The threshold was chosen for training rows (%s). When far more rows are flagged than that, traffic has changed.", p.Recipe.Rule.Words())
	}
	if random := trainedFigure(p, model.Random, "accuracy"); random > 0.99 {
		add("random folds", "%s of the verdicts by random folds are right because rows of one file resemble each other. That is no forecast.", shareOf(random))
	}
	add("scores", "Scores are %s.", scoreMeaning(p))
	add("the file", "Reading the file runs no code of it; a checksum and %d test records are checked first.", len(p.Tests))
	return t
}
