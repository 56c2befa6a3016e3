package alert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
)

// A sender sends lines somewhere. It returns how many of them, from the first on, are
// done with, and an error unless all are. An error that is a *refusal is final for the
// line behind these; all others are worth another attempt.
type sender interface {
	send(ctx context.Context, lines [][]byte) (int, error)
	close()
}

// A refusal is an error that no repetition will mend.
type refusal struct {
	cause error
	lines int // how many are refused; 0: all
}

func (r *refusal) Error() string { return r.cause.Error() }

// A delay is an error with the wish not to be asked again for some time.
type delay struct {
	cause error
	wait  time.Duration
}

func (d *delay) Error() string { return d.cause.Error() }

const cursorSuffix = ".cursor"

// A courier takes the lines of the log to one sender, and keeps account of it.
type courier struct {
	route
	tail   tail
	cursor string
	sync   bool
	say    *notices
	moved  func() // called when a file was left

	wake    chan struct{} // holds a value when there is more to read
	leaving chan struct{} // holds a value when files are to be left
	finish  chan struct{} // closed when the courier shall end once it has sent all, or cannot
	upTo    atomic.Uint64 // the last file to be left
	ended   bool          // finish came while nothing could be sent; of run's goroutine

	mu     sync.Mutex
	figure DelivererStats
	reach  place // what the cursor says
}

// newCourier makes a courier that goes on where the cursor file says.
func newCourier(r route, files *files, say *notices, synced bool) (*courier, error) {
	k := &courier{route: r, tail: tail{files: files}, cursor: files.path + "." + r.name + cursorSuffix, sync: synced, say: say,
		wake: make(chan struct{}, 1), leaving: make(chan struct{}, 1), finish: make(chan struct{}), figure: DelivererStats{Name: r.name}}
	at, err := k.begin(files)
	if err != nil {
		return nil, err
	}
	k.tail.at, k.reach = at, at
	if err := writeCursor(k.cursor, at, true); err != nil {
		return nil, fmt.Errorf("its cursor cannot be stored: %w", err)
	}
	return k, nil
}

// begin returns the place of the cursor file, or the end of the log if there is none.
func (k *courier) begin(files *files) (place, error) {
	p, err := readCursor(k.cursor)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		last := files.last()
		if earlier := files.behind(place{}); earlier > 0 {
			k.say.tell(slog.LevelInfo, "a new deliverer begins with the alerts to come", "deliverer", k.name, "bytes before", earlier)
		}
		return place{last.number, files.mark(last.number), last.size}, nil
	case errors.Is(err, errCursor):
		k.say.tell(slog.LevelError, "a deliverer's cursor file is damaged; it begins with the oldest alerts, some for the second time", "deliverer", k.name, "file", k.cursor)
		return place{Number: files.all()[0]}, nil
	case err != nil:
		return p, fmt.Errorf("its cursor cannot be read: %w", err)
	}
	p, exact := files.find(p)
	if !exact {
		k.say.tell(slog.LevelWarn, "the log is not as a deliverer left it; some alerts may be sent for the second time", "deliverer", k.name, "file", p.Number)
	}
	return p, nil
}

// run sends what there is until ctx is done, or until finish and all is sent, or until
// finish and an attempt has failed: the rest is for the next run.
func (k *courier) run(ctx context.Context) {
	defer k.sender.close()
	defer k.tail.close()
	for !k.over(ctx) {
		p, err := k.tail.next(k.most)
		if k.tail.at.Number != k.number() {
			k.keep()
			k.moved()
		}
		switch {
		case errors.Is(err, errGone) || errors.Is(err, errShrunk):
			k.trouble(fmt.Sprintf("%s cannot be sent", k.tail.skip()), err)
		case err != nil:
			k.trouble("the log cannot be read", err)
			k.pause(ctx, k.longest)
		case p != nil:
			k.handle(ctx, p)
		case !k.wait(ctx):
			return
		}
	}
}

// over says whether the courier is to end although there may be more to send.
func (k *courier) over(ctx context.Context) bool { return k.ended || ctx.Err() != nil }

// wait waits for more lines. It reports false if there will be none.
func (k *courier) wait(ctx context.Context) bool {
	select {
	case <-k.wake:
		return true
	case <-k.leaving:
		return true
	case <-ctx.Done():
		return false
	case <-k.finish:
	}
	end, final := k.tail.files.end(k.tail.at.Number)
	return final || k.tail.at.Offset < end
}

// handle sends a parcel or buries it, and comes back when it is done with, or when it is
// to be asked for once more.
func (k *courier) handle(ctx context.Context, p *parcel) {
	var since time.Time // of failures
	for attempt := 0; len(p.lines) > 0 && !k.over(ctx); attempt++ {
		if !p.sound {
			k.bury(ctx, p, len(p.lines), "a damaged line of the log")
			continue
		}
		if k.tail.at.Number <= k.upTo.Load() {
			k.bury(ctx, p, len(p.lines), "the file is the oldest and has to go")
			continue
		}
		if attempt > 0 && !since.IsZero() {
			k.count(func(s *DelivererStats) { s.Retries++ })
		}
		n, err := k.attempt(ctx, p.lines, !since.IsZero())
		if n > 0 {
			k.deliver(p, n)
			since, attempt = time.Time{}, 0
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		since = orElse(since, time.Now())
		k.trouble("alerts could not be sent", err)
		if lines := k.hopeless(p, err, since); lines > 0 {
			k.bury(ctx, p, lines, plain(err.Error()))
			since, attempt = time.Time{}, 0
			continue
		}
		k.pause(ctx, k.backoff(attempt, err))
	}
}

// attempt sends lines. One that follows a failure is cut short when the courier is to end,
// as a receiver that is away often does not even refuse.
func (k *courier) attempt(ctx context.Context, lines [][]byte, again bool) (int, error) {
	if again {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		go k.cutShort(ctx, cancel)
	}
	return k.sender.send(ctx, lines)
}

// cutShort cancels an attempt some time after finish.
func (k *courier) cutShort(ctx context.Context, cancel context.CancelFunc) {
	select {
	case <-k.finish:
	case <-ctx.Done():
		return
	}
	t := time.NewTimer(lastChance)
	defer t.Stop()
	select {
	case <-t.C:
		cancel()
	case <-ctx.Done():
	}
}

// lastChance is how long an attempt after a failure may take once the courier is to end.
const lastChance = 300 * time.Millisecond

// hopeless returns how many lines are not worth another attempt.
func (k *courier) hopeless(p *parcel, err error, since time.Time) int {
	if r, ok := errors.AsType[*refusal](err); ok {
		return min(orElse(r.lines, len(p.lines)), len(p.lines))
	}
	if time.Since(since) >= k.giveUp {
		return len(p.lines)
	}
	return 0
}

// backoff returns how long to wait after a failed attempt, the first being 0: twice as
// long each time, half of it by chance.
func (k *courier) backoff(attempt int, err error) time.Duration {
	d := k.longest
	if attempt < 30 {
		d = min(k.first<<attempt, k.longest)
	}
	d = d/2 + rand.N(d/2+1)
	if wish, ok := errors.AsType[*delay](err); ok {
		return max(d, wish.wait)
	}
	return d
}

// pause waits after a failure, unless a file has to be left first. If the courier is to
// end, it does so at once: what is not sent is on the disk, and the next run goes on there.
func (k *courier) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-k.leaving:
	case <-k.finish:
		k.ended = true
	case <-ctx.Done():
	}
}

// deliver counts the first lines of a parcel as sent.
func (k *courier) deliver(p *parcel, n int) {
	k.count(func(s *DelivererStats) { s.Sent += uint64(n); s.LastSuccess = time.Now() })
	k.pass(p, n)
}

// bury moves the first lines of a parcel to the dead-letter file. If that cannot be
// written, it is tried again later: the lines stay where they are.
func (k *courier) bury(ctx context.Context, p *parcel, n int, why string) {
	if err := appendPiece(k.dead, bytes.NewReader(bytes.Join(p.lines[:n], nil)), k.sync); err != nil {
		k.trouble("the dead-letter file cannot be written", err)
		k.pause(ctx, k.longest)
		return
	}
	k.say.tell(slog.LevelError, "alerts went to the dead-letter file", "deliverer", k.name, "file", k.dead, "alerts", n, "cause", why)
	k.count(func(s *DelivererStats) { s.DeadLettered += uint64(n) })
	k.pass(p, n)
}

// pass goes on behind the first lines of a parcel.
func (k *courier) pass(p *parcel, n int) {
	k.tail.done(p.lines[:n])
	p.lines = p.lines[n:]
	k.keep()
}

// keep stores the place. If that fails, the next run sends some alerts twice.
func (k *courier) keep() {
	if err := writeCursor(k.cursor, k.tail.at, k.sync); err != nil {
		k.trouble("a deliverer's cursor cannot be stored", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reach = k.tail.at
}

// number is that of the file the courier is in.
func (k *courier) number() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.reach.Number
}

// leave asks the courier to move the rest of all files up to a number to its dead-letter file.
func (k *courier) leave(number uint64) {
	k.upTo.Store(number)
	poke(k.leaving)
}

func (k *courier) count(change func(*DelivererStats)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.figure)
}

// trouble counts and logs an error.
func (k *courier) trouble(what string, err error) {
	text := plain(err.Error())
	k.count(func(s *DelivererStats) { s.LastError = what + ": " + text })
	k.say.tell(slog.LevelWarn, what, "deliverer", k.name, "error", text)
}

// report says what is left for the next run.
func (k *courier) report() {
	if rest := k.stats().Backlog; rest > 0 {
		k.say.tell(slog.LevelWarn, "alerts are left for the next start to send", "deliverer", k.name, "bytes", rest)
	}
}

func (k *courier) stats() DelivererStats {
	k.mu.Lock()
	s, at := k.figure, k.reach
	k.mu.Unlock()
	s.Backlog = k.tail.files.behind(at)
	return s
}

// plain makes one short line of a text that may come from elsewhere.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	return clip(s, 300)
}
