package eda_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// near fails the test unless got is want up to rounding: all fields but those left out.
func near(t *testing.T, name string, got, want any, leftOut ...string) {
	t.Helper()
	nearValue(t, name, reflect.ValueOf(got), reflect.ValueOf(want), append(leftOut, "Dict"))
}

func nearValue(t *testing.T, name string, got, want reflect.Value, leftOut []string) {
	t.Helper()
	if got.Kind() != want.Kind() {
		t.Errorf("%s is %v, want %v", name, got, want)
		return
	}
	switch got.Kind() {
	case reflect.Pointer, reflect.Interface:
		nearValue(t, name, got.Elem(), want.Elem(), leftOut)
	case reflect.Struct:
		for i := range got.NumField() {
			if field := got.Type().Field(i).Name; !slices.Contains(leftOut, field) {
				nearValue(t, name+"."+field, got.Field(i), want.Field(i), leftOut)
			}
		}
	case reflect.Slice, reflect.Array:
		if got.Len() != want.Len() {
			t.Errorf("%s has %d elements, want %d: %v, want %v", name, got.Len(), want.Len(), got, want)
			return
		}
		for i := range got.Len() {
			nearValue(t, fmt.Sprintf("%s[%d]", name, i), got.Index(i), want.Index(i), leftOut)
		}
	case reflect.Float64:
		relative, absolute := 1e-12, 1e-12
		if strings.Contains(name, "P") { // p-values and their logarithms
			relative = 1e-9
		}
		if !check.Near(got.Float(), want.Float(), relative, absolute) {
			t.Errorf("%s = %.17g, want %.17g", name, got.Float(), want.Float())
		}
	case reflect.Map:
		if got.Len() != want.Len() {
			t.Errorf("%s has %d entries, want %d", name, got.Len(), want.Len())
		}
	case reflect.Invalid, reflect.Func:
	default:
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			t.Errorf("%s is %s, want %s", name, g, w)
		}
	}
}

// gappyNumbers is a table of numbers of which some repeat and some go together, with cells
// missing in two columns, two flags, a category and a label.
func gappyNumbers(rows int) string {
	rng := rand.New(rand.NewPCG(21, 4))
	var b strings.Builder
	b.WriteString("src_bytes,dst_bytes,count,rate,copy,gap,flat,logged_in,su_attempted,service,attack\n")
	for i := range rows {
		label := []string{"normal", "normal", "smurf", "neptune", "normal"}[rng.IntN(5)]
		sent := math.Round(math.Exp(3 * rng.NormFloat64()))
		received := sent + math.Round(20*rng.NormFloat64())
		count, rate := rng.IntN(12), fmt.Sprint(float64(rng.IntN(9))/8)
		if label == "smurf" {
			count += 7
		}
		gap := fmt.Sprint(count - rng.IntN(4))
		if rng.IntN(6) == 0 {
			rate = ""
		}
		if rng.IntN(5) == 0 {
			gap = ""
		}
		fmt.Fprintf(&b, "%v,%v,%d,%s,%d,%s,3,%d,%d,%s,%s\n", sent, received, count, rate, 2*count+1, gap,
			rng.IntN(2), i%3, []string{"http", "smtp", "dns", ""}[rng.IntN(4)], label)
	}
	return b.String()
}

// Few rows are fetched, so that what is right of all of them was asked for.
var fewRows = eda.Fetch{Rows: 100, Seed: 3}

func TestEngineCorrelates(t *testing.T) {
	table := tableOf(t, gappyNumbers(3000), dataset.Options{})
	engine := sourcetest.Counted(table)
	for _, method := range []stats.CorrelationMethod{stats.Pearson, stats.Spearman, stats.Kendall} {
		o := eda.CorrelateOptions{Method: method, Adjust: stats.Holm, Redundant: 0.8, Scatters: 2, Fetch: fewRows}
		want, err := eda.Correlate(context.Background(), table, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := eda.Correlate(context.Background(), engine, o)
		if err != nil {
			t.Fatal(err)
		}
		near(t, method.String(), got, want, "Scatters", "rows", "tau")
		if len(got.Redundant) == 0 || len(got.Constant) == 0 {
			t.Errorf("%v: redundant %v, constant %v", method, got.Redundant, got.Constant)
		}
		for _, s := range got.Scatters {
			points := 0
			for _, g := range s.Groups {
				points += len(g.X)
			}
			if !s.Sampled || s.Rows < 2000 || points == 0 || points > 100 {
				t.Errorf("%d points of %d rows: %v", points, s.Rows, s.Sampled)
			}
		}
	}
}

// What an engine does not hand out is taken from a sample, which the warnings say.
func TestEngineCorrelatesSamples(t *testing.T) {
	table := tableOf(t, gappyNumbers(2000), dataset.Options{})
	engine := sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 40})
	for method, warning := range map[stats.CorrelationMethod]string{
		stats.Pearson:  "",
		stats.Spearman: "src_bytes and dst_bytes",
		stats.Kendall:  "src_bytes and dst_bytes",
	} {
		o := eda.CorrelateOptions{Method: method, Fetch: fewRows, Redundant: 0.8}
		got, err := eda.Correlate(context.Background(), engine, o)
		if err != nil {
			t.Fatal(err)
		}
		all, err := eda.Correlate(context.Background(), table, o)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(got.Warnings, " ")
		if warning == "" && strings.Contains(text, "correlations") || !strings.Contains(text, warning) ||
			warning != "" && !strings.Contains(text, "those of a sample of 100 of 2,000 rows (seed 3, each label with its share)") {
			t.Errorf("%v: warnings %q", method, text)
		}
		for i, a := range got.Matrix.Names {
			for j, b := range got.Matrix.Names[:i] {
				sampled, wide := got.Matrix.N(i, j) <= 100, strings.HasSuffix(a, "_bytes") || strings.HasSuffix(b, "_bytes")
				if sampled && method == stats.Pearson || !sampled && wide && method != stats.Pearson {
					t.Errorf("%v of %s and %s: %d rows", method, a, b, got.Matrix.N(i, j))
				} else if !sampled {
					check.Close(t, fmt.Sprintf("%v of %s and %s", method, a, b), got.Matrix.At(i, j), all.Matrix.At(i, j), 1e-12)
				}
				r, err := got.Matrix.Test(i, j, stats.TwoSided, 0.95)
				if rows := map[bool]int64{true: 100, false: 2000}[sampled]; err == nil && r.N[0]+r.Missing != rows {
					t.Errorf("%v of %s and %s: %v of %d rows, %d missing", method, a, b, r.N, rows, r.Missing)
				}
			}
		}
	}
}

// Ranks of many values are asked for in parts.
func TestEngineCorrelatesManyRanks(t *testing.T) {
	const rows = 20_000
	rng := rand.New(rand.NewPCG(9, 1))
	var b strings.Builder
	b.WriteString("a,b,c,d,e\n")
	for i := range rows {
		x := rng.NormFloat64()
		fmt.Fprintf(&b, "%v,%v,%v,%d,%d\n", x, x+rng.NormFloat64(), rng.NormFloat64()-x, i%5, rng.IntN(40_000))
	}
	table := tableOf(t, b.String(), dataset.Options{})
	o := eda.CorrelateOptions{Method: stats.Spearman, Fetch: fewRows}
	want, err := eda.Correlate(context.Background(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := eda.Correlate(context.Background(), sourcetest.Counted(table), o)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ranks", got, want, "rows")
}

// A sample that has all rows is as good as a file.
func TestEngineOfFewRows(t *testing.T) {
	table := tableOf(t, gappyNumbers(300), dataset.Options{})
	o := eda.CorrelateOptions{Method: stats.Kendall, Scatters: 3}
	want, err := eda.Correlate(context.Background(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := eda.Correlate(context.Background(), sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 2}), o)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "correlations", got, want)
}

func TestEngineRelatesGroups(t *testing.T) {
	table := tableOf(t, gappyNumbers(3000), dataset.Options{})
	for _, method := range []eda.GroupMethod{eda.PointBiserial, eda.CorrelationRatio} {
		o := eda.GroupOptions{Method: method, Fetch: fewRows}
		want, err := eda.RelateGroups(context.Background(), table, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := eda.RelateGroups(context.Background(), sourcetest.Counted(table), o)
		if err != nil {
			t.Fatal(err)
		}
		near(t, method.String(), got, want)
		part, err := eda.RelateGroups(context.Background(), sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 100}), o)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(part.Warnings, " "); !strings.Contains(text, "of a sample of 100 of 3,000 rows") || !strings.Contains(text, "src_bytes by") {
			t.Errorf("%v: warnings %q", method, text)
		}
		for _, p := range part.Pairs {
			rows := p.Missing
			for _, n := range p.N {
				rows += n
			}
			if want := map[bool]int64{true: 100, false: 3000}[strings.HasSuffix(p.Number, "_bytes")]; rows != want {
				t.Errorf("%s by %s: %d rows, want %d", p.Number, p.Group, rows, want)
			}
		}
	}
}

func TestEngineRelates(t *testing.T) {
	table := tableOf(t, gappyNumbers(1500), dataset.Options{})
	want, err := eda.Relate(context.Background(), table, eda.RelateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := eda.Relate(context.Background(), sourcetest.Counted(table), eda.RelateOptions{Fetch: fewRows})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "relations", got, want, "rows", "tau")
}

func TestEngineFindsExtremes(t *testing.T) {
	table := tableOf(t, gappyNumbers(500), dataset.Options{})
	engine := sourcetest.Counted(table)
	want, err := eda.Extremes(context.Background(), table, described(t, table), 3)
	if err != nil {
		t.Fatal(err)
	}
	got, err := eda.Extremes(context.Background(), engine, described(t, engine), 3)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "extremes", got, want, "Line")
}

func TestEngineExplores(t *testing.T) {
	check.Long(t)
	for name, table := range map[string]*dataset.Table{
		"mixed":   tableOf(t, gappyNumbers(1200), dataset.Options{}),
		"clouds":  tableOf(t, clouds(700), dataset.Options{}),
		"moments": tableOf(t, strayTimes(2000), dataset.Options{Types: map[string]dataset.Kind{"ts": dataset.Time}}),
	} {
		engine := sourcetest.Counted(table)
		whole, all := explored(t, engine, eda.ExploreOptions{}), explored(t, table, eda.ExploreOptions{})
		near(t, name, whole, all, "Row", "Line", "Lines", "FirstLine", "Examples", "Values", "Problems", "Findings", "scored", "Patterns", "Blocks", "BlockRows", "BlockLines")
		part := explored(t, engine, eda.ExploreOptions{Fetch: fewRows})
		near(t, name+", few rows", part.Spearman, all.Spearman, "rows")
		near(t, name+", few rows", part.Ranking, all.Ranking)
		near(t, name+", few rows", part.TimeSeries, all.TimeSeries)
		if name != "clouds" { // it has a column that is too large to square
			near(t, name+", few rows", part.Pearson, all.Pearson, "Scatters", "rows")
		}
		explored(t, sourcetest.CountedWith(table, sourcetest.CountedOptions{Budget: 600}), eda.ExploreOptions{Fetch: fewRows})
	}
}

// What is asked of an engine ends with its context.
func TestEngineRowsStop(t *testing.T) {
	engine := sourcetest.Counted(tableOf(t, gappyNumbers(100), dataset.Options{}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := eda.Correlate(ctx, engine, eda.CorrelateOptions{Fetch: fewRows}); err == nil {
		t.Error("correlations are computed")
	}
	if _, err := eda.FindOutliers(ctx, engine, eda.OutlierOptions{Scores: true}); err == nil {
		t.Error("outliers are found")
	}
}
