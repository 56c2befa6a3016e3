package neural

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// small returns a fitted model of three classes and the rows it was fitted to.
func small(t testing.TB) (*Model, *learn.Matrix) {
	t.Helper()
	x, y := modeltest.Problem{Rows: 60, Classes: 3, Scaled: true, Seed: 2}.Make()
	m, err := (&MLP{HiddenLayers: []int{5, 3}, MaxIter: 3}).Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	return m.(*Model), x
}

func TestStoredModel(t *testing.T) {
	m, x := small(t)
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var again Model
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	want, got := make([]float64, 3*x.Rows), make([]float64, 3*x.Rows)
	if err := errors.Join(m.Probabilities(want, x), again.Check(), again.Probabilities(got, x)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Error("what was read back has other probabilities")
	}
	c, d := m.Curve(), again.Curve()
	if !slices.Equal(c.Training, d.Training) || !slices.Equal(c.Validation, d.Validation) || c.Best != d.Best {
		t.Errorf("the curve %v became %v", c, d)
	}
}

func TestBrokenModels(t *testing.T) {
	m, x := small(t)
	for what, spoil := range map[string]func(*stored){
		"no layers":              func(s *stored) { s.Layers = nil },
		"one layer":              func(s *stored) { s.Layers = s.Layers[:1] },
		"a layer less":           func(s *stored) { s.Layers = slices.Delete(s.Layers, 1, 2) },
		"a layer of nothing":     func(s *stored) { s.Layers[1] = storedLayer{} },
		"a weight less":          func(s *stored) { s.Layers[0].Weights = s.Layers[0].Weights[1:] },
		"a bias less":            func(s *stored) { s.Layers[2].Biases = s.Layers[2].Biases[1:] },
		"a class less":           func(s *stored) { s.Classes = s.Classes[:2] },
		"no classes":             func(s *stored) { s.Classes = nil },
		"a column less":          func(s *stored) { s.Columns = s.Columns[1:] },
		"a level less":           func(s *stored) { s.Columns[4].Levels = s.Columns[4].Levels[1:] },
		"two columns of a name":  func(s *stored) { s.Columns[0].Name = s.Columns[1].Name },
		"another activation":     func(s *stored) { s.Activation = "sine" },
		"no curve":               func(s *stored) { s.Curve = Curve{} },
		"a best epoch of none":   func(s *stored) { s.Curve.Best = 4 },
		"a validation loss less": func(s *stored) { s.Curve.Validation = s.Curve.Validation[1:] },
	} {
		var s stored
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		spoil(&s)
		if raw, err = json.Marshal(s); err != nil {
			t.Fatal(err)
		}
		var again Model
		if err := json.Unmarshal(raw, &again); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if err := again.Check(); !errors.Is(err, learn.ErrBroken) {
			t.Errorf("%s: Check returns %v", what, err)
		}
		if err := again.Score(make([]float64, x.Rows), x); !errors.Is(err, learn.ErrBroken) {
			t.Errorf("%s: scoring returns %v", what, err)
		}
	}
}

// Numbers that make sums overflow are an error that names the row, not a NaN.
func TestOverflow(t *testing.T) {
	m, x := small(t)
	far := learn.NewMatrix(x.Columns, 3)
	far.Numbers[0][1] = 1e308
	for _, l := range m.net.layers {
		for i := range l.params {
			l.params[i] *= 1e6
		}
	}
	err := m.Score(make([]float64, 3), far)
	if !errors.Is(err, errOverflow) || !strings.Contains(err.Error(), "row 2") {
		t.Errorf("error %v, want one that names row 2", err)
	}
}

func FuzzModel(f *testing.F) {
	m, x := small(f)
	raw, err := json.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	for seed := range uint64(50) {
		f.Add(modeltest.Damage(raw, seed))
	}
	x = x.Slice(0, 9)
	f.Fuzz(func(t *testing.T, raw []byte) {
		modeltest.Survive(suite{t}, raw, func() learn.Model { return new(Model) }, x)
	})
}

// suite is a testing.T as modeltest has it.
type suite struct{ *testing.T }

func (s suite) Run(name string, f func(modeltest.TB)) {
	s.T.Run(name, func(t *testing.T) { f(suite{t}) })
}
