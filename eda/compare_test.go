package eda_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

func compared(t testing.TB, first, second dataset.Source, o eda.CompareOptions) *eda.Comparison {
	t.Helper()
	c, err := eda.Compare(context.Background(), first, second, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// driftOf returns the comparison of one column.
func driftOf(t testing.TB, c *eda.Comparison, name string) eda.ColumnDrift {
	t.Helper()
	at := slices.IndexFunc(c.Columns, func(d eda.ColumnDrift) bool { return d.First.Name == name })
	if at < 0 {
		t.Fatalf("%s is not compared", name)
	}
	return c.Columns[at]
}

// trained and seen are a reference and a file to hold against it: other spellings,
// another order, a level, a label and a column of its own, labels in another case and with a point behind.
const trained = `duration,protocol_type,src_bytes,serror_rate,attack
0,tcp,1,0.5,normal
1,tcp,1,,normal
2,udp,2,0,normal
3,udp,5,0,smurf
4,tcp,9.5,0,neptune
`

const seen = `Protocol Type,Duration,srcbytes,hot,serror_rate,class
tcp,0,1,0,0.5,normal.
tcp,1,1,0,,Neptune.
icmp,9,2,0,,apache2.
udp,3,5,0,0,neptune.
`

func TestCompare(t *testing.T) {
	sources(t, trained, func(t *testing.T, first dataset.Source) {
		second := opened(t, written(t, seen), dataset.Options{Jobs: 2})
		c := compared(t, first, second, eda.CompareOptions{})
		if c.Rows1 != 5 || c.Rows2 != 4 || c.Common != 5 || len(c.Only1) > 0 || !slices.Equal(c.Only2, []string{"hot"}) {
			t.Errorf("rows %d and %d, %d common columns, only in the first %v, in the second %v", c.Rows1, c.Rows2, c.Common, c.Only1, c.Only2)
		}
		protocol := driftOf(t, c, "protocol_type")
		if len(protocol.New) != 1 || protocol.New[0] != (dataset.LevelCount{Level: "icmp", N: 1}) || len(protocol.Vanished) != 0 {
			t.Errorf("new %v, vanished %v", protocol.New, protocol.Vanished)
		}
		// By hand: shares of tcp, udp and icmp with half an observation added to each.
		p, q := []float64{3.5 / 6.5, 2.5 / 6.5, 0.5 / 6.5}, []float64{2.5 / 5.5, 1.5 / 5.5, 1.5 / 5.5}
		want := 0.0
		for i := range p {
			want += (q[i] - p[i]) * math.Log(q[i]/p[i])
		}
		check.Close(t, "PSI of protocol_type", protocol.PSI, want, 1e-13)
		if protocol.Verdict != eda.TooFewRows {
			t.Errorf("five rows against four: %s", protocol.Verdict)
		}
		// scipy 1.10.1: wasserstein_distance([1, 1, 2, 5, 9.5], [1, 1, 2, 5]).
		bytes := driftOf(t, c, "src_bytes")
		check.Close(t, "Wasserstein", bytes.Wasserstein, 1.45, 1e-13)
		check.Close(t, "D", bytes.Effect.Value, 0.2, 1e-13)
		rate := driftOf(t, c, "serror_rate")
		if last := rate.Parts[len(rate.Parts)-1]; rate.Missing1 != 1 || rate.Missing2 != 2 || !last.Missing || last.N1 != 1 || last.N2 != 2 {
			t.Errorf("missing cells: %d and %d, part %+v", rate.Missing1, rate.Missing2, last)
		}
		checkLabels(t, c.Labels)
		// Row 1 is in the first table with its label, rows 2 and 4 with another one: row 2
		// of the other class.
		if want := (eda.Overlap{Rows: 4, Columns: 4, Features: 3, Labelled: 1, Exact: 1, OtherLabel: 2, OtherClass: 1, HasLabel: true, HasClass: true, Checked: true}); *c.Overlap != want {
			t.Errorf("overlap %+v, want %+v", *c.Overlap, want)
		}
	})
}

func checkLabels(t *testing.T, l *eda.LabelShift) {
	t.Helper()
	if l == nil || !l.Known || l.Normal1 != 3 || l.Normal2 != 1 || l.N1 != 5 || l.N2 != 4 {
		t.Fatalf("labels: %+v", l)
	}
	only2, only1 := l.Only(true), l.Only(false)
	if len(only2) != 1 || only2[0] != (eda.ShiftedLevel{Level: "apache2", Category: "dos", N2: 1}) || len(only1) != 1 || only1[0].Level != "smurf" {
		t.Errorf("only in the second %v, only in the first %v", only2, only1)
	}
	if a1, a2 := l.Attacks(); a1 != 0.4 || a2 != 0.75 {
		t.Errorf("attacks %v and %v", a1, a2)
	}
	if len(l.Categories) != 2 || l.Categories[1] != (eda.ShiftedCategory{Category: "dos", N1: 2, N2: 3}) {
		t.Errorf("categories %v", l.Categories)
	}
}

// A table does not drift from itself, and all its rows are in it.
func TestCompareWithItself(t *testing.T) {
	for name, text := range map[string]string{"flows": flows, "oddities": oddities(), "trained": trained} {
		first, second := tableOf(t, text, dataset.Options{}), tableOf(t, text, dataset.Options{})
		c := compared(t, first, second, eda.CompareOptions{})
		for _, d := range c.Columns {
			if d.PSI != 0 || d.JS != 0 || d.Wasserstein > 0 || d.Verdict != eda.Stable || d.P < 1 || len(d.New)+len(d.Vanished) > 0 {
				t.Errorf("%s: %s drifts from itself: %+v", name, d.First.Name, d.Stability)
			}
		}
		if o := c.Overlap; o != nil && (o.Features != o.Rows || o.Exact != o.Rows || o.OtherLabel != 0) {
			t.Errorf("%s: overlap %+v", name, *o)
		}
	}
}

// Values outside the range of the reference, and changes of a constant, are seen.
func TestCompareOutsideTheReference(t *testing.T) {
	rows := func(of func(i int) string) string {
		var b strings.Builder
		b.WriteString("constant,grows,empty\n")
		for i := range 400 {
			b.WriteString(of(i) + "\n")
		}
		return b.String()
	}
	first := tableOf(t, rows(func(i int) string { return fmt.Sprintf("7,%d,", i) }), dataset.Options{})
	second := tableOf(t, rows(func(i int) string { return fmt.Sprintf("%d,%d,", 7+i%2, 1000+i) }), dataset.Options{})
	c := compared(t, first, second, eda.CompareOptions{})
	for name, parts := range map[string]int{"constant": 2, "grows": 11, "empty": 1} {
		if d := driftOf(t, c, name); len(d.Parts) != parts || (d.Verdict == eda.Drifts) != (parts > 1) {
			t.Errorf("%s: %s with %d parts", name, d.Verdict, len(d.Parts))
		}
	}
	if d := driftOf(t, c, "grows"); d.Effect.Value != 1 || d.JS != 1 {
		t.Errorf("apart altogether: D %v, JS %v", d.Effect.Value, d.JS)
	}
	low := compared(t, second, first, eda.CompareOptions{})
	if d := driftOf(t, low, "grows"); d.JS != 1 || d.Parts[0].N1 != 0 || d.Parts[0].N2 != 400 {
		t.Errorf("below the range: %+v", d.Parts[0])
	}
}

// Of many levels the rarer share a part, and all new ones do.
func TestCompareManyLevels(t *testing.T) {
	text := func(from, levels int) string {
		var b strings.Builder
		b.WriteString("service,x\n")
		for i := range levels {
			for k := range 3 {
				fmt.Fprintf(&b, "s%d,%d\n", from+i, k)
			}
		}
		return b.String()
	}
	category := dataset.Options{Types: map[string]dataset.Kind{"service": dataset.Category}}
	c := compared(t, tableOf(t, text(0, 300), category), tableOf(t, text(10, 300), category), eda.CompareOptions{})
	d := driftOf(t, c, "service")
	n := len(d.Parts)
	if n != 100 || d.Parts[n-1].Level != eda.NewLevels || d.Parts[n-1].N2 != 30 || d.Parts[n-2].Level != eda.OtherLevels {
		t.Fatalf("%d parts, the last %+v", n, d.Parts[n-1])
	}
	if len(d.New) != 10 || len(d.Vanished) != 10 {
		t.Errorf("%d new and %d vanished", len(d.New), len(d.Vanished))
	}
	if len(d.Moved(3)) != 2 || d.Moved(1)[0].Level != eda.NewLevels {
		t.Errorf("moved most: %+v", d.Moved(3))
	}
}

func TestCompareErrors(t *testing.T) {
	first := tableOf(t, trained, dataset.Options{})
	for _, c := range []struct {
		name, second string
		o            eda.CompareOptions
		want         string
	}{
		{"nothing in common", "a,b\n1,2\n", eda.CompareOptions{}, "no column in common: the first has duration"},
		{"feature of neither", seen, eda.CompareOptions{Features: []string{"flag"}}, "--feature"},
		{"feature of one", "duration,attack\n1,normal\n", eda.CompareOptions{Features: []string{"src_bytes"}}, `only the first table has the column "src_bytes"`},
		{"normal of neither", seen, eda.CompareOptions{Normal: []string{"fine"}}, "no such level"},
	} {
		_, err := eda.Compare(context.Background(), first, tableOf(t, c.second, dataset.Options{}), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// A column of numbers in one file and of words in the other is left out, with the
// reason; so are what names rows and addresses unless they are asked for.
func TestCompareLeavesOut(t *testing.T) {
	first := tableOf(t, "id.orig_h,x,z\n10.0.0.1,1,a\n10.0.0.2,2,b\n10.0.0.2,3,b\n", dataset.Options{})
	second := tableOf(t, "id.orig_h,x,z\n10.0.0.1,low,a\n10.0.0.3,high,b\n10.0.0.3,high,b\n", dataset.Options{})
	c := compared(t, first, second, eda.CompareOptions{})
	left := strings.Join(c.LeftOut, "\n")
	if len(c.Columns) != 1 || !strings.Contains(left, "x (a number in the first table and a category in the second") || !strings.Contains(left, "id.orig_h (addresses") {
		t.Errorf("%d columns; left out: %s", len(c.Columns), left)
	}
	asked := compared(t, first, second, eda.CompareOptions{Features: []string{"id.orig_h"}})
	if len(asked.Columns) != 1 || len(asked.Columns[0].New) != 1 {
		t.Errorf("asked for addresses: %+v", asked.Columns)
	}
}

func TestPrecision(t *testing.T) {
	// By hand: 0.9·0.5 / (0.9·0.5 + 0.05·0.5).
	check.Close(t, "half attacks", eda.Precision(0.5, 0.9, 0.05), 0.9473684210526315, 1e-14)
	check.Close(t, "no attack", eda.Precision(0, 0.9, 0.05), 0, 0)
	if p := eda.Precision(0, 0.9, 0); !math.IsNaN(p) {
		t.Errorf("no alarm: %v", p)
	}
}

// Numbers of scipy 1.10.1 (ks_2samp, wasserstein_distance, jensenshannon,
// chi2_contingency) and, for the rows, of sets in Python 3.11.
func TestCompareRealRecords(t *testing.T) {
	files := [2]dataset.Source{}
	for i, name := range []string{"KDDTrain+_20Percent.txt", "KDDTrain+.txt.gz"} {
		files[i] = opened(t, check.Shared(t, "data", "nsl-kdd", name), dataset.Options{})
	}
	c := compared(t, files[0], files[1], eda.CompareOptions{})
	for name, want := range map[string]struct{ d, w, scaled float64 }{
		"src_bytes": {0.0035103124380488904, 22122.98165178522, 0.00917659369486119},
		"count":     {0.0036282480317066934, 0.56755600339003, 0.004949323483056662},
	} {
		d := driftOf(t, c, name)
		check.Close(t, name+": D", d.Effect.Value, want.d, 1e-10)
		check.Close(t, name+": Wasserstein", d.Wasserstein, want.w, 1e-9)
		check.Close(t, name+": scaled", d.Scaled, want.scaled, 1e-9)
	}
	d := driftOf(t, c, "protocol_type")
	check.Close(t, "PSI", d.PSI, 2.535046530606612e-06, 1e-9)
	check.Close(t, "JS", d.JS, 0.0006761376261418159, 1e-9)
	check.Close(t, "chi-square", d.Statistic.Value, 0.05327977499860635, 1e-9)
	check.Close(t, "p", d.P, 0.9737118241959161, 1e-12)
	if o := *c.Overlap; o.Features != 25198 || o.Labelled != 25192 || o.OtherLabel != 6 || o.OtherClass != 2 {
		t.Errorf("overlap %+v", o)
	}
	if only := c.Labels.Only(true); len(only) != 1 || only[0].Level != "perl" {
		t.Errorf("labels of the second alone: %v", only)
	}
	if c.Of(eda.Drifts) != 0 {
		t.Errorf("%d columns drift", c.Of(eda.Drifts))
	}
}

func ExampleCompare() {
	ctx := context.Background()
	first := records(ctx)
	second, err := dataset.Where(first, `protocol_type == "tcp"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := eda.Compare(ctx, first, second, eda.CompareOptions{Features: []string{"protocol_type"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range c.Columns {
		fmt.Printf("%s: %s, gone are %v\n", d.First.Name, d.Verdict, d.Vanished)
	}
	fmt.Printf("%d of %d rows are in the first\n", c.Overlap.Features, c.Overlap.Rows)
	// Output:
	// protocol_type: too few rows, gone are [{udp 2}]
	// 7 of 7 rows are in the first
}

// Where only the share of attacks changes, normal rows do not drift; where normal
// traffic changes, they do.
func TestCompareNormalRows(t *testing.T) {
	text := func(rows, attacks, shift int) string {
		var b strings.Builder
		b.WriteString("src_bytes,flag,attack\n")
		for i := range rows {
			if i%10 < attacks {
				fmt.Fprintf(&b, "%d,S0,neptune\n", 5000+i%7)
				continue
			}
			fmt.Fprintf(&b, "%d,SF,normal\n", i/10%50+shift)
		}
		return b.String()
	}
	first := tableOf(t, text(2000, 2, 0), dataset.Options{})
	mixed := compared(t, first, tableOf(t, text(2000, 7, 0), dataset.Options{}), eda.CompareOptions{})
	moved := compared(t, first, tableOf(t, text(2000, 2, 30), dataset.Options{}), eda.CompareOptions{})
	for _, name := range []string{"src_bytes", "flag"} {
		if d := driftOf(t, mixed, name); d.Verdict != eda.Drifts || d.Normal.PSI > 1e-9 {
			t.Errorf("another share of attacks: %s %s, %v among normal rows", name, d.Verdict, d.Normal.PSI)
		}
	}
	if d := driftOf(t, moved, "src_bytes"); d.Verdict != eda.Drifts || d.Normal.PSI < 0.25 {
		t.Errorf("another normal traffic: %s, %v among normal rows", d.Verdict, d.Normal.PSI)
	}
	if text := listed(mixed.Findings); !strings.Contains(text, "Among normal rows alone none of 2 drifting columns drifts") || !strings.Contains(text, "Attacks are 20 % of the first table and 70 % of the second") {
		t.Errorf("findings: %s", text)
	}
	if text := listed(moved.Findings); !strings.Contains(text, "normal traffic itself has changed") {
		t.Errorf("findings: %s", text)
	}
}
