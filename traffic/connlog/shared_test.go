package connlog

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic"
)

// TestZeekData reads conn.logs of Bro and Zeek without a bad line.
func TestZeekData(t *testing.T) {
	// The rows are the lines that do not begin with #.
	for log, rows := range map[string]int64{"bro_conn.log": 233, "json_conn.log": 110, "trickbot/conn.log": 13_001} {
		cs, r := read(t, open(t, filepath.Join(check.Shared(t, "data", "zeek"), log)), Options{KeepAggregates: true})
		p := r.Problems()
		if p.Rows != rows || p.Bad != 0 || p.Other != 0 || len(p.States) > 0 {
			t.Errorf("%s: %+v", log, p)
		}
		skipped := int64(0)
		for _, n := range p.Protocols {
			skipped += n
		}
		if int64(len(cs))+skipped != rows {
			t.Errorf("%s: %d connections, %d skipped of %d rows", log, len(cs), skipped, rows)
		}
		t.Logf("%s: %+v", log, p)
	}
}

// TestZeekPairs reads what Zeek writes in its own tests, where all times are masked: a
// time is put in their place.
func TestZeekPairs(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(check.Shared(t, "data", "traffic", "zeek-pairs"), "*", "*.log"))
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	rows, unread := int64(0), 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte("XXXXXXXXXX.XXXXXX"), []byte("1700000000.000001"))
		if _, ok := Detect(text); !ok {
			t.Logf("%s is no conn.log: %.60q", path, text[max(bytes.Index(text, []byte("#fields")), 0):])
			unread++
			continue
		}
		_, r := read(t, bytes.NewReader(text), Options{})
		if p := r.Problems(); p.Bad != 0 || len(p.States) > 0 {
			t.Errorf("%s: %+v", path, p)
		}
		rows += r.Problems().Rows
	}
	t.Logf("%d logs, %d of them no conn.log, %d rows", len(paths), unread, rows)
}

// TestIoT23 makes labelled logs in the form of IoT-23 of the tables that are there, and
// compares labels and bytes.
func TestIoT23(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(check.Shared(t, "data", "flows"), "CTU-*.csv"))
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	for _, path := range paths {
		table, err := csv.NewReader(open(t, path)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		log.WriteString("#separator \\x09\n#fields\t")
		for _, cells := range table {
			for i := range cells {
				if cells[i] == "" {
					cells[i] = "-"
				}
			}
			n := len(cells)
			log.WriteString(strings.Join(cells[:n-2], "\t") + "   " + cells[n-2] + "   " + cells[n-1] + "\n")
		}
		cs, r := read(t, strings.NewReader(log.String()), Options{KeepAggregates: true})
		if p := r.Problems(); p.Bad != 0 || p.Rows != int64(len(table)-1) || len(cs) != len(table)-1 {
			t.Fatalf("%s: %d connections, %+v", path, len(cs), p)
		}
		names := map[string]int{}
		for i, cells := range table[1:] {
			names[cs[i].Label]++
			want := cells[len(cells)-1]
			switch {
			case strings.EqualFold(cells[len(cells)-2], "benign"):
				want = "normal"
			case want == "-":
				want = cells[len(cells)-2]
			}
			if cs[i].Label != want || cs[i].UID != cells[1] {
				t.Fatalf("row %d: label %q, want %q", i+1, cs[i].Label, want)
			}
		}
		t.Logf("%s: %v", filepath.Base(path), names)
	}
}

// sides is what a capture shows of a TCP connection, seen from its first packet.
type sides struct {
	src, dst [2]int64 // payload, packets
	flags    [2]uint8
}

// capturedTCP counts payload, packets and flags of IPv4 over Ethernet in a capture file.
func capturedTCP(t *testing.T, r io.Reader) map[[2]netip.AddrPort]*sides {
	t.Helper()
	file, err := io.ReadAll(r)
	if err != nil || binary.LittleEndian.Uint32(file) != 0xa1b2c3d4 {
		t.Fatal("no little-endian capture file", err)
	}
	found := map[[2]netip.AddrPort]*sides{}
	for at := 24; at+16 <= len(file); {
		n := int(binary.LittleEndian.Uint32(file[at+8:]))
		frame := file[at+16 : at+16+n]
		at += 16 + n
		if len(frame) < 54 || frame[12] != 8 || frame[13] != 0 || frame[14+9] != 6 {
			continue
		}
		ip := frame[14:]
		tcp := ip[int(ip[0]&15)*4:]
		payload := int64(binary.BigEndian.Uint16(ip[2:])) - int64(ip[0]&15)*4 - int64(tcp[12]>>4)*4
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:16])), binary.BigEndian.Uint16(tcp))
		to := netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:20])), binary.BigEndian.Uint16(tcp[2:]))
		s, there := found[[2]netip.AddrPort{to, from}]
		if there {
			s.dst[0], s.dst[1], s.flags[1] = s.dst[0]+payload, s.dst[1]+1, s.flags[1]|tcp[13]
			continue
		}
		if s = found[[2]netip.AddrPort{from, to}]; s == nil {
			s = &sides{}
			found[[2]netip.AddrPort{from, to}] = s
		}
		s.src[0], s.src[1], s.flags[0] = s.src[0]+payload, s.src[1]+1, s.flags[0]|tcp[13]
	}
	return found
}

// TestArgusData compares what Argus says with the packets it saw.
func TestArgusData(t *testing.T) {
	for name, least := range map[string]int{"ndpi-synscan": 1990, "zeek-ftp_bruteforce": 30, "ndpi-bittorrent": 0} {
		path := filepath.Join(check.Shared(t, "data", "traffic", "pcap"), name)
		captured := capturedTCP(t, open(t, path+".pcap"))
		cs, log := read(t, open(t, path+".argus.csv"), Options{})
		if p := log.Problems(); p.Bad != 0 || len(p.States) > 0 || p.Rows != int64(len(cs)) {
			t.Errorf("%s: %+v", name, p)
		}
		compared, bytes, states := 0, 0, 0
		confused := map[string]int{}
		for _, c := range cs {
			s := captured[[2]netip.AddrPort{netip.AddrPortFrom(c.Src, c.SrcPort), netip.AddrPortFrom(c.Dst, c.DstPort)}]
			if s == nil || s.src[1] != c.SrcPackets || s.dst[1] != c.DstPackets {
				continue // Argus cut the connection in two
			}
			compared++
			if s.src[0] == c.SrcBytes && s.dst[0] == c.DstBytes {
				bytes++
			}
			want := StateOfFlags(s.flags[0], s.flags[1])
			if want == c.State {
				states++
			} else {
				confused[c.State.String()+" for "+want.String()]++
			}
		}
		t.Logf("%s: of %d rows %d compared, %d with the same bytes, %d with the same state, %v", name, len(cs), compared, bytes, states, confused)
		if bytes != compared || states < least {
			t.Errorf("%s: %d rows compared, bytes of %d and states of %d agree; want all and %d", name, compared, bytes, states, least)
		}
	}
}

// TestFlagsOfCaptures reads the made capture with all eleven states as ra -Zb would show
// it, and compares with what is expected of it.
func TestFlagsOfCaptures(t *testing.T) {
	dir := check.Shared(t, "data", "traffic", "synth")
	captured := capturedTCP(t, open(t, filepath.Join(dir, "flags.pcap")))
	rows, err := csv.NewReader(open(t, filepath.Join(dir, "flags.expect.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[traffic.State]bool{}
	for _, r := range rows[1:] {
		port := func(s string) uint16 { n, _ := strconv.Atoi(s); return uint16(n) }
		s := captured[[2]netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr(r[10]), port(r[11])), netip.AddrPortFrom(netip.MustParseAddr(r[12]), port(r[13]))}]
		if s == nil {
			t.Fatalf("%v is not in the capture", r)
		}
		got := StateOfFlags(s.flags[0], s.flags[1])
		if got.String() != r[4] {
			t.Errorf("flags %06b, %06b: %v, want %s", s.flags[0], s.flags[1], got, r[4])
		}
		seen[got] = true
	}
	if len(seen) != 11 {
		t.Errorf("%d states, want 11", len(seen))
	}
}
