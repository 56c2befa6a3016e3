package cmd

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// files reads all files below a directory but manifest.json, the only one that
// knows the time.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name := range strings.Lines(listing(t, dir)) {
		name = strings.TrimSuffix(name, "\n")
		if filepath.Base(name) != "manifest.json" {
			rel, err := filepath.Rel(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			all[rel] = read(t, name)
		}
	}
	return all
}

// sameFiles fails if two report folders differ in anything but the manifest.
func sameFiles(t testing.TB, a, b string) {
	t.Helper()
	x, y := files(t, a), files(t, b)
	if len(x) < 5 {
		t.Fatalf("%s holds only %d files", a, len(x))
	}
	names := slices.Sorted(maps.Keys(x))
	if !slices.Equal(names, slices.Sorted(maps.Keys(y))) {
		t.Errorf("%s and %s hold different files", a, b)
	}
	for _, name := range names {
		if x[name] != y[name] {
			t.Errorf("%s/%s and %s/%s differ", a, name, b, name)
		}
	}
}

func TestReportFolder(t *testing.T) {
	inTestdata(t)
	commands := []string{"eda", "describe", "missing", "outliers", "corr"}
	for _, dir := range []string{"first", "second"} {
		for _, c := range commands {
			run(t, c, "traffic.csv", "--report", dir, "--quiet", "--select", "src_bytes,count,flag,logged_in,attack")
		}
		slices.Reverse(commands[1:]) // eda yields its sections to whoever comes later
	}
	sameFiles(t, "first", "second")

	page := read(t, "first/index.html")
	if len(page) > 2<<20 {
		t.Errorf("the page takes %d bytes, more than 2 MiB", len(page))
	}
	for _, c := range commands {
		e := parse(t, read(t, filepath.Join("first", "results", c+".json")))
		if e.Command != c || e.Data.Rows != 300 {
			t.Errorf("results/%s.json is of %s with %d rows", c, e.Command, e.Data.Rows)
		}
	}
	for name, text := range files(t, "first") {
		if wd, _ := os.Getwd(); strings.Contains(text, wd) {
			t.Errorf("%s names the working directory", name)
		}
	}
	session{}.golden(t, "report-notice", "missing", "traffic.csv", "--report", "first/", "--select", "count")
}

// TestReportNamesTheCommand checks that the page says how to get the same again,
// in words that a shell takes.
func TestReportNamesTheCommand(t *testing.T) {
	inTestdata(t)
	typed := []string{"describe", "traffic.csv", "--where", `flag != "it's"`, "--feature", "count,src_bytes", "--normal", "normal", "--normal", "smurf", "--type", "count=category"}
	text := run(t, append(typed, "--no-report", "--format", "markdown", "--quiet")...)
	var line string
	for l := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(l, "    netanom "); ok {
			line = strings.TrimSpace(command)
		}
	}
	if again := run(t, append(asShell(t, line), "--no-report", "--format", "markdown")...); again != text {
		t.Errorf("%s does not do the same again", line)
	}
}

// asShell splits a command line in which quoted parts may touch.
func asShell(t testing.TB, line string) []string {
	t.Helper()
	const apostrophe = "\x00"
	words := oneCommand(t, strings.ReplaceAll(line, `'\''`, apostrophe))
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], apostrophe, "'")
	}
	return words
}
