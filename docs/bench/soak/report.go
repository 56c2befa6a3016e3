//go:build bench

package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// A report gathers what was seen. Many goroutines may write to it.
type report struct {
	mu     sync.Mutex
	broken map[string]*breaches
	counts map[string]map[string]int // by table
	parts  []string                  // Markdown
}

// breaches are the ways in which one promise was broken.
type breaches struct {
	times    int
	examples []string
}

func newReport() *report {
	return &report{broken: map[string]*breaches{}, counts: map[string]map[string]int{}}
}

// breach says that a promise was broken.
func (r *report) breach(promise, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.broken[promise]
	if b == nil {
		b = &breaches{}
		r.broken[promise] = b
	}
	if b.times++; len(b.examples) < 5 {
		b.examples = append(b.examples, fmt.Sprintf(format, args...))
	}
}

func (r *report) isBroken() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.broken) > 0
}

// count adds to a figure of a table.
func (r *report) count(table, what string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts[table] == nil {
		r.counts[table] = map[string]int{}
	}
	r.counts[table][what] += n
}

// say adds a paragraph.
func (r *report) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts = append(r.parts, fmt.Sprintf(format, args...))
}

// write writes the report as Markdown.
func (r *report) write(w io.Writer, o options) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(w, "# Soak of netanom serve\n\n%v minutes of load, %d kills, seed %d, on %d cores, which the load comes from as well.\n\n", o.minutes, o.rounds, o.seed, runtime.NumCPU())
	if len(r.broken) == 0 {
		fmt.Fprintf(w, "**Every promise was kept.**\n\n")
	}
	for _, promise := range slices.Sorted(maps.Keys(r.broken)) {
		b := r.broken[promise]
		fmt.Fprintf(w, "**Broken, %d times: %s.**\n\n", b.times, promise)
		for _, e := range b.examples {
			fmt.Fprintf(w, "- `%s`\n", strings.ReplaceAll(e, "`", "'"))
		}
		fmt.Fprintln(w)
	}
	for _, p := range r.parts {
		fmt.Fprintf(w, "%s\n\n", p)
	}
	for _, name := range slices.Sorted(maps.Keys(r.counts)) {
		fmt.Fprintf(w, "## %s\n\n| what | times |\n|---|---:|\n", name)
		for _, what := range slices.Sorted(maps.Keys(r.counts[name])) {
			fmt.Fprintf(w, "| %s | %d |\n", what, r.counts[name][what])
		}
		fmt.Fprintln(w)
	}
}

// A timing is a good request that was answered.
type timing struct {
	kind int
	wait time.Duration // from the moment for which it was scheduled
	took time.Duration // from the moment at which it was sent
}

// latencies makes a table of timings.
func latencies(list []timing) string {
	var b strings.Builder
	b.WriteString("| request | answers | p50 ms | p90 | p99 | p99.9 | max |\n|---|---:|---:|---:|---:|---:|---:|\n")
	line := func(name string, want func(timing) (time.Duration, bool)) {
		var some []time.Duration
		for _, t := range list {
			if d, ok := want(t); ok {
				some = append(some, d)
			}
		}
		if len(some) == 0 {
			return
		}
		slices.Sort(some)
		fmt.Fprintf(&b, "| %s | %d |", name, len(some))
		for _, share := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
			fmt.Fprintf(&b, " %.2f |", float64(quantile(some, share))/1e6)
		}
		b.WriteString("\n")
	}
	line("all, from schedule", func(t timing) (time.Duration, bool) { return t.wait, true })
	line("all, from sending", func(t timing) (time.Duration, bool) { return t.took, true })
	for kind, name := range kindNames {
		line(name+", from schedule", func(t timing) (time.Duration, bool) { return t.wait, t.kind == kind })
	}
	return b.String()
}

// quantile is that of sorted values: the smallest that so large a share does not exceed.
func quantile[T cmp.Ordered](sorted []T, share float64) T {
	return sorted[min(len(sorted)-1, max(0, int(share*float64(len(sorted))+0.999999)-1))]
}

// median is that of values in any order.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	return quantile(slices.Sorted(slices.Values(list)), 0.5)
}
