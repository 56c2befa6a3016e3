package eda_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

func classes(t testing.TB, src dataset.Source, normal ...string) eda.Classes {
	t.Helper()
	if err := src.Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	c, err := eda.FindClasses(src.Schema(), normal)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func repeats(t testing.TB, src dataset.Source, c eda.Classes) *eda.Repeats {
	t.Helper()
	r, err := eda.Duplicates(context.Background(), src, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDuplicates(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		want := &eda.Repeats{
			Rows: 30, Exact: 2, Features: 5, Contradictory: 2, ContradictoryRows: 5, BothClasses: 1, HasLabel: true, Checked: true,
			Examples: []eda.RepeatExample{
				{Lines: []int64{3, 6, 9}, Labels: []string{"normal", "smurf"}},
				{Lines: []int64{13, 14}, Labels: []string{"neptune", "smurf"}},
			},
		}
		same(t, "repeats", repeats(t, src, classes(t, src)), want)
		want.BothClasses = 0
		same(t, "repeats without classes", repeats(t, src, eda.Classes{Column: -1}), want)
	})
}

// Rows left by a filter are compared among themselves, and keep their lines.
func TestDuplicatesWhere(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		r := repeats(t, where(t, src, `src_bytes == 44 or isnull(src_bytes)`), eda.Classes{Column: -1})
		same(t, "repeats", r, &eda.Repeats{
			Rows: 6, Exact: 1, Features: 3, Contradictory: 1, ContradictoryRows: 2, HasLabel: true, Checked: true,
			Examples: []eda.RepeatExample{{Lines: []int64{13, 14}, Labels: []string{"neptune", "smurf"}}},
		})
	})
}

// What names the row does not make it different, missing equals missing however
// it is written, and -0 is 0; a text is compared as it is.
func TestDuplicatesByValue(t *testing.T) {
	var b strings.Builder
	b.WriteString("uid,x,note\n")
	for i := range 60 {
		fmt.Fprintf(&b, "C%d,%d,%s\n", i, i+100, strings.Repeat("a", i)+"b")
	}
	b.WriteString("C60,0,NA\nC61,-0,?\nC62,0.0,\nC63,,short\nC64,NaN,short\nC65,,shorT\n")
	sources(t, b.String(), func(t *testing.T, src dataset.Source) {
		r := repeats(t, src, eda.Classes{Column: -1})
		if src.Schema().Columns[0].Role != dataset.Identifier || src.Schema().Columns[2].Kind != dataset.Text {
			t.Fatalf("columns %+v", src.Schema().Columns)
		}
		same(t, "repeats", r, &eda.Repeats{Rows: 66, Exact: 3, Features: 3, Checked: true})
	})
}

// Rows are not equal in features where there is none.
func TestDuplicatesWithoutFeatures(t *testing.T) {
	src, err := dataset.Select(tableOf(t, flows, dataset.Options{}), []string{"attack"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "repeats", repeats(t, src, classes(t, src)), &eda.Repeats{Rows: 30, Exact: 26, HasLabel: true, Checked: true})
}

func TestContract(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		got, err := eda.Contract(context.Background(), src)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "breaches", got, []eda.Breach{
			{Column: "protocol_type", Rule: "tcp, udp or icmp", Cells: 1, Lines: []int64{21}, Values: []string{"gre"}},
			{Column: "su_attempted", Rule: "0 or 1", Cells: 2, Lines: []int64{17, 18}, Values: []string{"2"}},
			{Column: "serror_rate", Rule: "from 0 to 1", Cells: 1, Lines: []int64{20}, Values: []string{"1.5"}},
			{Column: "num_root", Rule: "a whole number, 0 or more", Cells: 1, Lines: []int64{23}, Values: []string{"2.5"}},
			{Column: "wrong_fragment", Rule: "a whole number, 0 or more", Cells: 1, Lines: []int64{24}, Values: []string{"-1"}},
		})
		kept, err := eda.Contract(context.Background(), where(t, src, `su_attempted == 2 and src_bytes > 155`))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "breaches of one row", kept, []eda.Breach{{Column: "su_attempted", Rule: "0 or 1", Cells: 1, Lines: []int64{18}, Values: []string{"2"}}})
	})
	if got, err := eda.Contract(context.Background(), tableOf(t, oddities(), dataset.Options{})); got != nil || err != nil {
		t.Errorf("unknown layout: %v, %v", got, err)
	}
}

// Of many breaches the first lines and the first different values are kept.
func TestContractLists(t *testing.T) {
	var b strings.Builder
	b.WriteString("logged_in,su_attempted,num_root,serror_rate,wrong_fragment\n")
	for i := range 40 {
		fmt.Fprintf(&b, "0,%d,0,0,0\n", i/2)
	}
	sources(t, b.String(), func(t *testing.T, src dataset.Source) {
		got, err := eda.Contract(context.Background(), src)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "breaches", got, []eda.Breach{{Column: "su_attempted", Rule: "0 or 1", Cells: 36,
			Lines: []int64{6, 7, 8, 9, 10}, Values: []string{"2", "3", "4", "5", "6"}}})
	})
}

func TestFindClasses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opt        dataset.Options
		normal     []string
		want       eda.Classes
		wantErr    string
	}{
		{name: "words", text: flows, want: eda.Classes{Column: 8, Name: "attack", Normal: []string{"normal"}}},
		{name: "words with a point", text: "x,label\n1,normal.\n2,smurf.\n", want: eda.Classes{Column: 1, Name: "label", Normal: []string{"normal."}}},
		{name: "0 and 1", text: "x,label\n1,0\n2,1\n", want: eda.Classes{Column: 1, Name: "label", Normal: []string{"0"}}},
		{name: "unknown", text: "x,label\n1,a\n2,b\n", want: eda.Classes{Column: 1, Name: "label"}},
		{name: "none", text: "x,y0\n1,a\n2,b\n", want: eda.Classes{Column: -1}},
		{name: "numbers", text: "x,label\n1,4\n2,5\n", opt: dataset.Options{Types: map[string]dataset.Kind{"label": dataset.Number}}, want: eda.Classes{Column: -1, Name: "label"}},
		{name: "named", text: "x,label\n1,a\n2,b\n", normal: []string{"b"}, want: eda.Classes{Column: 1, Name: "label", Normal: []string{"b"}}},
		{name: "named without point", text: "x,label\n1,fine.\n2,b.\n", normal: []string{"fine"}, want: eda.Classes{Column: 1, Name: "label", Normal: []string{"fine."}}},
		{name: "named, no such level", text: "x,label\n1,a\n2,b\n", normal: []string{"c"}, wantErr: `"label" has no such level; it has a, b`},
		{name: "named, no label", text: "x,y0\n1,a\n2,b\n", normal: []string{"a"}, wantErr: "name the column with --label"},
		{name: "named, numbers", text: "x,label\n1,4\n2,5\n", opt: dataset.Options{Types: map[string]dataset.Kind{"label": dataset.Number}}, normal: []string{"4"}, wantErr: "--type label=category"},
	} {
		got, err := eda.FindClasses(tableOf(t, c.text, c.opt).Schema(), c.normal)
		if c.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("%s: error %v, want one with %q", c.name, err, c.wantErr)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		same(t, c.name, got, c.want)
		if known := len(c.want.Normal) > 0; got.Known() != known {
			t.Errorf("%s: known is %v", c.name, got.Known())
		}
		for _, n := range c.want.Normal {
			if got.Of(n) != eda.NormalClass || got.Of(n+"!") != eda.AttackClass {
				t.Errorf("%s: class of %s is %s", c.name, n, got.Of(n))
			}
		}
	}
}
