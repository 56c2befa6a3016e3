package modeltest_test

import (
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func toyOptions() modeltest.Options {
	return modeltest.Options{New: func() learn.Model { return &toyModel{} }, Missing: true, Labels: true, ZeroWeights: true, Copies: true}
}

func TestCorrectLearnerPasses(t *testing.T) {
	modeltest.Check(t, &toy{}, toyOptions())
}
