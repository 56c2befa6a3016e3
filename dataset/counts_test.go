package dataset

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// counted is what a table holds, counted by hand: per column the cells by
// value, "" for missing ones.
type counted map[string]int64

func countByHand(rows []gatheredRow, column int, keep func(gatheredRow) bool) counted {
	out := counted{}
	for _, r := range rows {
		if keep(r) {
			out[r.values[column]]++
		}
	}
	return out
}

// compareTally holds a tally to counts by hand.
func compareTally(t *testing.T, where string, tally stats.Tally, want counted) {
	t.Helper()
	got := counted{}
	for i, x := range tally.Values {
		if i > 0 && !(tally.Values[i-1] < x) {
			t.Fatalf("%s: %v is not behind %v", where, x, tally.Values[i-1])
		}
		got[shortest(x)] += tally.Counts[0][i]
	}
	want = maps.Clone(want)
	delete(want, noValue)
	if n := want["-0"]; n > 0 {
		want["0"] += n
		delete(want, "-0")
	}
	if !maps.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", where, got, want)
	}
}

func checkCounts(t *testing.T, where string, c *Counts, rows []gatheredRow, group int, keep func(gatheredRow) bool) {
	t.Helper()
	for i, column := range c.schema.Columns {
		want := countByHand(rows, i, keep)
		at := fmt.Sprintf("%s, column %s (%s)", where, column.Name, column.Kind)
		switch {
		case column.Kind == Text:
			delete(want, noValue)
			if n, exact := c.Distinct(i); c.By < 0 && (!exact || n != int64(len(want))) {
				t.Fatalf("%s: %d distinct (%v), want %d", at, n, exact, len(want))
			}
		case column.Dict != nil:
			delete(want, noValue)
			got := c.Levels(i, group)
			if len(got) != len(want) || !slices.IsSortedFunc(got, func(a, b LevelCount) int { return strings.Compare(a.Level, b.Level) }) {
				t.Fatalf("%s: %v, want %v", at, got, want)
			}
			for _, l := range got {
				if want[l.Level] != l.N {
					t.Fatalf("%s: %v, want %v", at, got, want)
				}
			}
		default:
			tally, err := c.Tally(i, group)
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			compareTally(t, at, tally, want)
		}
	}
}

// TestCounts holds Counts to counting by hand, with and without groups, on
// files and tables.
func TestCounts(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 2))
		m := newMessyTable(rng)
		m.columns = append(m.columns, func() string { return m.pick("g1", "g2", "g3", "NA", "") })
		text := m.write(1 + rng.IntN(400))
		f := openText(t, "t.csv", text, Options{Delimiter: m.comma, Header: HeaderYes, MaxBad: 1, Jobs: 1 + rng.IntN(3), Types: map[string]Kind{fmt.Sprint("c", len(m.columns)-1): Category}})
		f.chunk, f.block = 500, 100
		rows := scanRows(t, f)
		for name, src := range map[string]Source{"file": f, "table": load(t, f)} {
			where := fmt.Sprintf("seed %d, %s", seed, name)
			whole := Counts{By: -1}
			if err := src.Scan(context.Background(), &whole); err != nil {
				t.Fatal(err)
			}
			checkMissing(t, where, &whole, rows)
			checkCounts(t, where, &whole, rows, 0, func(gatheredRow) bool { return true })
			last := len(m.columns) - 1
			parts := Counts{By: last}
			if err := src.Scan(context.Background(), &parts); err != nil {
				t.Fatal(err)
			}
			checkMissing(t, where, &parts, rows)
			codes, groups := parts.GroupLevels()
			byHand := countByHand(rows, last, func(gatheredRow) bool { return true })
			delete(byHand, noValue)
			if len(codes) != len(byHand) {
				t.Fatalf("%s: groups %v, want %v", where, groups, byHand)
			}
			for i, code := range codes {
				if byHand[groups[i].Level] != groups[i].N {
					t.Fatalf("%s: groups %v, want %v", where, groups, byHand)
				}
				checkCounts(t, where+", group "+groups[i].Level, &parts, rows, code, func(r gatheredRow) bool { return r.values[last] == groups[i].Level })
			}
		}
	}
}

func checkMissing(t *testing.T, where string, c *Counts, rows []gatheredRow) {
	t.Helper()
	if c.Rows() != int64(len(rows)) {
		t.Fatalf("%s: %d rows, want %d", where, c.Rows(), len(rows))
	}
	for i := range c.schema.Columns {
		want := countByHand(rows, i, func(gatheredRow) bool { return true })[noValue]
		if got := c.Missing(i); got != want {
			t.Fatalf("%s, column %d: %d missing, want %d", where, i, got, want)
		}
	}
}

// TestCountsOfOneColumn: only what is asked for is counted.
func TestCountsOfOneColumn(t *testing.T) {
	f := openText(t, "t.csv", "a,b,c\n1,x,2\n3,y,4\n1,x,6\n", Options{})
	c := Counts{By: 1, Needed: []int{2}}
	if err := f.Scan(context.Background(), &c); err != nil {
		t.Fatal(err)
	}
	codes, _ := c.GroupLevels()
	tally, err := c.Tally(2, codes[0])
	if err != nil || !slices.Equal(tally.Values, []float64{2, 6}) {
		t.Errorf("%v, %v", tally, err)
	}
	if tally, _ := c.Tally(0, codes[0]); tally.Len() != 0 {
		t.Errorf("column a was counted: %v", tally)
	}
	bad := Counts{By: 0}
	if err := f.Scan(context.Background(), &bad); err == nil {
		t.Error("a column of numbers made groups")
	}
	bad = Counts{By: 7}
	if err := f.Scan(context.Background(), &bad); err == nil {
		t.Error("a column that does not exist made groups")
	}
}

// TestNumberCounts drives the tables of one column through every form: lanes,
// table, wide values, reals, changes of scale, and the folding of full tables.
func TestNumberCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	makers := []func() Vector{
		func() Vector { return intVector(rng, 200, 0) },
		func() Vector { return intVector(rng, 200, 2) },
		func() Vector { return intVector(rng, 5000, 0) },
		func() Vector { return intVector(rng, 1<<31, 0) },
		func() Vector { return intVector(rng, 1<<31, 6) },
		func() Vector {
			v := intVector(rng, 100, 1)
			for i := range v.Ints {
				if i%7 == 0 {
					v.Ints[i] = MissingInt
					v.Missing++
				}
			}
			return v
		},
		func() Vector {
			return Vector{Floats: []float64{math.Copysign(0, -1), 0, -1.5, math.NaN(), 1e300, 7}, Missing: 1}
		},
	}
	for range 200 {
		var c numberCounts
		want := counted{}
		for range 1 + rng.IntN(12) {
			v := makers[rng.IntN(len(makers))]()
			c.add(&v)
			for _, x := range v.AppendFloats(nil) {
				if x == x {
					want[shortest(x+0)]++
				}
			}
			if rng.IntN(10) == 0 {
				c.added = foldAfter
			}
			if rng.IntN(10) == 0 {
				c.compact()
			}
		}
		c.fold()
		tally, err := stats.TallyFromCounts(c.sorted.x, c.sorted.n)
		if err != nil {
			t.Fatal(err)
		}
		compareTally(t, "number counts", tally, want)
	}
}

func intVector(rng *rand.Rand, below uint32, scale uint8) Vector {
	v := Vector{Scale: scale}
	for range 1 + rng.IntN(50) {
		x := rng.Uint32N(below)
		v.Ints = append(v.Ints, x)
		v.Or |= x
	}
	return v
}

// TestDistinctEstimate: beyond the hashes that are kept, the number of distinct
// cells is an estimate, within a percent, and the same however it is split.
func TestDistinctEstimate(t *testing.T) {
	check.Long(t)
	const cells = 3 * maxHashes
	whole := newTextCounts()
	parts := []*textCounts{newTextCounts(), newTextCounts(), newTextCounts()}
	for i := range cells {
		h := mixedFNV(fmt.Append(nil, "cell ", i))
		whole.add(h)
		parts[i%3].add(h)
		parts[(i+1)%3].add(h)
	}
	n, exact := whole.distinct()
	if exact || math.Abs(float64(n)/cells-1) > 0.01 {
		t.Errorf("%d distinct cells (%v), want about %d", n, exact, cells)
	}
	merged := newTextCounts()
	for _, p := range parts {
		merged.merge(p)
	}
	if got, _ := merged.distinct(); got != n {
		t.Errorf("merged %d, want %d", got, n)
	}
}

func TestSortUints(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{0, 1, 255, 256, 5000} {
		for _, bits := range []int{32, 24, 8, 1} {
			x := make([]uint32, n)
			for i := range x {
				x[i] = rng.Uint32() >> (32 - bits)
			}
			want := slices.Sorted(slices.Values(x))
			sortUints(x)
			if !slices.Equal(x, want) {
				t.Errorf("%d numbers of %d bits are not sorted", n, bits)
			}
		}
	}
}
