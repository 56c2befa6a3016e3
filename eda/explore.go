package eda

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// ExploreOptions choose what Explore looks at.
type ExploreOptions struct {
	// Features are the columns that are described, related and searched for
	// outliers, by any spelling; empty or "all": every column. Gaps, repeats and
	// breaches are always those of the whole table.
	Features []string

	Normal  []string          // levels of the label that mean normal; empty: found by name
	Adjust  stats.Adjustment  // of p-values over all pairs; zero: Benjamini and Hochberg's
	Budget  int               // different numbers kept in memory, see dataset.Counts; 0: the usual
	Private bool              // findings name no cells
	Fetch   Fetch             // rows of an engine for what it cannot count
	Stage   func(name string) // told what is being done, for progress; may be nil
}

// An Exploration is everything a first look at a table says.
type Exploration struct {
	Profile      *Profile
	Classes      Classes
	ByClass      map[string]ClassSplit // numeric columns by name, where classes are known and not too many values differ
	Ranking      *Ranking              // nil unless there are both normal rows and attacks
	Gaps         *Gaps
	Pearson      *Correlations // nil where fewer than two numeric columns vary
	Spearman     *Correlations
	Associations *Associations // nil where fewer than two columns with levels vary
	Information  *Informed     // nil where fewer than two columns vary
	Outliers     *Outliers     // with up to five rows for each column, and the ten of the highest scores
	Extremes     []Extreme     // up to three highest and three lowest values of each column
	TimeSeries   *TimeSeries   // nil without a column of times, and where TimeSeriesOf is an error
	Repeats      *Repeats
	Breaches     []Breach
	Problems     *dataset.Problems
	Findings     []Finding
	private      bool
	Skipped      []string // what could not be asked and why, in sentences
}

// The lengths of an exploration's lists.
const (
	exploredOutliers = 5
	exploredExtremes = 3
	exploredScatters = 3
)

// Explore asks every question of the package and turns the answers into
// findings. The source is scanned twice, and a few times more if it has columns
// of numbers of which more differ than Budget lets it keep (see Describe).
//
// It is an error if the source cannot be read, if a feature does not exist, and
// if Normal is no level of the label. Questions that the table has no columns for
// are skipped, and Skipped says so.
func Explore(ctx context.Context, src dataset.Source, o ExploreOptions) (*Exploration, error) {
	if o.Stage == nil {
		o.Stage = func(string) {}
	}
	if o.Adjust == stats.NoAdjustment {
		o.Adjust = stats.BenjaminiHochberg
	}
	x := &explorer{ctx: ctx, src: src, options: o, out: &Exploration{private: o.Private}}
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"reading every column", x.read},
		{"comparing columns", x.compare},
		{"ranking features", x.rank},
		{"scoring rows", x.scoreRows},
		{"correlating", x.correlate},
		{"crossing categories", x.associate},
		{"measuring shared information", x.inform},
	} {
		o.Stage(step.name)
		if err := step.run(); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	x.out.Findings = x.out.findings(src.Schema())
	return x.out, nil
}

// An explorer asks the questions of one exploration.
type explorer struct {
	ctx      context.Context
	src      dataset.Source
	options  ExploreOptions
	features []int // nil: all
	out      *Exploration

	clock *clockScan

	// What the second scan is for.
	varying []int     // columns of numbers
	numbers *gatherer // of these, and of the label
	levels  *crosser
	binned  *crosser // numbers in bins, and levels

	split *labelSplit // nil where classes are not known
}

// read is the first scan: all that can be asked without knowing an answer.
func (x *explorer) read() (err error) {
	if x.features, err = resolve(x.ctx, x.src, x.options.Features); err != nil {
		return err
	}
	counts := &dataset.Counts{By: -1, Needed: x.features, Budget: x.options.Budget}
	gaps, byLabel, rows, contract := &gapFinder{}, &labelGapFinder{}, &rowHasher{}, &contractCheck{}
	x.clock = &clockScan{}
	if err := x.src.Scan(x.ctx, counts, gaps, byLabel, rows, contract, x.clock); err != nil {
		return err
	}
	problems := dataset.ProblemsOf(x.src)
	x.out.Problems = &problems
	if x.out.Profile, err = profileOf(x.ctx, counts, x.src, x.features); err != nil {
		return err
	}
	if x.out.Classes, err = FindClasses(x.src.Schema(), x.options.Normal); err != nil {
		return err
	}
	x.out.Gaps = gaps.result(problems)
	if x.out.Gaps.ByClass, err = byLabel.result(x.out.Classes); err != nil {
		return err
	}
	x.out.Repeats = rows.result(x.out.Classes)
	x.out.Breaches = contract.result()
	return nil
}

// compare is the second scan: what needs the kinds, values or classes of the
// columns.
func (x *explorer) compare() (err error) {
	s, out := x.src.Schema(), x.out
	if out.Outliers, err = newOutliers(OutlierOptions{}); err != nil {
		return err
	}
	out.Outliers.classes = out.Classes
	outliers, err := out.Outliers.judgeAll(out.Profile, measuredAmong(s, x.features), OutlierOptions{Rows: exploredOutliers})
	if err != nil {
		return err
	}
	extremes := newExtremeFinder(out.Profile, exploredExtremes)
	x.varying = numericAmong(s, x.profiled(func(p *ColumnProfile) bool { return p.Distinct > 1 }))
	x.numbers = &gatherer{hint: handedOut(x.src, out.Profile.Rows), columns: slices.Clone(x.varying), placed: true, fetch: x.options.Fetch, full: true}
	x.numbers.also(out.Classes.Column)
	if out.Classes.Column >= 0 {
		x.numbers.coded = []int{out.Classes.Column}
	}
	x.levels = newCrosser(s, levelledAmong(s, x.features))
	x.binned = newBinnedCrosser(s, informativeAmong(s, x.features), out.Profile)
	analyses := []dataset.Analysis{outliers, extremes, x.numbers, x.levels, x.binned}
	labelled := x.labelled(s)
	if labelled != nil {
		analyses = append(analyses, labelled)
	}
	steps, o := x.steps()
	if steps != nil {
		analyses = append(analyses, steps)
	}
	if err := x.src.Scan(x.ctx, analyses...); err != nil {
		return err
	}
	switch {
	case steps == nil:
	case steps.refused != nil:
		out.Skipped = append(out.Skipped, fmt.Sprintf("No time series: %s.", steps.refused))
	default:
		if out.TimeSeries, err = steps.examined(x.ctx, &o); err != nil {
			return err
		}
	}
	out.Extremes = extremes.list
	out.Outliers.take(outliers)
	if labelled == nil {
		return nil
	}
	if x.split, err = labelled.result(s); err != nil {
		return err
	}
	out.ByClass = x.split.byClass(s)
	return nil
}

// labelled returns the analysis that counts the columns by the label, nil where
// classes are not known.
func (x *explorer) labelled(s *dataset.Schema) *labelCounter {
	if !x.out.Classes.Known() {
		return nil
	}
	counted := slices.DeleteFunc(splittable(s, x.out.Classes, x.features), func(i int) bool { return x.out.profile(i).wide() })
	return newLabelCounter(s, x.out.Classes, x.options.Budget, counted)
}

// rank compares the classes, if there are both.
func (x *explorer) rank() (err error) {
	if x.split == nil || x.split.rows(NormalClass) == 0 || x.split.rows(AttackClass) == 0 {
		return nil
	}
	x.out.Ranking, err = rank(x.src.Schema(), x.split, splittable(x.src.Schema(), x.out.Classes, x.features), x.options.Adjust)
	return err
}

// profile returns the profile of a column that is among the features.
func (e *Exploration) profile(column int) *ColumnProfile {
	at := slices.IndexFunc(e.Profile.Columns, func(p ColumnProfile) bool { return p.Index == column })
	return &e.Profile.Columns[at]
}

// steps returns the analysis that resamples the table, nil if nothing can be said
// over time, and with what options.
func (x *explorer) steps() (*resampler, TimeSeriesOptions) {
	var o TimeSeriesOptions
	s := x.src.Schema()
	err := x.clock.err
	if errors.Is(err, ErrNoTime) && s.Clock() < 0 {
		return nil, o // a finding says so
	}
	var r *resampler
	if err == nil {
		err = o.complete()
	}
	if err == nil {
		r, err = newResampler(s, x.clock, x.out.Classes, nil, &o)
	}
	if err != nil {
		x.out.Skipped = append(x.out.Skipped, fmt.Sprintf("No time series: %s.", err))
		return nil, o
	}
	return r, o
}

// profiled returns the profiled columns for which a condition holds; never nil.
func (x *explorer) profiled(holds func(p *ColumnProfile) bool) []int {
	columns := []int{}
	for i := range x.out.Profile.Columns {
		if p := &x.out.Profile.Columns[i]; holds(p) {
			columns = append(columns, p.Index)
		}
	}
	return columns
}

// correlate computes both matrices from the numbers of the second scan.
func (x *explorer) correlate() (err error) {
	s, out := x.src.Schema(), x.out
	o := CorrelateOptions{Method: stats.Pearson, Adjust: x.options.Adjust, Normal: x.options.Normal, Scatters: exploredScatters}
	if out.Pearson, err = correlate(x.ctx, s, x.numbers, x.varying, o); err != nil {
		return x.skip("No correlations", err)
	}
	o.Method, o.Scatters = stats.Spearman, 0
	if out.Spearman, err = correlate(x.ctx, s, x.numbers, x.varying, o); err != nil {
		return err
	}
	for _, c := range []*Correlations{out.Pearson, out.Spearman} {
		for _, i := range numericAmong(s, x.profiled(func(p *ColumnProfile) bool { return p.Distinct <= 1 })) {
			c.Constant = append(c.Constant, s.Columns[i].Name)
		}
	}
	x.numbers = nil // the largest thing in memory
	return nil
}

func (x *explorer) associate() (err error) {
	x.out.Associations, err = associate(x.levels, AssociateOptions{Adjust: x.options.Adjust})
	return x.skip("No associations", err)
}

func (x *explorer) inform() (err error) {
	x.out.Information, err = inform(x.ctx, x.binned, InformOptions{Adjust: x.options.Adjust})
	return x.skip("No mutual information", err)
}

// skip takes note of a question that the table has too few columns for; other
// errors it returns.
func (x *explorer) skip(what string, err error) error {
	var few *fewColumnsError
	if !errors.As(err, &few) {
		return err
	}
	x.out.Skipped = append(x.out.Skipped, fmt.Sprintf("%s: %s.", what, few))
	return nil
}
