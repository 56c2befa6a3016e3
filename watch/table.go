package watch

import (
	"context"
	"errors"
	"time"

	"github.com/netanom/netanom/traffic/connlog"
)

// A Table is a table of a database to which rows are added, in the order of a column that
// grows: its key. Keys are texts that mean something to the table alone; "" stands before
// all of them, and rows without a key are as if they were not there. Each call sees what
// is there by then.
//
// An error that has a method Lasting, which returns true, stays until somebody does
// something about it, and ends the watch. After any other the table is asked again.
type Table interface {
	// Newest returns the largest key behind another, "" if there is none.
	Newest(ctx context.Context, after string) (string, error)
	// Rows returns the first rows behind a key, so many at most, in the ascending order of
	// their keys; if to is not "", only those up to it.
	Rows(ctx context.Context, after, to string, most int) ([]Row, error)
}

// A Row is a row of a Table, as a line of a conn.log in JSON: see Columns.
type Row struct {
	Key  string
	Line []byte
}

// PollOptions say how a Table is read. A field of zero means the default.
type PollOptions struct {
	From  From          // where reading begins that no checkpoint knows
	Every time.Duration // between looks at a table to which nothing is added; 1 s
	// Lag is how long a key must have been there before rows up to it are read: rows with
	// smaller keys that come so much later are read as well. 0: rows are read at once.
	Lag time.Duration

	page int // rows that are asked for at a time; 50,000
}

// Poll scores the rows that are added to a table, until ctx is done, which is no error: then
// all that was read is scored, and the checkpoint is written, as by Follow. Where a
// checkpoint is, reading goes on behind its key.
func (e *Engine) Poll(ctx context.Context, name string, t Table, o PollOptions) (err error) {
	if o.Every < 0 || o.Lag < 0 {
		return errors.New("the times between looks at a table, and until rows are read, must not be below 0")
	}
	orElse(&o.Every, time.Second)
	orElse(&o.page, 50_000)
	p := &poller{table: t, o: o, now: time.Now}
	switch {
	case e.resume != nil:
		p.at = e.resume.Key
	case o.From == End:
		if p.at, err = t.Newest(ctx, ""); err != nil {
			return err
		}
	}
	e.slack = o.Every + o.Lag
	e.log = &logSource{e: e, format: connlog.ZeekJSON, parser: connlog.NewParser(connlog.ZeekJSON, e.o.Log), table: p}
	return e.run(ctx, name, false, func() error { return e.poll(ctx, p) })
}
