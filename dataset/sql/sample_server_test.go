package sql_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
)

func TestSamplesOnServers(t *testing.T) {
	ctx := context.Background()
	onServers(t, 20_000, func(t *testing.T, l loaded) {
		all := map[string]int{}
		for _, row := range rowsOf(l.file) {
			all[row]++
		}
		var first []string
		for k, o := range []dataset.SampleOptions{{Rows: 1500, Seed: 1, By: 4}, {Rows: 1500, Seed: 1, By: 4}, {Rows: 1500, Seed: 2, By: 4}, {Rows: 1500, Seed: 1, By: -1}, {Rows: 20_000, By: 4}} {
			s, err := l.src.Sample(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			rows := rowsOf(s.Table)
			if s.Of != 20_000 || int64(len(rows)) != o.Rows || s.Whole() != (o.Rows == 20_000) {
				t.Fatalf("%d of %d rows, want %d of 20000", len(rows), s.Of, o.Rows)
			}
			seen := map[string]bool{}
			for _, row := range rows {
				if all[row] != 1 || seen[row] {
					t.Fatalf("row %s is not one of the table, or there twice", row)
				}
				seen[row] = true
			}
			sharesAgree(t, l.file, s, o)
			switch k {
			case 0:
				first = rows
			case 1:
				if !slices.Equal(rows, first) {
					t.Error("the same seed drew other rows")
				}
			case 2:
				if slices.Equal(rows, first) {
					t.Error("another seed drew the same rows")
				}
			}
		}
		if _, err := l.src.Sample(ctx, dataset.SampleOptions{Rows: 10, By: 1}); err == nil {
			t.Error("a sample by a column of numbers was drawn")
		}
	})
}

// sharesAgree checks the strata of a sample against the rows of the sample and the file.
func sharesAgree(t *testing.T, file *dataset.Table, s *dataset.Sample, o dataset.SampleOptions) {
	t.Helper()
	if o.By < 0 {
		if s.Strata != nil || s.By != "" {
			t.Errorf("a sample by nothing is by %q", s.By)
		}
		return
	}
	count := func(t *dataset.Table) map[string]int64 {
		n := map[string]int64{}
		for i := range t.Rows() {
			n[t.Cell(i, o.By)]++
		}
		return n
	}
	inSample, inFile := count(s.Table), count(file)
	for i, level := range s.Strata {
		if inSample[level.Level] != level.Rows || inFile[level.Level] != level.Of {
			t.Errorf("level %q: %d of %d, want %d of %d", level.Level, inSample[level.Level], inFile[level.Level], level.Rows, level.Of)
		}
		if quota := float64(o.Rows) * float64(level.Of) / float64(s.Of); math.Abs(float64(level.Rows)-quota) >= 1 {
			t.Errorf("level %q has %d rows, and a quota of %v", level.Level, level.Rows, quota)
		}
		if i > 0 && level.Level != "" && s.Strata[i-1].Level >= level.Level {
			t.Errorf("level %q follows %q", level.Level, s.Strata[i-1].Level)
		}
	}
	if last := s.Strata[len(s.Strata)-1].Level; last != "" {
		t.Errorf("the last level is %q, not the rows without one", last)
	}
}
