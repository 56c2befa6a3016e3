package parallel

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
)

func TestDoDoesEveryPieceOnce(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 7, 100} {
		done := make([]atomic.Int32, 50)
		err := Do(context.Background(), len(done), workers, func() func(int) {
			return func(i int) { done[i].Add(1) }
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range done {
			if done[i].Load() != 1 {
				t.Errorf("%d workers did piece %d %d times", workers, i, done[i].Load())
			}
		}
	}
	if err := Do(context.Background(), 0, 3, func() func(int) { return func(int) { t.Error("there is no work") } }); err != nil {
		t.Error(err)
	}
}

func TestEachReturnsTheFirstError(t *testing.T) {
	err := Each(context.Background(), 20, 4, func(i int) error {
		if i%7 == 6 {
			return fmt.Errorf("piece %d", i)
		}
		return nil
	})
	if err == nil || err.Error() != "piece 6" {
		t.Errorf("error %v", err)
	}
}

func TestCancelledWorkEnds(t *testing.T) {
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	var done atomic.Int32
	err := Each(ctx, 1000, 2, func(int) error {
		if done.Add(1) == 5 {
			cancel(reason)
		}
		return nil
	})
	if !errors.Is(err, reason) || done.Load() > 10 {
		t.Errorf("error %v after %d pieces", err, done.Load())
	}
}
