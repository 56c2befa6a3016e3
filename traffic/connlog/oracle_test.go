package connlog

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic"
)

// open opens the file, unpacking it if its name ends in .gz.
func open(t testing.TB, path string) io.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(path, ".gz") {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// read returns all connections of a log in its order.
func read(t testing.TB, r io.Reader, o Options) ([]traffic.Connection, *Reader) {
	t.Helper()
	log, err := NewReader(r, o)
	if err != nil {
		t.Fatal(err)
	}
	var cs []traffic.Connection
	err = log.All(context.Background(), func(c *traffic.Connection) error {
		cs = append(cs, *c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := log.Problems(); p.Connections != int64(len(cs)) {
		t.Errorf("%d connections counted, %d handed out", p.Connections, len(cs))
	}
	return cs, log
}

// TestReferenceFeatures holds all that a Writer writes of three conn.logs to the rows of
// an independent, slow program, which leaves ICMP rows aggregated.
func TestReferenceFeatures(t *testing.T) {
	dir := check.Shared(t, "data", "traffic", "conn")
	for log, want := range map[string]string{
		"zat-conn-tsv.log":               "zat-conn-tsv.kdd.csv.gz",
		"zat-conn-json.log":              "zat-conn-json.kdd.csv.gz",
		"rita-2024-04-19-conn-01.log.gz": "rita-2024-04-19-conn-01.kdd.csv.gz",
	} {
		t.Run(log, func(t *testing.T) {
			cs, _ := read(t, open(t, filepath.Join(dir, log)), Options{KeepAggregates: true})
			rows, err := csv.NewReader(open(t, filepath.Join(dir, want))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			compareFeatures(t, cs, rows[0], rows[1:])
		})
	}
}

func compareFeatures(t *testing.T, cs []traffic.Connection, names []string, want [][]string) {
	if len(cs) != len(want) {
		t.Fatalf("%d connections, want %d", len(cs), len(want))
	}
	slices.SortStableFunc(cs, func(a, b traffic.Connection) int { return cmp.Compare(a.Start, b.Start) })
	var text strings.Builder
	w, windows := traffic.NewWriter(&text), traffic.Windows{}
	for i := range cs {
		cs[i].Lacks = 0 // a Writer leaves empty what is lacking, and the reference has 0 there
		if err := w.Write(&traffic.Record{Connection: cs[i], Features: windows.Add(&cs[i])}); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	for i, line := range strings.Split(strings.TrimSpace(text.String()), "\n") {
		c, got := &cs[i], strings.Split(line, ",")
		for j := range 41 {
			if got[5+j] != want[i][j] {
				t.Fatalf("row %d, %s = %s, want %s", i+1, names[j], got[5+j], want[i][j])
			}
		}
		compareEnds(t, c, names, want[i])
	}
	t.Logf("%d rows equal", len(cs))
}

// compareEnds checks when and between whom a connection was.
func compareEnds(t *testing.T, c *traffic.Connection, names, want []string) {
	t.Helper()
	cell := func(name string) string { return want[slices.Index(names, name)] }
	port := func(p uint16) string { return strconv.Itoa(int(p)) }
	seconds := strconv.FormatInt(c.Start/1e6, 10) + "." + strconv.FormatInt(1e6+c.Start%1e6, 10)[1:]
	for name, got := range map[string]string{"ts": seconds, "uid": c.UID, "sport": port(c.SrcPort), "dport": port(c.DstPort)} {
		if got != cell(name) {
			t.Fatalf("%s = %s, want %s", name, got, cell(name))
		}
	}
	if c.Src != netip.MustParseAddr(cell("src")) || c.Dst != netip.MustParseAddr(cell("dst")) {
		t.Fatalf("%v > %v, want %s > %s", c.Src, c.Dst, cell("src"), cell("dst"))
	}
}
