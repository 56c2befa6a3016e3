package eda

import (
	"fmt"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/netanom/netanom/stats"
)

// tooFewInGroups says why a column has no analysis of variance.
const tooFewInGroups = "it needs values in two groups, and more than one in one of them"

// An anovaTest is the analysis of one column.
type anovaTest struct {
	level    float64
	names    []string
	groups   []stats.Tally // each a single unnamed group
	options  AnovaOptions
	detailed bool
}

// run does all tests that the data allow.
func (t *anovaTest) run(name string) (*AnovaFeature, error) {
	t.dropEmpty()
	joint, fits := t.joint()
	f := &AnovaFeature{Name: name}
	var err error
	if fits {
		f.OneWay, err = stats.NewOneWay(joint)
	} else {
		f.OneWay, err = t.oneWay(func(g stats.Tally) (stats.Tally, error) { return g, nil })
		f.Notes = append(f.Notes, fmt.Sprintf("%s has too many different values to rank them in groups: Kruskal and Wallis' test is left out.", name))
	}
	if err != nil {
		return nil, err
	}
	if err := t.testMeans(f); err != nil {
		return nil, err
	}
	t.locate(f)
	if fits {
		f.Ranks = t.ranks(joint)
		for _, test := range []func(stats.Tally) (stats.Result, error){stats.Levene, stats.BrownForsythe} {
			if r, err := test(joint); err == nil {
				f.Variances = append(f.Variances, r)
			}
		}
	}
	f.Log = t.logarithm()
	if t.detailed {
		return f, t.comparePairs(f, joint, fits)
	}
	return f, nil
}

// testMeans does the tests that need no more than moments.
func (t *anovaTest) testMeans(f *AnovaFeature) (err error) {
	if f.F, err = f.OneWay.F(t.level); err != nil {
		return err
	}
	if f.Effects, err = f.OneWay.Effects(t.level); err != nil {
		return err
	}
	for _, test := range []func(float64) (stats.Result, error){f.OneWay.Welch, f.OneWay.FStar} {
		switch r, err := test(t.level); {
		case err == nil:
			f.Robust = append(f.Robust, r)
		case undefined(err):
			f.Notes = append(f.Notes, fmt.Sprintf("Left out: %s.", err))
		}
	}
	return nil
}

// sentence makes a sentence of an error.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// dropEmpty leaves out the groups without values.
func (t *anovaTest) dropEmpty() {
	var names []string
	var groups []stats.Tally
	for g, tally := range t.groups {
		if tally.Len() > 0 {
			names, groups = append(names, t.names[g]), append(groups, tally)
		}
	}
	t.names, t.groups = names, groups
}

// varies reports whether any two values differ.
func (t *anovaTest) varies() bool {
	return slices.ContainsFunc(t.groups, func(g stats.Tally) bool { return g.Len() > 1 || g.Len() == 1 && g.Values[0] != t.groups[0].Values[0] })
}

// joint returns all groups in one tally, false if that would not fit memory.
func (t *anovaTest) joint() (stats.Tally, bool) {
	cells := 0
	for _, g := range t.groups {
		cells += g.Len() * len(t.groups)
	}
	if cells > maxRankedCells {
		return stats.Tally{}, false
	}
	var all stats.Tally
	for g, tally := range t.groups {
		tally.Groups = t.names[g : g+1]
		all = all.Merge(tally)
	}
	return all, true
}

// oneWay returns the layout of the groups' values after a change.
func (t *anovaTest) oneWay(change func(stats.Tally) (stats.Tally, error)) (stats.OneWay, error) {
	moments := make([]stats.Moments, len(t.groups))
	for g, tally := range t.groups {
		changed, err := change(tally)
		if err != nil {
			return stats.OneWay{}, err
		}
		moments[g] = changed.Moments(0)
	}
	return stats.OneWayOf(t.names, moments)
}

// ranks tests the ranks, nil if all values are equal. The interval of ε², which is η²
// of the ranks, is that of Fisher's F of them.
func (t *anovaTest) ranks(joint stats.Tally) *stats.Result {
	r, err := stats.KruskalWallis(joint)
	if err != nil {
		return nil
	}
	below, place := 0.0, 0
	ranked, err := joint.Map(func(float64) float64 {
		tied := 0.0
		for _, counts := range joint.Counts {
			tied += float64(counts[place])
		}
		rank := below + (tied+1)/2
		below, place = below+tied, place+1
		return rank
	})
	if err != nil {
		return nil
	}
	if a, err := stats.NewOneWay(ranked); err == nil {
		if effects, err := a.Effects(t.level); err == nil {
			r.Effect.CI = effects[0].CI
		}
	}
	return &r
}

// logarithm tests log(1+x), nil where it does not exist.
func (t *anovaTest) logarithm() *stats.Result {
	a, err := t.oneWay(logTally)
	if err != nil {
		return nil
	}
	r, err := a.F(t.level)
	if err != nil {
		return nil
	}
	r.Method = "Fisher's F of log(1+x)"
	return &r
}

// locate finds the quartiles and whiskers of each group.
func (t *anovaTest) locate(f *AnovaFeature) {
	for _, g := range t.groups {
		q := g.Quantiles(0, 0.25, 0.5, 0.75)
		lower, upper := stats.TukeyFences(q[0], q[2], stats.TukeyInner)
		low, high := math.Inf(1), math.Inf(-1)
		for _, x := range g.Values {
			if x >= lower && x <= upper {
				low, high = min(low, x), max(high, x)
			}
		}
		f.Quartiles = append(f.Quartiles, [3]float64(q))
		f.Whiskers = append(f.Whiskers, [2]float64{low, high})
	}
}
