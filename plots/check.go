package plots

import (
	"errors"
	"fmt"
	"math"
)

// The most that a figure holds and can still be read.
const (
	maxGroups  = 8
	maxBars    = 60
	maxBoxes   = 120
	maxCells   = 60  // rows, and columns, of a heat map
	maxColumns = 120 // columns of a missing matrix
	maxBlocks  = 400
)

// Values beyond these magnitudes leave no room for the arithmetic of an axis.
const (
	largestMagnitude  = 1e300
	smallestMagnitude = 1e-300
)

// checkValue returns an error unless an axis can show v: the end of a sentence
// that begins with the name of the value.
func checkValue(v float64) error {
	switch abs := math.Abs(v); {
	case math.IsNaN(v):
		return errors.New("is NaN")
	case math.IsInf(v, 0):
		return errors.New("is infinite")
	case abs > largestMagnitude, v != 0 && abs < smallestMagnitude:
		return fmt.Errorf("is %g, which is beyond what an axis can show", v)
	}
	return nil
}

// A Group is a set of records that is drawn in its own colour, such as normal
// traffic, with one count for each value or category of the figure.
type Group struct {
	Name   string
	Counts []int64
}

// checkGroups returns an error unless there are groups, each with one count of
// at least zero for each of n entries (of the given kind), and a sum that is
// positive and fits an int64.
func checkGroups(groups []Group, n int, kind string) error {
	if len(groups) == 0 {
		return errors.New("there is no group of counts")
	}
	if len(groups) > maxGroups {
		return fmt.Errorf("%d groups are too many to tell apart, at most %d can be drawn", len(groups), maxGroups)
	}
	var total int64
	for _, g := range groups {
		if len(g.Counts) != n {
			return fmt.Errorf("group %q has %d counts for %d %s", g.Name, len(g.Counts), n, kind)
		}
		for i, c := range g.Counts {
			if c < 0 {
				return fmt.Errorf("group %q: count %d is negative (%d)", g.Name, i, c)
			}
			if c > math.MaxInt64-total {
				return errors.New("the counts add up to more than an integer can hold")
			}
			total += c
		}
	}
	if total == 0 {
		return errors.New("all counts are zero")
	}
	return nil
}

// totals returns the sum of the counts of each group.
func totals(groups []Group) []int64 {
	sums := make([]int64, len(groups))
	for i, g := range groups {
		for _, c := range g.Counts {
			sums[i] += c
		}
	}
	return sums
}

// names returns the groups' names as they can be drawn.
func names(groups []Group) []string {
	cleaned := make([]string, len(groups))
	for i, g := range groups {
		cleaned[i] = clean(g.Name)
	}
	return cleaned
}
