package watch

import (
	"sync"
	"time"

	"github.com/netanom/netanom/triage"
)

// A Snapshot is what a watch is doing at a moment. It shares nothing with the engine.
type Snapshot struct {
	Now     time.Time
	Started time.Time // of this run
	Source  string
	Path    string // of the file that is read, where that is not Source
	Behind  int64  // bytes of it that are still to be read
	Model   string
	Counts  Counts
	Clock   time.Time // of the traffic: when the latest connection began; zero: none was seen

	Rate         float64       // connections a second, over the last 10
	AlertsMinute int64         // of the last 60 seconds
	AlertsHour   int64         // of the last 60 minutes
	Held         int           // connections that wait for others
	Open         int           // connections that packets go on in
	Stalled      time.Duration // for how long alerts could not be written down; 0: they can

	Groups     []*triage.Group // that are open, the most severe first, 100 at most
	OpenGroups int             // all of these
	Notices    []Notice        // the latest last, 20 at most
}

// A Notice is what users were told.
type Notice struct {
	Time time.Time
	Text string
}

// The sizes of a snapshot.
const (
	shownGroups  = 100
	shownNotices = 20
	publishEvery = 250 * time.Millisecond
	groupsEvery  = time.Second
)

// A board holds the latest snapshot. It can be asked while the engine waits for a disk.
type board struct {
	mu          sync.Mutex
	shown       Snapshot
	connections meter
	alerts      meter
	stalled     time.Time
	published   time.Time
	grouped     time.Time
	told        map[string]bool // of once
	now         func() time.Time
}

func (b *board) begin(o *Options) {
	b.now, b.told = o.Now, map[string]bool{}
	b.shown.Started, b.shown.Model = o.Now(), o.Name
}

func (b *board) source(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown.Source = name
}

func (b *board) tell(now time.Time, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.shown.Notices) == shownNotices {
		b.shown.Notices = append(b.shown.Notices[:0], b.shown.Notices[1:]...)
	}
	b.shown.Notices = append(b.shown.Notices, Notice{now, text})
}

// mostOnce bounds what once remembers: beyond, all is as if it had been told.
const mostOnce = 1000

// once reports whether something is to be told, and that only the first time.
func (b *board) once(what string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.told[what] || len(b.told) >= mostOnce {
		return false
	}
	b.told[what] = true
	return true
}

// stall notes since when alerts cannot be written down; zero: they can.
func (b *board) stall(since time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stalled = since
}

// add counts connections and alerts, and shows what all counts are then.
func (b *board) add(now time.Time, connections, alerts int64, all Counts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown.Counts = all
	b.connections.add(now, connections)
	b.alerts.add(now, alerts)
}

// due reports whether it is time for a new snapshot.
func (b *board) due(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now.Sub(b.published) >= publishEvery
}

// publish renews what Snapshot shows. e.mu must be held.
func (e *Engine) publish() {
	now := e.o.Now()
	e.settleCounts()
	b := &e.board
	b.mu.Lock()
	grouping := now.Sub(b.grouped) >= groupsEvery || e.closed
	b.mu.Unlock()
	var groups []*triage.Group
	if grouping {
		groups = e.groups.Open()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.shown
	b.published = now
	if grouping {
		b.grouped, s.OpenGroups = now, len(groups)
		s.Groups = groups[:min(len(groups), shownGroups):min(len(groups), shownGroups)]
	}
	s.Counts, s.Held = e.counts, e.stream.Held()
	if e.clock != 0 {
		s.Clock = time.UnixMicro(e.clock).UTC()
	}
	if e.tracker != nil {
		s.Open = e.tracker.Stats().Open
	}
	if e.log != nil && e.log.follower != nil {
		s.Behind = e.log.follower.Behind()
		if s.Path = e.log.follower.Path(); s.Path == s.Source {
			s.Path = ""
		}
	}
}

// Snapshot returns what the engine is doing. It may be called at any time, by anybody.
func (e *Engine) Snapshot() Snapshot {
	b := &e.board
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.shown
	s.Now = b.now()
	s.Groups = append([]*triage.Group(nil), s.Groups...)
	s.Notices = append([]Notice(nil), s.Notices...)
	s.Rate = float64(b.connections.last(s.Now, 10)) / min(10, max(1, s.Now.Sub(s.Started).Seconds()))
	s.AlertsMinute, s.AlertsHour = b.alerts.last(s.Now, 60), b.alerts.hour(s.Now)
	if !b.stalled.IsZero() {
		s.Stalled = s.Now.Sub(b.stalled)
	}
	return s
}
