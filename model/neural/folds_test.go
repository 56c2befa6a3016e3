package neural

import (
	"context"
	"math"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// crossValidated returns the means over five folds of the area under the ROC curve,
// if there are two classes, and of macro-F1. Row i is in fold i mod 5, as in
// testdata/folds.py.
func crossValidated(t *testing.T, x *learn.Matrix, y *learn.Target, s *MLP, seed uint64) (area, f1 float64) {
	t.Helper()
	k := len(y.Classes)
	for fold := range 5 {
		var train, test []int
		for i := range x.Rows {
			if i%5 == fold {
				test = append(test, i)
			} else {
				train = append(train, i)
			}
		}
		m, err := s.Fit(context.Background(), x.Take(train), y.Take(train), learn.Run{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		fresh, truth := x.Take(test), y.Take(test)
		p := make([]float64, k*len(test))
		if err := m.(learn.Classifier).Probabilities(p, fresh); err != nil {
			t.Fatal(err)
		}
		scores := make([]float64, len(test))
		if err := m.Score(scores, fresh); err != nil {
			t.Fatal(err)
		}
		if k == 2 {
			area += modeltest.AUC(scores, truth.Y) / 5
		}
		f1 += macroF1(p, truth.Y, k) / 5
	}
	return area, f1
}

// macroF1 is the mean F1 of the classes that rows have or are given, each row being
// given the most probable.
func macroF1(p []float64, y []int32, k int) float64 {
	hit, said, are := make([]float64, k), make([]float64, k), make([]float64, k)
	for i, class := range y {
		best := 0
		for c, v := range p[i*k : (i+1)*k] {
			if v > p[i*k+best] {
				best = c
			}
		}
		said[best]++
		are[class]++
		if best == int(class) {
			hit[best]++
		}
	}
	var sum, classes float64
	for c := range k {
		if said[c]+are[c] > 0 {
			sum += 2 * hit[c] / (said[c] + are[c])
			classes++
		}
	}
	return sum / classes
}

// The figures are within three standard deviations of those of five fits of
// scikit-learn 1.2.1 that differ in random_state only, with the same folds and 15
// epochs at most: testdata/folds.py. There are only eleven u2r rows, so that one of
// them can move macro-F1 of the five categories by 0.04.
func TestFoldsAgainstScikitLearn(t *testing.T) {
	s := &MLP{MaxIter: 15}
	x, y := kdd(t, part, false)
	area, f1 := crossValidated(t, x, &y, s, 0)
	kinds, z := kdd(t, part, true)
	_, kindsF1 := crossValidated(t, kinds, &z, s, 0)
	for name, v := range map[string]struct{ got, mean, sd float64 }{
		"AUC":                 {area, 0.999049, 0.000047},
		"macro-F1":            {f1, 0.99099, 0.00026},
		"macro-F1 of 5 kinds": {kindsF1, 0.85109, 0.0193},
	} {
		if math.Abs(v.got-v.mean) > 3*v.sd {
			t.Errorf("%s = %.6f, scikit-learn has %.6f ± %.6f", name, v.got, v.mean, v.sd)
		}
	}
}
