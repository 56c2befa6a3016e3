package prep

import (
	"errors"
	"math"
	"sort"
	"strconv"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// A judge says how much single columns tell about the class.
type judge struct {
	rows  *training
	group []int    // by row: its class, −1 if it weighs nothing
	names []string // of classes, as numbers
	bins  int
}

func newJudge(rows *training, y *learn.Target, bins int) *judge {
	j := &judge{rows: rows, group: make([]int, len(y.Y)), names: numbered(len(y.Classes)), bins: bins}
	for i, k := range y.Y {
		if j.group[i] = int(k); !(rows.weight(i) > 0) {
			j.group[i] = -1
		}
	}
	return j
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// confidence is the level of intervals that are not looked at.
const confidence = 0.95

// value judges a column, 0 for one that tells nothing or does not vary.
func (j *judge) value(column int, by string) (float64, error) {
	value, err := j.measure(column, by)
	if errors.Is(err, stats.ErrConstant) || errors.Is(err, stats.ErrTooFew) || math.IsNaN(value) {
		return 0, nil
	}
	return value, err
}

func (j *judge) measure(column int, by string) (float64, error) {
	coded := j.rows.x.Columns[column].Coded()
	if by == "effect" && !coded {
		return j.effect(column)
	}
	var counts [][]int64
	if coded {
		counts = j.countLevels(column)
	} else {
		var err error
		if counts, err = j.countBins(column); err != nil {
			return 0, err
		}
	}
	c, err := stats.NewCrosstab(numbered(len(counts)), j.names, counts)
	if err != nil {
		return 0, err
	}
	if by == "mi" {
		i, err := stats.MutualInformation(&c, confidence)
		return i.Test.Estimate.Value, err
	}
	a, err := stats.Associate(&c)
	return a.CramersVCorrected, err
}

// tally counts the numbers of a column that are there by class, and those that are
// missing.
func (j *judge) tally(column int) (stats.Tally, []int64, error) {
	missing := make([]int64, len(j.names))
	x, groups := make([]float64, 0, j.rows.x.Rows), make([]int, 0, j.rows.x.Rows)
	for i, v := range j.rows.x.Numbers[column] {
		switch {
		case j.group[i] < 0:
		case v != v:
			missing[j.group[i]]++
		default:
			x, groups = append(x, v), append(groups, j.group[i])
		}
	}
	t, err := stats.TallyOfGroups(x, groups, j.names)
	return t, missing, err
}

// effect returns the largest |2·AUC − 1| of a class against the others.
func (j *judge) effect(column int) (float64, error) {
	t, _, err := j.tally(column)
	if err != nil {
		return 0, err
	}
	var best float64
	pair := stats.Tally{Values: t.Values, Counts: make([][]int64, 2), Groups: []string{"class", "others"}}
	for k := range j.names {
		others := make([]int64, len(t.Values))
		for g := range t.Counts {
			for i, n := range t.Counts[g] {
				if g != k {
					others[i] += n
				}
			}
		}
		pair.Counts[0], pair.Counts[1] = t.Counts[k], others
		r, err := stats.MannWhitney(pair, stats.TwoSided, confidence)
		if errors.Is(err, stats.ErrTooFew) {
			continue // a class without a value
		}
		if err != nil {
			return 0, err
		}
		best = max(best, math.Abs(r.Effect.Value))
		if len(j.names) == 2 {
			break // the other way round is the same
		}
	}
	return best, nil
}

// countLevels counts classes by level; the first row is that of no level.
func (j *judge) countLevels(column int) [][]int64 {
	counts := j.counts(len(j.rows.x.Columns[column].Levels) + 1)
	for i, code := range j.rows.x.Codes[column] {
		if g := j.group[i]; g >= 0 {
			counts[code+1][g]++
		}
	}
	return counts
}

// countBins counts classes by quantile bin; the last row is that of missing numbers.
func (j *judge) countBins(column int) ([][]int64, error) {
	t, missing, err := j.tally(column)
	if err != nil {
		return nil, err
	}
	uppers := stats.QuantileBins(t, j.bins)
	counts := j.counts(len(uppers) + 1)
	for i, v := range t.Values {
		bin := sort.SearchFloat64s(uppers, v)
		for g := range t.Counts {
			counts[bin][g] += t.Counts[g][i]
		}
	}
	counts[len(uppers)] = missing
	return counts, nil
}

func (j *judge) counts(n int) [][]int64 {
	counts := make([][]int64, n)
	for i := range counts {
		counts[i] = make([]int64, len(j.names))
	}
	return counts
}
