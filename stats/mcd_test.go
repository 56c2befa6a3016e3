package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// byRows returns the columns of a table of k columns that is listed row by row.
func byRows(k int, values ...float64) [][]float64 {
	cols := make([][]float64, k)
	for i, v := range values {
		cols[i%k] = append(cols[i%k], v)
	}
	return cols
}

func fastMCD(t testing.TB, cols [][]float64, o MCDOptions) MCD {
	t.Helper()
	m, err := FastMCD(context.Background(), cols, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The explanatory variables of the artificial data of D. M. Hawkins, D. Bradu and
// G. V. Kass (1984), Technometrics 26, 197–208: the first 14 rows are outliers, ten
// of which Mahalanobis distances do not show.
var hawkinsBraduKass = byRows(3,
	10.1, 19.6, 28.3, 9.5, 20.5, 28.9, 10.7, 20.2, 31.0, 9.9, 21.5, 31.7, 10.3, 21.1, 31.1,
	10.8, 20.4, 29.2, 10.5, 20.9, 29.1, 9.9, 19.6, 28.8, 9.7, 20.7, 31.0, 9.3, 19.7, 30.3,
	11.0, 24.0, 35.0, 12.0, 23.0, 37.0, 12.0, 26.0, 34.0, 11.0, 34.0, 34.0, 3.4, 2.9, 2.1,
	3.1, 2.2, 0.3, 0.0, 1.6, 0.2, 2.3, 1.6, 2.0, 0.8, 2.9, 1.6, 3.1, 3.4, 2.2,
	2.6, 2.2, 1.9, 0.4, 3.2, 1.9, 2.0, 2.3, 0.8, 1.3, 2.3, 0.5, 1.0, 0.0, 0.4,
	0.9, 3.3, 2.5, 3.3, 2.5, 2.9, 1.8, 0.8, 2.0, 1.2, 0.9, 0.8, 1.2, 0.7, 3.4,
	3.1, 1.4, 1.0, 0.5, 2.4, 0.3, 1.5, 3.1, 1.5, 0.4, 0.0, 0.7, 3.1, 2.4, 3.0,
	1.1, 2.2, 2.7, 0.1, 3.0, 2.6, 1.5, 1.2, 0.2, 2.1, 0.0, 1.2, 0.5, 2.0, 1.2,
	3.4, 1.6, 2.9, 0.3, 1.0, 2.7, 0.1, 3.3, 0.9, 1.8, 0.5, 3.2, 1.9, 0.1, 0.6,
	1.8, 0.5, 3.0, 3.0, 0.1, 0.8, 3.1, 1.6, 3.0, 3.1, 2.5, 1.9, 2.1, 2.8, 2.9,
	2.3, 1.5, 0.4, 3.3, 0.6, 1.2, 0.3, 0.4, 3.3, 1.1, 3.0, 0.3, 0.5, 2.4, 0.9,
	1.8, 3.2, 0.9, 1.8, 0.7, 0.7, 2.4, 3.4, 1.5, 1.6, 2.1, 3.0, 0.3, 1.5, 3.3,
	0.4, 3.4, 3.0, 0.9, 0.1, 0.3, 1.1, 2.7, 0.2, 2.8, 3.0, 2.9, 2.0, 0.7, 2.7,
	0.2, 1.8, 0.8, 1.6, 2.0, 1.2, 0.1, 0.0, 1.1, 2.0, 0.6, 0.3, 1.0, 2.2, 2.9,
	2.2, 2.5, 2.3, 0.6, 2.0, 1.5, 0.3, 1.7, 2.2, 0.0, 2.2, 1.6, 0.3, 0.4, 2.6)

// R's rrcov lists log determinants, outliers and centres of these data in its tests
// of covMcd and CovMcd. The data are in P. J. Rousseeuw and A. M. Leroy (1987), Robust
// Regression and Outlier Detection.
func TestFastMCDAgainstR(t *testing.T) {
	for _, c := range []struct {
		name     string
		cols     [][]float64
		h        int64
		logDet   float64
		outliers []int
		center   []float64
	}{
		{"hbk", hawkinsBraduKass, 39, -1.047858, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, []float64{1.537705, 1.780328, 1.686885}},
		{"stackloss", byRows(3, 80, 27, 89, 80, 27, 88, 75, 25, 90, 62, 24, 87, 62, 22, 87, 62, 23, 87, 62, 24, 93,
			62, 24, 93, 58, 23, 87, 58, 18, 80, 58, 18, 89, 58, 17, 88, 58, 18, 82, 58, 19, 93,
			50, 18, 89, 50, 18, 86, 50, 19, 72, 50, 19, 79, 50, 20, 80, 56, 20, 82, 70, 20, 91),
			12, 5.472581, []int{0, 1, 2, 14, 15, 16, 17, 18, 20}, []float64{59.5, 20.833333, 87.333333}},
		{"heart", byRows(2, 42.8, 40, 63.5, 93.5, 37.5, 35.5, 39.5, 30, 45.5, 52, 38.5, 17, 43, 38.5,
			22.5, 8.5, 37, 33, 23.5, 9.5, 33, 21, 58, 79), 7, 5.678742, nil, nil},
		{"phosphor", byRows(2, 0.4, 53, 0.4, 23, 3.1, 19, 0.6, 34, 4.7, 24, 1.7, 65, 9.4, 44, 10.1, 31, 11.6, 29,
			12.6, 58, 10.9, 37, 23.1, 46, 23.1, 50, 21.6, 44, 23.1, 56, 1.9, 36, 26.8, 58, 29.9, 51), 10, 6.878847, nil, nil},
	} {
		m := fastMCD(t, c.cols, MCDOptions{})
		check.Close(t, c.name+": log determinant", m.LogDet, c.logDet, 1e-6)
		if m.Subset != c.h {
			t.Errorf("%s: h = %d, want %d", c.name, m.Subset, c.h)
		}
		if c.outliers != nil && !slices.Equal(m.Outliers(), c.outliers) {
			t.Errorf("%s: outliers %v, want %v", c.name, m.Outliers(), c.outliers)
		}
		for i, want := range c.center {
			check.Close(t, fmt.Sprintf("%s: centre %d", c.name, i), m.Center[i], want, 1e-6)
		}
	}
}

// contaminated returns n rows of k correlated normal columns of which the first
// share are moved away together, and the covariance of the rows before that.
func contaminated(n, k int, share float64) (cols [][]float64, clean Comoments) {
	rng := rand.New(rand.NewPCG(uint64(n), uint64(k)))
	cols = make([][]float64, k)
	for range n {
		common := rng.NormFloat64()
		for c := range cols {
			cols[c] = append(cols[c], common+float64(c+1)*rng.NormFloat64())
		}
	}
	clean, _ = ComomentsOf(context.Background(), cols, 1)
	for row := range int(share * float64(n)) {
		for c := range cols {
			cols[c][row] += 12 * float64(c+1)
		}
	}
	return cols, clean
}

// With two rows in five moved away the estimate must still be that of the others,
// whether the rows are searched directly or in groups; the mean of all is lost.
func TestFastMCDStandsContamination(t *testing.T) {
	for _, n := range []int{200, 650, 3000} {
		const k = 4
		cols, clean := contaminated(n, k, 0.4)
		m := fastMCD(t, cols, MCDOptions{Starts: 100, Workers: 2})
		moved := int(0.4 * float64(n))
		for row, d2 := range m.Squared[:moved] {
			if d2 < 3*m.Cutoff {
				t.Fatalf("%d rows: row %d, which was moved, has d² = %v", n, row, d2)
			}
		}
		if flagged := len(m.Outliers()) - moved; flagged > n/20 {
			t.Errorf("%d rows: %d others are flagged", n, flagged)
		}
		for i := range k {
			sd := math.Sqrt(clean.Covariance(i, i))
			if math.Abs(m.Center[i]-clean.Mean(i)) > 5*sd/math.Sqrt(float64(n)) {
				t.Errorf("%d rows: centre %d is %v, want about %v", n, i, m.Center[i], clean.Mean(i))
			}
			if ratio := m.Covariance[i][i] / (sd * sd); ratio < 0.6 || ratio > 1.25 {
				t.Errorf("%d rows: variance %d is %v times that of the clean rows", n, i, ratio)
			}
		}
		classical := mahalanobis(t, cols, 1)
		if len(classical.Outliers()) > moved/2 {
			t.Errorf("%d rows: plain distances show %d of %d: the example is too easy", n, len(classical.Outliers()), moved)
		}
	}
}

// Any invertible linear map of the columns must map the estimate alike and leave
// the distances.
func TestFastMCDIsAffineEquivariant(t *testing.T) {
	cols, _ := contaminated(150, 3, 0.2)
	mapped := make([][]float64, 3)
	transform := [3][3]float64{{1e3, 0, 0}, {-500, 1e3, 20}, {3, 0, 0.5}}
	shift := [3]float64{0, 1e5, -7}
	for c, row := range transform {
		for r := range cols[0] {
			mapped[c] = append(mapped[c], shift[c]+row[0]*cols[0][r]+row[1]*cols[1][r]+row[2]*cols[2][r])
		}
	}
	a, b := fastMCD(t, cols, MCDOptions{}), fastMCD(t, mapped, MCDOptions{})
	for row, d2 := range a.Squared {
		if !check.Near(b.Squared[row], d2, 1e-8, 1e-8) {
			t.Fatalf("row %d: %v after a linear map, %v before", row, b.Squared[row], d2)
		}
	}
	for i, row := range transform {
		center := shift[i]
		for j, f := range row {
			center += f * a.Center[j]
		}
		check.Close(t, fmt.Sprintf("centre %d", i), b.Center[i], center, 1e-10)
		for j, other := range transform {
			want := 0.0
			for u, f := range row {
				for v, g := range other {
					want += f * g * a.Covariance[u][v]
				}
			}
			check.Close(t, fmt.Sprintf("covariance %d, %d", i, j), b.Covariance[i][j], want, 1e-8)
		}
	}
	check.Close(t, "log determinant", b.LogDet, a.LogDet+2*math.Log(1e3*1e3*0.5), 1e-10)
}

// Of few rows all subsets can be tried: none may have a smaller determinant.
func TestFastMCDFindsTheMinimum(t *testing.T) {
	for trial := range 4 {
		rng := rand.New(rand.NewPCG(uint64(trial), 4))
		cols := make([][]float64, 2)
		for c := range cols {
			for range 13 {
				cols[c] = append(cols[c], math.Round(100*rng.NormFloat64()))
			}
		}
		m := fastMCD(t, cols, MCDOptions{})
		least, g := math.Inf(1), newGatherer(cols)
		for set := range 1 << 13 {
			var rows []int
			for row := range 13 {
				if set>>row&1 == 1 {
					rows = append(rows, row)
				}
			}
			if len(rows) != int(m.Subset) {
				continue
			}
			if f, err := g.fit(rows); err == nil {
				least = min(least, f.logDet)
			}
		}
		check.Close(t, fmt.Sprintf("trial %d: log determinant", trial), m.LogDet, least, 1e-12)
	}
}

// The raw estimate of normal rows must have determinant 1 in the mean, which is what
// both its factors are for.
func TestFastMCDCorrections(t *testing.T) {
	const n, k, trials = 40, 3, 60
	rng := rand.New(rand.NewPCG(12, 13))
	for _, trust := range []float64{0.5, 0.75} {
		mean := 0.0
		for range trials {
			cols := make([][]float64, k)
			for c := range cols {
				for range n {
					cols[c] = append(cols[c], rng.NormFloat64())
				}
			}
			m := fastMCD(t, cols, MCDOptions{Trust: trust, Starts: 50})
			factor := mcdConsistency(k, float64(m.Subset)/n) * rawCorrection(k, n, trust)
			mean += factor * math.Exp(m.LogDet/k) / trials
		}
		if mean < 0.93 || mean > 1.07 {
			t.Errorf("trust %v: the mean of the determinant's root is %v, want 1", trust, mean)
		}
	}
	// In the plane both distributions have closed forms.
	for _, share := range []float64{0.5, 0.8, 0.975} {
		want := share / (share + (1-share)*math.Log(1-share))
		check.Close(t, fmt.Sprintf("consistency at %v", share), mcdConsistency(2, share), want, 1e-12)
	}
	for k := range 12 {
		for _, curves := range [][2]correctionCurve{rawCurves, finalCurves} {
			if far := smallSample(curves, k+1, 1e9, 0.6); math.Abs(far-1) > 1e-4 {
				t.Errorf("%d columns: correction %v of a billion rows", k+1, far)
			}
			check.Close(t, "correction of all rows", smallSample(curves, k+1, 30, 1), 1, 1e-14)
			if few := smallSample(curves, k+1, mcdRows*(k+1), 0.5); few < 1 || few > 2.1 {
				t.Errorf("%d columns: correction %v of the fewest rows", k+1, few)
			}
		}
	}
}

// Trusting all rows gives the plain mean and covariance.
func TestFastMCDOfAllRows(t *testing.T) {
	cols, clean := contaminated(80, 3, 0)
	m := fastMCD(t, cols, MCDOptions{Trust: 1, Starts: 3})
	for i := range cols {
		check.Close(t, "raw centre", m.RawCenter[i], clean.Mean(i), 1e-12)
		for j := range cols {
			check.Close(t, "raw covariance", m.RawCovariance[i][j], clean.Covariance(i, j), 1e-11)
		}
	}
	if m.Subset != 80 {
		t.Errorf("h = %d, want all 80 rows", m.Subset)
	}
}

// The result depends on the data and the seed, not on goroutines, and rows with
// missing values have no part in it.
func TestFastMCDIsDeterministic(t *testing.T) {
	for _, n := range []int{100, 1000} {
		cols, _ := contaminated(n, 3, 0.3)
		o := MCDOptions{Starts: 40, Seed: 5, Workers: 1}
		want := fastMCD(t, cols, o)
		holed := make([][]float64, len(cols))
		for c := range cols {
			holed[c] = slices.Insert(slices.Clone(cols[c]), 7, 3)
		}
		holed[1][7] = math.NaN()
		got := fastMCD(t, holed, o)
		if !math.IsNaN(got.Squared[7]) || !slices.Equal(slices.Delete(got.Squared, 7, 8), want.Squared) || got.N != int64(n) {
			t.Errorf("%d rows: a row with a missing value makes a difference", n)
		}
		o.Workers = 3
		if got := fastMCD(t, cols, o); !slices.Equal(got.Squared, want.Squared) {
			t.Errorf("%d rows: distances depend on the number of workers", n)
		}
	}
}

// Of a column that is zero in nearly half of the rows, the inner half is constant in
// many groups of 300, but not in all rows together. That must not end the search.
func TestFastMCDSearchOfZeroInflatedColumn(t *testing.T) {
	cols, _ := contaminated(4000, 2, 0)
	for row := range cols[1] {
		cols[1][row] += 200
		if row%100 < 49 {
			cols[1][row] = 0
		}
	}
	o, err := MCDOptions{Starts: 60}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	f, err := searchMCD(context.Background(), cols, mcdSubset(0.5, 4000, 2), o)
	if err != nil || !(f.sd[1] > 0) {
		t.Errorf("fit %+v, error %v", f, err)
	}
}

func TestSmallest(t *testing.T) {
	x := []float64{5, 1, 3, 3, 9, 3, 0}
	for h, want := range map[int][]int{1: {6}, 3: {1, 2, 6}, 4: {1, 2, 3, 6}, 7: {0, 1, 2, 3, 4, 5, 6}} {
		if got := smallest(x, h); !slices.Equal(got, want) {
			t.Errorf("%d smallest at %v, want %v", h, got, want)
		}
	}
}

func TestFastMCDRefusals(t *testing.T) {
	good, _ := contaminated(40, 2, 0)
	column := func(f func(row int) float64) []float64 {
		x := make([]float64, 40)
		for row := range x {
			x[row] = f(row)
		}
		return x
	}
	mostlyZero := column(func(row int) float64 { return float64(max(0, row-30)) })
	mostlyDependent := column(func(row int) float64 { return good[0][row] + 100*mostlyZero[row] })
	for _, c := range []struct {
		name string
		cols [][]float64
		want error
	}{
		{"no column", nil, ErrTooFew},
		{"no row", [][]float64{{}, {}}, ErrTooFew},
		{"nine rows of two columns", [][]float64{good[0][:9], good[1][:9]}, ErrTooFew},
		{"ragged", [][]float64{good[0], good[1][:9]}, ErrLengths},
		{"infinity", [][]float64{good[0], column(func(row int) float64 { return 1 / float64(row) })}, ErrNotFinite},
		{"constant column", [][]float64{good[0], make([]float64, 40)}, ErrConstant},
		{"dependent column", [][]float64{good[0], good[0]}, ErrSingular},
		{"mostly zero", [][]float64{good[0], mostlyZero}, ErrConstant},
		{"mostly dependent", [][]float64{good[0], mostlyDependent}, ErrSingular},
	} {
		if _, err := FastMCD(context.Background(), c.cols, MCDOptions{}); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
	for _, o := range []MCDOptions{{Trust: 0.3}, {Trust: 1.1}, {Trust: math.NaN()}, {Starts: -1}, {Level: 1}, {Level: -1}} {
		if _, err := FastMCD(context.Background(), good, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FastMCD(ctx, good, MCDOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancelling: error %v", err)
	}
}

func ExampleFastMCD() {
	// Duration and bytes of connections; two of the twelve follow no rule.
	cols := [][]float64{
		{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4, 8},
		{11, 19, 32, 41, 48, 61, 72, 79, 88, 102, 95, 12},
	}
	m, err := FastMCD(context.Background(), cols, MCDOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("outliers:", m.Outliers())
	// Output: outliers: [10 11]
}

func BenchmarkFastMCD(b *testing.B) {
	cols := benchmarkColumns(20, 125_973)
	for b.Loop() {
		if _, err := FastMCD(context.Background(), cols, MCDOptions{Workers: 2}); err != nil {
			b.Fatal(err)
		}
	}
}
