package sql

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Sink is a table of verdicts: of every model, and of every key that it has judged, the
// score and the verdict. It takes in every row once, even where a connection is lost on
// the way: Judged tells which keys of a delivery have arrived.
type Sink struct {
	conn    Conn
	d       KeyDialect
	table   Name
	key     ColumnInfo
	explain func(statement string)
}

// A settler is a Conn whose server may go on with an INSERT of which the connection was lost.
type settler interface {
	// Settled returns when none is at work on a table.
	Settled(ctx context.Context, t Name) error
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
// table with other columns. explain, unless it is nil, is told every statement before it is
// sent.
func OpenSink(ctx context.Context, c Conn, t Name, key ColumnInfo, explain func(statement string)) (*Sink, error) {
	d, err := keyDialect(c)
	if err != nil {
		return nil, err
	}
	if explain == nil {
		explain = func(string) {}
	}
	s := &Sink{conn: c, d: d, table: t, key: key, explain: explain}
	s.key.Name, s.key.Null = keyColumn, false
	columns, err := c.Columns(ctx, t)
	if err != nil { // it may not exist
		if err := s.exec(ctx, d.Create(t, s.columns(), []string{modelColumn, keyColumn})); err != nil {
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
		if columns[i].Form != key.Form || key.Form != Word && d.Literal("0", columns[i]) != d.Literal("0", key) { // which tell the type
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
	if err := s.settle(ctx); err != nil {
		return nil, 0, err
	}
	err = s.query(ctx, "SELECT "+s.d.Int(s.d.Count())+" FROM "+s.of(model), Int, func(c *Cells) {
		for _, x := range c.Ints {
			n += x
		}
	})
	if err != nil || n == 0 {
		return nil, 0, err
	}
	key := s.d.Quote(keyColumn)
	statement := fmt.Sprintf("SELECT %s AS last_key FROM %s ORDER BY %s DESC LIMIT 1", s.d.Mark(key, s.key), s.of(model), key)
	err = s.query(ctx, statement, Words, func(c *Cells) {
		for _, mark := range c.Words {
			last = &Value{strings.Clone(mark)}
		}
	})
	return last, n, err
}

// mostAsked is how many keys are asked about in one statement.
const mostAsked = 5000

// Judged returns those of some keys on which there is a verdict of the model.
func (s *Sink) Judged(ctx context.Context, model string, keys []Value) (map[Value]bool, error) {
	judged := map[Value]bool{}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	key := s.d.Quote(keyColumn)
	for some := range slices.Chunk(keys, mostAsked) {
		list := make([]string, len(some))
		for i, v := range some {
			list[i] = s.d.Literal(v.Text, s.key)
		}
		statement := fmt.Sprintf("SELECT %s AS judged_key FROM %s AND %s IN (%s)", s.d.Mark(key, s.key), s.of(model), key, strings.Join(list, ", "))
		err := s.query(ctx, statement, Words, func(c *Cells) {
			for _, mark := range c.Words {
				judged[Value{strings.Clone(mark)}] = true
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return judged, nil
}

// of is what follows FROM for the verdicts of a model.
func (s *Sink) of(model string) string {
	return fmt.Sprintf("%s WHERE %s = %s", s.d.From(s.table), s.d.Quote(modelColumn), s.d.Word(model))
}

// settle has the next question see all that was delivered.
func (s *Sink) settle(ctx context.Context) error {
	if c, ok := s.conn.(settler); ok {
		return c.Settled(ctx, s.table)
	}
	// Until it has changed something, a connection may go on showing the state that it
	// found first.
	return s.exec(ctx, "SELECT 1")
}

func (s *Sink) exec(ctx context.Context, statement string) error {
	s.explain(statement)
	return s.conn.Exec(ctx, statement)
}

// query asks for one column.
func (s *Sink) query(ctx context.Context, statement string, typ Type, take func(*Cells)) error {
	s.explain(statement)
	return s.conn.Query(ctx, Query{SQL: statement, Types: []Type{typ}}, func(b *Block) error {
		take(&b.Columns[0])
		return nil
	})
}

// Deliver adds verdicts, all or none where the server can see to that. After an error they
// may be there nevertheless, if the connection was lost before the server could say so:
// Judged tells which are.
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
	s.explain(fmt.Sprintf("INSERT INTO %s -- %d verdicts", s.d.From(s.table), n))
	return s.conn.Insert(ctx, s.table, sinkColumns, b)
}
