package eda_test

import (
	"context"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

func missing(t testing.TB, src dataset.Source) *eda.Gaps {
	t.Helper()
	g, err := eda.Missing(context.Background(), src, eda.MissingOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestMissing(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		g := missing(t, src)
		if g.Rows != 30 || g.Complete != 24 || g.Others != 0 {
			t.Errorf("%d rows, %d complete, %d others", g.Rows, g.Complete, g.Others)
		}
		gaps := map[string][2]int64{} // cells and first line
		for _, c := range g.Columns {
			if c.Missing > 0 {
				gaps[c.Column.Name] = [2]int64{c.Missing, c.FirstLine}
			}
		}
		want := map[string][2]int64{"service": {1, 27}, "src_bytes": {3, 4}, "serror_rate": {2, 8}, "attack": {1, 15}}
		for name, w := range want {
			if gaps[name] != w {
				t.Errorf("%s: cells and first line %v, want %v", name, gaps[name], w)
			}
		}
		if len(gaps) != len(want) {
			t.Errorf("gaps in %v", gaps)
		}
		same(t, "patterns", g.Patterns, []eda.Pattern{
			{Columns: []string{"src_bytes"}, Rows: 2},
			{Columns: []string{"src_bytes", "serror_rate"}, Rows: 1},
			{Columns: []string{"attack"}, Rows: 1},
			{Columns: []string{"serror_rate"}, Rows: 1},
			{Columns: []string{"service"}, Rows: 1},
		})
		if len(g.Blocks) != 30 || g.BlockRows != 1 {
			t.Fatalf("%d blocks of %d rows", len(g.Blocks), g.BlockRows)
		}
		for i, shares := range g.Blocks {
			row := i + 1
			if want := row == 3 || row == 7 || row == 9; (shares[2] == 1) != want {
				t.Errorf("block %d: %v", i, shares)
			}
		}
	})
}

// Rows left by a filter keep their lines, and the blocks count them alone.
func TestMissingWhere(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		g := missing(t, where(t, src, `src_bytes > 190 or isnull(src_bytes)`))
		if g.Rows != 14 || g.Complete != 9 || len(g.Blocks) != 14 {
			t.Errorf("%d rows, %d complete, %d blocks", g.Rows, g.Complete, len(g.Blocks))
		}
		if c := g.Columns[1]; c.Missing != 1 || c.FirstLine != 27 {
			t.Errorf("service: %+v", c)
		}
		if c := g.Columns[5]; c.Missing != 2 || c.FirstLine != 8 {
			t.Errorf("serror_rate: %+v", c)
		}
		// Left are rows 3, 7, 9 and 20 to 30.
		if g.Blocks[0][2] != 1 || g.Blocks[3][2] != 0 || g.Blocks[3][5] != 1 || g.Blocks[8][1] != 1 {
			t.Errorf("blocks %v", g.Blocks)
		}
	})
}

func TestMissingBadCells(t *testing.T) {
	text := "a,b\n"
	for range 300 {
		text += "1,2\n"
	}
	text += "x,Infinity\n3,inf\n"
	g := missing(t, opened(t, written(t, text), dataset.Options{}))
	if a := g.Columns[0]; a.Missing != 1 || a.BadCells != 1 || a.Infinite != 0 || a.FirstLine != 302 {
		t.Errorf("a: %+v", a)
	}
	if b := g.Columns[1]; b.Missing != 2 || b.BadCells != 0 || b.Infinite != 2 || b.FirstLine != 302 {
		t.Errorf("b: %+v", b)
	}
}
