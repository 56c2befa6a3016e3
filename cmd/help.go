package cmd

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups under which help lists flags; those of a command's own come first.
const (
	ownGroup    = "Flags"
	inputGroup  = "Flags about the input"
	dataGroup   = "Flags about a database as input"
	outputGroup = "Flags about the output"
)

// groupKey is the annotation of a flag that names its group.
const groupKey = "netanom_group"

// addGroup adds flags to a command under a heading of its help.
func addGroup(c *cobra.Command, group string, flags *pflag.FlagSet) {
	mark := map[string][]string{groupKey: {group}} // one for all: a map of its own for each flag is most of a tree of commands
	flags.VisitAll(func(f *pflag.Flag) { f.Annotations = mark })
	c.Flags().AddFlagSet(flags)
}

// groupOf returns the group of a flag.
func groupOf(f *pflag.Flag) string {
	if g := f.Annotations[groupKey]; len(g) > 0 {
		return g[0]
	}
	return ownGroup
}

// writeUsage writes what follows the description in the help of a command.
func writeUsage(c *cobra.Command) error {
	w := c.OutOrStdout()
	line := c.UseLine()
	if c.HasAvailableSubCommands() {
		line = c.CommandPath() + " COMMAND [flags]"
	}
	fmt.Fprintf(w, "Usage:\n  %s\n", line)
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
	for _, g := range c.Groups() {
		fmt.Fprintf(w, "\n%s\n", g.Title)
		writeCommands(w, c, g.ID)
	}
	if c.HasAvailableSubCommands() && len(c.Groups()) == 0 {
		fmt.Fprint(w, "\nCommands:\n")
		writeCommands(w, c, "")
	}
	for _, group := range []string{ownGroup, inputGroup, dataGroup, outputGroup} {
		writeFlags(w, c, group)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nRun '%s COMMAND --help' for what a command does.\n", c.CommandPath())
	}
	return nil
}

func writeCommands(w io.Writer, c *cobra.Command, group string) {
	for _, sub := range c.Commands() {
		if sub.GroupID == group && !sub.Hidden {
			fmt.Fprintf(w, "  %-*s  %s\n", c.NamePadding(), sub.Name(), sub.Short)
		}
	}
}

func writeFlags(w io.Writer, c *cobra.Command, group string) {
	const width = 80
	flags := pflag.NewFlagSet(group, pflag.ContinueOnError)
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if groupOf(f) == group {
			flags.AddFlag(f)
		}
	})
	if flags.HasAvailableFlags() {
		fmt.Fprintf(w, "\n%s:\n%s", group, flags.FlagUsagesWrapped(width))
	}
}

// newHelp replaces Cobra's help command, which takes an unknown command for done.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Say what a command does",
		Example:           "  netanom help describe",
		GroupID:           moreGroup,
		ValidArgsFunction: completeCommands,
		RunE: func(c *cobra.Command, args []string) error {
			asked, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(c.Root(), args[len(args)-max(1, len(rest))])
			}
			asked.InitDefaultHelpFlag()
			return asked.Help()
		},
	}
}

func completeCommands(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, sub := range c.Root().Commands() {
		if len(args) == 0 && sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), typed) {
			out = append(out, sub.Name()+"\t"+sub.Short)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// flagError says in our words what is wrong with a flag.
func flagError(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	switch {
	case errors.As(err, &invalid):
		return usagef("--%s %s: %w", invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap())
	case errors.As(err, &lacking):
		return usagef("--%s needs a value", lacking.GetSpecifiedName())
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usagef("there is no flag -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		name := "--" + unknown.GetSpecifiedName()
		return usagef("%s has no flag %s%s", c.CommandPath(), name, didYouMean(name, names))
	}
	return usageError{err}
}
