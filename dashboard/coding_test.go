package dashboard

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// wantData holds a block to the data that it was written from.
func wantData(t *testing.T, d *Data, parts ...[]byte) {
	t.Helper()
	got := decodeBlock(t, parts...)
	if got.Rows != d.Rows || len(got.Columns) != len(d.Columns) || got.Label != d.Label || !slices.Equal(got.lines, d.Lines) {
		t.Fatalf("%+v", got.blockHead)
	}
	for j := range d.Columns {
		c, b := &d.Columns[j], &got.Columns[j]
		if !slices.Equal(got.codes[j], c.Codes) {
			t.Fatalf("column %q, written as %v: codes differ", c.Name, b.Parents)
		}
		if !slices.Equal(got.values[j], c.Values) || !slices.Equal(b.Levels, c.Levels) || b.Missing != c.Missing || b.Name != c.Name {
			t.Fatalf("column %q: %+v", c.Name, b)
		}
	}
	if d.Clock != nil {
		if len(got.since) != d.Rows {
			t.Fatalf("%d times of %d rows", len(got.since), d.Rows)
		}
		for i, s := range got.since {
			if math.Abs(s-d.Clock.Since[i]) > got.Clock.Unit {
				t.Fatalf("row %d began after %v s, not %v", i, d.Clock.Since[i], s)
			}
		}
	}
	if d.Verdicts != nil && (!slices.Equal(got.reasons, d.Verdicts.Reasons) || !reflect.DeepEqual(got.ids, d.Verdicts.IDs)) {
		t.Errorf("reasons or IDs of %d rows differ", len(got.reasons))
	}
}

// wantBlocks holds both forms of a block to the data, and returns their sizes.
func wantBlocks(t *testing.T, d *Data) (one int, each []int) {
	t.Helper()
	block, err := d.Block()
	if err != nil {
		t.Fatal(err)
	}
	wantData(t, d, block)
	parts, err := d.Blocks()
	if err != nil || len(parts) != 3 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	wantData(t, d, parts...)
	for _, p := range parts {
		each = append(each, len(p))
	}
	return len(block), each
}

// randomData makes columns some of which follow from others.
func randomData(rng *rand.Rand, rows, columns int) *Data {
	d := &Data{Source: "random", Rows: rows, Label: -1, Lines: []int64{}}
	for i := range rows {
		d.Lines = append(d.Lines, int64(i)+2)
	}
	for j := range columns {
		c := Column{Name: "c" + strconv.Itoa(j), Missing: rng.IntN(2) == 0, Codes: make([]uint16, rows)}
		n := []int{1, 2, 7, 255, 256, 257, 3000}[rng.IntN(7)]
		for k := range n {
			if j%2 == 0 {
				c.Levels = append(c.Levels, "level "+strconv.Itoa(k))
			} else {
				c.Values = append(c.Values, float64(k)/7)
			}
		}
		like := rng.IntN(max(1, j))
		for i := range c.Codes {
			c.Codes[i] = uint16(rng.IntN(c.size()))
			if j > 0 && rng.IntN(20) > 0 {
				c.Codes[i] = uint16(int(d.Columns[like].Codes[i]) * 31 % c.size())
			}
		}
		d.Columns = append(d.Columns, c)
	}
	return d
}

// withVerdicts adds a column of scores, and reasons.
func withVerdicts(d *Data, rng *rand.Rand) {
	c := Column{Name: "score", Values: []float64{0, 0.25, 0.5, 0.75, 1}, Codes: make([]uint16, d.Rows)}
	v := &Verdicts{Model: "m </script>", Algorithm: "hgb", Threshold: 0.75, Floor: 0.5, Score: len(d.Columns), IDs: []string{}, Calibrated: true}
	for i := range c.Codes {
		c.Codes[i] = uint16(rng.IntN(5))
		if c.Codes[i] >= 2 {
			v.Reasons = append(v.Reasons, [3]int16{int16(rng.IntN(len(d.Columns)+1)) - 1, int16(rng.IntN(len(d.Columns))), -1})
			v.IDs = append(v.IDs, "C\n"+strconv.Itoa(i))
		}
	}
	d.Columns, d.Verdicts = append(d.Columns, c), v
}

func TestBlocksOfRandomDataAreLossless(t *testing.T) {
	check.Long(t)
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		d := randomData(rng, []int{0, 1, 2, 300, 5000, 20000}[seed%6], 1+rng.IntN(12))
		if seed%2 == 0 {
			withVerdicts(d, rng)
			slices.Reverse(d.Lines)
		}
		d.Label = rng.IntN(len(d.Columns)+1) - 1
		for j := range d.Columns {
			if rng.IntN(3) == 0 {
				d.Early = append(d.Early, j)
			}
		}
		wantBlocks(t, d)
	}
}

func TestBlocksOfSimulatedTraffic(t *testing.T) {
	check.Long(t)
	d := packedOf(t, simulated(t, 20000))
	d.Early = []int{1, 2, 3}
	one, each := wantBlocks(t, d)
	plain := 0
	block, err := d.Block()
	if err != nil {
		t.Fatal(err)
	}
	head, _ := unpack(t, block)
	for j := range d.Columns {
		text, err := packed(appendPlanes(nil, d.Columns[j].Codes, widthOfSize(d.Columns[j].size())))
		if err != nil {
			t.Fatal(err)
		}
		plain += len(text)
	}
	text, err := packed(head)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes in one part, %d in three; the codes alone are %d, the head %d", one, each, plain, len(text))
	if one-len(text) > plain*95/100 {
		t.Errorf("%d bytes instead of %d", one-len(text), plain)
	}
}

func TestBlocksOfFewAndOfManyValues(t *testing.T) {
	var many strings.Builder
	many.WriteString("service,src_bytes,label\n")
	for i := range 150000 {
		many.WriteString("s" + strconv.Itoa(i%70000) + "," + strconv.Itoa(i) + ",normal\n")
	}
	for name, text := range map[string]string{
		"one column":     "src_bytes\n1\n2\n2\n",
		"missing":        "src_bytes,label\n,normal\n,\n,attack\n",
		"hostile":        "service,label\n</script><!--,normal\n\"\u2028\",attack\n\xff\xfe,x\n",
		"numbers at all": "duration,src_bytes,label\n-0,1e300,a\n-3.5,0.1,b\n0.30000000000000004,-1e-300,c\n",
		"many levels":    many.String(),
	} {
		t.Run(name, func(t *testing.T) { wantBlocks(t, packedOf(t, text)) })
	}
}

// TestColumnThatFollowsFromTwoOthers makes one that needs no room beside them: its 256 codes
// are those of all pairs.
func TestColumnThatFollowsFromTwoOthers(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	d := &Data{Source: "pairs", Rows: 30000, Label: -1, Columns: make([]Column, 3)}
	for j, size := range []int{16, 16, 256} {
		d.Columns[j] = Column{Name: strconv.Itoa(j), Codes: make([]uint16, d.Rows)}
		for k := range size {
			d.Columns[j].Values = append(d.Columns[j].Values, float64(k))
		}
	}
	for i := range d.Rows {
		a, b := uint16(rng.IntN(16)), uint16(rng.IntN(16))
		d.Columns[0].Codes[i], d.Columns[1].Codes[i], d.Columns[2].Codes[i] = a, b, (a*16+b)*37%256
	}
	wantBlocks(t, d)
	block, err := d.Block()
	if err != nil {
		t.Fatal(err)
	}
	// Any two of the three are 30,000 bytes of eight bits that nothing foretells.
	if got := len(block); got < 30000 || got > 36000 {
		t.Errorf("%d bytes", got)
	}
}

func TestBlockDoesNotDependOnCores(t *testing.T) {
	d := packedOf(t, simulated(t, 3000))
	before, err := d.Block()
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if after, err := d.Block(); err != nil || !bytes.Equal(before, after) {
		t.Errorf("blocks differ: %v", err)
	}
}

// TestParentsComeFirst keeps a column from parents in a later part, and from itself.
func TestParentsComeFirst(t *testing.T) {
	d := packedOf(t, simulated(t, 3000))
	d.Early = []int{0, 4, 9, 17, 400, -3}
	parts, err := d.Blocks()
	if err != nil {
		t.Fatal(err)
	}
	head := decodeBlock(t, parts...)
	for part, want := range [][]int{{0, d.Label}, {4, 9, 17}} { // column 0 tells the time
		if got := slices.Sorted(slices.Values(head.Parts[part])); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("part %d has the columns %v", part, got)
		}
	}
	seen := map[int]bool{}
	for _, j := range slices.Concat(head.Parts...) {
		for _, p := range head.Columns[j].Parents {
			if !seen[p] {
				t.Errorf("column %d comes before its parent %d", j, p)
			}
		}
		seen[j] = true
	}
}

func TestDataThatContradictThemselvesAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(d *Data){
		"code":    func(d *Data) { d.Columns[0].Codes[3] = 9999 },
		"rows":    func(d *Data) { d.Rows++ },
		"label":   func(d *Data) { d.Label = 99 },
		"clock":   func(d *Data) { d.Clock = &Clock{} },
		"reasons": func(d *Data) { d.Verdicts.Reasons = d.Verdicts.Reasons[1:] },
		"reason":  func(d *Data) { d.Verdicts.Reasons[0][1] = 99 },
		"score":   func(d *Data) { d.Verdicts.Score = 0 },
	} {
		rng := rand.New(rand.NewPCG(3, 3))
		d := randomData(rng, 100, 3)
		withVerdicts(d, rng)
		if _, err := d.Blocks(); err != nil {
			t.Fatal(err)
		}
		if spoil(d); d.check() == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := d.Block(); err == nil || !strings.HasPrefix(err.Error(), "the page cannot hold random: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestValuesAreStepsOfADecimalPlace(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   blockValues
	}{
		{[]float64{3, 5, 1000}, blockValues{Scale: 1, Steps: []int64{3, 2, 995}}},
		{[]float64{-0.5, 0, 0.25, 1}, blockValues{Scale: 100, Steps: []int64{-50, 50, 25, 75}}},
		{[]float64{math.Inf(-1), 1. / 3, math.Inf(1)}, blockValues{List: []string{"-Infinity", "0.3333333333333333", "+Infinity"}}},
		{[]float64{1 << 60}, blockValues{List: []string{"1.152921504606847e+18"}}},
	} {
		if got := writeValues(c.values); !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%v: %+v", c.values, *got)
		}
	}
}
