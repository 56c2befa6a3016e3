package sql_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
)

// A tally answers sets from rows as well as from groups. Cells are texts, so that codes
// do not matter; hashes are left out of the key, for no two sources hash alike.
type tally struct {
	sets   []dataset.Set
	schema *dataset.Schema
	found  []map[string]*sums
	rows   int
}

type sums struct {
	n     int64
	sums  []float64
	known []int64
}

func (l *tally) Start(s *dataset.Schema, workers int) error {
	if workers != 1 {
		return errors.New("a tally is for one worker")
	}
	l.schema, l.rows, l.found = s, 0, make([]map[string]*sums, len(l.sets))
	for i := range l.found {
		l.found[i] = map[string]*sums{}
	}
	return nil
}

func (l *tally) EndChunk(_ int, c dataset.Chunk) error {
	l.rows += c.Rows
	return nil
}

func (l *tally) Sets(*dataset.Schema) []dataset.Set { return l.sets }

func (l *tally) Overflow(set int) error { return fmt.Errorf("set %d has too many groups", set) }

func (l *tally) group(set int, key string) *sums {
	g := l.found[set][key]
	if g == nil {
		k := len(l.sets[set].Sums)
		g = &sums{sums: make([]float64, k), known: make([]int64, k)}
		l.found[set][key] = g
	}
	return g
}

// Batch does by rows what an engine does by itself.
func (l *tally) Batch(_ int, b *dataset.Batch) error {
	for row := range b.Rows {
		for i, set := range l.sets {
			var key strings.Builder
			for _, k := range set.Keys {
				key.WriteString(l.key(b, k, row) + "|")
			}
			g := l.group(i, key.String())
			g.n++
			for j, column := range set.Sums {
				if x := b.Columns[column].Float(row); !math.IsNaN(x) {
					g.sums[j] += x
					g.known[j]++
				}
			}
		}
	}
	return nil
}

func (l *tally) key(b *dataset.Batch, k dataset.Key, row int) string {
	if k.Hash != nil {
		var all strings.Builder
		for _, column := range k.Hash {
			all.WriteString(l.cell(b, column, column, row) + "/")
		}
		return "#" + all.String()
	}
	if k.Gap {
		gap := 0
		if l.cell(b, k.Column, k.Column, row) == "NaN" {
			gap = 1
		}
		return fmt.Sprint(gap)
	}
	if k.Bounds == nil && k.Step == 0 {
		return l.cell(b, k.Column, k.Column, row)
	}
	x := b.Columns[k.Column].Float(row)
	switch {
	case math.IsNaN(x):
		return "NaN"
	case k.Bounds != nil:
		below := 0
		for _, bound := range k.Bounds {
			if bound < x {
				below++
			}
		}
		return fmt.Sprint(below)
	}
	return fmt.Sprint(math.Floor((x-k.Start)/k.Step) + 0)
}

// cell is a cell as text, NaN where it is missing.
func (l *tally) cell(b *dataset.Batch, place, column, row int) string {
	switch v := &b.Columns[place]; {
	case v.Codes != nil && v.Codes[row] == dataset.MissingCode:
		return "NaN"
	case v.Codes != nil:
		return l.schema.Columns[column].Dict.Level(v.Codes[row])
	case v.Floats != nil || v.Ints != nil:
		return fmt.Sprint(v.Float(row) + 0)
	case b.TextMissing(place, row):
		return "NaN"
	}
	return string(b.Text(place, row))
}

// Groups takes in groups, none of which may come twice.
func (l *tally) Groups(set int, found *dataset.Groups) error {
	for row := range found.N {
		var key strings.Builder
		for place, k := range l.sets[set].Keys {
			if k.Hash != nil {
				key.WriteString("#" + fmt.Sprint(found.Cells.Columns[place].Floats[row]) + "|")
				continue
			}
			key.WriteString(l.cell(&found.Cells, place, k.Column, row) + "|")
		}
		g := l.group(set, key.String())
		if g.n > 0 {
			return fmt.Errorf("set %d: group %s comes twice", set, key.String())
		}
		g.n = found.N[row]
		for j := range found.Sums {
			g.sums[j], g.known[j] = found.Sums[j][row], found.Known[j][row]
		}
	}
	return nil
}

// compare checks that two tallies are the same.
func compare(t *testing.T, got, want *tally) {
	t.Helper()
	for i, set := range want.sets {
		if len(set.Keys) == 1 && set.Keys[0].Hash != nil {
			if a, b := sizes(got.found[i]), sizes(want.found[i]); !slices.Equal(a, b) {
				t.Errorf("set %d: got groups of %v rows, want %v", i, a, b)
			}
			continue
		}
		if len(got.found[i]) != len(want.found[i]) {
			t.Errorf("set %d: got %d groups, want %d", i, len(got.found[i]), len(want.found[i]))
		}
		for key, w := range want.found[i] {
			g := got.found[i][key]
			if g == nil || g.n != w.n || !slices.Equal(g.known, w.known) {
				t.Errorf("set %d, group %s: got %v, want %v", i, key, g, w)
				continue
			}
			for j := range w.sums {
				check.Close(t, fmt.Sprintf("set %d, group %s, sum %d", i, key, j), g.sums[j], w.sums[j], 1e-12)
			}
		}
	}
	if got.rows != want.rows {
		t.Errorf("got %d rows, want %d", got.rows, want.rows)
	}
}

func sizes(groups map[string]*sums) (out []int64) {
	for _, g := range groups {
		out = append(out, g.n)
	}
	slices.Sort(out)
	return out
}
