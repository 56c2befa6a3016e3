package sourcetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// A recorder is an analysis that writes down the groups of its sets: in a scan of
// rows by making the keys itself, from an engine as it is told them.
type recorder struct {
	sets   []dataset.Set
	schema *dataset.Schema
	seen   []map[string]*group // by set, then by the cells of the group
	over   []bool              // by set
	told   []int64             // by set: groups before it was too many
	guess  map[int]estimate    // by set
	rows   int64
}

// An estimate is how many different cells a set that has too many groups is said to have.
type estimate struct {
	n     int64
	exact bool
}

// A group is what there is to know of one.
type group struct {
	n     int64
	times int // told
	sums  []float64
	sizes []float64 // sums of absolute values, of a scan of rows
	known []int64
}

// Start implements dataset.Analysis. It takes one worker, for one is enough to
// check.
func (r *recorder) Start(s *dataset.Schema, _ int) error {
	*r = recorder{sets: r.sets, schema: s, seen: make([]map[string]*group, len(r.sets)), over: make([]bool, len(r.sets)), told: make([]int64, len(r.sets)), guess: map[int]estimate{}}
	for i := range r.seen {
		r.seen[i] = map[string]*group{}
	}
	return nil
}

// Sets implements dataset.Tallied.
func (r *recorder) Sets(*dataset.Schema) []dataset.Set { return r.sets }

// Batch implements dataset.Analysis.
func (r *recorder) Batch(_ int, b *dataset.Batch) error {
	for i := range r.sets {
		set := &r.sets[i]
		for row := range b.Rows {
			var cells []string
			for _, k := range set.Keys {
				cells = append(cells, r.keyOf(b, k, row))
			}
			g := r.groupOf(i, cells)
			g.n++
			for s, column := range set.Sums {
				if x := b.Columns[column].Float(row); x == x {
					g.sums[s] += x
					g.sizes[s] += math.Abs(x)
					g.known[s]++
				}
			}
		}
	}
	return nil
}

func (r *recorder) groupOf(set int, cells []string) *group {
	id := strings.Join(cells, "\x00")
	g := r.seen[set][id]
	if g == nil {
		k := len(r.sets[set].Sums)
		g = &group{sums: make([]float64, k), sizes: make([]float64, k), known: make([]int64, k)}
		r.seen[set][id] = g
	}
	return g
}

// gone stands for a missing cell.
const gone = "∅"

// keyOf makes the cell of a key from a row. Of a hash it is the cells themselves.
func (r *recorder) keyOf(b *dataset.Batch, k dataset.Key, row int) string {
	if k.Hash != nil {
		var cells []string
		for _, i := range k.Hash {
			cells = append(cells, r.cell(b, i, i, row))
		}
		return fmt.Sprintf("%q", cells)
	}
	cell := r.cell(b, k.Column, k.Column, row)
	switch {
	case k.Gap:
		return map[bool]string{true: "1", false: "0"}[cell == gone]
	case cell == gone || k.Bounds == nil && k.Step == 0:
		return cell
	}
	x := b.Columns[k.Column].Float(row)
	if k.Step > 0 {
		return number(math.Floor((x-k.Start)/k.Step) + 0)
	}
	return number(float64(len(k.Bounds) - len(slices.DeleteFunc(slices.Clone(k.Bounds), func(b float64) bool { return b < x }))))
}

// cell returns a cell as text; column is where it stands in the schema, at where
// in the batch.
func (r *recorder) cell(b *dataset.Batch, column, at, row int) string {
	c, v := &r.schema.Columns[column], &b.Columns[at]
	switch {
	case c.Dict != nil && v.Codes[row] == dataset.MissingCode:
		return gone
	case c.Dict != nil:
		return c.Dict.Level(v.Codes[row])
	case c.Kind == dataset.Text && b.TextMissing(at, row):
		return gone
	case c.Kind == dataset.Text:
		return string(b.Text(at, row))
	}
	return numberCell(v, row)
}

func numberCell(v *dataset.Vector, row int) string {
	if x := v.Float(row); x == x {
		return number(x + 0) // -0 is 0
	}
	return gone
}

// Groups implements dataset.Tallied.
func (r *recorder) Groups(set int, g *dataset.Groups) error {
	s := &r.sets[set]
	if len(g.N) != g.Cells.Rows || len(g.Cells.Columns) != len(s.Keys) || len(g.Sums) != len(s.Sums) || len(g.Known) != len(s.Sums) {
		return fmt.Errorf("set %d: %d groups with %d counts, %d keys, %d sums and %d counts of them", set, g.Cells.Rows, len(g.N), len(g.Cells.Columns), len(g.Sums), len(g.Known))
	}
	for row, n := range g.N {
		var cells []string
		for k, key := range s.Keys {
			if key.Bounds != nil || key.Step > 0 || key.Gap || key.Hash != nil {
				cells = append(cells, numberCell(&g.Cells.Columns[k], row))
			} else {
				cells = append(cells, r.cell(&g.Cells, key.Column, k, row))
			}
		}
		to := r.groupOf(set, cells)
		to.n += n
		to.times++
		for k := range s.Sums {
			if g.Known[k][row] > 0 { // the sum of none may be anything
				to.sums[k] += g.Sums[k][row]
			}
			to.known[k] += g.Known[k][row]
		}
	}
	return nil
}

// Overflow implements dataset.Tallied.
func (r *recorder) Overflow(set int) error {
	r.over[set], r.told[set] = true, int64(len(r.seen[set]))
	clear(r.seen[set])
	return nil
}

// Estimate implements dataset.Estimating.
func (r *recorder) Estimate(set int, n int64, exact bool) error {
	r.guess[set] = estimate{n, exact}
	return nil
}

// EndChunk implements dataset.Analysis.
func (r *recorder) EndChunk(_ int, c dataset.Chunk) error {
	r.rows += int64(c.Rows)
	return nil
}

// oneWorker is a table that is scanned by one worker.
type oneWorker struct{ table *dataset.Table }

// Schema implements dataset.Source.
func (o oneWorker) Schema() *dataset.Schema { return o.table.Schema() }

// Scan implements dataset.Source.
func (o oneWorker) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	all := make([]int, o.table.Rows())
	for i := range all {
		all[i] = i
	}
	return (&picked{o.table, all}).Scan(ctx, analyses...)
}

// sets compares the groups of sets of every form.
func (c *checker) sets() {
	c.Helper()
	want := &recorder{sets: c.everySet()}
	c.must("the sets of the table", oneWorker{c.want}.Scan(context.Background(), want))
	if c.engine == nil {
		return // a scan of rows has no sets
	}
	got := &recorder{sets: c.everySet()}
	also := &dataset.Counts{By: -1}
	c.must("sets", c.src.Scan(context.Background(), got, also))
	if got.rows != want.rows || also.Rows() != want.rows {
		c.Errorf("the chunk has %d and %d rows, want %d", got.rows, also.Rows(), want.rows)
	}
	for i, set := range got.sets {
		what := fmt.Sprintf("set %+v", set)
		if guess, told := got.guess[i]; told {
			c.sameEstimate(what, guess, want.seen[i])
		}
		tooMany := set.Most > 0 && int64(len(want.seen[i])) > set.Most
		switch {
		case got.over[i] != tooMany:
			c.Errorf("%s: too many groups: %v, want %v with %d", what, got.over[i], tooMany, len(want.seen[i]))
		case tooMany && got.told[i] > int64(len(want.seen[i])):
			c.Errorf("%s: %d groups of %d were told before they were too many", what, got.told[i], len(want.seen[i]))
		case !tooMany && len(set.Keys) > 0 && set.Keys[0].Hash != nil:
			c.sameHashes(what, got.seen[i], want.seen[i])
		case !tooMany:
			c.sameSet(what, set.Sums, got.seen[i], want.seen[i])
		}
	}
}

// sameEstimate compares the number of different cells with that of the groups that have one.
func (c *checker) sameEstimate(what string, got estimate, want map[string]*group) {
	c.Helper()
	n := int64(len(want))
	if want[gone] != nil {
		n--
	}
	if off := math.Abs(float64(got.n - n)); got.exact && off > 0 || off > 0.05*float64(n)+1 {
		c.Errorf("%s: %d different cells (exactly: %v), want %d", what, got.n, got.exact, n)
	}
}

// sameSet compares the groups of a set.
func (c *checker) sameSet(what string, sums []int, got, want map[string]*group) {
	c.Helper()
	if len(got) != len(want) {
		c.Errorf("%s: %d groups, want %d", what, len(got), len(want))
	}
	for id, w := range want {
		g := got[id]
		switch {
		case g == nil:
			c.Errorf("%s: there is no group %q of %d rows", what, id, w.n)
			continue
		case g.n != w.n || g.times != 1 || !slices.Equal(g.known, w.known):
			c.Errorf("%s: group %q has %d rows, %d known, and was told %d times; want %d, %d and once", what, id, g.n, g.known, g.times, w.n, w.known)
		}
		for k, column := range sums {
			c.near(fmt.Sprintf("%s: group %q: sum of %q", what, id, c.name(column)), g.sums[k], w.sums[k], w.sizes[k])
		}
	}
}

// sameHashes compares the groups of a set of a hash and the columns that it is made
// of, which show the cells of the table alone: the hash must stand for them.
func (c *checker) sameHashes(what string, got, want map[string]*group) {
	c.Helper()
	hashes, plain := map[string]bool{}, map[string]int64{}
	for id, g := range got {
		hash, cells, _ := strings.Cut(id, "\x00")
		x := numberOf(hash, dataset.Number)
		if hashes[hash] || !(x >= 0 && x < 1<<53) || x != math.Trunc(x) {
			c.Errorf("%s: %s is the hash of several combinations, or no whole number below 2^53", what, hash)
		}
		hashes[hash] = true
		plain[cells] += g.n
	}
	if len(got) != len(want) || len(plain) != len(want) {
		c.Errorf("%s: %d hashes of %d combinations, want %d", what, len(got), len(plain), len(want))
	}
	for id, w := range want {
		if _, cells, _ := strings.Cut(id, "\x00"); plain[cells] != w.n {
			c.Errorf("%s: the combination %q has %d rows, want %d", what, cells, plain[cells], w.n)
		}
	}
}

// everySet returns sets of every form on the columns of the table.
func (c *checker) everySet() []dataset.Set {
	out := []dataset.Set{{}, {Sums: c.numbers}}
	var patterns dataset.Set
	for i := range c.want.Schema().Columns {
		patterns.Keys = append(patterns.Keys, dataset.Key{Column: i, Gap: true})
		out = append(out,
			dataset.Set{Keys: []dataset.Key{{Column: i}}},
			dataset.Set{Keys: []dataset.Key{{Column: i}}, Most: 4},
			dataset.Set{Keys: []dataset.Key{{Column: i, Gap: true}}, Sums: c.numbers})
	}
	out = append(out, patterns)
	for n, i := range c.numbers {
		k := c.cutsOf(i)
		out = append(out, dataset.Set{Keys: k[:1]}, dataset.Set{Keys: k[1:2], Sums: []int{i}}, dataset.Set{Keys: k[2:]})
		if n > 0 {
			out = append(out, dataset.Set{Keys: []dataset.Key{k[0], c.cutsOf(c.numbers[n-1])[1]}})
		}
	}
	for n, i := range c.levels {
		out = append(out, dataset.Set{Keys: []dataset.Key{{Column: i}}, Sums: c.numbers})
		if n > 0 {
			out = append(out, dataset.Set{Keys: []dataset.Key{{Column: i}, {Column: c.levels[n-1]}}})
		}
		for _, w := range slices.Concat(c.words, c.numbers) {
			out = append(out, dataset.Set{Keys: []dataset.Key{{Column: w}, {Column: i}}})
		}
	}
	return append(out, c.hashSets()...)
}

// hashSets returns sets of a hash and the columns behind it: of one column, of
// neighbours and of all.
func (c *checker) hashSets() (out []dataset.Set) {
	var all []int
	for i := range c.want.Schema().Columns {
		all = append(all, i)
	}
	for i := range all {
		out = append(out, hashSet(all[i:i+1]), hashSet(all[max(0, i-2):i+1]))
	}
	return append(out, hashSet(all))
}

func hashSet(columns []int) dataset.Set {
	set := dataset.Set{Keys: []dataset.Key{{Hash: columns}}}
	for _, i := range columns {
		set.Keys = append(set.Keys, dataset.Key{Column: i})
	}
	return set
}

// cutsOf returns keys that cut a column of numbers by bounds, some of which are
// values, by one bound and by steps.
func (c *checker) cutsOf(column int) []dataset.Key {
	x, _ := c.want.Floats(column)
	x = slices.DeleteFunc(x, math.IsNaN)
	if len(x) == 0 {
		x = []float64{0}
	}
	slices.Sort(x)
	low, high := x[0], x[len(x)-1]
	bounds := []float64{low - 1, low, x[len(x)/4], x[len(x)/2], x[len(x)/2] + 0.1, (low + high) / 2, high, high + 1}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	return []dataset.Key{
		{Column: column, Bounds: bounds},
		{Column: column, Start: low - 0.5, Step: (high-low)/7 + 0.3},
		{Column: column, Bounds: x[len(x)/2 : len(x)/2+1]},
	}
}
