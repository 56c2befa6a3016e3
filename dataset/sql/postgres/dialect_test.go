package postgres

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/netanom/netanom/dataset/sql"
)

// randomReals are of all magnitudes.
func randomReals(n int) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	xs := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, math.MaxFloat64, -math.MaxFloat64, 5e-324, -5e-324, 0x1p-1022, 1 << 53, 1<<53 + 1, 1e22, 1e23}
	for len(xs) < n {
		if x := math.Float64frombits(r.Uint64()); !math.IsNaN(x) && !math.IsInf(x, 0) {
			xs = append(xs, x)
		}
	}
	return xs
}

func TestRealLiterals(t *testing.T) {
	c := dial(t, sql.Access{})
	for chunk := range slices.Chunk(randomReals(10000), 1000) {
		rows := make([]string, len(chunk))
		for i, x := range chunk {
			rows[i] = fmt.Sprintf("(%d, %s)", i, dialect{}.Real(x))
		}
		got := mustFetch(t, c, "SELECT x FROM (VALUES "+strings.Join(rows, ", ")+") v (i, x) ORDER BY i", sql.Real).Columns[0].Reals
		array := mustFetch(t, c, "SELECT x FROM unnest("+reals(chunk)+") WITH ORDINALITY u (x, i) ORDER BY i", sql.Real).Columns[0].Reals
		for i, x := range chunk {
			if math.Float64bits(got[i]) != math.Float64bits(x) || math.Float64bits(array[i]) != math.Float64bits(x) {
				t.Errorf("%g became %g and, in an array, %g", x, got[i], array[i])
			}
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := mustFetch(t, c, "SELECT "+dialect{}.Real(x), sql.Real).Columns[0].Reals[0]; !math.IsNaN(got) {
			t.Errorf("%g became %g", x, got)
		}
	}
}

var oddWords = []string{"", "a", `'`, `\`, `\'`, `''`, `\\'; DROP TABLE x; --`, "\x00", "a\x00b", "\xff'", "ä", "\u2028", "😀", "$1", "$$", "%", `"`, `E'`, "\n\r\t", "/*", "--", "\u00a5'", strings.Repeat(`'\`, 1000)}

// checkWord compares literals with what was meant.
func checkWord(t *testing.T, c sql.Conn, text string) {
	t.Helper()
	want := possible(text)
	b, err := fetch(c, "SELECT "+dialect{}.Word(text)+", octet_length("+dialect{}.Word(text)+")::int8", sql.Words, sql.Int)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if b.Columns[0].Words[0] != want || b.Columns[1].Ints[0] != int64(len(want)) {
		t.Fatalf("%q became %q", text, b.Columns[0].Words[0])
	}
	if want == "" || len(want) > 63 { // there is no such identifier
		return
	}
	if b, err := fetch(c, "SELECT q."+quote(text)+" FROM (SELECT 7::int8 AS "+quote(text)+") q", sql.Int); err != nil || b.Columns[0].Ints[0] != 7 {
		t.Fatalf("%q as a name: %v", text, err)
	}
}

func TestWordLiterals(t *testing.T) {
	c := dial(t, sql.Access{})
	for _, setting := range []string{"on", "off"} {
		mustFetch(t, c, "SET standard_conforming_strings = "+setting)
		for _, w := range oddWords {
			checkWord(t, c, w)
		}
	}
	if got := (dialect{}).Word("a\x00\xff"); !utf8.ValidString(got) || strings.Contains(got, "\x00") {
		t.Errorf("%q", got)
	}
}

func FuzzWord(f *testing.F) {
	for _, w := range oddWords {
		f.Add(w)
	}
	c := dial(f, sql.Access{})
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 1<<16 {
			checkWord(t, c, text)
		}
	})
}

// beside are values on and beside some bounds.
func beside(bounds []float64) []float64 {
	xs := []float64{0, -math.MaxFloat64, math.MaxFloat64}
	for _, b := range bounds {
		xs = append(xs, b, math.Nextafter(b, math.Inf(1)), math.Nextafter(b, math.Inf(-1)), b/2)
	}
	return slices.DeleteFunc(xs, func(x float64) bool { return math.IsInf(x, 0) })
}

// expression has an expression of x computed for each of some values, and NULL at the end.
func expression(t *testing.T, c sql.Conn, e string, xs []float64) []float64 {
	t.Helper()
	return mustFetch(t, c, "SELECT "+e+" FROM (SELECT x, i FROM unnest("+reals(xs)+") WITH ORDINALITY u (x, i) UNION ALL SELECT NULL, 1000000) v ORDER BY i", sql.Real).Columns[0].Reals
}

var boundsToTry = map[string][]float64{
	"none": {}, "one": {1}, "zero": {0}, "smallest": {-5e-324, 0, 5e-324}, "twice": {1, 1, 1, 2}, "largest": {-math.MaxFloat64, math.MaxFloat64},
	"ends": {math.Inf(-1), 0, math.Inf(1)}, "some": {-1e10, -0.1, 0.1, 0.2, 0.30000000000000004, 7, 1 << 53}, "many": sorted(randomReals(5000)),
}

func sorted(xs []float64) []float64 {
	sort.Float64s(xs)
	return xs
}

func TestBelow(t *testing.T) {
	c := dial(t, sql.Access{})
	for name, bounds := range boundsToTry {
		xs := beside(bounds)
		got := expression(t, c, dialect{}.Below("x", bounds), xs)
		for i, x := range xs {
			want := 0
			for _, b := range bounds {
				if b < x {
					want++
				}
			}
			if got[i] != float64(want) {
				t.Fatalf("%s: %g has %g below it, want %d", name, x, got[i], want)
			}
		}
		if last := got[len(xs)]; !math.IsNaN(last) {
			t.Errorf("%s: NULL became %g", name, last)
		}
	}
}

func TestMap(t *testing.T) {
	c := dial(t, sql.Access{})
	for name, from := range boundsToTry {
		from = slices.Compact(slices.Clone(from))
		to := make([]float64, len(from))
		for i := range to {
			to[i] = float64(i) / 3
		}
		xs := beside(from)
		got := expression(t, c, dialect{}.Map("x", from, to), xs)
		for i, x := range xs {
			want := math.NaN()
			if at, found := slices.BinarySearch(from, x); found {
				want = to[at]
			}
			if got[i] != want && !(math.IsNaN(got[i]) && math.IsNaN(want)) {
				t.Fatalf("%s: %g became %g, want %g", name, x, got[i], want)
			}
		}
		if last := got[len(xs)]; !math.IsNaN(last) {
			t.Errorf("%s: NULL became %g", name, last)
		}
	}
}

func TestAggregates(t *testing.T) {
	c, d := dial(t, sql.Access{}), dialect{}
	b := mustFetch(t, c, fmt.Sprintf("SELECT %s, %s, %s, %s, %s, %s FROM (VALUES (1.5::float8), (-2.5), (NULL)) v (x)",
		d.Count(), d.CountIf("x > 0"), d.Sum("x"), d.Sum("CASE WHEN x > 9 THEN x END"), d.CastReal("NULL"), d.Int("max(x)")),
		sql.Int, sql.Int, sql.Real, sql.Real, sql.Real, sql.Int)
	if b.Columns[0].Ints[0] != 3 || b.Columns[1].Ints[0] != 1 || b.Columns[2].Reals[0] != -1 || !math.IsNaN(b.Columns[3].Reals[0]) || !math.IsNaN(b.Columns[4].Reals[0]) || b.Columns[5].Ints[0] != 2 {
		t.Errorf("%+v", b)
	}
	if got := expression(t, c, d.Floor("x - 1"), []float64{0, 1.5, -0.5}); !slices.Equal(got[:3], []float64{-1, 0, -2}) || !math.IsNaN(got[3]) {
		t.Errorf("%v", got)
	}
	if d.Distinct("x") != "" || d.Match("x", "y") != "" || d.Name() != "postgres" || d.From(sql.Name{Database: "a", Table: `b"`}) != `"a"."b"""` {
		t.Error("what is there not, or a name")
	}
}

// Texts that read the same behind one another have different hashes.
func TestHash(t *testing.T) {
	c, d := dial(t, sql.Access{}), dialect{}
	seen := map[int64]string{}
	for _, words := range [][]string{{}, {""}, {"", ""}, {"", "", ""}, {"a"}, {"a", ""}, {"", "a"}, {"a", "bc"}, {"ab", "c"}, {"abc"}, {"abc", ""}, {"c", "ab"}, {"1", "2"}, {"12", ""}} {
		literals := make([]string, len(words))
		for i, w := range words {
			literals[i] = d.Word(w)
		}
		h := mustFetch(t, c, "SELECT "+d.Hash(literals), sql.Int).Columns[0].Ints[0]
		if other, twice := seen[h]; twice || h < 0 || h >= 1<<53 {
			t.Errorf("%q has the hash %d, and so has %s", words, h, other)
		}
		seen[h] = fmt.Sprintf("%q", words)
	}
	b := mustFetch(t, c, "SELECT count(*), count(DISTINCT h), min(h), max(h) FROM (SELECT "+d.Hash([]string{"a::text", "b::text"})+" AS h FROM generate_series(1, 300) a, generate_series(1, 300) b) q", sql.Int, sql.Int, sql.Int, sql.Int)
	if b.Columns[0].Ints[0] != b.Columns[1].Ints[0] || b.Columns[2].Ints[0] < 0 || b.Columns[3].Ints[0] >= 1<<53 {
		t.Errorf("%+v", b)
	}
	if b := mustFetch(t, c, "SELECT "+d.Hash([]string{"NULL::text"})+", "+d.Hash([]string{"''::text"}), sql.Int, sql.Int); b.Columns[0].Ints[0] != b.Columns[1].Ints[0] {
		t.Error("NULL is another thing than an empty text")
	}
}

// Lots are the same each time, differ by seed and row, and are even; views have none.
func TestLot(t *testing.T) {
	c, schema := scratch(t)
	in := func(table string) string { return quote(schema) + "." + table }
	run(t, c, "CREATE TABLE "+in("plain")+" AS SELECT i::int8 AS n FROM generate_series(1, 20000) i")
	run(t, c, "CREATE TABLE "+in("parts")+" (n int8) PARTITION BY LIST (n)")
	for i := range 3 {
		run(t, c, fmt.Sprintf("CREATE TABLE %s PARTITION OF %s FOR VALUES IN (%d)", in(fmt.Sprint("part", i)), in("parts"), i))
	}
	run(t, c, "INSERT INTO "+in("parts")+" SELECT i % 3 FROM generate_series(1, 20000) i")
	run(t, c, "CREATE MATERIALIZED VIEW "+in("kept")+" AS SELECT * FROM "+in("plain"))
	run(t, c, "CREATE VIEW "+in("seen")+" AS SELECT * FROM "+in("plain"))
	lots := func(table string, seed uint64) []int64 {
		return mustFetch(t, c, "SELECT "+dialect{}.Lot(seed)+" FROM "+in(table)+" ORDER BY 1", sql.Int).Columns[0].Ints
	}
	for _, table := range []string{"plain", "parts", "kept"} {
		a, again, b := lots(table, 1), lots(table, 1), lots(table, math.MaxUint64)
		if len(a) != 20000 || !slices.Equal(a, again) || slices.Equal(a, b) || len(slices.Compact(slices.Clone(a))) != len(a) {
			t.Errorf("%s: %d lots", table, len(a))
		}
		// The largest distance from evenly spread ones, as Kolmogorov's test has it: 1.95/√n is exceeded once in 1000 times.
		for i, x := range a {
			if u := float64(x) / (1 << 53); x < 0 || math.Abs(u-float64(i)/20000) > 1.95/math.Sqrt(20000) {
				t.Fatalf("%s: lot %d of the order is %g", table, i, u)
			}
		}
	}
	_, err := fetch(c, "SELECT "+dialect{}.Lot(1)+" FROM "+in("seen"), sql.Int)
	says(t, err, "sampled", "view", "materialised")
	if _, err := c.Columns(context.Background(), sql.Name{Database: schema, Table: "seen"}); err != nil {
		t.Error(err)
	}
}
