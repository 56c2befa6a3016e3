//go:build bench

package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// A load sends good requests and checks their answers.
type load struct {
	st     *stage
	addr   string
	report *report
	recent chan string           // alerts that can be labelled
	seen   func(alerts []string) // called with the alerts of each answer
}

const answeredWell = "every good request is answered with 200 and the scores of netanom predict"

func newLoad(st *stage, addr string, r *report) *load {
	return &load{st: st, addr: addr, report: r, recent: make(chan string, 64), seen: func([]string) {}}
}

// next is the request to send for one that was drawn: feedback is about a recent alert, and
// nil if there is none.
func (l *load) next(r *rand.Rand, kind int) *request {
	if kind != truth {
		return l.st.pick(r, kind)
	}
	select {
	case alert := <-l.recent:
		return l.st.feedback(alert)
	default:
		return nil
	}
}

// send sends a request and checks the answer. ok is false if it was not as it should be.
func (l *load) send(c *client, q *request) (took time.Duration, ok bool) {
	text := q.bytes("")
	began := time.Now()
	a, err := c.ask(text)
	took = time.Since(began)
	var f finding
	if err == nil {
		f, err = l.st.check(q, a)
	}
	if err != nil {
		l.report.breach(answeredWell, "%s: %v", kindNames[q.kind], err)
		return took, false
	}
	l.seen(f.alerts)
	for _, alert := range f.alerts {
		select {
		case l.recent <- alert:
		default:
		}
	}
	return took, true
}

// reach measures how many requests a second so many connections get answered, each
// sending the next when it has its answer.
func (l *load) reach(ctx context.Context, connections int, how time.Duration, kind func(*rand.Rand) int) float64 {
	ctx, cancel := context.WithTimeout(ctx, how)
	defer cancel()
	var n atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for i := range connections {
		all.Go(func() {
			c := &client{addr: l.addr}
			defer c.close()
			random := rand.New(rand.NewPCG(l.st.seed, uint64(i)))
			for ctx.Err() == nil {
				if q := l.next(random, kind(random)); q != nil {
					l.send(c, q)
					n.Add(1)
				}
			}
		})
	}
	all.Wait()
	return float64(n.Load()) / time.Since(began).Seconds()
}

// connections is how many the load may have open. It is less than the requests that the
// service lets wait, so that none may be turned away.
const connections = 128

// A job is a request to be sent at a moment.
type job struct {
	at   time.Time
	kind int
}

// run sends so many requests a second by a schedule of chance, whether earlier ones were
// answered or not, until the time is over. What finds no connection waits, and that counts.
func (l *load) run(ctx context.Context, rate float64, how time.Duration) []timing {
	jobs := make(chan job, 1<<16)
	var all sync.WaitGroup
	lists := make([][]timing, connections)
	for i := range lists {
		all.Go(func() { lists[i] = l.work(jobs, uint64(i)) })
	}
	l.schedule(ctx, rate, how, jobs)
	close(jobs)
	all.Wait()
	var out []timing
	for _, list := range lists {
		out = append(out, list...)
	}
	return out
}

// schedule lets requests begin at moments that do not depend on the answers.
func (l *load) schedule(ctx context.Context, rate float64, how time.Duration, jobs chan<- job) {
	random := rand.New(rand.NewPCG(l.st.seed, 1<<32))
	end := time.Now().Add(how)
	for at := time.Now(); at.Before(end) && ctx.Err() == nil; at = at.Add(time.Duration(random.ExpFloat64() / rate * 1e9)) {
		if wait := time.Until(at); wait > 0 {
			time.Sleep(wait)
		}
		jobs <- job{at, draw(random)}
	}
}

func (l *load) work(jobs <-chan job, n uint64) (list []timing) {
	c := &client{addr: l.addr}
	defer c.close()
	random := rand.New(rand.NewPCG(l.st.seed, n))
	for j := range jobs {
		q := l.next(random, j.kind)
		if q == nil {
			l.report.count("Good requests", "feedback left out, as there was no new alert", 1)
			continue
		}
		late := time.Since(j.at)
		if took, ok := l.send(c, q); ok {
			list = append(list, timing{j.kind, late + took, took})
		}
		l.report.count("Good requests", kindNames[j.kind], 1)
	}
	return list
}
