package stats

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// A fixture is one call of a test with R's answer, as another project keeps it.
type fixture struct {
	X, Y, A, B, Pvals, Expected json.RawMessage
	Groups                      []string
	Mu                          float64
	PValue                      json.RawMessage
	Statistic                   float64
}

func (f *fixture) numbers(t *testing.T, from json.RawMessage) []float64 {
	t.Helper()
	var x []float64
	if err := json.Unmarshal(from, &x); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestFixtures(t *testing.T) {
	dir := check.Shared(t, "data", "vectors", "stdlib")
	for name, run := range map[string]func(t *testing.T, f *fixture) (Result, error){
		"chi2test/corrected":   func(t *testing.T, f *fixture) (Result, error) { return YatesTest(f.crosstab(t), 0.95) },
		"chi2test/uncorrected": plainChiSquare, "chi2test/more_cols": plainChiSquare, "chi2test/more_rows": plainChiSquare,
		"kruskal-test/noties": ofGroups(KruskalWallis), "kruskal-test/ties": ofGroups(KruskalWallis), "levene-test/fixtures": ofGroups(Levene),
		"ttest2/equal": meansFixture(StudentT, TwoSided), "ttest2/unequal": meansFixture(WelchT, TwoSided), "ttest2/greater": meansFixture(WelchT, Greater), "ttest2/less": meansFixture(WelchT, Less),
		"wilcoxon/twosided": ranksFixture(TwoSided), "wilcoxon/greater": ranksFixture(Greater), "wilcoxon/less": ranksFixture(Less), "wilcoxon/ties": ranksFixture(TwoSided),
	} {
		folder, file, _ := strings.Cut(name, "/")
		text, err := os.ReadFile(filepath.Join(dir, folder, "test", "fixtures", "r", file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var f fixture
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var p float64
		if err := json.Unmarshal(f.PValue, &p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r, err := run(t, &f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for what, c := range map[string][2]float64{"statistic": {r.Statistic.Value, f.Statistic}, "p": {r.P, p}} {
			if !agreement.near(fixtureVectors, name+"/"+what, c[0], c[1], 1e-11, 1e-12) {
				t.Errorf("%s: %s = %v, want %v", name, what, c[0], c[1])
			}
		}
	}
}

func (f *fixture) crosstab(t *testing.T) *Crosstab {
	t.Helper()
	var counts [][]int64
	if err := json.Unmarshal(f.X, &counts); err != nil {
		t.Fatal(err)
	}
	return crosstabOf(t, counts)
}

func plainChiSquare(t *testing.T, f *fixture) (Result, error) {
	return ChiSquareTest(f.crosstab(t), 0.95)
}

func ofGroups(test func(Tally) (Result, error)) func(t *testing.T, f *fixture) (Result, error) {
	return func(t *testing.T, f *fixture) (Result, error) {
		place, names, of := map[string]int{}, []string{}, []int{}
		for _, g := range f.Groups {
			if _, known := place[g]; !known {
				place[g] = len(names)
				names = append(names, g)
			}
			of = append(of, place[g])
		}
		tally, err := TallyOfGroups(f.numbers(t, f.X), of, names)
		if err != nil {
			return Result{}, err
		}
		return test(tally)
	}
}

func meansFixture(test func(a, b Moments, alt Alternative, level float64) (Result, error), alt Alternative) func(t *testing.T, f *fixture) (Result, error) {
	return func(t *testing.T, f *fixture) (Result, error) {
		return test(sampleMoments(t, f.numbers(t, f.A)), sampleMoments(t, f.numbers(t, f.B)), alt, 0.95)
	}
}

func ranksFixture(alt Alternative) func(t *testing.T, f *fixture) (Result, error) {
	return func(t *testing.T, f *fixture) (Result, error) {
		return WilcoxonSignedRank(tallyOf(t, f.numbers(t, f.X)), alt, 0.95)
	}
}
