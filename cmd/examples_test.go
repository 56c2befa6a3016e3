package cmd

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/internal/check"
)

// brief leaves out the pictures of a command: wanted are those of few, and never those
// of commands that draw many. A service ends without waiting that it be noticed.
func brief(args []string, pictures bool) []string {
	if listens(args) {
		args = append(args, "--addr", "127.0.0.1:0")
		if args[0] == "serve" {
			args = append(args, "--drain", "1ms")
		}
	}
	if pictures && !slices.Contains([]string{"train", "evaluate", "predict", "explain", "tune"}, args[0]) || slices.Contains(args, "--report") {
		return args
	}
	root := newRoot(&world{env: func(string) string { return "" }})
	if c, _, err := root.Find(args); err == nil && c.Flags().Lookup("no-report") != nil {
		args = append(args, "--no-report")
	}
	return args
}

// pipe runs a line of commands, the output of each being the input of the next,
// and returns what the last one wrote. Every command must succeed, but one with
// --fail-if may find its gate crossed.
func pipe(t *testing.T, line string, pictures bool) string {
	t.Helper()
	input := ""
	for _, args := range pipeline(t, line) {
		if len(args) == 0 || args[0] != "netanom" {
			t.Fatalf("%s: only netanom can be run", line)
		}
		s := session{stdin: strings.NewReader(input)}
		args = brief(args[1:], pictures)
		if listens(args) { // it is ended as soon as it can be reached
			ctx, end := context.WithCancel(t.Context())
			defer end()
			s.ctx, s.listening = ctx, func(map[string]string) { end() }
		}
		r := s.run(t, args...)
		if r.code != exitDone && !(r.code == exitGate && strings.Contains(line, "--fail-if")) {
			t.Errorf("%s: exit code %d: %s", line, r.code, r.stderr)
		}
		input = r.stdout
	}
	return input
}

// listens reports whether a command goes on until it is ended.
func listens(args []string) bool {
	return args[0] == "serve" && !slices.Contains(args, "key") || args[0] == "dashboard" && !slices.Contains(args, "--out")
}

// fitsPipe checks the width of an answer that is text, not data.
func fitsPipe(t *testing.T, line, text string) {
	t.Helper()
	if strings.HasPrefix(text, "netanom ") {
		fits(t, line, text, 80)
	}
}

// TestExamples runs every example of every command's help.
func TestExamples(t *testing.T) {
	check.Long(t)
	t.Chdir(t.TempDir())
	var commands []*cobra.Command
	var collect func(*cobra.Command)
	collect = func(c *cobra.Command) {
		commands = append(commands, c)
		for _, sub := range c.Commands() {
			collect(sub)
		}
	}
	collect(newRoot(&world{env: func(string) string { return "" }}))
	for _, c := range commands {
		if c.Runnable() && c.HasParent() && !c.HasExample() && c.Name() != "completion" && c.Parent().Name() != "completion" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for i, line := range slices.Collect(strings.Lines(c.Example)) {
			line = strings.TrimSpace(line)
			fits(t, "an example of "+c.Name(), "  "+line, 80)
			t.Run(strings.ReplaceAll(line, " ", "_"), func(t *testing.T) {
				fitsPipe(t, line, pipe(t, line, i == 0))
			})
		}
	}
}

// TestReadme runs every command in the shell blocks of README.md, in order and in
// one directory.
func TestReadme(t *testing.T) {
	check.Long(t)
	readme := read(t, filepath.Join(testdata, "..", "README.md"))
	t.Chdir(t.TempDir())
	ran := 0
	for _, line := range shellLines(readme) {
		line = strings.Replace(line, "go run ./cmd/netanom", "netanom", 1)
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "go ") {
			continue
		}
		fitsPipe(t, line, pipe(t, line, true))
		ran++
	}
	if ran < 5 {
		t.Errorf("README.md shows only %d commands", ran)
	}
	if _, err := os.Stat("report/index.html"); err != nil {
		t.Error("the commands of README.md leave no report")
	}
}

// shellLines returns the lines of the sh blocks of a Markdown text.
func shellLines(text string) []string {
	var lines []string
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```sh"
		case inside && line != "":
			lines = append(lines, line)
		}
	}
	return lines
}

// TestHelpFits checks that help can be read in a terminal of 80 columns.
func TestHelpFits(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range newRoot(&world{env: func(string) string { return "" }}).Commands() {
		fits(t, "help of "+c.Name(), run(t, "help", c.Name()), 80)
	}
	fits(t, "help", run(t), 80)
}
