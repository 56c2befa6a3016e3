package tree

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestSettings(t *testing.T) {
	x, y := numbers([]float64{1, 2, 3, 4}), learn.Target{Classes: twoClasses, Y: []int32{0, 0, 1, 1}}
	for _, s := range []learn.Spec{
		Tree{Criterion: "mse"}, Tree{MaxDepth: -1}, Tree{MinSamplesSplit: 1}, Tree{MinSamplesLeaf: -1}, Tree{MaxLeafNodes: 1}, Tree{CCPAlpha: -1}, Tree{CCPAlpha: math.NaN()},
		Forest{Trees: -1}, Forest{Trees: maxTrees + 1}, Forest{MaxFeatures: "many"}, Forest{MaxFeatures: "0"}, Forest{MaxFeatures: "1.5"}, Forest{MaxSamples: -1}, Forest{MaxSamples: 1.5},
		Forest{MaxSamples: math.NaN()}, ExtraTrees{MaxSamples: 0.5}, Bagging{MaxSamples: -0.5}, Bagging{MaxDepth: -2}, AdaBoost{LearningRate: -1}, AdaBoost{LearningRate: math.Inf(1)}, AdaBoost{Trees: -5},
	} {
		if _, err := s.Fit(context.Background(), x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestFeatures(t *testing.T) {
	for _, c := range []struct {
		json string
		want int // of 41 columns
	}{{`"sqrt"`, 6}, {`"log2"`, 5}, {`"all"`, 41}, {`7`, 7}, {`"7"`, 7}, {`99`, 41}, {`0.3`, 12}, {`1.0`, 41}, {`1`, 1}, {`"0.001"`, 1}} {
		var f Features
		if err := json.Unmarshal([]byte(c.json), &f); err != nil {
			t.Fatal(err)
		}
		if n, err := f.of(41); err != nil || n != c.want {
			t.Errorf("%s stands for %d columns (%v), want %d", c.json, n, err, c.want)
		}
		text, err := json.Marshal(f)
		var again Features
		if err == nil {
			err = json.Unmarshal(text, &again)
		}
		if err != nil || again != f {
			t.Errorf("%s is stored as %s (%v)", c.json, text, err)
		}
	}
}

// Two columns that say nothing alone are split all the same.
func TestExclusiveOr(t *testing.T) {
	x, y := numbers([]float64{0, 0, 1, 1}, []float64{0, 1, 0, 1}), learn.Target{Classes: twoClasses, Y: []int32{0, 1, 1, 0}}
	for _, s := range []learn.Spec{Tree{}, Tree{Criterion: "entropy"}, Forest{Bootstrap: new(bool)}, ExtraTrees{}} {
		if p := modeltest.Probabilities(t, fit(t, s, x, y), x); !slices.Equal(p, []float64{1, 0, 0, 1, 0, 1, 1, 0}) {
			t.Errorf("%+v: %v", s, p)
		}
	}
}

// Neighbouring and huge numbers are told apart, in small nodes and in large ones.
func TestExtremeNumbers(t *testing.T) {
	values := []float64{-math.MaxFloat64, -1, 0, 5e-324, 1, math.Nextafter(1, 2), math.Nextafter(math.MaxFloat64, 0), math.MaxFloat64}
	for _, copies := range []int{1, 100} {
		var x []float64
		y := learn.Target{Classes: twoClasses}
		for i, v := range values {
			for range copies {
				x, y.Y = append(x, v), append(y.Y, int32(i%2))
			}
		}
		for _, s := range []learn.Spec{Tree{}, Forest{Trees: 3, Bootstrap: new(bool)}, ExtraTrees{Trees: 3}, Bagging{}, AdaBoost{MaxDepth: 8}} {
			m := fit(t, s, numbers(x), y)
			score := make([]float64, len(x))
			if err := m.Score(score, numbers(x)); err != nil {
				t.Fatal(err)
			}
			if auc := modeltest.AUC(score, y.Y); auc < 1 && (s.Kind() != "bag" || copies > 1) {
				t.Errorf("%s, %d copies: AUC %v", s.Kind(), copies, auc)
			}
		}
	}
}

// That a value is missing may be all there is to know, in numbers and in levels.
func TestMissingTells(t *testing.T) {
	const rows = 1200
	x := learn.NewMatrix([]learn.Column{{Name: "n"}, {Name: "l", Levels: []string{"a", "b"}}}, rows)
	y := learn.Target{Classes: []string{"normal", "dos", "probe"}, Y: make([]int32, rows)}
	for i := range rows {
		x.Numbers[0][i], x.Codes[1][i] = float64(i%7), int32(i%2)
		switch i % 3 {
		case 1:
			x.Numbers[0][i], y.Y[i] = math.NaN(), 1
		case 2:
			x.Codes[1][i], y.Y[i] = learn.NoLevel, 2
		}
	}
	for _, n := range []int{60, rows} { // exact splits, and splits between bins
		part, z := x.Slice(0, n), learn.Target{Classes: y.Classes, Y: y.Y[:n]}
		for _, s := range []learn.Spec{Tree{}, Tree{MaxLeafNodes: 20, Criterion: "entropy"}, Forest{Bootstrap: new(bool), Trees: 9}, ExtraTrees{Trees: 9}, AdaBoost{MaxDepth: 2}} {
			p := modeltest.Probabilities(t, fit(t, s, part, z), part)
			for i := range n {
				if largest(p[3*i:3*i+3]) != int(z.Y[i]) {
					t.Errorf("%s, %d rows: row %d has %v, but is of class %d", s.Kind(), n, i, p[3*i:3*i+3], z.Y[i])
					break
				}
			}
		}
	}
}

// Of two classes, the best of all ways to put levels in two groups is found.
func TestLevelSubsets(t *testing.T) {
	const levels = 9
	names := make([]string, levels)
	for l := range names {
		names[l] = string(rune('a' + l))
	}
	attacks := []int{3, 17, 0, 11, 20, 8, 14, 1, 9} // of 20 rows of each level
	x := learn.NewMatrix([]learn.Column{{Name: "l", Levels: names}}, levels*20)
	y := learn.Target{Classes: twoClasses, Y: make([]int32, x.Rows)}
	for i := range x.Rows {
		l := i % levels
		x.Codes[0][i] = int32(l)
		if i/levels < attacks[l] {
			y.Y[i] = 1
		}
	}
	best := math.Inf(1)
	for set := 1; set < 1<<levels-1; set++ {
		var in, out, one, two float64
		for l, a := range attacks {
			if set>>l&1 == 1 {
				in, one = in+20, one+float64(a)
			} else {
				out, two = out+20, two+float64(a)
			}
		}
		best = min(best, one*(in-one)/in+two*(out-two)/out)
	}
	m := fit(t, Tree{MaxDepth: 1}, x, y).(*TreeModel)
	var impurity float64
	for _, r := range m.Rules() {
		impurity += r.Cover * r.Values[0] * r.Values[1]
	}
	if math.Abs(impurity-best) > 1e-9 {
		t.Errorf("the impurity of the split is %v, the best is %v: %v", impurity, best, m.Rules())
	}
}

// More levels than bins: the rare ones go together.
func TestManyLevels(t *testing.T) {
	names := make([]string, 1000)
	for l := range names {
		names[l] = string(rune('A' + l))
	}
	x := learn.NewMatrix([]learn.Column{{Name: "l", Levels: names}}, 5000)
	y := learn.Target{Classes: twoClasses, Y: make([]int32, x.Rows)}
	for i := range x.Rows {
		x.Codes[0][i] = int32(i * i % 1000)
		y.Y[i] = x.Codes[0][i] / 7 % 2
	}
	for _, s := range []learn.Spec{Tree{}, ExtraTrees{Trees: 10}} {
		m := fit(t, s, x, y)
		score := make([]float64, x.Rows)
		if err := m.Score(score, x); err != nil {
			t.Fatal(err)
		}
		if auc := modeltest.AUC(score, y.Y); auc < 0.99 {
			t.Errorf("%s: AUC %v", s.Kind(), auc)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("enough")
	cancel(cause)
	x, y := numbers([]float64{1, 2, 3, 4}), learn.Target{Classes: twoClasses, Y: []int32{0, 0, 1, 1}}
	for _, c := range contracts {
		if m, err := c.spec.Fit(ctx, x, y, learn.Run{}); m != nil || !errors.Is(err, cause) {
			t.Errorf("%s: %v, %v", c.name, m, err)
		}
	}
}

// A pruned tree is the subtree of least cost, found by trying all.
func TestPruning(t *testing.T) {
	trees, _ := readReference(t)
	x, y := trees[0].data()
	full := fit(t, Tree{MaxDepth: 4}, x, y).(*TreeModel)
	for _, alpha := range []float64{0.001, 0.005, 0.01, 0.02, 0.1} {
		pruned := fit(t, Tree{MaxDepth: 4, CCPAlpha: alpha}, x, y).(*TreeModel)
		var cost float64
		for _, r := range pruned.Rules() {
			cost += r.Cover/float64(x.Rows)*2*r.Values[0]*r.Values[1] + alpha
		}
		if best := leastCost(full.Trees, 0, alpha, float64(x.Rows)); math.Abs(cost-best) > 1e-12 {
			t.Errorf("alpha %v: the cost is %v, the least is %v", alpha, cost, best)
		}
	}
}

// leastCost is that of the best subtree below a node.
func leastCost(e *Ensemble, node int32, alpha, rows float64) float64 {
	var attacks, all float64
	var count func(n int32)
	count = func(n int32) {
		if e.Nodes[n].Column == Leaf {
			all += e.Cover[n]
			attacks += e.Cover[n] * e.Values[e.Nodes[n].Low+1]
			return
		}
		count(e.Nodes[n].Low)
		count(e.Nodes[n].Low + 1)
	}
	count(node)
	own := 2*attacks*(all-attacks)/all/rows + alpha
	if n := &e.Nodes[node]; n.Column != Leaf {
		return min(own, leastCost(e, n.Low, alpha, rows)+leastCost(e, n.Low+1, alpha, rows))
	}
	return own
}
