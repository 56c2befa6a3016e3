package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/replay"
)

type simulateOptions struct {
	connections number
	seed        uint64
	start       string
	days        number
	share       number
	attacks     []string
	out         string
	capture     string
	rows        bool // are written: --out was given, or --capture was not
	quiet       bool
}

func newSimulate(w *world) *cobra.Command {
	def := traffic.DefaultOptions()
	o := &simulateOptions{
		connections: number{value: float64(def.Connections), low: 1, high: 1e9, kind: whole},
		days:        number{value: def.Span.Hours() / 24, low: 1, high: 3650, kind: whole},
		share:       number{value: def.AttackShare, high: 1},
	}
	c := &cobra.Command{
		Use:        "simulate",
		SuggestFor: []string{"generate", "gen", "sample", "synth"},
		Short:      "Make labelled connection records",
		Long: `Simulate writes labelled traffic as CSV: hosts and services with a daily rhythm,
and the attacks of the KDD data (floods, sweeps, password guessing, slow
exfiltration and others) as connections with times and addresses, from which the
41 features are computed by their original definitions. The same options and
seed give the same bytes.

With --capture the connections are written as packets, of which 'netanom flows'
makes the same records again, without labels and without what only payload
tells: the packets have none. A connection between the same addresses and ports
as one that is still open, fewer than one in a hundred, becomes a part of that.`,
		Example: `  netanom simulate --connections 1000 --out sample.csv
  netanom simulate --connections 1000 --seed 7 | netanom describe -
  netanom simulate --connections 1000 --capture sample.pcap`,
		GroupID:           makeGroup,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			o.rows = o.capture == "" || c.Flags().Changed("out")
			return o.run(c.Context(), w)
		},
	}
	f := c.Flags()
	f.Var(&o.connections, "connections", "how many connections")
	f.Uint64Var(&o.seed, "seed", def.Seed, "`number` that all randomness comes from")
	f.StringVar(&o.start, "start", def.Start.UTC().Format(time.DateOnly), "first `day`")
	f.Var(&o.days, "days", "how many days the traffic is spread over")
	f.Var(&o.share, "attack-share", "`share` of the connections that are attacks")
	f.StringSliceVar(&o.attacks, "attack", nil, "`attack` to mix in; repeatable (default: all)")
	f.StringVar(&o.out, "out", "-", outUsage)
	f.StringVar(&o.capture, "capture", "", "`file` to write the same traffic to as packets, pcap; without payload. No CSV is written then unless --out is given")
	f.BoolVar(&o.quiet, "quiet", false, "write no notices or progress to standard error")
	w.complete(c, "attack", words(attackNames()...))
	return c
}

func attackNames() []string {
	var names []string
	for _, a := range traffic.Attacks() {
		names = append(names, a.Name)
	}
	return names
}

func (o *simulateOptions) run(ctx context.Context, w *world) error {
	start, err := time.Parse(time.DateOnly, o.start)
	if err != nil {
		return usagef("--start %s: write a day as 2026-03-02", o.start)
	}
	for _, name := range o.attacks {
		if known := attackNames(); !slices.Contains(known, name) {
			return usagef("--attack %s: choose from %s%s", name, strings.Join(known, ", "), didYouMean(name, known))
		}
	}
	opt := traffic.DefaultOptions()
	opt.Connections, opt.Seed, opt.Start = int(o.connections.value), o.seed, start
	opt.Span = time.Duration(o.days.value) * 24 * time.Hour
	opt.AttackShare, opt.Attacks = o.share.value, o.attacks
	if err := opt.Validate(); err != nil {
		return usageError{err}
	}
	if o.rows && o.out == "-" && o.capture == "-" {
		return usagef("--out and --capture cannot both go to standard output; name a file for one of them")
	}
	w.showProgress(o.quiet, o.rows && o.out == "-" || o.capture == "-")
	w.progress.stageIs("simulating")
	if err := o.write(ctx, w, opt); err != nil {
		return fmt.Errorf("simulating: %w", err)
	}
	if o.quiet {
		return nil
	}
	w.progress.clear()
	for _, path := range o.files() {
		w.written(int64(opt.Connections), "connection", path)
	}
	return nil
}

// files returns what is written to.
func (o *simulateOptions) files() (paths []string) {
	if o.rows {
		paths = append(paths, o.out)
	}
	if o.capture != "" {
		paths = append(paths, o.capture)
	}
	return paths
}

// write writes rows, packets, or both of one simulation.
func (o *simulateOptions) write(ctx context.Context, w *world, opt traffic.Options) error {
	if o.capture == "" {
		return writeOut(w, o.out, func(rows io.Writer) error { return traffic.WriteCSV(ctx, rows, opt) })
	}
	if !o.rows {
		return writeOut(w, o.capture, func(packets io.Writer) error { return capture(ctx, packets, opt, nil) })
	}
	return writeOut(w, o.out, func(rows io.Writer) error {
		return writeOut(w, o.capture, func(packets io.Writer) error {
			out := traffic.NewWriter(rows)
			if err := out.WriteHeader(); err != nil {
				return err
			}
			if err := capture(ctx, packets, opt, out.Write); err != nil {
				return err
			}
			return out.Flush()
		})
	})
}

// capture simulates traffic and writes it as packets. If row is not nil, every record is
// handed to it, too.
func capture(ctx context.Context, packets io.Writer, opt traffic.Options, row func(*traffic.Record) error) error {
	out := replay.NewWriter(packets)
	err := traffic.Simulate(ctx, opt, func(r *traffic.Record) error {
		if row != nil {
			if err := row(r); err != nil {
				return err
			}
		}
		return out.Add(&r.Connection)
	})
	if err != nil {
		return err
	}
	return out.Close()
}
