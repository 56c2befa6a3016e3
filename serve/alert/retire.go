package alert

import (
	"log/slog"
	"sync"
)

// A retirer deletes the oldest files, each when all deliverers have left it: by having
// sent its alerts, or else by having moved them to their dead-letter files. It does so
// beside the writer, which waits for nobody.
type retirer struct {
	files    *files
	keep     int
	couriers []*courier
	say      *notices
	look     chan struct{} // holds a value when there may be something to do
	stop     chan struct{}
	done     sync.WaitGroup
}

func (r *retirer) run() {
	for {
		r.retire()
		select {
		case <-r.look:
		case <-r.stop:
			return
		}
	}
}

// retire deletes what may be deleted now, and asks deliverers to leave what should be.
func (r *retirer) retire() {
	for _, number := range r.files.excess(r.keep) {
		if r.inUse(number) {
			return
		}
		if err := r.files.remove(number); err != nil {
			r.say.tell(slog.LevelError, "an old alert log could not be deleted", "file", numbered(r.files.path, number), "error", err.Error())
			return
		}
	}
}

func (r *retirer) inUse(number uint64) bool {
	used := false
	for _, k := range r.couriers {
		if k.number() <= number {
			k.leave(number)
			used = true
		}
	}
	return used
}
