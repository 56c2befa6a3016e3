package stats

import "math"

// tableShares are the cells of a confusion as shares of all rows, with what measures of
// it are made of.
type tableShares struct {
	cells                  [][]float64
	diagonal, truth, taken []float64 // by class: hits, rows of it, rows taken for it
	withRows, occurring    int       // classes that are a truth; that are a truth or a prediction
	n                      float64   // effective number of rows
}

func (c *Confusion) shares() *tableShares {
	total := c.Total()
	cells := make([][]float64, len(c.Counts))
	for i, row := range c.Counts {
		cells[i] = make([]float64, len(row))
		for j, n := range row {
			cells[i][j] = n / total
		}
	}
	return sharesOf(cells, total*total/c.Squares)
}

func sharesOf(cells [][]float64, n float64) *tableShares {
	k := len(cells)
	t := &tableShares{cells: cells, diagonal: make([]float64, k), truth: make([]float64, k), taken: make([]float64, k), n: n}
	for i, row := range cells {
		t.diagonal[i] = row[i]
		t.truth[i] = sumOf(row)
		for j, p := range row {
			t.taken[j] += p
		}
	}
	for i := range cells {
		if t.truth[i] > 0 {
			t.withRows++
		}
		if t.occurs(i) {
			t.occurring++
		}
	}
	return t
}

func (t *tableShares) occurs(i int) bool { return t.truth[i] > 0 || t.taken[i] > 0 }

// A tableMeasure is the value of a measure and its gradient: that by cell i, j is
// byTruth[i] + byTaken[j], and byHit[i] more on the diagonal.
type tableMeasure struct {
	value                   float64
	byHit, byTruth, byTaken []float64
}

func newTableMeasure(classes int) tableMeasure {
	return tableMeasure{byHit: make([]float64, classes), byTruth: make([]float64, classes), byTaken: make([]float64, classes)}
}

// variance returns that of a measure, for one row.
func (t *tableShares) variance(m tableMeasure) float64 {
	var g gradientMoments
	for i, row := range t.cells {
		for j, p := range row {
			slope := m.byTruth[i] + m.byTaken[j]
			if i == j {
				slope += m.byHit[i]
			}
			g.add(p, slope)
		}
	}
	return g.variance()
}

// A measureScale maps a measure to where its interval is symmetric, and back. Slope is
// the derivative.
type measureScale struct {
	lowest, highest  float64 // of the measure
	to, from, slopes func(float64) float64
}

var (
	kappaScale = measureScale{-1, 1, func(v float64) float64 { return v }, func(v float64) float64 { return v }, func(float64) float64 { return 1 }}

	fisherScale = measureScale{-1, 1, math.Atanh, math.Tanh, func(v float64) float64 { return 1 / (1 - v*v) }}

	logitScale = measureScale{0, 1, logit, expit, func(v float64) float64 { return 1 / (v * (1 - v)) }}
)

func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// expit returns 1/(1+exp(−x)).
func expit(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// interval returns that of an estimate with a standard error.
func (s *measureScale) interval(value, se, level float64) Interval {
	half := NormalQuantile((1+level)/2) * se * s.slopes(value)
	at := s.to(value)
	return Interval{Low: max(s.lowest, s.from(at-half)), High: min(s.highest, s.from(at+half)), Level: level}
}

// delta returns a measure with the interval of the delta method.
func (t *tableShares) delta(of func(*tableShares) tableMeasure, scale measureScale, level float64) Measure {
	m := of(t)
	if math.IsNaN(m.value) {
		return undefinedMeasure()
	}
	out := Measure{Value: min(max(m.value, scale.lowest), scale.highest)}
	const rounding = 1e-13
	inside := m.value > scale.lowest+rounding && m.value < scale.highest-rounding
	if v := t.variance(m); v > rounding*rounding && inside {
		out.CI = scale.interval(m.value, math.Sqrt(v/t.n), level)
		return out
	}
	if t.occurring == 1 { // one cell, as of a share without a failure
		return shareMeasure(out.Value, t.n, level)
	}
	z := NormalQuantile((1 + level) / 2)
	s := t.spread(z * z)
	m = of(s)
	out.CI = scale.interval(m.value, math.Sqrt(s.variance(m)/s.n), level)
	out.CI.Low, out.CI.High = min(out.CI.Low, out.Value), max(out.CI.High, out.Value)
	return out
}

// spread adds so many rows, evenly over the cells of the classes that occur.
func (t *tableShares) spread(rows float64) *tableShares {
	cells := make([][]float64, len(t.cells))
	each := rows / float64(t.occurring*t.occurring) / (t.n + rows)
	for i, row := range t.cells {
		cells[i] = make([]float64, len(row))
		for j, p := range row {
			cells[i][j] = p * t.n / (t.n + rows)
			if t.occurs(i) && t.occurs(j) {
				cells[i][j] += each
			}
		}
	}
	return sharesOf(cells, t.n+rows)
}

// mcc is Gorodkin's correlation of truth and prediction.
func (t *tableShares) mcc() tableMeasure {
	hits, chance, truths, takens := sumOf(t.diagonal), 0.0, 0.0, 0.0
	for i := range t.truth {
		chance += t.truth[i] * t.taken[i]
		truths += t.truth[i] * t.truth[i]
		takens += t.taken[i] * t.taken[i]
	}
	const rounding = 1e-14
	ofTruth, ofTaken := 1-truths, 1-takens
	m := newTableMeasure(len(t.truth))
	if ofTruth < rounding || ofTaken < rounding {
		m.value = math.NaN()
		return m
	}
	spread := math.Sqrt(ofTruth * ofTaken)
	m.value = (hits - chance) / spread
	for i := range t.truth {
		m.byHit[i] = 1 / spread
		m.byTruth[i] = -t.taken[i]/spread + m.value*t.truth[i]/ofTruth
		m.byTaken[i] = -t.truth[i]/spread + m.value*t.taken[i]/ofTaken
	}
	return m
}

// kappa is Cohen's agreement beyond chance.
func (t *tableShares) kappa() tableMeasure {
	hits, chance := sumOf(t.diagonal), 0.0
	for i := range t.truth {
		chance += t.truth[i] * t.taken[i]
	}
	const rounding = 1e-14
	m := newTableMeasure(len(t.truth))
	if 1-chance < rounding {
		m.value = math.NaN()
		return m
	}
	m.value = (hits - chance) / (1 - chance)
	byChance := (hits - 1) / ((1 - chance) * (1 - chance))
	for i := range t.truth {
		m.byHit[i] = 1 / (1 - chance)
		m.byTruth[i] = byChance * t.taken[i]
		m.byTaken[i] = byChance * t.truth[i]
	}
	return m
}

// macroF1 is the mean F1 of the classes that occur.
func (t *tableShares) macroF1() tableMeasure {
	m := newTableMeasure(len(t.truth))
	n := float64(t.occurring)
	for i, hit := range t.diagonal {
		both := t.truth[i] + t.taken[i]
		if both == 0 {
			continue
		}
		m.value += 2 * hit / both / n
		m.byHit[i] = 2 / both / n
		m.byTruth[i] = -2 * hit / (both * both) / n
		m.byTaken[i] = m.byTruth[i]
	}
	return m
}

// weightedF1 is the mean F1 by support.
func (t *tableShares) weightedF1() tableMeasure {
	m := newTableMeasure(len(t.truth))
	for i, hit := range t.diagonal {
		both := t.truth[i] + t.taken[i]
		if both == 0 {
			continue
		}
		f1 := 2 * hit / both
		m.value += t.truth[i] * f1
		m.byHit[i] = 2 * t.truth[i] / both
		m.byTaken[i] = -t.truth[i] * f1 / both
		m.byTruth[i] = f1 + m.byTaken[i]
	}
	return m
}

// weightedPrecision is the mean precision by support; 0 for a class that was never
// predicted.
func (t *tableShares) weightedPrecision() tableMeasure {
	m := newTableMeasure(len(t.truth))
	for i, hit := range t.diagonal {
		if t.taken[i] == 0 {
			continue
		}
		precision := hit / t.taken[i]
		m.value += t.truth[i] * precision
		m.byHit[i] = t.truth[i] / t.taken[i]
		m.byTruth[i] = precision
		m.byTaken[i] = -t.truth[i] * precision / t.taken[i]
	}
	return m
}
