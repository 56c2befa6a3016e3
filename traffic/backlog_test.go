package traffic

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBacklog: it sorts as a stable sort of the library does, whatever the starts.
func TestBacklog(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for name, start := range map[string]func(i int) int64{
		"one":          func(int) int64 { return -3 },
		"in order":     func(i int) int64 { return int64(i) * 1000 },
		"backwards":    func(i int) int64 { return -int64(i) },
		"nearly":       func(i int) int64 { return 1_772_409_600_000_000 + int64(i)*1000 + r.Int64N(5e6) },
		"many equal":   func(int) int64 { return r.Int64N(5) - 2 },
		"anywhere":     func(int) int64 { return int64(r.Uint64()) },
		"the extremes": func(i int) int64 { return []int64{math.MaxInt64, math.MinInt64, 0}[i%3] },
	} {
		for _, n := range []int{0, 1, 2, backlogBlock, 3*backlogBlock + 5} {
			var b backlog
			var want []waiting
			for i := range n {
				w := waiting{start(i), ticket{uint32(i), uint32(i / 2)}}
				b.push(w.start, w.ticket)
				want = append(want, w)
			}
			slices.SortStableFunc(want, func(a, b waiting) int {
				switch {
				case a.start < b.start:
					return -1
				case a.start > b.start:
					return 1
				}
				return 0
			})
			if got := b.take(); !slices.Equal(got, want) || b.n != 0 {
				t.Errorf("%s: %d are not in order, or stayed behind", name, n)
			}
		}
	}
}

// TestStreamCloseFails: a stream whose Close failed holds the rest, and hands it on the
// next time.
func TestStreamCloseFails(t *testing.T) {
	full := errors.New("full")
	var got []int64
	s, err := NewStream(StreamOptions{Hold: HoldAll}, func(r *Record) error {
		got = append(got, r.Start)
		if len(got) == 2 {
			return full
		}
		return nil
	})
	do(t, err)
	for _, start := range []int64{5, 3, 9, 1} {
		do(t, s.Add(&Connection{Start: start}))
	}
	if err := s.Close(); !errors.Is(err, full) || s.Held() != 2 {
		t.Fatalf("%v with %d held, want the error and 2", err, s.Held())
	}
	if held := s.State().Held; len(held) != 2 || held[0].Start != 5 {
		t.Errorf("the state holds %+v, want what starts at 5 and 9", held)
	}
	do(t, s.Add(&Connection{Start: 7}))
	do(t, s.Close())
	if want := []int64{1, 3, 5, 7, 9}; !slices.Equal(got, want) || s.Held() != 0 {
		t.Errorf("got %v, want %v", got, want)
	}
}
