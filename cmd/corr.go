package cmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type corrOptions struct {
	analysis
	method, adjust   choice
	alpha, redundant number
	adjustment       stats.Adjustment // that adjust names
}

// The methods that are not correlation coefficients.
const (
	cramers       = "cramers"
	pointBiserial = "pointbiserial"
	eta           = "eta"
	information   = "mi"
	allMethods    = "all"
)

// scatters is how many pairs of columns are drawn against each other.
const scatters = 3

func newCorr(w *world) *cobra.Command {
	o := &corrOptions{
		method:    choice{"pearson", []string{"pearson", "spearman", "kendall", cramers, pointBiserial, eta, information, allMethods}},
		adjust:    choice{"bh", []string{"bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		alpha:     number{value: 0.05, high: 1, kind: open},
		redundant: number{value: 0.9, high: 1, kind: open},
	}
	var c *cobra.Command
	o.input.fetches = true
	c = o.command(w, &cobra.Command{
		Use:        "corr",
		SuggestFor: []string{"cor", "correlate", "correlation", "correlations"},
		Short:      "Measure how strongly columns go together",
		Long: `Corr measures how strongly every two columns go together. Choose by what they
hold:

  numbers            pearson (lines), spearman or kendall (rising and falling)
  categories, flags  cramers: Cramér's V, corrected for its bias
  number and flag    pointbiserial; the label counts as normal or attack
  number, category   eta: the root of the part of the variance between levels
  any two            mi: mutual information in bits, of numbers in 20 bins

Every figure comes with an interval and a p-value adjusted for the number of
pairs. Rows that miss either value are left out of that pair. Of numbers that
correlate beyond --redundant it says which to keep.`,
		Example: `  netanom corr --feature src_bytes,dst_bytes,count
  netanom corr --method spearman --fail-if 'estimate > 0.9999'
  netanom corr --method eta --feature src_bytes,service
  netanom corr --method cramers --format markdown`,
	}, func(ctx context.Context, in *input) (answer, error) {
		return o.ask(ctx, in, c.Flags().Changed("redundant"))
	})
	o.featureFlag(w, c)
	c.Flags().Var(&o.method, "method", o.method.usage("what to measure"))
	c.Flags().Var(&o.adjust, "adjust", o.adjust.usage("how p-values are adjusted for the number of pairs"))
	c.Flags().Var(&o.alpha, "alpha", "1 - alpha is the level of the intervals")
	c.Flags().Var(&o.redundant, "redundant", "absolute correlation of numbers above which one is enough")
	w.complete(c, "method", words(o.method.choices...))
	w.complete(c, "adjust", words(o.adjust.choices...))
	return c
}

// ask measures by the chosen method. redundant says that the flag was given.
func (o *corrOptions) ask(ctx context.Context, in *input, redundant bool) (found answer, err error) {
	if redundant && slices.Contains([]string{cramers, pointBiserial, eta, information}, o.method.value) {
		return found, usagef("--redundant is for correlations of numbers: --method pearson, spearman, kendall or all")
	}
	if o.adjustment, err = stats.ParseAdjustment(o.adjust.value); err != nil {
		return found, usageError{err}
	}
	if err := in.load(ctx); err != nil {
		return found, err
	}
	in.progress.stageIs("correlating")
	switch o.method.value {
	case cramers:
		found, err = o.associate(ctx, in)
	case pointBiserial:
		found, err = o.group(ctx, in, eda.PointBiserial)
	case eta:
		found, err = o.group(ctx, in, eda.CorrelationRatio)
	case information:
		found, err = o.inform(ctx, in)
	case allMethods:
		found, err = o.relate(ctx, in)
	default:
		found, err = o.correlate(ctx, in)
	}
	if err != nil {
		if _, wrong := eda.FindClasses(in.source.Schema(), o.input.normal); wrong != nil && err.Error() == wrong.Error() {
			err = usageError{err}
		}
	}
	return found, err
}

func (o *corrOptions) correlate(ctx context.Context, in *input) (answer, error) {
	method, err := stats.ParseCorrelationMethod(o.method.value)
	if err != nil {
		return answer{}, usageError{err}
	}
	c, err := eda.Correlate(ctx, in.source, eda.CorrelateOptions{Features: o.features, Method: method, Level: 1 - o.alpha.value, Adjust: o.adjustment,
		Normal: o.input.normal, Redundant: o.redundant.value, Scatters: scatters, Fetch: o.input.database.fetched()})
	if err != nil {
		return answer{}, err
	}
	return answer{rows: c.Rows, sections: []report.Section{report.Correlations(c)}}, nil
}

func (o *corrOptions) associate(ctx context.Context, in *input) (answer, error) {
	a, err := eda.Associate(ctx, in.source, eda.AssociateOptions{Features: o.features, Level: 1 - o.alpha.value, Adjust: o.adjustment})
	if err != nil {
		return answer{}, err
	}
	return answer{rows: a.Rows, sections: []report.Section{report.Associations(a)}}, nil
}

func (o *corrOptions) group(ctx context.Context, in *input, method eda.GroupMethod) (answer, error) {
	g, err := eda.RelateGroups(ctx, in.source, eda.GroupOptions{Features: o.features, Normal: o.input.normal, Method: method, Level: 1 - o.alpha.value, Adjust: o.adjustment, Fetch: o.input.database.fetched()})
	if err != nil {
		return answer{}, err
	}
	return answer{rows: g.Rows, sections: []report.Section{report.Grouped(g)}}, nil
}

func (o *corrOptions) inform(ctx context.Context, in *input) (answer, error) {
	n, err := eda.Inform(ctx, in.source, eda.InformOptions{Features: o.features, Level: 1 - o.alpha.value, Adjust: o.adjustment})
	if err != nil {
		return answer{}, err
	}
	return answer{rows: n.Rows, sections: []report.Section{report.Informed(n)}}, nil
}

func (o *corrOptions) relate(ctx context.Context, in *input) (answer, error) {
	r, err := eda.Relate(ctx, in.source, eda.RelateOptions{Features: o.features, Normal: o.input.normal, Level: 1 - o.alpha.value, Adjust: o.adjustment,
		Redundant: o.redundant.value, Scatters: scatters, Stage: in.progress.stageIs, Fetch: o.input.database.fetched()})
	if err != nil {
		return answer{}, err
	}
	return answer{rows: r.Rows, sections: report.Relations(r)}, nil
}
