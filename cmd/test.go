package cmd

import "github.com/spf13/cobra"

// newTest groups the hypothesis tests, each of which is also a command of its own.
func newTest(w *world) *cobra.Command {
	c := &cobra.Command{
		Use:     "test",
		GroupID: lookGroup,
		Short:   "Test hypotheses",
		Long: `Test asks of a table whether what it shows could be chance, and how large it is:
the effect with its interval first, then the p-value.`,
		Example: `  netanom test all
  netanom test chisq --feature protocol_type
  netanom test ttest --feature src_bytes
  netanom test anova --feature src_bytes
  netanom test logit --feature flag`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	for _, t := range append(tests(w), newTestAll(w)) {
		t.GroupID = ""
		c.AddCommand(t)
	}
	return c
}

// tests makes a new instance of every test's command.
func tests(w *world) []*cobra.Command {
	return []*cobra.Command{newTTest(w), newAnova(w), newChisq(w), newLogit(w)}
}
