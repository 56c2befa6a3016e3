package triage

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
)

// A distinct counts different values by their hashes: exactly as long as all fit, and
// from then on by the k least of them, which estimate the number with a relative error
// of about 1/√(k-2), 3 % for 1,024 (Bar-Yossef et al., Counting Distinct Elements in a
// Data Stream, RANDOM 2002; Beyer et al., SIGMOD 2007). The order in which values come
// does not matter.
type distinct struct {
	least []uint64 // ascending
	over  bool     // there were values that did not fit
}

// An allowance is how many hashes all sets of a Groups may hold together, beyond the
// minExact that each may.
type allowance struct {
	each int // that one set may hold
	left int
}

const (
	minExact     = 64
	maxAllowance = 1 << 20 // hashes: 8 MiB
)

// add counts a value by its hash.
func (d *distinct) add(h uint64, room *allowance) {
	at, known := slices.BinarySearch(d.least, h)
	if known || d.over && at == len(d.least) {
		return
	}
	if d.over || !room.take(len(d.least)) {
		d.over = true
		if at == len(d.least) {
			return
		}
		d.least = d.least[:len(d.least)-1]
	}
	d.least = slices.Insert(d.least, at, h)
}

// take asks for room for one more hash in a set that holds n.
func (r *allowance) take(n int) bool {
	switch {
	case n >= r.each:
		return false
	case n < minExact:
		return true
	case r.left == 0:
		return false
	}
	r.left--
	return true
}

// free gives back what the set holds.
func (d *distinct) free(room *allowance) {
	room.left += max(0, len(d.least)-minExact)
	*d = distinct{}
}

// merge counts what another set has counted. Of a set that is over nothing is known
// beyond its greatest hash, so that both are cut there.
func (d *distinct) merge(other *distinct, room *allowance) {
	limit := uint64(math.MaxUint64)
	for _, s := range []*distinct{d, other} {
		if s.over {
			limit = min(limit, s.least[len(s.least)-1])
		}
	}
	all := slices.Concat(d.least, other.least)
	slices.Sort(all)
	all = slices.Compact(all)
	if at, found := slices.BinarySearch(all, limit); found {
		all = all[:at+1]
	} else {
		all = all[:at]
	}
	over := d.over || other.over
	d.free(room)
	n := 0
	for n < len(all) && room.take(n) {
		n++
	}
	d.least, d.over = all[:n], over || n < len(all)
}

// A Count is a number of different things.
type Count struct {
	N     int64 `json:"n"`
	About bool  `json:"about,omitempty"` // estimated, with an error of a few per cent
}

func (d *distinct) count() Count {
	k := len(d.least)
	if !d.over || k < 2 {
		return Count{N: int64(k)}
	}
	share := (float64(d.least[k-1]) + 1) / (1 << 64)
	return Count{N: max(int64(k)+1, int64(math.Round(float64(k-1)/share))), About: true}
}

// MarshalJSON writes the hashes as 8 bytes each, in base64.
func (d distinct) MarshalJSON() ([]byte, error) {
	packed := make([]byte, 0, 8*len(d.least))
	for _, h := range d.least {
		packed = binary.LittleEndian.AppendUint64(packed, h)
	}
	return json.Marshal(distinctState{packed, d.over})
}

type distinctState struct {
	Least []byte `json:"least,omitempty"`
	Over  bool   `json:"over,omitempty"`
}

// UnmarshalJSON reads what MarshalJSON wrote, and refuses what it cannot have written.
func (d *distinct) UnmarshalJSON(text []byte) error {
	var s distinctState
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if len(s.Least)%8 != 0 {
		return fmt.Errorf("a set of hashes has %d bytes, no multiple of 8", len(s.Least))
	}
	d.over = s.Over
	d.least = make([]uint64, 0, len(s.Least)/8)
	for i := 0; i < len(s.Least); i += 8 {
		d.least = append(d.least, binary.LittleEndian.Uint64(s.Least[i:]))
	}
	for i := 1; i < len(d.least); i++ {
		if d.least[i-1] >= d.least[i] {
			return errors.New("the hashes of a set do not ascend")
		}
	}
	if d.over && len(d.least) < minExact {
		return errors.New("a set of hashes is over and has hardly any")
	}
	return nil
}

// hashAddr and hashPort spread values over all of 64 bits, by the finaliser of
// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
func hashAddr(a netip.Addr) uint64 {
	b := a.As16()
	return mix(mix(binary.BigEndian.Uint64(b[:8])) ^ binary.BigEndian.Uint64(b[8:]))
}

func hashPort(p portKey) uint64 {
	h := uint64(p.Port)
	for i := range len(p.Protocol) {
		h = h<<8 ^ h>>40 ^ uint64(p.Protocol[i])
	}
	return mix(h)
}

func mix(h uint64) uint64 {
	h += 0x9E3779B97F4A7C15
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

func newAllowance(each int) allowance { return allowance{each: each, left: maxAllowance} }
