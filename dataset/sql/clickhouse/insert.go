package clickhouse

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// arriving is how an INSERT calls the rows that come with it.
const arriving = "netanom_rows"

// Insert adds rows, all or none as far as they belong to one part of one server. The rows
// come as a table of their own, from which the server makes cells of the types that it has.
func (c *conn) Insert(ctx context.Context, t sql.Name, columns []string, b *sql.Block) error {
	if err := c.mayWrite(); err != nil {
		return err
	}
	if b.Rows == 0 {
		return nil
	}
	targets, err := c.targets(ctx, t, columns)
	if err != nil {
		return err
	}
	if len(columns) != len(b.Columns) {
		return fmt.Errorf("%s: cannot add %d columns of cells to %d columns of %s", c.address, len(b.Columns), len(columns), c.dialect.From(t))
	}
	structure, cells := arrival(b, targets)
	names := make([]string, len(columns))
	for i, name := range columns {
		names[i] = c.dialect.Quote(name)
	}
	statement := "INSERT INTO " + c.dialect.From(t) + " (" + strings.Join(names, ", ") + ") SELECT " + cells + " FROM " + arriving
	body, contentType, err := parcel(statement, structure, b)
	if err != nil {
		return fmt.Errorf("%s: %w", c.address, err)
	}
	return c.run(ctx, nil, func(ctx context.Context, id string) (*http.Response, error) {
		return c.post(ctx, c.inOnePart(c.parameters(statement, id)), contentType, bytes.NewReader(body))
	}, drain)
}

// Settled implements what the sink of verdicts asks of a server that goes on with an INSERT
// whose connection was lost: it returns when none of netanom's is at work on a table.
func (c *conn) Settled(ctx context.Context, t sql.Name) error {
	start := "INSERT INTO " + c.dialect.From(t) + " "
	q := sql.Query{Types: []sql.Type{sql.Int},
		SQL: "SELECT toInt64(count()) FROM system.processes WHERE query_id LIKE 'netanom-%' AND substring(query, 1, " + strconv.Itoa(len(start)) + ") = " + c.dialect.Word(start)}
	for until := time.Now().Add(c.access.Stall); ; {
		atWork := int64(0)
		if err := c.Query(ctx, q, func(b *sql.Block) error { atWork += b.Columns[0].Ints[0]; return nil }); err != nil {
			return err
		}
		switch {
		case atWork == 0:
			return nil
		case time.Now().After(until):
			return fmt.Errorf("%s: an INSERT into %s is still at work, so that it is not known which verdicts are there; wait for its end, or end it there", c.address, c.dialect.From(t))
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollEvery):
		}
	}
}

// inOnePart makes the server write the rows of a statement at once, even if it has seen
// the same before.
func (c *conn) inOnePart(v url.Values) url.Values {
	if c.locked != 1 {
		v.Set("max_threads", "1")
		v.Set("min_insert_block_size_rows", strconv.FormatInt(1<<40, 10))
		v.Set("min_insert_block_size_bytes", "0")
		v.Set("insert_deduplicate", "0")
		v.Set("insert_distributed_sync", "1")
	}
	return v
}

// targets finds the columns that are to be filled.
func (c *conn) targets(ctx context.Context, t sql.Name, columns []string) ([]sql.ColumnInfo, error) {
	all, err := c.Columns(ctx, t)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]sql.ColumnInfo, len(all))
	for _, column := range all {
		byName[column.Name] = column
	}
	found := make([]sql.ColumnInfo, len(columns))
	for i, name := range columns {
		column, ok := byName[name]
		if !ok {
			return nil, fmt.Errorf("%s: %s has no column %q; add it, or leave it out", c.address, c.dialect.From(t), name)
		}
		found[i] = column
	}
	return found, nil
}

// arrival describes the rows that come: their columns, and what cells to make of them.
// What is missing becomes NULL where that may be.
func arrival(b *sql.Block, targets []sql.ColumnInfo) (structure, cells string) {
	columns, made := make([]string, len(targets)), make([]string, len(targets))
	for i, target := range targets {
		name := fmt.Sprintf("c%d", i)
		cell, typ := name, "String"
		switch typeOf(&b.Columns[i]) {
		case sql.Int:
			typ = "Int64"
		case sql.Real:
			typ = "Float64"
			if target.Null {
				cell = "if(isNaN(" + name + "), NULL, " + name + ")"
			}
		case sql.Words:
			if target.Null {
				cell = "nullIf(" + name + ", '')"
			}
			if k := parseKind(target.Type); k.base == fineTime { // what comes is what Mark has made
				cell = fineTimeOf(cell, k)
			}
		}
		columns[i], made[i] = name+" "+typ, cell
	}
	return strings.Join(columns, ", "), strings.Join(made, ", ")
}

// typeOf is what is filled of some cells.
func typeOf(c *sql.Cells) sql.Type {
	switch {
	case len(c.Ints) > 0:
		return sql.Int
	case len(c.Reals) > 0:
		return sql.Real
	}
	return sql.Words
}

// parcel packs a statement and its rows into the body of a request.
func parcel(statement, structure string, b *sql.Block) (body []byte, contentType string, err error) {
	rows, err := encode(b)
	if err != nil {
		return nil, "", err
	}
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	fields := [][2]string{{"query", statement}, {arriving + "_structure", structure}, {arriving + "_format", "RowBinary"}}
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreateFormFile(arriving, arriving)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(rows); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return buffer.Bytes(), w.FormDataContentType(), err
}

// encode writes rows as RowBinary.
func encode(b *sql.Block) ([]byte, error) {
	for i := range b.Columns {
		c := &b.Columns[i]
		if n := len(c.Ints) + len(c.Reals) + len(c.Words); n != b.Rows {
			return nil, fmt.Errorf("cannot add %d rows of which column %d has %d cells", b.Rows, i+1, n)
		}
	}
	var out []byte
	for row := range b.Rows {
		for i := range b.Columns {
			switch c := &b.Columns[i]; typeOf(c) {
			case sql.Int:
				out = binary.LittleEndian.AppendUint64(out, uint64(c.Ints[row]))
			case sql.Real:
				out = binary.LittleEndian.AppendUint64(out, math.Float64bits(c.Reals[row]))
			default:
				out = binary.AppendUvarint(out, uint64(len(c.Words[row])))
				out = append(out, c.Words[row]...)
			}
		}
	}
	return out, nil
}
