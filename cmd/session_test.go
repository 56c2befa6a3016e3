package cmd

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/internal/check"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testdata is found before any test changes the working directory.
var testdata, _ = filepath.Abs(filepath.Join("..", "testdata"))

// A session is a world for tests: streams in memory, an environment that holds
// nothing, a clock that stands still.
type session struct {
	stdin  io.Reader
	env    map[string]string
	width  int  // of the terminal that stdout is; 0 if it is none
	seen   bool // stderr is a terminal
	ctx    context.Context
	stdout io.Writer // instead of memory

	listening func(addresses map[string]string) // see world
}

// A result is what a run left behind.
type result struct {
	stdout, stderr string
	code           int
}

// run runs a command in the working directory.
func (s session) run(t testing.TB, args ...string) result {
	t.Helper()
	if s.ctx == nil {
		s.ctx = t.Context()
	}
	if s.stdin == nil {
		s.stdin = strings.NewReader("")
	}
	var stdout, stderr bytes.Buffer
	if s.stdout == nil {
		s.stdout = &stdout
	}
	w := &world{
		stdin: s.stdin, stdout: s.stdout, stderr: &oneAtATime{out: &stderr}, width: s.width, errTerminal: s.seen,
		env:   func(name string) string { return s.env[name] },
		now:   func() time.Time { return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC) },
		cores: func(int) {}, listening: s.listening,
	}
	code := w.run(s.ctx, args)
	return result{stdout.String(), stderr.String(), code}
}

// run runs a command that must succeed, and returns its standard output.
func run(t testing.TB, args ...string) string {
	t.Helper()
	r := session{}.run(t, args...)
	if r.code != exitDone {
		t.Fatalf("netanom %s: exit code %d: %s", strings.Join(args, " "), r.code, r.stderr)
	}
	return r.stdout
}

// inTestdata changes to a new directory with copies of the small inputs.
func inTestdata(t testing.TB) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"traffic.csv", "messy.csv", "conn.log", "kdd-headerless.txt", "recipe.json", "summaries.csv", "counts.csv", "counts-long.csv", "later.csv"} {
		text, err := os.ReadFile(filepath.Join(testdata, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(text))
	}
	t.Chdir(dir)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// golden runs a command and compares what it wrote to each stream with the files
// testdata/golden/<name>.stdout and .stderr. A missing file means empty. An exit
// code other than 0 ends standard error.
func (s session) golden(t *testing.T, name string, args ...string) result {
	t.Helper()
	r := s.run(t, args...)
	stderr := r.stderr
	if r.code != exitDone {
		stderr += fmt.Sprintf("[exit code %d]\n", r.code)
	}
	compareGolden(t, name+".stdout", r.stdout)
	compareGolden(t, name+".stderr", stderr)
	return r
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join(testdata, "golden", name)
	if *update {
		if got == "" {
			os.Remove(path)
			return
		}
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if line, differ := difference(got, string(want)); differ {
		t.Errorf("%s differs from line %d on; go test ./cmd -update writes it anew\n got: %s\nwant: %s",
			name, line, lineOf(got, line), lineOf(string(want), line))
	}
}

// difference returns the first line in which two texts differ. Numbers of many
// digits may differ in the last ones, as they do between makes of processors.
func difference(got, want string) (line int, differ bool) {
	if got == want {
		return 0, false
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if !sameBut(a[i], b[i]) {
			return i + 1, true
		}
	}
	return min(len(a), len(b)) + 1, len(a) != len(b)
}

var longNumber = regexp.MustCompile(`-?\d+\.\d{9,}(e[-+]?\d+)?`)

// sameBut reports whether two lines are equal but for the last digits of long
// numbers.
func sameBut(a, b string) bool {
	if a == b {
		return true
	}
	if longNumber.ReplaceAllString(a, "#") != longNumber.ReplaceAllString(b, "#") {
		return false
	}
	as, bs := longNumber.FindAllString(a, -1), longNumber.FindAllString(b, -1)
	for i := range as {
		x, _ := strconv.ParseFloat(as[i], 64)
		y, _ := strconv.ParseFloat(bs[i], 64)
		if !check.Near(x, y, 1e-9, 0) {
			return false
		}
	}
	return true
}

func lineOf(text string, line int) string {
	if lines := strings.Split(text, "\n"); line <= len(lines) {
		return lines[line-1]
	}
	return "(the end)"
}
