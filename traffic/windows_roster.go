package traffic

// A roster gives the keys that some window holds a number, and keeps a value for each.
// The maps of the language are seeded at random, so that nobody can choose addresses
// that make them slow.
type roster[K comparable, V any] struct {
	numbers map[K]uint32
	members []member[K, V]
	free    []uint32 // numbers given back
}

type member[K comparable, V any] struct {
	key   K
	holds uint32
	value V
}

// number returns the number of the key, giving it one if it has none. It stays the same
// as long as it is held.
func (r *roster[K, V]) number(key K) uint32 {
	if i, ok := r.numbers[key]; ok {
		return i
	}
	var i uint32
	if n := len(r.free); n > 0 {
		i, r.free = r.free[n-1], r.free[:n-1]
		r.members[i] = member[K, V]{key: key}
	} else {
		i = uint32(len(r.members))
		r.members = append(r.members, member[K, V]{key: key})
	}
	r.numbers[key] = i
	return i
}

func (r *roster[K, V]) hold(i uint32) *member[K, V] {
	m := &r.members[i]
	m.holds++
	return m
}

// release lets go of the number, and reports whether nobody holds it any more.
func (r *roster[K, V]) release(i uint32) bool {
	m := &r.members[i]
	if m.holds--; m.holds > 0 {
		return false
	}
	delete(r.numbers, m.key)
	r.free = append(r.free, i)
	return true
}

// moment is what the recent window remembers of a connection.
type moment struct {
	start int64
	trace
}

// A ring is a queue that grows to what the traffic needs.
type ring struct {
	slots []moment // a power of two
	head  int      // slot of the first
	n     int
}

func (r *ring) first() *moment   { return r.at(0) }
func (r *ring) at(i int) *moment { return &r.slots[(r.head+i)&(len(r.slots)-1)] }

func (r *ring) drop() {
	r.head = (r.head + 1) & (len(r.slots) - 1)
	r.n--
}

func (r *ring) push(m moment) {
	if r.n == len(r.slots) {
		slots := make([]moment, max(64, 2*r.n))
		copied := copy(slots, r.slots[r.head:])
		copy(slots[copied:], r.slots[:r.head])
		r.slots, r.head = slots, 0
	}
	r.n++
	*r.at(r.n - 1) = m
}
