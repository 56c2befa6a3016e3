package model

import (
	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
)

// An AlertRow is a row of a source that was taken for an attack.
type AlertRow struct {
	Row     int64 // of the source, from 0
	Score   float64
	Class   string   // of the verdict
	Reasons []Reason // those that PredictOptions ask for
	Time    float64  // by the clock of the source, in seconds since the Unix epoch; NaN where it has none
	Columns []dataset.Column
	Cells   []string // by column, as the source writes them; "" where there is no value
}

// Cell returns the cell of the first column that is there, by its name in the known
// layout or in the source; "" if none is.
func (a *AlertRow) Cell(names ...string) string {
	for _, name := range names {
		for j := range a.Columns {
			if a.Columns[j].Canon == name || a.Columns[j].Name == name {
				return a.Cells[j]
			}
		}
	}
	return ""
}

// alertsOf keeps what the rows of a batch that are attacks hold.
func (s *scorer) alertsOf(w *scoringWorker, b *dataset.Batch, x *learn.Matrix, found *Scores) error {
	var rows []int
	for i := range found.Class {
		if found.Attack(i) {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	reasons := make([][]Reason, len(rows))
	if s.options.Reasons > 0 {
		var err error
		if reasons, err = s.pipeline.TopReasons(x.Take(rows), s.options.Reasons); err != nil {
			return err
		}
	}
	for i, row := range rows {
		a := AlertRow{Row: int64(len(w.class) - x.Rows + row), Score: found.Score[row], Class: s.pipeline.Classes[found.Class[row]], Reasons: reasons[i], Time: nan, Columns: s.schema.Columns}
		if s.options.Alert != nil {
			a.read(s.schema, b, row)
		}
		w.alerts = append(w.alerts, a)
	}
	return nil
}

// read takes the cells of a row: one text for all, so that alerts are cheap.
func (a *AlertRow) read(schema *dataset.Schema, b *dataset.Batch, row int) {
	var text []byte
	ends := make([]int, len(schema.Columns))
	for j := range schema.Columns {
		if !b.TextMissing(j, row) {
			text = append(text, b.Text(j, row)...)
		}
		ends[j] = len(text)
	}
	whole, from := string(text), 0
	a.Cells = make([]string, len(ends))
	for j, end := range ends {
		a.Cells[j], from = whole[from:end], end
	}
	if c := schema.Clock(); c >= 0 && schema.Columns[c].Kind.Numeric() {
		a.Time = b.Columns[c].Float(row)
	}
}
