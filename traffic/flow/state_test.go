package flow_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// play sends the segments that the letters of a history stand for: S and H are SYN without and with
// ACK, A, D of 10 bytes, F, R; upper case from alice, who begins at sequence number 1000.
func play(s *scene, letters string) {
	first := map[bool]uint32{true: 1000, false: 9000}
	next := maps.Clone(first)
	for _, letter := range letters {
		there := letter < 'a'
		p := packet.Packet{Src: alice, Dst: bob, SrcPort: 40000, DstPort: 80, Protocol: 6, Seq: next[there], Ack: next[!there], Flags: packet.ACK}
		switch strings.ToUpper(string(letter)) {
		case "S":
			p.Flags, p.Ack, p.Seq = packet.SYN, 0, first[there]
			next[there] = max(next[there], p.Seq+1)
		case "H":
			p.Flags |= packet.SYN
			p.Seq = first[there]
			next[there] = max(next[there], p.Seq+1)
		case "D":
			p.Length = 10
			next[there] += 10
		case "F":
			p.Flags |= packet.FIN
			next[there]++
		case "R":
			p.Flags = packet.RST
		}
		if !there {
			p = back(p)
		}
		s.send(p)
		s.wait(time.Millisecond)
	}
}

// TestStates follows the descriptions of conn_state in Zeek's documentation of conn.log,
// and rows of its test baselines.
func TestStates(t *testing.T) {
	for _, c := range []struct {
		letters, history string
		state            flow.State
		kdd              traffic.State
		src, dst         int64
	}{
		{"S", "S", flow.S0, traffic.S0, 0, 0},
		{"SS", "S", flow.S0, traffic.S0, 0, 0},
		{"SAD", "SAD", flow.S0, traffic.S0, 10, 0},
		{"Sh", "Sh", flow.S1, traffic.S1, 0, 0},
		{"ShADd", "ShADd", flow.S1, traffic.S1, 10, 10},
		{"ShADdFfA", "ShADdFf", flow.SF, traffic.SF, 10, 10},
		{"ShADdF", "ShADdF", flow.S2, traffic.S2, 10, 10},
		{"ShADdf", "ShADdf", flow.S3, traffic.S3, 10, 10},
		{"ShADdfD", "ShADdf", flow.S3, traffic.S3, 20, 10},
		{"Sr", "Sr", flow.REJ, traffic.REJ, 0, 0},
		{"ShR", "ShR", flow.RSTO, traffic.RSTO, 0, 0},
		{"ShADdR", "ShADdR", flow.RSTO, traffic.RSTO, 10, 10},
		{"ShADdr", "ShADdr", flow.RSTR, traffic.RSTR, 10, 10},
		{"ShADdfR", "ShADdfR", flow.RSTO, traffic.RSTO, 10, 10},
		{"ShADadFRf", "ShADadFRf", flow.SF, traffic.SF, 10, 10},
		{"ShADadfFr", "ShADadfFr", flow.SF, traffic.SF, 10, 10},
		{"SR", "SR", flow.RSTOS0, traffic.RSTOS0, 0, 0},
		{"SaR", "SaR", flow.RSTOS0, traffic.RSTOS0, 0, 0},
		{"SF", "SF", flow.SH, traffic.SH, 0, 0},
		{"SADF", "SADF", flow.SH, traffic.SH, 10, 0},
		{"R", "R", flow.OTH, traffic.OTH, 0, 0},
		{"D", "D", flow.OTH, traffic.OTH, 10, 0},
		{"DdA", "DdA", flow.OTH, traffic.OTH, 10, 10},
		{"d", "^d", flow.OTH, traffic.OTH, 0, 10},
		{"h", "^h", flow.OTH, traffic.OTH, 0, 0},
		{"hADadFf", "^hADadFf", flow.SF, traffic.SF, 10, 10},
		{"hr", "^hr", flow.RSTRH, traffic.RSTR, 0, 0},
		{"hf", "^hf", flow.SHR, traffic.OTH, 0, 0},
		{"r", "^r", flow.RSTRH, traffic.RSTR, 0, 0},
		{"fA", "^fA", flow.SHR, traffic.OTH, 0, 0},
		{"hSA", "^hSA", flow.S1, traffic.S1, 0, 0},
		{"SsHhDd", "SsDd", flow.S1, traffic.S1, 10, 10},
	} {
		s := newScene(t, flow.Options{})
		play(s, c.letters)
		got := s.only()
		if s.states[0] != c.state || got.State != c.kdd || s.history[0] != c.history {
			t.Errorf("%s: %s, %s, %s; want %s, %s, %s", c.letters, s.states[0], got.State, s.history[0], c.state, c.kdd, c.history)
		}
		if got.SrcBytes != c.src || got.DstBytes != c.dst {
			t.Errorf("%s: %d and %d bytes, want %d and %d", c.letters, got.SrcBytes, got.DstBytes, c.src, c.dst)
		}
		if got.Src != alice || got.DstPort != 80 {
			t.Errorf("%s: from %s to port %d, want alice and 80", c.letters, got.Src, got.DstPort)
		}
	}
}

// TestProvisional looks at connections that are still open.
func TestProvisional(t *testing.T) {
	for letters, want := range map[string]traffic.State{
		"S": traffic.S0, "SAD": traffic.S0, "Sh": traffic.SF, "ShADdF": traffic.SF, "ShADdFf": traffic.SF,
		"Sr": traffic.REJ, "ShADr": traffic.RSTR, "ShADR": traffic.RSTO, "SR": traffic.RSTOS0, "SF": traffic.SH, "D": traffic.OTH,
	} {
		s := newScene(t, flow.Options{})
		play(s, letters)
		for p := range s.ledger.open {
			if got := flow.Provisional(p); got != want {
				t.Errorf("%s counts as %s, want %s", letters, got, want)
			}
		}
		if n := len(s.ledger.open); n != 1 {
			t.Errorf("%s: %d connections open, want 1", letters, n)
		}
		s.close()
	}
}

// TestReuse begins again between the same ports.
func TestReuse(t *testing.T) {
	for letters, want := range map[string]int{"ShADadFfA": 2, "Sr": 2, "ShADR": 2, "ShAD": 1, "S": 1} {
		s := newScene(t, flow.Options{})
		play(s, letters)
		s.send(packet.Packet{Src: alice, Dst: bob, SrcPort: 40000, DstPort: 80, Protocol: 6, Seq: 777_777, Flags: packet.SYN})
		if got := len(s.close()); got != want {
			t.Errorf("%s and then another SYN: %d connections, want %d", letters, got, want)
		}
	}
}

// TestLateSYN repeats the SYN of a refused connection, as some hosts do three times.
func TestLateSYN(t *testing.T) {
	s := newScene(t, flow.Options{})
	play(s, "Sr")
	play(s, "Sr")
	if got := s.only(); got.State != traffic.REJ || got.SrcPackets != 2 || got.DstPackets != 2 {
		t.Errorf("%+v", got)
	}
}

// TestZeekStateNames holds the names to those that package traffic reads from Zeek's logs.
func TestZeekStateNames(t *testing.T) {
	for s := flow.SF; s <= flow.OTH; s++ {
		if traffic.ZeekState(s.String()).String() != s.String() {
			t.Errorf("%s is %s in package traffic", s, traffic.ZeekState(s.String()))
		}
	}
	if traffic.ZeekState(flow.RSTRH.String()) != traffic.RSTR || traffic.ZeekState(flow.SHR.String()) != traffic.OTH {
		t.Error("RSTRH and SHR must be RSTR and OTH to KDD")
	}
}
