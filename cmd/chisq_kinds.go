package cmd

import (
	"context"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

// published tests a table of counts.
func (o *chisqOptions) published(ctx context.Context, in *input, table eda.TableOptions) (answer, error) {
	if in.drawn() {
		return answer{}, usagef("%s holds %s, too many for published counts; --from-counts is for those, and the rows of a table are counted without it", in.path, counted(in.fetched.Of, "row"))
	}
	t, err := dataset.Load(ctx, in.source)
	if err != nil {
		return answer{}, err
	}
	d, err := eda.TestCounts(ctx, t, table)
	if err != nil {
		return answer{}, err
	}
	found, err := o.independenceAnswer(d)
	found.counts = true
	return found, err
}

// fit tests whether levels occur in expected shares.
func (o *chisqOptions) fit(ctx context.Context, in *input, table eda.TableOptions) (answer, error) {
	if len(o.features) == 0 {
		return answer{}, usagef("--expected needs the column whose shares are expected; name it with --feature")
	}
	expected, err := o.expectedShares(ctx)
	if err != nil {
		return answer{}, err
	}
	f, err := eda.TestFit(ctx, in.source, eda.FitOptions{Features: o.features, Expected: expected, Level: table.Level, Adjust: table.Adjust})
	if err != nil {
		return answer{}, err
	}
	sections, err := report.Fits(f)
	return answer{rows: f.Rows, sections: sections, digest: report.Shortened(sections)}, err
}

// expectedShares reads --expected.
func (o *chisqOptions) expectedShares(ctx context.Context) ([]eda.ExpectedShare, error) {
	switch {
	case o.expected == "equal":
		return nil, nil
	case strings.Contains(o.expected, "="):
		shares, err := eda.ParseExpected(o.expected)
		if err != nil {
			err = usagef("--expected: %w", err)
		}
		return shares, err
	}
	file, err := dataset.Open(ctx, o.expected, dataset.Options{})
	if err != nil {
		return nil, usagef("--expected takes equal, level=share,... or a file: %w", err)
	}
	defer file.Close()
	t, err := dataset.Load(ctx, file)
	if err != nil {
		return nil, err
	}
	shares, err := eda.ExpectedFrom(t)
	if err != nil {
		err = usagef("--expected %s: %w", o.expected, err)
	}
	return shares, err
}

// paired tests two columns of the same rows.
func (o *chisqOptions) paired(ctx context.Context, in *input, table eda.TableOptions) (answer, error) {
	if len(o.mcnemar) != 2 {
		return answer{}, usagef("--mcnemar takes two columns, as in --mcnemar a,b; not %d", len(o.mcnemar))
	}
	p, err := eda.TestPaired(ctx, in.source, o.mcnemar[0], o.mcnemar[1], table.Level)
	if err != nil {
		return answer{}, err
	}
	return answer{rows: p.Rows, sections: []report.Section{report.Paired(p)}}, nil
}

// stratified tests within strata.
func (o *chisqOptions) stratified(ctx context.Context, in *input, table eda.TableOptions) (answer, error) {
	if len(o.features) != 1 {
		return answer{}, usagef("--strata needs one column of two levels; name it with --feature")
	}
	t, err := eda.TestStrata(ctx, in.source, o.strata, eda.IndependenceOptions{Features: o.features, By: o.by, Groups: o.groups, Normal: o.input.normal, TableOptions: table})
	if err != nil {
		return answer{}, err
	}
	s, err := report.Stratified(t)
	return answer{rows: t.Rows, sections: []report.Section{s}, digest: report.Shortened([]report.Section{s})}, err
}
