package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/stats"
)

// wideColumns writes columns of numbers of different sorts, some cells of them
// missing.
func wideColumns(rng *rand.Rand, rows int) []byte {
	sorts := []func() string{
		func() string { return fmt.Sprint(rng.Float64()) },
		func() string { return fmt.Sprint(rng.NormFloat64() * 1e6) },
		func() string { return fmt.Sprint(rng.IntN(10)) },
		func() string { return []string{"0", "0", "0", fmt.Sprintf("%.6f", rng.Float64())}[rng.IntN(4)] },
		func() string { return fmt.Sprint(1e9 + rng.Float64()) },
		func() string { return fmt.Sprint(math.Float64frombits(rng.Uint64()&^(1<<62) | 1<<54)) },
		func() string { return []string{"-0", "0", "-1e-300", "1e-300"}[rng.IntN(4)] },
		func() string { return "7.25" },
		func() string { return "" },
	}
	var b bytes.Buffer
	b.WriteString("unit,normal,digit,inflated,offset,any,signs,constant,empty\n")
	for range rows {
		for i, cell := range sorts {
			if i > 0 {
				b.WriteByte(',')
			}
			if rng.IntN(20) > 0 {
				b.WriteString(cell())
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

var probabilities = []float64{0, 0.01, 0.05, 0.25, 0.5, 0.5, 0.75, 0.95, 0.999, 1, -0.1, 1.1, math.NaN()}

// TestScanWide holds the search in passes to sorting the whole column.
func TestScanWide(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, rows := range []int{1, 2, 3, 50, 3000} {
		text := wideColumns(rng, rows)
		f, err := openMemory(text, Options{Jobs: 3})
		if err != nil {
			t.Fatal(err)
		}
		f.chunk = 5000
		table := load(t, f)
		columns := []int{8, 0, 1, 2, 3, 4, 5, 6, 7}
		for name, src := range map[string]Source{"file": f, "table": table} {
			for _, keep := range []int64{0, 10, 1000, keptNumbers} {
				wide, err := scanWide(context.Background(), src, columns, probabilities, keep)
				if err != nil {
					t.Fatal(err)
				}
				for i, column := range columns {
					x, err := table.Floats(column)
					if err != nil {
						t.Fatal(err)
					}
					checkWide(t, fmt.Sprintf("%s, %d rows, keeping %d, column %d", name, rows, keep, column), &wide[i], x)
				}
			}
		}
	}
}

// checkWide holds the description of a column to its numbers.
func checkWide(t *testing.T, where string, got *WideColumn, x []float64) {
	t.Helper()
	numbers := numbersOf(slices.Clone(x))
	if missing := int64(len(x) - len(numbers)); got.Missing != missing || got.Moments.N != int64(len(numbers)) {
		t.Fatalf("%s: %d numbers and %d missing, want %d and %d", where, got.Moments.N, got.Missing, len(numbers), missing)
	}
	moments, err := stats.MomentsOf(numbers)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(numbers)
	want := stats.Quantiles(numbers, probabilities...)
	for i := range want {
		if math.Float64bits(got.Quantiles[i]) != math.Float64bits(want[i]) && !math.IsNaN(got.Quantiles[i]+want[i]) {
			t.Fatalf("%s: quantile %v is %v, want %v", where, probabilities[i], got.Quantiles[i], want[i])
		}
	}
	for name, pair := range map[string][2]float64{
		"mean":     {got.Moments.Mean, moments.Mean},
		"sd":       {got.Moments.SD(), moments.SD()},
		"skewness": {got.Moments.Skewness(), moments.Skewness()},
		"kurtosis": {got.Moments.Kurtosis(), moments.Kurtosis()},
	} {
		// Means of a billion have an error of 1e-7, which merging moments cannot make good.
		if math.Abs(pair[0]-pair[1]) > 1e-6*math.Max(1, math.Abs(pair[1])) {
			t.Fatalf("%s: %s is %v, want %v", where, name, pair[0], pair[1])
		}
	}
	if got.Moments.Min != moments.Min || got.Moments.Max != moments.Max {
		t.Fatalf("%s: range %v to %v, want %v to %v", where, got.Moments.Min, got.Moments.Max, moments.Min, moments.Max)
	}
}

// TestScanWideIsRepeatable: the moments do not depend on the number of workers.
func TestScanWideIsRepeatable(t *testing.T) {
	text := wideColumns(rand.New(rand.NewPCG(8, 8)), 5000)
	var first []WideColumn
	for _, jobs := range []int{1, 2, 3, 7} {
		f, err := openMemory(text, Options{Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		f.chunk = 3000
		wide, err := ScanWide(context.Background(), f, []int{0, 1, 4}, []float64{0.5})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = wide
		}
		for i := range wide {
			if wide[i].Moments != first[i].Moments {
				t.Errorf("%d jobs: %+v, want %+v", jobs, wide[i].Moments, first[i].Moments)
			}
		}
	}
}

func TestScanWideErrors(t *testing.T) {
	f := openText(t, "t.csv", "a,b\n1,x\n2,y\n", Options{})
	if _, err := ExactQuantiles(context.Background(), f, []int{1}, nil); err == nil || !strings.Contains(err.Error(), `column "b" holds category cells`) {
		t.Errorf("a column of words: %v", err)
	}
	if _, err := ExactQuantiles(context.Background(), f, []int{2}, nil); err == nil {
		t.Error("a column that does not exist")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ExactQuantiles(ctx, f, []int{0}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	q, err := ExactQuantiles(context.Background(), f, []int{0}, []float64{0.5, 1})
	if err != nil || !slices.Equal(q[0], []float64{1.5, 2}) {
		t.Errorf("%v, %v", q, err)
	}
}

// TestBudget: with a tiny budget the columns with many different numbers are
// given up, the same whatever the number of workers, and the others stay exact.
func TestBudget(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	const rows = 150_000
	var b bytes.Buffer
	b.WriteString("few,near,over,many,word\n")
	for i := range rows {
		// 1000 different numbers, as many as a share, one more, and any.
		fmt.Fprintf(&b, "%d,%d,%d,%.9f,g%d\n", i%1000, 100_000+i%5000, 100_000+i%5001, rng.Float64(), i%2)
	}
	for _, by := range []int{-1, 4} {
		for _, jobs := range []int{1, 2, 3, 7} {
			f, err := openMemory(b.Bytes(), Options{Jobs: jobs})
			if err != nil {
				t.Fatal(err)
			}
			c := Counts{By: by, Budget: 4 * 5000}
			if by >= 0 {
				c.Budget = 4 * 10_000 // 5001 is odd: each of the numbers is in both groups
			}
			if err := f.Scan(context.Background(), &c); err != nil {
				t.Fatal(err)
			}
			if got := c.Overflowed(); !slices.Equal(got, []int{2, 3}) {
				t.Fatalf("by %d, %d jobs: columns %d overflow, want 2 and 3", by, jobs, got)
			}
			if _, err := c.Tally(3, 0); !errors.Is(err, ErrOverflow) || !strings.Contains(err.Error(), `column "many"`) {
				t.Errorf("by %d, %d jobs: %v", by, jobs, err)
			}
			tally, err := c.Tally(1, 0)
			if err != nil || by < 0 && (tally.Len() != 5000 || tally.Total() != rows) || by >= 0 && tally.Len() != 2500 {
				t.Errorf("by %d, %d jobs: %d numbers of %d, %v", by, jobs, tally.Len(), tally.Total(), err)
			}
			if tally, err := c.Tally(0, 0); err != nil || by < 0 && tally.Len() != 1000 {
				t.Errorf("by %d, %d jobs: %d numbers, %v", by, jobs, tally.Len(), err)
			}
		}
	}
}
