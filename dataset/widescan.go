package dataset

import (
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// A wideScan is the analysis behind ScanWide: one step of the search in each
// column.
type wideScan struct {
	columns []wideSearch
	workers [][]wideWorker // per worker, then column
}

// A wideWorker is one worker's part of the search in one column.
type wideWorker struct {
	missing int64
	chunk   stats.Moments // of the chunk at hand
	ranges  []keyRange
	room    []float64
}

// Start implements Analysis.
func (s *wideScan) Start(schema *Schema, workers int) error {
	s.workers = make([][]wideWorker, workers)
	for i := range s.columns {
		c := &s.columns[i]
		if column := &schema.Columns[c.index]; !column.Kind.Numeric() && column.Kind != Unknown {
			return fmt.Errorf("column %q holds %s cells, not numbers", column.Name, column.Kind)
		}
		if c.fixed == 0 {
			c.moments, c.missing = stats.Moments{}, 0
			c.ranges = []keyRange{{}}
		}
	}
	for id := range s.workers {
		s.workers[id] = make([]wideWorker, len(s.columns))
		for i := range s.columns {
			c := &s.columns[i]
			ranges := slices.Clone(c.ranges)
			for k := range ranges {
				r := &ranges[k]
				r.least, r.top, r.counts, r.kept = math.MaxUint64, 0, nil, nil
				if !c.collect {
					r.counts = make([]int64, 1<<c.digit())
				}
			}
			s.workers[id][i].ranges = ranges
		}
	}
	return nil
}

// Columns implements Selective.
func (s *wideScan) Columns(*Schema) []int {
	var out []int
	for i := range s.columns {
		if c := &s.columns[i]; c.fixed == 0 || len(c.ranges) > 0 {
			out = append(out, c.index)
		}
	}
	return out
}

// Batch implements Analysis.
func (s *wideScan) Batch(worker int, b *Batch) error {
	for i := range s.columns {
		c, w := &s.columns[i], &s.workers[worker][i]
		if c.fixed > 0 && len(c.ranges) == 0 {
			continue
		}
		v := &b.Columns[c.index]
		w.room = numbersOf(v.AppendFloats(w.room[:0]))
		if c.fixed == 0 {
			w.missing += int64(b.Rows - len(w.room))
			moments, err := stats.MomentsOf(w.room)
			if err != nil {
				return err
			}
			w.chunk.Merge(moments)
		}
		w.add(c)
	}
	return nil
}

// numbersOf drops NaN from x and makes zeros positive, in place.
func numbersOf(x []float64) []float64 {
	kept := x[:0]
	for _, v := range x {
		if v == v {
			kept = append(kept, v+0)
		}
	}
	return kept
}

// add takes in the numbers of a batch.
func (w *wideWorker) add(c *wideSearch) {
	mask := ^uint64(0) << (64 - c.fixed)
	shift, digits := 64-c.fixed-c.digit(), uint64(1)<<c.digit()-1
	for _, x := range w.room {
		key := numberKey(x)
		k := 0
		for k < len(w.ranges) && w.ranges[k].prefix < key&mask {
			k++
		}
		if k == len(w.ranges) || w.ranges[k].prefix != key&mask {
			continue
		}
		r := &w.ranges[k]
		if c.collect {
			r.kept = append(r.kept, key)
			continue
		}
		r.least, r.top = min(r.least, key), max(r.top, key)
		r.counts[key>>shift&digits]++
	}
}

// EndChunk implements Analysis.
func (s *wideScan) EndChunk(worker int, _ Chunk) error {
	for i := range s.columns {
		w := &s.workers[worker][i]
		s.columns[i].moments.Merge(w.chunk)
		w.chunk = stats.Moments{}
	}
	return nil
}

// merge joins the workers' parts of a column.
func (s *wideScan) merge(column int) {
	c := &s.columns[column]
	for k := range c.ranges {
		r := &c.ranges[k]
		r.counts, r.least, r.top = nil, math.MaxUint64, 0
		if !c.collect {
			r.counts = make([]int64, 1<<c.digit())
		}
		for id := range s.workers {
			from := &s.workers[id][column].ranges[k]
			for digit, n := range from.counts {
				r.counts[digit] += n
			}
			r.kept = append(r.kept, from.kept...)
			r.least, r.top = min(r.least, from.least), max(r.top, from.top)
		}
	}
	if c.fixed == 0 {
		for id := range s.workers {
			c.missing += s.workers[id][column].missing
		}
	}
}

// settle decides which columns keep the numbers of their ranges in the next
// scan, the ones with the fewest first, and reports whether the search is over.
func (s *wideScan) settle(keep int64) (over bool) {
	over = true
	for i := range s.columns {
		c := &s.columns[i]
		n := int64(0)
		for k := range c.ranges {
			n += c.ranges[k].counts[0]
		}
		over = over && len(c.ranges) == 0
		if c.collect = n <= keep; c.collect {
			keep -= n
		}
	}
	return over
}
