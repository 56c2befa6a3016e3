package flow

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// TestTable does to a table and to a map the same, at random.
func TestTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	table, places := newTable(), map[key]uint32{}
	for range 50_000 {
		k := key{aLow: uint64(r.IntN(3000)), ports: uint32(r.IntN(2))}
		hash := table.hash(&k)
		if k.aLow%2 == 0 {
			hash &= 63 // many meet
		}
		place, known := places[k]
		if found := table.find(&k, hash); found != place {
			t.Fatalf("%+v is at place %d, want %d", k, found, place)
		}
		if known && r.IntN(2) == 0 {
			table.remove(place)
			delete(places, k)
		} else if !known {
			places[k], _ = table.add(&k, hash)
		}
		if table.open != len(places) {
			t.Fatalf("%d flows, want %d", table.open, len(places))
		}
	}
	for k, place := range places {
		if table.at(place).key != k {
			t.Errorf("%+v is not at place %d", k, place)
		}
	}
}

// TestKey is the same in both directions, and different for the protocols and versions of IP.
func TestKey(t *testing.T) {
	seen := map[key]string{}
	for _, pair := range [][2]string{{"1.2.3.4", "5.6.7.8"}, {"5.6.7.9", "1.2.3.4"}, {"::1", "::2"}, {"2::1", "1::2"}, {"::ffff:1.2.3.4", "::ffff:5.6.7.8"}, {"1.2.3.4", "1.2.3.4"}} {
		for _, protocol := range []uint8{tcp, udp} {
			for _, port := range []uint16{1, 80} {
				there := packet.Packet{Src: netip.MustParseAddr(pair[0]), Dst: netip.MustParseAddr(pair[1]), SrcPort: port, DstPort: 40, Protocol: protocol}
				back := packet.Packet{Src: there.Dst, Dst: there.Src, SrcPort: 40, DstPort: port, Protocol: protocol}
				k, fromB := newKey(&there)
				l, backFromB := newKey(&back)
				if k != l || fromB == backFromB {
					t.Errorf("%v: %+v there, %+v back", pair, k, l)
				}
				if seen[k] != "" {
					t.Errorf("%v has the key of %s", pair, seen[k])
				}
				seen[k] = pair[0]
			}
		}
	}
}

// TestNoGrowth runs a long stream of short connections, after which the table is no larger than at its beginning.
func TestNoGrowth(t *testing.T) {
	stream, err := traffic.NewStream(traffic.StreamOptions{Announced: true, Provisional: Provisional}, func(*traffic.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	tracker, err := NewTracker(stream, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := packet.Packet{Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("10.0.0.2"), DstPort: 80, Protocol: tcp, Flags: packet.SYN, IPLength: 40}
	var chunks, slots int
	for i := range 100_000 {
		p.Time, p.SrcPort = int64(i)*1000, uint16(i)
		if err := tracker.Add(&p); err != nil {
			t.Fatal(err)
		}
		if i == 20_000 {
			chunks, slots = len(tracker.table.chunks), len(tracker.table.slots)
		}
	}
	if len(tracker.table.chunks) != chunks || len(tracker.table.slots) != slots || tracker.table.open > 5001 {
		t.Errorf("%d flows in %d chunks and %d slots, after %d and %d", tracker.table.open, len(tracker.table.chunks), len(tracker.table.slots), chunks, slots)
	}
}

// TestNoAllocation gives packets to connections that are open.
func TestNoAllocation(t *testing.T) {
	stream, err := traffic.NewStream(traffic.StreamOptions{Announced: true}, func(*traffic.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	tracker, err := NewTracker(stream, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := packet.Packet{Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("10.0.0.2"), SrcPort: 40000, DstPort: 80, Protocol: tcp, Flags: packet.ACK, Length: 100}
	got := testing.AllocsPerRun(1000, func() {
		p.Time += 100_000
		p.Seq += 100
		if err := tracker.Add(&p); err != nil {
			t.Fatal(err)
		}
	})
	if got != 0 {
		t.Errorf("%v allocations for a packet, want 0", got)
	}
}
