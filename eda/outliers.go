package eda

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// OutlierOptions choose the columns and the rules' limits.
type OutlierOptions struct {
	Features []string // columns by any spelling; empty or "all": every column of numbers but flags and the label
	TukeyK   float64  // reach of the fences in interquartile ranges; 0: 1.5
	ModZ     float64  // limit of the modified z-score; 0: 3.5
	Rows     int      // most rows listed per column; 0: none
	Budget   int      // different numbers kept in memory, see dataset.Counts; 0: the usual
}

// Outliers are the values of each column outside its rules' limits.
type Outliers struct {
	TableRows int64 // rows of the table
	TukeyK    float64
	ModZ      float64
	Rules     []OutlierRule // two for each column that holds a value
	Rows      []OutlierRow  // column by column, the farthest out first, of equals the first in the file
	Label     string        // name of the label whose values Rows carry; "" without one
}

// An OutlierRule is one rule applied to one column.
type OutlierRule struct {
	Column string
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

// An OutlierRow is a row in which a column lies outside Tukey's fences.
type OutlierRow struct {
	Column string
	Value  float64
	Row    int64  // number of the row in the source, from 1; rows left out by a filter do not count
	Line   int64  // line of the file, 0 if unknown
	Label  string // what the row is, "" if the table does not say
}

// FindOutliers applies Tukey's fences and the modified z-score to each numeric
// column and lists the rows farthest outside the fences. Values on a limit are
// inside; missing values are left out, and a column without a value has no rule.
// It is an error if a limit is negative or not finite, or if a column asked for
// by name holds no numbers.
//
// A column of which more values differ than Budget lets it keep takes a few
// further scans, and has no modified z-score.
//
// A column in which at least half of the values are equal has an interquartile
// range or a median absolute deviation of 0. Tukey's fences then lie on the
// quartile, and every other value is outside; the modified z-score is undefined.
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
	if columns == nil {
		columns = measuredAmong(src.Schema(), nil)
	} else if columns, err = numericColumns(src.Schema(), columns); err != nil {
		return nil, err
	}
	counts := &dataset.Counts{By: -1, Needed: columns, Budget: o.Budget}
	if err := src.Scan(ctx, counts); err != nil {
		return nil, err
	}
	profile, err := profileOf(ctx, counts, src, columns)
	if err != nil {
		return nil, err
	}
	r, err := out.judgeAll(profile, columns, o.Rows)
	if err != nil {
		return nil, err
	}
	if !r.idle() {
		if err := src.Scan(ctx, r); err != nil {
			return nil, err
		}
		out.take(r)
	}
	return out, nil
}

// newOutliers checks the limits and fills in the usual ones.
func newOutliers(o OutlierOptions) (*Outliers, error) {
	for _, limit := range []float64{o.TukeyK, o.ModZ} {
		if !(limit >= 0 && limit <= maxLimit) {
			return nil, fmt.Errorf("the limit of a rule for outliers must lie above 0, not at %g", limit)
		}
	}
	out := &Outliers{TukeyK: o.TukeyK, ModZ: o.ModZ}
	if out.TukeyK == 0 {
		out.TukeyK = stats.TukeyInner
	}
	if out.ModZ == 0 {
		out.ModZ = stats.ModifiedZ
	}
	return out, nil
}

// maxLimit is beyond any use, and keeps the fences finite.
const maxLimit = 1e9

// judgeAll applies both rules to some profiled columns, and returns the analysis
// that finds the rows outside Tukey's fences.
func (o *Outliers) judgeAll(p *Profile, columns []int, rows int) (*outlierRows, error) {
	o.TableRows = p.Rows
	r := &outlierRows{most: rows}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Number == nil || !slices.Contains(columns, c.Index) {
			continue
		}
		if err := o.judge(c, r); err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Column.Name, err)
		}
	}
	return r, nil
}

// judge applies both rules to one column. Of one whose values could not all be
// kept, r is to count those outside.
func (o *Outliers) judge(c *ColumnProfile, r *outlierRows) error {
	tukey := OutlierRule{Column: c.Column.Name, Method: "tukey", Limit: o.TukeyK, N: c.Number.N}
	modz := OutlierRule{Column: c.Column.Name, Method: "modified_z", Limit: o.ModZ, N: c.Number.N}
	counting := -1
	if c.wide() {
		tukey.Lower, tukey.Upper = stats.TukeyFences(c.Number.Q25, c.Number.Q75, o.TukeyK)
		modz.Why = "too many values differ to keep them all"
		counting = len(o.Rules)
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
	o.Rules = append(o.Rules, tukey, modz)
	if counting >= 0 || r.most > 0 && tukey.Total() > 0 {
		r.columns = append(r.columns, outlierColumn{column: c.Index, fence: tukey.OutlierCount, counting: counting})
	}
	return nil
}

// take takes over what the second scan has found.
func (o *Outliers) take(r *outlierRows) {
	if r.most > 0 {
		o.Rows, o.Label = r.result()
	}
	for k, c := range r.columns {
		if c.counting >= 0 {
			rule := &o.Rules[c.counting]
			rule.Below, rule.Above = r.outside(k)
		}
	}
}
