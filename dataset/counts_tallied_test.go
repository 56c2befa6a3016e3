package dataset

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/stats"
)

// TestNumbersWithCounts: numbers that come with counts are the same as each of them
// so many times, beside numbers that come alone.
func TestNumbersWithCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 100 {
		var c, other numberCounts
		want := counted{}
		for range rng.IntN(300) {
			x, n := float64(rng.IntN(90)-30)/4, int64(1+rng.IntN(1<<40))
			to := []*numberCounts{&c, &other}[rng.IntN(2)]
			to.addTimes(x, n)
			want[shortest(x)] += n
			if rng.IntN(5) == 0 {
				to.add(&Vector{Floats: []float64{x, math.NaN()}, Missing: 1})
				want[shortest(x)]++
			}
			if rng.IntN(50) == 0 {
				to.compact()
			}
		}
		c.join(&other)
		c.fold()
		tally, err := stats.TallyFromCounts(c.sorted.x, c.sorted.n)
		if err != nil {
			t.Fatal(err)
		}
		compareTally(t, "numbers with counts", tally, want)
	}
}

// tallySchema has a column of levels, of numbers and of text.
func tallySchema() *Schema {
	levels := NewDict(func() []string { return []string{"c", "a", "d", "b"} })
	return &Schema{Columns: []Column{{Name: "level", Kind: Category, Dict: levels}, {Name: "x", Kind: Number}, {Name: "note", Kind: Text}}}
}

func startTally(t *testing.T, c *Counts) []Set {
	t.Helper()
	s := tallySchema()
	if err := c.Start(s, 1); err != nil {
		t.Fatal(err)
	}
	return c.Sets(s)
}

// TestCountsWithTooManyNumbers: numbers beyond the budget are given up, whether the
// source notices or not.
func TestCountsWithTooManyNumbers(t *testing.T) {
	for _, told := range []bool{false, true} {
		c := &Counts{By: -1, Needed: []int{1}, Budget: 1000}
		sets := startTally(t, c)
		if len(sets) != 1 || sets[0].Most != 1001 {
			t.Fatalf("sets %+v, want one with a group for each number of the budget and the missing cells", sets)
		}
		const rows = 3 * sortAfter
		for from := 0; from < rows; from += 1000 {
			v := Vector{Floats: make([]float64, 1000)}
			n := make([]int64, 1000)
			for i := range v.Floats {
				v.Floats[i], n[i] = float64(from+i)/3, 2
			}
			if from == 0 {
				v.Floats[0], v.Missing = math.NaN(), 1
			}
			if err := c.Groups(0, &Groups{Cells: NewBatch(1000, []Vector{v}, nil), N: n}); err != nil {
				t.Fatal(err)
			}
		}
		missing := int64(2)
		if told {
			missing = notCounted
			if err := c.Overflow(0); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.EndChunk(0, Chunk{Rows: 2 * rows}); err != nil {
			t.Fatal(err)
		}
		if got := c.Overflowed(); !slices.Equal(got, []int{1}) || c.Rows() != 2*rows || c.Missing(1) != missing {
			t.Errorf("told %v: columns %d have too many numbers, %d rows, %d missing; want column 1, %d, %d", told, got, c.Rows(), c.Missing(1), 2*rows, missing)
		}
		if _, err := c.Tally(1, 0); err == nil {
			t.Errorf("told %v: there is a tally of a part", told)
		}
	}
}

// evenCounts is an analysis that Counts is a part of: it makes two groups of the
// levels, and of d none.
type evenCounts struct{ Counts }

func (c *evenCounts) Groups(set int, g *Groups) error {
	return c.GroupsBy(set, g, func(b *Batch, row int) int {
		switch code := b.Columns[0].Codes[row]; code {
		case MissingCode, 2:
			return -1
		default:
			return int(code) % 2
		}
	})
}

// TestGroupsBy: groups that a part of several levels makes are counted together.
func TestGroupsBy(t *testing.T) {
	c := &evenCounts{Counts{By: 0}}
	sets := startTally(t, &c.Counts)
	rows := []struct {
		code uint32
		x    float64
		n    int64
	}{{0, 5, 1}, {1, 5, 2}, {3, 5, 4}, {2, 5, 8}, {MissingCode, 6, 16}, {1, math.NaN(), 32}, {3, math.Copysign(0, -1), 64}, {1, 0, 128}}
	byLevel, both := &Groups{}, &Groups{}
	var codes []uint32
	var x []float64
	for _, r := range rows {
		codes, x = append(codes, r.code), append(x, r.x)
		both.N, byLevel.N = append(both.N, r.n), append(byLevel.N, r.n)
	}
	byLevel.Cells = NewBatch(len(rows), []Vector{{Codes: codes}}, nil)
	both.Cells = NewBatch(len(rows), []Vector{{Floats: x}, {Codes: codes}}, nil)
	for i, set := range sets {
		g := both
		if set.Keys[0].Column != 1 {
			g = byLevel
		}
		if set.Keys[0].Column == 2 {
			continue
		}
		if err := c.Groups(i, g); err != nil {
			t.Fatal(err)
		}
	}
	want := []map[float64]int64{{5: 1}, {0: 192, 5: 6}}
	for g, w := range want {
		tally, err := c.Tally(1, g)
		if err != nil {
			t.Fatal(err)
		}
		got := map[float64]int64{}
		for i, v := range tally.Values {
			got[v] = tally.Counts[0][i]
		}
		if !maps.Equal(got, w) {
			t.Errorf("group %d: %v, want %v", g, got, w)
		}
	}
	if c.RowsOf(0) != 1 || c.RowsOf(1) != 230 || c.Missing(1) != 32 {
		t.Errorf("%d and %d rows, %d missing; want 1 and 230, 32", c.RowsOf(0), c.RowsOf(1), c.Missing(1))
	}
	if got := fmt.Sprint(c.Levels(0, 1)); got != "[{a 162} {b 68}]" {
		t.Errorf("levels of group 1: %v", got)
	}
}

// TestOverflowOfWords: of text that is not handed out, the number of different cells
// is what the source says, if it does, and levels are an error.
func TestOverflowOfWords(t *testing.T) {
	c := &Counts{By: 0}
	for i, set := range startTally(t, c) {
		switch err := c.Overflow(i); {
		case set.Keys[0].Column == 0 && err == nil:
			t.Error("levels that are not handed out are no error")
		case set.Keys[0].Column > 0 && err != nil:
			t.Error(err)
		}
		if n, exact := c.Distinct(2); set.Keys[0].Column == 2 && !set.Keys[0].Gap {
			if n != -1 || exact {
				t.Errorf("%d different cells (%v), want that nobody knows", n, exact)
			}
			if err := c.Estimate(i, 12345, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n, exact := c.Distinct(2); n != 12345 || exact || c.Missing(2) != -1 {
		t.Errorf("%d different cells (%v), %d missing; want 12345, -1", n, exact, c.Missing(2))
	}
	for _, set := range []int{-1, 99} {
		if c.Groups(set, &Groups{}) == nil || c.Overflow(set) == nil || c.Estimate(set, 1, true) == nil {
			t.Errorf("set %d, which was not asked for, is no error", set)
		}
	}
}

// TestTalliedText: different cells are counted alike in rows and in groups, also
// where they are so many that the number is an estimate.
func TestTalliedText(t *testing.T) {
	for _, cells := range []int{0, 1, 1000, maxHashes + 1} {
		c, rows := &Counts{By: -1, Needed: []int{2}}, newTextCounts()
		startTally(t, c)
		for from := 0; from < cells; from += 1 << 16 {
			n := min(1<<16, cells-from)
			text := func(_, row int) []byte { return fmt.Append(nil, from+row) }
			for row := range n {
				rows.add(mixedFNV(text(0, row)))
			}
			if err := c.Groups(0, &Groups{Cells: NewBatch(n, make([]Vector, 1), text), N: make([]int64, n)}); err != nil {
				t.Fatal(err)
			}
		}
		got, exact := c.Distinct(2)
		if want, sure := rows.distinct(); got != want || exact != sure {
			t.Errorf("%d cells: %d different (%v), want %d (%v)", cells, got, exact, want, sure)
		}
	}
}

// TestRowsOfChunks: rows count where no column does.
func TestRowsOfChunks(t *testing.T) {
	f := openText(t, "t.csv", "a,b\n1,x\n2,y\n3,x\n", Options{})
	c := &Counts{By: -1, Needed: []int{}}
	for range 2 { // a scan begins anew
		if err := f.Scan(context.Background(), c); err != nil || c.Rows() != 3 {
			t.Errorf("%d rows, %v; want 3", c.Rows(), err)
		}
	}
}
