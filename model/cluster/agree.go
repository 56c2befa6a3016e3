package cluster

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// An Agreement tells how well clusters fit classes. All are 1 at best.
type Agreement struct {
	// Purity is the share of rows that are of the commonest class of their cluster. It
	// grows with the number of clusters.
	Purity float64
	// AdjustedRand is the share of pairs of rows on which both agree, corrected for
	// chance: about 0 for labels drawn at random [1].
	AdjustedRand float64
	// NMI is the mutual information over the mean of both entropies.
	NMI float64
	// Homogeneity is how far clusters hold rows of one class, Completeness how far
	// classes lie in one cluster, VMeasure their harmonic mean, which is NMI again [2].
	Homogeneity, Completeness, VMeasure float64
}

// Agree compares clusters with classes. Noise counts as a cluster of its own. The error
// wraps learn.ErrTarget if their numbers differ, learn.ErrTooFew if there are none.
//
// [1] L. Hubert and P. Arabie (1985), "Comparing partitions", Journal of Classification
// 2, 193–218.
//
// [2] A. Rosenberg and J. Hirschberg (2007), "V-measure: a conditional entropy-based
// external cluster evaluation measure", EMNLP-CoNLL, 410–420.
func Agree(labels, classes []int32) (Agreement, error) {
	if len(labels) != len(classes) {
		return Agreement{}, fmt.Errorf("%d labels and %d classes: %w", len(labels), len(classes), learn.ErrTarget)
	}
	if len(labels) == 0 {
		return Agreement{}, fmt.Errorf("no rows: %w", learn.ErrTooFew)
	}
	return agree(crossed(labels, classes)), nil
}

// A cell is how many rows have two labels.
type cell struct {
	a, b int32
	n    float64
}

// crossed counts pairs of labels, in order.
func crossed(a, b []int32) []cell {
	counts := make(map[[2]int32]int)
	for i, l := range a {
		counts[[2]int32{l, b[i]}]++
	}
	out := make([]cell, 0, len(counts))
	for pair, n := range counts {
		out = append(out, cell{pair[0], pair[1], float64(n)})
	}
	slices.SortFunc(out, func(p, q cell) int { return cmp.Or(cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b)) })
	return out
}

// margins returns the totals of each label, and of all.
func margins(cells []cell) (a, b map[int32]float64, n float64) {
	a, b = make(map[int32]float64), make(map[int32]float64)
	for _, c := range cells {
		a[c.a] += c.n
		b[c.b] += c.n
		n += c.n
	}
	return a, b, n
}

func agree(cells []cell) Agreement {
	a, b, n := margins(cells)
	var out Agreement
	most := make(map[int32]float64)
	information := 0.0
	for _, c := range cells {
		most[c.a] = max(most[c.a], c.n)
		information += c.n / n * math.Log(c.n/a[c.a]*n/b[c.b])
	}
	for _, v := range most {
		out.Purity += v // counts: their sum has no order
	}
	out.Purity /= n
	out.AdjustedRand = adjustedRand(cells, a, b, n)
	information = max(0, information)
	ha, hb := entropy(a, n), entropy(b, n)
	out.Homogeneity, out.Completeness, out.NMI = 1, 1, 1
	if hb > 0 {
		out.Homogeneity = min(1, information/hb)
	}
	if ha > 0 {
		out.Completeness = min(1, information/ha)
	}
	if ha+hb > 0 {
		out.NMI = min(1, information/((ha+hb)/2))
	}
	if sum := out.Homogeneity + out.Completeness; sum > 0 {
		out.VMeasure = 2 * out.Homogeneity * out.Completeness / sum
	}
	return out
}

// entropy is that of totals, added up by size.
func entropy(totals map[int32]float64, n float64) float64 {
	v := make([]float64, 0, len(totals))
	for _, t := range totals {
		v = append(v, t)
	}
	slices.Sort(v)
	if len(v) < 2 {
		return 0
	}
	sum := 0.0
	for _, t := range v {
		sum -= t / n * math.Log(t/n)
	}
	return sum
}

// adjustedRand counts pairs of rows. They are whole numbers, so that the order of sums
// does not matter.
func adjustedRand(cells []cell, a, b map[int32]float64, n float64) float64 {
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	var together, inA, inB float64
	for _, c := range cells {
		together += pairs(c.n)
	}
	for _, t := range a {
		inA += pairs(t)
	}
	for _, t := range b {
		inB += pairs(t)
	}
	if together == inA && together == inB { // the same, or one row
		return 1
	}
	expected := inA / pairs(n) * inB
	return (together - expected) / ((inA+inB)/2 - expected)
}
