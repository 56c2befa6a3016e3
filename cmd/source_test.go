package cmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pathOf runs missing and returns the table that it read.
func pathOf(t *testing.T, s session, args ...string) string {
	t.Helper()
	r := s.run(t, append([]string{"missing", "--no-report", "--format", "json", "--select", "count"}, args...)...)
	if r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	return parse(t, r.stdout).Data.Path
}

// TestWhichTable checks the order in which the table to read is looked for.
func TestWhichTable(t *testing.T) {
	inTestdata(t)
	for _, name := range []string{"argument.csv", "flag.csv", "environment.csv", "configuration.csv"} {
		write(t, name, read(t, "traffic.csv"))
	}
	with := session{env: map[string]string{"NETANOM_DATA": "environment.csv"}}
	write(t, configName, "# the usual table\ndata: configuration.csv\n")
	for _, c := range []struct {
		s    session
		args []string
		want string
	}{
		{with, []string{"argument.csv", "--data", "flag.csv"}, "argument.csv"},
		{with, []string{"--data", "flag.csv"}, "flag.csv"},
		{with, nil, "environment.csv"},
		{session{}, nil, "configuration.csv"},
		{session{stdin: strings.NewReader(read(t, "traffic.csv"))}, []string{"-"}, "-"},
	} {
		if got := pathOf(t, c.s, c.args...); got != c.want {
			t.Errorf("%v reads %s, want %s", c.args, got, c.want)
		}
	}
	if r := (session{env: map[string]string{dataVariable: "nowhere.csv"}}).golden(t, "variable-no-file", "missing"); r.code != exitError {
		t.Errorf("exit code %d, want %d", r.code, exitError)
	}
	write(t, configName, "")
	if got := pathOf(t, session{}); got != sampleName {
		t.Errorf("with an empty configuration %s is read, want the sample", got)
	}
}

func TestConfigurationMistakes(t *testing.T) {
	inTestdata(t)
	for name, text := range map[string]string{
		"key": "# tables\ndat: traffic.csv\n", "list": "data: [traffic.csv, conn.log]\n", "syntax": "data: \"traffic.csv\n", "word": "traffic.csv\n",
	} {
		write(t, configName, text)
		if r := (session{}).golden(t, "config-"+name, "missing", "--no-report"); r.code != exitUsage {
			t.Errorf("%s: exit code %d, want %d", name, r.code, exitUsage)
		}
		if r := (session{}).run(t, "missing", "traffic.csv", "--no-report"); r.code != exitDone {
			t.Errorf("%s: a configuration that is not needed is in the way: %s", name, r.stderr)
		}
	}
}

func TestSampleSaysSo(t *testing.T) {
	t.Chdir(t.TempDir())
	r := session{}.golden(t, "sample", "missing", "--no-report", "--select", "src_bytes,attack")
	if strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "sample") {
		t.Errorf("standard error is to say in one line that this is a sample: %q", r.stderr)
	}
	if r := (session{}).run(t, "missing", "--no-report", "--select", "src_bytes", "--quiet"); r.stderr != "" {
		t.Errorf("--quiet writes %q", r.stderr)
	}
}

func TestStandardInput(t *testing.T) {
	inTestdata(t)
	fromPipe := session{stdin: strings.NewReader(read(t, "traffic.csv"))}.run(t, "describe", "-", "--no-report", "--format", "csv")
	if fromPipe.stdout != run(t, "describe", "traffic.csv", "--no-report", "--format", "csv") {
		t.Errorf("a pipe gives another answer than the file: %s", fromPipe.stderr)
	}
	if r := (session{}).run(t, "describe", "-"); r.code != exitError || !strings.Contains(r.stderr, "empty") {
		t.Errorf("an empty standard input: exit code %d, %s", r.code, r.stderr)
	}
	broken := session{stdin: io.MultiReader(strings.NewReader("a,b\n1,2\n"), failing{errors.New("the disk is gone")})}
	if r := broken.run(t, "describe", "-"); r.code != exitError || !strings.Contains(r.stderr, "the disk is gone") {
		t.Errorf("a broken standard input: exit code %d, %s", r.code, r.stderr)
	}
}

// A failing stream gives an error whatever is done with it.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestUnreadableFile(t *testing.T) {
	inTestdata(t)
	if err := os.Chmod("traffic.csv", 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open("traffic.csv"); err == nil {
		f.Close()
		t.Skip("this user may read every file")
	}
	if r := (session{}).run(t, "describe", "traffic.csv"); r.code != exitError || !strings.Contains(r.stderr, "traffic.csv") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// TestInterrupted checks that work whose context ends says so, and leaves
// nothing behind, neither here nor among the temporary files.
func TestInterrupted(t *testing.T) {
	inTestdata(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	before := listing(t, ".")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, line := range []string{
		"eda traffic.csv", "describe traffic.csv", "missing traffic.csv", "outliers traffic.csv", "corr traffic.csv",
		"convert traffic.csv --out out.csv", "simulate --out out.csv", "eda", "describe -",
	} {
		r := session{ctx: ended, stdin: strings.NewReader("a,b\n1,2\n")}.run(t, oneCommand(t, line)...)
		if r.code != exitError || r.stdout != "" || !strings.Contains(r.stderr, "interrupted") {
			t.Errorf("%s: exit code %d, %q, %q", line, r.code, r.stdout, r.stderr)
		}
	}
	if after := listing(t, "."); after != before {
		t.Errorf("interrupted work left files:\n%s", after)
	}
	if left := listing(t, temporary); left != "" {
		t.Errorf("interrupted work left temporary files:\n%s", left)
	}
}

// TestInterruptedWhileReading checks that standard input which gives nothing does
// not keep an interrupt from being heard.
func TestInterruptedWhileReading(t *testing.T) {
	t.Chdir(t.TempDir())
	silent, held := io.Pipe()
	defer held.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if r := (session{ctx: ctx, stdin: silent}).run(t, "describe", "-"); r.code != exitError || !strings.Contains(r.stderr, "interrupted") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// listing names all files below a directory.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}

// TestClosedPipe checks that a reader who has had enough is no error, and that
// the report is written and the gates are tried all the same.
func TestClosedPipe(t *testing.T) {
	inTestdata(t)
	gone := session{stdout: failing{syscall.EPIPE}}
	for _, line := range []string{"describe traffic.csv", "convert traffic.csv", "simulate", "version", "help", "eda --help"} {
		if r := gone.run(t, oneCommand(t, line)...); r.code != exitDone || strings.Contains(r.stderr, "pipe") {
			t.Errorf("%s: exit code %d: %s", line, r.code, r.stderr)
		}
	}
	if _, err := os.Stat("report/index.html"); err != nil {
		t.Error("no report was written")
	}
	if r := gone.run(t, "missing", "traffic.csv", "--no-report", "--fail-if", "missing_share >= 0"); r.code != exitGate {
		t.Errorf("exit code %d, want that of a crossed gate", r.code)
	}
	full := session{stdout: failing{syscall.ENOSPC}}
	for _, line := range []string{"describe traffic.csv --report full", "convert traffic.csv", "simulate", "version"} {
		if r := full.run(t, oneCommand(t, line)...); r.code != exitError || !strings.Contains(r.stderr, "space") {
			t.Errorf("%s on a full disk: exit code %d: %s", line, r.code, r.stderr)
		}
	}
}

func TestOutFiles(t *testing.T) {
	inTestdata(t)
	if r := (session{}).run(t, "convert", "traffic.csv", "--out", os.DevNull); r.code != exitDone {
		t.Errorf("writing to %s: exit code %d: %s", os.DevNull, r.code, r.stderr)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s is no longer what it was: %v, %v", os.DevNull, info, err)
	}
	write(t, "kept.csv", "kept\n")
	if err := os.Symlink("kept.csv", "link.csv"); err != nil {
		t.Skip(err)
	}
	if r := (session{}).run(t, "convert", "messy.csv", "--out", "link.csv"); r.code != exitError || read(t, "kept.csv") != "kept\n" {
		t.Errorf("a refused table has replaced a file (exit code %d)", r.code)
	}
	run(t, "convert", "traffic.csv", "--out", "link.csv")
	if read(t, "kept.csv") != read(t, "traffic.csv") {
		t.Error("writing to a link does not fill the file behind it")
	}
	run(t, "convert", "kept.csv", "--where", `flag == "SF"`, "--out", "kept.csv")
	if got := strings.Count(read(t, "kept.csv"), "\n"); got != 1+strings.Count(read(t, "traffic.csv"), ",SF,") {
		t.Errorf("a file converted onto itself has %d lines", got)
	}
}

// TestFromOutside runs Main as the program does.
func TestFromOutside(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Main(t.Context(), []string{"version"}, strings.NewReader(""), &stdout, &stderr); code != exitDone || stderr.Len() > 0 {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
	if !strings.HasPrefix(stdout.String(), "netanom "+version()+" (go") || stdout.String() != run(t, "--version") {
		t.Errorf("the version is %q", &stdout)
	}
	if code := Main(t.Context(), []string{"versoin"}, strings.NewReader(""), &stdout, &stderr); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
}
