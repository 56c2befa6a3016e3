package neighbor_test

import (
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/neighbor"
)

func TestContract(t *testing.T) {
	o := modeltest.Options{New: func() learn.Model { return &neighbor.Model{} }, Labels: true, Scaled: true, ZeroWeights: true}
	t.Run("default", func(t *testing.T) { modeltest.Check(t, neighbor.KNN{}, o) })
	t.Run("distance", func(t *testing.T) {
		modeltest.Check(t, &neighbor.KNN{Neighbors: 9, Weights: "distance", Metric: "manhattan"}, o)
	})
	t.Run("one", func(t *testing.T) { modeltest.Check(t, neighbor.KNN{Neighbors: 1}, o) })
	t.Run("numbers only", func(t *testing.T) {
		o := o
		o.NumbersOnly = true
		modeltest.Check(t, neighbor.KNN{Weights: "distance"}, o)
	})
}
