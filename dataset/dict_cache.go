package dataset

import (
	"encoding/binary"
	"math/bits"
)

// A dictCache is a worker's own view of a Dict: a hash table without locks
// that asks the Dict only for levels this worker has not met.
type dictCache struct {
	dict    *Dict
	missing func(cell []byte) bool
	slots   []dictSlot // cells of at most 16 bytes, which most levels are; as many as a power of two
	shift   uint       // leaves as many bits of a hash as there are slots
	filled  int
	long    map[string]uint32 // the others
	most    int               // levels that this worker may have met
	counts  []int64           // cells per code, if counting
}

// A dictSlot holds a cell as one or two words that are compared at once. Cells
// without a value are looked up like levels but have the code MissingCode.
type dictSlot struct {
	first, last uint64
	size        uint32 // bytes and one more; 0: nothing is here
	code        uint32
}

func newDictCache(d *Dict, missing func([]byte) bool) *dictCache {
	return &dictCache{dict: d, missing: missing, slots: make([]dictSlot, 64), shift: 64 - 6, long: map[string]uint32{}}
}

// decode writes the codes of the cells to out and returns how many have no
// value.
func (c *dictCache) decode(out []uint32, s *cellSpan) (missing int) {
	if len(out) == 0 {
		return 0
	}
	cells := s.cursor()
	for j := range out {
		start, end := cells.next()
		size := end - start // and one more
		code := uint32(0)
		if size <= 9 {
			last := cells.word(end) >> (72 - 8*size)
			slot := &c.slots[hashWords(0, last)>>c.shift]
			if code = slot.code; slot.last != last || slot.size != size {
				code = c.find(0, last, s.buf[start+1:end])
			}
		} else {
			code = c.code(s.buf[start+1 : end])
		}
		if code == MissingCode {
			missing++
		}
		out[j] = code
	}
	return missing
}

// code looks up a cell of more than eight bytes.
func (c *dictCache) code(cell []byte) uint32 {
	if len(cell) <= 16 {
		return c.find(binary.LittleEndian.Uint64(cell), binary.LittleEndian.Uint64(cell[len(cell)-8:]), cell)
	}
	code, ok := c.long[string(cell)]
	if !ok {
		code = c.learn(cell)
		c.long[string(cell)] = code
	}
	return code
}

// find looks up a cell by its words.
func (c *dictCache) find(first, last uint64, cell []byte) uint32 {
	size := uint32(len(cell)) + 1
	for i := hashWords(first, last) >> c.shift; ; i = (i + 1) % uint64(len(c.slots)) {
		switch s := &c.slots[i]; {
		case s.size == size && s.first == first && s.last == last:
			return s.code
		case s.size == 0:
			slot := dictSlot{first, last, size, c.learn(cell)}
			c.insert(slot)
			return slot.code
		}
	}
}

// learn gets the code of a cell from the Dict.
func (c *dictCache) learn(cell []byte) uint32 {
	if c.missing(cell) {
		return MissingCode
	}
	code := c.dict.add(cell)
	c.most = max(c.most, int(code)+1)
	return code
}

// insert puts a new cell into the table, which is never more than half full.
func (c *dictCache) insert(s dictSlot) {
	if c.filled++; 2*c.filled > len(c.slots) {
		old := c.slots
		c.slots, c.shift = make([]dictSlot, 4*len(old)), c.shift-2
		for _, o := range old {
			if o.size > 0 {
				c.place(o)
			}
		}
	}
	c.place(s)
}

func (c *dictCache) place(s dictSlot) {
	i := hashWords(s.first, s.last) >> c.shift
	for c.slots[i].size > 0 {
		i = (i + 1) % uint64(len(c.slots))
	}
	c.slots[i] = s
}

// hashWords spreads the words of a cell. Its upper bits are the better ones.
func hashWords(first, last uint64) uint64 {
	const golden = 0x9E3779B97F4A7C15
	return (last ^ bits.RotateLeft64(first*golden, 32)) * golden
}

// count counts codes, so that the kind of a column can be settled.
func (c *dictCache) count(codes []uint32) {
	if len(c.counts) < c.most {
		c.counts = append(c.counts, make([]int64, c.most-len(c.counts))...)
	}
	for _, code := range codes {
		if code != MissingCode {
			c.counts[code]++
		}
	}
}
