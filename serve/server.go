package serve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve/alert"
)

var nan = math.NaN()

// A Server answers requests by the models on its shelf. It is a http.Handler.
type Server struct {
	o        Options
	shelf    *shelf
	shadow   string // name of the model that scores what others answer; "": none
	shadowed string // its version; "": the one that answers
	keys     *keyring
	gate     *gate // requests that are scored
	bodies   *gate // large bodies in memory
	rates    *rates
	metrics  *metrics
	alerts   *alert.Log
	feedback *feedback
	monitor  *monitor
	tracer   *tracer
	routes   *http.ServeMux
	admin    *http.ServeMux
	listed   []string // routes of clients
	ids      requestIDs
	cert     *certificate // nil without TLS

	guard, adminGuard *http.CrossOriginProtection
	draining          atomic.Bool
}

// New loads the models and opens the files that o names. The service neither listens nor
// looks at files until Run.
func New(ctx context.Context, o Options) (*Server, error) {
	either(&o.Addr, "127.0.0.1:8080")
	if err := o.check(); err != nil {
		return nil, err
	}
	o.Limits = o.Limits.or(DefaultLimits(runtime.GOMAXPROCS(0)))
	if o.Log == nil {
		o.Log = silent()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	either(&o.Watch, 2*time.Second)
	s := &Server{o: o, shelf: newShelf(o.Models), gate: newGate(o.Limits.Concurrent, o.Limits.Queue), bodies: newGate(o.Limits.Concurrent, o.Limits.Queue)}
	s.rates = newRates(o.Limits.Rate, o.Limits.Burst, o.Now)
	s.metrics = newMetrics(s)
	s.ids.start()
	s.guard, s.adminGuard = http.NewCrossOriginProtection(), http.NewCrossOriginProtection()
	for _, origin := range o.Origins {
		if err := s.guard.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("--cors %s: write an origin such as https://soc.example: %w", origin, err)
		}
	}
	if err := s.open(ctx); err != nil {
		s.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	s.route()
	return s, nil
}

// open opens everything that the service needs.
func (s *Server) open(ctx context.Context) (err error) {
	var failed error
	s.shelf.each(func(one *slot, p *place) {
		if failed == nil {
			if _, failed = s.load(one, p); failed != nil {
				failed = fmt.Errorf("%s: %w", p.file.Path, failed)
			}
		}
	})
	if failed != nil {
		return failed
	}
	if s.shadow, s.shadowed = parseName(s.o.Shadow); s.shadow != "" && s.shelf.find(s.shadow, s.shadowed) == nil {
		return fmt.Errorf("--shadow %s: there is no model of that name", s.o.Shadow)
	}
	if s.keys, err = openKeys(s.o.Keys); err != nil {
		return err
	}
	if s.feedback, err = openFeedback(s.o.Feedback, s.o.Now); err != nil {
		return err
	}
	if s.feedback != nil && s.feedback.ledger.torn > 0 {
		s.o.Log.Warn("the file of feedback ended in half a line, which no answer had waited for; it is now in a file .torn beside it", "bytes", s.feedback.ledger.torn)
	}
	if s.o.Trace != "" {
		s.tracer = newTracer(s.o.Trace, s.o.Version, s.o.Log)
	}
	if s.o.Alerts.Path != "" {
		s.o.Alerts.Logger = s.o.Log
		if s.alerts, err = alert.Open(ctx, s.o.Alerts); err != nil {
			return err
		}
	}
	s.monitor = newMonitor(s, s.o.Dashboard)
	return nil
}

// Close ends what New has begun: it waits for alerts and spans to leave, until ctx is done.
func (s *Server) Close(ctx context.Context) error {
	var failed error
	s.monitor.close()
	if s.alerts != nil {
		failed = s.alerts.Close(ctx)
	}
	return errors.Join(failed, s.feedback.close(), s.tracer.close(ctx))
}

// keeps reports whether records are needed again after they were scored.
func (s *Server) keeps() bool {
	return s.alerts != nil || s.feedback != nil || s.shadow != "" || s.o.LogRows > 0
}

// A call is a request on its way, and what is known of its answer.
type call struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	id     string // of the service: no two requests have the same
	named  string // by the client, or else the same
	route  string
	client string // name of the key, or the address
	key    string // name of the key
	span   *span
	status int // of the answer; 0: not begun
	rows   int
	model  string
	failed *problem
	until  time.Time // the end of the time to score
	inside bool      // it has room to score
	abort  bool      // the answer ends where it should not: the connection is cut
}

// Header implements http.ResponseWriter.
func (c *call) Header() http.Header { return c.w.Header() }

// WriteHeader implements http.ResponseWriter.
func (c *call) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.w.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *call) Write(text []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	return c.w.Write(text)
}

// Unwrap lets a http.ResponseController find the writer.
func (c *call) Unwrap() http.ResponseWriter { return c.w }

// ServeHTTP implements http.Handler for clients.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, s.routes) }

// serve answers a request by a set of routes.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, routes *http.ServeMux) {
	began := time.Now()
	c := &call{s: s, w: w, r: r, id: s.ids.next(), route: "none"}
	if c.named = r.Header.Get("X-Request-Id"); !modelName.MatchString(c.named) {
		c.named = c.id
	}
	h := w.Header()
	h["X-Request-Id"] = []string{c.named}
	h["X-Content-Type-Options"] = noSniff
	h["X-Netanom-Request"] = []string{c.id}
	h["Cache-Control"] = noStore
	if s.draining.Load() {
		h["Connection"] = hangUp
	}
	s.metrics.inFlight.Inc()
	defer func() {
		if err := recover(); err != nil {
			c.panicked(err)
		}
		s.metrics.inFlight.Dec()
		s.finish(c, began)
		if c.abort {
			panic(http.ErrAbortHandler) // how net/http is told to cut a connection; it goes no further
		}
	}()
	if s.cors(c) {
		return
	}
	if p := s.foreign(r, routes); p != nil {
		c.fail(p)
		return
	}
	routes.ServeHTTP(c, r)
}

var (
	noSniff = []string{"nosniff"}
	noStore = []string{"no-store"}
	hangUp  = []string{"close"}
)

// panicked answers when the service has made a mistake that nobody foresaw.
func (c *call) panicked(err any) {
	if err == http.ErrAbortHandler {
		c.abort = true
		return
	}
	c.s.o.Log.Error("a request made the service panic", "request", c.id, "route", c.route, "error", fmt.Sprint(err), "stack", string(debug.Stack()))
	c.fail(newProblem(http.StatusInternalServerError, "internal", "the log says more under the id of the request"))
}

// fail answers with a problem, unless an answer has begun.
func (c *call) fail(p *problem) {
	c.failed = p
	if p.cause != nil {
		c.s.o.Log.Error("a request failed", "request", c.id, "route", c.route, "error", p.cause.Error())
	}
	if c.status == 0 {
		if p.Status == http.StatusRequestTimeout || p.Status == http.StatusRequestEntityTooLarge { // the rest of the body is not waited for
			c.Header().Set("Connection", "close")
		}
		p.write(c, c.id)
	}
}

// finish counts and logs an answer.
func (s *Server) finish(c *call, began time.Time) {
	took := time.Since(began)
	if c.status == 0 {
		c.status = http.StatusOK
	}
	s.metrics.request(c.route, c.status, took)
	kind := ""
	if c.failed != nil {
		kind = c.failed.kind
		s.metrics.problems.WithLabelValues(kind).Inc()
	}
	c.span.end(c, kind)
	s.logAccess(c, kind, took)
}

// cors answers what browsers ask before they let a page ask, and reports whether that
// was all. Pages that are not listed get no permission.
func (s *Server) cors(c *call) bool {
	origin := c.r.Header.Get("Origin")
	if origin == "" || len(s.o.Origins) == 0 {
		return false
	}
	h := c.Header()
	h.Add("Vary", "Origin")
	for _, allowed := range s.o.Origins {
		if origin != allowed {
			continue
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "X-Request-Id, X-Netanom-Request, X-Netanom-Model, Retry-After")
		if c.r.Method == http.MethodOptions && c.r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Api-Key, X-Request-Id, Traceparent")
			h.Set("Access-Control-Max-Age", "600")
			c.route = "preflight"
			c.WriteHeader(http.StatusNoContent)
			return true
		}
	}
	return false
}

// foreign refuses what a page of another origin makes a browser send, unless --cors lists
// the page: CORS alone only hides the answer. Where no key is asked for on loopback, the
// host must be this machine by name too, lest a page makes its own name mean it.
func (s *Server) foreign(r *http.Request, routes *http.ServeMux) *problem {
	guard := s.guard
	if routes == s.admin {
		guard = s.adminGuard
	}
	if guard.Check(r) != nil {
		return newProblem(http.StatusForbidden, "forbidden", "pages of other origins may not ask, unless --cors lists them")
	}
	if s.keys != nil || s.o.Insecure || !loopback(s.o.Addr) && routes != s.admin {
		return nil
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host != "localhost" && host != "" && net.ParseIP(strings.Trim(host, "[]")) == nil {
		return newProblem(http.StatusForbidden, "forbidden", "without keys the service answers to localhost and addresses alone; give --keys, or --insecure where something before the service asks who clients are")
	}
	return nil
}

// clientOf names who a request is from where no key does.
func clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// load reads the file of a place, and puts what it holds to use if it is as it should be.
// It reports whether anything changed.
func (s *Server) load(one *slot, p *place) (changed bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pipeline, state, err := readModel(p.file)
	p.seen = state
	digits, old := "", p.current.Load()
	if err == nil {
		digits = pipeline.Checksum
	}
	switch {
	case err == nil && old != nil && old.sha256 == digits:
		p.failure, p.refused = "", ""
		return false, nil
	case err == nil && digits == p.refused: // it was rolled back
		p.failure = ""
		return false, nil
	case err != nil:
		p.failure = err.Error()
		return false, err
	}
	m := &loaded{name: one.name, version: p.file.Version, sha256: digits, at: s.o.Now(), pipeline: pipeline, policy: pipeline.Policy}
	either(&m.version, digits[:12])
	m.policy, err = model.ParsePolicy(m.policy, s.o.Policy)
	if err != nil {
		return false, err
	}
	if other := one.place(m.version); other != nil && other != p {
		err = fmt.Errorf("version %s of %s is there already", m.version, one.name)
		p.failure = err.Error()
		return false, err
	}
	m.settle(s)
	if p.previous != nil && p.previous.version != m.version {
		s.metrics.forget(p.previous)
	}
	p.previous = old
	p.current.Store(m)
	p.failure, p.refused = "", ""
	return true, nil
}

// settle makes what a loaded model needs to serve.
func (m *loaded) settle(s *Server) {
	m.classifies = m.pipeline.Classifies()
	m.drift = newDrift(m.pipeline)
	m.shown = s.o.Dashboard > 0
	m.redacted = map[string]bool{}
	for _, name := range s.o.Redact {
		m.redacted[dataset.Spelling(name)] = true
	}
	m.counts = s.metrics.of(m.name, m.version)
}
