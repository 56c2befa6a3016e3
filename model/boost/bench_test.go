package boost

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/bin"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// To be compared with xgboost.train(tree_method="hist", max_leaves=31,
// grow_policy="lossguide", max_depth=0, eta=0.1, nthread=2) and with
// HistGradientBoostingClassifier(max_iter=100, early_stopping=False).
func BenchmarkFitNSL(b *testing.B) {
	for _, levels := range []bool{false, true} {
		x, y := connections(b, modeltest.NSLWhole)
		name := "levels"
		if !levels {
			x, name = coded(x), "numbers"
		}
		b.Run(name, func(b *testing.B) {
			for range b.N {
				fitModel(b, &GradientBoosting{EarlyStopping: "off"}, x, y, learn.Run{})
			}
		})
		b.Run(name+"/bins", func(b *testing.B) {
			for range b.N {
				if _, err := bin.Fit(context.Background(), x, 255, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
