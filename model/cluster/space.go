package cluster

import (
	"math"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
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
	neighbor.Cells
	weights []float64 // nil: 1 each
}

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
		return float64(r.N)
	}
	sum := 0.0
	for _, w := range r.weights {
		sum += w
	}
	return sum
}

// lay lays out the rows of a matrix that has the columns of the space.
func (s *space) lay(x *learn.Matrix) *rows {
	r := &rows{Cells: neighbor.LayOut(x, s.numbers, s.coded, len(s.numbers))}
	for i := range r.N {
		levels := r.Coded(i)
		for c, code := range levels {
			levels[c] += int32(s.first[c])
			if code == learn.NoLevel {
				levels[c] = int32(s.missing(c))
			}
		}
	}
	return r
}

// largest is a number whose squares add up within range.
const largest = 1e140

func (r *rows) checkSize() error {
	for _, v := range r.Numbers {
		if math.Abs(v) > largest {
			return ErrLarge
		}
	}
	return nil
}

// take returns the rows at the given places, with their weights.
func (r *rows) take(places []int32) *rows {
	out := &rows{Cells: r.Take(places)}
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
	point, first = r.Merge(func(i int) bool { return r.weight(i) == 0 })
	weights := make([]float64, len(first))
	for i, p := range point {
		if p >= 0 {
			weights[p] += r.weight(i)
		}
	}
	if len(first) == r.N {
		return &rows{r.Cells, weights}, first, point
	}
	out = r.take(first)
	out.weights = weights
	return out, first, point
}

// vector writes a row as a vector.
func (s *space) vector(dst []float64, r *rows, i int) {
	n := copy(dst, r.Row(i))
	clear(dst[n:])
	for _, slot := range r.Coded(i) {
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
