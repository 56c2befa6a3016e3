package cluster

import (
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/internal/parallel"
)

// blockRows are gone through by one goroutine at a time. Sums are taken within a
// block first, then of blocks in their order.
const blockRows = 1024

// eachBlock calls work with the rows of each block, from several goroutines.
func (m *means) eachBlock(n int, work func(b, from, to int)) error {
	return parallel.Do(m.ctx, (n+blockRows-1)/blockRows, m.run.Workers, func() func(int) {
		return func(b int) { work(b, b*blockRows, min((b+1)*blockRows, n)) }
	})
}

// seeder spreads out starting centres: each is drawn with a probability that goes
// with the squared distance to the nearest so far, and is the best of a few drawn so.
type seeder struct {
	*means
	rows    *rows
	rng     *rand.Rand
	nearest []float64 // by row: squared distance to the nearest centre
	label   []int32   // by row: that centre
	sums    []float64 // by block: of weighted nearest
	vectors []float64 // centres
	chosen  int
}

// seed returns k starting centres among rows. There must be k different ones.
func (m *means) seed(r *rows, k int, rng *rand.Rand) ([]float64, error) {
	blocks := (r.N + blockRows - 1) / blockRows
	s := &seeder{means: m, rows: r, rng: rng, nearest: make([]float64, r.N), label: make([]int32, r.N), sums: make([]float64, blocks)}
	for i := range s.nearest {
		s.nearest[i] = 1
	}
	s.total()
	first := s.draw()
	for i := range s.nearest {
		s.nearest[i] = math.Inf(1)
	}
	if err := s.choose([]int{first}); err != nil {
		return nil, err
	}
	tries := min(lanes, 2+int(math.Log(float64(k))))
	for s.chosen < k {
		candidates := make([]int, tries)
		for t := range candidates {
			candidates[t] = s.draw()
		}
		if err := s.choose(candidates); err != nil {
			return nil, err
		}
	}
	return s.vectors, nil
}

// total sums up weighted distances.
func (s *seeder) total() {
	for b := range s.sums {
		s.sums[b] = 0
		for i := b * blockRows; i < min((b+1)*blockRows, s.rows.N); i++ {
			s.sums[b] += float64(s.rows.weight(i) * s.nearest[i])
		}
	}
}

// draw returns a row, drawn by its weighted distance.
func (s *seeder) draw() int {
	all := 0.0
	for _, v := range s.sums {
		all += v
	}
	left := s.rng.Float64() * all
	last := -1
	for b, v := range s.sums {
		if left >= v && b < len(s.sums)-1 {
			left -= v
			continue
		}
		for i := b * blockRows; i < min((b+1)*blockRows, s.rows.N); i++ {
			part := float64(s.rows.weight(i) * s.nearest[i])
			if part > 0 {
				last = i
			}
			if left < part {
				return i
			}
			left -= part
		}
	}
	if last >= 0 {
		return last
	}
	return s.rng.IntN(s.rows.N)
}

// choose takes that of the candidates in which leaves the least sum of distances.
func (s *seeder) choose(candidates []int) error {
	d := s.space.dims()
	vectors := make([]float64, len(candidates)*d)
	for t, i := range candidates {
		s.space.vector(vectors[t*d:(t+1)*d], s.rows, i)
	}
	p := newPanels(s.space, vectors, len(candidates))
	best := 0
	if len(candidates) > 1 {
		sums, err := s.try(p)
		if err != nil {
			return err
		}
		for t := range candidates {
			if sums[t] < sums[best] {
				best = t
			}
		}
	}
	if err := s.take(p, best); err != nil {
		return err
	}
	s.vectors = append(s.vectors, p.vector(best)...)
	s.chosen++
	return nil
}

// reach returns, for each centre chosen, the least squared distance to the vectors
// of p: rows nearer to it than half of the distance are nearer than to these.
func (s *seeder) reach(p *panels, from, to int) []float64 {
	d := s.space.dims()
	out := make([]float64, s.chosen)
	for c := range out {
		out[c] = math.Inf(1)
		for t := from; t < to; t++ {
			out[c] = min(out[c], s.space.apart(s.vectors[c*d:(c+1)*d], p.vector(t)))
		}
		out[c] *= 1 - 1e-9 // for rounding
	}
	return out
}

// try returns the sum of weighted distances that each vector of p would leave.
func (s *seeder) try(p *panels) ([lanes]float64, error) {
	reach := s.reach(p, 0, p.k)
	sums := make([][lanes]float64, len(s.sums))
	err := s.eachBlock(s.rows.N, func(b, from, to int) {
		var d, sum [lanes]float64
		same := 0.0
		for i := from; i < to; i++ {
			w, near := s.rows.weight(i), s.nearest[i]
			if 4*near <= reach[s.label[i]] {
				same += float64(w * near)
				continue
			}
			p.squared(&d, 0, s.rows, i)
			for t, v := range d {
				sum[t] += float64(w * min(v, near))
			}
		}
		for t := range sum {
			sum[t] += same
		}
		sums[b] = sum
	})
	var total [lanes]float64
	for b := range sums {
		for t, v := range sums[b] {
			total[t] += v
		}
	}
	return total, err
}

// take makes vector t of p the next centre.
func (s *seeder) take(p *panels, t int) error {
	reach := s.reach(p, t, t+1)
	return s.eachBlock(s.rows.N, func(b, from, to int) {
		var d [lanes]float64
		sum := 0.0
		for i := from; i < to; i++ {
			if s.chosen == 0 || 4*s.nearest[i] > reach[s.label[i]] {
				p.squared(&d, 0, s.rows, i)
				if d[t] < s.nearest[i] {
					s.nearest[i], s.label[i] = d[t], int32(s.chosen)
				}
			}
			sum += float64(s.rows.weight(i) * s.nearest[i])
		}
		s.sums[b] = sum
	})
}
