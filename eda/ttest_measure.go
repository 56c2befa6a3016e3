package eda

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

const (
	trimmedShare  = 0.2 // cut off at each end by trimmed tests
	skewedFrom    = 1.0 // absolute skewness of a sample from which logarithms are compared too
	detectedPower = 0.8 // of MeanTest.Detectable
)

// test makes all tests of one column. reason says why there is none.
func (m *Means) test(ctx context.Context, s *meanSample) (t MeanTest, reason string, err error) {
	t = MeanTest{Name: s.name, Kind: s.kind, Detectable: math.NaN()}
	for g, group := range m.Groups {
		t.Samples = append(t.Samples, shape(group, s.values.Group(g), s.missing[g]))
	}
	if m.Options.Design == TwoSamples {
		err = m.compareTwo(ctx, &t, s.values)
	} else {
		err = m.compareOne(ctx, &t, s.values)
	}
	switch {
	case errors.Is(err, stats.ErrTooFew):
		return t, "too few values", nil
	case errors.Is(err, stats.ErrConstant):
		return t, "the values do not vary", nil
	case errors.Is(err, stats.ErrNotFinite):
		return t, "the squares of its values are beyond the range of numbers", nil
	case err != nil:
		return t, "", fmt.Errorf("column %q: %w", s.name, err)
	}
	return t, "", nil
}

// add keeps a test that could be made. Why another could not is said, unless something
// worse is wrong.
func (t *MeanTest) add(kind TestKind, name string, r stats.Result, err error) error {
	switch {
	case errors.Is(err, stats.ErrConstant):
		t.NotDone = append(t.NotDone, name+" has no answer: what it compares does not vary.")
	case errors.Is(err, stats.ErrTooFew):
		t.NotDone = append(t.NotDone, name+" has no answer: there are too few values.")
	case err != nil:
		return err
	default:
		for _, s := range t.Samples {
			r.Missing += s.Missing
		}
		t.Tests = append(t.Tests, NamedTest{Kind: kind, Result: r})
	}
	return nil
}

// compareTwo compares two groups.
func (m *Means) compareTwo(ctx context.Context, t *MeanTest, values stats.Tally) error {
	o := &m.Options
	a, b := values.Moments(0), values.Moments(1)
	means, err := m.means(a, b)
	if err != nil {
		return err
	}
	t.Detectable = stats.DetectableD(a.N, b.N, o.Alternative, 1-o.Level, detectedPower)
	if err := t.add(RawMeans, "", means, nil); err != nil {
		return err
	}
	if err := m.compareLogs(t, values); err != nil {
		return err
	}
	r, err := stats.YuenT(values, trimmedShare, o.Alternative, o.Level)
	if err := t.add(TrimmedMeans, "Yuen's t of trimmed means", r, err); err != nil {
		return err
	}
	ranks, err := stats.MannWhitney(values, o.Alternative, o.Level)
	if err != nil {
		return err
	}
	// Newcombe's interval does not know of ties, of which traffic is full.
	if _, ci, err := stats.DeLong(values, o.Level); err == nil && ci.High > ci.Low {
		ranks.CI, ranks.Effect.CI = ci, stats.Interval{Low: 2*ci.Low - 1, High: 2*ci.High - 1, Level: ci.Level}
	}
	if err := t.add(Ranks, "", ranks, nil); err != nil {
		return err
	}
	r, err = stats.BrunnerMunzel(values, o.Alternative, o.Level)
	if err := t.add(Order, "The Brunner-Munzel test", r, err); err != nil {
		return err
	}
	if err := m.sizeTwo(t, a, b); err != nil {
		return err
	}
	t.compareVariances(values, a, b)
	return m.resample(ctx, t, values)
}

// means makes the t-test that was asked for.
func (m *Means) means(a, b stats.Moments) (stats.Result, error) {
	if m.Options.Pooled {
		return stats.StudentT(a, b, m.Options.Alternative, m.Options.Level)
	}
	return stats.WelchT(a, b, m.Options.Alternative, m.Options.Level)
}

// compareLogs compares the means of log(1+x) of skewed numbers that are not negative.
func (m *Means) compareLogs(t *MeanTest, values stats.Tally) error {
	skewed := false
	for _, s := range t.Samples {
		skewed = skewed || math.Abs(s.Skewness) > skewedFrom
	}
	if !skewed || t.Kind != dataset.Number || values.Len() < 3 || values.Values[0] < 0 {
		return nil
	}
	logs, err := values.Map(math.Log1p)
	if err != nil {
		return err
	}
	r, err := m.means(logs.Moments(0), logs.Moments(1))
	r.Method += " of log(1+x)"
	return t.add(LogMeans, "The test of log(1+x)", r, err)
}

// sizeTwo lists the sizes of the effect of two groups.
func (m *Means) sizeTwo(t *MeanTest, a, b stats.Moments) error {
	d := t.Tests[0].Effect
	t.Effects = append(t.Effects, d)
	if g, ok := hedges(d, float64(a.N+b.N-2)); ok {
		t.Effects = append(t.Effects, g)
	}
	if glass, err := stats.GlassDeltaEffect(a, b, m.Options.Level); err == nil {
		t.Effects = append(t.Effects, glass)
	} else if !undefined(err) {
		return err
	}
	t.sizeRobust()
	if bound := m.Options.Equivalence; bound > 0 {
		r, err := stats.EquivalenceT(a, b, bound, m.Options.Pooled, 1-m.Options.Level)
		if err != nil {
			return err
		}
		t.Equivalence = &r
	}
	return nil
}

// sizeRobust lists the sizes of what does not look at means.
func (t *MeanTest) sizeRobust() {
	if r, ok := t.Test(Ranks); ok {
		t.Effects = append(t.Effects, r.Effect)
	}
	if r, ok := t.Test(LogMeans); ok {
		d := r.Effect
		d.Name += " of log(1+x)"
		t.Effects = append(t.Effects, d)
	}
	if r, ok := t.Test(TrimmedMeans); ok && !math.IsNaN(r.Effect.Value) {
		t.Effects = append(t.Effects, r.Effect)
	}
}

// hedges returns d without its bias in small samples.
func hedges(d stats.Effect, df float64) (g stats.Effect, ok bool) {
	j := stats.HedgesCorrection(df)
	g = d
	g.Name = "Hedges' g"
	g.Value, g.CI.Low, g.CI.High = j*d.Value, j*d.CI.Low, j*d.CI.High
	g.Magnitude, g.Rule = stats.CohensDMagnitude(g.Value)
	return g, !math.IsNaN(j)
}

// compareVariances makes the tests of equal variances that have an answer.
func (t *MeanTest) compareVariances(values stats.Tally, a, b stats.Moments) {
	add := func(r stats.Result, err error) {
		if err == nil {
			t.Variances = append(t.Variances, r)
		}
	}
	add(stats.VarianceRatioTest(a, b, stats.TwoSided, defaultLevel))
	add(stats.Bartlett([]stats.Moments{a, b}))
	add(stats.Levene(values))
	add(stats.BrownForsythe(values))
	add(stats.FlignerKilleen(values))
}

// resample answers by drawing again, as far as that was asked for.
func (m *Means) resample(ctx context.Context, t *MeanTest, values stats.Tally) error {
	o := &m.Options
	two := o.Design == TwoSamples
	if o.Permutations > 0 {
		drawn := stats.Resampling{Replicates: o.Permutations, Seed: o.Seed}
		r, err := stats.Result{}, error(nil)
		if two {
			r, err = stats.PermutationT(ctx, values, o.Pooled, o.Alternative, o.Level, drawn)
		} else {
			r, err = stats.SignFlipT(ctx, values, o.Mu, o.Alternative, o.Level, drawn)
		}
		if err != nil {
			return err
		}
		if err := t.add(Permuted, "", r, nil); err != nil {
			return err
		}
	}
	if o.Bootstraps > 0 {
		drawn := stats.Resampling{Replicates: o.Bootstraps, Seed: o.Seed}
		b, err := stats.BootstrapMeans{}, error(nil)
		if two {
			b, err = stats.BootstrapDifference(ctx, values, o.Level, drawn)
		} else {
			b, err = stats.BootstrapMean(ctx, values, o.Mu, o.Level, drawn)
		}
		if err != nil {
			return err
		}
		t.Bootstrap = &b
	}
	return nil
}

// compareOne compares a sample with a value; differences with 0.
func (m *Means) compareOne(ctx context.Context, t *MeanTest, values stats.Tally) error {
	o := &m.Options
	moments := values.Moments(0)
	centred, err := values.Map(func(x float64) float64 { return x - o.Mu })
	if err != nil {
		return err
	}
	var means stats.Result
	if o.Design == PairedSample {
		means, err = stats.PairedT(moments, o.Alternative, o.Level)
	} else {
		means, err = stats.OneSampleT(moments, o.Mu, o.Alternative, o.Level)
	}
	if err != nil {
		return err
	}
	t.Detectable = stats.DetectableD(moments.N, 0, o.Alternative, 1-o.Level, detectedPower)
	if err := t.add(RawMeans, "", means, nil); err != nil {
		return err
	}
	r, err := stats.TrimmedT(values, o.Mu, trimmedShare, o.Alternative, o.Level)
	if err := t.add(TrimmedMeans, "The t of the trimmed mean", r, err); err != nil {
		return err
	}
	r, err = stats.WilcoxonSignedRank(centred, o.Alternative, o.Level)
	r.Warnings = nil // what was left out is told by NonZero
	if err := t.add(Ranks, "Wilcoxon's signed rank test", r, err); err != nil {
		return err
	}
	r, err = stats.SignTest(centred, o.Alternative, o.Level)
	if err := t.add(Order, "The sign test", r, err); err != nil {
		return err
	}
	t.Effects = append(t.Effects, means.Effect)
	if g, ok := hedges(means.Effect, float64(moments.N-1)); ok {
		t.Effects = append(t.Effects, g)
	}
	t.sizeRobust()
	if o.Equivalence > 0 {
		r, err := stats.EquivalenceOneSampleT(moments, o.Mu, o.Equivalence, 1-o.Level)
		if err != nil {
			return err
		}
		t.Equivalence = &r
	}
	return m.resample(ctx, t, values)
}
