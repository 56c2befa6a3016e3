package triage

import (
	"slices"
	"time"
)

// maxSidePairs is how many pairs a host may have that are in groups about others.
// Beyond, it takes them whatever its rank, so that looking through them stays cheap.
const maxSidePairs = 4 * maxGroupPairs

// minSources is from how many sources on a target is worth a group: two who attack the
// same server need have nothing to do with each other.
const minSources = 3

// meet puts an alert between hosts that are no pair yet into the group of the larger.
func (g *Groups) meet(a *Alert, source, target *side) *session {
	larger := source
	if !a.Src.IsValid() && a.Dst.IsValid() || a.Dst.IsValid() && target.reach() > source.reach() {
		larger = target
	}
	if larger != nil && larger.group != nil && larger.group.sure {
		s := larger.group
		s.total.add(a, g)
		s.alerts++
		if peer := peerOf(a, larger.role); peer.IsValid() {
			s.peers.add(hashAddr(peer), &g.room)
		}
		return s
	}
	source, target = g.sides.get(a, &g.names)
	p := &pair{source: source, target: target}
	p.figures.add(a, g)
	p.link()
	home := source
	if source == nil || p.better() == target && target.group.holds() {
		home = target
	}
	g.join(p, home)
	g.settle(source)
	g.settle(target)
	return p.group
}

// holds reports whether a group about a target has sources enough to be one.
func (s *session) holds() bool { return s != nil && (s.sure || len(s.pairs) >= minSources) }

// settle lets a host that has met another take over the pairs of which it is now the
// larger end.
func (g *Groups) settle(x *side) {
	if x == nil {
		return
	}
	all := len(x.pairs) > maxSidePairs
	var coming []*pair
	for _, p := range x.pairs {
		if p.group.side != x && (all || p.better() == x) {
			coming = append(coming, p)
		}
	}
	if x.role == Target && !x.group.holds() && x.held()+len(coming) < minSources {
		return
	}
	slices.SortFunc(coming, comparePairs)
	for _, p := range coming {
		from := p.group
		g.move(p, x)
		if from.side.role == Target && !from.holds() {
			g.giveBack(from)
		}
	}
}

// held is how many pairs are in the group about the host.
func (x *side) held() int {
	if x.group == nil {
		return 0
	}
	return len(x.group.pairs)
}

// giveBack returns the pairs of a target that has lost others to their sources.
func (g *Groups) giveBack(s *session) {
	for _, p := range slices.SortedFunc(slices.Values(s.pairs), comparePairs) {
		if p.source != nil {
			g.move(p, p.source)
		}
	}
}

// join puts a pair into the group about one of its ends.
func (g *Groups) join(p *pair, x *side) {
	s := x.group
	if s == nil {
		s = g.openGroup(x, p.figures.First.Time)
	}
	p.group = s
	s.alerts += p.figures.Alerts
	if s.sure {
		g.addIn(p)
		return
	}
	p.inGroup = len(s.pairs)
	s.pairs = append(s.pairs, p)
	g.pairs++
	if len(s.pairs) > maxGroupPairs {
		g.addUp(s)
	}
}

// move takes a pair from the group that it is in to that about its other end.
func (g *Groups) move(p *pair, x *side) {
	from := p.group
	g.leave(p)
	from.alerts -= p.figures.Alerts
	g.join(p, x)
	g.touch(x.group)
	if len(from.pairs) > 0 {
		return
	}
	if from.notified.told {
		x.group.replace(from)
	}
	g.forget(from)
	g.stats.TakenOver++
}

// leave takes a pair out of its group.
func (g *Groups) leave(p *pair) {
	s := p.group
	last := len(s.pairs) - 1
	s.pairs[p.inGroup] = s.pairs[last]
	s.pairs[p.inGroup].inGroup = p.inGroup
	s.pairs[last] = nil
	s.pairs = s.pairs[:last]
	g.pairs--
}

// addUp makes a group sure of its case.
func (g *Groups) addUp(s *session) {
	s.sure = true
	for _, p := range slices.SortedFunc(slices.Values(s.pairs), comparePairs) {
		g.leave(p)
		g.addIn(p)
	}
	s.pairs = nil
}

// addIn adds a pair to the totals of its group, which is sure. The pair is no more.
func (g *Groups) addIn(p *pair) {
	s := p.group
	s.total.merge(&p.figures, &g.room)
	if peer := p.other(s.side); peer != nil {
		s.peers.add(hashAddr(peer.host), &g.room)
	}
	g.end(p)
}

// end takes a pair from its hosts.
func (g *Groups) end(p *pair) {
	p.figures.PortSet.free(&g.room)
	p.unlink()
	g.sides.drop(p.source)
	g.sides.drop(p.target)
}

// link makes a pair known to its hosts.
func (p *pair) link() {
	if p.source != nil {
		p.inSource = len(p.source.pairs)
		p.source.pairs = append(p.source.pairs, p)
	}
	if p.target != nil {
		p.inTarget = len(p.target.pairs)
		p.target.pairs = append(p.target.pairs, p)
	}
}

func (p *pair) unlink() {
	if x := p.source; x != nil {
		last := x.cut(p.inSource)
		last.inSource = p.inSource
	}
	if x := p.target; x != nil {
		last := x.cut(p.inTarget)
		last.inTarget = p.inTarget
	}
}

// cut takes out the pair at a place and returns the last, which has taken the place.
func (x *side) cut(at int) *pair {
	end := len(x.pairs) - 1
	last := x.pairs[end]
	x.pairs[at] = last
	x.pairs[end] = nil
	x.pairs = x.pairs[:end]
	return last
}

// openGroup begins a group about a host.
func (g *Groups) openGroup(x *side, first time.Time) *session {
	s := &session{side: x, id: newID(x, first), opened: g.now, seen: g.now}
	x.group = s
	g.open.push(s)
	g.stats.Opened++
	return s
}

// forget takes a group out, with all its pairs.
func (g *Groups) forget(s *session) {
	for len(s.pairs) > 0 {
		p := s.pairs[len(s.pairs)-1]
		g.leave(p)
		g.end(p)
	}
	s.total.PortSet.free(&g.room)
	s.peers.free(&g.room)
	g.open.remove(s)
	s.side.group = nil
	g.sides.drop(s.side)
}

// maxReplaces is how many groups that it took over a group names.
const maxReplaces = 16

// replace notes that a group that a person was told of has become part of this one.
func (s *session) replace(from *session) {
	for _, id := range append(from.replaces, from.id) {
		if len(s.replaces) < maxReplaces && id != s.id {
			s.replaces = append(s.replaces, id)
		}
	}
}
