package sql

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// Sample implements dataset.Engine. Rows are drawn by their lots: of every level as
// many of those with the lowest lots as is its share, in the order of the lots. If all
// rows are taken, they are in the order of the clock, if there is one, and then of all
// columns.
func (s *Source) Sample(ctx context.Context, o dataset.SampleOptions) (*dataset.Sample, error) {
	if o.Rows < 1 {
		return nil, fmt.Errorf("a sample of %d rows cannot be drawn; ask for 1 or more", o.Rows)
	}
	strata, err := s.strata(ctx, o.By)
	if err != nil {
		return nil, err
	}
	out := &dataset.Sample{}
	for i := range strata {
		out.Of += strata[i].of
	}
	if err := s.agree(out.Of); err != nil {
		return nil, err
	}
	apportion(strata, o.Rows)
	if out.Of <= o.Rows {
		out.Table, err = s.everything(ctx, out.Of+1)
	} else {
		out.Table, err = s.drawn(ctx, o, strata)
	}
	if err != nil {
		return nil, err
	}
	if out.Rows() != min(o.Rows, out.Of) {
		return nil, s.changed()
	}
	if o.By >= 0 {
		out.By = s.schema.Columns[o.By].Name
		for _, t := range strata {
			out.Strata = append(out.Strata, dataset.SampleLevel{Level: t.level, Rows: t.share, Of: t.of})
		}
	}
	return out, nil
}

// A stratum is the rows of a level.
type stratum struct {
	level     string
	of, share int64 // rows that there are, and that are wanted
	taken     int64
	part      float64 // of the lots that is searched, from 0 to 1
}

// strata counts the rows of every level, in the order of their bytes with those without
// a level last; without a column, all rows are one.
func (s *Source) strata(ctx context.Context, by int) ([]stratum, error) {
	if by < 0 {
		n, err := s.count(ctx)
		return []stratum{{of: n}}, err
	}
	if by >= len(s.schema.Columns) {
		return nil, fmt.Errorf("column %d does not exist", by)
	}
	if c := &s.schema.Columns[by]; c.Dict == nil {
		return nil, fmt.Errorf("column %q holds %s cells; groups need levels (--type %s=category)", c.Name, c.Kind, c.Name)
	}
	if _, err := s.count(ctx); err != nil {
		return nil, err
	}
	found, err := s.levels[by].get(ctx, s, by)
	if err != nil {
		return nil, err
	}
	var out []stratum
	for i, level := range found.levels {
		out = append(out, stratum{level: level, of: found.n[i]})
	}
	if found.missing > 0 {
		out = append(out, stratum{of: found.missing})
	}
	slices.SortFunc(out, func(a, b stratum) int {
		if (a.level == "") != (b.level == "") {
			return cmp.Compare(b.level, a.level)
		}
		return cmp.Compare(a.level, b.level)
	})
	return out, err
}

// apportion shares rows out among strata in proportion to their sizes: everyone has
// the whole rows of its quota, and those with the largest remainders one more, the
// first of equal ones.
func apportion(strata []stratum, rows int64) {
	total := int64(0)
	for i := range strata {
		total += strata[i].of
	}
	if rows = min(rows, total); rows < 1 {
		return
	}
	left := rows
	remainders := make([]uint64, len(strata))
	order := make([]int, len(strata))
	for i := range strata {
		high, low := bits.Mul64(uint64(rows), uint64(strata[i].of))
		quota, rest := bits.Div64(high, low, uint64(total))
		strata[i].share, remainders[i], order[i] = int64(quota), rest, i
		left -= int64(quota)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, i := range order[:left] {
		strata[i].share++
	}
}

// everything returns all rows, of which there are fewer than so many.
func (s *Source) everything(ctx context.Context, most int64) (*dataset.Table, error) {
	var order []dataset.Order
	if clock := s.schema.Clock(); clock >= 0 {
		order = []dataset.Order{{Column: clock}}
	}
	return s.fetch(ctx, order, most)
}

// drawn returns the rows of every stratum with the lowest lots. It asks for a few more
// rows than are likely to be needed; if a stratum comes out short nevertheless, it
// asks again for more of that.
func (s *Source) drawn(ctx context.Context, o dataset.SampleOptions, strata []stratum) (*dataset.Table, error) {
	d := &draw{s: s, by: o.By, seed: o.Seed, only: o.Only, rows: s.newRows(), strata: strata, index: map[string]*stratum{}}
	for i := range strata {
		t := &strata[i]
		t.part = partFor(t.share, t.of)
		d.index[t.level] = t
	}
	d.rows.grow(int(min(o.Rows, mostGrown)))
	for short := d.short(); len(short) > 0; {
		if err := d.ask(ctx, short); err != nil {
			return nil, err
		}
		short = d.short()
		for _, t := range short {
			if t.part == 1 {
				return nil, s.changed()
			}
			t.part = min(2*t.part, 1)
		}
	}
	order := make([]int, d.rows.n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.lots[a], d.lots[b]) })
	d.rows.order(order)
	return d.rows.table(ctx)
}

// mostGrown is for how many rows room is made at once.
const mostGrown = 1 << 20

// partFor returns the part of all lots below which at least so many of the rows lie,
// all but surely.
func partFor(share, of int64) float64 {
	k := float64(share)
	return min((k+5*math.Sqrt(k)+5)/float64(of), 1)
}

// A draw gathers the rows of a sample.
type draw struct {
	s      *Source
	by     int
	seed   uint64
	only   []int // columns; nil: all
	rows   *rows
	lots   []int64 // of the rows
	strata []stratum
	index  map[string]*stratum
}

// wanted reports whether the cells of a column are.
func (d *draw) wanted(column int) bool { return d.only == nil || slices.Contains(d.only, column) }

// short returns the strata that lack rows.
func (d *draw) short() (out []*stratum) {
	for i := range d.strata {
		if t := &d.strata[i]; t.taken < t.share {
			out = append(out, t)
		}
	}
	return out
}

// ask takes rows of the strata that are short, in the order of the lots. What a stratum
// had taken comes again, before others, and is passed over.
func (d *draw) ask(ctx context.Context, short []*stratum) error {
	s := d.s
	cells, types := s.cellsOf(d.wanted)
	lot := s.alias("l", 0)
	cells, types = append(cells, s.d.Int(lot)), append(types, Int)
	at := len(cells) - 1
	if d.by >= 0 {
		cells, types = append(cells, s.text(d.by)), append(types, Words)
	}
	var raw []string
	for i := range s.schema.Columns {
		if d.wanted(i) || i == d.by {
			raw = append(raw, s.raw(i))
		}
	}
	statement := fmt.Sprintf("SELECT %s FROM (SELECT %s AS %s FROM %s) AS %s WHERE %s ORDER BY %s", strings.Join(cells, ", "),
		strings.Join(append(raw, s.d.Lot(d.seed)), ", "), lot, s.from(), s.alias("q", 0), d.condition(lot, short), lot)
	if d.by < 0 {
		statement += fmt.Sprintf(" LIMIT %d", short[0].share)
	}
	seen := map[*stratum]int64{}
	return s.query(ctx, statement, types, func(b *Block) error {
		for row := range b.Rows {
			level := ""
			if d.by >= 0 {
				level = b.Columns[at+1].Words[row]
			}
			t := d.index[level]
			if t == nil {
				return s.changed()
			}
			if seen[t]++; seen[t] > t.taken && t.taken < t.share {
				d.rows.add(b, row)
				d.lots = append(d.lots, b.Columns[at].Ints[row])
				t.taken++
			}
		}
		return nil
	})
}

// longList is how many levels a condition names; where there would be more, it lets
// all pass.
const longList = 500

// condition is one on lots and levels that all rows meet that are looked for. Levels
// of which similar parts are searched share a bound, at most twice what they need.
func (d *draw) condition(lot string, short []*stratum) string {
	least := 1.0
	for _, t := range short {
		least = min(least, t.part)
	}
	classes := map[int][]*stratum{}
	for _, t := range short {
		class := math.Ilogb(t.part / least)
		classes[class] = append(classes[class], t)
	}
	var all []string
	for _, strata := range classes {
		bound := 0.0
		for _, t := range strata {
			bound = max(bound, t.part)
		}
		c := fmt.Sprintf("%s < %d", lot, int64(math.Ceil(bound*lots)))
		if d.by >= 0 && len(strata) <= longList {
			words := make([]string, len(strata))
			for i, t := range strata {
				words[i] = d.s.d.Word(t.level)
			}
			c += fmt.Sprintf(" AND %s IN (%s)", d.s.text(d.by), strings.Join(words, ", "))
		}
		all = append(all, "("+c+")")
	}
	slices.Sort(all)
	return strings.Join(all, " OR ")
}

// lots is how many different lots there are.
const lots = 1 << 53
