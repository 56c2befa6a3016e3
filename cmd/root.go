package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The groups under which help lists commands.
const (
	lookGroup  = "look"
	modelGroup = "model"
	makeGroup  = "make"
	moreGroup  = "more"
)

// newRoot builds the tree of commands.
func newRoot(w *world) *cobra.Command {
	root := &cobra.Command{
		Use:   "netanom",
		Short: "Statistics and anomaly detection for network connection records",
		Long: `netanom asks statistical questions of network connection records: NSL-KDD and
KDD'99 files with and without header, UNSW-NB15, CIC-IDS2017, IoT-23, Zeek
conn.log, or any CSV. Begin with netanom eda FILE.

Every command that reads takes a FILE ("-" is standard input), or a table of a
database: clickhouse://host/database/table, postgres://…. Without one it
uses --data, then NETANOM_DATA, then the data key of netanom.yaml in the working
directory, then a sample of simulated traffic. The answer goes to standard
output; tables, pictures and an index page go to the folder report (--report,
--no-report).

Exit codes: 0 done, 1 could not, 2 asked wrongly, 3 a gate (--fail-if) was
crossed.`,
		Version:           version(),
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return unknownCommand(c, args[0])
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate(versionLine())
	root.SetIn(w.stdin)
	root.SetOut(w.stdout)
	root.SetErr(w.stderr)
	root.SetUsageFunc(writeUsage)
	root.SetFlagErrorFunc(flagError)
	root.AddGroup(&cobra.Group{ID: lookGroup, Title: "Ask a table:"}, &cobra.Group{ID: modelGroup, Title: "Train and use a detector:"},
		&cobra.Group{ID: makeGroup, Title: "Make a table:"}, &cobra.Group{ID: moreGroup, Title: "More:"})
	root.AddCommand(
		newEDA(w), newDescribe(w), newMissing(w), newOutliers(w), newCorr(w), newTimeSeries(w), newFeatures(w), newCompare(w), newDashboard(w),
		newTrain(w), newEvaluate(w), newPredict(w), newExplain(w), newTune(w),
		newCluster(w), newProject(w), newDetect(w), newServe(w), newWatch(w),
		newConvert(w), newFlows(w), newSimulate(w), newVersion(w), newMan(w),
	)
	root.AddCommand(newTest(w))
	root.AddCommand(tests(w)...)
	root.SetHelpCommand(newHelp())
	root.SetCompletionCommandGroupID(moreGroup)
	root.InitDefaultCompletionCmd()
	requireShell(root)
	return root
}

// requireShell lets the completion command refuse what is no shell.
func requireShell(root *cobra.Command) {
	c, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	c.Short = "Print a script that completes commands in a shell"
	c.Args = noArguments
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
}

// unknownCommand says what may have been meant by a word that is no command.
func unknownCommand(root *cobra.Command, word string) error {
	if near := slices.Compact(root.SuggestionsFor(word)); len(near) > 0 {
		return usagef("there is no command %q; did you mean %s?", word, strings.Join(near, " or "))
	}
	if strings.ContainsAny(word, "./") {
		return usagef("there is no command %q; to look at a file of that name, run netanom eda %s", word, word)
	}
	return usagef("there is no command %q", word)
}

// commandOf names the command that args ask for, for a hint.
func commandOf(root *cobra.Command, args []string) string {
	if c, _, err := root.Find(args); err == nil && c.Name() != "help" {
		return c.CommandPath()
	}
	return root.Name()
}

// atMostOneFile accepts a FILE or nothing.
func atMostOneFile(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("%s takes one file, not %d (%s)", c.CommandPath(), len(args), strings.Join(args, " "))
	}
	return nil
}

// noArguments accepts nothing but flags.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s does not take %q", c.CommandPath(), args[0])
	}
	return nil
}
