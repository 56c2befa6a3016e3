package eda

import (
	"context"
	"errors"
	"fmt"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// OutlierOptions choose the columns and the rules' limits.
type OutlierOptions struct {
	Features []string // columns by any spelling; empty or "all": every column of numbers but flags and the label
	TukeyK   float64  // reach of the fences in interquartile ranges; 0: 1.5
	ModZ     float64  // limit of the modified z-score; 0: 3.5
	Rows     int      // most rows listed per column; 0: none
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

	// Why says why the rule has no limits: half of the values are equal, so that
	// the median absolute deviation is 0. The counts then are 0 and the bounds mean
	// nothing. It is empty where there are limits.
	Why string
}

// An OutlierRow is a row in which a column lies outside Tukey's fences.
type OutlierRow struct {
	Column string
	Value  float64
	Row    int64  // number of the row, from 1
	Line   int64  // line of the file, 0 if unknown
	Label  string // what the row is, "" if the table does not say
}

// FindOutliers applies Tukey's fences and the modified z-score to each numeric
// column and lists the rows farthest outside the fences. Values on a limit are
// inside; missing values are left out, and a column without a value has no rule.
// It is an error if a limit is negative or not finite, or if a column asked for
// by name holds no numbers.
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
	counts := &dataset.Counts{By: -1, Needed: columns}
	if err := src.Scan(ctx, counts); err != nil {
		return nil, err
	}
	out.TableRows = counts.Rows()
	r := &outlierRows{most: o.Rows}
	for _, i := range columns {
		t, err := counts.Tally(i, 0)
		if err != nil {
			return nil, err
		}
		if err := out.judge(src.Schema(), i, t, r); err != nil {
			return nil, err
		}
	}
	if r.idle() {
		return out, nil
	}
	if err := src.Scan(ctx, r); err != nil {
		return nil, err
	}
	out.Rows, out.Label = r.result()
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

// judge applies both rules to one column, and lets the rows outside Tukey's
// fences be looked for.
func (o *Outliers) judge(s *dataset.Schema, column int, t stats.Tally, r *outlierRows) error {
	n, name := t.Total(), s.Columns[column].Name
	if n == 0 {
		return nil
	}
	tukey, err := stats.TukeyOutliers(t, o.TukeyK)
	if err != nil {
		return fmt.Errorf("column %q: %w", name, err)
	}
	modz, err := stats.ModifiedZOutliers(t, o.ModZ)
	rule := OutlierRule{Column: name, Method: "modified_z", Limit: o.ModZ, OutlierCount: modz, N: n}
	switch {
	case errors.Is(err, stats.ErrConstant):
		rule.Why = "at least half of the values are equal"
	case err != nil:
		return fmt.Errorf("column %q: %w", name, err)
	}
	o.Rules = append(o.Rules, OutlierRule{Column: name, Method: "tukey", Limit: o.TukeyK, OutlierCount: tukey, N: n}, rule)
	if tukey.Total() > 0 {
		r.columns, r.fences = append(r.columns, column), append(r.fences, tukey)
	}
	return nil
}
