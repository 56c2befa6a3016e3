package alert

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A frail file fails as it is told.
type frail struct {
	*os.File
	room  *int // bytes until the disk is full; nil: no end
	stuck chan struct{}
	sync  *error
	cut   *error
}

func (f *frail) Write(p []byte) (int, error) {
	if f.stuck != nil {
		<-f.stuck
	}
	if f.room == nil {
		return f.File.Write(p)
	}
	fits := min(*f.room, len(p))
	*f.room -= fits
	n, err := f.File.Write(p[:fits])
	if err == nil && fits < len(p) {
		err = syscall.ENOSPC
	}
	return n, err
}

func (f *frail) Sync() error {
	if f.sync != nil && *f.sync != nil {
		return *f.sync
	}
	return f.File.Sync()
}

func (f *frail) Truncate(size int64) error {
	if f.cut != nil && *f.cut != nil {
		return *f.cut
	}
	return f.File.Truncate(size)
}

func (f frail) opened(name string, flag int) (file, error) {
	var err error
	f.File, err = os.OpenFile(name, flag, 0o600)
	return &f, err
}

func TestDiskFull(t *testing.T) {
	path := logPath(t)
	room, cut := 1000, error(nil)
	l := openLog(t, Options{Path: path, open: frail{room: &room, cut: &cut}.opened})
	var kept []string
	lost := 0
	for i := range 20 {
		if i == 8 {
			cut = syscall.EIO // not even the half line can be cut off
		}
		if i == 10 {
			cut = nil
		}
		if i == 12 {
			room = 1 << 20 // somebody made room
		}
		alerts := numberedAlerts(i, 1)
		err := l.Append(t.Context(), alerts)
		switch {
		case err == nil:
			kept = append(kept, alerts[0].ID)
		case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EIO):
			lost++
		default:
			t.Fatal(err)
		}
	}
	if got := idsOf(t, path); !slices.Equal(got, kept) || len(kept) != 20-lost || lost < 6 {
		t.Errorf("file has %v, acknowledged were %v, %d lost", got, kept, lost)
	}
	if s := l.Stats(); s.Lost != uint64(lost) || s.WriteErrors != uint64(lost) || s.Written != uint64(len(kept)) {
		t.Errorf("Stats = %+v", s)
	}
}

// Of a group that fits in part, whole batches stay and are acknowledged.
func TestDiskFullWithinGroup(t *testing.T) {
	group := []*batch{newBatch([]byte("one\n"), 1), newBatch([]byte("three\n"), 1), newBatch([]byte("five\n"), 1)}
	for n, want := range map[int]int{0: 0, 3: 0, 4: 4, 9: 4, 10: 10, 14: 10, 15: 15} {
		if got := wholeBatches(group, n); got != want {
			t.Errorf("wholeBatches(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestSyncFails(t *testing.T) {
	path := logPath(t)
	bad := error(syscall.EIO)
	l := openLog(t, Options{Path: path, Sync: true, open: frail{sync: &bad}.opened})
	if err := l.Append(t.Context(), numberedAlerts(9, 1)); !errors.Is(err, syscall.EIO) {
		t.Errorf("Append = %v", err)
	}
	bad = nil
	appendTo(t, l, numberedAlerts(0, 1))
	if got := idsOf(t, path); !slices.Equal(got, idsUpTo(1)) {
		t.Errorf("%v", got)
	}
}

func TestStuckWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := logPath(t)
		stuck := make(chan struct{})
		l, err := Open(t.Context(), Options{Path: path, QueueBytes: 600, Logger: quiet(), open: frail{stuck: stuck}.opened})
		if err != nil {
			t.Fatal(err)
		}
		errs := make([]error, 6)
		var group sync.WaitGroup
		start := time.Now()
		for i := range errs {
			group.Go(func() { errs[i] = l.Append(context.Background(), numberedAlerts(i, 1)) })
		}
		group.Wait()
		if took := time.Since(start); took != 250*time.Millisecond {
			t.Errorf("Append took %v", took)
		}
		late, full := 0, 0
		for _, err := range errs {
			switch {
			case errors.Is(err, ErrLate):
				late++
			case errors.Is(err, ErrFull):
				full++
			}
		}
		if late < 2 || full < 1 || late+full != len(errs) {
			t.Errorf("%d late, %d full: %v", late, full, errs)
		}
		if s := l.Stats(); s.Lost != uint64(full) || s.Queued != uint64(late) || s.Written != 0 {
			t.Errorf("stuck: %+v", s)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := l.Append(ctx, numberedAlerts(7, 1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Append with a context = %v", err)
		}
		close(stuck)
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if s := l.Stats(); s.Late != uint64(late) || s.Written != uint64(late) || s.Queued != 0 || len(idsOf(t, path)) != late {
			t.Errorf("recovered: %+v", s)
		}
		if err := l.Append(t.Context(), numberedAlerts(8, 1)); !errors.Is(err, ErrClosed) {
			t.Errorf("Append after Close = %v", err)
		}
	})
}

func TestCloseOfStuckWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		l, err := Open(t.Context(), Options{Path: logPath(t), Logger: quiet(), open: frail{stuck: stuck}.opened})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Append(t.Context(), numberedAlerts(0, 2)); !errors.Is(err, ErrLate) {
			t.Errorf("Append = %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Close(ctx); err == nil || !strings.Contains(err.Error(), "2 alerts could not be written") {
			t.Errorf("Close = %v", err)
		}
		close(stuck)
		<-l.written
	})
}
