package eda

import (
	"cmp"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// An OutlierQuality says how well a rule, or a score, tells attacks from normal
// rows: of the rows with a label that it looks at, how many it flags and how many
// of these are attacks. With Within it counts the rows of all groups, each judged
// by the limits of its own.
type OutlierQuality struct {
	Column  string // "" for scores, which look at several
	Method  string
	Normal  int64   // normal rows looked at
	Attacks int64   // attacks looked at
	Alarms  int64   // normal rows flagged
	Found   int64   // attacks flagged
	AUC     float64 // of scores: the chance that an attack has a higher score than a normal row; NaN for rules
}

// Name returns what the rule is called in a sentence: "Tukey's rule for src_bytes".
func (q *OutlierQuality) Name() string {
	name := map[string]string{
		tukeyRule: "Tukey's rule", modifiedZRule: "the modified z-score",
		scoreMethods[plainScore]:     "the Mahalanobis distance",
		scoreMethods[robustScore]:    "the robust Mahalanobis distance (mcd)",
		scoreMethods[isolationScore]: "the isolation score",
	}[q.Method]
	if q.Column != "" {
		name += " for " + q.Column
	}
	return name
}

// Flagged returns how many rows are flagged.
func (q *OutlierQuality) Flagged() int64 { return q.Alarms + q.Found }

// Precision returns the share of attacks among the rows flagged, NaN for none.
func (q *OutlierQuality) Precision() float64 { return share(q.Found, q.Flagged()) }

// Recall returns the share of the attacks that are flagged, NaN for none.
func (q *OutlierQuality) Recall() float64 { return share(q.Found, q.Attacks) }

// FPR returns the share of the normal rows that are flagged, NaN for none.
func (q *OutlierQuality) FPR() float64 { return share(q.Alarms, q.Normal) }

// BaseRate returns the share of attacks among all rows looked at, NaN for none.
func (q *OutlierQuality) BaseRate() float64 { return share(q.Attacks, q.Normal+q.Attacks) }

// Lift returns how many times more frequent attacks are among the rows flagged
// than among all: 1 for chance, below 1 where the rule prefers normal rows, NaN
// where none is flagged.
func (q *OutlierQuality) Lift() float64 { return q.Precision() / q.BaseRate() }

// Informedness returns Recall − FPR, Youden's J: 1 for a rule that flags the
// attacks and nothing else, 0 for chance or a rule that flags nothing.
func (q *OutlierQuality) Informedness() float64 { return q.Recall() - q.FPR() }

// byClass counts rows of both classes.
type byClass struct{ normal, attack int64 }

func (c *byClass) add(o byClass) {
	c.normal += o.normal
	c.attack += o.attack
}

// count takes note of a row of a class.
func (c *byClass) count(class rowClass) { c.countN(class, 1) }

// countN takes note of n rows of a class.
func (c *byClass) countN(class rowClass, n int64) {
	switch class {
	case normalRow:
		c.normal += n
	case attackRow:
		c.attack += n
	}
}

// tally adds what a rule has seen and flagged, in one group, to its quality.
func (o *Outliers) tally(q OutlierQuality, seen, flagged byClass) {
	at := slices.IndexFunc(o.Quality, func(known OutlierQuality) bool { return known.Column == q.Column && known.Method == q.Method })
	if at < 0 {
		at = len(o.Quality)
		o.Quality = append(o.Quality, q)
	}
	known := &o.Quality[at]
	known.Normal += seen.normal
	known.Attacks += seen.attack
	known.Alarms += flagged.normal
	known.Found += flagged.attack
}

// compare adds the quality of the scores and sorts all, the best first. Without
// rows of both classes there is none.
func (o *Outliers) compare() {
	if o.scored != nil && o.scored.class != nil {
		for m := range scoreMethods {
			o.rank(m)
		}
	}
	o.Quality = slices.DeleteFunc(o.Quality, func(q OutlierQuality) bool { return q.Normal == 0 || q.Attacks == 0 })
	slices.SortStableFunc(o.Quality, func(a, b OutlierQuality) int { return cmp.Compare(b.Informedness(), a.Informedness()) })
}

// rank measures one score of the rows.
func (o *Outliers) rank(method int) {
	var seen, flagged byClass
	var values []float64
	var attack []bool
	for row, x := range o.scored.values[method] {
		c := o.scored.class[row]
		if x != x || c == unlabelledRow {
			continue
		}
		limit := o.scored.limit(method, row)
		seen.count(c)
		if x > limit {
			flagged.count(c)
		}
		// The distances of groups with different columns are alike in units of the limit.
		values, attack = append(values, x/limit), append(attack, c == attackRow)
	}
	if len(values) > 0 {
		o.tally(OutlierQuality{Method: scoreMethods[method], AUC: rocAUC(values, attack)}, seen, flagged)
	}
}

// rocAUC returns the area under the ROC curve of a score: the chance that it is
// higher for an attack than for a normal row, ties counting half; NaN without
// rows of both.
func rocAUC(score []float64, attack []bool) float64 {
	var sum, attacks float64
	for i, rank := range stats.Midranks(score) {
		if attack[i] {
			sum += rank
			attacks++
		}
	}
	normal := float64(len(score)) - attacks
	if attacks == 0 || normal == 0 {
		return math.NaN()
	}
	return (sum/attacks - (attacks+1)/2) / normal
}
