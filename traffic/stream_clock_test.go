package traffic

import (
	"net/netip"
	"testing"
	"time"
)

// TestClockFallsBack counts connections anew when those that are announced go back by hours, as in captures that are
// read in the wrong order, or behind a packet whose clock was wrong.
func TestClockFallsBack(t *testing.T) {
	const second = int64(1e6)
	hour := 3600 * second
	var counts []uint32
	s, err := NewStream(StreamOptions{Hold: 5 * time.Second, Announced: true}, func(r *Record) error {
		counts = append(counts, r.Count)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := Connection{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2"), DstPort: 80}
	for _, start := range []int64{100 * hour, 100*hour + second, hour, hour + second, hour + 10*second} {
		c.Start = start
		if err := s.Add(&c); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := []uint32{1, 2, 1, 2, 1}
	for i := range want {
		if counts[i] != want[i] {
			t.Errorf("counts %v, want %v", counts, want)
			break
		}
	}
	if late := s.Stats().Late; late != 0 {
		t.Errorf("%d connections are late", late)
	}
}
