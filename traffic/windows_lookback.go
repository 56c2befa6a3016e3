package traffic

import (
	"math"
	"net/netip"
)

const (
	recentSpan = 2_000_000 // microseconds that the recent window reaches back

	minusOne  = math.MaxUint32 // added to a count, which wraps around
	minusOne8 = math.MaxUint8
)

// A lookback remembers connections for DocumentedWindows and HostWindows: those of the
// last two seconds, and the last ones of each host and of each service. What it
// remembers is bounded: each connection takes constant time, and what it pushes out is
// the oldest of the recent window and the histories of those silent for the longest time.
type lookback struct {
	hosts    roster[netip.Addr, party]
	services roster[uint32, party]
	pairs    roster[uint64, pairing] // number of the host, number of the service

	recent ring
	limit  int // of connections in the recent window

	byHost, byService histories
}

// A party is a host or a service.
type party struct {
	recent  counts
	history *history
}

// A pairing counts the connections to one service of one host.
type pairing struct {
	recent uint32

	// In the history of the host, and in that of the service, which have at most 255 connections.
	byHost, serrors, rerrors uint8
	byService                uint8
}

// bounds say how much a lookback remembers at most.
type bounds struct {
	recent            int // connections in the recent window
	history           int // connections of one host, or one service; at most 255
	hosts             int // hosts with a history
	byHost, byService int // connections in all histories
}

func newLookback(b bounds) *lookback {
	l := &lookback{limit: b.recent}
	l.hosts.numbers, l.services.numbers, l.pairs.numbers = map[netip.Addr]uint32{}, map[uint32]uint32{}, map[uint64]uint32{}
	l.byHost.extent, l.byService.extent = b.history, b.history
	l.byHost.limit.owners, l.byHost.limit.traces = b.hosts, b.byHost
	l.byService.limit.owners, l.byService.limit.traces = math.MaxInt, b.byService // there are only so many ports
	return l
}

// A view is what the windows hold when a connection has come in, itself included.
type view struct {
	// In the recent window, to the same host and to the same service, and in the
	// histories of both.
	host, service         counts
	hostPast, servicePast counts

	pair  pairing // to the same service of the same host
	ports uint32  // in the history of the host, from the same source port
}

// add remembers a connection, whose service has the given key.
func (l *lookback) add(c *Connection, service uint32, o outcome) (v view) {
	l.expire(c.Start)
	pair := l.pair(c.Dst, service)
	l.enter(moment{c.Start, newTrace(pair, o)})
	v.hostPast, v.ports = l.rememberHost(pair, c.SrcPort, o)
	v.servicePast = l.rememberService(pair, o)
	p := &l.pairs.members[pair]
	v.pair = p.value
	v.host, v.service = l.host(p.key).recent, l.service(p.key).recent
	l.forget()
	return v
}

// pair returns the number of the pair. A pair that some window holds holds its host and its service.
func (l *lookback) pair(dst netip.Addr, service uint32) uint32 {
	host, service := l.hosts.number(dst), l.services.number(service)
	pair := l.pairs.number(uint64(host)<<32 | uint64(service))
	if l.pairs.members[pair].holds == 0 {
		l.hosts.hold(host)
		l.services.hold(service)
	}
	return pair
}

func (l *lookback) host(pairKey uint64) *party    { return &l.hosts.members[pairKey>>32].value }
func (l *lookback) service(pairKey uint64) *party { return &l.services.members[uint32(pairKey)].value }

// release lets go of a pair that a window no longer holds.
func (l *lookback) release(pair uint32) {
	key := l.pairs.members[pair].key
	if l.pairs.release(pair) {
		l.hosts.release(uint32(key >> 32))
		l.services.release(uint32(key))
	}
}

// expire takes out of the recent window what must make room for a connection.
func (l *lookback) expire(start int64) {
	for l.recent.n > 0 {
		m := l.recent.first()
		if m.start >= start-recentSpan && l.recent.n < l.limit {
			return
		}
		l.leave(*m)
		l.recent.drop()
	}
}

// enter adds a connection to the recent window.
func (l *lookback) enter(m moment) {
	l.recent.push(m)
	p := l.pairs.hold(m.pair())
	host, service := l.host(p.key), l.service(p.key)
	host.recent.count(m.outcome(), 1)
	service.recent.count(m.outcome(), 1)
	if p.value.recent++; p.value.recent == 1 {
		host.recent.distinct++
		service.recent.distinct++
	}
}

func (l *lookback) leave(m moment) {
	p := &l.pairs.members[m.pair()]
	host, service := l.host(p.key), l.service(p.key)
	host.recent.count(m.outcome(), minusOne)
	service.recent.count(m.outcome(), minusOne)
	if p.value.recent--; p.value.recent == 0 {
		host.recent.distinct--
		service.recent.distinct--
	}
	l.release(m.pair())
}

// rememberHost adds a connection to the history of its host. It returns what that then
// holds, and how many of it came from the port.
func (l *lookback) rememberHost(pair uint32, port uint16, o outcome) (counts, uint32) {
	p := l.pairs.hold(pair)
	host := l.host(p.key)
	if host.history == nil {
		host.history = l.byHost.start(uint32(p.key >> 32))
	}
	h := host.history
	l.byHost.renew(h)
	if h.full(l.byHost.extent) {
		l.forgetHost(h, h.traces[h.next])
	} else {
		l.byHost.traces++
	}
	h.put(newTrace(pair, o), l.byHost.extent)
	h.count(o, 1)
	if p.value.byHost == 0 {
		h.distinct++
	}
	p.value.byHostCount(o, 1)
	return h.counts, h.putPort(port)
}

func (l *lookback) forgetHost(h *history, t trace) {
	p := &l.pairs.members[t.pair()].value
	h.count(t.outcome(), minusOne)
	p.byHostCount(t.outcome(), minusOne8)
	if p.byHost == 0 {
		h.distinct--
	}
	l.release(t.pair())
}

func (p *pairing) byHostCount(o outcome, by uint8) {
	p.byHost += by
	switch o {
	case synError:
		p.serrors += by
	case rejError:
		p.rerrors += by
	}
}

// rememberService adds a connection to the history of its service, and returns what that then holds.
func (l *lookback) rememberService(pair uint32, o outcome) counts {
	p := l.pairs.hold(pair)
	service := l.service(p.key)
	if service.history == nil {
		service.history = l.byService.start(uint32(p.key))
	}
	h := service.history
	l.byService.renew(h)
	if h.full(l.byService.extent) {
		l.forgetService(h, h.traces[h.next])
	} else {
		l.byService.traces++
	}
	h.put(newTrace(pair, o), l.byService.extent)
	h.count(o, 1)
	if p.value.byService++; p.value.byService == 1 {
		h.distinct++
	}
	return h.counts
}

func (l *lookback) forgetService(h *history, t trace) {
	p := &l.pairs.members[t.pair()].value
	h.count(t.outcome(), minusOne)
	if p.byService--; p.byService == 0 {
		h.distinct--
	}
	l.release(t.pair())
}

// forget drops the histories for which there is no room.
func (l *lookback) forget() {
	for h := l.byHost.excess(); h != nil; h = l.byHost.excess() {
		l.hosts.members[h.owner].value.history = nil
		for _, t := range h.traces {
			l.forgetHost(h, t)
		}
	}
	for h := l.byService.excess(); h != nil; h = l.byService.excess() {
		l.services.members[h.owner].value.history = nil
		for _, t := range h.traces {
			l.forgetService(h, t)
		}
	}
}
