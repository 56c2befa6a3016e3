// Package parallel shares numbered pieces of work out among goroutines, with
// results that do not depend on their number.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls work(i) for each i below n, on up to the given number of goroutines; 0
// stands for one a core. Each goroutine makes its own work function, which may hold
// scratch space. It stops early, with the cause, when ctx ends.
func Do(ctx context.Context, n, workers int, newWork func() func(int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(workers, n)) {
		wg.Go(func() {
			work := newWork()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// Each is Do for work that needs no scratch space and may fail. It returns the
// error of the least number that has one, or the cause when ctx ends first.
func Each(ctx context.Context, n, workers int, work func(int) error) error {
	errs := make([]error, n)
	err := Do(ctx, n, workers, func() func(int) {
		return func(i int) { errs[i] = work(i) }
	})
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return err
}
