package serve

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve/alert"
)

// Options are everything chosen about a service. Zero fields stand for the defaults
// of DefaultLimits and for what is switched off.
type Options struct {
	Version string // of the program
	Addr    string // where to listen for clients; "" is 127.0.0.1:8080
	Admin   string // where to listen for /-/ routes: a loopback address; "": nowhere
	Profile string // where to listen for pprof: a loopback address; "": nowhere

	Models []ModelFile
	Shadow string   // NAME or NAME@VERSION of a model that scores what others answer
	Policy []string // pairs such as level=reject, instead of what the models say

	Keys     string // file of keys; "": no key is asked for
	TLS      TLS
	Insecure bool     // an address that is no loopback may do without keys or TLS
	Origins  []string // of pages in browsers that may ask; none: no CORS

	Limits   Limits
	Alerts   alert.Options // Path "": none
	Feedback string        // file for true labels; "": none are taken
	Redact   []string      // columns whose values are left out of alerts, logged rows and the dashboard
	LogRows  float64       // share of scored rows that are logged with their fields

	Dashboard int // latest rows that the live dashboard shows; 0: there is none

	Trace string // OpenTelemetry collector (OTLP over HTTP), such as http://127.0.0.1:4318; "": no tracing

	Watch  time.Duration // how often model files are looked at; 0: 2 s, negative: never
	Log    *slog.Logger  // nil: nothing is logged
	Access *slog.Logger  // a line a request; nil: none
	Now    func() time.Time
}

// A ModelFile is a model to serve.
type ModelFile struct {
	Name    string
	Version string // "": the first digits of the checksum in the file
	Path    string
}

// Limits bound what a client can make the service do.
type Limits struct {
	Body        int64         // bytes of a request's body, as sent and unpacked
	Line        int           // bytes of a line of a stream
	Rows        int           // of a request that is no stream
	Depth       int           // of nested JSON
	Concurrent  int           // requests that are scored at once
	Queue       int           // requests that wait for it
	Rate        float64       // requests a second of one client; 0: any
	Burst       int           // requests of one client at once, where Rate is set
	Header      int           // bytes of a request's header
	Connections int           // open at once
	ReadHeader  time.Duration // to read the header
	Read        time.Duration // to read a request; of a stream: each chunk
	Write       time.Duration // to write an answer; of a stream: each chunk
	Idle        time.Duration // between requests of a connection
	Score       time.Duration // to score a request
	Drain       time.Duration // between the end of readiness and that of listening; negative: none
	Shutdown    time.Duration // to finish requests
}

// DefaultLimits are the limits that stand for zero fields. cores is how many
// processors may be used.
func DefaultLimits(cores int) Limits {
	return Limits{
		Body: 8 << 20, Line: 64 << 10, Rows: 10000, Depth: 8, Concurrent: 4 * cores, Queue: 64, Burst: 20, Header: 16 << 10, Connections: 1024,
		ReadHeader: 5 * time.Second, Read: 30 * time.Second, Write: 60 * time.Second, Idle: 2 * time.Minute, Score: 10 * time.Second,
		Drain: 5 * time.Second, Shutdown: 30 * time.Second,
	}
}

// or returns the limits with those of d for what is 0.
func (l Limits) or(d Limits) Limits {
	either(&l.Body, d.Body)
	either(&l.Line, d.Line)
	either(&l.Rows, d.Rows)
	either(&l.Depth, d.Depth)
	either(&l.Concurrent, d.Concurrent)
	either(&l.Queue, d.Queue)
	either(&l.Burst, d.Burst)
	either(&l.Header, d.Header)
	either(&l.Connections, d.Connections)
	for _, p := range []struct {
		to *time.Duration
		by time.Duration
	}{{&l.ReadHeader, d.ReadHeader}, {&l.Read, d.Read}, {&l.Write, d.Write}, {&l.Idle, d.Idle}, {&l.Score, d.Score}, {&l.Drain, d.Drain}, {&l.Shutdown, d.Shutdown}} {
		either(p.to, p.by)
	}
	return l
}

func either[T comparable](to *T, by T) {
	var zero T
	if *to == zero {
		*to = by
	}
}

// modelName is what a model or a version may be called: it stands in paths and labels.
var modelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ErrExposed is a service that others could reach and that would not ask who they are.
var ErrExposed = errors.New("an address that is no loopback needs keys and TLS; give --keys and --tls-cert, or --insecure where something before the service sees to that")

// check returns an error, as a sentence, unless the options go together.
func (o *Options) check() error {
	if len(o.Models) == 0 {
		return errors.New("there is no model to serve; give --model with a file that netanom train has written")
	}
	seen := map[string]bool{}
	for _, m := range o.Models {
		if !modelName.MatchString(m.Name) || m.Version != "" && !modelName.MatchString(m.Version) {
			return fmt.Errorf("model %q, version %q: a name is made of letters, digits, points, hyphens and underscores", m.Name, m.Version)
		}
		if key := m.Name + "@" + m.Version; seen[key] {
			return fmt.Errorf("model %s is there twice; give one of them another name, or a version as in %s@2=FILE", m.Name, m.Name)
		} else {
			seen[key] = true
		}
	}
	l := &o.Limits
	for _, d := range []time.Duration{l.ReadHeader, l.Read, l.Write, l.Idle, l.Score, l.Shutdown} {
		if d < 0 {
			return fmt.Errorf("a time of %v is none; give one above 0", d)
		}
	}
	if _, err := model.ParsePolicy(model.Policy{}, o.Policy); err != nil {
		return fmt.Errorf("--policy: %w", err)
	}
	if err := o.TLS.check(); err != nil {
		return err
	}
	if !loopback(o.Addr) && !o.Insecure && (o.Keys == "" || o.TLS.Cert == "") {
		return ErrExposed
	}
	for _, a := range []struct{ flag, addr string }{{"--admin", o.Admin}, {"--pprof", o.Profile}} {
		if a.addr != "" && !loopback(a.addr) && !o.Insecure {
			return fmt.Errorf("%s %s: only a loopback address, as in 127.0.0.1:9090, or --insecure", a.flag, a.addr)
		}
	}
	if !(o.LogRows >= 0 && o.LogRows <= 1) {
		return fmt.Errorf("--log-rows %v: give a share from 0 to 1", o.LogRows)
	}
	if o.Trace != "" {
		if u, err := url.Parse(o.Trace); err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
			return errors.New("--trace needs the address of a collector, as in http://127.0.0.1:4318")
		}
	}
	return nil
}

// loopback reports whether only this machine can reach an address.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// silent is a logger that writes nothing.
func silent() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
