package boost

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestContract(t *testing.T) {
	o := modeltest.Options{
		New: func() learn.Model { return new(Model) }, Missing: true, Labels: true,
		ZeroWeights: true, Copies: true,
		Rows: 200, // so that each value has a bin of its own, and copies move no limit
	}
	for name, s := range map[string]*GradientBoosting{
		"small leaves": {Trees: 12, MinSamplesLeaf: 5, MaxLeafNodes: 8},
		"stopping":     {Trees: 12, MinSamplesLeaf: 8, EarlyStopping: "on", LearningRate: 0.3},
		"drawing":      {Trees: 10, MinSamplesLeaf: 8, Subsample: 0.7, Colsample: 0.5, MaxLeafNodes: -1, MaxDepth: 4},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "small leaves" {
				t.Skip("one of them will do for -short")
			}
			o := o
			if s.EarlyStopping == "on" || s.Subsample > 0 { // rows are drawn by their places
				o.Copies, o.ZeroWeights = false, false
			}
			modeltest.Check(t, s, o)
		})
	}
}

// overlapping is a problem in which no column tells all.
func overlapping(rows, classes int) (*learn.Matrix, learn.Target) {
	return modeltest.Problem{Rows: rows, Classes: classes, Gaps: true, Seed: 5}.Make()
}

func text(t testing.TB, m learn.Model) []byte {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The same bytes come out whatever the number of goroutines, with several shards.
func TestWorkers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	for _, classes := range []int{2, 4} {
		x, y := overlapping(3200, classes)
		for name, s := range map[string]*GradientBoosting{
			"plain":   {Trees: 4},
			"drawing": {Trees: 4, Subsample: 0.5, Colsample: 0.6, EarlyStopping: "on"},
		} {
			want := text(t, fitModel(t, s, x, y, learn.Run{Seed: 9, Workers: 1}))
			for _, workers := range []int{2, 3} {
				if got := text(t, fitModel(t, s, x, y, learn.Run{Seed: 9, Workers: workers})); !bytes.Equal(got, want) {
					t.Errorf("%s, %d classes: %d workers make another model", name, classes, workers)
				}
			}
		}
	}
}

// Each seed draws other rows and columns.
func TestSeeds(t *testing.T) {
	x, y := overlapping(500, 2)
	for _, s := range []*GradientBoosting{{Trees: 3, Subsample: 0.5}, {Trees: 3, Colsample: 0.5}, {Trees: 3, EarlyStopping: "on"}} {
		seen := make(map[string]bool)
		for seed := range uint64(4) {
			seen[string(text(t, fitModel(t, s, x, y, learn.Run{Seed: seed})))] = true
		}
		if len(seen) < 3 { // a few columns may be drawn alike
			t.Errorf("%+v: %d models of 4 seeds", s, len(seen))
		}
	}
}

// The order of rows has no part in the result.
func TestRowOrder(t *testing.T) {
	x, y := overlapping(3000, 3)
	order := rand.New(rand.NewPCG(1, 1)).Perm(x.Rows)
	s := &GradientBoosting{Trees: 8}
	if !bytes.Equal(text(t, fitModel(t, s, x, y, learn.Run{})), text(t, fitModel(t, s, x.Take(order), y.Take(order), learn.Run{}))) {
		t.Error("rows in another order make another model")
	}
}

// Predictions that training kept up are those of the model.
func TestTrainingAgrees(t *testing.T) {
	x, y := overlapping(2000, 2)
	for _, s := range []*GradientBoosting{{Trees: 15, EarlyStopping: "on"}, {Trees: 15, EarlyStopping: "on", LearningRate: 2, MinSamplesLeaf: 1}} {
		for _, classes := range []int{2, 3} {
			x, y := x, y
			if classes == 3 {
				x, y = overlapping(2000, 3)
			}
			m := fitModel(t, s, x, y, learn.Run{Seed: 1})
			if len(m.Losses) < m.Rounds()+1 || m.Losses[m.Rounds()] != slices.Min(m.Losses[1:]) {
				t.Fatalf("%d losses of %d rounds", len(m.Losses), m.Rounds())
			}
			p := make([]float64, classes*x.Rows)
			if err := m.Probabilities(p, x); err != nil {
				t.Fatal(err)
			}
			b := &booster{GradientBoosting: new(GradientBoosting), seed: 1, grower: grower{table: &table{rows: x.Rows}}}
			*b.GradientBoosting = s.withDefaults()
			b.hold(&y, make([]bool, x.Rows))
			var sum float64
			for _, r := range b.held {
				sum -= math.Log(p[int(r)*classes+int(y.Y[r])])
			}
			got, want := m.Losses[m.Rounds()], sum/float64(len(b.held))
			if math.Abs(got-want) > 1e-9*math.Max(1, want) {
				t.Errorf("the least loss is %v, but that of the model is %v", got, want)
			}
		}
	}
}

func TestEarlyStopping(t *testing.T) {
	x, y := overlapping(3000, 2)
	s := &GradientBoosting{Trees: 500, LearningRate: 0.5, EarlyStopping: "on", NIterNoChange: 4}
	m := fitModel(t, s, x, y, learn.Run{})
	n := len(m.Losses)
	if m.Rounds() >= 200 || n < 6 || slices.Min(m.Losses[n-4:]) < m.Losses[n-5]-1e-7 {
		t.Errorf("stopped after %d rounds with losses %v", m.Rounds(), m.Losses)
	}
	if m := fitModel(t, &GradientBoosting{Trees: 5}, x, y, learn.Run{}); len(m.Losses) != 0 {
		t.Errorf("3000 rows stop early by default")
	}
	x, y = overlapping(10_001, 2)
	if m := fitModel(t, &GradientBoosting{Trees: 2}, x, y, learn.Run{}); len(m.Losses) != 3 {
		t.Errorf("10,001 rows do not stop early by default")
	}
}

// A score never falls where a monotone column rises, other columns being as they are.
func TestMonotone(t *testing.T) {
	x, y := modeltest.Problem{Rows: 1000, Seed: 3}.Make()
	for _, sign := range []int{1, -1} {
		s := &GradientBoosting{Trees: 40, MinSamplesLeaf: 5, Monotone: map[string]int{"bytes": sign, "count": sign, "noise": 1}}
		m := fitModel(t, s, x, y, learn.Run{})
		for j, c := range x.Columns[:4] {
			if s.Monotone[c.Name] == 0 {
				continue
			}
			sorted := slices.Clone(x.Numbers[j])
			slices.Sort(sorted)
			for row := 0; row < x.Rows; row += 199 {
				probe := x.Take(slices.Repeat([]int{row}, len(sorted)))
				probe.Numbers[j] = sorted
				score := make([]float64, len(sorted))
				if err := m.Score(score, probe); err != nil {
					t.Fatal(err)
				}
				for i := 1; i < len(score); i++ {
					if float64(s.Monotone[c.Name])*(score[i]-score[i-1]) < -1e-12 {
						t.Fatalf("%s from %v to %v: the score goes from %v to %v against %d", c.Name, sorted[i-1], sorted[i], score[i-1], score[i], s.Monotone[c.Name])
					}
				}
			}
		}
	}
}

func TestSettings(t *testing.T) {
	x, y := overlapping(60, 2)
	three, yThree := overlapping(60, 3)
	nan := math.NaN()
	for _, s := range []*GradientBoosting{
		{Trees: -1}, {Trees: maxTrees + 1}, {LearningRate: -1}, {LearningRate: nan}, {MaxLeafNodes: 1}, {MaxDepth: -1},
		{MinSamplesLeaf: -2}, {L2Regularization: pointer(-1)}, {L2Regularization: pointer(math.Inf(1))}, {MinGain: nan}, {MaxBins: 1}, {MaxBins: 256},
		{Subsample: 1.5}, {Colsample: -0.1}, {EarlyStopping: "yes"}, {ValidationFraction: 1}, {NIterNoChange: -1}, {Tol: -1},
		{Monotone: map[string]int{"nowhere": 1}}, {Monotone: map[string]int{"bytes": 2}}, {Monotone: map[string]int{"service": 1}},
	} {
		if _, err := s.Fit(context.Background(), x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	s := &GradientBoosting{Monotone: map[string]int{"bytes": 1}}
	if _, err := s.Fit(context.Background(), three, yThree, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
		t.Errorf("a monotone column with three classes: %v", err)
	}
}

// Limits of trees are kept, and with any number of leaves the order of splits does
// not matter.
func TestLimits(t *testing.T) {
	x, y := overlapping(3000, 2)
	for _, c := range []struct{ leaves, depth, rows int }{{2, 0, 20}, {9, 0, 1}, {-1, 3, 20}, {31, 2, 50}, {-1, 0, 200}} {
		m := fitModel(t, &GradientBoosting{Trees: 5, MaxLeafNodes: c.leaves, MaxDepth: c.depth, MinSamplesLeaf: c.rows}, x, y, learn.Run{})
		for tree := range m.Trees.Roots {
			if n := leavesOf(m, tree); n < 2 || c.leaves > 0 && n > c.leaves || c.depth > 0 && n > 1<<c.depth {
				t.Errorf("%+v: a tree of %d leaves", c, n)
			}
		}
		for i, n := range m.Trees.Nodes {
			if n.Column < 0 && m.Trees.Cover[i] < float64(c.rows) {
				t.Errorf("%+v: a leaf of %v rows", c, m.Trees.Cover[i])
			}
		}
	}
	score := func(leaves int) []float64 {
		m := fitModel(t, &GradientBoosting{Trees: 5, MaxLeafNodes: leaves}, x, y, learn.Run{})
		dst := make([]float64, x.Rows)
		if err := m.Score(dst, x); err != nil {
			t.Fatal(err)
		}
		return dst
	}
	if !slices.Equal(score(-1), score(10_000)) {
		t.Error("any number of leaves is not the same as very many")
	}
}

// leavesOf counts the leaves of a tree.
func leavesOf(m *Model, tree int) int {
	to := int32(len(m.Trees.Nodes))
	if tree+1 < len(m.Trees.Roots) {
		to = m.Trees.Roots[tree+1]
	}
	return int(to-m.Trees.Roots[tree]+1) / 2
}

// Odd data give finite models that pass their own check.
func TestOddData(t *testing.T) {
	n := 80
	column := func(f func(i int) float64) []float64 {
		c := make([]float64, n)
		for i := range c {
			c[i] = f(i)
		}
		return c
	}
	nan := math.NaN()
	for name, c := range map[string][]float64{
		"huge":        column(func(i int) float64 { return math.MaxFloat64 / float64(n) * float64(i-n/2) }),
		"tiny":        column(func(i int) float64 { return 5e-324 * float64(i) }),
		"one present": column(func(i int) float64 { return map[bool]float64{true: 1, false: nan}[i%2 == 0] }),
		"separable":   column(func(i int) float64 { return float64(i % 2) }),
	} {
		for _, weight := range []float64{0, 1e-320, 1e-9, 1e300, 255, 0.3} {
			x := &learn.Matrix{Columns: []learn.Column{{Name: "v"}, {Name: "gone"}}, Rows: n,
				Numbers: [][]float64{c, column(func(int) float64 { return nan })}, Codes: make([][]int32, 2)}
			y := learn.Target{Classes: []string{"a", "b"}, Y: make([]int32, n)}
			for i := range y.Y {
				y.Y[i] = int32(i % 2)
			}
			if weight > 0 {
				y.Weights = column(func(i int) float64 { return weight * float64(1+i%3) })
			}
			m := fitModel(t, &GradientBoosting{MinSamplesLeaf: 1, LearningRate: 10}, x, y, learn.Run{})
			if err := m.Check(); err != nil {
				t.Errorf("%s, weight %v: %v", name, weight, err)
			}
			if _, err := m.Explain(x); err != nil {
				t.Errorf("%s, weight %v: %v", name, weight, err)
			}
			p := make([]float64, 2*n)
			if err := m.Probabilities(p, x); err != nil || !learn.Floats(p).Finite() {
				t.Errorf("%s, weight %v: probabilities %v (%v)", name, weight, p[:4], err)
			}
			if name == "separable" && weight != 1e-320 && weight != 1e-9 && (p[1] > 1e-3 || p[3] < 1-1e-3) {
				t.Errorf("%s, weight %v: probabilities %v", name, weight, p[:4])
			}
		}
	}
}

// A column with more levels than bins keeps the commonest apart.
func TestManyLevels(t *testing.T) {
	n, levels := 4000, 600
	x := &learn.Matrix{Columns: []learn.Column{{Name: "c"}}, Rows: n, Numbers: make([][]float64, 1), Codes: [][]int32{make([]int32, n)}}
	for l := range levels {
		x.Columns[0].Levels = append(x.Columns[0].Levels, fmt.Sprint("level ", l))
	}
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, n)}
	for i := range n {
		if i%4 > 0 {
			x.Codes[0][i], y.Y[i] = int32(590+i%7), int32(i%7%2)
		} else {
			x.Codes[0][i], y.Y[i] = int32(i/4%500), 1
		}
	}
	m := fitModel(t, &GradientBoosting{Trees: 50}, x, y, learn.Run{})
	score := make([]float64, n)
	if err := m.Score(score, x); err != nil {
		t.Fatal(err)
	}
	for i, v := range score {
		if math.Abs(v-float64(y.Y[i])) > 0.05 {
			t.Fatalf("level %d scores %v, is %d", x.Codes[0][i], v, y.Y[i])
		}
	}
}

// pointer returns a pointer to a number.
func pointer(v float64) *float64 { return &v }
