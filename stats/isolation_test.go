package stats

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// isolation fits a forest to columns.
func isolation(t *testing.T, cols [][]float64, o IsolationOptions) *IsolationForest {
	t.Helper()
	f, err := FitIsolation(context.Background(), cols, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	return f
}

// isolationScores scores the rows of columns.
func isolationScores(t *testing.T, f *IsolationForest, cols [][]float64) []float64 {
	t.Helper()
	scores, err := f.Scores(context.Background(), cols, 2)
	if err != nil {
		t.Fatal(err)
	}
	return scores
}

// The values are those of _average_path_length in scikit-learn 1.2.1.
func TestAveragePath(t *testing.T) {
	for n, want := range map[int]float64{
		0: 0, 1: 0, 2: 1, 3: 1.207392357589623, 4: 1.8516559071392846, 5: 2.327020052042847,
		16: 4.695531732007486, 100: 8.364671030072245, 256: 10.244770920119917, 1000: 12.969940887100172,
	} {
		if got := AveragePath(n); math.Abs(got-want) > 1e-14*want {
			t.Errorf("AveragePath(%d) = %v, want %v", n, got, want)
		}
	}
}

// planted returns columns of normal rows with outliers in the last places: some
// far out in one column, the others where columns that go together do not.
func planted(rows, outliers int, seed uint64) [][]float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	cols := make([][]float64, 4)
	for i := range rows {
		x := rng.NormFloat64()
		row := []float64{x, x + 0.3*rng.NormFloat64(), rng.ExpFloat64() * 1e6, float64(rng.IntN(2))}
		if i >= rows-outliers {
			switch i % 2 {
			case 0:
				row[2] = 3e7 * (1 + rng.Float64())
			default:
				row[0], row[1] = 4, -4
			}
		}
		for c := range cols {
			cols[c] = append(cols[c], row[c])
		}
	}
	return cols
}

func TestIsolationFindsPlantedOutliers(t *testing.T) {
	const rows, outliers = 2000, 20
	cols := planted(rows, outliers, 1)
	for seed := range uint64(5) {
		scores := isolationScores(t, isolation(t, cols, IsolationOptions{Seed: seed}), cols)
		lowest := slices.Min(scores[rows-outliers:])
		above := 0
		for _, s := range scores[:rows-outliers] {
			if s >= lowest {
				above++
			}
		}
		if above > rows/50 {
			t.Errorf("seed %d: %d rows score like an outlier", seed, above)
		}
	}
}

// The scores of scikit-learn for rows of a line: IsolationForest(n_estimators=2000,
// max_samples=64, random_state=…).fit(x), mean of −score_samples over ten states,
// which differ by less than 0.005. x is 0, 1, … 62 and 200.
func TestIsolationScoresOfALine(t *testing.T) {
	x := make([]float64, 64)
	for i := range x {
		x[i] = float64(i)
	}
	x[63] = 200
	f := isolation(t, [][]float64{x}, IsolationOptions{Trees: 2000, Sample: 64, Seed: 3})
	for _, want := range []struct{ x, score float64 }{
		{0, 0.6034}, {1, 0.5552}, {10, 0.4741}, {31, 0.4442}, {55, 0.4770}, {62, 0.5831}, {100, 0.6520}, {200, 0.8802}, {500, 0.8802},
	} {
		if got := f.Score([]float64{want.x}); math.Abs(got-want.score) > 0.01 {
			t.Errorf("Score(%v) = %.4f, want %.4f", want.x, got, want.score)
		}
	}
}

func TestIsolationIsDeterministic(t *testing.T) {
	cols := planted(1000, 10, 2)
	one := isolation(t, cols, IsolationOptions{Seed: 7, Workers: 1})
	many := isolation(t, cols, IsolationOptions{Seed: 7, Workers: 8})
	if !reflect.DeepEqual(one, many) {
		t.Error("the forest depends on the number of workers")
	}
	if other := isolation(t, cols, IsolationOptions{Seed: 8}); reflect.DeepEqual(one, other) {
		t.Error("the seed changes nothing")
	}
	scores := isolationScores(t, one, cols)
	for i := range scores {
		row := []float64{cols[0][i], cols[1][i], cols[2][i], cols[3][i]}
		if got := one.Score(row); got != scores[i] {
			t.Fatalf("row %d alone has %v, among others %v", i, got, scores[i])
		}
		if !(scores[i] > 0 && scores[i] < 1) {
			t.Fatalf("row %d has the score %v", i, scores[i])
		}
	}
}

// Units and offsets of a column make no difference, up to rounding of the splits.
func TestIsolationIgnoresUnits(t *testing.T) {
	cols := planted(500, 5, 3)
	scaled := make([][]float64, len(cols))
	for c, col := range cols {
		for _, x := range col {
			scaled[c] = append(scaled[c], x*1024)
		}
	}
	a := isolationScores(t, isolation(t, cols, IsolationOptions{}), cols)
	b := isolationScores(t, isolation(t, scaled, IsolationOptions{}), scaled)
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("row %d: %v and %v", i, a[i], b[i])
		}
	}
}

func TestIsolationEdges(t *testing.T) {
	ctx, nan, inf := context.Background(), math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		cols [][]float64
		want error
	}{
		{"no column", nil, ErrTooFew},
		{"no row", [][]float64{{}}, ErrTooFew},
		{"one row", [][]float64{{1}}, ErrTooFew},
		{"one complete row", [][]float64{{1, 2, nan}, {1, nan, 3}}, ErrTooFew},
		{"lengths", [][]float64{{1, 2}, {1}}, ErrLengths},
		{"infinite", [][]float64{{1, 2, inf}}, ErrNotFinite},
	} {
		if _, err := FitIsolation(ctx, c.cols, IsolationOptions{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, o := range []IsolationOptions{{Trees: -1}, {Sample: 1}, {Sample: -5}, {Trees: 1 << 30, Sample: 1 << 20}} {
		if _, err := FitIsolation(ctx, [][]float64{{1, 2, 3}}, o); err == nil {
			t.Errorf("%+v gives no error", o)
		}
	}
	flat := isolation(t, [][]float64{{5, 5, 5}, {1, 1, 1}}, IsolationOptions{})
	if got := flat.Score([]float64{9, 9}); math.Abs(got-0.5) > 1e-12 {
		t.Errorf("where nothing varies the score is %v", got)
	}
	f := isolation(t, [][]float64{{-math.MaxFloat64, math.MaxFloat64, 0, nan}, {1, 2, 3, 4}}, IsolationOptions{})
	for _, row := range [][]float64{{nan, 1}, {1}, {1, 2, 3}, nil} {
		if got := f.Score(row); got == got {
			t.Errorf("Score(%v) = %v", row, got)
		}
	}
	if got := f.Score([]float64{inf, 1}); !(got > 0 && got < 1) {
		t.Errorf("an infinite value gives %v", got)
	}
	if _, err := f.Scores(ctx, [][]float64{{1}}, 1); !errors.Is(err, ErrLengths) {
		t.Errorf("one column for two: %v", err)
	}
	if scores := isolationScores(t, f, [][]float64{{1, nan}, {2, 2}}); scores[0] != scores[0] || scores[1] == scores[1] {
		t.Errorf("scores with a missing value: %v", scores)
	}
}

func TestIsolationStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	cols := planted(500, 5, 4)
	if _, err := FitIsolation(ctx, cols, IsolationOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("FitIsolation: %v", err)
	}
	if _, err := isolation(t, cols, IsolationOptions{}).Scores(ctx, cols, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("Scores: %v", err)
	}
}

func TestIsolationCheck(t *testing.T) {
	for name, spoil := range map[string]func(f *IsolationForest){
		"no trees":      func(f *IsolationForest) { f.Roots = nil },
		"no columns":    func(f *IsolationForest) { f.Columns = 0 },
		"root":          func(f *IsolationForest) { f.Roots[0] = 99999999 },
		"negative root": func(f *IsolationForest) { f.Roots[0] = -1 },
		"loop":          func(f *IsolationForest) { f.Nodes[0].Below = 0 },
		"last child":    func(f *IsolationForest) { f.Nodes[0].Below = int32(len(f.Nodes) - 1) },
		"column":        func(f *IsolationForest) { f.Nodes[0].Column = 4 },
		"leaf":          func(f *IsolationForest) { f.Nodes[0].Column = -2 },
		"value":         func(f *IsolationForest) { f.Nodes[0].Value = math.NaN() },
		"path":          func(f *IsolationForest) { f.Nodes[0] = IsolationNode{Column: -1, Value: -1} },
	} {
		f := isolation(t, planted(300, 3, 5), IsolationOptions{Trees: 3})
		spoil(f)
		if err := f.Check(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A forest that Check accepts scores every row, whatever is in it.
func TestIsolationScoresWhatCheckAccepts(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	accepted := 0
	for range 2000 {
		f := isolation(t, planted(40, 2, 8), IsolationOptions{Trees: 2, Sample: 16})
		for range 1 + rng.IntN(3) {
			n := &f.Nodes[rng.IntN(len(f.Nodes))]
			switch rng.IntN(3) {
			case 0:
				n.Column = int32(rng.IntN(7) - 2)
			case 1:
				n.Below = int32(rng.IntN(len(f.Nodes)+4) - 2)
			default:
				n.Value = []float64{math.NaN(), -1, 0, 1e308, math.Inf(1)}[rng.IntN(5)]
			}
		}
		if f.Check() != nil {
			continue
		}
		accepted++
		if s := f.Score([]float64{0, 1, 2, 3}); !(s >= 0 && s <= 1) {
			t.Fatalf("a score of %v", s)
		}
	}
	if accepted < 100 {
		t.Errorf("only %d forests are accepted", accepted)
	}
}

func BenchmarkIsolation(b *testing.B) {
	ctx, cols := context.Background(), planted(125_973, 1000, 6)
	for len(cols) < 32 {
		cols = append(cols, cols[len(cols)-4])
	}
	f, err := FitIsolation(ctx, cols, IsolationOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Fit", func(b *testing.B) {
		for b.Loop() {
			if _, err := FitIsolation(ctx, cols, IsolationOptions{Workers: 2}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Scores", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.Scores(ctx, cols, 2); err != nil {
				b.Fatal(err)
			}
		}
	})
}
