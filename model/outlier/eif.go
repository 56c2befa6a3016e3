package outlier

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// ExtendedForest is the settings of an extended isolation forest [1]: an isolation
// forest whose splits run across all columns at random slopes, so that its scores
// have no edges along the axes. Columns should be on like scales. The rest is as
// IsolationForest has it.
//
// [1] S. Hariri, M. Carrasco Kind and R. J. Brunner (2021), "Extended isolation
// forest", IEEE Transactions on Knowledge and Data Engineering 33(4), 1479–1489.
type ExtendedForest struct {
	Trees      int  `json:"trees,omitempty"`           // default 100
	MaxSamples int  `json:"max_samples,omitempty"`     // rows that each tree is grown from; default 256, and all where there are fewer
	Level      *int `json:"extension_level,omitempty"` // a split compares one column more than it; default one less than there are columns; 0 is an isolation forest
}

// ExtendedModel is a fitted ExtendedForest. The nodes of all trees are in one list,
// children behind their parents.
type ExtendedModel struct {
	Columns  []learn.Column `json:"columns"`
	Rarities []rarity       `json:"rarities"`
	Sample   int            `json:"sample"`
	Roots    learn.Ints     `json:"roots"`
	Below    learn.Ints     `json:"below"`  // by node: where rows go that are not above the split, the others to the next; 0 for a leaf
	Value    learn.Floats   `json:"value"`  // by node: of a split, where it lies on its slope; of a leaf, the path length
	Slope    learn.Ints     `json:"slope"`  // by node: of a split, its place among slopes; -1 for a leaf
	Width    int            `json:"width"`  // columns that a split compares
	Places   learn.Ints     `json:"places"` // by slope: these columns; empty if they are all
	Slopes   learn.Floats   `json:"slopes"` // by slope: a number for each of these columns
}

const kindExtended = "eif"

// Kind is "eif".
func (ExtendedForest) Kind() string { return kindExtended }

// Fit grows the forest. Beside the errors of learn.CheckFit it returns ErrSetting and
// ErrMissing.
func (s ExtendedForest) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("extended isolation forest: %w", err)
	}
	return m, nil
}

func (s ExtendedForest) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*ExtendedModel, error) {
	trees, samples := or(s.Trees, 100), or(s.MaxSamples, 256)
	if err := checkForest(trees, samples); err != nil {
		return nil, err
	}
	level := at(s.Level, len(x.Columns)-1)
	if s.Level != nil && len(x.Columns) > 0 && (level < 0 || level >= len(x.Columns)) {
		return nil, wrong("extension_level", level, fmt.Sprintf("0 to %d, one less than there are columns", len(x.Columns)-1))
	}
	rows, weights, _, err := training(ctx, x, y, false)
	if err != nil {
		return nil, err
	}
	samples = min(samples, rows.Rows)
	if samples > maxNodes/trees/(level+1) {
		return nil, wrong("max_samples", samples, fmt.Sprintf("at most %d for %d trees of splits over %d columns", maxNodes/trees/(level+1), trees, level+1))
	}
	m := &ExtendedModel{Columns: x.Columns, Rarities: raritiesOf(rows, weights), Sample: samples, Width: level + 1}
	cols := numbersOf(rows, m.Rarities)
	grown := make([]slopedTree, trees)
	r.Report(0, 1)
	err = parallel.Do(ctx, trees, r.Workers, func() func(int) {
		return func(t int) { grown[t] = m.grow(cols, rand.New(rand.NewPCG(r.Seed, uint64(t)))) }
	})
	if err != nil {
		return nil, err
	}
	for i := range grown {
		m.join(&grown[i])
	}
	r.Report(1, 1)
	return m, nil
}

// A slopedTree grows from some rows.
type slopedTree struct {
	rng    *rand.Rand
	depth  int       // at which it ends
	k      int       // columns
	width  int       // that a split compares
	rows   []float64 // row after row
	order  []int32   // those of a node are neighbours
	along  []float64 // by row: how far it lies along the slope at hand
	column []int32   // in a random order

	below, slope, places learn.Ints
	value, slopes        learn.Floats
}

// grow grows one tree from a random sample of rows.
func (m *ExtendedModel) grow(cols [][]float64, rng *rand.Rand) slopedTree {
	k := len(cols)
	t := slopedTree{rng: rng, depth: bits.Len(uint(m.Sample - 1)), k: k, width: m.Width}
	t.rows, t.along, t.order = make([]float64, m.Sample*k), make([]float64, m.Sample), make([]int32, m.Sample)
	for i, row := range choose(len(cols[0]), m.Sample, rng) {
		t.order[i] = int32(i)
		for j := range cols {
			t.rows[i*k+j] = cols[j][row]
		}
	}
	for j := range k {
		t.column = append(t.column, int32(j))
	}
	t.add()
	t.split(0, t.order, 0)
	t.rows, t.along, t.order = nil, nil, nil
	return t
}

// choose returns m different numbers below n, in random order: the first steps of a
// shuffle, of which only the places that have changed are kept.
func choose(n, m int, rng *rand.Rand) []int {
	swapped := make(map[int]int, m)
	at := func(i int) int {
		if v, ok := swapped[i]; ok {
			return v
		}
		return i
	}
	out := make([]int, m)
	for i := range out {
		j := i + rng.IntN(n-i)
		out[i] = at(j)
		swapped[j] = at(i)
	}
	return out
}

func (t *slopedTree) add() {
	t.below, t.value, t.slope = append(t.below, 0), append(t.value, 0), append(t.slope, -1)
}

// split makes a node of some rows, and its children. Rows that are all the same are
// not split.
func (t *slopedTree) split(node int, rows []int32, depth int) {
	low, high := t.box(rows)
	flat := true
	for j := range low {
		flat = flat && low[j] == high[j]
	}
	if len(rows) < 2 || depth >= t.depth || flat {
		t.value[node] = float64(depth) + stats.AveragePath(len(rows))
		return
	}
	t.slope[node] = int32(len(t.slopes) / t.width)
	value := t.draw(low, high, rows)
	t.value[node] = value
	below := 0
	for i, row := range rows {
		if t.along[row] <= value {
			rows[below], rows[i] = rows[i], rows[below]
			below++
		}
	}
	first := len(t.below)
	t.below[node] = int32(first)
	t.add()
	t.add()
	t.split(first, rows[:below], depth+1)
	t.split(first+1, rows[below:], depth+1)
}

// box returns the range of each column in some rows.
func (t *slopedTree) box(rows []int32) (low, high []float64) {
	low, high = make([]float64, t.k), make([]float64, t.k)
	for i, row := range rows {
		for j, v := range t.rows[int(row)*t.k:][:t.k] {
			if i == 0 {
				low[j], high[j] = v, v
			}
			low[j], high[j] = min(low[j], v), max(high[j], v)
		}
	}
	return low, high
}

// draw adds a slope, measures rows along it, and returns where a random point of the
// box lies.
func (t *slopedTree) draw(low, high []float64, rows []int32) float64 {
	if t.width < t.k {
		t.rng.Shuffle(t.k, func(i, j int) { t.column[i], t.column[j] = t.column[j], t.column[i] })
		t.places = append(t.places, t.column[:t.width]...)
	}
	var value float64
	from := len(t.slopes)
	for p := range t.width {
		j := t.column[p]
		if t.width == t.k {
			j = int32(p)
		}
		s := t.rng.NormFloat64()
		u := t.rng.Float64()
		t.slopes = append(t.slopes, s)
		value += s * (low[j]*(1-u) + high[j]*u)
	}
	slope := t.slopes[from:]
	for _, row := range rows {
		var sum float64
		values := t.rows[int(row)*t.k:][:t.k]
		for p, s := range slope {
			j := p
			if t.width < t.k {
				j = int(t.column[p])
			}
			sum += s * values[j]
		}
		t.along[row] = sum
	}
	if value != value { // the columns are too large to add up
		return 0
	}
	return clamp(value)
}

// join adds a tree to the model.
func (m *ExtendedModel) join(t *slopedTree) {
	root, slopes := int32(len(m.Below)), int32(len(m.Slopes)/m.Width)
	m.Roots = append(m.Roots, root)
	for i := range t.below {
		if t.slope[i] >= 0 {
			t.below[i] += root
			t.slope[i] += slopes
		}
	}
	m.Below, m.Value, m.Slope = append(m.Below, t.below...), append(m.Value, t.value...), append(m.Slope, t.slope...)
	m.Places, m.Slopes = append(m.Places, t.places...), append(m.Slopes, t.slopes...)
}

// Kind is "eif".
func (*ExtendedModel) Kind() string { return kindExtended }

// Inputs are the columns it was fitted to.
func (m *ExtendedModel) Inputs() []learn.Column { return m.Columns }

// Score writes 2^(−h/c) for each row.
func (m *ExtendedModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.Columns, false)
	if err != nil {
		return fmt.Errorf("extended isolation forest: %w", err)
	}
	cols, k := numbersOf(x, m.Rarities), len(m.Columns)
	scale := float64(len(m.Roots)) * stats.AveragePath(m.Sample)
	return eachBlock(context.Background(), x.Rows, 0, func() func(from, to int) {
		block := make([]float64, min(blockRows, x.Rows)*k)
		return func(from, to int) {
			for j, col := range cols {
				for i, v := range col[from:to] {
					block[i*k+j] = v
				}
			}
			sums := dst[from:to]
			clear(sums)
			for _, root := range m.Roots {
				for i := range sums {
					sums[i] += m.path(root, block[i*k:(i+1)*k])
				}
			}
			for i, sum := range sums {
				sums[i] = math.Exp2(-sum / scale)
			}
		}
	})
}

// path returns the path length of a row in a tree.
func (m *ExtendedModel) path(node int32, row []float64) float64 {
	for m.Slope[node] >= 0 {
		at := int(m.Slope[node]) * m.Width
		slope := m.Slopes[at : at+m.Width]
		var sum float64
		if len(m.Places) == 0 {
			row := row[:len(slope)]
			for p, s := range slope {
				sum += s * row[p]
			}
		} else {
			for p, j := range m.Places[at : at+m.Width] {
				sum += slope[p] * row[j]
			}
		}
		next := m.Below[node]
		if !(sum <= m.Value[node]) {
			next++
		}
		node = next
	}
	return m.Value[node]
}

// Check returns an error unless the model is whole.
func (m *ExtendedModel) Check() error {
	if err := checkCoded(kindExtended, m.Columns, m.Rarities); err != nil {
		return err
	}
	n := len(m.Below)
	if m.Sample < 2 || len(m.Roots) == 0 || n == 0 || len(m.Value) != n || len(m.Slope) != n || !m.Value.Finite() || !m.Slopes.Finite() {
		return learn.Broken(kindExtended, "%d trees of %d rows and %d nodes", len(m.Roots), m.Sample, n)
	}
	all := len(m.Places) == 0
	if m.Width < 1 || m.Width > len(m.Columns) || len(m.Slopes)%m.Width != 0 || all && m.Width != len(m.Columns) && len(m.Slopes) > 0 || !all && len(m.Places) != len(m.Slopes) {
		return learn.Broken(kindExtended, "%d slopes over %d columns", len(m.Slopes), m.Width)
	}
	for _, j := range m.Places {
		if j < 0 || int(j) >= len(m.Columns) {
			return learn.Broken(kindExtended, "a split compares column %d of %d", j, len(m.Columns))
		}
	}
	for _, root := range m.Roots {
		if root < 0 || int(root) >= n {
			return learn.Broken(kindExtended, "a tree begins at node %d of %d", root, n)
		}
	}
	slopes := int32(len(m.Slopes) / m.Width)
	for i, s := range m.Slope {
		if s < 0 && m.Value[i] < 0 || s >= slopes || s >= 0 && (int(m.Below[i]) <= i || int(m.Below[i]) >= n-1) {
			return learn.Broken(kindExtended, "node %d has the split %d of %d and leads to node %d of %d", i, s, slopes, m.Below[i], n)
		}
	}
	return nil
}
