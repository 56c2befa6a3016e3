package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// crossed returns the cross table of counts under numbers as labels.
func crossed(t testing.TB, counts [][]int64) *Crosstab {
	t.Helper()
	names := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = strconv.Itoa(i)
		}
		return out
	}
	c, err := NewCrosstab(names(len(counts)), names(len(counts[0])), counts)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func information(t testing.TB, counts [][]int64) Information {
	t.Helper()
	i, err := MutualInformation(crossed(t, counts), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestMutualInformation(t *testing.T) {
	i := information(t, [][]int64{{10, 20, 30}, {25, 5, 12}})
	// scipy 1.10.1: chi2_contingency(lambda_="log-likelihood"), entropy; the rest by
	// the formulas in numpy 1.24.2.
	check.Close(t, "G", i.Test.Statistic.Value, 21.055220688497265, 1e-13)
	check.Close(t, "p", i.Test.P, 2.678655851403126e-05, 1e-11)
	check.Close(t, "bits", i.Bits, 0.14890324741234173, 1e-12)
	check.Close(t, "corrected", i.Test.Estimate.Value, 0.13475917838401857, 1e-12)
	check.Close(t, "lower bound", i.Test.CI.Low, 0.014095680848417886, 1e-10)
	check.Close(t, "upper bound", i.Test.CI.High, 0.25542267591961926, 1e-11)
	check.Close(t, "entropy of the rows", i.RowEntropy, 0.9774178175281716, 1e-13)
	check.Close(t, "entropy of the columns", i.ColEntropy, 1.5538112037935556, 1e-13)
	check.Close(t, "U of the rows", i.UncertaintyRow, 0.15234349603827432, 1e-12)
	check.Close(t, "U of the columns", i.UncertaintyCol, 0.09583097808073568, 1e-12)
	check.Close(t, "normalised", i.Test.Effect.Value, 0.10768067219248545, 1e-12)
}

func TestMutualInformationOfExtremes(t *testing.T) {
	same := information(t, [][]int64{{50, 0}, {0, 50}})
	if same.Bits != 1 || same.Test.Estimate.Value != 1 || same.Test.Effect.Value != 1 || same.UncertaintyRow != 1 || same.UncertaintyCol != 1 {
		t.Errorf("labels that tell each other: %+v", same)
	}
	none := information(t, [][]int64{{10, 20}, {30, 60}})
	if none.Bits != 0 || none.Test.Estimate.Value != 0 || none.Test.Effect.Value != 0 || none.Test.P != 1 {
		t.Errorf("independent labels: %+v", none)
	}
	// Eight rows with labels of their own tell nothing that chance would not.
	apart := make([][]int64, 8)
	for i := range apart {
		apart[i] = make([]int64, 8)
		apart[i][i] = 1
	}
	if i := information(t, apart); i.Bits != 3 || i.Test.Effect.Value != 0 || len(i.Test.Warnings) != 1 || !errors.Is(i.Test.Warnings[0], ErrSparse) {
		t.Errorf("as many labels as rows: %+v", i)
	}
	for name, c := range map[string]struct {
		counts [][]int64
		want   error
	}{"one row": {[][]int64{{3, 4}}, ErrConstant}, "one column": {[][]int64{{3}, {4}}, ErrConstant}, "nothing": {[][]int64{{0}}, ErrTooFew}} {
		if _, err := MutualInformation(crossed(t, c.counts), 0.95); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := MutualInformation(crossed(t, [][]int64{{3, 4}, {4, 3}}), 0); err == nil {
		t.Error("a level of 0 is no error")
	}
}

// Turning the table swaps the sides, and the bounds enclose the estimate; for large
// samples of dependent labels the interval covers the truth about as often as it
// says.
func TestMutualInformationInterval(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	shares := [][]float64{{0.3, 0.1, 0.05}, {0.05, 0.1, 0.4}}
	truth := 0.0
	for _, row := range shares {
		for j, p := range row {
			truth += p * math.Log2(p/((row[0]+row[1]+row[2])*(shares[0][j]+shares[1][j])))
		}
	}
	covered := 0
	const rounds = 400
	for range rounds {
		counts := [][]int64{make([]int64, 3), make([]int64, 3)}
		turned := [][]int64{make([]int64, 2), make([]int64, 2), make([]int64, 2)}
		for range 500 {
			u, cell := r.Float64(), 0
			for u -= shares[0][0]; u > 0 && cell < 5; u -= shares[cell/3][cell%3] {
				cell++
			}
			counts[cell/3][cell%3]++
			turned[cell%3][cell/3]++
		}
		i, other := information(t, counts), information(t, turned)
		ci, e := i.Test.CI, i.Test.Estimate.Value
		if !(ci.Low <= e && e <= ci.High) || ci.Low < 0 || ci.High > min(i.RowEntropy, i.ColEntropy)*(1+1e-15) {
			t.Errorf("interval %+v of %v", ci, e)
		}
		check.Close(t, "turned", other.Test.Estimate.Value, e, 1e-9)
		check.Close(t, "turned U", other.UncertaintyRow, i.UncertaintyCol, 1e-9)
		if ci.Low <= truth && truth <= ci.High {
			covered++
		}
	}
	if covered < rounds*92/100 || covered > rounds*98/100 {
		t.Errorf("95 %% intervals cover the truth %d times of %d", covered, rounds)
	}
}

// TestMutualInformationReference compares with SciPy's and scikit-learn's.
func TestMutualInformationReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "cramers") {
		table, names := e.table(t), e.names("cols")
		for i, a := range names {
			for _, b := range names[i+1:] {
				got, err := MutualInformation(table.crosstab(t, a, b), 0.95)
				if err != nil {
					t.Fatal(err)
				}
				want := make(map[string]float64)
				flattenRef(want, "", e.Expected)
				path := "/" + a + "|" + b
				for name, x := range map[string]float64{
					"/mutual_information_nats": got.Bits * math.Ln2, "/theil_u_first_given_second": got.UncertaintyRow,
					"/theil_u_second_given_first": got.UncertaintyCol, "/n": float64(got.Test.N[0]), "/df": got.Test.DF[0],
				} {
					tol := e.tolerance(path + name)
					if !agreement.near(e.file, e.ID+path+name, x, want[path+name], tol.Rtol, tol.Atol) {
						t.Errorf("%s: %s = %v, want %v", e.ID, path+name, x, want[path+name])
					}
					compared++
				}
			}
		}
	}
	t.Logf("compared %d values", compared)
}

func TestQuantileBins(t *testing.T) {
	upTo := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i + 1)
		}
		return x
	}
	for _, c := range []struct {
		name string
		x    []float64
		most int
		want []float64
	}{
		{"empty", nil, 4, nil},
		{"no bins", upTo(3), 0, nil},
		{"few values", []float64{3, 1, 3, 2}, 4, []float64{1, 2, 3}},
		{"even", upTo(20), 4, []float64{5, 10, 15, 20}},
		{"one bin", upTo(20), 1, []float64{20}},
		{"a pile of zeros", append(make([]float64, 30), upTo(10)...), 4, []float64{0, 10}},
		{"a pile at the end", append(slices.Repeat([]float64{99}, 20), upTo(20)...), 4, []float64{10, 20, 99}},
	} {
		if got := QuantileBins(tallyOf(t, c.x), c.most); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// There are never more bins than asked for, and the last holds the largest value.
func TestQuantileBinsCount(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 200 {
		x := make([]float64, 1+r.IntN(300))
		for i := range x {
			x[i] = math.Floor(math.Exp(r.NormFloat64()*3) * float64(1+r.IntN(3)))
		}
		most := 1 + r.IntN(25)
		got := QuantileBins(tallyOf(t, x), most)
		if len(got) > most || !slices.IsSorted(got) || got[len(got)-1] != slices.Max(x) {
			t.Errorf("%d bins of %v: %v", most, x, got)
		}
	}
}
