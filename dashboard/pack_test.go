package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/traffic"
)

// table loads CSV text.
func table(t *testing.T, text string) *dataset.Table {
	t.Helper()
	f, err := dataset.OpenReader(context.Background(), "test.csv", strings.NewReader(text), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, err := dataset.Load(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// packedOf packs CSV text.
func packedOf(t *testing.T, text string) *Data {
	t.Helper()
	d, err := Pack(context.Background(), table(t, text), "test.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// simulated returns so many simulated connections as CSV.
func simulated(t *testing.T, connections int) string {
	t.Helper()
	o := traffic.DefaultOptions()
	o.Connections = connections
	var b bytes.Buffer
	if err := traffic.WriteCSV(context.Background(), &b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBlockIsLossless reads every cell of simulated traffic back.
func TestBlockIsLossless(t *testing.T) {
	text := simulated(t, 3000)
	want := table(t, text)
	d, err := Pack(context.Background(), want, "traffic.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	one, err := d.Block()
	if err != nil {
		t.Fatal(err)
	}
	got := decodeBlock(t, one)
	if got.Rows != 3000 || got.Columns[got.Label].Name != "attack" || !slices.Equal(got.Normal, []string{"normal"}) || got.Clock == nil {
		t.Fatalf("%+v", got.blockHead)
	}
	places := map[string]int{}
	for j, c := range want.Schema().Columns {
		places[c.Name] = j
	}
	for j := range got.Columns {
		c := &got.Columns[j]
		if c.Rounded || c.Others > 0 {
			continue
		}
		for i := range got.Rows {
			row := int64(d.Lines[i]) - 2 // behind the header
			cell := want.Cell(row, places[c.Name])
			if v, err := strconv.ParseFloat(cell, 64); err == nil && c.Levels == nil {
				cell = strconv.FormatFloat(v, 'g', -1, 64)
			}
			if c.Kind == "time" {
				continue // told by the clock
			}
			if found := got.cell(j, i); found != cell {
				t.Fatalf("%s, row %d: %q, want %q", c.Name, i, found, cell)
			}
		}
	}
	again, err := Pack(context.Background(), table(t, text), "traffic.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	if two, err := again.Block(); err != nil || !bytes.Equal(one, two) {
		t.Errorf("two blocks of the same table differ: %v", err)
	}
}

func TestRowsAreInTheOrderOfTheirTime(t *testing.T) {
	d := packedOf(t, "timestamp,src_bytes,label\n2026-01-01 00:00:02,3,normal\n2026-01-01 00:00:00.5,1,attack\n,9,normal\n2026-01-01 00:00:01,2,normal\n")
	if d.Clock == nil || !slices.Equal(d.Lines, []int64{4, 3, 5, 2}) || !slices.Equal(d.Clock.Since, []float64{0, 0, 0.5, 1.5}) {
		t.Fatalf("%v, %+v", d.Lines, d.Clock)
	}
	unit, ticks := d.Clock.ticks()
	if unit != 1e-6 || !slices.Equal(ticks, []uint32{0, 0, 500000, 1000000}) {
		t.Errorf("%v, %v", unit, ticks)
	}
	far := &Clock{Since: []float64{0, 1e5, 2e5}}
	if unit, ticks := far.ticks(); unit != 1e-3 || ticks[2] != 1e8 {
		t.Errorf("%v, %v", unit, ticks)
	}
	if d := packedOf(t, "src_bytes,label\n3,normal\n1,attack\n"); d.Clock != nil || !slices.Equal(d.Lines, []int64{2, 3}) {
		t.Errorf("without a time: %+v", d)
	}
}

// TestColumnsOfManyValues packs more different values than there are codes.
func TestColumnsOfManyValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	n := 200000
	values, order := make([]float64, n), make([]int, n)
	for i := range values {
		values[i], order[i] = rng.NormFloat64(), i
	}
	values[7] = math.NaN()
	var c Column
	c.packNumbers(values, order)
	if !c.Rounded || !c.Missing || len(c.Values) != maxCodes || int(c.Codes[7]) != len(c.Values) {
		t.Fatalf("rounded %v, missing %v, %d values", c.Rounded, c.Missing, len(c.Values))
	}
	counts := make([]int, len(c.Values))
	for i, k := range c.Codes {
		if i == 7 {
			continue
		}
		counts[k]++
		if v := c.Values[k]; v < values[i] || k > 0 && c.Values[k-1] >= values[i] {
			t.Fatalf("row %d: %v stands for %v", i, v, values[i])
		}
	}
	if most := slices.Max(counts); most > 4 {
		t.Errorf("%d rows of one value of %d", most, n/maxCodes)
	}
}

// TestHostileLevels packs text that would be markup, or the end of a script.
func TestHostileLevels(t *testing.T) {
	d := packedOf(t, "service,src_bytes,label\n</script><script>alert(1)</script>,1,normal\n<!--,2,normal\n"+strings.Repeat("x", 5000)+",3,attack\n")
	text, err := json.Marshal(d.Columns[0].Levels)
	if err != nil || bytes.Contains(text, []byte("<")) || len(text) > 1000 {
		t.Errorf("%v, %.200s", err, text)
	}
}

func TestColumnThatNamesRowsIsLeftOut(t *testing.T) {
	var b strings.Builder
	b.WriteString("uid,src_bytes,label\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "C%dx,%d,normal\n", i, i%7)
	}
	if d := packedOf(t, b.String()); !slices.Equal(d.LeftOut, []string{"uid"}) || len(d.Columns) != 2 {
		t.Errorf("left out %v, %d columns", d.LeftOut, len(d.Columns))
	}
}
