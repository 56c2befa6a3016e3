package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/stats"
)

// Figures are those of an earlier run of evaluate.
type Figures struct {
	Model string // its file
	Data  string // the file it was judged by
	Rows  int64
	of    map[string]stats.Measure // by the key of the figure
}

// ErrNoFigures is the cause where JSON has no figures of an evaluation.
var ErrNoFigures = errors.New("it has no figures of an evaluation; netanom evaluate --format json writes them")

// maxFiguresBytes is how large the JSON of a run may be.
const maxFiguresBytes = 64 << 20

// ReadFigures reads the figures out of the JSON that an earlier evaluation wrote. Any
// other JSON is ErrNoFigures.
func ReadFigures(r io.Reader) (*Figures, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFiguresBytes+1))
	if err != nil {
		return nil, err
	}
	var run struct {
		Data   struct{ Path string }
		Tables []struct {
			Name string
			Rows []map[string]any
		}
	}
	if len(text) > maxFiguresBytes || json.Unmarshal(text, &run) != nil {
		return nil, ErrNoFigures
	}
	f := &Figures{Data: run.Data.Path, of: map[string]stats.Measure{}}
	number := func(cell any) float64 {
		if v, ok := cell.(float64); ok {
			return v
		}
		return math.NaN()
	}
	for _, t := range run.Tables {
		for _, row := range t.Rows {
			switch key, _ := row["metric_key"].(string); {
			case t.Name == "evaluate" && key != "":
				m := stats.Measure{Value: number(row["value"])}
				m.CI.Low, m.CI.High = number(row["value_low"]), number(row["value_high"])
				f.of[key] = m
			case t.Name == "evaluate_scores":
				f.Model, _ = row["model"].(string)
				if rows := number(row["rows"]); rows > 0 && rows < 1<<53 {
					f.Rows = int64(rows)
				}
			}
		}
	}
	if len(f.of) == 0 {
		return nil, ErrNoFigures
	}
	return f, nil
}

// lowerIsBetter are the figures that should be small.
var lowerIsBetter = map[string]bool{"fpr": true, "log_loss": true, "brier": true}

// AgainstFigures compares an evaluation with the figures of an earlier run, which name
// is the file of.
func AgainstFigures(e *model.Evaluation, before *Figures, name string) Section {
	s := Section{ID: "evaluate_before", Title: "Against " + printable(name), Findings: []Finding{}}
	t := Table{Name: "evaluate_before", Title: "Now and in the earlier run",
		Columns: detail(Cols("metric", "value", "earlier", "change_since", "worse", "value_low", "value_high", "earlier_low", "earlier_high", "metric_key"), "value_low", "value_high", "earlier_low", "earlier_high", "metric_key"),
		Note:    "Worse: and the intervals do not overlap."}
	worse := 0
	for _, key := range metricKeys {
		now, then := figureOf(e.Judgement, key), none
		if m, ok := before.of[key]; ok {
			then = m
		}
		if math.IsNaN(now.Value) || math.IsNaN(then.Value) {
			continue
		}
		is := now.CI.High < then.CI.Low
		if lowerIsBetter[key] {
			is = now.CI.Low > then.CI.High
		}
		if is {
			worse++
			s.Findings = append(s.Findings, Finding{Warning, Col(key).Title, fmt.Sprintf("is %s, and was %s in the earlier run.", Format(Col(key).Kind, now.Value), Format(Col(key).Kind, then.Value)), "See what differs from training, and train again on newer rows."})
		}
		t.Rows = append(t.Rows, []any{Col(key).Title, now.Value, then.Value, now.Value - then.Value, is, now.CI.Low, now.CI.High, then.CI.Low, then.CI.High, key})
	}
	s.Lead = fmt.Sprintf("%d of %d figures are worse than in the earlier run beyond their intervals.", worse, len(t.Rows))
	if before.Rows > 0 && before.Rows != e.Judgement.Rows {
		s.Lead += fmt.Sprintf(" That run judged %s, and this one %s.", things(before.Rows, "row"), Format(Count, e.Judgement.Rows))
	}
	s.Tables = []Table{t}
	return s
}
