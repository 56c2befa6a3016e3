package outlier_test

import (
	"encoding/json"
	"testing"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/outlier"
)

func TestContract(t *testing.T) {
	level, reg := 1, 1e-3
	members := []outlier.Member{
		{Algo: "iforest", Settings: json.RawMessage(`{"trees":10,"max_samples":64}`)}, {Algo: "mahalanobis", Settings: json.RawMessage(`{"robust":true}`)},
		{Algo: "hbos"}, {Algo: "knndist", Settings: json.RawMessage(`{"max_samples":100}`)},
	}
	for name, c := range map[string]struct {
		spec    learn.Spec
		o       modeltest.Options
		variant bool // of another, which is enough for a short test
	}{
		"iforest":           {outlier.IsolationForest{Trees: 20}, modeltest.Options{}, false},
		"eif":               {outlier.ExtendedForest{Trees: 20, MaxSamples: 32}, modeltest.Options{Scaled: true}, false},
		"eif of two":        {&outlier.ExtendedForest{Trees: 30, MaxSamples: 64, Level: &level}, modeltest.Options{Scaled: true}, true},
		"lof":               {outlier.LOF{Neighbors: 60}, modeltest.Options{Scaled: true, Large: 600}, false},
		"knndist":           {outlier.KNNDistance{}, modeltest.Options{Scaled: true}, false},
		"knndist largest":   {&outlier.KNNDistance{Neighbors: 5, Method: "largest", Metric: "manhattan"}, modeltest.Options{Scaled: true}, true},
		"ocsvm":             {outlier.OneClassSVM{Tol: 1e-9}, modeltest.Options{Scaled: true, Copies: true, Tolerance: 1e-6, AUC: 0.8}, false},
		"mahalanobis":       {outlier.Mahalanobis{}, modeltest.Options{Copies: true, Scaled: true}, false},
		"mahalanobis mcd":   {&outlier.Mahalanobis{Robust: true}, modeltest.Options{NumbersOnly: true, Scaled: true, Rows: 100, Large: 250}, true},
		"mahalanobis steps": {&outlier.Mahalanobis{Robust: true}, modeltest.Options{Scaled: true}, false},
		"pca":               {outlier.PCA{Variance: 0.5}, modeltest.Options{Copies: true, Scaled: true, AUC: 0.5}, false},
		"pca hotelling":     {&outlier.PCA{Hotelling: true, Variance: 0.8}, modeltest.Options{Copies: true, Scaled: true}, true},
		"ecod":              {outlier.ECOD{}, modeltest.Options{Missing: true, Copies: true}, false},
		"copod":             {outlier.COPOD{}, modeltest.Options{Missing: true, Copies: true}, true},
		"hbos":              {outlier.HBOS{}, modeltest.Options{Missing: true, Copies: true}, false},
		"hbos sqrt":         {&outlier.HBOS{Rule: "sqrt"}, modeltest.Options{Missing: true, Copies: true}, true},
		"kmeans":            {outlier.KMeans{KMeans: cluster.KMeans{Starts: 2}}, modeltest.Options{Scaled: true, AUC: 0.5}, false},
		"gmm":               {&outlier.Mixture{Mixture: cluster.Mixture{Covariance: "diag", RegCovar: &reg, Components: 3}}, modeltest.Options{Scaled: true, AUC: 0.5}, false},
		"gmm by bic":        {outlier.Mixture{Mixture: cluster.Mixture{MaxIter: 10}}, modeltest.Options{NumbersOnly: true, Scaled: true, Rows: 150, Large: 600, AUC: 0.5}, true},
		"ensemble":          {outlier.Ensemble{Members: members}, modeltest.Options{Scaled: true, Rows: 200, Large: 700}, false},
		"ensemble max":      {&outlier.Ensemble{Combine: "max", Members: []outlier.Member{{Algo: "ecod"}, {Algo: "lof", Settings: json.RawMessage(`{"n_neighbors":60}`)}}}, modeltest.Options{Scaled: true, Large: 600}, true},
		"ensemble mean":     {&outlier.Ensemble{Combine: "mean", Members: []outlier.Member{{Algo: "copod"}, {Algo: "pca"}}}, modeltest.Options{Scaled: true}, true},
		"knndist of 100":    {outlier.KNNDistance{MaxSamples: 100}, modeltest.Options{Scaled: true}, true},
	} {
		if c.variant && testing.Short() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			kind := c.spec.Kind()
			c.o.New = func() learn.Model { return outlier.NewModel(kind) }
			c.o.ZeroWeights = name != "knndist of 100" && name != "ensemble" // others are drawn
			if testing.Short() {
				c.o.Rows, c.o.Large = 100, 300
			}
			modeltest.Check(t, c.spec, c.o)
		})
	}
}
