package cmd

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/extract"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

type flowsOptions struct {
	record     recordOptions
	interfaces string
	lasting    span
	hold       holding
	maxFlows   number
	content    bool
	zeros      bool
	checksums  bool
	aggregates bool
	attack     string
	out        string
	jsonl      bool
	formulas   bool
	quiet      bool
	explain    bool
	format     choice
}

func newFlows(w *world) *cobra.Command {
	def := flow.DefaultOptions()
	o := &flowsOptions{maxFlows: number{value: float64(def.MaxFlows), low: 16, high: 1e8, kind: whole}, format: choice{"table", report.Formats()}}
	c := &cobra.Command{
		Use:        "flows [CAPTURE | LOG] …",
		SuggestFor: []string{"pcap", "capture", "extract", "packets", "connections", "zeek", "netflow"},
		Short:      "Turn captures and logs into records with the 41 features",
		Long: `Flows reads what a sensor has seen, and writes one record a connection: when,
between whom, and the 41 features of the KDD data. It reads captures (pcap and
pcapng of any usual link type), Zeek's conn.log (TSV or JSON), Suricata's EVE,
and CSV of nfdump and Argus, also compressed or from standard input ("-");
several files, such as rotated logs, are read as one.

Windows are counted as the KDD data really were (--windows kdd), which differs
from their published description (documented) and is of little use on a network
with many connections a second (per-host). A model remembers which it learned
from. What a source cannot tell is left empty, and is 0 only with --zeros.

--explain says for each feature how it is made, what each source can tell, and
how it differs from the original.`,
		Example: `  netanom flows --explain
  netanom simulate --connections 1000 --capture capture.pcap
  netanom flows capture.pcap --out records.csv
  netanom flows capture.pcap --windows per-host --attack normal --out clean.csv
  netanom flows capture.pcap | netanom describe -`,
		GroupID: makeGroup,
		RunE:    func(c *cobra.Command, args []string) error { return o.run(c, w, args) },
	}
	o.record.flags(w, c)
	f := c.Flags()
	f.StringVar(&o.interfaces, "interface", "", "network `interface` to listen on instead (Linux; needs CAP_NET_RAW)")
	f.Var(&o.lasting, "for", "how long to listen (default: until interrupted)")
	f.Var(&o.hold, "hold", "time that a connection waits for those that began earlier, or all (default: all of files, 5s of streams)")
	f.Var(&o.maxFlows, "max-flows", "connections that are open at once; beyond, the oldest are ended early, and counted")
	f.BoolVar(&o.content, "content", false, "read clear-text FTP, telnet, POP3, IMAP, SMTP and HTTP for features 10 to 22 (approximate)")
	f.BoolVar(&o.zeros, "zeros", false, "write 0 where a source cannot tell a feature, instead of nothing")
	f.BoolVar(&o.checksums, "checksums", false, "leave out packets whose checksum is wrong, as their receiver does")
	f.BoolVar(&o.aggregates, "icmp-aggregates", false, "leave Zeek's records of many ICMP packets as they are, instead of one record a packet")
	f.StringVar(&o.attack, "attack", "", "`label` of all records, such as normal for a clean capture (default: those of a labelled log)")
	f.StringVar(&o.out, "out", "-", outUsage)
	f.BoolVar(&o.jsonl, "jsonl", false, "write JSON lines instead of CSV")
	f.BoolVar(&o.formulas, "escape-formulas", false, "put an apostrophe before cells that a spreadsheet would run")
	f.BoolVar(&o.quiet, "quiet", false, "write no notices or progress to standard error")
	f.BoolVar(&o.explain, "explain", false, "say how each feature is made instead of reading anything")
	f.Var(&o.format, "format", o.format.usage("form of what --explain says"))
	w.complete(c, "format", words(o.format.choices...))
	return c
}

// holding is a flag that takes a span or the word all.
type holding struct {
	span
	all bool
}

// Set implements pflag.Value.
func (h *holding) Set(text string) error {
	if h.all = text == "all"; h.all {
		return nil
	}
	if err := h.span.Set(text); err != nil {
		return fmt.Errorf("%w, or all", err)
	}
	return nil
}

// String implements pflag.Value.
func (h *holding) String() string {
	if h.all {
		return "all"
	}
	return h.span.String()
}

// duration is what the flag asks for, or 0 for what is usual.
func (h *holding) duration() time.Duration {
	if h.all {
		return traffic.HoldAll
	}
	return time.Duration(float64(h.span) * float64(time.Second))
}

func (o *flowsOptions) run(c *cobra.Command, w *world, args []string) error {
	ctx := c.Context()
	switch {
	case o.explain:
		return o.writeExplanation(w)
	case o.interfaces != "" && len(args) > 0:
		return usagef("--interface %s and files (%s) are two sources; give one", o.interfaces, strings.Join(args, " "))
	case o.interfaces == "" && len(args) == 0:
		return usagef("name a capture or a log of connections, - for standard input, or --interface; netanom flows --explain says what is made of them")
	case c.Flags().Changed("format"):
		return usagef("--format is the form of what --explain says; records are CSV, or JSON lines with --jsonl")
	case o.lasting > 0 && o.interfaces == "":
		return usagef("--for says how long to listen; it needs --interface")
	}
	setting, err := o.record.setting()
	if err != nil {
		return err
	}
	w.showProgress(o.quiet, o.out == "-")
	var found *extract.Summary
	err = writeOut(w, o.out, func(out io.Writer) error {
		sink := &recordSink{options: traffic.WriterOptions{Setting: setting, UID: true, CommunityID: true, Zeros: o.zeros, EscapeFormulas: o.formulas}, attack: o.attack, jsonl: o.jsonl, out: out}
		found, err = o.extract(ctx, w, args, setting, sink)
		if err != nil {
			return err
		}
		return sink.close()
	})
	if err != nil {
		return err
	}
	if !o.quiet {
		w.progress.clear()
		for _, line := range append([]string{summaryLine(found, o.out)}, summaryWarnings(found)...) {
			fmt.Fprintf(w.stderr, "netanom: %s\n", line)
		}
	}
	return nil
}

// extract reads the sources and hands their records to sink.
func (o *flowsOptions) extract(ctx context.Context, w *world, args []string, setting traffic.Setting, sink *recordSink) (*extract.Summary, error) {
	x := extract.Options{Setting: setting, Labelled: sink.labelled, Flow: flow.DefaultOptions(), Aggregates: o.aggregates, Checksums: o.checksums, Hold: o.hold.duration()}
	x.Flow.MaxFlows, x.Flow.Content = int(o.maxFlows.value), o.content
	if o.interfaces != "" {
		if o.lasting > 0 {
			var stop context.CancelFunc
			ctx, stop = context.WithTimeout(ctx, time.Duration(float64(o.lasting)*float64(time.Second)))
			defer stop()
		}
		live, err := packet.OpenInterface(ctx, o.interfaces, packet.LiveOptions{Promiscuous: true})
		if err != nil {
			return nil, err
		}
		defer live.Close()
		found, err := extract.Live(ctx, o.interfaces, live, x, sink.write)
		if err == nil {
			found.Dropped = live.Counts().Dropped
		}
		return found, err
	}
	var sources []extract.Source
	for _, path := range args {
		var stdin io.Reader
		if path == "-" {
			stdin, x.Stream = w.input(ctx), true
		}
		name := path
		if path == "-" {
			name = "standard input"
		}
		sources = append(sources, extract.Source{Name: name, Open: func() (io.ReadCloser, error) {
			return dataset.OpenStream(ctx, path, stdin, w.progress.bytes)
		}})
	}
	return extract.Records(ctx, sources, x, sink.write)
}

// A recordSink writes records. Whether they have a label must be known before the first.
type recordSink struct {
	options traffic.WriterOptions
	attack  string
	jsonl   bool
	out     io.Writer
	records *traffic.Writer
}

func (s *recordSink) write(r *traffic.Record) error {
	if s.attack != "" {
		r.Label = s.attack
	}
	if s.records == nil {
		s.options.Label = s.options.Label || r.Label != ""
		if err := s.begin(); err != nil {
			return err
		}
	}
	if s.jsonl {
		return s.records.WriteJSON(r)
	}
	return s.records.Write(r)
}

// labelled says that records will have labels.
func (s *recordSink) labelled() { s.options.Label = true }

func (s *recordSink) begin() error {
	s.records = traffic.NewWriterWith(s.out, s.options)
	if s.jsonl {
		return nil
	}
	return s.records.WriteHeader()
}

// close writes what is held back, and the header where there was no record.
func (s *recordSink) close() error {
	if s.records == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	return s.records.Flush()
}

// summaryLine says what was made.
func summaryLine(s *extract.Summary, out string) string {
	line := counted(s.Records, "record")
	var parts []string
	for p, n := range s.ByProtocol {
		if n > 0 {
			parts = append(parts, report.Format(report.Count, n)+" "+traffic.Protocol(p).String())
		}
	}
	if len(parts) > 0 {
		line += " (" + strings.Join(parts, ", ") + ")"
	}
	if s.Frames > 0 {
		line += " from " + counted(s.Frames, "frame")
	}
	if s.Last > s.First {
		line += " of " + report.Format(report.Duration, math.Round(float64(s.Last)/1e6-float64(s.First)/1e6))
	}
	if out != "-" {
		line += " written to " + out
	}
	return line
}

// writeExplanation writes how the features are made.
func (o *flowsOptions) writeExplanation(w *world) error {
	doc := report.Document{Version: version(), Command: "flows --explain", Sections: []report.Section{report.RecordFeatures(append(traffic.ExplainBeside(), traffic.Explain()...))}}
	return doc.Write(w.stdout, o.format.value, report.TextOptions{Width: w.width, Color: w.color()})
}
