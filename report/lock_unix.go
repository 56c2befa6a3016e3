//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package report

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lock keeps other runs out of a directory until unlock is called or the process
// ends. It waits for a run that is at work there, as long as ctx allows. A file
// system that cannot lock is used without.
func lock(ctx context.Context, root *os.Root) (unlock func(), err error) {
	const pause = 50 * time.Millisecond
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return func() { _ = dir.Close() }, nil // closing gives up the lock
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), dir.Close())
		case <-time.After(pause):
		}
	}
}
