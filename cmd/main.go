package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/netanom/netanom/dataset"
)

// Exit codes of every command.
const (
	exitDone  = 0
	exitError = 1 // could not do it
	exitUsage = 2 // was asked wrongly
	exitGate  = 3 // done, and a gate set by the user was crossed
)

// Main runs the command that args name and returns the exit code. The answer
// goes to stdout; notices, progress and errors go to stderr. An interrupt or a
// cancelled ctx stops the work and leaves no half-written file; a second
// interrupt ends the program at once.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// A reader that has had enough must not end the program before the report is
	// written: writing to a closed pipe becomes an error instead of a signal.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return newWorld(stdin, stdout, stderr).run(ctx, args)
}

// run executes a command in this world.
func (w *world) run(ctx context.Context, args []string) int {
	w.proposes = proposing(args)
	root := newRoot(w)
	root.SetArgs(append([]string{}, args...)) // Cobra takes nil for "look at os.Args"
	err := root.ExecuteContext(ctx)
	w.progress.clear()
	code := exitCode(err)
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w.stderr, "netanom: interrupted; nothing was left half-written")
	default:
		fmt.Fprintf(w.stderr, "netanom: %v\n", err)
		if code == exitUsage {
			fmt.Fprintf(w.stderr, "Run '%s --help' for what there is.\n", commandOf(root, args))
		}
	}
	return code
}

// A usageError is a command line that cannot be meant.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// A gateError says which row crossed which gate.
type gateError struct{ text string }

func (e gateError) Error() string { return e.text }

func exitCode(err error) int {
	var usage usageError
	var gate gateError
	var name *dataset.NameError
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE): // whoever read our output has had enough
		return exitDone
	case errors.As(err, &gate):
		return exitGate
	case errors.As(err, &usage), errors.As(err, &name):
		return exitUsage
	}
	return exitError
}
