package model

import (
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// A Drift is how far a column of rows to score is from what it was in training.
type Drift struct {
	Column    string
	Stability stats.Stability
	Verdict   string  // Stable, Shifted or Drifted
	Unseen    int64   // rows with a level that training did not have
	Missing   float64 // share of rows without a value
	Before    float64 // the same share in training
	Outside   int64   // numbers outside the range of training
}

// The verdicts on a column, by its population stability index: they do not grow with
// the number of rows. An index below what chance makes of samples of these sizes is
// stable too.
const (
	Stable  = "stable"  // below 0.1
	Shifted = "shifted" // below 0.25
	Drifted = "drifted"
)

const (
	shiftedFrom = 0.1
	driftedFrom = 0.25
)

// Drift compares some rows of d with the training rows, column by column in the order
// of the schema.
func (s *Schema) Drift(d *Data, rows []int) ([]Drift, error) {
	x, err := s.bind(d, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Drift, len(s.Inputs))
	for j := range s.Inputs {
		out[j] = s.Inputs[j].drift(x.Numbers[j], x.Codes[j])
	}
	for j := range s.Inputs {
		if s.Inputs[j].Coded() {
			out[j].Unseen = s.Inputs[j].unseen(d, rows)
			// Levels that are not known and gaps are one in the matrix.
			out[j].Missing -= float64(out[j].Unseen) / float64(max(1, len(rows)))
		}
	}
	return out, nil
}

// drift compares cells with those of training.
func (in *Input) drift(numbers []float64, codes []int32) Drift {
	now := make([]int64, len(in.Counts))
	missing, outside := int64(0), int64(0)
	for _, c := range codes {
		if c == learn.NoLevel {
			missing++
		} else {
			now[c]++
		}
	}
	if !in.Coded() {
		now = binCounts(in.Uppers, numbers)
		for _, v := range numbers {
			switch {
			case v != v:
				missing++
			case v < in.Range[0] || v > in.Range[1]:
				outside++
			}
		}
	}
	out := in.compare(now, missing, int64(len(numbers)+len(codes)))
	out.Outside = outside
	return out
}

// compare compares counts of cells, in the bins or levels of training, with those of
// training.
func (in *Input) compare(now []int64, missing, rows int64) Drift {
	out := Drift{Column: in.Name, Verdict: Stable, Stability: stats.Stability{PSI: nan, Chance: nan}}
	trained := sumOf(in.Counts) + in.Missing
	out.Missing = float64(missing) / float64(max(1, rows))
	out.Before = float64(in.Missing) / float64(max(1, trained))
	if rows == 0 || trained == 0 {
		return out
	}
	s, err := stats.PSI(append(slices.Clone(in.Counts), in.Missing), append(slices.Clone(now), missing), level)
	if err != nil { // the counts have been checked, and are as many
		return out
	}
	out.Stability, out.Verdict = s, verdictOf(s)
	return out
}

func sumOf(counts []int64) (sum int64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

func verdictOf(s stats.Stability) string {
	switch {
	case s.PSI < shiftedFrom || s.PSI <= s.Chance || math.IsNaN(s.PSI):
		return Stable
	case s.PSI < driftedFrom:
		return Shifted
	}
	return Drifted
}

// unseen counts rows whose level training did not have.
func (in *Input) unseen(d *Data, rows []int) (n int64) {
	at := in.place(d)
	if at < 0 || !d.x.Columns[at].Coded() {
		return 0
	}
	place := levelPlaces(d.x.Columns[at].Levels, in.Levels)
	for _, r := range rows {
		if c := d.x.Codes[at][r]; c != learn.NoLevel && place[c] == learn.NoLevel {
			n++
		}
	}
	return n
}

// A Counter counts the rows of intakes in the bins of a schema, so that their drift can
// be told without keeping them.
type Counter struct {
	schema  *Schema
	counts  [][]int64 // by input, as Input.Counts
	missing []int64
	outside []int64
	unseen  []int64
	rows    int64
}

// NewCounter returns an empty counter.
func (s *Schema) NewCounter() *Counter {
	c := &Counter{schema: s, counts: make([][]int64, len(s.Inputs)), missing: make([]int64, len(s.Inputs)), outside: make([]int64, len(s.Inputs)), unseen: make([]int64, len(s.Inputs))}
	for j := range s.Inputs {
		c.counts[j] = make([]int64, len(s.Inputs[j].Counts))
	}
	return c
}

// Rows is how many rows have been counted.
func (c *Counter) Rows() int64 { return c.rows }

// Reset empties the counter.
func (c *Counter) Reset() {
	for j := range c.counts {
		clear(c.counts[j])
	}
	clear(c.missing)
	clear(c.outside)
	clear(c.unseen)
	c.rows = 0
}

// Add counts the rows that an intake has taken.
func (c *Counter) Add(in *Intake) { c.add(in.x, in.Unseen) }

// add counts rows, and among them so many cells, by input, with a level that training did
// not have.
func (c *Counter) add(x *learn.Matrix, unseen []int64) {
	c.rows += int64(x.Rows)
	for j := range c.counts {
		c.unseen[j] += unseen[j]
		for _, code := range x.Codes[j] {
			if code == learn.NoLevel {
				c.missing[j]++
			} else {
				c.counts[j][code]++
			}
		}
		input := &c.schema.Inputs[j]
		for _, v := range x.Numbers[j] {
			switch {
			case v != v:
				c.missing[j]++
				continue
			case v < input.Range[0] || v > input.Range[1]:
				c.outside[j]++
			}
			bin, _ := slices.BinarySearch(input.Uppers, v)
			c.counts[j][bin]++
		}
	}
}

// merge counts what another counter of the schema has counted.
func (c *Counter) merge(from *Counter) {
	c.rows += from.rows
	for j := range c.counts {
		addTo(c.counts[j], from.counts[j])
	}
	addTo(c.missing, from.missing)
	addTo(c.outside, from.outside)
	addTo(c.unseen, from.unseen)
}

func addTo(sums, more []int64) {
	for i, n := range more {
		sums[i] += n
	}
}

// Drift compares the rows with those of training, column by column in the order of the
// schema.
func (c *Counter) Drift() []Drift {
	out := make([]Drift, len(c.counts))
	for j := range c.counts {
		in := &c.schema.Inputs[j]
		out[j] = in.compare(c.counts[j], c.missing[j], c.rows)
		out[j].Outside, out[j].Unseen = c.outside[j], min(c.unseen[j], c.missing[j])
		out[j].Missing -= float64(out[j].Unseen) / float64(max(1, c.rows))
	}
	return out
}
