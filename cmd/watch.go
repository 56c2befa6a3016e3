package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
	"github.com/netanom/netanom/triage"
	"github.com/netanom/netanom/watch"
)

type watchOptions struct {
	modelOptions
	world      *world
	alerts     alertOptions
	triage     triageOptions
	interfaces string
	lasting    span
	state      string
	from       choice
	archive    []string
	hold       span
	maxHeld    number
	maxFlows   number
	threshold  number
	reasons    number
	content    bool
	aggregates bool
	print      choice
	quiet      bool
	input      inputOptions // of a table: how its database is reached, and its key
	poll       span
	lag        span
	flags      *pflag.FlagSet
}

// What watch can print, by the names of --print.
const (
	printAuto   = "auto"
	printView   = "view"
	printGroups = "groups"
	printAlerts = "alerts"
	printNone   = "none"
)

func newWatch(w *world) *cobra.Command {
	o := &watchOptions{world: w, hold: 5, poll: 1, lag: 2, maxHeld: number{value: 1 << 16, low: 1, high: 1e8, kind: whole},
		maxFlows:  number{value: float64(flow.DefaultOptions().MaxFlows), low: 16, high: 1e8, kind: whole},
		threshold: number{value: math.NaN(), low: -math.MaxFloat64, high: math.MaxFloat64},
		reasons:   number{value: 3, high: 100, kind: whole},
		from:      choice{"start", []string{"start", "end"}},
		print:     choice{printAuto, []string{printAuto, printView, printGroups, printAlerts, printNone}}}
	c := &cobra.Command{
		Use:        "watch [LOG|TABLE]",
		SuggestFor: []string{"tail", "follow", "monitor", "live", "listen"},
		Short:      "Score a growing log or table, or an interface, and raise alerts",
		Long: `Watch follows a log of connections as it is written, such as Zeek's conn.log,
through rotation and truncation, or listens on an interface, and scores each
connection when it ends. "-" reads a log or a capture from standard input.

A table of a database with the columns of conn.log is watched as a log is: rows
are scored as they are added, in the order of the column that --key names.

Alerts are put together by host and time, so that a scan is one line. They go to
a file (--alerts) and from there to a webhook or syslog, as those of netanom
serve do. With --state, a watch that was stopped or killed goes on where it was,
and neither loses nor repeats an alert. Memory is bounded, whatever comes.

On a terminal it shows what goes on; elsewhere it writes a line for each group
of alerts that is worth telling. A log that does not exist yet is waited for.`,
		Example: `  netanom simulate --connections 3000 --out traffic.csv
  netanom train traffic.csv --features packets --algo gbt --out m.netanom
  netanom simulate --seed 2 --capture - | netanom watch - --model m.netanom
  netanom watch conn.log --model m.netanom --state watch.state --for 1s`,
		GroupID:           modelGroup,
		Args:              atMostOneFile,
		ValidArgsFunction: oneFileName,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	f := c.Flags()
	o.flags = f
	f.StringVar(&o.path, "model", "", "model `file` that netanom train has written (needed)")
	f.StringVar(&o.interfaces, "interface", "", "network `interface` to listen on (Linux; needs CAP_NET_RAW)")
	f.Var(&o.lasting, "for", "how long to watch (default: until interrupted)")
	f.StringVar(&o.state, "state", "", "`file` in which the watch keeps where it is, so that a restart goes on there")
	f.Var(&o.from, "from", o.from.usage("where a log or table begins that no state knows"))
	f.StringSliceVar(&o.archive, "archive", nil, "`folder` into which logs are moved when they are rotated, if not their own; repeatable")
	f.Var(&o.hold, "hold", "time that a connection waits for those that began earlier")
	f.Var(&o.maxHeld, "max-held", "connections that wait at most")
	f.Var(&o.maxFlows, "max-flows", "connections of an interface that are open at once")
	f.Var(&o.threshold, "threshold", "score from which on a connection is an alert (default: the model's)")
	f.Lookup("threshold").DefValue = ""
	f.Var(&o.reasons, "reasons", "columns named as the reasons of an alert")
	f.BoolVar(&o.content, "content", false, "read clear-text protocols of an interface for features 10 to 22 (approximate)")
	f.BoolVar(&o.aggregates, "icmp-aggregates", false, "leave Zeek's records of many ICMP packets as they are")
	o.triage.flags(c)
	f.Lookup("groups").Usage = "groups of alerts that are listed when the view ends, the most severe"
	o.alerts.flags(c)
	f.Var(&o.print, "print", o.print.usage("what standard output shows; auto: a view on a terminal, else groups"))
	f.BoolVar(&o.quiet, "quiet", false, "no notices on standard error")
	o.tableFlags(w, c)
	w.complete(c, "from", words(o.from.choices...))
	w.complete(c, "print", words(o.print.choices...))
	return c
}

// run watches until the context ends, or the time that was given.
func (o *watchOptions) run(ctx context.Context, args []string) error {
	source, err := o.source(args)
	if err == nil && !sql.IsAddress(source) {
		err = o.idle("is about a table of a database", tableFlags...)
	}
	if err != nil {
		return err
	}
	if o.lasting > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, time.Duration(float64(o.lasting)*float64(time.Second)))
		defer stop()
	}
	options, err := o.options()
	if err != nil {
		return err
	}
	log, err := o.openAlerts(ctx)
	if err != nil {
		return err
	}
	options.Alerts = log
	shown := o.screen(&options)
	engine, err := watch.New(options)
	if err != nil {
		return errors.Join(err, closeAlerts(log))
	}
	stop := shown.begin(engine)
	err = o.read(ctx, engine, source)
	stop()
	if err := errors.Join(err, closeAlerts(log)); err != nil {
		return err
	}
	if !o.quiet {
		fmt.Fprintf(o.world.stderr, "netanom: %s\n", watchSummary(engine.Snapshot()))
		for _, line := range allowSummary(options.Allow) {
			fmt.Fprintf(o.world.stderr, "netanom: %s\n", line)
		}
	}
	return nil
}

// allowSummary says how often the rules of an allow list, if there is one, let alerts pass.
func allowSummary(a *triage.Allow) (lines []string) {
	if a == nil {
		return nil
	}
	unused := 0
	for _, r := range a.Rules() {
		if r.Matched == 0 {
			unused++
			continue
		}
		lines = append(lines, fmt.Sprintf("line %d of the allow list (%s) let %s pass", r.Line, r.Text, counted(int64(r.Matched), "alert")))
	}
	if unused > 0 {
		lines = append(lines, counted(int64(unused), "rule")+" of the allow list matched nothing")
	}
	return lines
}

// source names what is watched.
func (o *watchOptions) source(args []string) (string, error) {
	switch {
	case o.interfaces != "" && len(args) > 0:
		return "", usagef("--interface %s and %s are two sources; give one", o.interfaces, args[0])
	case o.interfaces == "" && len(args) == 0:
		return "", usagef("name a log or a table to follow, - for standard input, or --interface")
	case o.interfaces != "":
		return o.interfaces, o.idle("is about a log, and not about an interface", "from", "archive", "icmp-aggregates")
	case args[0] == "-":
		return args[0], o.idle("is about a log that is followed, and not about standard input", "from", "archive")
	case sql.IsAddress(args[0]):
		return args[0], o.table()
	}
	return args[0], o.idle("is about packets, and not about a log", "max-flows", "content")
}

// idle refuses flags that would do nothing.
func (o *watchOptions) idle(why string, names ...string) error {
	for _, name := range names {
		if o.flags.Changed(name) {
			return usagef("--%s %s; leave it out", name, why)
		}
	}
	return nil
}

// options makes the engine's of the flags.
func (o *watchOptions) options() (watch.Options, error) {
	p, err := o.modelOptions.open()
	if err != nil {
		return watch.Options{}, err
	}
	if !math.IsNaN(o.threshold.value) {
		p = p.WithThreshold(o.threshold.value)
	}
	allow, err := o.triage.list()
	if err != nil {
		return watch.Options{}, err
	}
	w := watch.Options{Model: p, Name: baseName(o.path), Hold: time.Duration(float64(o.hold) * float64(time.Second)), MaxHeld: int(o.maxHeld.value),
		Flow: flow.DefaultOptions(), Reasons: int(o.reasons.value), Allow: allow, Groups: o.triage.options(), State: o.state, Now: o.world.now, Notice: o.notice}
	w.Flow.MaxFlows, w.Flow.Content, w.Flow.UIDs = int(o.maxFlows.value), o.content, true
	w.Log.KeepAggregates = o.aggregates
	return w, nil
}

// notice tells users something, where no view shows it.
func (o *watchOptions) notice(text string) {
	if !o.quiet && !o.viewed() {
		fmt.Fprintf(o.world.stderr, "netanom: %s\n", text)
	}
}

// viewed reports whether a view is shown.
func (o *watchOptions) viewed() bool {
	return o.print.value == printView || o.print.value == printAuto && o.world.width > 0
}

// openAlerts opens the file of alerts; nil if there is none.
func (o *watchOptions) openAlerts(ctx context.Context) (*alert.Log, error) {
	a, err := o.alerts.options(o.world)
	if err != nil || a.Path == "" {
		return nil, err
	}
	a.Patience = time.Minute // nothing waits for an answer, so that it is better to wait than to lose
	to := o.world.stderr
	if o.quiet || o.viewed() {
		to = io.Discard
	}
	a.Logger = slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return alert.Open(ctx, a)
}

// closeAlerts closes the file of alerts, and lets deliverers send what they have for a while.
func closeAlerts(log *alert.Log) error {
	const patience = 5 * time.Second
	if log == nil {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	return log.Close(ctx)
}

// read lets the engine read its source.
func (o *watchOptions) read(ctx context.Context, e *watch.Engine, source string) error {
	switch {
	case o.interfaces != "":
		live, err := packet.OpenInterface(ctx, o.interfaces, packet.LiveOptions{Promiscuous: true})
		if err != nil {
			return err
		}
		defer live.Close()
		return e.Capture(ctx, source, live)
	case source == "-":
		r, err := dataset.OpenStream(ctx, source, o.world.input(ctx), nil)
		if err != nil && ctx.Err() != nil { // nothing has come, and the watch is to end
			return nil
		}
		if err != nil {
			return err
		}
		defer r.Close()
		return e.Read(ctx, "standard input", r)
	}
	if sql.IsAddress(source) {
		return o.readTable(ctx, e, source)
	}
	return e.Follow(ctx, watch.FollowOptions{Path: source, From: o.begin(), Archive: o.archive})
}

// begin is where a log or table begins that no state knows.
func (o *watchOptions) begin() watch.From {
	if o.from.value == "end" {
		return watch.End
	}
	return watch.Start
}

// watchSummary says what a watch did.
func watchSummary(s watch.Snapshot) string {
	c := &s.Counts
	text := counted(c.Scored, "connection") + " scored, " + counted(c.Alerts, "alert")
	if c.Allowed > 0 {
		text += ", " + counted(c.Allowed, "alert") + " let pass by the allow list"
	}
	unit := "line"
	if sql.IsAddress(s.Source) {
		unit = "row"
	}
	for _, more := range []struct {
		n    int64
		what string
	}{{c.Bad + c.Long, unit}, {c.Refused, "connection"}} {
		if more.n > 0 {
			text += ", " + counted(more.n, more.what) + " that could not be read"
		}
	}
	return text
}
