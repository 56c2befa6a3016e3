package neighbor

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A layout says which column lies where in a row of points.
type layout struct {
	numbers []int // columns, in the order in which they are compared
	levels  []int
}

// layoutOf puts columns that vary most to the front: there it turns out soonest
// that rows are far apart.
func layoutOf(x *learn.Matrix) layout {
	var l layout
	spread := make([]float64, len(x.Columns))
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			l.levels = append(l.levels, j)
			continue
		}
		spread[j] = variance(x.Numbers[j])
		at := len(l.numbers)
		l.numbers = append(l.numbers, j)
		for ; at > 0 && spread[l.numbers[at-1]] < spread[j]; at-- {
			l.numbers[at] = l.numbers[at-1]
		}
		l.numbers[at] = j
	}
	return l
}

// variance of numbers; it may be infinite, and is never NaN.
func variance(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	var sum, rest, squares float64
	for _, a := range v {
		sum += a / float64(len(v))
	}
	for _, a := range v {
		d := a - sum
		rest += d
		squares += float64(d * d)
	}
	out := squares/float64(len(v)) - square(rest/float64(len(v)))
	if out != out {
		return math.Inf(1)
	}
	return out
}

// lay lays out the rows of a matrix of the columns that the layout was made for.
func (l *layout) lay(x *learn.Matrix) Cells {
	return LayOut(x, l.numbers, l.levels, (len(l.numbers)+lanes-1)/lanes*lanes)
}
