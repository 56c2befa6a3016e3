package linear

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A feature is what one weight belongs to: a column of numbers, or a level.
type feature struct {
	column int
	level  int     // -1 for numbers
	shift  float64 // numbers are stored as (x − shift)/scale
	scale  float64 // a power of two; 0: the column is constant and not stored
}

// A design is the rows of a fit, laid out for products. Numbers that mostly hold
// one value are shifted by it and stored sparsely, with the levels; the others are
// shifted by their mean and stored row by row. Shifts change the intercept and no
// weight. The last feature is the intercept, which is 1 in every row.
type design struct {
	features []feature // the intercept is not among them
	size     int       // features and intercept
	rows     int
	weight   []float64 // by row; all positive
	dense    []int     // features stored row by row, the intercept last
	x        []float64 // their values
	start    []int     // by row: where its sparse entries begin
	at       []int32   // the features of sparse entries, ascending in a row
	by       []float64 // the values there
	blocks   int
	workers  int
	scratch  [][]float64 // a matrix for each block
}

const (
	// maxFeatures bounds the weights of one class: time grows with the cube of it.
	maxFeatures = 2048

	// sparseShare is how many rows must hold the most common value of a column for
	// the others to be stored one by one.
	sparseShare = 0.6

	// narrowest is the range of values below which a column counts as constant.
	narrowest = 1e-150
)

// offsets returns the place of the first weight of each column, and behind them
// the number of weights.
func offsets(columns []learn.Column) []int {
	out := make([]int, len(columns)+1)
	for j := range columns {
		out[j+1] = out[j] + 1
		if columns[j].Coded() {
			out[j+1] = out[j] + len(columns[j].Levels)
		}
	}
	return out
}

// newDesign lays out rows that all weigh something.
func newDesign(ctx context.Context, x *learn.Matrix, y *learn.Target, workers int) (*design, error) {
	first := offsets(x.Columns)
	total := first[len(x.Columns)]
	if total > maxFeatures {
		return nil, fmt.Errorf("%d columns and levels together are more weights than the %d that can be fitted; group rare levels first: %w",
			total, maxFeatures, learn.ErrSetting)
	}
	d := &design{size: total + 1, rows: x.Rows, weight: weights(x.Rows, y), workers: workers}
	d.features = make([]feature, total)
	isSparse := make([]bool, len(x.Columns))
	for j := range x.Columns {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for f := first[j]; f < first[j+1]; f++ {
			d.features[f] = feature{column: j, level: f - first[j], scale: 1}
		}
		if v := x.Numbers[j]; !x.Columns[j].Coded() {
			f := feature{column: j, level: -1}
			f.shift, f.scale, isSparse[j] = layout(v, d.weight)
			d.features[first[j]] = f
			if f.scale > 0 && !isSparse[j] {
				d.dense = append(d.dense, first[j])
			}
		}
	}
	d.dense = append(d.dense, total)
	d.fillDense(x)
	d.fillSparse(x, first, isSparse)
	d.divide()
	return d, nil
}

// weights returns the weight of each row.
func weights(rows int, y *learn.Target) []float64 {
	if y.Weights != nil {
		return y.Weights
	}
	return slices.Repeat([]float64{1}, rows)
}

// divide settles the number of blocks, which depends on the size of the data only.
func (d *design) divide() {
	const blockRows, maxBlocks, maxCells = 512, 32, 1 << 24
	d.blocks = max(1, min(maxBlocks, d.rows/blockRows, max(2, maxCells/(d.size*d.size))))
	d.scratch = make([][]float64, d.blocks)
}

// block returns the rows of a block.
func (d *design) block(b int) (from, to int) {
	return b * d.rows / d.blocks, (b + 1) * d.rows / d.blocks
}

// layout tells how a column of numbers is stored.
func layout(v, weight []float64) (shift, scale float64, sparse bool) {
	if mode, share := commonest(v); share >= sparseShare {
		shift, sparse = mode, true
	} else {
		shift = mean(v, weight)
	}
	reach := 0.0
	for _, a := range v {
		reach = max(reach, math.Abs(a/4-shift/4))
	}
	if reach < narrowest {
		return shift, 0, sparse
	}
	_, exponent := math.Frexp(reach)
	return shift, math.Ldexp(1, min(exponent+2, 1000)), sparse
}

// commonest returns the value that most of some rows spread over the column hold,
// and the share of all rows that do.
func commonest(v []float64) (mode, share float64) {
	const looks = 255
	sample := make([]float64, 0, looks+1)
	for i := 0; i < len(v); i += 1 + len(v)/looks {
		sample = append(sample, v[i])
	}
	slices.Sort(sample)
	longest, run := 0, 0
	for i, a := range sample {
		if i == 0 || a != sample[i-1] {
			run = 0
		}
		if run++; run > longest {
			longest, mode = run, a
		}
	}
	count := 0
	for _, a := range v {
		if a == mode {
			count++
		}
	}
	return mode, float64(count) / float64(len(v))
}

// mean returns the weighted mean, which cannot overflow.
func mean(v, weight []float64) float64 {
	total := sum(weight)
	var m float64
	for i, a := range v {
		m += a * (weight[i] / total)
	}
	return m
}

func sum(v []float64) (s float64) {
	for _, a := range v {
		s += a
	}
	return s
}

// fillDense fills the part that is stored row by row.
func (d *design) fillDense(x *learn.Matrix) {
	k := len(d.dense)
	d.x = make([]float64, d.rows*k)
	for i := range d.rows {
		d.x[i*k+k-1] = 1
	}
	for a, f := range d.dense[:k-1] {
		c := d.features[f]
		inverse := 1 / c.scale
		shift := c.shift * inverse
		for i, v := range x.Numbers[c.column] {
			d.x[i*k+a] = v*inverse - shift
		}
	}
}

// fillSparse fills the entries of sparse numbers and of levels.
func (d *design) fillSparse(x *learn.Matrix, first []int, isSparse []bool) {
	d.start = make([]int, d.rows+1)
	for j := range x.Columns {
		for i, code := range x.Codes[j] {
			if code >= 0 {
				d.start[i+1]++
			}
		}
		if c := d.features[first[j]:]; isSparse[j] && c[0].scale > 0 {
			for i, v := range x.Numbers[j] {
				if v != c[0].shift {
					d.start[i+1]++
				}
			}
		}
	}
	for i := range d.rows {
		d.start[i+1] += d.start[i]
	}
	d.at, d.by = make([]int32, d.start[d.rows]), make([]float64, d.start[d.rows])
	next := slices.Clone(d.start)
	put := func(i, f int, v float64) {
		d.at[next[i]], d.by[next[i]] = int32(f), v
		next[i]++
	}
	for j := range x.Columns {
		for i, code := range x.Codes[j] {
			if code >= 0 {
				put(i, first[j]+int(code), 1)
			}
		}
		if !isSparse[j] || d.features[first[j]].scale == 0 {
			continue
		}
		c := d.features[first[j]]
		inverse := 1 / c.scale
		for i, v := range x.Numbers[j] {
			if v != c.shift {
				put(i, first[j], v*inverse-c.shift*inverse)
			}
		}
	}
}

// unscaled turns weights and intercept of the stored values into those of the
// columns themselves.
func (d *design) unscaled(beta []float64) (weights []float64, intercept float64) {
	p := d.size - 1
	weights, intercept = make([]float64, p), beta[p]
	for f, c := range d.features {
		switch {
		case c.level >= 0:
			weights[f] = beta[f]
		case c.scale > 0:
			weights[f] = beta[f] / c.scale
			intercept -= beta[f] * (c.shift / c.scale)
		}
	}
	return weights, intercept
}
