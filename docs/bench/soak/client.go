//go:build bench

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// A client is a connection that sends one request after another, and is opened when it is
// needed. Nothing is sent twice.
type client struct {
	addr string
	c    net.Conn
	r    *bufio.Reader
	body bytes.Buffer
	used int // answers on this connection
}

// patience is how long an answer may take.
const patience = 15 * time.Second

// errRefused is an address at which nobody listens.
var errRefused = errors.New("nobody listens")

func (c *client) open() error {
	if c.c != nil {
		return nil
	}
	conn, err := net.DialTimeout("tcp", c.addr, patience)
	if err != nil {
		return errors.Join(errRefused, err)
	}
	c.c, c.r, c.used = conn, bufio.NewReaderSize(conn, 32<<10), 0
	return nil
}

func (c *client) close() {
	if c.c != nil {
		c.c.Close()
		c.c = nil
	}
}

// ask sends a request and returns its answer, which lasts until the next one.
func (c *client) ask(text []byte) (*answer, error) {
	if err := c.open(); err != nil {
		return nil, err
	}
	c.c.SetDeadline(time.Now().Add(patience))
	if _, err := c.c.Write(text); err != nil {
		c.close()
		return nil, err
	}
	return c.answer()
}

// answer reads an answer to its end.
func (c *client) answer() (*answer, error) {
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.close()
		return nil, err
	}
	defer res.Body.Close()
	c.body.Reset()
	if _, err := c.body.ReadFrom(res.Body); err != nil {
		c.close()
		return nil, err
	}
	c.used++
	a := &answer{status: res.StatusCode, media: res.Header.Get("Content-Type"), requestID: res.Header.Get("X-Request-Id"), model: res.Header.Get("X-Netanom-Model"), body: c.body.Bytes(), closing: res.Close}
	if res.Close {
		c.close()
	}
	return a, nil
}

// once asks on a connection of its own.
func once(addr string, text []byte) (*answer, error) {
	c := &client{addr: addr}
	defer c.close()
	return c.ask(text)
}

// ended reads until the other side closes the connection, and returns how long that took
// and what came before.
func ended(c net.Conn, r io.Reader, since time.Time, most time.Duration) (took time.Duration, text []byte, closed bool) {
	c.SetReadDeadline(since.Add(most))
	text, err := io.ReadAll(r)
	var timeout net.Error
	return time.Since(since), text, !(errors.As(err, &timeout) && timeout.Timeout())
}
