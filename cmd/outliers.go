package cmd

import (
	"context"
	"math"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

type outlierOptions struct {
	analysis
	tukey, modifiedZ, rows number
}

func newOutliers(w *world) *cobra.Command {
	o := &outlierOptions{
		tukey:     number{value: 1.5, high: math.MaxFloat64, kind: open},
		modifiedZ: number{value: 3.5, high: math.MaxFloat64, kind: open},
		rows:      number{value: 5, high: 100000, kind: whole},
	}
	c := o.command(w, &cobra.Command{
		Use:        "outliers",
		SuggestFor: []string{"outlier", "anomalies", "extremes"},
		Short:      "Find values far outside the rest of their column",
		Long: `Outliers applies two rules to every numeric column: Tukey's fences, which lie
--tukey interquartile ranges outside the quartiles, and the modified z-score,
which measures the distance from the median in median absolute deviations. It
counts what lies outside, and lists the rows farthest out with their lines.

Traffic is heavy-tailed: most of what lies outside the fences is ordinary. Where
half of a column is one value, the fences collapse onto it and the modified
z-score is undefined; the table says so.`,
		Example: `  netanom outliers --feature src_bytes,dst_bytes
  netanom outliers --tukey 3 --rows 20 --format csv`,
	}, o.ask)
	o.featureFlag(c)
	o.output.privacyFlag(c)
	c.Flags().Var(&o.tukey, "tukey", "reach of the fences in interquartile ranges")
	c.Flags().Var(&o.modifiedZ, "modified-z", "limit of the modified z-score")
	c.Flags().Var(&o.rows, "rows", "most rows listed per column")
	return c
}

func (o *outlierOptions) ask(ctx context.Context, in *input) (answer, error) {
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	opt := eda.OutlierOptions{Features: o.features, TukeyK: o.tukey.value, ModZ: o.modifiedZ.value, Rows: int(o.rows.value)}
	if o.output.private {
		opt.Rows = 0
	}
	found, err := eda.FindOutliers(ctx, in.source, opt)
	if err != nil {
		return answer{}, err
	}
	return answer{rows: found.TableRows, sections: []report.Section{report.Outliers(found)}}, nil
}
