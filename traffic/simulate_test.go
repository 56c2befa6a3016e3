package traffic

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// simulated returns all records of a simulation.
func simulated(t testing.TB, opt Options) []Record {
	t.Helper()
	var out []Record
	err := Simulate(context.Background(), opt, func(r *Record) error {
		out = append(out, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sized(n int, seed uint64) Options {
	opt := DefaultOptions()
	opt.Connections, opt.Seed = n, seed
	return opt
}

func digest(t *testing.T, opt Options) string {
	t.Helper()
	h := sha256.New()
	if err := WriteCSV(context.Background(), h, opt); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestSimulateIsDeterministic(t *testing.T) {
	first := digest(t, sized(20_000, 1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if digest(t, sized(20_000, 1)) != first {
		t.Error("the same options gave different bytes")
	}
	if digest(t, sized(20_000, 2)) == first {
		t.Error("another seed gave the same bytes")
	}
}

func TestSimulateCountAndOrder(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 100, 999, 5000} {
		for _, share := range []float64{0, 0.35, 1} {
			opt := sized(n, uint64(n))
			opt.AttackShare = share
			records := simulated(t, opt)
			if len(records) != n {
				t.Fatalf("%d connections, attack share %g: got %d", n, share, len(records))
			}
			attacks := 0
			for i := range records {
				attacks += btoi(records[i].Label != Normal)
			}
			if want := int(math.Round(share * float64(n))); attacks != want {
				t.Errorf("%d connections, attack share %g: %d attacks, want %d", n, share, attacks, want)
			}
			if !slices.IsSortedFunc(records, func(a, b Record) int { return int(a.Start - b.Start) }) {
				t.Errorf("%d connections, attack share %g: not in order of start", n, share)
			}
			first, last := records[0].Time(), records[n-1].Time()
			if first.Before(opt.Start) || !last.Before(opt.Start.Add(opt.Span)) {
				t.Errorf("%d connections: from %s to %s, outside the span", n, first, last)
			}
		}
	}
}

func TestSimulateShortAndLongSpans(t *testing.T) {
	for _, span := range []time.Duration{time.Minute, time.Hour, 400 * 24 * time.Hour} {
		opt := sized(3000, 5)
		opt.Span, opt.Workstations = span, 1
		records := simulated(t, opt)
		if last := records[len(records)-1].Time(); len(records) != 3000 || !last.Before(opt.Start.Add(span)) {
			t.Errorf("span %s: %d connections, the last at %s", span, len(records), last)
		}
	}
}

// TestSimulateWindows checks that the features are those of the definition,
// for traffic as it comes out.
func TestSimulateWindows(t *testing.T) {
	records := simulated(t, sized(6000, 9))
	cs := make([]Connection, len(records))
	for i := range records {
		cs[i] = records[i].Connection
		if got, want := featureText(records[i].Features), slowFeatures(cs[max(0, i-511):i+1]); got != want {
			t.Fatalf("record %d:\n got %s\nwant %s", i, got, want)
		}
	}
}

// TestSimulateLabels holds the mix of the default sample: every attack
// occurs, in the order of size that is documented, on several days.
func TestSimulateLabels(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		count, days := map[string]int{}, map[string]bool{}
		for _, r := range simulated(t, sized(20_000, seed)) {
			count[r.Label]++
			if r.Label == Normal {
				days[r.Time().Format(time.DateOnly)] = true
			}
		}
		if len(days) != 7 {
			t.Errorf("seed %d: normal traffic on %d days, want 7", seed, len(days))
		}
		if n := count[Normal]; n != 13_000 {
			t.Errorf("seed %d: %d normal connections, want 65 %%", seed, n)
		}
		last := Attack{}
		for _, a := range Attacks() {
			if count[a.Name] == 0 {
				t.Errorf("seed %d: no %s", seed, a.Name)
			}
			if a.Category == last.Category && count[a.Name] > count[last.Name] {
				t.Errorf("seed %d: more of %s than of %s", seed, a.Name, last.Name)
			}
			last = a
		}
		if len(count) != len(Attacks())+1 {
			t.Errorf("seed %d: %d labels, want %d", seed, len(count), len(Attacks())+1)
		}
	}
}

func TestSimulateChosenAttacks(t *testing.T) {
	opt := sized(4000, 1)
	opt.Attacks = []string{"back", "nmap"}
	count := map[string]int{}
	for _, r := range simulated(t, opt) {
		count[r.Label]++
	}
	if len(count) != 3 || count["back"]+count["nmap"] != 1400 {
		t.Errorf("labels %v, want 1400 of back and nmap together", count)
	}
}

// TestSimulateRhythm checks that people work by day and on weekdays, and that
// attacks come in bursts.
func TestSimulateRhythm(t *testing.T) {
	var byHour [24]int
	var byDay [7]int
	attacks := map[int64]int{}
	for _, r := range simulated(t, sized(20_000, 1)) {
		if r.Label == Normal {
			byHour[r.Time().Hour()]++
			byDay[r.Time().Weekday()]++
		} else {
			attacks[r.Start/hour]++
		}
	}
	if night, noon := byHour[1]+byHour[2]+byHour[3], byHour[9]+byHour[10]+byHour[14]; noon < 3*night {
		t.Errorf("%d connections in three hours of the night, %d in three of the day", night, noon)
	}
	for _, weekend := range []time.Weekday{time.Saturday, time.Sunday} {
		if byDay[weekend] < 300 || 3*byDay[weekend] > 2*byDay[time.Tuesday] {
			t.Errorf("%d connections on %s, %d on Tuesday", byDay[weekend], weekend, byDay[time.Tuesday])
		}
	}
	largest := 0
	for _, n := range attacks {
		largest = max(largest, n)
	}
	if mean := 7000 / (7 * 24); largest < 8*mean {
		t.Errorf("the largest hour has %d attack connections, the mean is %d: no burst", largest, mean)
	}
}

// TestSimulateContract checks every record against what its columns may hold.
func TestSimulateContract(t *testing.T) {
	for _, r := range simulated(t, sized(30_000, 4)) {
		switch {
		case r.Count < 1 || r.Count > 511 || r.SrvCount < 1 || r.SrvCount > 511:
			t.Fatalf("counts %d and %d outside 1 to 511", r.Count, r.SrvCount)
		case r.DstHostCount < 1 || r.DstHostCount > 255 || r.DstHostSrvCount < 1 || r.DstHostSrvCount > 255:
			t.Fatalf("counts %d and %d outside 1 to 255", r.DstHostCount, r.DstHostSrvCount)
		case r.SrcBytes < 0 || r.DstBytes < 0 || r.Duration < 0:
			t.Fatalf("negative: %+v", r.Connection)
		case r.Protocol != TCP && r.State != SF:
			t.Fatalf("%s in state %s", r.Protocol, r.State)
		case r.Protocol == ICMP && (r.DstBytes != 0 || r.SrcBytes < 8):
			t.Fatalf("ICMP with %d and %d bytes", r.SrcBytes, r.DstBytes)
		case r.Protocol == TCP && !r.established() && (r.DstBytes != 0 || r.Content != Content{}):
			t.Fatalf("no conversation, but %+v", r.Connection)
		case r.Land() && r.Label != "land":
			t.Fatalf("%s to itself", r.Label)
		case r.WrongFragment > 3 || r.Content.SuAttempted > 2:
			t.Fatalf("out of range: %+v", r.Connection)
		}
		for _, rate := range []Rate{r.SerrorRate, r.SrvSerrorRate, r.RerrorRate, r.SrvRerrorRate, r.SameSrvRate, r.DiffSrvRate,
			r.SrvDiffHostRate, r.DstHostSameSrvRate, r.DstHostDiffSrvRate, r.DstHostSameSrcPortRate, r.DstHostSrvDiffHostRate,
			r.DstHostSerrorRate, r.DstHostSrvSerrorRate, r.DstHostRerrorRate, r.DstHostSrvRerrorRate} {
			if rate > 100 {
				t.Fatalf("rate of %d hundredths", rate)
			}
		}
	}
}

// TestSimulateNoGiveaway checks that failures, odd sizes and content traces
// also occur in normal traffic, and that attacks also look normal.
func TestSimulateNoGiveaway(t *testing.T) {
	var normal, attack struct {
		flags                        map[State]int
		hot, failed, root, big, busy int
	}
	normal.flags, attack.flags = map[State]int{}, map[State]int{}
	for _, r := range simulated(t, sized(60_000, 2)) {
		k := &normal
		if r.Label != Normal {
			k = &attack
		}
		k.flags[r.State]++
		k.hot += btoi(r.Content.Hot > 0)
		k.failed += btoi(r.Content.NumFailedLogins > 0)
		k.root += btoi(r.Content.NumRoot > 0)
		k.big += btoi(r.SrcBytes > 50_000)
		k.busy += btoi(r.Content.LoggedIn)
	}
	for s := SF; s <= OTH; s++ {
		if normal.flags[s] == 0 || attack.flags[s] == 0 {
			t.Errorf("%s: %d normal connections and %d attacks, want some of both", s, normal.flags[s], attack.flags[s])
		}
	}
	if normal.hot == 0 || normal.failed == 0 || normal.root == 0 || normal.big == 0 {
		t.Errorf("normal traffic lacks what attacks have: %+v", normal)
	}
	if attack.busy == 0 || attack.flags[SF] == 0 {
		t.Errorf("no attack looks normal: %+v", attack)
	}
}

func TestSimulateErrors(t *testing.T) {
	for _, tc := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.Connections = 0 }, "0 connections"},
		{func(o *Options) { o.Connections = -5 }, "-5 connections"},
		{func(o *Options) { o.Start = time.Time{} }, "years 1970 to 9000"},
		{func(o *Options) { o.Span = time.Second }, "between one minute and ten years"},
		{func(o *Options) { o.Span = 11 * 366 * 24 * time.Hour }, "between one minute and ten years"},
		{func(o *Options) { o.AttackShare = 1.01 }, "between 0 and 1"},
		{func(o *Options) { o.AttackShare = math.NaN() }, "between 0 and 1"},
		{func(o *Options) { o.Workstations = 0 }, "between 1 and 10000"},
		{func(o *Options) { o.Attacks = []string{} }, "no attack is chosen"},
		{func(o *Options) { o.Attacks = []string{"smurf", "surf"} }, `"surf" is not an attack`},
	} {
		opt := DefaultOptions()
		tc.change(&opt)
		err := WriteCSV(context.Background(), io.Discard, opt)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("error %v, want one with %q", err, tc.want)
		}
	}
}

func TestSimulateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	err := Simulate(ctx, DefaultOptions(), func(*Record) error {
		if n++; n == 5000 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n > 5000+1024 {
		t.Errorf("after cancelling: %d records, error %v", n, err)
	}
	full := errors.New("full")
	if err := Simulate(context.Background(), DefaultOptions(), func(*Record) error { return full }); err != full {
		t.Errorf("error %v, want that of yield", err)
	}
	if err := WriteCSV(context.Background(), failingWriter{}, DefaultOptions()); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v, want that of the writer", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestSimulateMemory checks that the queue of a simulation ten times as long
// does not grow when the traffic is no denser.
func TestSimulateMemory(t *testing.T) {
	queue := func(weeks int) int {
		opt := sized(10_000*weeks, 1)
		opt.Span *= time.Duration(weeks)
		opt.AttackShare = 0
		sim := newSimulation(opt)
		if err := sim.run(context.Background(), func(*Record) error { return nil }); err != nil {
			t.Fatal(err)
		}
		return len(sim.idle)
	}
	if short, long := queue(2), queue(20); long > 3*short {
		t.Errorf("%d connections in memory for 2 weeks, %d for 20", short, long)
	}
}

func TestApportion(t *testing.T) {
	for _, tc := range []struct {
		total   int
		weights []float64
		want    []int
	}{
		{10, []float64{1, 1}, []int{5, 5}},
		{10, []float64{1, 1, 1}, []int{4, 3, 3}},
		{7, []float64{0, 3, 1}, []int{0, 5, 2}},
		{1, []float64{0.1, 0.2}, []int{0, 1}},
		{0, []float64{1, 2}, []int{0, 0}},
		{5, []float64{0, 0}, []int{0, 0}},
	} {
		if got := apportion(tc.total, tc.weights); !slices.Equal(got, tc.want) {
			t.Errorf("apportion(%d, %v) = %v, want %v", tc.total, tc.weights, got, tc.want)
		}
	}
}

func TestSchedule(t *testing.T) {
	r := newRandom(1, 1)
	var s schedule[int]
	var want []int64
	for i := range 500 {
		at := r.between(0, 60)
		s.push(at, i)
		want = append(want, at)
	}
	s.postpone(30)
	slices.Sort(want)
	want[0] = 30
	slices.Sort(want)
	lastAt, lastValue := int64(-1), -1
	for _, at := range want {
		got := s.first().at
		value := s.pop()
		if got != at {
			t.Fatalf("popped %d, want %d", got, at)
		}
		if got == lastAt && got != 30 && value < lastValue {
			t.Fatalf("equal times %d not in order of coming", got)
		}
		lastAt, lastValue = got, value
	}
	if !s.empty() {
		t.Error("not empty at the end")
	}
}

func BenchmarkSimulate(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		if err := Simulate(context.Background(), sized(n, 1), func(*Record) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteCSV(b *testing.B) {
	const n = 100_000
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := WriteCSV(context.Background(), &out, sized(n, 1)); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(out.Len()))
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "rows/s")
}
