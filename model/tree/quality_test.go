package tree

import (
	"context"
	"math"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// Forests are as good as scikit-learn's, which look at all splits. The figures are
// means over the seeds 0, 1 and 2 of the same folds, with scikit-learn 1.2.1:
// RandomForestClassifier(100, random_state=seed) and ExtraTreesClassifier likewise;
// of KDDTrain+_20Percent over the seeds 0 to 5 with 40 trees, where its levels were
// taken as their numbers. AUCs of its seeds span 0.0003 for cardio and thyroid, 0.001
// for satellite, 0.015 for mammography and 0.0001 for KDD.
func TestForestsAgainstScikitLearn(t *testing.T) {
	for _, c := range []struct {
		file                   string
		spec                   learn.Spec
		auc, f1, slack, slackF float64
	}{
		{"6_cardio.csv.gz", Forest{}, 0.99908, 0.96852, 0.0005, 0.01},
		{"6_cardio.csv.gz", ExtraTrees{}, 0.99942, 0.97016, 0.0005, 0.01},
		{"38_thyroid.csv.gz", Forest{}, 0.99943, 0.96159, 0.0005, 0.01},
		{"38_thyroid.csv.gz", ExtraTrees{}, 0.99893, 0.94727, 0.0008, 0.012},
		{"30_satellite.csv.gz", Forest{}, 0.97858, 0.91846, 0.0015, 0.005},
		{"23_mammography.csv.gz", Forest{}, 0.94349, 0.83967, 0.02, 0.015},
		{"", Forest{Trees: 40}, 0.99992, 0.99717, 0.0002, 0.0008},
	} {
		name := c.file + " " + c.spec.Kind()
		var x *learn.Matrix
		var y learn.Target
		if c.file == "" {
			x, y = modeltest.NSL(t, modeltest.NSLPart)
			y = modeltest.Attacks(y)
		} else {
			x, y = modeltest.ADBench(t, c.file)
		}
		auc, f1 := modeltest.FoldMeans(modeltest.CrossFit(t, c.spec, x, y, learn.Run{Seed: 1}), y)
		if math.Abs(auc-c.auc) > c.slack || math.Abs(f1-c.f1) > c.slackF {
			t.Errorf("%s: AUC %.5f and F1 %.5f, want %.5f and %.5f", name, auc, f1, c.auc, c.f1)
		}
	}
}

// Out-of-bag figures of 100 trees: means over the seeds 0 to 4 of
// RandomForestClassifier(100, oob_score=True, random_state=seed).oob_score_, and the
// ROC-AUC of its oob_decision_function_, with scikit-learn 1.2.1.
func TestOutOfBag(t *testing.T) {
	for _, c := range []struct {
		file          string
		accuracy, auc float64
	}{{"6_cardio.csv.gz", 0.98886, 0.99881}, {"38_thyroid.csv.gz", 0.99655, 0.99947}} {
		x, y := modeltest.ADBench(t, c.file)
		m, p, err := Forest{}.FitOutOfBag(context.Background(), x, y, learn.Run{})
		if err != nil {
			t.Fatal(err)
		}
		if a := OutOfBagAccuracy(p, y); math.Abs(a-c.accuracy) > 0.002 {
			t.Errorf("%s: the out-of-bag accuracy is %v, want %v", c.file, a, c.accuracy)
		}
		if a := modeltest.AUC(modeltest.Suspicion(p, 2), y.Y); math.Abs(a-c.auc) > 0.001 {
			t.Errorf("%s: the out-of-bag AUC is %v, want %v", c.file, a, c.auc)
		}
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	}
}

// Rows that weigh nothing are out of every bag, and rows that are in all have NaN.
func TestOutOfBagEdges(t *testing.T) {
	x := numbers([]float64{1, 2, 3, 4, 5, 6})
	y := learn.Target{Classes: twoClasses, Y: []int32{0, 0, 0, 1, 1, 1}, Weights: []float64{1, 0, 1, 1, 0, 1}}
	m, p, err := Forest{Trees: 40}.FitOutOfBag(context.Background(), x, y, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	all := modeltest.Probabilities(t, m, x)
	for _, i := range []int{1, 4} {
		if math.Abs(p[2*i]-all[2*i]) > 1e-15 {
			t.Errorf("row %d, which weighs nothing, has %v, want %v", i, p[2*i], all[2*i])
		}
	}
	_, p, err = Forest{Trees: 3, Bootstrap: new(bool)}.FitOutOfBag(context.Background(), x, y, learn.Run{})
	if err != nil || !math.IsNaN(p[0]) || math.IsNaN(p[2]) || OutOfBagAccuracy(p, y) != 1 {
		t.Errorf("without a bootstrap: %v (%v)", p, err)
	}
	if !math.IsNaN(OutOfBagAccuracy(nil, learn.Target{Classes: twoClasses})) {
		t.Error("the accuracy of no rows is a number")
	}
}
