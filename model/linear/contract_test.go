package linear

import (
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// specs are the learners of this package in their variants.
var specs = []struct {
	name string
	spec learn.Spec
	new  func() learn.Model
}{
	{"l2", Logistic{}, newLogistic},
	{"l1", Logistic{Penalty: "l1"}, newLogistic},
	{"elasticnet", Logistic{Penalty: "elasticnet", L1Ratio: 0.3}, newLogistic},
	{"none", Logistic{Penalty: "none"}, newLogistic},
	{"squared hinge", SVM{}, newSVM},
	{"hinge", SVM{Loss: "hinge"}, newSVM},
	{"rbf", KernelSVM{Components: 15}, newKernelSVM},
}

func newLogistic() learn.Model  { return new(LogisticModel) }
func newSVM() learn.Model       { return new(SVMModel) }
func newKernelSVM() learn.Model { return new(KernelSVMModel) }

func TestContract(t *testing.T) {
	for _, s := range specs {
		t.Run(s.name, func(t *testing.T) {
			if testing.Short() && (s.name == "elasticnet" || s.name == "none") {
				t.Skip("another penalty stands for this one")
			}
			t.Parallel()
			_, isLogistic := s.spec.(Logistic)
			large := 1800 // rows, which make three blocks
			if s.name == "hinge" {
				large = 1100 // two, for this is slow under the race detector
			}
			modeltest.Check(t, s.spec, modeltest.Options{
				New: s.new, Labels: true, Scaled: true, Rows: 150, Large: large,
				ZeroWeights: true,
				Copies:      isLogistic, // the others deal single rows out to folds
				Tolerance:   1e-6,
			})
		})
	}
}
