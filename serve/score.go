package serve

import (
	"net/http"
	"slices"
	"strings"

	"github.com/netanom/netanom/model"
)

// How many rows are scored, or explained, between two looks at the clock.
const (
	scoreBlock  = 512
	reasonBlock = 8
)

// score scores the records that were taken in. The problem is that some were rejected,
// unless rejected rows are errors in their places, or that there was no time.
func (b *batch) score(c *call, a *ask) *problem {
	if b.intake.Offered == 0 {
		return newProblem(http.StatusBadRequest, "malformed", "there is no record in the body")
	}
	if b.intake.Refused > 0 && !a.byRow {
		return b.rejected()
	}
	p := a.pipeline(b.model)
	x := b.intake.Matrix()
	if x.Rows <= scoreBlock {
		s, err := p.Score(x)
		if err != nil {
			return internal(err)
		}
		b.found = *s
	} else if problem := b.scoreBlocks(c, p); problem != nil {
		return problem
	}
	if a.reasons > 0 {
		return b.explain(c, p, a)
	}
	return nil
}

// scoreBlocks scores many rows, and stops when there is no time left.
func (b *batch) scoreBlocks(c *call, p *model.Pipeline) *problem {
	x := b.intake.Matrix()
	for from := 0; from < x.Rows; from += scoreBlock {
		if c.late() {
			return late()
		}
		s, err := p.Score(x.Slice(from, min(from+scoreBlock, x.Rows)))
		if err != nil {
			return internal(err)
		}
		b.found.Score = append(b.found.Score, s.Score...)
		b.found.Class = append(b.found.Class, s.Class...)
		b.found.Probabilities = append(b.found.Probabilities, s.Probabilities...)
	}
	return nil
}

// explain finds the reasons for alerts, or for all rows if they are asked for.
func (b *batch) explain(c *call, p *model.Pipeline, a *ask) *problem {
	b.reasons = make([][]model.Reason, len(b.found.Class))
	var rows []int
	for i := range b.found.Class {
		if a.allReasons || b.found.Attack(i) {
			rows = append(rows, i)
		}
	}
	for some := range slices.Chunk(rows, reasonBlock) {
		if c.late() {
			return late()
		}
		reasons, err := p.TopReasons(b.intake.Matrix().Take(some), a.reasons)
		if err != nil {
			return internal(err)
		}
		for k, row := range some {
			b.reasons[row] = reasons[k]
		}
	}
	return nil
}

func late() *problem {
	return newProblem(http.StatusGatewayTimeout, "timeout", "there was no time to score all records; send fewer at a time, or ask for no reasons")
}

// internal is the answer to an error that no request should cause. The log knows more.
func internal(err error) *problem {
	p := newProblem(http.StatusInternalServerError, "internal", "the log says more under the id of the request")
	p.cause = err
	return p
}

// rejected lists what is wrong with the records.
func (b *batch) rejected() *problem {
	p := newProblem(http.StatusUnprocessableEntity, "validation", "%d of %d records cannot be scored", b.intake.Refused, b.intake.Offered)
	p.Errors = b.errors(model.Reject)
	p.Errors = p.Errors[:min(len(p.Errors), model.MaxFaults)]
	return p
}

// errors lists faults with one action, by row, and for rejections the records that are
// none.
func (b *batch) errors(action model.Action) []fieldError {
	var out []fieldError
	if action == model.Reject {
		out = append(out, b.malformed...)
	}
	for _, f := range b.intake.Faults {
		if f.Action == action {
			out = append(out, fieldError{Pointer: pointer(f.Row, f.Field), Row: f.Row, Column: f.Field, Code: f.Trouble.String(), Message: f.Text})
		}
	}
	slices.SortStableFunc(out, func(x, y fieldError) int { return x.Row - y.Row })
	return out
}

// errorsOf lists the faults of one row with one action.
func errorsOf(list []fieldError, row int) []fieldError {
	from, _ := slices.BinarySearchFunc(list, row, func(e fieldError, row int) int { return e.Row - row })
	to := from
	for to < len(list) && list[to].Row == row {
		to++
	}
	return list[from:to]
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is a JSON pointer to a field of a record.
func pointer(row int, field string) string {
	return "/" + itoa(row) + "/" + pointerEscape.Replace(field)
}

// label is the verdict on a row in a word, as predict writes it.
func (b *batch) label(row int) string {
	if b.found.Class[row] != 0 {
		return "attack"
	}
	return b.model.pipeline.Classes[0]
}

// probable reports whether the score is a probability.
func (m *loaded) probable() bool {
	return m.classifies || m.pipeline.Calibrator != nil
}

// typed reports whether attacks have classes of their own.
func (m *loaded) typed() bool { return len(m.pipeline.Classes) > 2 }
