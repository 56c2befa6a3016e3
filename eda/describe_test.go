package eda_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

func TestDescribe(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		p := described(t, src)
		if p.Rows != 30 || len(p.Columns) != 10 || p.By != "" || p.Groups != nil {
			t.Fatalf("profile %d rows, %d columns, by %q", p.Rows, len(p.Columns), p.By)
		}
		s := p.Columns[2]
		n := s.Number
		if s.Column.Name != "src_bytes" || s.Missing != 3 || n.Missing != 3 || n.N != 27 || s.Distinct != 23 || !s.Exact || s.Normal == nil {
			t.Errorf("src_bytes: %+v", s)
		}
		for name, pair := range map[string][2]float64{
			"sum": {n.Sum, 13842}, "mean": {n.Mean, 13842.0 / 27}, "min": {n.Min, 10}, "q25": {n.Q25, 44},
			"median": {n.Q50, 170}, "q75": {n.Q75, 235}, "max": {n.Max, 10000}, "mad": {n.MAD, 90}, "mode": {n.Mode, 20},
		} {
			check.Close(t, name, pair[0], pair[1], 1e-14)
		}
		attack := p.Columns[8]
		same(t, "levels of attack", attack.Levels, []dataset.LevelCount{{Level: "normal", N: 16}, {Level: "neptune", N: 11}, {Level: "smurf", N: 2}})
		if attack.Missing != 1 || attack.Distinct != 3 || attack.Level.Top != "normal" || attack.Number != nil {
			t.Errorf("attack: %+v", attack)
		}
		if flag := p.Columns[4]; flag.Column.Kind != dataset.Flag || flag.Normal != nil || flag.Number.Max != 2 {
			t.Errorf("su_attempted: %+v", flag)
		}
	})
}

func TestDescribeByGroup(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		p, err := eda.Describe(context.Background(), src, eda.DescribeOptions{Features: []string{"srcbytes", "attack"}, By: "Service"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "groups", p.Groups, []dataset.LevelCount{{Level: "domain_u", N: 3}, {Level: "http", N: 17}, {Level: "private", N: 9}})
		if p.Rows != 30 || p.Ungrouped != 1 || p.By != "service" || len(p.Columns) != 6 {
			t.Fatalf("%d rows, %d without a group, by %s, %d columns", p.Rows, p.Ungrouped, p.By, len(p.Columns))
		}
		http := p.Columns[1]
		if http.Group != "http" || http.Column.Name != "src_bytes" || http.Rows != 17 || http.Missing != 3 || http.Number.N != 14 || http.Number.Max != 200 {
			t.Errorf("src_bytes of http: %+v", http)
		}
		udp := p.Columns[0].Number
		if udp.N != 3 || udp.Distinct != 1 || udp.Mean != 44 || udp.SD != 0 || p.Columns[0].Normal != nil {
			t.Errorf("src_bytes of domain_u: %+v", udp)
		}
		same(t, "attacks of domain_u", p.Columns[3].Levels, []dataset.LevelCount{{Level: "neptune", N: 1}, {Level: "smurf", N: 1}})
		if p.Columns[3].Missing != 1 {
			t.Errorf("attack of domain_u: %d missing", p.Columns[3].Missing)
		}
	})
}

// A table with columns of every kind, among them ones without a value.
func oddities() string {
	var b strings.Builder
	b.WriteString("when,from,note,empty,one,huge,id\n")
	for i := range 60 {
		note := strings.Repeat("x", i) + "!"
		if i == 7 {
			note = "NA"
		}
		b.WriteString("2024-05-01 10:00:" + string(rune('0'+i/10)) + string(rune('0'+i%10)) + ",10.0.0." + string(rune('1'+i%3)) + "," + note + ",,7,")
		b.WriteString([]string{"1e300", "-1e300", "-0", "0"}[i%4] + "," + string(rune('0'+i/10)) + string(rune('0'+i%10)) + "\n")
	}
	return b.String()
}

func TestDescribeKinds(t *testing.T) {
	sources(t, oddities(), func(t *testing.T, src dataset.Source) {
		p := described(t, src)
		kinds := map[string]dataset.Kind{"when": dataset.Time, "from": dataset.Address, "note": dataset.Text, "empty": dataset.Unknown, "one": dataset.Number, "huge": dataset.Number}
		for _, c := range p.Columns {
			if want, ok := kinds[c.Column.Name]; ok && c.Column.Kind != want {
				t.Errorf("%s is %s, want %s", c.Column.Name, c.Column.Kind, want)
			}
		}
		if when := p.Columns[0]; when.Number.Min != 1714557600 || when.Number.Range != 59 || when.Normal != nil {
			t.Errorf("when: %+v", when.Number)
		}
		if from := p.Columns[1]; from.Distinct != 3 || from.Levels[0] != (dataset.LevelCount{Level: "10.0.0.1", N: 20}) {
			t.Errorf("from: %+v", from)
		}
		if note := p.Columns[2]; note.Distinct != 59 || !note.Exact || note.Missing != 1 || note.Number != nil || note.Level != nil {
			t.Errorf("note: %+v", note)
		}
		if empty := p.Columns[3]; empty.Missing != 60 || empty.Distinct != 0 || empty.Number != nil || empty.Level != nil {
			t.Errorf("empty: %+v", empty)
		}
		if one := p.Columns[4]; one.Distinct != 1 || one.Number.SD != 0 || one.Normal != nil || !math.IsNaN(one.Number.Skewness) {
			t.Errorf("one: %+v", one.Number)
		}
		if huge := p.Columns[5].Number; huge.Distinct != 3 || huge.Zeros != 30 || huge.Sum != 0 || math.IsInf(huge.SD, 0) || huge.Max != 1e300 {
			t.Errorf("huge: %+v", huge)
		}
	})
}

func TestDescribeGroupsLeaveOutText(t *testing.T) {
	p, err := eda.Describe(context.Background(), tableOf(t, oddities(), dataset.Options{}), eda.DescribeOptions{By: "from"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "warnings", p.Warnings, []string{
		"Column note is left out: text is not described by group.",
		"Column id is left out: text is not described by group.",
	})
	for _, c := range p.Columns {
		if c.Column.Kind == dataset.Text {
			t.Errorf("%s is described by group", c.Column.Name)
		}
	}
}

func TestDescribeErrors(t *testing.T) {
	many := "many,x\n"
	for i := range 300 {
		many += "v" + strings.Repeat("a", i%20) + string(rune('a'+i/20)) + ",1\n" + "v" + strings.Repeat("a", i%20) + string(rune('a'+i/20)) + ",1\n"
	}
	for _, c := range []struct {
		name, text string
		opt        eda.DescribeOptions
		want       string
	}{
		{"feature", flows, eda.DescribeOptions{Features: []string{"src_bites"}}, "src_bytes"},
		{"by", flows, eda.DescribeOptions{By: "protocl"}, "protocol_type"},
		{"by numbers", flows, eda.DescribeOptions{By: "src_bytes"}, "--type src_bytes=category"},
		{"by too many", many, eda.DescribeOptions{By: "many"}, "at most 256"},
	} {
		_, err := eda.Describe(context.Background(), opened(t, written(t, c.text), dataset.Options{}), c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

// A column that is named twice is described once, with all its values.
func TestDescribeNamedTwice(t *testing.T) {
	for _, features := range [][]string{{"src_bytes", "srcbytes", "src_bytes"}, {"all"}} {
		p := described(t, tableOf(t, flows, dataset.Options{}), features...)
		for _, c := range p.Columns {
			if c.Column.Name == "src_bytes" && c.Missing != 3 {
				t.Errorf("%q: %d missing", features, c.Missing)
			}
		}
		if want := map[int]int{3: 1, 1: 10}[len(features)]; len(p.Columns) != want {
			t.Errorf("%q: %d columns, want %d", features, len(p.Columns), want)
		}
	}
}

// A key that JSON lines show late is a column like any other.
func TestDescribeLateColumn(t *testing.T) {
	text := strings.Repeat(`{"a": 1}`+"\n", 200000) + `{"a": 2, "late": 5}` + "\n"
	p := described(t, opened(t, written(t, text), dataset.Options{}), "late")
	if c := p.Columns[0]; c.Column.Name != "late" || c.Missing != 200000 || c.Number.Mean != 5 {
		t.Errorf("late: %+v", c)
	}
}
