package tree

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/model/modeltest"
)

// Whatever is done to a stored model: if Check passes it, it scores.
func FuzzModel(f *testing.F) {
	rng := rand.New(rand.NewPCG(5, 5))
	x, y := modeltest.Problem{Rows: 60, Classes: 3, Gaps: true, Seed: 5}.Make()
	var stored [][]byte
	for _, c := range contracts {
		raw, err := json.Marshal(fit(f, c.spec, x, y))
		if err != nil {
			f.Fatal(err)
		}
		stored = append(stored, raw)
	}
	few := x.Slice(0, 10)
	for i := range contracts {
		for range 20 {
			f.Add(i, rng.Uint64(), rng.Uint64())
		}
	}
	f.Fuzz(func(t *testing.T, which int, first, second uint64) {
		at := int(uint(which) % uint(len(stored)))
		modeltest.Survive(asTB{t}, modeltest.Damage(modeltest.Damage(stored[at], first), second), contracts[at].o.New, few)
	})
}

// asTB is a testing.T as a modeltest.TB.
type asTB struct{ *testing.T }

func (a asTB) Run(name string, run func(modeltest.TB)) {
	a.T.Run(name, func(t *testing.T) { run(asTB{t}) })
}
