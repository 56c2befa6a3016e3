package linear

import (
	"encoding/json"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// Whatever is read as a model, Check refuses it or it can be scored with.
func FuzzModel(f *testing.F) {
	fresh := []func() learn.Model{newLogistic, newSVM, newKernelSVM}
	two, _ := table(20, 2, 8)
	for _, classes := range []int{2, 3} {
		x, y := table(40, classes, 8)
		for kind, s := range []learn.Spec{Logistic{}, SVM{}, KernelSVM{Components: 3}} {
			text, err := json.Marshal(modeltest.Fit(f, s, x, y))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(kind), text)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, text []byte) {
		modeltest.Survive(t, text, fresh[int(kind)%len(fresh)], two)
	})
}
