package cmd

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/internal/check"
)

// proposals asks what a shell would offer after a line, without descriptions.
func proposals(t *testing.T, args ...string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(run(t, append([]string{cobra.ShellCompRequestCmd}, args...)...)) {
		if word, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); !strings.HasPrefix(word, ":") {
			out = append(out, word)
		}
	}
	return out
}

func TestCompletion(t *testing.T) {
	inTestdata(t)
	kinds := []string{"count=number", "count=flag", "count=time", "count=category", "count=address", "count=text"}
	for _, c := range []struct {
		line string
		want []string
	}{
		{"describe traffic.csv --feature src", []string{"src_ip", "src_port", "src_bytes"}},
		{"describe traffic.csv --feature count,src_b", []string{"count,src_bytes"}},
		{"describe conn.log --by id.orig", []string{"id.orig_h", "id.orig_p"}},
		{"convert traffic.csv --select dst_host_sr", []string{"dst_host_srv_count", "dst_host_srv_diff_host_rate", "dst_host_srv_serror_rate", "dst_host_srv_rerror_rate"}},
		{"describe --data traffic.csv --label att", []string{"attack"}},
		{"describe kdd-headerless.txt --feature cou", []string{"count"}},
		{"describe traffic.csv --feature nothing", nil},
		{"describe nowhere.csv --feature src", nil},
		{"describe traffic.csv --type coun", []string{"count="}},
		{"describe traffic.csv --type count=", kinds},
		{"describe traffic.csv --type count=c", []string{"count=category"}},
		{"describe --format ", []string{"table", "markdown", "csv", "json", "junit", "sarif"}},
		{"corr --method ", []string{"pearson", "spearman", "kendall", "cramers", "pointbiserial", "eta", "mi", "all"}},
		{"describe --header ", []string{"auto", "yes", "no"}},
		{"convert --into ", []string{"comma", "tab", "semicolon", "pipe", "space"}},
		{"missing --fail-if missing_s", []string{"missing_share"}},
		{"simulate --attack sm", []string{"smurf"}},
		{"train --algo gb", []string{"gbt"}},
		{"train --algo a", []string{"ada", "all", "autoencoder"}},
		{"train --validate att", []string{"attacks"}},
		{"train --task ", []string{"binary", "category", "attack"}},
		{"train traffic.csv --insist dst_p", []string{"dst_port"}},
		{"train traffic.csv --group-by servic", []string{"service"}},
		{"evaluate traffic.csv --slice fla", []string{"flag"}},
		{"explain traffic.csv --depend src_b", []string{"src_bytes"}},
		{"tune --goal r", []string{"roc_auc", "recall"}},
		{"tune --split t", []string{"time"}},
		{"help de", []string{"describe", "detect"}},
		{"out", []string{"outliers"}},
		{"describe traffic.csv ", nil},
	} {
		args := strings.Split(c.line, " ") // a last empty word asks for anything
		got := proposals(t, args...)
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("after %q the shell offers %v, want %v", c.line, got, c.want)
		}
	}
}

// TestEveryWordFlagCompletes checks that flags which take one of a few words, or
// a column, offer them.
func TestEveryWordFlagCompletes(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	for _, c := range newRoot(&world{env: func(string) string { return "" }}).Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			argument, _ := pflag.UnquoteUsage(f)
			switch argument {
			case "word", "column", "columns", "char", "column=kind":
			default:
				return
			}
			words := []string{c.Name()}
			if c.Flags().Lookup("data") != nil {
				words = append(words, "--data=traffic.csv")
			}
			if len(proposals(t, append(words, "--"+f.Name, "")...)) == 0 {
				t.Errorf("%s --%s offers nothing", c.Name(), f.Name)
			}
		})
	}
}

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if script := run(t, "completion", shell); !strings.Contains(script, cobra.ShellCompRequestCmd) {
			t.Errorf("the script for %s does not ask netanom", shell)
		}
	}
}

func TestManualPages(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"first", "second"} {
		run(t, "man", dir)
	}
	pages := files(t, "first")
	if !maps.Equal(pages, files(t, "second")) {
		t.Error("the pages differ between two runs")
	}
	for _, c := range newRoot(&world{env: func(string) string { return "" }}).Commands() {
		page, ok := pages["netanom-"+c.Name()+".1"]
		if c.Name() == "help" {
			continue
		}
		if !ok || !strings.Contains(page, c.Short[:10]) {
			t.Errorf("no page for %s among %v", c.Name(), slices.Sorted(maps.Keys(pages)))
		}
		if c.HasExample() && !strings.Contains(page, "EXAMPLE") {
			t.Errorf("the page of %s has no example", c.Name())
		}
	}
	write(t, "file", "")
	if r := (session{}).run(t, "man", filepath.Join("file", "x")); r.code != exitError || !strings.Contains(r.stderr, "manual") {
		t.Errorf("a folder below a file: exit code %d: %s", r.code, r.stderr)
	}
}
