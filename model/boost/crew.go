package boost

import (
	"runtime"
	"sync/atomic"
)

// A crew is goroutines that do parts of a job together, again and again. Starting
// goroutines for each node of a tree would take longer than most nodes do, so
// these wait for the next job: spinning at first, and asleep when it does not come.
type crew struct {
	size   int
	job    func(member int)
	number atomic.Uint32 // of the job
	busy   atomic.Int32  // members that have not finished it, the caller aside
	seats  []seat        // of the members but the first, which is the caller
	caller seat
}

// A seat is where one goroutine waits. The padding keeps each in a cache line of
// its own.
type seat struct {
	_      [64]byte
	asleep atomic.Bool
	wake   chan struct{}
	_      [64]byte
}

// spins is for how many looks a goroutine waits before it sleeps: some 20 µs, which
// is longer than most members wait for the slowest.
const spins = 1 << 14

// newCrew starts a crew of so many members. dismiss ends it.
func newCrew(size int) *crew {
	c := &crew{size: size, seats: make([]seat, size-1), caller: seat{wake: make(chan struct{}, 1)}}
	for i := range c.seats {
		c.seats[i].wake = make(chan struct{}, 1)
		go c.serve(i + 1)
	}
	return c
}

// do calls job(m) for each member m at the same time, and returns when all have
// returned.
func (c *crew) do(job func(member int)) {
	if c.size == 1 {
		job(0)
		return
	}
	c.start(job)
	job(0)
	c.caller.wait(func() bool { return c.busy.Load() == 0 })
}

func (c *crew) start(job func(member int)) {
	c.job = job
	c.busy.Store(int32(c.size - 1))
	c.number.Add(1)
	for i := range c.seats {
		c.seats[i].rouse()
	}
}

// dismiss ends the goroutines. The crew can do nothing more.
func (c *crew) dismiss() {
	if c.size > 1 {
		c.start(nil)
	}
}

// serve does one member's part of every job.
func (c *crew) serve(member int) {
	s := &c.seats[member-1]
	for done := uint32(0); ; {
		s.wait(func() bool { return c.number.Load() != done })
		done = c.number.Load()
		if c.job == nil {
			return
		}
		c.job(member)
		if c.busy.Add(-1) == 0 {
			c.caller.rouse()
		}
	}
}

// wait returns when ready does. Whoever makes it so calls rouse.
func (s *seat) wait(ready func() bool) {
	for i := range spins {
		if ready() {
			return
		}
		if i%1024 == 1023 {
			runtime.Gosched()
		}
	}
	for !ready() {
		s.asleep.Store(true)
		if ready() && s.asleep.CompareAndSwap(true, false) {
			return
		}
		<-s.wake // whoever took asleep away sends
	}
}

// rouse wakes who sleeps on the seat.
func (s *seat) rouse() {
	if s.asleep.CompareAndSwap(true, false) {
		s.wake <- struct{}{}
	}
}
