package learn

import (
	"fmt"
	"math"
)

// A Target is what a row is, for each row of a Matrix. The zero value is that of
// rows of which nothing is known.
type Target struct {
	Classes []string  // class 0 is normal; nil without labels
	Y       []int32   // by row: an index into Classes
	Weights []float64 // by row: how often the row counts; nil: once
}

// Check returns an error unless the target fits so many rows: classes for all or
// none, and weights that are finite, not negative, and not all 0.
func (t *Target) Check(rows int) error {
	if t.Classes == nil && t.Y != nil || t.Classes != nil && len(t.Y) != rows {
		return fmt.Errorf("%d classes of rows for %d rows: %w", len(t.Y), rows, ErrTarget)
	}
	for i, y := range t.Y {
		if y < 0 || int(y) >= len(t.Classes) {
			return fmt.Errorf("row %d has class %d of %d: %w", i+1, y, len(t.Classes), ErrTarget)
		}
	}
	if t.Weights == nil {
		return nil
	}
	if len(t.Weights) != rows {
		return fmt.Errorf("%d weights for %d rows: %w", len(t.Weights), rows, ErrTarget)
	}
	var sum float64
	for i, w := range t.Weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return fmt.Errorf("row %d weighs %v: %w", i+1, w, ErrTarget)
		}
		sum += w
	}
	if rows > 0 && (sum == 0 || math.IsInf(sum, 1)) {
		return fmt.Errorf("the weights add up to %v: %w", sum, ErrTarget)
	}
	return nil
}

// Weight returns the weight of a row.
func (t *Target) Weight(row int) float64 {
	if t.Weights == nil {
		return 1
	}
	return t.Weights[row]
}

// Totals returns the weight of every class.
func (t *Target) Totals() []float64 {
	totals := make([]float64, len(t.Classes))
	for i, y := range t.Y {
		totals[y] += t.Weight(i)
	}
	return totals
}

// Take returns the target of the rows at the given places.
func (t *Target) Take(rows []int) Target {
	out := Target{Classes: t.Classes}
	if t.Y != nil {
		out.Y = Take(t.Y, rows)
	}
	if t.Weights != nil {
		out.Weights = Take(t.Weights, rows)
	}
	return out
}

// Binary returns the target of class k against all others: class 0 is the others,
// class 1 is k.
func (t *Target) Binary(k int) Target {
	out := Target{Classes: []string{"other", t.Classes[k]}, Y: make([]int32, len(t.Y)), Weights: t.Weights}
	for i, y := range t.Y {
		if int(y) == k {
			out.Y[i] = 1
		}
	}
	return out
}
