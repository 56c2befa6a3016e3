package alert

import (
	"sync/atomic"
	"time"
)

// Stats counts alerts since Open. Each that Append was given is in Written, Lost or Queued.
type Stats struct {
	Written     uint64 // alerts in the log
	Lost        uint64 // alerts that are not in the log and will not be, of which Append returned an error
	Late        uint64 // of the written ones, those for which Append did not wait (ErrLate)
	Queued      uint64 // alerts that wait to be written
	WriteErrors uint64 // writes, or rotations, that failed
	Rotations   uint64
	Deliverers  []DelivererStats // in the order of Options
}

// DelivererStats counts what one deliverer did since Open.
type DelivererStats struct {
	Name         string
	Sent         uint64    // alerts
	Retries      uint64    // attempts after the first, for the same alerts
	DeadLettered uint64    // alerts, or pieces of damaged files, in the dead-letter file
	Backlog      int64     // bytes of the log that are neither sent nor dead-lettered
	LastError    string    // one line without addresses' secrets; "" if there was none
	LastSuccess  time.Time // zero if there was none
}

// counters are the figures of a log.
type counters struct {
	written, lost, late, writeErrors, rotations atomic.Uint64
	queued                                      atomic.Int64
}

// Stats returns the figures of this moment. They are taken one after the other.
func (l *Log) Stats() Stats {
	c := &l.counts
	s := Stats{Late: c.late.Load(), Written: c.written.Load(), Lost: c.lost.Load(), Queued: uint64(max(c.queued.Load(), 0)),
		WriteErrors: c.writeErrors.Load(), Rotations: c.rotations.Load()}
	for _, k := range l.couriers {
		s.Deliverers = append(s.Deliverers, k.stats())
	}
	return s
}
