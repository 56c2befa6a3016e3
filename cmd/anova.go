package cmd

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type anovaOptions struct {
	analysis
	by, and         string
	control         string
	groups          []string
	additive        bool
	sequential      bool
	fromStats       bool
	posthoc, adjust choice
	alpha           number
}

func newAnova(w *world) *cobra.Command {
	o := &anovaOptions{
		posthoc: choice{"auto", eda.Posthocs()},
		adjust:  choice{"bh", []string{"bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		alpha:   number{value: 0.05, high: 1, kind: open},
	}
	var c *cobra.Command
	c = o.command(w, &cobra.Command{
		Use:        "anova",
		SuggestFor: []string{"variance", "oneway", "welch", "kruskal", "tukey"},
		Short:      "Compare the means of several groups",
		Long: `Anova asks whether a number has the same mean in all groups of rows, and which
groups differ: the share of the variance that lies between the groups with its
interval, Fisher's F, Welch's test and Brown and Forsythe's F*, which do not
take the variances for equal, and, because traffic is skewed, the same question
of ranks (Kruskal and Wallis) and of log(1+x). Where these disagree it says so
first.

The groups are the categories of the label (normal, dos, probe, r2l, u2r), or
the levels of --by. Columns named with --feature are told about in full, with
every pair of groups; without it all columns of numbers are ranked. With --and,
two factors and their interaction are told apart by sums of squares of types II
and III. With --from-stats, FILE holds the sizes, means and standard deviations
of the groups instead of records: columns group, n, mean and sd.`,
		Example: `  netanom test anova
  netanom test anova --feature src_bytes
  netanom test anova --feature count --by protocol_type --posthoc tukey
  netanom test anova --feature count --by protocol_type --and flag
  netanom test anova --feature duration --posthoc dunnett --control normal`,
	}, func(ctx context.Context, in *input) (answer, error) { return o.ask(ctx, in, c.Flags()) })
	o.featureFlag(w, c)
	c.Flags().StringVar(&o.by, "by", "", "`column` whose levels are the groups (default: categories of the label)")
	c.Flags().StringVar(&o.and, "and", "", "second `column` whose levels make cells with those of the first")
	c.Flags().BoolVar(&o.additive, "no-interaction", false, "with --and: the factors do not interact")
	c.Flags().BoolVar(&o.sequential, "sequential", false, "with --and: sums of squares of type I too")
	c.Flags().BoolVar(&o.fromStats, "from-stats", false, "FILE holds one group a row: group, n, mean, sd")
	c.Flags().StringArrayVar(&o.groups, "group", nil, "`group` to compare; repeatable (default: all)")
	c.Flags().Var(&o.posthoc, "posthoc", o.posthoc.usage("how pairs of groups are compared"))
	c.Flags().StringVar(&o.control, "control", "", "`group` that --posthoc dunnett compares the others with (default: normal)")
	c.Flags().Var(&o.adjust, "adjust", o.adjust.usage("how p-values are adjusted for the number of features"))
	c.Flags().Var(&o.alpha, "alpha", "1 - alpha is the level of the intervals")
	w.complete(c, "by", o.input.completeColumns)
	w.complete(c, "and", o.input.completeColumns)
	w.complete(c, "posthoc", words(o.posthoc.choices...))
	w.complete(c, "adjust", words(o.adjust.choices...))
	return c
}

// ask chooses the analysis that the flags ask for.
func (o *anovaOptions) ask(ctx context.Context, in *input, flags *pflag.FlagSet) (answer, error) {
	if err := o.check(flags); err != nil {
		return answer{}, err
	}
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	in.progress.stageIs("comparing groups")
	if o.and != "" {
		r, err := eda.AnalyzeTwoWay(ctx, in.source, eda.TwoWayOptions{Features: o.features, By: o.by, And: o.and, Groups: o.groups,
			Normal: o.input.normal, Additive: o.additive, Sequential: o.sequential, Level: 1 - o.alpha.value})
		if err != nil {
			return answer{}, err
		}
		sections, err := report.TwoWay(r)
		return answer{rows: r.Rows, sections: sections, digest: report.AnovaDigest(sections)}, err
	}
	options := eda.AnovaOptions{Features: o.features, By: o.by, Groups: o.groups, Normal: o.input.normal, Control: o.control, Level: 1 - o.alpha.value}
	var err error
	if options.Adjust, err = stats.ParseAdjustment(o.adjust.value); err != nil {
		return answer{}, usageError{err}
	}
	if options.Posthoc, err = eda.ParsePosthoc(o.posthoc.value); err != nil {
		return answer{}, usageError{err}
	}
	analyze := eda.AnalyzeVariance
	if o.fromStats {
		analyze = eda.AnalyzeSummaries
	}
	a, err := analyze(ctx, in.source, options)
	if err != nil {
		return answer{}, err
	}
	sections, err := report.Anova(a)
	return answer{rows: a.Rows, sections: sections, digest: report.AnovaDigest(sections)}, err
}

// check refuses flags that would do nothing beside the others.
func (o *anovaOptions) check(flags *pflag.FlagSet) error {
	given := func(names ...string) string {
		for _, name := range names {
			if flags.Changed(name) {
				return name
			}
		}
		return ""
	}
	idle := ""
	switch {
	case o.and != "" && len(o.features) == 0:
		return usagef("--and needs --feature: name the column whose means are compared")
	case o.and != "":
		idle = given("posthoc", "control", "adjust", "from-stats")
	case o.fromStats:
		idle = given("by", "group", "feature", "adjust", "no-interaction", "sequential")
	default:
		if name := given("no-interaction", "sequential"); name != "" {
			return usagef("--%s is for two factors; name the second with --and", name)
		}
	}
	switch {
	case idle != "" && o.fromStats && o.and == "":
		return usagef("--%s does nothing with --from-stats", idle)
	case idle != "":
		return usagef("--%s does nothing with --and", idle)
	case o.control != "" && o.posthoc.value != "dunnett":
		return usagef("--control is for --posthoc dunnett")
	}
	return nil
}
