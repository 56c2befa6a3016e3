package linear

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// predict sets Xβ.
func (d *design) predict(ctx context.Context, beta, out []float64) error {
	k := len(d.dense)
	slopes := make([]float64, k)
	for a, f := range d.dense {
		slopes[a] = beta[f]
	}
	return parallel.Do(ctx, d.blocks, d.workers, func() func(int) {
		return func(b int) {
			from, to := d.block(b)
			for i := from; i < to; i++ {
				s := dot(d.x[i*k:(i+1)*k], slopes)
				at := d.at[d.start[i]:d.start[i+1]]
				by := d.by[d.start[i]:d.start[i+1]]
				for e, f := range at {
					s += by[e] * beta[f]
				}
				out[i] = s
			}
		}
	})
}

// dot returns the inner product of two slices of one length.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// cross returns Xᵀr.
func (d *design) cross(ctx context.Context, r []float64) ([]float64, error) {
	parts := make([][]float64, d.blocks)
	err := parallel.Do(ctx, d.blocks, d.workers, func() func(int) {
		return func(b int) {
			from, to := d.block(b)
			parts[b] = d.crossOf(r, from, to)
		}
	})
	if err != nil {
		return nil, err
	}
	total := parts[0]
	for _, part := range parts[1:] {
		for f, s := range part {
			total[f] += s
		}
	}
	return total, nil
}

func (d *design) crossOf(r []float64, from, to int) []float64 {
	k := len(d.dense)
	out, slopes := make([]float64, d.size), make([]float64, k)
	for i := from; i < to; i++ {
		ri := r[i]
		if ri == 0 {
			continue
		}
		for a, v := range d.x[i*k : (i+1)*k] {
			slopes[a] += ri * v
		}
		by := d.by[d.start[i]:d.start[i+1]]
		for e, f := range d.at[d.start[i]:d.start[i+1]] {
			out[f] += ri * by[e]
		}
	}
	for a, f := range d.dense {
		out[f] = slopes[a]
	}
	return out
}

// gram sets g to XᵀHX, by rows, for a diagonal H that is nowhere negative.
func (d *design) gram(ctx context.Context, h, g []float64) error {
	p := d.size
	err := parallel.Do(ctx, d.blocks, d.workers, func() func(int) {
		w := newGramWork(d)
		return func(b int) {
			if d.scratch[b] == nil {
				d.scratch[b] = make([]float64, p*p)
			}
			from, to := d.block(b)
			w.add(d, h, from, to, d.scratch[b])
		}
	})
	if err != nil {
		return err
	}
	clear(g)
	for _, part := range d.scratch {
		for i := range p {
			to := g[i*p : i*p+i+1]
			for j, s := range part[i*p : i*p+i+1] {
				to[j] += s
			}
		}
	}
	for i := range p {
		for j := range i {
			g[j*p+i] = g[i*p+j]
		}
	}
	return nil
}

// panelRows is how many rows the dense part is multiplied by at a time.
const panelRows = 128

// gramWork is the scratch space of one goroutine.
type gramWork struct {
	panel []float64 // rows times the root of their h
	used  int
	dense []float64 // the upper triangle of the dense part
	mixed []float64 // sparse features by dense ones
}

func newGramWork(d *design) *gramWork {
	k := len(d.dense)
	w := &gramWork{panel: make([]float64, panelRows*k), dense: make([]float64, k*k)}
	if len(d.at) > 0 {
		w.mixed = make([]float64, d.size*k)
	}
	return w
}

// add sets the lower triangle of g to the product of some rows.
func (w *gramWork) add(d *design, h []float64, from, to int, g []float64) {
	clear(g)
	clear(w.dense)
	clear(w.mixed)
	p, k := d.size, len(d.dense)
	for i := from; i < to; i++ {
		hi := h[i]
		if hi == 0 {
			continue
		}
		x, root := d.x[i*k:(i+1)*k], math.Sqrt(hi)
		row := w.panel[w.used*k : (w.used+1)*k]
		for a, v := range x {
			row[a] = root * v
		}
		if w.used++; w.used == panelRows {
			w.flush(k)
		}
		at, by := d.at[d.start[i]:d.start[i+1]], d.by[d.start[i]:d.start[i+1]]
		for e, f := range at {
			s := hi * by[e]
			mixed := w.mixed[int(f)*k : (int(f)+1)*k]
			for a, v := range x {
				mixed[a] += s * v
			}
			sparse := g[int(f)*p : (int(f)+1)*p]
			for o, other := range at[:e+1] {
				sparse[other] += s * by[o]
			}
		}
	}
	w.flush(k)
	for a, f := range d.dense {
		for c := a; c < k; c++ {
			g[max(f, d.dense[c])*p+min(f, d.dense[c])] = w.dense[a*k+c]
		}
	}
	if w.mixed == nil {
		return
	}
	for f := range p {
		for a, other := range d.dense {
			if s := w.mixed[f*k+a]; s != 0 {
				g[max(f, other)*p+min(f, other)] = s
			}
		}
	}
}

// flush adds the product of the panel to the dense part.
func (w *gramWork) flush(k int) {
	if w.used == 0 {
		return
	}
	blas64.Syrk(blas.Trans, 1, blas64.General{Rows: w.used, Cols: k, Stride: k, Data: w.panel}, 1,
		blas64.Symmetric{N: k, Stride: k, Data: w.dense, Uplo: blas.Upper})
	w.used = 0
}
