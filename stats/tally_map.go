package stats

import (
	"fmt"
	"math"
	"slices"
)

// Map returns the tally of f(x) for all x, group by group: the tally that the
// transformed values would have, without the values themselves. Values that f makes
// equal become one. math.Log1p, of values above −1, is the usual f for byte counts.
// f is called once for each distinct value, in ascending order. The error wraps
// ErrNotFinite if a result is NaN or infinite, and names the value.
func (t Tally) Map(f func(x float64) float64) (Tally, error) {
	if err := t.check(); err != nil {
		return Tally{}, err
	}
	mapped := make([]float64, len(t.Values))
	for i, x := range t.Values {
		mapped[i] = positiveZero(f(x))
		if math.IsNaN(mapped[i] - mapped[i]) {
			return Tally{}, fmt.Errorf("tally: %v is mapped to %v: %w", x, mapped[i], ErrNotFinite)
		}
	}
	m := Tally{Values: slices.Clone(mapped), Counts: make([][]int64, len(t.Counts)), Groups: slices.Clone(t.Groups)}
	slices.Sort(m.Values)
	m.Values = slices.Compact(m.Values)
	for g, counts := range t.Counts {
		m.Counts[g] = make([]int64, len(m.Values))
		for i, c := range counts {
			place, _ := slices.BinarySearch(m.Values, mapped[i])
			m.Counts[g][place] += c
		}
	}
	return m, nil
}
