package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

func newEDA(w *world) *cobra.Command {
	o := &analysis{}
	o.input.fetches = true
	c := o.command(w, &cobra.Command{
		Use:        "eda",
		SuggestFor: []string{"explore", "profile", "report", "look"},
		Short:      "Take a first look: all of these in one report",
		Long: `Eda describes every column, finds what is missing, repeated, contradictory or
outside its definition, what goes together and what lies outside, and says what
to do about it. The terminal shows what matters; the report folder has it all,
with pictures.`,
		Example: `  netanom eda
  netanom eda --no-report --format json
  netanom eda --report eda-report --fail-if 'finding == "problem"'`,
	}, o.explore)
	o.featureFlag(w, c)
	o.output.privacyFlag(c)
	return c
}

// explore asks everything at once.
func (o *analysis) explore(ctx context.Context, in *input) (answer, error) {
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	e, err := eda.Explore(ctx, in.source, eda.ExploreOptions{Features: o.features, Normal: o.input.normal, Private: o.output.private, Stage: in.progress.stageIs, Fetch: o.input.database.fetched()})
	if err != nil {
		return answer{}, err
	}
	sections, err := report.Exploration(e, o.output.private)
	return answer{rows: e.Profile.Rows, sections: sections, digest: report.Digest(e, o.output.private)}, err
}
