package eda

import (
	"cmp"
	"slices"
	"sort"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// The limits of what derivations learn.
const (
	quantileBins = 8
	mostPairs    = 64
	leastPair    = 10 // rows of a pair that is worth a level
)

// quantileEdges returns the inner limits of bins that hold about as many of the
// counted values each; fewer where values repeat.
func quantileEdges(values []float64, counts []int64) []float64 {
	t, err := stats.TallyFromCounts(values, counts)
	if err != nil || t.Len() < 2 {
		return nil
	}
	p := make([]float64, quantileBins-1)
	for i := range p {
		p[i] = float64(i+1) / quantileBins
	}
	edges := slices.Compact(t.Quantiles(0, p...))
	return slices.DeleteFunc(edges, func(e float64) bool { return e >= t.Values[t.Len()-1] })
}

// binLearner ranks the bins of a number by their attack rate.
func binLearner(values []float64) learner {
	return func(counts [2][]int64) []uint32 {
		both := make([]int64, len(values))
		for code := range both {
			both[code] = counts[0][code] + counts[1][code]
		}
		edges := quantileEdges(values, both)
		groups := make([]uint32, len(values)+1)
		for code, x := range values {
			groups[code] = uint32(sort.SearchFloat64s(edges, x))
		}
		groups[len(values)] = uint32(len(edges) + 1)
		return through(groups, len(edges)+2, learnRates, counts)
	}
}

// learnFrequencies ranks levels by how frequent they are, upwards or downwards.
func learnFrequencies(counts [2][]int64) []uint32 {
	n := len(counts[0])
	both := make([]float64, n-1)
	for code := range both {
		both[code] = float64(counts[0][code] + counts[1][code])
	}
	groups := append(denseRanks(both), 0)
	last := uint32(0)
	if n > 1 {
		last = slices.Max(groups[:n-1]) + 1
	}
	groups[n-1] = last
	return through(groups, int(last)+1, learnOrder, counts)
}

// learnPairs ranks pairs of levels by their attack rate; those that are rare count
// as one.
func learnPairs(counts [2][]int64) []uint32 {
	n := len(counts[0])
	both := make([]int64, n-1)
	for code := range both {
		both[code] = counts[0][code] + counts[1][code]
	}
	groups := slices.Repeat([]uint32{mostPairs}, n)
	for rank, code := range frequentCodes(both) {
		groups[code] = uint32(rank)
	}
	groups[n-1] = mostPairs + 1
	return through(groups, mostPairs+2, learnRates, counts)
}

// frequentCodes returns the codes that occur often enough, the most frequent
// first, at most mostPairs.
func frequentCodes(counts []int64) []int {
	var codes []int
	for code, n := range counts {
		if n >= leastPair {
			codes = append(codes, code)
		}
	}
	slices.SortStableFunc(codes, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	return codes[:min(len(codes), mostPairs)]
}

// A pairColumn is the pairs of levels of two columns that occur.
type pairColumn struct {
	codes []uint32 // by row; len(pairs) where a level is missing
	pairs [][2]string
}

// pairLevels pairs the levels of two columns row by row; the pairs are in the
// order of the levels.
func pairLevels(a, b *sampledColumn) pairColumn {
	index := map[uint64]uint32{}
	for row, code := range a.codes {
		if other := b.codes[row]; code != a.gap() && other != b.gap() {
			index[uint64(code)<<32|uint64(other)] = 0
		}
	}
	keys := make([]uint64, 0, len(index))
	for key := range index {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	p := pairColumn{codes: make([]uint32, len(a.codes))}
	for i, key := range keys {
		index[key] = uint32(i)
		p.pairs = append(p.pairs, [2]string{a.levels[key>>32], b.levels[uint32(key)]})
	}
	for row, code := range a.codes {
		if p.codes[row] = uint32(len(keys)); code != a.gap() && b.codes[row] != b.gap() {
			p.codes[row] = index[uint64(code)<<32|uint64(b.codes[row])]
		}
	}
	return p
}

// frequent returns the pairs that a derivation learns.
func (p *pairColumn) frequent() [][2]string {
	counts := make([]int64, len(p.pairs)+1)
	for _, code := range p.codes {
		counts[code]++
	}
	var out [][2]string
	for _, code := range frequentCodes(counts[:len(p.pairs)]) {
		out = append(out, p.pairs[code])
	}
	return out
}

// frequencies returns the levels of a column and the share of each among the rows
// that have one.
func frequencies(c *sampledColumn) (levels []string, shares []float64) {
	counts := c.counts()
	present := float64(int64(len(c.codes)) - c.missing)
	for code, level := range c.levels {
		if counts[code] > 0 {
			levels, shares = append(levels, level), append(shares, float64(counts[code])/present)
		}
	}
	return levels, shares
}

// scorerOf returns how a column is scored as it is: numbers by their order, levels
// by their attack rate.
func scorerOf(c *sampledColumn) scorer {
	if c.values == nil {
		return scorer{c.codes, c.size(), learnRates}
	}
	return scorer{c.codes, c.size(), learnOrder}
}

// learnedScorer returns how a derived column is scored of which parameters are
// learned, anew outside of each fold; false for other operations.
func (j *featureJudge) learnedScorer(d *dataset.Derivation) (scorer, bool) {
	switch d.Op {
	case dataset.OpFrequency:
		c := j.source(d.Inputs[0])
		return scorer{c.codes, c.size(), learnFrequencies}, true
	case dataset.OpQuantileBin:
		c := j.source(d.Inputs[0])
		return scorer{c.codes, c.size(), binLearner(c.values)}, true
	case dataset.OpPair:
		p := pairLevels(j.source(d.Inputs[0]), j.source(d.Inputs[1]))
		return scorer{p.codes, len(p.pairs) + 1, learnPairs}, true
	}
	return scorer{}, false
}
