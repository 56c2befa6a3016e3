package stats

import (
	"fmt"
	"math"
)

// A Cut counts what a score from a threshold on takes for positive.
type Cut struct {
	Threshold float64
	TP, FP    int64 // positives and negatives of at least that score
}

// Cuts returns one cut for every different score, from the highest, of a tally whose
// first group are the positives and whose second the negatives. The last takes all.
// The error wraps ErrTooFew unless both groups have a value; any number of groups but
// two is refused.
func Cuts(t Tally) ([]Cut, error) {
	if t.NumGroups() != 2 {
		return nil, fmt.Errorf("a curve of scores needs two groups, not %d", t.NumGroups())
	}
	if t.N(0) == 0 || t.N(1) == 0 {
		return nil, fmt.Errorf("a curve of scores needs values of both groups: %w", ErrTooFew)
	}
	cuts := make([]Cut, t.Len())
	var tp, fp int64
	for k := range cuts {
		i := t.Len() - 1 - k
		tp, fp = tp+t.Counts[0][i], fp+t.Counts[1][i]
		cuts[k] = Cut{t.Values[i], tp, fp}
	}
	return cuts, nil
}

// AveragePrecision is the area under the curve of precision against recall, as the
// mean of the precision at each cut weighted by the recall gained there; no line is
// drawn between cuts, which would promise too much. It is NaN without cuts.
//
// J. Davis and M. Goadrich (2006), "The relationship between precision-recall and ROC
// curves", ICML, 233–240.
func AveragePrecision(cuts []Cut) float64 {
	if len(cuts) == 0 {
		return math.NaN()
	}
	var sum compensated
	var before int64
	for _, c := range cuts {
		sum = sum.add(float64(c.TP-before) * float64(c.TP) / float64(c.TP+c.FP))
		before = c.TP
	}
	return sum.value() / float64(before)
}
