package plots

import (
	"math"
	"slices"
	"sort"
)

// The number of bars that a histogram of continuous values aims at lies between
// these. Rounding the width to a readable number can change it by a factor of
// about 1.4.
const (
	fewestBins = 20
	mostBins   = 50
)

// Bins are the counts that a histogram draws, and the choices it made.
type Bins struct {
	// Edges are the increasing limits of the bins, one more than there are
	// bins. Bin i holds Edges[i] <= v < Edges[i+1]; the last bin also holds
	// its upper limit. Whole numbers get limits at halves.
	Edges []float64

	// Counts holds for each group one count per bin.
	Counts [][]int64

	// Zeros holds for each group the count of zeros, which stand beside a
	// logarithmic axis; nil if zeros are not drawn apart.
	Zeros []int64

	// X and Y are Linear or Log: the scales of the values and of the counts.
	X, Y Scale

	// Whole says that all values are whole numbers.
	Whole bool

	// Rule names what the width of the bins follows: "Freedman-Diaconis",
	// "Doane", "one bin a value", or "one bin" where the values hardly differ.
	Rule string
}

// weighted is a sample as sorted distinct values with positive counts.
type weighted struct {
	values []float64
	counts []int64
	n      int64
}

// pool returns all groups together, without values that do not occur and,
// if positive is set, without zeros.
func pool(values []float64, groups []Group, positive bool) weighted {
	var w weighted
	for i, v := range values {
		var c int64
		for _, g := range groups {
			c += g.Counts[i]
		}
		if c == 0 || (positive && v <= 0) {
			continue
		}
		w.values, w.counts, w.n = append(w.values, v), append(w.counts, c), w.n+c
	}
	return w
}

// quantile returns the smallest value with at least a share p of the sample at
// or below it, NaN for an empty sample. It guides the choice of bins and is
// never shown.
func (w weighted) quantile(p float64) float64 {
	if w.n == 0 {
		return math.NaN()
	}
	var below float64
	for i, c := range w.counts {
		below += float64(c)
		if below >= p*float64(w.n) {
			return w.values[i]
		}
	}
	return w.values[len(w.values)-1]
}

func (w weighted) lowest() float64  { return w.values[0] }
func (w weighted) highest() float64 { return w.values[len(w.values)-1] }

// whole reports whether all values are integers that a double tells apart
// from their neighbours' halves.
func (w weighted) whole() bool {
	for _, v := range w.values {
		if v != math.Trunc(v) || math.Abs(v) > 1<<51 {
			return false
		}
	}
	return true
}

// mapped returns the sample after an increasing function.
func (w weighted) mapped(f func(float64) float64) weighted {
	values := make([]float64, len(w.values))
	for i, v := range w.values {
		values[i] = f(v)
	}
	return weighted{values: values, counts: w.counts, n: w.n}
}

// makeBins chooses scales and bins for data that have been checked.
func makeBins(d HistogramData) (Bins, error) {
	all := pool(d.Values, d.Groups, false)
	positive := pool(d.Values, d.Groups, true)
	x, err := chooseScale(d.X, all.lowest(), all.highest(), positive.quantile(0.5))
	if err != nil {
		return Bins{}, err
	}
	b := Bins{X: x, Whole: all.whole()}
	if x == Log {
		b.Edges, b.Rule = logEdges(positive)
		if positive.n < all.n {
			b.Zeros = make([]int64, len(d.Groups))
		}
	} else {
		b.Edges, b.Rule = linearEdges(all)
	}
	b.fill(d.Values, d.Groups)
	b.Y = d.Y
	if b.Y == Auto {
		b.Y = b.countScale()
	}
	return b, nil
}

// fill counts the values of each group into the bins.
func (b *Bins) fill(values []float64, groups []Group) {
	bins := len(b.Edges) - 1
	b.Counts = make([][]int64, len(groups))
	for g, group := range groups {
		b.Counts[g] = make([]int64, bins)
		for i, v := range values {
			switch c := group.Counts[i]; {
			case c == 0:
			case b.Zeros != nil && v == 0:
				b.Zeros[g] += c
			default:
				above := sort.Search(len(b.Edges), func(k int) bool { return b.Edges[k] > v })
				b.Counts[g][min(max(above-1, 0), bins-1)] += c
			}
		}
	}
}

// countScale returns Log if at least half of the bars, of all groups, would be
// shorter than a fiftieth of the tallest on a linear axis.
func (b *Bins) countScale() Scale {
	var heights []int64
	for _, counts := range b.Counts {
		heights = append(heights, counts...)
	}
	heights = append(heights, b.Zeros...)
	heights = slices.DeleteFunc(heights, func(h int64) bool { return h == 0 })
	tallest := slices.Max(heights)
	short := 0
	for _, h := range heights {
		if float64(h) < float64(tallest)/50 {
			short++
		}
	}
	if 2*short >= len(heights) && short > 0 {
		return Log
	}
	return Linear
}

// clone returns a copy that shares nothing with the bins.
func (b *Bins) clone() Bins {
	c := *b
	c.Edges, c.Zeros = slices.Clone(b.Edges), slices.Clone(b.Zeros)
	c.Counts = make([][]int64, len(b.Counts))
	for i, counts := range b.Counts {
		c.Counts[i] = slices.Clone(counts)
	}
	return c
}

// tallest returns the largest count of any bar.
func (b *Bins) tallest() int64 {
	var tallest int64
	for _, counts := range append(slices.Clone(b.Counts), b.Zeros) {
		for _, c := range counts {
			tallest = max(tallest, c)
		}
	}
	return tallest
}

// binWidth returns the width of a bin by the rule of Freedman and Diaconis
// (1981), 2·IQR·n^(-1/3), or where the quartiles coincide by that of Doane
// (1976), range / (1 + log2 n + log2(1 + |g1|/σ(g1))), and the rule's name. The
// range holds between min(fewestBins, √n) and mostBins of them.
func binWidth(w weighted) (float64, string) {
	span := w.highest() - w.lowest()
	n := float64(w.n)
	rule := "Freedman-Diaconis"
	width := 2 * (w.quantile(0.75) - w.quantile(0.25)) / math.Cbrt(n)
	if width == 0 {
		rule = "Doane"
		bins := 1 + math.Log2(n)
		if n > 2 {
			sigma := math.Sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))
			bins += math.Log2(1 + math.Abs(w.skewness())/sigma)
		}
		width = span / bins
	}
	return min(max(width, span/mostBins), span/min(fewestBins, math.Sqrt(n))), rule
}

// skewness returns g1 of a sample that is not constant.
func (w weighted) skewness() float64 {
	lo, span := w.lowest(), w.highest()-w.lowest()
	n := float64(w.n)
	var mean float64
	for i, v := range w.values {
		mean += float64(w.counts[i]) / n * (v - lo) / span
	}
	var m2, m3 float64
	for i, v := range w.values {
		dev := (v-lo)/span - mean
		m2 += float64(w.counts[i]) / n * dev * dev
		m3 += float64(w.counts[i]) / n * dev * dev * dev
	}
	return m3 / math.Pow(m2, 1.5)
}

// linearEdges returns edges at multiples of a readable step.
func linearEdges(w weighted) ([]float64, string) {
	lo, hi := w.lowest(), w.highest()
	whole := w.whole()
	if whole && hi-lo <= mostBins {
		edges := make([]float64, 0, int(hi-lo)+2)
		for v := lo; v <= hi+1; v++ {
			edges = append(edges, v-0.5)
		}
		return edges, "one bin a value"
	}
	magnitude := max(math.Abs(lo), math.Abs(hi))
	if hi-lo <= 1e-9*magnitude || hi == lo {
		// Too narrow to be told apart on an axis: one bar with room around it.
		margin := max(magnitude*1e-6, hi-lo)
		if magnitude == 0 {
			margin = 0.5
		}
		return []float64{lo - margin, hi + margin}, "one bin"
	}
	width, rule := binWidth(w)
	step := niceStep(width)
	offset := 0.0
	if whole {
		step = step.atLeastOne()
		offset = 0.5
	}
	first := math.Floor(lo / step.multiple(1))
	if step.multiple(first+1) <= lo {
		first++ // the quotient was rounded down
	} else if step.multiple(first) > lo {
		first-- // or up
	}
	var edges []float64
	for k := first; ; k++ {
		edges = append(edges, step.multiple(k)-offset)
		if v := edges[len(edges)-1]; len(edges) > 1 && (v > hi || v == hi && !whole) {
			return edges, rule
		}
	}
}

// logEdges returns edges for positive values at equal ratios, a whole number
// of them to a decade or of decades between them.
func logEdges(w weighted) ([]float64, string) {
	lo, hi := math.Log10(w.lowest()), math.Log10(w.highest())
	perDecade, rule := 1.0, "one bin"
	if hi-lo > 1e-6 {
		var width float64
		width, rule = binWidth(w.mapped(math.Log10))
		perDecade = math.Round(1 / width)
		if width > 0.75 {
			perDecade = 1 / math.Round(width)
		}
	}
	whole := w.whole()
	var edges []float64
	for k := math.Floor(lo*perDecade + 1e-9); ; k++ {
		// Just beyond the magnitudes that a figure takes, so that no edge is 0 or infinite.
		edge := math.Pow(10, min(max(k/perDecade, -301), 301))
		if whole {
			// Whole numbers from the ceiling on belong to the bin.
			edge = math.Ceil(edge*(1-1e-12)) - 0.5
		}
		if len(edges) > 0 && edge <= edges[len(edges)-1] {
			continue
		}
		edges = append(edges, edge)
		if len(edges) > 1 && edge > w.highest() {
			break
		}
	}
	if len(edges) > 2 && edges[1] <= w.lowest() {
		edges = edges[1:]
	}
	edges[0] = min(edges[0], w.lowest())
	return edges, rule
}
