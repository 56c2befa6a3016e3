package flow_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// A ledger is a sink that keeps what it is told, and what is wrong with that.
type ledger struct {
	open  map[*traffic.Pending]bool
	most  int // open at once
	ended []traffic.Connection
	wrong []string
	now   int64
}

func newLedger() *ledger { return &ledger{open: map[*traffic.Pending]bool{}} }

func (l *ledger) Open(c *traffic.Connection) (*traffic.Pending, error) {
	p := &traffic.Pending{}
	p.Connection = *c
	l.open[p] = true
	l.most = max(l.most, len(l.open))
	return p, nil
}

func (l *ledger) Add(c *traffic.Connection) error {
	l.ended = append(l.ended, *c)
	return nil
}

func (l *ledger) End(p *traffic.Pending) error {
	if !l.open[p] {
		l.wrong = append(l.wrong, "ended what was not open: "+p.UID)
	}
	delete(l.open, p)
	l.ended = append(l.ended, p.Connection)
	return nil
}

func (l *ledger) Advance(now int64) error {
	l.now = now
	return nil
}

// A scene is a tracker with its ledger, and hosts to send packets.
type scene struct {
	t       testing.TB
	tracker *flow.Tracker
	ledger  *ledger
	now     int64
	states  []flow.State
	history []string
}

var (
	alice = netip.MustParseAddr("10.0.0.1")
	bob   = netip.MustParseAddr("10.0.0.2")
)

func newScene(t testing.TB, o flow.Options) *scene {
	t.Helper()
	s := &scene{t: t, ledger: newLedger(), now: 1_000_000_000_000_000}
	o.Ended = func(sum *flow.Summary) {
		s.states = append(s.states, sum.State)
		s.history = append(s.history, string(sum.History))
	}
	var err error
	if s.tracker, err = flow.NewTracker(s.ledger, o); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scene) wait(d time.Duration) { s.now += d.Microseconds() }

func (s *scene) send(p packet.Packet) {
	s.t.Helper()
	if p.Time == 0 {
		p.Time = s.now
	}
	if p.IPLength == 0 {
		p.IPLength = p.Length + 40
	}
	if err := s.tracker.Add(&p); err != nil {
		s.t.Fatal(err)
	}
}

// close ends all and returns the connections.
func (s *scene) close() []traffic.Connection {
	s.t.Helper()
	if err := s.tracker.Close(); err != nil {
		s.t.Fatal(err)
	}
	for _, w := range s.ledger.wrong {
		s.t.Error(w)
	}
	if n := len(s.ledger.open); n > 0 || s.tracker.Stats().Open != 0 {
		s.t.Errorf("%d connections were opened and not ended; the tracker has %d", n, s.tracker.Stats().Open)
	}
	return s.ledger.ended
}

// only returns the one connection that there must be.
func (s *scene) only() traffic.Connection {
	s.t.Helper()
	ended := s.close()
	if len(ended) != 1 {
		s.t.Fatalf("%d connections, want 1: %+v", len(ended), ended)
	}
	return ended[0]
}

func datagram(length int) packet.Packet {
	return packet.Packet{Src: alice, Dst: bob, SrcPort: 40000, DstPort: 53, Protocol: 17, Length: length}
}

// back is the same the other way.
func back(p packet.Packet) packet.Packet {
	p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	return p
}
