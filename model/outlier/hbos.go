package outlier

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// HBOS is the settings of the histogram-based outlier score [1]: each column adds the
// logarithm of the height of its highest bin over that of the row's bin. Columns
// count as independent.
//
// Bins of numbers are of equal width; levels are bins as they are, and a missing
// number or level is one more. A bin without a training row, and all beyond the
// range of these, counts as if it had half a row. A weight of 2 is two rows. Heavy
// tails leave most rows in one bin: log1p or ranks before help.
//
// [1] M. Goldstein and A. Dengel (2012), "Histogram-based outlier score (HBOS): a fast
// unsupervised anomaly detection algorithm", KI-2012 Poster and Demo Track, 59–63.
type HBOS struct {
	Bins int    `json:"bins,omitempty"` // of each column; default: by the rule
	Rule string `json:"rule,omitempty"` // "fd" (default), by Freedman and Diaconis, or "sqrt", the root of the rows, which also serves where half of the numbers are the same
}

// HBOSModel is a fitted HBOS.
type HBOSModel struct {
	Columns    []learn.Column `json:"columns"`
	Histograms []Histogram    `json:"histograms"` // by column
}

// A Histogram is what one column adds to the score.
type Histogram struct {
	Low     float64      `json:"low,omitempty"`   // of numbers: the least of training
	High    float64      `json:"high,omitempty"`  // and the largest
	Costs   learn.Floats `json:"costs,omitempty"` // by bin or level
	Outside float64      `json:"outside"`         // of a number beyond low and high
	Missing float64      `json:"missing"`         // of a missing number or level
}

const kindHBOS = "hbos"

// Choices of HBOS.Rule.
const (
	SquareRoot       = "sqrt"
	FreedmanDiaconis = "fd"
)

const (
	maxBins  = 100_000
	ruleBins = 10_000 // that a rule makes at most
	emptyBin = 0.5    // rows that a bin without rows counts as
)

// Kind is "hbos".
func (HBOS) Kind() string { return kindHBOS }

// Space is what is worth a search.
func (HBOS) Space() []learn.Dimension {
	return []learn.Dimension{{Name: "bins", Low: 5, High: 500, Log: true, Whole: true}}
}

// Fit counts. Beside the errors of learn.CheckFit it returns ErrSetting.
func (s HBOS) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, err := s.fit(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("hbos: %w", err)
	}
	return m, nil
}

func (s HBOS) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*HBOSModel, error) {
	s.Rule = or(s.Rule, FreedmanDiaconis)
	switch {
	case s.Bins < 0 || s.Bins > maxBins:
		return nil, wrong("bins", s.Bins, fmt.Sprintf("1 to %d, or 0 for the rule", maxBins))
	case s.Rule != SquareRoot && s.Rule != FreedmanDiaconis:
		return nil, wrong("rule", fmt.Sprintf("%q", s.Rule), `"fd" or "sqrt"`)
	}
	rows, weights, _, err := training(ctx, x, y, true)
	if err != nil {
		return nil, err
	}
	r.Report(0, 1)
	m := &HBOSModel{Columns: x.Columns, Histograms: make([]Histogram, len(x.Columns))}
	err = parallel.Each(ctx, len(x.Columns), r.Workers, func(j int) error {
		if x.Columns[j].Coded() {
			m.Histograms[j] = levelHistogram(rows.Codes[j], len(x.Columns[j].Levels), weights)
		} else {
			m.Histograms[j] = s.histogram(rows.Numbers[j], weights)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.Report(1, 1)
	return m, nil
}

func levelHistogram(codes []int32, levels int, weights []float64) Histogram {
	counts, missing := make([]float64, levels), 0.0
	for i, c := range codes {
		if c < 0 {
			missing += weightOf(weights, i)
		} else {
			counts[c] += weightOf(weights, i)
		}
	}
	return histogramOf(counts, missing)
}

// histogramOf makes costs of counts.
func histogramOf(counts []float64, missing float64) Histogram {
	top := max(missing, emptyBin)
	for _, c := range counts {
		top = max(top, c)
	}
	cost := func(count float64) float64 {
		if count == 0 {
			count = emptyBin
		}
		return math.Log(top / count)
	}
	h := Histogram{Costs: make(learn.Floats, len(counts)), Outside: cost(0), Missing: cost(missing)}
	for b, c := range counts {
		h.Costs[b] = cost(c)
	}
	return h
}

// histogram counts numbers.
func (s *HBOS) histogram(v, weights []float64) Histogram {
	low, high, missing, total := math.Inf(1), math.Inf(-1), 0.0, 0.0
	for i, a := range v {
		if a != a {
			missing += weightOf(weights, i)
			continue
		}
		low, high = min(low, a), max(high, a)
		total += weightOf(weights, i)
	}
	if low > high {
		return histogramOf(nil, missing)
	}
	h := Histogram{Low: low, High: high, Costs: make(learn.Floats, s.binsFor(v, weights, low, high, total))}
	counts := make([]float64, len(h.Costs))
	place := h.places()
	for i, a := range v {
		if a == a {
			counts[place(a)] += weightOf(weights, i)
		}
	}
	out := histogramOf(counts, missing)
	out.Low, out.High = low, high
	return out
}

// binsFor returns the number of bins for numbers of a range.
func (s *HBOS) binsFor(v, weights []float64, low, high, total float64) int {
	if low == high {
		return 1
	}
	if s.Bins > 0 {
		return s.Bins
	}
	bins := math.Sqrt(total)
	if s.Rule == FreedmanDiaconis {
		q1, q3 := quartiles(v, weights)
		if width := 2 * (q3 - q1) / math.Cbrt(total); width > 0 {
			bins = math.Ceil((high - low) / width)
		}
	}
	return int(min(max(math.Round(bins), 1), ruleBins))
}

// quartiles are the least numbers that a quarter, and three quarters, of the weight do
// not exceed.
func quartiles(v, weights []float64) (q1, q3 float64) {
	if weights == nil {
		known := slices.DeleteFunc(slices.Clone(v), func(a float64) bool { return a != a })
		n := len(known)
		q3 = selected(known, (3*n+3)/4-1)
		return selected(known[:(3*n+3)/4], (n+3)/4-1), q3
	}
	d := weightedDistribution(v, weights)
	total := d.upTo[len(d.upTo)-1]
	at := func(share float64) float64 {
		i, _ := slices.BinarySearch(d.upTo, share*total)
		return d.values[min(i, len(d.values)-1)]
	}
	return at(0.25), at(0.75)
}

// selected returns the value that would be at a place if the values were sorted, and
// brings it there, with none that is larger before it: quickselect, which gives way to
// sorting where it does not get on.
func selected(v []float64, place int) float64 {
	low, high := 0, len(v)-1
	for round := 0; low < high; round++ {
		if round > 60 {
			slices.Sort(v[low : high+1])
			break
		}
		a, b, c := v[low], v[low+(high-low)/2], v[high]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case place <= j:
			high = j
		case place >= i:
			low = i
		default:
			return v[place]
		}
	}
	return v[place]
}

// places returns a function from numbers between low and high to bins.
func (h *Histogram) places() func(float64) int {
	bins := len(h.Costs)
	last := bins - 1
	scale := float64(bins) / (h.High - h.Low)
	if bins == 1 || !(scale > 0 && scale <= math.MaxFloat64) {
		return func(float64) int { return 0 }
	}
	return func(v float64) int {
		if at := (v - h.Low) * scale; at < float64(last) {
			return int(at)
		}
		return last
	}
}

// Kind is "hbos".
func (*HBOSModel) Kind() string { return kindHBOS }

// Inputs are the columns it was fitted to.
func (m *HBOSModel) Inputs() []learn.Column { return m.Columns }

// Score writes the sum of what the columns add.
func (m *HBOSModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.Columns, true)
	if err != nil {
		return fmt.Errorf("hbos: %w", err)
	}
	return addColumns(dst, x, func(j int, dst []float64, from, to int) { m.Histograms[j].add(dst, x, j, from, to) })
}

// addColumns scores rows block by block as the sum of what columns add to them.
func addColumns(dst []float64, x *learn.Matrix, add func(j int, dst []float64, from, to int)) error {
	const together = 4096 // rows of a column that are looked up in a go
	blocks := (x.Rows + together - 1) / together
	work := func(b int) error {
		from, to := b*together, min((b+1)*together, x.Rows)
		clear(dst[from:to])
		for j := range x.Columns {
			add(j, dst[from:to], from, to)
		}
		return nil
	}
	if blocks == 1 {
		return work(0)
	}
	return parallel.Each(context.Background(), blocks, 0, work)
}

// add adds the costs of the rows from..to.
func (h *Histogram) add(dst []float64, x *learn.Matrix, j, from, to int) {
	if x.Columns[j].Coded() {
		for i, c := range x.Codes[j][from:to] {
			if c < 0 {
				dst[i] += h.Missing
			} else {
				dst[i] += h.Costs[c]
			}
		}
		return
	}
	place := h.places()
	for i, v := range x.Numbers[j][from:to] {
		switch {
		case v != v:
			dst[i] += h.Missing
		case len(h.Costs) == 0 || v < h.Low || v > h.High:
			dst[i] += h.Outside
		default:
			dst[i] += h.Costs[place(v)]
		}
	}
}

// Explain tells what each column adds.
func (m *HBOSModel) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	x, err := bind(x, m.Columns, true)
	if err != nil {
		return nil, fmt.Errorf("hbos: %w", err)
	}
	out := newExplanation("score", len(m.Columns), x.Rows)
	for j := range m.Histograms {
		m.Histograms[j].add(out.Parts[j], x, j, 0, x.Rows)
	}
	sumUp(out)
	return out, nil
}

// Check returns an error unless the model is whole.
func (m *HBOSModel) Check() error {
	if err := checkColumns(kindHBOS, m.Columns); err != nil {
		return err
	}
	if len(m.Histograms) != len(m.Columns) {
		return learn.Broken(kindHBOS, "%d columns and %d histograms", len(m.Columns), len(m.Histograms))
	}
	for j := range m.Histograms {
		h, c := &m.Histograms[j], &m.Columns[j]
		if c.Coded() && len(h.Costs) != len(c.Levels) || !h.Costs.Finite() || !(learn.Floats{h.Low, h.High, h.Outside, h.Missing}).Finite() || h.Low > h.High {
			return learn.Broken(kindHBOS, "the histogram of column %q", c.Name)
		}
	}
	return nil
}
