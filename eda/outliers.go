package eda

import (
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// OutlierOptions choose the columns and the rules' limits.
type OutlierOptions struct {
	Features []string // columns by any spelling; empty or "all": every column of numbers but the label, and flags for scores only
	Within   string   // a column inside whose levels every rule is applied apart; "": to all rows together
	Normal   []string // levels of the label that mean normal; empty: found by name
	TukeyK   float64  // reach of the fences in interquartile ranges; 0: 1.5
	ModZ     float64  // limit of the modified z-score; 0: 3.5
	ESD      int      // most outliers that the generalised ESD test looks for in a column; 0: no test
	Alpha    float64  // level of that test; 0: 0.05
	Scores   bool     // whether rows are scored by several columns at once
	Seed     uint64   // of the isolation forest and of the search for a robust covariance
	Rows     int      // most rows listed per column; 0: none
	Top      int      // most rows listed by their scores; 0: none
	Budget   int      // different numbers kept in memory, see dataset.Counts; 0: the usual
	Fetch    Fetch    // rows of an engine that are scored
}

// Outliers are the values of each column outside its rules' limits, and the rows
// that several columns together set apart.
type Outliers struct {
	TableRows int64 // rows of the table
	TukeyK    float64
	ModZ      float64
	Alpha     float64       // level of the ESD tests
	Within    string        // name of the column that makes the groups; "" without
	Rules     []OutlierRule // two for each column, in each group, that holds a value
	ESD       []ESDTest     // of the columns that vary and hold 25 values, in each group
	Scores    []RowScore    // three, in each group; none unless asked for
	Rows      []OutlierRow  // column by column, the farthest out first, of equals the first in the file
	Top       []ScoredRow   // isolation scores above one half, by falling score, of equals the first in the file
	Label     string        // name of the label whose values Rows and Top carry; "" without one

	// Quality says how well each rule and score tells attacks, the best first. It
	// is empty where normal and attack are not known or one of them does not occur.
	Quality []OutlierQuality
	ByClass map[string]ClassSplit // the values of the columns with rules in both classes, where classes are known

	Warnings []string // what is not as asked, in sentences

	classes Classes
	groups  []string       // with Within: those that are large enough for rules
	limits  []columnLimits // of each column in each group
	scored  *scoredRows    // nil unless rows were scored
}

// An OutlierRule is one rule applied to one column.
type OutlierRule struct {
	Column string
	Group  string  // with Within: the level inside which the rule is applied
	Method string  // "tukey" or "modified_z"
	Limit  float64 // TukeyK or ModZ
	stats.OutlierCount
	N int64 // values in the column

	// Why says why the rule has no limits: the median absolute deviation is 0,
	// because half of the values are equal, or not known, because too many differ to
	// be kept. The counts then are 0 and the bounds mean nothing. It is empty where
	// there are limits.
	Why string
}

// The names of the rules for one column.
const (
	tukeyRule     = "tukey"
	modifiedZRule = "modified_z"
)

// An OutlierRow is a row in which a column lies outside Tukey's fences.
type OutlierRow struct {
	Column string
	Group  string // with Within: the level of the row
	Value  float64
	Row    int64  // number of the row in the source, from 1; rows left out by a filter do not count; 0 for an engine, whose rows have none
	Line   int64  // line of the file, 0 if unknown
	Label  string // what the row is, "" if the table does not say
}

// FindOutliers applies Tukey's fences, the modified z-score and the generalised
// ESD test to each numeric column, lists the rows farthest outside the fences, and
// scores rows by several columns at once: see RowScore. Where the label tells
// normal rows from attacks it measures how well each rule and score does.
//
// Values on a limit are inside; missing values are left out, and a column without
// a value has no rule. A column of which more values differ than Budget lets it
// keep takes a few further scans, and has no modified z-score and no ESD test.
//
// A column in which at least half of the values are equal has an interquartile
// range or a median absolute deviation of 0. Tukey's fences then lie on the
// quartile, and every other value is outside; the modified z-score is undefined.
//
// An engine counts over all rows. Only those that are scored are a sample, which the
// warnings say, and of rows of equal distances those are listed that were first in
// time, or any without a clock.
//
// It is an error if a limit is negative or not finite, if a column asked for by
// name holds no numbers, if Within has no levels or more than 256, and if Normal is
// no level of the label.
//
// J. W. Tukey (1977), Exploratory Data Analysis; B. Iglewicz and D. C. Hoaglin
// (1993), How to Detect and Handle Outliers.
func FindOutliers(ctx context.Context, src dataset.Source, o OutlierOptions) (*Outliers, error) {
	out, err := newOutliers(o)
	if err != nil {
		return nil, err
	}
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	columns, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	together := combinedAmong(s, columns)
	if columns == nil {
		columns = measuredAmong(s, nil)
	} else if columns, err = numericColumns(s, columns); err != nil {
		return nil, err
	}
	counts := &dataset.Counts{By: -1, Needed: columns, Budget: o.Budget}
	if o.Within != "" {
		if counts.By, err = withinColumn(s, o.Within); err != nil {
			return nil, err
		}
	}
	if err := src.Scan(ctx, counts); err != nil {
		return nil, err
	}
	if out.classes, err = FindClasses(src.Schema(), o.Normal); err != nil {
		return nil, err
	}
	profile, err := profileOf(ctx, counts, src, columns)
	if err != nil {
		return nil, err
	}
	return out, out.find(ctx, src, o, profile, columns, together)
}

// find applies the rules to profiled columns and scores the rows by others.
func (o *Outliers) find(ctx context.Context, src dataset.Source, opt OutlierOptions, p *Profile, columns, together []int) error {
	rows, err := o.judgeAll(p, columns, opt)
	if err != nil {
		return err
	}
	rows.within = within(src.Schema(), p.By)
	var analyses []dataset.Analysis
	if !rows.idle() {
		analyses = append(analyses, rows)
	}
	var numbers *gatherer
	if opt.Scores {
		numbers = newRowGatherer(src, together, o.classes.Column, rows.within)
		numbers.fetch = opt.Fetch
		analyses = append(analyses, numbers)
	}
	var classes *labelCounter
	if o.classes.Known() {
		classes = newLabelCounter(src.Schema(), o.classes, opt.Budget, narrowOf(p, columns))
		analyses = append(analyses, classes)
	}
	if len(analyses) == 0 {
		return nil
	}
	if err := src.Scan(ctx, analyses...); err != nil {
		return err
	}
	o.take(rows)
	if classes != nil {
		split, err := classes.result(src.Schema())
		if err != nil {
			return err
		}
		o.ByClass = split.byClass(src.Schema())
	}
	if numbers != nil {
		if err := o.score(ctx, src.Schema(), numbers, rows.within, opt); err != nil {
			return err
		}
	}
	o.compare()
	return nil
}

// newOutliers checks the limits and fills in the usual ones.
func newOutliers(o OutlierOptions) (*Outliers, error) {
	for _, limit := range []float64{o.TukeyK, o.ModZ} {
		if !(limit >= 0 && limit <= maxLimit) {
			return nil, fmt.Errorf("the limit of a rule for outliers must lie above 0, not at %g", limit)
		}
	}
	if o.Alpha != 0 && !(o.Alpha > 0 && o.Alpha < 1) {
		return nil, fmt.Errorf("the level of the ESD test must lie between 0 and 1, not at %g", o.Alpha)
	}
	out := &Outliers{TukeyK: o.TukeyK, ModZ: o.ModZ, Alpha: o.Alpha, classes: Classes{Column: -1}}
	if out.TukeyK == 0 {
		out.TukeyK = stats.TukeyInner
	}
	if out.ModZ == 0 {
		out.ModZ = stats.ModifiedZ
	}
	if out.Alpha == 0 {
		out.Alpha = usualAlpha
	}
	return out, nil
}

// usualAlpha is the customary level of a test.
const usualAlpha = 0.05

// maxLimit is beyond any use, and keeps the fences finite.
const maxLimit = 1e9

// withinColumn finds the column inside whose levels rules are applied.
func withinColumn(s *dataset.Schema, name string) (int, error) {
	i, err := s.Resolve(name)
	if err != nil {
		return -1, fmt.Errorf("--within: %w", err)
	}
	switch c := &s.Columns[i]; {
	case c.Dict == nil:
		return -1, fmt.Errorf("--within: column %q holds %s cells; groups need levels, which --type %s=category makes of them", c.Name, c.Kind, c.Name)
	case c.Dict.Len() > maxGroups:
		return -1, fmt.Errorf("--within: column %q has %s levels; groups need one with at most %s", c.Name, grouped(int64(c.Dict.Len())), grouped(maxGroups))
	}
	return i, nil
}

// within returns the place of the column that makes a profile's groups, -1 without.
func within(s *dataset.Schema, name string) int {
	return slices.IndexFunc(s.Columns, func(c dataset.Column) bool { return name != "" && c.Name == name })
}

// combinedAmong returns the columns among some, or among all for nil, by which
// rows are scored: numbers and flags that are features.
func combinedAmong(s *dataset.Schema, columns []int) []int {
	return slices.DeleteFunc(numericAmong(s, columns), func(i int) bool { return s.Columns[i].Role != dataset.Feature })
}

// narrowOf returns those of some profiled columns whose values could all be kept.
func narrowOf(p *Profile, columns []int) []int {
	out := []int{}
	for i := range p.Columns {
		if c := &p.Columns[i]; c.Number != nil && !c.wide() && slices.Contains(columns, c.Index) && !slices.Contains(out, c.Index) {
			out = append(out, c.Index)
		}
	}
	return out
}
