package watch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	pollEvery = 200 * time.Millisecond // looks at a log that does not grow
	tickEvery = 50 * time.Millisecond  // looks at what is due
	lookEvery = 256                    // lines or frames between looks at the context
	saveShare = 20                     // checkpoints may take a twentieth of the time
	drainTime = 10 * time.Second       // to write down what was read, at the end
)

// Follow scores a log as it grows, until ctx is done, which is no error: then all that was
// read is scored, and the checkpoint is written. Without a checkpoint, connections that are
// held are scored too; with one, they wait for the next run.
//
// Where a checkpoint is, reading goes on there; From is for the first run alone. See
// Follower for what is done about rotation.
func (e *Engine) Follow(ctx context.Context, o FollowOptions) (err error) {
	o.Notice, o.Now = e.notice, e.o.Now
	if o.MaxLine == 0 {
		o.MaxLine = e.o.Log.MaxLine
	}
	if e.resume != nil && e.resume.Source == o.Path {
		o.Resume, o.From = &e.resume.Position, Start // also where there was no file yet, or an empty one
	}
	f, err := Follow(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	e.log = &logSource{e: e, follower: f}
	return e.run(ctx, o.Path, false, func() error { return e.lines(ctx, f) })
}

// run reads a source by read, which must hold e.mu while it works and not while it waits.
func (e *Engine) run(ctx context.Context, source string, packets bool, read func() error) error {
	work, stop := lingering(ctx, e.drainTime)
	defer stop()
	if err := e.begin(work, source, packets); err != nil {
		return err
	}
	if e.log != nil && e.resume != nil {
		if err := e.log.restore(e.resume); err != nil {
			return fmt.Errorf("%s: %w", e.o.State, err)
		}
	}
	e.resume = nil
	done := make(chan error, 1)
	go func() { done <- read() }()
	ticks := time.NewTicker(tickEvery)
	defer ticks.Stop()
	for {
		var err error
		select {
		case err = <-done:
			return e.drain(err)
		case <-ctx.Done():
			return e.interrupted(done)
		case <-ticks.C:
			err = e.tick()
		}
		if err != nil {
			e.close()
			return err
		}
	}
}

// lingering returns a context that ends so long after another.
func lingering(ctx context.Context, rest time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-out.Done():
		case <-time.After(rest):
			cancel()
		}
	})
	return out, func() { stop(); cancel() }
}

// interrupted ends a run whose context is done. A reader that waits for input is left to
// itself, and finds the engine closed.
func (e *Engine) interrupted(done <-chan error) error {
	select {
	case err := <-done:
		return e.drain(err)
	case <-time.After(2 * pollEvery):
		return e.drain(errInterrupted)
	}
}

// Causes for which a reader ends.
var (
	errInterrupted = errors.New("the watch is to end") // between two lines or frames
	errClosed      = errors.New("the engine is closed")
)

func (e *Engine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
}

// drain ends a run: what was read is scored, and the checkpoint written. It is not if the
// reader failed, for what it was doing may be half done and must be read again.
func (e *Engine) drain(cause error) error {
	whole := cause == nil
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if cause == nil || cause == errInterrupted {
		cause = errors.Join(e.failed) // of a reader that was not waited for
	}
	if cause != nil {
		return cause
	}
	if err := e.release(whole); err != nil {
		return err
	}
	if err := e.save(true); err != nil {
		return err
	}
	e.publish()
	return nil
}

// release lets go of all that is held, unless a checkpoint will hold it.
func (e *Engine) release(whole bool) error {
	if e.tracker != nil {
		if err := e.tracker.Close(); err != nil {
			return err
		}
		return e.stream.Close()
	}
	if err := e.log.flush(); err != nil {
		return err
	}
	if !whole && e.o.State != "" {
		return nil
	}
	return e.stream.Close()
}

// lines reads the lines that a follower finds.
func (e *Engine) lines(ctx context.Context, f *Follower) error {
	for {
		idle, err := e.some(ctx, f)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return errInterrupted
		}
		if !idle {
			continue
		}
		select {
		case <-ctx.Done():
			return errInterrupted
		case <-time.After(pollEvery):
		}
	}
}

// some reads lines until there are none, or others should have their turn.
func (e *Engine) some(ctx context.Context, f *Follower) (idle bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false, errClosed
	}
	for range lookEvery {
		switch f.Next() {
		case Idle:
			if e.caught.IsZero() {
				e.caught = e.o.Now()
			}
			return true, e.fail(e.flush())
		case NewLine:
			e.counts.Lines++
			e.fresh = true
			err = e.log.line(f.Line(), f.Offset())
		case LongLine:
			e.counts.Long++
			if e.board.once("long") {
				e.notice(fmt.Sprintf("%s: a line is longer than %d bytes, and passed over; such lines are counted from now on", e.source, f.o.MaxLine))
			}
		case NewFile:
			err = e.newFile(ctx, f)
		}
		if err != nil {
			return false, e.fail(err)
		}
	}
	return false, nil
}

// fail notes an error in the midst of a line or frame. e.mu must be held.
func (e *Engine) fail(err error) error {
	if err != nil && err != errInterrupted {
		e.failed = err
	}
	return err
}

// newFile begins a file. Its key must outlive a kill before an alert of the file is
// written down, for ids are made of it.
func (e *Engine) newFile(ctx context.Context, f *Follower) error {
	var head []byte
	if f.Position().Offset > 0 {
		head = f.Head(mostHeader)
	}
	if err := e.log.turn(f.Key(), head); err != nil {
		return err
	}
	return e.mustSave(ctx, "trying again before the next file is read")
}

// mustSave writes a checkpoint, however long that takes. then is what is told if it fails.
func (e *Engine) mustSave(ctx context.Context, then string) error {
	for {
		err := e.save(false)
		if err == nil || !errors.Is(err, errUnsaved) {
			return err
		}
		e.unstored(err, then)
		select {
		case <-ctx.Done():
			return errInterrupted
		case <-time.After(e.o.retry):
		}
	}
}

// tick does what is due.
func (e *Engine) tick() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.o.Now()
	if e.fresh {
		e.fresh, e.heard = false, now
	}
	if idle := now.Sub(e.heard) - e.slack; idle >= e.o.quiet && e.clock != 0 && e.asking.IsZero() {
		if err := e.advance(e.clock + idle.Microseconds()); err != nil {
			return err
		}
	}
	if len(e.batch.rows) > 0 && now.Sub(e.batch.since) >= e.o.Within {
		if err := e.flush(); err != nil {
			return err
		}
	}
	e.forget(now)
	if now.Sub(e.saved) >= max(e.o.Every, e.rest) {
		err := e.save(false)
		if errors.Is(err, errUnsaved) {
			e.unstored(err, "trying again")
		} else if err != nil {
			return err
		}
	}
	if e.board.due(now) {
		e.publish()
	}
	return nil
}

// forget drops the ids of alerts that should have come again by now. Those that have not
// are of connections that were counted otherwise, as time went on by the wall clock.
func (e *Engine) forget(now time.Time) {
	if !e.caught.IsZero() && now.Sub(e.caught) > 2*e.o.Hold+e.slack+time.Minute {
		clear(e.raiser.known)
	}
}

// advance tells the time to all that waits for it.
func (e *Engine) advance(micro int64) error {
	e.groups.Advance(time.UnixMicro(micro).UTC())
	if e.tracker != nil {
		return e.tracker.Advance(micro)
	}
	return e.stream.Advance(micro)
}

// save scores what waits and writes a checkpoint, if one is wanted.
func (e *Engine) save(last bool) error {
	if e.log != nil && !last {
		if err := e.log.flush(); err != nil {
			return err
		}
	}
	if err := e.flush(); err != nil {
		return err
	}
	e.settleCounts()
	if e.o.State == "" {
		e.saved = e.o.Now()
		return nil
	}
	now, started := e.o.Now(), time.Now()
	c := &checkpoint{Source: e.source, Setting: e.o.Model.Schema.Setting, Model: e.o.Model.Checksum, Stream: e.stream.State(), Groups: e.groups.State(), Counts: e.counts, Saved: now}
	if e.log != nil {
		e.log.store(c)
	}
	if e.raiser.log != nil {
		c.Alerts = e.raiser.log.End()
	}
	for id := range e.raiser.known {
		c.Known = append(c.Known, id)
	}
	err := writeCheckpoint(e.o.State, c)
	e.saved, e.rest = now, saveShare*time.Since(started)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnsaved, err)
	}
	e.unsaved = false
	return nil
}

// unstored tells that there is no checkpoint, and what is done about it, once until there is one.
func (e *Engine) unstored(err error, what string) {
	if !e.unsaved {
		e.unsaved = true
		e.notice(fmt.Sprintf("%v; %s", err, what))
	}
}

// errUnsaved is the cause when a checkpoint cannot be written; all else goes on.
var errUnsaved = errors.New("the state of the watch cannot be stored")

// settleCounts brings the counts up to date.
func (e *Engine) settleCounts() {
	if e.log != nil {
		e.log.settle()
	}
	s := e.stream.Stats()
	e.counts.Late, e.counts.Forced = s.Late, s.Forced
}
