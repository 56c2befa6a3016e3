package eda

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// RelateOptions choose the columns of all measures.
type RelateOptions struct {
	Features  []string          // columns by any spelling; empty or "all": every column
	Normal    []string          // levels of the label that mean normal; empty: found by name
	Level     float64           // confidence level; 0: 0.95
	Adjust    stats.Adjustment  // of the p-values over all pairs of a measure; zero: none
	Redundant float64           // see CorrelateOptions
	Scatters  int               // see CorrelateOptions; of Pearson's r only
	Fetch     Fetch             // rows of an engine for what it cannot count
	Stage     func(name string) // told what is being done, for progress; may be nil
}

// Relations are all measures of how columns go together.
type Relations struct {
	Rows         int64
	Correlations []*Correlations // Pearson's, Spearman's and Kendall's; none where fewer than two columns of numbers vary
	Associations *Associations   // nil where fewer than two columns with levels vary
	Grouped      []*Grouped      // point-biserial, and the correlation ratio; none where there are no pairs
	Information  *Informed       // nil where fewer than two columns vary
	Skipped      []string        // what could not be measured and why, in sentences
}

// Relate asks Correlate, Associate, RelateGroups and Inform at once, each of the
// columns that it is for, in two scans, and a few more for columns of too many
// different numbers. Measures that the table has too few columns for are skipped,
// and Skipped says so. It is an error if a column asked for by name holds neither
// numbers nor levels, and if Normal is no level of the label.
func Relate(ctx context.Context, src dataset.Source, o RelateOptions) (*Relations, error) {
	if o.Stage == nil {
		o.Stage = func(string) {}
	}
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	columns, err := informativeColumns(s, wanted)
	if err != nil {
		return nil, err
	}
	o.Stage("reading every column")
	p, err := Describe(ctx, src, DescribeOptions{Features: namesOf(s, columns)})
	if err != nil {
		return nil, err
	}
	r := &relater{ctx: ctx, schema: s, options: o, out: &Relations{Rows: p.Rows}}
	r.numbers = &gatherer{hint: handedOut(src, p.Rows), columns: numericAmong(s, columns), fetch: o.Fetch, full: true}
	r.correlated = slices.Clone(r.numbers.columns)
	r.numbers.also(levelledAmong(s, columns)...)
	if label := s.Label(); label >= 0 && s.Columns[label].Dict != nil {
		r.numbers.also(label)
	}
	r.levels = newCrosser(s, levelledAmong(s, columns))
	r.binned = newBinnedCrosser(s, columns, p)
	o.Stage("comparing columns")
	if err := src.Scan(ctx, r.numbers, r.levels, r.binned); err != nil {
		return nil, err
	}
	return r.out, r.measure(columns)
}

// A relater measures what one scan gathered.
type relater struct {
	ctx        context.Context
	schema     *dataset.Schema
	options    RelateOptions
	correlated []int // columns of numbers and flags
	numbers    *gatherer
	levels     *crosser
	binned     *crosser
	out        *Relations
}

// measure takes all measures.
func (r *relater) measure(columns []int) error {
	for _, method := range []stats.CorrelationMethod{stats.Pearson, stats.Spearman, stats.Kendall} {
		if err := r.correlate(method); err != nil {
			return err
		}
	}
	r.options.Stage("crossing categories")
	a, err := associate(r.levels, AssociateOptions{Level: r.options.Level, Adjust: r.options.Adjust})
	if err := r.skip("cramers", err); err != nil {
		return err
	}
	r.out.Associations = a
	for _, method := range []GroupMethod{PointBiserial, CorrelationRatio} {
		if err := r.relateGroups(method, columns); err != nil {
			return err
		}
	}
	r.options.Stage("measuring shared information")
	n, err := inform(r.ctx, r.binned, InformOptions{Level: r.options.Level, Adjust: r.options.Adjust})
	r.out.Information = n
	return r.skip("mi", err)
}

func (r *relater) correlate(method stats.CorrelationMethod) error {
	o := CorrelateOptions{Method: method, Level: r.options.Level, Adjust: r.options.Adjust, Normal: r.options.Normal, Redundant: r.options.Redundant}
	if method == stats.Pearson {
		o.Scatters = r.options.Scatters
	}
	r.options.Stage("correlating by " + method.String())
	c, err := correlate(r.ctx, r.schema, r.numbers, r.correlated, o)
	if err != nil {
		return r.skip(method.String(), err)
	}
	r.out.Correlations = append(r.out.Correlations, c)
	return nil
}

func (r *relater) relateGroups(method GroupMethod, columns []int) error {
	r.options.Stage("comparing groups")
	groups := slices.DeleteFunc(slices.Clone(columns), func(i int) bool { return !method.makesGroups(&r.schema.Columns[i]) })
	g, err := relateGroups(r.ctx, r.schema, r.numbers, measuredAmong(r.schema, columns), groups,
		GroupOptions{Method: method, Normal: r.options.Normal, Level: r.options.Level, Adjust: r.options.Adjust})
	if err != nil {
		return r.skip(method.String(), err)
	}
	r.out.Grouped = append(r.out.Grouped, g)
	return nil
}

// skip takes note of a measure that there are too few columns for; other errors it
// returns.
func (r *relater) skip(method string, err error) error {
	var few *fewColumnsError
	if !errors.As(err, &few) {
		return err
	}
	r.out.Skipped = append(r.out.Skipped, fmt.Sprintf("Method %s is left out: %s.", method, few))
	return nil
}
