package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

const pollEvery = 250 * time.Millisecond

// A watcher asks the server, beside a query, how far it is, and gives it up when neither
// the query nor the server has said anything for too long.
type watcher struct {
	c        *conn
	id       string
	progress func(done, total int64)
	give     context.CancelCauseFunc
	end      context.CancelFunc
	done     sync.WaitGroup

	mu     sync.Mutex
	waits  bool      // for the server, not for who takes the rows
	signed time.Time // last sign of life
}

// watch starts to watch over a query; stop ends it.
func (c *conn) watch(ctx context.Context, id string, progress func(done, total int64), give context.CancelCauseFunc) *watcher {
	w := &watcher{c: c, id: id, progress: progress, give: give, signed: time.Now()}
	ctx, w.end = context.WithCancel(ctx)
	w.done.Add(2)
	go w.poll(ctx)
	go w.guard(ctx)
	return w
}

// stop ends the watch, and returns when nothing is told of progress any more.
func (w *watcher) stop() {
	w.end()
	w.done.Wait()
}

// waiting says that from now on the server has to say something, or need not. It is a
// sign of life either way.
func (w *watcher) waiting(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits, w.signed = on, time.Now()
}

// sign notes that the server has said something.
func (w *watcher) sign() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.signed = time.Now()
}

// silent returns for how long the server, which has to, has said nothing.
func (w *watcher) silent() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.waits {
		return 0
	}
	return time.Since(w.signed)
}

// guard gives up a server that says nothing.
func (w *watcher) guard(ctx context.Context) {
	defer w.done.Done()
	stall := w.c.access.Stall
	tick := time.NewTicker(min(pollEvery, max(stall/4, time.Millisecond)))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if w.silent() >= stall {
			w.give(fmt.Errorf("the server has said nothing for %v; check whether it is overloaded, or allow it more time", stall))
			return
		}
	}
}

// poll asks for progress.
func (w *watcher) poll(ctx context.Context) {
	defer w.done.Done()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for seen := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		done, total, known, err := w.c.progress(ctx, w.id)
		if err != nil || seen && !known { // of one that was there and is gone, the answer must come
			continue // guard decides
		}
		seen = known
		w.sign()
		if known && w.progress != nil && ctx.Err() == nil {
			w.progress(done, total)
		}
	}
}

// progress asks how many rows a query has read, of how many; known is false if the server
// does not tell. An error means that the server has not answered.
func (c *conn) progress(ctx context.Context, id string) (done, total int64, known bool, err error) {
	r, cancel, err := c.beside(ctx, "SELECT toInt64(read_rows), toInt64(total_rows_approx) FROM system.processes WHERE query_id = '"+id+"' FORMAT RowBinary")
	if err != nil {
		return 0, 0, false, err
	}
	defer cancel()
	defer drain(r.Body)
	if err := failure(r); err != nil {
		var e *exception
		if errors.As(err, &e) && e.code != 0 { // an answer all the same, and of the server
			err = nil
		}
		return 0, 0, false, err
	}
	err = newRowReader(r.Body, []sql.Type{sql.Int, sql.Int}).read(func(b *sql.Block) error {
		done, total, known = b.Columns[0].Ints[0], b.Columns[1].Ints[0], true
		return nil
	})
	return done, total, known, err
}

// beside sends a short statement beside a query. cancel ends the reading of its answer.
func (c *conn) beside(ctx context.Context, statement string) (r *http.Response, cancel func(), err error) {
	ctx, stop := context.WithTimeout(ctx, sideTimeout)
	params := url.Values{"query_id": {newID()}, "wait_end_of_query": {"1"}}
	if c.locked == 0 {
		params.Set("log_queries", "0")
	}
	r, err = c.post(ctx, params, "text/plain; charset=utf-8", strings.NewReader(statement))
	if err != nil {
		stop()
		return nil, nil, err
	}
	return r, func() { r.Body.Close(); stop() }, nil
}

// kill ends a query at the server. One that has not been answered may not have begun
// there either, and is looked for again.
func (c *conn) kill(id string, answered bool) {
	ctx, stop := context.WithTimeout(context.Background(), sideTimeout)
	defer stop()
	for range 5 {
		r, cancel, err := c.beside(ctx, "KILL QUERY WHERE query_id = '"+id+"' ASYNC")
		if err != nil {
			return
		}
		failed := failure(r) != nil
		found, _ := io.Copy(io.Discard, r.Body)
		cancel()
		if failed || found > 0 || answered {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// watched notes when the server is waited for, and when it says something.
type watched struct {
	io.ReadCloser
	w *watcher
}

// Read is a sign of life if anything comes.
func (r *watched) Read(p []byte) (int, error) {
	r.w.waiting(true)
	n, err := r.ReadCloser.Read(p)
	r.w.waiting(false)
	return n, err
}
