package traffic

import (
	"encoding/json"
	"testing"
	"time"
)

// TestStreamState: a stream that stops anywhere, and goes on in another process, hands
// on the same records.
func TestStreamState(t *testing.T) {
	ends, _ := byEnd(lastingConnections(4, 2000))
	for _, mode := range []Mode{KDD, Documented, PerHost} {
		o := StreamOptions{Windows: mode, Hold: 7 * time.Second, MaxHeld: 300}
		whole, want := collector(t, o)
		for i := range ends {
			do(t, whole.Add(&ends[i]))
		}
		do(t, whole.Close())
		for _, cut := range []int{0, 1, 2, 500, 1234, 1999, 2000} {
			before, got := collector(t, o)
			for i := range ends[:cut] {
				do(t, before.Add(&ends[i]))
			}
			text, err := json.Marshal(before.State())
			do(t, err)
			var state StreamState
			do(t, json.Unmarshal(text, &state))
			after, rest := collector(t, o)
			if err := after.Restore(&state); err != nil {
				t.Fatalf("%s, cut at %d: %v", mode, cut, err)
			}
			for i := range ends[cut:] {
				do(t, after.Add(&ends[cut+i]))
			}
			do(t, after.Close())
			compareRecords(t, append(*got, *rest...), *want)
			if after.Stats() != whole.Stats() {
				t.Errorf("%s, cut at %d: %+v, want %+v", mode, cut, after.Stats(), whole.Stats())
			}
		}
	}
}

// TestStreamStateOpen: what was opened is in the state if it has ended, and waits for
// others only.
func TestStreamStateOpen(t *testing.T) {
	o := StreamOptions{Hold: HoldAll, Announced: true}
	s, got := collector(t, o)
	_, err := s.Open(&Connection{Start: 1, UID: "open"})
	do(t, err)
	p, err := s.Open(&Connection{Start: 2, UID: "ended"})
	do(t, err)
	p.DstBytes = 5
	do(t, s.End(p))
	do(t, s.Add(&Connection{Start: 3, UID: "added"}))
	if len(*got) != 0 || s.Held() != 3 {
		t.Fatalf("%d records and %d held, want all held", len(*got), s.Held())
	}
	after, rest := collector(t, o)
	do(t, after.Restore(s.State()))
	do(t, after.Close())
	if len(*rest) != 2 || (*rest)[0].UID != "ended" || (*rest)[0].DstBytes != 5 || (*rest)[1].UID != "added" || (*rest)[1].Start != 3 {
		t.Errorf("went on with %+v", *rest)
	}
}
