package neighbor_test

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

func fit(t testing.TB, s learn.Spec, x *learn.Matrix, y learn.Target) learn.Model {
	t.Helper()
	m, err := s.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

func probabilities(t testing.TB, m learn.Model, x *learn.Matrix) []float64 {
	t.Helper()
	c := m.(learn.Classifier)
	p := make([]float64, x.Rows*len(c.Classes()))
	if err := c.Probabilities(p, x); err != nil {
		t.Fatal(err)
	}
	return p
}
