package replay

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

const (
	soakPackets = 300_000 // unless NETANOM_SOAK says how many
	soakFlows   = 20_000  // that are open at most
	soakGrowth  = 8 << 20 // bytes by which the heap may differ between a third and the end
	soakPeak    = 64 << 20
)

// A soak is what netanom does with live traffic: packets, connections, records.
type soak struct {
	source  *Endless
	decoder packet.Decoder
	stream  *traffic.Stream
	tracker *flow.Tracker
	frame   packet.Frame
	packets int64
	records int64
	open    int // connections at once, at most
	peak    uint64
}

func newSoak(t testing.TB, packets int64) *soak {
	s := &soak{source: NewEndless(1, packets)}
	var err error
	s.stream, err = traffic.NewStream(traffic.StreamOptions{Hold: 5 * time.Second, Announced: true, Provisional: flow.Provisional},
		func(*traffic.Record) error { s.records++; return nil })
	do(t, err)
	s.tracker, err = flow.NewTracker(s.stream, flow.Options{MaxFlows: soakFlows})
	do(t, err)
	return s
}

// run takes in packets until there were so many.
func (s *soak) run(t testing.TB, until int64) {
	t.Helper()
	see := func(p *packet.Packet) { do(t, s.tracker.Add(p)) }
	for s.packets < until {
		err := s.source.Next(&s.frame)
		if err == io.EOF {
			break
		}
		do(t, err)
		s.packets++
		s.decoder.Decode(&s.frame, see)
		if s.packets%10_000 == 0 {
			s.look()
		}
	}
}

// look takes down how much there is.
func (s *soak) look() runtime.MemStats {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.peak = max(s.peak, m.HeapSys)
	s.open = max(s.open, s.tracker.Stats().Open)
	return m
}

// heap returns the bytes in use after a collection.
func (s *soak) heap() int64 {
	runtime.GC()
	return int64(s.look().HeapAlloc)
}

// TestSoak: traffic that goes on takes no more memory.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	packets := int64(soakPackets)
	if text := os.Getenv("NETANOM_SOAK"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 3 {
			t.Fatalf("NETANOM_SOAK=%s is no number of packets", text)
		}
		packets = n
	}
	s, began := newSoak(t, packets), time.Now()
	s.run(t, packets/3)
	third := s.heap()
	s.run(t, packets)
	end, took := s.heap(), time.Since(began)
	if err := s.source.Next(&s.frame); err != io.EOF || s.packets != packets {
		t.Errorf("%d packets and then %v, want %d and io.EOF", s.packets, err, packets)
	}
	counts, stats := s.decoder.Counts(), s.tracker.Stats()
	if counts.Decoded != packets || stats.Packets != packets || stats.Backwards > 0 || counts.BadChecksum > 0 {
		t.Errorf("of %d packets: %+v, %+v", packets, counts, stats)
	}
	do(t, s.tracker.Close())
	do(t, s.stream.Close())
	if begun := stats.TCP + stats.UDP + stats.ICMP; s.records != begun {
		t.Errorf("%d records of %d connections", s.records, begun)
	}
	t.Logf("%d packets, %d connections in %.1f s: %.0f packets/s; at most %d of %d open, %d evicted; heap %.1f MiB after a third, %.1f MiB at the end; %.1f MiB from the system at most",
		packets, s.records, took.Seconds(), float64(packets)/took.Seconds(), s.open, soakFlows,
		stats.EvictedIdle+stats.EvictedHalfOpen, float64(third)/(1<<20), float64(end)/(1<<20), float64(s.peak)/(1<<20))
	if d := end - third; d > soakGrowth || d < -soakGrowth {
		t.Errorf("the heap went from %d to %d bytes, want no more than %d apart", third, end, soakGrowth)
	}
	if s.peak > soakPeak {
		t.Errorf("%d bytes of heap were taken, want at most %d", s.peak, soakPeak)
	}
}
