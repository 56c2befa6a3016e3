package stats

import (
	"bufio"
	"encoding/json"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// groupTally tallies a column by a grouping column, in the order of the bytes of the
// groups' names.
func (t refTable) groupTally(tb testing.TB, column, group string) Tally {
	tb.Helper()
	values := map[string][]float64{}
	for i, v := range t.numbers(tb, column) {
		if label := t[group][i]; label != "" && !math.IsNaN(v) {
			values[label] = append(values[label], v)
		}
	}
	var all Tally
	for _, name := range slices.Sorted(maps.Keys(values)) {
		one := tallyOf(tb, values[name])
		one.Groups = []string{name}
		all = all.Merge(one)
	}
	return all
}

func TestOneWayReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "anova.json", "anova1") {
		tally := e.table(t).groupTally(t, e.Params["col"].(string), e.Params["group"].(string))
		a, err := NewOneWay(tally)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := oneWayNumbers(t, a)
		kw, err := KruskalWallis(tally)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		testNumbers(got, "/kruskal", kw)
		got["/kruskal/epsilon2"], got["/kruskal/eta2_H"] = kw.Effect.Value, kw.Terms[0].Values[0].Value
		got["/kruskal/df"] = kw.DF[0]
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

// testNumbers stores what a test found under a path.
func testNumbers(into map[string]float64, path string, r Result) {
	into[path+"/"+r.Statistic.Name], into[path+"/p"], into[path+"/log10p"] = r.Statistic.Value, r.P, r.Log10P
	if len(r.DF) == 2 {
		into[path+"/df1"], into[path+"/df2"] = r.DF[0], r.DF[1]
	}
}

func oneWayNumbers(t *testing.T, a OneWay) map[string]float64 {
	t.Helper()
	df1, df2 := a.DF()
	got := map[string]float64{
		"/k": float64(len(a.Groups)), "/n": float64(a.N),
		"/ss_between": a.Between, "/ss_within": a.Within, "/ss_total": a.Total(),
		"/df_between": df1, "/df_within": df2, "/ms_between": a.Between / df1, "/ms_within": a.Within / df2,
	}
	f, err := a.F(0.95)
	if err != nil {
		t.Fatal(err)
	}
	testNumbers(got, "", f)
	effects, err := a.Effects(0.95)
	if err != nil {
		t.Fatal(err)
	}
	eta2, omega2, epsilon2 := effects[0].Value, effects[1].Value, effects[2].Value
	got["/eta2"], got["/omega2_raw"], got["/omega2"], got["/epsilon2_raw"] = eta2, omega2, max(0, omega2), epsilon2
	got["/cohen_f"] = math.Sqrt(eta2 / (1 - eta2))
	if r, err := a.Welch(0.95); err == nil {
		testNumbers(got, "/welch", r)
	}
	for i, g := range a.Groups {
		path := "/groups/" + a.Names[i]
		got[path+"/n"], got[path+"/mean"], got[path+"/sd"] = float64(g.N), g.Mean, g.SD()
	}
	return got
}

// TestOneWayNIST holds F to the certified digits of NIST's StRD sets, whatever the
// offset of the values.
func TestOneWayNIST(t *testing.T) {
	text, err := os.ReadFile(check.Shared(t, "data", "nist", "certified.json"))
	if err != nil {
		t.Fatal(err)
	}
	var certified struct {
		Sets map[string]struct {
			Kind, F   string
			SSBetween string `json:"ss_between"`
			SSWithin  string `json:"ss_within"`
			R2        string
			Groups, N int
		}
	}
	if err := json.Unmarshal(text, &certified); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for name, set := range certified.Sets {
		if set.Kind != "anova1" {
			continue
		}
		a, err := NewOneWay(readNISTGroups(t, check.Shared(t, "data", "nist", "anova", name+".dat")))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a.N != int64(set.N) || len(a.Groups) != set.Groups {
			t.Fatalf("%s: %d values in %d groups, want %d in %d", name, a.N, len(a.Groups), set.N, set.Groups)
		}
		df1, df2 := a.DF()
		for what, c := range map[string]struct {
			got  float64
			want string
		}{
			"F": {a.Between / df1 / (a.Within / df2), set.F}, "between": {a.Between, set.SSBetween},
			"within": {a.Within, set.SSWithin}, "R²": {a.Between / a.Total(), set.R2},
		} {
			want, err := strconv.ParseFloat(c.want, 64)
			if err != nil {
				t.Fatal(err)
			}
			if !agreement.near(nistAnova, name+": "+what, c.got, want, 1e-13, 0) {
				t.Errorf("%s: %s = %.17g, want %.17g", name, what, c.got, want)
			}
			compared++
		}
	}
	if compared == 0 {
		t.Error("no set was compared")
	}
}

// readNISTGroups reads the pairs of group and value of a NIST file.
func readNISTGroups(t *testing.T, path string) Tally {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table := refTable{}
	lines, data := bufio.NewScanner(file), false
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case data && len(fields) == 2:
			table["group"], table["value"] = append(table["group"], fields[0]), append(table["value"], fields[1])
		case len(fields) == 3 && fields[0] == "Data:":
			data = fields[1] == "Treatment" || fields[1] == "Instrument"
		}
	}
	return table.groupTally(t, "value", "group")
}

func TestTwoWayReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "anova.json", "anova2") {
		y, first, second := e.Params["y"].(string), e.Params["a"].(string), e.Params["b"].(string)
		a, err := TwoWayOf([2]string{first, second}, e.table(t).cells(t, y, first, second), e.Params["interaction"] == false)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		sumSq, df := a.Residual()
		got := map[string]float64{"/n": float64(a.N), "/residual/ss": sumSq, "/residual/df": df, "/residual/ms": sumSq / df}
		for path, kind := range map[string]SumsOfSquares{"/type1/": TypeI, "/type2/": TypeII, "/type3_sum_contrasts/": TypeIII} {
			sources, err := a.Sources(kind, 0.95)
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			for _, s := range sources {
				name := path + strings.Replace(s.Name, " × ", ":", 1)
				testNumbers(got, name, s.Result)
				got[name+"/ss"], got[name+"/df"], got[name+"/partial_eta2"] = s.SumSq, s.DF[0], s.Effect.Value
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

// cells returns the moments of a column in the cells of two others, in the order of
// the bytes of their levels.
func (t refTable) cells(tb testing.TB, column, first, second string) [][]Moments {
	tb.Helper()
	var levels [2][]string
	for k, name := range []string{first, second} {
		for _, label := range t[name] {
			if label != "" && !slices.Contains(levels[k], label) {
				levels[k] = append(levels[k], label)
			}
		}
		slices.Sort(levels[k])
	}
	cells := make([][]Moments, len(levels[0]))
	for i := range cells {
		cells[i] = make([]Moments, len(levels[1]))
	}
	for row, v := range t.numbers(tb, column) {
		i, j := slices.Index(levels[0], t[first][row]), slices.Index(levels[1], t[second][row])
		if i >= 0 && j >= 0 && !math.IsNaN(v) {
			cells[i][j].Add(v)
		}
	}
	return cells
}
