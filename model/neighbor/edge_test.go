package neighbor_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/neighbor"
)

func TestSettingsAreChecked(t *testing.T) {
	x, y := connections()
	for _, s := range []neighbor.KNN{{Neighbors: -1}, {Weights: "gaussian"}, {Metric: "cosine"}} {
		if _, err := s.Fit(context.Background(), x, y, learn.Run{}); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%+v: %v, want an error that wraps ErrSetting", s, err)
		}
	}
	if _, err := (neighbor.KNN{Neighbors: 7}).Fit(context.Background(), x, y, learn.Run{}); !errors.Is(err, learn.ErrTooFew) {
		t.Errorf("7 neighbours among 6 rows: %v, want an error that wraps ErrTooFew", err)
	}
}

// A row votes with its weight.
func TestVotesCountByWeight(t *testing.T) {
	x, y := connections()
	y.Weights = []float64{1, 1, 1, 6, 1, 0}
	m := modeltest.Fit(t, neighbor.KNN{Neighbors: 5}, x, y)
	for i, p := range modeltest.Probabilities(t, m, x) {
		if want := []float64{0.3, 0.7}[i%2]; math.Abs(p-want) > 1e-12 {
			t.Fatalf("all rows vote, and probability %d is %v, want %v", i, p, want)
		}
	}
	y.Weights = []float64{1e-300, 1e300, 1, 1e-300, 1, 1}
	for _, weights := range []string{neighbor.Uniform, neighbor.ByDistance} {
		if i := slices.IndexFunc(modeltest.Probabilities(t, modeltest.Fit(t, neighbor.KNN{Weights: weights}, x, y), x), math.IsNaN); i >= 0 {
			t.Errorf("weights of very different size, %s: probability %d is NaN", weights, i)
		}
	}
}

// At equal distance the row that comes first in training is taken.
func TestTiesGoToTheFirstRow(t *testing.T) {
	x := learn.NewMatrix([]learn.Column{{Name: "a"}}, 9)
	x.Numbers[0] = []float64{1, -1, 1, 5, -1, 1, -1, 1, 5}
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 1, 0, 0, 1, 0, 1, 0, 1}}
	m := modeltest.Fit(t, neighbor.KNN{Neighbors: 3}, x, y)
	at := learn.NewMatrix(x.Columns, 1)
	if p := modeltest.Probabilities(t, m, at); math.Abs(p[1]-1./3) > 1e-15 {
		t.Errorf("rows 0, 1 and 2 are the nearest, but %v of them are attacks", p[1])
	}
	ix, err := neighbor.NewIndex(context.Background(), x, "")
	if err != nil {
		t.Fatal(err)
	}
	q, err := ix.Queries(at)
	if err != nil {
		t.Fatal(err)
	}
	for row, n := range ix.Nearest(q, 0, 3) {
		if int(n.Row) != row || n.Distance != 1 {
			t.Errorf("neighbour %d is row %d at %v", row, n.Row, n.Distance)
		}
	}
	if got := ix.Nearest(q, 0, 0); got != nil {
		t.Errorf("0 neighbours are %v", got)
	}
}

// Numbers so far apart that distances are infinite, or so near that squares are 0,
// still give neighbours, and no NaN.
func TestExtremeNumbers(t *testing.T) {
	x := learn.NewMatrix([]learn.Column{{Name: "a"}, {Name: "b"}}, 100)
	for i := range x.Rows {
		x.Numbers[0][i] = math.Ldexp(float64(i%7-3), 1021-i%3)
		x.Numbers[1][i] = 5e-324 * float64(i)
	}
	for _, metric := range []neighbor.Metric{neighbor.Euclidean, neighbor.Manhattan} {
		ix, again := index(t, x, metric)
		q, err := ix.Queries(x)
		if err != nil {
			t.Fatal(err)
		}
		for i := range x.Rows {
			got := ix.Nearest(q, i, 100)
			if len(got) != 100 || math.IsNaN(got[99].Distance) {
				t.Fatalf("%s, row %d: %d neighbours, the last at %v", metric, i, len(got), got[len(got)-1].Distance)
			}
			if !slices.Equal(got, again.Nearest(q, i, 100)) || !slices.Equal(got[:4], ix.Nearest(q, i, 4)) {
				t.Fatalf("%s, row %d: other neighbours", metric, i)
			}
		}
	}
}

func TestIndexRefuses(t *testing.T) {
	x, _ := connections()
	if _, err := neighbor.NewIndex(context.Background(), x.Slice(0, 0), ""); !errors.Is(err, learn.ErrTooFew) {
		t.Errorf("no rows: %v", err)
	}
	if _, err := neighbor.NewIndex(context.Background(), x, "cosine"); !errors.Is(err, learn.ErrSetting) {
		t.Errorf("another metric: %v", err)
	}
	ix, err := neighbor.NewIndex(context.Background(), x, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		odd, _ := connections()
		odd.Numbers[1][2] = v
		if _, err := ix.Queries(odd); err == nil {
			t.Errorf("a query of %v is no error", v)
		}
	}
	q, err := ix.Queries(x)
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.EachNearest(context.Background(), q, 0, 1, nil); !errors.Is(err, learn.ErrSetting) {
		t.Errorf("0 neighbours: %v", err)
	}
	stop := errors.New("told to stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if err := ix.EachNearest(ctx, q, 1, 1, func(int, []neighbor.Neighbor) {}); !errors.Is(err, stop) {
		t.Errorf("a search that was told to stop: %v", err)
	}
}

// Rows are stored in little more than a byte a cell.
func TestStoredCompactly(t *testing.T) {
	x, y := modeltest.NSL(t, modeltest.NSLPart)
	raw, err := json.Marshal(modeltest.Fit(t, neighbor.KNN{}, x, y))
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(len(raw)) / float64(x.Rows) / 42; got > 2 {
		t.Errorf("%.2f bytes of JSON a cell", got)
	} else {
		t.Logf("%d bytes, %.2f a cell", len(raw), got)
	}
}

func FuzzStored(f *testing.F) {
	x, y := modeltest.Problem{Rows: 30, Seed: 1, Weights: true}.Make()
	twice := x.Take(append([]int{3, 3, 3, 0}, 5, 6, 7, 8, 9, 10, 1, 2, 4, 0, 0))
	for seed := range uint64(40) {
		m, err := neighbor.KNN{Neighbors: 3, Weights: "distance"}.Fit(context.Background(), x, y, learn.Run{})
		if seed%2 == 1 {
			m, err = neighbor.KNN{}.Fit(context.Background(), twice, learn.Target{Classes: y.Classes, Y: y.Y[:twice.Rows]}, learn.Run{})
		}
		if err != nil {
			f.Fatal(err)
		}
		raw, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(modeltest.Damage(raw, seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		modeltest.Survive(t, raw, func() learn.Model { return &neighbor.Model{} }, x)
	})
}
