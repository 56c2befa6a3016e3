package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/stats"
)

type logitOptions struct {
	analysis
	formula            string
	joint, firth       bool
	references, groups []string
	by, cluster        string
	adjust, ci, errors choice
	alpha, cutoff      number
	rows               number
}

// The ways to intervals of coefficients.
const (
	waldIntervals    = "wald"
	profileIntervals = "profile"
)

func newLogit(w *world) *cobra.Command {
	o := &logitOptions{
		adjust: choice{"bh", []string{"none", "bonferroni", "holm", "hochberg", "hommel", "bh", "by"}},
		ci:     choice{waldIntervals, []string{waldIntervals, profileIntervals}},
		errors: choice{"model", []string{"model", "hc0", "hc1"}},
		alpha:  number{value: 0.05, high: 1, kind: open},
		cutoff: number{value: 0.5, high: 1, kind: open},
		rows:   number{value: 20, high: 1000, kind: whole},
	}
	o.input.fetches = true
	c := o.command(w, &cobra.Command{
		Use:        "logit",
		SuggestFor: []string{"logistic", "logreg", "regression", "glm", "odds"},
		Short:      "Explain the class by columns: logistic regression",
		Long: `Logit models the odds of an attack by columns that you name, all in one model:

  src_bytes            a number or flag: one slope
  flag                 a category: each level against the commonest, or --ref
  log1p(src_bytes)     of heavy tails; std(count) in standard deviations;
                       positive(urgent) is 1 above 0, else 0
  flag:logged_in       what the two add together; brings both with it

Without --feature, or with all, each column is a model of its own, ranked by how
much of the deviance it takes away; --joint puts all columns into one model.

Where a level or a value occurs in one class only, its odds ratio does not
exist. Logit says which, and puts the fit by Firth's method beside, which always
exists. Rows with a missing value are left out, and counted.`,
		Example: `  netanom logit --feature flag
  netanom logit --feature 'positive(urgent)' --ci profile
  netanom logit --formula 'log1p(src_bytes) + flag*logged_in' --errors hc1
  netanom logit --feature service --by protocol_type --group tcp`,
	}, o.ask)
	o.featureFlag(w, c)
	f := c.Flags()
	f.Lookup("feature").Usage = "`term` of the model, or all; repeatable (default: each column alone)"
	f.StringVar(&o.formula, "formula", "", "`terms` joined by +, instead of --feature; a*b is a + b + a:b")
	f.BoolVar(&o.joint, "joint", false, "put all columns into one model")
	f.StringArrayVar(&o.references, "ref", nil, "`column=level` that other levels are compared with; repeatable (default: the commonest)")
	f.StringVar(&o.by, "by", "", "`column` whose levels to tell apart instead of normal and attack")
	f.StringArrayVar(&o.groups, "group", nil, "`level` of --by to explain, then the one to compare it with (default: all others)")
	f.Var(&o.alpha, "alpha", "1 - alpha is the level of the intervals")
	f.Var(&o.adjust, "adjust", o.adjust.usage("how p-values of columns alone are adjusted"))
	f.Var(&o.ci, "ci", o.ci.usage("intervals and p of coefficients by standard errors, or by profiles of the likelihood"))
	f.Var(&o.errors, "errors", o.errors.usage("standard errors by the model, or robust"))
	f.StringVar(&o.cluster, "cluster", "", "`column` whose rows of one value depend on each other, for standard errors")
	f.BoolVar(&o.firth, "firth", false, "fit by Firth's method too, even where nothing is separated")
	f.Var(&o.cutoff, "cutoff", "probability from which a row is classed as an attack")
	f.Var(&o.rows, "rows", "most influential rows listed")
	for _, name := range []string{"by", "cluster"} {
		w.complete(c, name, o.input.completeColumns)
	}
	w.complete(c, "adjust", words(o.adjust.choices...))
	w.complete(c, "ci", words(o.ci.choices...))
	w.complete(c, "errors", words(o.errors.choices...))
	return c
}

// ask fits one model, or one for each column.
func (o *logitOptions) ask(ctx context.Context, in *input) (found answer, err error) {
	q, err := o.question(in)
	if err != nil {
		return found, err
	}
	if err := in.load(ctx); err != nil {
		return found, err
	}
	if len(q.Terms) == 0 && !o.joint {
		found, err = o.screen(ctx, in, q)
	} else {
		found, err = o.fit(ctx, in, q)
	}
	var term *eda.TermError
	var group *eda.GroupError
	if errors.As(err, &term) || errors.As(err, &group) {
		err = usageError{err}
	}
	return found, err
}

func (o *logitOptions) question(in *input) (q eda.LogitOptions, err error) {
	if q.Adjust, err = stats.ParseAdjustment(o.adjust.value); err != nil {
		return q, usageError{err}
	}
	if q.Errors, err = stats.ParseLogitErrors(o.errors.value); err != nil {
		return q, usageError{err}
	}
	switch {
	case o.cluster != "" && q.Errors != stats.ModelErrors:
		return q, usagef("--cluster and --errors are two ways to standard errors; give one")
	case o.cluster != "":
		q.Errors = stats.ClusteredErrors
	}
	if q.Terms = o.features; o.formula != "" {
		if len(o.features) > 0 {
			return q, usagef("--formula and --feature both name the terms; give one")
		}
		if q.Terms, err = eda.SplitFormula(o.formula); err != nil {
			return q, usageError{err}
		}
	}
	if len(q.Terms) == 1 && q.Terms[0] == "all" {
		q.Terms = nil
	}
	q.References, q.Normal, q.By, q.Groups = o.references, o.input.normal, o.by, o.groups
	q.Level, q.Cluster, q.Profile = 1-o.alpha.value, o.cluster, o.ci.value == profileIntervals
	q.Firth, q.Cutoff, q.Rows, q.Stage = o.firth, o.cutoff.value, int(o.rows.value), in.progress.stageIs
	q.Fetch = o.input.database.fetched()
	return q, nil
}

func (o *logitOptions) fit(ctx context.Context, in *input, q eda.LogitOptions) (answer, error) {
	l, err := eda.FitLogit(ctx, in.source, q)
	if err != nil {
		return answer{}, err
	}
	s, err := report.Logit(l)
	return answer{rows: l.Rows, sections: []report.Section{s}}, err
}

func (o *logitOptions) screen(ctx context.Context, in *input, q eda.LogitOptions) (answer, error) {
	if o.firth || len(o.references) > 0 {
		return answer{}, usagef("--firth and --ref are for one model; name its terms with --feature, or give --joint")
	}
	l, err := eda.ScreenLogit(ctx, in.source, q)
	if err != nil {
		return answer{}, err
	}
	s, err := report.LogitScreen(l)
	return answer{rows: l.Rows, sections: []report.Section{s}}, err
}
