package traffic

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

// longest is the longest duration of lastingConnections.
const longest = 20 * time.Second

// lastingConnections are random connections in order of their starts, some at the same
// moment, with durations and names.
func lastingConnections(seed uint64, n int) []Connection {
	r := rand.New(rand.NewPCG(seed, 11))
	cs := randomConnections(seed, n)
	for i := range cs {
		cs[i].Start -= cs[i].Start % 1000
		cs[i].Duration = r.Int64N(1 + r.Int64N(longest.Microseconds()))
		cs[i].UID = strconv.Itoa(i)
	}
	return cs
}

// byEnd returns them in order of their ends, as a log has them, and what is the same
// sorted by start: of equal starts the one that ended first is first.
func byEnd(cs []Connection) (ends, starts []Connection) {
	ends = slices.Clone(cs)
	slices.SortStableFunc(ends, func(a, b Connection) int { return cmp.Compare(a.Start+a.Duration, b.Start+b.Duration) })
	starts = slices.Clone(ends)
	slices.SortStableFunc(starts, func(a, b Connection) int { return cmp.Compare(a.Start, b.Start) })
	return ends, starts
}

// counted returns the records of connections in the order given, by the windows alone.
func counted(cs []Connection) []Record {
	var w Windows
	out := make([]Record, len(cs))
	for i := range cs {
		out[i] = Record{Connection: cs[i], Features: w.Add(&cs[i])}
	}
	return out
}

// collector returns a stream and the records that it has handed on.
func collector(t testing.TB, o StreamOptions) (*Stream, *[]Record) {
	t.Helper()
	out := &[]Record{}
	s, err := NewStream(o, func(r *Record) error {
		*out = append(*out, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

func do(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func compareRecords(t *testing.T, got, want []Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("record %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
}

// TestStreamByEnd: what comes in order of its ends is counted as if sorted by start,
// if it is held as long as the longest lasts, or to the end.
func TestStreamByEnd(t *testing.T) {
	for seed := range uint64(6) {
		for _, hold := range []time.Duration{longest, 2 * longest, HoldAll} {
			ends, starts := byEnd(lastingConnections(seed, 3000))
			s, got := collector(t, StreamOptions{Hold: hold})
			for i := range ends {
				do(t, s.Add(&ends[i]))
				if hold != HoldAll {
					do(t, s.Advance(ends[i].Start+ends[i].Duration))
				}
			}
			if hold == HoldAll && (s.Held() != len(ends) || len(*got) != 0) {
				t.Errorf("%d held and %d handed on before the end, want all held", s.Held(), len(*got))
			}
			do(t, s.Close())
			compareRecords(t, *got, counted(starts))
			if want := (StreamStats{Released: 3000}); s.Stats() != want || s.Held() != 0 {
				t.Errorf("%+v and %d held, want %+v and none", s.Stats(), s.Held(), want)
			}
		}
	}
}

// event is the start or end of a connection.
type event struct {
	at, c int
	ends  bool
}

func events(cs []Connection) []event {
	var out []event
	for i := range cs {
		out = append(out, event{int(cs[i].Start), i, false}, event{int(cs[i].Start + cs[i].Duration), i, true})
	}
	slices.SortStableFunc(out, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return out
}

// announce shows a stream the connections as one who sees packets does: open, with
// nothing known of them but the start, until they end.
func announce(t *testing.T, s *Stream, cs []Connection) {
	t.Helper()
	open := make([]*Pending, len(cs))
	for _, e := range events(cs) {
		c := cs[e.c]
		do(t, s.Advance(int64(e.at)))
		switch {
		case !e.ends && c.Duration == 0:
			do(t, s.Add(&c))
		case !e.ends:
			c.State, c.SrcBytes, c.UID = S1, 0, ""
			p, err := s.Open(&c)
			do(t, err)
			open[e.c] = p
		case c.Duration > 0:
			open[e.c].Connection = c
			do(t, s.End(open[e.c]))
		}
	}
}

func TestStreamAnnounced(t *testing.T) {
	for seed := range uint64(6) {
		cs := lastingConnections(seed, 3000)
		for _, hold := range []time.Duration{longest + time.Microsecond, HoldAll} {
			s, got := collector(t, StreamOptions{Hold: hold, Announced: true})
			announce(t, s, cs)
			do(t, s.Close())
			slices.SortFunc(*got, func(a, b Record) int {
				x, _ := strconv.Atoi(a.UID)
				y, _ := strconv.Atoi(b.UID)
				return cmp.Compare(x, y)
			})
			compareRecords(t, *got, counted(cs))
			if want := (StreamStats{Released: 3000}); s.Stats() != want {
				t.Errorf("%+v, want %+v", s.Stats(), want)
			}
		}
	}
}

// TestStreamProvisional: whatever is released while open counts by its provisional
// state, and is handed on with its last one.
func TestStreamProvisional(t *testing.T) {
	cs := lastingConnections(9, 3000)
	hold := 5 * time.Second
	s, got := collector(t, StreamOptions{Hold: hold, Announced: true, Provisional: func(*Pending) State { return SF }})
	announce(t, s, cs)
	do(t, s.Close())

	asCounted := slices.Clone(cs)
	provisional := int64(0)
	for i := range asCounted {
		// What ends at the very moment is still open when the stream hears of it.
		if asCounted[i].Duration >= hold.Microseconds() {
			asCounted[i].State = SF
			provisional++
		}
	}
	want := counted(asCounted)
	for i := range want {
		want[i].State = cs[i].State
	}
	slices.SortFunc(*got, func(a, b Record) int {
		x, _ := strconv.Atoi(a.UID)
		y, _ := strconv.Atoi(b.UID)
		return cmp.Compare(x, y)
	})
	compareRecords(t, *got, want)
	if stats := s.Stats(); provisional == 0 || stats.Provisional != provisional || stats.Forced+stats.Late != 0 {
		t.Errorf("%+v, want %d provisional", stats, provisional)
	}
}

func TestStreamMaxHeld(t *testing.T) {
	s, got := collector(t, StreamOptions{Hold: HoldAll, MaxHeld: 2})
	for _, start := range []int64{30, 10, 20, 5, 40} {
		do(t, s.Add(&Connection{Start: start}))
	}
	do(t, s.Close())
	var order []int64
	for _, r := range *got {
		order = append(order, r.Start)
	}
	// 10 is forced out by 20; 5 then comes too late and is forced out itself; then 20.
	if want := []int64{10, 5, 20, 30, 40}; !slices.Equal(order, want) {
		t.Errorf("handed on in order %v, want %v", order, want)
	}
	if want := (StreamStats{Released: 5, Forced: 3, Late: 1}); s.Stats() != want {
		t.Errorf("%+v, want %+v", s.Stats(), want)
	}
}

// TestStreamAnnouncedMaxHeld: an open connection that lasts is not waited for when too
// many wait behind it, and is handed on when it ends, even after Close.
func TestStreamAnnouncedMaxHeld(t *testing.T) {
	s, got := collector(t, StreamOptions{Hold: HoldAll, MaxHeld: 3, Announced: true})
	first, err := s.Open(&Connection{Start: 1, UID: "first"})
	do(t, err)
	for i := range int64(3) {
		if len(*got) != 0 {
			t.Fatal("something was handed on before the first ended")
		}
		do(t, s.Add(&Connection{Start: 2 + i}))
	}
	if want := (StreamStats{Released: 4, Provisional: 1, Forced: 1}); s.Stats() != want || len(*got) != 3 {
		t.Errorf("%+v and %d records, want %+v and 3", s.Stats(), len(*got), want)
	}
	last, err := s.Open(&Connection{Start: 6, UID: "last"})
	do(t, err)
	do(t, s.Close())
	do(t, s.End(last))
	first.DstBytes = 7
	do(t, s.End(first))
	if r := (*got)[4]; len(*got) != 5 || r.UID != "first" || r.DstBytes != 7 || r.Count != 1 {
		t.Errorf("%d records, the last %+v", len(*got), r)
	}
	if s.End(first) == nil {
		t.Error("a connection was ended twice without an error")
	}
}

// TestStreamLate: a connection that comes too late counts as begun with the latest
// counted, and keeps its own start.
func TestStreamLate(t *testing.T) {
	s, got := collector(t, StreamOptions{})
	for _, start := range []int64{10e6, 1e6, 10e6} {
		do(t, s.Add(&Connection{Start: start}))
	}
	for i, r := range *got {
		if int(r.Count) != i+1 || r.Start != []int64{10e6, 1e6, 10e6}[i] {
			t.Errorf("record %d: start %d, count %d", i, r.Start, r.Count)
		}
	}
	if want := (StreamStats{Released: 3, Late: 1}); s.Stats() != want {
		t.Errorf("%+v, want %+v", s.Stats(), want)
	}
}

// TestStreamClocks: starts as far apart as can be written down neither stay held nor
// stop the stream.
func TestStreamClocks(t *testing.T) {
	s, got := collector(t, StreamOptions{Hold: time.Hour})
	for _, start := range []int64{0, math.MaxInt64, math.MinInt64, 5} {
		do(t, s.Add(&Connection{Start: start}))
	}
	if s.Held() != 1 {
		t.Errorf("%d held, want the one from the future", s.Held())
	}
	do(t, s.Close())
	if len(*got) != 4 {
		t.Errorf("%d records, want 4", len(*got))
	}
}

func TestStreamRefusals(t *testing.T) {
	nothing := func(*Record) error { return nil }
	for _, o := range []StreamOptions{{Hold: -1}, {MaxHeld: -1}} {
		if _, err := NewStream(o, nothing); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	if _, err := NewStream(StreamOptions{}, nil); err == nil {
		t.Error("a stream without a reader was accepted")
	}
	s, _ := collector(t, StreamOptions{})
	if s.Restore(nil) == nil {
		t.Error("no state was restored")
	}
	do(t, s.Add(&Connection{}))
	if s.Restore(s.State()) == nil {
		t.Error("a used stream was restored")
	}
}

// TestStreamErrors: an error of emit comes out, and the stream goes on behind it.
func TestStreamErrors(t *testing.T) {
	full, n := errors.New("disk full"), 0
	s, err := NewStream(StreamOptions{Hold: HoldAll}, func(*Record) error {
		if n++; n%2 == 1 {
			return full
		}
		return nil
	})
	do(t, err)
	for i := range int64(4) {
		do(t, s.Add(&Connection{Start: i}))
	}
	for held := 3; held >= 1; held -= 2 {
		if err := s.Close(); !errors.Is(err, full) || s.Held() != held {
			t.Errorf("error %v with %d held, want %v with %d", err, s.Held(), full, held)
		}
	}
	if err := s.Close(); err != nil || n != 4 {
		t.Errorf("%d records (%v), want 4", n, err)
	}
}
