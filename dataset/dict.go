package dataset

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"sort"
	"sync"
)

// How many levels a coded column may have. A column with more is Text: its
// cells name things rather than class them. Addresses name things too, but who
// sent most is asked even of a flood from a hundred thousand of them.
const (
	maxLevels    = 1 << 16
	maxAddresses = 1 << 20
)

func (p plan) maxLevels() int {
	if p.kind == Address {
		return maxAddresses
	}
	return maxLevels
}

// A Dict is the levels of a coded column. Codes are given in the order in
// which workers meet the levels, so that only Level, and never the code
// itself, may reach any output.
type Dict struct {
	mu     sync.RWMutex
	levels []string
	index  map[string]uint32
}

func newDict() *Dict { return &Dict{index: map[string]uint32{}} }

// Len returns the number of levels.
func (d *Dict) Len() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.levels)
}

// Level returns the text of a code.
func (d *Dict) Level(code uint32) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.levels[code]
}

// Levels returns the text of every code.
func (d *Dict) Levels() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return append([]string(nil), d.levels...)
}

// Lookup returns the code of a level.
func (d *Dict) Lookup(level string) (code uint32, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	code, ok = d.index[level]
	return code, ok
}

// Sorted returns the codes in the order of their levels' bytes.
func (d *Dict) Sorted() []uint32 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	codes := make([]uint32, len(d.levels))
	for i := range codes {
		codes[i] = uint32(i)
	}
	sort.Slice(codes, func(i, j int) bool { return d.levels[codes[i]] < d.levels[codes[j]] })
	return codes
}

// add returns the code of the level, which is new if it has not been met.
func (d *Dict) add(level []byte) uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if code, ok := d.index[string(level)]; ok {
		return code
	}
	code := uint32(len(d.levels))
	text := string(level)
	d.levels = append(d.levels, text)
	d.index[text] = code
	return code
}

// A dictCache is a worker's own view of a Dict: a hash table without locks
// that asks the Dict only for levels this worker has not met.
type dictCache struct {
	dict    *Dict
	missing func(cell []byte) bool
	slots   []dictSlot
	filled  int
	counts  []int64 // cells per code seen by this worker
}

type dictSlot struct {
	level string
	code  uint32
	used  bool
}

func newDictCache(d *Dict, missing func([]byte) bool) *dictCache {
	return &dictCache{dict: d, missing: missing, slots: make([]dictSlot, 64)}
}

// code returns the code of a cell and counts it; MissingCode for a cell
// without a value, which is looked up like a level but is none.
func (c *dictCache) code(cell []byte) uint32 {
	mask := uint64(len(c.slots) - 1)
	for i := hashCell(cell) & mask; ; i = (i + 1) & mask {
		s := &c.slots[i]
		if s.used && s.level == string(cell) {
			if s.code != MissingCode {
				c.counts[s.code]++
			}
			return s.code
		}
		if !s.used {
			return c.insert(cell)
		}
	}
}

func (c *dictCache) insert(cell []byte) uint32 {
	if 4*(c.filled+1) > 3*len(c.slots) {
		old := c.slots
		c.slots = make([]dictSlot, 4*len(old))
		for _, s := range old {
			if s.used {
				c.place(s)
			}
		}
	}
	c.filled++
	if c.missing(cell) {
		c.place(dictSlot{level: string(cell), code: MissingCode, used: true})
		return MissingCode
	}
	code := c.dict.add(cell)
	c.dict.mu.RLock()
	level := c.dict.levels[code]
	c.dict.mu.RUnlock()
	c.place(dictSlot{level: level, code: code, used: true})
	for int(code) >= len(c.counts) {
		c.counts = append(c.counts, make([]int64, int(code)+1-len(c.counts))...)
	}
	c.counts[code]++
	return code
}

func (c *dictCache) place(s dictSlot) {
	mask := uint64(len(c.slots) - 1)
	i := hashCell([]byte(s.level)) & mask
	for c.slots[i].used {
		i = (i + 1) & mask
	}
	c.slots[i] = s
}

// hashCell hashes a cell. Cells of up to sixteen bytes, which most levels are,
// take two loads and a multiplication; longer ones use the runtime's hash.
func hashCell(b []byte) uint64 {
	const k = 0x9E3779B97F4A7C15
	var lo, hi uint64
	n := len(b)
	switch {
	case n > 16:
		return maphash.Bytes(hashSeed, b)
	case n >= 8:
		lo = binary.LittleEndian.Uint64(b)
		hi = binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		lo = uint64(binary.LittleEndian.Uint32(b))
		hi = uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		lo = uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16
	}
	h, l := bits.Mul64(lo^k, hi^uint64(n)^0xD6E8FEB86659FD93)
	h ^= l
	return h ^ h>>29
}

// The seed differs from run to run; no output depends on it, because codes are
// given in the order of arrival and levels are sorted by their text.
var hashSeed = maphash.MakeSeed()
