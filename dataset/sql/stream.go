package sql

import (
	"context"
	"fmt"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// A KeyDialect is a Dialect that can also page through a table by a column that tells its
// rows apart, and make tables.
type KeyDialect interface {
	Dialect
	// Mark makes Words of a column from which Literal makes the same cell again, whatever
	// Text makes of it to be read.
	Mark(e string, c ColumnInfo) string
	// Literal is a cell of a column, of the type of the column, so that an index may be used.
	Literal(mark string, c ColumnInfo) string
	// Create is a statement that makes a table, unless it exists. A column without a Type
	// has the usual one for its Form. No two rows have the same key, where the server can
	// see to that; in any case the rows are quick to find by it.
	Create(t Name, columns []ColumnInfo, key []string) string
}

// keyDialect returns the dialect of a connection, if it is a KeyDialect.
func keyDialect(c Conn) (KeyDialect, error) {
	d, ok := c.Dialect().(KeyDialect)
	if !ok {
		return nil, fmt.Errorf("rows of a %s table cannot be paged through by a key", c.Dialect().Name())
	}
	return d, nil
}

// A Value is the cell of a key, as text from which the server makes the same cell again.
type Value struct{ Text string }

// A Page is some rows that follow each other in the order of a key. Any analysis can
// scan it.
type Page struct {
	*dataset.Table
	Keys []Value // of the rows
}

// Last returns the key of the last row.
func (p *Page) Last() Value { return p.Keys[len(p.Keys)-1] }

// Key returns what the server says of a column by which the rows may be paged through,
// by any spelling. It is an error if there is no such column, or if its cells cannot be
// told apart for sure.
func (s *Source) Key(name string) (ColumnInfo, error) {
	info, err := s.column(name)
	if err != nil {
		return ColumnInfo{}, err
	}
	if info.Form == Float || info.Form == Other {
		return ColumnInfo{}, fmt.Errorf("column %q is of type %s, by which rows cannot be told apart for sure; page by a column of whole numbers, of times or of text", info.Name, info.Type)
	}
	return info, nil
}

// column finds a column of the table, which Select may have left out.
func (s *Source) column(name string) (ColumnInfo, error) {
	for _, info := range s.infos {
		if info.Name == name {
			return info, nil
		}
	}
	i, err := s.schema.Resolve(name)
	if err != nil {
		return ColumnInfo{}, err
	}
	return s.info(i), nil
}

// Stream passes on the rows in the ascending order of a key, which has a value in every
// row, and no value twice, a page at a time: those behind a key, or all if after is nil.
// No statement is under way while each runs, which may take its time. What is added to
// the table meanwhile is passed on as well, if its keys are larger and the server shows
// it. Without any row, nothing is passed on.
func (s *Source) Stream(ctx context.Context, key string, after *Value, page int64, each func(*Page) error) error {
	r := s.newRows()
	return s.pages(ctx, key, after, page, r, func(keys []Value) error {
		t, err := r.table(ctx)
		if err != nil {
			return err
		}
		r.empty()
		return each(&Page{Table: t, Keys: keys})
	})
}

// pages fills rows with a page, tells of their keys, and so on with the next. The rows are
// to be emptied in between.
func (s *Source) pages(ctx context.Context, key string, after *Value, page int64, r *rows, each func(keys []Value) error) error {
	info, err := s.Key(key)
	if err != nil {
		return err
	}
	d, err := keyDialect(s.conn)
	if err != nil {
		return err
	}
	if page < 1 {
		return fmt.Errorf("pages of %d rows hold nothing; ask for 1 or more", page)
	}
	if err := s.checkKey(ctx, info); err != nil {
		return err
	}
	for more := true; more; {
		var keys []Value
		if keys, more, err = s.fill(ctx, d, info, after, page, r); err != nil || len(keys) == 0 {
			return err
		}
		if after != nil && keys[0] == *after {
			return s.repeated(info, *after)
		}
		last := keys[len(keys)-1]
		if err := each(keys); err != nil {
			return err
		}
		after = &last
	}
	return nil
}

// checkKey returns an error if there are rows without a key.
func (s *Source) checkKey(ctx context.Context, key ColumnInfo) error {
	if !key.Null {
		return nil
	}
	without, err := s.countWhere(ctx, s.d.Quote(key.Name)+" IS NULL")
	if err == nil && without > 0 {
		return fmt.Errorf("%d rows of %s have no value in column %q; page by a column that has one in every row, or leave them out with --where", without, s.name(), key.Name)
	}
	return err
}

// countWhere counts the rows for which a condition holds.
func (s *Source) countWhere(ctx context.Context, condition string) (n int64, err error) {
	statement := fmt.Sprintf("SELECT %s FROM %s", s.d.Int(s.d.Count()), s.from(condition))
	err = s.query(ctx, statement, []Type{Int}, func(b *Block) error {
		for _, x := range b.Columns[0].Ints {
			n += x
		}
		return nil
	})
	return n, err
}

// UpTo counts the rows whose key is at most v, and whether one of them has v.
func (s *Source) UpTo(ctx context.Context, key string, v Value) (n int64, last bool, err error) {
	info, err := s.Key(key)
	if err != nil {
		return 0, false, err
	}
	d, err := keyDialect(s.conn)
	if err != nil {
		return 0, false, err
	}
	if n, err = s.countWhere(ctx, d.Quote(info.Name)+" <= "+d.Literal(v.Text, info)); err != nil {
		return 0, false, err
	}
	at, err := s.countWhere(ctx, d.Quote(info.Name)+" = "+d.Literal(v.Text, info))
	return n, at > 0, err
}

func (s *Source) repeated(key ColumnInfo, v Value) error {
	return fmt.Errorf("%q stands in more than one row of column %q of %s; page by a column that tells the rows apart", shorten(v.Text), key.Name, s.name())
}

// fill adds the next rows and returns their keys, and whether others follow: it asks for
// one row more than a page has.
func (s *Source) fill(ctx context.Context, d KeyDialect, key ColumnInfo, after *Value, page int64, r *rows) (keys []Value, more bool, err error) {
	e, behind := d.Quote(key.Name), ""
	if after != nil {
		behind = e + " > " + d.Literal(after.Text, key)
	}
	cells, types := s.cells()
	cells, types = append(cells, d.Mark(e, key)), append(types, Words)
	for i := range cells { // by another name than the column has, which the order must mean
		cells[i] += " AS " + s.alias("c", i)
	}
	statement := fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d", strings.Join(cells, ", "), s.from(behind), e, page+1)
	err = s.query(ctx, statement, types, func(b *Block) error {
		for row := range b.Rows {
			v := Value{strings.Clone(b.Columns[len(types)-1].Words[row])}
			if n := len(keys); n > 0 && keys[n-1] == v {
				return s.repeated(key, v)
			}
			if keys = append(keys, v); int64(len(keys)) <= page {
				r.add(b, row)
			}
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return keys[:r.n], len(keys) > r.n, nil
}
