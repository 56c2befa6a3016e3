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
		if out[j], err = s.Inputs[j].drift(x.Numbers[j], x.Codes[j]); err != nil {
			return nil, err
		}
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
func (in *Input) drift(numbers []float64, codes []int32) (Drift, error) {
	now := make([]int64, len(in.Counts))
	missing, rows := int64(0), int64(len(numbers)+len(codes))
	out := Drift{Column: in.Name}
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
				out.Outside++
			}
		}
	}
	trained := sumOf(in.Counts) + in.Missing
	out.Missing = float64(missing) / float64(max(1, rows))
	out.Before = float64(in.Missing) / float64(max(1, trained))
	out.Stability = stats.Stability{PSI: nan, Chance: nan}
	if rows == 0 || trained == 0 {
		out.Verdict = Stable
		return out, nil
	}
	var err error
	out.Stability, err = stats.PSI(append(slices.Clone(in.Counts), in.Missing), append(now, missing), level)
	out.Verdict = verdictOf(out.Stability)
	return out, err
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
