package stats

import (
	"cmp"
	"maps"
	"slices"
)

// A Pooled is a cross table of which rare labels were put together.
type Pooled struct {
	Table      Crosstab
	Name       string   // of the label that holds the rare ones
	Rows, Cols []string // labels that it holds, sorted; none if nothing was pooled
}

// PoolRare puts rare labels together until every expected count is at least
// smallest: while one is not, the label with the fewest observations joins the rare
// ones of its side, of rows or columns, unless only two are left there. Where rows
// and columns have equally few, rows go first, and else the label that comes first.
// What cannot be mended in this way is left as it is.
func (c *Crosstab) PoolRare(smallest float64) Pooled {
	t := c.Table()
	rows, cols := newPool(t.Rows, t.RowTotals), newPool(t.Cols, t.ColTotals)
	for rows.least()*(cols.least()/float64(t.N)) < smallest {
		if rows.left() > 2 && (cols.left() <= 2 || rows.least() <= cols.least()) {
			rows.join()
		} else if cols.left() > 2 {
			cols.join()
		} else {
			break
		}
	}
	p := Pooled{Name: freeName(&t), Rows: rows.labels(), Cols: cols.labels()}
	if len(p.Rows)+len(p.Cols) == 0 {
		p.Table.Merge(*c)
		return p
	}
	p.Table = Crosstab{Missing: c.Missing, counts: make(map[labelPair]int64)}
	for cell, n := range c.counts {
		p.Table.counts[labelPair{rows.of(cell.row, p.Name), cols.of(cell.col, p.Name)}] += n
	}
	return p
}

// freeName returns a name for rare labels that is not one of the table's.
func freeName(t *ContingencyTable) string {
	name := "(rare)"
	taken := make(map[string]bool)
	for _, labels := range [][]string{t.Rows, t.Cols} {
		for _, label := range labels {
			taken[label] = true
		}
	}
	for taken[name] {
		name = "(" + name + ")"
	}
	return name
}

// A pool is the labels of one side, by rising totals, of which the first have been
// put together.
type pool struct {
	names  []string
	totals []int64
	joined int
	sum    int64 // of those joined
	rare   map[string]bool
}

func newPool(labels []string, totals []int64) *pool {
	order := make([]int, len(labels))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(totals[a], totals[b]) })
	p := &pool{rare: make(map[string]bool)}
	for _, i := range order {
		p.names, p.totals = append(p.names, labels[i]), append(p.totals, totals[i])
	}
	return p
}

// left returns how many labels there are, the rare ones together as one.
func (p *pool) left() int { return len(p.names) - p.joined + min(1, p.joined) }

// least returns the smallest total.
func (p *pool) least() float64 {
	least := p.totals[min(p.joined, len(p.totals)-1)]
	if p.joined > 0 {
		least = min(least, p.sum)
	}
	return float64(least)
}

// join puts the rarest label that is still alone with the rare ones, the first time
// with another, for one alone is no pool.
func (p *pool) join() {
	for more := true; more; more = p.joined < 2 {
		p.sum += p.totals[p.joined]
		p.rare[p.names[p.joined]] = true
		p.joined++
	}
}

// of returns what a label has become.
func (p *pool) of(label, rare string) string {
	if p.rare[label] {
		return rare
	}
	return label
}

// labels returns the labels put together, sorted.
func (p *pool) labels() []string { return slices.Sorted(maps.Keys(p.rare)) }
