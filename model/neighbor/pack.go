package neighbor

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// cells are small numbers from 0 on, packed in one, two or four bytes each as their
// largest possible one needs.
type cells []byte

// bytesFor is how many bytes a number below n takes.
func bytesFor(n int) int {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	}
	return 4
}

// packCells packs numbers below n.
func packCells(v []int32, n int) cells {
	size := bytesFor(n)
	out := make(cells, 0, size*len(v))
	for _, c := range v {
		switch size {
		case 1:
			out = append(out, byte(c))
		case 2:
			out = binary.LittleEndian.AppendUint16(out, uint16(c))
		default:
			out = binary.LittleEndian.AppendUint32(out, uint32(c))
		}
	}
	return out
}

var errCells = errors.New("packed cells are cut short, or out of range")

// unpack unpacks numbers, all of which must be below n.
func (c cells) unpack(n int) ([]int32, error) {
	size := bytesFor(n)
	if len(c)%size != 0 {
		return nil, errCells
	}
	out := make([]int32, len(c)/size)
	for i := range out {
		var v uint32
		switch size {
		case 1:
			v = uint32(c[i])
		case 2:
			v = uint32(binary.LittleEndian.Uint16(c[2*i:]))
		default:
			v = binary.LittleEndian.Uint32(c[4*i:])
		}
		if uint64(v) >= uint64(n) || v > math.MaxInt32 {
			return nil, errCells
		}
		out[i] = int32(v)
	}
	return out, nil
}

// storedColumn is a column of the different rows: cells, which are codes of levels
// from NoLevel on, or places among values; or, of numbers that hardly repeat, the
// values themselves.
type storedColumn struct {
	Values learn.Floats `json:"values,omitempty"`
	Cells  cells        `json:"cells,omitempty"`
}

// storedIndex is how an index is written.
type storedIndex struct {
	Columns []learn.Column `json:"columns"`
	Metric  Metric         `json:"metric"`
	Points  int            `json:"points"`
	Cells   []storedColumn `json:"cells"`
	Rows    learn.Ints     `json:"rows,omitempty"` // by row: its point; none if every row is one
}

// MarshalJSON writes the different rows in the order in which they come first.
func (ix *Index) MarshalJSON() ([]byte, error) {
	s := storedIndex{Columns: ix.columns, Metric: ix.metric, Points: ix.points.N, Cells: make([]storedColumn, len(ix.columns))}
	number := make([]int32, ix.points.N) // of points, as they come first
	var order []int32
	rows := make(learn.Ints, len(ix.at))
	for row, at := range ix.at {
		if ix.rows[ix.starts[at]] == int32(row) {
			number[at] = int32(len(order))
			order = append(order, at)
		}
		rows[row] = number[at]
	}
	if len(rows) > len(order) {
		s.Rows = rows
	}
	for at, j := range ix.layout.numbers {
		v := make([]float64, len(order))
		for i, p := range order {
			v[i] = ix.points.Row(int(p))[at]
		}
		s.Cells[j] = packNumbers(v)
	}
	for at, j := range ix.layout.levels {
		v := make([]int32, len(order))
		for i, p := range order {
			v[i] = ix.points.Coded(int(p))[at] + 1
		}
		s.Cells[j].Cells = packCells(v, len(ix.columns[j].Levels)+1)
	}
	return json.Marshal(s)
}

// packNumbers packs a column of numbers by its different values, if that is shorter.
func packNumbers(v []float64) storedColumn {
	values := slices.Clone(v)
	slices.Sort(values)
	values = slices.Compact(values)
	if len(values) > 1<<16 || 8*len(values)+bytesFor(len(values))*len(v) >= 8*len(v) {
		return storedColumn{Values: v}
	}
	places := make([]int32, len(v))
	for i, a := range v {
		at, _ := slices.BinarySearch(values, a)
		places[i] = int32(at)
	}
	return storedColumn{Values: values, Cells: packCells(places, len(values))}
}

// UnmarshalJSON reads a stored index and grows its tree. An error that wraps
// learn.ErrBroken says that it is not whole.
func (ix *Index) UnmarshalJSON(text []byte) error {
	var s storedIndex
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	x, err := s.matrix()
	if err != nil {
		return learn.Broken("index of neighbours", "%v", err)
	}
	point, err := s.pointOfRow()
	if err != nil {
		return learn.Broken("index of neighbours", "%v", err)
	}
	*ix = Index{columns: s.Columns, metric: s.Metric, layout: layoutOf(x)}
	p := ix.layout.lay(x)
	return ix.arrange(context.Background(), &p, point)
}

// matrix unpacks the different rows.
func (s *storedIndex) matrix() (*learn.Matrix, error) {
	if err := s.Metric.check(); err != nil {
		return nil, err
	}
	if len(s.Columns) == 0 || len(s.Cells) != len(s.Columns) || s.Points < 1 || s.Points > math.MaxInt32 {
		return nil, fmt.Errorf("%d rows of %d columns, and cells of %d", s.Points, len(s.Columns), len(s.Cells))
	}
	x := &learn.Matrix{Columns: s.Columns, Rows: s.Points, Numbers: make([][]float64, len(s.Columns)), Codes: make([][]int32, len(s.Columns))}
	for j := range s.Columns {
		if err := s.column(x, j); err != nil {
			return nil, fmt.Errorf("column %d: %w", j+1, err)
		}
	}
	if err := x.Check(); err != nil {
		return nil, err
	}
	return x, learn.RefuseMissing(x)
}

func (s *storedIndex) column(x *learn.Matrix, j int) error {
	c := &s.Cells[j]
	if s.Columns[j].Coded() {
		if len(c.Values) != 0 {
			return errors.New("numbers among levels")
		}
		codes, err := c.Cells.unpack(len(s.Columns[j].Levels) + 1)
		for i := range codes {
			codes[i]--
		}
		x.Codes[j] = codes
		return err
	}
	if len(c.Cells) == 0 {
		x.Numbers[j] = c.Values
		return nil
	}
	places, err := c.Cells.unpack(len(c.Values))
	if err != nil {
		return err
	}
	x.Numbers[j] = make([]float64, len(places))
	for i, p := range places {
		x.Numbers[j][i] = c.Values[p]
	}
	return nil
}

// pointOfRow returns which of the different rows each row is. Each of these must
// come first in its turn.
func (s *storedIndex) pointOfRow() ([]int32, error) {
	point := []int32(s.Rows)
	if len(point) == 0 {
		point = make([]int32, s.Points)
		for i := range point {
			point[i] = int32(i)
		}
	}
	next := int32(0)
	for _, p := range point {
		if p < 0 || p > next {
			return nil, fmt.Errorf("row %d is not among %d", p, s.Points)
		}
		if p == next {
			next++
		}
	}
	if int(next) != s.Points {
		return nil, fmt.Errorf("%d different rows, and not %d", next, s.Points)
	}
	return point, nil
}
