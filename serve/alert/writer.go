package alert

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
)

// groupBytes is how much is written at a time, of all that waits.
const groupBytes = 1 << 20

// A file is what the writer needs of an *os.File.
type file interface {
	Write([]byte) (int, error)
	Truncate(int64) error
	Sync() error
	Stat() (fs.FileInfo, error)
	Close() error
}

func openFile(name string, flag int) (file, error) { return os.OpenFile(name, flag, 0o600) }

const appending = os.O_WRONLY | os.O_CREATE | os.O_APPEND

// A writer is the one that writes to the active file.
type writer struct {
	path     string
	maxBytes int64
	sync     bool
	open     func(name string, flag int) (file, error)
	files    *files
	queue    *queue
	counts   *counters
	say      *notices
	written  func() // there is more to read
	rotated  func() // there is a file more

	f     file        // nil: not open
	ours  fs.FileInfo // of f
	size  int64
	torn  bool // there may be bytes behind size, which must go
	group []*batch
	text  []byte
}

// run writes all batches until the queue is closed and empty.
func (w *writer) run() {
	for {
		room := w.maxBytes - w.size
		if room <= 0 {
			room = w.maxBytes
		}
		w.group = w.queue.take(w.group[:0], int(min(room, groupBytes)))
		if len(w.group) == 0 {
			break
		}
		w.write(w.group)
		clear(w.group)
	}
	if w.f != nil {
		if err := w.f.Close(); err != nil {
			w.trouble("the alert log could not be closed", err)
		}
	}
}

// write writes a group of batches by one call, and answers each.
func (w *writer) write(group []*batch) {
	text := group[0].lines
	if len(group) > 1 {
		w.text = w.text[:0]
		for _, b := range group {
			w.text = append(w.text, b.lines...)
		}
		text = w.text
	}
	kept, err := 0, w.prepare(int64(len(text)))
	if err == nil {
		kept, err = w.put(group, text)
	}
	if err != nil {
		w.counts.writeErrors.Add(1)
		w.trouble("alerts could not be written", err)
	}
	for _, b := range group {
		if kept -= len(b.lines); kept >= 0 {
			w.settle(b, nil)
		} else {
			w.settle(b, err)
		}
	}
}

// settle tells Append what became of a batch, or Stats if Append did not wait for it.
func (w *writer) settle(b *batch, err error) {
	w.counts.queued.Add(-int64(b.alerts))
	if err == nil {
		w.counts.written.Add(b.alerts)
	} else {
		w.counts.lost.Add(b.alerts)
		err = fmt.Errorf("%s: %d alerts were not written: %w", w.path, b.alerts, err)
	}
	if b.state.CompareAndSwap(batchWaiting, batchSettled) {
		b.done <- err
	} else if err == nil {
		w.counts.late.Add(b.alerts)
	}
}

// put writes a group, and returns how many bytes of whole batches stay in the file. The
// rest of a write that failed is cut off again.
func (w *writer) put(group []*batch, text []byte) (kept int, err error) {
	n, err := w.f.Write(text)
	if err == nil && w.sync {
		err = w.f.Sync()
	}
	if err == nil {
		kept = len(text)
	} else if !w.sync {
		kept = wholeBatches(group, n)
	}
	w.size += int64(kept)
	if err != nil {
		w.torn = true
		if cut := w.mend(); cut != nil {
			w.trouble("half a line could not be cut off", cut)
		}
	}
	if kept > 0 {
		w.files.grow(w.size)
		w.written()
	}
	return kept, err
}

// wholeBatches returns how many bytes the batches have that lie within the first n.
func wholeBatches(group []*batch, n int) int {
	kept := 0
	for _, b := range group {
		if kept+len(b.lines) > n {
			break
		}
		kept += len(b.lines)
	}
	return kept
}

// mend cuts off what lies behind the last whole batch.
func (w *writer) mend() error {
	if !w.torn {
		return nil
	}
	err := w.f.Truncate(w.size)
	w.torn = err != nil
	return err
}

// prepare sees to it that the active file is open, whole, at its path, and has room for
// so many bytes.
func (w *writer) prepare(bytes int64) error {
	if w.f != nil {
		if err := w.mend(); err != nil {
			return err
		}
		if err := w.watch(); err != nil {
			return err
		}
	}
	if w.f == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	if w.size == 0 || w.size+bytes <= w.maxBytes {
		return nil
	}
	if err := w.rotate(w.size); err != nil {
		w.counts.writeErrors.Add(1)
		w.trouble("the alert log could not be rotated", err)
		if w.f == nil {
			return err
		}
	}
	return nil
}

// watch looks whether somebody else changed the active file, and then leaves it: in its
// place if it is gone or another, under its number if it has another size.
func (w *writer) watch() error {
	there, err := os.Lstat(w.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(w.ours, there):
		w.trouble("somebody else removed or renamed the alert log, and a new one is begun", nil)
		size := w.size
		w.leave()
		return w.files.turn(size, func(string) error { return nil })
	case err != nil:
		return err
	case there.Size() != w.size:
		w.trouble(fmt.Sprintf("somebody else changed the alert log, which had %d bytes and has %d; a new one is begun", w.size, there.Size()), nil)
		return w.rotate(there.Size())
	}
	return nil
}

// leave closes the active file.
func (w *writer) leave() {
	if err := w.f.Close(); err != nil {
		w.trouble("the alert log could not be closed", err)
	}
	w.f, w.size = nil, 0
}

// begin opens the active file, without half a line at its end.
func (w *writer) begin() error {
	fragment, err := mendFile(w.path)
	if err != nil {
		return err
	}
	if fragment > 0 {
		w.say.tell(slog.LevelWarn, fmt.Sprintf("the alert log ended in half a line of %d bytes, which no answer had waited for; it is now in %s", fragment, w.path+tornSuffix), "file", w.path)
	}
	f, err := w.open(w.path, appending)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	w.f, w.ours, w.size, w.torn = f, info, info.Size(), false
	w.files.grow(w.size)
	return nil
}

// rotate gives the active file, of a size, its number and begins the next one. The next one is made
// first, under another name, so that a full disk or a missing right leaves all as it is.
// Whatever of the three steps was the last before a crash, each line is in one file.
func (w *writer) rotate(size int64) error {
	next, err := w.open(w.path+newSuffix, appending|os.O_TRUNC)
	if err != nil {
		return err
	}
	info, err := next.Stat()
	if err != nil {
		return errors.Join(err, next.Close())
	}
	if err := w.files.turn(size, func(to string) error { return os.Rename(w.path, to) }); err != nil {
		return errors.Join(err, next.Close(), os.Remove(w.path+newSuffix))
	}
	w.leave()
	w.counts.rotations.Add(1)
	w.rotated()
	if err := os.Rename(w.path+newSuffix, w.path); err != nil {
		return errors.Join(err, next.Close())
	}
	w.f, w.ours = next, info
	if w.sync {
		return syncDir(w.path)
	}
	return nil
}

const newSuffix = ".new"

// trouble tells the log of something that users should look into.
func (w *writer) trouble(what string, err error) {
	if err == nil {
		w.say.tell(slog.LevelError, what, "file", w.path)
		return
	}
	w.say.tell(slog.LevelError, what, "file", w.path, "error", err.Error())
}
