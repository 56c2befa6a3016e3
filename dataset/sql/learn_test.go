package sql

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// cells returns n cells of so many different words.
func cells(n, different int, form string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(form, i%different)
	}
	return out
}

func TestKinds(t *testing.T) {
	measured := columnFacts{n: 100, min: -2, max: 9, beyond: 50}
	flags := columnFacts{n: 100, min: 0, max: 1}
	for _, c := range []struct {
		name  string
		info  ColumnInfo
		facts columnFacts
		head  []string
		opt   Options
		want  dataset.Kind
	}{
		{name: "numbers", info: column("x", "Int32", Integer), facts: measured, want: dataset.Number},
		{name: "flags", info: column("x", "UInt8", Integer), facts: flags, want: dataset.Flag},
		{name: "flags of fractions", info: column("x", "Float64", Float), facts: flags, want: dataset.Flag},
		{name: "zeros", info: column("x", "UInt8", Integer), facts: columnFacts{n: 100}, want: dataset.Number},
		{name: "ones", info: column("x", "UInt8", Integer), facts: columnFacts{n: 5, min: 1, max: 1}, want: dataset.Flag},
		{name: "nothing", info: column("x", "Nullable(Int8)", Integer), want: dataset.Unknown},
		{name: "infinite", info: column("x", "Float64", Float), facts: columnFacts{infinite: 3}, want: dataset.Number},
		{name: "decimal", info: column("x", "Decimal(9,2)", Decimal), facts: measured, want: dataset.Number},
		{name: "dates", info: column("x", "DateTime", Moment), facts: measured, want: dataset.Time},
		{name: "hosts", info: column("x", "inet", Host), want: dataset.Address},
		{name: "arrays", info: column("x", "Array(String)", Other), want: dataset.Text},
		{name: "enum", info: column("x", "Enum8('a' = 1)", Word), want: dataset.Category},
		{name: "words", info: column("x", "String", Word), head: cells(100, 3, "w%d"), want: dataset.Category},
		{name: "names", info: column("x", "String", Word), head: cells(100, 90, "w%d"), want: dataset.Text},
		{name: "names of low cardinality", info: column("x", "LowCardinality(String)", Word), head: cells(100, 90, "w%d"), want: dataset.Category},
		{name: "addresses", info: column("x", "String", Word), head: cells(100, 90, "10.0.0.%d"), want: dataset.Address},
		{name: "addresses and missing words", info: column("x", "String", Word), head: append(cells(100, 90, "10.0.0.%d"), "", "NA", "?", "NaN"), want: dataset.Address},
		{name: "only missing words", info: column("x", "String", Word), head: []string{"", "NA"}, want: dataset.Unknown},
		{name: "words of digits", info: column("x", "String", Word), head: cells(100, 3, "%d"), want: dataset.Category},
		{name: "seconds", info: column("ts", "Float64", Float), facts: columnFacts{n: 9, min: 1.5e9, max: 1.6e9, beyond: 9}, want: dataset.Time},
		{name: "milliseconds", info: column("start_time", "Int64", Integer), facts: columnFacts{n: 9, min: 1.5e12, max: 1.6e12, beyond: 9}, want: dataset.Time},
		{name: "a time from the start", info: column("time", "Float64", Float), facts: measured, want: dataset.Number},
		{name: "port", info: column("dst_port", "UInt16", Integer), want: dataset.Category},
		{name: "label of numbers", info: column("label", "UInt8", Integer), facts: flags, head: []string{"0", "1"}, want: dataset.Category},
		{name: "label that is none", info: column("class", "Float64", Float), facts: measured, head: []string{"0.5", "1"}, want: dataset.Number},
		{name: "type", info: column("x", "UInt8", Integer), opt: Options{Types: map[string]dataset.Kind{"X": dataset.Category}}, want: dataset.Category},
		{name: "type text", info: column("x", "String", Word), opt: Options{Types: map[string]dataset.Kind{"x": dataset.Text}}, want: dataset.Text},
		{name: "type number", info: column("x", "String", Word), facts: columnFacts{n: 1000, words: 3, beyond: 9}, opt: Options{Types: map[string]dataset.Kind{"x": dataset.Number}}, want: dataset.Number},
		{name: "type number of flags", info: column("x", "UInt8", Integer), facts: flags, opt: Options{Types: map[string]dataset.Kind{"x": dataset.Number}}, want: dataset.Number},
		{name: "label", info: column("x", "UInt8", Integer), opt: Options{Label: "x"}, want: dataset.Category},
		{name: "not selected", info: column("x", "UInt8", Integer), facts: flags, opt: Options{Columns: []string{"other"}}, want: dataset.Number},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := &scripted{columns: []ColumnInfo{column("other", "Int8", Integer), c.info}, rows: 100,
				facts: map[string]columnFacts{c.info.Name: c.facts}, heads: map[string][]string{c.info.Name: c.head}}
			s := openScript(t, server, c.opt)
			if got := s.Schema().Columns[1]; got.Kind != c.want || (got.Dict != nil) != (c.want == dataset.Category || c.want == dataset.Address) {
				t.Errorf("got %s with levels %v, want %s; asked %q", got.Kind, got.Dict != nil, c.want, server.asked)
			}
			if s.Rows() != 100 || !s.Settled() {
				t.Errorf("%d rows", s.Rows())
			}
		})
	}
}

func TestTimesAreSeconds(t *testing.T) {
	server := &scripted{columns: []ColumnInfo{column("ts", "Int64", Integer)}, rows: 9,
		facts: map[string]columnFacts{"ts": {n: 9, min: 1.5e12, max: 1.6e12, beyond: 9}}}
	s := openScript(t, server, Options{})
	if f := s.fact(0); f.min != 1.5e9 || f.max != 1.6e9 {
		t.Errorf("learned %+v", f)
	}
	if got := s.number(0); got != "(num(ts)) / 1000" {
		t.Errorf("the number is %s", got)
	}
}

func TestManyLevels(t *testing.T) {
	levels := make([][]any, 70_000)
	for i := range levels {
		levels[i] = []any{fmt.Sprint("w", i), 1}
	}
	server := &scripted{columns: []ColumnInfo{column("x", "String", Word)}, rows: 70_000,
		heads:   map[string][]string{"x": cells(10_000, 4_000, "w%d")},
		answers: []scriptedAnswer{{contains: "FROM t GROUP BY na_k0", rows: levels}}}
	if s := openScript(t, server, Options{}); s.Schema().Columns[0].Kind != dataset.Text {
		t.Errorf("a column of 70,000 words is %s", s.Schema().Columns[0].Kind)
	}
	server.answers[0].rows = levels[:5_000]
	server.rows = 5_000 + 65_000
	server.answers[0].rows[0][1] = 65_001
	mark := len(server.asked)
	if s := openScript(t, server, Options{}); s.Schema().Columns[0].Dict.Len() != 5_000 || len(server.since(mark)) != 3 {
		t.Errorf("asked %q", server.since(mark))
	}
}

func TestLayoutKinds(t *testing.T) {
	infos := []ColumnInfo{column("ts", "DateTime", Moment), column("uid", "String", Word), column("id.orig_h", "String", Word), column("id.orig_p", "UInt16", Integer),
		column("id.resp_h", "String", Word), column("id.resp_p", "UInt16", Integer), column("proto", "LowCardinality(String)", Word), column("service", "String", Word),
		column("duration", "String", Word), column("orig_bytes", "UInt64", Integer), column("resp_bytes", "Float64", Float), column("conn_state", "String", Word),
		column("missed_bytes", "UInt8", Integer), column("history", "String", Word)}
	server := &scripted{columns: infos, rows: 10, heads: map[string][]string{"duration": {"1.5", "2", "2"}, "uid": cells(100, 100, "C%d"), "history": {"ShAD"}}}
	s := openScript(t, server, Options{})
	if s.Schema().Name != dataset.LayoutZeek {
		t.Fatalf("recognised as %q", s.Schema().Name)
	}
	for name, want := range map[string]dataset.Kind{"ts": dataset.Time, "id.orig_h": dataset.Address, "id.orig_p": dataset.Category, "proto": dataset.Category,
		"duration": dataset.Category, "orig_bytes": dataset.Number, "missed_bytes": dataset.Number} {
		i, _ := s.Schema().Resolve(name)
		if got := s.Schema().Columns[i].Kind; got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	for want, o := range map[string]Options{
		"--label":                      {Label: "nothing"},
		"--type nothing=flag":          {Types: map[string]dataset.Kind{"nothing": dataset.Flag}},
		"nothing":                      {Columns: []string{"nothing"}},
		"cannot be read as number":     {Types: map[string]dataset.Kind{"h": dataset.Number}},
		"50 of 100 cells of column":    {Types: map[string]dataset.Kind{"w": dataset.Number}},
		"type Array(Int8) and cannot":  {Types: map[string]dataset.Kind{"a": dataset.Category}},
		"type Int8 and cannot be read": {Types: map[string]dataset.Kind{"i": dataset.Address}},
	} {
		server := &scripted{rows: 1, columns: []ColumnInfo{column("h", "inet", Host), column("w", "String", Word), column("a", "Array(Int8)", Other), column("i", "Int8", Integer)},
			facts: map[string]columnFacts{"w": {n: 50, words: 50}}}
		if s, err := Open(context.Background(), server, scriptAddress, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v, want %q in the error", s, err, want)
		}
	}
	if _, err := Open(context.Background(), &scripted{}, scriptAddress, Options{}); err == nil {
		t.Error("a table without columns was opened")
	}
}

func TestExplainAndProgress(t *testing.T) {
	var said []string
	told := 0
	server := &scripted{columns: []ColumnInfo{column("x", "String", Word)}, rows: 2, heads: map[string][]string{"x": {"a", "a"}}}
	openScript(t, server, Options{Explain: func(s string) { said = append(said, s) }, Progress: func(int64, int64) { told++ }})
	if !slices.Equal(said, server.asked) || told != len(said) || len(said) != 2 {
		t.Errorf("told of %q and %d times of progress, asked %q", said, told, server.asked)
	}
}

func TestAliasPrefix(t *testing.T) {
	for want, names := range map[string][]string{
		"na_": {"k0", "n", ""}, "na__": {"x", "NA_k0"}, "na____": {"na__x", "na___", "na_"},
	} {
		var infos []ColumnInfo
		for _, name := range names {
			infos = append(infos, ColumnInfo{Name: name})
		}
		if got := aliasPrefix(infos); got != want {
			t.Errorf("%q: got %q, want %q", names, got, want)
		}
	}
}
