package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// Conn is a sql.Conn to PostgreSQL.
type Conn struct {
	server *server
	life   context.Context // ends with Close
	end    context.CancelCauseFunc

	closing sync.Once

	read  *link
	state snapshot

	write chan *link // holds the connection that writes while nobody does; it may be nil

	pulse pulse
}

// Dial connects to the server of an address, and looks whether it is one that can be
// used. The connection lives until Close; ctx is for the dialling only.
func Dial(ctx context.Context, a sql.Address, c sql.Access) (sql.Conn, error) {
	s, err := newServer(a, c)
	if err != nil {
		return nil, err
	}
	read, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	conn := &Conn{server: s, read: read, write: make(chan *link, 1)}
	conn.life, conn.end = context.WithCancelCause(context.WithoutCancel(ctx))
	conn.pulse.server = s
	conn.write <- nil
	return conn, nil
}

// Dialect returns PostgreSQL's dialect.
func (c *Conn) Dialect() sql.Dialect { return dialect{} }

// errClosed is why what still runs when the connection is closed ends.
var errClosed = errors.New("the connection has been closed")

// Close ends all that is still running, and waits for it.
func (c *Conn) Close() error {
	c.closing.Do(func() {
		c.end(errClosed)
		c.read.turn <- struct{}{} // and nobody gets it again
		c.read.close()
		if w := <-c.write; w != nil {
			w.close()
		}
		c.pulse.close()
	})
	return nil
}

// during returns a context that ends with ctx, with the Conn, or when the server no
// longer shows a sign of life; done must be called.
func (c *Conn) during(ctx context.Context, l *link) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.life, func() { cancel(errClosed) })
	var watching sync.WaitGroup
	watching.Go(func() { c.pulse.watch(ctx, l, cancel) })
	return ctx, func() {
		stop()
		cancel(context.Canceled)
		watching.Wait()
	}
}

// reading has work done within the reading transaction, by one at a time. If it fails, the
// transaction is as if it had not been tried, so that the others may go on.
func (c *Conn) reading(ctx context.Context, doing string, work func(ctx context.Context) error) error {
	if err := c.read.take(ctx, c.life); err != nil {
		return c.server.explain(ctx, doing, err, 0)
	}
	defer c.read.leave()
	ctx, done := c.during(ctx, c.read)
	defer done()
	began := time.Now()
	err := c.state.begin(ctx, c.read)
	if err == nil {
		if err = work(ctx); err != nil {
			c.state.restore(c.read)
		}
	}
	return c.server.explain(ctx, doing, err, time.Since(began))
}

// A snapshot is the state of the database that is read.
type snapshot struct{ begun bool }

const mark = "SAVEPOINT netanom"

// begin begins the transaction, unless it has been.
func (s *snapshot) begin(ctx context.Context, l *link) error {
	if s.begun {
		return nil
	}
	if err := l.exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return err
	}
	s.begun = true
	// The first query makes the snapshot.
	err := errors.Join(l.identify(ctx), l.exec(ctx, mark))
	if err != nil {
		s.end(l)
	}
	return err
}

// restore goes back to the mark after an error, which else would be the end of the
// transaction. If that fails the connection is lost, and the next query says so.
func (s *snapshot) restore(l *link) {
	ctx, cancel := l.brief()
	defer cancel()
	if l.pg.TxStatus() == 'E' {
		_ = l.exec(ctx, "ROLLBACK TO "+mark)
	}
}

// end ends the transaction, so that the next query sees a new state.
func (s *snapshot) end(l *link) {
	if !s.begun {
		return
	}
	ctx, cancel := l.brief()
	defer cancel()
	if l.exec(ctx, "ROLLBACK") == nil || l.pg.IsClosed() {
		s.begun = false
	}
}

// renew has the next query see a new state, over a new connection if the old one is lost.
// While a query runs it does nothing.
func (c *Conn) renew(ctx context.Context) error {
	if !c.read.takeFree() {
		return nil
	}
	defer c.read.leave()
	c.state.end(c.read)
	if c.read.pg.IsClosed() {
		return c.server.connect(ctx, c.read)
	}
	return nil
}
