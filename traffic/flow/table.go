package flow

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/netanom/netanom/traffic/packet"
)

// The protocols that are tracked, by their IANA numbers.
const (
	icmp   = 1
	tcp    = 6
	udp    = 17
	icmpv6 = 58
)

// A key names a connection whatever the direction: the lower endpoint first.
type key struct {
	aHigh, aLow, bHigh, bLow uint64
	ports                    uint32 // those of a and b
	kind                     uint16 // protocol, and 256 for IPv6
}

func (k *key) protocol() uint8 { return uint8(k.kind) }

// newKey returns the key of a packet, and whether its source is the endpoint b.
func newKey(p *packet.Packet) (k key, fromB bool) {
	aHigh, aLow := halves(p.Src)
	bHigh, bLow := halves(p.Dst)
	a, b := uint32(p.SrcPort), uint32(p.DstPort)
	kind := uint16(p.Protocol)
	if !p.Src.Is4() {
		kind |= 256
	}
	if aLow > bLow || aLow == bLow && (aHigh > bHigh || aHigh == bHigh && a > b) {
		return key{bHigh, bLow, aHigh, aLow, b<<16 | a, kind}, true
	}
	return key{aHigh, aLow, bHigh, bLow, a<<16 | b, kind}, false
}

func halves(a netip.Addr) (high, low uint64) {
	if a.Is4() {
		b := a.As4()
		return 0, uint64(binary.BigEndian.Uint32(b[:]))
	}
	b := a.As16()
	return binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])
}

const (
	chunkBits = 10 // flows are kept in chunks of this many bits of their places
	chunkSize = 1 << chunkBits
	none      = 0 // no place
)

// A table holds flows in chunks that never move, and finds them by hashing with linear
// probing. Slots hold no pointers, so that the garbage collector passes them by.
type table struct {
	seeds  [2]uint64
	slots  []uint64 // upper half: the hash; lower half: the place, none if the slot is free
	chunks []*[chunkSize]flow
	free   uint32 // head of the list of flows that are not in use, linked by next
	used   uint32 // places ever in use; place 0 is not
	open   int
}

// newTable returns an empty table. Its hash is seeded by chance, so that nobody can make packets that
// meet in one slot.
func newTable() table {
	return table{seeds: [2]uint64{rand.Uint64(), rand.Uint64()}, slots: make([]uint64, 1<<chunkBits), used: 1}
}

// hash mixes a key as wyhash does: products of seeded words, folded.
func (t *table) hash(k *key) uint32 {
	high, low := bits.Mul64(k.aLow^t.seeds[0], k.bLow^uint64(k.ports)<<32^t.seeds[1])
	h := high ^ low
	high, low = bits.Mul64(h^k.aHigh^uint64(k.kind)<<48, k.bHigh^uint64(k.ports)^t.seeds[0])
	h ^= high ^ low
	return uint32(h>>32) ^ uint32(h)
}

func (t *table) at(place uint32) *flow { return &t.chunks[place>>chunkBits][place%chunkSize] }

// find returns the place of a flow, or none.
func (t *table) find(k *key, hash uint32) uint32 {
	mask := uint32(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		slot := t.slots[i]
		if uint32(slot) == none {
			return none
		}
		if uint32(slot>>32) == hash && t.at(uint32(slot)).key == *k {
			return uint32(slot)
		}
	}
}

// add returns a flow with that key and nothing else set, but for its generation.
func (t *table) add(k *key, hash uint32) (uint32, *flow) {
	if t.open*2 >= len(t.slots) {
		t.grow()
	}
	place := t.free
	if place == none {
		place = t.used
		t.used++
		if int(place>>chunkBits) == len(t.chunks) {
			t.chunks = append(t.chunks, new([chunkSize]flow))
		}
	} else {
		t.free = t.at(place).next
	}
	f := t.at(place)
	*f = flow{key: *k, hash: hash, generation: f.generation + 1}
	t.put(uint64(hash)<<32 | uint64(place))
	t.open++
	return place, f
}

func (t *table) put(slot uint64) {
	mask := uint32(len(t.slots) - 1)
	i := uint32(slot>>32) & mask
	for uint32(t.slots[i]) != none {
		i = (i + 1) & mask
	}
	t.slots[i] = slot
}

func (t *table) grow() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	for _, slot := range old {
		if uint32(slot) != none {
			t.put(slot)
		}
	}
}

// remove gives the place of a flow back. Those behind it in the same run of slots move
// up (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
func (t *table) remove(place uint32) {
	mask := uint32(len(t.slots) - 1)
	f := t.at(place)
	hole := f.hash & mask
	for uint32(t.slots[hole]) != place {
		hole = (hole + 1) & mask
	}
	for i := (hole + 1) & mask; uint32(t.slots[i]) != none; i = (i + 1) & mask {
		home := uint32(t.slots[i]>>32) & mask
		if (i-home)&mask >= (i-hole)&mask {
			t.slots[hole] = t.slots[i]
			hole = i
		}
	}
	t.slots[hole] = none
	f.pending, f.talk = nil, nil
	f.generation++
	f.next = t.free
	t.free = place
	t.open--
}

// ordered returns the places of all flows, by start and, where that is the same, by key, as
// places say nothing of the order in which flows began.
func (t *table) ordered() []uint32 {
	type begun struct {
		start int64
		place uint32
	}
	all := make([]begun, 0, t.open)
	for _, slot := range t.slots {
		if place := uint32(slot); place != none {
			all = append(all, begun{t.at(place).start, place})
		}
	}
	slices.SortFunc(all, func(a, b begun) int {
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		return t.at(a.place).key.compare(&t.at(b.place).key)
	})
	places := make([]uint32, len(all))
	for i, b := range all {
		places[i] = b.place
	}
	return places
}

func (k *key) compare(o *key) int {
	return cmp.Or(cmp.Compare(k.aHigh, o.aHigh), cmp.Compare(k.aLow, o.aLow), cmp.Compare(k.bHigh, o.bHigh),
		cmp.Compare(k.bLow, o.bLow), cmp.Compare(k.ports, o.ports), cmp.Compare(k.kind, o.kind))
}
