package clickhouse

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

var everyType = []struct{ typ, values, number, text string }{
	{"Int8", "-3, 4", "-3 4", "-3,4"},
	{"UInt64", "18446744073709551615, 9007199254740993", "1.8446744073709552e+19 9.007199254740992e+15", "18446744073709551615,9007199254740993"},
	{"Nullable(Int64)", "NULL, 5", "NaN 5", ",5"},
	{"Float64", "1.5, nan, inf, -inf, -0.0", "1.5 NaN NaN NaN 0", "1.5,,,,0"},
	{"Float32", "0.1, nan, inf", "0.10000000149011612 NaN NaN", "0.1,,"},
	{"Nullable(Float64)", "NULL, nan, 2.5", "NaN NaN 2.5", ",,2.5"},
	{"Decimal(18, 4)", "1.1, -123456.7891", "1.1 -123456.7891", "1.1000,-123456.7891"},
	{"Nullable(Decimal(9, 2))", "NULL, 2.2", "NaN 2.2", ",2.20"},
	{"Date", "'2020-01-02'", "1.5779232e+09", "2020-01-02"},
	{"Nullable(Date)", "NULL, '2020-01-02'", "NaN 1.5779232e+09", ",2020-01-02"},
	{"DateTime('Asia/Tokyo')", "'2020-01-02 03:04:05'", "1.577901845e+09", "2020-01-02 03:04:05"},
	{"Nullable(DateTime('UTC'))", "NULL, '2020-01-02 03:04:05'", "NaN 1.577934245e+09", ",2020-01-02 03:04:05"},
	{"String", `'', 'é', 'a\nb'`, "NaN NaN NaN", ",é,a\nb"},
	{"Nullable(String)", "NULL, '', 'x'", "NaN NaN NaN", ",,x"},
	{"LowCardinality(String)", "'', 'x'", "NaN NaN", ",x"},
	{"LowCardinality(Nullable(String))", "NULL, 'x'", "NaN NaN", ",x"},
	{"FixedString(4)", "'ab', 'abcd'", "NaN NaN", "ab,abcd"},
	{"Enum8('a' = 1, 'b' = -2)", "'a', 'b'", "NaN NaN", "a,b"},
	{"Nullable(Enum8('a' = 1, 'b\\'' = 2))", "'a', NULL, 'b\\''", "NaN NaN NaN", "a,,b'"},
	{"Nullable(Enum16('x' = 1, '' = 2))", "'', NULL, 'x'", "NaN NaN NaN", ",,x"},
	{"UUID", "'00000000-0000-0000-0000-000000000001'", "NaN", "00000000-0000-0000-0000-000000000001"},
	{"Array(Int8)", "[1, 2], []", "NaN NaN", "[1,2],[]"},
}

// Every type reads as number and as text, from the column and from its Key, and so does
// a group of it.
func TestServerTypes(t *testing.T) {
	c := dialServer(t, sql.Access{Write: true})
	d := c.Dialect()
	for _, test := range everyType {
		t.Run(test.typ, func(t *testing.T) {
			name := sql.Name{Table: fmt.Sprintf("netanom_test_types_%d", os.Getpid())}
			from := d.From(name)
			exec(t, c, "DROP TABLE IF EXISTS "+from)
			t.Cleanup(func() { c.Exec(context.Background(), "DROP TABLE IF EXISTS "+from) })
			create(t, c.(*conn), "CREATE TABLE "+from+" (r Int32, `v\\`` "+test.typ+") ENGINE = Memory")
			cells := strings.Split(test.values, ", ")
			if strings.HasPrefix(test.typ, "Array") {
				cells = []string{"[1, 2]", "[]"}
			}
			for i, cell := range cells {
				exec(t, c, fmt.Sprintf("INSERT INTO %s VALUES (%d, %s)", from, i, cell))
			}
			columns, err := c.Columns(t.Context(), name)
			if err != nil || len(columns) != 2 {
				t.Fatal(columns, err)
			}
			column := columns[1]
			for _, e := range []string{d.Quote(column.Name), d.Key(column)} {
				got := strings.Join(ask(t, c, "SELECT "+d.CastReal(d.Number(e, column))+" FROM "+from+" ORDER BY r", sql.Real), " ")
				if got != test.number {
					t.Errorf("%s: numbers %q, want %q", e, got, test.number)
				}
			}
			if got := strings.Join(ask(t, c, "SELECT "+d.Text(d.Quote(column.Name), column)+" FROM "+from+" ORDER BY r", sql.Words), ","); got != test.text {
				t.Errorf("texts %q, want %q", got, test.text)
			}
			grouped := ask(t, c, "SELECT "+d.Text("k", column)+" FROM (SELECT "+d.Key(column)+" AS k, "+d.Int(d.Count())+" AS n FROM "+from+" GROUP BY k)", sql.Words)
			if len(grouped) == 0 {
				t.Error("no group")
			}
			ask(t, c, "SELECT "+d.Int(d.CountIf(d.Infinite(column)))+" FROM "+from, sql.Int)
			ask(t, c, "SELECT "+d.Int(d.Distinct(d.Key(column)))+" FROM "+from, sql.Int)
			ask(t, c, "SELECT "+d.CastReal(d.Sum(d.Number(d.Key(column), column)))+" FROM "+from+" WHERE r < 0", sql.Real)
		})
	}
}

func TestServerInfinite(t *testing.T) {
	c := dialServer(t, sql.Access{Write: true})
	d := c.Dialect()
	name := table(t, c, "f Nullable(Float64), g Float32")
	exec(t, c, "INSERT INTO "+d.From(name)+" VALUES (NULL, 1), (inf, -inf), (nan, nan), (-inf, 0)")
	columns, err := c.Columns(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2", "1"} {
		if got := ask(t, c, "SELECT "+d.Int(d.CountIf(d.Infinite(columns[i])))+" FROM "+d.From(name), sql.Int); got[0] != want {
			t.Errorf("%s: %s, want %s", columns[i].Name, got, want)
		}
	}
	if got := ask(t, c, "SELECT "+d.Int(d.CountIf("f > 0"))+" FROM "+d.From(name), sql.Int); got[0] != "1" {
		t.Errorf("%s rows above 0", got)
	}
}

// Floats read back as they were written, and so do texts.
func TestServerLiterals(t *testing.T) {
	c := dialServer(t, sql.Access{})
	d := c.Dialect()
	xs := []float64{0, math.Copysign(0, -1), 1e-320, 5e-324, 1e308, math.MaxFloat64, -math.MaxFloat64, 0x1p-1022, 0x1p-1021, 0.1, 1<<53 + 2, 1e22, 1e23, 1.0 / 3}
	rng := rand.New(rand.NewPCG(1, 2))
	for len(xs) < 10000 {
		if x := math.Float64frombits(rng.Uint64()); !math.IsNaN(x) && !math.IsInf(x, 0) {
			xs = append(xs, x, math.Round(x)/100, rng.Float64(), float64(rng.Int64()))
		}
	}
	for at := 0; at < len(xs); at += 100 {
		part := xs[at:min(at+100, len(xs))]
		es, types := make([]string, len(part)), make([]sql.Type, len(part))
		for i, x := range part {
			es[i], types[i] = d.CastReal(d.Real(x)), sql.Real
		}
		err := c.Query(t.Context(), sql.Query{SQL: "SELECT " + strings.Join(es, ", "), Types: types}, func(b *sql.Block) error {
			for i, x := range part {
				if got := b.Columns[i].Reals[0]; math.Float64bits(got) != math.Float64bits(x) {
					t.Errorf("%v reads as %v", x, got)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	texts := []string{"", "a'b", `a\b`, `\'`, "a\x00b", "\r\n\t\b", "\xff\xfe", "é\xc3", "--", "{x:Int8}", "`", "\x7f", "%s", "日本"}
	for _, text := range texts {
		if got := ask(t, c, "SELECT "+d.Word(text), sql.Words); got[0] != text {
			t.Errorf("%q reads as %q", text, got[0])
		}
		if text == "" {
			continue
		}
		if got := ask(t, c, "SELECT "+d.Quote(text)+" FROM (SELECT 'x' AS "+d.Quote(text)+")", sql.Words); got[0] != "x" {
			t.Errorf("identifier %q: %q", text, got)
		}
	}
}

func TestServerMapAndBelow(t *testing.T) {
	c := dialServer(t, sql.Access{})
	d := c.Dialect()
	from, to := []float64{-1.5, 0, 1e-320, 0.1, 3, 1 << 53}, []float64{7, -2.5, 3, 1e-320, 0.25, 0}
	for _, test := range []struct{ e, want string }{
		{"-1.5", "7"}, {"-0.", "-2.5"}, {d.Real(1e-320), "3"}, {"0.1", "1e-320"}, {"3", "0.25"},
		{"toNullable(9007199254740992)", "0"}, {"2", "NaN"}, {"NULL", "NaN"}, {"CAST(NULL AS Nullable(Float64))", "NaN"}, {"nan", "NaN"},
	} {
		if got := ask(t, c, "SELECT "+d.CastReal(d.Map(test.e, from, to)), sql.Real); got[0] != test.want {
			t.Errorf("Map(%s) = %s, want %s", test.e, got[0], test.want)
		}
	}
	if got := ask(t, c, "SELECT "+d.CastReal(d.Map("1", nil, nil)), sql.Real); got[0] != "NaN" {
		t.Errorf("Map of nothing = %s", got)
	}
	bounds := []float64{-2, 0, 0.1, 5}
	for _, test := range []struct{ e, want string }{
		{"-3", "0"}, {"-2", "0"}, {"-1.9", "1"}, {"0.1", "2"}, {"0.2", "3"}, {"6", "4"}, {"toNullable(6.)", "4"}, {"CAST(NULL AS Nullable(Float64))", "NaN"},
	} {
		if got := ask(t, c, "SELECT "+d.CastReal(d.Below(test.e, bounds)), sql.Real); got[0] != test.want {
			t.Errorf("Below(%s) = %s, want %s", test.e, got[0], test.want)
		}
	}
	if got := ask(t, c, "SELECT "+d.CastReal(d.Below("-6.", nil)), sql.Real); got[0] != "0" {
		t.Errorf("Below nothing = %s", got)
	}
}

// Long lists are no problem to the server.
func TestServerLongLists(t *testing.T) {
	c := dialServer(t, sql.Access{})
	d := c.Dialect()
	xs := make([]float64, 50000)
	for i := range xs {
		xs[i] = float64(i) - 100.5
	}
	sum := ask(t, c, "SELECT "+d.CastReal(d.Sum(d.Map("number - 100.5", xs, xs)))+" FROM (SELECT number FROM system.numbers LIMIT 50000)", sql.Real)
	if want := strconv.FormatFloat(50000*(49999/2.0-100.5), 'g', -1, 64); sum[0] != want {
		t.Errorf("sum %s, want %s", sum[0], want)
	}
	for _, n := range []int{300, 501, 50000} {
		if got := ask(t, c, "SELECT "+d.CastReal(d.Below("nullIf(toFloat64(number), 2)", xs[:n]))+" FROM (SELECT number FROM system.numbers LIMIT 4)", sql.Real); !slices.Equal(got, []string{"101", "102", "NaN", "104"}) {
			t.Errorf("Below %d bounds: %v", n, got)
		}
	}
}

func TestServerHashLotMatch(t *testing.T) {
	c := dialServer(t, sql.Access{Write: true})
	d := c.Dialect()
	name := table(t, c, "x UInt32")
	for part := range 5 {
		exec(t, c, fmt.Sprintf("INSERT INTO %s SELECT number + %d FROM system.numbers LIMIT 100000", d.From(name), part*100000))
	}
	lots := func(seed uint64) []string {
		return ask(t, c, "SELECT "+d.Int("x")+" FROM "+d.From(name)+" ORDER BY "+d.Lot(seed)+", x LIMIT 1000", sql.Int)
	}
	first := lots(1)
	for range 3 {
		if !slices.Equal(lots(1), first) {
			t.Fatal("the lots of rows change")
		}
	}
	if slices.Equal(lots(2), first) {
		t.Error("the seed does nothing")
	}
	hash := d.Hash([]string{"toString(x)", "'a'"})
	if got := ask(t, c, "SELECT "+d.Int("uniqExact("+hash+")")+" FROM "+d.From(name), sql.Int); got[0] != "500000" {
		t.Errorf("%s hashes", got)
	}
	if got := ask(t, c, "SELECT "+d.Int("max("+hash+")")+" FROM "+d.From(name), sql.Int); len(got[0]) > 16 {
		t.Errorf("hash %s", got)
	}
	for _, m := range []struct{ text, pattern, want string }{{"a\nb", "a.b", "0"}, {"a\nb", "(?s)a.b", "1"}, {"AxB", "(?i)a.b$", "1"}, {"é", "^.$", "1"}, {"x", "y", "0"}, {"a'b", `'`, "1"}, {`a\b`, `\\`, "1"}} {
		if got := ask(t, c, "SELECT "+d.Int(d.Match(d.Word(m.text), m.pattern)), sql.Int); got[0] != m.want {
			t.Errorf("%q matches %q: %s", m.text, m.pattern, got[0])
		}
	}
}
