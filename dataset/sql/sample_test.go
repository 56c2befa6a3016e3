package sql

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/dataset"
)

func TestApportion(t *testing.T) {
	tests := []struct {
		of   []int64
		rows int64
		want []int64
	}{
		{[]int64{10}, 3, []int64{3}},
		{[]int64{50, 30, 20}, 10, []int64{5, 3, 2}},
		{[]int64{1, 1, 1}, 2, []int64{1, 1, 0}},
		{[]int64{67343, 45927, 11656, 995, 52}, 1000, []int64{535, 365, 92, 8, 0}},
		{[]int64{3, 4}, 10, []int64{3, 4}},
		{[]int64{1 << 50, 1 << 50}, 1 << 40, []int64{1 << 39, 1 << 39}},
		{nil, 10, nil},
	}
	for _, tt := range tests {
		strata := make([]stratum, len(tt.of))
		for i, n := range tt.of {
			strata[i].of = n
		}
		apportion(strata, tt.rows)
		for i := range strata {
			if strata[i].share != tt.want[i] {
				t.Errorf("%d of %v: stratum %d has %d, want %d", tt.rows, tt.of, i, strata[i].share, tt.want[i])
			}
		}
	}
}

func TestApportionKeepsQuotas(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		strata := make([]stratum, 1+r.IntN(20))
		total, taken := int64(0), int64(0)
		for i := range strata {
			strata[i].of = r.Int64N(1000)
			total += strata[i].of
		}
		rows := 1 + r.Int64N(2000)
		apportion(strata, rows)
		for _, s := range strata {
			quota := float64(min(rows, total)) * float64(s.of) / math.Max(float64(total), 1)
			if taken += s.share; math.Abs(float64(s.share)-quota) >= 1 || s.share > s.of {
				t.Fatalf("%d of %d rows: a stratum of %d has %d", rows, total, s.of, s.share)
			}
		}
		if taken != min(rows, total) {
			t.Fatalf("%d of %d rows: %d were shared out", rows, total, taken)
		}
	}
}

func TestPartForIsEnoughButSurely(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	short := 0
	for range 2000 {
		of := 1 + r.Int64N(5000)
		share := r.Int64N(of + 1)
		part, below := partFor(share, of), int64(0)
		if !(part > 0 && part <= 1) {
			t.Fatalf("%d of %d: part %v", share, of, part)
		}
		for range of {
			if r.Float64() < part {
				below++
			}
		}
		if below < share {
			short++
		}
	}
	if short > 2 {
		t.Errorf("%d of 2000 draws came out short", short)
	}
}

// A level of which too few rows had low lots is asked for again, with what it had passed
// over; if they are not there either, the table has changed.
func TestSampleAsksAgainForShortLevels(t *testing.T) {
	twice := int64(math.Ceil(2 * partFor(10, 1000) * lots))
	row := func(level string, lot int) []any { return []any{float64(lot), level, lot, level} }
	var first, second [][]any
	for lot := range 20 {
		if first = append(first, row("a", 2*lot)); lot < 7 {
			first = append(first, row("b", 2*lot+1))
		}
		second = append(second, row("b", 2*lot+1))
	}
	c := &scripted{
		columns: []ColumnInfo{column("id", "Int64", Integer), column("level", "String", Word)},
		facts:   map[string]columnFacts{"id": {n: 2000, beyond: 1998, min: 0, max: 1999}},
		rows:    2000, heads: map[string][]string{"level": {"a", "b"}},
		answers: []scriptedAnswer{
			{contains: "GROUP BY na_k0", rows: [][]any{{"a", 1000}, {"b", 1000}}},
			{contains: fmt.Sprint("< ", twice), rows: second},
			{contains: "lot()", rows: first},
		},
	}
	o := dataset.SampleOptions{Rows: 20, By: 1}
	sample, err := openScript(t, c, Options{}).Sample(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(20) {
		if got := sample.Cell(i, 0); got != fmt.Sprint(i) {
			t.Errorf("row %d has lot %s, want %d: the lowest of both levels", i, got, i)
		}
	}
	c.answers[1].rows = nil
	if _, err := openScript(t, c, Options{}).Sample(context.Background(), o); err == nil {
		t.Error("a sample that lacks rows was drawn")
	}
}
