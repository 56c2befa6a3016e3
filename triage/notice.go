package triage

import (
	"math"
	"time"
)

// A Why says for what reason a person should be told of a group.
type Why uint8

// The reasons.
const (
	Quiet   Why = iota // none: the group was told, and little has changed
	Opened             // it is new
	Grown              // it has many times the alerts that it had
	Lasting            // it still goes on
)

var whyNames = [...]string{"quiet", "opened", "grown", "lasting"}

// String returns the name of the reason.
func (w Why) String() string {
	if int(w) < len(whyNames) {
		return whyNames[w]
	}
	return "?"
}

// A Notice says which group an alert is in, and whether to tell a person of it now: once
// when it is opened, then when its alerts reach a power of Options.Factor, and each
// Options.Remind that it goes on. With the defaults, a scan of ten thousand alerts is
// told at 1, 100 and 10,000. Of all groups together, Options.MaxNotices are told in a
// minute; a group whose turn it was not is told with a later alert.
type Notice struct {
	Why Why
	ID  string // of the group

	groups *Groups
	group  *session
}

// Group returns the group as it is now. It must be called before the next Add.
func (n *Notice) Group() *Group { return n.groups.snapshot(n.group) }

// notified is what was told of a group.
type notified struct {
	told bool
	next int64 // told again with so many alerts
	at   time.Time
}

// notices counts those of the present minute.
type notices struct {
	since time.Time
	n     int
}

func (g *Groups) notice(s *session) Notice {
	why := g.reason(s)
	if why != Quiet && !g.mayNotify() {
		g.stats.Withheld++
		why = Quiet
	}
	if why != Quiet {
		n := &s.notified
		n.told, n.at, n.next = true, g.now, max(n.next, 1)
		for n.next <= s.alerts {
			n.next = growth(n.next, int64(g.options.Factor))
		}
	}
	return Notice{why, s.id, g, s}
}

func (g *Groups) reason(s *session) Why {
	switch {
	case !s.notified.told:
		return Opened
	case s.alerts >= s.notified.next:
		return Grown
	case g.now.Sub(s.notified.at) >= g.options.Remind:
		return Lasting
	}
	return Quiet
}

func (g *Groups) mayNotify() bool {
	m := &g.notices
	if age := g.now.Sub(m.since); age >= time.Minute || age < 0 {
		m.since, m.n = g.now, 0
	}
	if m.n >= g.options.MaxNotices {
		return false
	}
	m.n++
	return true
}

// growth multiplies, but not beyond the largest number.
func growth(n, factor int64) int64 {
	if n > math.MaxInt64/factor {
		return math.MaxInt64
	}
	return n * factor
}
