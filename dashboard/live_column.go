package dashboard

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// A liveColumn is the values of a field in a ring: numbers, or numbers of texts that at least
// one row has.
type liveColumn struct {
	text    bool
	numbers []float64
	codes   []uint32
	levels  []string // "" for a number that is free
	counts  []int    // rows
	place   map[string]uint32
	free    []uint32
}

// Codes of no text.
const (
	liveMissing = math.MaxUint32
	liveOther   = math.MaxUint32 - 1 // texts are too many
)

// forget takes the text of a place back, and returns how many bytes that has freed.
func (c *liveColumn) forget(at int) (freed int) {
	if at >= len(c.codes) || c.codes[at] >= liveOther {
		return 0
	}
	k := c.codes[at]
	if c.counts[k]--; c.counts[k] > 0 {
		return 0
	}
	freed = len(c.levels[k])
	delete(c.place, c.levels[k])
	c.levels[k], c.free = "", append(c.free, k)
	return freed
}

// putText sets a place to a text, and returns how many bytes of the room that has taken.
func (c *liveColumn) putText(at int, text string, room int) (taken int) {
	code := uint32(liveMissing)
	if text = shown(text); text != "" {
		code, taken = c.codeOf(text, room)
	}
	if code < liveOther {
		c.counts[code]++
	}
	c.codes = put(c.codes, at, code)
	return taken
}

// codeOf returns the number of a text, a new one if there is room for it.
func (c *liveColumn) codeOf(text string, room int) (code uint32, taken int) {
	if k, known := c.place[text]; known {
		return k, 0
	}
	if len(c.place) >= mostLiveLevels || len(text) > room {
		return liveOther, 0
	}
	if n := len(c.free); n > 0 {
		code, c.free = c.free[n-1], c.free[:n-1]
		c.levels[code] = text
	} else {
		code = uint32(len(c.levels))
		c.levels, c.counts = append(c.levels, text), append(c.counts, 0)
	}
	c.place[text] = code
	return code, len(text)
}

// cut copies so many places from one on.
func (c *liveColumn) cut(at, n int) liveColumn {
	if c.text {
		return liveColumn{text: true, codes: take(c.codes, at, n), levels: slices.Clone(c.levels)}
	}
	return liveColumn{numbers: take(c.numbers, at, n)}
}

// packLive gives the most frequent text the code 0. Texts that were too many come last.
func (c *Column) packLive(from *liveColumn) {
	counts := make([]int, len(from.levels))
	others := 0
	for _, k := range from.codes {
		switch {
		case k < liveOther:
			counts[k]++
		case k == liveOther:
			others++
		default:
			c.Missing = true
		}
	}
	var used []int
	for k, n := range counts {
		if n > 0 {
			used = append(used, k)
		}
	}
	slices.SortFunc(used, func(a, b int) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(from.levels[a], from.levels[b]))
	})
	c.Levels = []string{}
	place := make([]uint16, len(from.levels))
	for i, k := range used {
		place[k] = uint16(i)
		c.Levels = append(c.Levels, from.levels[k])
	}
	rest := uint16(len(c.Levels))
	if c.Others = others; others > 0 { // each is taken for another text, since nobody has counted which are the same
		c.Levels = append(c.Levels, otherLevel)
	}
	c.Codes = make([]uint16, len(from.codes))
	for i, k := range from.codes {
		switch {
		case k < liveOther:
			c.Codes[i] = place[k]
		case k == liveOther:
			c.Codes[i] = rest
		default:
			c.Codes[i] = uint16(len(c.Levels))
		}
	}
}
