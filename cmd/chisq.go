package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type chisqOptions struct {
	analysis
	by          string
	groups      []string
	adjust      choice
	alternative choice
	alpha       number
	simulate    number
	seed        number
	expected    string
	counts      string
	mcnemar     []string
	strata      string
}

func newChisq(w *world) *cobra.Command {
	o := &chisqOptions{
		adjust:      choice{"bh", []string{"bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		alternative: choice{"two-sided", []string{"two-sided", "less", "greater"}},
		alpha:       number{value: 0.05, high: 1, kind: open},
		simulate:    number{high: 1e6, kind: whole},
		seed:        number{value: 1, high: 1 << 53, kind: whole},
	}
	c := o.command(w, &cobra.Command{
		Use:        "chisq",
		SuggestFor: []string{"chi2", "chi-square", "chisquare", "fisher", "independence", "crosstab", "gof"},
		Short:      "Test whether levels and groups are independent",
		Long: `Chisq asks whether the levels of a column go with the class, normal or attack,
or with the groups of another column: by how much (Cramér's V with interval),
in which cells, and whether it could be chance (Pearson, G; Yates and Fisher's
exact test for two levels in two groups). Without --feature it ranks all
categories and flags.

Where an expected count is below 1, or more than a fifth of them below 5, it
draws tables with the same margins at random for a p-value that holds
(--simulate), and shows the test again with rare levels put together.

Other questions about counts:

  --expected     do levels occur in given shares?
  --mcnemar      do two columns have their two levels equally often, row by row?
  --strata       do two levels go with two groups within each level of a column?
  --from-counts  the first question, of counts that were published`,
		Example: `  netanom test chisq --feature protocol_type
  netanom chisq --feature service,flag --by category
  netanom chisq --feature flag --by attack --group neptune --group normal
  netanom chisq --feature protocol_type --expected tcp=0.7,udp=0.2,icmp=0.1
  netanom chisq --feature is_guest_login --strata protocol_type`,
	}, o.ask)
	read := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error { return o.readCounts(c, args, read) }
	o.featureFlag(w, c)
	f := c.Flags()
	f.StringVar(&o.by, "by", "", "what groups the rows: a `column`, or class, or category (default class)")
	f.StringArrayVar(&o.groups, "group", nil, "`group` that counts; repeatable (default: all)")
	f.Var(&o.adjust, "adjust", o.adjust.usage("how p-values are adjusted, over columns and over cells"))
	f.Var(&o.alternative, "alternative", o.alternative.usage("departures of the odds ratio that count, in Fisher's exact test"))
	f.Var(&o.alpha, "alpha", "p from which on nothing counts as shown; 1 - alpha is the level of the intervals")
	f.Var(&o.simulate, "simulate", "random tables for a p-value (default: 2000 where counts are small)")
	f.Var(&o.seed, "seed", "seed of the random tables")
	f.StringVar(&o.expected, "expected", "", "test shares instead: equal, or level=share,..., or a `file` of levels and shares")
	f.StringSliceVar(&o.mcnemar, "mcnemar", nil, "test whether these two `columns` have their two levels equally often")
	f.StringVar(&o.strata, "strata", "", "test within each level of this `column`, for two levels in two groups")
	f.StringVar(&o.counts, "from-counts", "", "`file` that holds counts instead of rows: a level and a count for each group, or level, group, count")
	for _, name := range []string{"mcnemar", "strata"} {
		w.complete(c, name, o.input.completeColumns)
	}
	w.complete(c, "by", o.input.completeColumns)
	w.complete(c, "adjust", words(o.adjust.choices...))
	w.complete(c, "alternative", words(o.alternative.choices...))
	return c
}

// readCounts lets --from-counts name the file that is read, in place of FILE.
func (o *chisqOptions) readCounts(c *cobra.Command, args []string, read func(*cobra.Command, []string) error) error {
	if err := o.check(c); err != nil {
		return err
	}
	if o.counts == "" {
		return read(c, args)
	}
	if len(args) > 0 {
		return usagef("--from-counts %s is what is read; leave out %s", o.counts, args[0])
	}
	o.input.needsRows = true
	return read(c, []string{o.counts})
}

// check refuses flags that would do nothing.
func (o *chisqOptions) check(c *cobra.Command) error {
	var kinds []string
	for _, name := range []string{"from-counts", "expected", "mcnemar", "strata"} {
		if c.Flags().Changed(name) {
			kinds = append(kinds, "--"+name)
		}
	}
	if len(kinds) > 1 {
		return usagef("%s ask different questions; choose one", strings.Join(kinds, " and "))
	}
	kind, idle := "", []string(nil)
	switch {
	case o.counts != "":
		kind, idle = "from-counts", []string{"feature", "by", "group", "label", "normal"}
	case o.expected != "":
		kind, idle = "expected", []string{"by", "group", "alternative", "simulate", "seed"}
	case len(o.mcnemar) > 0:
		kind, idle = "mcnemar", []string{"feature", "by", "group", "adjust", "alternative", "simulate", "seed"}
	case o.strata != "":
		kind, idle = "strata", []string{"adjust", "alternative", "simulate", "seed"}
	}
	for _, name := range idle {
		if c.Flags().Changed(name) {
			return usagef("--%s does nothing with --%s; leave it out", name, kind)
		}
	}
	return nil
}

// ask tests what the flags choose.
func (o *chisqOptions) ask(ctx context.Context, in *input) (answer, error) {
	table, err := o.table()
	if err != nil {
		return answer{}, err
	}
	found, err := o.asked(ctx, in, table)
	var group *eda.GroupError
	if errors.As(err, &group) {
		err = usageError{err}
	}
	return found, err
}

// asked tests what the flags choose, a table of counts by its options.
func (o *chisqOptions) asked(ctx context.Context, in *input, table eda.TableOptions) (answer, error) {
	switch {
	case o.counts != "":
		return o.published(ctx, in, table)
	case o.expected != "":
		return o.fit(ctx, in, table)
	case len(o.mcnemar) > 0:
		return o.paired(ctx, in, table)
	case o.strata != "":
		return o.stratified(ctx, in, table)
	}
	return o.independence(ctx, in, table)
}

// table returns how a table of counts is to be tested.
func (o *chisqOptions) table() (eda.TableOptions, error) {
	t := eda.TableOptions{Level: 1 - o.alpha.value, Simulate: int(o.simulate.value), Seed: uint64(o.seed.value)}
	var err error
	if t.Adjust, err = stats.ParseAdjustment(o.adjust.value); err != nil {
		return t, usageError{err}
	}
	if t.Alternative, err = stats.ParseAlternative(o.alternative.value); err != nil {
		return t, usageError{err}
	}
	return t, nil
}

func (o *chisqOptions) independence(ctx context.Context, in *input, table eda.TableOptions) (answer, error) {
	d, err := eda.TestIndependence(ctx, in.source, eda.IndependenceOptions{Features: o.features, By: o.by, Groups: o.groups, Normal: o.input.normal, TableOptions: table})
	if err != nil {
		return answer{}, err
	}
	return o.independenceAnswer(d)
}

// independenceAnswer shows tests of independence. An alternative to two sides is for
// the odds ratio, which only two levels in two groups have.
func (o *chisqOptions) independenceAnswer(d *eda.Independence) (answer, error) {
	if o.alternative.value != stats.TwoSided.String() && !slices.ContainsFunc(d.Tests, func(t *eda.TableTest) bool { return t.Exact != nil }) {
		return answer{}, usagef("--alternative is for two levels in two groups; no column here has them")
	}
	sections, err := report.Independence(d)
	if err != nil {
		return answer{}, err
	}
	return answer{rows: d.Rows, sections: sections, digest: report.IndependenceDigest(d, sections)}, nil
}
