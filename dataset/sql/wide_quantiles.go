package sql

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/stats"
)

// Sizes of the search for quantiles.
const (
	histogramBins = 1 << 16 // of equal width, over all ranges
	histogramKeys = 1 << 8  // of equal numbers of float64s, over all ranges
	fewNumbers    = 100_000 // are handed out rather than narrowed down further
)

// A rankSearch narrows down the ranges in which the wanted ranks of some numbers lie.
type rankSearch struct {
	n      int64
	ranks  []int64   // wanted, ascending, from 0
	values []float64 // of those ranks, as far as they are found
	open   []span
}

// A span is the numbers from a to b, both of which are among them.
type span struct {
	a, b     float64
	n, below int64 // numbers in it, and smaller ones
	from, to int   // the wanted ranks among them
}

// A bin is a part of the numbers of a histogram.
type bin struct {
	n        int64
	min, max float64
}

// quantiles returns the type 7 quantiles of an expression of numbers. Every round asks
// for a histogram of the ranges in which wanted ranks lie, with the least and the
// largest number of every bin, which are the next ranges: exact, whatever rounding does
// at the edges of the bins.
func (s *Source) quantiles(ctx context.Context, cell string, m stats.Moments, p []float64) ([]float64, error) {
	r := newRankSearch(m.N, m.Min, m.Max, p)
	for round := 0; len(r.open) > 0; round++ {
		bins, err := s.histogram(ctx, cell, r.open, round)
		if err != nil {
			return nil, err
		}
		if !r.narrow(bins) {
			return nil, s.changed()
		}
	}
	return r.quantiles(p)
}

// newRankSearch lists the ranks between which the quantiles lie.
func newRankSearch(n int64, least, largest float64, p []float64) *rankSearch {
	r := &rankSearch{n: n}
	for _, p := range p {
		if n > 0 && p >= 0 && p <= 1 {
			lower := min(int64(float64(n-1)*p), n-1)
			r.ranks = append(r.ranks, lower, min(lower+1, n-1))
		}
	}
	slices.Sort(r.ranks)
	r.ranks = slices.Compact(r.ranks)
	r.values = make([]float64, len(r.ranks))
	r.enter(span{a: least, b: largest, n: n, to: len(r.ranks)})
	return r
}

// enter takes the ranks of a span whose values are known by now, and keeps the span if
// there are others.
func (r *rankSearch) enter(s span) {
	for ; s.from < s.to && (s.a == s.b || r.ranks[s.from] == s.below); s.from++ {
		r.values[s.from] = s.a
	}
	for ; s.from < s.to && r.ranks[s.to-1] == s.below+s.n-1; s.to-- {
		r.values[s.to-1] = s.b
	}
	if s.from < s.to {
		r.open = append(r.open, s)
	}
}

// narrow replaces the spans by the bins in which wanted ranks lie. It is false if the
// bins do not hold what the spans did.
func (r *rankSearch) narrow(bins []bin) bool {
	bins = disjoint(bins)
	spans := r.open
	r.open = nil
	i := 0
	for _, s := range spans {
		below, k := s.below, s.from
		for ; i < len(bins) && bins[i].max <= s.b; i++ {
			part := span{a: bins[i].min, b: bins[i].max, n: bins[i].n, below: below, from: k}
			for below += part.n; k < s.to && r.ranks[k] < below; {
				k++
			}
			part.to = k
			r.enter(part)
		}
		if below != s.below+s.n {
			return false
		}
	}
	return i == len(bins)
}

// disjoint returns bins in ascending order; those that overlap are one.
func disjoint(bins []bin) []bin {
	slices.SortFunc(bins, func(a, b bin) int { return cmp.Compare(a.min, b.min) })
	out := bins[:0]
	for _, b := range bins {
		if last := len(out) - 1; last >= 0 && b.min <= out[last].max {
			out[last].n += b.n
			out[last].max = max(out[last].max, b.max)
			continue
		}
		out = append(out, b)
	}
	return out
}

// quantiles reads the quantiles off a tally that has the values of the wanted ranks in
// their places.
func (r *rankSearch) quantiles(p []float64) ([]float64, error) {
	if r.n == 0 || len(r.ranks) == 0 {
		return stats.Quantiles(nil, p...), nil
	}
	counts := make([]int64, len(r.ranks))
	before := int64(0)
	for i, rank := range r.ranks {
		upTo := rank + 1
		if i == len(r.ranks)-1 {
			upTo = r.n
		}
		counts[i], before = upTo-before, upTo
	}
	t, err := stats.TallyFromCounts(r.values, counts)
	if err != nil {
		return nil, err
	}
	return t.Quantiles(0, p...), nil
}

// histogram asks for the bins of the numbers in some spans.
func (s *Source) histogram(ctx context.Context, cell string, spans []span, round int) ([]bin, error) {
	x, k := s.alias("x", 0), s.alias("k", 0)
	inner := fmt.Sprintf("(SELECT %s AS %s FROM %s) AS %s", cell, x, s.from(), s.alias("q", 0))
	within := make([]string, len(spans))
	for i, r := range spans {
		within[i] = fmt.Sprintf("(%s >= (%s) AND %s <= (%s))", x, s.d.Real(r.a), x, s.d.Real(r.b))
	}
	statement := fmt.Sprintf("SELECT %s, %s, %s FROM (SELECT %s AS %s, %s FROM %s WHERE %s) AS %s GROUP BY %s",
		s.d.Int(s.d.Count()), s.d.CastReal("min("+x+")"), s.d.CastReal("max("+x+")"),
		s.binOf(x, spans, round), k, x, inner, strings.Join(within, " OR "), s.alias("q", 1), k)
	var bins []bin
	err := s.query(ctx, statement, []Type{Int, Real, Real}, func(b *Block) error {
		for i := range b.Rows {
			bins = append(bins, bin{b.Columns[0].Ints[i], b.Columns[1].Reals[i], b.Columns[2].Reals[i]})
		}
		return nil
	})
	return bins, err
}

// binOf is the expression of the bin of a number that lies in one of the spans: the
// number itself where few are left, and else bins of equal width. Every other time,
// after two of those, bins hold equal numbers of float64s instead: that ends soon even
// where numbers spread over all magnitudes.
func (s *Source) binOf(x string, spans []span, round int) string {
	left, even := int64(0), round < 2 || round%2 == 1
	for _, r := range spans {
		left += r.n
		even = even && r.width() > 0
	}
	switch {
	case left <= fewNumbers:
		return x
	case !even:
		return s.d.Below(x, keyBounds(spans))
	}
	each := max(histogramBins/len(spans), 16)
	bins := make([]string, len(spans))
	for i, r := range spans {
		bins[i] = s.evenBin(x, r, i*(each+2), each)
	}
	return nested(x, spans, bins, s.d)
}

// width returns the width of a span, 0 if it is too large or too small to divide.
func (r span) width() float64 {
	if w := r.b - r.a; w > 1e-250 && w < math.MaxFloat64 {
		return w
	}
	return 0
}

// evenBin is the number of a bin of equal width. Numbers in the first bin are not
// divided by the width: they may be too small for that.
func (s *Source) evenBin(x string, r span, offset, bins int) string {
	w := r.width() / float64(bins)
	return fmt.Sprintf("CASE WHEN %s < (%s) THEN %s ELSE %s + %s END", x, s.d.Real(r.a+w+0), s.d.Real(float64(offset)), s.d.Real(float64(offset)),
		s.d.Floor(fmt.Sprintf("(%s - (%s)) / %s", x, s.d.Real(r.a), s.d.Real(w))))
}

// nested chooses the expression of the span that x lies in, by halves.
func nested(x string, spans []span, bins []string, d Dialect) string {
	if len(spans) == 1 {
		return bins[0]
	}
	half := len(spans) / 2
	return fmt.Sprintf("CASE WHEN %s <= (%s) THEN %s ELSE %s END", x, d.Real(spans[half-1].b),
		nested(x, spans[:half], bins[:half], d), nested(x, spans[half:], bins[half:], d))
}

// keyBounds returns bounds that cut every span in parts with equal numbers of float64s,
// and the end of every span, at which another begins.
func keyBounds(spans []span) []float64 {
	each := uint64(max(histogramKeys/len(spans), 4))
	var bounds []float64
	for _, r := range spans {
		from, to := numberKey(r.a), numberKey(r.b)
		step := max((to-from)/each, 1)
		for key := from; key < to && to-key >= step; key += step {
			bounds = append(bounds, keyNumber(key)+0)
		}
		bounds = append(bounds, r.b)
	}
	return slices.Compact(bounds)
}

// numberKey maps a number to an integer in the same order: the sign bit of a positive
// number is set, and all bits of a negative one are inverted.
func numberKey(x float64) uint64 {
	b := math.Float64bits(x + 0) // -0 is 0
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

func keyNumber(key uint64) float64 {
	return math.Float64frombits(key ^ (uint64(int64(^key)>>63) | 1<<63))
}
