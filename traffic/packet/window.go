package packet

import (
	"errors"
	"fmt"
	"io"
)

// A window is the part of an input that is in memory.
type window struct {
	in     io.Reader
	buffer []byte
	lo, hi int   // what is there and not yet left behind
	offset int64 // of lo in the input
	err    error // why there is no more
}

// peek returns the next n bytes, at most the size of the buffer, or as many as there are
// with io.EOF. Other errors are those of the input.
func (w *window) peek(n int) ([]byte, error) {
	if w.hi-w.lo >= n {
		return w.buffer[w.lo : w.lo+n], nil
	}
	return w.fill(n)
}

func (w *window) fill(n int) ([]byte, error) {
	if w.lo+n > len(w.buffer) {
		w.hi = copy(w.buffer, w.buffer[w.lo:w.hi])
		w.lo = 0
	}
	for idle := 0; w.hi-w.lo < n && w.err == nil; idle++ {
		var got int
		got, w.err = w.in.Read(w.buffer[w.hi:])
		if got > 0 {
			idle = 0
		}
		if w.hi += got; idle > 100 {
			w.err = io.ErrNoProgress
		}
	}
	b := w.buffer[w.lo:min(w.hi, w.lo+n)]
	switch {
	case len(b) == n:
		return b, nil
	case ended(w.err):
		return b, io.EOF
	}
	return b, fmt.Errorf("the capture cannot be read on at byte %d: %w", w.offset, w.err)
}

// ended reports whether an error means that there is no more. A compressed file that
// was cut off ends unexpectedly, which is for the record to notice.
func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// skip leaves n bytes behind, or as many as there are, which it returns.
func (w *window) skip(n int) int {
	done := 0
	for done < n {
		step := min(n-done, w.hi-w.lo)
		w.lo, w.offset, done = w.lo+step, w.offset+int64(step), done+step
		if done == n {
			break
		}
		if b, _ := w.peek(1); len(b) == 0 {
			break
		}
	}
	return done
}
