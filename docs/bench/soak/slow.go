//go:build bench

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"time"
)

// slack is how much later than promised a connection may be cut off: others use the same cores.
const slack = 1500 * time.Millisecond

const cutOff = "who is slow is cut off in time"

// A snail is a client that takes its time.
type snail struct {
	name    string
	head    []byte        // sent at once
	drip    []byte        // sent a byte a second
	timeout time.Duration // after which it must be cut off
}

// crawl repeats a slow client until all is over.
func (n snail) crawl(ctx context.Context, s *service, r *report) {
	for ctx.Err() == nil {
		c, err := net.DialTimeout("tcp", s.clients, patience)
		if err != nil {
			r.breach(cutOff, "%s: %v", n.name, err)
			return
		}
		began := time.Now()
		c.Write(n.head)
		go func() {
			for i := 0; i < len(n.drip); i++ {
				if _, err := c.Write(n.drip[i : i+1]); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
		took, text, closed := ended(c, c, began, n.timeout+slack)
		c.Close()
		if ctx.Err() != nil {
			return
		}
		r.count("Slow clients that were cut off", n.name, 1)
		if !closed || took < n.timeout-time.Second {
			r.breach(cutOff, "%s: closed %v after %v instead of %v: %.200s", n.name, closed, took, n.timeout, text)
		}
	}
}

func dripHeader(ctx context.Context, st *stage, s *service, r *report) {
	q := st.bodies[single][0]
	snail{"a byte of the header a second", nil, q.head, headerTimeout}.crawl(ctx, s, r)
}

func dripBody(ctx context.Context, st *stage, s *service, r *report) {
	q := st.bodies[single][0]
	snail{"a byte of the body a second", append(q.head[:len(q.head):len(q.head)], "\r\n"...), q.body, readTimeout}.crawl(ctx, s, r)
}

// dripLine sends a stream whose first line does not end.
func dripLine(ctx context.Context, st *stage, s *service, r *report) {
	q := st.bodies[stream][0]
	snail{"a byte of a stream a second", append(q.head[:len(q.head):len(q.head)], "\r\nffff\r\n"...), st.lines(0, 1), readTimeout}.crawl(ctx, s, r)
}

// hideRequest sends a body whose end comes too late and has a request in it, which must not
// be answered: somebody between the two would take that answer for one to another client.
func hideRequest(ctx context.Context, st *stage, s *service, r *report) {
	late := newRequest("GET", "/version", "", "", nil).bytes("")
	head := st.bodies[stream][0].head
	plain := append(head[:len(head):len(head)], "\r\nffff\r\n{"...)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("{"))
	z.Flush()
	gzipped := append(append(head[:len(head):len(head)], "Content-Encoding: gzip\r\n\r\nffff\r\n"...), packed.Bytes()...)
	for ctx.Err() == nil {
		hide(ctx, s, r, "the end of a stream comes too late", plain, late)
		hide(ctx, s, r, "the end of a packed stream comes too late", gzipped, late)
	}
}

func hide(ctx context.Context, s *service, r *report, name string, begin, late []byte) {
	c, err := net.DialTimeout("tcp", s.clients, patience)
	if err != nil {
		r.breach(cutOff, "%s: %v", name, err)
		return
	}
	defer c.Close()
	began := time.Now()
	c.Write(begin)
	pause(ctx, readTimeout+slack/2)
	c.Write(late)
	_, text, _ := ended(c, c, began, readTimeout+2*slack)
	if ctx.Err() != nil {
		return
	}
	r.count("Slow clients that were cut off", name, 1)
	if bytes.Count(text, []byte("HTTP/1.1 ")) > 1 {
		r.breach("the end of a body is not taken for a request", "%s: %.700q", name, text)
	}
}

func saySilent(ctx context.Context, _ *stage, s *service, r *report) {
	snail{"nothing is said", nil, nil, headerTimeout}.crawl(ctx, s, r)
}

// readNothing sends a stream of lines with long answers, and reads none of them. When the
// buffers between the two are full, neither side can go on.
func readNothing(ctx context.Context, st *stage, s *service, r *report) {
	const most = 2*writeTimeout + slack // the answer before the last one may just have been taken
	q := st.bodies[stream][0]
	lines := chunk([]byte("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n"))
	for ctx.Err() == nil {
		c, err := net.DialTimeout("tcp", s.clients, patience)
		if err != nil {
			r.breach(cutOff, "answers are not read: %v", err)
			return
		}
		c.(*net.TCPConn).SetReadBuffer(4096)
		_, err = c.Write(append(q.head[:len(q.head):len(q.head)], "\r\n"...))
		for err == nil && ctx.Err() == nil {
			c.SetWriteDeadline(time.Now().Add(most))
			_, err = c.Write(lines)
		}
		c.Close()
		if ctx.Err() != nil {
			return
		}
		r.count("Slow clients that were cut off", "answers are not read", 1)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			r.breach(cutOff, "answers are not read: still open %v after the last line went out", most)
		}
	}
}

// hangUp leaves at all times: in the header, in the body, before the answer and in it.
func hangUp(ctx context.Context, st *stage, s *service, r *report) {
	random := rand.New(rand.NewPCG(st.seed, 77))
	for ; ctx.Err() == nil; pause(ctx, 10*time.Millisecond) {
		c, err := net.DialTimeout("tcp", s.clients, patience)
		if err != nil {
			r.breach("connections are accepted", "%v", err)
			return
		}
		if random.IntN(2) == 0 {
			c.(*net.TCPConn).SetLinger(0) // a reset, and no end in order
		}
		q := st.pick(random, random.IntN(truth))
		text := q.bytes("")
		where := []string{"in the header", "in the body", "before the answer", "in the answer"}[random.IntN(4)]
		switch where {
		case "in the header":
			text = text[:random.IntN(len(q.head))]
		case "in the body":
			text = text[:len(q.head)+2+random.IntN(len(q.body))]
		}
		c.Write(text)
		if where == "in the answer" {
			c.SetReadDeadline(time.Now().Add(patience))
			c.Read(make([]byte, 1+random.IntN(200)))
		}
		c.Close()
		r.count("Clients that hung up", where, 1)
	}
}
