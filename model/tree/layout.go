package tree

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A layout is an ensemble as it is scored. The cells of a row are first copied to
// slots, so that each step down a tree is one comparison, whatever is missing:
// a column has a slot in which missing numbers are −∞, for splits that send them
// low, another one in which they are +∞, and one for the code of its level.
type layout struct {
	nodes   []step
	leaves  []int32  // of each node, the place of its first number in Ensemble.Values
	sets    []uint64 // of the splits on levels, with a bit behind the levels for NoLevel
	slots   []slot
	outputs []int32
	size    int
}

// A step is a node in 16 bytes. A leaf leads to itself.
type step struct {
	value float64 // of a split on levels, the bits are the place in layout.sets
	low   int32
	slot  int32 // of a split on levels, the complement
}

// A slot says what a cell is copied from.
type slot struct {
	column  int32
	missing float64 // instead of NaN
	levels  int32   // for codes: the code instead of NoLevel; 0 for numbers
}

// compiled returns the layout, which is made when it is first asked for.
func (e *Ensemble) compiled() *layout {
	if f := e.fast.Load(); f != nil {
		return f
	}
	e.once.Do(func() { e.fast.Store(newLayout(e)) })
	return e.fast.Load()
}

func newLayout(e *Ensemble) *layout {
	f := &layout{
		nodes:   make([]step, len(e.Nodes)),
		leaves:  make([]int32, len(e.Nodes)),
		outputs: e.Outputs,
		size:    e.Size(),
	}
	places := make(map[slot]int32)
	place := func(s slot) int32 {
		at, ok := places[s]
		if !ok {
			at = int32(len(f.slots))
			places[s] = at
			f.slots = append(f.slots, s)
		}
		return at
	}
	for i := range e.Nodes {
		n := &e.Nodes[i]
		switch {
		case n.Column == Leaf:
			f.nodes[i] = step{value: math.Inf(1), low: int32(i)}
			f.leaves[i] = n.Low
		case n.Set < 0:
			missing := math.Inf(1)
			if n.MissingLow {
				missing = math.Inf(-1)
			}
			f.nodes[i] = step{value: n.Value, low: n.Low, slot: place(slot{column: n.Column, missing: missing})}
		default:
			levels := len(e.Columns[n.Column].Levels)
			at := place(slot{column: n.Column, levels: int32(levels)})
			f.nodes[i] = step{value: math.Float64frombits(uint64(len(f.sets))), low: n.Low, slot: ^at}
			f.addSet(e.Sets[n.Set:int(n.Set)+words(levels)], levels, n.MissingLow)
		}
	}
	return f
}

// addSet adds the words of a set, and the bit for NoLevel.
func (f *layout) addSet(set []uint64, levels int, missingLow bool) {
	at := len(f.sets)
	f.sets = append(f.sets, set...)
	if levels&63 == 0 {
		f.sets = append(f.sets, 0)
	}
	bit := uint64(1) << (levels & 63)
	f.sets[at+levels>>6] &^= bit
	if missingLow {
		f.sets[at+levels>>6] |= bit
	}
}

// width returns how many slots a row takes; there is one in any case, for leaves
// to look at.
func (f *layout) width() int { return max(1, len(f.slots)) }

// fill copies rows from..to of a bound matrix to slots, row after row.
func (f *layout) fill(cells []float64, x *learn.Matrix, from, to int) {
	width := f.width()
	for s := range f.slots {
		slot := &f.slots[s]
		at := s
		if slot.levels == 0 && x.Numbers[slot.column] != nil {
			for _, v := range x.Numbers[slot.column][from:to] {
				if v != v {
					v = slot.missing
				}
				cells[at] = v
				at += width
			}
			continue
		}
		for _, code := range x.Codes[slot.column][from:to] {
			if code < 0 || code >= slot.levels {
				code = slot.levels
			}
			cells[at] = math.Float64frombits(uint64(code))
			at += width
		}
	}
}
