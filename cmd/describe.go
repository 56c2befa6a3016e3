package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

type describeOptions struct {
	analysis
	by string
}

func newDescribe(w *world) *cobra.Command {
	o := &describeOptions{}
	c := o.command(w, &cobra.Command{
		Use:        "describe",
		SuggestFor: []string{"summary", "summarise", "summarize", "stats"},
		Short:      "Summarise every column",
		Long: `Describe counts, locates and measures every column: values, missing and
distinct ones, moments, exact quantiles (type 7), spread, shape and entropy of
numbers; levels with their shares; what could not be read. The file is read
once, in bounded memory.`,
		Example: `  netanom describe
  netanom describe --feature src_bytes --by protocol_type
  netanom describe --format json --where 'flag != "SF"'`,
	}, o.ask)
	o.featureFlag(w, c)
	o.output.privacyFlag(c)
	c.Flags().StringVar(&o.by, "by", "", "describe apart for each level of this `column`")
	w.complete(c, "by", o.input.completeColumns)
	return c
}

func (o *describeOptions) ask(ctx context.Context, in *input) (answer, error) {
	p, err := eda.Describe(ctx, in.source, eda.DescribeOptions{Features: o.features, By: o.by})
	if err != nil {
		return answer{}, err
	}
	problems := in.file.Problems()
	return answer{rows: p.Rows, sections: report.Description(p, &problems, o.output.private)}, nil
}
