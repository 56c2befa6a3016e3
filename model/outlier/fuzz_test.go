package outlier_test

import (
	"encoding/json"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/outlier"
)

// FuzzStored reads damaged models and scores what Check lets pass.
func FuzzStored(f *testing.F) {
	x, _ := modeltest.Problem{Rows: 40, Seed: 1, Scaled: true, Unlabelled: true}.Make()
	level := 2
	specs := []learn.Spec{
		outlier.IsolationForest{Trees: 2, MaxSamples: 16}, outlier.ExtendedForest{Trees: 2, MaxSamples: 16, Level: &level}, outlier.LOF{}, outlier.KNNDistance{},
		outlier.OneClassSVM{Nu: 0.3}, outlier.Mahalanobis{}, outlier.PCA{Hotelling: true, Variance: 0.8}, outlier.ECOD{}, outlier.COPOD{}, outlier.HBOS{}, outlier.KMeans{},
		outlier.Ensemble{Members: []outlier.Member{{Algo: "ecod"}, {Algo: "pca"}, {Algo: "knndist"}}},
	}
	for _, spec := range specs {
		m, _ := fit(f, spec, x)
		raw, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		for seed := range uint64(8) {
			f.Add(spec.Kind(), modeltest.Damage(raw, seed))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		if outlier.NewModel(kind) != nil {
			modeltest.Survive(t, raw, func() learn.Model { return outlier.NewModel(kind) }, x)
		}
	})
}
