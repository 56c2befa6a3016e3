package flow_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) Open(c *traffic.Connection) (*traffic.Pending, error) {
	p := &traffic.Pending{}
	p.Connection = *c
	return p, nil
}
func (nothing) Add(*traffic.Connection) error { return nil }
func (nothing) End(*traffic.Pending) error    { return nil }
func (nothing) Advance(int64) error           { return nil }

// TestResets holds four captures with resets to what Zeek says of them.
func TestResets(t *testing.T) {
	dir := check.Shared(t, "data", "traffic", "zeek_rst")
	for _, row := range tableOf(t, filepath.Join(dir, "expect.tsv")) {
		got := summaries(t, filepath.Join(dir, row["pcap"]), flow.Options{}, nil)
		if len(got) != 1 || got[0].history != row["history"] || got[0].state != row["conn_state"] {
			t.Errorf("%s: %+v, want one connection, %s %s", row["pcap"], got, row["history"], row["conn_state"])
		}
	}
}

// tableOf reads a file of columns between tabs, with a header.
func tableOf(t testing.TB, path string) (rows []map[string]string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var names []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		cells := strings.Split(lines.Text(), "\t")
		switch {
		case cells[0] == "#fields":
			names = cells[1:]
		case strings.HasPrefix(cells[0], "#") || lines.Text() == "":
		case names == nil:
			names = cells
		default:
			row := map[string]string{}
			for i, cell := range cells {
				row[names[i]] = cell
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", path)
	}
	return rows
}

// A logged is a connection as Zeek would log it.
type logged struct {
	src, dst, protocol     string
	srcPort, dstPort       uint16
	start, end             int64
	state, history         string
	srcBytes, dstBytes     int64
	srcPackets, dstPackets int64
	srcIPBytes, dstIPBytes int64
}

// summaries returns the connections of a capture, with its ICMP packets put together as
// Zeek does.
func summaries(t testing.TB, path string, o flow.Options, want func(int, *packet.Packet) bool) (out []*logged) {
	t.Helper()
	echoes := map[string]*logged{}
	o.Ended = func(s *flow.Summary) {
		c := s.Connection
		l := &logged{
			src: c.Src.String(), dst: c.Dst.String(), srcPort: c.SrcPort, dstPort: c.DstPort,
			protocol: c.Protocol.String(), start: c.Start, end: c.Start + c.Duration, state: s.State.String(), history: string(s.History),
			srcBytes: c.SrcBytes, dstBytes: c.DstBytes, srcPackets: c.SrcPackets, dstPackets: c.DstPackets,
			srcIPBytes: s.SrcIPBytes, dstIPBytes: s.DstIPBytes,
		}
		if c.Protocol == traffic.ICMP {
			if l = join(echoes, l); l == nil {
				return
			}
		}
		out = append(out, l)
	}
	tracker, err := flow.NewTracker(nothing{}, o)
	if err != nil {
		t.Fatal(err)
	}
	run(t, path, tracker, &packet.Decoder{Checksums: o.DropBadChecksums}, want)
	return out
}

// counterparts are the types of ICMP whose messages Zeek takes for two directions of one
// conversation.
var counterparts = map[uint16]uint16{8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17, 9: 10, 10: 9,
	128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135}

// join adds an ICMP packet to its conversation. It returns the conversation if that is new.
func join(echoes map[string]*logged, l *logged) *logged {
	l.srcBytes -= 8
	l.history = "-"
	other, two := counterparts[l.srcPort]
	if two {
		l.dstPort = other
	}
	there := fmt.Sprint(l.src, l.dst, l.srcPort, l.dstPort)
	back := fmt.Sprint(l.dst, l.src, l.dstPort, l.srcPort)
	if c := echoes[there]; c != nil {
		c.srcBytes, c.srcPackets, c.srcIPBytes, c.end = c.srcBytes+l.srcBytes, c.srcPackets+1, c.srcIPBytes+l.srcIPBytes, l.end
		return nil
	}
	if c := echoes[back]; c != nil && two {
		c.dstBytes, c.dstPackets, c.dstIPBytes, c.end = c.dstBytes+l.srcBytes, c.dstPackets+1, c.dstIPBytes+l.srcIPBytes, l.end
		return nil
	}
	echoes[there] = l
	return l
}
