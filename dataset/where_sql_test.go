package dataset

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// awkwardData has cells that servers are known to read in their own way.
const awkwardData = `x,y,ts,id.orig_h,id.resp_h,protocol,dst_port,flag,note,empty,attack
0,0,2018-09-21 09:40:22.5,10.0.0.1,10.0.0.9,tcp,80,1,first,,neptune.
0.1,1,2018-09-21 10:00:00,10.0.0.2,10.0.0.2,udp,53,0,Second,,smurf
0.30000000000000004,2,2018-09-22 00:00:00,10.0.0.1,10.0.0.9,tcp,443,1,,,normal.
-2.5,-3,,10.0.0.3,::1,icmp,http,0,fourth row,,normal
,-1,2018-09-23 12:00:00,,10.0.0.9,,0080,1,FIFTH,,neptune
9007199254740993,3,2018-09-24 12:00:00,10.0.0.5,10.0.0.5,TCP,8e1,0,é,,smurf..
1e300,7,1969-12-31 23:59:59,10.0.0.5,10.0.0.6,t,,,"50% off_\",,.
-1e300,,2018-09-24 12:00:00,::1,::1,True,1,1,"it's ""so""
and so",,a.b.
1e-300,-7,2018-09-24 12:00:00,fe80::1,10.0.0.5,0,0,0,ÉCOLE İstanbul ΣΑΣ K,,
-1,2,1970-01-01,,,F,-1,,tcp,,tcp
5.5,2,,10.0.0.5,10.0.0.5,a.,80 ,1,a.b*c,,[x]
-6,3,2018-09-24 12:00:00,10.0.0.5,10.0.0.5,z,1e999,1,ẞtraße ſ,,tcp.
4503599627370497.5,4,2018-09-24 12:00:00,10.0.0.5,10.0.0.5,~,.5,1,日本語 tcp,,t
1152921504606846976,1000,2018-09-24 12:00:00,10.0.0.5,10.0.0.5,tcp ,05,1,"a	b",,t.
`

func openAwkward(t testing.TB) *Table {
	return tableOf(t, fileWith(t, "awkward.csv", awkwardData, Options{Types: map[string]Kind{
		"x": Number, "y": Number, "flag": Flag, "ts": Time, "note": Text, "dst_port": Category, "protocol": Category, "id.orig_h": Address, "id.resp_h": Address, "attack": Category,
	}}))
}

var awkwardFilters = []string{
	`x == 0`, `x != 0`, `x > 0.1`, `x >= 0.30000000000000004`, `x == 9007199254740992`, `x == 9007199254740993`, `x < y`, `x != y`, `y in (1, -3, 7)`, `y not in (1, -3)`,
	`0 < x < 5`, `x / 0 > 1`, `x / 0 < 1`, `x / y > 0`, `1 / y != 2`, `1 / -y < 0`, `x / y == x / y`, `x / y in (0, 0.1)`, `x / y not in (0, 0.1)`, `-y in (0, 1)`, `y - y != 1`,
	`y / y != 5`, `y / y not in (7)`, `y / 0 != 1 / 0`, `y / 0 == 1 / 0`, `x * 1e10 - x * 1e10 == 0`, `x % 3 == 0`, `x % 1000 == 976`, `x % 2 == 1.5`, `y % -2 == -1`, `1 / (x % 3) < 0`,
	`y ** 2 == 9`, `y ** 3 < 0`, `y ** 0 == 1`, `y ** -1 > 0.3`, `y ** -2 == 1 / 0`, `y ** 7 == 823543`, `y ** 0.5 == 2`, `(y / 0) ** 0.5 > 5`, `(x / 7) ** 5 < 1`, `abs(x) <= 2.5`, `-abs(y) < -2`, `abs(-y) == 0`,
	`log1p(x) < 2`, `log1p(x) <= 0`, `log1p(x) == 0`, `log1p(x) != 0`, `log1p(x) > 690`, `log1p(x) >= 0.0953101798043249`, `log1p(x) in (0, 1.8718021769015913)`, `log1p(x) not in (0, 1)`, `log1p(x) > -1 / 0`, `log1p(x) <= 1 / 0`,
	`log1p(y) == -1 / 0`, `log1p(y / 0) == 1 / 0`, `2 > log1p(y - 2)`, `log1p(x) in (0 / 0)`, `log1p(x) not in (0 / 0)`, `x not in (0 / 0)`, `x in (0 / 0)`, `-x not in (0 / 0)`,
	`ts > "2018-09-21T12:00:00Z"`, `ts == "2018-09-21T09:40:22.5Z"`, `ts < 0`, `ts - 60 > "2018-09-24"`, `ts in ("1970-01-01")`, `flag`, `not flag`, `flag == true`, `flag != true`, `x == false`, `y != true`,
	`isnull(x)`, `not isnull(note)`, `isnull(protocol)`, `isnull(empty)`, `not isnull(empty)`, `empty > 1`, `empty + 1 > 1 or x == 0`, `isnull(id.orig_h)`, `isnull(flag)`, `isnull(dst_port) == false`,
	`protocol == "tcp"`, `protocol != "tcp"`, `protocol in ("tcp", "udp")`, `protocol not in ("tcp", "udp")`, `protocol < "tcp"`, `protocol >= "t"`, `protocol == true`, `protocol == false`, `protocol != true`, `lower(protocol) == "tcp"`,
	`dst_port == 80`, `dst_port != 80`, `dst_port > 60`, `dst_port + 1 == 81`, `dst_port in (80, "http")`, `dst_port not in (80, "http")`, `dst_port * 2 > y`, `dst_port != y`, `dst_port not in ("80")`,
	`attack == "neptune"`, `attack == "neptune."`, `attack != "smurf"`, `attack == "smurf."`, `attack == "smurf.."`, `attack == ""`, `attack == "."`, `attack in ("normal", "tcp.")`, `attack endsWith "l"`, `attack contains "."`, `attack >= "smurf"`, `attack < "t"`, `attack matches "^[a-m]"`, `len(attack) == 1`,
	`attack == protocol`, `attack == note`, `protocol == attack`, `attack > protocol`, `id.orig_h == id.resp_h`, `id.orig_h != id.resp_h`, `note < protocol`, `note != protocol`,
	`id.orig_h == "::1"`, `id.orig_h startsWith "10."`, `id.orig_h in ("10.0.0.5", "fe80::1")`, `not (id.orig_h endsWith "5")`,
	`note == "é"`, `note != "first"`, `note contains "%"`, `note contains "_"`, `note contains '\\'`, `note contains "\n"`, `note contains "'"`, `note contains ""`, `note not contains ""`, `note startsWith ""`, `note endsWith "so"`, `note startsWith "日"`, `note endsWith "é"`,
	`not (note contains "f")`, `note < "a"`, `note > "Z"`, `note >= "é"`, `len(note) == 1`, `len(note) > 8`, `len(lower(note)) == 8`, `note in ("first", "é", "a.b*c")`, `note not in ("first", "é")`,
	`lower(note) == "second"`, `lower(note) == "Second"`, `lower(note) contains "k"`, `lower(note) contains "i"`, `lower(note) contains "σας"`, `lower(note) contains "s"`, `lower(note) startsWith "école"`, `lower(note) endsWith "\""`, `lower(note) endsWith "s"`, `lower(note) != "fifth"`, `lower(note) in ("first", "FIFTH", "fifth")`, `lower(note) not in ("first", "fifth")`, `lower(note) contains "a.b*c"`, `lower(note) contains ""`, `lower(note) == "ßtraße ſ"`, `lower(attack) == "neptune."`, `lower(note) == "50% off_\\"`,
	`x > 0 and note contains "o" or not (y < 0)`, `not (x > 0 && y > 0)`, `(x > 0) == false`, `true`, `false`, `not (isnull(x) or y > 1)`, `1 < 2 and x > 0`,
}

// matchFilters need a server with patterns of RE2, or levels.
var matchFilters = []string{
	`note matches "^f"`, `note matches "(?i)^f"`, `note matches "o.*o"`, "note matches `(?s)so.*so`", "note matches `so.*so`", `note matches "(?i)k"`, `note matches "(?i)s$"`, "note matches `\\d\\D`", "note matches `^.$`", "note matches `^\\w+$`",
	"note matches `\\bso\\b`", "note matches `(?m)^and`", "note matches `^and`", "note matches `\\p{Lu}`", "note matches `[[:upper:]]{2}`", "note matches `\\p{Greek}|\\p{Han}`", "note matches `a\\.b\\*c`", `note not matches "."`, `note matches ""`, `note matches "(a|b)?$"`, "note matches `(?i)straSSe`", "note matches `(?i)straße`", "note matches `[^a-z]`", "note matches `(?i)[k]`", "note matches `(?i)[^k]cole`", `attack matches "e$"`, "note matches `(?P<one>x|f)i`", "note matches `\\x{65e5}`", "note matches `\\Qa.b*\\E`", "note matches `(?U)o+?f`", `note matches "so\\z"`, "note matches `(fi){1,2}`", "note matches `'`", "note matches `\\\\`",
}

func rowsText(rows []uint32) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(rows), "[]"), " ", ",")
}

// agreeOn compares what the server finds, by a schema, with what files find. Overflows that stop a
// query are no answer, and so not a wrong one.
func agreeOn(t *testing.T, server testServer, p testPhrases, table *Table, s *Schema, exprs []string) {
	t.Helper()
	var conditions, wants, asked []string
	for _, expr := range exprs {
		filter, err := CompileFilter(expr, table.Schema())
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		condition, err := TranslateFilter(expr, s, p)
		if errors.Is(err, errTooLong) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		conditions, wants, asked = append(conditions, condition), append(wants, rowsText(keptBy(t, table, filter))), append(asked, expr)
	}
	stopped := 0
	for i, got := range server.answers(t, table, conditions) {
		switch {
		case got == wants[i]:
		case strings.HasPrefix(got, "error: ") && (strings.Contains(got, "out of range") || strings.Contains(got, "throwIf")):
			stopped++
		default:
			t.Errorf("%s finds rows %s, want %s\n%s", asked[i], shorten([]byte(got)), wants[i], conditions[i])
		}
	}
	if len(asked) < len(exprs)*9/10 || stopped > len(exprs)/10 {
		t.Errorf("of %d filters, only %d were translated, and %d stopped", len(exprs), len(asked), stopped)
	}
}

func TestTranslateFilterOnServers(t *testing.T) {
	for _, name := range []string{"clickhouse", "postgres"} {
		t.Run(name, func(t *testing.T) {
			server, p := serverOf(t, name)
			exprs := awkwardFilters
			if name == "clickhouse" {
				exprs = append(exprs[:len(exprs):len(exprs)], matchFilters...)
			}
			table := openAwkward(t)
			agreeOn(t, server, p, table, table.Schema(), exprs)
		})
	}
}

// Without levels the server is asked about every word; what it cannot tell is an error.
func TestTranslateWithoutLevels(t *testing.T) {
	for _, name := range []string{"clickhouse", "postgres"} {
		t.Run(name, func(t *testing.T) {
			server, p := serverOf(t, name)
			table := openAwkward(t)
			bare := *table.Schema()
			bare.Columns = slices.Clone(bare.Columns)
			for i := range bare.Columns {
				if c := &bare.Columns[i]; c.Kind == Category {
					c.Kind, c.Dict = Text, nil
				}
			}
			g := filterGrammar{rand.New(rand.NewPCG(7, 8))}
			exprs := append(slices.Clone(awkwardFilters), matchFilters...)
			for i := range 200 {
				exprs = append(exprs, g.condition(i%2))
			}
			var translated []string
			for _, expr := range exprs {
				if _, err := TranslateFilter(expr, &bare, p); err == nil {
					translated = append(translated, expr)
				}
			}
			if len(translated) < len(exprs)*6/10 {
				t.Errorf("only %d of %d filters can be translated", len(translated), len(exprs))
			}
			agreeOn(t, server, p, table, &bare, translated)
		})
	}
}

// Random patterns are told apart by ClickHouse as in files.
func TestTranslateRandomPatterns(t *testing.T) {
	server, p := serverOf(t, "clickhouse")
	g := filterGrammar{rand.New(rand.NewPCG(9, 10))}
	exprs := make([]string, 200)
	for i := range exprs {
		exprs[i] = "note " + g.one("matches", "not matches") + " `" + g.pattern(i%4) + "`"
	}
	table := openAwkward(t)
	agreeOn(t, server, p, table, table.Schema(), exprs)
}

func (g filterGrammar) pattern(depth int) string {
	if depth == 0 {
		return g.one("a", "s", "o", "so", "K", "É", "é", "f", "first", "ß", ".", "[a-s]", "[^a-z]", `\d`, `\W`, `\s`, "^", "$", `\b`, `\pL`, `\p{Lu}`, "[[:alpha:]]", "日本", "%", "'", `\\`)
	}
	switch a := g.pattern(depth - 1); g.IntN(6) {
	case 0:
		return "(?:" + a + ")" + g.one("*", "+", "?", "{2}", "*?", "{1,3}")
	case 1:
		return g.one("(?i:", "(?s:", "(?m:", "(", "(?-s:") + a + ")"
	case 2:
		return "(?:" + a + "|" + g.pattern(depth-1) + ")"
	default:
		return a + g.pattern(depth-1)
	}
}

// Random filters find the same rows on a server as in a file.
func TestTranslateRandomFilters(t *testing.T) {
	for _, name := range []string{"clickhouse", "postgres"} {
		t.Run(name, func(t *testing.T) {
			server, p := serverOf(t, name)
			rng := rand.New(rand.NewPCG(5, 6))
			exprs := make([]string, 400)
			for i := range exprs {
				exprs[i] = filterGrammar{rng}.condition(i % 4)
			}
			table := openAwkward(t)
			agreeOn(t, server, p, table, table.Schema(), exprs)
		})
	}
}

// A filterGrammar makes filters of the columns of awkwardData.
type filterGrammar struct{ *rand.Rand }

func (g filterGrammar) one(of ...string) string { return of[g.IntN(len(of))] }

func (g filterGrammar) condition(depth int) string {
	if depth == 0 {
		return g.comparison()
	}
	switch g.IntN(4) {
	case 0:
		return "not (" + g.condition(depth-1) + ")"
	case 1:
		return "(" + g.condition(depth-1) + ") == " + g.one("true", "false")
	}
	return "(" + g.condition(depth-1) + ") " + g.one("&&", "or", "and", "||") + " (" + g.condition(depth-1) + ")"
}

func (g filterGrammar) comparison() string {
	op := g.one(" == ", " != ", " < ", " <= ", " > ", " >= ")
	word := g.one("protocol", "dst_port", "attack", "note")
	switch g.IntN(9) {
	case 0:
		return g.number(2) + op + g.number(1)
	case 1:
		return g.number(1) + g.one(" in (", " not in (") + g.literal() + ", " + g.literal() + ")"
	case 2:
		return g.literal() + g.one(" < ", " <= ") + g.number(1) + g.one(" < ", " <= ") + g.literal()
	case 3:
		return "log1p(" + g.number(1) + ")" + op + g.literal()
	case 4:
		return word + op + g.word()
	case 5:
		return word + g.one(" in (", " not in (") + g.word() + ", " + g.word() + ")"
	case 6:
		return g.one(word, "lower("+word+")") + g.one(" contains ", " not contains ", " startsWith ", " endsWith ") + g.word()
	case 7:
		return "lower(" + word + ")" + g.one(" == ", " != ") + g.word()
	}
	return g.one("isnull("+word+")", "flag", "dst_port"+op+g.literal(), "isnull(x)", word+op+g.one("note", "attack", "protocol"), "not isnull(ts)")
}

func (g filterGrammar) number(depth int) string {
	if depth == 0 {
		return g.one("x", "y", "y", "flag", "dst_port", "len(note)", "len(lower(attack))", g.literal())
	}
	a, b := g.number(depth-1), g.number(depth-1)
	switch g.IntN(5) {
	case 0:
		return "abs(" + a + ")"
	case 1:
		return "(-(" + a + "))"
	case 2:
		return "(" + a + ")" + g.one(" % 3", " % -7", " % 1000", " ** 2", " ** 3", " ** -1", " ** -3", " ** 0", " ** 0.5")
	}
	return "(" + a + g.one(" + ", " - ", " * ", " / ") + b + ")"
}

func (g filterGrammar) literal() string {
	return g.one("0", "1", "2", "-3", "0.1", "7", "80", "0.5", "1e9", "(1/0)", "(-1/0)", "(0/0)", "-1", "9007199254740993")
}

func (g filterGrammar) word() string {
	return g.one(`"tcp"`, `"t"`, `""`, `"neptune."`, `"a."`, `"smurf."`, `"e"`, `"É"`, `"é"`, `"i"`, `"80"`, `"first"`, `"fifth"`, `"."`, `"'"`, `"σ"`, `"ſ"`, `"[x]"`)
}

func TestTranslateFilter(t *testing.T) {
	table := openAwkward(t)
	tests := []struct{ expr, clickhouse, postgres string }{
		{`protocol == "tcp"`, `(c5) = 'tcp'`, `(c5) = E'tcp'`},
		{`protocol not in ("tcp", "udp")`, `((c5) NOT IN ('tcp', 'udp') AND (c5) IS NOT NULL)`, `((c5) NOT IN (E'tcp', E'udp') AND (c5) IS NOT NULL)`},
		{`attack == "neptune."`, `(c10) IN ('neptune', 'neptune.')`, `(c10) IN (E'neptune', E'neptune.')`},
		{`protocol startsWith "u"`, `(c5) = 'udp'`, `(c5) = E'udp'`},
		{`protocol startsWith "none"`, `1 = 0`, `1 = 0`},
		{`len(protocol) > 0 or protocol contains ""`, `((toFloat64(lengthUTF8(c5))) > (toFloat64(0)) OR (c5) IS NOT NULL)`, `((char_length(c5)::float8) > ('0'::float8) OR (c5) IS NOT NULL)`},
		{`note contains "it's"`, `position(c8, 'it\'s') > 0`, `strpos(c8, E'it\'s') > 0`},
		{`note < "a"`, `(c8) < 'a'`, `(c8) COLLATE "C" < E'a'`},
		{`lower(note) == "k."`, `match(c8, '^[kK` + "\u212a" + `]\\.$')`, `(c8) ~ E'^[kK` + "\u212a" + `]\\.$'`},
		{`not (x > 1)`, `(c0) <= (toFloat64(1))`, `(c0) <= ('1'::float8)`},
		{`x / y != 1`, `abs(((c0) / (c1)) - (toFloat64(1))) > 0`, ``},
		{`x / 0 > 1`, `((c0) / (toFloat64(0))) > (toFloat64(1))`, `NULLIF((c0) * 'Infinity'::float8, 'NaN'::float8) > ('1'::float8)`},
		{`x + 1 > y and isnull(empty)`, `(((c0) + (toFloat64(1))) > (c1) AND 1 = 1)`, `(NULLIF((c0) + ('1'::float8), 'NaN'::float8) > (c1) AND 1 = 1)`},
		{`isnull(x)`, `(c0) IS NULL`, `(c0) IS NULL`},
	}
	for _, test := range tests {
		for name, want := range map[string]string{"clickhouse": test.clickhouse, "postgres": test.postgres} {
			got, err := TranslateFilter(test.expr, table.Schema(), testPhrases{name})
			if err != nil || got != want && want != "" {
				t.Errorf("%s for %s: %s (%v), want %s", test.expr, name, got, err, want)
			}
		}
	}
}

func TestTranslateFilterErrors(t *testing.T) {
	s := openAwkward(t).Schema()
	tests := []struct{ expr, server, want string }{
		{`log1p(x) > log1p(y)`, "clickhouse", "compare it with a number and nothing else"},
		{`log1p(x) + 1 > 2`, "postgres", "compare it with a number and nothing else"},
		{`x % 0.5 == 0`, "clickhouse", "% only with a whole number behind it"},
		{`x % y == 0`, "postgres", "% only with a whole number behind it"},
		{`x ** y > 1`, "clickhouse", "a whole number from -16 to 16 or 0.5"},
		{`2 ** y > 1`, "postgres", "a whole number from -16 to 16 or 0.5"},
		{`x ** 17 > 1`, "postgres", "a whole number from -16 to 16 or 0.5"},
		{`note matches "^f"`, "postgres", "use contains, startsWith, endsWith, == or in"},
		{`note == 80`, "clickhouse", `compare with words in quotes, as in note == "80"`},
		{`note + 1 == 81`, "postgres", `compare it with words in quotes, as in note == "80"`},
		{`lower(note) < "a"`, "clickhouse", "compare it with ==, in, contains"},
		{`lower(note) matches "a"`, "clickhouse", "cannot match"},
		{`lower(note) == lower(protocol)`, "clickhouse", "compare them without lower"},
		{strings.Repeat("((", 12) + "x" + strings.Repeat(" ** 16) ** 16)", 12) + " > 1", "postgres", "becomes longer than"},
		{`x > 1`, "sqlite", "choose clickhouse or postgres"},
	}
	for _, test := range tests {
		if got, err := TranslateFilter(test.expr, s, testPhrases{test.server}); err == nil || !strings.Contains(err.Error(), test.want) || got != "" {
			t.Errorf("%s for %s: %q, error %v, want %q", test.expr, test.server, got, err, test.want)
		}
	}
	var place *FilterError
	if _, err := TranslateFilter(`nosuch > 1`, s, testPhrases{"clickhouse"}); !errors.As(err, &place) || place.At != 1 {
		t.Errorf("an unknown column gives %v", err)
	}
}

// Where a pattern has no translation, or words are read as numbers, the levels stand in.
func TestTranslateByLevels(t *testing.T) {
	s := openAwkward(t).Schema()
	for expr, want := range map[string]string{
		`protocol matches "^[ui]"`:  `(c5) IN (E'icmp', E'udp')`,
		`dst_port == 80`:            `(c6) IN (E'0080', E'80', E'80 ', E'8e1')`,
		`dst_port matches ".*"`:     `(c6) IS NOT NULL`,
		`protocol not matches "z"`:  `(c5) <> E'z'`,
		`protocol matches "[^tuz]"`: `((c5) NOT IN (E't', E'z') AND (c5) IS NOT NULL)`,
	} {
		if got, err := TranslateFilter(expr, s, testPhrases{"postgres"}); err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", expr, got, err, want)
		}
	}
}

// Levels are named only where these are few, however many there are.
func TestTranslateManyLevels(t *testing.T) {
	dict := NewDict(func() []string {
		levels := make([]string, 3*mostListed)
		for i := range levels {
			levels[i] = fmt.Sprint(i)
		}
		return levels
	})
	s := &Schema{Columns: []Column{{Name: "port", Canon: "port", Kind: Category, Dict: dict}}}
	tests := []struct{ expr, server, want string }{
		{`port == 80`, "clickhouse", `(c0) = '80'`},
		{`port matches "^8.$"`, "postgres", `(c0) IN (E'80', E'81', E'82', E'83', E'84', E'85', E'86', E'87', E'88', E'89')`},
		{`port matches "[02468]$"`, "clickhouse", `match(c0, '(?-m:[02468]$)')`},
		{`port matches "[02468]$"`, "postgres", "cannot match"},
		{`port endsWith "0" or port endsWith "5"`, "postgres", `((c0) IN (`},
		{`port contains "1"`, "postgres", `strpos(c0, E'1') > 0`},
		{`port % 2 == 0`, "postgres", "too many to compute with"},
		{`port > 15000`, "clickhouse", "too many different words"},
	}
	for _, test := range tests {
		got, err := TranslateFilter(test.expr, s, testPhrases{test.server})
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("%s for %s: %s, want %s", test.expr, test.server, shorten([]byte(got)), test.want)
		}
	}
}

// The threshold of a logarithm is where math.Log1p passes the limit.
func TestLogarithmThreshold(t *testing.T) {
	for _, x := range []float64{-1, -0.5, -1e-300, 0, 5e-324, 1, 1e9, math.MaxFloat64} {
		limit := math.Log1p(x)
		for _, op := range []comparison{atLeast, greaterThan} {
			least := threshold(op, limit)
			if below := math.Nextafter(least, -2); !op.holds(math.Log1p(least), limit) || below >= -1 && op.holds(math.Log1p(below), limit) {
				t.Errorf("log1p(x) %v %v from %v on", op, limit, least)
			}
		}
	}
}
