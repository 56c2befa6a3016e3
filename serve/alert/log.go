package alert

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of Append and Open, found with errors.Is.
var (
	ErrClosed = errors.New("the alert log is closed")
	ErrFull   = errors.New("too many alerts wait to be written")
	ErrLate   = errors.New("the alerts wait to be written for longer than they may; they still will be if the disk recovers")
	ErrLocked = errors.New("another process writes to it; stop that one, or choose another file")
)

// A Log takes alerts and keeps them in files. It may be used by many goroutines.
type Log struct {
	patience time.Duration
	path     string
	lock     *os.File
	files    *files
	queue    *queue
	writer   *writer
	couriers []*courier
	retirer  *retirer
	say      *notices
	counts   counters

	closing  atomic.Bool
	written  chan struct{} // closed when the writer has ended
	delivery sync.WaitGroup
	cancel   context.CancelFunc // of the deliverers
}

// Open opens a log, or begins one, and starts its deliverers. The log lives until Close;
// ctx is for the opening only. A deliverer that has no cursor file begins with the alerts
// to come; one whose cursor file is damaged begins with all there are.
func Open(ctx context.Context, o Options) (*Log, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(o.Path + lockSuffix)
	if err != nil {
		return nil, fmt.Errorf("%s: the alert log cannot be locked: %w", o.Path, err)
	}
	l := &Log{patience: o.Patience, path: o.Path, lock: lock, queue: newQueue(o.QueueBytes), written: make(chan struct{}), say: newNotices(o.Logger)}
	if err := l.assemble(o); err != nil {
		l.say.close()
		return nil, fmt.Errorf("%s: the alert log cannot be opened: %w", o.Path, errors.Join(err, lock.Close()))
	}
	l.start(context.WithoutCancel(ctx))
	return l, nil
}

const lockSuffix = ".lock"

// assemble finds the files and makes the parts of the log.
func (l *Log) assemble(o Options) (err error) {
	if err := os.Remove(o.Path + newSuffix); err != nil && !os.IsNotExist(err) {
		return err
	}
	if l.files, err = listFiles(o.Path); err != nil {
		return err
	}
	l.retirer = &retirer{files: l.files, keep: o.Keep, say: l.say, look: make(chan struct{}, 1), stop: make(chan struct{})}
	l.writer = &writer{path: o.Path, maxBytes: o.MaxBytes, sync: o.Sync, open: o.open, files: l.files, queue: l.queue, counts: &l.counts, say: l.say,
		written: l.wake, rotated: func() { poke(l.retirer.look) }}
	if err := l.writer.begin(); err != nil {
		return err
	}
	for i, r := range o.routes {
		k, err := newCourier(r, l.files, l.say, o.Sync)
		if err != nil {
			return errors.Join(fmt.Errorf("deliverer %d, %q: %w", i+1, r.name, err), l.writer.f.Close())
		}
		k.moved = func() { poke(l.retirer.look) }
		l.couriers = append(l.couriers, k)
	}
	l.retirer.couriers = l.couriers
	return nil
}

// start starts the goroutines.
func (l *Log) start(ctx context.Context) {
	ctx, l.cancel = context.WithCancel(ctx)
	go func() {
		defer close(l.written)
		l.writer.run()
	}()
	for _, k := range l.couriers {
		l.delivery.Go(func() { k.run(ctx) })
	}
	l.retirer.done.Go(l.retirer.run)
}

// wake tells the deliverers that there is more to read.
func (l *Log) wake() {
	for _, k := range l.couriers {
		poke(k.wake)
	}
}

// Append writes alerts to the log, and returns when they are in the file: nil promises
// that they outlive the process (with Options.Sync, the machine's power too). Alerts
// without id or time are given them, in the slice.
//
// It returns no later than after Options.Patience, or when ctx is done. An error that is
// ErrLate says that the alerts wait still: they are written when that becomes possible,
// and Stats then counts them as late, or else as lost. All other errors say that they are
// not in the log and will not be, and Stats counts them as lost. An alert may therefore be
// appended once more after any error; if it was ErrLate, it may be there twice, with one id.
func (l *Log) Append(ctx context.Context, alerts []Alert) error {
	if len(alerts) == 0 {
		return nil
	}
	b := newBatch(appendLines(alerts), len(alerts))
	timer := time.NewTimer(l.patience)
	defer timer.Stop()
	if err := l.hand(ctx, b, timer.C); err != nil {
		l.counts.lost.Add(b.alerts)
		l.say.tell(slog.LevelError, "alerts were lost", "file", l.path, "alerts", b.alerts, "error", err.Error())
		return fmt.Errorf("%s: %d alerts were not written: %w", l.path, b.alerts, err)
	}
	select {
	case err := <-b.done:
		return err
	case <-timer.C:
		return l.tooLate(b, context.DeadlineExceeded)
	case <-ctx.Done():
		return l.tooLate(b, ctx.Err())
	}
}

// hand puts a batch into the queue, and waits for room there if need be.
func (l *Log) hand(ctx context.Context, b *batch, over <-chan time.Time) error {
	l.counts.queued.Add(int64(b.alerts))
	for {
		room, err := l.queue.put(b)
		if err == nil {
			return nil
		}
		if err == errNoRoom {
			select {
			case <-room:
				continue
			case <-over:
				err = ErrFull
			case <-ctx.Done():
				err = fmt.Errorf("%w (%w)", ErrFull, ctx.Err())
			}
		}
		l.counts.queued.Add(-int64(b.alerts))
		return err
	}
}

// tooLate leaves a batch to the writer, unless it has just been written.
func (l *Log) tooLate(b *batch, cause error) error {
	if !b.state.CompareAndSwap(batchWaiting, batchLeft) {
		return <-b.done
	}
	l.say.tell(slog.LevelWarn, "alerts wait to be written", "file", l.path, "alerts", b.alerts)
	return fmt.Errorf("%s: %d alerts: %w (%w)", l.path, b.alerts, ErrLate, cause)
}

// appendLines makes lines of alerts, and completes their ids and times.
func appendLines(alerts []Alert) []byte {
	lines := make([]byte, 0, len(alerts)*512)
	for i := range alerts {
		a := &alerts[i]
		if a.ID == "" {
			a.ID = NewID()
		}
		if a.Time.IsZero() {
			a.Time = time.Now()
		}
		lines = append(within(lines, a, lineBytes-1), '\n')
	}
	return lines
}

// Close writes what was appended, lets the deliverers send what they have not yet, and
// returns when that is done or ctx is. A deliverer whose receiver is away ends with the
// first attempt that fails, and at once if it waits for the next one. What is not sent
// stays in the log for the deliverers of the next Open, and is no error. As a receiver may
// be slow, ctx should have a deadline. Alerts that could not be written in time are an error.
func (l *Log) Close(ctx context.Context) error {
	if l.closing.Swap(true) {
		return nil
	}
	l.queue.close()
	var err error
	select {
	case <-l.written:
	case <-ctx.Done():
		err = l.stuck(ctx)
	}
	if stop := l.stopDelivery(ctx); err == nil {
		err = stop
	}
	for _, k := range l.couriers {
		k.report()
	}
	l.say.close()
	if err == nil { // else something may still write
		err = l.lock.Close()
	}
	return err
}

// stuck returns an error if alerts wait although the time to close is over.
func (l *Log) stuck(ctx context.Context) error {
	select {
	case <-l.written:
		return nil
	default:
		n := l.Stats().Queued
		l.say.tell(slog.LevelError, "alerts wait to be written at the end", "file", l.path, "alerts", n)
		return fmt.Errorf("%s: %d alerts could not be written before the end: %w", l.path, n, ctx.Err())
	}
}

// stopDelivery waits for the deliverers to have sent all they can, or stops them.
func (l *Log) stopDelivery(ctx context.Context) error {
	for _, k := range l.couriers {
		close(k.finish)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.delivery.Wait()
		close(l.retirer.stop)
		l.retirer.done.Wait()
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	l.cancel()
	select {
	case <-ended:
		return nil
	case <-time.After(stopGrace):
		return fmt.Errorf("%s: a deliverer of alerts waits for the disk, and was left so", l.path)
	}
}

// stopGrace is how long what was told to stop may take.
const stopGrace = 2 * time.Second
