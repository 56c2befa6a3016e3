package sql

import (
	"context"
	"encoding/binary"
	"errors"
	"math"

	"github.com/netanom/netanom/dataset"
)

// groupBatch is how many groups are handed out at a time.
const groupBatch = 1 << 13

// errOverflow ends a statement that has more groups than are of use.
var errOverflow = errors.New("there are too many groups")

// run asks the server, and hands the groups out as they come. What it hands out is valid until each
// returns. over says that there were too many.
func (q *setQuery) run(ctx context.Context, each func(*dataset.Groups) error) (over bool, err error) {
	a := &answer{q: q, each: each, held: map[string]int{}}
	err = q.s.ask(ctx, Query{SQL: q.statement, Types: q.types, Groups: q.limit}, a.block)
	if a.over || errors.Is(err, ErrGroups) || err == nil && a.rows >= q.limit && len(q.keys) > 0 {
		return true, ctx.Err()
	}
	if err == nil {
		err = q.s.agree(a.total)
	}
	if err == nil {
		err = a.finish()
	}
	return false, err
}

// An answer turns the blocks of a statement into groups.
//
// Groups that the server tells apart but netanom does not, such as one of NULL and one of
// empty text, are held back until all are known.
type answer struct {
	q     *setQuery
	each  func(*dataset.Groups) error
	rows  int64 // of the answer: groups of the server
	total int64 // rows of these groups
	sent  int64 // groups handed out
	out   groupList
	back  groupList
	held  map[string]int // groups in back, by their cells
	over  bool           // there are more than are of use
	key   []byte
}

// A groupList is some groups, column by column.
type groupList struct {
	size  int
	reals [][]float64 // by key
	codes [][]uint32
	words [][]string
	n     []int64
	sums  [][]float64
	known [][]int64
}

// A keyCell is the cell of one key of one group.
type keyCell struct {
	real float64
	code uint32
	word string
}

// block takes in some rows of the answer.
func (a *answer) block(b *Block) error {
	cells := make([]keyCell, len(a.q.keys))
	for row := range b.Rows {
		back := false
		for i := range a.q.keys {
			apart, err := a.read(&cells[i], &a.q.keys[i], &b.Columns[i], row)
			if err != nil {
				return err
			}
			back = back || apart
		}
		list, at := &a.out, a.out.size
		if back {
			list, at = &a.back, a.place(cells)
		}
		list.add(a.q, at, cells, b, row)
		a.rows++
		a.total += b.Columns[len(a.q.keys)].Ints[row]
		if a.sent+int64(a.out.size)+int64(a.back.size) > a.q.most {
			a.over = true
			return errOverflow
		}
		if a.out.size == groupBatch {
			if err := a.flush(&a.out, 0, groupBatch); err != nil {
				return err
			}
			a.sent += groupBatch
			a.out.clear()
		}
	}
	return nil
}

// read reads a cell, and reports whether other groups of the server may have the same.
func (a *answer) read(to *keyCell, k *groupKey, from *Cells, row int) (apart bool, err error) {
	switch k.kind {
	case Int:
		to.real = float64(from.Ints[row])
		return false, nil
	case Real:
		to.real = from.Reals[row] + 0 // -0 is 0
		several := math.IsNaN(to.real) || to.real == 0 && k.info.Form == Float || math.Abs(to.real) >= 1<<53
		return k.again && several, nil
	}
	to.code, to.word = dataset.MissingCode, from.Words[row]
	if missing(to.word, k.info) {
		to.word = ""
		return k.again, nil
	}
	if k.dict != nil {
		code, ok := k.dict.Lookup(to.word)
		if !ok {
			return false, a.q.s.changed()
		}
		to.code = code
	}
	return false, nil
}

// place returns where the group of these cells stands among those that are held back.
func (a *answer) place(cells []keyCell) int {
	key := a.key[:0]
	for _, c := range cells {
		key = binary.LittleEndian.AppendUint64(key, math.Float64bits(c.real))
		key = binary.LittleEndian.AppendUint64(key, uint64(len(c.word)))
		key = append(key, c.word...)
	}
	a.key = key
	at, ok := a.held[string(key)]
	if !ok {
		at = a.back.size
		a.held[string(key)] = at
	}
	return at
}

// add puts a row of the answer to the place, which is the end or that of the same group.
func (l *groupList) add(q *setQuery, at int, cells []keyCell, b *Block, row int) {
	if l.reals == nil {
		l.reals, l.codes, l.words = make([][]float64, len(cells)), make([][]uint32, len(cells)), make([][]string, len(cells))
		l.sums, l.known = make([][]float64, len(q.shifts)), make([][]int64, len(q.shifts))
	}
	if at == l.size {
		l.extend(q, cells)
	}
	values := b.Columns[len(q.keys):]
	l.n[at] += values[0].Ints[row]
	for i, shift := range q.shifts {
		sum, known := values[1+2*i].Reals[row], values[2+2*i].Ints[row]
		if known > 0 {
			l.sums[i][at] += sum + float64(known)*shift
			l.known[i][at] += known
		}
	}
}

// extend adds an empty group with these cells.
func (l *groupList) extend(q *setQuery, cells []keyCell) {
	l.size++
	for i, c := range cells {
		switch k := &q.keys[i]; {
		case k.kind != Words:
			l.reals[i] = append(l.reals[i], c.real)
		case k.dict != nil:
			l.codes[i] = append(l.codes[i], c.code)
		default:
			l.words[i] = append(l.words[i], c.word)
		}
	}
	l.n = append(l.n, 0)
	for i := range l.sums {
		l.sums[i], l.known[i] = append(l.sums[i], 0), append(l.known[i], 0)
	}
}

// clear empties the list and keeps its room.
func (l *groupList) clear() {
	l.size, l.n = 0, l.n[:0]
	for i := range l.reals {
		l.reals[i], l.codes[i], l.words[i] = l.reals[i][:0], l.codes[i][:0], l.words[i][:0]
	}
	for i := range l.sums {
		l.sums[i], l.known[i] = l.sums[i][:0], l.known[i][:0]
	}
}

// finish hands out what is left.
func (a *answer) finish() error {
	if err := a.flush(&a.out, 0, a.out.size); err != nil {
		return err
	}
	for from := 0; from < a.back.size; from += groupBatch {
		if err := a.flush(&a.back, from, min(from+groupBatch, a.back.size)); err != nil {
			return err
		}
	}
	return nil
}

// flush hands out some groups of a list.
func (a *answer) flush(l *groupList, from, to int) error {
	if from == to {
		return nil
	}
	columns := make([]dataset.Vector, len(a.q.keys))
	for i := range columns {
		v := &columns[i]
		switch k := &a.q.keys[i]; {
		case k.kind != Words:
			v.Floats = l.reals[i][from:to]
			v.Missing = count(v.Floats, math.IsNaN)
		case k.dict != nil:
			v.Codes = l.codes[i][from:to]
			v.Missing = count(v.Codes, func(code uint32) bool { return code == dataset.MissingCode })
		default:
			v.Missing = count(l.words[i][from:to], func(word string) bool { return word == "" })
		}
	}
	g := &dataset.Groups{N: l.n[from:to], Sums: make([][]float64, len(l.sums)), Known: make([][]int64, len(l.known))}
	for i := range l.sums {
		g.Sums[i], g.Known[i] = l.sums[i][from:to], l.known[i][from:to]
	}
	text := func(column, row int) []byte { return []byte(l.words[column][from+row]) }
	g.Cells = dataset.NewBatch(to-from, columns, text)
	return a.each(g)
}

func count[T any](x []T, is func(T) bool) (n int) {
	for _, v := range x {
		if is(v) {
			n++
		}
	}
	return n
}
