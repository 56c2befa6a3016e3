package tree

import (
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// contracts are the learners with cheap settings.
var contracts = []struct {
	name string
	spec learn.Spec
	o    modeltest.Options
}{
	{"tree", &Tree{}, modeltest.Options{New: func() learn.Model { return &TreeModel{} }, Missing: true, Labels: true, ZeroWeights: true, Copies: true, AUC: 0.9}},
	{"rf", &Forest{Trees: 12}, modeltest.Options{New: func() learn.Model { return &ForestModel{} }, Missing: true, Labels: true, ZeroWeights: true}},
	{"et", &ExtraTrees{Trees: 12}, modeltest.Options{New: func() learn.Model { return &ExtraTreesModel{} }, Missing: true, Labels: true, ZeroWeights: true}},
	{"bag", &Bagging{Trees: 6}, modeltest.Options{New: func() learn.Model { return &BaggingModel{} }, Missing: true, Labels: true, ZeroWeights: true}},
	{"ada", &AdaBoost{Trees: 20}, modeltest.Options{New: func() learn.Model { return &AdaBoostModel{} }, Missing: true, Labels: true, ZeroWeights: true, Copies: true}},
}

func TestContract(t *testing.T) {
	for _, c := range contracts {
		t.Run(c.name, func(t *testing.T) { modeltest.Check(t, c.spec, c.o) })
	}
}
