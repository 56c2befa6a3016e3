package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

type missingOptions struct{ analysis }

func newMissing(w *world) *cobra.Command {
	o := &missingOptions{}
	return o.command(w, &cobra.Command{
		Use:        "missing",
		SuggestFor: []string{"na", "null", "nulls", "gaps"},
		Short:      "Find missing values, column by column and together",
		Long: `Missing counts the cells without a value in every column, says where the first
one is, and lists which columns are missing together. Empty cells, NA, NaN and ?
are missing, as is what a Zeek log calls unset; infinite and unreadable cells
count as missing and are told apart. Where the label tells normal rows from
attacks, it tests whether being missing goes with the class, and says for each
column what to do.`,
		Example: `  netanom missing
  netanom missing --fail-if 'missing_share > 0.05'`,
	}, o.ask)
}

func (o *missingOptions) ask(ctx context.Context, in *input) (answer, error) {
	gaps, err := eda.Missing(ctx, in.source, eda.MissingOptions{Normal: o.input.normal})
	if err != nil {
		return answer{}, err
	}
	return answer{rows: gaps.Rows, sections: []report.Section{report.Gaps(gaps)}}, nil
}
