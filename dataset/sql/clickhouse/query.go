package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset/sql"
)

var errClosed = errors.New("the connection was closed")

// Query runs a statement that reads.
func (c *conn) Query(ctx context.Context, q sql.Query, each func(*sql.Block) error) error {
	statement := q.SQL + "\nFORMAT RowBinary"
	err := c.run(ctx, q.Progress, sending(c, statement, q.Groups), func(body io.Reader) error {
		return newRowReader(body, q.Types).read(each)
	})
	var e *exception
	if q.Groups > 0 && errors.As(err, &e) && e.code == tooManyRows && strings.Contains(e.text, "GROUP BY") {
		return fmt.Errorf("%w: %w", sql.ErrGroups, err)
	}
	return err
}

// tooManyRows is the code of the error that a limit of rows or groups is exceeded.
const tooManyRows = 158

// Exec runs a statement that changes something.
func (c *conn) Exec(ctx context.Context, statement string) error {
	if err := c.mayWrite(); err != nil {
		return err
	}
	return c.run(ctx, nil, sending(c, statement, 0), drain)
}

// sending returns what sends a statement, of which so many groups are of use; 0: all.
func sending(c *conn, statement string, groups int64) func(context.Context, string) (*http.Response, error) {
	return func(ctx context.Context, id string) (*http.Response, error) {
		v := c.parameters(statement, id)
		if c.locked == 1 && !c.lone && strings.Contains(statement, rowNumber) {
			return nil, fmt.Errorf("%s: rows cannot be drawn the same way twice for a user who may set nothing; ask whoever runs the server for readonly = 2, or for max_threads = 1", c.address)
		}
		if groups > 0 && c.locked != 1 && !c.view.Load() { // what else would be found is not kept in memory there
			v.Set("max_rows_to_group_by", strconv.FormatInt(groups, 10))
		}
		return c.post(ctx, v, "text/plain; charset=utf-8", strings.NewReader(statement))
	}
}

// drain reads an answer that holds nothing of use.
func drain(body io.Reader) error {
	_, err := io.Copy(io.Discard, body)
	return err
}

// mayWrite refuses changes where only reading was asked for.
func (c *conn) mayWrite() error {
	if c.access.Write {
		return nil
	}
	return fmt.Errorf("%s: this connection may only read; open it for writing", c.address)
}

// run sends a request, watches over it until its answer has been read, and ends it at
// the server if that does not come to its end.
func (c *conn) run(ctx context.Context, progress func(done, total int64),
	send func(context.Context, string) (*http.Response, error), read func(io.Reader) error) error {
	if err := c.begin(); err != nil {
		return err
	}
	defer c.running.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.closed, func() { cancel(errClosed) })()

	id := newID()
	w := c.watch(ctx, id, progress, cancel)
	answered, err := c.exchange(ctx, w, id, send, read)
	w.stop()
	if err == nil {
		return nil
	}
	var own *callerError
	switch {
	case ctx.Err() != nil:
		c.kill(id, answered)
		return fmt.Errorf("%s: %w", c.address, ended(context.Cause(ctx)))
	case errors.As(err, &own):
		c.kill(id, answered)
		return own.err
	}
	var e *exception
	if !errors.As(err, &e) || e.code == 0 {
		c.kill(id, answered)
	}
	return c.explain(err)
}

// ended says why a query was ended from here.
func ended(cause error) error {
	if cause == context.Canceled || cause == context.DeadlineExceeded {
		return fmt.Errorf("the query was ended: %w", cause)
	}
	return cause
}

// exchange sends a request and reads its answer. It reports whether one came.
func (c *conn) exchange(ctx context.Context, w *watcher, id string,
	send func(context.Context, string) (*http.Response, error), read func(io.Reader) error) (answered bool, err error) {
	w.waiting(true)
	r, err := send(ctx, id)
	w.waiting(false)
	if err != nil {
		return false, err
	}
	defer r.Body.Close()
	r.Body = &watched{r.Body, w}
	if err := failure(r); err != nil {
		return true, err
	}
	return true, read(r.Body)
}
