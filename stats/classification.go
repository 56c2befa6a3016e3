package stats

import (
	"fmt"
	"math"
	"slices"
)

// A Confusion counts rows by the class that they are of and the class that they were
// taken for. The zero value is the empty count. Copies share their counts; use Merge
// into an empty Confusion for one of its own.
type Confusion struct {
	// Classes names rows and columns. Constructors keep the order they are given.
	Classes []string `json:"classes"`

	// Counts[i][j] is how many rows of class i were taken for class j, or what they
	// weigh.
	Counts [][]float64 `json:"counts"`

	// Squares is the sum of the squared weights of the rows: that of all counts where
	// each row weighs 1. Intervals take the rows for (Σw)²/Σw² rows of weight 1
	// (L. Kish 1965, Survey Sampling, Wiley, section 11.7).
	Squares float64 `json:"squares"`
}

// ConfusionOf counts rows: truth[i] and predicted[i] are places in classes. Weights may
// be nil, for 1 each. The error wraps ErrLengths, or says that a place is not one of a
// class or that a weight is negative or not finite.
func ConfusionOf(classes []string, truth, predicted []int32, weights []float64) (Confusion, error) {
	if len(truth) != len(predicted) || weights != nil && len(weights) != len(truth) {
		return Confusion{}, fmt.Errorf("confusion of %d classes with %d predictions and %d weights: %w", len(truth), len(predicted), len(weights), ErrLengths)
	}
	c, err := newConfusion(classes)
	if err != nil {
		return Confusion{}, err
	}
	for i, k := range truth {
		l, w := predicted[i], 1.0
		if weights != nil {
			w = weights[i]
		}
		if k < 0 || l < 0 || int(k) >= len(classes) || int(l) >= len(classes) {
			return Confusion{}, fmt.Errorf("confusion: row %d has classes %d and %d of %d", i+1, k, l, len(classes))
		}
		if err := checkWeight(w); err != nil {
			return Confusion{}, fmt.Errorf("confusion: row %d: %w", i+1, err)
		}
		c.Counts[k][l] += w
		c.Squares += w * w
	}
	return c, nil
}

// ConfusionFromCounts returns the confusion of rows that something else counted:
// counts[i][j] of class i were taken for class j. The error wraps ErrLengths, or says
// that a count is negative or a class named twice.
func ConfusionFromCounts(classes []string, counts [][]int64) (Confusion, error) {
	c, err := newConfusion(classes)
	if err != nil {
		return Confusion{}, err
	}
	if len(counts) != len(classes) {
		return Confusion{}, fmt.Errorf("confusion: %d rows of counts for %d classes: %w", len(counts), len(classes), ErrLengths)
	}
	for i, row := range counts {
		if len(row) != len(classes) {
			return Confusion{}, fmt.Errorf("confusion: class %q has %d counts for %d classes: %w", classes[i], len(row), len(classes), ErrLengths)
		}
		for j, n := range row {
			if n < 0 {
				return Confusion{}, fmt.Errorf("confusion of %q and %q: count %d is negative", classes[i], classes[j], n)
			}
			c.Counts[i][j] = float64(n)
			c.Squares += float64(n)
		}
	}
	return c, nil
}

func newConfusion(classes []string) (Confusion, error) {
	c := Confusion{Classes: slices.Clone(classes), Counts: make([][]float64, len(classes))}
	for i, name := range classes {
		if slices.Contains(classes[:i], name) {
			return Confusion{}, fmt.Errorf("confusion: class %q is named twice", name)
		}
		c.Counts[i] = make([]float64, len(classes))
	}
	return c, nil
}

func checkWeight(w float64) error {
	if math.IsNaN(w - w) {
		return fmt.Errorf("weight %v: %w", w, ErrNotFinite)
	}
	if w < 0 {
		return fmt.Errorf("weight %v is negative", w)
	}
	return nil
}

// Add counts a row of a class that was taken for another, or the same. A class that is
// new comes behind the others. It is an error if the weight is negative or not finite.
func (c *Confusion) Add(truth, predicted string, weight float64) error {
	if err := checkWeight(weight); err != nil {
		return fmt.Errorf("confusion of %q and %q: %w", truth, predicted, err)
	}
	i, j := c.place(truth), c.place(predicted)
	c.Counts[i][j] += weight
	c.Squares += weight * weight
	return nil
}

// place returns the place of a class, which it adds if it is new.
func (c *Confusion) place(class string) int {
	if i := slices.Index(c.Classes, class); i >= 0 {
		return i
	}
	c.Classes = append(c.Classes, class)
	for i := range c.Counts {
		c.Counts[i] = append(c.Counts[i], 0)
	}
	c.Counts = append(c.Counts, make([]float64, len(c.Classes)))
	return len(c.Classes) - 1
}

// Merge adds the counts of o. Classes of the same name become one; others come behind.
// Either side may be empty.
func (c *Confusion) Merge(o Confusion) {
	places := make([]int, len(o.Classes))
	for i, name := range o.Classes {
		places[i] = c.place(name)
	}
	for i, row := range o.Counts {
		for j, n := range row {
			c.Counts[places[i]][places[j]] += n
		}
	}
	c.Squares += o.Squares
}

// Total returns the weight of all rows, their number where each weighs 1.
func (c *Confusion) Total() float64 {
	var sum compensated
	for _, row := range c.Counts {
		for _, n := range row {
			sum = sum.add(n)
		}
	}
	return sum.value()
}

// check returns an error unless the confusion is what the constructors ensure and has
// rows.
func (c *Confusion) check() error {
	if len(c.Counts) != len(c.Classes) {
		return fmt.Errorf("confusion: %d rows of counts for %d classes: %w", len(c.Counts), len(c.Classes), ErrLengths)
	}
	for i, row := range c.Counts {
		if len(row) != len(c.Classes) {
			return fmt.Errorf("confusion: class %q has %d counts for %d classes: %w", c.Classes[i], len(row), len(c.Classes), ErrLengths)
		}
		for _, n := range row {
			if err := checkWeight(n); err != nil {
				return fmt.Errorf("confusion: class %q: %w", c.Classes[i], err)
			}
		}
	}
	if total := c.Total(); !(total > 0 && c.Squares > 0) || math.IsInf(total*total/c.Squares, 0) {
		return fmt.Errorf("confusion: rows that weigh %v, their squares %v: %w", total, c.Squares, ErrTooFew)
	}
	return nil
}
