package content

import (
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	shared "github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// pair is the two ends of a connection, the originator's first.
type pair struct {
	src, dst netip.AddrPort
}

// readCapture reads the clear-text connections of a capture. The sender of the first
// packet to one of their ports is the originator.
func readCapture(t *testing.T, path string) map[pair]*Conversation {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader, err := packet.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	talks := map[pair]*Conversation{}
	var frame packet.Frame
	var decoder packet.Decoder
	for {
		if err := reader.Next(&frame); err == io.EOF {
			return talks
		} else if err != nil {
			t.Fatal(err)
		}
		decoder.Decode(&frame, func(p *packet.Packet) { hear(talks, p) })
	}
}

func hear(talks map[pair]*Conversation, p *packet.Packet) {
	if p.Protocol != 6 || p.Fragment {
		return
	}
	e := pair{netip.AddrPortFrom(p.Src, p.SrcPort), netip.AddrPortFrom(p.Dst, p.DstPort)}
	back := pair{e.dst, e.src}
	v, forward := talks[e], true
	if v == nil {
		if v = talks[back]; v != nil {
			forward = false
		} else if v = New(&traffic.Connection{DstPort: p.DstPort}); v != nil {
			talks[e] = v
		}
	}
	if v != nil {
		v.Segment(forward, p.Seq, p.Flags&packet.SYN != 0, p.Flags&packet.FIN != 0, p.Payload, p.Length-len(p.Payload))
	}
}

// What the captures hold was read off their text.
func TestCaptures(t *testing.T) {
	for name, want := range map[string]traffic.Content{
		"scripts.base.protocols.ftp.ftp-ipv6/ipv6.pcap":                                   {LoggedIn: true, IsGuestLogin: true, Hot: 2},
		"scripts.base.protocols.ftp.ftp-max-pending-commands/fake-server-delays-all.pcap": {LoggedIn: true, IsGuestLogin: true, Hot: 1},
		"scripts.base.protocols.pop3.bad-list-retr-crafted/bad-list-retr-crafted.pcap":    {},
		"scripts.base.protocols.imap.starttls/imap-starttls.pcap":                         {},
	} {
		path := shared.Shared(t, "data", "traffic", "zeek-pairs", filepath.FromSlash(name))
		for _, v := range readCapture(t, path) {
			if got := v.Content(); got != want {
				t.Errorf("%s: found %+v, want %+v", name, got, want)
			}
		}
	}
}

// Thirty connections, in each of which "530 Login incorrect." answers a password.
func TestBruteForce(t *testing.T) {
	talks := readCapture(t, shared.Shared(t, "data", "traffic", "pcap", "zeek-ftp_bruteforce.pcap"))
	if len(talks) != 30 {
		t.Errorf("%d connections, want 30", len(talks))
	}
	for e, v := range talks {
		if got := v.Content(); got != (traffic.Content{NumFailedLogins: 1}) || v.Gaps() != 0 {
			t.Errorf("%v: found %+v and %d gaps, want one failed login", e, got, v.Gaps())
		}
	}
}

// A guest fetches 687 files, and the capture lacks some segments: the conn.log beside
// it has 233 bytes missed. The few files whose answers lie beside a gap may go
// uncounted, and no more.
func TestLongGuestLogin(t *testing.T) {
	talks := readCapture(t, shared.Shared(t, "data", "traffic", "zeek-pairs",
		"scripts.base.protocols.ftp.cwd-navigation", "cwd-navigation.pcap"))
	for e, v := range talks {
		got := v.Content()
		hot := int(got.Hot)
		got.Hot = 0
		if got != (traffic.Content{LoggedIn: true, IsGuestLogin: true}) || v.Gaps() == 0 || hot > 687 || hot < 687-(patience+1)*v.Gaps() {
			t.Errorf("%v: found %+v, hot %d and %d gaps; want a guest who fetched 687 files", e, got, hot, v.Gaps())
		}
		t.Logf("hot %d, %d gaps", hot, v.Gaps())
	}
	if len(talks) != 1 {
		t.Errorf("%d connections, want 1", len(talks))
	}
}
