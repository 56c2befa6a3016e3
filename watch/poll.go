package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// mostWait is how long a table that could not be asked is left alone at most.
const mostWait = 30 * time.Second

// poll reads a table. It asks without e.mu.
func (e *Engine) poll(ctx context.Context, p *poller) error {
	if err := e.begun(ctx); err != nil {
		return err
	}
	wait := e.o.retry
	for {
		e.asks()
		rows, found, err := p.next(ctx)
		pause := p.o.Every
		switch {
		case ctx.Err() != nil:
			return errInterrupted
		case lasting(err):
			return errors.Join(err, e.drain(errInterrupted))
		case err != nil:
			e.lost(p, err)
			pause, wait = wait, min(2*wait, mostWait)
		default:
			wait = e.o.retry
			if err := e.answered(ctx, p, rows, found); err != nil {
				return err
			}
		}
		if found == more {
			continue
		}
		select {
		case <-ctx.Done():
			return errInterrupted
		case <-time.After(pause):
		}
	}
}

// begun notes where reading begins: a kill before the first rows are read must not change
// that, nor have a restart forget the alerts that were written down since.
func (e *Engine) begun(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errClosed
	}
	return e.fail(e.mustSave(ctx, "trying again before the table is read"))
}

// lasting reports whether an error stays until somebody does something about it.
func lasting(err error) bool {
	var says interface{ Lasting() bool }
	return errors.As(err, &says) && says.Lasting()
}

// asks notes that time does not go on by the wall clock, for nothing can be heard until
// there is an answer.
func (e *Engine) asks() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asking.IsZero() {
		e.asking = e.o.Now()
	}
}

// lost tells that a table cannot be asked, once until it can.
func (e *Engine) lost(p *poller, err error) {
	if !p.lost {
		p.lost = true
		e.notice(fmt.Sprintf("%v; trying again", err))
	}
}

// answered takes in the rows of an answer, and lets others have their turn in between.
func (e *Engine) answered(ctx context.Context, p *poller, rows []Row, found found) error {
	if p.lost {
		p.lost = false
		e.notice(fmt.Sprintf("%s: the table can be read again, and reading goes on where it was", e.source))
	}
	for first := true; first || len(rows) > 0; first = false {
		if ctx.Err() != nil {
			return errInterrupted
		}
		n, err := e.someRows(p, rows)
		if err != nil {
			return err
		}
		rows = rows[n:]
	}
	return e.idle(found)
}

// someRows takes in rows, of which those with one key stay together, and returns how many.
func (e *Engine) someRows(p *poller, rows []Row) (taken int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return 0, errClosed
	}
	if !e.asking.IsZero() {
		e.heard, e.asking = e.heard.Add(e.o.Now().Sub(e.asking)), time.Time{}
	}
	for taken < len(rows) && taken < lookEvery {
		group := rows[taken : taken+sameKey(rows[taken:])]
		if err := e.fail(e.group(group)); err != nil {
			return 0, err
		}
		taken += len(group)
		p.at = group[0].Key
		e.fresh = true
	}
	return taken, nil
}

// idle scores what waits when there is nothing to read.
func (e *Engine) idle(found found) error {
	if found == more {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errClosed
	}
	if found == all && e.caught.IsZero() {
		e.caught = e.o.Now()
	}
	return e.fail(e.flush())
}

// group takes in the rows of one key. The server may give them in any order, so that they
// are put into one: a restart makes the same of them.
func (e *Engine) group(rows []Row) error {
	slices.SortFunc(rows, func(a, b Row) int { return bytes.Compare(a.Line, b.Line) })
	equal := int64(0)
	for i := range rows {
		if equal++; i == 0 || !bytes.Equal(rows[i].Line, rows[i-1].Line) {
			equal = 0
		}
		e.counts.Lines++
		e.log.key = rowKey(e.source, &rows[i])
		if err := e.log.line(rows[i].Line, equal); err != nil {
			return err
		}
	}
	return nil
}
