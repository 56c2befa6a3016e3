package triage

import (
	"slices"
	"time"
)

// Groups puts alerts together by host and time. A group is one host in one stretch of
// time without a quiet of Options.Gap, as the source of alerts or as their target.
//
// An alert belongs to the end that has met more others: to its source, if that has
// attacked at least as many targets as sources have attacked the target; else to the
// target, provided that there are three such sources or more. The alerts from one source
// to one target are a pair. A group of up to 32 pairs keeps them apart, and whenever an
// end meets another host, the pairs of which it is now the larger end come over to its
// group; a group that loses its last pair was never there. So the first alerts of a scan
// or a flood, which look like any others, come to be where they belong, and in which
// order alerts of one time arrive does not matter. A group of more pairs is sure of its
// case: it adds them up, takes each further alert of which its host is the larger end,
// and gives nothing away.
//
// Time is that of the alerts, and of Advance. Alerts should come in about the order of
// their times; a late one counts as heard now, and one without a time has the latest.
// A clock that was set far ahead by one wrong alert goes back after 16 right ones.
//
// Memory is a few MB as a rule, 20 MB in a flood of strangers, and some 130 MB at the
// worst, however long the stream and whatever is in it. A Groups must not be used by several goroutines at once.
type Groups struct {
	options Options
	sides   sides
	open    quietList
	pairs   int // of all open groups
	names   names
	room    allowance

	now     time.Time
	behind  int // alerts in a row that are very late
	notices notices
	stats   Stats
	ended   []*Group // kept for Finish
	alert   Alert    // the one that is being added
}

// A session is an open group.
type session struct {
	side     *side
	id       string
	pairs    []*pair // unless sure
	sure     bool    // has had more than maxPairs, and has added them up in
	total    figures
	peers    distinct
	alerts   int64
	replaces []string  // IDs of groups that were told, and then taken over
	opened   time.Time // by the clock of Groups, as is seen
	seen     time.Time // when the last alert came
	notified notified

	before, after *session // in the quietList
}

// maxGroupPairs is how many pairs a group has at most before it is sure.
const maxGroupPairs = 32

// NewGroups returns a Groups that holds nothing yet. It refuses options that make no
// sense.
func NewGroups(o Options) (*Groups, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Groups{options: o, sides: newSides(), room: newAllowance(o.MaxPeers)}, nil
}

// Add puts an alert into its group, and says which that is and whether to tell a
// person of it now. It keeps nothing of what the alert points to.
func (g *Groups) Add(alert *Alert) Notice {
	a := &g.alert
	*a = *alert
	a.Src, a.Dst, a.Time = plainAddr(a.Src), plainAddr(a.Dst), plainTime(a.Time)
	g.tick(a)
	source, target := g.sides.find(a)
	if g.closeLong(source) || g.closeLong(target) {
		g.closeLong(target)
		source, target = g.sides.find(a)
	}
	var s *session
	if p := commonPair(source, target); p != nil {
		s = p.group
		p.figures.add(a, g)
		s.alerts++
	} else {
		s = g.meet(a, source, target)
	}
	g.stats.Alerts++
	g.touch(s)
	g.makeRoom(s)
	return g.notice(s)
}

// tick sets the clock by an alert, or the alert by the clock.
func (g *Groups) tick(a *Alert) {
	late := g.now.Sub(a.Time)
	switch {
	case a.Time.IsZero():
		a.Time = g.now
		return
	case late <= 0:
		g.Advance(a.Time)
	case late > g.options.Gap:
		g.stats.Late++
	}
	if late <= min(g.options.Longest, time.Hour) { // beyond, a clock was wrong, then or now
		g.behind = 0
		return
	}
	if g.behind++; g.behind == 16 {
		g.setClock(a.Time)
	}
}

// setClock starts a new reckoning of time, in which all open groups were just heard of.
func (g *Groups) setClock(now time.Time) {
	g.now, g.behind = now, 0
	for s := g.open.first; s != nil; s = s.after {
		s.opened, s.seen, s.notified.at = now, now, now
	}
}

// Advance tells the time, and ends the groups that have been quiet for too long by it.
// It must be the time that alerts are in: not that of the wall when an old log is read.
// A time before the latest is ignored.
func (g *Groups) Advance(now time.Time) {
	now = plainTime(now)
	switch {
	case !now.After(g.now):
		return
	case g.now.IsZero():
		g.setClock(now)
		return
	}
	g.now = now
	for g.open.first != nil && now.Sub(g.open.first.seen) > g.options.Gap {
		g.close(g.open.first)
	}
}

// closeLong ends the group about a host if it has gone on for too long.
func (g *Groups) closeLong(x *side) bool {
	if x == nil || x.group == nil || g.now.Sub(x.group.opened) <= g.options.Longest {
		return false
	}
	g.close(x.group)
	return true
}

// makeRoom ends the groups that have been quiet longest until there are not too many
// groups, or pairs in them.
func (g *Groups) makeRoom(current *session) {
	for g.open.n > g.options.MaxGroups || g.pairs > 4*g.options.MaxGroups {
		if g.open.first == current {
			return
		}
		g.stats.Forced++
		g.close(g.open.first)
	}
}

// touch makes a group the one that was heard of last.
func (g *Groups) touch(s *session) {
	s.seen = g.now
	if g.open.last != s {
		g.open.remove(s)
		g.open.push(s)
	}
}

func (g *Groups) close(s *session) {
	ended := g.snapshot(s)
	g.forget(s)
	g.stats.Closed++
	if g.options.Closed != nil {
		g.options.Closed(ended)
		return
	}
	g.ended = append(g.ended, ended)
	if len(g.ended) >= 2*g.options.Keep {
		g.dropMild()
	}
}

// dropMild leaves only the most severe of the groups that ended.
func (g *Groups) dropMild() {
	slices.SortFunc(g.ended, bySeverity)
	if n := g.options.Keep; len(g.ended) > n {
		g.stats.Dropped += int64(len(g.ended) - n)
		clear(g.ended[n:])
		g.ended = g.ended[:n]
	}
}

// Finish ends all groups. It returns all that were not handed to Options.Closed, the
// most severe first. The Groups is empty afterwards, and may be used again.
func (g *Groups) Finish() []*Group {
	for g.open.first != nil {
		g.close(g.open.first)
	}
	g.dropMild()
	ended := g.ended
	g.ended = nil
	return ended
}

// Open returns the groups that have not ended as they are now, the most severe first.
func (g *Groups) Open() []*Group {
	out := make([]*Group, 0, g.open.n)
	for s := g.open.first; s != nil; s = s.after {
		out = append(out, g.snapshot(s))
	}
	slices.SortFunc(out, bySeverity)
	return out
}

// Stats returns what was counted so far.
func (g *Groups) Stats() Stats { return g.stats }

// A quietList holds the open groups, the one that has been quiet longest first.
type quietList struct {
	first, last *session
	n           int
}

func (l *quietList) push(s *session) {
	s.before, s.after = l.last, nil
	if l.last == nil {
		l.first = s
	} else {
		l.last.after = s
	}
	l.last = s
	l.n++
}

func (l *quietList) remove(s *session) {
	if s.before == nil {
		l.first = s.after
	} else {
		s.before.after = s.after
	}
	if s.after == nil {
		l.last = s.before
	} else {
		s.after.before = s.before
	}
	l.n--
}
