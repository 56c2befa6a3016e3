package eda

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// table returns the text as a table in memory.
func table(t *testing.T, text string, jobs int) *dataset.Table {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := dataset.Open(context.Background(), path, dataset.Options{Jobs: jobs})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	loaded, err := dataset.Load(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func numbered(rows int, row func(i int) string) string {
	var b strings.Builder
	for i := range rows {
		b.WriteString(row(i) + "\n")
	}
	return b.String()
}

// However many rows there are, the kept ones are evenly spaced from the first on,
// as many as there is room for but for a factor of two.
func TestGathererThins(t *testing.T) {
	const rows = 70000
	src := table(t, "a,b\n"+numbered(rows, func(i int) string { return fmt.Sprintf("%d,padding%d", i, i%7) }), 2)
	for _, limit := range []int{1, 2, 10, 999, 34999, 35000, rows - 1, rows, rows + 1} {
		g := &gatherer{columns: []int{0}, limit: limit, hint: 10}
		if err := src.Scan(context.Background(), g); err != nil {
			t.Fatal(err)
		}
		step := 1
		for (rows+step-1)/step > limit {
			step *= 2
		}
		if g.step != int64(step) || g.rows != rows || len(g.values[0]) != (rows+step-1)/step {
			t.Errorf("limit %d: %d rows kept, one in %d of %d", limit, len(g.values[0]), g.step, g.rows)
		}
		for i, x := range g.values[0] {
			if x != float64(i*step) {
				t.Fatalf("limit %d: row %d is %v", limit, i*step, x)
			}
		}
	}
}

func TestCorrelateSaysThatItThins(t *testing.T) {
	src := table(t, "a,b,c\n"+numbered(1000, func(i int) string { return fmt.Sprintf("%d,%d,%d", i, i*i%97, i%2) }), 1)
	g := &gatherer{columns: []int{0, 1, 2}, limit: 300}
	if err := src.Scan(context.Background(), g); err != nil {
		t.Fatal(err)
	}
	c, err := correlate(context.Background(), src.Schema(), g, g.columns, CorrelateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "The correlations use one row in 4, 250 of 1,000 rows, because all would not fit memory."; len(c.Warnings) != 1 || c.Warnings[0] != want {
		t.Errorf("warnings %q", c.Warnings)
	}
	// Of every fourth row, c is always 0.
	if !slices.Equal(c.Constant, []string{"c"}) || c.Rows != 1000 {
		t.Errorf("constant %q, %d rows", c.Constant, c.Rows)
	}
}

// Beyond the limit rows are only counted.
func TestTooManyRowsToCompare(t *testing.T) {
	src := table(t, "a,label\n"+numbered(60000, func(i int) string { return fmt.Sprintf("same%d,x%d", i%10, i%20/10) }), 2)
	for limit, checked := range map[int64]bool{1: false, 59999: false, 60000: true} {
		h := &rowHasher{limit: limit}
		if err := src.Scan(context.Background(), h); err != nil {
			t.Fatal(err)
		}
		r := h.result(Classes{Column: -1})
		if r.Rows != 60000 || r.Checked != checked || checked == (r.Exact == 0) || checked == (r.Examples == nil) {
			t.Errorf("limit %d: %+v", limit, r)
		}
		if checked && (r.Exact != 59980 || r.Features != 59990 || r.Contradictory != 10 || r.ContradictoryRows != 60000 || len(r.Examples) != 10) {
			t.Errorf("limit %d: %+v", limit, r)
		}
		e := Exploration{Repeats: r}
		said := slices.ContainsFunc(e.rowFindings(), func(f Finding) bool { return strings.Contains(f.Text, "not looked for") })
		if said == checked {
			t.Errorf("limit %d: findings %+v", limit, e.rowFindings())
		}
	}
}

// More patterns than are told apart are counted as others, and which are is
// decided by the file, not by the workers.
func TestMissingManyPatterns(t *testing.T) {
	const columns = 14
	head := make([]string, columns)
	for i := range head {
		head[i] = fmt.Sprint("c", i)
	}
	// Row i lacks the columns of the bits of i's Gray code.
	text := strings.Join(head, ",") + "\n" + numbered(1<<columns, func(i int) string {
		cells := slices.Repeat([]string{"7"}, columns)
		for gray := i ^ i>>1; gray != 0; gray &= gray - 1 {
			cells[bits.TrailingZeros(uint(gray))] = ""
		}
		return strings.Join(cells, ",")
	})
	text += numbered(5, func(int) string { return strings.Repeat(",", columns-1) })
	for _, jobs := range []int{1, 2, 5} {
		g, err := Missing(context.Background(), table(t, text, jobs), MissingOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if g.Rows != 1<<columns+5 || g.Complete != 1 || len(g.Patterns) != keptPatterns || g.Others != g.Rows-1-keptPatterns {
			t.Errorf("%d workers: %d rows, %d complete, %d patterns, %d others", jobs, g.Rows, g.Complete, len(g.Patterns), g.Others)
		}
		// The first pattern, of row 1, is c0 alone; the row without any value comes
		// behind the first ten thousand.
		if p := g.Patterns[0]; p.Rows != 1 || !slices.Equal(p.Columns, []string{"c0"}) {
			t.Errorf("%d workers: first pattern %+v", jobs, p)
		}
		// 16,389 rows take 2,049 units of 8 rows, and 35 of these make a block.
		if len(g.Blocks) != 59 || g.BlockRows != 280 {
			t.Errorf("%d workers: %d blocks of %d rows", jobs, len(g.Blocks), g.BlockRows)
		}
	}
}

// Of columns whose cross tables would not fit memory the last are left out.
func TestNewCrosser(t *testing.T) {
	src := table(t, "c0,c1,c2,c3,c4,few\n"+numbered(2000, func(i int) string {
		l := fmt.Sprintf("l%d", i%1000)
		return strings.Join([]string{l, l, l, l, l, "x" + fmt.Sprint(i%3)}, ",")
	}), 1)
	x := newCrosser(src.Schema(), levelledAmong(src.Schema(), nil))
	if !slices.Equal(x.columns, []int{0, 1, 2, 3, 5}) || !slices.Equal(x.leftOut, []string{"c4"}) {
		t.Errorf("kept %v, left out %q", x.columns, x.leftOut)
	}
	if len(x.warnings) != 1 || !strings.HasSuffix(x.warnings[0], ": c4.") {
		t.Errorf("warnings %q", x.warnings)
	}
	if cells := x.cells(src.Schema()); cells != 6*1000*1000+4*3*1000 {
		t.Errorf("%d cells", cells)
	}
}

// The farthest rows of a stream are those of all, equals in their order.
func TestFarthest(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		most := 1 + r.IntN(6)
		var f farthest
		var all []outlierAt
		for row := range r.IntN(100) {
			at := outlierAt{reach: float64(1 + r.IntN(10)), row: int64(row)}
			all = append(all, at)
			if at.reach > f.bound {
				f.add(at, most)
			}
		}
		sortFarthest(f.list)
		slices.SortStableFunc(all, func(a, b outlierAt) int { return int(b.reach - a.reach) })
		if n := min(most, len(all)); !slices.Equal(f.list[:n], all[:n]) {
			t.Fatalf("%d of %v: %v", most, all, f.list)
		}
	}
}

func TestHashNumber(t *testing.T) {
	if hashNumber(math.Copysign(0, -1)) != hashNumber(0) {
		t.Error("-0 differs from 0")
	}
	if hashNumber(math.Float64frombits(math.Float64bits(math.NaN())^1)) != hashNumber(math.NaN()) {
		t.Error("two missing numbers differ")
	}
}

// The number of different values is exact as long as their hashes are kept, and
// then right to within a hundredth in any order and however often they repeat.
func TestLeastHashes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{0, 1, 1000, maxHashes, maxHashes + 1, 3_000_000} {
		var first int64
		for round := range 2 {
			var l leastHashes
			for i := range n {
				x := float64(i)*0.001 - 5
				if round == 1 {
					x = float64(n-1-i)*0.001 - 5
					l.add(mix(hashSeed, hashNumber(float64(r.IntN(n))*0.001-5)))
				}
				l.add(mix(hashSeed, hashNumber(x)))
			}
			got, exact := l.estimate()
			if exact != (n <= maxHashes) || exact && got != int64(n) || math.Abs(float64(got)-float64(n)) > 0.01*float64(n) {
				t.Errorf("%d values: %d (exact: %v)", n, got, exact)
			}
			if round == 0 {
				first = got
			} else if got != first {
				t.Errorf("%d values: %d in one order and %d in another", n, first, got)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", 1: "100 %", 0.5: "50 %", 0.1234: "12.3 %", 0.00001: "0.001 %", 0.9999: "99.99 %",
		1e-12: "less than 0.00001 %", 1 - 1e-12: "nearly 100 %"} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 rows", 1: "1 row", 999: "999 rows", 1000: "1,000 rows", 1234567: "1,234,567 rows", -1234: "-1,234 rows"} {
		if got := plural(n, "row"); got != want {
			t.Errorf("plural(%d) = %q, want %q", n, got, want)
		}
	}
	if got := listed([]string{"a", "b", "c"}, 2); got != "a, b and 1 more" {
		t.Errorf("listed %q", got)
	}
}
