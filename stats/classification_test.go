package stats

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// Ways to count the same rows agree, and Merge is as if all were counted at once.
func TestConfusionWays(t *testing.T) {
	classes := []string{"normal", "dos", "probe"}
	truth, predicted := []int32{0, 0, 1, 2, 2, 1, 0}, []int32{0, 1, 1, 2, 0, 1, 0}
	whole, err := ConfusionOf(classes, truth, predicted, nil)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := ConfusionFromCounts(classes, [][]int64{{2, 1, 0}, {0, 2, 0}, {1, 0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	var added, merged Confusion
	for i := range truth {
		if err := added.Add(classes[truth[i]], classes[predicted[i]], 1); err != nil {
			t.Fatal(err)
		}
	}
	first, _ := ConfusionOf(classes, truth[:3], predicted[:3], nil)
	second, _ := ConfusionOf([]string{"probe", "normal", "dos"}, []int32{0, 0, 2, 1}, []int32{0, 1, 2, 1}, nil)
	merged.Merge(first)
	merged.Merge(Confusion{})
	merged.Merge(second)
	for name, c := range map[string]Confusion{"counts": counted, "rows added": added, "parts merged": merged} {
		if !reflect.DeepEqual(c, whole) {
			t.Errorf("%s: %+v, want %+v", name, c, whole)
		}
	}
	if first.Total() != 3 || whole.Total() != 7 {
		t.Errorf("totals %v and %v: merging changed what was merged", first.Total(), whole.Total())
	}
	text, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	var back Confusion
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, whole) {
		t.Errorf("read back: %+v, %v", back, err)
	}
}

func TestConfusionErrors(t *testing.T) {
	ab := []string{"a", "b"}
	of := func(truth, predicted []int32, weights []float64) error {
		_, err := ConfusionOf(ab, truth, predicted, weights)
		return err
	}
	counts := func(classes []string, counts ...[]int64) error {
		_, err := ConfusionFromCounts(classes, counts)
		return err
	}
	measure := func(c Confusion, level float64) error {
		_, err := c.Measures(level)
		return err
	}
	var c Confusion
	empty, _ := ConfusionFromCounts(ab, [][]int64{{0, 0}, {0, 0}})
	for _, test := range []struct {
		name string
		err  error
		want error // nil: any
	}{
		{"lengths", of([]int32{0}, nil, nil), ErrLengths},
		{"weights", of([]int32{0}, []int32{0}, []float64{}), ErrLengths},
		{"class", of([]int32{2}, []int32{0}, nil), nil},
		{"prediction", of([]int32{0}, []int32{-1}, nil), nil},
		{"weight", of([]int32{0}, []int32{0}, []float64{-1}), nil},
		{"NaN", of([]int32{0}, []int32{0}, []float64{math.NaN()}), ErrNotFinite},
		{"rows of counts", counts(ab, []int64{1, 1}), ErrLengths},
		{"counts", counts(ab, []int64{1, 1}, []int64{1}), ErrLengths},
		{"negative", counts(ab, []int64{1, 1}, []int64{1, -1}), nil},
		{"same class", counts([]string{"a", "a"}, []int64{1, 1}, []int64{1, 1}), nil},
		{"added", c.Add("a", "b", math.Inf(1)), ErrNotFinite},
		{"nothing", measure(Confusion{}, 0.95), ErrTooFew},
		{"no rows", measure(empty, 0.95), ErrTooFew},
		{"level", measure(empty, 1), nil},
		{"broken", measure(Confusion{Classes: ab, Counts: [][]float64{{1, 2}}}, 0.95), ErrLengths},
		{"short", measure(Confusion{Classes: ab, Counts: [][]float64{{1, 2}, {1}}}, 0.95), ErrLengths},
		{"infinite", measure(Confusion{Classes: ab, Counts: [][]float64{{1, 2}, {1, math.Inf(1)}}, Squares: 1}, 0.95), ErrNotFinite},
		{"no squares", measure(Confusion{Classes: ab, Counts: [][]float64{{1, 2}, {1, 1}}}, 0.95), ErrTooFew},
	} {
		if test.err == nil || test.want != nil && !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, test.err, test.want)
		}
	}
}

// forEachMeasure calls f for every measure, with its name.
func (m *ConfusionMeasures) forEach(f func(name string, m Measure)) {
	for name, v := range map[string]Measure{
		"accuracy": m.Accuracy, "balanced": m.BalancedAccuracy, "MCC": m.MCC, "kappa": m.Kappa,
		"macro precision": m.Macro.Precision, "macro recall": m.Macro.Recall, "macro F1": m.Macro.F1,
		"weighted precision": m.Weighted.Precision, "weighted recall": m.Weighted.Recall, "weighted F1": m.Weighted.F1,
		"micro precision": m.Micro.Precision, "micro recall": m.Micro.Recall, "micro F1": m.Micro.F1,
	} {
		f(name, v)
	}
	for _, c := range m.Classes {
		for name, v := range map[string]Measure{
			"precision": c.Precision, "recall": c.Recall, "specificity": c.Specificity, "NPV": c.NPV, "FPR": c.FPR, "FNR": c.FNR, "F1": c.F1,
		} {
			f(c.Class+" "+name, v)
		}
	}
}

// Of any table, every measure lies within its interval, both within their range, and an
// interval is there where the value is.
func TestMeasuresHoldTheirValues(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 0))
	for range 3000 {
		k := 2 + random.IntN(4)
		c, _ := newConfusion([]string{"a", "b", "c", "d", "e"}[:k])
		for i := range c.Counts {
			for j := range c.Counts {
				if random.IntN(3) == 0 || i == j && random.IntN(3) > 0 {
					n := float64(random.IntN(5) * random.IntN(50))
					c.Counts[i][j] = n
					c.Squares += n
				}
			}
		}
		m, err := c.Measures(0.95)
		if errors.Is(err, ErrTooFew) && c.Squares == 0 {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		m.forEach(func(name string, v Measure) {
			low := 0.0
			if name == "MCC" || name == "kappa" {
				low = -1
			}
			switch {
			case math.IsNaN(v.Value):
				if !math.IsNaN(v.CI.Low) || !math.IsNaN(v.CI.High) {
					t.Fatalf("%v: %s is not defined, but has the interval %+v", c.Counts, name, v.CI)
				}
			case !(low <= v.CI.Low && v.CI.Low <= v.Value && v.Value <= v.CI.High && v.CI.High <= 1 && v.CI.Low < v.CI.High):
				t.Fatalf("%v: %s = %v with the interval %+v", c.Counts, name, v.Value, v.CI)
			}
		})
	}
}

// Rows of weight w count as their effective number of weight 1.
func TestMeasuresOfWeights(t *testing.T) {
	plain := multiclassTable(t)
	heavy, _ := newConfusion(plain.Classes)
	for i, row := range plain.Counts {
		for j, n := range row {
			heavy.Counts[i][j] = 7 * n
			heavy.Squares += 49 * n
		}
	}
	a, err := plain.Measures(0.9)
	if err != nil {
		t.Fatal(err)
	}
	b, err := heavy.Measures(0.9)
	if err != nil {
		t.Fatal(err)
	}
	if b.N != 7*a.N || math.Abs(b.Effective-180) > 1e-9 {
		t.Errorf("%v rows, effective %v", b.N, b.Effective)
	}
	got := map[string]Measure{}
	b.forEach(func(name string, m Measure) { got[name] = m })
	a.forEach(func(name string, m Measure) {
		check.Close(t, name, got[name].Value, m.Value, 1e-12)
		check.Close(t, name+", low", got[name].CI.Low, m.CI.Low, 1e-10)
		check.Close(t, name+", high", got[name].CI.High, m.CI.High, 1e-10)
	})
}

// Tables at the edge: one class, no errors, nothing but errors, a class never predicted.
func TestMeasuresAtTheEdge(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name                 string
		counts               [][]int64
		accuracy, mcc, kappa float64
		precision, recall    float64 // of the last class
		macroF1              float64
	}{
		{"one class", [][]int64{{5, 0}, {0, 0}}, 1, nan, nan, nan, nan, 1},
		{"one class, half wrong", [][]int64{{5, 5}, {0, 0}}, 0.5, nan, 0, 0, nan, 1.0 / 3},
		{"no errors", [][]int64{{5, 0}, {0, 7}}, 1, 1, 1, 1, 1, 1},
		{"only errors", [][]int64{{0, 5}, {5, 0}}, 0, -1, -1, 0, 0, 0},
		{"never predicted", [][]int64{{5, 0}, {5, 0}}, 0.5, nan, 0, nan, 0, 1.0 / 3},
		{"three classes, one absent", [][]int64{{5, 0, 0}, {0, 5, 0}, {0, 0, 0}}, 1, 1, 1, nan, nan, 1},
	} {
		c, err := ConfusionFromCounts([]string{"a", "b", "c"}[:len(test.counts)], test.counts)
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.Measures(0.95)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		last := m.Classes[len(m.Classes)-1]
		for name, v := range map[string][2]float64{
			"accuracy": {m.Accuracy.Value, test.accuracy}, "MCC": {m.MCC.Value, test.mcc}, "kappa": {m.Kappa.Value, test.kappa},
			"precision": {last.Precision.Value, test.precision}, "recall": {last.Recall.Value, test.recall}, "macro F1": {m.Macro.F1.Value, test.macroF1},
		} {
			check.Close(t, test.name+", "+name, v[0], v[1], 1e-14)
		}
	}
}

// The names of the classes and their order do not matter, and swapping truth and
// prediction swaps recall and precision but leaves MCC and kappa.
func TestMeasuresSymmetry(t *testing.T) {
	c := multiclassTable(t)
	turned, _ := newConfusion(c.Classes)
	turned.Squares = c.Squares
	for i, row := range c.Counts {
		for j, n := range row {
			turned.Counts[j][i] = n
		}
	}
	a, err := c.Measures(0.95)
	if err != nil {
		t.Fatal(err)
	}
	b, err := turned.Measures(0.95)
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]Measure{
		"MCC": {a.MCC, b.MCC}, "kappa": {a.Kappa, b.Kappa}, "macro F1": {a.Macro.F1, b.Macro.F1},
		"precision": {a.Macro.Precision, b.Macro.Recall}, "recall": {a.Macro.Recall, b.Macro.Precision},
	} {
		check.Close(t, name, pair[0].Value, pair[1].Value, 1e-13)
		check.Close(t, name+", low", pair[0].CI.Low, pair[1].CI.Low, 1e-12)
	}
}
