package neighbor

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// An Index finds neighbours among the rows of a matrix, exactly: what it returns is
// what comparing all rows would. Rows that are the same are compared once. At equal
// distance the lower row comes first. It never changes and may be used by many
// goroutines.
//
// It can be written as JSON. The tree is not: it is grown again when the rows are
// read.
type Index struct {
	columns []learn.Column
	metric  Metric
	layout  layout
	points  Cells   // the different rows, in the order of the tree
	starts  []int32 // by point, where its rows begin, and the end
	rows    []int32 // by point, rising
	at      []int32 // by row: its point
	tree    tree
	flat    bool // the tree is of no use: all points are compared
	pool    sync.Pool
}

// NewIndex makes an index of the rows of x. A metric of "" stands for Euclidean.
//
// Errors wrap learn.ErrSetting for another metric, learn.ErrTooFew if there is no
// row, and learn.ErrMissing if a number is missing; levels may be. It returns the
// cause when ctx ends first.
func NewIndex(ctx context.Context, x *learn.Matrix, metric Metric) (*Index, error) {
	metric = metric.filled()
	if err := metric.check(); err != nil {
		return nil, err
	}
	if err := x.Check(); err != nil {
		return nil, err
	}
	if x.Rows == 0 || x.Rows > math.MaxInt32 {
		return nil, fmt.Errorf("an index of %d rows: %w", x.Rows, learn.ErrTooFew)
	}
	if err := learn.RefuseMissing(x); err != nil {
		return nil, err
	}
	point, first := Distinct(x)
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if len(first) < x.Rows {
		x = x.Take(first)
	}
	ix := &Index{columns: slices.Clone(x.Columns), metric: metric, layout: layoutOf(x)}
	different := ix.layout.lay(x)
	if err := ix.arrange(ctx, &different, point); err != nil {
		return nil, err
	}
	return ix, nil
}

// arrange grows the tree on points, and puts these in its order. point says for each
// row which it is.
func (ix *Index) arrange(ctx context.Context, p *Cells, point []int32) error {
	levels := 0
	for j := range ix.columns {
		levels = max(levels, len(ix.columns[j].Levels))
	}
	t, order, err := grow(ctx, p, levels)
	if err != nil {
		return err
	}
	ix.tree, ix.points = t, p.Take(order)
	place := make([]int32, p.N)
	for at, i := range order {
		place[i] = int32(at)
	}
	ix.at = make([]int32, len(point))
	ix.starts = make([]int32, p.N+1)
	for row, i := range point {
		ix.at[row] = place[i]
		ix.starts[place[i]+1]++
	}
	for i := range p.N {
		ix.starts[i+1] += ix.starts[i]
	}
	next := slices.Clone(ix.starts)
	ix.rows = make([]int32, len(point))
	for row, at := range ix.at {
		ix.rows[next[at]] = int32(row)
		next[at]++
	}
	ix.pool.New = func() any { return &search{Index: ix} }
	ix.flat = ix.useless()
	return nil
}

// useless tries the tree on a few of its points, and reports whether most of the
// others are looked at.
func (ix *Index) useless() bool {
	const tries, k = 32, 6
	if ix.points.N < 1000 {
		return false
	}
	s := search{Index: ix}
	for i := range tries {
		p := i * (ix.points.N / tries)
		s.begin(ix.points.Row(p), ix.points.Coded(p), k, math.Inf(1))
		s.walk(0)
	}
	return s.visited > tries*ix.points.N/2
}

// Rows is how many rows it was made of.
func (ix *Index) Rows() int { return len(ix.at) }

// Columns are those of the matrix it was made of.
func (ix *Index) Columns() []learn.Column { return ix.columns }

// Metric says what its distances are.
func (ix *Index) Metric() Metric { return ix.metric }

// Queries are rows whose neighbours can be looked for, made by Index.Queries.
type Queries struct {
	points Cells
}

// Rows is how many they are.
func (q *Queries) Rows() int { return q.points.N }

// Queries prepares the rows of a matrix, whose columns are found by name. Its errors
// are those of learn.Matrix.Bind, and wrap learn.ErrMissing if a number is missing
// or infinite.
func (ix *Index) Queries(x *learn.Matrix) (*Queries, error) {
	x, err := x.Bind(ix.columns)
	if err != nil {
		return nil, err
	}
	if err := learn.RefuseMissing(x); err != nil {
		return nil, err
	}
	for j := range x.Numbers {
		for i, v := range x.Numbers[j] {
			if math.IsInf(v, 0) {
				return nil, fmt.Errorf("column %q, row %d: %v is no finite number", x.Columns[j].Name, i+1, v)
			}
		}
	}
	return &Queries{ix.layout.lay(x)}, nil
}

// Nearest returns the k rows nearest to row i of the queries, the nearest first, or
// all rows if there are fewer than k.
func (ix *Index) Nearest(q *Queries, i, k int) []Neighbor {
	if k < 1 {
		return nil
	}
	s := ix.pool.Get().(*search)
	defer ix.pool.Put(s)
	s.look(q.points.Row(i), q.points.Coded(i), k, math.Inf(1))
	return slices.Clone(s.finish(0))
}

// Within returns all rows that are not farther from row i of the queries than the
// radius, the nearest first.
func (ix *Index) Within(q *Queries, i int, radius float64) []Neighbor {
	s := ix.pool.Get().(*search)
	defer ix.pool.Put(s)
	s.look(q.points.Row(i), q.points.Coded(i), 0, ix.metric.limitOf(radius))
	return slices.Clone(s.finish(radius))
}

// look does one search.
func (s *search) look(numbers []float64, levels []int32, k int, limit float64) {
	s.begin(numbers, levels, k, limit)
	switch {
	case s.flat:
		s.scan(0, s.points.N)
	case s.toBox(0) <= s.limit:
		s.walk(0)
	}
}

// EachNearest calls visit with the neighbours that Nearest returns of each row of
// the queries, from several goroutines, in no order. The list is visit's until it
// returns. It stops with the cause when ctx ends.
func (ix *Index) EachNearest(ctx context.Context, q *Queries, k, workers int, visit func(i int, found []Neighbor)) error {
	if k < 1 {
		return fmt.Errorf("%d neighbours: %w; choose at least 1", k, learn.ErrSetting)
	}
	return ix.each(ctx, q.points.N, workers, func(s *search, from, to int) {
		if s.flat {
			ix.flatNearest(s, q, from, to, k, visit)
			return
		}
		for i := from; i < to; i++ {
			s.look(q.points.Row(i), q.points.Coded(i), k, math.Inf(1))
			visit(i, s.finish(0))
		}
	})
}

// EachWithin is EachNearest for the rows that Within returns.
func (ix *Index) EachWithin(ctx context.Context, q *Queries, radius float64, workers int, visit func(i int, found []Neighbor)) error {
	return ix.each(ctx, q.points.N, workers, func(s *search, from, to int) {
		for i := from; i < to; i++ {
			s.look(q.points.Row(i), q.points.Coded(i), 0, ix.metric.limitOf(radius))
			visit(i, s.finish(radius))
		}
	})
}

// blockRows are looked for by one goroutine at a time.
const blockRows = 32

func (ix *Index) each(ctx context.Context, n, workers int, work func(s *search, from, to int)) error {
	return parallel.Do(ctx, (n+blockRows-1)/blockRows, workers, func() func(int) {
		s := &search{Index: ix}
		return func(b int) { work(s, b*blockRows, min((b+1)*blockRows, n)) }
	})
}

// flatNearest compares the rows from..to with all points, a block of these at a
// time, which stays in the cache.
func (ix *Index) flatNearest(s *search, q *Queries, from, to, k int, visit func(int, []Neighbor)) {
	const block = 256
	all := make([]search, to-from)
	for i := range all {
		all[i] = search{Index: ix}
		all[i].begin(q.points.Row(from+i), q.points.Coded(from+i), k, math.Inf(1))
	}
	for p := 0; p < ix.points.N; p += block {
		for i := range all {
			all[i].scan(p, min(p+block, ix.points.N))
		}
	}
	for i := range all {
		visit(from+i, all[i].finish(0))
	}
}
