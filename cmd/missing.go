package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

func newMissing(w *world) *cobra.Command {
	o := &analysis{}
	return o.command(w, &cobra.Command{
		Use:        "missing",
		SuggestFor: []string{"na", "null", "nulls", "gaps"},
		Short:      "Find missing values, column by column and together",
		Long: `Missing counts the cells without a value in every column, says where the first
one is, and lists which columns are missing together. Empty cells, NA, NaN and ?
are missing, as is what a Zeek log calls unset; infinite and unreadable cells
count as missing and are told apart.`,
		Example: `  netanom missing
  netanom missing --fail-if 'missing_share > 0.05'`,
	}, askMissing)
}

func askMissing(ctx context.Context, in *input) (answer, error) {
	gaps, err := eda.Missing(ctx, in.source)
	if err != nil {
		return answer{}, err
	}
	section, err := report.Gaps(gaps)
	return answer{rows: gaps.Rows, sections: []report.Section{section}}, err
}
