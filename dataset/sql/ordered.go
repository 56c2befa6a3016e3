package sql

import (
	"context"

	"github.com/netanom/netanom/dataset"
)

// An Ordered is the rows of a table in the ascending order of a key, fetched a page at a
// time, as a source: every analysis can scan it, in memory for one page. It is scanned by
// one goroutine at a time.
type Ordered struct {
	source *Source
	key    string
	after  *Value
	page   int64
	rows   *rows
	keys   []Value
}

// Ordered returns the rows behind a key, all if after is nil, in pages of so many rows.
// See Stream for what a key has to be.
func (s *Source) Ordered(key string, after *Value, page int64) (*Ordered, error) {
	if _, err := s.Key(key); err != nil {
		return nil, err
	}
	return &Ordered{source: s, key: key, after: after, page: page, rows: s.newRows()}, nil
}

// Schema implements dataset.Source. Dictionaries grow while the rows are scanned.
func (o *Ordered) Schema() *dataset.Schema { return &o.rows.schema }

// Settled reports that the kinds are final.
func (o *Ordered) Settled() bool { return true }

// Keys returns the keys of the rows of the chunk that an analysis has just been told the
// end of.
func (o *Ordered) Keys() []Value { return o.keys }

// Scan implements dataset.Source, with one worker. A chunk is a page.
func (o *Ordered) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	o.rows = o.source.newRows()
	for _, a := range analyses {
		if err := a.Start(&o.rows.schema, 1); err != nil {
			return err
		}
	}
	chunk := dataset.Chunk{}
	return o.source.pages(ctx, o.key, o.after, o.page, o.rows, func(keys []Value) error {
		o.keys, chunk.Rows = keys, o.rows.n
		if err := o.rows.show(ctx, analyses); err != nil {
			return err
		}
		for _, a := range analyses {
			if err := a.EndChunk(0, chunk); err != nil {
				return err
			}
		}
		chunk.Index++
		chunk.FirstRow += int64(chunk.Rows)
		o.rows.empty()
		return nil
	})
}
