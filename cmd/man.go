package cmd

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(w *world) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages of all commands into a folder",
		Long: `Man writes one page per command, in the format of man(1), for packages and for
reading with man ./DIR/netanom.1.`,
		Example: `  netanom man man1`,
		GroupID: moreGroup,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("%s takes one folder, as in netanom man man1", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := writeManual(c.Root(), args[0]); err != nil {
				return fmt.Errorf("cannot write the manual pages: %w", err)
			}
			_, err := fmt.Fprintf(w.stderr, "netanom: the manual pages are in %s\n", args[0])
			return err
		},
	}
}

// writeManual writes the pages of root and everything below it. A fixed date
// keeps them the same whenever they are made.
func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root.DisableAutoGenTag = true
	date := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	header := &doc.GenManHeader{Section: "1", Source: "netanom " + version(), Manual: "netanom manual", Date: &date}
	return doc.GenManTreeFromOpts(root, doc.GenManTreeOptions{Header: header, Path: dir, CommandSeparator: "-"})
}
