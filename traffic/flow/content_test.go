package flow_test

import (
	"testing"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// converse plays a connection to a port in which both sides say lines in turn, alice second.
func converse(s *scene, port uint16, lines ...string) {
	p := packet.Packet{Src: alice, Dst: bob, SrcPort: 40000, DstPort: port, Protocol: 6, Seq: 1000, Flags: packet.SYN}
	s.send(p)
	p.Seq++
	q := back(p)
	q.Seq, q.Flags = 5000, packet.SYN|packet.ACK
	q.Ack = p.Seq
	s.send(q)
	q.Seq++
	for i, line := range lines {
		who, other := &q, &p
		if i%2 == 1 {
			who, other = &p, &q
		}
		who.Flags, who.Ack, who.Length, who.Payload = packet.ACK|packet.PSH, other.Seq, len(line), []byte(line)
		s.send(*who)
		who.Seq += uint32(len(line))
		who.Length, who.Payload = 0, nil
	}
}

// TestContent reads along with FTP if asked to, and says what it cannot tell.
func TestContent(t *testing.T) {
	login := []string{"220 hello\r\n", "USER anonymous\r\n", "331 send mail address\r\n", "PASS me@here\r\n", "230 welcome\r\n"}
	s := newScene(t, flow.Options{Content: true})
	converse(s, 21, login...)
	if got := s.only(); !got.Content.IsGuestLogin || !got.Content.LoggedIn || got.Lacks != 0 || got.SrcBytes != 16+14 {
		t.Errorf("a guest of FTP: %+v", got)
	}
	s = newScene(t, flow.Options{})
	converse(s, 21, login...)
	if got := s.only(); got.Content.IsGuestLogin || !got.Content.LoggedIn || got.Lacks != traffic.LacksContent|traffic.LacksLogin {
		t.Errorf("without reading along: %+v", got)
	}
	s = newScene(t, flow.Options{Content: true})
	converse(s, 443, "\x16\x03\x03")
	if got := s.only(); got.Lacks != traffic.LacksLogin {
		t.Errorf("HTTPS: %+v", got)
	}
}
