package replay

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// TestWriterRefuses: what no packets can be is told, and the others go on.
func TestWriterRefuses(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	good := dialled(traffic.TCP, traffic.SF)
	do(t, w.Add(&good))
	for want, change := range map[string]func(*traffic.Connection){
		"neither tcp":    func(c *traffic.Connection) { c.Protocol = 3 },
		"no state":       func(c *traffic.Connection) { c.State = 11 },
		"missing":        func(c *traffic.Connection) { c.Dst = netip.Addr{} },
		"one version":    func(c *traffic.Connection) { c.Dst = netip.IPv6Loopback() },
		"136 years":      func(c *traffic.Connection) { c.Duration = -1 },
		"136 year":       func(c *traffic.Connection) { c.Duration = math.MaxInt64 },
		"1970 to 2106":   func(c *traffic.Connection) { c.Start = 1 << 32 * 1_000_000 },
		"1970 to 210":    func(c *traffic.Connection) { c.Start = math.MaxInt64 },
		"are not within": func(c *traffic.Connection) { c.SrcBytes = -1 },
		"not within":     func(c *traffic.Connection) { c.DstBytes = math.MaxInt64 },
		"fragment":       func(c *traffic.Connection) { c.WrongFragment = 5 },
		"type 256":       func(c *traffic.Connection) { c.Protocol, c.SrcPort, c.DstPort = traffic.ICMP, 256, 0 },
		"to 65515":       func(c *traffic.Connection) { c.Protocol, c.SrcPort, c.DstPort, c.SrcBytes = traffic.ICMP, 8, 0, 65_516 },
		"sort them":      func(c *traffic.Connection) { c.Start-- },
	} {
		c := dialled(traffic.TCP, traffic.SF)
		change(&c)
		if err := w.Add(&c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q in it", err, want)
		}
	}
	do(t, w.Add(&good))
	do(t, w.Close())
	if err := w.Add(&good); err == nil {
		t.Error("a closed writer takes in connections")
	}
	n := int64(0)
	frames(t, out.Bytes(), func(*packet.Packet) { n++ })
	if n != w.Packets() || n != 12 {
		t.Errorf("%d packets, %d counted, want 12", n, w.Packets())
	}
}

// TestWriterEmpty: a capture of nothing can be read.
func TestWriterEmpty(t *testing.T) {
	frames(t, capture(t, nil), func(p *packet.Packet) { t.Errorf("a packet: %+v", p) })
}

// full is a disk without room.
type full struct{ room int }

var errFull = errors.New("full")

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestWriterFails: the error of the file comes back, and stays.
func TestWriterFails(t *testing.T) {
	w := NewWriter(&full{100_000})
	c := dialled(traffic.UDP, traffic.SF)
	var err error
	for i := 0; err == nil && i < 10_000; i++ {
		c.Start += 10_000_000
		err = w.Add(&c)
	}
	if !errors.Is(err, errFull) || !errors.Is(w.Add(&c), errFull) || !errors.Is(w.Close(), errFull) {
		t.Errorf("the error is %v, and then %v", err, w.Close())
	}
}

// TestWriterLazy: a transfer of a gigabyte is not kept in memory.
func TestWriterLazy(t *testing.T) {
	w := NewWriter(io.Discard)
	c := dialled(traffic.TCP, traffic.SF)
	c.DstBytes = 1 << 30
	do(t, w.Add(&c))
	if n := len(w.player.queue); n != 1 {
		t.Errorf("%d wait, want 1", n)
	}
	if allocs := testing.AllocsPerRun(1, func() { do(t, w.drain(c.Start+c.Duration/2)) }); allocs > 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
	do(t, w.Close())
	if want := int64(17_896 + 6); w.Packets() != want { // 2^30 / 60,000, and handshake and end
		t.Errorf("%d packets, want %d", w.Packets(), want)
	}
}

// TestEndless: the same seed gives the same frames, times never go back, and whoever closes
// it early gets no more.
func TestEndless(t *testing.T) {
	a, b, other := NewEndless(3, 20_000), NewEndless(3, 20_000), NewEndless(4, 20_000)
	defer other.Close()
	var f, g, h packet.Frame
	last, same := int64(0), 0
	for range 20_000 {
		do(t, a.Next(&f))
		do(t, b.Next(&g))
		do(t, other.Next(&h))
		if f.Time != g.Time || f.Length != g.Length || !bytes.Equal(f.Data, g.Data) || f.Time < last {
			t.Fatalf("%+v and %+v after %d", f, g, last)
		}
		if last = f.Time; f.Time == h.Time {
			same++
		}
	}
	if err := a.Next(&f); err != io.EOF || same > 200 {
		t.Errorf("%v at the end, and %d times of another seed are the same", err, same)
	}
	early := NewEndless(3, 20_000)
	do(t, early.Next(&f))
	early.Close()
	if err := early.Next(&f); err != io.EOF {
		t.Errorf("%v from what is closed, want io.EOF", err)
	}
}

// FuzzWriter: whatever the connection, its frames can be read, and lie within its time.
func FuzzWriter(f *testing.F) {
	f.Add(int64(1), int64(2_000_000), int64(300), int64(70_000), uint8(0), uint8(0), uint8(0), uint16(0), false)
	f.Add(int64(1), int64(0), int64(28), int64(0), uint8(1), uint8(0), uint8(3), uint16(0), true)
	f.Add(int64(1), int64(0), int64(1480), int64(0), uint8(2), uint8(0), uint8(1), uint16(0), false)
	f.Add(int64(1), int64(9_000_000), int64(5), int64(9), uint8(0), uint8(5), uint8(4), uint16(9), true)
	f.Fuzz(func(t *testing.T, start, duration, there, back int64, protocol, state, wrong uint8, urgent uint16, six bool) {
		c := dialled(traffic.Protocol(protocol), traffic.State(state))
		c.Start, c.Duration, c.SrcBytes, c.DstBytes = start, duration%1e12, there%1e9, back%1e9
		c.WrongFragment, c.Urgent = wrong, urgent
		if c.Protocol == traffic.ICMP {
			c.SrcPort, c.DstPort = urgent>>8, 0
		}
		if six {
			c.Src, c.Dst = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
		}
		var out bytes.Buffer
		w := NewWriter(&out)
		added := w.Add(&c)
		do(t, w.Close())
		if added != nil {
			return
		}
		if c.Protocol == traffic.ICMP {
			c.Duration = 0
		}
		frames(t, out.Bytes(), func(p *packet.Packet) {
			if p.Time < c.Start || p.Time > c.Start+c.Duration {
				t.Fatalf("a packet at %d is not within %d and %d", p.Time, c.Start, c.Start+c.Duration)
			}
		})
	})
}
