package dashboard

import (
	"math"
	"strconv"
)

// blockValues are the numbers that codes stand for, ascending.
type blockValues struct {
	Scale float64  `json:"scale,omitempty"` // 0: the numbers are listed
	Steps []int64  `json:"steps,omitempty"` // how many times 1/scale each is more than the one before
	List  []string `json:"list,omitempty"`
}

// mostExact is the largest number up to which a browser counts exactly.
const mostExact = 1 << 53

// writeValues writes numbers as steps if they are multiples of a decimal place, because
// steps are short, and else as text.
func writeValues(values []float64) *blockValues {
	for _, scale := range []float64{1, 10, 100, 1e3, 1e4, 1e5, 1e6} {
		if steps := stepsOf(values, scale); steps != nil {
			return &blockValues{Scale: scale, Steps: steps}
		}
	}
	out := &blockValues{List: make([]string, len(values))}
	for i, v := range values {
		switch {
		case math.IsInf(v, 0): // as JavaScript spells it
			out.List[i] = strconv.FormatFloat(v, 'g', -1, 64)[:1] + "Infinity"
		default:
			out.List[i] = strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
	return out
}

// stepsOf returns the differences of the numbers times the scale, nil if dividing by it
// does not give the very numbers again.
func stepsOf(values []float64, scale float64) []int64 {
	steps := make([]int64, len(values))
	last := int64(0)
	for i, v := range values {
		n := math.Round(v * scale)
		if !(math.Abs(n) <= mostExact) || n/scale != v || n == 0 && math.Signbit(v) {
			return nil
		}
		steps[i], last = int64(n)-last, int64(n)
	}
	return steps
}
