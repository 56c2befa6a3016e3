package eda

import (
	"context"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// An engineCorrelator correlates columns of an engine by its sums and counts. Pairs
// that have too many different values to be counted it takes from the sample.
type engineCorrelator struct {
	ctx      context.Context
	gathered *gatherer
	method   stats.CorrelationMethod
	names    []string
	columns  []int

	pairs []stats.CorrelatedColumns // of i < j at pair(i, j)
	exact []bool                    // whether a pair is known
}

// matrix computes all pairs.
func (e *engineCorrelator) matrix() (stats.CorrelationMatrix, error) {
	k := len(e.columns)
	e.pairs, e.exact = make([]stats.CorrelatedColumns, k*(k-1)/2), make([]bool, k*(k-1)/2)
	own := make([]stats.Moments, k)
	for at, i := range e.columns {
		own[at] = e.gathered.known[i].Moments
	}
	compute := e.values
	switch e.method {
	case stats.Spearman:
		compute = e.ranks
	case stats.Kendall:
		compute = e.crossed
	}
	if err := compute(); err != nil {
		return stats.CorrelationMatrix{}, err
	}
	for p := range e.pairs {
		e.pairs[p].Rows = e.gathered.rows
	}
	m, err := stats.CorrelationsFrom(e.method, e.names, own, e.pairs)
	if err != nil {
		return m, err
	}
	return m, e.fromSample(&m)
}

// each calls f with the pairs of columns.
func (e *engineCorrelator) each(f func(i, j, at int)) {
	for j := range e.columns {
		for i := range j {
			f(i, j, pair(i, j))
		}
	}
}

// values correlates the numbers themselves.
func (e *engineCorrelator) values() error {
	var sound []int // columns whose squares are numbers
	for k, i := range e.columns {
		if squares := e.gathered.known[i].Moments.M2; squares > leastSquares && squares < mostSquares {
			sound = append(sound, k)
		}
	}
	measured := make([]dataset.Measured, len(sound))
	for m, k := range sound {
		measured[m].Column = e.columns[k]
	}
	return e.comoments(sound, measured)
}

// Sums of squares that are far enough inside the range of float64 for each product to
// be there too.
const (
	leastSquares = 0x1p-800
	mostSquares  = 0x1p900
)

// comoments asks for the sums of some of the columns, by their places.
func (e *engineCorrelator) comoments(places []int, measured []dataset.Measured) error {
	if len(places) < 2 {
		return nil
	}
	sums, err := e.gathered.engine.Comoments(e.ctx, measured)
	if err != nil {
		return err
	}
	for m, j := range places {
		for l, i := range places[:m] {
			e.set(pair(i, j), stats.CorrelatedColumns{Comoments: sums[pair(l, m)]})
		}
	}
	return nil
}

func (e *engineCorrelator) set(at int, p stats.CorrelatedColumns) {
	e.pairs[at], e.exact[at] = p, true
}

// ranks correlates midranks: those of all rows where no value is missing, and else
// those among the rows that have both values.
func (e *engineCorrelator) ranks() error {
	g := e.gathered
	var counted []int
	for _, i := range e.columns {
		if g.few(i) {
			counted = append(counted, i)
		}
	}
	if err := g.prepare(e.ctx, g.engine.Schema(), nil, counted); err != nil {
		return err
	}
	var complete []int
	var measured []dataset.Measured
	for k, i := range e.columns {
		if t, ok := g.counts[i]; ok && !t.over && g.missing(i) == 0 {
			complete, measured = append(complete, k), append(measured, midranks(i, &t))
		}
	}
	if err := e.comomentsInParts(complete, measured); err != nil {
		return err
	}
	return e.ranksOfPairs()
}

// comomentsInParts is comoments with no more ranks in one statement than a server takes
// with ease: every two parts of the columns are asked for together.
func (e *engineCorrelator) comomentsInParts(places []int, measured []dataset.Measured) error {
	ends := partsOf(measured, mostRanks/2)
	if len(ends) < 2 {
		return e.comoments(places, measured)
	}
	start := func(part int) int {
		if part == 0 {
			return 0
		}
		return ends[part-1]
	}
	for second := 1; second < len(ends); second++ {
		for first := range second {
			from, to, next, end := start(first), ends[first], start(second), ends[second]
			err := e.comoments(slices.Concat(places[from:to], places[next:end]), slices.Concat(measured[from:to], measured[next:end]))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// mostRanks is how many ranks a statement is to hold, unless it is about two columns
// that have more.
const mostRanks = 1 << 16

// partsOf divides columns into runs of no more ranks than most, or of one column, and
// returns where each ends.
func partsOf(measured []dataset.Measured, most int) (ends []int) {
	ranks := 0
	for k := range measured {
		if n := len(measured[k].From); ranks > 0 && ranks+n > most {
			ends, ranks = append(ends, k), 0
		}
		ranks += len(measured[k].From)
	}
	return append(ends, len(measured))
}

// midranks returns a column as the midranks of its values among those that a table of
// one key counts. Where the table has a second key, only rows count in which it is 0.
func midranks(column int, t *cellTable) dataset.Measured {
	var values []float64
	var counts []int64
	for k, x := range t.cells[0] {
		if x == x && (len(t.cells) == 1 || t.cells[1][k] == 0) {
			values, counts = append(values, x), append(counts, t.n[k])
		}
	}
	m := dataset.Measured{Column: column, From: []float64{}, To: []float64{}}
	tally, err := stats.TallyFromCounts(values, counts)
	if err != nil || tally.Len() == 0 { // no value is left
		return m
	}
	below := int64(0)
	for k, n := range tally.Counts[0] {
		m.From, m.To = append(m.From, tally.Values[k]), append(m.To, float64(below)+float64(n+1)/2)
		below += n
	}
	return m
}

// ranksOfPairs correlates the midranks of the pairs in which values are missing.
func (e *engineCorrelator) ranksOfPairs() (err error) {
	e.each(func(i, j, at int) {
		if err != nil || e.exact[at] {
			return
		}
		x, y := e.columns[i], e.columns[j]
		if !e.countable(x) || !e.countable(y) {
			return
		}
		var tables []cellTable
		if tables, err = countCells(e.ctx, e.gathered.engine, e.valuesBeside(x, y), e.valuesBeside(y, x)); err != nil {
			return
		}
		if tables[0].over || tables[1].over {
			return
		}
		err = e.comoments([]int{i, j}, []dataset.Measured{midranks(x, &tables[0]), midranks(y, &tables[1])})
	})
	return err
}

// countable reports whether the values of a column were counted.
func (e *engineCorrelator) countable(column int) bool {
	t, ok := e.gathered.counts[column]
	return ok && !t.over
}

// valuesBeside is the set of a column's values with and without one of another.
func (e *engineCorrelator) valuesBeside(column, other int) dataset.Set {
	return dataset.Set{Most: e.gathered.engine.Budget(), Keys: []dataset.Key{{Column: column}, {Column: other, Gap: true}}}
}

// crossed computes Kendall's τ from how often each pair of values occurs. Few pairs of
// columns are in memory at a time.
func (e *engineCorrelator) crossed() error {
	const together = 8
	var places [][2]int
	e.each(func(i, j, _ int) {
		if e.gathered.few(e.columns[i]) && e.gathered.few(e.columns[j]) {
			places = append(places, [2]int{i, j})
		}
	})
	for some := range slices.Chunk(places, together) {
		var sets []dataset.Set
		for _, p := range some {
			sets = append(sets, cellsOf(e.gathered.engine.Budget(), e.columns[p[0]], e.columns[p[1]]))
		}
		tables, err := countCells(e.ctx, e.gathered.engine, sets...)
		if err != nil {
			return err
		}
		for k := range tables {
			if err := e.tau(pair(some[k][0], some[k][1]), &tables[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// tau computes τ of a pair, unless it makes too many combinations.
func (e *engineCorrelator) tau(at int, t *cellTable) error {
	if t.over {
		return nil
	}
	var x, y []float64
	var n []int64
	for k, a := range t.cells[0] {
		if b := t.cells[1][k]; a == a && b == b {
			x, y, n = append(x, a), append(y, b), append(n, t.n[k])
		}
	}
	tau, err := stats.KendallTauBCounts(x, y, n)
	if err == nil {
		e.set(at, stats.CorrelatedColumns{Tau: tau})
	}
	return err
}

// fromSample takes the pairs that are not known from the sample.
func (e *engineCorrelator) fromSample(m *stats.CorrelationMatrix) error {
	var involved []int // places of columns
	e.each(func(i, j, at int) {
		for _, k := range []int{i, j} {
			if !e.exact[at] && !slices.Contains(involved, k) {
				involved = append(involved, k)
			}
		}
	})
	if len(involved) == 0 {
		return nil
	}
	slices.Sort(involved)
	names, columns := make([]string, len(involved)), make([]int, len(involved))
	for k, i := range involved {
		names[k], columns[k] = e.names[i], e.columns[i]
	}
	part, err := e.gathered.matrix(e.ctx, names, columns, e.method)
	if err != nil {
		return err
	}
	e.each(func(i, j, at int) {
		if !e.exact[at] {
			m.Take(i, j, &part, slices.Index(involved, i), slices.Index(involved, j))
		}
	})
	return nil
}

// sampledPairs names the pairs that were taken from the sample.
func (e *engineCorrelator) sampledPairs() (names []string) {
	e.each(func(i, j, at int) {
		if !e.exact[at] {
			names = append(names, e.names[i]+" and "+e.names[j])
		}
	})
	return names
}
