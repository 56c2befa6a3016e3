//go:build bench

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A service is a process of netanom serve.
type service struct {
	cmd     *exec.Cmd
	clients string // address
	admin   string
	log     *logbook
	ended   chan struct{} // closed when the process has
	err     error         // how it ended
}

// The times after which the service cuts off those who are slow.
const (
	headerTimeout = 2 * time.Second
	readTimeout   = 3 * time.Second
	writeTimeout  = 4 * time.Second
)

// watchEvery is how often the service looks at its files.
const watchEvery = 200 * time.Millisecond

// flags are those of the service; files begins the names of what it writes.
func (st *stage) flags(files, hook string) []string {
	return []string{"serve", "--model", "main=" + st.path("live.netanom"), "--addr", "127.0.0.1:0", "--admin", "127.0.0.1:0",
		"--alerts", st.path(files + "-alerts.jsonl"), "--feedback", st.path(files + "-labels.jsonl"), "--webhook", hook, "--keys", st.path("keys"),
		"--watch", watchEvery.String(), "--max-body", "1", "--max-queue", "2000", "--header-timeout", headerTimeout.String(), "--read-timeout", readTimeout.String(),
		"--write-timeout", writeTimeout.String(), "--shutdown-timeout", "20s"}
}

// start starts a service, and waits until it listens.
func (st *stage) start(ctx context.Context, args []string) (*service, error) {
	s := &service{cmd: exec.CommandContext(ctx, st.netanom, args...), ended: make(chan struct{})}
	s.cmd.Dir = st.dir
	out, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	s.log = &logbook{ready: make(chan struct{}), counts: map[string]int{}, answered: map[string]int{}}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.ended)
		s.log.read(out)
		s.err = s.cmd.Wait()
	}()
	select {
	case <-s.log.ready:
	case <-s.ended:
		return nil, fmt.Errorf("the service did not start: %w: %s", errors.Join(s.err, ctx.Err()), strings.Join(s.log.strange, "; "))
	case <-time.After(20 * time.Second):
		s.kill()
		return nil, errors.New("the service does not listen after 20 seconds")
	}
	s.clients, s.admin = s.log.clients, s.log.admin
	return s, nil
}

// kill ends the process as a crash would.
func (s *service) kill() {
	s.cmd.Process.Kill()
	<-s.ended
}

// stop asks the process to end, and returns its exit code.
func (s *service) stop(most time.Duration) (int, error) {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return -1, err
	}
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode(), nil
	case <-time.After(most):
		s.kill()
		return -1, fmt.Errorf("the process has not ended %v after SIGTERM", most)
	}
}

// A logbook reads what a service writes to standard error.
type logbook struct {
	ready          chan struct{} // closed when the addresses are known
	clients, admin string

	mu       sync.Mutex
	counts   map[string]int // by level and message
	errors   []string       // the first of those that nobody expects
	strange  []string       // lines that are no log, as a panic has them
	answered map[string]int // status by the name that the client gave the request
}

var (
	servedAt = regexp.MustCompile(`served at http://(\S+)`)
	adminAt  = regexp.MustCompile(`admin at http://(\S+)`)
)

// expected are errors that the soak causes on purpose.
var expected = []string{"a model file was refused; the model before it goes on"}

func (b *logbook) read(in io.Reader) {
	lines := bufio.NewReaderSize(in, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			b.line(line)
		}
		if err != nil {
			return
		}
	}
}

// A logged is a line of the log.
type logged struct {
	Level, Msg, Named, Request string
	Status                     int
}

var plainRequest = []byte(`"msg":"request"`)

func (b *logbook) line(text []byte) {
	if text[0] != '{' {
		b.other(string(text))
		return
	}
	named := bytes.Contains(text, []byte(`"named":`))
	b.mu.Lock()
	defer b.mu.Unlock()
	if bytes.Contains(text, plainRequest) && !named {
		b.counts["INFO request"]++
		return
	}
	var l logged
	if err := json.Unmarshal(text, &l); err != nil {
		b.strange = append(b.strange, string(text))
		return
	}
	b.counts[l.Level+" "+l.Msg]++
	switch {
	case l.Msg == "request":
		b.answered[l.Named] = l.Status
	case l.Level == "ERROR" && !contains(expected, l.Msg) && len(b.errors) < 10:
		b.errors = append(b.errors, string(text))
	}
}

// other reads a line that is not of the log.
func (b *logbook) other(text string) {
	if m := servedAt.FindStringSubmatch(text); m != nil {
		b.clients = m[1]
	} else if m := adminAt.FindStringSubmatch(text); m != nil {
		b.admin = m[1]
		close(b.ready)
	} else {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.strange) < 30 {
			b.strange = append(b.strange, text)
		}
	}
}

// judge reports what should not be in the log.
func (b *logbook) judge(r *report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.errors {
		r.breach("the log has no errors but those of bad model files", "%.600s", line)
	}
	for _, line := range b.strange {
		r.breach("nothing but the log is on standard error", "%.300s", line)
	}
	for message, n := range b.counts {
		r.count("Log", message, n)
	}
}

func contains(list []string, text string) bool {
	for _, one := range list {
		if one == text {
			return true
		}
	}
	return false
}
