package traffic

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// TestStreamEndless: a stream that goes on takes no more memory.
func TestStreamEndless(t *testing.T) {
	s, err := NewStream(StreamOptions{Hold: time.Second, Announced: true}, func(*Record) error { return nil })
	do(t, err)
	var open [50]*Pending
	at := int64(0)
	step := func() {
		at += 1000
		do(t, s.Add(&Connection{Start: at, Protocol: UDP}))
		slot := &open[at/1000%50]
		if *slot != nil {
			do(t, s.End(*slot))
		}
		*slot, err = s.Open(&Connection{Start: at})
		do(t, err)
	}
	for range 5000 {
		step()
	}
	if allocs := testing.AllocsPerRun(20_000, step); allocs != 0 {
		t.Errorf("%v allocations for each connection, want none", allocs)
	}
	if kept := len(s.opened.free) + len(s.opened.slab) + len(open); kept > 4*slabSize || len(s.ended.arenas) > 2 {
		t.Errorf("room for %d connections and %d arenas are kept", kept, len(s.ended.arenas))
	}
}

// BenchmarkStream compares streams with the windows alone ("hold=none").
func BenchmarkStream(b *testing.B) {
	cs := randomConnections(1, 1<<12)
	run := func(b *testing.B, add func(c *Connection) error, late int64) {
		r := rand.New(rand.NewPCG(2, 2))
		for i := 0; b.Loop(); i++ {
			c := &cs[i%len(cs)]
			c.Start = int64(i)*500 - r.Int64N(late) // 2,000 a second
			do(b, add(c))
		}
	}
	b.Run("hold=none", func(b *testing.B) {
		var w Windows
		run(b, func(c *Connection) error { w.Add(c); return nil }, 1)
	})
	for _, o := range []StreamOptions{{}, {Hold: 5 * time.Second}, {Hold: 5 * time.Second, Announced: true}} {
		b.Run(fmt.Sprintf("hold=%s,announced=%t", o.Hold, o.Announced), func(b *testing.B) {
			s, err := NewStream(o, func(*Record) error { return nil })
			do(b, err)
			late := int64(1)
			if !o.Announced && o.Hold > 0 {
				late = 5e6
			}
			run(b, s.Add, late)
		})
	}
}

// BenchmarkStreamHeld measures what a connection takes that waits for the end.
func BenchmarkStreamHeld(b *testing.B) {
	const n = 1_000_000
	rs := benchmarkRecords()
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s, err := NewStream(StreamOptions{Hold: HoldAll}, func(*Record) error { return nil })
		do(b, err)
		for i := range n {
			c := &rs[i%len(rs)].Connection
			c.Start = int64(i*7919%n) * 500
			do(b, s.Add(c))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/held")
		do(b, s.Close())
	}
}
