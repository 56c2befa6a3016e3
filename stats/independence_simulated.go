package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// ErrUnreached warns that no simulated table was as far from independence as the
// observed one, so that p is only known to be small.
var ErrUnreached = errors.New("no simulated table departs as far: p is the least that so many can show")

// SimulatedTest is ChiSquareTest with the p-value of tables that are drawn at
// random with the margins of c, as counts of independent labels fall: right however
// small the expected counts, but never below 1/(tables+1), and a warning wraps
// ErrUnreached where it is that. The term "simulation" holds the numbers of tables
// drawn and of those at least as far from independence.
//
// Every cell is drawn from its hypergeometric distribution given those before it
// (W. M. Patefield 1981, Applied Statistics 30, 91–97). The same seed gives the same
// p-value. The work is about tables·cells·√(observations); ctx ends it. Beyond the
// errors of ChiSquareTest, tables below 1 is one.
func SimulatedTest(ctx context.Context, c *Crosstab, tables int, seed uint64, level float64) (Result, error) {
	if tables < 1 {
		return Result{}, fmt.Errorf("%d simulated tables, want 1 or more", tables)
	}
	draft, err := ChiSquareTest(c, level)
	if err != nil {
		return Result{}, err
	}
	t := c.Table()
	limit := draft.Statistic.Value * (1 - 1e-10) // as far but for rounding
	s := newTableSampler(&t, seed)
	reached := 0
	for range tables {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		if s.chiSquare() >= limit {
			reached++
		}
	}
	draft.Method = fmt.Sprintf("Pearson, %d simulated tables", tables)
	draft.DF, draft.Warnings = nil, nil
	draft.Terms = []Term{{"simulation", []Named{{"tables", float64(tables)}, {"reached", float64(reached)}}}}
	if reached == 0 {
		draft.Warnings = []error{ErrUnreached}
	}
	return NewResult(draft, math.Log(float64(reached+1))-math.Log(float64(tables+1))), nil
}

// A tableSampler draws tables with given margins.
type tableSampler struct {
	table *ContingencyTable
	rng   *rand.Rand
	left  []int64 // of each column, for the rows to come
}

func newTableSampler(t *ContingencyTable, seed uint64) *tableSampler {
	return &tableSampler{table: t, rng: rand.New(rand.NewPCG(seed, 0)), left: make([]int64, len(t.Cols))}
}

// chiSquare draws a table and returns its statistic.
func (s *tableSampler) chiSquare() (sum float64) {
	copy(s.left, s.table.ColTotals)
	for i, total := range s.table.RowTotals {
		row, below := total, int64(0)
		for _, n := range s.left {
			below += n
		}
		for j, n := range s.left {
			x := hypergeometric{row, n, below}.draw(s.rng)
			row, below = row-x, below-n
			s.left[j] -= x
			e := s.table.Expected(i, j)
			d := float64(x) - e
			sum += d * d / e
		}
	}
	return sum
}

// draw returns a random value: the one at which the densities, summed from the mode
// outwards on both sides, pass a uniform number.
func (h hypergeometric) draw(rng *rand.Rand) int64 {
	low, high := h.bounds()
	if low == high {
		return low
	}
	mode := h.mode(1)
	at := math.Exp(h.logDensity(mode))
	u := rng.Float64() - at
	below, above := at, at
	for down, up := mode, mode; u >= 0 && (down > low || up < high); {
		if up < high {
			above *= h.up(up)
			up++
			if u -= above; u < 0 {
				return up
			}
		}
		if down > low {
			down--
			below /= h.up(down)
			if u -= below; u < 0 {
				return down
			}
		}
	}
	return mode
}
