package cluster

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A space says where the columns of a matrix lie in vectors: numbers first, then for
// each coded column a place a level, and one for NoLevel, which no distance counts.
type space struct {
	columns []learn.Column
	numbers []int // columns of numbers
	coded   []int // columns of levels
	first   []int // by coded column: the slot of its first level; then the number of slots
}

func newSpace(columns []learn.Column) *space {
	s := &space{columns: columns}
	slots := 0
	for j := range columns {
		if !columns[j].Coded() {
			s.numbers = append(s.numbers, j)
			continue
		}
		s.coded = append(s.coded, j)
		s.first = append(s.first, slots)
		slots += len(columns[j].Levels) + 1
	}
	s.first = append(s.first, slots)
	return s
}

func (s *space) slots() int { return s.first[len(s.coded)] }

// dims is the length of a vector.
func (s *space) dims() int { return len(s.numbers) + s.slots() }

// counted is how many of the places distances count: the dimension.
func (s *space) counted() int { return s.dims() - len(s.coded) }

// missing is the slot of NoLevel of coded column c.
func (s *space) missing(c int) int { return s.first[c+1] - 1 }

// rows are laid out one after the other. Their levels are slots.
type rows struct {
	n       int
	width   int // numbers of a row
	codes   int // levels of a row
	numbers []float64
	levels  []int32
	weights []float64 // nil: 1 each
}

func (r *rows) row(i int) []float64  { return r.numbers[i*r.width : (i+1)*r.width] }
func (r *rows) coded(i int) []int32  { return r.levels[i*r.codes : (i+1)*r.codes] }
func (r *rows) weight(i int) float64 { return weightOf(r.weights, i) }

func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// total is the weight of all rows.
func (r *rows) total() float64 {
	if r.weights == nil {
		return float64(r.n)
	}
	sum := 0.0
	for _, w := range r.weights {
		sum += w
	}
	return sum
}

// lay lays out the rows of a matrix that has the columns of the space.
func (s *space) lay(x *learn.Matrix) *rows {
	r := &rows{n: x.Rows, width: len(s.numbers), codes: len(s.coded)}
	r.numbers = make([]float64, r.n*r.width)
	r.levels = make([]int32, r.n*r.codes)
	const block = 512 // rows at a time, so that they stay in the cache
	for from := 0; from < x.Rows; from += block {
		to := min(from+block, x.Rows)
		for at, j := range s.numbers {
			for i, v := range x.Numbers[j][from:to] {
				r.numbers[(from+i)*r.width+at] = v + 0 // no −0
			}
		}
		for at, j := range s.coded {
			for i, c := range x.Codes[j][from:to] {
				slot := int32(s.first[at]) + c
				if c == learn.NoLevel {
					slot = int32(s.missing(at))
				}
				r.levels[(from+i)*r.codes+at] = slot
			}
		}
	}
	return r
}

// largest is a number whose squares add up within range.
const largest = 1e140

func (r *rows) checkSize() error {
	for _, v := range r.numbers {
		if math.Abs(v) > largest {
			return ErrLarge
		}
	}
	return nil
}

// take returns the rows at the given places, with their weights.
func (r *rows) take(places []int32) *rows {
	out := &rows{n: len(places), width: r.width, codes: r.codes}
	out.numbers = make([]float64, 0, out.n*out.width)
	out.levels = make([]int32, 0, out.n*out.codes)
	for _, i := range places {
		out.numbers = append(out.numbers, r.row(int(i))...)
		out.levels = append(out.levels, r.coded(int(i))...)
	}
	if r.weights != nil {
		out.weights = learn.Take(r.weights, ints(places))
	}
	return out
}

func ints(places []int32) []int {
	out := make([]int, len(places))
	for i, p := range places {
		out[i] = int(p)
	}
	return out
}

// merge returns the different rows that weigh anything, in the order in which they
// come first, with the sums of weights, and the first place of each. Of rows none of
// which repeats it is the rows themselves, with weights of their own. point says for
// each row which it became, −1 for one without weight.
func (r *rows) merge() (out *rows, first, point []int32) {
	size := 16
	for size < 2*r.n {
		size *= 2
	}
	table := make([]int32, size) // by hash: a point plus 1
	point = make([]int32, r.n)
	var weights []float64
	for i := range r.n {
		w := r.weight(i)
		if w == 0 {
			point[i] = -1
			continue
		}
		at := int(r.hash(i)) & (size - 1)
		for ; table[at] != 0; at = (at + 1) & (size - 1) {
			if r.equal(i, int(first[table[at]-1])) {
				break
			}
		}
		if table[at] == 0 {
			first = append(first, int32(i))
			weights = append(weights, 0)
			table[at] = int32(len(first))
		}
		p := table[at] - 1
		point[i] = p
		weights[p] += w
	}
	if len(first) == r.n {
		copied := *r
		copied.weights = weights
		return &copied, first, point
	}
	out = r.take(first)
	out.weights = weights
	return out, first, point
}

// hash mixes the cells of a row.
func (r *rows) hash(i int) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, v := range r.row(i) {
		h = (h ^ math.Float64bits(v)) * 0xff51afd7ed558ccd // the multiplier of MurmurHash3's finaliser
		h ^= h >> 32
	}
	for _, c := range r.coded(i) {
		h = (h ^ uint64(uint32(c))) * 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}

func (r *rows) equal(a, b int) bool {
	x, y := r.row(a), r.row(b)
	for j, v := range x {
		if v != y[j] {
			return false
		}
	}
	c, d := r.coded(a), r.coded(b)
	for j, v := range c {
		if v != d[j] {
			return false
		}
	}
	return true
}

// vector writes a row as a vector.
func (s *space) vector(dst []float64, r *rows, i int) {
	n := copy(dst, r.row(i))
	clear(dst[n:])
	for _, slot := range r.coded(i) {
		dst[n+int(slot)] = 1
	}
}

// apart is the squared distance of two vectors.
func (s *space) apart(a, b []float64) float64 {
	sum := 0.0
	n := len(s.numbers)
	for j, v := range a[:n] {
		d := v - b[j]
		sum += float64(d * d)
	}
	for c := range s.coded {
		for j := n + s.first[c]; j < n+s.missing(c); j++ {
			d := a[j] - b[j]
			sum += float64(d * d)
		}
	}
	return sum
}
