package project

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// oracle is an entry of the reference values, on which R's prcomp, numpy and scikit-learn agree.
type oracle struct {
	ID      string
	Data    struct{ File string }
	Columns []string
	Params  struct{ Standardize bool }

	Expected struct {
		N               int
		Variance, Ratio []float64
		Loadings        map[string]map[string]float64
		Scores          []float64 `json:"scores_row1"`
	}
}

func TestPCAAgreesWithReferences(t *testing.T) {
	text, err := os.ReadFile(check.Shared(t, "oracles", "pca.json"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []oracle
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, o := range entries {
		if o.Data.File != modeltest.NSLPart {
			continue
		}
		done++
		all, _ := modeltest.NSL(t, o.Data.File)
		x := &learn.Matrix{Rows: all.Rows}
		for _, name := range o.Columns {
			at := all.Index(name)
			x.Columns = append(x.Columns, learn.Column{Name: name})
			x.Numbers, x.Codes = append(x.Numbers, all.Numbers[at]), append(x.Codes, nil)
		}
		c, err := PCA{Covariance: !o.Params.Standardize}.Fit(context.Background(), x, learn.Run{})
		if err != nil {
			t.Fatal(o.ID, err)
		}
		scores, err := c.Project(x)
		if err != nil {
			t.Fatal(o.ID, err)
		}
		for k, want := range o.Expected.Variance {
			check.Close(t, o.ID+" variance", c.Variance[k], want, 1e-8)
			check.Close(t, o.ID+" share", c.Share[k], o.Expected.Ratio[k], 1e-8)
			for j, name := range o.Columns {
				want := o.Expected.Loadings["PC"+strconv.Itoa(k+1)][name]
				if !check.Near(c.Loadings[k][j], want, 1e-7, 1e-8) {
					t.Errorf("%s: loading of %s in component %d = %v, want %v", o.ID, name, k+1, c.Loadings[k][j], want)
				}
			}
			if o.Expected.Scores != nil && !check.Near(scores[k][0], o.Expected.Scores[k], 1e-7, 1e-8) {
				t.Errorf("%s: score %d of row 1 = %v, want %v", o.ID, k+1, scores[k][0], o.Expected.Scores[k])
			}
		}
	}
	if done == 0 {
		t.Error("there is no entry for the file")
	}
}

// Columns that are one factor each have as many components worth keeping as factors.
func TestHintsFindTwoFactors(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	rows := make([][]float64, 400)
	for i := range rows {
		f, g := rng.NormFloat64(), rng.NormFloat64()
		for range 5 {
			rows[i] = append(rows[i], f+0.4*rng.NormFloat64(), 3*g+0.6*rng.NormFloat64())
		}
	}
	c, err := PCA{}.Fit(context.Background(), matrixOf(rows), learn.Run{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if c.Hints.Kaiser != 2 || c.Hints.BrokenStick != 2 || c.Hints.Parallel == nil || *c.Hints.Parallel != 2 {
		t.Errorf("hints %d, %d, %v, want 2", c.Hints.Kaiser, c.Hints.BrokenStick, c.Hints.Parallel)
	}
	var sum float64
	for _, s := range c.Hints.Stick {
		sum += s
	}
	check.Close(t, "length of the stick", sum, 1, 1e-14)
}

// Percentiles of correlations of numbers drawn one by one: reference.py, horn.
func TestParallelAnalysisAgreesWithNumpy(t *testing.T) {
	ref := reference(t)
	for name, want := range ref.Horn {
		var n, k int
		if _, err := fmt.Sscanf(name, "%dx%d", &n, &k); err != nil {
			t.Fatal(err)
		}
		got, err := parallelAnalysis(context.Background(), n, k, 1500, learn.Run{Seed: 5})
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			// Standard errors of percentiles of so many are below a hundredth.
			if !check.Near(got[i], want[i], 0.02, 0.003) {
				t.Errorf("%s: percentile of component %d = %v, want %v", name, i+1, got[i], want[i])
			}
		}
	}
}

func TestPCARefuses(t *testing.T) {
	ctx := context.Background()
	gaps := matrixOf([][]float64{{1, 2, math.NaN()}, {2, math.NaN(), math.NaN()}, {3, 1, 4}})
	_, err := PCA{}.Fit(ctx, gaps, learn.Run{})
	if !errors.Is(err, learn.ErrMissing) || !strings.Contains(err.Error(), `"x2" (1 of 3 rows), "x3" (2 of 3 rows)`) {
		t.Errorf("missing numbers: %v", err)
	}
	for name, c := range map[string]struct {
		spec PCA
		rows [][]float64
		want error
	}{
		"constant": {PCA{}, [][]float64{{1, 2}, {1, 2}}, learn.ErrConstant},
		"one row":  {PCA{}, [][]float64{{1, 2}}, learn.ErrTooFew},
		"setting":  {PCA{Components: -1}, [][]float64{{1, 2}, {2, 3}}, learn.ErrSetting},
		"huge":     {PCA{Covariance: true}, [][]float64{{1e300, 2}, {-1e300, 3}}, learn.ErrSetting},
	} {
		if _, err := c.spec.Fit(ctx, matrixOf(c.rows), learn.Run{}); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	x := learn.NewMatrix([]learn.Column{{Name: "a", Levels: []string{"u", "v"}}}, 3)
	if _, err := (PCA{}).Fit(ctx, x, learn.Run{}); !errors.Is(err, learn.ErrTooFew) {
		t.Errorf("levels only: %v", err)
	}
	stopped, stop := context.WithCancelCause(ctx)
	stop(errors.New("enough"))
	if _, err := (PCA{}).Fit(stopped, matrixOf([][]float64{{1, 2}, {2, 5}}), learn.Run{}); err == nil || err.Error() != "enough" {
		t.Errorf("cancelled: %v", err)
	}
}

// Huge and tiny numbers have the components that their multiples have.
func TestPCAOfAllMagnitudes(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	plain, scaled := make([][]float64, 50), make([][]float64, 50)
	for i := range plain {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		plain[i] = []float64{a, b, a + b, 7}
		scaled[i] = []float64{a * 0x1p1000, b * 0x1p-1000, a + b, 7}
	}
	c, err := PCA{}.Fit(context.Background(), matrixOf(plain), learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := PCA{}.Fit(context.Background(), matrixOf(scaled), learn.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Left, []string{"x4"}) || !slices.Equal(d.Left, c.Left) {
		t.Errorf("left out: %q, %q", c.Left, d.Left)
	}
	for k := range c.Variance {
		if !check.Near(d.Variance[k], c.Variance[k], 1e-12, 1e-14) {
			t.Errorf("variance %d = %v, want %v", k+1, d.Variance[k], c.Variance[k])
		}
	}
}

func TestBiplotArrowsAreCorrelations(t *testing.T) {
	x, _ := reference(t).different()
	for _, covariance := range []bool{false, true} {
		c, err := PCA{Covariance: covariance, Components: 2}.Fit(context.Background(), x, learn.Run{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.Biplot(x, 0, 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Arrows) != 3 {
			t.Fatalf("%d arrows, want 3", len(b.Arrows))
		}
		for _, a := range b.Arrows {
			cells := x.Numbers[x.Index(a.Column)]
			check.Close(t, a.Column, a.X, pearson(cells, b.X), 1e-9)
			check.Close(t, a.Column, a.Y, pearson(cells, b.Y), 1e-9)
		}
		if _, err := c.Biplot(x, 0, 2, 0); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("a component that was not kept: %v", err)
		}
	}
}

func pearson(x, y []float64) float64 {
	var mx, my, xx, xy, yy float64
	for i := range x {
		mx += x[i] / float64(len(x))
		my += y[i] / float64(len(x))
	}
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
		yy += (y[i] - my) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}

func TestComponentsReadBackAsTheyWere(t *testing.T) {
	x, _ := reference(t).different()
	c, err := PCA{}.Fit(context.Background(), x, learn.Run{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 2, 3} {
		again, err := PCA{}.Fit(context.Background(), x, learn.Run{Seed: 1, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := marshal(t, c), marshal(t, again); a != b {
			t.Errorf("%d workers find other components", workers)
		}
	}
	var read Components
	if err := json.Unmarshal([]byte(marshal(t, c)), &read); err != nil {
		t.Fatal(err)
	}
	if err := read.Check(); err != nil {
		t.Fatal(err)
	}
	want, _ := c.Project(x)
	got, err := read.Project(x)
	if err != nil {
		t.Fatal(err)
	}
	for k := range want {
		if !slices.Equal(got[k], want[k]) {
			t.Errorf("component %d projects to other scores", k+1)
		}
	}
}

func marshal(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What passes Check can be projected.
func FuzzComponents(f *testing.F) {
	x := matrixOf([][]float64{{1, 5, 2}, {2, 3, 9}, {4, 4, 4}, {8, 1, 0}})
	c, err := PCA{Simulations: 3}.Fit(context.Background(), x, learn.Run{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(marshal(f, c)))
	f.Add([]byte(`{"columns":[{"name":"x1"}],"rows":2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c Components
		if json.Unmarshal(text, &c) != nil || c.Check() != nil {
			return
		}
		if scores, err := c.Project(x); err == nil && len(scores) != len(c.Loadings) {
			t.Errorf("%d lists of scores of %d components", len(scores), len(c.Loadings))
		}
		_, _ = c.Biplot(x, 0, 1, 2)
	})
}
