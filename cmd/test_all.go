package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type testAllOptions struct {
	analysis
	adjust choice
	alpha  number
}

func newTestAll(w *world) *cobra.Command {
	o := &testAllOptions{
		adjust: choice{"bh", []string{"none", "bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		alpha:  number{value: 0.05, high: 1, kind: open},
	}
	o.input.fetches = true
	c := o.command(w, &cobra.Command{
		Use:        "all",
		SuggestFor: []string{"hypotheses", "every", "study"},
		Short:      "Test five hypotheses about attacks on one page",
		Long: `All asks five questions of a table whose label tells normal rows from attacks:

  1  does the volume of traffic differ?         t-tests, ranks, ANOVA
  2  does the protocol go with the class?       chi-square
  3  does the service?                          chi-square
  4  does the flag of a connection tell them?   logistic regression
  5  do urgent packets go with attacks?         logistic regression

Each is answered by the size of the effect first, and with what a literal reading
of the p-values would get wrong. The p-values of the page are adjusted together.
Columns are found by their names in known layouts; a question whose column is not
there, or does not vary, says so. The report folder has every test in full.`,
		Example: `  netanom test all
  netanom test all --adjust holm --alpha 0.01
  netanom test all --fail-if 'p_adj < 0.05 && effect > 0.2'`,
	}, o.ask)
	c.Flags().Var(&o.adjust, "adjust", o.adjust.usage("how p-values are adjusted over all tests"))
	c.Flags().Var(&o.alpha, "alpha", "p from which on nothing counts as shown; 1 - alpha is the level of the intervals")
	w.complete(c, "adjust", words(o.adjust.choices...))
	return c
}

// influentialRows is how many rows each regression of the page lists.
const influentialRows = 20

func (o *testAllOptions) ask(ctx context.Context, in *input) (answer, error) {
	q := eda.HypothesesOptions{Normal: o.input.normal, Level: 1 - o.alpha.value, Rows: influentialRows, Fetch: o.input.database.fetched(), Stage: in.progress.stageIs}
	var err error
	if q.Adjust, err = stats.ParseAdjustment(o.adjust.value); err != nil {
		return answer{}, usageError{err}
	}
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	h, err := eda.TestHypotheses(ctx, in.source, q)
	if impossible := (*eda.DesignError)(nil); errors.As(err, &impossible) {
		err = usageError{err}
	}
	if err != nil {
		return answer{}, err
	}
	sections, err := report.Hypotheses(h)
	return answer{rows: h.Rows, sections: sections, digest: report.HypothesesDigest(sections)}, err
}
