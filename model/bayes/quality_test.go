package bayes_test

import (
	"testing"

	"github.com/netanom/netanom/model/bayes"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// Bins are the default because they tell attacks apart better, crosswise on the
// fifth of NSL-KDD: scikit-learn 1.2.1, GaussianNB().fit(x, y) on the 38 numbers and
// the three coded columns spread over 0 and 1, has an AUC of 0.8912 there (rows in
// the folds i mod 5).
func TestBinsBeatGaussian(t *testing.T) {
	x, all := modeltest.NSL(t, modeltest.NSLPart)
	y := modeltest.Attacks(all)
	f1 := func(s bayes.NaiveBayes) float64 {
		return modeltest.MacroF1(modeltest.CrossFit(t, s, x, all, learn.Run{}), all)
	}
	auc := func(s bayes.NaiveBayes) float64 {
		return modeltest.AUC(modeltest.Suspicion(modeltest.CrossFit(t, s, x, y, learn.Run{}), 2), y.Y)
	}
	bins, gaussian := auc(bayes.NaiveBayes{}), auc(bayes.NaiveBayes{Numbers: bayes.Gaussian})
	t.Logf("AUC %.4f with bins, %.4f with normal numbers", bins, gaussian)
	if a, b := f1(bayes.NaiveBayes{}), f1(bayes.NaiveBayes{Numbers: bayes.Gaussian}); a < b {
		t.Errorf("the macro F1 of all classes is %.4f with bins and %.4f with normal numbers", a, b)
	}
	if bins < 0.99 || bins < gaussian || gaussian < 0.8912 {
		t.Errorf("the AUC is %.4f with bins and %.4f with normal numbers", bins, gaussian)
	}
}
