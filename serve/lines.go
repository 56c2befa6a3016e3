package serve

import (
	"io"
	"sync"
	"time"
)

// Lines is a writer that gathers lines, and writes them when they are many or have
// waited for a fifth of a second, so that a log costs a request little. The last fifth of a
// second is lost when the process is killed.
type Lines struct {
	mu      sync.Mutex
	out     io.Writer
	text    []byte
	waiting bool
}

// NewLines returns a writer that gathers for out.
func NewLines(out io.Writer) *Lines { return &Lines{out: out} }

const (
	linesBytes = 32 << 10
	linesWait  = 200 * time.Millisecond
)

// Write implements io.Writer.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	switch {
	case len(l.text) >= linesBytes:
		return len(p), l.flush()
	case !l.waiting:
		l.waiting = true
		time.AfterFunc(linesWait, func() { l.Flush() })
	}
	return len(p), nil
}

// Flush writes what has been gathered.
func (l *Lines) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = false
	return l.flush()
}

func (l *Lines) flush() error {
	if len(l.text) == 0 {
		return nil
	}
	_, err := l.out.Write(l.text)
	l.text = l.text[:0]
	return err
}
