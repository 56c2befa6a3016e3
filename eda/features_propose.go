package eda

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A proposer goes through the source columns for what could be derived.
type proposer struct {
	judge    *featureJudge
	schema   *dataset.Schema
	list     []Feature
	warnings []string
}

// Conventions of the proposals.
const (
	heavyTail      = 100 // largest value, in upper quartiles, from which on a logarithm is taken
	someZeros      = 0.05
	someGaps       = 0.01
	manyValues     = 20        // different numbers from which on bins are made
	mostLevels     = 1<<16 - 1 // levels up to which each gets its frequency
	fewLevels      = 200       // levels up to which a category is paired with others
	bestNumbers    = 4         // numbers that are multiplied with each other
	bestCategories = 4         // categories that are paired with each other
)

func newProposer(j *featureJudge) *proposer { return &proposer{judge: j, schema: j.src.Schema()} }

// propose returns everything that could be derived, in the order of the questions.
func (p *proposer) propose() []Feature {
	p.ofCounterparts()
	p.ofVolumes()
	p.ofWindows()
	for k := range p.judge.sources {
		p.ofOne(&p.judge.sources[k])
	}
	p.ofProducts()
	p.ofCategories()
	return p.list
}

// add proposes a derivation and returns its name.
func (p *proposer) add(name string, d dataset.Derivation, reason string) string {
	d.Name = p.freeName(name)
	p.list = append(p.list, Feature{Derivation: d, Reason: reason})
	return d.Name
}

// ofOne proposes what one column alone can become.
func (p *proposer) ofOne(c *sampledColumn) {
	name, inputs := plainName(c), []string{c.name}
	rows := int64(len(c.codes))
	if gaps := float64(c.missing) / float64(rows); gaps >= someGaps && gaps <= 1-someGaps {
		p.add(name+"_is_missing", dataset.Derivation{Op: dataset.OpIsMissing, Inputs: inputs},
			fmt.Sprintf("%s of the cells are missing", percent(gaps)))
	}
	if c.values == nil {
		if levels, shares := frequencies(c); len(levels) > 2 && len(levels) <= mostLevels {
			p.add(name+"_frequency", dataset.Derivation{Op: dataset.OpFrequency, Inputs: inputs, Levels: levels, Shares: shares},
				fmt.Sprintf("a number for each of %s levels", grouped(int64(len(levels)))))
		}
		return
	}
	if len(c.values) < 3 {
		return
	}
	counts := c.counts()[:len(c.values)]
	if zero, ok := slices.BinarySearch(c.values, 0); ok {
		if share := float64(counts[zero]) / float64(rows-c.missing); share >= someZeros && share <= 1-someZeros {
			p.add(name+"_is_zero", dataset.Derivation{Op: dataset.OpIsZero, Inputs: inputs},
				fmt.Sprintf("%s of the values are 0", percent(share)))
		}
	}
	p.ofQuantity(c, counts)
}

// ofQuantity proposes a scale and bins for a number of many values.
func (p *proposer) ofQuantity(c *sampledColumn, counts []int64) {
	if len(c.values) < manyValues {
		return
	}
	name, inputs := plainName(c), []string{c.name}
	t, err := stats.TallyFromCounts(c.values, counts)
	if err != nil {
		return
	}
	largest, quartile := c.values[len(c.values)-1], t.Quantile(0, 0.75)
	if c.values[0] >= 0 && largest >= heavyTail*math.Max(quartile, 1) {
		p.add(name+"_log1p", dataset.Derivation{Op: dataset.OpLog1p, Inputs: inputs},
			fmt.Sprintf("tail: 3 of 4 up to %s, one %s", roundedNumber(quartile), roundedNumber(largest)))
	}
	// Without a label nobody can tell where an effect rises and falls.
	if edges := quantileEdges(c.values, counts); len(edges) > 1 && p.judge.folds != nil {
		p.add(name+"_bin", dataset.Derivation{Op: dataset.OpQuantileBin, Inputs: inputs, Edges: edges},
			fmt.Sprintf("%d ranges between quantiles", len(edges)+1))
	}
}

func roundedNumber(x float64) string {
	if a := math.Abs(x); a < 1e15 && (a >= 100 || x == math.Trunc(x)) {
		return grouped(int64(math.Round(x)))
	}
	return fmt.Sprintf("%.3g", x)
}

// ofCounterparts proposes how two columns of one quantity compare.
func (p *proposer) ofCounterparts() {
	columns := p.judge.sources
	for i := range columns {
		for k := range columns {
			a, b := &columns[i], &columns[k]
			if i == k || a.kind != dataset.Number || b.kind != dataset.Number || len(a.values) < 2 || len(b.values) < 2 || !isCounterpart(a.name, b.name) {
				continue
			}
			inputs, one, other := []string{a.name, b.name}, plainName(a), plainName(b)
			const why = "one quantity of two sides"
			if isRate(a) && isRate(b) {
				p.add(one+"_minus_"+other, dataset.Derivation{Op: dataset.OpDifference, Inputs: inputs}, why+": difference")
				continue
			}
			p.add(one+"_plus_"+other, dataset.Derivation{Op: dataset.OpTotal, Inputs: inputs}, why+": sum")
			if a.values[0] >= 0 && b.values[0] >= 0 {
				p.add(one+"_vs_"+other, dataset.Derivation{Op: dataset.OpShare, Inputs: inputs}, why+": share")
			} else {
				p.add(one+"_minus_"+other, dataset.Derivation{Op: dataset.OpDifference, Inputs: inputs}, why+": difference")
			}
		}
	}
}

// isRate reports whether all values of a column lie from 0 to 1.
func isRate(c *sampledColumn) bool { return c.values[0] >= 0 && c.values[len(c.values)-1] <= 1 }

// ofVolumes proposes how fast and in how large pieces a connection sent.
func (p *proposer) ofVolumes() {
	bytes := p.sum(p.quantity(bytesSent, false), p.quantity(bytesReceived, false), "bytes")
	packets := p.sum(p.quantity(packetsSent, false), p.quantity(packetsReceived, false), "packets")
	duration := ""
	if c := p.quantity(durations, false); c != nil {
		duration = c.name
	}
	if bytes != "" && packets != "" {
		p.add("bytes_per_packet", dataset.Derivation{Op: dataset.OpRatio, Inputs: []string{bytes, packets}}, "size of pieces; none without packets")
	}
	if bytes != "" && duration != "" {
		p.add("bytes_per_duration", dataset.Derivation{Op: dataset.OpRatio, Inputs: []string{bytes, duration}}, "how fast; none for a duration of 0")
	}
	if packets != "" && duration != "" {
		p.add("packets_per_duration", dataset.Derivation{Op: dataset.OpRatio, Inputs: []string{packets, duration}}, "how often; none for a duration of 0")
	}
}

// sum returns the name of the sum of two columns, which is proposed unless it has
// been; that of the one that is there; or "".
func (p *proposer) sum(a, b *sampledColumn, what string) string {
	switch {
	case a == nil && b == nil:
		return ""
	case a == nil:
		return b.name
	case b == nil:
		return a.name
	}
	inputs := []string{a.name, b.name}
	for k := range p.list {
		if f := &p.list[k]; f.Op == dataset.OpTotal && slices.Equal(f.Inputs, inputs) {
			return f.Name
		}
	}
	return p.add(plainName(a)+"_plus_"+plainName(b), dataset.Derivation{Op: dataset.OpTotal, Inputs: inputs}, "all "+what+" of both directions")
}

// ofProducts proposes the products of the numbers with the largest effects.
func (p *proposer) ofProducts() {
	best := p.best(bestNumbers, func(c *sampledColumn) bool { return c.kind == dataset.Number && len(c.values) > 2 })
	for i, a := range best {
		for _, b := range best[i+1:] {
			p.add(plainName(a)+"_times_"+plainName(b), dataset.Derivation{Op: dataset.OpProduct, Inputs: []string{a.name, b.name}},
				"two numbers with large effects")
		}
	}
}

// ofCategories proposes pairs of the categories with the largest effects.
func (p *proposer) ofCategories() {
	best := p.best(bestCategories, func(c *sampledColumn) bool {
		return c.kind == dataset.Category && len(c.levels) > 1 && len(c.levels) <= fewLevels
	})
	for i, a := range best {
		for _, b := range best[i+1:] {
			pairs := pairLevels(a, b)
			if frequent := pairs.frequent(); len(frequent) > 1 {
				p.add(plainName(a)+"_and_"+plainName(b), dataset.Derivation{Op: dataset.OpPair, Inputs: []string{a.name, b.name}, Pairs: frequent},
					fmt.Sprintf("%d frequent pairs of levels, of %s", len(frequent), grouped(int64(len(pairs.pairs)))))
			}
		}
	}
}

// best returns the source columns that fit and have the largest effects, at most n;
// none where nothing can be measured.
func (p *proposer) best(n int, fits func(*sampledColumn) bool) []*sampledColumn {
	if p.judge.folds == nil {
		return nil
	}
	var found []int
	for k := range p.judge.sources {
		if p.judge.effect(k) > 0 && fits(&p.judge.sources[k]) {
			found = append(found, k)
		}
	}
	slices.SortStableFunc(found, func(a, b int) int { return cmp.Compare(p.judge.effect(b), p.judge.effect(a)) })
	out := make([]*sampledColumn, 0, n)
	for _, k := range found[:min(n, len(found))] {
		out = append(out, &p.judge.sources[k])
	}
	return out
}
