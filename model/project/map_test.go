package project

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/neighbor"
)

// A mapper is TSNE or UMAP.
type mapper interface {
	Map(ctx context.Context, x *learn.Matrix, strata []int32, r learn.Run) (*Map, error)
}

var mappers = map[string]mapper{"t-SNE": TSNE{}, "UMAP": UMAP{}}

// quick are mappers for data of which only the ends matter.
var quick = map[string]mapper{"t-SNE": TSNE{Iterations: 60, Perplexity: 2}, "UMAP": UMAP{Epochs: 20}}

// The divergence is to be within 3 % of scikit-learn's (the better of two starts), and
// neighbourhoods are to be kept as well: reference.py, tsne.
func TestMapsOfIris(t *testing.T) {
	ref := reference(t)
	x, species := ref.different()
	want := ref.TSNE["iris"]
	for name, s := range mappers {
		m, err := s.Map(context.Background(), x, nil, learn.Run{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if name == "t-SNE" {
			if limit := 1.03 * min(want[0][0], want[1][0]); m.KL > limit || m.KL <= 0 {
				t.Errorf("divergence %v, want %v at most", m.KL, limit)
			}
		}
		compareTrust(t, name, m, x, want)
		// Setosa stands apart: no other species is nearer to one of them than to its own.
		for i := range m.Rows {
			if s := nearestInPicture(m, i); (species[i] == 0) != (species[s] == 0) {
				t.Errorf("%s: row %d of species %d is next to one of species %d", name, i, species[i], species[s])
			}
		}
	}
}

func compareTrust(t *testing.T, name string, m *Map, x *learn.Matrix, want [][3]float64) {
	t.Helper()
	allowed := 0.001
	if name == "UMAP" {
		allowed = 0.02
	}
	for i, k := range []int{5, 12} {
		got, err := m.Trustworthiness(context.Background(), x, k, 2)
		if err != nil {
			t.Fatal(err)
		}
		if least := min(want[0][1+i], want[1][1+i]) - allowed; got < least {
			t.Errorf("%s: trustworthiness(%d) = %v, want %v at least", name, k, got, least)
		}
		t.Logf("%s: trustworthiness(%d) = %.5f, scikit-learn's t-SNE %.5f; divergence %.5f, %.5f", name, k, got, want[0][1+i], m.KL, want[0][0])
	}
}

func nearestInPicture(m *Map, i int) int {
	best, at := math.Inf(1), 0
	for j := range m.Rows {
		if d := math.Hypot(m.Axes[0][i]-m.Axes[0][j], m.Axes[1][i]-m.Axes[1][j]); j != i && d < best {
			best, at = d, j
		}
	}
	return at
}

func TestMapsOfConnections(t *testing.T) {
	all, _ := every(t, 25)
	ref := reference(t)
	x := prepared(modeltest.Numbers(all))
	if x.Rows != ref.KDDRows || len(x.Columns) != ref.KDDColumns {
		t.Fatalf("%d rows of %d columns, want %d of %d", x.Rows, len(x.Columns), ref.KDDRows, ref.KDDColumns)
	}
	want := ref.TSNE["kdd"]
	for name, s := range mappers {
		m, err := s.Map(context.Background(), x, nil, learn.Run{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if limit := 1.03 * min(want[0][0], want[1][0]); m.KL > limit {
			t.Errorf("%s: divergence %v, want %v at most", name, m.KL, limit)
		}
		compareTrust(t, name, m, x, want)
	}
}

// Levels alone tell rows apart as well.
func TestMapsOfLevels(t *testing.T) {
	all, attacks := every(t, 60)
	x := prepared(all)
	for name, s := range mappers {
		m, err := s.Map(context.Background(), x, attacks, learn.Run{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for i := range m.Rows {
			if attacks[i] == attacks[nearestInPicture(m, i)] {
				right++
			}
		}
		if share := float64(right) / float64(len(m.Rows)); share < 0.93 {
			t.Errorf("%s: %v of the rows are next to one of their kind", name, share)
		}
	}
}

// rowsOf makes three groups of rows, of which some are the same.
func rowsOf(n int) *learn.Matrix {
	rng := rand.New(rand.NewPCG(8, 8))
	rows := make([][]float64, n)
	for i := range rows {
		for range 5 {
			rows[i] = append(rows[i], float64(6*(i%3))+rng.NormFloat64())
		}
		if i > 10 && i%7 == 0 {
			rows[i] = rows[i%11]
		}
	}
	return matrixOf(rows)
}

func TestMapsDoNotDependOnWorkers(t *testing.T) {
	x := rowsOf(300)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, s := range map[string]mapper{"t-SNE": TSNE{Iterations: 120, MaxRows: 250}, "UMAP": UMAP{Epochs: 60, MaxRows: 250}} {
		var first string
		for _, workers := range []int{1, 2, 3, 0} {
			runtime.GOMAXPROCS(max(workers, 1))
			m, err := s.Map(context.Background(), x, nil, learn.Run{Seed: 4, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			text := marshal(t, m)
			if first == "" {
				first = text
			}
			if text != first {
				t.Errorf("%s: %d workers make another map", name, workers)
			}
			var read Map
			if err := json.Unmarshal([]byte(text), &read); err != nil || marshal(t, &read) != text {
				t.Errorf("%s: the map does not read back as it was: %v", name, err)
			}
		}
	}
}

func TestEqualRowsShareAPlace(t *testing.T) {
	x := rowsOf(120)
	for name, s := range quick {
		m, err := s.Map(context.Background(), x, nil, learn.Run{})
		if err != nil {
			t.Fatal(err)
		}
		place, first := neighbor.Distinct(x)
		if m.Different != len(first) || m.Different == x.Rows || !strings.Contains(strings.Join(m.Notes, " "), "same") {
			t.Errorf("%s: %d different rows of %d, want %d; %q", name, m.Different, x.Rows, len(first), m.Notes)
		}
		copies := 0
		for i, at := range place {
			if m.Axes[0][i] != m.Axes[0][first[at]] || m.Axes[1][i] != m.Axes[1][first[at]] {
				t.Errorf("%s: row %d does not stand where the same row %d does", name, i, first[at])
			}
			if m.Copies[i] > 1 {
				copies++
			}
		}
		if copies == 0 {
			t.Errorf("%s: no copies are counted", name)
		}
	}
}

func TestMapsOfLittle(t *testing.T) {
	same := make([][]float64, 40)
	for i := range same {
		same[i] = []float64{3, 3}
	}
	line := make([][]float64, 50)
	for i := range line {
		line[i] = []float64{float64(i), 5, 2 * float64(i)}
	}
	// Most probabilities of these are smaller than a number can be.
	steep := make([][]float64, 60)
	for i := range steep {
		steep[i] = []float64{float64(i%3) * 1e-7, 1000 * float64(i/3)}
	}
	levels := learn.NewMatrix([]learn.Column{{Name: "a", Levels: []string{"u", "v"}}}, 6)
	levels.Codes[0] = []int32{0, 1, -1, 0, 1, 1}
	for what, x := range map[string]*learn.Matrix{
		"one row":     matrixOf([][]float64{{1, 2}}),
		"two rows":    matrixOf([][]float64{{1, 2}, {2, 3}}),
		"three rows":  matrixOf([][]float64{{1, 2}, {2, 3}, {9, 9}}),
		"equal rows":  matrixOf(same),
		"a line":      matrixOf(line),
		"steep":       matrixOf(steep),
		"one column":  matrixOf([][]float64{{1}, {2}, {4}, {8}, {16}}),
		"levels":      levels,
		"tiny values": matrixOf([][]float64{{1e-300, 0}, {0, 2e-300}, {0, 0}, {1e-310, 0}}),
	} {
		for name, s := range quick {
			m, err := s.Map(context.Background(), x, nil, learn.Run{Workers: 2})
			if err != nil {
				t.Errorf("%s of %s: %v", name, what, err)
				continue
			}
			for _, axis := range m.Axes {
				if len(axis) != x.Rows || !axis.Finite() {
					t.Errorf("%s of %s: axis %v", name, what, axis)
				}
			}
			if len(m.Axes) != 2 || math.IsNaN(m.KL) {
				t.Errorf("%s of %s: %d axes, divergence %v", name, what, len(m.Axes), m.KL)
			}
		}
	}
	// Rows on a line leave it, so that they do not hide each other.
	m, err := TSNE{}.Map(context.Background(), matrixOf(line), nil, learn.Run{})
	if err != nil || math.Abs(m.Axes[1][0]-m.Axes[1][25]) < 1e-3 {
		t.Errorf("a line stays one: %v", err)
	}
}

func TestMapsRefuse(t *testing.T) {
	ctx := context.Background()
	fine := rowsOf(30)
	gap := rowsOf(30)
	gap.Numbers[3][2] = math.NaN()
	negative := -1.0
	for what, c := range map[string]struct {
		x      *learn.Matrix
		s      mapper
		strata []int32
		want   error
	}{
		"missing":      {gap, TSNE{}, nil, learn.ErrMissing},
		"missing too":  {gap, UMAP{}, nil, learn.ErrMissing},
		"no rows":      {fine.Slice(0, 0), TSNE{}, nil, learn.ErrTooFew},
		"no columns":   {&learn.Matrix{Rows: 5}, UMAP{}, nil, learn.ErrTooFew},
		"strata":       {fine, TSNE{}, []int32{1}, learn.ErrTarget},
		"huge":         {matrixOf([][]float64{{1e300}, {-1e300}, {0}}), UMAP{}, nil, learn.ErrSetting},
		"perplexity":   {fine, TSNE{Perplexity: -1}, nil, learn.ErrSetting},
		"perplexity 2": {fine, TSNE{Perplexity: math.NaN()}, nil, learn.ErrSetting},
		"exaggeration": {fine, TSNE{Exaggeration: 0.5}, nil, learn.ErrSetting},
		"rate":         {fine, TSNE{LearningRate: math.Inf(1)}, nil, learn.ErrSetting},
		"iterations":   {fine, TSNE{Iterations: -1}, nil, learn.ErrSetting},
		"theta":        {fine, TSNE{Theta: 7}, nil, learn.ErrSetting},
		"rows":         {fine, TSNE{MaxRows: -7}, nil, learn.ErrSetting},
		"neighbours":   {fine, UMAP{Neighbors: 1}, nil, learn.ErrSetting},
		"min_dist":     {fine, UMAP{MinDist: &negative}, nil, learn.ErrSetting},
		"spread":       {fine, UMAP{Spread: math.NaN()}, nil, learn.ErrSetting},
		"epochs":       {fine, UMAP{Epochs: -1}, nil, learn.ErrSetting},
		"negatives":    {fine, UMAP{NegativeSamples: -1}, nil, learn.ErrSetting},
		"umap rate":    {fine, UMAP{LearningRate: -1}, nil, learn.ErrSetting},
		"dimensions":   {fine, UMAP{Dimensions: 4}, nil, learn.ErrSetting},
	} {
		if _, err := c.s.Map(ctx, c.x, c.strata, learn.Run{}); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", what, err, c.want)
		}
	}
	if _, err := (TSNE{}).Map(ctx, gap, nil, learn.Run{}); !strings.Contains(err.Error(), `"x4"`) {
		t.Errorf("the column is not named: %v", err)
	}
	if _, err := (TSNE{LearningRate: 1e6}).Map(ctx, fine, nil, learn.Run{}); err != nil && !errors.Is(err, learn.ErrSetting) {
		t.Errorf("a wild learning rate: %v", err)
	}
}

func TestMapsEndWhenTold(t *testing.T) {
	x := rowsOf(400)
	reason := errors.New("enough")
	for name, s := range mappers {
		ctx, stop := context.WithCancelCause(context.Background())
		calls := 0
		_, err := s.Map(ctx, x, nil, learn.Run{Progress: func(done, total int) {
			if calls++; done > total || done < 1 {
				t.Errorf("%d of %d done", done, total)
			}
			stop(reason)
		}})
		if !errors.Is(err, reason) || calls != 1 {
			t.Errorf("%s: error %v after %d calls", name, err, calls)
		}
	}
}

func TestUMAPInThreeDimensions(t *testing.T) {
	x := rowsOf(150)
	m, err := UMAP{Dimensions: 3, Epochs: 100}.Map(context.Background(), x, nil, learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Trustworthiness(context.Background(), x, 5, 1)
	if err != nil || len(m.Axes) != 3 || got < 0.85 {
		t.Errorf("%d axes, trustworthiness %v, %v", len(m.Axes), got, err)
	}
}

func TestSampledMapsKnowTheirRows(t *testing.T) {
	x := rowsOf(200)
	strata := make([]int32, 200)
	for i := range 30 {
		strata[i] = 1
	}
	m, err := TSNE{MaxRows: 100, Iterations: 40}.Map(context.Background(), x, strata, learn.Run{Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	if m.Of != 200 || len(m.Rows) != 100 || len(m.Axes[0]) != 100 || len(m.Copies) != 100 {
		t.Errorf("%d of %d rows", len(m.Rows), m.Of)
	}
	if _, err := m.Correlates(context.Background(), x, 2, 1); err != nil {
		t.Error(err)
	}
	if _, err := m.Correlates(context.Background(), x.Slice(0, 50), 2, 1); !errors.Is(err, learn.ErrTarget) {
		t.Errorf("a matrix of other rows: %v", err)
	}
}
