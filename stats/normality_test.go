package stats

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// termValue returns a value of a term of a result by name.
func termValue(t *testing.T, r Result, term, value string) float64 {
	t.Helper()
	for _, row := range r.Terms {
		for _, v := range row.Values {
			if row.Name == term && v.Name == value {
				return v.Value
			}
		}
	}
	t.Fatalf("%s: no value %q in term %q", r.Method, value, term)
	return math.NaN()
}

// normalityNumbers computes all that the reference says of a sample.
func normalityNumbers(t *testing.T, tally Tally) map[string]float64 {
	t.Helper()
	jb, err1 := JarqueBera(tally)
	k2, err2 := DAgostinoK2(tally)
	ad, err3 := AndersonDarling(tally)
	lf, err4 := Lilliefors(tally)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{
		"/n":              float64(jb.N[0]),
		"/jarque_bera/JB": jb.Statistic.Value, "/jarque_bera/df": jb.DF[0],
		"/jarque_bera/p": jb.P, "/jarque_bera/log10p": jb.Log10P,
		"/dagostino/K2": k2.Statistic.Value, "/dagostino/p": k2.P, "/dagostino/log10p": k2.Log10P,
		"/dagostino/z_skew":              termValue(t, k2, "skewness", "statistic"),
		"/dagostino/p_skew":              termValue(t, k2, "skewness", "p"),
		"/dagostino/z_kurt":              termValue(t, k2, "kurtosis", "statistic"),
		"/dagostino/p_kurt":              termValue(t, k2, "kurtosis", "p"),
		"/anderson_darling/A2":           ad.Statistic.Value,
		"/anderson_darling/A2_star":      termValue(t, ad, "corrected for n", "statistic"),
		"/anderson_darling/p":            ad.P,
		"/lilliefors/D":                  lf.Statistic.Value,
		"/lilliefors/p_dallal_wilkinson": lf.P,
	}
	sw, err := ShapiroWilk(tally)
	switch {
	case err == nil:
		got["/shapiro/W"], got["/shapiro/p"] = sw.Statistic.Value, sw.P
	case !errors.Is(err, ErrTooMany):
		t.Fatal(err)
	}
	return got
}

func TestNormalityReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "normality.json", "normality") {
		x, _ := tables.sample(t, e)
		got := normalityNumbers(t, tallyOf(t, x))
		compared += e.compare(t, got)
		// The stated absolute tolerance lets any p below 1e-12 pass; here the
		// relative one must hold alone.
		want := map[string]float64{}
		flattenRef(want, "", e.Expected)
		for path, w := range want {
			if strings.Contains(path, "/p") && w > 0 {
				check.Close(t, e.ID+path, got[path], w, 1e-9)
			}
		}
	}
	t.Logf("compared %d values", compared)
}

// Expected values: R 4.2.2 (tseries 0.10, nortest 1.0, fBasics formulas) and SciPy
// 1.10 with statsmodels 0.13, which agree to the digits given, and for
// Shapiro–Wilk AS R94 in double precision.
func TestNormalityInline(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float64
		want map[string]float64
	}{
		{"ten values", []float64{-0.416, -1.234, -0.306, -2.878, 0.209, -0.615, 0.488, -0.002, -0.078, -0.863}, map[string]float64{
			"/shapiro/W": 0.8591675157242741, "/shapiro/p": 0.07460243508414625,
			"/jarque_bera/JB": 4.281948815439028, "/jarque_bera/p": 0.11754025507125881,
			"/anderson_darling/A2": 0.556930968741927, "/anderson_darling/p": 0.11204295498885194,
			"/lilliefors/D": 0.1810365593236366, "/lilliefors/p_dallal_wilkinson": 0.4651461335462779,
		}},
		{"close to normal", []float64{
			45.9, 42.2, 40.7, 38.0, 47.8, 37.2, 28.8, 44.8, 62.9, 52.1, 39.7, 42.9, 56.4, 51.6, 46.7, 58.9, 52.4, 46.8,
			49.9, 52.4, 60.2, 41.3, 48.9, 47.6, 33.9,
		}, map[string]float64{
			"/shapiro/W": 0.9908851339831675, "/shapiro/p": 0.9975023046596738,
			"/jarque_bera/JB": 0.10207244689790522, "/jarque_bera/log10p": -0.022164750221061465,
			"/dagostino/K2": 0.02770576073978375, "/dagostino/p": 0.9862426292409868,
			"/dagostino/z_skew": -0.10696858270731478, "/dagostino/p_skew": 0.9148139040821657,
			"/dagostino/z_kurt": 0.12752836176071622, "/dagostino/p_kurt": 0.898522227000977,
			"/anderson_darling/A2_star": 0.12183306614829396, "/anderson_darling/p": 0.9881413095090935,
			"/lilliefors/D": 0.0881356485182131, "/lilliefors/p_dallal_wilkinson": 0.8850654515083041,
		}},
		{"skewed", []float64{
			0.471, 0.937, 0.349, 0.149, 0.323, 3.005, 0.116, 0.539, 0.131, 1.326, 0.181, 0.769, 3.246, 1.466, 1.421,
			0.068, 5.17, 1.767, 0.773, 1.916, 0.023, 0.24, 0.864, 0.836, 0.427, 0.221, 1.952, 2.66, 0.727, 1.664,
			11.297, 4.559, 3.056, 0.067, 0.29, 12.632, 2.007, 0.924, 0.373, 1.253, 6.865, 9.545, 4.763, 0.88, 1.015,
			4.83, 0.767, 1.688, 1.534, 4.371, 0.735, 1.063,
		}, map[string]float64{
			"/shapiro/W": 0.6900252831110113, "/shapiro/p": 3.4416683371622823e-09,
			"/jarque_bera/JB": 103.54411270560936, "/jarque_bera/log10p": -22.484318390807267,
			"/dagostino/K2": 40.09155079657906, "/dagostino/log10p": -8.705769640949102,
			"/anderson_darling/A2": 5.381379439221583, "/anderson_darling/p": 1.8067657784035262e-13,
			"/lilliefors/D": 0.2607951145637961, "/lilliefors/p_dallal_wilkinson": 1.5277297373923749e-09,
		}},
	} {
		got := normalityNumbers(t, tallyOf(t, c.x))
		for path, want := range c.want {
			check.Close(t, c.name+path, got[path], want, 1e-11)
		}
	}
}

// The approximations are made of pieces, each fitted by itself: where two meet
// they must agree to the digits that their authors kept.
func TestNormalityPiecesMeet(t *testing.T) {
	for _, a := range []float64{0.2, 0.34, 0.6} {
		below, _ := stephensLogP(math.Nextafter(a, 0))
		above, bound := stephensLogP(a)
		if math.Abs(math.Exp(below)-math.Exp(above)) > 0.005 || bound {
			t.Errorf("Anderson-Darling p at %v goes from %v to %v", a, math.Exp(below), math.Exp(above))
		}
	}
	if _, bound := stephensLogP(10); !bound {
		t.Error("the end of the Anderson-Darling approximation is not noted")
	}
	// Small and large distances, and so many values that p above 0.1 needs the last
	// polynomial.
	for _, c := range []struct{ d, n, low, high float64 }{
		{0.05, 20, 1, 1}, {0.9, 20, 0, 1e-9}, {0.000092, 1e8, 0.03, 0.2},
	} {
		if p := math.Exp(lillieforsLogP(c.d, c.n)); p < c.low || p > c.high {
			t.Errorf("Lilliefors p at D = %v, n = %v is %v", c.d, c.n, p)
		}
	}
}

// The weights in kilograms of eleven men, from S. S. Shapiro and M. B. Wilk
// (1965), Biometrika 52, 591–611, table 1; W = 0.79 there.
var shapiroWeightsOfMen = []float64{148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236}

func TestShapiroWilkOfPublishedSample(t *testing.T) {
	r, err := ShapiroWilk(tallyOf(t, shapiroWeightsOfMen))
	if err != nil {
		t.Fatal(err)
	}
	// SciPy documents W = 0.7888147 and p = 0.0067038 for these values.
	check.Close(t, "W", r.Statistic.Value, 0.7888147, 1e-6)
	check.Close(t, "p", r.P, 0.0067038, 1e-4)
}

// With three values p is exact and W has a closed form: for 0, 0, 1 it is 3/4,
// the smallest there is, and p is 0; for 0, 1, 2 it is 1.
func TestShapiroWilkOfThree(t *testing.T) {
	for _, c := range []struct {
		x    []float64
		w, p float64
	}{
		{[]float64{0, 0, 1}, 0.75, 0},
		{[]float64{0, 1, 2}, 1, 1},
		{[]float64{-5, 20, 45}, 1, 1},
	} {
		r, err := ShapiroWilk(tallyOf(t, c.x))
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, "W", r.Statistic.Value, c.w, 1e-14)
		if !check.Near(r.P, c.p, 0, 1e-7) {
			t.Errorf("%v: p = %v, want %v", c.x, r.P, c.p)
		}
	}
}

func TestNormalityRefusals(t *testing.T) {
	tests := map[string]func(Tally) (Result, error){
		"Jarque-Bera": JarqueBera, "D'Agostino": DAgostinoK2, "Anderson-Darling": AndersonDarling,
		"Lilliefors": Lilliefors, "Shapiro-Wilk": ShapiroWilk,
	}
	constant, err := TallyFromCounts([]float64{3}, []int64{50})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		for _, c := range []struct {
			why   string
			tally Tally
			want  error
		}{
			{"empty", Tally{}, ErrTooFew},
			{"two values", tallyOf(t, []float64{1, 2}), ErrTooFew},
			{"constant", constant, ErrConstant},
			{"NaN", Tally{Values: []float64{math.NaN()}, Counts: [][]int64{{9}}}, ErrNotFinite},
			{"ragged", Tally{Values: []float64{1, 2, 3}, Counts: [][]int64{{9}}}, ErrLengths},
		} {
			if _, err := test(c.tally); !errors.Is(err, c.want) {
				t.Errorf("%s of %s: error %v, want %v", name, c.why, err, c.want)
			}
		}
	}
	many, err := TallyFromCounts([]float64{1, 2, 3}, []int64{2000, 2000, 1001})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ShapiroWilk(many); !errors.Is(err, ErrTooMany) {
		t.Errorf("Shapiro-Wilk of 5001 values: error %v, want %v", err, ErrTooMany)
	}
}

// Location and scale are estimated, so no statistic may depend on them, even
// where the values have few digits left beside their mean.
func TestNormalityIgnoresLocationAndScale(t *testing.T) {
	moved := make([]float64, len(shapiroWeightsOfMen))
	for _, c := range []struct{ shift, scale float64 }{{1 << 40, 1}, {-3, 0.25}, {0, 0x1p-600}, {0, 0x1p900}} {
		for i, x := range shapiroWeightsOfMen {
			moved[i] = c.shift + c.scale*x
		}
		want := normalityNumbers(t, tallyOf(t, shapiroWeightsOfMen))
		for path, got := range normalityNumbers(t, tallyOf(t, moved)) {
			check.Close(t, fmt.Sprintf("%s after %v + %v x", path, c.shift, c.scale), got, want[path], 1e-11)
		}
	}
}

// Of 400 normal quantiles nothing may be rejected; of their exponentials
// everything must be.
func TestNormalityDecides(t *testing.T) {
	normal, lognormal := make([]float64, 400), make([]float64, 400)
	for i := range normal {
		normal[i] = NormalQuantile((float64(i) + 0.5) / 400)
		lognormal[i] = math.Exp(normal[i])
	}
	for _, test := range []func(Tally) (Result, error){JarqueBera, DAgostinoK2, AndersonDarling, Lilliefors, ShapiroWilk} {
		accepted, err1 := test(tallyOf(t, normal))
		rejected, err2 := test(tallyOf(t, lognormal))
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if accepted.P < 0.5 || rejected.P > 1e-9 {
			t.Errorf("%s: p = %v of normal and %v of lognormal values", accepted.Method, accepted.P, rejected.P)
		}
	}
}

func ExampleShapiroWilk() {
	weights := []float64{148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236}
	tally, err := TallyOf(weights)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := ShapiroWilk(tally)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: W = %.3f, p = %.4f\n", r.Method, r.Statistic.Value, r.P)
	// Output: Shapiro-Wilk (AS R94): W = 0.789, p = 0.0067
}
