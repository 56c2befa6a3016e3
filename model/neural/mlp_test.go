package neural

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func pointer[T any](v T) *T { return &v }

func TestContract(t *testing.T) {
	for name, s := range map[string]*MLP{
		"relu":    {HiddenLayers: []int{8}, MaxIter: 25, LearningRate: 0.02, BatchSize: 50},
		"tanh":    {HiddenLayers: []int{6, 5}, Activation: "tanh", MaxIter: 12, LearningRate: 0.02, BatchSize: 40},
		"dropout": {HiddenLayers: []int{9}, Activation: "logistic", MaxIter: 12, LearningRate: 0.05, BatchSize: 40, Dropout: 0.2, Alpha: pointer(0.0)},
	} {
		t.Run(name, func(t *testing.T) {
			modeltest.Check(t, s, modeltest.Options{New: func() learn.Model { return new(Model) }, Labels: true, Scaled: true, ZeroWeights: true})
		})
	}
}

// With one batch of all rows, a row that weighs 2 is two rows.
func TestCopiesInOneBatch(t *testing.T) {
	s := &MLP{HiddenLayers: []int{7}, MaxIter: 15, LearningRate: 0.05, BatchSize: 1000, EarlyStopping: pointer(false), Alpha: pointer(0.3)}
	x, y := modeltest.Problem{Rows: 120, Classes: 3, Scaled: true, Seed: 1}.Make()
	var twice []int
	for i := range x.Rows {
		twice = append(twice, i)
		if i%3 == 0 {
			twice = append(twice, i)
		}
	}
	want := scores(t, s, x.Take(twice), y.Take(twice), x)
	y.Weights = make([]float64, x.Rows)
	for i := range y.Weights {
		y.Weights[i] = 1
		if i%3 == 0 {
			y.Weights[i] = 2
		}
	}
	for i, got := range scores(t, s, x, y, x) {
		if !(math.Abs(got-want[i]) < 1e-9) {
			t.Fatalf("row %d scores %v with weights, %v with copies", i, got, want[i])
		}
	}
}

func scores(t *testing.T, s *MLP, x *learn.Matrix, y learn.Target, of *learn.Matrix) []float64 {
	t.Helper()
	m, err := s.Fit(context.Background(), x, y, learn.Run{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, of.Rows)
	if err := m.Score(out, of); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBadSettings(t *testing.T) {
	x, y := modeltest.Problem{Rows: 40, Scaled: true}.Make()
	for setting, s := range map[string]MLP{
		"hidden_layers":         {HiddenLayers: []int{10, 0}},
		"hidden_layers is [1 1": {HiddenLayers: slices.Repeat([]int{1}, 33)},
		"hidden_layers [300":    {HiddenLayers: []int{300_000, 300_000}},
		"activation":            {Activation: "softplus"},
		"learning_rate":         {LearningRate: -1},
		"learning_rate is +":    {LearningRate: math.Inf(1)},
		"beta_1":                {Beta1: pointer(1.0)},
		"beta_2":                {Beta2: pointer(-0.1)},
		"epsilon":               {Epsilon: math.NaN()},
		"alpha":                 {Alpha: pointer(-1e-9)},
		"batch_size":            {BatchSize: -1},
		"max_iter":              {MaxIter: -5},
		"validation_fraction":   {ValidationFraction: 1},
		"n_iter_no_change":      {NIterNoChange: -1},
		"tol":                   {Tol: pointer(math.NaN())},
		"dropout":               {Dropout: 1},
	} {
		_, err := s.Fit(context.Background(), x, y, learn.Run{})
		if !errors.Is(err, learn.ErrSetting) || !strings.Contains(err.Error(), setting) {
			t.Errorf("%s: error %v, want one of the setting", setting, err)
		}
	}
}

// Zero is a setting of its own where a pointer is given.
func TestZeroSettings(t *testing.T) {
	zero := 0.0
	o, err := (&MLP{Beta1: &zero, Beta2: &zero, Alpha: &zero, Tol: &zero, EarlyStopping: pointer(false)}).settings()
	if err != nil {
		t.Fatal(err)
	}
	if o.optimiser.beta1 != 0 || o.optimiser.beta2 != 0 || o.optimiser.alpha != 0 || o.schedule.tol != 0 || o.early {
		t.Errorf("settings of zero became %+v", o)
	}
}

func TestDivergence(t *testing.T) {
	x, y := modeltest.Problem{Rows: 100, Scaled: true}.Make()
	for i := range x.Numbers[0] {
		x.Numbers[0][i] *= 1e200
	}
	_, err := (&MLP{LearningRate: 1e150}).Fit(context.Background(), x, y, learn.Run{})
	if !errors.Is(err, learn.ErrSetting) || !strings.Contains(err.Error(), "epoch 1") {
		t.Errorf("error %v, want one that names the epoch and ErrSetting", err)
	}
}

func TestEarlyStopping(t *testing.T) {
	x, y := modeltest.Problem{Rows: 400, Scaled: true, Seed: 3}.Make()
	s := &MLP{HiddenLayers: []int{20}, LearningRate: 0.02, NIterNoChange: 4}
	m, err := s.Fit(context.Background(), x, y, learn.Run{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	c := m.(*Model).Curve()
	epochs := len(c.Training)
	if epochs >= 200 || len(c.Validation) != epochs {
		t.Fatalf("%d epochs, of which %d have a validation loss", epochs, len(c.Validation))
	}
	if lowest := slices.Min(c.Validation); c.Validation[c.Best-1] != lowest {
		t.Errorf("epoch %d with the loss %v was kept, the lowest is %v", c.Best, c.Validation[c.Best-1], lowest)
	}
	// The last five epochs, one more than are let pass, did not improve by tol.
	for _, v := range c.Validation[epochs-5:] {
		if v <= slices.Min(c.Validation[:epochs-5])-1e-4 {
			t.Errorf("training stopped although the loss still fell to %v", v)
		}
	}
	s.EarlyStopping = pointer(false)
	if m, err = s.Fit(context.Background(), x, y, learn.Run{Seed: 1}); err != nil {
		t.Fatal(err)
	}
	if c := m.(*Model).Curve(); c.Validation != nil || c.Best != len(c.Training) {
		t.Errorf("without early stopping: %d validation losses, best epoch %d of %d", len(c.Validation), c.Best, len(c.Training))
	}
}

func TestSplit(t *testing.T) {
	y := learn.Target{Classes: []string{"a", "b", "c"}, Weights: make([]float64, 130)}
	for i := range 130 {
		y.Y = append(y.Y, int32(i%13/12)) // 120 of class 0, 10 of class 1
		y.Weights[i] = 1
	}
	y.Y[0], y.Weights[1] = 2, 0
	training, held := split(&y, 0.1, 7)
	var back [3]int
	for _, r := range held {
		back[y.Y[r]]++
	}
	if back != [3]int{12, 1, 0} {
		t.Errorf("%v rows of the classes are held back, want 12, 1 and 0", back)
	}
	all := slices.Concat(training, held)
	slices.Sort(all)
	if len(slices.Compact(all)) != 129 || slices.Contains(all, 1) {
		t.Errorf("%d rows are in one of the parts, want 129, without the one that weighs nothing", len(all))
	}
	if training, held = split(&y, 0.999, 7); len(training) < 3 {
		t.Errorf("%d rows are left to learn from (%d held back)", len(training), len(held))
	}
}

// Two rows, a column of which nothing but a level is known, and huge weights.
func TestTinyProblems(t *testing.T) {
	x := learn.NewMatrix([]learn.Column{{Name: "a", Levels: []string{"u", "v"}}, {Name: "b", Levels: []string{}}}, 2)
	x.Codes[0][1] = 1
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 1}}
	for _, w := range [][]float64{nil, {1e300, 1e300}, {5e-324, 1e-300}} {
		y.Weights = w
		m, err := (&MLP{LearningRate: 0.01, Alpha: pointer(0.0)}).Fit(context.Background(), x, y, learn.Run{})
		if err != nil {
			t.Errorf("weights %v: %v", w, err)
			continue
		}
		p := make([]float64, 2)
		if err := m.Score(p, x); err != nil || !(p[0] < p[1]) {
			t.Errorf("weights %v: scores %v, %v", w, p, err)
		}
	}
}

// The same bits with several workers on a network large enough that steps are
// shared among them, and without vectors.
func TestSameBits(t *testing.T) {
	x, y := modeltest.Problem{Rows: 700, Classes: 3, Weights: true, Scaled: true, Seed: 9}.Make()
	for _, s := range []*MLP{
		{HiddenLayers: []int{140, 130}, MaxIter: 2, Dropout: 0.1},
		{HiddenLayers: []int{64, 21}, MaxIter: 2, Activation: "tanh"},
		{HiddenLayers: []int{130, 9}, MaxIter: 2, Activation: "logistic"},
	} {
		want := fitted(t, s, x, y, 1)
		for workers := range 4 {
			if got := fitted(t, s, x, y, workers); got != want {
				t.Errorf("%v: %d workers give another model", s.HiddenLayers, workers)
			}
		}
		withoutVectors(func() {
			if got := fitted(t, s, x, y, 2); got != want {
				t.Errorf("%v: without vectors the model is another", s.HiddenLayers)
			}
		})
	}
}

func fitted(t *testing.T, s *MLP, x *learn.Matrix, y learn.Target, workers int) string {
	t.Helper()
	m, err := s.Fit(context.Background(), x, y, learn.Run{Seed: 4, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.(*Model).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Dropout leaves out the share that it is told to, and keeps the mean.
func TestDropout(t *testing.T) {
	x, class := toy()
	n := newNetwork(shapeOf(x.Columns), logisticUnits, []int{1000}, 3)
	n.draw(rand.New(rand.NewPCG(1, 1)))
	all := newRows(n.shape, x.Rows)
	all.take(x, 0)
	b := newBatch(n, &softmaxLoss{classes: 3, class: class}, all, x.Rows, &optimiser{})
	b.drop(0.25, 8)
	var seen [2][]float64
	for i := range seen {
		if err := b.derive(context.Background(), places(x.Rows)); err != nil {
			t.Fatal(err)
		}
		seen[i] = slices.Clone(b.kept[0])
		out := 0
		for r := range x.Rows {
			for _, k := range b.kept[0][r*n.layers[0].stride:][:1000] {
				switch k {
				case 0:
					out++
				case 1 / 0.75:
				default:
					t.Fatalf("a unit is multiplied by %v", k)
				}
			}
		}
		// Binomial with n = 11000, p = 0.25: 2750 ± 45.
		if math.Abs(float64(out)-2750) > 5*45 {
			t.Errorf("%d of 11000 values are left out, want about 2750", out)
		}
	}
	if slices.Equal(seen[0], seen[1]) {
		t.Error("two steps leave out the same units")
	}
}
