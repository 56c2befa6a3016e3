package boost

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
)

func smallModels(t testing.TB) []*Model {
	var models []*Model
	for _, classes := range []int{2, 3} {
		x, y := overlapping(200, classes)
		models = append(models, fitModel(t, &GradientBoosting{Trees: 4, MaxLeafNodes: 5, EarlyStopping: "on"}, x, y, learn.Run{}))
	}
	return models
}

func TestRoundTrip(t *testing.T) {
	for _, m := range smallModels(t) {
		stored := text(t, m)
		back := new(Model)
		if err := json.Unmarshal(stored, back); err != nil {
			t.Fatal(err)
		}
		if err := back.Check(); err != nil {
			t.Error(err)
		}
		if again := text(t, back); !bytes.Equal(again, stored) {
			t.Error("a model that was read is stored otherwise")
		}
	}
}

func TestCheck(t *testing.T) {
	for name, harm := range map[string]func(*Model){
		"no trees":        func(m *Model) { m.Trees = nil },
		"one class":       func(m *Model) { m.ClassNames = m.ClassNames[:1] },
		"too many":        func(m *Model) { m.ClassNames = append(m.ClassNames, "x") },
		"no base":         func(m *Model) { m.Base = nil },
		"base of NaN":     func(m *Model) { m.Base[0] = math.NaN() },
		"huge base":       func(m *Model) { m.Base[0] = 1e300 },
		"huge leaf":       func(m *Model) { m.Trees.Values[0] = -1e300 },
		"infinite loss":   func(m *Model) { m.Losses[0] = math.Inf(1) },
		"wide leaves":     func(m *Model) { m.Trees.Width = 2 },
		"a tree too many": func(m *Model) { m.Trees.Roots = append(m.Trees.Roots, 0) },
	} {
		for _, m := range smallModels(t) {
			harm(m)
			if err := m.Check(); !errors.Is(err, learn.ErrBroken) {
				t.Errorf("%s, %d classes: %v", name, len(m.ClassNames), err)
			}
		}
	}
}

// The parts for three classes are those of the log odds, and an output on which the
// log odds depend alone gets all of them.
func TestExplainMany(t *testing.T) {
	x, y := overlapping(300, 3)
	m := fitModel(t, &GradientBoosting{Trees: 20}, x, y, learn.Run{})
	e, err := m.Explain(x)
	if err != nil {
		t.Fatal(err)
	}
	score := make([]float64, x.Rows)
	if err := m.Score(score, x); err != nil {
		t.Fatal(err)
	}
	for i := range x.Rows {
		sum := e.Base
		for _, p := range e.Parts {
			sum += p[i]
		}
		check.Close(t, "sum of parts", sum, e.Total[i], 1e-9)
		check.Close(t, "probability of the total", logistic(e.Total[i]), score[i], 1e-9)
	}
}

func TestOutputShares(t *testing.T) {
	weight := make([]float64, 3)
	for _, c := range [][2][]float64{
		{{0, 0, 0}, {1, 2, 3}}, {{1, -2, 4}, {1, -2, 4}}, {{0, 5, -5}, {3, -80, 90}}, {{0, -1000, 1}, {0, 1000, -1}},
	} {
		outputShares(weight, c[0], c[1])
		var sum float64
		for k, w := range weight {
			sum += w * (c[1][k] - c[0][k])
		}
		check.Close(t, "sum of shares", sum, attackOdds(c[1])-attackOdds(c[0]), 1e-9)
		if weight[0] != -1 {
			t.Errorf("the share of the first class is %v", weight[0])
		}
	}
	// With one other class the log odds are the difference of the two outputs.
	outputShares(weight[:2], []float64{0, 0}, []float64{3, -7})
	check.Close(t, "share", weight[1], 1, 1e-12)
}

// Whatever passes Check can be scored and explained.
func FuzzModel(f *testing.F) {
	x, _ := overlapping(20, 2)
	for _, m := range smallModels(f) {
		stored := string(text(f, m))
		f.Add([]byte(stored))
		f.Add([]byte(strings.Replace(stored, `"base":"`, `"base":"AAAAAAAAAAA=`, 1)))
		f.Add([]byte(strings.Replace(stored, `"attack"`, `"attack","more"`, 1)))
	}
	f.Fuzz(func(t *testing.T, stored []byte) {
		m := new(Model)
		if json.Unmarshal(stored, m) != nil || m.Check() != nil {
			return
		}
		in := x
		if _, err := x.Bind(m.Inputs()); err != nil {
			in = learn.NewMatrix(m.Inputs(), 3)
		}
		p := make([]float64, len(m.Classes())*in.Rows)
		if err := m.Probabilities(p, in); err != nil {
			t.Fatal(err)
		}
		if !learn.Floats(p).Finite() {
			t.Errorf("probabilities %v", p)
		}
		if _, err := m.Explain(in); err != nil {
			t.Fatal(err)
		}
		m.Importance()
	})
}
