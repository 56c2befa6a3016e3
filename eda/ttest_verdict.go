package eda

import (
	"math"

	"github.com/netanom/netanom/stats"
)

// A Verdict says whether the test of the means and that of the ranks tell the same.
type Verdict uint8

// The verdicts.
const (
	Agree         Verdict = iota // means and ranks tell about the same
	Opposed                      // means and ranks differ in opposite directions
	RanksDiffer                  // ranks differ clearly more than means
	MeansDiffer                  // means differ clearly more than ranks
	NotComparable                // there is no test of ranks
)

// verdictNames holds the words of each Verdict, in order.
var verdictNames = [...]string{"agree", "opposed", "ranks more", "means more", "no ranks"}

// String returns the verdict in a few words.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// Disagrees reports whether the means alone would mislead.
func (v Verdict) Disagrees() bool { return v == Opposed || v == RanksDiffer || v == MeansDiffer }

// judge compares the mean test with the rank test. The words for Cohen's d and for the
// rank-biserial correlation mean about the same for normal data with equal variances,
// so words that lie two steps apart are a disagreement, if the greater one is significant.
// So are directions that differ, and significance of one alone, where the effect is not
// negligible.
func (m *Means) judge(t *MeanTest) Verdict {
	ranks, ok := t.Test(Ranks)
	if !ok {
		return NotComparable
	}
	means := &t.Tests[0]
	d, r := degree(means.Effect.Magnitude), degree(t.RankMagnitude())
	meansFound, ranksFound := means.P < m.Alpha(), ranks.P < m.Alpha()
	opposed := math.Signbit(means.Effect.Value) != math.Signbit(ranks.Effect.Value)
	switch {
	case opposed && r > 0 && ranksFound && (d > 0 || meansFound):
		return Opposed
	case ranksFound && (r >= d+2 || r > 0 && !meansFound):
		return RanksDiffer
	case meansFound && (d >= r+2 || d > 0 && !ranksFound):
		return MeansDiffer
	}
	return Agree
}

// RankMagnitude returns the word for the rank-biserial correlation of all rows: signed
// ranks leave out those that do not differ, means do not. It is "" without one.
func (t *MeanTest) RankMagnitude() string {
	ranks, ok := t.Test(Ranks)
	if !ok {
		return ""
	}
	word, _ := stats.RankBiserialMagnitude(ranks.Effect.Value * t.NonZero())
	return word
}

// NonZero returns the share of the values of one sample that differ from what its mean
// is compared with: those that signed ranks look at. It is 1 for two samples.
func (t *MeanTest) NonZero() float64 {
	ranks, ok := t.Test(Ranks)
	if !ok || len(t.Samples) != 1 {
		return 1
	}
	return float64(ranks.N[0]) / float64(t.Samples[0].N)
}

// degree numbers the words for magnitudes from 0, negligible.
func degree(magnitude string) int {
	switch magnitude {
	case "small":
		return 1
	case "medium":
		return 2
	case "large":
		return 3
	}
	return 0
}
