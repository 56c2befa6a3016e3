package eda

import (
	"math"
	"slices"
	"sort"

	"github.com/netanom/netanom/stats"
)

// folds are the measured rows that carry a label, split for cross-validation.
type folds struct {
	of     []int8 // by row: its fold, -1 without a label
	attack []bool // by row
	n      int
	rows   [2]int64 // normal rows and attacks

	categories []string // of the attacks, in the order of dataset.AttackCategory's; nil if there is one only
	category   []uint8  // by row: of an attack
}

// A row's fold depends on the seed and its number in the table alone.
func foldOf(seed uint64, row int64, n int) int8 {
	h := (seed*0x9e3779b97f4a7c15 ^ uint64(row)) + 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9 // splitmix64; Steele, Lea and Flood 2014
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return int8((h ^ h>>31) % uint64(n))
}

// newFolds assigns rows to folds, of which the first row of the table is number 0
// and the others follow by step.
func newFolds(label *sampledColumn, classes Classes, step int64, o FeatureOptions) *folds {
	f := &folds{of: make([]int8, len(label.codes)), attack: make([]bool, len(label.codes)), n: o.Folds}
	isAttack := make([]bool, len(label.levels))
	for i, level := range label.levels {
		isAttack[i] = classes.Of(level) == AttackClass
	}
	f.categorise(label, isAttack)
	for row, code := range label.codes {
		if code == label.gap() {
			f.of[row] = -1
			continue
		}
		f.of[row] = foldOf(o.Seed, int64(row)*step, o.Folds)
		f.attack[row] = isAttack[code]
		if isAttack[code] {
			f.rows[1]++
		} else {
			f.rows[0]++
		}
	}
	return f
}

// A scorer is a column with a way to learn from some rows in which order its
// cells speak for an attack.
type scorer struct {
	codes []uint32
	size  int // codes there are, that of a missing cell, the highest, included
	learn learner
}

// A learner learns from the normal rows and the attacks of each code, and returns
// the rank of each code as a score for attacks; equal scores have equal ranks.
type learner func(counts [2][]int64) []uint32

// outOfFold is what cross-validation says of one column.
type outOfFold struct {
	ranks  [][]uint32 // by fold: the rank of each code, learned outside of it
	result stats.Result
	err    error // stats.ErrConstant, stats.ErrTooFew
}

// measure learns the ranks of a column outside each fold, and compares the classes
// within the folds.
func (f *folds) measure(s scorer, level float64) outOfFold {
	parts, all := f.count(s)
	out := outOfFold{}
	var strata []stats.Tally
	for _, part := range parts {
		var train [2][]int64
		for class := range train {
			train[class] = make([]int64, s.size)
			for code := range train[class] {
				train[class][code] = all[class][code] - part[class][code]
			}
		}
		ranks := s.learn(train)
		out.ranks = append(out.ranks, ranks)
		strata = append(strata, tallyOfRanks(ranks, part))
	}
	out.result, out.err = stats.StratifiedMannWhitney(strata, stats.Greater, level)
	return out
}

// count counts the codes of the normal rows and of the attacks, by fold and in
// all.
func (f *folds) count(s scorer) (parts [][2][]int64, all [2][]int64) {
	parts = make([][2][]int64, f.n)
	for k := range parts {
		parts[k] = [2][]int64{make([]int64, s.size), make([]int64, s.size)}
	}
	for row, code := range s.codes {
		if k := f.of[row]; k >= 0 {
			parts[k][class(f.attack[row])][code]++
		}
	}
	for c := range all {
		all[c] = make([]int64, s.size)
		for k := range parts {
			for code, n := range parts[k][c] {
				all[c][code] += n
			}
		}
	}
	return parts, all
}

func class(attack bool) int {
	if attack {
		return 1
	}
	return 0
}

// tallyOfRanks counts ranks of attacks, the first group, and of normal rows.
func tallyOfRanks(ranks []uint32, counts [2][]int64) stats.Tally {
	n := rankCounts(ranks, counts)
	t := stats.Tally{Groups: []string{AttackClass, NormalClass}, Counts: [][]int64{nil, nil}}
	for rank := range n[0] {
		if n[0][rank]+n[1][rank] > 0 {
			t.Values = append(t.Values, float64(rank))
			t.Counts[0] = append(t.Counts[0], n[1][rank])
			t.Counts[1] = append(t.Counts[1], n[0][rank])
		}
	}
	return t
}

// rankCounts counts by rank what was counted by code.
func rankCounts(ranks []uint32, counts [2][]int64) (n [2][]int64) {
	for c := range n {
		n[c] = make([]int64, slices.Max(ranks)+1)
		for code, rank := range ranks {
			n[c][rank] += counts[c][code]
		}
	}
	return n
}

// compare tests by DeLong's test whether one column's scores of the held-out rows
// are better than another's.
func (f *folds) compare(a, b scorer, ofA, ofB outOfFold, level float64) (stats.Result, error) {
	strata := make([]stats.PairedScores, f.n)
	for row, k := range f.of {
		if k < 0 {
			continue
		}
		s := &strata[k]
		s.Positive = append(s.Positive, f.attack[row])
		s.A = append(s.A, ofA.ranks[k][a.codes[row]])
		s.B = append(s.B, ofB.ranks[k][b.codes[row]])
	}
	return stats.DeLongTest(strata, stats.Greater, level)
}

// learnOrder ranks codes that are in the order of numbers: upwards or downwards,
// with missing cells, the last code, at either end, whichever of the four tells
// the classes apart best. Of equals the first counts, which is upwards.
func learnOrder(counts [2][]int64) []uint32 {
	n := len(counts[0])
	ends := []bool{false, true}
	if counts[0][n-1]+counts[1][n-1] == 0 {
		ends = ends[:1]
	}
	best, most := []uint32(nil), math.Inf(-1)
	for _, down := range []bool{false, true} {
		for _, missingFirst := range ends {
			ranks := make([]uint32, n)
			for code := range n - 1 {
				rank := code
				if down {
					rank = n - 2 - code
				}
				if missingFirst {
					rank++
				}
				ranks[code] = uint32(rank)
			}
			if !missingFirst {
				ranks[n-1] = uint32(n - 1)
			}
			if won := attacksAbove(rankCounts(ranks, counts)); won > most {
				best, most = ranks, won
			}
		}
	}
	return best
}

// attacksAbove counts the pairs of an attack and a normal row in which the attack
// has the higher rank, less those in which it has the lower.
func attacksAbove(n [2][]int64) float64 {
	var total, below, won float64
	for _, x := range n[0] {
		total += float64(x)
	}
	for rank, x := range n[0] {
		won += float64(n[1][rank]) * (2*below + float64(x) - total)
		below += float64(x)
	}
	return won
}

// ratePrior is how many rows of the overall attack rate are added to each level,
// so that a level seen once does not count as certain.
const ratePrior = 10

// learnRates ranks levels by their attack rate, shrunk towards that of all rows
// (D. Micci-Barreca 2001, "A preprocessing scheme for high-cardinality categorical
// attributes", SIGKDD Explorations 3).
func learnRates(counts [2][]int64) []uint32 {
	var all [2]float64
	for c := range counts {
		for _, n := range counts[c] {
			all[c] += float64(n)
		}
	}
	prior := all[1] / math.Max(all[0]+all[1], 1)
	rates := make([]float64, len(counts[0]))
	for code := range rates {
		normal, attacks := float64(counts[0][code]), float64(counts[1][code])
		rates[code] = (attacks + ratePrior*prior) / (normal + attacks + ratePrior)
	}
	return denseRanks(rates)
}

// denseRanks ranks finite numbers from 0, equal ones alike.
func denseRanks(x []float64) []uint32 {
	sorted := slices.Clone(x)
	stats.SortFloats(sorted, nil)
	sorted = slices.Compact(sorted)
	ranks := make([]uint32, len(x))
	for i, v := range x {
		ranks[i] = uint32(sort.SearchFloat64s(sorted, v))
	}
	return ranks
}

// through applies a learner to codes that stand for others: group gives each code
// its group, of which the last is that of missing cells.
func through(groups []uint32, n int, learn learner, counts [2][]int64) []uint32 {
	var grouped [2][]int64
	for c := range grouped {
		grouped[c] = make([]int64, n)
		for code, g := range groups {
			grouped[c][g] += counts[c][code]
		}
	}
	ranks := learn(grouped)
	out := make([]uint32, len(groups))
	for code, g := range groups {
		out[code] = ranks[g]
	}
	return out
}
