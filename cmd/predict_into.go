package cmd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
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
	among   bool         // rows that are read may have a verdict of an earlier run
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
	after, err := d.resume(ctx, src, key, p)
	if err != nil {
		return nil, err
	}
	d.rows, err = in.inOrder(key, after)
	return d, err
}

// resume finds where an earlier run has come to. It may be gone on with behind the last key
// if all rows up to it have a verdict, and no other rows have, and if no verdict depends on
// the rows before. Else all rows are read, and those left out that have one.
func (d *delivery) resume(ctx context.Context, src *sql.Source, key string, p *model.Pipeline) (after *sql.Value, err error) {
	after, d.there, err = d.sink.Resume(ctx, d.batch.Model)
	if err != nil || after == nil {
		return nil, err
	}
	rows, last, err := src.UpTo(ctx, key, *after)
	if err != nil {
		return nil, err
	}
	backward := slices.ContainsFunc(p.Derived.Derivations, func(d dataset.Derivation) bool { return d.Windowed() })
	if rows == d.there && last && !backward {
		return after, nil
	}
	d.among, d.there = true, 0
	return nil, nil
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
	return sql.OpenSink(ctx, conn, at.Table, key, o.input.database.explainer(o.world))
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
		fmt.Fprintf(w.stderr, "netanom: %s of this model stood there before, and stay as they were\n", counted(d.there, "verdict"))
	}
}

// attempts is how often a page of verdicts is sent before it is given up.
const attempts = 6

// page delivers the verdicts on a page of rows. Where it is unknown whether they arrived,
// because the connection was lost, it asks which did.
func (d *delivery) page(ctx context.Context, scores []float64, verdicts []string) error {
	if len(scores) == 0 {
		return nil
	}
	d.batch.Keys, d.batch.Scores, d.batch.Verdicts = d.rows.Keys(), scores, verdicts
	last := d.batch.Keys[len(d.batch.Keys)-1]
	if d.among {
		n, err := d.leaveOut(ctx)
		if err != nil {
			return err
		}
		d.there += n
	}
	var failed, unknown error
	for try := range attempts {
		if try > 0 {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(time.Duration(try-1) * time.Second):
			}
			var n int64
			if n, unknown = d.leaveOut(ctx); unknown != nil { // to send without knowing might be to send twice
				continue
			}
			d.written += n
		}
		if failed = d.sink.Deliver(ctx, &d.batch); failed == nil {
			d.written += int64(len(d.batch.Keys))
			return nil
		}
	}
	if unknown != nil {
		failed = fmt.Errorf("%w; nor could it be asked what has arrived: %w", failed, unknown)
	}
	return fmt.Errorf("verdicts up to the key %s could not be delivered; the same command goes on with those that are missing: %w", last.Text, failed)
}

// leaveOut takes those verdicts out of a page that are there, and returns how many.
func (d *delivery) leaveOut(ctx context.Context) (n int64, err error) {
	there, err := d.sink.Judged(ctx, d.batch.Model, d.batch.Keys)
	if err != nil || len(there) == 0 {
		return 0, err
	}
	rest := d.batch
	rest.Keys, rest.Scores, rest.Verdicts = nil, nil, nil
	for i, key := range d.batch.Keys {
		if there[key] {
			n++
			continue
		}
		rest.Keys, rest.Scores, rest.Verdicts = append(rest.Keys, key), append(rest.Scores, d.batch.Scores[i]), append(rest.Verdicts, d.batch.Verdicts[i])
	}
	d.batch = rest
	return n, nil
}
