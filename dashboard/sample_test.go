package dashboard

import (
	"bytes"
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// pageAndTable packs CSV text for a page, with the table.
func pageAndTable(t *testing.T, text string) (*Page, *dataset.Table) {
	t.Helper()
	tab := table(t, text)
	d, err := Pack(context.Background(), tab, "test.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{Data: d, Version: "1.2.3"}
	if d.Clock != nil {
		if p.Series, err = eda.TimeSeriesOf(context.Background(), tab, eda.TimeSeriesOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return p, tab
}

// reduced is a page with a part of its rows.
func reduced(t *testing.T, text string, most, cells int, change func(*Page)) *Page {
	t.Helper()
	p, tab := pageAndTable(t, text)
	if change != nil {
		change(p)
	}
	if err := p.reduce(context.Background(), tab, most, cells, 1); err != nil {
		t.Fatal(err)
	}
	return p
}

// copied is a copy of data that Reduce does not change.
func copied(d *Data) *Data {
	out := *d
	out.Columns = slices.Clone(d.Columns)
	if d.Clock != nil {
		clock := *d.Clock
		out.Clock = &clock
	}
	if d.Verdicts != nil {
		verdicts := *d.Verdicts
		out.Verdicts = &verdicts
	}
	return &out
}

func rowOf(d *Data, i int) string {
	var b strings.Builder
	for j := range d.Columns {
		b.WriteByte(byte(d.Columns[j].Codes[i]))
		b.WriteByte(byte(d.Columns[j].Codes[i] >> 8))
	}
	return b.String()
}

// TestSampleIsOfTheTable holds every row that is left against the row of the table with its line.
func TestSampleIsOfTheTable(t *testing.T) {
	p, tab := pageAndTable(t, simulated(t, 3000))
	withVerdicts(p.Data, rand.New(rand.NewPCG(2, 2)))
	d := copied(p.Data)
	if err := p.Reduce(context.Background(), tab, 2000, 1); err != nil {
		t.Fatal(err)
	}
	got, at, place := p.Data, map[int64]int{}, map[int]int{}
	for i, line := range d.Lines {
		at[line] = i
		if d.Columns[d.Verdicts.Score].Codes[i] >= 2 { // the floor of withVerdicts
			place[i] = len(place)
		}
	}
	if got.Rows != 2000 || len(got.Lines) != 2000 || got.Sample.Rows != 3000 {
		t.Fatalf("%d rows of %d, %d lines", got.Rows, got.Sample.Rows, len(got.Lines))
	}
	last, alerts, explained := -1, 0, 0
	for i, line := range got.Lines {
		r := at[line]
		if r <= last || rowOf(got, i) != rowOf(d, r) || got.Clock.Since[i] != d.Clock.Since[r] {
			t.Fatalf("row %d is not that of line %d, or comes before the one in front of it", i, line)
		}
		last = r
		if at, ok := place[r]; ok {
			if got.Verdicts.Reasons[explained] != d.Verdicts.Reasons[at] || got.Verdicts.IDs[explained] != d.Verdicts.IDs[at] {
				t.Fatalf("the reasons or the ID of line %d are another row's", line)
			}
			explained++
		}
		if got.Columns[got.Verdicts.Score].Codes[i] >= 3 { // the threshold of withVerdicts
			alerts++
		}
	}
	if explained != len(got.Verdicts.Reasons) || alerts != got.Sample.Kept {
		t.Errorf("%d rows explained, %d reasons; %d alerts, %d said", explained, len(got.Verdicts.Reasons), alerts, got.Sample.Kept)
	}
	if _, err := got.Blocks(); err != nil {
		t.Error(err)
	}
}

// stratumOf names the group of a row by the texts of its cells.
func stratumOf(d *Data, i int) string {
	r, hot := FindRoles(d), "attack "
	var label, out string
	for j := range d.Columns {
		c := &d.Columns[j]
		if j == d.Label {
			label = c.Levels[c.Codes[i]]
		}
		if c.Name == r.Protocol || c.Name == r.Service {
			out += c.Levels[c.Codes[i]] + " "
		}
	}
	if slices.Contains(d.Normal, label) {
		hot = "normal "
	}
	return hot + label + " " + out
}

func countStrata(d *Data) map[string]int {
	out := map[string]int{}
	for i := range d.Rows {
		out[stratumOf(d, i)]++
	}
	return out
}

// TestSampleKeepsAnomaliesAndSmallStrata counts the strata of a sample.
func TestSampleKeepsAnomaliesAndSmallStrata(t *testing.T) {
	text := simulated(t, 6000)
	p, _ := pageAndTable(t, text)
	all := countStrata(p.Data)
	for most, fewest := range map[int]int{5000: fewestOthers, 3000: fewestOthers / 2} { // 50 of each would be more than half of the others' 1200 rows
		s := reduced(t, text, most, mostCells, nil).Data
		got, attacks, kept := countStrata(s), 0, 0
		if s.Rows != most {
			t.Errorf("%d rows, want %d", s.Rows, most)
		}
		for name, n := range all {
			hot := strings.HasPrefix(name, "attack")
			if hot {
				attacks += n
				kept += got[name]
			} else if got[name] < min(n, fewest) {
				t.Errorf("at most %d rows: %d of the %d of %s", most, got[name], n, name)
			}
			if got[name] == 0 {
				t.Errorf("at most %d rows: none of %s", most, name)
			}
		}
		if s.Sample.Anomalous != attacks || s.Sample.Kept != kept || kept != min(attacks, max(most*6/10, most-(6000-attacks))) {
			t.Errorf("at most %d rows: %d of %d attacks are kept; it says %d of %d", most, kept, attacks, s.Sample.Kept, s.Sample.Anomalous)
		}
	}
}

// TestSampleIsTheSameEveryTime writes the page on one core and on two.
func TestSampleIsTheSameEveryTime(t *testing.T) {
	text := simulated(t, 3000)
	page := func(cores int) []byte {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		var b bytes.Buffer
		if err := reduced(t, text, 1500, mostCells, nil).Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	want := page(1)
	if !bytes.Equal(page(2), want) || !bytes.Equal(page(1), want) {
		t.Error("another page of the same table")
	}
	for _, wanted := range []string{`id="cube"`, "The table has 3,000 rows", "Counts are exact"} {
		if !bytes.Contains(want, []byte(wanted)) {
			t.Errorf("the page is without %q", wanted)
		}
	}
	if whole := pageOf(t, text, nil); strings.Contains(whole, `id="cube"`) {
		t.Error("a page of all rows has a cube")
	}
}

// TestShareOut gives away rows in many ways.
func TestShareOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 2000 {
		sizes := make([]int, 1+rng.IntN(30))
		all := 0
		for k := range sizes {
			sizes[k] = rng.IntN([]int{3, 100, 20000}[rng.IntN(3)])
			all += sizes[k]
		}
		rows := len(sizes)*2 + rng.IntN(30000)
		got, given := shareOut(sizes, rows, 50), 0
		for k, n := range got {
			given += n
			if n > sizes[k] || n < 0 || sizes[k] > 0 && n == 0 {
				t.Fatalf("%d of %d rows of group %d of %v, with %d rows to give", n, sizes[k], k, sizes, rows)
			}
			if rows > 100*len(sizes) && n < min(50, sizes[k]) {
				t.Fatalf("%d of %d rows of a small group", n, sizes[k])
			}
		}
		if given != min(rows, all) {
			t.Fatalf("%d rows are given away, want %d of %d: %v", given, min(rows, all), all, sizes)
		}
	}
}

// TestSmallTablesStayWhole reduces what is small enough, and what has nothing to tell rows apart.
func TestSmallTablesStayWhole(t *testing.T) {
	p, tab := pageAndTable(t, simulated(t, 500))
	if err := p.Reduce(context.Background(), tab, 500, 1); err != nil || p.Data.Sample != nil || p.Data.Rows != 500 {
		t.Errorf("%v, %d rows", err, p.Data.Rows)
	}
	odd := reduced(t, "src_bytes,dst_bytes\n"+strings.Repeat("1,2\n3,4\n,5\n", 400), 1000, mostCells, nil)
	if odd.Data.Rows != 1000 || odd.Data.Sample.Anomalous != 0 || len(odd.Data.Sample.By) != 0 {
		t.Errorf("%d rows, %d anomalous, by %v", odd.Data.Rows, odd.Data.Sample.Anomalous, odd.Data.Sample.By)
	}
	var b bytes.Buffer
	if err := odd.Write(&b); err != nil {
		t.Error(err)
	}
	if err := p.Reduce(context.Background(), table(t, simulated(t, 400)), 100, 1); err == nil {
		t.Error("a page of another table was reduced")
	}
}

// TestSampleOfTwoFiles reduces joined data, of which there is no one table.
func TestSampleOfTwoFiles(t *testing.T) {
	p := &Page{Data: Join(packedOf(t, simulated(t, 2000)), packedOf(t, simulated(t, 900)))}
	file := len(p.Data.Columns) - 1
	if err := p.Reduce(context.Background(), nil, 1000, 1); err != nil {
		t.Fatal(err)
	}
	s := p.Data.Sample
	if p.Data.Rows != 1000 || s.Rows != 2900 || !slices.Contains(s.By, file) || !slices.Contains(s.Cubes[0].Columns, file) {
		t.Fatalf("%d of %d rows, by %v", p.Data.Rows, s.Rows, s.By)
	}
	cube, at := &s.Cubes[0], slices.Index(s.Cubes[0].Columns, file)
	var rows [2]int
	for i, k := range cube.Codes[at] {
		rows[k] += int(cube.Counts[i])
	}
	if rows != [2]int{2000, 900} || cube.Sums[0] == nil {
		t.Errorf("%v rows of the files", rows)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Error(err)
	}
}
