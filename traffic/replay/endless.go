package replay

import (
	"context"
	"io"
	"iter"
	"math"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// The connections of one simulation, of which an Endless plays one after another. They
// are 800 a second, as at the border of a busy network, and a third of them attacks.
const (
	roundConnections = 50_000
	roundSpan        = time.Minute
)

// An Endless makes up packets of the traffic of traffic.Simulate, people, machines and
// all attacks, without an end and without a file. The same seed gives the same packets. It
// is not for several goroutines at once.
type Endless struct {
	player      *player
	connections func() (*traffic.Connection, bool)
	stop        func()
	coming      *traffic.Connection // the next one, which the player does not know yet
	left        int64
	err         error
}

// NewEndless returns a source of so many packets. The caller must Close it, unless Next
// has returned an error, such as io.EOF.
func NewEndless(seed uint64, packets int64) *Endless {
	e := &Endless{player: newPlayer(), left: packets}
	e.connections, e.stop = iter.Pull(func(yield func(*traffic.Connection) bool) {
		e.err = rounds(seed, yield)
	})
	e.coming, _ = e.connections()
	return e
}

// rounds simulates one minute after the other.
func rounds(seed uint64, yield func(*traffic.Connection) bool) error {
	o := traffic.DefaultOptions()
	o.Connections, o.Span = roundConnections, roundSpan
	for o.Seed = seed; ; o.Seed++ {
		err := traffic.Simulate(context.Background(), o, func(r *traffic.Record) error {
			if !yield(&r.Connection) {
				return io.EOF
			}
			return nil
		})
		if err != nil {
			return err
		}
		o.Start = o.Start.Add(o.Span)
	}
}

// Next makes the next frame, in order of time. The data are valid until the next call. After
// the last of the packets that were asked for it returns io.EOF.
func (e *Endless) Next(f *packet.Frame) error {
	if e.left <= 0 {
		e.Close()
		return io.EOF
	}
	// A connection is made known when no packet of those before comes ahead of it.
	for e.coming != nil && (len(e.player.queue) == 0 || e.player.queue[0].at > e.coming.Start) {
		if err := e.player.add(e.coming); err != nil {
			e.Close()
			return err
		}
		e.coming, _ = e.connections()
	}
	if e.coming == nil { // the simulation has failed
		e.Close()
		return e.err
	}
	e.player.next(f, math.MaxInt64)
	e.left--
	return nil
}

// Open returns how many connections are under way.
func (e *Endless) Open() int { return len(e.player.queue) }

// Close ends the making. Next then returns io.EOF.
func (e *Endless) Close() {
	e.left = 0
	e.stop()
}
