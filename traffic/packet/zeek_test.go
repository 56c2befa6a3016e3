package packet

import (
	"bytes"
	"cmp"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// A talk is what two endpoints said, whoever began. ICMP has no ports here.
type talk struct {
	a, b     netip.AddrPort
	protocol uint8
}

// An amount is how much that was: of IP, headers too.
type amount struct{ packets, bytes int64 }

func newTalk(a, b netip.AddrPort, protocol uint8) talk {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return talk{a, b, protocol}
}

var protocols = map[string]uint8{"tcp": 6, "udp": 17, "icmp": 1}

// zeekTalks sums up a conn.log of Zeek.
func zeekTalks(t *testing.T, log string) map[talk]amount {
	out, column := map[talk]amount{}, map[string]int{}
	for line := range strings.Lines(log) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if cells[0] == "#fields" {
			for i, name := range cells[1:] {
				column[name] = i
			}
		}
		if strings.HasPrefix(line, "#") || protocols[cells[column["proto"]]] == 0 || cells[column["orig_pkts"]] == "-" {
			continue
		}
		number := func(name string) int64 {
			n, err := strconv.ParseInt(cells[column[name]], 10, 64)
			if err != nil {
				t.Fatalf("%s in %q: %v", name, line, err)
			}
			return n
		}
		end := func(host, port string) netip.AddrPort {
			p := uint16(number(port))
			if cells[column["proto"]] == "icmp" {
				p = 0
			}
			return netip.AddrPortFrom(netip.MustParseAddr(cells[column[host]]), p)
		}
		key := newTalk(end("id.orig_h", "id.orig_p"), end("id.resp_h", "id.resp_p"), protocols[cells[column["proto"]]])
		sum := out[key]
		sum.packets += number("orig_pkts") + number("resp_pkts")
		sum.bytes += number("orig_ip_bytes") + number("resp_ip_bytes")
		out[key] = sum
	}
	return out
}

// ourTalks sums up the packets of a capture that Zeek would count, which leaves out those
// with wrong checksums unless it is told otherwise.
func ourTalks(t *testing.T, data []byte, checksums bool) map[talk]amount {
	r, err := NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, d := map[talk]amount{}, Decoder{Checksums: checksums}
	add := func(p *Packet) {
		protocol, src, dst := p.Protocol, p.SrcPort, p.DstPort
		switch protocol {
		case protoICMP, protoICMPv6:
			protocol, src, dst = 1, 0, 0
		case protoTCP, protoUDP:
		default:
			return
		}
		if checksums && p.BadChecksum {
			return
		}
		key := newTalk(netip.AddrPortFrom(p.Src, src), netip.AddrPortFrom(p.Dst, dst), protocol)
		sum := out[key]
		out[key] = amount{sum.packets + 1, sum.bytes + int64(p.IPLength)}
	}
	var f Frame
	for r.Next(&f) != io.EOF {
		d.Decode(&f, add)
	}
	return out
}

// filtered are the directories in which Zeek was told to leave packets out, which is
// what they are about.
var filtered = []string{"core.pcap.dynamic-filter", "scripts.base.frameworks.netcontrol.packetfilter"}

// offloaded is the one connection with a packet whose IP length is 0, as the sender's
// card was to cut it up. Zeek counts it and none of its bytes, and we all 1885.
var offloaded = amount{82, 94865}

// Who talked to whom, within tunnels and without, and how much, is what Zeek says.
func TestZeek(t *testing.T) {
	root := check.Shared(t, "data", "traffic", "zeek-pairs")
	index, err := os.ReadFile(filepath.Join(root, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	talks := 0
	for i, line := range slices.Collect(strings.Lines(string(index))) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if i == 0 || cells[3] != "1" || slices.Contains(filtered, cells[0]) {
			continue
		}
		data, err1 := os.ReadFile(filepath.Join(root, cells[0], cells[1]))
		log, err2 := os.ReadFile(filepath.Join(root, cells[0], cells[2]))
		if err := cmp.Or(err1, err2); err != nil {
			t.Fatal(err)
		}
		strict, lenient := ourTalks(t, data, true), ourTalks(t, data, false)
		for key, want := range zeekTalks(t, string(log)) {
			talks++
			if want == offloaded {
				want.bytes += 1885
			}
			if strict[key] != want && lenient[key] != want {
				t.Errorf("%s %s: %v - %v has %+v, want %+v", cells[0], cells[2], key.a, key.b, lenient[key], want)
			}
		}
	}
	if talks < 250 {
		t.Errorf("only %d pairs of endpoints were compared", talks)
	}
}
