package bayes_test

import (
	"testing"

	"github.com/netanom/netanom/model/bayes"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestContract(t *testing.T) {
	o := modeltest.Options{New: func() learn.Model { return &bayes.Model{} }, Missing: true, Labels: true, ZeroWeights: true, Copies: true}
	t.Run("bins", func(t *testing.T) { modeltest.Check(t, bayes.NaiveBayes{}, o) })
	t.Run("few bins", func(t *testing.T) { modeltest.Check(t, &bayes.NaiveBayes{Bins: 5, Alpha: 0.1}, o) })
	t.Run("gaussian", func(t *testing.T) { modeltest.Check(t, bayes.NaiveBayes{Numbers: bayes.Gaussian}, o) })
	t.Run("gaussian, scaled", func(t *testing.T) {
		o := o
		o.Scaled = true
		modeltest.Check(t, bayes.NaiveBayes{Numbers: bayes.Gaussian}, o)
	})
	t.Run("baseline", func(t *testing.T) {
		o := o
		o.New = func() learn.Model { return &bayes.BaselineModel{} }
		o.Skip = []string{"finds attacks"}
		modeltest.Check(t, bayes.Baseline{}, o)
	})
}
