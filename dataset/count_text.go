package dataset

import "math"

// A textCounts estimates how many different cells a text column has: exactly
// while they are few enough to remember, by their hashes, and by the density of
// the smallest hashes beyond that (Bar-Yossef et al. 2002, k minimum values).
// The result does not depend on the order of the cells.
type textCounts struct {
	slots []uint64 // an open hash table, at most half full; 0: nothing is here
	n     int
	bound uint64 // only hashes below are remembered
}

// maxHashes is how many hashes are remembered; with so many the estimate is off
// by a thousandth.
const maxHashes = 1 << 20

func newTextCounts() *textCounts {
	return &textCounts{slots: make([]uint64, 1<<10), bound: math.MaxUint64}
}

func (t *textCounts) add(hash uint64) {
	hash = max(hash, 1)
	if hash >= t.bound || !t.place(hash) {
		return
	}
	for t.n++; t.n > maxHashes; {
		t.bound /= 2
		t.rebuild(len(t.slots))
	}
	if 2*t.n > len(t.slots) {
		t.rebuild(2 * len(t.slots))
	}
}

// place puts a hash into the table and reports whether it is new.
func (t *textCounts) place(hash uint64) bool {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch t.slots[i] {
		case hash:
			return false
		case 0:
			t.slots[i] = hash
			return true
		}
	}
}

// rebuild makes a new table of the hashes below the bound.
func (t *textCounts) rebuild(size int) {
	old := t.slots
	t.slots, t.n = make([]uint64, size), 0
	for _, hash := range old {
		if hash > 0 && hash < t.bound {
			t.place(hash)
			t.n++
		}
	}
}

func (t *textCounts) merge(o *textCounts) {
	if t.bound > o.bound {
		t.bound = o.bound
		t.rebuild(len(t.slots))
	}
	for _, hash := range o.slots {
		if hash > 0 {
			t.add(hash)
		}
	}
}

// distinct returns the number of different cells and whether it is exact.
func (t *textCounts) distinct() (n int64, exact bool) {
	if t.bound == math.MaxUint64 {
		return int64(t.n), true
	}
	return int64(math.Round(float64(t.n) / (float64(t.bound) / math.MaxUint64))), false
}

// mixedFNV hashes a cell the same way in every run: FNV-1a, with the mixing of
// splitmix64 because estimates need all bits to be evenly spread.
func mixedFNV(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
