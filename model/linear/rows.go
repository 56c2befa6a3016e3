package linear

import (
	"github.com/netanom/netanom/model/learn"
)

// training is checked data of which every row weighs something.
type training struct {
	x       *learn.Matrix
	y       learn.Target
	present []int32 // classes with rows
}

// newTraining checks matrix and target, and leaves out rows that weigh nothing.
func newTraining(x *learn.Matrix, y learn.Target) (*training, error) {
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	if err := learn.RefuseMissing(x); err != nil {
		return nil, err
	}
	var kept []int
	for i := range x.Rows {
		if y.Weight(i) > 0 {
			kept = append(kept, i)
		}
	}
	if len(kept) < x.Rows {
		x, y = x.Take(kept), y.Take(kept)
		if err := learn.CheckFit(x, &y, true); err != nil {
			return nil, err
		}
	}
	t := &training{x: x, y: y}
	for k, w := range y.Totals() {
		if w > 0 {
			t.present = append(t.present, int32(k))
		}
	}
	return t, nil
}

// are tells which rows have a class.
func (t *training) are(class int32) []bool {
	out := make([]bool, len(t.y.Y))
	for i, k := range t.y.Y {
		out[i] = k == class
	}
	return out
}

// planes returns the classes that have a decision value: the second of two, or all.
func (t *training) planes() []int32 {
	if len(t.present) == 2 {
		return t.present[1:]
	}
	return t.present
}
