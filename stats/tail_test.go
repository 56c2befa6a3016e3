package stats

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// The expected logarithms were computed with mpmath 1.3 to 60 digits: the normal
// tail from erfc, the others from the hypergeometric series 2F1, 1F1 and U, none
// of which the code under test uses.
func TestTailsAgainstHighPrecision(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"normal -8.5", LogNormalSF(-8.5), -9.4795348222033183991e-18},
		{"normal -1", LogNormalSF(-1), -0.17275377902344988953},
		{"normal 0", LogNormalSF(0), -0.69314718055994530942},
		{"normal 0.5", LogNormalSF(0.5), -1.1759117615936186089},
		{"normal 2", LogNormalSF(2), -3.7831843336820319488},
		{"normal 7.75", LogNormalSF(7.75), -33.013888722743087178},
		{"normal 8", LogNormalSF(8), -35.013437159914549896},
		{"normal 12", LogNormalSF(12), -75.410673001568795939},
		{"normal 38.5", LogNormalSF(38.5), -745.69527029041108133},
		{"normal 678", LogNormalSF(678), -229849.43808799654069},

		{"t 1e-6, 3", LogTSF(1e-6, 3), -0.69314791566540939493},
		{"t 0.5, 0.5", LogTSF(0.5, 0.5), -0.97111911875336934406},
		{"t 1.25, 1", LogTSF(1.25, 1), -1.5381563369234094421},
		{"t -2.5, 7", LogTSF(-2.5, 7), -0.020709069469520819201},
		{"t 4.25, 10.75", LogTSF(4.25, 10.75), -7.2381153024353685481},
		{"t 10, 100", LogTSF(10, 100), -37.544388414365012676},
		{"t 84.5, 25190", LogTSF(84.5, 25190), -3148.3918303414894768},
		{"t 700, 125971", LogTSF(700, 125971), -99973.997055120005247},
		{"t 2, 1e9", LogTSF(2, 1e9), -3.7831843277489931316},
		{"t 1e6, 2.5", LogTSF(1e6, 2.5), -34.868197939467949531},

		{"F 0.25, 2, 7", LogFSF(0.25, 2, 7), -0.24147505020433008016},
		{"F 200, 2, 100", LogFSF(200, 2, 100), -80.47189562170501873},
		{"F 9216, 1, 25190", LogFSF(9216, 1, 25190), -3931.5523019819890141},
		{"F 1.25, 1000, 1000", LogFSF(1.25, 1000, 1000), -8.4551605613558284174},
		{"F 14269.5, 3, 125967", LogFSF(14269.5, 3, 125967), -18420.828803023457814},
		{"F 3.5, 0.75, 2.25", LogFSF(3.5, 0.75, 2.25), -1.7209285338196912784},
		{"F 1e12, 1, 5", LogFSF(1e12, 1, 5), -66.134149373458662872},
		{"F lower 0.1875, 13448, 11742", LogFCDF(0.1875, 13448, 11742), -4097.801367814685882},
		{"F lower 0.015625, 4, 9", LogFCDF(0.015625, 4, 9), -7.4539065645113064235},
		{"F lower 30, 4, 9", LogFCDF(30, 4, 9), -0.000032454957972942917179},

		{"chi-square 0.125, 1", LogChiSquaredSF(0.125, 1), -0.32341480339361941803},
		{"chi-square 2, 3.5", LogChiSquaredSF(2, 3.5), -0.41506583841035395807},
		{"chi-square 64, 16", LogChiSquaredSF(64, 16), -16.028314458972235931},
		{"chi-square 43084.75, 130", LogChiSquaredSF(43084.75, 130), -21108.962483215466771},
		{"chi-square 460600, 2", LogChiSquaredSF(460600, 2), -230300},
		{"chi-square 900, 1000", LogChiSquaredSF(900, 1000), -0.010775081338570532947},
		{"chi-square lower 0.0009765625, 6", LogChiSquaredCDF(0.0009765625, 6), -24.665982634173280587},
		{"chi-square lower 2, 3.5", LogChiSquaredCDF(2, 3.5), -1.0796830025697242959},
		{"chi-square lower 75, 16", LogChiSquaredCDF(75, 16), -1.3075323834082349599e-9},
		{"chi-square lower 500, 1000", LogChiSquaredCDF(500, 1000), -99.910797727506725185},
	} {
		check.Close(t, c.name, c.got, c.want, 1e-13)
	}
}

// Expected values: roots of the same 60-digit distribution functions, at the
// float64 nearest to p.
func TestQuantilesAgainstHighPrecision(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"normal 0.5", NormalQuantile(0.5), 0},
		{"normal 0.75", NormalQuantile(0.75), 0.6744897501960817432},
		{"normal 0.975", NormalQuantile(0.975), 1.9599639845400538556},
		{"normal 0.9999", NormalQuantile(0.9999), 3.7190164854557083867},
		{"normal 1e-10", NormalQuantile(1e-10), -6.3613409024040561991},
		{"normal 1e-300", NormalQuantile(1e-300), -37.047096299361199237},

		{"t 0.5, 3", TQuantile(0.5, 3), 0},
		{"t 0.975, 1", TQuantile(0.975, 1), 12.706204736174693314},
		{"t 0.975, 10", TQuantile(0.975, 10), 2.2281388519862742245},
		{"t 0.995, 25190", TQuantile(0.995, 25190), 2.5760244960198306558},
		{"t 0.6, 2.5", TQuantile(0.6, 2.5), 0.28145951274854759175},
		{"t 0.125, 4", TQuantile(0.125, 4), -1.3443975555090914243},
		{"t 1e-12, 30", TQuantile(1e-12, 30), -11.39721752331141119},
		{"t 0.500001, 7", TQuantile(0.500001, 7), 2.5974602757236802178e-6},

		{"chi-square 0.999, 7", ChiSquaredQuantile(0.999, 7), 24.321886347856853164},
		{"chi-square 0.95, 1", ChiSquaredQuantile(0.95, 1), 3.8414588206941244691},
		{"chi-square 0.5, 3.25", ChiSquaredQuantile(0.5, 3.25), 2.6130483222841433067},
		{"chi-square 0.001, 12", ChiSquaredQuantile(0.001, 12), 2.2142093205112787071},
		{"chi-square 1e-9, 0.5", ChiSquaredQuantile(1e-9, 0.5), 1.3499395786223463605e-36},
		{"chi-square 0.99, 1000", ChiSquaredQuantile(0.99, 1000), 1106.9689943522173389},
	} {
		check.Close(t, c.name, c.got, c.want, 2e-14)
	}
}

func TestTailsOutOfRange(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"normal NaN", LogNormalSF(nan), nan},
		{"normal Inf", LogNormalSF(inf), -inf},
		{"normal -Inf", LogNormalSF(-inf), 0},
		{"t NaN", LogTSF(nan, 3), nan},
		{"t df 0", LogTSF(1, 0), nan},
		{"t df NaN", LogTSF(-1, nan), nan},
		{"t Inf", LogTSF(inf, 3), -inf},
		{"t -Inf", LogTSF(-inf, 3), 0},
		{"t df Inf", LogTSF(1, inf), LogNormalSF(1)},
		{"t df 1e300", LogTSF(1, 1e300), LogNormalSF(1)},
		{"F NaN", LogFSF(nan, 1, 1), nan},
		{"F df1 -1", LogFSF(1, -1, 1), nan},
		{"F below 0", LogFSF(-1, 1, 1), 0},
		{"F Inf", LogFSF(inf, 1, 1), -inf},
		{"F df2 Inf", LogFSF(2, 3, inf), LogChiSquaredSF(6, 3)},
		{"F df1 Inf", LogFSF(2, inf, 3), LogChiSquaredCDF(1.5, 3)},
		{"F both Inf", LogFSF(2, inf, inf), -inf},
		{"chi-square NaN", LogChiSquaredSF(nan, 1), nan},
		{"chi-square df 0", LogChiSquaredSF(1, 0), nan},
		{"chi-square 0", LogChiSquaredSF(0, 1), 0},
		{"chi-square lower 0", LogChiSquaredCDF(0, 1), -inf},
		{"quantile of 2", NormalQuantile(2), nan},
		{"quantile of 0", TQuantile(0, 2), -inf},
		{"quantile of 1", TQuantile(1, 2), inf},
		{"quantile of NaN", TQuantile(nan, 2), nan},
		{"quantile with df 0", ChiSquaredQuantile(0.5, 0), nan},
		{"chi-square quantile of 0", ChiSquaredQuantile(0, 2), 0},
		{"chi-square quantile of 1", ChiSquaredQuantile(1, 2), inf},
		{"t quantile with df Inf", TQuantile(0.9, inf), NormalQuantile(0.9)},
	} {
		check.Close(t, c.name, c.got, c.want, 1e-14)
	}
}

func TestTailIdentities(t *testing.T) {
	for _, x := range []float64{1e-3, 0.3, 1, 1.7, 4, 25, 300} {
		check.Close(t, "chi-square with 1 df is z²", LogChiSquaredSF(x*x, 1), math.Ln2+LogNormalSF(x), 1e-13)
		check.Close(t, "chi-square with 2 df is exponential", LogChiSquaredSF(x, 2), -x/2, 1e-14)
		for _, df := range []float64{0.4, 1, 3.5, 20, 1e3, 125_971} {
			check.Close(t, "F(1, df) is t²", LogFSF(x*x, 1, df), math.Ln2+LogTSF(x, df), 1e-13)
			check.Close(t, "the reciprocal of F", LogFSF(x, df, 7), LogFCDF(1/x, 7, df), 1e-12)
			both := math.Exp(LogFSF(x, df, 7)) + math.Exp(LogFCDF(x, df, 7))
			check.Close(t, "the tails of F add up", both, 1, 1e-13)
			both = math.Exp(LogChiSquaredSF(x, df)) + math.Exp(LogChiSquaredCDF(x, df))
			check.Close(t, "the tails of chi-square add up", both, 1, 1e-13)
		}
		// Closed forms: atan for 1 degree of freedom, algebraic for 2.
		check.Close(t, "Cauchy", LogTSF(x, 1), math.Log(math.Atan2(1, x)/math.Pi), 1e-13)
		root := math.Sqrt(2 + x*x)
		check.Close(t, "t with 2 df", LogTSF(x, 2), math.Log(1/(root*(root+x))), 1e-13)
	}
	// Far out t has a power tail, even where t² overflows.
	check.Close(t, "Cauchy at 1e200", LogTSF(1e200, 1), -200*math.Ln10-math.Log(math.Pi), 1e-14)
	check.Close(t, "Log10", Log10(-100*math.Ln10), -100, 1e-15)
}

// Whatever the argument, a log probability is at most 0, and there is a quantile.
func TestTailsOfAnyArguments(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 3000 {
		x, a, b := finiteBits(rng), math.Exp(4*rng.NormFloat64()), math.Exp(4*rng.NormFloat64())
		if rng.IntN(2) == 0 {
			x = math.Exp(3 * rng.NormFloat64())
		}
		for name, logP := range map[string]float64{
			"normal": LogNormalSF(x), "t": LogTSF(x, a), "F": LogFSF(x, a, b), "F lower": LogFCDF(x, a, b),
			"chi-square": LogChiSquaredSF(x, a), "chi-square lower": LogChiSquaredCDF(x, a),
		} {
			if !(logP <= 0) {
				t.Errorf("%s at %v with %v and %v degrees of freedom: log p = %v", name, x, a, b, logP)
			}
		}
		if p := rng.Float64(); a > 0.01 && (math.IsNaN(TQuantile(p, a)) || math.IsNaN(ChiSquaredQuantile(p, a))) {
			t.Errorf("no quantile %v with %v degrees of freedom", p, a)
		}
	}
}

func TestTailsAreMonotone(t *testing.T) {
	for _, df := range []float64{0.5, 1, 4, 33, 1e4} {
		lastT, lastF, lastC := 0.0, 0.0, 0.0
		for x := 1e-4; x < 1e6; x *= 1.07 {
			onT, onF, onC := LogTSF(x, df), LogFSF(x, df, 3), LogChiSquaredSF(x, df)
			if onT > lastT || onF > lastF || onC > lastC {
				t.Fatalf("df %v: a tail rises at %v", df, x)
			}
			lastT, lastF, lastC = onT, onF, onC
		}
	}
}

func TestQuantileRoundTrip(t *testing.T) {
	for _, p := range []float64{1e-200, 1e-9, 0.01, 0.3, 0.49, 0.51, 0.8, 0.99, 1 - 1e-12} {
		logTail := func(lower, upper float64) float64 {
			if p < 0.5 {
				return math.Exp(lower - math.Log(p))
			}
			return math.Exp(upper - math.Log1p(-p))
		}
		z := NormalQuantile(p)
		check.Close(t, "normal", logTail(LogNormalCDF(z), LogNormalSF(z)), 1, 1e-12)
		for _, df := range []float64{0.7, 1, 5, 88, 125_971, 1e12} {
			q := TQuantile(p, df)
			check.Close(t, "t", logTail(LogTCDF(q, df), LogTSF(q, df)), 1, 1e-12)
		}
		for _, df := range []float64{1.5, 5, 88, 1e5} {
			q := ChiSquaredQuantile(p, df)
			check.Close(t, "chi-square", logTail(LogChiSquaredCDF(q, df), LogChiSquaredSF(q, df)), 1, 1e-11)
		}
	}
}

// A statistic, its degrees of freedom and log10 p stand side by side in the
// reference files; the tails alone must lead from the first two to the last.
func TestTailsReference(t *testing.T) {
	compared, deepest := 0, 0.0
	for _, file := range []string{"correlation.json", "chisq.json", "ttest.json", "anova.json", "variance_tests.json", "normality.json"} {
		text, err := os.ReadFile(check.Shared(t, "oracles", file))
		if err != nil {
			t.Fatal(err)
		}
		var entries []refEntry
		if err := json.Unmarshal(text, &entries); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			objects(e.ID, e.Expected, func(path string, o map[string]any) {
				want, known := o["log10p"].(float64)
				got := statedTail(path, o)
				if !known || math.IsNaN(got) {
					return
				}
				compared++
				deepest = math.Min(deepest, want)
				// The statistic is given to 17 digits: log p carries its rounding.
				if !check.Near(Log10(got), want, 1e-10, 1e-11) {
					t.Errorf("%s: log10 p = %.17g, want %.17g", path, Log10(got), want)
				}
			})
		}
	}
	t.Logf("%d tails compared, the deepest at log10 p = %.1f", compared, deepest)
	if compared < 150 {
		t.Errorf("only %d tails compared", compared)
	}
}

// statedTail returns the log p-value of the statistic that an object states, NaN
// if it states none with its degrees of freedom.
func statedTail(path string, o map[string]any) float64 {
	number := func(key string) float64 {
		if v, ok := o[key].(float64); ok {
			return v
		}
		return math.NaN()
	}
	switch t, f := number("t"), number("F"); {
	case !math.IsNaN(t):
		return math.Ln2 + LogTSF(math.Abs(t), number("df"))
	case strings.HasSuffix(path, "/ftest"): // two-sided
		df1, df2 := number("df1"), number("df2")
		return math.Ln2 + math.Min(LogFSF(f, df1, df2), LogFCDF(f, df1, df2))
	case !math.IsNaN(f):
		return LogFSF(f, number("df1"), number("df2"))
	}
	for _, name := range []string{"chi2", "H", "K2", "Q", "G", "JB"} {
		if x := number(name); !math.IsNaN(x) {
			return LogChiSquaredSF(x, number("df"))
		}
	}
	return math.NaN()
}

// objects visits every object that is nested in v.
func objects(path string, v any, visit func(path string, o map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(path, v)
		for k, item := range v {
			objects(path+"/"+k, item, visit)
		}
	case []any:
		for _, item := range v {
			objects(path, item, visit)
		}
	}
}

// The tables of Apache Commons Statistics, which took them from R, SciPy and
// Maxima.
func TestTailsAgainstDistributionTables(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(check.Shared(t, "data", "vectors", "distribution"), "test.*.properties"))
	if err != nil || len(files) == 0 {
		t.Fatal("no tables: ", err)
	}
	compared := 0
	for _, file := range files {
		table := readProperties(t, file)
		parameters, points := table["parameters"], table["cdf.points"]
		for key, upper := range map[string]bool{"cdf.values": false, "sf.values": true} {
			for i, want := range table[key] {
				got := math.Exp(tableTail(t, filepath.Base(file), parameters, points[i], upper))
				if !agreement.near(tailVectors, fmt.Sprint(file, key, i), got, want, 1e-9, 2e-11) {
					t.Errorf("%s: %s at %v = %.17g, want %.17g", filepath.Base(file), key, points[i], got, want)
				}
				compared++
			}
		}
	}
	t.Logf("%d values of %d tables compared", compared, len(files))
}

// tableTail returns the log tail of the distribution that the file is named for.
func tableTail(t *testing.T, file string, parameters []float64, x float64, upper bool) float64 {
	var lower, above float64
	switch strings.Split(file, ".")[1] {
	case "normal":
		z := (x - parameters[0]) / parameters[1]
		lower, above = LogNormalCDF(z), LogNormalSF(z)
	case "t":
		lower, above = LogTCDF(x, parameters[0]), LogTSF(x, parameters[0])
	case "f":
		lower, above = LogFCDF(x, parameters[0], parameters[1]), LogFSF(x, parameters[0], parameters[1])
	case "chisquared":
		lower, above = LogChiSquaredCDF(x, parameters[0]), LogChiSquaredSF(x, parameters[0])
	default:
		t.Fatalf("no distribution for %s", file)
	}
	if upper {
		return above
	}
	return lower
}

// readProperties reads lists of numbers from a Java properties file.
func readProperties(t *testing.T, file string) map[string][]float64 {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lists := map[string][]float64{}
	key := ""
	separators := regexp.MustCompile(`[,\s\\]+`)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "#") {
			continue
		}
		if name, rest, found := strings.Cut(line, "="); found {
			key, line = strings.TrimSpace(name), rest
		}
		for _, field := range separators.Split(line, -1) {
			if field != "" {
				x, err := strconv.ParseFloat(field, 64)
				if err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				lists[key] = append(lists[key], x)
			}
		}
	}
	return lists
}
