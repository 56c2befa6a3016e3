package sql

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// A listener is a Tallied analysis that writes down what it is told.
type listener struct {
	sets    []dataset.Set
	schema  *dataset.Schema
	groups  []map[string]string // by set and cells: rows and sums
	calls   int
	over    []int
	rows    int
	refused error
	start   func(*dataset.Schema)
}

func (l *listener) Start(s *dataset.Schema, workers int) error {
	l.schema, l.groups, l.over, l.rows = s, make([]map[string]string, len(l.sets)), nil, 0
	if l.start != nil {
		l.start(s)
	}
	return nil
}

func (l *listener) Batch(int, *dataset.Batch) error { return errors.New("there are no rows") }

func (l *listener) EndChunk(_ int, c dataset.Chunk) error {
	l.rows += c.Rows
	return nil
}

func (l *listener) Sets(*dataset.Schema) []dataset.Set { return l.sets }

func (l *listener) Overflow(set int) error {
	l.over = append(l.over, set)
	return nil
}

func (l *listener) Groups(set int, g *dataset.Groups) error {
	if l.groups[set] == nil {
		l.groups[set] = map[string]string{}
	}
	l.calls++
	for row := range g.N {
		var cells []string
		for k := range l.sets[set].Keys {
			cells = append(cells, l.cell(&g.Cells, l.sets[set].Keys[k], k, row))
		}
		said := fmt.Sprint(g.N[row])
		for i := range g.Sums {
			said += fmt.Sprintf(" %v of %d", g.Sums[i][row], g.Known[i][row])
		}
		key := strings.Join(cells, " ")
		if _, twice := l.groups[set][key]; twice {
			return fmt.Errorf("group %s comes twice", key)
		}
		l.groups[set][key] = said
	}
	return l.refused
}

func (l *listener) cell(b *dataset.Batch, k dataset.Key, place, row int) string {
	switch v := &b.Columns[place]; {
	case v.Codes != nil && v.Codes[row] == dataset.MissingCode:
		return "none"
	case v.Codes != nil:
		return l.schema.Columns[k.Column].Dict.Level(v.Codes[row])
	case v.Floats != nil:
		return fmt.Sprint(v.Floats[row])
	case b.TextMissing(place, row):
		return "none"
	}
	return string(b.Text(place, row))
}

// asker is an analysis that asks.
type asker struct {
	listener
	asked dataset.Engine
}

func (a *asker) Ask(_ context.Context, e dataset.Engine) error {
	a.asked = e
	return nil
}

// rowsOnly is an analysis that needs rows.
type rowsOnly struct{}

func (rowsOnly) Start(*dataset.Schema, int) error  { return nil }
func (rowsOnly) Batch(int, *dataset.Batch) error   { return nil }
func (rowsOnly) EndChunk(int, dataset.Chunk) error { return nil }

// flowsServer has columns of all forms: x of numbers, w of levels, t of text, h of times.
func flowsServer(rows int64) *scripted {
	return &scripted{rows: rows, columns: []ColumnInfo{column("x", "Float64", Float), column("w", "String", Word), column("t", "String", Word), column("h", "DateTime", Moment)},
		facts: map[string]columnFacts{"x": {n: 8, min: 0, max: 20, beyond: 7}, "h": {n: 10, min: 5, max: 9, beyond: 10}},
		heads: map[string][]string{"w": {"a", "b", "b"}, "t": cells(80, 80, "t%d")}}
}

func on(columns ...int) (keys []dataset.Key) {
	for _, c := range columns {
		keys = append(keys, dataset.Key{Column: c})
	}
	return keys
}

func TestStatements(t *testing.T) {
	s := openScript(t, flowsServer(10), Options{})
	for want, set := range map[string]dataset.Set{
		"SELECT na_n0 FROM (SELECT count() AS na_n0 FROM t) AS na_g0":                                                                                             {},
		"SELECT (num(na_k0)), na_n0 FROM (SELECT key(x) AS na_k0, count() AS na_n0 FROM t GROUP BY na_k0 LIMIT 15) AS na_g0":                                      {Keys: on(0), Most: 9},
		"SELECT na_k0, text(na_k1), na_n0 FROM (SELECT (num(h)) AS na_k0, key(t) AS na_k1, count() AS na_n0 FROM t GROUP BY na_k0, na_k1 LIMIT 4194310) AS na_g0": {Keys: on(3, 2)},
		"SELECT na_n0, na_s0, na_c0, na_s1, na_c1 FROM (SELECT count() AS na_n0, sum(((((num(h)) - (7)) + 48) - 48)) + sum(((num(h)) - (7)) - ((((num(h)) - (7)) + 48) - 48)) AS na_s0, countIf((num(h)) IS NOT NULL) AS na_c0, sum(((((num(x))) + 384) - 384)) + sum(((num(x))) - ((((num(x))) + 384) - 384)) AS na_s1, countIf((num(x)) IS NOT NULL) AS na_c1 FROM t) AS na_g0": {Sums: []int{3, 0}},
		"SELECT na_k0, na_n0 FROM (SELECT below((num(x)), [1 2]) AS na_k0, count() AS na_n0 FROM t GROUP BY na_k0 LIMIT 4) AS na_g0":                       {Keys: []dataset.Key{{Column: 0, Bounds: []float64{1, 2}}}, Most: 3},
		"SELECT na_k0, na_n0 FROM (SELECT floor(((num(h)) - (-4)) / 0.5) AS na_k0, count() AS na_n0 FROM t GROUP BY na_k0 LIMIT 4) AS na_g0":               {Keys: []dataset.Key{{Column: 3, Start: -4, Step: .5}}, Most: 3},
		"SELECT na_k0, na_n0 FROM (SELECT CASE WHEN (num(x)) IS NULL THEN 1 ELSE 0 END AS na_k0, count() AS na_n0 FROM t GROUP BY na_k0 LIMIT 4) AS na_g0": {Keys: []dataset.Key{{Column: 0, Gap: true}}, Most: 3},
		"SELECT na_k0, na_n0 FROM (SELECT CASE WHEN (text(w)) NOT IN ('', 'NA', 'NaN', '?') THEN 0 ELSE 1 END AS na_k0, count() AS na_n0 FROM t GROUP BY na_k0 LIMIT 4) AS na_g0": {
			Keys: []dataset.Key{{Column: 1, Gap: true}}, Most: 3},
		"SELECT na_k0, na_n0 FROM (SELECT hash(text((num(x))), CASE WHEN (text(w)) NOT IN ('', 'NA', 'NaN', '?') THEN text(w) ELSE '' END) AS na_k0, count() AS na_n0 FROM t GROUP BY na_k0 LIMIT 4) AS na_g0": {
			Keys: []dataset.Key{{Hash: []int{0, 1}}}, Most: 3},
	} {
		q, err := s.newSetQuery(set)
		if err != nil || q.statement != want {
			t.Errorf("%+v: got %v\n%s, want\n%s", set, err, q.statement, want)
		}
	}
	for _, set := range []dataset.Set{{Keys: on(4)}, {Keys: on(-1)}, {Sums: []int{1}}, {Sums: []int{9}}, {Keys: []dataset.Key{{Column: 1, Step: 1}}}, {Keys: []dataset.Key{{Hash: []int{7}}}}} {
		if q, err := s.newSetQuery(set); err == nil {
			t.Errorf("%+v: got %s, want an error", set, q.statement)
		}
	}
}

// byWord is what the statement about the levels of w contains.
const byWord = "SELECT text(na_k0), na_n0 FROM (SELECT key(w) AS na_k0, count() AS na_n0 FROM t GROUP"

func TestGroups(t *testing.T) {
	server := flowsServer(10)
	nan, zero := math.NaN(), math.Copysign(0, -1)
	server.answers = []scriptedAnswer{
		{contains: byWord, rows: [][]any{{"a", 4}, {"", 1}, {"NA", 2}, {"b", 3}}},
		{contains: "SELECT (num(na_k0)), text(na_k1), na_n0, na_s0", rows: [][]any{
			{nan, "a", 1, nan, 0, -1., 1}, {nan, "a", 1, nan, 0, 1., 1}, {0., "?", 2, -20., 2, nan, 0}, {zero, "", 1, -10., 1, 0., 0}, {12., "b", 3, 6., 3, 2., 1}, {12., "a", 2, 4., 2, 0., 4},
		}},
		{contains: "(SELECT key(t) AS na_k0, count() AS na_n0 FROM t GROUP", rows: [][]any{{"x", 4}, {"?", 1}, {"", 5}}},
		{contains: "SELECT na_k0, na_n0 FROM (SELECT below", rows: [][]any{{1., 7}, {nan, 3}}},
		{contains: "SELECT na_k0, na_n0 FROM (SELECT hash", rows: [][]any{{1 << 52, 10}}},
		{contains: "SELECT na_n0 FROM", rows: [][]any{{10}}},
	}
	s := openScript(t, server, Options{})
	mark := len(server.asked)
	l := &listener{sets: []dataset.Set{
		{Keys: on(0, 1), Sums: []int{0, 3}}, {Keys: on(1)}, {Keys: on(2)}, {Keys: []dataset.Key{{Column: 0, Bounds: []float64{3}}}},
		{Keys: []dataset.Key{{Hash: []int{0, 1}}}}, {},
	}}
	other := &listener{sets: []dataset.Set{{Keys: on(1)}, {Keys: on(2)}}}
	if err := s.Scan(context.Background(), l, other); err != nil {
		t.Fatal(err)
	}
	want := []map[string]string{
		{"NaN a": "2 0 of 0 14 of 2", "0 none": "3 -30 of 3 0 of 0", "12 b": "3 6 of 3 9 of 1", "12 a": "2 4 of 2 28 of 4"},
		{"a": "4", "b": "3", "none": "3"},
		{"x": "4", "none": "6"},
		{"1": "7", "NaN": "3"},
		{"4.503599627370496e+15": "10"},
		{"": "10"},
	}
	if !reflect.DeepEqual(l.groups, want) || l.rows != 10 || l.over != nil {
		t.Errorf("got %v of %d rows, over %v, want %v", l.groups, l.rows, l.over, want)
	}
	if !reflect.DeepEqual(other.groups, want[1:3]) {
		t.Errorf("another analysis got %v", other.groups)
	}
	if asked := server.since(mark); len(asked) != 6 {
		t.Errorf("asked %d times: %q", len(asked), asked)
	}
}

func TestGroupsInParts(t *testing.T) {
	const n = 2*groupBatch + 5
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = []any{float64(i), 1}
	}
	server := flowsServer(n)
	server.answers = []scriptedAnswer{{contains: "SELECT (num(na_k0)), na_n0", rows: rows}}
	s := openScript(t, server, Options{})
	l := &listener{sets: []dataset.Set{{Keys: on(0)}}}
	if err := s.Scan(context.Background(), l); err != nil || len(l.groups[0]) != n || l.calls != 4 {
		t.Errorf("%v; %d groups in %d parts, want %d in 4", err, len(l.groups[0]), l.calls, n)
	}
}

func TestOverflow(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		rows [][]any
		most int64
		over bool
	}{
		"as many":                {[][]any{{1., 5}, {2., 5}}, 2, false},
		"too many":               {[][]any{{1., 5}, {2., 2}, {3., 1}}, 2, true},
		"missing in two ways":    {[][]any{{1., 5}, {nan, 2}, {nan, 3}}, 2, false},
		"a part of a longer one": {[][]any{{1., 5}, {nan, 1}, {nan, 1}, {nan, 1}, {nan, 1}, {nan, 1}, {nan, 1}, {nan, 1}}, 2, true},
	} {
		server := flowsServer(10)
		server.answers = []scriptedAnswer{{contains: "SELECT (num(na_k0)), na_n0", rows: c.rows}}
		s := openScript(t, server, Options{})
		l := &listener{sets: []dataset.Set{{}, {Keys: on(0), Most: c.most}}}
		server.answers = append(server.answers, scriptedAnswer{contains: "SELECT na_n0", rows: [][]any{{10}}})
		if err := s.Scan(context.Background(), l); err != nil || (len(l.over) == 1) != c.over || c.over && l.over[0] != 1 {
			t.Errorf("%s: %v; sets %v were too many, want %v", name, err, l.over, c.over)
		}
	}
	server := flowsServer(10)
	server.answers = []scriptedAnswer{{contains: byWord, rows: [][]any{{"a", 4}, {"b", 3}, {"", 3}}}}
	s := openScript(t, server, Options{})
	l := &listener{sets: []dataset.Set{{Keys: on(1), Most: 2}}}
	if err := s.Scan(context.Background(), l); err != nil || len(l.over) != 1 {
		t.Errorf("levels: %v, %v", err, l.over)
	}
}

func TestChangedTable(t *testing.T) {
	for name, c := range map[string]struct {
		set  dataset.Set
		rows [][]any
		want string
	}{
		"more rows":       {dataset.Set{Keys: on(0)}, [][]any{{1., 11}}, "from 10 to 11 rows"},
		"fewer rows":      {dataset.Set{}, [][]any{{9}}, "from 10 to 9 rows"},
		"levels":          {dataset.Set{Keys: on(1)}, [][]any{{"a", 12}}, "--where"},
		"a level of late": {dataset.Set{Keys: on(1, 1)}, [][]any{{"late", "late", 10}}, "--where"},
	} {
		server := flowsServer(10)
		if name == "a level of late" {
			server.answers = []scriptedAnswer{{contains: byWord, rows: [][]any{{"a", 10}}}}
		}
		s := openScript(t, server, Options{})
		server.answers = append(server.answers, scriptedAnswer{contains: "AS na_n0", rows: c.rows})
		err := s.Scan(context.Background(), &listener{sets: []dataset.Set{c.set}})
		if err == nil || !strings.Contains(err.Error(), "changed while it was read") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestScanServes(t *testing.T) {
	server := flowsServer(10)
	s := openScript(t, server, Options{})
	mark := len(server.asked)
	var refused *dataset.RowsError
	if err := s.Scan(context.Background(), &listener{}, rowsOnly{}); !errors.As(err, &refused) || refused.Table != "clickhouse://host/d/t" {
		t.Errorf("got %v", err)
	}
	if err := s.Scan(context.Background()); err != nil {
		t.Error(err)
	}
	only, both := &asker{}, &asker{listener: listener{sets: []dataset.Set{}}}
	if err := s.Scan(context.Background(), only, both); err != nil || only.asked != s || both.asked != nil || only.rows != 0 || both.rows != 10 { // who asks sees no chunk
		t.Errorf("%v; %v and %v were asked", err, only.asked, both.asked)
	}
	if len(server.since(mark)) != 0 {
		t.Errorf("asked %q for nothing", server.since(mark))
	}
	server.answers = []scriptedAnswer{{contains: "AS na_n0", rows: [][]any{{10}}}}
	l := &listener{sets: []dataset.Set{{}}, refused: errors.New("no more")}
	if err := s.Scan(context.Background(), l); err != l.refused {
		t.Errorf("got %v", err)
	}
}

func TestNoRows(t *testing.T) {
	s := openScript(t, &scripted{columns: []ColumnInfo{column("x", "Int8", Integer)}}, Options{})
	if err := s.Scan(context.Background(), &listener{}); !errors.Is(err, dataset.ErrNoRows) || err.Error() != "clickhouse://host/d/t has no rows" {
		t.Errorf("got %v", err)
	}
	server := flowsServer(10)
	server.answers = []scriptedAnswer{{contains: "SELECT count() FROM t WHERE", rows: [][]any{{0}}}}
	w := *openScript(t, server, Options{})
	w.condition, w.expr, w.counted = "x > 99", "x > 99", &rowCount{n: -1}
	if w.Rows() != -1 {
		t.Errorf("%d rows before they were counted", w.Rows())
	}
	if err := w.Scan(context.Background(), &listener{}); !errors.Is(err, dataset.ErrNoData) || !strings.Contains(err.Error(), "none of 10 rows meets x > 99") {
		t.Errorf("got %v", err)
	}
}

// What goes wrong with the levels of one source is not the matter of another one that shares
// them, and is not forgotten by way of it.
func TestLevelsErrorsOfSelections(t *testing.T) {
	server := flowsServer(10)
	broken := errors.New("the server is tired")
	server.answers = []scriptedAnswer{{contains: byWord, err: broken}}
	s := openScript(t, server, Options{})
	selected, err := s.Select([]int{1})
	if err != nil {
		t.Fatal(err)
	}
	if n := selected.Schema().Columns[0].Dict.Len(); n != 0 {
		t.Fatalf("%d levels", n)
	}
	server.answers = []scriptedAnswer{{contains: byWord, rows: [][]any{{"a", 4}, {"b", 6}}}}
	if err := s.Scan(context.Background(), &listener{}); err != nil {
		t.Errorf("the whole: %v", err)
	}
	if err := selected.Scan(context.Background(), &listener{}); err != broken {
		t.Errorf("the selection: %v", err)
	}
	counts := &dataset.Counts{By: -1}
	if err := selected.Scan(context.Background(), counts); err != nil {
		t.Fatal(err)
	}
	if got := counts.Levels(0, 0); len(got) != 2 || got[0].N+got[1].N != 10 {
		t.Errorf("the levels are %v", got)
	}
}

func TestLevelsErrors(t *testing.T) {
	server := flowsServer(10)
	broken := errors.New("the server is tired")
	server.answers = []scriptedAnswer{{contains: byWord, err: broken}}
	s := openScript(t, server, Options{})
	if n := s.Schema().Columns[1].Dict.Len(); n != 0 || s.Err() != broken {
		t.Fatalf("%d levels, %v", n, s.Err())
	}
	if err := s.Scan(context.Background(), &listener{}); err != broken || s.Err() != nil {
		t.Errorf("got %v, then %v", err, s.Err())
	}
	early := &listener{start: func(s *dataset.Schema) { s.Columns[1].Dict.Len() }}
	if err := s.Scan(context.Background(), early); err != broken {
		t.Errorf("got %v", err)
	}
	if err := s.Scan(context.Background(), &listener{sets: []dataset.Set{{Keys: on(1)}}}); err != broken {
		t.Errorf("got %v", err)
	}
	server.answers = []scriptedAnswer{{contains: byWord, rows: [][]any{{"a", 10}}}}
	if err := s.Scan(context.Background(), early); err != nil || s.Schema().Columns[1].Dict.Len() != 1 {
		t.Errorf("later: %v", err)
	}
	many := make([][]any, dataset.MaxLevels(dataset.Category)+1)
	for i := range many {
		many[i] = []any{fmt.Sprint("w", i), 1}
	}
	server = flowsServer(int64(len(many)))
	server.answers = []scriptedAnswer{{contains: byWord, rows: many}}
	s = openScript(t, server, Options{Types: map[string]dataset.Kind{"w": dataset.Category}})
	if err := s.Scan(context.Background(), &listener{sets: []dataset.Set{{Keys: on(1)}}}); err == nil || !strings.Contains(err.Error(), "--type w=text") {
		t.Errorf("got %v", err)
	}
}

func TestSelect(t *testing.T) {
	server := flowsServer(10)
	server.answers = []scriptedAnswer{{contains: byWord, rows: [][]any{{"a", 10}}}}
	s := openScript(t, server, Options{})
	narrow, err := dataset.Select(s, []string{"h", "W"})
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{sets: []dataset.Set{{Keys: on(1)}}}
	mark := len(server.asked)
	if err := narrow.Scan(context.Background(), l); err != nil || l.groups[0]["a"] != "10" {
		t.Errorf("%v; %v", err, l.groups)
	}
	l = &listener{sets: []dataset.Set{{Keys: on(1)}}}
	if err := s.Scan(context.Background(), l); err != nil || l.groups[0]["a"] != "10" || len(server.since(mark)) != 1 {
		t.Errorf("%v; %v; asked %q", err, l.groups, server.since(mark))
	}
	for _, columns := range [][]int{{9}, {-1}} {
		if _, err := s.Select(columns); err == nil {
			t.Errorf("columns %v were selected", columns)
		}
	}
}
