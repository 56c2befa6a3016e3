package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/traffic"
)

// outputOptions are the flags of every command that answers with a document.
type outputOptions struct {
	format   choice
	report   string
	noReport bool
	gates    []string
	quiet    bool
	noColor  bool
	private  bool
	silent   bool // standard output has something else than the answer
	started  time.Time
}

func (o *outputOptions) flags(w *world, c *cobra.Command) {
	o.format = choice{"table", report.Formats()}
	f := pflag.NewFlagSet("output", pflag.ContinueOnError)
	f.Var(&o.format, "format", o.format.usage("form of the answer"))
	f.StringVar(&o.report, "report", "", "`folder` for tables, pictures and an index page (default report)")
	f.BoolVar(&o.noReport, "no-report", false, "write no report folder")
	f.StringArrayVar(&o.gates, "fail-if", nil, "exit with 3 if this `condition` holds in a row of any table, as in 'missing_share > 0.05', or for a finding, as in 'finding == \"problem\"'; repeatable")
	f.BoolVar(&o.quiet, "quiet", false, "write no notices or progress to standard error")
	f.BoolVar(&o.noColor, "no-color", false, "write no colours")
	addGroup(c, outputGroup, f)
	w.complete(c, "format", words(report.Formats()...))
	w.complete(c, "fail-if", completeGates)
}

// completeGates proposes what a gate can look at.
func completeGates(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	return words(gateKeys()...)(c, args, typed)
}

// gateKeys lists what a gate can look at.
func gateKeys() []string {
	var keys []string
	for _, column := range report.Glossary() {
		keys = append(keys, column.Key+"\t"+column.Title)
	}
	return keys
}

// privacyName is the name of the flag that leaves out rows and cells.
const privacyName = "no-samples"

// privacyFlag adds the flag of commands that would show rows or cells.
func (o *outputOptions) privacyFlag(c *cobra.Command) {
	f := pflag.NewFlagSet("privacy", pflag.ContinueOnError)
	f.BoolVar(&o.private, privacyName, false, "show no single rows or cells of the data")
	addGroup(c, outputGroup, f)
}

// begin starts the progress and checks what can be checked before any work.
func (o *outputOptions) begin(w *world) ([]report.Gate, error) {
	o.started = w.now()
	var gates []report.Gate
	for _, text := range o.gates {
		g, err := report.ParseGate(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("--fail-if: %w", err)}
		}
		gates = append(gates, g)
	}
	if err := o.chooseReport(); err != nil {
		return nil, err
	}
	w.showProgress(o.quiet, false)
	return gates, nil
}

// The report folder where the user names none, and the one that takes its place
// where that name stands for something else, as in netanom's own source tree.
const (
	defaultReport = "report"
	secondReport  = "netanom-report"
)

// chooseReport settles the report folder before any work, so that one that
// cannot be used fails at once.
func (o *outputOptions) chooseReport() error {
	if o.noReport {
		return nil
	}
	if o.report == "" {
		o.report = defaultReport
		if errors.Is(report.CheckDir(o.report), report.ErrForeign) {
			o.report = secondReport
		}
	}
	err := report.CheckDir(o.report)
	if errors.Is(err, report.ErrForeign) {
		return usageError{err}
	}
	return err
}

// hashes reports whether the output names the hash of the data.
func (o *outputOptions) hashes() bool {
	return !o.noReport || slices.Contains([]string{"json", "junit", "sarif"}, o.format.value)
}

// finish tries the gates, writes the document, and adds it to the report folder.
// Neither a crossed gate nor a reader of standard output that has had enough
// keeps the folder from being written. digest is what a terminal shows
// instead of all sections, if it is not nil.
func (o *outputOptions) finish(ctx context.Context, w *world, in *input, doc report.Document, digest []report.Section, gates []report.Gate) error {
	w.progress.clear()
	if !o.quiet {
		in.notice(w)
	}
	doc.Gates = report.TryGates(gates, doc.Sections)
	if err := o.show(w, doc, digest); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	if !o.noReport {
		w.progress.stageIs("writing the report")
		if err := report.WriteDir(ctx, o.report, doc.Timeless(), o.manifest(w, in, doc)); err != nil {
			return err
		}
		w.progress.clear()
		if !o.quiet {
			fmt.Fprintf(w.stderr, "netanom: the report is in %s (open %s)\n", o.report, filepath.Join(o.report, "index.html"))
		}
	}
	return verdict(doc.Gates)
}

// show writes the document to standard output. A table does not repeat the
// command that the reader has just typed.
func (o *outputOptions) show(w *world, doc report.Document, digest []report.Section) error {
	if o.silent {
		return nil
	}
	if o.format.value == "table" {
		if digest != nil {
			doc.Sections = digest
		}
		doc.Sections = slices.Clone(doc.Sections)
		for i := range doc.Sections {
			doc.Sections[i].Commands = nil
		}
	}
	return doc.Write(w.stdout, o.format.value, report.TextOptions{Width: w.width, Color: w.color() && !o.noColor})
}

func (o *outputOptions) manifest(w *world, in *input, doc report.Document) report.Manifest {
	m := report.Manifest{
		Started: o.started, Finished: w.now(),
		Versions: []report.Option{{Name: "netanom", Value: version()}, {Name: "go", Value: runtime.Version()}},
		Inputs:   []report.Input{{Path: in.path, SHA256: doc.Data.SHA256, Bytes: in.file.Size()}},
	}
	if r := in.reference; r != nil {
		m.Inputs = slices.Insert(m.Inputs, 0, report.Input{Path: r.path, SHA256: r.sha256, Bytes: r.file.Size()})
	}
	if in.sample {
		m.Seed = traffic.DefaultOptions().Seed
	}
	return m
}

// verdict returns the error of the first gate that is crossed or could not be
// tried; nil if all hold.
func verdict(gates []report.Trial) error {
	for _, t := range gates {
		switch {
		case t.Err != nil:
			return usageError{fmt.Errorf("--fail-if: %w", t.Err)}
		case t.Crossed():
			return gateError{"--fail-if: " + t.String()}
		}
	}
	return nil
}
