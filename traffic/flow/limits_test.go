package flow_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// TestTimeouts sends something just before and just after a connection is over.
func TestTimeouts(t *testing.T) {
	udp, tcp := datagram(10), packet.Packet{Src: alice, Dst: bob, SrcPort: 40000, DstPort: 80, Protocol: 6, Seq: 1011, Flags: packet.ACK}
	for _, c := range []struct {
		name    string
		letters string
		again   packet.Packet
		timeout time.Duration
	}{
		{"half-open", "S", tcp, 5 * time.Second},
		{"reset", "ShADr", tcp, 5 * time.Second},
		{"closed", "ShADdFf", tcp, 5 * time.Second},
		{"half-closed", "fA", tcp, 3 * time.Second},
		{"TCP", "ShAD", tcp, 5 * time.Minute},
		{"UDP", "", udp, time.Minute},
	} {
		for want, wait := range map[int]time.Duration{1: c.timeout - time.Microsecond, 2: c.timeout} {
			s := newScene(t, flow.Options{})
			if play(s, c.letters); c.letters == "" {
				s.send(udp)
			} else {
				s.wait(-time.Millisecond) // to the last segment
			}
			s.wait(wait)
			s.send(c.again)
			if got := len(s.close()); got != want {
				t.Errorf("%s: after %v there are %d connections, want %d", c.name, wait, got, want)
			}
		}
	}
}

// TestAdvance ends connections without packets.
func TestAdvance(t *testing.T) {
	s := newScene(t, flow.Options{})
	s.send(datagram(10))
	s.wait(59 * time.Second)
	if err := s.tracker.Advance(s.now); err != nil || len(s.ledger.ended) != 0 {
		t.Errorf("after 59 seconds %d connections have ended (%v), want 0", len(s.ledger.ended), err)
	}
	s.wait(2 * time.Second)
	if err := s.tracker.Advance(s.now); err != nil || len(s.ledger.ended) != 1 {
		t.Errorf("after 61 seconds %d connections have ended (%v), want 1", len(s.ledger.ended), err)
	}
	if s.ledger.now != s.now {
		t.Error("the sink was not told the time")
	}
	if got := s.tracker.Stats().Expired.UDP; got != 1 {
		t.Errorf("%d UDP flows expired, want 1", got)
	}
	s.close()
}

// TestBusyFlow keeps a flow open by packets for longer than its time-out.
func TestBusyFlow(t *testing.T) {
	s := newScene(t, flow.Options{})
	for range 1000 {
		s.send(datagram(10))
		s.wait(700 * time.Millisecond)
	}
	if got := s.only(); got.SrcPackets != 1000 || got.Duration != 999*700_000 {
		t.Errorf("%d packets in %d µs, want 1000 in 699300000", got.SrcPackets, got.Duration)
	}
}

// TestEviction fills the table: half-open connections go first, oldest first, then the idle.
func TestEviction(t *testing.T) {
	s := newScene(t, flow.Options{MaxFlows: 3})
	at := func(port uint16, flags uint8) {
		s.send(packet.Packet{Src: alice, Dst: bob, SrcPort: port, DstPort: 80, Protocol: 6, Seq: 1, Flags: flags})
		s.wait(10 * time.Millisecond)
	}
	at(1001, packet.ACK)
	at(1002, packet.SYN)
	at(1003, packet.SYN)
	at(1004, packet.SYN)
	at(1005, packet.SYN)
	at(1006, packet.ACK)
	at(1007, packet.ACK)
	at(1008, packet.ACK)
	want := []uint16{1002, 1003, 1004, 1005, 1001}
	for i, port := range want {
		if len(s.ledger.ended) != len(want) || s.ledger.ended[i].SrcPort != port {
			t.Fatalf("evicted %+v, want those of ports %v", s.ledger.ended, want)
		}
	}
	if st := s.tracker.Stats(); st.EvictedHalfOpen != 4 || st.EvictedIdle != 1 || s.ledger.most != 3 {
		t.Errorf("%d half-open and %d idle were evicted, %d open at most; want 4, 1, 3", st.EvictedHalfOpen, st.EvictedIdle, s.ledger.most)
	}
	s.close()
}

// TestClockSetBack: time that was told to have come, and had not, does not stay.
func TestClockSetBack(t *testing.T) {
	s := newScene(t, flow.Options{})
	s.send(datagram(10))
	if err := s.tracker.Advance(s.now + int64(48*time.Hour/time.Microsecond)); err != nil {
		t.Fatal(err)
	}
	s.wait(time.Second)
	s.send(datagram(10))
	s.wait(30 * time.Minute) // by which that is over
	p := datagram(20)
	p.SrcPort++
	s.send(p)
	if n := len(s.ledger.ended); n != 2 {
		t.Errorf("%d connections have ended, want 2", n)
	}
	s.close()
}

// TestTimeGoesBack takes packets that are a little late as they come, and others as those of
// another capture.
func TestTimeGoesBack(t *testing.T) {
	s := newScene(t, flow.Options{})
	s.send(datagram(10))
	s.wait(-time.Second)
	s.send(datagram(10))
	s.wait(-2 * time.Hour)
	s.send(datagram(10))
	ended := s.close()
	if len(ended) != 2 || ended[0].SrcPackets != 2 || ended[0].Duration != 0 || ended[1].SrcPackets != 1 {
		t.Errorf("%+v", ended)
	}
	if st := s.tracker.Stats(); st.Backwards != 2 || st.Restarts != 1 {
		t.Errorf("%d packets were late and %d captures began, want 2 and 1", st.Backwards, st.Restarts)
	}
	for _, extreme := range []int64{math.MaxInt64, math.MinInt64, 0, math.MaxInt64} {
		s.now = extreme
		p := datagram(1)
		p.Time = extreme
		s.send(p)
	}
	s.close()
}

// TestCloseInOrder ends what is open in order of start.
func TestCloseInOrder(t *testing.T) {
	s := newScene(t, flow.Options{})
	for i := range 1000 {
		p := datagram(1)
		p.SrcPort = uint16(i*7919%50000) + 10000
		s.send(p)
		s.wait(time.Microsecond)
	}
	last := int64(0)
	for _, c := range s.close() {
		if c.Start < last {
			t.Fatal("a connection was ended after one that began later")
		}
		last = c.Start
	}
}

// broken is a sink that fails after so many calls.
type broken struct {
	ledger
	left int
}

var errBroken = errors.New("broken")

func (b *broken) Open(c *traffic.Connection) (*traffic.Pending, error) {
	if b.left--; b.left < 0 {
		return nil, errBroken
	}
	return b.ledger.Open(c)
}

func (b *broken) End(p *traffic.Pending) error {
	if b.left--; b.left < 0 {
		return errBroken
	}
	return b.ledger.End(p)
}

// TestSinkErrors hands the errors of a sink on.
func TestSinkErrors(t *testing.T) {
	for left := range 20 {
		tracker, err := flow.NewTracker(&broken{*newLedger(), left}, flow.Options{MaxFlows: 2})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 90 {
			p := packet.Packet{Src: alice, Dst: bob, SrcPort: uint16(10000 + i/3), DstPort: 80, Protocol: 6, Flags: []uint8{packet.SYN, packet.FIN, packet.RST}[i%3]}
			err = errors.Join(err, tracker.Add(&p))
		}
		if !errors.Is(errors.Join(err, tracker.Close()), errBroken) {
			t.Errorf("a sink that fails at its call %d goes unnoticed", left+1)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []flow.Options{
		{MaxFlows: -1}, {MaxFlows: math.MaxInt}, {Timeouts: flow.Timeouts{UDP: -time.Second}}, {Timeouts: flow.Timeouts{Fragments: 1}},
	} {
		if _, err := flow.NewTracker(newLedger(), o); err == nil {
			t.Errorf("%+v were taken", o)
		}
	}
	if _, err := flow.NewTracker(nil, flow.DefaultOptions()); err == nil {
		t.Error("a tracker without a sink was made")
	}
}

// TestLeftOut counts what is no connection.
func TestLeftOut(t *testing.T) {
	s := newScene(t, flow.Options{DropBadChecksums: true})
	sctp, bad := datagram(10), datagram(10)
	sctp.Protocol, bad.BadChecksum = 132, true
	s.send(sctp)
	s.send(sctp)
	s.send(bad)
	if st := s.tracker.Stats(); st.OtherTransport[132] != 2 || st.BadChecksums != 1 || st.Packets != 3 || len(s.close()) != 0 {
		t.Errorf("%+v", st)
	}
}

// TestUIDs names connections by seed and order.
func TestUIDs(t *testing.T) {
	names := func(seed uint64) (out []string) {
		s := newScene(t, flow.Options{UIDs: true, Seed: seed})
		for i := range 100 {
			p := datagram(1)
			p.SrcPort += uint16(i)
			s.send(p)
		}
		for _, c := range s.close() {
			out = append(out, c.UID)
		}
		return out
	}
	one, same, other := names(1), names(1), names(2)
	seen := map[string]bool{}
	for i := range one {
		if one[i] != same[i] || one[i] == other[i] || len(one[i]) != 18 || one[i][0] != 'C' {
			t.Fatalf("%s, %s with the same seed, %s with another", one[i], same[i], other[i])
		}
		seen[one[i]] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d names of 100 connections", len(seen))
	}
}
