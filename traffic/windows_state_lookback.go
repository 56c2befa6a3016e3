package traffic

import "errors"

// State returns all that is remembered: for Restore, in this process or another.
func (w *HostWindows) State() []byte {
	return w.look.write().seal(PerHost, appendServiceKey)
}

// Restore makes the windows those of which State was asked: what is added from then on
// has the features that it would have had there. It returns an error, and changes
// nothing, if the state was not returned by State of a HostWindows, or was damaged since.
func (w *HostWindows) Restore(state []byte) error {
	look := w.look.fresh(hostBounds)
	if err := look.restore(state, PerHost, readServiceKey); err != nil {
		return err
	}
	w.look = look
	return nil
}

// State returns all that is remembered: for Restore, in this process or another.
func (w *DocumentedWindows) State() []byte {
	return w.look.write().seal(Documented, func(b []byte, key uint32) []byte {
		return appendText(b, serviceNames()[key])
	})
}

// Restore makes the windows those of which State was asked: what is added from then on
// has the features that it would have had there. It returns an error, and changes
// nothing, if the state was not returned by State of a DocumentedWindows, or was damaged since.
func (w *DocumentedWindows) Restore(state []byte) error {
	look := w.look.fresh(documentedBounds)
	if err := look.restore(state, Documented, readServiceName); err != nil {
		return err
	}
	w.look = look
	return nil
}

func readServiceName(r *stateReader) uint32 {
	name := r.text()
	key, ok := serviceNumbers()[name]
	if !ok {
		r.fail(errors.New("it names a service that does not exist"))
	}
	return key
}

// fresh returns a lookback within the same bounds, or within b if there is none.
func (l *lookback) fresh(b bounds) *lookback {
	if l != nil {
		b = bounds{l.limit, l.byHost.extent, l.byHost.limit.owners, l.byHost.limit.traces, l.byService.limit.traces}
	}
	return newLookback(b)
}

// write writes the recent window, and then the histories, the oldest first.
func (l *lookback) write() *stateWriter {
	out := &stateWriter{}
	if l == nil {
		l = newLookback(bounds{})
	}
	out.number(uint64(l.recent.n))
	before := int64(0)
	for i := range l.recent.n {
		m := l.recent.at(i)
		out.signed(m.start - before)
		before = m.start
		out.host(l.hosts.members[l.pairs.members[m.pair()].key>>32].key)
		out.service(l.serviceOf(m.trace), m.outcome())
	}
	out.number(uint64(l.byHost.owners))
	for h := l.byHost.oldest; h != nil; h = h.newer {
		out.host(l.hosts.members[h.owner].key)
		out.number(uint64(len(h.traces)))
		h.inOrder(func(i int) {
			out.service(l.serviceOf(h.traces[i]), h.traces[i].outcome())
			out.number(uint64(h.ports[i]))
		})
	}
	out.number(uint64(l.byService.owners))
	for h := l.byService.oldest; h != nil; h = h.newer {
		out.service(l.services.members[h.owner].key, noError)
		out.number(uint64(len(h.traces)))
		h.inOrder(func(i int) {
			out.host(l.hosts.members[l.pairs.members[h.traces[i].pair()].key>>32].key)
			out.number(uint64(h.traces[i].outcome()))
		})
	}
	return out
}

func (l *lookback) serviceOf(t trace) uint32 {
	return l.services.members[uint32(l.pairs.members[t.pair()].key)].key
}

// inOrder calls visit with the places of the traces, the oldest first.
func (h *history) inOrder(visit func(int)) {
	for i := range h.traces {
		visit((h.next + i) % len(h.traces))
	}
}

// restore adds what a state holds to a new lookback, by the same steps as Add, so that
// all counts are right whatever it holds.
func (l *lookback) restore(state []byte, m Mode, service func(*stateReader) uint32) error {
	r, err := openState(state, m, service)
	if err == nil {
		l.readRecent(r)
		l.readHosts(r)
		l.readServices(r)
		err = r.close()
	}
	if err == nil && !l.fits() {
		err = errStateCounts
	}
	if err != nil {
		return stateError(m, err)
	}
	return nil
}

func (l *lookback) readRecent(r *stateReader) {
	start := int64(0)
	for range r.number(uint64(l.limit)) {
		start += r.signed()
		host := r.host()
		service, o := r.service()
		if r.err != nil {
			return
		}
		l.enter(moment{start, newTrace(l.pair(host, service), o)})
	}
}

func (l *lookback) readHosts(r *stateReader) {
	for range r.number(uint64(l.byHost.limit.owners)) {
		host := r.host()
		n := l.extentOf(r, &l.byHost)
		if i, ok := l.hosts.numbers[host]; ok && l.hosts.members[i].value.history != nil {
			r.fail(errStateKeys)
		}
		for range n {
			service, o := r.service()
			port := uint16(r.number(1<<16 - 1))
			if r.err != nil {
				return
			}
			l.rememberHost(l.pair(host, service), port, o)
		}
	}
}

func (l *lookback) readServices(r *stateReader) {
	for range r.number(uint64(l.byService.limit.traces)) {
		service, o := r.service()
		if o != noError {
			r.fail(errStateNumber)
		}
		n := l.extentOf(r, &l.byService)
		if i, ok := l.services.numbers[service]; ok && l.services.members[i].value.history != nil {
			r.fail(errStateKeys)
		}
		for range n {
			host := r.host()
			o := outcome(r.number(uint64(outcomes) - 1))
			if r.err != nil {
				return
			}
			l.rememberService(l.pair(host, service), o)
		}
	}
}

// extentOf reads how long a history is, which is not empty.
func (l *lookback) extentOf(r *stateReader, s *histories) uint64 {
	n := r.number(uint64(min(s.extent, s.limit.traces-s.traces)))
	if n == 0 {
		r.fail(errStateNumber)
	}
	return n
}

// fits reports whether the windows can be those of one stream: they end with the same
// connection, and the recent window is no longer than it may be.
func (l *lookback) fits() bool {
	if l.recent.n == 0 {
		return l.byHost.owners == 0 && l.byService.owners == 0
	}
	latest := l.recent.at(l.recent.n - 1)
	if l.recent.first().start < latest.start-recentSpan {
		return false
	}
	host, service := l.byHost.newest, l.byService.newest
	return host != nil && host.traces[host.latest()] == latest.trace &&
		service != nil && service.traces[service.latest()] == latest.trace
}
