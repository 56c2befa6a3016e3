package eda

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// smallestGroup is the least number of rows in which rules are applied to a group:
// in fewer, quartiles are single rows.
const smallestGroup = 20

// judgeAll applies the rules to some profiled columns, and returns the analysis
// that finds the rows outside them.
func (o *Outliers) judgeAll(p *Profile, columns []int, opt OutlierOptions) (*outlierRows, error) {
	o.TableRows, o.Within = p.Rows, p.By
	groups := o.largeGroups(p)
	o.groups = groups
	if p.By != "" {
		o.Warnings = append(o.Warnings, p.Warnings...)
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Number == nil || !slices.Contains(columns, c.Index) || p.By != "" && !slices.Contains(groups, c.Group) {
			continue
		}
		err := o.judge(c)
		if err == nil && opt.ESD > 0 {
			err = o.test(c, opt)
		}
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Column.Name, err)
		}
	}
	r := &outlierRows{most: opt.Rows, limits: o.limits, groups: groups, within: -1, classes: o.classes}
	for _, l := range o.limits {
		if !slices.Contains(r.columns, l.column) && (o.classes.Known() || l.counting || r.most > 0 && o.Rules[l.rule].Total() > 0) {
			r.columns = append(r.columns, l.column)
		}
	}
	return r, nil
}

// largeGroups returns the groups that are large enough for rules, and warns of the
// others; none without groups.
func (o *Outliers) largeGroups(p *Profile) []string {
	var large, small []string
	for _, g := range p.Groups {
		if g.N >= smallestGroup {
			large = append(large, g.Level)
		} else {
			small = append(small, g.Level)
		}
	}
	if len(small) > 0 {
		o.Warnings = append(o.Warnings, fmt.Sprintf("No rule is applied to groups of fewer than %d rows: %s.", smallestGroup, listed(small, 10)))
	}
	if p.By != "" && p.Ungrouped > 0 {
		o.Warnings = append(o.Warnings, fmt.Sprintf("No rule is applied to %s without a value of %s.", plural(p.Ungrouped, "row"), p.By))
	}
	return large
}

// columnLimits are the limits of both rules in a column, in one group.
type columnLimits struct {
	column   int // in the schema
	group    string
	fence    stats.OutlierCount // Tukey's
	modified stats.OutlierCount // of the modified z-score, infinite where there are none
	rule     int                // place of Tukey's rule, behind which is the other
	counting bool               // the values outside Tukey's fences are yet to be counted
}

// judge applies Tukey's fences and the modified z-score to one column in one group.
func (o *Outliers) judge(c *ColumnProfile) error {
	tukey := OutlierRule{Column: c.Column.Name, Group: c.Group, Method: tukeyRule, Limit: o.TukeyK, N: c.Number.N}
	modz := OutlierRule{Column: c.Column.Name, Group: c.Group, Method: modifiedZRule, Limit: o.ModZ, N: c.Number.N}
	if c.wide() {
		tukey.Lower, tukey.Upper = stats.TukeyFences(c.Number.Q25, c.Number.Q75, o.TukeyK)
		modz.Why = "too many values differ to keep them all"
	} else {
		var err error
		if tukey.OutlierCount, err = stats.TukeyOutliers(c.Tally, o.TukeyK); err != nil {
			return err
		}
		modz.OutlierCount, err = stats.ModifiedZOutliers(c.Tally, o.ModZ)
		if errors.Is(err, stats.ErrConstant) {
			modz.Why = "at least half of the values are equal"
		} else if err != nil {
			return err
		}
	}
	limits := columnLimits{column: c.Index, group: c.Group, rule: len(o.Rules), counting: c.wide(), fence: tukey.OutlierCount, modified: modz.OutlierCount}
	if modz.Why != "" {
		limits.modified = stats.OutlierCount{Lower: math.Inf(-1), Upper: math.Inf(1)}
	}
	o.Rules, o.limits = append(o.Rules, tukey, modz), append(o.limits, limits)
	return nil
}

// An ESDTest is the generalised ESD test of one column.
type ESDTest struct {
	Column string
	Group  string // with Within: the level of the rows
	Most   int    // outliers looked for
	stats.Result

	// Outliers are the values found, the farthest from the mean first. They are few
	// or Most by design, however heavy a tail is.
	Outliers []float64

	// Normal is D'Agostino's test of the column's normality, which the ESD test takes
	// for granted but for the outliers; nil for too few values.
	Normal *stats.Result
}

// fewestTested is the least number of values that the ESD test is accurate for
// (Rosner 1983); with fewer it finds outliers everywhere.
const fewestTested = 25

// test adds the ESD test of one column in one group, if there is one: too many
// different values are not kept, and too few or equal ones cannot be tested. It
// looks for no more outliers than half of the values.
func (o *Outliers) test(c *ColumnProfile, opt OutlierOptions) error {
	if c.wide() {
		o.Warnings = append(o.Warnings, fmt.Sprintf("There is no ESD test of %s: too many values differ to keep them all.", c.Column.Name))
		return nil
	}
	if c.Number.N < fewestTested {
		return nil
	}
	most := int(min(int64(opt.ESD), c.Number.N/2))
	r, err := stats.GeneralizedESD(c.Tally, most, o.Alpha)
	if undefined(err) {
		return nil
	}
	if err != nil {
		return err
	}
	t := ESDTest{Column: c.Column.Name, Group: c.Group, Most: most, Result: r, Normal: c.Normal}
	for _, step := range r.Terms[:int(r.Estimate.Value)] {
		t.Outliers = append(t.Outliers, step.Values[0].Value)
	}
	o.ESD = append(o.ESD, t)
	return nil
}

// Farthest returns the value farthest from the mean, whose distance is R.
func (t *ESDTest) Farthest() float64 { return t.firstStep(0) }

// Critical returns the critical value of R.
func (t *ESDTest) Critical() float64 { return t.firstStep(2) }

// firstStep returns a figure of the first step: value, statistic or critical value.
func (t *ESDTest) firstStep(figure int) float64 {
	if len(t.Terms) == 0 {
		return math.NaN()
	}
	return t.Terms[0].Values[figure].Value
}

// take takes over what the scan of the rows has found.
func (o *Outliers) take(r *outlierRows) {
	if r.workers == nil { // there was nothing to look for
		return
	}
	if r.most > 0 {
		o.Rows, o.Label = r.result()
	}
	if unasked := slices.Compact(r.unasked); len(unasked) > 0 {
		o.Warnings = append(o.Warnings, fmt.Sprintf("No rows are listed of groups that no condition can tell apart, because they are no UTF-8, too long, or like others but for a point at the end: those of %s.", listed(unasked, mostNamed)))
	}
	if len(r.unnamed) > 0 {
		o.Warnings = append(o.Warnings, fmt.Sprintf("No rows are listed of columns with a backtick in their names, or in that of the groups, which no condition can hold: %s.", listed(r.unnamed, mostNamed)))
	}
	for k, l := range o.limits {
		found := r.counted(k)
		if l.counting {
			o.Rules[l.rule].Below, o.Rules[l.rule].Above = found.below, found.above
		}
		if !o.isFeature(r.schema, l.column) {
			continue
		}
		name := r.schema.Columns[l.column].Name
		o.tally(OutlierQuality{Column: name, Method: tukeyRule, AUC: math.NaN()}, found.seen, found.fence)
		if o.hasModified(l.column) {
			o.tally(OutlierQuality{Column: name, Method: modifiedZRule, AUC: math.NaN()}, found.seen, found.modified)
		}
	}
}

// hasModified reports whether the modified z-score has limits in a column, in one
// group at least: it is judged by the rows of all.
func (o *Outliers) hasModified(column int) bool {
	return slices.ContainsFunc(o.limits, func(l columnLimits) bool { return l.column == column && o.Rules[l.rule+1].Why == "" })
}

// isFeature reports whether a column may be ranked against the label.
func (o *Outliers) isFeature(s *dataset.Schema, column int) bool {
	return o.classes.Known() && s.Columns[column].Role == dataset.Feature
}
