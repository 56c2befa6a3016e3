package dashboard

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// levelCounts are how many rows of the table have each level of a column.
type levelCounts struct {
	dict    *dataset.Dict
	names   []string
	rows    []int64
	place   map[string]uint32 // in names
	missing int64
}

func (l *levelCounts) add(g *dataset.Groups) {
	for i, k := range g.Cells.Columns[0].Codes {
		if k == dataset.MissingCode {
			l.missing += g.N[i]
			continue
		}
		name := l.dict.Level(k)
		at, known := l.place[name]
		if !known {
			at = uint32(len(l.names))
			l.place[name], l.names, l.rows = at, append(l.names, name), append(l.rows, 0)
		}
		l.rows[at] += g.N[i]
	}
}

func (l *levelCounts) total() int64 {
	n := l.missing
	for _, rows := range l.rows {
		n += rows
	}
	return n
}

// edgeSlack is how much earlier than a step times are that still belong to it, in seconds. The
// page has it too (see Data.steps).
const edgeSlack = 1e-7

// stepKey says in which step of the axis a row is. Where all rows are in one, they are told apart
// by dividing, if that is exact; else by bounds, so that those outside make no more than two groups.
func (t *tally) stepKey() dataset.Key {
	a := t.axis
	seconds := a.Start == math.Trunc(a.Start) && a.Step == math.Trunc(a.Step)
	if seconds && t.least >= a.Start && t.most < a.Start+float64(a.Steps)*a.Step {
		return dataset.Key{Column: t.clock, Start: a.Start - edgeSlack, Step: a.Step}
	}
	bounds := make([]float64, a.Steps+1)
	for s := range bounds {
		bounds[s] = math.Nextafter(a.Start+float64(s)*a.Step-edgeSlack, math.Inf(-1))
	}
	return dataset.Key{Column: t.clock, Bounds: bounds}
}

// bucket is the place of a step of a key among the parts of a cube: 0 before the axis. Rows without a
// time stand where the first row does, as in a page of all rows.
func (t *tally) bucket(k dataset.Key, step float64) int {
	if step != step {
		first := math.Floor((t.least - t.axis.Start + edgeSlack) / t.axis.Step)
		return int(max(0, min(first+1, float64(t.axis.Steps+1))))
	}
	if k.Bounds == nil {
		step++
	}
	return int(max(0, min(step, float64(t.axis.Steps+1))))
}

// Cells of a cube, while groups are added to them.
type cubeCells struct {
	t       *tally
	columns []int
	dicts   []*dataset.Dict // of the columns
	timed   bool
	step    dataset.Key    // if it is timed, see stepKey
	place   map[string]int // by bucket and codes
	bucket  []int          // of each cell
	codes   [][]uint16
	rows    []int64
	sums    [2][]float64
	strange bool // there was a level that had not been counted
}

func (c *cubeCells) add(g *dataset.Groups) {
	codes := make([]uint16, len(c.columns))
	for i, n := range g.N {
		for k, j := range c.columns {
			codes[k] = c.code(k, j, g.Cells.Columns[k].Codes[i])
		}
		bucket := 0
		if c.timed {
			bucket = c.t.bucket(c.step, g.Cells.Columns[len(c.columns)].Float(i))
		}
		at := c.at(bucket, codes)
		c.rows[at] += n
		c.sum(at, g, i)
	}
}

// code is the code of a level of the engine in column j of the page, the k-th of the cube.
func (c *cubeCells) code(k, j int, level uint32) uint16 {
	column := &c.t.d.Columns[j]
	if level == dataset.MissingCode {
		c.strange = c.strange || !column.Missing
		return uint16(len(column.Levels))
	}
	code, known := c.t.codes[j][c.dicts[k].Level(level)]
	c.strange = c.strange || !known
	return code
}

// at returns the cell of codes.
func (c *cubeCells) at(bucket int, codes []uint16) int {
	id := binary.AppendVarint(nil, int64(bucket))
	for _, k := range codes {
		id = binary.LittleEndian.AppendUint16(id, k)
	}
	at, known := c.place[string(id)]
	if !known {
		at = len(c.rows)
		c.place[string(id)] = at
		c.bucket, c.codes, c.rows = append(c.bucket, bucket), append(c.codes, slices.Clone(codes)), append(c.rows, 0)
		for side := range c.sums {
			c.sums[side] = append(c.sums[side], 0)
		}
	}
	return at
}

// sum adds the bytes of a group to a cell.
func (c *cubeCells) sum(at int, g *dataset.Groups, group int) {
	next := 0
	for side, column := range c.t.sums {
		if column < 0 {
			continue
		}
		if g.Known[next][group] > 0 {
			c.sums[side][at] += g.Sums[next][group]
		}
		next++
	}
}

func (c *cubeCells) total() (n int64) {
	for _, rows := range c.rows {
		n += rows
	}
	return n
}

// cube puts the cells into the order of their steps and codes. A cell of more rows than a count
// can hold becomes several.
func (c *cubeCells) cube() *Cube {
	order := make([]int, len(c.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.bucket[a], c.bucket[b]), slices.Compare(c.codes[a], c.codes[b]))
	})
	out := &Cube{Columns: c.columns, Timed: c.timed, Codes: make([][]uint16, len(c.columns))}
	if c.timed {
		out.Ends = make([]int, c.t.axis.Steps)
	}
	for _, at := range order {
		sums := [2]float64{c.sums[0][at], c.sums[1][at]}
		for left := c.rows[at]; left > 0; left -= math.MaxUint32 {
			c.pour(out, at, uint32(min(left, math.MaxUint32)), sums)
			sums = [2]float64{}
		}
	}
	end := out.First
	for s, n := range out.Ends { // until here, cells of each step
		end += n
		out.Ends[s] = end
	}
	return out
}

// pour adds a cell to a cube, whose Ends have the cells of each step as yet.
func (c *cubeCells) pour(out *Cube, at int, rows uint32, sums [2]float64) {
	switch bucket := c.bucket[at]; {
	case !c.timed || bucket > len(out.Ends):
	case bucket == 0:
		out.First++
	default:
		out.Ends[bucket-1]++
	}
	out.Counts = append(out.Counts, rows)
	for k, code := range c.codes[at] {
		out.Codes[k] = append(out.Codes[k], code)
	}
	for side, column := range c.t.sums {
		if column >= 0 {
			out.Sums[side] = append(out.Sums[side], sums[side])
		}
	}
}
