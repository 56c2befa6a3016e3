package traffic

// A schedule is a queue in order of time; equal times keep the order in which
// they came. It is a binary heap.
type schedule[T any] struct {
	entries []entry[T]
	pushed  uint64
}

type entry[T any] struct {
	at    int64
	order uint64
	value T
}

func (a *entry[T]) before(b *entry[T]) bool {
	return a.at < b.at || a.at == b.at && a.order < b.order
}

func (s *schedule[T]) empty() bool { return len(s.entries) == 0 }

// first returns the earliest entry, which must exist.
func (s *schedule[T]) first() *entry[T] { return &s.entries[0] }

func (s *schedule[T]) push(at int64, value T) {
	e := entry[T]{at, s.pushed, value}
	s.pushed++
	s.entries = append(s.entries, e)
	i := len(s.entries) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(&s.entries[parent]) {
			break
		}
		s.entries[i] = s.entries[parent]
		i = parent
	}
	s.entries[i] = e
}

// pop removes and returns the earliest value, which must exist.
func (s *schedule[T]) pop() T {
	value := s.entries[0].value
	end := len(s.entries) - 1
	moved := s.entries[end]
	s.entries[end] = entry[T]{} // let go of the value
	s.entries = s.entries[:end]
	if end > 0 {
		s.sink(moved)
	}
	return value
}

// postpone moves the earliest entry to a later time.
func (s *schedule[T]) postpone(at int64) {
	e := s.entries[0]
	e.at, e.order = at, s.pushed
	s.pushed++
	s.sink(e)
}

// sink puts e in place of the earliest entry and restores the order.
func (s *schedule[T]) sink(e entry[T]) {
	i := 0
	for {
		child := 2*i + 1
		if child >= len(s.entries) {
			break
		}
		if right := child + 1; right < len(s.entries) && s.entries[right].before(&s.entries[child]) {
			child = right
		}
		if !s.entries[child].before(&e) {
			break
		}
		s.entries[i] = s.entries[child]
		i = child
	}
	s.entries[i] = e
}
