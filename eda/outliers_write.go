package eda

import (
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// RowOptions say which flagged rows to write, and how.
type RowOptions struct {
	dataset.CSVOptions
	Most int // rows at most, those of the highest isolation scores, of equals the first; 0: all
}

// WriteRows writes the rows that a rule or a score flags, in the order of the
// source: the cells of the source behind the number of the row, its line, the
// rules that flag it and its isolation score, empty where it has none. It returns
// how many they are. The ESD test flags no rows: of equal values it may call some
// outliers and not others.
//
// Of an engine it writes any Most of the rows that the rules of single columns flag,
// without numbers, lines and scores; Most must then be given.
//
// src is the source that FindOutliers was asked about, or one of the same rows
// and columns.
func (o *Outliers) WriteRows(ctx context.Context, src dataset.Source, w io.Writer, opt RowOptions) (rows int64, err error) {
	f := newRowFlagger(o)
	if e, ok := dataset.EngineOf(src); ok {
		return f.writeFrom(ctx, e, w, opt)
	}
	if opt.Most > 0 {
		top := &topFlagged{rowFlagger: f, most: opt.Most}
		if err := src.Scan(ctx, top); err != nil {
			return 0, err
		}
		f.chosen = top.rows()
	}
	return dataset.WriteRows(ctx, src, w, f, opt.CSVOptions)
}

// A rowFlagger is the analysis that finds by which rules each row is flagged.
type rowFlagger struct {
	outliers *Outliers
	columns  []int    // with limits
	rules    []string // names of the rules, two for each column
	within   int      // the column that makes the groups, -1 without
	words    int      // per row, with a bit for each rule
	chosen   []int64  // the rows to write, from 0 and in order; nil: all that are flagged
	drawn    bool     // the rows are some of an engine, and have no numbers

	places  [][]int // per column and group: place of the limits, -1 for none
	workers []flagBatch
}

// A flagBatch is what one worker knows of the chunk at hand.
type flagBatch struct {
	group *dataset.Decoder[int]
	flags []uint64
	kept  []uint32 // positions in the file's chunk of the rows that a filter left
	ended bool     // the chunk is at its end, and the next batch begins another
	chunk dataset.Chunk
	first int64 // number of its first row
}

func newRowFlagger(o *Outliers) *rowFlagger {
	f := &rowFlagger{outliers: o}
	for _, l := range o.limits {
		if !slices.Contains(f.columns, l.column) {
			name := o.Rules[l.rule].Column
			f.columns = append(f.columns, l.column)
			f.rules = append(f.rules, tukeyRule+":"+name, modifiedZRule+":"+name)
		}
	}
	f.words = (len(f.rules) + 63) / 64
	return f
}

// Start implements dataset.Analysis.
func (f *rowFlagger) Start(s *dataset.Schema, workers int) error {
	f.within = within(s, f.outliers.Within)
	f.places = placesOf(f.outliers.limits, f.columns, f.outliers.groups, f.within)
	f.workers = make([]flagBatch, workers)
	for i := range f.workers {
		if f.within >= 0 {
			f.workers[i].group = groupOf(s, f.within, f.outliers.groups)
		}
	}
	return nil
}

// Columns implements dataset.Selective.
func (f *rowFlagger) Columns(*dataset.Schema) []int {
	if f.within >= 0 {
		return append(slices.Clone(f.columns), f.within)
	}
	return f.columns
}

// Batch implements dataset.Analysis.
func (f *rowFlagger) Batch(worker int, b *dataset.Batch) error {
	w := &f.workers[worker]
	if w.ended {
		w.flags, w.kept, w.ended = w.flags[:0], w.kept[:0], false
	}
	before := len(w.flags)
	w.flags = append(w.flags, make([]uint64, b.Rows*f.words)...)
	w.kept = append(w.kept, b.Kept...)
	for k, column := range f.columns {
		v := &b.Columns[column]
		for i := range b.Rows {
			g := 0
			if w.group != nil {
				g = w.group.Of(b.Columns[f.within].Codes[i])
			}
			if g == noGroup || f.places[k][g] < 0 {
				continue
			}
			l, x := &f.outliers.limits[f.places[k][g]], v.Float(i)
			flags := w.flags[before+i*f.words:]
			if x > l.fence.Upper || x < l.fence.Lower {
				flags[2*k/64] |= 1 << (2 * k % 64)
			}
			if x > l.modified.Upper || x < l.modified.Lower {
				flags[(2*k+1)/64] |= 1 << ((2*k + 1) % 64)
			}
		}
	}
	return nil
}

// EndChunk implements dataset.Analysis. The flags are of use until the worker's
// next batch, which clears them.
func (f *rowFlagger) EndChunk(worker int, c dataset.Chunk) error {
	w := &f.workers[worker]
	w.first, w.chunk, w.ended = c.FirstRow, c, true
	return nil
}

// Names implements dataset.RowPicker.
func (f *rowFlagger) Names() []string {
	return []string{"row", "line", "outlier_rules", "isolation_score"}
}

// Pick implements dataset.RowPicker.
func (f *rowFlagger) Pick(worker, row int) (cells []string, keep bool) {
	w := &f.workers[worker]
	number := w.first + int64(row)
	if f.chosen != nil {
		if _, chosen := slices.BinarySearch(f.chosen, number); !chosen {
			return nil, false
		}
	}
	rules := f.flagged(w, row)
	if len(rules) == 0 {
		return nil, false
	}
	if f.drawn {
		return []string{"", "", strings.Join(rules, ";"), ""}, true
	}
	line, score := "", ""
	if n := w.line(row); n > 0 {
		line = strconv.FormatInt(n, 10)
	}
	if x := f.outliers.isolationOf(number); x == x {
		score = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return []string{strconv.FormatInt(number+1, 10), line, strings.Join(rules, ";"), score}, true
}

// line returns the line of a row of the chunk that has ended, 0 if unknown.
func (w *flagBatch) line(row int) int64 {
	if len(w.kept) > 0 {
		row = int(w.kept[row])
	}
	return w.chunk.Line(row)
}

// flagged returns the names of the rules and scores that flag a row of the chunk
// that has ended.
func (f *rowFlagger) flagged(w *flagBatch, row int) []string {
	var names []string
	for i, name := range f.rules {
		if w.flags[row*f.words+i/64]&(1<<(i%64)) != 0 {
			names = append(names, name)
		}
	}
	s := f.outliers.scored
	if at, ok := s.at(w.first + int64(row)); ok {
		for m, name := range scoreMethods {
			if s.values[m][at] > s.limit(m, at) {
				names = append(names, name)
			}
		}
	}
	return names
}

// at returns the place of a row among those that were scored.
func (r *scoredRows) at(row int64) (at int, ok bool) {
	if r == nil || r.drawn || row%r.step != 0 {
		return 0, false
	}
	at = int(row / r.step)
	return at, at < len(r.values[0])
}

// isolationOf returns the isolation score of a row, NaN where it has none.
func (o *Outliers) isolationOf(row int64) float64 {
	if at, ok := o.scored.at(row); ok {
		return o.scored.values[isolationScore][at]
	}
	return math.NaN()
}

// topFlagged is the analysis that finds the flagged rows of the highest isolation
// scores.
type topFlagged struct {
	*rowFlagger
	most int
	top  farthest
}

// EndChunk implements dataset.Analysis.
func (t *topFlagged) EndChunk(worker int, c dataset.Chunk) error {
	if err := t.rowFlagger.EndChunk(worker, c); err != nil {
		return err
	}
	w := &t.workers[worker]
	for row := range c.Rows {
		if len(t.flagged(w, row)) == 0 {
			continue
		}
		at := outlierAt{row: c.FirstRow + int64(row), reach: t.outliers.isolationOf(c.FirstRow + int64(row))}
		if at.reach != at.reach {
			at.reach = math.SmallestNonzeroFloat64 // rows without a score come last
		}
		if at.reach > t.top.bound {
			t.top.add(at, t.most)
		}
	}
	return nil
}

// rows returns the rows that were found, in order; not nil.
func (t *topFlagged) rows() []int64 {
	sortFarthest(t.top.list)
	rows := []int64{}
	for _, at := range t.top.list[:min(t.most, len(t.top.list))] {
		rows = append(rows, at.row)
	}
	slices.Sort(rows)
	return rows
}
