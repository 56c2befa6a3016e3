package traffic

// An outcome is how a connection counts in the error rates.
type outcome uint8

const (
	noError outcome = iota
	synError
	rejError
	outcomes // how many there are
)

// outcome returns how the state counts in the KDD data.
func (s State) outcome() outcome {
	switch {
	case s.serror():
		return synError
	case s.rerror():
		return rejError
	}
	return noError
}

// counts of the connections of one window that share a host or a service.
type counts struct {
	n        uint32 // connections
	serrors  uint32
	rerrors  uint32
	distinct uint32 // services of a host, or hosts of a service
}

// count adds a connection, or takes it out again if by is -1.
func (c *counts) count(o outcome, by uint32) {
	c.n += by
	switch o {
	case synError:
		c.serrors += by
	case rejError:
		c.rerrors += by
	}
}

// A trace is what a history remembers of one connection: the number of its pair and its outcome.
type trace uint32

func newTrace(pair uint32, o outcome) trace { return trace(pair<<2 | uint32(o)) }
func (t trace) pair() uint32                { return uint32(t >> 2) }
func (t trace) outcome() outcome            { return outcome(t & 3) }

// A history holds the last connections to one host, or to one service.
type history struct {
	owner        uint32   // number in its roster
	older, newer *history // neighbours by the time of their latest connection
	traces       []trace
	ports        []uint16 // of the sources, in the same places; only of hosts
	next         int      // the place of the oldest, once there are as many as there may be
	counts
}

// full reports whether the oldest trace must go before another comes.
func (h *history) full(extent int) bool { return len(h.traces) == extent }

// put puts the trace in the place of the oldest if the history is full, else at the end.
func (h *history) put(t trace, extent int) {
	if !h.full(extent) {
		h.traces = append(h.traces, t)
		return
	}
	h.traces[h.next] = t
	if h.next++; h.next == extent {
		h.next = 0
	}
}

// latest is the place where put has put a trace.
func (h *history) latest() int {
	if h.next > 0 {
		return h.next - 1
	}
	return len(h.traces) - 1
}

// putPort notes the source port of the trace just put, and returns how many came from
// it. The ports lie side by side: looking at each is quicker than a table of them.
func (h *history) putPort(port uint16) (n uint32) {
	if i := h.latest(); i < len(h.ports) {
		h.ports[i] = port
	} else {
		h.ports = append(h.ports, port)
	}
	ports := h.ports
	for ; len(ports) >= 4; ports = ports[4:] {
		n += samePort(ports[0], port) + samePort(ports[1], port) + samePort(ports[2], port) + samePort(ports[3], port)
	}
	for _, p := range ports {
		n += samePort(p, port)
	}
	return n
}

// samePort returns 1 if the ports are the same and 0 if not, without a branch.
func samePort(a, b uint16) uint32 { return (uint32(a^b) - 1) >> 31 }

// histories are those of all hosts, or of all services. When there are too many, or too
// many traces in all, those that were silent for the longest time are forgotten.
type histories struct {
	extent         int // traces in each
	owners, traces int // how many there are
	limit          struct{ owners, traces int }
	oldest, newest *history
	spare          *history // one that was forgotten
}

// start returns a new history, the newest, which must not stay empty.
func (s *histories) start(owner uint32) *history {
	h := &history{}
	if s.spare != nil {
		h, s.spare = s.spare, nil
		*h = history{traces: h.traces[:0], ports: h.ports[:0]}
	}
	h.owner = owner
	s.owners++
	s.link(h)
	return h
}

// renew makes the history the newest.
func (s *histories) renew(h *history) {
	if h != s.newest {
		s.unlink(h)
		s.link(h)
	}
}

// excess takes out and returns the history to be forgotten next, or nil if there is room
// for all. It must not be used after the next call of start.
func (s *histories) excess() *history {
	if s.owners <= s.limit.owners && s.traces <= s.limit.traces {
		return nil
	}
	h := s.oldest
	s.unlink(h)
	s.owners--
	s.traces -= len(h.traces)
	if cap(h.traces) <= 16 { // the room of a long one would be wasted on the short ones of a flood
		s.spare = h
	}
	return h
}

func (s *histories) link(h *history) {
	h.older, h.newer = s.newest, nil
	if s.newest != nil {
		s.newest.newer = h
	} else {
		s.oldest = h
	}
	s.newest = h
}

func (s *histories) unlink(h *history) {
	if h.older != nil {
		h.older.newer = h.newer
	} else {
		s.oldest = h.newer
	}
	if h.newer != nil {
		h.newer.older = h.older
	} else {
		s.newest = h.older
	}
}
