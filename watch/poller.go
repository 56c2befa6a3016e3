package watch

import (
	"context"
	"fmt"
	"time"
)

// A poller finds the rows of a table that may be read.
type poller struct {
	table Table
	o     PollOptions
	now   func() time.Time

	at   string  // all rows up to this key were read
	to   string  // up to which rows are being read; "": none, or all
	seen []sight // of keys behind to, the earliest first
	lost bool    // the table could not be asked, which has been told
}

// A sight is when a key was first seen to be the largest.
type sight struct {
	key  string
	when time.Time
}

// A found says what there is beside the rows that were found.
type found uint8

const (
	more found = iota // rows, at once
	soon              // rows for which it is too early
	all               // nothing: all that was there has been read
)

// next returns the rows that may be read now, if there are any.
func (p *poller) next(ctx context.Context) ([]Row, found, error) {
	if p.o.Lag > 0 && p.to == "" {
		if err := p.look(ctx); err != nil {
			return nil, soon, err
		}
		switch {
		case p.to != "":
		case len(p.seen) > 0:
			return nil, soon, nil
		default:
			return nil, all, nil
		}
	}
	rows, full, err := p.page(ctx)
	switch {
	case err != nil:
		return nil, soon, err
	case full:
		return rows, more, nil
	}
	p.to = ""
	return rows, all, nil
}

// look sees which key is the largest by now, and which was when it is long enough ago.
func (p *poller) look(ctx context.Context) error {
	last := sight{key: p.at}
	if n := len(p.seen); n > 0 {
		last = p.seen[n-1]
	}
	key, err := p.table.Newest(ctx, last.key)
	if err != nil {
		return err
	}
	now := p.now()
	if key != "" && now.Sub(last.when) >= p.o.Lag/mostSights {
		p.seen = append(p.seen, sight{key, now})
	}
	for len(p.seen) > 0 && now.Sub(p.seen[0].when) >= p.o.Lag {
		p.to, p.seen = p.seen[0].key, p.seen[1:]
	}
	return nil
}

// mostSights is how many keys wait at most, however often the table is looked at.
const mostSights = 64

// page returns the next rows, and whether others follow them. Rows with the same key are
// not parted.
func (p *poller) page(ctx context.Context) (rows []Row, full bool, err error) {
	for most := p.o.page; ; most *= 2 {
		if rows, err = p.table.Rows(ctx, p.at, p.to, most); err != nil || len(rows) < most {
			break
		}
		full = true
		if kept := withoutLast(rows); len(kept) > 0 {
			rows = kept
			break
		}
		if most > mostAlike {
			return nil, false, &alikeError{rows[0].Key, len(rows)}
		}
	}
	if err == nil && len(rows) > 0 && rows[len(rows)-1].Key == p.at {
		err = &alikeError{p.at, len(rows)}
	}
	return rows, full, err
}

// mostAlike is how many rows may have the same key.
const mostAlike = 1 << 18

// An alikeError says that a key does not part the rows of a table.
type alikeError struct {
	key  string
	rows int
}

// Error reads as a sentence.
func (e *alikeError) Error() string {
	return fmt.Sprintf("%q stands in %d rows or more, which the key cannot tell apart; choose a key that grows, such as a number that each row gets", e.key, e.rows)
}

// Lasting reports that asking again is of no use.
func (*alikeError) Lasting() bool { return true }

// withoutLast leaves out the rows with the last key, which others may have too.
func withoutLast(rows []Row) []Row {
	n := len(rows)
	for n > 0 && rows[n-1].Key == rows[len(rows)-1].Key {
		n--
	}
	return rows[:n]
}

// sameKey returns how many of the first rows have the same key.
func sameKey(rows []Row) int {
	n := 1
	for n < len(rows) && rows[n].Key == rows[0].Key {
		n++
	}
	return n
}
