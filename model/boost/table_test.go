package boost

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/model/bin"
	"github.com/netanom/netanom/model/learn"
)

// mixed returns columns of all kinds: with many values, few, one in most rows, missing
// ones, none that vary, and levels.
func mixed(rows, columns int, rng *rand.Rand) *learn.Matrix {
	x := &learn.Matrix{Rows: rows, Numbers: make([][]float64, columns), Codes: make([][]int32, columns)}
	for j := range columns {
		c := learn.Column{Name: fmt.Sprint("x", j)}
		if j%6 == 5 {
			c.Levels = []string{"tcp", "udp", "icmp", "gre", "esp"}
			x.Codes[j] = make([]int32, rows)
			for i := range rows {
				x.Codes[j][i] = int32(rng.IntN(6)) - 1
			}
			x.Columns = append(x.Columns, c)
			continue
		}
		x.Numbers[j] = make([]float64, rows)
		for i := range rows {
			v := rng.NormFloat64()
			switch j % 6 {
			case 1:
				v = math.Round(2 * v)
			case 2:
				if rng.IntN(10) > 0 {
					v = 0
				}
			case 3:
				if rng.IntN(4) == 0 {
					v = math.NaN()
				}
			case 4:
				v = 7
			}
			x.Numbers[j][i] = v
		}
		x.Columns = append(x.Columns, c)
	}
	return x
}

// Sums by cell are those of adding up one row after the other, for several groups of
// columns, several shards, and rows that count more than once.
func TestSums(t *testing.T) {
	for _, c := range []struct{ rows, columns, members, most int }{
		{1, 7, 1, 1}, {700, 13, 3, 1}, {600, 750, 2, 1}, {3000, 6, 2, 250}, {1500, 600, 1, 256},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(c.rows), 2))
			m, err := bin.Fit(context.Background(), mixed(c.rows, c.columns, rng), 255, 0)
			if err != nil {
				t.Fatal(err)
			}
			tb, err := newTable(context.Background(), m, make([]int, c.columns), 0)
			if err != nil {
				t.Fatal(err)
			}
			if c.columns >= 600 && len(tb.groups) < 2 {
				t.Errorf("%d cells are in one group", tb.cells)
			}
			of := make([]pair, c.rows)
			for i := range of {
				n := int64(rng.IntN(c.most + 1))
				of[i] = packed(n*(rng.Int64N(1<<33)-1<<32), n*rng.Int64N(1<<30+1), n)
			}
			checkSums(t, tb, of, c.members, c.most)
		})
	}
}

func checkSums(t *testing.T, tb *table, of []pair, members, most int) {
	t.Helper()
	shards := newShards(tb, members, most)
	want := make([]cell, tb.cells)
	var total cell
	for i := range shards {
		s := &shards[i]
		node := s.all[len(s.all)/3:] // any part of the rows is a node
		for range 2 {                // the second time must not see the first
			s.sum(tb, node, of, most)
		}
		for _, r := range node {
			total.add(of[r].cell())
			for j := range tb.columns {
				c := &tb.columns[j]
				want[c.at+int(c.codes[r])].add(of[r].cell())
			}
		}
	}
	for j := range tb.columns {
		c := &tb.columns[j]
		got := make([]cell, c.size)
		tb.gather(got, j, shards, total)
		for k := range got {
			if got[k] != want[c.at+k] {
				t.Fatalf("cell %d of column %d: %v, want %v", k, c.source, got[k], want[c.at+k])
			}
		}
	}
}

// The assembly adds what the portable code does.
func TestSumRowsPortable(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	m, err := bin.Fit(context.Background(), mixed(999, 17, rng), 255, 0)
	if err != nil {
		t.Fatal(err)
	}
	tb, err := newTable(context.Background(), m, make([]int, 17), 1)
	if err != nil {
		t.Fatal(err)
	}
	of := make([]pair, 999)
	var rows []uint32
	for i := range of {
		of[i] = pair{rng.Int64(), rng.Int64()}
		if rng.IntN(3) > 0 {
			rows = append(rows, uint32(i))
		}
	}
	var a, b [groupCells]pair
	for i := range tb.groups {
		sumRows(rows, &tb.groups[i], of, &a)
		sumRowsPortable(rows, &tb.groups[i], of, &b)
	}
	if a != b {
		t.Error("sums differ")
	}
	sumRows(nil, &tb.groups[0], of, &a)
	if a != b {
		t.Error("no rows added something")
	}
}

func TestPacked(t *testing.T) {
	var sum pair
	var want cell
	for i := range int64(packRows) {
		p := packed(1<<32*(1-2*(i%2)), 1<<30, 1)
		sum.g, sum.hn = sum.g+p.g, sum.hn+p.hn
		want.add(p.cell())
	}
	if got := sum.cell(); got != want || got.n != packRows {
		t.Errorf("%d rows add up to %v, want %v", packRows, got, want)
	}
}

func TestUnits(t *testing.T) {
	for x, want := range map[float64]int64{0: 0, 0.5: 0, 1.5: 2, -1.5: -2, -0.4: 0, 1 << 40: 1 << 40, -(1 << 40) - 0.75: -(1 << 40) - 1} {
		if got := units(x); got != want {
			t.Errorf("units(%v) = %d, want %d", x, got, want)
		}
	}
}

func TestCrew(t *testing.T) {
	for size := 1; size <= 3; size++ {
		c := newCrew(size)
		counts := make([]int, size)
		for i := range 600 {
			c.do(func(m int) {
				if i%100 == 0 { // let the others fall asleep
					for range 1 << 15 {
						counts[m] ^= 1 << 30
					}
				}
				counts[m]++
			})
		}
		c.dismiss()
		for m, n := range counts {
			if n != 600 {
				t.Errorf("member %d of %d has done %d jobs", m, size, n)
			}
		}
	}
}
