package cmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// wrongly runs a command that must be refused as asked wrongly, with a sentence.
func wrongly(t *testing.T, says string, args ...string) {
	t.Helper()
	r := session{}.run(t, append(args, "--no-report")...)
	if r.code != exitUsage || r.stdout != "" || !strings.Contains(r.stderr, says) {
		t.Errorf("netanom %s: exit code %d, %.200q on standard output, %s; want %q", strings.Join(args, " "), r.code, r.stdout, r.stderr, says)
	}
}

// TestIdleFlags refuses flags about files where a table of a database is read, and the other
// way round, before anything is opened.
func TestIdleFlags(t *testing.T) {
	inTestdata(t)
	const table = "clickhouse://127.0.0.1:1/d/t"
	for _, flag := range []string{"--delimiter=tab", "--header=no", "--quotes=no", "--strict", "--max-bad=0.5"} {
		wrongly(t, "says how a file is read", "describe", table, flag)
		wrongly(t, "says how a file is read", "compare", table, table, flag)
		for _, args := range [][]string{{"compare", "traffic.csv", table}, {"compare", table, "traffic.csv"}} {
			if r := (session{}).run(t, append(args, flag, "--no-report")...); r.code != exitError || !strings.Contains(r.stderr, "127.0.0.1:1") {
				t.Errorf("%v %s: exit code %d, %s", args, flag, r.code, r.stderr)
			}
		}
	}
	for _, flag := range []string{"--fetch-rows=1000", "--fetch-seed=1", "--password-file=secret", "--tls-ca=ca.pem", "--query-seconds=1",
		"--query-memory=10", "--query-silence=2", "--explain-queries"} {
		wrongly(t, "about a table of a database", "eda", "traffic.csv", flag)
		wrongly(t, "about a table of a database", "missing", flag)
	}
	couldNot(t, session{}, "addresses of clickhouse:// and postgres://", "describe", "mysql://h/d/t")
	wrongly(t, "about a table of a database", "predict", "traffic.csv", "--model", "m.netanom", "--key", "src_ip")
	if r := (session{}).run(t, "convert", table, "--fetch-rows", "1000"); r.code != exitUsage || !strings.Contains(r.stderr, "reads all") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// TestDatabaseOptions checks that a document says which rows were fetched where that matters, and
// nothing of the way to the server.
func TestDatabaseOptions(t *testing.T) {
	check.Long(t)
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "1500", "--seed", "3", "--out", "t.csv", "--quiet")
	secret := filepath.Join(t.TempDir(), "secret-place")
	if err := os.WriteFile(secret, []byte("none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range testServers(t) {
		table := s.load(t, "netanom_options", "t.csv")
		for command, fetched := range map[string]bool{"corr": true, "describe": false, "chisq": false} {
			args := []string{command, table, "--format", "json", "--report", "r", "--query-seconds", "100", "--quiet"}
			if s.name == "postgres" { // the default user of the other has none
				args = append(args, "--password-file", secret)
			}
			e := parse(t, run(t, args...))
			if _, there := e.Options["fetch_rows"]; there != fetched || there && (e.Options["fetch_rows"] != 200_000.0 || e.Options["fetch_seed"] != 0.0) {
				t.Errorf("%s: options %v", command, e.Options)
			}
			if e.Data.Path != table || !strings.Contains(read(t, "r/manifest.json"), `"sha256": null,
          "bytes": null`) {
				t.Errorf("%s of %s: the manifest is %s", command, e.Data.Path, read(t, "r/manifest.json"))
			}
			for _, name := range []string{"password_file", "query_seconds"} {
				if _, there := e.Options[name]; there {
					t.Errorf("%s: %s is among the options", command, name)
				}
			}
			for path, text := range files(t, "r") {
				if strings.Contains(text, "secret-place") {
					t.Errorf("%s: %s tells where the password is", command, path)
				}
			}
		}
	}
}

// TestCompletionOfATable offers the columns of a table, and asks for none of its rows.
func TestCompletionOfATable(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "300", "--seed", "3", "--out", "t.csv", "--quiet")
	for _, s := range testServers(t) {
		table := s.load(t, "netanom_completion", "t.csv")
		for _, line := range []string{"describe --feature", "train --insist", "watch --key", "predict --key", "detect --where"} {
			command, flag, _ := strings.Cut(line, " ")
			if got := proposals(t, command, table, flag, "src_"); !slices.Equal(got, []string{"src_ip", "src_port", "src_bytes"}) {
				t.Errorf("%s: %s offers %v", s.name, line, got)
			}
		}
		if got := proposals(t, "describe", table+"_there_is_none", "--feature", "src_"); got != nil {
			t.Errorf("a table that is not there has %v", got)
		}
	}
}

// TestDrawnRows refuses what only all rows can tell where some of them were drawn.
func TestDrawnRows(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "3000", "--seed", "3", "--out", "t.csv", "--quiet")
	run(t, "train", "t.csv", "--algo", "nb", "--validate", "none", "--out", "m.netanom", "--no-report", "--quiet")
	write(t, "window.json", `{"format":"netanom recipe","version":1,"learned_rows":0,"derivations":[{"name":"before","op":"window_count","inputs":[],"seconds":60}]}`)
	for _, s := range testServers(t)[:1] {
		table := s.load(t, "netanom_drawn", "t.csv")
		const some = "--fetch-rows=1000"
		wrongly(t, "have no order", "features", table, "--row-order")
		wrongly(t, "have no order", "features", table, "--row-order", some)
		wrongly(t, "some rows were drawn", "features", table, "--sort", some)
		wrongly(t, "some rows were drawn", "features", table, "--apply", "window.json", some)
		wrongly(t, "some rows were drawn", "train", table, "--recipe", "window.json", some)
		wrongly(t, "some were drawn", "explain", table, "--model", "m.netanom", "--row", "3", some)
		run(t, "explain", table, "--model", "m.netanom", "--row", "3", "--no-report", "--quiet")
		run(t, "features", table, "--sort", "--feature", "src_bytes", "--no-report", "--quiet")
	}
}

// TestRowsADay counts the rows of a table and not those that were drawn.
func TestRowsADay(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "3000", "--seed", "3", "--out", "t.csv", "--quiet")
	for _, s := range testServers(t)[:1] {
		table := s.load(t, "netanom_daily", "t.csv")
		rows := func(source string, more ...string) float64 {
			run(t, append([]string{"train", source, "--algo", "nb", "--validate", "none", "--alerts-per-day", "10", "--out", "m.netanom", "--no-report", "--quiet"}, more...)...)
			p, err := readModel("m.netanom")
			if err != nil {
				t.Fatal(err)
			}
			return p.Recipe.Rule.Rows
		}
		want := rows("t.csv")
		if got := rows(table, "--fetch-rows", "1000"); got < 0.95*want || got > 1.05*want {
			t.Errorf("%v rows a day, want about %v", got, want)
		}
	}
}

// TestTuneLogOfATable goes on with the search of a table, and not with that of other rows.
func TestTuneLogOfATable(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "1500", "--seed", "3", "--out", "t.csv", "--quiet")
	for _, s := range testServers(t)[:1] {
		table := s.load(t, "netanom_tuned", "t.csv")
		args := []string{"tune", table, "--algo", "nb", "--trials", "1", "--log", "log.jsonl", "--no-report", "--quiet"}
		run(t, args...)
		first := read(t, "log.jsonl")
		if run(t, args...); read(t, "log.jsonl") != first {
			t.Errorf("the same search was made anew:\n%s", read(t, "log.jsonl"))
		}
		if r := (session{}).run(t, append(args, "--fetch-rows", "700")...); r.code == exitDone && read(t, "log.jsonl") == first {
			t.Error("a search of other rows goes on with the log")
		}
	}
}

// TestPublishedNumbersOfATable reads counts and summaries from tables too.
func TestPublishedNumbersOfATable(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "counts.csv", "level,normal,attack\ntcp,100,200\nudp,50,10\nicmp,5,80\n")
	write(t, "stats.csv", "group,n,mean,sd\nattack,120,4.5,2.5\nnormal,100,3.5,1.5\n")
	write(t, "many.csv", "level,normal,attack\n"+strings.Repeat("tcp,1,2\n", 150))
	for _, s := range testServers(t) {
		for flags, path := range map[string]string{"chisq --from-counts": "counts.csv", "ttest --from-stats": "stats.csv"} {
			table := s.load(t, "netanom_published", path)
			lines := map[string]string{}
			for _, from := range []string{path, table} {
				args := append(strings.Split(flags, " "), from, "--format", "csv", "--no-report", "--quiet")
				lines[from] = run(t, args...)
			}
			if lines[table] != lines[path] {
				t.Errorf("%s: of a table of %s\n%s\nwant\n%s", flags, s.name, lines[table], lines[path])
			}
		}
		wrongly(t, "too many for published counts", "chisq", "--from-counts", s.load(t, "netanom_published", "many.csv"), "--fetch-rows", "100")
	}
}

// TestOutliersOfATableNeedTop asks how many rows are to be written before it looks for any, and
// tells of no sample where nothing is scored.
func TestOutliersOfATableNeedTop(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "1500", "--seed", "3", "--out", "t.csv", "--quiet")
	for _, s := range testServers(t)[:1] {
		table := s.load(t, "netanom_outlying", "t.csv")
		wrongly(t, "say with --top", "outliers", table, "--out", "o.csv")
		text := run(t, "outliers", table, "--feature", "src_bytes", "--fetch-rows", "500", "--no-report")
		if strings.Contains(text, "a sample of") || !strings.Contains(text, "Rows have no scores") {
			t.Errorf("one column is scored:\n%s", text)
		}
	}
}
