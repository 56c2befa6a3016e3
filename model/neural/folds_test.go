package neural

import (
	"math"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// connections are rows of NSL-KDD with standardised numbers.
func connections(t testing.TB, file string) (*learn.Matrix, learn.Target) {
	t.Helper()
	x, y := modeltest.NSL(t, file)
	return modeltest.Standardized(x, x), y
}

// The figures are within three standard deviations of those of five fits of
// scikit-learn 1.2.1 that differ in random_state only, with the same folds and 15
// epochs at most: testdata/folds.py. There are only eleven u2r rows, so that one of
// them can move macro-F1 of the five categories by 0.04.
func TestFoldsAgainstScikitLearn(t *testing.T) {
	s := &MLP{MaxIter: 15}
	x, y := connections(t, modeltest.NSLPart)
	means := func(y learn.Target) (auc, f1 float64) {
		return modeltest.FoldMeans(modeltest.CrossFit(t, s, x, y, learn.Run{}), y)
	}
	area, f1 := means(modeltest.Attacks(y))
	_, kindsF1 := means(modeltest.Categories(y))
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
