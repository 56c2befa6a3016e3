package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A pulse is how it is seen whether the server still works for us. While a query runs,
// PostgreSQL says nothing about it; so over a further connection we ask whether our
// process is at work.
type pulse struct {
	server *server
	mu     sync.Mutex
	link   *link // nil: not connected
}

// errStall is why work ends of which there is no sign any more.
var errStall = errors.New("the server does not answer")

// watch ends work on a link, by cancel, if there has been no sign of life for the time
// allowed. It returns when ctx ends.
func (p *pulse) watch(ctx context.Context, l *link, cancel context.CancelCauseFunc) {
	every := min(l.stall/4, giveUp)
	ticks := time.NewTicker(max(every, time.Millisecond))
	defer ticks.Stop()
	sign := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if l.held.Load() {
			sign = time.Now()
		} else if heard := time.Unix(0, l.heard.Load()); heard.After(sign) {
			sign = heard
		}
		if time.Since(sign) < every {
			continue
		}
		if p.beats(ctx, l.pid.Load(), every) {
			sign = time.Now()
		}
		if time.Since(sign) >= l.stall {
			cancel(errStall)
			return
		}
	}
}

// beats asks the server whether a process of it is at work.
func (p *pulse) beats(ctx context.Context, pid int64, patience time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := p.look(ctx, pid)
	if err != nil {
		// A server that refuses, say because of too many connections, is there.
		var refused *pgconn.PgError
		return errors.As(err, &refused)
	}
	// One that waits for us while we wait for it has said what we have not got.
	return len(rows) > 0 && !strings.HasPrefix(rows[0][0], "idle")
}

func (p *pulse) look(ctx context.Context, pid int64) (rows [][]string, err error) {
	if p.link == nil || p.link.pg.IsClosed() {
		if p.link, err = p.server.dial(ctx); err != nil {
			p.link = nil
			return nil, err
		}
	}
	return p.link.ask(ctx, "SELECT state FROM pg_stat_activity WHERE pid = "+strconv.FormatInt(pid, 10))
}

func (p *pulse) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link != nil {
		p.link.close()
	}
}
