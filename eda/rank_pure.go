package eda

import (
	"math"
	"sort"

	"github.com/netanom/netanom/stats"
)

// OneClassLevels are the levels of a column that occur in one class only.
type OneClassLevels struct {
	Column string
	Of     int // levels that occur
	Levels []OneClassLevel
}

// A OneClassLevel is a level of which every row has the same class.
type OneClassLevel struct {
	Level  string
	Class  string
	N      int64
	Log10P float64 // logarithm of the chance that rows drawn without regard to the class agree so
}

// oneClassLevels lists the levels that one class has to itself, the commonest
// first.
func oneClassLevels(name string, split *labelSplit, column int) OneClassLevels {
	out := OneClassLevels{Column: name}
	t := newLabelTable(split, column)
	normal, attack := split.rows(NormalClass), split.rows(AttackClass)
	if len(t.counts) < 2 || normal == 0 || attack == 0 {
		return out
	}
	out.Of = len(t.counts)
	for k, counts := range t.counts {
		n := t.classes(counts)
		switch {
		case n[normalCode] == 0:
			out.Levels = append(out.Levels, OneClassLevel{t.names[k], AttackClass, n[attackCode], log10Unmixed(n[attackCode], attack, normal)})
		case n[attackCode] == 0:
			out.Levels = append(out.Levels, OneClassLevel{t.names[k], NormalClass, n[normalCode], log10Unmixed(n[normalCode], normal, attack)})
		}
	}
	sortByRows(out.Levels, func(l OneClassLevel) int64 { return l.N })
	return out
}

// A PureRange is all values of a column beyond those that the other class has.
type PureRange struct {
	Column string
	Class  string
	Above  bool // beyond the greatest value of the other class, else below its least
	Limit  float64
	N      int64 // rows in the range
	Of     int64 // rows of the class
	Log10P float64
}

// maxByChance is how likely a range may come about by chance to be named, over
// all ranges that are looked at.
const maxByChance = 0.001

// pureRanges returns the ranges of a column that only one class has.
func pureRanges(name string, c ClassSplit) []PureRange {
	if c.Normal.Len() == 0 || c.Attack.Len() == 0 {
		return nil
	}
	var out []PureRange
	for _, side := range []struct {
		class      string
		own, other stats.Tally
	}{{AttackClass, c.Attack, c.Normal}, {NormalClass, c.Normal, c.Attack}} {
		own, others := side.own.Total(), side.other.Total()
		low, high := side.other.Values[0], side.other.Values[side.other.Len()-1]
		above := PureRange{Column: name, Class: side.class, Above: true, Limit: high, Of: own}
		below := PureRange{Column: name, Class: side.class, Limit: low, Of: own}
		for i, x := range side.own.Values {
			if x > high {
				above.N += side.own.Counts[0][i]
			}
			if x < low {
				below.N += side.own.Counts[0][i]
			}
		}
		above.Log10P, below.Log10P = log10Unmixed(above.N, own, others), log10Unmixed(below.N, own, others)
		out = append(out, above, below)
	}
	return out
}

// likelyRanges leaves out ranges that chance explains, after Bonferroni, and
// sorts the others by falling rows.
func likelyRanges(ranges []PureRange) []PureRange {
	var out []PureRange
	limit := math.Log10(maxByChance / float64(max(1, len(ranges))))
	for _, r := range ranges {
		if r.N > 0 && r.Log10P < limit {
			out = append(out, r)
		}
	}
	sortByRows(out, func(r PureRange) int64 { return r.N })
	return out
}

// log10Unmixed returns the logarithm of the chance that n rows drawn from own
// and others, without regard to which is which, are all of own: the
// hypergeometric own!/(own−n)! · (own+others−n)!/(own+others)!.
func log10Unmixed(n, own, others int64) float64 {
	log := func(x int64) float64 {
		l, _ := math.Lgamma(float64(x) + 1)
		return l
	}
	return (log(own) - log(own-n) + log(own+others-n) - log(own+others)) / math.Ln10
}

// sortByRows sorts by falling number of rows and keeps the order of equals.
func sortByRows[T any](list []T, rows func(T) int64) {
	sort.SliceStable(list, func(i, j int) bool { return rows(list[i]) > rows(list[j]) })
}
