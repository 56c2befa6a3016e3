package dataset

import (
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
	once   sync.Once
	fetch  func() []string
}

func newDict() *Dict { return &Dict{index: map[string]uint32{}} }

// NewDict returns a dictionary of levels that fetch returns when somebody asks for
// the first time.
func NewDict(fetch func() []string) *Dict {
	d := newDict()
	d.fetch = fetch
	return d
}

// fetched makes sure that the levels have been fetched.
func (d *Dict) fetched() {
	if d.fetch == nil {
		return
	}
	d.once.Do(func() {
		for _, level := range d.fetch() {
			d.add([]byte(level))
		}
	})
}

// Len returns the number of levels.
func (d *Dict) Len() int {
	d.fetched()
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.levels)
}

// Level returns the text of a code.
func (d *Dict) Level(code uint32) string {
	d.fetched()
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.levels[code]
}

// Levels returns the text of every code.
func (d *Dict) Levels() []string {
	d.fetched()
	d.mu.RLock()
	defer d.mu.RUnlock()
	return append([]string(nil), d.levels...)
}

// Lookup returns the code of a level.
func (d *Dict) Lookup(level string) (code uint32, ok bool) {
	d.fetched()
	d.mu.RLock()
	defer d.mu.RUnlock()
	code, ok = d.index[level]
	return code, ok
}

// Sorted returns the codes in the order of their levels' bytes.
func (d *Dict) Sorted() []uint32 {
	d.fetched()
	d.mu.RLock()
	defer d.mu.RUnlock()
	codes := make([]uint32, len(d.levels))
	for i := range codes {
		codes[i] = uint32(i)
	}
	sort.Slice(codes, func(i, j int) bool { return d.levels[codes[i]] < d.levels[codes[j]] })
	return codes
}

// Code returns the code of the level, which is new if it has not been met.
func (d *Dict) Code(level string) uint32 {
	d.fetched()
	return d.add([]byte(level))
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
