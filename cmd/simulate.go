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
)

type simulateOptions struct {
	connections number
	seed        uint64
	start       string
	days        number
	share       number
	attacks     []string
	out         string
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
seed give the same bytes.`,
		Example: `  netanom simulate --connections 1000 --out sample.csv
  netanom simulate --connections 1000 --seed 7 | netanom describe -`,
		GroupID:           makeGroup,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return o.run(c.Context(), w) },
	}
	f := c.Flags()
	f.Var(&o.connections, "connections", "how many connections")
	f.Uint64Var(&o.seed, "seed", def.Seed, "`number` that all randomness comes from")
	f.StringVar(&o.start, "start", def.Start.UTC().Format(time.DateOnly), "first `day`")
	f.Var(&o.days, "days", "how many days the traffic is spread over")
	f.Var(&o.share, "attack-share", "`share` of the connections that are attacks")
	f.StringSliceVar(&o.attacks, "attack", nil, "`attack` to mix in; repeatable (default: all)")
	f.StringVar(&o.out, "out", "-", outUsage)
	f.BoolVar(&o.quiet, "quiet", false, "write no notices or progress to standard error")
	complete(c, "attack", words(attackNames()...))
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
	w.showProgress(o.quiet, o.out == "-")
	w.progress.stageIs("simulating")
	err = writeOut(w, o.out, func(out io.Writer) error { return traffic.WriteCSV(ctx, out, opt) })
	if err != nil {
		return fmt.Errorf("simulating: %w", err)
	}
	if !o.quiet {
		w.progress.clear()
		w.written(int64(opt.Connections), "connection", o.out)
	}
	return nil
}
