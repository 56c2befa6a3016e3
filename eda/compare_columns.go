package eda

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A DriftPart is a bin of numbers, a level, or the missing cells of a column, with
// its rows in both tables.
type DriftPart struct {
	Level     string  // of a column of levels; OtherLevels and NewLevels stand for several
	Low, High float64 // of numbers: the least and the greatest value that occurs in either table
	Missing   bool
	N1, N2    int64
}

// The parts that stand for several levels, where a column has many.
const (
	OtherLevels = "(other)" // rarer levels of the first table
	NewLevels   = "(new)"   // all levels that the first table does not have
)

const (
	driftBins      = 10
	maxDriftLevels = 100 // levels of both tables beyond which the rarer share a part
)

// levelled reports whether the column holds levels; one without any value does not.
func (d *ColumnDrift) levelled() bool { return d.First.Dict != nil || d.Second.Dict != nil }

// counts returns the rows of each part in both tables.
func (d *ColumnDrift) counts() (n1, n2 []int64) {
	for _, p := range d.Parts {
		n1, n2 = append(n1, p.N1), append(n2, p.N2)
	}
	return n1, n2
}

// setNumbers compares two tallies, each a single unnamed group.
func (d *ColumnDrift) setNumbers(t1, t2 stats.Tally, rows1, rows2 int64) error {
	d.N1, d.N2 = t1.Total(), t2.Total()
	d.Missing1, d.Missing2 = rows1-d.N1, rows2-d.N2
	t1, t2 = inGroup(t1, "first"), inGroup(t2, "second")
	d.Values = t1.Merge(t2)
	d.Parts = append(binDrift(d.Values, stats.QuantileBins(t1, driftBins)), missingPart(d)...)
	if d.N1 > 0 {
		s := stats.Summarize(t1)
		d.Summary1 = &s
	}
	if d.N2 > 0 {
		s := stats.Summarize(t2)
		d.Summary2 = &s
	}
	if d.N1 == 0 || d.N2 == 0 {
		return nil
	}
	var err error
	if d.Wasserstein, err = stats.Wasserstein(d.Values); err == nil && d.Summary1.SD > 0 {
		d.Scaled = d.Wasserstein / d.Summary1.SD
	}
	return err
}

// inGroup names the group of a tally, which may be empty.
func inGroup(t stats.Tally, name string) stats.Tally {
	if t.Counts == nil {
		t.Counts = [][]int64{nil}
	}
	t.Groups = []string{name}
	return t
}

// binDrift counts the values of both tables in bins: one for each upper limit, which
// are those of the first table, and one each for values outside its range. Bins
// without a value are left out.
func binDrift(t stats.Tally, uppers []float64) []DriftPart {
	var parts []DriftPart
	last := -2 // the bin of the part at hand
	seen := false
	for i, x := range t.Values {
		n1, n2 := t.Counts[0][i], t.Counts[1][i]
		seen = seen || n1 > 0
		bin, _ := slices.BinarySearch(uppers, x)
		if !seen {
			bin = -1
		}
		if bin != last {
			parts, last = append(parts, DriftPart{Low: x}), bin
		}
		p := &parts[len(parts)-1]
		p.High, p.N1, p.N2 = x, p.N1+n1, p.N2+n2
	}
	return parts
}

// missingPart is the part of missing cells, if there are any.
func missingPart(d *ColumnDrift) []DriftPart {
	if d.Missing1 == 0 && d.Missing2 == 0 {
		return nil
	}
	return []DriftPart{{Missing: true, Low: math.NaN(), High: math.NaN(), N1: d.Missing1, N2: d.Missing2}}
}

// setLevels compares two lists of levels in the order of their bytes.
func (d *ColumnDrift) setLevels(first, second []dataset.LevelCount, missing1, missing2 int64) {
	d.Missing1, d.Missing2 = missing1, missing2
	both := mergeLevels(first, second)
	for _, p := range both {
		d.N1, d.N2 = d.N1+p.N1, d.N2+p.N2
		d.levels1 += oneIf(p.N1 > 0)
		switch {
		case p.N1 == 0:
			d.New = append(d.New, dataset.LevelCount{Level: p.Level, N: p.N2})
		case p.N2 == 0:
			d.Vanished = append(d.Vanished, dataset.LevelCount{Level: p.Level, N: p.N1})
		}
	}
	for _, list := range [][]dataset.LevelCount{d.New, d.Vanished} {
		slices.SortStableFunc(list, func(a, b dataset.LevelCount) int { return cmp.Compare(b.N, a.N) })
	}
	d.Parts = append(poolLevels(both), missingPart(d)...)
}

// mergeLevels joins two lists in the order of their bytes into parts, the most
// frequent in the first table first.
func mergeLevels(first, second []dataset.LevelCount) []DriftPart {
	var parts []DriftPart
	for i, j := 0, 0; i < len(first) || j < len(second); {
		p := DriftPart{Low: math.NaN(), High: math.NaN()}
		order := 0
		switch {
		case i == len(first):
			order = 1
		case j == len(second):
			order = -1
		default:
			order = cmp.Compare(first[i].Level, second[j].Level)
		}
		if order <= 0 {
			p.Level, p.N1 = first[i].Level, first[i].N
			i++
		}
		if order >= 0 {
			p.Level, p.N2 = second[j].Level, second[j].N
			j++
		}
		parts = append(parts, p)
	}
	slices.SortStableFunc(parts, func(a, b DriftPart) int {
		return cmp.Or(cmp.Compare(b.N1, a.N1), cmp.Compare(b.N2, a.N2))
	})
	return parts
}

// poolLevels puts rare levels, and all new ones, together where there are too many
// for an index: each level without a row in one table would add to it.
func poolLevels(parts []DriftPart) []DriftPart {
	if len(parts) <= maxDriftLevels {
		return parts
	}
	other := DriftPart{Level: OtherLevels, Low: math.NaN(), High: math.NaN()}
	fresh := DriftPart{Level: NewLevels, Low: math.NaN(), High: math.NaN()}
	var out []DriftPart
	for _, p := range parts {
		switch {
		case p.N1 == 0:
			fresh.N2 += p.N2
		case len(out) == maxDriftLevels-2:
			other.N1, other.N2 = other.N1+p.N1, other.N2+p.N2
		default:
			out = append(out, p)
		}
	}
	for _, p := range []DriftPart{other, fresh} {
		if p.N1+p.N2 > 0 {
			out = append(out, p)
		}
	}
	return out
}

// test tests whether both tables have one distribution.
func (d *ColumnDrift) test(level float64) (err error) {
	if d.levelled() {
		d.Result, err = d.testLevels(level)
	} else if d.Result, err = stats.KolmogorovSmirnov(d.Values); err == nil {
		d.Effect = stats.Effect{Name: "D", Value: d.Statistic.Value}
	}
	if undefined(err) || errors.Is(err, stats.ErrTooMany) {
		nan := math.NaN()
		d.Result = stats.Result{P: nan, Log10P: nan, Statistic: stats.Named{Value: nan}, Effect: stats.Effect{Value: nan}}
		return nil
	}
	return err
}

// testLevels crosses the levels with the tables.
func (d *ColumnDrift) testLevels(level float64) (stats.Result, error) {
	var table stats.Crosstab
	for _, p := range d.Parts {
		if p.Missing {
			continue
		}
		if err := table.Add(p.Level, "first", p.N1); err != nil {
			return stats.Result{}, err
		}
		if err := table.Add(p.Level, "second", p.N2); err != nil {
			return stats.Result{}, err
		}
	}
	return stats.ChiSquareTest(&table, level)
}

// A MovedPart is a part with its shares and what it adds to the index.
type MovedPart struct {
	DriftPart
	Share1, Share2 float64
	PSI            float64
}

// Moved returns the parts that add most to the index, at most so many, by falling
// addition.
func (d *ColumnDrift) Moved(most int) []MovedPart {
	n1, n2 := d.counts()
	parts, err := stats.PSIParts(n1, n2)
	if err != nil {
		return nil
	}
	var out []MovedPart
	for i, p := range d.Parts {
		if parts[i] > 0 {
			out = append(out, MovedPart{p, float64(p.N1) / float64(d.N1+d.Missing1), float64(p.N2) / float64(d.N2+d.Missing2), parts[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b MovedPart) int { return cmp.Compare(b.PSI, a.PSI) })
	return out[:min(most, len(out))]
}
