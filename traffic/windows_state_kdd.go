package traffic

import "math"

// State returns all that is remembered: for Restore, in this process or another.
func (w *Windows) State() []byte {
	var out stateWriter
	start := min(w.oldest[recent], w.oldest[last])
	out.number(w.added - w.oldest[recent])
	out.number(w.added - w.oldest[last])
	before := int64(0)
	for i := start; i < w.added; i++ {
		s := &w.ring[i%places]
		out.signed(s.second - before)
		before = s.second
		out.host(w.hosts.nodes[s.host].key)
		out.service(w.services.nodes[s.service].key, s.outcome())
		if i >= w.oldest[last] {
			out.number(uint64(uint16(w.ports.nodes[s.port].key)))
		}
	}
	return out.seal(KDD, appendServiceKey)
}

func (s *seen) outcome() outcome {
	switch {
	case s.serror != 0:
		return synError
	case s.rerror != 0:
		return rejError
	}
	return noError
}

// Restore makes the windows those of which State was asked: what is added from then on
// has the features that it would have had there. It returns an error, and changes
// nothing, if the state was not returned by State of a Windows, or was damaged since.
func (w *Windows) Restore(state []byte) error {
	r, err := openState(state, KDD, readServiceKey)
	if err != nil {
		return stateError(KDD, err)
	}
	var fresh Windows
	err = fresh.read(r)
	if err == nil {
		err = r.close()
	}
	if err != nil {
		return stateError(KDD, err)
	}
	*w = fresh
	return nil
}

// read adds what a state holds. Connections are in one window or in both.
func (w *Windows) read(r *stateReader) error {
	inRecent, inLast := r.number(maxRecent), r.number(maxLast)
	// As long as the last window is not full, it has all connections there were.
	if inLast < maxLast && inRecent > inLast || inRecent == 0 && inLast > 0 {
		return errStateCounts
	}
	n := max(inRecent, inLast)
	w.oldest = [2]uint64{recent: n - inRecent, last: n - inLast}
	second := int64(0)
	for w.added < n && r.err == nil {
		second += r.signed()
		host := r.host()
		key, o := r.service()
		port := uint16(0)
		if w.added >= w.oldest[last] {
			port = uint16(r.number(math.MaxUint16))
		}
		if second < floorSecond(math.MinInt64) || second > floorSecond(math.MaxInt64) {
			return errStateNumber
		}
		if r.err != nil {
			return r.err
		}
		s := w.place(second, host, key, o)
		if w.added >= w.oldest[last] {
			w.placePort(&s, port)
			w.count(last, &s, 1)
		}
		if w.added >= w.oldest[recent] {
			w.count(recent, &s, 1)
		}
		w.push(s)
	}
	if r.err == nil && n > 0 && w.ring[w.oldest[recent]%places].second < second-recentSeconds {
		return errStateCounts
	}
	return r.err
}
