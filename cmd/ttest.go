package cmd

import (
	"context"
	"errors"
	"math"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type ttestOptions struct {
	analysis
	flags               func(name string) bool // whether a flag was given
	by                  string
	groups, paired      []string
	mu, sesoi           number
	pooled, fromStats   bool
	alternative, adjust choice
	alpha               number
	permutation         number
	bootstrap, seed     number
}

func newTTest(w *world) *cobra.Command {
	o := &ttestOptions{
		mu:          number{low: -math.MaxFloat64, high: math.MaxFloat64},
		sesoi:       number{high: 10, kind: open},
		alternative: choice{"two-sided", []string{"two-sided", "less", "greater"}},
		adjust:      choice{"bh", []string{"bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		alpha:       number{value: 0.05, high: 0.5, kind: open},
		permutation: number{high: 1e6, kind: whole},
		bootstrap:   number{high: 1e6, kind: whole},
		seed:        number{value: 1, high: 1 << 53, kind: whole},
	}
	o.input.fetches = true
	c := o.command(w, &cobra.Command{
		Use:        "ttest",
		SuggestFor: []string{"t-test", "t", "welch", "means", "mean"},
		Short:      "Compare means, and say when means mislead",
		Long: `Ttest compares the means of two groups of rows in every column of numbers:
normal traffic and attacks, or two levels of --by. Differences are of the first
group less the second (normal less attack; --group turns them round). Other
questions: --mu compares a mean with a value, --paired two columns row by row.

Traffic is heavy-tailed: a few rows can decide a mean. So every t-test (Welch's,
or Student's with --pooled) comes with the same test of log(1+x) where values
are skewed, of trimmed means (Yuen), of ranks (Mann-Whitney, Brunner-Munzel),
and with tests of variances and normality. Where means and ranks disagree, the
first line says so.

--from-stats reads published summaries instead: columns group, n, mean, sd, and
feature where there are several.`,
		Example: `  netanom ttest --feature src_bytes
  netanom ttest --feature all --format csv
  netanom ttest --feature count --by protocol_type --group tcp --group udp
  netanom ttest --paired serror_rate,srv_serror_rate
  netanom ttest --feature duration --sesoi 0.2 --bootstrap 2000`,
	}, o.ask)
	o.flags = c.Flags().Changed
	o.featureFlag(w, c)
	f := c.Flags()
	f.StringVar(&o.by, "by", "", "`column` whose levels make the groups (default: the classes of the label)")
	f.StringArrayVar(&o.groups, "group", nil, "`level` that makes a group; give two, the first less the second")
	f.Var(&o.mu, "mu", "compare the mean of all rows with this value")
	f.StringSliceVar(&o.paired, "paired", nil, "two `columns` to compare row by row, first less second")
	f.BoolVar(&o.pooled, "pooled", false, "take both variances to be equal: Student's t instead of Welch's")
	f.Var(&o.alternative, "alternative", o.alternative.usage("differences that count"))
	f.Var(&o.alpha, "alpha", "level of significance; 1 - alpha is that of the intervals")
	f.Var(&o.adjust, "adjust", o.adjust.usage("how p-values are adjusted for the number of columns"))
	f.Var(&o.sesoi, "sesoi", "smallest effect of interest in standard deviations: test whether the means are equivalent within it")
	f.Var(&o.permutation, "permutation", "random assignments to the groups, or of signs, for a permutation test, 0 for none")
	f.Var(&o.bootstrap, "bootstrap", "samples drawn again for BCa intervals, 0 for none")
	f.Var(&o.seed, "seed", "seed of --permutation and --bootstrap")
	f.BoolVar(&o.fromStats, "from-stats", false, "FILE holds summaries: columns group, n, mean, sd")
	w.complete(c, "by", o.input.completeColumns)
	w.complete(c, "paired", o.input.completeColumns)
	w.complete(c, "alternative", words(o.alternative.choices...))
	w.complete(c, "adjust", words(o.adjust.choices...))
	return c
}

func (o *ttestOptions) ask(ctx context.Context, in *input) (answer, error) {
	opt, err := o.options()
	if err != nil {
		return answer{}, err
	}
	found, err := o.compare(ctx, in, opt)
	if impossible := (*eda.DesignError)(nil); errors.As(err, &impossible) {
		err = usageError{err}
	}
	if err != nil {
		return answer{}, err
	}
	s, err := report.TTest(found)
	return answer{rows: found.Rows, sections: []report.Section{s}, digest: report.TTestDigest(s)}, err
}

func (o *ttestOptions) compare(ctx context.Context, in *input, opt eda.TTestOptions) (*eda.Means, error) {
	if o.fromStats {
		return eda.TTestFromSummaries(ctx, in.source, opt)
	}
	if err := in.load(ctx); err != nil {
		return nil, err
	}
	in.progress.stageIs("comparing means")
	return eda.TTest(ctx, in.source, opt)
}

// options makes the question of the flags.
func (o *ttestOptions) options() (opt eda.TTestOptions, err error) {
	opt = eda.TTestOptions{Fetch: o.input.database.fetched(), Features: o.features, Normal: o.input.normal, By: o.by, Groups: o.groups, Pooled: o.pooled, Level: 1 - o.alpha.value,
		Equivalence: o.sesoi.value, Permutations: int(o.permutation.value), Bootstraps: int(o.bootstrap.value), Seed: uint64(o.seed.value)}
	if opt.Alternative, err = stats.ParseAlternative(o.alternative.value); err != nil {
		return opt, usageError{err}
	}
	if opt.Adjust, err = stats.ParseAdjustment(o.adjust.value); err != nil {
		return opt, usageError{err}
	}
	switch {
	case o.flags("mu"):
		opt.Design, opt.Mu = eda.OneSample, o.mu.value
	case len(o.paired) > 0:
		if len(o.paired) != 2 {
			return opt, usagef("--paired needs two columns, as in --paired serror_rate,srv_serror_rate")
		}
		if len(o.features) > 0 {
			return opt, usagef("--paired names the columns; leave --feature out")
		}
		opt.Design, opt.Paired = eda.PairedSample, [2]string(o.paired)
	}
	return opt, o.checkDesign(opt.Design)
}

// checkDesign refuses flags that would do nothing.
func (o *ttestOptions) checkDesign(d eda.MeanDesign) error {
	var designs []string
	for _, name := range []string{"by", "mu", "paired", "from-stats"} {
		if o.flags(name) {
			designs = append(designs, "--"+name)
		}
	}
	if len(designs) > 1 {
		return usagef("%s and %s ask different questions; give one of them", designs[0], designs[1])
	}
	if len(o.groups) > 0 && len(o.groups) != 2 {
		return usagef("--group: give two groups, not %d", len(o.groups))
	}
	if o.fromStats {
		return o.refuse("the rows themselves, which summaries do not hold", "feature", "permutation", "bootstrap", "seed")
	}
	if o.flags("seed") && o.permutation.value == 0 && o.bootstrap.value == 0 {
		return usagef("--seed is for --permutation and --bootstrap")
	}
	if d == eda.TwoSamples {
		return nil
	}
	return o.refuse("two groups of rows, not for --mu or --paired", "group", "pooled")
}

// refuse says of the first of some flags that was given what it is for.
func (o *ttestOptions) refuse(what string, names ...string) error {
	for _, name := range names {
		if o.flags(name) {
			return usagef("--%s is for %s", name, what)
		}
	}
	return nil
}
