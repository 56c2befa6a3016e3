package sql

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// A Tail is the rows that are added to a table, in the order of a column that grows: its
// key. Unlike a Source it learns nothing from what the table holds, which may be nothing
// yet, and each question sees the table as it is by then. Rows without a key are as if they
// were not there. It may be used by one goroutine at a time.
type Tail struct {
	conn    Conn
	d       KeyDialect
	address Address
	infos   []ColumnInfo
	key     ColumnInfo
	prefix  string // of aliases
	explain func(statement string)
}

// A refresher is a Conn whose queries see one state of the database until it is refreshed.
type refresher interface {
	Refresh(ctx context.Context) error
}

// OpenTail looks at the columns of a table. The key is named by any spelling; numbers,
// times, texts and addresses can be one. explain, unless it is nil, is told every statement
// before it is sent.
func OpenTail(ctx context.Context, c Conn, a Address, key string, explain func(statement string)) (*Tail, error) {
	d, err := keyDialect(c)
	if err != nil {
		return nil, err
	}
	t := &Tail{conn: c, d: d, address: a, explain: explain}
	if t.infos, err = c.Columns(ctx, a.Table); err != nil {
		return nil, err
	}
	t.prefix = aliasPrefix(t.infos)
	schema := dataset.Recognise(t.Columns())
	i, err := schema.Resolve(key)
	if err != nil {
		return nil, err
	}
	if t.key = t.infos[i]; t.key.Form == Other {
		return nil, fmt.Errorf("column %q is of type %s, in whose order rows cannot be read; choose a column of numbers, of times or of text", t.key.Name, t.key.Type)
	}
	return t, t.refresh(ctx)
}

// Key returns the name of the column in whose order rows are read.
func (t *Tail) Key() string { return t.key.Name }

// Columns returns the names of the columns of the table.
func (t *Tail) Columns() []string {
	names := make([]string, len(t.infos))
	for i, info := range t.infos {
		names[i] = info.Name
	}
	return names
}

// Newest returns the largest key behind another, "" if there is none. "" stands before all.
func (t *Tail) Newest(ctx context.Context, after string) (key string, err error) {
	err = t.ask(ctx, nil, after, "", " DESC", 1, func(k string, _ []string) { key = k })
	return key, err
}

// Rows passes on the first rows behind a key, so many at most, in the ascending order of
// their keys; if to is not "", only those up to it. Of each come the cells of some columns
// as texts: "" where there is no value, times as seconds since 1970.
func (t *Tail) Rows(ctx context.Context, columns []int, after, to string, most int, each func(key string, cells []string)) error {
	return t.ask(ctx, columns, after, to, "", most, each)
}

// ask runs a statement. It leaves nothing behind at the server, such as a lock.
func (t *Tail) ask(ctx context.Context, columns []int, after, to, direction string, most int, each func(key string, cells []string)) error {
	infos := make([]ColumnInfo, len(columns))
	for i, c := range columns {
		infos[i] = t.infos[c]
	}
	cells, types := t.cells(infos)
	where, err := t.between(after, to)
	if err != nil {
		return err
	}
	statement := fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s%s LIMIT %d",
		strings.Join(cells, ", "), t.d.From(t.address.Table), where, t.d.Quote(t.key.Name), direction, most)
	if err := t.refresh(ctx); err != nil {
		return err
	}
	if t.explain != nil {
		t.explain(statement)
	}
	err = t.conn.Query(ctx, Query{SQL: statement, Types: types}, func(b *Block) error {
		for row := range b.Rows {
			texts := make([]string, len(types))
			for i := range texts {
				texts[i] = textOf(&b.Columns[i], types[i], row)
			}
			each(texts[0], texts[1:])
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.refresh(ctx)
}

// cells are the expressions of the key and of columns, by names that no column has, and
// what they are.
func (t *Tail) cells(infos []ColumnInfo) (list []string, types []Type) {
	e := t.d.Quote(t.key.Name)
	if t.key.Form == Float {
		list, types = append(list, t.d.CastReal(t.d.Number(e, t.key))), append(types, Real)
	} else {
		list, types = append(list, t.d.Mark(e, t.key)), append(types, Words)
	}
	for _, info := range infos {
		switch e := t.d.Quote(info.Name); info.Form {
		case Float, Decimal, Moment:
			list, types = append(list, t.d.CastReal(t.d.Number(e, info))), append(types, Real)
		default:
			list, types = append(list, t.d.Text(e, info)), append(types, Words)
		}
	}
	for i := range list {
		list[i] += fmt.Sprintf(" AS %sc%d", t.prefix, i)
	}
	return list, types
}

// between is a condition on the key, behind WHERE.
func (t *Tail) between(after, to string) (string, error) {
	e := t.d.Quote(t.key.Name)
	var all []string
	for _, end := range []struct{ key, sign string }{{after, " > "}, {to, " <= "}} {
		if end.key == "" {
			continue
		}
		literal, err := t.literal(end.key)
		if err != nil {
			return "", err
		}
		all = append(all, e+end.sign+literal)
	}
	switch t.key.Form {
	case Float, Decimal, Moment: // which may be infinite, or no number
		all = append(all, "("+t.d.Number(e, t.key)+") IS NOT NULL")
	case Word:
		all = append(all, "("+t.d.Text(e, t.key)+") <> "+t.d.Word(""))
	default:
		if t.key.Null {
			all = append(all, e+" IS NOT NULL")
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(all, " AND "), nil
}

// literal is a key as the server reads it.
func (t *Tail) literal(key string) (string, error) {
	if t.key.Form != Float {
		return t.d.Literal(key, t.key), nil
	}
	x, err := strconv.ParseFloat(key, 64)
	if err != nil {
		return "", fmt.Errorf("%q is no key of column %q, which holds numbers", shorten(key), t.key.Name)
	}
	return t.d.Real(x), nil
}

// textOf writes a cell as text.
func textOf(c *Cells, typ Type, row int) string {
	if typ == Words {
		return strings.Clone(c.Words[row])
	}
	if x := c.Reals[row]; !math.IsNaN(x) && !math.IsInf(x, 0) {
		return strconv.FormatFloat(x+0, 'f', -1, 64)
	}
	return ""
}

// refresh has the next question see a new state of the database.
func (t *Tail) refresh(ctx context.Context) error {
	if r, ok := t.conn.(refresher); ok {
		return r.Refresh(ctx)
	}
	return nil
}
