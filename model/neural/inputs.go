package neural

import (
	"context"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A shape says how the columns of a matrix meet the first layer: numbers one by one,
// and each level of a coded column as an input that is 1 in the rows that have it
// and 0 elsewhere. Such inputs are never stored: a level stands for a row of
// weights, which is added. NoLevel adds nothing.
type shape struct {
	numbers []int // places of the columns that hold numbers
	coded   []int // places of those that hold levels
	first   []int // by coded column: the row of weights of its first level; one more: the rows in all
}

func shapeOf(columns []learn.Column) *shape {
	s := &shape{}
	for j := range columns {
		if columns[j].Coded() {
			s.coded = append(s.coded, j)
		} else {
			s.numbers = append(s.numbers, j)
		}
	}
	row := padded(len(s.numbers))
	for _, j := range s.coded {
		s.first = append(s.first, row)
		row += len(columns[j].Levels)
	}
	s.first = append(s.first, row)
	return s
}

// rows returns the rows of weights, those that only fill up the numbers included.
func (s *shape) rows() int { return s.first[len(s.coded)] }

// inputs returns the number of inputs with levels spread out.
func (s *shape) inputs() int { return s.rows() - padded(len(s.numbers)) + len(s.numbers) }

// rows are rows as the first layer takes them.
type rows struct {
	shape   *shape
	count   int
	width   int       // numbers of a row, filled up with zeros to a multiple of laneCount
	numbers []float64 // row after row
	codes   []int32   // row after row: the row of weights of each coded column, −1 for NoLevel
}

func newRows(s *shape, count int) *rows {
	width := padded(len(s.numbers))
	return &rows{shape: s, count: count, width: width, numbers: make([]float64, count*width), codes: make([]int32, count*len(s.coded))}
}

// part returns the rows from..to, sharing their cells.
func (r *rows) part(from, to int) rows {
	coded := len(r.shape.coded)
	return rows{shape: r.shape, count: to - from, width: r.width, numbers: r.numbers[from*r.width : to*r.width], codes: r.codes[from*coded : to*coded]}
}

// take fills all rows from those of a matrix that begin at the given one.
func (r rows) take(x *learn.Matrix, from int) {
	for c, j := range r.shape.numbers {
		for i, v := range x.Numbers[j][from : from+r.count] {
			r.numbers[i*r.width+c] = v
		}
	}
	coded := len(r.shape.coded)
	for c, j := range r.shape.coded {
		first := int32(r.shape.first[c])
		for i, code := range x.Codes[j][from : from+r.count] {
			if code != learn.NoLevel {
				code += first
			}
			r.codes[i*coded+c] = code
		}
	}
}

// gather fills the rows from those of another store at the given places; rows beyond
// these become empty.
func (r rows) gather(all *rows, places []int32) {
	coded := len(r.shape.coded)
	for i, p := range places {
		copy(r.numbers[i*r.width:][:r.width], all.numbers[int(p)*r.width:])
		copy(r.codes[i*coded:][:coded], all.codes[int(p)*coded:])
	}
	clear(r.numbers[len(places)*r.width:])
	for i := len(places) * coded; i < len(r.codes); i++ {
		r.codes[i] = learn.NoLevel
	}
}

// rowsOf returns all rows of a matrix.
func rowsOf(ctx context.Context, s *shape, x *learn.Matrix, workers int) (*rows, error) {
	const together = 1024
	r := newRows(s, x.Rows)
	err := parallel.Do(ctx, (x.Rows+together-1)/together, workers, func() func(int) {
		return func(i int) { r.part(i*together, min((i+1)*together, x.Rows)).take(x, i*together) }
	})
	return r, err
}
