package eda

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A RowScore is one way to score the rows of a group by several columns at once:
// squared Mahalanobis distances from the mean, the same from a centre and by a
// covariance that outliers do not shift (FastMCD), or an isolation forest.
//
// The first two flag rows beyond the 99.9 % quantile of chi-square, as one in a
// thousand normally distributed rows would lie; the third those of a score above
// 0.6, from which on its authors speak of outliers. A row that misses one of the
// columns has no score.
type RowScore struct {
	Method  string
	Group   string // with Within: the level of the rows
	Columns []string
	LeftOut []LeftOutColumn
	Limit   float64 // rows of a higher score are flagged
	Rows    int64   // rows of the group that were looked at
	Fitted  int64   // of these, those that decide at most
	N       int64   // of these, those that have a score
	Flagged int64

	// Why says why there is no score, in words that follow "because"; empty where
	// there is one.
	Why string
}

// A LeftOutColumn is a column that a score cannot use.
type LeftOutColumn struct {
	Column string
	Why    string // words of several columns that follow "because"
}

// The ways to score rows, and their places.
const (
	plainScore = iota
	robustScore
	isolationScore
)

var scoreMethods = [...]string{"mahalanobis", "mcd", "isolation"}

// Limits of scores, and bounds of their cost.
const (
	distanceLevel  = 0.999   // of the chi-square quantile beyond which rows are flagged
	isolationLimit = 0.6     // Liu, Ting and Zhou (2008): such rows are outliers
	maxScoredCells = 1 << 25 // kept in memory, eight bytes each
	maxRobustRows  = 10_000  // that the robust covariance is searched in
)

// scoredRows are the scores of the rows that were gathered.
type scoredRows struct {
	step   int64        // the first row and every so many rows after it
	drawn  bool         // they are rows of an engine, which have no numbers
	lines  []int64      // of the file
	class  []rowClass   // what the label says of them; nil unless classes are known
	groups []int        // places among the groups; nil without groups
	values [3][]float64 // by method; NaN where a row has none
	limits [3][]float64 // by method and group
}

// limit returns the limit of a method for a row.
func (r *scoredRows) limit(method, row int) float64 {
	switch {
	case r.groups == nil:
		return r.limits[method][0]
	case r.groups[row] == noGroup:
		return 0
	}
	return r.limits[method][r.groups[row]]
}

// newRowGatherer returns the analysis that keeps the columns by which rows are
// scored, with the codes of the label and of the groups, where there are any.
func newRowGatherer(src dataset.Source, columns []int, label, within int) *gatherer {
	g := &gatherer{columns: columns, placed: true, hint: rowsOf(src), limit: maxScoredCells / max(1, len(columns))}
	for _, coded := range []int{label, within} {
		if coded >= 0 {
			g.coded = append(g.coded, coded)
		}
	}
	return g
}

// score scores the gathered rows, apart in each group.
func (o *Outliers) score(ctx context.Context, s *dataset.Schema, g *gatherer, within int, opt OutlierOptions) error {
	if len(g.columns) < 2 {
		o.Warnings = append(o.Warnings, fmt.Sprintf("Rows have no scores: these need two columns of numbers or flags at least, and there %s.",
			choose(int64(len(g.columns)), "is one", "is none")))
		return nil
	}
	switch {
	case g.engine != nil && g.kept() < g.rows:
		o.Warnings = append(o.Warnings, fmt.Sprintf("Scores are those of %s, to bound time and memory.", g.sampleWords()))
	case g.step > 1:
		o.Warnings = append(o.Warnings, fmt.Sprintf("Scores are those of one row in %d, %s of %s, to bound time and memory.",
			g.step, grouped(int64(g.gathered())), plural(g.rows, "row")))
	}
	o.scored = &scoredRows{step: g.step, drawn: g.engine != nil, lines: g.lines}
	if o.classes.Known() {
		class := classOf(s, o.classes)
		for _, code := range g.codes[0] {
			o.scored.class = append(o.scored.class, class.Of(code))
		}
	}
	names := make([]string, len(g.columns))
	for k, i := range g.columns {
		names[k] = s.Columns[i].Name
	}
	for m := range o.scored.values {
		o.scored.values[m] = missingValues(g.gathered())
	}
	groups, members := []string{""}, [][]int32{nil}
	if within >= 0 {
		groups, members = o.groups, o.scored.divide(g.codes[len(g.codes)-1], groupOf(s, within, o.groups), len(o.groups))
	}
	for at, group := range groups {
		one := &rowScorer{names: names, cols: membersOf(g.values, members[at]), seed: opt.Seed}
		if err := one.run(ctx); err != nil {
			return err
		}
		for m := range one.scores {
			one.scores[m].Group = group
			o.scored.limits[m] = append(o.scored.limits[m], one.scores[m].Limit)
			spread := o.scored.values[m]
			for i, x := range one.values[m] {
				spread[memberAt(members[at], i)] = x
			}
		}
		o.Scores = append(o.Scores, one.scores[:]...)
		if opt.Top > 0 {
			o.Top = append(o.Top, o.named(s, g, one.top(o.scored, members[at], group, opt.Top))...)
		}
	}
	o.listTop(opt.Top)
	return nil
}

// missingValues returns n values, none of which is there.
func missingValues(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.NaN()
	}
	return x
}

// divide finds the groups of the rows, and returns the rows of each.
func (r *scoredRows) divide(codes []uint32, group *dataset.Decoder[int], groups int) (members [][]int32) {
	members = make([][]int32, groups)
	r.groups = make([]int, len(codes))
	for row, code := range codes {
		g := group.Of(code)
		r.groups[row] = g
		if g != noGroup {
			members[g] = append(members[g], int32(row))
		}
	}
	return members
}

// membersOf returns the members' values of columns; nil members are all rows.
func membersOf(cols [][]float64, members []int32) [][]float64 {
	if members == nil {
		return cols
	}
	out := make([][]float64, len(cols))
	for c, col := range cols {
		out[c] = make([]float64, len(members))
		for i, row := range members {
			out[c][i] = col[row]
		}
	}
	return out
}

// memberAt returns the row of a member; nil members are all rows.
func memberAt(members []int32, i int) int {
	if members == nil {
		return i
	}
	return int(members[i])
}

// ScoresOf returns the scores by a method of the first row and of every step-th row
// after it, NaN where a row has none; nil where nothing was scored.
func (o *Outliers) ScoresOf(method string) (scores []float64, step int64) {
	at := slices.Index(scoreMethods[:], method)
	if o.scored == nil || at < 0 {
		return nil, 0
	}
	return o.scored.values[at], o.scored.step
}

// IsolationScores returns the isolation scores of the rows to three decimals: of
// the groups normal and attack where classes are known, else of one unnamed group;
// empty where there are none.
func (o *Outliers) IsolationScores() (stats.Tally, error) {
	if o.scored == nil {
		return stats.Tally{}, nil
	}
	var scores []float64
	var class []int
	for row, x := range o.scored.values[isolationScore] {
		if x != x {
			continue
		}
		scores = append(scores, math.Round(1000*x)/1000)
		if o.scored.class != nil {
			class = append(class, int(o.scored.class[row])-int(normalRow)) // without a label: −1, in no group
		}
	}
	if o.scored.class == nil {
		return stats.TallyOf(scores)
	}
	return stats.TallyOfGroups(scores, class, []string{NormalClass, AttackClass})
}
