//go:build unix

package watch

import (
	"context"
	"io"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/netanom/netanom/serve/alert"
)

// An endless log is simulated traffic over and over, each time later.
type endless struct {
	t      testing.TB
	rounds int // left
	round  int
	text   []byte
	from   int
	base   []string
	at     func(round int) // told before each round
}

// shifted returns a line of a conn.log so many seconds later.
func shifted(b []byte, line string, seconds int64) []byte {
	dot := strings.IndexByte(line, '.')
	var second int64
	for _, c := range line[:dot] {
		second = second*10 + int64(c-'0')
	}
	var digits [20]byte
	i := len(digits)
	for v := second + seconds; v > 0; v /= 10 {
		i--
		digits[i] = byte('0' + v%10)
	}
	return append(append(b, digits[i:]...), line[dot:]...)
}

func (e *endless) Read(b []byte) (int, error) {
	if e.from == len(e.text) {
		if e.rounds == 0 {
			return 0, io.EOF
		}
		e.at(e.round)
		e.text, e.from = e.text[:0], 0
		if e.round == 0 {
			e.text = append(e.text, zeekHeader("a")...)
		}
		for _, line := range e.base {
			e.text = shifted(e.text, line, int64(e.round)*3600)
		}
		e.rounds--
		e.round++
	}
	n := copy(b, e.text[e.from:])
	e.from += n
	return n, nil
}

// squeezed returns lines of simulated traffic, all within an hour.
func squeezed(t testing.TB, n int) []string {
	lines := zeekLinesOf(attacked(t, n, 9, 0.02))
	for i, line := range lines {
		_, rest, _ := strings.Cut(line, ".")
		lines[i] = string(shifted(nil, "1767225600."+rest, int64(i)*3600/int64(n)))
	}
	return lines
}

// Memory does not grow with the number of connections, alerts, or groups.
func TestMemoryIsBounded(t *testing.T) {
	rounds, rows := 100, 20_000 // two million lines
	if testing.Short() {
		rounds, rows = 10, 5_000
	}
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	s := newSite(t)
	s.o.State = s.path("state")
	s.o.Every = 100 * time.Millisecond
	var half float64
	alerts := 0
	s.o.OnAlert = func(*alert.Alert) { alerts++ }
	in := &endless{t: t, rounds: rounds, base: squeezed(t, rows), at: func(round int) {
		if round == rounds/2 {
			half = heap()
		}
	}}
	e, err := New(s.o)
	must(t, err)
	begun := time.Now()
	must(t, e.Read(t.Context(), "-", in))
	end := heap()
	c := e.Snapshot().Counts
	t.Logf("%d lines, %d alerts in %v, %.0f lines/s; heap %.1f MiB half way, %.1f MiB at the end", c.Lines, alerts, time.Since(begun).Round(time.Millisecond), float64(c.Lines)/time.Since(begun).Seconds(), half, end)
	if c.Scored != int64(rounds*rows) || alerts == 0 || int64(alerts) != c.Alerts {
		t.Fatalf("counts %+v", c)
	}
	told := 0
	for _, n := range s.notices {
		if strings.Contains(n, "unlike those of training") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told of drift %d times: %q", told, s.notices)
	}
	if end > half+4 {
		t.Errorf("the heap grew from %.1f to %.1f MiB", half, end)
	}
}

func benchmarkLines(b *testing.B, algo, settings string) {
	s := newSite(b)
	s.o.Model, s.o.State = trained(b, algo, settings), ""
	base := squeezed(b, 20_000)
	var lines int64
	used := processorTime(b)
	for b.Loop() {
		e, err := New(s.o)
		must(b, err)
		must(b, e.Read(context.Background(), "-", &endless{t: b, rounds: 5, base: base, at: func(int) {}}))
		lines += e.Snapshot().Counts.Lines
	}
	b.ReportMetric(float64(lines)/b.Elapsed().Seconds(), "lines/s")
	b.ReportMetric(float64(lines)/(processorTime(b)-used), "lines/cpu-s") // which other processes do not change
}

// processorTime is how many seconds of a processor this process has had.
func processorTime(b *testing.B) float64 {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func BenchmarkTree(b *testing.B)    { benchmarkLines(b, "tree", `{"max_depth":6}`) }
func BenchmarkForest(b *testing.B)  { benchmarkLines(b, "rf", "") }
func BenchmarkIsolate(b *testing.B) { benchmarkLines(b, "iforest", "") }
