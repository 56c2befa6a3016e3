//go:build bench

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// A sample is what a service holds at a moment.
type sample struct {
	rss        float64 // MiB
	files      float64
	goroutines float64
}

// sampleOf looks at a service. What cannot be read is 0.
func sampleOf(s *service) (out sample) {
	pid := strconv.Itoa(s.cmd.Process.Pid)
	if text, err := os.ReadFile("/proc/" + pid + "/status"); err == nil {
		_, rest, _ := strings.Cut(string(text), "VmRSS:")
		if words := strings.Fields(rest); len(words) > 0 {
			kib, _ := strconv.ParseFloat(words[0], 64)
			out.rss = kib / 1024
		}
	}
	if list, err := os.ReadDir("/proc/" + pid + "/fd"); err == nil {
		out.files = float64(len(list))
	}
	if m, err := metrics(s.admin); err == nil {
		out.goroutines = m["go_goroutines"]
	}
	return out
}

// metrics reads the metrics of a service, by name and labels.
func metrics(addr string) (map[string]float64, error) {
	a, err := once(addr, newRequest("GET", "/metrics", "", "", nil).bytes("Connection: close\r\n"))
	if err != nil || a.status != 200 {
		return nil, fmt.Errorf("metrics: %v: %v", a, err)
	}
	out := map[string]float64{}
	for line := range strings.Lines(string(a.body)) {
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			out[line[:i]], _ = strconv.ParseFloat(strings.TrimSpace(line[i:]), 64)
		}
	}
	return out, nil
}

// A watch takes a sample each second.
type watch struct {
	s    *service
	list []sample
}

func newWatch(s *service) *watch { return &watch{s: s} }

func (w *watch) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.list = append(w.list, sampleOf(w.s))
		}
	}
}

// longEnough is how long a load must last for its memory to be judged: what a service
// remembers of recent rows takes a while to fill.
const longEnough = 90 * time.Second

// judge compares the last quarter of the load with the second.
func (w *watch) judge(r *report, how time.Duration) {
	n := len(w.list)
	if n < 4 {
		return
	}
	quarter := func(k int, value func(sample) float64) float64 {
		var list []float64
		for _, s := range w.list[k*n/4 : (k+1)*n/4] {
			list = append(list, value(s))
		}
		return median(list)
	}
	text := "## What the process holds\n\n| medians | 1st quarter | 2nd | 3rd | 4th | 4th against 2nd |\n|---|---:|---:|---:|---:|---:|\n"
	for _, of := range []struct {
		name  string
		value func(sample) float64
		spare float64 // that may come on top of 5 %
	}{
		{"resident memory, MiB", func(s sample) float64 { return s.rss }, 0},
		{"open files", func(s sample) float64 { return s.files }, 5},
		{"goroutines", func(s sample) float64 { return s.goroutines }, 5},
	} {
		second, last := quarter(1, of.value), quarter(3, of.value)
		text += fmt.Sprintf("| %s | %.1f | %.1f | %.1f | %.1f | %+.1f %% |\n", of.name, quarter(0, of.value), second, quarter(2, of.value), last, 100*(last/second-1))
		if how >= longEnough && last > 1.05*second+of.spare {
			r.breach("what the process holds stays the same", "%s: %.1f in the second quarter, %.1f in the last", of.name, second, last)
		}
	}
	if how < longEnough {
		text += "\nThat was too short to judge growth."
	}
	r.say("%s", text)
}
