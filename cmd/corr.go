package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type corrOptions struct {
	analysis
	method, adjust choice
	alpha          number
}

// cramers is the method for columns of levels; the others are for numbers.
const cramers = "cramers"

func newCorr(w *world) *cobra.Command {
	o := &corrOptions{
		method: choice{"pearson", []string{"pearson", "spearman", cramers}},
		adjust: choice{"bh", []string{"bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		alpha:  number{value: 0.05, high: 1, kind: open},
	}
	c := o.command(w, &cobra.Command{
		Use:        "corr",
		SuggestFor: []string{"cor", "correlate", "correlation", "correlations"},
		Short:      "Measure how strongly columns go together",
		Long: `Corr measures every two columns: Pearson's or Spearman's correlation of numbers,
or Cramér's V of categories and flags, corrected for its bias. Every figure
comes with an interval and a p-value adjusted for the number of pairs. Rows that
miss either value are left out of that pair.`,
		Example: `  netanom corr --feature src_bytes,dst_bytes,count
  netanom corr --method spearman --fail-if 'estimate > 0.9999'
  netanom corr --method cramers --format markdown`,
	}, o.ask)
	o.featureFlag(c)
	c.Flags().Var(&o.method, "method", o.method.usage("what to measure"))
	c.Flags().Var(&o.adjust, "adjust", o.adjust.usage("how p-values are adjusted for the number of pairs"))
	c.Flags().Var(&o.alpha, "alpha", "1 - alpha is the level of the intervals")
	complete(c, "method", words(o.method.choices...))
	complete(c, "adjust", words(o.adjust.choices...))
	return c
}

func (o *corrOptions) ask(ctx context.Context, in *input) (answer, error) {
	adjust, err := stats.ParseAdjustment(o.adjust.value)
	if err != nil {
		return answer{}, usageError{err}
	}
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	if o.method.value == cramers {
		a, err := eda.Associate(ctx, in.source, eda.AssociateOptions{Features: o.features, Level: 1 - o.alpha.value, Adjust: adjust})
		if err != nil {
			return answer{}, err
		}
		s, err := report.Associations(a)
		return answer{rows: a.Rows, sections: []report.Section{s}}, err
	}
	method, err := stats.ParseCorrelationMethod(o.method.value)
	if err != nil {
		return answer{}, usageError{err}
	}
	r, err := eda.Correlate(ctx, in.source, eda.CorrelateOptions{Features: o.features, Method: method, Level: 1 - o.alpha.value, Adjust: adjust})
	if err != nil {
		return answer{}, err
	}
	s, err := report.Correlations(r)
	return answer{rows: r.Rows, sections: []report.Section{s}}, err
}
