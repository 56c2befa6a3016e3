package cmd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/model"
)

// pageRows is how many rows of a database are scored at a time, and their verdicts
// delivered as a whole.
const pageRows = 50_000

// A delivery is verdicts on their way into a table.
type delivery struct {
	sink    *sql.Sink
	rows    *sql.Ordered
	batch   sql.Verdicts // but for its rows
	there   int64        // verdicts that an earlier run has delivered
	written int64
}

// inOrder makes the rows of a database a source that is read page by page, which what
// looks at every row once needs. A file stays as it is.
func (in *input) inOrder(key string, after *sql.Value) (*sql.Ordered, error) {
	src, ok := in.filtered.(*sql.Source)
	if !ok {
		return nil, nil
	}
	key, err := rowKey(src, key)
	if err != nil {
		return nil, err
	}
	o, err := src.Ordered(key, after, pageRows)
	if err != nil {
		return nil, usageError{fmt.Errorf("--key: %w", err)}
	}
	in.filtered, in.source = o, o
	return o, nil
}

// rowKey returns the column that tells rows apart: the one asked for, or else the one that
// is known to name them.
func rowKey(src *sql.Source, asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	for _, c := range src.Schema().Columns {
		if c.Role == dataset.Identifier {
			return c.Name, nil
		}
	}
	return "", usagef("rows of a database are read in the order of a column that tells them apart, and no column is known to; name one with --key")
}

// deliver prepares for verdicts to go into the table that --into names, and for the rows
// that have none yet to be read. It returns nil if there is no --into.
func (o *predictOptions) deliver(ctx context.Context, in *input, p *model.Pipeline) (*delivery, error) {
	if o.into == "" {
		_, err := in.inOrder(o.input.database.key, nil)
		return nil, err
	}
	src, ok := in.filtered.(*sql.Source)
	switch {
	case o.out != "" || o.lines != "":
		return nil, usagef("--into delivers the verdicts to a table; --out and --alerts write files: give one of them")
	case !ok:
		return nil, usagef("--into is for rows that come from a database; --out writes the scored rows of a file")
	}
	key, err := rowKey(src, o.input.database.key)
	if err != nil {
		return nil, err
	}
	info, err := src.Key(key)
	if err != nil {
		return nil, usageError{fmt.Errorf("--key: %w", err)}
	}
	d := &delivery{}
	if d.sink, err = o.openSink(ctx, in, info); err != nil {
		return nil, err
	}
	if d.batch.Model, err = modelID(o.modelOptions.path); err != nil {
		return nil, err
	}
	d.batch.Threshold = p.Cut.Threshold
	after, n, err := d.sink.Resume(ctx, d.batch.Model)
	if err != nil {
		return nil, err
	}
	d.there = n
	d.rows, err = in.inOrder(key, after)
	return d, err
}

// openSink opens the table of verdicts over a connection that may write.
func (o *predictOptions) openSink(ctx context.Context, in *input, key sql.ColumnInfo) (*sql.Sink, error) {
	if !sql.IsAddress(o.into) {
		return nil, usagef("--into %s is no address of a table, such as clickhouse://host/database/table", o.into)
	}
	at, err := sql.ParseAddress(o.into)
	if err != nil {
		return nil, usageError{fmt.Errorf("--into: %w", err)}
	}
	if at.Scheme != in.file.Format() {
		return nil, usagef("--into names a table of %s, and the rows come from %s; verdicts go to a server of the same kind, which knows the type of the key", at.Scheme, in.file.Format())
	}
	conn, err := o.input.database.dial(ctx, o.world, at, true)
	if err != nil {
		return nil, err
	}
	in.also = append(in.also, conn)
	return sql.OpenSink(ctx, conn, at.Table, key)
}

// modelID tells a model from all others: the beginning of its file's hash.
func modelID(path string) (string, error) {
	f, err := openFile(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("cannot read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// tell says what was delivered.
func (d *delivery) tell(w *world, into string) {
	w.progress.clear()
	w.written(d.written, "verdict", into)
	if d.there > 0 {
		fmt.Fprintf(w.stderr, "netanom: %s of this model stood there before; those rows were not read again\n", counted(d.there, "verdict"))
	}
}

// attempts is how often a page of verdicts is sent before it is given up.
const attempts = 4

// page delivers the verdicts on a page of rows. Where it is unknown whether they arrived,
// because the connection was lost, it asks.
func (d *delivery) page(ctx context.Context, scores []float64, verdicts []string) error {
	if len(scores) == 0 {
		return nil
	}
	d.batch.Keys, d.batch.Scores, d.batch.Verdicts = d.rows.Keys(), scores, verdicts
	last := d.batch.Keys[len(d.batch.Keys)-1]
	var failures error
	for try := range attempts {
		err := d.sink.Deliver(ctx, &d.batch)
		if err == nil {
			d.written += int64(len(scores))
			return nil
		}
		failures = err
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Duration(try) * time.Second):
		}
		there, _, resumeErr := d.sink.Resume(ctx, d.batch.Model)
		if resumeErr == nil && there != nil && *there == last {
			d.written += int64(len(scores))
			return nil
		}
		failures = errors.Join(err, resumeErr)
	}
	return fmt.Errorf("verdicts up to the key %s could not be delivered; the same command goes on behind those that were: %w", last.Text, failures)
}
