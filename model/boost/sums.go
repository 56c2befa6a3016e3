package boost

// A cell is the sums of the rows of a node that lie in one bin of a column: of
// gradients and Hessians in units of 1/scale, and how many rows there are. Whole
// numbers of 64 bits add up without rounding, in any order: gradients are at most
// 2³² units, so that 2³⁰ rows fit.
type cell struct{ g, h, n int64 }

func (c *cell) add(d cell) { c.g += d.g; c.h += d.h; c.n += d.n }
func (c *cell) sub(d cell) { c.g -= d.g; c.h -= d.h; c.n -= d.n }

// A pair is a cell in two words: gradients, and in one word the Hessians, below
// countShift, and the number of rows, above. It has room for packRows rows. Two
// additions instead of three, and three quarters of the memory, are what the
// innermost loop needs.
type pair struct{ g, hn int64 }

const (
	unitBits   = 32                // of a gradient of 1; a Hessian is at most ¼
	countShift = unitBits - 2 + 17 // the Hessians of packRows rows take less
	packRows   = 1<<17 - 1
)

// packed returns a pair of one row.
func packed(g, h, n int64) pair { return pair{g, h + n<<countShift} }

func (p pair) cell() cell {
	return cell{g: p.g, h: p.hn & (1<<countShift - 1), n: int64(uint64(p.hn) >> countShift)}
}

// A shard is the rows that one member of the crew looks after. A row is in the same
// shard in every node; shards take turns in taking blocks of rows, so that each has
// its share of every node even where rows are sorted.
type shard struct {
	all   []uint32            // its rows, ascending
	rows  []uint32            // the same, those of a node being neighbours
	spare []uint32            // for rows that go high, while a node is split
	cells []*[groupCells]pair // sums, by group of columns
	wide  []cell              // what has been taken out of cells because they would overflow; nil if that never happens

	_ [64]byte
}

// shardBlock is how many rows a shard takes at a time. It is a multiple of a cache
// line of bytes, so that no two shards write to the same line.
const shardBlock = 256

func newShards(t *table, members, most int) []shard {
	shards := make([]shard, members)
	for i := range shards {
		s := &shards[i]
		for from := i * shardBlock; from < t.rows; from += members * shardBlock {
			for r := from; r < min(from+shardBlock, t.rows); r++ {
				s.all = append(s.all, uint32(r))
			}
		}
		s.rows, s.spare = make([]uint32, len(s.all)), make([]uint32, len(s.all))
		for range t.groups {
			s.cells = append(s.cells, new([groupCells]pair))
		}
		if len(s.all)*most > packRows {
			s.wide = make([]cell, t.cells)
		}
	}
	return shards
}

// sum adds the rows of a node up by cell. No row counts more than most.
func (s *shard) sum(t *table, rows []uint32, of []pair, most int) {
	for i := range t.groups {
		clear(s.cells[i][:t.groups[i].size])
	}
	clear(s.wide)
	for limit := packRows / most; len(rows) > limit; rows = rows[limit:] {
		s.sumSome(t, rows[:limit], of)
		for i := range t.groups {
			g := &t.groups[i]
			for k, p := range s.cells[i][:g.size] {
				s.wide[g.at+k].add(p.cell())
			}
			clear(s.cells[i][:g.size])
		}
	}
	s.sumSome(t, rows, of)
}

func (s *shard) sumSome(t *table, rows []uint32, of []pair) {
	for i := range t.groups {
		sumRows(rows, &t.groups[i], of, s.cells[i])
	}
}

// sumRowsPortable adds the pair of each row to the cells that it lists.
func sumRowsPortable(rows []uint32, g *group, of []pair, cells *[groupCells]pair) {
	for _, r := range rows {
		p := of[r]
		for _, e := range g.entries[g.starts[r]:g.starts[r+1]] {
			c := &cells[e]
			c.g += p.g
			c.hn += p.hn
		}
	}
}

// gather writes the sums of a column in all shards to dst, and fills in the cell
// that rows do not list: what is left of the node's total.
func (t *table) gather(dst []cell, j int, shards []shard, total cell) {
	c := &t.columns[j]
	at := c.at - t.groups[c.group].at
	for i := range shards {
		s := &shards[i]
		from := s.cells[c.group][at : at+c.size]
		if i == 0 {
			for k, p := range from {
				dst[k] = p.cell()
			}
		} else {
			for k, p := range from {
				dst[k].add(p.cell())
			}
		}
		if s.wide != nil {
			for k, w := range s.wide[c.at : c.at+c.size] {
				dst[k].add(w)
			}
		}
	}
	dst[c.common] = cell{}
	for k := range dst {
		total.sub(dst[k])
	}
	dst[c.common] = total
}
