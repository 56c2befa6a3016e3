package eda

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// RankOptions choose what RankFeatures looks at.
type RankOptions struct {
	Features []string         // columns by any spelling; empty or "all": every column
	Normal   []string         // levels of the label that mean normal; empty: found by name
	Adjust   stats.Adjustment // of the p-values over all features; zero: none
	Budget   int              // different numbers kept in memory, see dataset.Counts; 0: the usual
}

// A Ranking says how strongly each feature goes with the class.
type Ranking struct {
	Normal, Attack int64 // rows of each class
	Groups         []LabelGroup
	Features       []RankedFeature  // by falling absolute effect
	Refused        []RefusedFeature // columns that may not be features, in the order of the schema
	Pure           []PureRange      // ranges of numbers that only one class has, by falling rows
	OneClass       []OneClassLevels // columns with levels that only one class has
	ByCategory     []CategorySummary
	LeftOut        []string // features without an effect, and why, in sentences
}

// A RankedFeature is how one feature goes with the class.
type RankedFeature struct {
	Column dataset.Column

	// The test of the feature against the class. For numbers and flags it is
	// Mann and Whitney's, with the rank-biserial correlation as effect, which is
	// above 0 where attacks have the greater values and has DeLong's interval
	// wherever that has a width; for levels it is Pearson's
	// chi-square, with the bias-corrected Cramér's V.
	stats.Result
	PAdjusted      float64
	Log10PAdjusted float64

	Alone     float64   // share of rows classed rightly by the other rows of the same value, or bin of values; see Ranking.Base
	Explained Explained // share of the label's uncertainty that the column removes
}

// Explained is Theil's U of the label given a column, at three depths: the share
// of the uncertainty about a row that knowing the column removes. Numbers with
// more than 50 different values are cut at twenty quantiles. NaN where the label
// does not vary.
type Explained struct {
	Class    float64 // normal or attack
	Category float64 // normal, dos, probe, r2l, u2r
	Label    float64 // the label as it stands; NaN where it has too many levels
}

// A RefusedFeature is a column that must not be a feature of a model, and how
// well it would have told the class.
type RefusedFeature struct {
	Column dataset.Column
	Alone  float64 // NaN if it holds neither numbers nor few enough levels
}

// A CategorySummary is the values of one column in one category of the label.
type CategorySummary struct {
	Column              dataset.Column
	Category            string
	N, Zeros            int64
	Mean                float64
	Q25, Q50, Q75, Q99  float64
	Low, High, Max, Min float64 // Low and High: the outermost values within Tukey's fences
}

// Base returns the share of rows that a model gets right which always gives the
// larger class; NaN without rows.
func (r *Ranking) Base() float64 {
	return float64(max(r.Normal, r.Attack)) / float64(r.Normal+r.Attack)
}

// RankFeatures tests every feature against the class and sorts them by the size
// of the effect. Columns that were made from the label, name the row or say when
// it began are refused as features. Rows without a label do not count; neither
// do, feature by feature, rows without a value.
//
// It is an error if the source cannot be read, if a column does not exist, if
// normal and attack cannot be told apart, and if one of them has no row.
func RankFeatures(ctx context.Context, src dataset.Source, o RankOptions) (*Ranking, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	columns, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	classes, err := FindClasses(src.Schema(), o.Normal)
	if err != nil {
		return nil, err
	}
	if !classes.Known() {
		return nil, fmt.Errorf("a ranking needs a label that tells normal rows from attacks; name it with --label and --normal")
	}
	c := newLabelCounter(src.Schema(), classes, budgetOf(src, o.Budget), splittable(src.Schema(), classes, columns))
	if err := src.Scan(ctx, c); err != nil {
		return nil, err
	}
	split, err := c.result(src.Schema())
	if err != nil {
		return nil, err
	}
	if normal, attack := split.rows(NormalClass), split.rows(AttackClass); normal == 0 || attack == 0 {
		return nil, fmt.Errorf("a ranking needs normal rows and attacks; there are %s and %s", grouped(normal), grouped(attack))
	}
	return rank(src.Schema(), split, c.Needed, o.Adjust)
}

// splittable returns the columns among some, or among all for nil, whose values
// can be counted for each level of the label: numbers, flags, times, and few
// enough levels.
func splittable(s *dataset.Schema, classes Classes, columns []int) []int {
	out := []int{}
	for _, i := range orAll(s, columns) {
		c := &s.Columns[i]
		if i != classes.Column && (c.Kind.Numeric() || c.Dict != nil && levelsOf(c) <= maxCrossLevels) {
			out = append(out, i)
		}
	}
	return out
}

// rank tests the counted columns. Both classes must have rows.
func rank(s *dataset.Schema, split *labelSplit, columns []int, method stats.Adjustment) (*Ranking, error) {
	r := &Ranking{Normal: split.rows(NormalClass), Attack: split.rows(AttackClass), Groups: split.groups}
	var ranges []PureRange
	for _, i := range columns {
		col := &s.Columns[i]
		t := newLabelTable(split, i)
		if col.Role != dataset.Feature {
			r.Refused = append(r.Refused, RefusedFeature{Column: *col, Alone: t.alone()})
			continue
		}
		if _, counted := split.numbers[i]; counted {
			r.ByCategory = append(r.ByCategory, summarizeCategories(split, i, col)...)
			ranges = append(ranges, pureRanges(col.Name, split.classes(i))...)
		} else if l := oneClassLevels(col.Name, split, i); l.Of > 0 && col.Kind != dataset.Address { // an address says nothing of another network
			r.OneClass = append(r.OneClass, l)
		}
		if err := r.add(col, split, i, t); err != nil {
			return nil, err
		}
	}
	r.Pure = likelyRanges(ranges)
	err := adjust(method, len(r.Features), func(k int) (*stats.Result, *float64, *float64) {
		f := &r.Features[k]
		return &f.Result, &f.PAdjusted, &f.Log10PAdjusted
	})
	sort.SliceStable(r.Features, func(i, j int) bool {
		return strength(r.Features[i].Effect.Value) > strength(r.Features[j].Effect.Value)
	})
	return r, err
}

// add tests one feature.
func (r *Ranking) add(col *dataset.Column, split *labelSplit, column int, t *labelTable) error {
	f := RankedFeature{Column: *col, Alone: t.alone(), Explained: t.explained()}
	var err error
	if _, counted := split.numbers[column]; counted {
		f.Result, err = numberAgainstClass(split.classes(column))
	} else {
		f.Result, err = levelsAgainstClass(t)
	}
	switch {
	case undefined(err):
		r.LeftOut = append(r.LeftOut, fmt.Sprintf("%s is not ranked: %s.", col.Name, unrankable(split, column, t)))
		return nil
	case err != nil:
		return fmt.Errorf("column %q against the class: %w", col.Name, err)
	}
	f.Missing = r.Normal + r.Attack - total(f.N)
	r.Features = append(r.Features, f)
	return nil
}

// unrankable says why a column has no test.
func unrankable(split *labelSplit, column int, t *labelTable) string {
	if !split.counted(column) {
		return "it has too many different values to count them by class"
	}
	if len(t.counts) <= 1 {
		return choose(int64(len(t.counts)), "all values are equal", "it has no value")
	}
	return "only one class has a value"
}

func total(n []int64) (sum int64) {
	for _, x := range n {
		sum += x
	}
	return sum
}

// numberAgainstClass compares the ranks of attacks with those of normal rows.
func numberAgainstClass(c ClassSplit) (stats.Result, error) {
	attack, normal := c.Attack, c.Normal
	attack.Groups, normal.Groups = []string{AttackClass}, []string{NormalClass}
	if attack.Len() == 0 || normal.Len() == 0 {
		return stats.Result{}, stats.ErrTooFew
	}
	both := attack.Merge(normal)
	r, err := stats.MannWhitney(both, stats.TwoSided, defaultLevel)
	if err != nil {
		return r, err
	}
	// Newcombe's interval does not know of ties, of which traffic is full.
	if _, ci, err := stats.DeLong(both, defaultLevel); err == nil && ci.High > ci.Low {
		r.CI = ci
		r.Effect.CI = stats.Interval{Low: 2*ci.Low - 1, High: 2*ci.High - 1, Level: ci.Level}
	}
	return r, nil
}

func levelsAgainstClass(t *labelTable) (stats.Result, error) {
	table, err := t.crosstab(func(g *LabelGroup) string { return g.Class })
	if err != nil {
		return stats.Result{}, err
	}
	return stats.ChiSquareTest(&table, defaultLevel)
}

// summarizeCategories locates the values of a column in each category.
func summarizeCategories(split *labelSplit, column int, col *dataset.Column) []CategorySummary {
	var out []CategorySummary
	for _, name := range split.categories() {
		t := split.merged(column, func(g *LabelGroup) bool { return g.Category == name })
		if t.Len() == 0 {
			continue
		}
		q := t.Quantiles(0, 0.25, 0.5, 0.75, 0.99)
		s := CategorySummary{Column: *col, Category: name, N: t.Total(), Mean: t.Moments(0).Mean,
			Q25: q[0], Q50: q[1], Q75: q[2], Q99: q[3], Min: t.Values[0], Max: t.Values[t.Len()-1]}
		lower, upper := stats.TukeyFences(s.Q25, s.Q75, stats.TukeyInner)
		s.Low, s.High = math.Inf(1), math.Inf(-1)
		for k, x := range t.Values {
			if x == 0 {
				s.Zeros = t.Counts[0][k]
			}
			if x >= lower && x <= upper {
				s.Low, s.High = min(s.Low, x), max(s.High, x)
			}
		}
		out = append(out, s)
	}
	return out
}
