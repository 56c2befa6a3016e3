package eda

import (
	"fmt"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// ClassGaps says whether a column is missing more often in one class.
type ClassGaps struct {
	Column                 string
	Normal, Attack         int64 // rows of the class in which it is missing
	NormalRows, AttackRows int64
	stats.Result           // Pearson's chi-square of missing against the class
	PAdjusted              float64
	Log10PAdjusted         float64
}

// A labelGapFinder is the analysis that counts the gaps of each column by the
// levels of the label. Without a label that has levels it counts nothing.
type labelGapFinder struct {
	schema  *dataset.Schema
	label   int // -1: none
	workers []labelGapWorker
}

// A labelGapWorker is one worker's counts.
type labelGapWorker struct {
	rows []int64   // of each code of the label
	gaps [][]int64 // per column, likewise
}

// Start implements dataset.Analysis.
func (g *labelGapFinder) Start(s *dataset.Schema, workers int) error {
	g.schema, g.label = s, s.Label()
	if g.label >= 0 && s.Columns[g.label].Dict == nil {
		g.label = -1
	}
	g.workers = make([]labelGapWorker, workers)
	for i := range g.workers {
		g.workers[i].gaps = make([][]int64, len(s.Columns))
	}
	return nil
}

// Batch implements dataset.Analysis.
func (g *labelGapFinder) Batch(worker int, b *dataset.Batch) error {
	if g.label < 0 {
		return nil
	}
	w, codes := &g.workers[worker], b.Columns[g.label].Codes
	w.rows = countCodes(w.rows, codes)
	for c := range b.Columns {
		if b.Columns[c].Missing == 0 || c == g.label {
			continue
		}
		counts := w.gaps[c]
		for row, code := range codes {
			if code == dataset.MissingCode || !isMissing(b, c, row) {
				continue
			}
			for int(code) >= len(counts) {
				counts = append(counts, 0)
			}
			counts[code]++
		}
		w.gaps[c] = counts
	}
	return nil
}

// Sets implements dataset.Tallied: the label, then the gaps of every column by it.
func (g *labelGapFinder) Sets(s *dataset.Schema) []dataset.Set {
	if g.label < 0 {
		return nil
	}
	out := []dataset.Set{{Keys: cellKeys(g.label)}}
	for c := range s.Columns {
		out = append(out, dataset.Set{Keys: []dataset.Key{{Column: g.label}, {Column: c, Gap: true}}})
	}
	return out
}

// Groups implements dataset.Tallied.
func (g *labelGapFinder) Groups(set int, groups *dataset.Groups) error {
	w, codes := &g.workers[0], groups.Cells.Columns[0].Codes
	if set == 0 {
		w.rows = addCodes(w.rows, codes, groups.N)
		return nil
	}
	for row, code := range codes {
		if groups.Cells.Columns[1].Float(row) == 1 {
			w.gaps[set-1] = addCode(w.gaps[set-1], code, groups.N[row])
		}
	}
	return nil
}

// Overflow implements dataset.Tallied.
func (g *labelGapFinder) Overflow(int) error {
	return fmt.Errorf("column %q has more levels than the database hands out; choose another label with --label", g.schema.Columns[g.label].Name)
}

// EndChunk implements dataset.Analysis.
func (g *labelGapFinder) EndChunk(int, dataset.Chunk) error { return nil }

// result tests every column that has gaps and values in rows with a label, in the
// order of the schema, and adjusts the p-values by Benjamini and Hochberg's
// method.
func (g *labelGapFinder) result(classes Classes) ([]ClassGaps, error) {
	if !classes.Known() || g.label != classes.Column {
		return nil, nil
	}
	var out []ClassGaps
	for c := range g.schema.Columns {
		gaps := ClassGaps{Column: g.schema.Columns[c].Name}
		for i := range g.workers {
			w := &g.workers[i]
			g.split(classes, w.gaps[c], &gaps.Normal, &gaps.Attack)
			g.split(classes, w.rows, &gaps.NormalRows, &gaps.AttackRows)
		}
		table, err := stats.NewCrosstab([]string{"missing", "present"}, []string{NormalClass, AttackClass},
			[][]int64{{gaps.Normal, gaps.Attack}, {gaps.NormalRows - gaps.Normal, gaps.AttackRows - gaps.Attack}})
		if err != nil {
			return nil, err
		}
		if gaps.Result, err = stats.ChiSquareTest(&table, defaultLevel); undefined(err) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, gaps)
	}
	return out, adjust(stats.BenjaminiHochberg, len(out), func(k int) (*stats.Result, *float64, *float64) {
		return &out[k].Result, &out[k].PAdjusted, &out[k].Log10PAdjusted
	})
}

// split adds counts by the codes of the label to those of the two classes.
func (g *labelGapFinder) split(classes Classes, counts []int64, normal, attack *int64) {
	dict := g.schema.Columns[g.label].Dict
	for code, n := range counts {
		if n == 0 {
			continue
		}
		if classes.Of(dict.Level(uint32(code))) == NormalClass {
			*normal += n
		} else {
			*attack += n
		}
	}
}

// hardlyThere is the share of missing cells from which a column is better left
// out than filled.
const hardlyThere = 0.5

// Advice says in a sentence what to do about the gaps of a column.
func (g *Gaps) Advice(c ColumnGaps) string {
	for _, b := range g.ByClass {
		if b.Column == c.Column.Name && b.telling() {
			return "Keep a column that says whether it is missing: that goes with the class."
		}
	}
	role := c.Column.Role
	switch share := share(c.Missing, g.Rows); {
	case c.Missing == g.Rows:
		return "Leave it out: no cell has a value."
	case role == dataset.Label:
		return "Leave such rows out of training and of judging: nobody knows what they are."
	case role != dataset.Feature:
		return "Nothing, unless rows are to be found by it."
	case share > hardlyThere:
		return "Leave it out, or use only whether it is there."
	case c.Column.Kind.Numeric():
		return "Fill with the median of the training rows, and keep a column that says where."
	}
	return "Let missing be a level of its own."
}

// telling reports whether being missing goes with the class, beyond chance and
// more than negligibly.
func (c *ClassGaps) telling() bool {
	return c.Log10PAdjusted <= significant && c.Effect.Magnitude != "negligible"
}
