package dataset

import (
	"math"
	"slices"
)

// A condition chooses rows of a batch.
type condition interface {
	// keep appends to dst those of the rows for which the condition is true. Rows
	// are positions in the batch, in ascending order, and stay so.
	keep(dst []uint32, b *Batch, rows []uint32, m *scratch) []uint32
}

// A quantity computes a number for rows of a batch.
type quantity interface {
	// numbers appends the number of each of the rows to dst, NaN where there is
	// none.
	numbers(dst []float64, b *Batch, rows []uint32, m *scratch) []float64
}

// A scratch lends buffers. As many are in use as conditions are nested.
type scratch struct {
	rows   [][]uint32
	floats [][]float64
}

func (m *scratch) takeRows() []uint32     { return take(&m.rows) }
func (m *scratch) takeFloats() []float64  { return take(&m.floats) }
func (m *scratch) giveRows(b []uint32)    { m.rows = append(m.rows, b) }
func (m *scratch) giveFloats(b []float64) { m.floats = append(m.floats, b) }
func take[T any](free *[][]T) (buffer []T) {
	if n := len(*free); n > 0 {
		buffer, *free = (*free)[n-1], (*free)[:n-1]
	}
	return buffer[:0]
}

// always is a condition that is the same for all rows.
type always bool

func (c always) keep(dst []uint32, _ *Batch, rows []uint32, _ *scratch) []uint32 {
	if c {
		dst = append(dst, rows...)
	}
	return dst
}

// allOf keeps the rows that every part keeps. Each part only looks at what the
// parts before it have left.
type allOf []condition

func (c allOf) keep(dst []uint32, b *Batch, rows []uint32, m *scratch) []uint32 {
	last := len(c) - 1
	left, next := m.takeRows(), m.takeRows()
	for _, part := range c[:last] {
		next = part.keep(next[:0], b, rows, m)
		left, next = next, left
		if rows = left; len(rows) == 0 {
			break
		}
	}
	if len(rows) > 0 {
		dst = c[last].keep(dst, b, rows, m)
	}
	m.giveRows(left)
	m.giveRows(next)
	return dst
}

// anyOf keeps the rows that some part keeps. Each part only looks at what the
// parts before it have left out.
type anyOf []condition

func (c anyOf) keep(dst []uint32, b *Batch, rows []uint32, m *scratch) []uint32 {
	found, merged := m.takeRows(), m.takeRows()
	got, rest, next := m.takeRows(), m.takeRows(), m.takeRows()
	rest = append(rest, rows...)
	for _, part := range c {
		if got = part.keep(got[:0], b, rest, m); len(got) == 0 {
			continue
		}
		merged = mergeRows(merged[:0], found, got)
		found, merged = merged, found
		next = withoutRows(next[:0], rest, got)
		if rest, next = next, rest; len(rest) == 0 {
			break
		}
	}
	dst = append(dst, found...)
	for _, buffer := range [][]uint32{found, merged, got, rest, next} {
		m.giveRows(buffer)
	}
	return dst
}

// mergeRows appends the union of two disjoint ascending lists.
func mergeRows(dst, a, b []uint32) []uint32 {
	for len(a) > 0 && len(b) > 0 {
		if a[0] < b[0] {
			dst, a = append(dst, a[0]), a[1:]
		} else {
			dst, b = append(dst, b[0]), b[1:]
		}
	}
	return append(append(dst, a...), b...)
}

// withoutRows appends the rows of all that are not among the others, which are
// a part of it.
func withoutRows(dst, all, others []uint32) []uint32 {
	for _, r := range all {
		if len(others) > 0 && others[0] == r {
			others = others[1:]
			continue
		}
		dst = append(dst, r)
	}
	return dst
}

// A comparison is one of the six operators. The last bit negates it.
type comparison uint8

const (
	equalTo comparison = iota
	unequalTo
	lessThan
	atLeast
	greaterThan
	atMost
)

var comparisons = map[string]comparison{"==": equalTo, "!=": unequalTo, "<": lessThan, ">=": atLeast, ">": greaterThan, "<=": atMost}

// String returns the operator as it is written.
func (c comparison) String() string { return [...]string{"==", "!=", "<", ">=", ">", "<="}[c] }

func (c comparison) equality() bool      { return c <= unequalTo }
func (c comparison) negated() comparison { return c ^ 1 }

// mirrored returns the operator for exchanged sides.
func (c comparison) mirrored() comparison {
	switch c {
	case lessThan:
		return greaterThan
	case greaterThan:
		return lessThan
	case atLeast:
		return atMost
	case atMost:
		return atLeast
	}
	return c
}

// holds compares two numbers; it is false if either is NaN, whatever the
// operator.
func (c comparison) holds(x, y float64) bool {
	switch c {
	case equalTo:
		return x == y
	case unequalTo:
		return x < y || x > y
	case lessThan:
		return x < y
	case atLeast:
		return x >= y
	case greaterThan:
		return x > y
	}
	return x <= y
}

// compareNumbers returns the condition for two numeric operands.
func compareNumbers(op comparison, l, r operand) condition {
	switch {
	case l.constant && r.constant:
		return always(op.holds(l.number, r.number))
	case l.column >= 0 && r.constant:
		return &columnRange{column: l.column, op: op, x: r.number}
	}
	return &numberPair{op: op, left: l.asQuantity(), right: r.asQuantity()}
}

// A columnRange compares a column with a constant. For cells in the compact
// form the constant becomes a range of stored integers.
type columnRange struct {
	column  int
	op      comparison
	x       float64
	ready   bool
	scale   uint8  // for which from and to were found
	from    uint32 // the least stored integer that passes
	to      uint32 // the least one beyond that does not
	outside bool   // those that are not in the range pass
}

func (c *columnRange) keep(dst []uint32, b *Batch, rows []uint32, _ *scratch) []uint32 {
	v := &b.Columns[c.column]
	if v.Floats != nil {
		for _, r := range rows {
			if c.op.holds(v.Floats[r], c.x) {
				dst = append(dst, r)
			}
		}
		return dst
	}
	if v.Ints == nil || c.x != c.x {
		return dst
	}
	if !c.ready || c.scale != v.Scale {
		c.find(v.Scale)
	}
	width := c.to - c.from
	for _, r := range rows {
		x := v.Ints[r]
		if (x-c.from < width) != c.outside && x != MissingInt {
			dst = append(dst, r)
		}
	}
	return dst
}

// find turns the comparison into a range of integers n, for which n/10^scale
// passes. Rounding does not disturb it, because it keeps the order.
func (c *columnRange) find(scale uint8) {
	first := func(op comparison) uint32 { // atLeast and greaterThan hold from some n on
		least, beyond := uint32(0), uint32(MissingInt)
		for least < beyond {
			if n := least + (beyond-least)/2; op.holds(float64(n)/pow10[scale], c.x) {
				beyond = n
			} else {
				least = n + 1
			}
		}
		return least
	}
	c.ready, c.scale, c.from, c.to, c.outside = true, scale, 0, MissingInt, c.op == unequalTo
	switch c.op {
	case equalTo, unequalTo:
		c.from, c.to = first(atLeast), first(greaterThan)
	case lessThan:
		c.to = first(atLeast)
	case atMost:
		c.to = first(greaterThan)
	case atLeast:
		c.from = first(atLeast)
	case greaterThan:
		c.from = first(greaterThan)
	}
}

// A numberPair compares two numbers of every row.
type numberPair struct {
	op          comparison
	left, right quantity
}

func (c *numberPair) keep(dst []uint32, b *Batch, rows []uint32, m *scratch) []uint32 {
	x := c.left.numbers(m.takeFloats(), b, rows, m)
	y := c.right.numbers(m.takeFloats(), b, rows, m)
	for i, r := range rows {
		if c.op.holds(x[i], y[i]) {
			dst = append(dst, r)
		}
	}
	m.giveFloats(x)
	m.giveFloats(y)
	return dst
}

// numberIn looks a number up in a sorted list.
type numberIn struct {
	number quantity
	values []float64
	want   bool
}

func (c *numberIn) keep(dst []uint32, b *Batch, rows []uint32, m *scratch) []uint32 {
	x := c.number.numbers(m.takeFloats(), b, rows, m)
	for i, r := range rows {
		if x[i] != x[i] {
			continue
		}
		if _, found := slices.BinarySearch(c.values, x[i]); found == c.want {
			dst = append(dst, r)
		}
	}
	m.giveFloats(x)
	return dst
}

// constantNumber is the same number for every row.
type constantNumber float64

func (q constantNumber) numbers(dst []float64, _ *Batch, rows []uint32, _ *scratch) []float64 {
	for range rows {
		dst = append(dst, float64(q))
	}
	return dst
}

// numberColumn is the cells of a numeric column.
type numberColumn int

func (q numberColumn) numbers(dst []float64, b *Batch, rows []uint32, _ *scratch) []float64 {
	v := &b.Columns[q]
	switch {
	case v.Floats != nil:
		for _, r := range rows {
			dst = append(dst, v.Floats[r])
		}
	case v.Ints != nil:
		for _, r := range rows {
			dst = append(dst, v.Float(int(r)))
		}
	default:
		for range rows {
			dst = append(dst, math.NaN())
		}
	}
	return dst
}

// An arithmetic joins two numbers of every row.
type arithmetic struct {
	name string // the operator
	f    func(x, y float64) float64
	x, y quantity
}

func (q *arithmetic) numbers(dst []float64, b *Batch, rows []uint32, m *scratch) []float64 {
	from := len(dst)
	dst = q.x.numbers(dst, b, rows, m)
	y := q.y.numbers(m.takeFloats(), b, rows, m)
	for i, x := range dst[from:] {
		dst[from+i] = q.f(x, y[i])
	}
	m.giveFloats(y)
	return dst
}

// A function changes one number of every row.
type function struct {
	name string
	f    func(float64) float64
	x    quantity
}

func (q *function) numbers(dst []float64, b *Batch, rows []uint32, m *scratch) []float64 {
	from := len(dst)
	dst = q.x.numbers(dst, b, rows, m)
	for i, x := range dst[from:] {
		dst[from+i] = q.f(x)
	}
	return dst
}
