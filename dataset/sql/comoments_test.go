package sql

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// exactPair returns the means and the cross-products of the rows that have both, in
// exact arithmetic.
func exactPair(x, y []float64) (n int64, mean, squares [2]float64, cross float64) {
	const digits = 4096
	sum := func(f func(i int) *big.Float) *big.Float {
		s := new(big.Float).SetPrec(digits)
		for i := range x {
			if x[i] == x[i] && y[i] == y[i] {
				s.Add(s, f(i))
			}
		}
		return s
	}
	float := func(v float64) *big.Float { return new(big.Float).SetPrec(digits).SetFloat64(v) }
	rows, _ := sum(func(int) *big.Float { return float(1) }).Int64()
	means := [2]*big.Float{}
	both := [2][]float64{x, y}
	for k := range both {
		means[k] = sum(func(i int) *big.Float { return float(both[k][i]) })
		means[k].Quo(means[k], float(float64(max(rows, 1))))
		mean[k], _ = means[k].Float64()
	}
	product := func(a, b int) float64 {
		s := sum(func(i int) *big.Float {
			u, v := float(both[a][i]), float(both[b][i])
			return u.Mul(u.Sub(u, means[a]), v.Sub(v, means[b]))
		})
		f, _ := s.Float64()
		return f
	}
	return rows, mean, [2]float64{product(0, 0), product(1, 1)}, product(0, 1)
}

// summed asks a pair's questions of two slices, as a server would answer them.
func (p *pair) summed(x, y []float64) {
	*p = pair{sides: [2]side{{by: p.sides[0].by, constant: p.sides[0].constant}, {by: p.sides[1].by, constant: p.sides[1].constant}}}
	for i := range x {
		if x[i] != x[i] || y[i] != y[i] {
			continue
		}
		var d [2]float64
		for k, v := range [2]float64{x[i], y[i]} {
			by := p.sides[k].by
			d[k] = math.Ldexp(v, -by.exp) - math.Ldexp(by.at, -by.exp)
			p.sides[k].sum += d[k]
			p.sides[k].square += d[k] * d[k]
		}
		p.n++
		p.cross += d[0] * d[1]
	}
}

func spreadOf(x []float64) (s spread) {
	s.min, s.max = math.Inf(1), math.Inf(-1)
	for _, v := range x {
		if v == v {
			s.n++
			s.min, s.max, s.mean = min(s.min, v), max(s.max, v), s.mean+v
		}
	}
	s.mean /= float64(s.n)
	return s
}

func TestPairsGiveTheComoments(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	nan := math.NaN()
	tests := map[string]func(i int) (x, y float64){
		"related":   func(int) (float64, float64) { x := r.NormFloat64(); return x, 3*x + r.NormFloat64() },
		"offset":    func(int) (float64, float64) { x := r.Float64(); return 1e12 + x, 1e9 - 5*x + r.Float64() },
		"huge":      func(int) (float64, float64) { x := r.NormFloat64(); return 1e140 * x, 1e-140 * (x + r.NormFloat64()) },
		"heavy":     func(int) (float64, float64) { x := math.Exp(5 * r.NormFloat64()); return x, x * r.Float64() },
		"unrelated": func(int) (float64, float64) { return r.Float64(), r.Float64() },
		"with gaps": func(i int) (float64, float64) {
			x, y := r.NormFloat64(), r.NormFloat64()
			if i%3 == 0 {
				x = nan
			}
			if i%5 == 0 {
				y = nan
			}
			return x, y + x
		},
		"rare and elsewhere": func(i int) (float64, float64) { // both are there only where x is small
			x := 1e9 + 1e8*r.NormFloat64()
			if i%50 != 0 {
				return x, nan
			}
			x = r.Float64()
			return x, 2*x + r.Float64()
		},
		"constant where both are": func(i int) (float64, float64) {
			if i%50 != 0 {
				return r.Float64(), nan
			}
			return 0.1, r.Float64()
		},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			x, y := make([]float64, 3000), make([]float64, 3000)
			for i := range x {
				x[i], y[i] = row(i)
			}
			p := &pair{sides: [2]side{newSide(0, spreadOf(x), 3000), newSide(1, spreadOf(y), 3000)}}
			p.summed(x, y)
			for round := 0; round < mostShifts && p.shift(); round++ {
				p.summed(x, y)
			}
			c := p.comoments()
			n, mean, squares, cross := exactPair(x, y)
			if c.N() != n {
				t.Errorf("n = %d, want %d", c.N(), n)
			}
			for k := range mean {
				check.Close(t, "mean", c.Mean(k), mean[k], 1e-13)
				check.Close(t, "square", c.CrossProduct(k, k), squares[k], 1e-12)
			}
			if got, tol := c.CrossProduct(0, 1), 1e-13*math.Sqrt(squares[0])*math.Sqrt(squares[1]); !check.Near(got, cross, 1e-12, tol) {
				t.Errorf("cross-product = %v, want %v", got, cross)
			}
		})
	}
}

func TestPairsWithoutRowsAndBeyondFloats(t *testing.T) {
	var none pair
	if c := none.comoments(); c.N() != 0 {
		t.Errorf("no rows gave %d", c.N())
	}
	x := []float64{-1e300, 1e300, 0}
	p := &pair{sides: [2]side{newSide(0, spreadOf(x), 3), newSide(1, spreadOf(x), 3)}}
	p.summed(x, x)
	if c := p.comoments(); c.N() != 0 {
		t.Errorf("squares beyond float64 gave %d rows", c.N())
	}
}
