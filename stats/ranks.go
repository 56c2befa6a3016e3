package stats

import (
	"cmp"
	"math"
	"slices"
)

// Midranks returns the rank of each value of x, 1 for the smallest. Equal values,
// and 0 and -0 are equal, share the mean of the ranks they take up, so the sum of
// all ranks is that of 1 to n. NaN has the rank NaN and takes up none. It takes
// linear time, and less where values repeat often.
func Midranks(x []float64) []float64 {
	ranks := make([]float64, len(x))
	if len(x) >= radixMinimum && rankFewValues(ranks, x) {
		return ranks
	}
	for i := range ranks {
		ranks[i] = math.NaN()
	}
	sorted := sortKeys(x)
	forEachTie(sorted, func(lo, hi int) {
		rank := float64(lo+hi+1) / 2
		for _, k := range sorted[lo:hi] {
			ranks[k.index] = rank
		}
	})
	return ranks
}

// fewValues is the number of distinct values up to which ranks come from a table.
// The table then stays in the second-level cache.
const fewValues = 1 << fewValuesBits

const fewValuesBits = 14

// rankFewValues stores the midranks of x in ranks and returns true, unless x has
// more than fewValues distinct values. It numbers the values as they appear, which
// is far less work than sorting all of them.
func rankFewValues(ranks, x []float64) bool {
	var t valueTable
	for i, v := range x {
		if math.IsNaN(v) {
			ranks[i] = v
			continue
		}
		number, ok := t.count(radixKey(positiveZero(v)))
		if !ok {
			return false
		}
		ranks[i] = float64(number)
	}
	byNumber := t.midranks()
	for i, number := range ranks {
		if !math.IsNaN(number) {
			ranks[i] = byNumber[int(number)]
		}
	}
	return true
}

// valueTable numbers distinct values in order of appearance and counts them. It
// is a hash table with open addressing, at most half full.
type valueTable struct {
	numbers [2 * fewValues]uint16 // number+1 of the value in each place, 0 if none
	keys    []uint64              // radixKey of each value, by number
	counts  []int
}

// count counts a value and returns its number. It returns false instead of
// numbering more than fewValues.
func (t *valueTable) count(key uint64) (number int, ok bool) {
	// The top bits of the product depend on all bits of the key (Knuth, The Art of
	// Computer Programming 3, section 6.4); the low ones of small whole numbers are 0.
	const multiplier = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio
	place := key * multiplier >> (64 - fewValuesBits - 1)
	for {
		number = int(t.numbers[place]) - 1
		if number < 0 {
			break
		}
		if t.keys[number] == key {
			t.counts[number]++
			return number, true
		}
		place = (place + 1) % uint64(len(t.numbers))
	}
	number = len(t.keys)
	if number == fewValues {
		return 0, false
	}
	t.keys, t.counts = append(t.keys, key), append(t.counts, 1)
	t.numbers[place] = uint16(number + 1)
	return number, true
}

// midranks returns the midrank of each value, by number.
func (t *valueTable) midranks() []float64 {
	order := make([]int, len(t.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(t.keys[a], t.keys[b]) })
	ranks := make([]float64, len(order))
	below := 0
	for _, number := range order {
		ranks[number] = float64(below) + float64(t.counts[number]+1)/2
		below += t.counts[number]
	}
	return ranks
}

// keyed is a value, by its radixKey, and its place.
type keyed struct {
	key   uint64
	index uint32
}

// sortKeys returns the values of x that are not NaN in ascending order, equal
// ones in their order in x. It takes at most math.MaxUint32 values.
func sortKeys(x []float64) []keyed {
	keys := make([]keyed, 0, len(x))
	for i, v := range x {
		if !math.IsNaN(v) {
			keys = append(keys, keyed{radixKey(positiveZero(v)), uint32(i)})
		}
	}
	if len(keys) < radixMinimum {
		slices.SortStableFunc(keys, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
		return keys
	}
	return radixSortKeys(keys)
}

// radixSortKeys sorts keys, stably, by the method of SortFloats: in place or
// into a new slice.
func radixSortKeys(keys []keyed) []keyed {
	var counts digitCounts
	countKeyDigits(keys, &counts)
	spare := make([]keyed, len(keys))
	for place := range counts {
		offsets, shift := &counts[place], uint(place*digitBits)
		if offsets[keys[0].key>>shift%digitValues] == uint32(len(keys)) {
			continue // one digit for all
		}
		next := uint32(0)
		for digit, count := range offsets {
			offsets[digit] = next
			next += count
		}
		for _, k := range keys {
			digit := k.key >> (shift & 63) % digitValues
			spare[offsets[digit]] = k
			offsets[digit]++
		}
		keys, spare = spare, keys
	}
	return keys
}

// countKeyDigits counts how often each digit occurs in each place.
func countKeyDigits(keys []keyed, counts *digitCounts) {
	c0, c1, c2, c3 := &counts[0], &counts[1], &counts[2], &counts[3]
	c4, c5, c6 := &counts[4], &counts[5], &counts[6]
	for _, k := range keys {
		c0[k.key%digitValues]++
		c1[k.key>>digitBits%digitValues]++
		c2[k.key>>(2*digitBits)%digitValues]++
		c3[k.key>>(3*digitBits)%digitValues]++
		c4[k.key>>(4*digitBits)%digitValues]++
		c5[k.key>>(5*digitBits)%digitValues]++
		c6[k.key>>(6*digitBits)%digitValues]++
	}
}

// forEachTie calls f with the bounds of each run of equal values.
func forEachTie(sorted []keyed, f func(lo, hi int)) {
	for lo := 0; lo < len(sorted); {
		hi := lo + 1
		for hi < len(sorted) && sorted[hi].key == sorted[lo].key {
			hi++
		}
		f(lo, hi)
		lo = hi
	}
}
