package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/extract"
)

// inputOptions are the flags of every command that reads a table.
type inputOptions struct {
	data      string
	where     string
	columns   []string
	types     kindMap
	delimiter delimiter
	header    choice
	quotes    choice
	strict    bool
	maxBad    number
	jobs      number
	label     string // these two of commands that ask what a record is
	normal    []string
	record    recordOptions                   // of commands that have these flags
	setting   func() (traffic.Setting, error) // of the records of a capture; nil: as record says
	database  databaseOptions
	needsRows bool           // of a database, some are fetched
	fetches   bool           // of a database, rows may be fetched for a part of the answer
	second    *string        // another file or table that the flags are about; nil or "": none
	given     *pflag.FlagSet // the command's, until it is known that none of them is idle
}

func (o *inputOptions) flags(w *world, c *cobra.Command) {
	o.types = kindMap{}
	o.header = choice{"auto", []string{"auto", "yes", "no"}}
	o.quotes = choice{"yes", []string{"yes", "no"}}
	o.maxBad = number{value: 0.01, low: 0, high: 1}
	o.jobs = number{low: 0, high: 4096, kind: whole}
	f := pflag.NewFlagSet("input", pflag.ContinueOnError)
	f.StringVar(&o.data, "data", "", "`file` to read where no FILE is given")
	f.StringVar(&o.where, "where", "", "keep only rows for which this `condition` holds, as in 'protocol_type == \"tcp\" && src_bytes > 1e4'")
	f.StringSliceVar(&o.columns, "select", nil, "keep only these `columns`, separated by commas")
	f.Var(o.types, "type", "kind of a column where the guess is wrong ("+strings.Join(dataset.Kinds(), ", ")+"); repeatable")
	f.Var(&o.delimiter, "delimiter", "what separates cells: a character or its name (default: found)")
	f.Var(&o.header, "header", o.header.usage("whether the first record names the columns"))
	f.Var(&o.quotes, "quotes", o.quotes.usage("whether quotes enclose cells"))
	f.BoolVar(&o.strict, "strict", false, "fail at the first row or cell that cannot be read")
	f.Var(&o.maxBad, "max-bad", "`share` of unreadable rows, or cells of a column, above which to fail")
	f.Var(&o.jobs, "jobs", "how many cores to use (default: all)")
	addGroup(c, inputGroup, f)
	for _, name := range []string{"where", "select"} {
		w.complete(c, name, o.completeColumns)
	}
	w.complete(c, "type", o.completeTypes)
	w.complete(c, "delimiter", words("comma", "tab", "semicolon", "pipe", "space"))
	w.complete(c, "header", words(o.header.choices...))
	w.complete(c, "quotes", words(o.quotes.choices...))
	o.database.flags(c)
	o.given = c.Flags()
}

func (o *inputOptions) options(w *world) dataset.Options {
	opt := dataset.Options{
		Delimiter: byte(o.delimiter),
		NoQuotes:  o.quotes.value == "no",
		Types:     o.types,
		Label:     o.label,
		Strict:    o.strict || o.maxBad.value == 0, // none may be bad: the first is too many
		MaxBad:    o.maxBad.value,
		Jobs:      int(o.jobs.value),
		Progress:  w.progress.bytes,
	}
	switch o.header.value {
	case "yes":
		opt.Header = dataset.HeaderYes
	case "no":
		opt.Header = dataset.HeaderNo
	}
	return opt
}

// sampleName is what the embedded sample is called in output.
const sampleName = "sample (simulated)"

// An origin is what a table was opened from: a file, or a table of a database.
type origin interface {
	dataset.Source
	Format() string
	Size() int64 // bytes; 0 if that is not known
	SHA256(ctx context.Context) (string, error)
	Problems() dataset.Problems
	Close() error
}

// An input is an opened table: its origin and what is asked of it.
type input struct {
	file     origin
	filtered dataset.Source // the origin, or what --where and --select leave of it
	source   dataset.Source // filtered, or its copy in memory
	path     string
	sample   bool
	progress *progress
	fetched  *dataset.Sample  // rows of a database that stand for its table; else nil
	summary  *extract.Summary // of a capture or log that the file was made of; else nil

	also []io.Closer // further connections

	sha256    string // of the file; only of a reference, and only where the output names it
	reference *input // of compare: the table that this one is held against; else nil
}

// close closes the files.
func (in *input) close() {
	in.file.Close()
	for _, c := range in.also {
		c.Close()
	}
	if in.reference != nil {
		in.reference.file.Close()
	}
}

// operands are the files as they stand on the command line; none for the sample.
func (in *input) operands() []string {
	switch {
	case in.sample:
		return nil
	case in.reference != nil:
		return []string{in.reference.path, in.path}
	}
	return []string{in.path}
}

// open opens the table that the command line, the environment or the
// configuration names, or else the sample.
func (o *inputOptions) open(ctx context.Context, w *world, args []string) (*input, error) {
	path, namedBy, err := o.path(w, args)
	if err == nil {
		err = o.idle(path)
	}
	if err != nil {
		return nil, err
	}
	if o.jobs.value > 0 {
		w.cores(int(o.jobs.value))
	}
	in := &input{path: path, progress: w.progress}
	opt := o.options(w)
	setting, err := o.recordSetting()
	if err != nil {
		return nil, err
	}
	opt.Converter = in.captures(setting, o.record.label())
	switch {
	case path == "":
		in.path, in.sample = sampleName, true
		in.file, err = openSample(ctx, opt)
	case sql.IsAddress(path):
		in.file, in.path, err = o.openDatabase(ctx, w, path)
	default:
		if path == "-" {
			opt.Stdin = w.input(ctx)
		}
		in.file, err = dataset.Open(ctx, path, opt)
		if errors.Is(err, fs.ErrNotExist) && strings.Contains(path, "://") {
			err = fmt.Errorf("%w; tables are read by addresses of clickhouse:// and postgres:// alone", err)
		}
	}
	if err != nil && path != "" && namedBy != "" {
		err = fmt.Errorf("%w (named by %s)", err, namedBy)
	}
	if err != nil {
		return nil, err
	}
	table := dataset.Source(in.file)
	if t, ok := in.file.(*databaseTable); ok {
		table = t.Source
	}
	if in.filtered, err = o.narrow(table); err != nil {
		in.file.Close()
		return nil, err
	}
	in.source = in.filtered
	if o.needsRows {
		err = in.fetch(ctx, &o.database)
	}
	if err != nil {
		in.file.Close()
		return nil, err
	}
	return in, nil
}

// recordSetting is that of the records that are made of a capture.
func (o *inputOptions) recordSetting() (traffic.Setting, error) {
	if o.setting != nil {
		return o.setting()
	}
	return o.record.setting()
}

// narrow applies --where and --select.
func (o *inputOptions) narrow(src dataset.Source) (dataset.Source, error) {
	var err error
	if o.where != "" {
		if src, err = dataset.Where(src, o.where); err != nil {
			return nil, usageError{fmt.Errorf("--where: %w", err)}
		}
	}
	if len(o.columns) > 0 {
		if src, err = dataset.Select(src, o.columns); err != nil {
			return nil, usageError{fmt.Errorf("--select: %w", err)}
		}
	}
	return src, nil
}

// openSample simulates the sample and opens it.
func openSample(ctx context.Context, opt dataset.Options) (*dataset.File, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(traffic.WriteCSV(ctx, w, traffic.DefaultOptions())) }()
	defer r.Close()
	return dataset.OpenReader(ctx, sampleName, r, opt)
}

// notice says on stderr where the data came from if nobody named a file.
func (in *input) notice(w *world) {
	if in.sample {
		fmt.Fprintln(w.stderr, "netanom: no file was named; this is a sample of 20,000 simulated connections (netanom simulate)")
	}
}

// The sizes of a file, as it lies on disk, up to which an analysis that reads
// the data several times keeps them in memory.
const (
	maxResident       = 2 << 30
	maxResidentPacked = 256 << 20
)

// load takes the table into memory if it is small enough. A table of a database
// stays where it is.
func (in *input) load(ctx context.Context) error {
	if _, ok := dataset.EngineOf(in.filtered); ok {
		return nil
	}
	limit := int64(maxResident)
	if strings.Contains(in.file.Format(), ",") {
		limit = maxResidentPacked
	}
	if in.file.Size() > limit {
		return nil
	}
	table, err := dataset.Load(ctx, in.filtered)
	if err == nil {
		in.source = table
	}
	return err
}

// mistakes says what in --where looks like one. It is called after the last scan.
func (in *input) mistakes() []string {
	var out []string
	for _, err := range dataset.Warnings(in.filtered) {
		out = append(out, "--where: "+err.Error())
	}
	return out
}

// unread says which rows stand for the table, and what of it could not be read. It is called
// after the last scan.
func (in *input) unread() []string { return slices.Concat(in.taken(), in.broken()) }

// broken says what of the table could not be read.
func (in *input) broken() []string {
	p, out := in.file.Problems(), in.lost()
	if p.BadRows > 0 {
		out = append(out, "Left out because they cannot be read: "+counted(p.BadRows, "row")+" (netanom describe lists the first).")
	}
	if p.Recoded > 0 {
		out = append(out, "Read as Windows-1252 because they are not UTF-8: "+counted(p.Recoded, "row")+" (netanom describe lists the first).")
	}
	if p.BadCells > 0 {
		out = append(out, "Counted as missing because they cannot be read: "+counted(p.BadCells, "cell")+" (netanom describe lists the first).")
	}
	return out
}

// counted writes a number of things.
func counted(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return report.Format(report.Count, n) + " " + thing
}

// labelFlags adds the flags of commands that ask what a record is.
func (o *inputOptions) labelFlags(w *world, c *cobra.Command) {
	f := pflag.NewFlagSet("label", pflag.ContinueOnError)
	f.StringVar(&o.label, "label", "", "`column` that says what a record is (default: found by name)")
	f.StringArrayVar(&o.normal, "normal", nil, "`value` of the label that means normal; repeatable (default: found by name)")
	addGroup(c, inputGroup, f)
	w.complete(c, "label", o.completeColumns)
}
