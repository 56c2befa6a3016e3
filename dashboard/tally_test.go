package dashboard

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
)

// counted is a page of which an engine has counted the table and drawn the rows.
func counted(t *testing.T, tab *dataset.Table, most int64, cells int, change func(*Page)) *Page {
	t.Helper()
	e, ctx := sourcetest.Counted(tab), t.Context()
	s, err := e.Sample(ctx, dataset.SampleOptions{Rows: most, Seed: 1, By: tab.Schema().Label()})
	if err != nil {
		t.Fatal(err)
	}
	d, err := PackSample(ctx, s.Table, e, "test.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{Data: d, Version: "1.2.3"}
	if d.Clock != nil {
		p.Series, _ = eda.TimeSeriesOf(ctx, e, eda.TimeSeriesOptions{}) // none of rows of one moment
	}
	if change != nil {
		change(p)
	}
	if err := p.count(ctx, e, s, cells); err != nil {
		t.Fatal(err)
	}
	return p
}

// reducedTable is a page of the same table, counted from its rows.
func reducedTable(t *testing.T, tab *dataset.Table, most, cells int) *Page {
	t.Helper()
	d, err := Pack(t.Context(), tab, "test.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{Data: d, Version: "1.2.3"}
	if d.Clock != nil {
		p.Series, _ = eda.TimeSeriesOf(t.Context(), tab, eda.TimeSeriesOptions{})
	}
	if err := p.reduce(t.Context(), tab, most, cells, 1); err != nil {
		t.Fatal(err)
	}
	return p
}

// cellsOf lists the cells of a cube by step, and by the texts of their levels.
func cellsOf(d *Data, c *Cube) map[string][3]float64 {
	out := map[string][3]float64{}
	for i, n := range c.Counts {
		name := ""
		if c.Timed {
			step, _ := slices.BinarySearch(append([]int{c.First}, c.Ends...), i+1)
			name = fmt.Sprint("step ", step)
		}
		for k, j := range c.Columns {
			level := "(none)"
			if code := int(c.Codes[k][i]); code < len(d.Columns[j].Levels) {
				level = d.Columns[j].Levels[code]
			}
			name += fmt.Sprintf(" %s %s %d", d.Columns[j].Name, level, c.Codes[k][i])
		}
		cell := out[name]
		cell[0] += float64(n)
		for side := range c.Sums {
			if c.Sums[side] != nil {
				cell[1+side] += c.Sums[side][i]
			}
		}
		out[name] = cell
	}
	return out
}

// awkward is simulated traffic with gaps, rare levels, rows without a time and rows far from all others.
func awkward(t *testing.T, rows int) string {
	rng := rand.New(rand.NewPCG(5, 5))
	lines := strings.Split(strings.TrimSpace(simulated(t, rows)), "\n")
	head := strings.Split(lines[0], ",")
	at := func(name string) int { return slices.Index(head, name) }
	for i := 1; i < len(lines); i++ {
		cells := strings.Split(lines[i], ",")
		switch rng.IntN(40) {
		case 0:
			cells[at("service")] = ""
		case 1:
			cells[at("flag")] = fmt.Sprintf("rare%d", i)
		case 2:
			cells[at("src_bytes")] = ""
		case 3:
			cells[at("attack")] = ""
		case 4:
			cells[at("timestamp")] = ""
		case 5:
			if rng.IntN(8) == 0 {
				cells[at("timestamp")] = fmt.Sprintf("197%d-01-02T03:04:05Z", rng.IntN(9))
			}
		}
		lines[i] = strings.Join(cells, ",")
	}
	return strings.Join(lines, "\n") + "\n"
}

// TestEnginesCountAsReduceDoes compares cubes of an engine with those of all rows, cell by cell.
func TestEnginesCountAsReduceDoes(t *testing.T) {
	check.Long(t)
	usual, odd := simulated(t, 4000), awkward(t, 4000)
	if !strings.Contains(usual, "timestamp") {
		t.Fatal(usual[:500])
	}
	for name, text := range map[string]string{
		"simulated": usual,
		"awkward":   odd,
		"one time":  "timestamp,protocol_type,src_bytes,attack\n" + strings.Repeat("2024-05-06 07:08:09,tcp,1.5,normal\n2024-05-06 07:08:09,udp,2.25,neptune\n", 600),
		"no label":  "timestamp,protocol_type,service,src_bytes\n" + times(2000),
	} {
		for _, cells := range []int{mostCells, 600, 20, 2} {
			if name == "one time" && cells < mostCells {
				continue // without steps there is one cube, which may have twice as many cells
			}
			tab := table(t, text)
			got, want := counted(t, tab, 1000, cells, nil), reducedTable(t, tab, 1000, cells)
			compareSamples(t, fmt.Sprintf("%s, %d cells", name, cells), got, want)
			var b bytes.Buffer
			if err := got.Write(&b); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// times are rows within a minute each, of whose steps some have an odd length.
func times(n int) string {
	var b strings.Builder
	rng := rand.New(rand.NewPCG(6, 6))
	for i := range n {
		fmt.Fprintf(&b, "%.1f,%s,%s,%d\n", 1.6e9+float64(rng.IntN(600))/10, []string{"tcp", "udp"}[i%2], []string{"http", "dns", "smtp", ""}[rng.IntN(4)], rng.IntN(100))
	}
	return b.String()
}

func compareSamples(t *testing.T, name string, got, want *Page) {
	t.Helper()
	a, b := got.Data.Sample, want.Data.Sample
	if a.Axis == nil && b.Axis == nil { // an engine has no order of rows that would be an axis
		a.Cubes = append([]Cube{}, a.Cubes...)
		b.Cubes = []Cube{*untimed(&b.Cubes[0])}
	} else if a.Axis == nil || b.Axis == nil || *a.Axis != *b.Axis {
		t.Fatalf("%s: axis %v, want %v", name, a.Axis, b.Axis)
	}
	if a.Rows != b.Rows || a.Anomalous != b.Anomalous || len(a.Cubes) != len(b.Cubes) || got.Data.Rows != want.Data.Rows {
		t.Fatalf("%s: %d of %d rows, %d anomalous, %d cubes, want %d of %d, %d, %d", name, got.Data.Rows, a.Rows, a.Anomalous, len(a.Cubes), want.Data.Rows, b.Rows, b.Anomalous, len(b.Cubes))
	}
	for k := range a.Cubes {
		x, y := &a.Cubes[k], &b.Cubes[k]
		if by, wanted := got.Data.namesOf(x.Columns), want.Data.namesOf(y.Columns); !slices.Equal(by, wanted) || x.Timed != y.Timed || x.Judged {
			t.Fatalf("%s: cube %d is by %v, want %v", name, k, by, wanted)
		}
		for i, j := range x.Columns { // places differ where a column names rows of one page alone
			if p, q := &got.Data.Columns[j], &want.Data.Columns[y.Columns[i]]; !slices.Equal(p.Levels, q.Levels) || p.Missing != q.Missing || p.Others != q.Others {
				t.Fatalf("%s: levels of %s are %v, want %v", name, p.Name, p.Levels, q.Levels)
			}
		}
		cells, all := cellsOf(got.Data, x), cellsOf(want.Data, y)
		if len(cells) != len(all) || len(x.Counts) != len(all) {
			t.Errorf("%s: cube %d has %d cells, want %d", name, k, len(x.Counts), len(all))
		}
		for cell, w := range all {
			g := cells[cell]
			if g[0] != w[0] || math.Abs(g[1]-w[1]) > 1e-12*math.Abs(w[1]) || math.Abs(g[2]-w[2]) > 1e-12*math.Abs(w[2]) {
				t.Fatalf("%s: cell%s is %v, want %v", name, cell, g, w)
			}
		}
	}
}

// untimed puts the cells of all steps together.
func untimed(c *Cube) *Cube {
	out := *c
	out.Timed = false
	return &out
}

// TestDrawnRows holds the rows of a page of an engine against what it says of them.
func TestDrawnRows(t *testing.T) {
	p := counted(t, table(t, awkward(t, 4000)), 1000, mostCells, nil)
	d, s := p.Data, p.Data.Sample
	if s.Draw == nil || s.Draw.By != "attack" || d.Lines != nil || s.First > s.Ends[0] || s.Ends[len(s.Ends)-1] > d.Rows {
		t.Fatalf("%+v", s)
	}
	kept := 0
	for _, h := range d.anomalous() {
		kept += int(h)
	}
	if s.Kept != kept || kept == 0 || s.Anomalous <= kept {
		t.Errorf("%d of %d anomalous rows, want %d", s.Kept, s.Anomalous, kept)
	}
	rows, of := 0, 0
	for _, l := range s.Draw.Levels {
		rows, of = rows+int(l.Rows), of+int(l.Of)
	}
	if rows != d.Rows || of != s.Rows {
		t.Errorf("%d of %d rows by levels, %d of %d together", rows, of, d.Rows, s.Rows)
	}
	text := strings.Join(s.Sentences(d), "\n")
	for _, wanted := range []string{"The table has 4,000 rows, and the page 1,000 of them: a random sample, in which each level of attack has its share", fmt.Sprintf("rows with a label that is not normal, the page has %d.", kept), "Counts are exact, of all rows of the table, as long as they need only the time in steps, protocol_type, service, flag and attack."} {
		if !strings.Contains(text, wanted) {
			t.Errorf("without %q:\n%s", wanted, text)
		}
	}
	if strings.Contains(text, "alert") {
		t.Errorf("there is no model, but it tells of alerts:\n%s", text)
	}
}

// TestDrawnRowsWithVerdicts has a detector that has seen the drawn rows alone.
func TestDrawnRowsWithVerdicts(t *testing.T) {
	p := counted(t, table(t, simulated(t, 4000)), 1000, mostCells, func(p *Page) { withVerdicts(p.Data, rand.New(rand.NewPCG(2, 2))) })
	if c := p.Data.Sample.Cubes[0]; c.Judged || c.Alerts != nil {
		t.Error("it claims to know the alerts of all rows")
	}
	text := strings.Join(p.Data.Sample.Sentences(p.Data), "\n")
	if !strings.Contains(text, "how many alerts the whole table has is not known") || strings.Contains(text, "alerts at the model's") {
		t.Error(text)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Error(err)
	}
}

// TestEnginesWithoutTimes draws rows that no column puts into an order.
func TestEnginesWithoutTimes(t *testing.T) {
	text := "protocol_type,service,src_bytes,attack\n" + strings.Repeat("tcp,http,1,normal\nudp,dns,2,neptune\ntcp,,,normal\n", 500)
	p := counted(t, table(t, text), 600, mostCells, nil)
	s := p.Data.Sample
	if len(s.Cubes) != 1 || s.Cubes[0].Timed || s.Axis != nil || s.Ends[len(s.Ends)-1] != 600 {
		t.Fatalf("%d cubes, axis %v, ends %v", len(s.Cubes), s.Axis, s.Ends)
	}
	cells := cellsOf(p.Data, &s.Cubes[0])
	if len(cells) != 3 || cells[" protocol_type udp 1 service dns 0 attack neptune 1"] != [3]float64{500, 1000, 0} {
		t.Errorf("%v", cells)
	}
	if text := strings.Join(s.Sentences(p.Data), "\n"); !strings.Contains(text, "order of chance") || strings.Contains(text, "time in steps") {
		t.Error(text)
	}
}

// TestEnginesOfFewRows draws all of them.
func TestEnginesOfFewRows(t *testing.T) {
	p := counted(t, table(t, simulated(t, 500)), 500, mostCells, nil)
	if p.Data.Sample != nil || p.Data.Rows != 500 || p.Data.Lines != nil {
		t.Errorf("%+v", p.Data.Sample)
	}
}

// TestRareLevelsOfEngines leaves a level without a row in the page.
func TestRareLevelsOfEngines(t *testing.T) {
	text := "timestamp,protocol_type,src_bytes,attack\n" + times(3000)
	text = strings.NewReplacer(",http,", ",", ",dns,", ",", ",smtp,", ",", ",,", ",").Replace(text)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := 1; i < len(lines); i++ {
		lines[i] += map[bool]string{true: ",phf", false: ",normal"}[i == 700]
	}
	p := counted(t, table(t, strings.Join(lines, "\n")), 1000, mostCells, nil)
	d := p.Data
	if label := d.Columns[d.Label]; !slices.Equal(label.Levels, []string{"normal", "phf"}) || slices.Contains(label.Codes, 1) {
		t.Fatalf("levels %v", label.Levels)
	}
	if s := d.Sample; s.Anomalous != 1 || s.Kept != 0 || len(s.By) != 0 {
		t.Errorf("%d of %d anomalous rows, by %v", s.Kept, s.Anomalous, s.By)
	}
}

// TestChangedTables counts a table from which other rows were drawn.
func TestChangedTables(t *testing.T) {
	e := sourcetest.Counted(table(t, simulated(t, 3000)))
	other := sourcetest.Counted(table(t, simulated(t, 2000)))
	s, err := e.Sample(context.Background(), dataset.SampleOptions{Rows: 1000, Seed: 1, By: -1})
	if err != nil {
		t.Fatal(err)
	}
	d, err := PackSample(context.Background(), s.Table, e, "test.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&Page{Data: d}).Count(context.Background(), other, s); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("%v", err)
	}
}

// TestLargeCells counts more rows than four bytes hold.
func TestLargeCells(t *testing.T) {
	tally := &tally{sums: [2]int{0, -1}}
	c := &cubeCells{t: tally, place: map[string]int{}}
	c.add(&dataset.Groups{N: []int64{1<<33 + 5}, Sums: [][]float64{{77}}, Known: [][]int64{{3}}})
	cube, rows := c.cube(), 0
	for _, n := range cube.Counts {
		rows += int(n)
	}
	if rows != 1<<33+5 || len(cube.Counts) != 3 || !slices.Equal(cube.Sums[0], []float64{77, 0, 0}) || cube.Sums[1] != nil {
		t.Errorf("%v %v", cube.Counts, cube.Sums)
	}
}
