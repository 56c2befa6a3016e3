package cmd

import (
	"math"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/serve"
	"github.com/netanom/netanom/serve/alert"
)

// alertOptions are the flags about where alerts go.
type alertOptions struct {
	path    string
	size    number
	keep    number
	sync    bool
	webhook string
	headers string
	secret  string
	syslog  string
}

func (o *alertOptions) flags(c *cobra.Command) {
	o.size, o.keep = number{value: 64, low: 1, high: 1 << 20, kind: whole}, number{value: 8, low: 1, high: 10000, kind: whole}
	f := c.Flags()
	f.StringVar(&o.path, "alerts", "", "`file` to append alerts to, as JSON lines; needed by the sinks below, which read it")
	f.Var(&o.size, "alerts-mib", "size in MiB at which the next file of alerts is begun")
	f.Var(&o.keep, "alerts-keep", "older files of alerts that are kept")
	f.BoolVar(&o.sync, "alerts-sync", false, "alerts are on the disk before the answer, so that they outlive a loss of power")
	f.StringVar(&o.webhook, "webhook", "", "`URL` to POST alerts to")
	f.StringVar(&o.headers, "webhook-headers", "", "`file` of header lines for the webhook, such as Authorization: Bearer …")
	f.StringVar(&o.secret, "webhook-secret", "", "`file` with a secret by which the webhook's bodies are signed")
	f.StringVar(&o.syslog, "syslog", "", "`address` to send alerts to, as in udp://127.0.0.1:514, tcp://… or unixgram:///dev/log")
}

// options makes options of the flags.
func (o *alertOptions) options(w *world) (alert.Options, error) {
	a := alert.Options{Path: o.path, MaxBytes: int64(o.size.value) << 20, Keep: int(o.keep.value), Sync: o.sync}
	if o.path == "" && (o.webhook != "" || o.syslog != "") {
		return a, usagef("--webhook and --syslog send what is in the file of alerts, so that nothing is lost; give --alerts")
	}
	if o.webhook == "" && (o.headers != "" || o.secret != "") {
		return a, usagef("--webhook-headers and --webhook-secret are for --webhook; give its URL")
	}
	if o.webhook != "" {
		hook := &alert.Webhook{URL: o.webhook}
		var err error
		if hook.Header, err = readHeaders(o.headers); err != nil {
			return a, err
		}
		if hook.Secret, err = readSecret(o.secret); err != nil {
			return a, err
		}
		a.Deliverers = append(a.Deliverers, hook)
	}
	if o.syslog != "" {
		network, address, ok := strings.Cut(o.syslog, "://")
		if !ok {
			return a, usagef("--syslog %s: write udp://HOST:PORT, tcp://HOST:PORT or unixgram:///PATH", o.syslog)
		}
		a.Deliverers = append(a.Deliverers, &alert.Syslog{Network: network, Address: address})
	}
	return a, nil
}

// readHeaders reads lines such as Authorization: Bearer ….
func readHeaders(path string) (http.Header, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	h := http.Header{}
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, usagef("%s:%d: a header is written as NAME: VALUE", path, i+1)
		}
		h.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return h, nil
}

// readSecret reads a file without the white space around its content.
func readSecret(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	f.Close()
	text, err := os.ReadFile(path)
	return []byte(strings.TrimSpace(string(text))), err
}

// limitOptions are the flags that bound what clients can do.
type limitOptions struct {
	serve.Limits
	body, rows, concurrent, queue, connections number
	rate, burst                                number
}

func (o *limitOptions) flags(c *cobra.Command) {
	o.Limits = serve.DefaultLimits(1)
	o.body = number{value: 8, low: 1, high: 1024, kind: whole}
	o.rows = number{value: float64(o.Limits.Rows), low: 1, high: 1e7, kind: whole}
	o.concurrent = number{value: math.NaN(), low: 1, high: 1e5, kind: whole}
	o.queue = number{value: float64(o.Limits.Queue), low: 1, high: 1e6, kind: whole}
	o.connections = number{value: float64(o.Limits.Connections), low: 1, high: 1e6, kind: whole}
	o.rate = number{value: math.NaN(), high: math.MaxFloat64, kind: open}
	o.burst = number{value: float64(o.Limits.Burst), low: 1, high: 1e6, kind: whole}
	f := c.Flags()
	f.Var(&o.body, "max-body", "largest body in MiB, as sent and unpacked")
	f.Var(&o.rows, "max-rows", "records of a request that is no stream")
	f.Var(&o.concurrent, "max-concurrent", "requests that are scored at once (default: 4 a core)")
	f.Var(&o.queue, "max-queue", "requests that wait to be scored; others get 503")
	f.Var(&o.connections, "max-connections", "connections that are open at once")
	f.Var(&o.rate, "rate", "requests a second of one client; others get 429 (default: any)")
	f.Var(&o.burst, "burst", "requests of one client at once, with --rate")
	f.DurationVar(&o.Score, "timeout", o.Score, "`time` to score a request")
	f.DurationVar(&o.ReadHeader, "header-timeout", o.ReadHeader, "`time` to read a request's header")
	f.DurationVar(&o.Read, "read-timeout", o.Read, "`time` to read a request, or a chunk of a stream")
	f.DurationVar(&o.Write, "write-timeout", o.Write, "`time` to write an answer, or a chunk of a stream")
	f.DurationVar(&o.Idle, "idle-timeout", o.Idle, "`time` that a connection may be idle")
	f.DurationVar(&o.Drain, "drain", o.Drain, "`time` between the end of readiness and that of listening")
	f.DurationVar(&o.Shutdown, "shutdown-timeout", o.Shutdown, "`time` to finish requests at the end")
	f.Lookup("max-concurrent").DefValue, f.Lookup("rate").DefValue = "", ""
}

// limits makes limits of the flags.
func (o *limitOptions) limits() serve.Limits {
	l := o.Limits
	l.Body, l.Rows, l.Queue, l.Connections = int64(o.body.value)<<20, int(o.rows.value), int(o.queue.value), int(o.connections.value)
	l.Burst, l.Concurrent = int(o.burst.value), 0
	if l.Drain == 0 {
		l.Drain = -1
	}
	if !math.IsNaN(o.concurrent.value) {
		l.Concurrent = int(o.concurrent.value)
	}
	return l
}
