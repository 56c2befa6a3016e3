package sourcetest

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

var nan = math.NaN()

// cells are the cells of a column, in the one form that it has.
type cells struct {
	numbers []float64 // NaN: missing
	codes   []uint32
	words   []string // "": missing
}

// cellsOf returns the cells of a column of a table.
func cellsOf(t *dataset.Table, column int) (c cells, err error) {
	switch s := t.Schema(); {
	case s.Columns[column].Dict != nil:
		c.codes, err = t.Codes(column)
	case s.Columns[column].Kind == dataset.Text:
		c.words = make([]string, t.Rows())
		for row := range c.words {
			c.words[row] = t.Cell(int64(row), column)
		}
	default:
		c.numbers, err = t.Floats(column)
		for i := range c.numbers {
			c.numbers[i] += 0 // -0 is 0
		}
	}
	return c, err
}

func (c *cells) missing(row int) bool {
	switch {
	case c.codes != nil:
		return c.codes[row] == dataset.MissingCode
	case c.words != nil:
		return c.words[row] == ""
	}
	return math.IsNaN(c.numbers[row])
}

// identify appends bytes that are the same for equal cells alone.
func (c *cells) identify(id []byte, row int) []byte {
	switch {
	case c.codes != nil:
		return binary.BigEndian.AppendUint32(id, c.codes[row])
	case c.words != nil:
		id = binary.BigEndian.AppendUint32(id, uint32(len(c.words[row])))
		return append(id, c.words[row]...)
	case c.missing(row):
		return binary.BigEndian.AppendUint64(id, math.Float64bits(nan))
	}
	return binary.BigEndian.AppendUint64(id, math.Float64bits(c.numbers[row]))
}

// pick returns the cells of some rows as they stand in a batch.
func (c *cells) pick(rows []int) (v dataset.Vector) {
	switch {
	case c.codes != nil:
		v.Codes = make([]uint32, 0, len(rows))
	case c.numbers != nil:
		v.Floats = make([]float64, 0, len(rows))
	}
	for _, row := range rows {
		switch {
		case c.codes != nil:
			v.Codes = append(v.Codes, c.codes[row])
		case c.numbers != nil:
			v.Floats = append(v.Floats, c.numbers[row])
		}
		if c.missing(row) {
			v.Missing++
		}
	}
	return v
}

// keyCells returns what a key makes of every row.
func keyCells(t *dataset.Table, k dataset.Key) (cells, error) {
	if k.Hash != nil {
		return hashes(t, k.Hash)
	}
	c, err := cellsOf(t, k.Column)
	if err != nil {
		return c, err
	}
	if k.Gap {
		return gaps(&c, int(t.Rows())), nil
	}
	if (k.Bounds != nil || k.Step > 0) && c.numbers == nil {
		return c, fmt.Errorf("column %d holds no numbers to be told apart by size", k.Column)
	}
	for i, x := range c.numbers {
		switch {
		case math.IsNaN(x):
		case k.Bounds != nil:
			below := 0
			for _, b := range k.Bounds {
				if b < x {
					below++
				}
			}
			c.numbers[i] = float64(below)
		case k.Step > 0:
			c.numbers[i] = math.Floor((x-k.Start)/k.Step) + 0
		}
	}
	return c, nil
}

func gaps(c *cells, rows int) cells {
	out := cells{numbers: make([]float64, rows)}
	for row := range out.numbers {
		if c.missing(row) {
			out.numbers[row] = 1
		}
	}
	return out
}

func hashes(t *dataset.Table, columns []int) (cells, error) {
	ids := make([][]byte, t.Rows())
	for _, column := range columns {
		c, err := cellsOf(t, column)
		if err != nil {
			return c, err
		}
		for row := range ids {
			ids[row] = c.identify(ids[row], row)
		}
	}
	out := cells{numbers: make([]float64, len(ids))}
	for row, id := range ids {
		out.numbers[row] = float64(hashOf(id) >> 11)
	}
	return out, nil
}

func hashOf(id []byte) uint64 {
	h := fnv.New64a()
	h.Write(id)
	return h.Sum64()
}

// tally answers the sets of an analysis.
func (e *counted) tally(ctx context.Context, t *dataset.Table, a dataset.Tallied, sets []dataset.Set) error {
	for i, set := range sets {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		g, err := e.groups(t, set)
		if err != nil {
			return err
		}
		if err := g.hand(i, a, min(cmp.Or(set.Most, e.budget), e.budget)); err != nil {
			return err
		}
	}
	return nil
}

// rowGroups are the groups of a set: which rows are in each.
type rowGroups struct {
	keys []cells
	sums []cells
	rows [][]int
}

// groups finds the groups of a set, in the order of hashes.
func (e *counted) groups(t *dataset.Table, set dataset.Set) (*rowGroups, error) {
	g := &rowGroups{}
	for _, k := range set.Keys {
		for _, column := range slices.Concat(k.Hash, []int{k.Column}) {
			if err := e.exists(column); err != nil {
				return nil, err
			}
		}
		c, err := keyCells(t, k)
		if err != nil {
			return nil, err
		}
		g.keys = append(g.keys, c)
	}
	for _, column := range set.Sums {
		x, err := t.Floats(column)
		if err != nil {
			return nil, err
		}
		g.sums = append(g.sums, cells{numbers: x})
	}
	byID := map[string][]int{}
	var ids []string
	for row := range int(t.Rows()) {
		var id []byte
		for k := range g.keys {
			id = g.keys[k].identify(id, row)
		}
		if byID[string(id)] == nil {
			ids = append(ids, string(id))
		}
		byID[string(id)] = append(byID[string(id)], row)
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(hashOf([]byte(a)), hashOf([]byte(b))) })
	for _, id := range ids {
		g.rows = append(g.rows, byID[id])
	}
	return g, nil
}

// hand hands the groups out, in parts of 1, 3, 9 … groups.
func (g *rowGroups) hand(set int, a dataset.Tallied, most int64) error {
	all := g.rows
	if int64(len(all)) > most {
		all = all[:most]
	}
	for from, size := 0, 1; from < len(all); from, size = from+size, 3*size {
		part := g.part(all[from:min(from+size, len(all))])
		if err := a.Groups(set, part); err != nil {
			return err
		}
		spoil(part)
	}
	if len(all) == len(g.rows) {
		return nil
	}
	if err := a.Overflow(set); err != nil {
		return err
	}
	if e, ok := a.(dataset.Estimating); ok && len(g.keys) == 1 {
		return e.Estimate(set, g.differ(), true)
	}
	return nil
}

// differ counts the groups whose first key has a value.
func (g *rowGroups) differ() (n int64) {
	for _, rows := range g.rows {
		if !g.keys[0].missing(rows[0]) {
			n++
		}
	}
	return n
}

// part describes some groups.
func (g *rowGroups) part(groups [][]int) *dataset.Groups {
	out := &dataset.Groups{Sums: make([][]float64, len(g.sums)), Known: make([][]int64, len(g.sums))}
	var first []int // row of each group
	for _, rows := range groups {
		first = append(first, rows[0])
		out.N = append(out.N, int64(len(rows)))
		for s := range g.sums {
			sum, known := g.sums[s].sum(rows)
			out.Sums[s], out.Known[s] = append(out.Sums[s], sum), append(out.Known[s], known)
		}
	}
	columns := make([]dataset.Vector, len(g.keys))
	for k := range g.keys {
		columns[k] = g.keys[k].pick(first)
	}
	out.Cells = dataset.NewBatch(len(first), columns, func(k, row int) []byte { return []byte(g.keys[k].words[first[row]]) })
	return out
}

// sum adds up the numbers of some rows, with the rounding errors of the additions
// (Neumaier 1974).
func (c *cells) sum(rows []int) (sum float64, known int64) {
	rest := 0.0
	for _, row := range rows {
		x := c.numbers[row]
		if math.IsNaN(x) {
			continue
		}
		known++
		total := sum + x
		if math.Abs(sum) >= math.Abs(x) {
			rest += (sum - total) + x
		} else {
			rest += (x - total) + sum
		}
		sum = total
	}
	return sum + rest, known
}

// spoil overwrites what an analysis must not have kept.
func spoil(g *dataset.Groups) {
	for i := range g.Cells.Columns {
		v := &g.Cells.Columns[i]
		for row := range v.Floats {
			v.Floats[row] = math.Inf(-1)
		}
		for row := range v.Codes {
			v.Codes[row] = dataset.MissingCode - 1
		}
	}
	for i := range g.N {
		g.N[i] = math.MinInt64 / 4
	}
	for s := range g.Sums {
		for i := range g.Sums[s] {
			g.Sums[s][i], g.Known[s][i] = nan, -1
		}
	}
}
