package traffic

// The windows hold at most maxRecent connections, hence at most as many
// distinct hosts, services and pairs. The tables below have that many places
// and never grow, whatever the traffic.
const (
	places  = maxRecent + 1 // place 0 stands for "none"
	buckets = 1024          // a power of two, about twice the places
)

// A tally counts the connections of one window that share a key.
type tally struct {
	n        uint16 // connections
	serrors  uint16
	rerrors  uint16
	distinct uint16 // services of a host, or hosts of a service
}

// A table maps the keys that occur in a window to their tallies, one for each
// window. A key keeps its place as long as some window holds it. The zero
// value is empty.
type table[K comparable] struct {
	heads [buckets]int16 // first place of each chain
	nodes [places]node[K]
	free  int16 // head of the list of places given back
	used  int16 // places ever taken
}

type node[K comparable] struct {
	key     K
	next    int16
	bucket  int16
	windows [2]tally
}

// place returns the place of the key, taking a new one if it has none.
// Chains are short: even if every key collided they hold at most maxRecent.
func (t *table[K]) place(key K, hash uint64) int16 {
	bucket := int16(hash >> 54) // the top bits; 64 - log2(buckets)
	for i := t.heads[bucket]; i != 0; i = t.nodes[i].next {
		if t.nodes[i].key == key {
			return i
		}
	}
	i := t.free
	if i != 0 {
		t.free = t.nodes[i].next
	} else {
		t.used++
		i = t.used
	}
	t.nodes[i] = node[K]{key: key, next: t.heads[bucket], bucket: bucket}
	t.heads[bucket] = i
	return i
}

// release gives the place back if no window counts its key any more.
func (t *table[K]) release(i int16) {
	n := &t.nodes[i]
	if n.windows[recent].n != 0 || n.windows[last].n != 0 {
		return
	}
	link := &t.heads[n.bucket]
	for *link != i {
		link = &t.nodes[*link].next
	}
	*link = n.next
	n.next, t.free = t.free, i
}
