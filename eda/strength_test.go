package eda

import (
	"math"
	"slices"
	"testing"
)

func TestPairsWithoutCoefficientComeLast(t *testing.T) {
	got := []float64{math.NaN(), 0.2, -0.9, math.NaN(), 0}
	slices.SortStableFunc(got, func(a, b float64) int {
		switch {
		case strength(a) > strength(b):
			return -1
		case strength(a) < strength(b):
			return 1
		}
		return 0
	})
	if got[0] != -0.9 || got[1] != 0.2 || got[2] != 0 || !math.IsNaN(got[3]) || !math.IsNaN(got[4]) {
		t.Errorf("sorted by strength: %v", got)
	}
}
