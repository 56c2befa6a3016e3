package sql

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Sink is a table of verdicts: of every model, and of every key that it has judged, the
// score and the verdict. Together with Stream it takes in every row once, even where a
// connection is lost on the way: verdicts come in the ascending order of the keys, and
// each delivery is there as a whole or not at all, so that Resume tells what is left.
type Sink struct {
	conn  Conn
	d     KeyDialect
	table Name
	key   ColumnInfo
}

// Verdicts are the verdicts of one model on some rows.
type Verdicts struct {
	Model     string // what tells it from others, such as its hash
	Threshold float64
	Keys      []Value // of the rows, ascending
	Scores    []float64
	Verdicts  []string
}

// The columns of a Sink.
const (
	modelColumn     = "model"
	keyColumn       = "key"
	scoreColumn     = "score"
	verdictColumn   = "verdict"
	thresholdColumn = "threshold"
)

var sinkColumns = []string{modelColumn, keyColumn, scoreColumn, verdictColumn, thresholdColumn}

// mostDelivered is how many rows a delivery has at most: servers that take rows in
// blocks take so many in one.
const mostDelivered = 1_000_000

// OpenSink opens a table of verdicts, over a connection that may write, and makes it if
// it does not exist. key is what the server says of the key of the rows that are judged,
// see Source.Key; the server has to be of the same kind. It is an error if there is a
// table with other columns.
func OpenSink(ctx context.Context, c Conn, t Name, key ColumnInfo) (*Sink, error) {
	d, err := keyDialect(c)
	if err != nil {
		return nil, err
	}
	s := &Sink{conn: c, d: d, table: t, key: key}
	s.key.Name, s.key.Null = keyColumn, false
	columns, err := c.Columns(ctx, t)
	if err != nil { // it may not exist
		if err := c.Exec(ctx, d.Create(t, s.columns(), []string{modelColumn, keyColumn})); err != nil {
			return nil, err
		}
		if columns, err = c.Columns(ctx, t); err != nil {
			return nil, err
		}
	}
	for _, name := range sinkColumns {
		i := slices.IndexFunc(columns, func(c ColumnInfo) bool { return c.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("table %s has no column %q, and so is not one of verdicts; name another table, or one that does not exist yet", t.Table, name)
		}
		if name != keyColumn {
			continue
		}
		if columns[i].Form != key.Form {
			return nil, fmt.Errorf("the keys of table %s are of type %s, and those of the rows of type %s; name another table", t.Table, columns[i].Type, key.Type)
		}
		s.key = columns[i]
	}
	return s, nil
}

// columns describes the columns for a new table.
func (s *Sink) columns() []ColumnInfo {
	return []ColumnInfo{
		{Name: modelColumn, Form: Word},
		s.key,
		{Name: scoreColumn, Form: Float},
		{Name: verdictColumn, Form: Word},
		{Name: thresholdColumn, Form: Float},
	}
}

// Resume returns the largest key on which there is a verdict of the model, and how many
// verdicts of it there are; nil and 0 if there is none.
func (s *Sink) Resume(ctx context.Context, model string) (last *Value, n int64, err error) {
	// Until it has changed something, a connection may go on showing the state that it
	// found first.
	if err := s.conn.Exec(ctx, "SELECT 1"); err != nil {
		return nil, 0, err
	}
	from := fmt.Sprintf("%s WHERE %s = %s", s.d.From(s.table), s.d.Quote(modelColumn), s.d.Word(model))
	count := Query{SQL: "SELECT " + s.d.Int(s.d.Count()) + " FROM " + from, Types: []Type{Int}}
	err = s.conn.Query(ctx, count, func(b *Block) error {
		for _, x := range b.Columns[0].Ints {
			n += x
		}
		return nil
	})
	if err != nil || n == 0 {
		return nil, 0, err
	}
	key := s.d.Quote(keyColumn)
	largest := Query{SQL: fmt.Sprintf("SELECT %s AS last_key FROM %s ORDER BY %s DESC LIMIT 1", s.d.Mark(key, s.key), from, key), Types: []Type{Words}}
	err = s.conn.Query(ctx, largest, func(b *Block) error {
		for _, mark := range b.Columns[0].Words {
			last = &Value{strings.Clone(mark)}
		}
		return nil
	})
	return last, n, err
}

// Deliver adds verdicts, all or none. After an error they may be there nevertheless, if
// the connection was lost before the server could say so: ask Resume, and go on behind
// the key that it returns.
func (s *Sink) Deliver(ctx context.Context, v *Verdicts) error {
	n := len(v.Keys)
	switch {
	case n == 0:
		return nil
	case n != len(v.Scores) || n != len(v.Verdicts):
		return fmt.Errorf("there are %d keys, %d scores and %d verdicts; each row has one of each", n, len(v.Scores), len(v.Verdicts))
	case n > mostDelivered:
		return fmt.Errorf("%d verdicts cannot be delivered as a whole; deliver %d at a time", n, mostDelivered)
	case v.Model == "":
		return fmt.Errorf("verdicts without the name of a model cannot be told from others; name it")
	}
	b := &Block{Rows: n, Columns: make([]Cells, len(sinkColumns))}
	models, keys, thresholds := make([]string, n), make([]string, n), make([]float64, n)
	for i, key := range v.Keys {
		if key.Text == "" {
			return fmt.Errorf("verdict %d has an empty key; every row needs one", i+1)
		}
		models[i], keys[i], thresholds[i] = v.Model, key.Text, v.Threshold
	}
	b.Columns[0].Words, b.Columns[1].Words, b.Columns[2].Reals = models, keys, v.Scores
	b.Columns[3].Words, b.Columns[4].Reals = v.Verdicts, thresholds
	return s.conn.Insert(ctx, s.table, sinkColumns, b)
}
