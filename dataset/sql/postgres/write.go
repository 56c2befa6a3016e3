package postgres

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// Insert adds rows to a table, all or none, over a connection of its own. The columns may
// be of any type that reads the cells as text; missing ones (NaN, "") become NULL. Queries
// of the same Conn do not see the rows, unless they are its first.
func (c *Conn) Insert(ctx context.Context, t sql.Name, columns []string, b *sql.Block) error {
	if err := whole(columns, b); err != nil {
		return fmt.Errorf("cannot write to %s: %w", c.server.where, err)
	}
	quoted := make([]string, len(columns))
	for i, name := range columns {
		quoted[i] = quote(name)
	}
	statement := fmt.Sprintf("COPY %s (%s) FROM STDIN", dialect{}.From(t), strings.Join(quoted, ", "))
	return c.writing(ctx, func(ctx context.Context, l *link) error {
		_, err := l.pg.CopyFrom(ctx, &copying{block: b}, statement) // a transaction by itself
		return err
	})
}

// Exec runs a statement that changes something. Queries behind it see a new state of the
// database, unless one runs at the same time; where the connection that reads was lost, there
// is a new one then.
func (c *Conn) Exec(ctx context.Context, statement string) error {
	return c.writing(ctx, func(ctx context.Context, l *link) error {
		if err := c.renew(ctx); err != nil {
			return err
		}
		return l.exec(ctx, statement)
	})
}

// writing has work done on the connection that writes, by one at a time.
func (c *Conn) writing(ctx context.Context, work func(context.Context, *link) error) error {
	const doing = "write to"
	if !c.server.access.Write {
		return fmt.Errorf("cannot %s %s: the connection may only read", doing, c.server.where)
	}
	var l *link
	select {
	case l = <-c.write:
	case <-ctx.Done():
		return c.server.explain(ctx, doing, ctx.Err(), 0)
	case <-c.life.Done():
		return c.server.explain(ctx, doing, errClosed, 0)
	}
	defer func() { c.write <- l }()
	if l == nil || l.pg.IsClosed() {
		fresh, err := c.server.dial(ctx)
		if err != nil {
			return err
		}
		l = fresh
	}
	ctx, done := c.during(ctx, l)
	defer done()
	began := time.Now()
	err := l.identify(ctx)
	if err == nil {
		err = work(ctx, l)
	}
	return c.server.explain(ctx, doing, err, time.Since(began))
}

// whole reports a block that has not the columns it should, or not the same cells in all.
func whole(columns []string, b *sql.Block) error {
	if len(columns) == 0 || len(columns) != len(b.Columns) {
		return fmt.Errorf("%d columns are named, and there are cells of %d", len(columns), len(b.Columns))
	}
	for i, c := range b.Columns {
		if n := max(len(c.Ints), len(c.Reals), len(c.Words)); n != b.Rows {
			return fmt.Errorf("column %q has %d cells, and there are %d rows", columns[i], n, b.Rows)
		}
	}
	return nil
}

// A copying reads a block as COPY wants it: text, a line for a row.
type copying struct {
	block *sql.Block
	row   int
	rest  []byte
	line  []byte // whose memory is used again
}

// Read implements io.Reader.
func (c *copying) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	for n < len(p) {
		if len(c.rest) == 0 {
			if c.row == c.block.Rows {
				break
			}
			c.line = appendLine(c.line[:0], c.block, c.row)
			c.rest = c.line
			c.row++
		}
		moved := copy(p[n:], c.rest)
		c.rest = c.rest[moved:]
		n += moved
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

var copyEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

const copyNull = `\N`

func appendLine(line []byte, b *sql.Block, row int) []byte {
	for i := range b.Columns {
		if i > 0 {
			line = append(line, '\t')
		}
		switch c := &b.Columns[i]; {
		case len(c.Ints) == b.Rows:
			line = strconv.AppendInt(line, c.Ints[row], 10)
		case len(c.Reals) == b.Rows:
			line = appendReal(line, c.Reals[row])
		case c.Words[row] == "":
			line = append(line, copyNull...)
		default:
			line = append(line, copyEscapes.Replace(c.Words[row])...)
		}
	}
	return append(line, '\n')
}

// appendReal writes whole numbers as columns of whole numbers read them, without an exponent.
func appendReal(line []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(line, copyNull...)
	case x == math.Trunc(x) && math.Abs(x) < 1<<63:
		return strconv.AppendFloat(line, x, 'f', -1, 64)
	}
	return strconv.AppendFloat(line, x, 'g', -1, 64)
}
