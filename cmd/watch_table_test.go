package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
)

// A connRow is a made row of a conn.log.
type connRow map[string]any

var connNames = []string{"id", "batch", "ts", "uid", "id_orig_h", "id_orig_p", "id_resp_h", "id_resp_p", "proto", "conn_state", "duration", "orig_bytes", "resp_bytes", "orig_pkts", "resp_pkts"}

// conns makes rows, of which some begin later than those that follow.
func conns(n int) []connRow {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]connRow, n)
	for i := range out {
		out[i] = connRow{"id": i + 1, "batch": i / 3, "ts": 1772438400 + float64(i/3) + float64(r.IntN(8))/4, "uid": fmt.Sprintf("C%04d", i),
			"id_orig_h": fmt.Sprintf("10.0.0.%d", 1+r.IntN(6)), "id_orig_p": 1024 + r.IntN(6000), "id_resp_h": fmt.Sprintf("192.0.2.%d", 1+r.IntN(40)),
			"id_resp_p": []int{22, 53, 80, 443}[r.IntN(4)], "proto": []string{"tcp", "tcp", "udp"}[r.IntN(3)], "conn_state": []string{"SF", "S0", "REJ", "SF"}[r.IntN(4)],
			"duration": float64(r.IntN(900)) / 8, "orig_bytes": r.IntN(9000), "resp_bytes": r.IntN(90_000), "orig_pkts": 1 + r.IntN(9), "resp_pkts": 1 + r.IntN(9)}
	}
	return out
}

// writeConns writes rows as a log of JSON lines, and as a table.
func writeConns(t *testing.T, name string, rows []connRow) {
	t.Helper()
	var lines, csv strings.Builder
	fmt.Fprintln(&csv, strings.Join(connNames, ","))
	for _, r := range rows {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
		cells := make([]string, len(connNames))
		for i, name := range connNames {
			cells[i] = fmt.Sprint(r[name])
			if x, ok := r[name].(float64); ok {
				cells[i] = fmt.Sprintf("%.3f", x)
			}
		}
		fmt.Fprintln(&csv, strings.Join(cells, ","))
	}
	write(t, name+".log", lines.String())
	write(t, name+".csv", csv.String())
}

// raised are alerts by their connections: scores and records.
func raised(t *testing.T, lines string) map[string][]any {
	t.Helper()
	out := map[string][]any{}
	for line := range strings.Lines(lines) {
		var a struct {
			ID, UID string
			Score   float64
			Record  map[string]any
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if out[a.UID] != nil || a.ID == "" {
			t.Errorf("%s has two alerts, or one without an id", a.UID)
		}
		out[a.UID] = []any{a.Score, a.Record}
	}
	return out
}

// adds returns a function that adds some of the rows of a table to one that has been loaded.
func (s *testServer) adds(t *testing.T, address, path string) func(from, to int) {
	t.Helper()
	f, err := dataset.Open(t.Context(), path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := dataset.Load(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	names, cells, _ := s.cells(t, table)
	at, err := sql.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	return func(from, to int) {
		if err := s.all[0].Insert(t.Context(), at.Table, names, sharePart(cells, to, from, 1)); err != nil {
			t.Error(err)
		}
	}
}

// later has a statement run after a while.
func (s *testServer) later(t *testing.T, after time.Duration, statement string) {
	time.AfterFunc(after, func() {
		if err := s.all[0].Exec(context.Background(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	})
}

const watchAll = " --model m.netanom --threshold 0 --hold 366d --reasons 0 --print alerts "

// TestWatchTable watches tables while rows are added to them, also over a connection that
// breaks, and finds what it finds in a log of the same rows.
func TestWatchTable(t *testing.T) {
	servers := testServers(t)
	inTestdata(t)
	done(t, "train traffic.csv --features conn --algo tree --validate none --out m.netanom")
	all := conns(600)
	writeConns(t, "conn", all)
	writeConns(t, "part", all[:300])
	want := raised(t, made(t, "watch conn.log --for 1s"+watchAll).stdout)
	if len(want) != len(all) {
		t.Fatalf("%d alerts of %d rows of a log", len(want), len(all))
	}
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			address := s.load(t, "netanom_watch", "part.csv")
			add := s.adds(t, address, "conn.csv")
			through := newBridge(t, address)
			var working sync.WaitGroup
			working.Go(func() {
				time.Sleep(900 * time.Millisecond)
				add(300, 450)
				time.Sleep(600 * time.Millisecond)
				through.cut()
				add(450, 600)
				time.Sleep(600 * time.Millisecond)
				through.mend()
			})
			r := made(t, "watch "+through.address+" --key ID --poll 50ms --lag 200ms --for 8s"+watchAll)
			working.Wait()
			if got := raised(t, r.stdout); !reflect.DeepEqual(got, want) {
				t.Errorf("%d alerts, want %d", len(got), len(want))
			}
			if strings.Count(r.stderr, "trying again") != 1 || strings.Count(r.stderr, "can be read again") != 1 {
				t.Errorf("standard error says %q", r.stderr)
			}
		})
	}
}

// TestWatchTableGoesOn is started again when the table has grown, and neither loses nor
// repeats an alert; rows that share their keys stay together. A table that is gone ends it.
func TestWatchTableGoesOn(t *testing.T) {
	servers := testServers(t)
	inTestdata(t)
	done(t, "train traffic.csv --features conn --algo tree --validate none --out m.netanom")
	all := conns(200)
	writeConns(t, "conn", all)
	writeConns(t, "part", all[:99])
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			address := s.load(t, "netanom_watch_on", "part.csv")
			add := s.adds(t, address, "conn.csv")
			watch := "watch " + address + " --key batch --lag 1ms --poll 20ms --model m.netanom --threshold 0 --hold 1ms --print none --state " + s.name + ".state --alerts " + s.name + ".jsonl --for "
			made(t, watch+"1s")
			add(99, 150)
			made(t, watch+"1s")
			add(150, 200)
			if r := made(t, watch+"1s"); !strings.Contains(r.stderr, "199 connections scored, 199 alerts") { // the last waits
				t.Errorf("standard error says %q", r.stderr)
			}
			if got := raised(t, read(t, s.name+".jsonl")); len(got) != 199 {
				t.Errorf("%d alerts", len(got))
			}
			other := session{}.run(t, oneCommand(t, strings.Replace(watch, "--key batch", "--key uid", 1)+"1s")...)
			if other.code != exitError || !strings.Contains(other.stderr, "by batch, and not of") {
				t.Errorf("by another key: exit code %d: %s", other.code, other.stderr)
			}
			at, err := sql.ParseAddress(address)
			if err != nil {
				t.Fatal(err)
			}
			s.later(t, 500*time.Millisecond, "DROP TABLE "+s.all[0].Dialect().From(at.Table))
			r := session{}.run(t, oneCommand(t, watch+"20s")...)
			if r.code != exitError || !strings.Contains(r.stderr, "there is no such table") || strings.Contains(r.stderr, "trying again") {
				t.Errorf("without its table: exit code %d: %s", r.code, r.stderr)
			}
		})
	}
}

// nativeTables are tables with the types that servers have for what a conn.log holds, two
// empty ones and one without a port, as statements; %s is the name.
var nativeTables = map[string][]string{
	"clickhouse": {
		"CREATE TABLE %s (added DateTime DEFAULT now(), ts Nullable(DateTime), uid String, `id.orig_h` String, `id.orig_p` UInt16, `id.resp_h` Nullable(String), `id.resp_p` Nullable(UInt16), proto Enum8('tcp' = 1, 'udp' = 2), duration Nullable(Float32), conn_state Nullable(String), orig_bytes UInt64) ENGINE = MergeTree ORDER BY added",
		"INSERT INTO %s (ts, uid, `id.orig_h`, `id.orig_p`, `id.resp_h`, `id.resp_p`, proto, duration, conn_state, orig_bytes) " +
			"SELECT toDateTime(1772438400), 'CA', '10.0.0.1', 1024, '2001:db8::1', 80, 'tcp', 0.5, 'SF', 7 " +
			"UNION ALL SELECT toDateTime(1772438401), 'CB', '10.0.0.1', 1024, '::ffff:192.0.2.9', 80, 'tcp', nan, NULL, 7 " +
			"UNION ALL SELECT toDateTime(1772438402), 'CC', '10.0.0.1', 1024, '2001:db8::1', NULL, 'tcp', 0.5, 'SF', 7",
	},
	"postgres": {
		`CREATE TABLE %s (added timestamptz DEFAULT now(), ts timestamptz, uid text, "id.orig_h" inet, "id.orig_p" integer, "id.resp_h" inet, "id.resp_p" integer, proto text, duration interval, conn_state text, orig_bytes bigint)`,
		`INSERT INTO %s (ts, uid, "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", proto, duration, conn_state, orig_bytes) VALUES
			(to_timestamp(1772438400), 'CA', '10.0.0.1', 1024, '2001:db8::1', 80, 'tcp', '0.5 s', 'SF', 7),
			(to_timestamp(1772438401), 'CB', '10.0.0.1', 1024, '192.0.2.9', 80, 'tcp', NULL, '-', 7),
			(to_timestamp(1772438402), 'CC', '10.0.0.1', 1024, '2001:db8::1', NULL, 'tcp', '0.5 s', 'SF', 7)`,
	},
}

// TestWatchNativeTable watches tables that hold times, addresses and NULLs as such, are
// empty at first, and have the same key in all rows.
func TestWatchNativeTable(t *testing.T) {
	servers := testServers(t)
	inTestdata(t)
	done(t, "train traffic.csv --features conn --algo tree --validate none --out m.netanom")
	write(t, "same.log", `{"ts":1772438400,"uid":"CA","id.orig_h":"10.0.0.1","id.orig_p":1024,"id.resp_h":"2001:db8::1","id.resp_p":80,"proto":"tcp","duration":0.5,"conn_state":"SF","orig_bytes":7}
{"ts":1772438401,"uid":"CB","id.orig_h":"10.0.0.1","id.orig_p":1024,"id.resp_h":"192.0.2.9","id.resp_p":80,"proto":"tcp","orig_bytes":7}
`)
	want := raised(t, made(t, "watch same.log --for 500ms"+watchAll).stdout)
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			address := s.base + "/netanom_watch_native"
			at, err := sql.ParseAddress(address)
			if err != nil {
				t.Fatal(err)
			}
			name := s.all[0].Dialect().From(at.Table)
			s.exec(t, s.all[0], "DROP TABLE IF EXISTS "+name)
			t.Cleanup(func() { _ = s.all[0].Exec(context.Background(), "DROP TABLE IF EXISTS "+name) })
			s.exec(t, s.all[0], fmt.Sprintf(nativeTables[s.name][0], name))
			s.later(t, 400*time.Millisecond, fmt.Sprintf(nativeTables[s.name][1], name))
			for _, begin := range []string{"end", "start"} {
				r := made(t, "watch "+address+" --key added --lag 100ms --poll 20ms --for 1500ms --from "+begin+watchAll)
				if got := raised(t, r.stdout); !reflect.DeepEqual(got, want) {
					t.Errorf("from %s: %v, want %v", begin, got, want)
				}
				if !strings.Contains(r.stderr, "a row cannot be read") || !strings.Contains(r.stderr, ": id.resp_p is missing") {
					t.Errorf("standard error says %q", r.stderr)
				}
			}
			for line, want := range map[string]string{
				"watch " + address + " --model m.netanom --key nothing":                                 "nothing",
				"watch " + strings.Replace(address, "native", "none", 1) + " --model m.netanom --key a": "table",
			} {
				if r := (session{}).run(t, oneCommand(t, line)...); r.code == exitDone || !strings.Contains(r.stderr, want) {
					t.Errorf("%s: exit code %d: %s", line, r.code, r.stderr)
				}
			}
		})
	}
}

// TestWatchTableMistakes needs no server.
func TestWatchTableMistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	for line, want := range map[string]string{
		"watch clickhouse://127.0.0.1/d/t --model m":                          "name it with --key",
		"watch clickhouse://127.0.0.1/d/t --model m --key a --archive .":      "--archive is not about a table",
		"watch postgres://127.0.0.1/d/t --model m --key a --max-flows 20":     "--max-flows is not about a table",
		"watch conn.log --model m --lag 5s":                                   "--lag is about a table",
		"watch - --model m --key ts":                                          "--key is about a table",
		"watch --interface lo --model m --password-file x":                    "--password-file is about a table",
		"watch clickhouse://127.0.0.1/d/t --model m --key a --interface eth0": "give one",
		"watch clickhouse://127.0.0.1/d/t --model m --key a --poll 0s":        "span",
	} {
		if r := (session{}).run(t, oneCommand(t, line)...); r.code != exitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit code %d: %s", line, r.code, r.stderr)
		}
	}
}

// A bridge carries connections to a server, until it is cut.
type bridge struct {
	address string // of the table, over the bridge
	to      string
	at      string
	mu      sync.Mutex
	listen  net.Listener
	open    []net.Conn
}

func newBridge(t *testing.T, address string) *bridge {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	b := &bridge{to: u.Host, at: "127.0.0.1:0"}
	b.mend()
	if b.listen == nil {
		t.Fatal("no bridge can be built")
	}
	t.Cleanup(b.cut)
	b.at = b.listen.Addr().String()
	u.Host = b.at
	b.address = u.String()
	return b
}

// mend lets connections pass.
func (b *bridge) mend() {
	l, err := net.Listen("tcp", b.at)
	if err != nil {
		return // nothing will pass, and the test sees it
	}
	b.mu.Lock()
	b.listen = l
	b.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", b.to)
			if err != nil {
				near.Close()
				continue
			}
			b.mu.Lock()
			b.open = append(b.open, near, far)
			b.mu.Unlock()
			go func() { _, _ = io.Copy(far, near); far.Close() }()
			go func() { _, _ = io.Copy(near, far); near.Close() }()
		}
	}()
}

// cut ends all connections, and lets no other pass.
func (b *bridge) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listen.Close()
	for _, c := range b.open {
		c.Close()
	}
	b.open = nil
}
