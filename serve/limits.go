package serve

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A gate lets so many requests through at once, and so many wait.
type gate struct {
	room  chan struct{}
	queue chan struct{}
}

func newGate(concurrent, queue int) *gate {
	return &gate{room: make(chan struct{}, concurrent), queue: make(chan struct{}, queue)}
}

// enter waits for room, at most so long and until ctx is done. The problem is that there
// is none, even to wait.
func (g *gate) enter(ctx context.Context, wait time.Duration) *problem {
	select {
	case g.room <- struct{}{}:
		return nil
	default:
	}
	select {
	case g.queue <- struct{}{}:
	default:
		return newProblem(http.StatusServiceUnavailable, "overloaded", "%d requests are scored and %d wait; try again", cap(g.room), cap(g.queue)).after(time.Second)
	}
	defer func() { <-g.queue }()
	return g.wait(ctx, wait)
}

// wait waits for room without a place in the queue.
func (g *gate) wait(ctx context.Context, most time.Duration) *problem {
	select {
	case g.room <- struct{}{}:
		return nil
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case g.room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return newProblem(http.StatusServiceUnavailable, "overloaded", "there was no room for the request in time; try again").after(time.Second)
	}
}

func (g *gate) leave() { <-g.room }

// maxClients bounds how many clients are told apart by their rates.
const maxClients = 4096

// rates limit each client by itself.
type rates struct {
	limit rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	clients map[string]*client
}

type client struct{ limiter *rate.Limiter }

func newRates(perSecond float64, burst int, now func() time.Time) *rates {
	if perSecond <= 0 {
		return nil
	}
	return &rates{limit: rate.Limit(perSecond), burst: burst, now: now, clients: map[string]*client{}}
}

// take counts a request of a client; the problem is that it has had too many. Nil rates
// allow any.
func (r *rates) take(name string) *problem {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	c := r.clients[name]
	if c == nil {
		r.forget(now)
		c = &client{limiter: rate.NewLimiter(r.limit, r.burst)}
		r.clients[name] = c
	}
	take := c.limiter.ReserveN(now, 1)
	if wait := take.DelayFrom(now); wait > 0 {
		take.CancelAt(now)
		return newProblem(http.StatusTooManyRequests, "rate-limited", "at most %v requests a second", float64(r.limit)).after(wait)
	}
	return nil
}

// forget makes room for other clients: those whose allowance is full again know nothing,
// and if most are busy, half of them, whichever, begin anew.
func (r *rates) forget(now time.Time) {
	if len(r.clients) < maxClients {
		return
	}
	for name, c := range r.clients {
		if c.limiter.TokensAt(now) >= float64(r.burst) {
			delete(r.clients, name)
		}
	}
	for name := range r.clients {
		if len(r.clients) <= maxClients/2 {
			return
		}
		delete(r.clients, name)
	}
}
