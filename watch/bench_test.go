package watch

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic"
)

// simulated returns simulated connections in order of their starts.
func simulated(t testing.TB, connections int, seed uint64) []traffic.Record {
	return attacked(t, connections, seed, traffic.DefaultOptions().AttackShare)
}

// attacked is simulated with a share of attacks.
func attacked(t testing.TB, connections int, seed uint64, share float64) []traffic.Record {
	t.Helper()
	o := traffic.DefaultOptions()
	o.AttackShare = share
	o.Connections, o.Seed = connections, seed
	var out []traffic.Record
	if err := traffic.Simulate(context.Background(), o, func(r *traffic.Record) error { out = append(out, *r); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	trainedMu sync.Mutex
	trainedOf = map[string][]byte{}
)

// trained returns a model of a kind that has seen simulated connections, without their
// content, which logs do not tell. The same is trained once.
func trained(t testing.TB, algo, settings string) *model.Pipeline {
	t.Helper()
	p, err := model.Read(bytes.NewReader(trainedText(t, algo, settings)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func trainedText(t testing.TB, algo, settings string) []byte {
	t.Helper()
	trainedMu.Lock()
	defer trainedMu.Unlock()
	if trainedOf[algo+settings] == nil {
		trainedOf[algo+settings] = train(t, algo, settings)
	}
	return trainedOf[algo+settings]
}

func train(t testing.TB, algo, settings string) []byte {
	t.Helper()
	ctx := context.Background()
	var csv bytes.Buffer
	w := traffic.NewWriter(&csv)
	must(t, w.WriteHeader())
	for _, r := range simulated(t, 1500, 1) {
		must(t, w.Write(&r))
	}
	must(t, w.Flush())
	f, err := dataset.OpenReader(ctx, "test.csv", &csv, dataset.Options{})
	must(t, err)
	defer f.Close()
	table, err := dataset.Load(ctx, f)
	must(t, err)
	d, err := model.Load(ctx, table, model.DataOptions{})
	must(t, err)
	rows, err := d.Labelled()
	must(t, err)
	spec, err := model.NewSpec(algo)
	must(t, err)
	if settings != "" {
		must(t, model.Set(spec, []byte(settings)))
	}
	steps, err := model.UsualSteps(algo)
	must(t, err)
	p, err := model.Train(ctx, d, rows, model.Recipe{Task: model.Binary, Spec: spec, Steps: steps, Rule: model.UsualRule(algo), Seed: 1, Folds: 3}, nil, model.Work{})
	must(t, err)
	var text bytes.Buffer
	must(t, p.Write(&text))
	return text.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quickTree(t testing.TB) *model.Pipeline { return trained(t, "tree", `{"max_depth":6}`) }

// zeekHeader is that of a conn.log that was opened at a time that tells it from others.
func zeekHeader(opened string) string {
	return "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t" + opened + "\n" +
		"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\torig_pkts\tresp_pkts\n" +
		"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tcount\tcount\n"
}

// zeekLine writes a connection as Zeek does, with a number that names it.
func zeekLine(b []byte, c *traffic.Connection, number int) []byte {
	bytes := c.SrcBytes
	if c.Protocol == traffic.ICMP {
		bytes -= 8
	}
	state := c.State.String()
	return fmt.Appendf(b, "%d.%06d\tC%d\t%s\t%d\t%s\t%d\t%s\t-\t%d.%06d\t%d\t%d\t%s\t1\t0\n", c.Start/1e6, c.Start%1e6, number,
		c.Src, c.SrcPort, c.Dst, c.DstPort, c.Protocol, c.Duration/1e6, c.Duration%1e6, max(bytes, 0), c.DstBytes, state)
}

// zeekLines writes simulated connections in the order in which they end, as Zeek does.
func zeekLines(t testing.TB, connections int, seed uint64) []string {
	return zeekLinesOf(simulated(t, connections, seed))
}

func zeekLinesOf(records []traffic.Record) []string {
	slices.SortStableFunc(records, func(a, b traffic.Record) int {
		return int(a.Start + min(a.Duration, 60e6) - b.Start - min(b.Duration, 60e6))
	})
	out := make([]string, len(records))
	for i := range records {
		out[i] = string(zeekLine(nil, &records[i].Connection, i))
	}
	return out
}

func openAlerts(t testing.TB, path string) *alert.Log {
	t.Helper()
	l, err := alert.Open(context.Background(), alert.Options{Path: path, Patience: time.Minute, MaxBytes: 200 << 10, Keep: 10_000, Logger: slog.New(slog.DiscardHandler)})
	must(t, err)
	return l
}

func closeAlerts(t testing.TB, l *alert.Log) {
	t.Helper()
	must(t, l.Close(context.Background()))
}

// alertsOf reads all alerts of a log, oldest first.
func alertsOf(t testing.TB, path string) []alert.Alert {
	t.Helper()
	names, err := filepath.Glob(path + ".0*")
	must(t, err)
	slices.Sort(names)
	var out []alert.Alert
	for _, name := range append(names, path) {
		text, err := os.ReadFile(name)
		must(t, err)
		for line := range bytes.Lines(text) {
			var a alert.Alert
			must(t, a.UnmarshalJSON(line))
			out = append(out, a)
		}
	}
	return out
}

// site is a directory with a log, a state and an alert log.
type site struct {
	t       testing.TB
	dir     string
	o       Options
	mu      sync.Mutex
	notices []string
}

func newSite(t testing.TB) *site {
	s := &site{t: t, dir: t.TempDir()}
	s.o = Options{Model: quickTree(t), State: s.path("state"), quiet: time.Hour, Notice: func(text string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notices = append(s.notices, text)
	}}
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(name string, parts ...string) {
	s.t.Helper()
	f, err := os.OpenFile(s.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(s.t, err)
	for _, p := range parts {
		_, err := f.WriteString(p)
		must(s.t, err)
	}
	must(s.t, f.Close())
}

func (s *site) told(part string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.notices, func(n string) bool { return strings.Contains(n, part) })
}

// follow follows the log until so many lines, of all runs together, have been read, and
// returns the last snapshot.
func (s *site) follow(lines int64) Snapshot {
	s.t.Helper()
	l := openAlerts(s.t, s.path("alerts"))
	defer closeAlerts(s.t, l)
	s.o.Alerts = l
	e, err := New(s.o)
	must(s.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for deadline := time.Now().Add(30 * time.Second); e.linesRead() < lines && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	must(s.t, e.Follow(ctx, FollowOptions{Path: s.path("conn.log"), Settle: 50 * time.Millisecond}))
	if n := e.linesRead(); n < lines {
		s.t.Fatalf("%d lines were read, want %d; notices %q", n, lines, s.notices)
	}
	return e.Snapshot()
}

func (e *Engine) linesRead() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.counts.Lines
}

// addressOf is that of a test host.
func addressOf(n byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, n}) }

func contextOf(t testing.TB) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return ctx, cancel
}
