package alert

import (
	"context"
	"sync"
	"testing"
	"time"
)

func BenchmarkAppend(b *testing.B) {
	for name, o := range map[string]Options{"written": {}, "synced": {Sync: true}} {
		for _, goroutines := range []int{1, 32} {
			b.Run(name+map[int]string{1: "/1", 32: "/32"}[goroutines], func(b *testing.B) {
				o.Path, o.Patience, o.Keep = logPath(b), time.Minute, 2
				appendParallel(b, openLog(b, o), goroutines)
			})
		}
	}
}

func appendParallel(b *testing.B, l *Log, goroutines int) {
	b.ReportAllocs()
	var group sync.WaitGroup
	for g := range goroutines {
		n := (b.N + g) / goroutines
		group.Go(func() {
			alerts := numberedAlerts(g, 1)
			for range n {
				if err := l.Append(context.Background(), alerts); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}
