package eda

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// DescribeOptions choose what Describe looks at.
type DescribeOptions struct {
	Features []string // columns by any spelling, each taken once; empty or "all": every column
	By       string   // a column whose levels make groups; "": one group
	Budget   int      // different numbers kept in memory, see dataset.Counts; 0: the usual
}

// A Profile describes every column of a table.
type Profile struct {
	Rows      int64
	Columns   []ColumnProfile      // in the order of the features; with By, each column once for every group
	By        string               // name of the column that makes the groups; "" without
	Groups    []dataset.LevelCount // with By: the groups that occur with their rows, in the order of their names
	Ungrouped int64                // with By: rows without a group, which Columns leave out
	Warnings  []string             // what is not as asked, in sentences
}

// A ColumnProfile describes one column, or one column within one group.
type ColumnProfile struct {
	Column  dataset.Column
	Index   int    // of the column in the schema
	Group   string // the group, with By
	Rows    int64  // of the table or the group
	Missing int64  // of these rows, those without a value

	// BadCells and Infinite count the cells that are missing because they could not
	// be read or were infinite. They are known of the file as a whole only, also
	// where some of its rows were left out; with By they are 0.
	BadCells int64
	Infinite int64

	Distinct int64
	Exact    bool // whether Distinct was counted, not estimated

	Number   *stats.Summary       // numeric columns that hold a value
	Normal   *stats.Result        // D'Agostino's test of normality, for quantities that vary and are enough
	Distance float64              // D of Kolmogorov and Smirnov: the largest distance between the distribution and the normal one of the same mean and SD; NaN where it is not known
	Tally    stats.Tally          // numeric columns: their values with counts, a single unnamed group; empty if there are too many
	Levels   []dataset.LevelCount // coded columns: levels from the most frequent, ties by their bytes
	Level    *stats.LevelSummary  // coded columns that hold a value
}

// maxGroups is how many groups a description may have: each takes memory for
// every column, and nobody reads more.
const maxGroups = 256

// Describe summarises the columns of a source in one scan. Missing cells are
// counted and left out. Quantiles are exact and of type 7. A column without a
// value has neither Number nor Level; figures that do not exist are NaN.
//
// Columns of numbers of which more differ than Budget lets it keep take a few
// further scans. Their quantiles are exact all the same; Distinct is an estimate,
// Tally is empty, Normal is nil, the figures of Number that need all values at
// once are NaN, which Warnings say, and means and spreads are those of a file or
// of a table in memory up to rounding. With By, such columns are left out, with a
// warning.
//
// An engine counts by itself, and Budget is for 0 what it hands out of each column. Of
// columns of numbers of which more differ it says the same as further scans do.
//
// With By, every column is described apart for the rows of each level; rows
// without a level are counted in Ungrouped only, and columns of text are left
// out, with a warning. It is an error if By has no levels or more than 256, and
// if a column does not exist.
func Describe(ctx context.Context, src dataset.Source, o DescribeOptions) (*Profile, error) {
	features, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	counts := &dataset.Counts{By: -1, Needed: features, Budget: budgetOf(src, o.Budget)}
	if o.By != "" {
		if counts.By, err = groupColumn(ctx, src, o.By); err != nil {
			return nil, err
		}
	}
	if err := src.Scan(ctx, counts); err != nil {
		return nil, err
	}
	return profileOf(ctx, counts, src, features)
}

// groupColumn finds the column that makes the groups, and checks that it can.
func groupColumn(ctx context.Context, src dataset.Source, name string) (int, error) {
	if err := settle(ctx, src); err != nil {
		return -1, err
	}
	s := src.Schema()
	i, err := s.Resolve(name)
	if err != nil {
		return -1, fmt.Errorf("--by: %w", err)
	}
	if c := &s.Columns[i]; c.Dict != nil && c.Dict.Len() > maxGroups {
		return -1, fmt.Errorf("--by: column %q has %s levels; groups need one with at most %s", c.Name, grouped(int64(c.Dict.Len())), grouped(maxGroups))
	}
	return i, nil
}

// profileOf turns what was counted into the profile of the features, of every
// column for nil.
func profileOf(ctx context.Context, c *dataset.Counts, src dataset.Source, features []int) (*Profile, error) {
	s := src.Schema()
	p := &Profile{Rows: c.Rows()}
	if c.By >= 0 {
		p.By = s.Columns[c.By].Name
		return p, p.describeGroups(c, s, orAll(s, features))
	}
	problems := dataset.ProblemsOf(src)
	wide, err := summarizeWide(ctx, src, c.Overflowed())
	if err != nil {
		return nil, err
	}
	for _, i := range orAll(s, features) {
		col := ColumnProfile{Column: s.Columns[i], Index: i, Rows: p.Rows, Exact: true}
		if i < len(problems.Columns) {
			col.BadCells, col.Infinite = problems.Columns[i].BadCells, problems.Columns[i].Infinite
		}
		if sum, ok := wide[i]; ok {
			col.Missing, col.Number, col.Distinct, col.Exact = sum.Missing, &sum.Summary, sum.Distinct, sum.exact
			p.Warnings = append(p.Warnings, wideWarning(col.Column.Name))
		} else if err := col.fill(c, 0); err != nil {
			return nil, err
		}
		p.Columns = append(p.Columns, col)
	}
	return p, nil
}

// describeGroups adds a profile for every column and group.
func (p *Profile) describeGroups(c *dataset.Counts, s *dataset.Schema, features []int) error {
	codes, groups := c.GroupLevels()
	p.Groups, p.Ungrouped = groups, p.Rows
	for _, g := range groups {
		p.Ungrouped -= g.N
	}
	overflowed := c.Overflowed()
	for _, i := range features {
		why := ""
		switch {
		case s.Columns[i].Kind == dataset.Text:
			why = "text is not described by group"
		case slices.Contains(overflowed, i):
			why = "it has too many different values to count them by group"
		}
		if why != "" {
			p.Warnings = append(p.Warnings, fmt.Sprintf("Column %s is left out: %s.", s.Columns[i].Name, why))
			continue
		}
		for g, code := range codes {
			col := ColumnProfile{Column: s.Columns[i], Index: i, Group: groups[g].Level, Rows: groups[g].N, Exact: true}
			if err := col.fill(c, code); err != nil {
				return err
			}
			p.Columns = append(p.Columns, col)
		}
	}
	return nil
}

// fill computes the column's figures from the counts of the group.
func (p *ColumnProfile) fill(c *dataset.Counts, group int) error {
	switch kind := p.Column.Kind; {
	case kind.Numeric() || kind == dataset.Unknown:
		return p.fillNumbers(c, group)
	case kind == dataset.Text:
		p.Missing = c.Missing(p.Index)
		p.Distinct, p.Exact = c.Distinct(p.Index)
		return nil
	default:
		return p.fillLevels(c.Levels(p.Index, group))
	}
}

func (p *ColumnProfile) fillNumbers(c *dataset.Counts, group int) (err error) {
	if p.Tally, err = c.Tally(p.Index, group); err != nil {
		return err
	}
	p.Missing = p.Rows - p.Tally.Total()
	if p.Tally.Total() == 0 {
		return nil
	}
	sum := stats.Summarize(p.Tally)
	sum.Missing = p.Missing
	p.Number, p.Distinct = &sum, sum.Distinct
	if p.Distance = math.NaN(); p.Column.Kind == dataset.Number {
		if r, err := stats.DAgostinoK2(p.Tally); err == nil { // else too few values, or all are equal
			p.Normal = &r
		}
		if r, err := stats.Lilliefors(p.Tally); err == nil {
			p.Distance = r.Statistic.Value
		}
	}
	return nil
}

// wide reports whether too many values of the column differ for Tally to hold
// them.
func (p *ColumnProfile) wide() bool { return p.Number != nil && p.Tally.Len() == 0 }

func (p *ColumnProfile) fillLevels(levels []dataset.LevelCount) error {
	names, counts := make([]string, len(levels)), make([]int64, len(levels))
	for i, l := range levels {
		names[i], counts[i] = l.Level, l.N
	}
	sum, err := stats.SummarizeLevels(names, counts)
	if err != nil {
		return fmt.Errorf("column %q: %w", p.Column.Name, err)
	}
	p.Missing, p.Distinct = p.Rows-sum.N, sum.Distinct
	if sum.N == 0 {
		return nil
	}
	sum.Missing = p.Missing
	p.Level = &sum
	sort.SliceStable(levels, func(i, j int) bool { return levels[i].N > levels[j].N })
	p.Levels = levels
	return nil
}
