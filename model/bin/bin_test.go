package bin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// numbers returns a matrix of columns of numbers.
func numbers(cols ...[]float64) *learn.Matrix {
	x := &learn.Matrix{Codes: make([][]int32, len(cols)), Numbers: cols}
	for j, c := range cols {
		x.Columns = append(x.Columns, learn.Column{Name: fmt.Sprint("x", j)})
		x.Rows = len(c)
	}
	return x
}

// levels returns a matrix of one column of so many levels.
func levels(n int, codes ...int32) *learn.Matrix {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("level ", i)
	}
	return &learn.Matrix{
		Columns: []learn.Column{{Name: "c", Levels: names}}, Rows: len(codes),
		Numbers: make([][]float64, 1), Codes: [][]int32{codes},
	}
}

func fit(t testing.TB, x *learn.Matrix, bins int) *Matrix {
	t.Helper()
	m, err := Fit(context.Background(), x, bins, 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// made is column of testdata/mapper.py.
func made(kind string, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		v := float64(i)
		switch kind {
		case "ramp":
			x[i] = v * 0.1
		case "squares":
			q := float64(i * 7919 % n)
			x[i] = q * q
		case "few":
			x[i] = float64(i * 31 % 17)
		case "heavy":
			if x[i] = 5; i%3 == 0 {
				x[i] = v
			}
		case "gaps":
			if x[i] = math.Sqrt(v); i%7 == 0 {
				x[i] = math.NaN()
			}
		}
	}
	return x
}

// The limits are those of scikit-learn's mapper less its repeats, and less a limit
// at the greatest value, which no value exceeds.
func TestAgainstScikitLearn(t *testing.T) {
	text, err := os.ReadFile("testdata/mapper.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Cases []struct {
			Kind                string
			Rows, Bins, Missing int
			Edges               []float64
		}
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	for _, c := range ref.Cases {
		name := fmt.Sprint(c.Kind, c.Rows, "/", c.Bins)
		x := made(c.Kind, c.Rows)
		var sorted tally
		codes := make([]uint8, len(x))
		m := fit(t, numbers(x), c.Bins)
		for how, col := range map[string]Column{"counted": m.Columns[0], "sorted": sorted.fitSorted(x, c.Bins, codes)} {
			if len(col.Edges) != len(c.Edges) || col.Bins != len(c.Edges)+1 {
				t.Errorf("%s %s: %d limits, want %d", name, how, len(col.Edges), len(c.Edges))
				continue
			}
			for i, e := range c.Edges {
				if col.Edges[i] != e {
					t.Errorf("%s %s: limit %d is %v, want %v", name, how, i, col.Edges[i], e)
				}
			}
		}
		if !slices.Equal(codes, m.Codes[0]) {
			t.Errorf("%s: sorting and counting give other codes", name)
		}
		missing := 0
		for _, b := range m.Codes[0] {
			if int(b) == m.Columns[0].Bins {
				missing++
			}
		}
		if missing != c.Missing {
			t.Errorf("%s: %d missing, want %d", name, missing, c.Missing)
		}
	}
}

// Bins are where comparing with their limits says, to the last bit.
func TestThresholdsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	next := math.Nextafter
	cols := map[string][]float64{
		"neighbours": {1, next(1, 2), next(next(1, 2), 2), next(1, 0), 1},
		"zeros":      {0, math.Copysign(0, -1), 5e-324, -5e-324, 0},
		"huge":       {math.MaxFloat64, -math.MaxFloat64, next(math.MaxFloat64, 0), 0, 1e308},
		"missing":    {math.NaN(), 1, math.NaN(), 2, 1},
		"all gone":   {math.NaN(), math.NaN(), math.NaN()},
		"one":        {3},
		"none":       {},
		"random":     make([]float64, 20_000),
		"skew":       make([]float64, 3000),
	}
	for i := range cols["random"] {
		cols["random"][i] = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(600)-300))
	}
	for i := range cols["skew"] {
		cols["skew"][i] = math.Floor(math.Exp(8 * rng.Float64()))
	}
	for name, x := range cols {
		for _, bins := range []int{2, 3, 16, 255} {
			m := fit(t, numbers(x), bins)
			c := &m.Columns[0]
			if c.Bins > bins || !slices.IsSorted(c.Edges) || len(slices.Compact(slices.Clone(c.Edges))) != len(c.Edges) {
				t.Fatalf("%s: %d bins of at most %d, limits %v", name, c.Bins, bins, c.Edges)
			}
			for i, v := range x {
				code := int(m.Codes[0][i])
				if math.IsNaN(v) {
					if code != c.Bins {
						t.Fatalf("%s: NaN in bin %d", name, code)
					}
					continue
				}
				for b := range c.Bins {
					if (v <= c.Threshold(b)) != (code <= b) {
						t.Fatalf("%s: %v in bin %d, but compares otherwise with limit %v of bin %d", name, v, code, c.Threshold(b), b)
					}
				}
			}
			again, err := m.Bin(context.Background(), numbers(x), 1)
			if err != nil || !slices.Equal(again.Codes[0], m.Codes[0]) {
				t.Fatalf("%s: binning again gives other codes (%v)", name, err)
			}
		}
	}
}

func TestLevels(t *testing.T) {
	m := fit(t, levels(4, 2, learn.NoLevel, 0, 2), 255)
	c := m.Columns[0]
	if want := []uint8{2, 4, 0, 2}; !slices.Equal(m.Codes[0], want) || c.Bins != 4 || c.Pooled || !c.Missing {
		t.Errorf("codes %v, want %v of 4 bins: %+v", m.Codes[0], want, c)
	}
	// Levels 1 and 3 are the commonest; 0, 2 and 4 share the last bin.
	m = fit(t, levels(5, 1, 1, 1, 3, 3, 0, 2, 4), 3)
	c = m.Columns[0]
	if want := []uint8{0, 0, 0, 1, 1, 2, 2, 2}; !slices.Equal(m.Codes[0], want) || c.Bins != 3 || !c.Pooled || c.Missing {
		t.Errorf("codes %v, want %v of 3 bins: %+v", m.Codes[0], want, c)
	}
	if got := c.Set(nil, func(b int) bool { return b == 2 }); !slices.Equal(got, []uint64{1<<0 | 1<<2 | 1<<4}) {
		t.Errorf("the levels of bin 2 are %b", got)
	}
	if got := fit(t, levels(70, 69), 255).Columns[0].Set([]uint64{7}, func(b int) bool { return b == 69 }); !slices.Equal(got, []uint64{7, 0, 1 << 5}) {
		t.Errorf("the set of level 69 is %b", got)
	}
	if m := fit(t, levels(0, -1, -1), 255); m.Columns[0].Bins != 0 || !m.Columns[0].Coded() {
		t.Errorf("a column without levels: %+v", m.Columns[0])
	}
}

func TestUnseen(t *testing.T) {
	m := fit(t, numbers([]float64{1, 2, 3}), 255)
	got, err := m.Bin(context.Background(), numbers([]float64{math.Inf(-1), -9, 1.5, 1.6, 99, math.Inf(1), math.NaN()}), 1)
	if want := []uint8{0, 0, 0, 1, 2, 2, 3}; err != nil || !slices.Equal(got.Codes[0], want) {
		t.Errorf("codes %v (%v), want %v", got.Codes[0], err, want)
	}
	if _, err := m.Bin(context.Background(), levels(2, 0), 1); err == nil {
		t.Error("levels were binned as numbers")
	}
	if _, err := m.Bin(context.Background(), numbers([]float64{1}, []float64{2}), 1); err == nil {
		t.Error("two columns were binned as one")
	}
}

func TestSettings(t *testing.T) {
	for _, bins := range []int{-1, 0, 1, 256} {
		if _, err := Fit(context.Background(), numbers([]float64{1, 2}), bins, 0); !errors.Is(err, learn.ErrSetting) {
			t.Errorf("%d bins: %v", bins, err)
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := Fit(ctx, numbers([]float64{1, 2}), 8, 0); !errors.Is(err, cause) {
		t.Errorf("a cancelled fit: %v", err)
	}
}

// Quantiles of a sample are near those of all rows, and workers change nothing.
func TestSampleAndWorkers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([]float64, sampleRows+77_777)
	for i := range x {
		x[i] = rng.Float64()
	}
	in := numbers(x, made("squares", len(x)), made("few", len(x)))
	m := fit(t, in, 100)
	for i, e := range m.Columns[0].Edges {
		if want := float64(i+1) / 100; math.Abs(e-want) > 0.006 {
			t.Errorf("quantile %v of uniform numbers is %v", want, e)
		}
	}
	for _, workers := range []int{1, 2, 3} {
		again, err := Fit(context.Background(), in, 100, workers)
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Errorf("%d workers make other bins (%v)", workers, err)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	wide := make([]float64, 125_973)
	for i := range wide {
		wide[i] = rng.NormFloat64()
	}
	for name, x := range map[string]*learn.Matrix{
		"few":  numbers(made("few", len(wide))),
		"many": numbers(wide),
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				fit(b, x, 255)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(x.Rows), "ns/row")
		})
	}
}
