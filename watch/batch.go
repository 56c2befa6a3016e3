package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/traffic"
)

// A row is a record that waits for its score.
type row struct {
	record traffic.Record
	origin string // see tagged
}

// A batch is the records that are scored together.
type batch struct {
	pipeline *model.Pipeline
	setting  traffic.Setting
	format   *traffic.Formatter
	binding  *model.Binding
	intake   *model.Intake
	kinds    []model.CellKind // by column, of cells that are not empty
	cells    []model.Cell
	rows     []row     // all that were offered
	since    time.Time // when the first came
	lacking  []string  // columns of the model that the records do not have, or lacked a value in the first of them
	looked   bool      // at the first record
}

// newBatch makes an empty batch. Fields that are missing are normal for what is seen of
// live traffic, and are counted; about all else the model's own policy decides.
func newBatch(p *model.Pipeline) *batch {
	setting := p.Schema.Setting
	policy := p.Policy
	policy[model.MissingField], policy[model.MissingValue], policy[model.ExtraField] = model.Other, model.Other, model.Other
	b := &batch{pipeline: p, setting: setting, intake: p.NewIntake(policy)}
	b.format = traffic.NewFormatter(traffic.WriterOptions{Setting: setting})
	columns := b.format.Columns()
	b.binding = p.Schema.Bind(columns)
	b.kinds = make([]model.CellKind, len(columns))
	for i := range b.kinds {
		b.kinds[i] = model.TextCell
		if j := b.binding.Input(i); j >= 0 && !p.Schema.Inputs[j].Coded() {
			b.kinds[i] = model.NumberCell
		}
	}
	return b
}

// add takes a copy of a record.
func (b *batch) add(r *traffic.Record, origin string) {
	if r.Lacks&traffic.LacksLogin != 0 {
		r.Content.LoggedIn = b.setting.Services.InferLoggedIn(&r.Connection)
	}
	texts := b.format.Cells(r)
	b.cells = b.cells[:0]
	for i, text := range texts {
		kind := b.kinds[i]
		if len(text) == 0 {
			kind = model.NullCell
		}
		b.cells = append(b.cells, model.Cell{Kind: kind, Text: text})
	}
	if !b.looked {
		b.look()
	}
	b.intake.Offer(b.binding, b.cells)
	b.rows = append(b.rows, row{*r, origin})
}

// look finds what the source cannot tell, though training had it.
func (b *batch) look() {
	b.looked = true
	given := make([]bool, len(b.pipeline.Schema.Inputs))
	for i, c := range b.cells {
		if j := b.binding.Input(i); j >= 0 && c.Kind != model.NullCell {
			given[j] = true
		}
	}
	b.lacking = b.lacking[:0]
	for j := range given {
		if in := &b.pipeline.Schema.Inputs[j]; !given[j] && in.Missing == 0 {
			b.lacking = append(b.lacking, in.Name)
		}
	}
}

// lack says what look has found, "" if nothing.
func (b *batch) lack() string {
	all := len(b.pipeline.Schema.Inputs)
	switch n := len(b.lacking); {
	case n == 0:
		return ""
	case n == all:
		return "the model knows none of the columns of connections, so that its scores mean nothing; choose one that was trained on the 41 KDD features"
	default:
		return fmt.Sprintf("%d of the %d columns of the model have no value here, and its scores are of the rest: %s", n, all, named(b.lacking, 8))
	}
}

// named lists names, the first of many.
func named(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}

// score scores what was taken in. attacks are the rows, of those that were offered, that
// are taken for attacks, and taken where each is in the matrix.
func (b *batch) score() (found *model.Scores, attacks, taken []int, err error) {
	if found, err = b.pipeline.Score(b.intake.Matrix()); err != nil {
		return nil, nil, nil, err
	}
	for k, offered := range b.intake.Taken {
		if found.Attack(k) {
			attacks, taken = append(attacks, offered), append(taken, k)
		}
	}
	return found, attacks, taken, nil
}

// reasons finds the reasons for some rows of the matrix.
func (b *batch) reasons(rows []int, most int) ([][]model.Reason, error) {
	if most == 0 || len(rows) == 0 {
		return nil, nil
	}
	return b.pipeline.TopReasons(b.intake.Matrix().Take(rows), most)
}

// refusal is the first cause for which a row could not be scored, "" if all were.
func (b *batch) refusal() string {
	i := slices.IndexFunc(b.intake.Faults, func(f model.Fault) bool { return f.Action == model.Reject })
	if i < 0 {
		return ""
	}
	return b.intake.Faults[i].Field + ": " + b.intake.Faults[i].Text
}

// clear empties the batch.
func (b *batch) clear() {
	b.intake.Reset()
	clear(b.rows) // their texts
	b.rows = b.rows[:0]
}
