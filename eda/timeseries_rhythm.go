package eda

import (
	"cmp"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// A Period is a span after which a series may repeat itself.
type Period struct {
	Name    string  // "hour", "day" or "week"
	Seconds float64 // its length
	Steps   int
	Cycles  float64 // how often it fits

	// All of the series with its spikes, which would hide what repeats, set to the
	// rolling median, and of log(1+x) where no value is negative.
	ACF      float64 // autocorrelation after one period
	Rise     float64 // see stats.PeriodScore
	Strength float64 // share of variation that the figure explains that was made from it
	Skill    float64 // and that the figure of the other cycles explains, see stats.CycleSkill

	Supported bool // whether the data show the rhythm
}

// What it takes to say that a series has a rhythm. These are conventions: as many
// cycles, and at least this share of the variation foretold by the other cycles.
const (
	rhythmCycles = 3
	rhythmSkill  = 0.1
)

// periods tries hour, day and week.
func (t *TimeSeries) periods(s *Series) []Period {
	if t.RowOrder() {
		return nil
	}
	x := s.steady()
	found := map[int]Period{}
	var candidates []int
	for _, p := range []Period{{Name: "hour", Seconds: hour}, {Name: "day", Seconds: day}, {Name: "week", Seconds: week}} {
		steps := math.Round(p.Seconds / t.Step)
		if steps < 2 || 2*steps > float64(len(x)) || math.Abs(steps*t.Step-p.Seconds) > 1e-9*p.Seconds {
			continue
		}
		p.Steps, p.Cycles = int(steps), float64(len(x))/steps
		candidates = append(candidates, p.Steps)
		found[p.Steps] = p
	}
	if len(candidates) == 0 {
		return nil
	}
	scores, err := stats.RankPeriods(x, candidates)
	if err != nil {
		return nil // what is left does not vary
	}
	bound := stats.NormalQuantile(0.975) / math.Sqrt(float64(len(x)))
	var out []Period
	for _, score := range scores {
		p := found[score.Period]
		p.ACF, p.Rise, p.Strength, p.Skill = score.ACF, score.Rise, math.NaN(), math.NaN()
		if d, err := stats.Decompose(x, p.Steps); err == nil {
			p.Strength = d.SeasonalStrength
		}
		if skill, err := stats.CycleSkill(x, p.Steps); err == nil {
			p.Skill = skill
		}
		p.Supported = p.Cycles >= rhythmCycles && p.Skill >= rhythmSkill && p.ACF > bound
		out = append(out, p)
	}
	return out
}

// Rhythm returns the period with which a series is best foretold, nil if the data
// show none. A week is only chosen where it foretells clearly more than a day.
func (s *Series) Rhythm() *Period {
	var best *Period
	byLength := slices.SortedFunc(slices.Values(s.Periods), func(a, b Period) int { return cmp.Compare(a.Steps, b.Steps) })
	for i := range byLength {
		p := &byLength[i]
		if p.Supported && (best == nil || p.Skill > best.Skill+0.05) {
			best = p
		}
	}
	return best
}

// calm returns the stretch that the tests look at with its spikes set to the rolling
// median.
func (s *Series) calm() []float64 {
	x := slices.Clone(s.stretch())
	for _, p := range s.Spikes {
		if i := p.Index - s.First; i >= 0 && i < len(x) {
			x[i] = p.Median
		}
	}
	return x
}

// A Level is a stretch of a series with one mean.
type Level struct {
	First, Last int // steps
	N           int64
	Typical     float64 // mean but for spikes, by way of log(1+x) where no value is negative
	// Shift is the change from the stretch before with the rhythm taken off, of
	// log(1+x) where no value is negative; NaN of the first.
	Shift float64
}

// steady returns the calm series, by logarithms where no value is negative: there,
// noise and rhythm grow with the level.
func (s *Series) steady() []float64 {
	if s.Summary.Min >= 0 {
		return logarithms(s.calm())
	}
	return s.calm()
}

// levels cuts the steady series, without its rhythm if it has one, where its mean
// changes. Stretches of less than minLevel steps are no level: they go to the one
// before, and what lies on both sides becomes one level unless a change between them
// is worth its price too.
func (s *Series) levels() []Level {
	x := s.steady()
	if p := s.Rhythm(); p != nil {
		if d, err := stats.Decompose(x, p.Steps); err == nil {
			for i := range x {
				x[i] -= d.Seasonal[i]
			}
		}
	}
	found, err := stats.ChangePoints(x, stats.ChangePointOptions{Penalty: changePenalty(x)})
	if err != nil {
		return nil
	}
	var cut []stretch
	for _, g := range found.Segments {
		m, err := stats.MomentsOf(x[g.First : g.Last+1])
		if err != nil {
			return nil
		}
		cut = append(cut, stretch{g.First, g.Last, m})
	}
	return s.described(joinAlike(joinShort(cut), found.Penalty*found.Noise*found.Noise))
}

// A stretch is some steps and the moments of those that it is judged by.
type stretch struct {
	first, last int
	moments     stats.Moments
}

// minLevel is the least length of a level in steps.
const minLevel = 4

// joinShort gives the steps of short stretches, but not their values, to the stretch
// before, or at the beginning to the one behind.
func joinShort(cut []stretch) []stretch {
	var out []stretch
	begin := 0 // of the next stretch
	for _, c := range cut {
		switch {
		case c.last-c.first+1 >= minLevel:
			out = append(out, stretch{begin, c.last, c.moments})
			begin = c.last + 1
		case len(out) > 0:
			out[len(out)-1].last = c.last
			begin = c.last + 1
		}
	}
	if len(out) > 0 {
		return out
	}
	// There are but short ones: one level.
	all := cut[0]
	for _, c := range cut[1:] {
		all.last = c.last
		all.moments.Merge(c.moments)
	}
	return []stretch{all}
}

// joinAlike joins neighbours whose difference saves less than the price of a change.
func joinAlike(cut []stretch, price float64) []stretch {
	var out []stretch
	for _, c := range cut {
		for len(out) > 0 {
			a, b := out[len(out)-1].moments, c.moments
			d := b.Mean - a.Mean
			if d*d*float64(a.N)*float64(b.N)/float64(a.N+b.N) > price {
				break
			}
			a.Merge(b)
			c = stretch{out[len(out)-1].first, c.last, a}
			out = out[:len(out)-1]
		}
		out = append(out, c)
	}
	return out
}

// described returns stretches as levels of the series.
func (s *Series) described(cut []stretch) []Level {
	steady := s.steady()
	var out []Level
	for i, c := range cut {
		m, err := stats.MomentsOf(steady[c.first : c.last+1])
		if err != nil {
			return nil
		}
		level := Level{First: s.First + c.first, Last: s.First + c.last, N: int64(c.last - c.first + 1), Typical: m.Mean, Shift: math.NaN()}
		if s.Summary.Min >= 0 {
			level.Typical = math.Expm1(m.Mean)
		}
		if i > 0 {
			level.Shift = c.moments.Mean - cut[i-1].moments.Mean
		}
		out = append(out, level)
	}
	return out
}

// changePenalty is the price of one more change for ChangePoints. Neighbours that go
// with each other need a higher one than the 2·log n of independent ones: with the
// correlation ρ of an autoregression the variance of a mean is (1+ρ)/(1−ρ) times as
// large, and the noise that is estimated from differences smaller by √(1−ρ).
func changePenalty(x []float64) float64 {
	ρ := neighbourCorrelation(x)
	return 2 * math.Log(float64(len(x))) * (1 + ρ) / ((1 - ρ) * (1 - ρ))
}

// neighbourCorrelation estimates the coefficient of a first-order autoregression,
// from 0 to 0.9, from how differences go with each other: r₁ = −(1−ρ)/2. Unlike the
// first autocorrelation of the values it hardly sees changes of level.
func neighbourCorrelation(x []float64) float64 {
	d := make([]float64, len(x)-1)
	for i := range d {
		d[i] = x[i+1] - x[i]
	}
	r, err := stats.Autocorrelation(d, 1)
	if err != nil {
		return 0
	}
	return max(0, min(1+2*r, 0.9))
}

// An HourLevel is a series in one hour of the day, UTC.
type HourLevel struct {
	Series            string
	Hour              int
	N                 int64 // steps
	Mean, Median, Max float64
}

// hourLevels describes the hours of the day, for two days and more and for steps
// that do not reach beyond an hour.
func (t *TimeSeries) hourLevels() []HourLevel {
	if t.RowOrder() || t.Step > hour || t.Last-t.First < 2*day {
		return nil
	}
	var out []HourLevel
	for i := range t.Series {
		var hours [24][]float64
		for k, x := range t.Series[i].Values {
			if !math.IsNaN(x) {
				h := int(math.Floor(math.Mod(t.At(k), day) / hour))
				h = (h + 24) % 24
				hours[h] = append(hours[h], x)
			}
		}
		for h, x := range hours {
			level := HourLevel{Series: t.Series[i].Name, Hour: h, N: int64(len(x)), Mean: math.NaN(), Median: math.NaN(), Max: math.NaN()}
			if m, err := stats.MomentsOf(x); err == nil && len(x) > 0 {
				slices.Sort(x)
				level.Mean, level.Median, level.Max = m.Mean, stats.Quantiles(x, 0.5)[0], m.Max
			}
			out = append(out, level)
		}
	}
	return out
}
