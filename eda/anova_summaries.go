package eda

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// AnalyzeSummaries does the analysis of variance of a table that holds one group a row:
// columns group, n, mean and sd (with divisor n−1). What needs the values themselves,
// such as ranks, is left out. Of the options, it looks at Posthoc, Control and Level.
//
// It is an error if a column is not there, if a cell is missing or cannot be (n that is
// no count, an sd below 0), or if the groups do not allow an analysis.
func AnalyzeSummaries(ctx context.Context, src dataset.Source, o AnovaOptions) (*AnovaReport, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	s := src.Schema()
	g := &gatherer{}
	for _, name := range []string{"group", "n", "mean", "sd"} {
		i, err := s.Resolve(name)
		if err != nil {
			return nil, fmt.Errorf("--from-stats needs the columns group, n, mean and sd: %w", err)
		}
		if numeric := name != "group"; numeric != (s.Columns[i].Dict == nil && s.Columns[i].Kind.Numeric()) {
			kind := dataset.Number
			if name == "group" {
				kind = dataset.Category
			}
			return nil, fmt.Errorf("--from-stats: column %q holds %s cells (%s)", s.Columns[i].Name, s.Columns[i].Kind, typeFlag(s.Columns[i].Name, kind))
		}
		g.columns = append(g.columns, i)
	}
	if err := src.Scan(ctx, g); err != nil {
		return nil, err
	}
	if g.rows > maxAnovaGroups {
		return nil, fmt.Errorf("--from-stats: %s groups; an analysis of variance takes at most %d", grouped(g.rows), maxAnovaGroups)
	}
	out := &AnovaReport{Rows: g.rows, By: s.Columns[g.columns[0]].Name, Level: orDefault(o.Level), Detailed: true}
	names, groups, err := summarized(g, s.Columns[g.columns[0]].Dict)
	if err != nil {
		return nil, err
	}
	for i, m := range groups {
		out.Groups = append(out.Groups, dataset.LevelCount{Level: names[i], N: m.N})
	}
	f := AnovaFeature{Name: "value", Notes: []string{"Ranks, logarithms and tests of the variances need the values themselves."}}
	if f.OneWay, err = stats.OneWayOf(names, groups); err != nil {
		switch {
		case errors.Is(err, stats.ErrTooFew):
			err = errors.New("--from-stats needs two groups, and more than one value in one of them")
		case errors.Is(err, stats.ErrConstant):
			err = errors.New("--from-stats: neither do the means differ, nor is there an sd above 0")
		}
		return nil, err
	}
	t := anovaTest{level: out.Level, names: names, options: o, detailed: true}
	if err := t.testMeans(&f); err != nil {
		return nil, err
	}
	if o.Posthoc == PosthocDunn {
		return nil, errors.New("--posthoc dunn needs the values themselves; take tukey or games-howell")
	}
	f.PAdjusted, f.Log10PAdjusted = f.F.P, f.F.Log10P
	if err := t.comparePairs(&f, stats.Tally{}, false); err != nil {
		return nil, err
	}
	out.Features = []AnovaFeature{f}
	return out, nil
}

// summarized makes the groups of the rows that were gathered.
func summarized(g *gatherer, levels *dataset.Dict) (names []string, groups []stats.Moments, err error) {
	seen := map[string]bool{}
	for row := range g.values[0] {
		code, n, mean, sd := g.values[0][row], g.values[1][row], g.values[2][row], g.values[3][row]
		if math.IsNaN(code) {
			return nil, nil, fmt.Errorf("--from-stats: row %d has no group", row+1)
		}
		name := levels.Level(uint32(code))
		switch {
		case seen[name]:
			return nil, nil, fmt.Errorf("--from-stats: two rows are of group %q", name)
		case !(n >= 1 && n <= 1<<53 && n == math.Trunc(n)):
			return nil, nil, fmt.Errorf("--from-stats: n of group %q is %v; want a count", name, n)
		case math.IsNaN(mean) || !(sd >= 0) && n > 1:
			return nil, nil, fmt.Errorf("--from-stats: group %q needs a mean, and an sd of at least 0", name)
		}
		seen[name] = true
		m := stats.Moments{N: int64(n), Mean: mean, M3: math.NaN(), M4: math.NaN(), Min: math.Inf(-1), Max: math.Inf(1)}
		if n > 1 {
			m.M2 = sd * sd * (n - 1)
		}
		names, groups = append(names, name), append(groups, m)
	}
	return names, groups, nil
}
