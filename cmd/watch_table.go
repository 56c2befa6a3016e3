package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/watch"
)

// tableFlags are the flags of watch that are about a table of a database alone.
var tableFlags = []string{"key", "poll", "lag", "password-file", "tls-ca", "query-seconds", "query-memory", "query-silence", "explain-queries"}

// tableFlags adds them.
func (o *watchOptions) tableFlags(w *world, c *cobra.Command) {
	f := o.input.database.accessFlags()
	f.StringVar(&o.input.database.key, "key", "", "`column` that grows, in whose order rows are read (needed for a table)")
	f.Var(&o.poll, "poll", "time between looks at a table")
	f.Var(&o.lag, "lag", "time that a row waits for rows with smaller keys that are added later")
	addGroup(c, dataGroup, f)
	w.complete(c, "key", o.input.completeColumns)
}

// table checks the flags of a table.
func (o *watchOptions) table() error {
	if o.input.database.key == "" {
		return usagef("rows of a table are read in the order of a column that grows, such as an id or the time at which they were added; name it with --key")
	}
	return o.idle("is not about a table", "archive", "max-flows", "content")
}

// readTable lets the engine read a table of a database.
func (o *watchOptions) readTable(ctx context.Context, e *watch.Engine, text string) error {
	at, err := sql.ParseAddress(text)
	if err != nil {
		return usageError{err}
	}
	conn, err := o.input.database.dial(ctx, o.world, at, false)
	if err != nil {
		return err
	}
	defer conn.Close()
	t, err := o.openWatched(ctx, conn, at)
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return e.Poll(ctx, at.String()+" by "+t.Key(), t, watch.PollOptions{From: o.begin(), Every: o.poll.duration(), Lag: o.lag.duration()})
}

// A watchedTable is a table of a database as a watch reads it.
type watchedTable struct {
	*sql.Tail
	columns *watch.Columns
}

func (o *watchOptions) openWatched(ctx context.Context, conn sql.Conn, at sql.Address) (*watchedTable, error) {
	tail, err := sql.OpenTail(ctx, conn, at, o.input.database.key, o.input.database.explainer(o.world))
	if err != nil {
		return nil, err
	}
	columns, err := watch.FindColumns(tail.Columns())
	return &watchedTable{tail, columns}, err
}

// Rows implements watch.Table.
func (t *watchedTable) Rows(ctx context.Context, after, to string, most int) (rows []watch.Row, err error) {
	err = t.Tail.Rows(ctx, t.columns.At, after, to, most, func(key string, cells []string) {
		rows = append(rows, watch.Row{Key: key, Line: t.columns.Line(cells)})
	})
	return rows, err
}

// duration is the span as Go has it.
func (s span) duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }
