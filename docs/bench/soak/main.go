//go:build bench

// Soak runs the real netanom serve as a process of its own, on loopback, for some minutes
// of load and abuse, and checks what it promises. It is no part of the module's packages
// and needs Linux, for what it reads in /proc. Run it with
//
//	go build -o netanom ./cmd/netanom
//	go run -tags bench ./docs/bench/soak --netanom ./netanom --minutes 10
//
// It makes all files that it needs in a temporary folder. The first part sends good
// requests by a schedule, at half of the rate that the service reaches, so that waiting
// counts, and checks every answer against what netanom predict says of the same rows. At
// the same time others send bad requests, are slow, hang up, and change the model and the
// keys. The second part kills the process in the middle of load, starts it again, and looks
// for every alert and every label that it has acknowledged; then it ends the process
// in order.
//
//	--minutes M   the load; 0.3 is a quick look
//	--kill N      how often the process is killed; given without --minutes: that part alone
//
// The report on standard output is Markdown. The exit code is 1 if a promise was broken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options are what the flags say.
type options struct {
	netanom string
	minutes float64
	rounds  int
	seed    uint64
	keep    bool
	late    float64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// errBroken is a promise that was not kept; the report says which.
var errBroken = errors.New("the service has broken a promise")

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "netanom-soak-")
	if err != nil {
		return err
	}
	if o.keep {
		fmt.Fprintln(os.Stderr, "soak: all files are in", dir)
	} else {
		defer os.RemoveAll(dir)
	}
	r := newReport()
	st, err := newStage(ctx, o, dir)
	if err != nil {
		return err
	}
	if o.minutes > 0 {
		if err := soak(ctx, st, r, time.Duration(o.minutes*float64(time.Minute)), o.late); err != nil {
			return err
		}
	}
	if o.rounds > 0 {
		if err := kills(ctx, st, r, o.rounds); err != nil {
			return err
		}
	}
	r.write(os.Stdout, o)
	if r.isBroken() {
		return errBroken
	}
	return ctx.Err()
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("soak", flag.ContinueOnError)
	f.StringVar(&o.netanom, "netanom", "", "the program to soak")
	f.Float64Var(&o.minutes, "minutes", 10, "how long the load lasts")
	f.IntVar(&o.rounds, "kill", 5, "how often the process is killed")
	f.Uint64Var(&o.seed, "seed", 1, "of everything left to chance")
	f.Float64Var(&o.late, "late", 0, "how many alerts may be written later than an answer waits for: on a machine with other work, or a disk that stalls")
	f.BoolVar(&o.keep, "keep", false, "leave the files for a look")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	given := map[string]bool{}
	f.Visit(func(one *flag.Flag) { given[one.Name] = true })
	if given["kill"] && !given["minutes"] {
		o.minutes = 0
	}
	if o.netanom == "" || f.NArg() > 0 || o.minutes < 0 || o.minutes > 24*60 || o.rounds < 0 || o.rounds > 1000 {
		return o, errors.New("want --netanom PROGRAM, up to 1,440 --minutes, up to 1,000 rounds of --kill, and nothing else")
	}
	o.netanom, err = filepath.Abs(o.netanom)
	return o, err
}
