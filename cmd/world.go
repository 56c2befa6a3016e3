package cmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/term"
)

// A world is everything outside the program that a command may touch. Tests
// build their own.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	now            func() time.Time
	cores          func(int) // limits the cores that are used
	width          int       // of the terminal that stdout is; 0 if it is none
	errTerminal    bool      // stderr is a terminal
	inTerminal     bool      // stdin is a terminal
	progress       *progress
	proposes       bool                              // a shell asks what may follow
	listening      func(addresses map[string]string) // if not nil: called when a service can be reached
}

func newWorld(stdin io.Reader, stdout, stderr io.Writer) *world {
	w := &world{stdin: stdin, stdout: stdout, stderr: &oneAtATime{out: stderr}, env: os.Getenv, now: time.Now,
		cores: func(n int) { runtime.GOMAXPROCS(n) }}
	if f, ok := terminal(stdout); ok {
		w.width = 80
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			w.width = width
		}
	}
	_, w.errTerminal = terminal(stderr)
	_, w.inTerminal = terminal(stdin)
	return w
}

// A oneAtATime is a writer that several goroutines may write to: the log of a service
// comes from others than its notices.
type oneAtATime struct {
	mu  sync.Mutex
	out io.Writer
}

// Write implements io.Writer.
func (o *oneAtATime) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Write(p)
}

// terminal returns the file behind a stream if it is a terminal.
func terminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// color reports whether output may be coloured: on a terminal, unless the user
// says otherwise (https://no-color.org).
func (w *world) color() bool {
	return w.width > 0 && w.env("NO_COLOR") == "" && w.env("TERM") != "dumb"
}

// showProgress shows from now on how far the work has come, if somebody can see
// it: stderr is a terminal, and the answer does not go to it at the same time.
func (w *world) showProgress(quiet, answering bool) {
	if w.errTerminal && w.env("TERM") != "dumb" && !quiet && !(answering && w.width > 0) {
		w.progress = &progress{out: w.stderr}
	}
}

// input returns standard input, of which reading ends when ctx does, also while
// waiting for a keyboard or a pipe.
func (w *world) input(ctx context.Context) io.Reader {
	if w.inTerminal {
		fmt.Fprintln(w.stderr, "netanom: reading from the keyboard; end with Ctrl-D")
	}
	out, in := io.Pipe()
	context.AfterFunc(ctx, func() { in.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(in, w.stdin)
		in.CloseWithError(err)
	}()
	return out
}
