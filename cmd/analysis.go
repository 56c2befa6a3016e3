package cmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

// An analysis is what the commands have in common that answer a question about a
// table: where the table comes from, which columns are looked at, what its
// records are, and where the answer goes.
type analysis struct {
	input    inputOptions
	output   outputOptions
	features []string
}

// An answer is what a question about a table found.
type answer struct {
	rows     int64            // of the table
	sections []report.Section // everything, for the report folder and for machines
	digest   []report.Section // what of it is shown as a table; nil: everything

	silent      bool // standard output has something else
	interrupted bool // the user ended the work, and this is what there was by then

	counts bool // the table holds counts: a flag names its file, and no column is a label
}

// A question is what one command asks of an opened table.
type question func(ctx context.Context, in *input) (answer, error)

// command makes c a command that asks a question, with the flags that all of
// them have.
func (a *analysis) command(w *world, c *cobra.Command, ask question) *cobra.Command {
	c.Use += " [FILE]"
	c.GroupID = lookGroup
	c.Args = atMostOneFile
	c.ValidArgsFunction = oneFileName
	c.RunE = func(c *cobra.Command, args []string) error { return a.run(c, w, args, a.input.open, ask) }
	a.input.flags(w, c)
	a.input.labelFlags(w, c)
	a.output.flags(w, c)
	return c
}

// featureFlag adds the flag that chooses columns.
func (a *analysis) featureFlag(w *world, c *cobra.Command) {
	c.Flags().StringSliceVar(&a.features, "feature", nil, "`column` to look at, or all; repeatable (default: all)")
	w.complete(c, "feature", a.input.completeColumns)
}

// An opener opens what the arguments of a command name.
type opener func(ctx context.Context, w *world, args []string) (*input, error)

// run opens the table, asks the question, and writes the answer.
func (a *analysis) run(c *cobra.Command, w *world, args []string, open opener, ask question) error {
	ctx := c.Context()
	gates, err := a.output.begin(w)
	if err != nil {
		return err
	}
	in, err := open(ctx, w, args)
	if err != nil {
		return err
	}
	defer in.close()
	found, err := ask(ctx, in)
	if err != nil {
		return err
	}
	if found.interrupted { // what there is shall be written; a second interrupt ends the program
		ctx = context.WithoutCancel(ctx)
		c.SetContext(ctx)
	}
	doc, err := a.document(c, in, found)
	if err != nil {
		return err
	}
	a.output.silent = found.silent
	return a.output.finish(ctx, w, in, doc, found.digest, gates)
}

// document puts the answer beside the data it is about and what was asked.
func (a *analysis) document(c *cobra.Command, in *input, found answer) (report.Document, error) {
	s := in.source.Schema()
	doc := report.Document{Version: version(), Command: nameOf(c), Options: optionsOf(c, a.input.fetched(in)), Sections: found.sections}
	doc.Data = report.DataInfo{Path: in.path, Rows: found.rows, Columns: len(s.Columns), Format: in.file.Format(), Schema: s.Name}
	classes, err := eda.FindClasses(s, a.input.normal)
	if err != nil && in.reference == nil { // else it is enough that the reference has such a level
		return doc, usageError{err}
	}
	if !found.counts {
		doc.Data.Label, doc.Data.Normal = classes.Name, classes.Normal
	}
	if a.output.hashes() && !in.sample {
		if doc.Data.SHA256, err = in.file.SHA256(c.Context()); err != nil {
			return doc, err
		}
	}
	if in.reference != nil {
		doc.Options = slices.Insert(doc.Options, 0, report.Option{Name: "reference", Value: in.reference.path})
	}
	named := in.operands()
	if found.counts { // their file is named by a flag
		named = nil
	}
	sign(doc.Sections, c, named)
	warnings := in.mistakes()
	if !slices.ContainsFunc(doc.Sections, isReading) {
		warnings = append(warnings, in.unread()...)
	}
	for _, sections := range [][]report.Section{found.sections, found.digest} {
		if len(sections) > 0 {
			sections[0].Warnings = slices.Concat(sections[0].Warnings, warnings)
		}
	}
	return doc, nil
}

// isReading reports whether a section lists what could not be read.
func isReading(s report.Section) bool { return s.ID == "reading" }
