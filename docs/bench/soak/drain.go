//go:build bench

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// drainTime is between the end of readiness and that of listening.
const drainTime = 1500 * time.Millisecond

// A tally counts what became of requests while the service ended.
type tally struct{ answered, refused, unanswered atomic.Int64 }

// A farewell is load on a service that is told to end.
type farewell struct {
	g     *siege
	s     *service
	ctx   context.Context
	begun tally

	mu       sync.Mutex
	answered map[string]bool // by the name of the request
	failed   []failure
	ready    map[int]int // statuses of /readyz
	notReady time.Time   // of its first 503
	lastGood time.Time   // of the last prediction
	term     time.Time
}

// A failure is a request that got no answer.
type failure struct {
	name string
	at   time.Time
	err  error
}

const endsInOrder = "SIGTERM ends the process in order: /readyz says 503, requests that it has taken are answered, and the exit code is 0"

// drain ends a service under load.
func (g *siege) drain(ctx context.Context) error {
	s, err := g.st.start(ctx, append(g.args, "--drain", drainTime.String()))
	if err != nil {
		return err
	}
	defer s.kill()
	work, stop := context.WithCancel(ctx)
	defer stop()
	f := &farewell{g: g, s: s, ctx: work, answered: map[string]bool{}, ready: map[int]int{}}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() { f.client(i, i%2 == 0) })
	}
	for i := range 4 {
		all.Go(func() { f.longStream(i) })
	}
	all.Go(f.lateBody)
	all.Go(f.askReady)
	pause(ctx, time.Second)
	f.setTerm()
	code, err := s.stop(30 * time.Second)
	took := time.Since(f.term)
	stop()
	all.Wait()
	if err != nil || code != 0 {
		g.r.breach(endsInOrder, "exit code %d: %v", code, err)
	}
	f.judge(took)
	s.log.judge(g.r)
	return nil
}

func (f *farewell) setTerm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.term = time.Now()
}

// client sends named requests until nobody listens any more; some on one connection, some
// on one each.
func (f *farewell) client(n int, keep bool) {
	random := rand.New(rand.NewPCG(f.g.st.seed, uint64(5000+n)))
	c := &client{addr: f.s.clients}
	defer c.close()
	for k := 0; f.ctx.Err() == nil; k++ {
		kind := []int{single, single, batch, tensor}[random.IntN(4)]
		q := f.g.st.pick(random, kind)
		name := fmt.Sprintf("bye-%d-%d", n, k)
		more := "X-Request-Id: " + name + "\r\n"
		if !keep {
			more += "Connection: close\r\n"
		}
		began := time.Now()
		a, err := c.ask(q.bytes(more))
		if err != nil {
			f.fail(name, began, err)
			if errors.Is(err, errRefused) {
				return
			}
			continue
		}
		found, err := f.g.st.check(q, a)
		if err != nil {
			f.g.r.breach(answeredWell, "while ending, %s: %v", kindNames[kind], err)
		}
		f.g.memory.addAlerts(found.alerts)
		f.succeed(name)
		pause(f.ctx, 5*time.Millisecond)
	}
}

func (f *farewell) succeed(name string) {
	f.begun.answered.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answered[name], f.lastGood = true, time.Now()
}

func (f *farewell) fail(name string, at time.Time, err error) {
	if errors.Is(err, errRefused) {
		f.begun.refused.Add(1)
	} else {
		f.begun.unanswered.Add(1)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failed = append(f.failed, failure{name, at, err})
}

// longStream sends a line now and then, from before SIGTERM until after listening has
// ended. Each must be answered before the next is sent.
func (f *farewell) longStream(n int) {
	err := f.talk(n, func(c net.Conn, r *bufio.Reader, line []byte) error {
		if _, err := c.Write(chunk(line)); err != nil {
			return err
		}
		text, err := r.ReadSlice('\n') // a chunk: its length, its text, and the end of it
		for i := 0; i < 2 && err == nil; i++ {
			text, err = r.ReadSlice('\n')
		}
		if err != nil {
			return fmt.Errorf("%w after %.200q", err, text)
		}
		return nil
	})
	if err != nil && f.ctx.Err() == nil {
		f.g.r.breach(endsInOrder, "a stream that was open got no end: %v", err)
	}
}

// talk opens a stream, says lines, and reads its end.
func (f *farewell) talk(n int, say func(net.Conn, *bufio.Reader, []byte) error) error {
	c, err := net.DialTimeout("tcp", f.s.clients, patience)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	r := bufio.NewReader(c)
	q := f.g.st.bodies[stream][0]
	if _, err := c.Write(append(q.head[:len(q.head):len(q.head)], "\r\n"...)); err != nil {
		return err
	}
	for i := 0; i < 20; i++ { // a second before SIGTERM, and three behind it
		line := f.g.st.lines(n, 1)
		if i == 0 {
			err = f.begin(c, r, line)
		} else {
			err = say(c, r, line)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", i, err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if _, err := c.Write(chunk(nil)); err != nil {
		return err
	}
	rest, err := io.ReadAll(r)
	if err != nil || string(rest) != "0\r\n\r\n" {
		return fmt.Errorf("the end is %q: %w", rest, err)
	}
	f.begun.answered.Add(1)
	return nil
}

// begin says the first line, whose answer comes behind the header.
func (f *farewell) begin(c net.Conn, r *bufio.Reader, line []byte) error {
	if _, err := c.Write(chunk(line)); err != nil {
		return err
	}
	for {
		text, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if text == "\r\n" {
			break
		}
	}
	for range 3 {
		if _, err := r.ReadString('\n'); err != nil {
			return err
		}
	}
	return nil
}

// lateBody sends a request whose header comes before listening ends, and the end of its
// body after.
func (f *farewell) lateBody() {
	pause(f.ctx, time.Second+drainTime/2)
	c := &client{addr: f.s.clients}
	defer c.close()
	if err := c.open(); err != nil {
		f.g.r.breach(endsInOrder, "while it should listen: %v", err)
		return
	}
	q := f.g.st.bodies[batch][0]
	text := q.bytes("")
	c.c.SetDeadline(time.Now().Add(patience))
	c.c.Write(text[:len(text)/2])
	time.Sleep(drainTime)
	_, err := c.c.Write(text[len(text)/2:])
	var a *answer
	if err == nil {
		a, err = c.answer()
	}
	var found finding
	if err == nil {
		found, err = f.g.st.check(q, a)
	}
	if err != nil {
		f.g.r.breach(endsInOrder, "a body that was half there when listening ended: %v", err)
		return
	}
	f.g.memory.addAlerts(found.alerts)
	f.begun.answered.Add(1)
}

// askReady asks whether the service is ready, on a connection of its own each time.
func (f *farewell) askReady() {
	for f.ctx.Err() == nil {
		a, err := once(f.s.clients, newRequest("GET", "/readyz", "", "", nil).bytes("Connection: close\r\n"))
		f.mu.Lock()
		if err == nil {
			f.ready[a.status]++
			if a.status == 503 && f.notReady.IsZero() {
				f.notReady = time.Now()
			}
		}
		f.mu.Unlock()
		if errors.Is(err, errRefused) {
			return
		}
		pause(f.ctx, 20*time.Millisecond)
	}
}

// judge compares what clients saw with the service's own log.
func (f *farewell) judge(took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.g.r
	for _, fail := range f.failed {
		if status, ok := f.s.log.status(fail.name); ok {
			r.breach(endsInOrder, "%s was answered %d by its log, but the client got %v", fail.name, status, fail.err)
		} else if fail.at.Before(f.term.Add(drainTime - 100*time.Millisecond)) {
			r.breach(endsInOrder, "a request %v after SIGTERM got no answer: %v", fail.at.Sub(f.term), fail.err)
		}
	}
	if f.ready[503] == 0 || !f.lastGood.After(f.notReady.Add(drainTime/2)) {
		r.breach(endsInOrder, "/readyz said %v; the first 503 %v after SIGTERM, the last prediction %v after it", f.ready, f.notReady.Sub(f.term), f.lastGood.Sub(f.term))
	}
	r.say("SIGTERM under load: /readyz said 503 after %v, the last answer came after %v, and the process had ended after %v. %d requests were answered, %d found nobody listening, and %d were on connections that were closed before the service took them.",
		f.notReady.Sub(f.term).Round(time.Millisecond), f.lastGood.Sub(f.term).Round(time.Millisecond), took.Round(time.Millisecond), f.begun.answered.Load(), f.begun.refused.Load(), f.begun.unanswered.Load())
}

// status is that of a request by its name, in the log.
func (b *logbook) status(name string) (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	status, ok := b.answered[name]
	return status, ok
}
