package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/netanom/netanom/dataset/sql"
)

const (
	blockRows = 8192
	binaryFmt = 1
)

// Query runs a statement that reads; see the package for which state of the database it
// sees. Queries wait for each other, so each must not begin another one. PostgreSQL does
// not say how far a query is: q.Progress is never called.
func (c *Conn) Query(ctx context.Context, q sql.Query, each func(*sql.Block) error) error {
	return c.reading(ctx, "read", func(ctx context.Context) error {
		return c.read.query(ctx, q, each)
	})
}

// query passes on the rows of a statement. After an error, what the server has not sent
// yet is not waited for.
func (l *link) query(ctx context.Context, q sql.Query, each func(*sql.Block) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows := l.pg.ExecParams(ctx, q.SQL, nil, nil, nil, []int16{binaryFmt})
	err := l.pass(rows, q.Types, each)
	if err != nil {
		cancel()
	}
	if _, failed := rows.Close(); err == nil {
		err = failed
	}
	return err
}

// pass makes blocks of rows.
func (l *link) pass(rows *pgconn.ResultReader, types []sql.Type, each func(*sql.Block) error) error {
	block := &sql.Block{Columns: make([]sql.Cells, len(types))}
	hand := func() error {
		l.held.Store(true)
		defer l.held.Store(false)
		if err := each(block); err != nil {
			return ownError{err}
		}
		clearBlock(block)
		return nil
	}
	for first := true; rows.NextRow(); first = false {
		if first {
			if err := suits(rows.FieldDescriptions(), types); err != nil {
				return err
			}
		}
		if err := appendRow(block, rows.Values(), types); err != nil {
			return err
		}
		if block.Rows == blockRows {
			if err := hand(); err != nil {
				return err
			}
		}
	}
	if block.Rows == 0 {
		return nil
	}
	// Rows before an error are no answer.
	if _, err := rows.Close(); err != nil {
		return err
	}
	return hand()
}

func clearBlock(b *sql.Block) {
	b.Rows = 0
	for i := range b.Columns {
		c := &b.Columns[i]
		c.Ints, c.Reals, c.Words = c.Ints[:0], c.Reals[:0], c.Words[:0]
	}
}

// Numbers of types, from the server's pg_type.
const (
	oidName, oidInt8, oidText, oidFloat8, oidVarchar = 19, 20, 25, 701, 1043
)

// suits reports columns of a result that are not what the statement's author has said.
func suits(fields []pgconn.FieldDescription, types []sql.Type) error {
	if len(fields) != len(types) {
		return fmt.Errorf("the statement has %d columns, not %d", len(fields), len(types))
	}
	for i, f := range fields {
		ok := false
		switch types[i] {
		case sql.Int:
			ok = f.DataTypeOID == oidInt8
		case sql.Real:
			ok = f.DataTypeOID == oidFloat8
		case sql.Words:
			ok = f.DataTypeOID == oidText || f.DataTypeOID == oidVarchar || f.DataTypeOID == oidName
		}
		if !ok {
			return fmt.Errorf("column %d of the statement is not cast to the type that was said", i+1)
		}
	}
	return nil
}

// appendRow takes in the cells of a row, of which nil is NULL.
func appendRow(b *sql.Block, row [][]byte, types []sql.Type) error {
	for i, cell := range row {
		c := &b.Columns[i]
		switch types[i] {
		case sql.Int:
			if len(cell) != 8 {
				return fmt.Errorf("column %d of the statement has no value where there must be one", i+1)
			}
			c.Ints = append(c.Ints, int64(binary.BigEndian.Uint64(cell)))
		case sql.Real:
			x := math.NaN()
			if len(cell) == 8 {
				x = math.Float64frombits(binary.BigEndian.Uint64(cell))
			}
			c.Reals = append(c.Reals, x)
		default:
			c.Words = append(c.Words, string(cell))
		}
	}
	b.Rows++
	return nil
}
