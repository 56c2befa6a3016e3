package alert

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// noticeEvery is how often the same message is logged at most.
const noticeEvery = 10 * time.Second

// notices log what went wrong: seldom, so that trouble with each alert does not fill the
// log, and from a goroutine of their own, so that a log that is stuck holds up nobody.
type notices struct {
	log     *slog.Logger
	entries chan entry
	done    chan struct{}

	mu     sync.Mutex
	said   map[string]*saying
	closed bool
}

type entry struct {
	level slog.Level
	what  string
	args  []any
}

// A saying is a message that was logged.
type saying struct {
	at      time.Time
	omitted int // since then
}

func newNotices(log *slog.Logger) *notices {
	n := &notices{log: log, entries: make(chan entry, 64), done: make(chan struct{}), said: map[string]*saying{}}
	go n.run()
	return n
}

func (n *notices) run() {
	defer close(n.done)
	for e := range n.entries {
		n.log.Log(context.Background(), e.level, e.what, e.args...)
	}
}

// tell logs a message with its arguments, or counts it as omitted.
func (n *notices) tell(level slog.Level, what string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, known := n.said[what]
	if !known {
		s = &saying{}
		n.remember(what, s)
	}
	if n.closed || known && time.Since(s.at) < noticeEvery {
		s.omitted++
		return
	}
	if s.omitted > 0 {
		args = append(args, "omitted", s.omitted)
	}
	select {
	case n.entries <- entry{level, what, args}:
		s.at, s.omitted = time.Now(), 0
	default:
		s.omitted++
	}
}

// remember keeps few messages in mind: some have figures in them.
func (n *notices) remember(what string, s *saying) {
	if len(n.said) >= 256 {
		clear(n.said)
	}
	n.said[what] = s
}

// close waits until all has been logged, but not for long.
func (n *notices) close() {
	n.mu.Lock()
	if !n.closed {
		n.closed = true
		close(n.entries)
	}
	n.mu.Unlock()
	select {
	case <-n.done:
	case <-time.After(stopGrace):
	}
}
