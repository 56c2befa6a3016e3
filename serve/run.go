package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"
)

// A listening is a server of one address.
type listening struct {
	name string
	http *http.Server
	at   net.Listener
}

// Run listens until ctx is done, and then ends in order: it is not ready any more, waits
// for those that send requests to notice, finishes the requests that have begun, and
// returns nil. ready, if not nil, is called with the addresses once they are open.
func (s *Server) Run(ctx context.Context, ready func(addresses map[string]string)) error {
	config, cert, err := s.o.TLS.open()
	if err != nil {
		return err
	}
	s.cert = cert
	list, err := s.listen(ctx, config)
	if err != nil {
		return err
	}
	addresses := map[string]string{}
	failed := make(chan error, len(list))
	for _, l := range list {
		addresses[l.name] = l.at.Addr().String()
		go func() { failed <- l.http.Serve(l.at) }()
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(work) })
	defer watching.Wait()
	if ready != nil {
		ready(addresses)
	}
	select {
	case err = <-failed: // no listener ends by itself
		err = fmt.Errorf("listening has ended: %w", err)
	case <-ctx.Done():
		s.drain(failed)
	}
	stop()
	return errors.Join(err, s.shutdown(list))
}

// listen opens all addresses.
func (s *Server) listen(ctx context.Context, config *tls.Config) (list []listening, err error) {
	open := func(name, addr string, h http.Handler, config *tls.Config) {
		if addr == "" || err != nil {
			return
		}
		var l net.Listener
		if l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", addr); err != nil {
			err = fmt.Errorf("cannot listen on %s: %w", addr, unwrapped(err))
			return
		}
		l = newBounded(l, s.o.Limits.Connections)
		if config != nil {
			l = tls.NewListener(l, config)
		}
		list = append(list, listening{name, s.httpServer(h, config), l})
	}
	open("clients", s.o.Addr, s, config)
	open("admin", s.o.Admin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, s.admin) }), nil)
	open("pprof", s.o.Profile, profiles(), nil)
	if err != nil {
		for _, l := range list {
			l.at.Close()
		}
	}
	return list, err
}

// unwrapped is what the operating system says, without what was tried.
func unwrapped(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// httpServer bounds what a connection may take.
func (s *Server) httpServer(h http.Handler, config *tls.Config) *http.Server {
	l := &s.o.Limits
	return &http.Server{
		Handler: h, TLSConfig: config, ReadHeaderTimeout: l.ReadHeader, ReadTimeout: l.Read, WriteTimeout: l.Write, IdleTimeout: l.Idle,
		MaxHeaderBytes: l.Header, ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
}

// drain tells that the service is about to end, and waits until that was noticed.
func (s *Server) drain(failed <-chan error) {
	s.draining.Store(true)
	s.o.Log.Info("the service is not ready any more, and will end", "drain", s.o.Limits.Drain.String())
	wait := time.NewTimer(max(0, s.o.Limits.Drain))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-failed:
	}
}

// lastWords is how long alerts and spans may take to leave.
const lastWords = 5 * time.Second

// shutdown finishes the requests that have begun, and closes everything.
func (s *Server) shutdown(list []listening) error {
	s.monitor.end()
	ctx, cancel := context.WithTimeout(context.Background(), s.o.Limits.Shutdown)
	defer cancel()
	var failed []error
	for _, l := range list {
		if err := l.http.Shutdown(ctx); err != nil {
			l.http.Close()
			failed = append(failed, fmt.Errorf("some requests were cut off after %v: %w", s.o.Limits.Shutdown, err))
		}
	}
	last, done := context.WithTimeout(context.Background(), lastWords) // whatever requests have taken
	defer done()
	return errors.Join(append(failed, s.Close(last))...)
}

// profiles are the routes of pprof, on a listener of their own.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// A bounded listener has so many connections open at once; others wait in the queue of
// the operating system. Its connections can be closed for writing alone, which those of
// golang.org/x/net/netutil cannot, and without which an answer to a request that was not
// read to its end is lost in a reset.
type bounded struct {
	net.Listener
	room   chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newBounded(l net.Listener, most int) *bounded {
	return &bounded{Listener: l, room: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept implements net.Listener.
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.room <- struct{}{}:
	case <-b.closed:
		return nil, net.ErrClosed
	}
	c, err := b.Listener.Accept()
	if err != nil {
		<-b.room
		return nil, err
	}
	return &boundedConn{TCPConn: c.(*net.TCPConn), room: b.room}, nil
}

// Close implements net.Listener.
func (b *bounded) Close() error {
	b.once.Do(func() { close(b.closed) })
	return b.Listener.Close()
}

// A boundedConn makes room when it is closed.
type boundedConn struct {
	*net.TCPConn
	room chan struct{}
	once sync.Once
}

// Close implements net.Conn.
func (c *boundedConn) Close() error {
	err := c.TCPConn.Close()
	c.once.Do(func() { <-c.room })
	return err
}
