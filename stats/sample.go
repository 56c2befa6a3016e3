package stats

import (
	"math"
	"sort"
)

// A sample is the sorted distinct values of one variable, how often each occurs,
// and the counts added up: what every function of one variable works on. Its
// values are finite and strictly ascending, its counts positive.
type sample struct {
	values []float64
	counts []int64
	upTo   []int64 // upTo[i] values are at or below values[i]
}

// newSample keeps the values that occur. Counts of another length than the
// values make no sample: it is empty.
func newSample(values []float64, counts []int64) sample {
	if len(values) != len(counts) {
		return sample{}
	}
	s := sample{
		values: make([]float64, 0, len(values)),
		counts: make([]int64, 0, len(values)),
		upTo:   make([]int64, 0, len(values)),
	}
	total := int64(0)
	for i, c := range counts {
		if c > 0 {
			total += c
			s.values = append(s.values, values[i])
			s.counts = append(s.counts, c)
			s.upTo = append(s.upTo, total)
		}
	}
	return s
}

// n returns the number of values.
func (s sample) n() int64 {
	if len(s.upTo) == 0 {
		return 0
	}
	return s.upTo[len(s.upTo)-1]
}

// at returns the value of the given rank, 0 for the smallest.
func (s sample) at(rank int64) float64 {
	return s.values[sort.Search(len(s.upTo), func(i int) bool { return s.upTo[i] > rank })]
}

// quantile returns the type 7 quantile.
func (s sample) quantile(p float64) float64 { return quantile(s.n(), p, s.at) }

// moments returns the moments of the sample and its sum.
func (s sample) moments() exactMoments { return momentsOf(s.values, s.counts) }

// below returns how many values are less than x.
func (s sample) below(x float64) int64 {
	i := sort.SearchFloat64s(s.values, x)
	if i == 0 {
		return 0
	}
	return s.upTo[i-1]
}

// above returns how many values are greater than x.
func (s sample) above(x float64) int64 {
	i := sort.Search(len(s.values), func(i int) bool { return s.values[i] > x })
	if i == 0 {
		return s.n()
	}
	return s.n() - s.upTo[i-1]
}

// count returns how many values equal x.
func (s sample) count(x float64) int64 { return s.n() - s.below(x) - s.above(x) }

// medianDeviation returns the median of the distances |x − centre|. They come in
// ascending order when the values are walked outwards from the centre, so no
// sorting is needed.
func (s sample) medianDeviation(centre float64) float64 {
	right := sort.SearchFloat64s(s.values, centre)
	left := right - 1
	passed := int64(0)
	deviation := 0.0
	deviationAt := func(rank int64) float64 { // ranks must not go down
		for passed <= rank {
			takeLeft := right == len(s.values) || left >= 0 && centre-s.values[left] <= s.values[right]-centre
			if takeLeft {
				deviation, passed, left = centre-s.values[left], passed+s.counts[left], left-1
			} else {
				deviation, passed, right = s.values[right]-centre, passed+s.counts[right], right+1
			}
		}
		return deviation
	}
	return quantile(s.n(), 0.5, deviationAt)
}

// trimmedMean returns the mean without the ⌊n·fraction⌋ smallest and as many of
// the largest values, for a fraction below one half.
func (s sample) trimmedMean(fraction float64) float64 {
	n := s.n()
	if n == 0 {
		return math.NaN()
	}
	cut := int64(float64(n) * fraction)
	exp := powerRange(s.values[0], s.values[len(s.values)-1])
	scale := math.Ldexp(1, -exp)
	var sum compensated
	for i, upTo := range s.upTo {
		kept := min(upTo, n-cut) - max(upTo-s.counts[i], cut)
		if kept > 0 {
			sum = sum.addProduct(s.values[i]*scale, float64(kept))
		}
	}
	return math.Ldexp(sum.over(float64(n-2*cut)).value(), exp)
}

// entropy returns the Shannon entropy −Σ p log p of the shares of the counts in
// nats; NaN if they are all 0.
func entropy(counts []int64) float64 {
	total := int64(0)
	for _, c := range counts {
		total += c
	}
	if total == 0 {
		return math.NaN()
	}
	var sum compensated
	last, term := int64(0), 0.0 // neighbouring counts are often equal
	for _, c := range counts {
		if c != last {
			last, term = c, surprise(c, total)
		}
		sum = sum.add(term)
	}
	return sum.value()
}

// surprise returns −p log p of the share p = c/total, exact for shares near one.
func surprise(c, total int64) float64 {
	if c <= 0 || c == total {
		return 0
	}
	p, rest := float64(c)/float64(total), float64(total-c)/float64(total)
	if p > 0.5 {
		return -p * math.Log1p(-rest)
	}
	return -p * math.Log(p)
}

// mode returns the most frequent value, the smallest if there are several, and
// how often it occurs; NaN and 0 for the empty sample.
func (s sample) mode() (value float64, count int64) {
	value = math.NaN()
	for i, c := range s.counts {
		if c > count {
			value, count = s.values[i], c
		}
	}
	return value, count
}
