package eda

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// forEach calls work for 0 to n−1 on several goroutines. It returns the error of
// the least number that has one, or the cause when ctx ends first.
func forEach(ctx context.Context, n int, work func(k int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				errs[k] = work(k)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}
