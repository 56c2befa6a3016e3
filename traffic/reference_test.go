package traffic

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// expected are rows with all 41 features from an independent, slow program.
type expected struct {
	names []string
	rows  [][]string
}

func readExpected(t *testing.T, path string) expected {
	t.Helper()
	rows, err := csv.NewReader(open(t, path)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return expected{rows[0], rows[1:]}
}

// open opens the file, unpacking it if its name ends in .gz.
func open(t *testing.T, path string) io.Reader {
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

// compare checks the features of every connection against the expected rows.
func (e expected) compare(t *testing.T, cs []Connection) {
	t.Helper()
	if len(cs) != len(e.rows) {
		t.Fatalf("%d connections, want %d", len(cs), len(e.rows))
	}
	var w Windows
	for i := range cs {
		c := &cs[i]
		f := w.Add(c)
		line := appendFeatures(appendContent(appendBasic(nil, c), &c.Content), &f)[1:]
		got := strings.Split(string(line), ",")
		for j := range got {
			if got[j] != e.rows[i][j] {
				t.Fatalf("row %d, %s = %s, want %s", i+1, e.names[j], got[j], e.rows[i][j])
			}
		}
	}
}

// TestSyntheticCaptures holds all 41 features of twelve small captures, one
// for each behaviour, to the values of the reference program.
func TestSyntheticCaptures(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(check.Shared(t, "data", "traffic", "synth"), "*.expect.csv"))
	if err != nil || len(paths) != 12 {
		t.Fatalf("%d captures (%v), want 12", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(path, ".expect.csv")
		t.Run(filepath.Base(name), func(t *testing.T) {
			basics := readExpected(t, path)
			cs := make([]Connection, len(basics.rows))
			for i, row := range basics.rows {
				cs[i] = connectionOf(t, basics.names, row)
			}
			slices.SortStableFunc(cs, func(a, b Connection) int { return cmp.Compare(a.Start, b.Start) })
			readExpected(t, name+".kdd.csv").compare(t, cs)
		})
	}
}

func connectionOf(t *testing.T, names, row []string) Connection {
	t.Helper()
	cell := func(name string) string { return row[slices.Index(names, name)] }
	number := func(name string) float64 {
		v, err := strconv.ParseFloat(cell(name), 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	protocol, err := ParseProtocol(cell("protocol_type"))
	if err != nil {
		t.Fatal(err)
	}
	state, err := ParseState(cell("flag"))
	if err != nil {
		t.Fatal(err)
	}
	c := Connection{
		Start:    int64(math.Round(number("start") * 1e6)),
		Duration: int64(number("duration") * 1e6),
		Src:      netip.MustParseAddr(cell("src")), Dst: netip.MustParseAddr(cell("dst")),
		SrcPort: uint16(number("sport")), DstPort: uint16(number("dport")),
		Protocol: protocol, State: state,
		SrcBytes: int64(number("src_bytes")), DstBytes: int64(number("dst_bytes")),
		WrongFragment: uint8(number("wrong_fragment")), Urgent: uint16(number("urgent")),
	}
	c.Content.LoggedIn = c.InferLoggedIn()
	return c
}

// TestConnLogs holds the features of connections of three conn.logs, sorted
// by time, to the values of the reference program.
func TestConnLogs(t *testing.T) {
	dir := check.Shared(t, "data", "traffic", "conn")
	for log, want := range map[string]string{
		"zat-conn-tsv.log":               "zat-conn-tsv.kdd.csv.gz",
		"zat-conn-json.log":              "zat-conn-json.kdd.csv.gz",
		"rita-2024-04-19-conn-01.log.gz": "rita-2024-04-19-conn-01.kdd.csv.gz",
	} {
		t.Run(log, func(t *testing.T) {
			cs := readConnLog(t, filepath.Join(dir, log))
			readExpected(t, filepath.Join(dir, want)).compare(t, cs)
		})
	}
}

// readConnLog reads a Zeek conn.log, tab-separated or JSON lines, in order of
// time, equal times as they come.
func readConnLog(t *testing.T, path string) []Connection {
	t.Helper()
	var cs []Connection
	var fields []string
	for lines := bufio.NewScanner(open(t, path)); lines.Scan(); {
		line, row := lines.Text(), map[string]string{}
		switch {
		case strings.HasPrefix(line, "{"):
			values := map[string]any{}
			d := json.NewDecoder(strings.NewReader(line))
			d.UseNumber()
			if err := d.Decode(&values); err != nil {
				t.Fatal(err)
			}
			for k, v := range values {
				row[k] = fmt.Sprint(v)
			}
		case strings.HasPrefix(line, "#fields\t"):
			fields = strings.Split(line, "\t")[1:]
			continue
		case strings.HasPrefix(line, "#"), line == "":
			continue
		default:
			for i, v := range strings.Split(line, "\t") {
				if v != "-" {
					row[fields[i]] = v
				}
			}
		}
		if c, ok := connLogRow(t, row); ok {
			cs = append(cs, c)
		}
	}
	slices.SortStableFunc(cs, func(a, b Connection) int { return cmp.Compare(a.Start, b.Start) })
	return cs
}

func connLogRow(t *testing.T, row map[string]string) (c Connection, ok bool) {
	t.Helper()
	number := func(name string) float64 {
		v, err := strconv.ParseFloat(cmp.Or(row[name], "0"), 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	protocol, err := ParseProtocol(row["proto"])
	if err != nil {
		return c, false
	}
	c = Connection{
		Start: int64(math.Round(number("ts") * 1e6)), Duration: int64(math.Round(number("duration") * 1e6)),
		Src: netip.MustParseAddr(row["id.orig_h"]), Dst: netip.MustParseAddr(row["id.resp_h"]),
		SrcPort: uint16(number("id.orig_p")), DstPort: uint16(number("id.resp_p")),
		SrcBytes: int64(number("orig_bytes")), DstBytes: int64(number("resp_bytes")), Protocol: protocol,
		SrcPackets: int64(number("orig_pkts")), DstPackets: int64(number("resp_pkts")),
	}
	switch protocol {
	case TCP:
		c.State = ZeekState(row["conn_state"])
	case ICMP:
		c.SrcBytes += 8 * int64(number("orig_pkts"))
		c.DstBytes += 8 * int64(number("resp_pkts"))
	}
	c.Content.LoggedIn = c.InferLoggedIn()
	return c, true
}
