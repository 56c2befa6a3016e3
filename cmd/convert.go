package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
)

type convertOptions struct {
	input    inputOptions
	out      string
	into     delimiter
	formulas bool
	quiet    bool
}

func newConvert(w *world) *cobra.Command {
	o := &convertOptions{}
	c := &cobra.Command{
		Use:        "convert [FILE]",
		SuggestFor: []string{"csv", "export", "filter", "cut"},
		Short:      "Write any input as CSV",
		Long: `Convert writes a table as CSV with a header, in the order of the file and in
bounded memory. Cells keep their text, so that reading the result gives the same
table; missing cells become empty.

A cell that a spreadsheet would run as a formula is written as it is, unless
--escape-formulas puts an apostrophe before it.`,
		Example: `  netanom convert --where 'attack != "normal"' --out attacks.csv
  netanom convert --select timestamp,src_ip,attack --into tab`,
		GroupID:           makeGroup,
		Args:              atMostOneFile,
		ValidArgsFunction: oneFileName,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), w, args) },
	}
	o.input.flags(w, c)
	o.input.keyFlag(w, c)
	f := c.Flags()
	f.StringVar(&o.out, "out", "-", outUsage)
	f.Var(&o.into, "into", "what separates the cells written: a character or its name (default: comma)")
	f.BoolVar(&o.formulas, "escape-formulas", false, "put an apostrophe before cells that begin like a formula")
	f.BoolVar(&o.quiet, "quiet", false, "write no notices or progress to standard error")
	w.complete(c, "into", words("comma", "tab", "semicolon", "pipe", "space"))
	return c
}

// outUsage explains the flag --out.
const outUsage = "`file` to write, gzipped if its name ends in .gz; - is standard output"

func (o *convertOptions) run(ctx context.Context, w *world, args []string) error {
	w.showProgress(o.quiet, o.out == "-")
	in, err := o.input.open(ctx, w, args)
	if err != nil {
		return err
	}
	defer in.close()
	if _, err := in.inOrder(o.input.database.key, nil); err != nil {
		return err
	}
	var rows int64
	err = writeOut(w, o.out, func(out io.Writer) error {
		rows, err = dataset.WriteCSV(ctx, in.source, out, dataset.CSVOptions{Delimiter: byte(o.into), EscapeFormulas: o.formulas})
		return err
	})
	if err != nil {
		return err
	}
	if o.quiet {
		return nil
	}
	w.progress.clear()
	in.notice(w)
	for _, warning := range slices.Concat(in.mistakes(), in.unread()) {
		fmt.Fprintf(w.stderr, "netanom: %s\n", warning)
	}
	w.written(rows, "row", o.out)
	return nil
}
