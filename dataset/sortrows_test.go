package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSortBy(t *testing.T) {
	table := tableOf(t, openText(t, "t.csv", "ts,s,n,note\n"+
		"2026-01-03,b,0.5,x1\n,a,1,\n2026-01-01,,-2,x3\n2026-01-03,a,,x4\n2025-12-31,c,7,x5\n", Options{Types: map[string]Kind{"s": Category, "note": Text}}))
	sorted, err := table.SortBy(0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for row := range sorted.Rows() {
		got = append(got, fmt.Sprintf("%d:%s/%s/%s", sorted.Line(row), sorted.Cell(row, 1), sorted.Cell(row, 2), sorted.Cell(row, 3)))
	}
	if want := "6:c/7/x5 4:/-2/x3 2:b/0.5/x1 5:a//x4 3:a/1/"; strings.Join(got, " ") != want {
		t.Errorf("sorted %s, want %s", got, want)
	}
	if _, err := table.SortBy(1); err == nil || !strings.Contains(err.Error(), "not numbers") {
		t.Errorf("sorted by words with error %v", err)
	}
}

// Many chunks hold what one slice holds when it is sorted.
func TestSortByChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	var want []float64
	text.WriteString("x,y\n")
	for range 3*sortedChunk/2 + 5 {
		x := float64(r.IntN(5000)) / 8
		want = append(want, x)
		fmt.Fprintf(&text, "%v,%v\n", x, -x)
	}
	slices.Sort(want)
	sorted, err := tableOf(t, openText(t, "t.csv", text.String(), Options{})).SortBy(0)
	if err != nil {
		t.Fatal(err)
	}
	for c, sign := range []float64{1, -1} {
		got, err := sorted.Floats(c)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != sign*want[i] {
				t.Fatalf("column %d, row %d: %v, want %v", c, i, got[i], sign*want[i])
			}
		}
	}
}
