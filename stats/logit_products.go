package stats

import (
	"context"

	"github.com/netanom/netanom/internal/parallel"
)

// predict sets the linear predictor of each pattern.
func (d *logitDesign) predict(ctx context.Context, beta, eta []float64) error {
	k := len(d.dense)
	slopes := make([]float64, k)
	for j, column := range d.dense {
		slopes[j] = beta[column]
	}
	return parallel.Do(ctx, d.blocks, d.workers, func() func(int) {
		return func(b int) {
			from, to := d.block(b)
			for i := from; i < to; i++ {
				sum := dot(d.x[i*k:(i+1)*k], slopes)
				for s := i * d.slots; s < (i+1)*d.slots; s++ {
					if d.at[s] >= 0 {
						sum += d.by[s] * beta[d.at[s]]
					}
				}
				eta[i] = sum
			}
		}
	})
}

// cross returns Xᵀr.
func (d *logitDesign) cross(ctx context.Context, r []float64) ([]float64, error) {
	parts := make([][]float64, d.blocks)
	err := parallel.Do(ctx, d.blocks, d.workers, func() func(int) {
		return func(b int) {
			from, to := d.block(b)
			parts[b] = d.crossOf(r, from, to)
		}
	})
	return summed(parts), err
}

func (d *logitDesign) crossOf(r []float64, from, to int) []float64 {
	k := len(d.dense)
	sum, slopes := make([]float64, len(d.columns)), make([]float64, k)
	for i := from; i < to; i++ {
		ri := r[i]
		if ri == 0 {
			continue
		}
		for j, x := range d.x[i*k : (i+1)*k] {
			slopes[j] += ri * x
		}
		for s := i * d.slots; s < (i+1)*d.slots; s++ {
			if d.at[s] >= 0 {
				sum[d.at[s]] += ri * d.by[s]
			}
		}
	}
	for j, column := range d.dense {
		sum[column] = slopes[j]
	}
	return sum
}

// summed adds up slices of one length, in order.
func summed(parts [][]float64) []float64 {
	total := parts[0]
	for _, part := range parts[1:] {
		for i, x := range part {
			total[i] += x
		}
	}
	return total
}

// gram returns XᵀWX, row by row, for weights of the patterns.
func (d *logitDesign) gram(ctx context.Context, w []float64) ([]float64, error) {
	parts := make([][]float64, d.blocks)
	err := parallel.Do(ctx, d.blocks, d.workers, func() func(int) {
		return func(b int) {
			from, to := d.block(b)
			parts[b] = d.gramOf(w, from, to)
		}
	})
	if err != nil {
		return nil, err
	}
	g, p := summed(parts), len(d.columns)
	for i := range p {
		for j := range i {
			sum := g[i*p+j] + g[j*p+i] // each pair stands on one side
			g[i*p+j], g[j*p+i] = sum, sum
		}
	}
	return g, nil
}

// gramOf adds up a block. Of each pair of columns one side is filled.
func (d *logitDesign) gramOf(w []float64, from, to int) []float64 {
	k, p := len(d.dense), len(d.columns)
	g := make([]float64, p*p)
	quantities, mixed := make([]float64, k*k), make([]float64, p*k)
	for i := from; i < to; i++ {
		if w[i] == 0 {
			continue
		}
		x := d.x[i*k : (i+1)*k]
		for a, xa := range x {
			wx := w[i] * xa
			row := quantities[a*k : a*k+a+1]
			for b := range row {
				row[b] += wx * x[b]
			}
		}
		slots := d.at[i*d.slots : (i+1)*d.slots]
		by := d.by[i*d.slots : (i+1)*d.slots]
		for s, column := range slots {
			if column < 0 {
				continue
			}
			wx := w[i] * by[s]
			row := mixed[int(column)*k : (int(column)+1)*k]
			for a, xa := range x {
				row[a] += wx * xa
			}
			for t, other := range slots[:s+1] {
				if other >= 0 {
					g[int(column)*p+int(other)] += wx * by[t]
				}
			}
		}
	}
	for a, column := range d.dense {
		for b := range a + 1 {
			g[column*p+d.dense[b]] = quantities[a*k+b]
		}
		for other := range p {
			g[column*p+other] += mixed[other*k+a]
		}
	}
	return g
}

// quadratic sets xᵀVx of each pattern, for a matrix by rows.
func (d *logitDesign) quadratic(ctx context.Context, v, out []float64) error {
	k, p := len(d.dense), len(d.columns)
	return parallel.Do(ctx, d.blocks, d.workers, func() func(int) {
		columns, values := make([]int, 0, k+d.slots), make([]float64, 0, k+d.slots)
		return func(b int) {
			from, to := d.block(b)
			for i := from; i < to; i++ {
				columns, values = d.entries(i, columns[:0], values[:0])
				sum := 0.0
				for a, ca := range columns {
					row, inner := v[ca*p:(ca+1)*p], 0.0
					for c, cc := range columns[:a] {
						inner += row[cc] * values[c]
					}
					sum += values[a] * (2*inner + row[ca]*values[a])
				}
				out[i] = sum
			}
		}
	})
}

// entries appends the columns of a pattern that may be other than 0, and the values
// there.
func (d *logitDesign) entries(i int, columns []int, values []float64) ([]int, []float64) {
	k := len(d.dense)
	columns, values = append(columns, d.dense...), append(values, d.x[i*k:(i+1)*k]...)
	for s := i * d.slots; s < (i+1)*d.slots; s++ {
		if d.at[s] >= 0 {
			columns, values = append(columns, int(d.at[s])), append(values, d.by[s])
		}
	}
	return columns, values
}
