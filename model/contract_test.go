package model

import (
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestContracts(t *testing.T) {
	members := []Member{{Algo: "tree", Steps: "drop_constant"}, {Algo: "nb"}}
	for _, c := range []struct {
		name string
		spec learn.Spec
		o    modeltest.Options
	}{
		{"vote", &Vote{Members: members}, modeltest.Options{New: func() learn.Model { return &VoteModel{} }, Missing: true, Labels: true}},
		{"vote weighted", &Vote{Members: members, Weights: []float64{3, 1}}, modeltest.Options{New: func() learn.Model { return &VoteModel{} }, Missing: true, Labels: true}},
		{"stack", &Stack{Members: members, Folds: 3}, modeltest.Options{New: func() learn.Model { return &StackModel{} }, Missing: true, Labels: true}},
		{"hybrid", &Hybrid{Members: []Member{{Algo: "tree", Steps: "drop_constant"}, {Algo: "kmeans"}, {Algo: "hbos"}}}, modeltest.Options{New: func() learn.Model { return &HybridModel{} }, Missing: true, Labels: true, Rows: 600}},
	} {
		t.Run(c.name, func(t *testing.T) { modeltest.Check(t, c.spec, c.o) })
	}
}

func TestMembersAreRefused(t *testing.T) {
	p, _ := trained(t, "tree", `{"max_depth":2}`, nil)
	_ = p
	x, y := learn.NewMatrix([]learn.Column{{Name: "a"}}, 4), learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 1, 0, 1}}
	x.Numbers[0] = []float64{1, 2, 3, 4}
	nested := `{"members":[{"algo":"vote","settings":{"members":[{"algo":"vote","settings":{"members":[{"algo":"vote","settings":{"members":[{"algo":"tree"}]}}]}}]}}]}`
	for _, settings := range []string{`{"members":[{"algo":"oracle"}]}`, `{"members":[{"algo":"tree","settings":{"deep":3}}]}`,
		`{"members":[{"algo":"tree","steps":"shake"}]}`, `{"weights":[1]}`, `{"weights":[1,-1,1]}`, `{"weights":[0,0,0]}`, nested} {
		spec := &Vote{}
		if err := Set(spec, []byte(settings)); err != nil {
			continue
		}
		if _, err := spec.Fit(t.Context(), x, y, learn.Run{}); err == nil {
			t.Errorf("%s: fitted", settings)
		}
	}
}
