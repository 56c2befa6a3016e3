package cmd

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/extract"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// recordOptions are the flags about what the features of records mean.
type recordOptions struct {
	windows, services choice
	clean             bool // all records of a capture or log are normal; a flag of train alone
}

func (o *recordOptions) flags(w *world, c *cobra.Command) {
	o.windows, o.services = choice{traffic.KDD.String(), traffic.Modes()}, choice{traffic.KDDServices.String(), traffic.ServiceMaps()}
	f := pflag.NewFlagSet("records", pflag.ContinueOnError)
	f.Var(&o.windows, "windows", o.windows.usage("connections of a capture or log that window features look back on"))
	f.Var(&o.services, "service-map", o.services.usage("names of the services of a capture or log"))
	c.Flags().AddFlagSet(f)
	w.complete(c, "windows", words(o.windows.choices...))
	w.complete(c, "service-map", words(o.services.choices...))
}

// setting is what the flags ask for.
func (o *recordOptions) setting() (s traffic.Setting, err error) {
	if o.windows.value == "" { // the command does not have these flags
		return s, nil
	}
	if s.Windows, err = traffic.ParseMode(o.windows.value); err != nil {
		return s, usageError{err}
	}
	s.Services, err = traffic.ParseServiceMap(o.services.value)
	return s, err
}

// label is what all records of a capture or log are; "" if they are not known to be anything.
func (o *recordOptions) label() string {
	if o.clean {
		return traffic.Normal
	}
	return ""
}

// conversion makes a table of records of a capture or a log of connections. label, if there is one, is that of
// all records.
func conversion(setting traffic.Setting, label string, tell func(*extract.Summary)) dataset.Conversion {
	return func(ctx context.Context, name string, r io.Reader, w io.Writer) error {
		sink := &recordSink{options: traffic.WriterOptions{Setting: setting, UID: true, CommunityID: true}, attack: label, out: w}
		found, err := extract.Records(ctx, []extract.Source{extract.Reading(name, r)}, extract.Options{Setting: setting, Flow: flow.DefaultOptions(), Labelled: sink.labelled}, sink.write)
		if err != nil {
			return err
		}
		tell(found)
		return sink.close()
	}
}

// converted reports whether the input is records that were made of a capture or log.
func (in *input) converted() bool {
	file, ok := in.file.(*dataset.File)
	return ok && file.Converted()
}

// captures makes tables of captures, and of nothing else.
func (in *input) captures(setting traffic.Setting, label string) func(head []byte) dataset.Conversion {
	return func(head []byte) dataset.Conversion {
		if !packet.IsCapture(head) {
			return nil
		}
		return conversion(setting, label, in.extracted)
	}
}

// extracted remembers what was read of a capture or log.
func (in *input) extracted(s *extract.Summary) { in.summary = s }

// records makes a table of records of an input that is a log of connections. It is no
// error if the input is none, or is one already.
func (in *input) records(ctx context.Context, o *inputOptions, setting traffic.Setting) error {
	file, ok := in.file.(*dataset.File)
	if in.sample || !ok || file.Converted() {
		return nil
	}
	head, err := file.Head(ctx)
	if err != nil || !extract.Detect(head) {
		return err
	}
	table, err := file.Convert(ctx, conversion(setting, o.record.label(), in.extracted))
	if err != nil {
		return err
	}
	in.file = table
	if in.filtered, err = o.narrow(in.file); err != nil {
		return err
	}
	in.source = in.filtered
	return nil
}

// recordsFor makes records of a log of connections if a model scores records and not the
// rows of such a log.
func (in *input) recordsFor(ctx context.Context, o *inputOptions, p *model.Pipeline) error {
	if len(p.Schema.Lacking(in.filtered.Schema())) == 0 {
		return nil
	}
	features := traffic.PacketFeatures()
	for _, name := range p.Schema.Features() {
		if slices.Contains(features, name) {
			return in.records(ctx, o, p.Schema.Setting)
		}
	}
	return nil
}

// lost says what of a capture or log could not be read.
func (in *input) lost() []string {
	if in.summary == nil {
		return nil
	}
	return summaryWarnings(in.summary)
}
