package stats

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// A BootstrapMeans is the intervals of a difference of means, raw and in pooled standard
// deviations, that do not take the values to be normal.
type BootstrapMeans struct {
	Difference, D         float64
	DifferenceCI, DCI     Interval
	Replicates, Undefined int // Undefined: replicates in which nothing varied, which are left out
}

// BootstrapDifference returns bias-corrected and accelerated (BCa) intervals [1] of the
// difference of the means of the two groups of t and of Cohen's d, from samples drawn
// with replacement from each group. The acceleration comes from the influence of each
// value, not from a jackknife, so it costs next to nothing. BCa intervals are right to
// second order, but no resampling helps where a few values make the mean: then look at
// ranks and trimmed means.
//
// The error wraps ErrTooFew if a group has fewer than two values, ErrConstant if neither
// varies and ErrNotFinite if the moments are not finite; replicates that are too few or
// take too long are refused.
//
// [1] B. Efron (1987), "Better bootstrap confidence intervals", J. Amer. Statist. Assoc.
// 82, 171–185.
func BootstrapDifference(ctx context.Context, t Tally, level float64, o Resampling) (BootstrapMeans, error) {
	if len(t.Counts) != 2 {
		return BootstrapMeans{}, fmt.Errorf("bootstrap of %d groups: want two", len(t.Counts))
	}
	a, b := t.Moments(0), t.Moments(1)
	if a.N < 2 || b.N < 2 {
		return BootstrapMeans{}, fmt.Errorf("bootstrap of %d and %d values: %w", a.N, b.N, ErrTooFew)
	}
	d, err := CohensD(a, b, LargeSample, level)
	if err != nil {
		return BootstrapMeans{}, err
	}
	if err := o.check(t.Total()); err != nil {
		return BootstrapMeans{}, fmt.Errorf("bootstrap: %w", err)
	}
	first, second := newAliasTable(t.group(0)), newAliasTable(t.group(1))
	shift := a.Mean - b.Mean // of the centres
	differences, ds := make([]float64, o.Replicates), make([]float64, o.Replicates)
	err = o.each(ctx, func(k int, _ *[]float64, random *rand.PCG) {
		x, y := first.redrawn(random).moments(), second.redrawn(random).moments()
		differences[k] = shift + x.Mean - y.Mean
		ds[k] = differences[k] / pooledSD(x, y)
	})
	if err != nil {
		return BootstrapMeans{}, err
	}
	ds = slices.DeleteFunc(ds, func(d float64) bool { return math.IsNaN(d - d) })
	byMean, byD := influences(t, a, b, d.Value)
	return BootstrapMeans{
		Difference: shift, D: d.Value, Replicates: o.Replicates, Undefined: o.Replicates - len(ds),
		DifferenceCI: bcaInterval(differences, shift, byMean, level),
		DCI:          bcaInterval(ds, d.Value, byD, level),
	}, nil
}

// BootstrapMean is BootstrapDifference for the mean of all values of t: Difference is
// the mean, and D its distance from mu in standard deviations.
func BootstrapMean(ctx context.Context, t Tally, mu, level float64, o Resampling) (BootstrapMeans, error) {
	s := t.pooled()
	m := s.moments().unscaled()
	d, err := CohensDOneSample(m, mu, level)
	if err != nil {
		return BootstrapMeans{}, err
	}
	if err := o.check(m.N); err != nil {
		return BootstrapMeans{}, fmt.Errorf("bootstrap: %w", err)
	}
	table := newAliasTable(s)
	means, ds := make([]float64, o.Replicates), make([]float64, o.Replicates)
	err = o.each(ctx, func(k int, _ *[]float64, random *rand.PCG) {
		x := table.redrawn(random).moments()
		means[k] = m.Mean + x.Mean
		ds[k] = (means[k] - mu) / x.SD()
	})
	if err != nil {
		return BootstrapMeans{}, err
	}
	ds = slices.DeleteFunc(ds, func(d float64) bool { return math.IsNaN(d - d) })
	var mean, standardized influence
	n, variance := float64(m.N), m.Variance()
	for i, x := range s.values {
		e := (x - m.Mean) / math.Sqrt(variance)
		mean.add(e, s.counts[i])
		standardized.add(e-d.Value*(e*e-m.M2/n/variance)/2, s.counts[i])
	}
	return BootstrapMeans{
		Difference: m.Mean, D: d.Value, Replicates: o.Replicates, Undefined: o.Replicates - len(ds),
		DifferenceCI: bcaInterval(means, m.Mean, mean.acceleration(), level),
		DCI:          bcaInterval(ds, d.Value, standardized.acceleration(), level),
	}, nil
}

// An aliasTable draws values of a sample with their frequencies, in constant time from
// a table of the distinct ones: each cell holds a value, and another that takes the
// place of the share that the first leaves over.
//
// A. J. Walker (1977), "An efficient method for generating discrete random variables
// with general distributions", ACM Transactions on Mathematical Software 3, 253–256.
type aliasTable struct {
	n     int64
	cells []aliasCell
}

type aliasCell struct {
	value, other float64 // less the mean, so that sums of squares lose no digits
	share        uint64  // of the first value, in 2⁻⁶⁴
}

func newAliasTable(s sample) aliasTable {
	mean := s.moments().unscaled().Mean
	t := aliasTable{n: s.n(), cells: make([]aliasCell, len(s.values))}
	share := make([]float64, len(s.values)) // of a cell that the value would fill
	var small, large []int
	for i, x := range s.values {
		t.cells[i] = aliasCell{value: x - mean, other: x - mean, share: math.MaxUint64}
		share[i] = float64(s.counts[i]) / float64(t.n) * float64(len(s.values))
		if share[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		i, j := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		t.cells[i].share = uint64(math.Ldexp(share[i], 64))
		t.cells[i].other = t.cells[j].value
		if share[j] -= 1 - share[i]; share[j] < 1 {
			small, large = append(small, j), large[:len(large)-1]
		}
	}
	return t
}

// redrawn sums as many values as there are, drawn with replacement.
func (t *aliasTable) redrawn(random *rand.PCG) shiftedSum {
	s := shiftedSum{n: t.n}
	for range t.n {
		// The whole part of the product chooses the cell, its fraction the value.
		i, fraction := bits.Mul64(random.Uint64(), uint64(len(t.cells)))
		x := t.cells[i].value
		if fraction > t.cells[i].share {
			x = t.cells[i].other
		}
		s.sum += x
		s.squares += x * x
	}
	return s
}

// An influence sums the squares and cubes of what single values do to an estimate.
type influence struct{ squares, cubes compensated }

func (f *influence) add(l float64, n int64) {
	f.squares = f.squares.addProduct(l*l, float64(n))
	f.cubes = f.cubes.addProduct(l*l*l, float64(n))
}

// acceleration returns Efron's a.
func (f *influence) acceleration() float64 {
	a := f.cubes.value() / (6 * math.Pow(f.squares.value(), 1.5))
	if math.IsNaN(a) {
		return 0
	}
	return a
}

// influences returns the accelerations of the difference of means and of d.
func influences(t Tally, a, b Moments, d float64) (ofMean, ofD float64) {
	var mean, standardized influence
	df := float64(a.N + b.N - 2)
	variance := (a.M2 + b.M2) / df
	sd := math.Sqrt(variance)
	for g, m := range []Moments{a, b} {
		n, sign := float64(m.N), 1-2*float64(g)
		for i, x := range t.Values {
			if c := t.Counts[g][i]; c > 0 {
				e := x - m.Mean
				move := sign * e / n          // of the difference
				spread := (e*e - m.M2/n) / df // of the pooled variance
				mean.add(move/sd, c)          // the unit does not matter
				standardized.add(move/sd-d*spread/(2*variance), c)
			}
		}
	}
	return mean.acceleration(), standardized.acceleration()
}

// bcaInterval returns the interval between quantiles of the replicates that allow for
// the bias of their median and the acceleration. It sorts the replicates.
func bcaInterval(replicates []float64, estimate, acceleration, level float64) Interval {
	ci := Interval{Low: math.NaN(), High: math.NaN(), Level: level}
	if len(replicates) == 0 {
		return ci
	}
	slices.Sort(replicates)
	below := 0.0
	for _, r := range replicates {
		if r < estimate {
			below++
		} else if r == estimate {
			below += 0.5
		}
	}
	n := float64(len(replicates))
	bias := NormalQuantile(min(max(below, 0.5), n-0.5) / n)
	at := func(p float64) float64 {
		z := bias + NormalQuantile(p)
		p = math.Exp(LogNormalCDF(bias + z/max(1-acceleration*z, 1e-300)))
		return Quantiles(replicates, p)[0]
	}
	ci.Low, ci.High = at((1-level)/2), at((1+level)/2)
	return ci
}
