package stats

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestPosthocReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "anova_posthoc.json", "posthoc") {
		tally := e.table(t).groupTally(t, e.Params["col"].(string), e.Params["group"].(string))
		a, err := NewOneWay(tally)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		_, df := a.DF()
		got := map[string]float64{"/k": float64(len(a.Groups)), "/n": float64(a.N), "/df_within": df, "/ms_within": a.Within / df}
		store := func(method string, comparisons []Comparison, err error, put func(path string, c Comparison)) {
			if err != nil {
				t.Fatalf("%s: %s: %v", e.ID, method, err)
			}
			for _, c := range comparisons {
				put(fmt.Sprintf("/pairs/%s minus %s/", a.Names[c.B], a.Names[c.A]), c)
			}
		}
		tukey, err := a.Tukey(0.95)
		store("Tukey", tukey, err, func(path string, c Comparison) {
			got[path+"diff"], got[path+"tukey_q"], got[path+"tukey_p_adj"] = -c.Estimate.Value, math.Abs(c.Statistic.Value), c.PAdjusted
			got[path+"tukey_ci_low"], got[path+"tukey_ci_high"] = -c.CI.High, -c.CI.Low
		})
		games, err := a.GamesHowell(0.95)
		store("Games-Howell", games, err, func(path string, c Comparison) {
			got[path+"gh_t"], got[path+"gh_p"], got[path+"gh_df"] = math.Abs(c.Statistic.Value)/math.Sqrt2, c.PAdjusted, math.NaN()
			if len(c.DF) > 0 {
				got[path+"gh_df"] = c.DF[0]
			}
			got[path+"gh_ci_low"], got[path+"gh_ci_high"] = -c.CI.High, -c.CI.Low
		})
		for name, method := range map[string]Adjustment{"holm": Holm, "bonferroni": Bonferroni} {
			dunn, err := Dunn(tally, method, 0.95)
			store("Dunn", dunn, err, func(path string, c Comparison) {
				got[path+"dunn_z"], got[path+"dunn_p"], got[path+"dunn_log10p"] = -c.Statistic.Value, c.P, c.Log10P
				got[path+"dunn_p_"+name] = c.PAdjusted
			})
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

// TestDunnettTable compares with the two-sided 5 % points of C. W. Dunnett (1964), "New
// tables for multiple comparisons with a control", Biometrics 20, 482–491.
func TestDunnettTable(t *testing.T) {
	check.Long(t)
	for _, c := range []struct {
		groups int // besides the control
		df     float64
		points float64
	}{
		{1, 10, 2.23}, {2, 10, 2.57}, {5, 10, 2.99}, {9, 10, 3.24}, {3, 20, 2.54}, {4, 60, 2.51},
		{2, 5, 3.03}, {2, math.Inf(1), 2.21}, {9, math.Inf(1), 2.69}, {3, 16, 2.59},
	} {
		d := newManyToOne(slices.Repeat([]float64{math.Sqrt(0.5)}, c.groups))
		if got := d.quantile(0.95, c.df); math.Abs(got-c.points) > 0.00501 {
			t.Errorf("%d groups, df = %v: %v, want %v", c.groups, c.df, got, c.points)
		}
	}
}

// TestDunnettBlood is the example of Dunnett (1955): blood counts of three groups of
// animals. The p-values are those that SciPy's documentation of stats.dunnett gives.
func TestDunnettBlood(t *testing.T) {
	tally, err := TallyOfGroups(
		[]float64{7.40, 8.50, 7.20, 8.24, 9.84, 8.32, 9.76, 8.80, 7.68, 9.36, 12.80, 9.68, 12.16, 9.20, 10.55},
		[]int{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2}, []string{"control", "A", "B"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewOneWay(tally)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Dunnett(0, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.62004941, 0.0059035} {
		if math.Abs(c[i].PAdjusted-want) > 2e-4 { // SciPy's integral is by simulation
			t.Errorf("p of %s = %v, want %v", a.Names[c[i].A], c[i].PAdjusted, want)
		}
	}
}

// TestDunnettSingle: one comparison is Student's t, however small p.
func TestDunnettSingle(t *testing.T) {
	check.Long(t)
	for _, load := range []float64{0.05, 0.7, 0.99999} {
		for _, df := range []float64{3, 1e5, math.Inf(1)} {
			for _, x := range []float64{0.2, 1.9, 30, 63, 1e5} {
				got, want := newManyToOne([]float64{load}).logSF(x, df), math.Ln2+LogTSF(x, df)
				if !check.Near(got, want, 1e-10, 1e-11) {
					t.Errorf("load %v, df %v: log SF(%v) = %.15g, want %.15g", load, df, x, got, want)
				}
			}
		}
	}
}

func TestPosthocProperties(t *testing.T) {
	tally, err := TallyOfGroups([]float64{1, 2, 3, 2, 4, 6, 8, 9, 9, 12, 30, 31, 33}, []int{0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3}, []string{"a", "b", "c", "d"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewOneWay(tally)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]func() ([]Comparison, error){
		"Tukey":        func() ([]Comparison, error) { return a.Tukey(0.95) },
		"Games-Howell": func() ([]Comparison, error) { return a.GamesHowell(0.95) },
		"Dunnett":      func() ([]Comparison, error) { return a.Dunnett(0, 0.95) },
		"Dunn":         func() ([]Comparison, error) { return Dunn(tally, Holm, 0.95) },
	} {
		comparisons, err := test()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, c := range comparisons {
			if c.PAdjusted < c.P {
				t.Errorf("%s, %d and %d: adjusted p %v is below p %v", name, c.A, c.B, c.PAdjusted, c.P)
			}
			if name != "Dunn" && (c.CI.Low > 0 || c.CI.High < 0) != (c.PAdjusted < 0.05) {
				t.Errorf("%s, %d and %d: interval %v but p %v", name, c.A, c.B, c.CI, c.PAdjusted)
			}
		}
	}
}

// TestCompactLetters holds the letters to their meaning over all patterns of four
// groups, and to a case worked by hand.
func TestCompactLetters(t *testing.T) {
	const n = 4
	for pattern := range 1 << (n * (n - 1) / 2) {
		var comparisons []Comparison
		bit := 0
		for i := range n {
			for j := i + 1; j < n; j++ {
				c := Comparison{A: i, B: j, PAdjusted: 0.5}
				if pattern>>bit&1 == 1 {
					c.PAdjusted = 0.01
				}
				comparisons, bit = append(comparisons, c), bit+1
			}
		}
		letters := CompactLetters(n, comparisons, 0.05, nil)
		for _, c := range comparisons {
			if shared := strings.ContainsAny(letters[c.A], letters[c.B]); shared == (c.PAdjusted <= 0.05) {
				t.Errorf("pattern %b: groups %d and %d have letters %v", pattern, c.A, c.B, letters)
			}
		}
		if letters[0][0] != 'a' {
			t.Errorf("pattern %b: the first group has no a: %v", pattern, letters)
		}
	}
	var worked []Comparison
	for _, pair := range [][2]int{{0, 6}, {0, 7}, {1, 6}, {1, 7}, {2, 4}, {2, 6}, {2, 7}, {3, 6}, {3, 7}} {
		worked = append(worked, Comparison{A: pair[0], B: pair[1], PAdjusted: 0.001})
	}
	got := strings.Join(CompactLetters(8, worked, 0.05, nil), " ")
	if want := "ab ab a ab bc abc c c"; got != want {
		t.Errorf("letters %s, want %s", got, want)
	}
}
