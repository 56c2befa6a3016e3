package postgres

import (
	"context"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A link is one connection to the server.
type link struct {
	pg    *pgconn.PgConn
	turn  chan struct{} // of capacity 1: who has sent may use the link
	stall time.Duration

	pid   atomic.Int64 // of the server's process for us; 0 if we have not asked yet
	heard atomic.Int64 // when the server last said something, in nanoseconds
	held  atomic.Bool  // the server has to wait for us
}

// take waits for the link to be free.
func (l *link) take(ctx, life context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-life.Done():
		return context.Cause(life)
	}
}

// takeFree takes the link if it is free.
func (l *link) takeFree() bool {
	select {
	case l.turn <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l *link) leave() { <-l.turn }

// exec runs statements without parameters and without results.
func (l *link) exec(ctx context.Context, statements string) error {
	_, err := l.pg.Exec(ctx, statements).ReadAll()
	return err
}

// ask runs a statement with a small result, which it returns as texts, "" for NULL.
func (l *link) ask(ctx context.Context, statement string, parameters ...string) ([][]string, error) {
	values := make([][]byte, len(parameters))
	for i, p := range parameters {
		values[i] = []byte(p)
	}
	result := l.pg.ExecParams(ctx, statement, values, nil, nil, nil).Read()
	rows := make([][]string, len(result.Rows))
	for i, row := range result.Rows {
		for _, cell := range row {
			rows[i] = append(rows[i], string(cell))
		}
	}
	return rows, result.Err
}

// identify finds out which process of the server works for us. Poolers give another
// number when they greet.
func (l *link) identify(ctx context.Context) error {
	rows, err := l.ask(ctx, "SELECT pg_backend_pid()")
	if err != nil || len(rows) == 0 {
		return err
	}
	pid, err := strconv.ParseInt(rows[0][0], 10, 64)
	l.pid.Store(pid)
	return err
}

// brief is a context for what must be done even if that of a query has ended.
func (l *link) brief() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), min(l.stall, giveUp))
}

func (l *link) close() {
	ctx, cancel := l.brief()
	defer cancel()
	_ = l.pg.Close(ctx)
}

// A wire notes when something comes over a connection.
type wire struct {
	net.Conn
	heard *atomic.Int64
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.heard.Store(time.Now().UnixNano())
	}
	return n, err
}
