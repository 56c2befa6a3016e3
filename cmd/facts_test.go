package cmd

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/report"
)

// An envelope is the JSON form of an answer.
type envelope struct {
	Netanom string
	Schema  int
	Command string
	Data    struct {
		Path, SHA256, Label string
		Rows, Columns       int64
		Normal              []string
	}
	Options map[string]any
	Tables  []struct {
		Name, Title string
		Columns     []struct{ Key, Kind, Title string }
		Rows        []map[string]any
	}
	Findings []struct{ Level, About, Text, Next string }
	Warnings []string
}

// parse reads a JSON answer, which may hold no other keys.
func parse(t testing.TB, text string) envelope {
	t.Helper()
	var e envelope
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		t.Fatalf("the answer is not the JSON it is to be: %v", err)
	}
	return e
}

// row returns the row of a table whose key holds a value.
func (e envelope) row(t testing.TB, table, key string, value any) map[string]any {
	t.Helper()
	for _, tab := range e.Tables {
		for _, r := range tab.Rows {
			if tab.Name == table && r[key] == value {
				return r
			}
		}
	}
	t.Fatalf("no row with %s = %v in the table %s", key, value, table)
	return nil
}

// column reads one column of a CSV file with a header by the standard library.
func column(t testing.TB, path, name string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.Index(records[0], name)
	if i < 0 {
		t.Fatalf("%s has no column %s", path, name)
	}
	var cells []string
	for _, r := range records[1:] {
		cells = append(cells, r[i])
	}
	return cells
}

func numbers(t testing.TB, cells []string) []float64 {
	t.Helper()
	var out []float64
	for _, c := range cells {
		x, err := strconv.ParseFloat(c, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

func TestDescribeCounts(t *testing.T) {
	inTestdata(t)
	e := parse(t, run(t, "describe", "traffic.csv", "--format", "json", "--no-report"))
	x := numbers(t, column(t, "traffic.csv", "src_bytes"))
	if e.Data.Rows != int64(len(x)) || e.Data.Columns != 47 || e.Data.Label != "attack" || !slices.Equal(e.Data.Normal, []string{"normal"}) {
		t.Errorf("data = %+v", e.Data)
	}
	var sum, zeros float64
	for _, v := range x {
		sum += v
		if v == 0 {
			zeros++
		}
	}
	got := e.row(t, "numbers", "feature", "src_bytes")
	check.Close(t, "sum", got["sum"].(float64), sum, 0)
	check.Close(t, "mean", got["mean"].(float64), sum/float64(len(x)), 1e-12)
	check.Close(t, "max", got["max"].(float64), slices.Max(x), 0)
	check.Close(t, "zeros", got["zeros"].(float64), zeros, 0)

	counts := map[string]float64{}
	for _, c := range column(t, "traffic.csv", "flag") {
		counts[c]++
	}
	level := e.row(t, "levels", "feature", "flag")
	check.Close(t, "distinct flags", level["distinct"].(float64), float64(len(counts)), 0)
	check.Close(t, "most frequent flag", level["top_n"].(float64), counts[level["top"].(string)], 0)
}

func TestWhereAndSelect(t *testing.T) {
	inTestdata(t)
	want := int64(0)
	proto, bytes := column(t, "traffic.csv", "protocol_type"), numbers(t, column(t, "traffic.csv", "src_bytes"))
	for i := range proto {
		if proto[i] == "tcp" && bytes[i] > 1000 {
			want++
		}
	}
	e := parse(t, run(t, "missing", "traffic.csv", "--where", `protocol_type == "tcp" && src_bytes > 1000`,
		"--select", "Src Bytes,flag", "--format", "json", "--no-report"))
	if e.Data.Rows != want || e.Data.Columns != 2 {
		t.Errorf("%d rows of %d columns, want %d of 2", e.Data.Rows, e.Data.Columns, want)
	}
	text := run(t, "convert", "traffic.csv", "--where", `protocol_type == "tcp" && src_bytes > 1000`, "--select", "flag,srcbytes")
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || int64(len(records)) != want+1 || strings.Join(records[0], ",") != "flag,src_bytes" {
		t.Errorf("convert wrote %d records under %v (%v), want %d rows", len(records), records[0], err, want)
	}
}

// TestEveryAnswerInEveryFormat checks what all commands promise: JSON with the
// keys of the envelope, CSV and Markdown that are not empty, text that fits 80
// columns.
func TestEveryAnswerInEveryFormat(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	for _, command := range []string{"describe", "missing", "outliers", "corr", "eda"} {
		for _, file := range []string{"traffic.csv", "conn.log", "kdd-headerless.txt", "messy.csv"} {
			args := []string{command, file, "--no-report", "--max-bad", "0.2"}
			if command == "corr" && file == "messy.csv" {
				args = append(args, "--type", "Bytes Out=number")
			}
			e := parse(t, run(t, append(args, "--format", "json")...))
			if e.Schema != 1 || e.Command != command || e.Data.Path != file || e.Options == nil || len(e.Tables) == 0 || len(e.Data.SHA256) != 64 {
				t.Errorf("%s %s: the envelope lacks something: %+v", command, file, e.Data)
			}
			if text := run(t, append(args, "--format", "csv")...); !strings.Contains(text, e.Tables[0].Columns[0].Key) {
				t.Errorf("%s %s: CSV does not name its columns", command, file)
			}
			if text := run(t, append(args, "--format", "markdown")...); !strings.HasPrefix(text, "# netanom "+command) {
				t.Errorf("%s %s: Markdown does not begin with a heading", command, file)
			}
			fits(t, command+" "+file, run(t, args...), 80)
		}
	}
}

// fits fails if a line is wider than a terminal.
func fits(t testing.TB, what, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
			t.Errorf("%s: a line takes %d cells: %s", what, n, line)
		}
	}
}

func TestJobsDoNotChangeAnswers(t *testing.T) {
	inTestdata(t)
	write(t, "big.csv", run(t, "simulate", "--connections", "9000", "--seed", "5"))
	for _, args := range [][]string{{"describe", "big.csv"}, {"corr", "big.csv", "--method", "all"}, {"eda", "big.csv"}, {"convert", "big.csv"}} {
		if args[0] != "convert" {
			args = append(args, "--format", "json", "--no-report")
		}
		one, three := run(t, append(args, "--jobs", "1")...), run(t, append(args, "--jobs", "3")...)
		if line, differ := difference(one, three); differ || one != three {
			t.Errorf("%v: line %d differs between one job and three", args, line)
		}
	}
}

func TestConvertKeepsTheTable(t *testing.T) {
	inTestdata(t)
	original := read(t, "traffic.csv")
	if run(t, "convert", "traffic.csv") != original {
		t.Error("converting a plain CSV changes it")
	}
	for _, name := range []string{"out.csv", "out.csv.gz", "out.CSV.GZ"} {
		run(t, "convert", "traffic.csv", "--out", name)
		if run(t, "convert", name) != original {
			t.Errorf("%s does not hold what was converted", name)
		}
	}
	z, err := gzip.NewReader(strings.NewReader(read(t, "out.csv.gz")))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != original {
		t.Errorf("the gzipped file does not hold the table: %v", err)
	}
	once := run(t, "convert", "messy.csv", "--max-bad", "0.2")
	write(t, "once.csv", once)
	if twice := run(t, "convert", "once.csv"); twice != once {
		t.Error("converting what was converted changes it")
	}
	if tabs := run(t, "convert", "traffic.csv", "--into", "tab"); strings.ReplaceAll(tabs, "\t", ",") != original {
		t.Error("--into tab changes more than the commas")
	}
}

func TestSimulateIsReproducible(t *testing.T) {
	t.Chdir(t.TempDir())
	first := run(t, "simulate", "--connections", "300", "--seed", "7")
	if again := run(t, "simulate", "--connections", "300", "--seed", "7"); again != first {
		t.Error("the same seed gives two answers")
	}
	if rows := strings.Count(first, "\n") - 1; rows != 300 {
		t.Errorf("%d connections, want 300", rows)
	}
	if other := run(t, "simulate", "--connections", "300", "--seed", "8"); other == first {
		t.Error("the seed changes nothing")
	}
	if got := strings.Count(run(t, "simulate", "--connections", "12", "--attack", "satan", "--attack-share", "1"), ",satan\n"); got != 12 {
		t.Errorf("%d of 12 connections are of the attack asked for", got)
	}
}

// TestNoSamples looks for cells of the data in answers that are to hold none.
func TestNoSamples(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	cells := []string{"12O0", "no bytes", "umlaut", "198.51.100.7", "2001:db8::5", "letter O", "a dash", "exponent"}
	for _, command := range []string{"describe", "outliers", "eda"} {
		for _, format := range report.Formats() {
			text := run(t, command, "messy.csv", "--max-bad", "0.2", "--type", "Bytes Out=number", "--no-samples", "--select", "bytes_out,note,src_ip,rate", "--format", format, "--report", "private-"+command)
			text += read(t, "private-"+command+"/index.html")
			for _, c := range cells {
				if strings.Contains(text, c) {
					t.Errorf("%s --format %s --no-samples shows %q", command, format, c)
				}
			}
		}
	}
}

// TestFlagsWork tries each flag of the input and the output on its own: with it,
// something must change.
func TestFlagsWork(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	write(t, "semicolons.csv", "a;b\n1;'x\n2;\"y;z\"\n3;\n")
	for _, c := range []struct{ with, without string }{
		{"describe semicolons.csv --delimiter comma --max-bad 1", "describe semicolons.csv --max-bad 1"},
		{"describe semicolons.csv --quotes no --max-bad 1", "describe semicolons.csv --max-bad 1"},
		{"describe semicolons.csv --header no", "describe semicolons.csv"},
		{"describe kdd-headerless.txt --header yes", "describe kdd-headerless.txt"},
		{"describe traffic.csv --type count=category", "describe traffic.csv"},
		{"describe traffic.csv --label flag", "describe traffic.csv"},
		{"describe traffic.csv --normal smurf", "describe traffic.csv"},
		{"eda traffic.csv --normal smurf", "eda traffic.csv"},
		{"eda traffic.csv --feature count", "eda traffic.csv"},
		{"outliers traffic.csv --tukey 2", "outliers traffic.csv"},
		{"outliers traffic.csv --modified-z 2", "outliers traffic.csv"},
		{"outliers traffic.csv --rows 2", "outliers traffic.csv"},
		{"outliers traffic.csv --esd 3", "outliers traffic.csv"},
		{"outliers traffic.csv --alpha 0.5", "outliers traffic.csv"},
		{"outliers traffic.csv --seed 9", "outliers traffic.csv"},
		{"outliers traffic.csv --within protocol_type", "outliers traffic.csv"},
		{"outliers traffic.csv --normal smurf", "outliers traffic.csv"},
		{"corr traffic.csv --adjust bonferroni", "corr traffic.csv"},
		{"corr traffic.csv --alpha 0.2", "corr traffic.csv"},
		{"corr traffic.csv --redundant 0.5", "corr traffic.csv"},
		{"corr traffic.csv --method pointbiserial --normal smurf", "corr traffic.csv --method pointbiserial"},
		{"convert messy.csv --max-bad 0.2 --escape-formulas", "convert messy.csv --max-bad 0.2"},
		{"simulate --connections 9 --days 2", "simulate --connections 9"},
		{"simulate --connections 9 --attack-share 0.9", "simulate --connections 9"},
		{"simulate --connections 9 --start 2026-05-05", "simulate --connections 9"},
	} {
		with, without := oneCommand(t, c.with), oneCommand(t, c.without)
		if c := with[0]; c != "convert" && c != "simulate" {
			with, without = append(with, "--no-report"), append(without, "--no-report")
		}
		if (session{}).run(t, with...) == (session{}).run(t, without...) {
			t.Errorf("%s does the same as %s", c.with, c.without)
		}
	}
	for _, command := range []string{"convert messy.csv --max-bad 0.2 --out out.csv", "simulate --connections 5 --out out.csv", "missing traffic.csv"} {
		loud, quiet := session{}.run(t, oneCommand(t, command)...), session{}.run(t, oneCommand(t, command+" --quiet")...)
		if loud.stderr == "" || quiet.stderr != "" || loud.stdout != quiet.stdout {
			t.Errorf("%s: standard error is %q, and with --quiet %q", command, loud.stderr, quiet.stderr)
		}
	}
}

func TestTerminal(t *testing.T) {
	inTestdata(t)
	args := []string{"describe", "traffic.csv", "--no-report"}
	wide := session{width: 120}.golden(t, "describe-terminal-120", args...).stdout
	if !strings.Contains(wide, "\x1b[") {
		t.Error("a terminal gets no colours")
	}
	plain := run(t, args...)
	if strings.Contains(plain, "\x1b[") {
		t.Error("a pipe gets colours")
	}
	at80 := session{width: 80, env: map[string]string{"NO_COLOR": "1"}}
	for name, got := range map[string]string{
		"NO_COLOR":   at80.run(t, args...).stdout,
		"TERM=dumb":  session{width: 80, env: map[string]string{"TERM": "dumb"}}.run(t, args...).stdout,
		"--no-color": session{width: 80}.run(t, append(args, "--no-color")...).stdout,
	} {
		if got != plain {
			t.Errorf("with %s a terminal of 80 columns gets something else than a pipe", name)
		}
	}
	fits(t, "120 columns", session{width: 120, env: map[string]string{"NO_COLOR": "1"}}.run(t, args...).stdout, 120)
	if bytes.Contains([]byte(wide), []byte("\r")) {
		t.Error("the answer holds carriage returns")
	}
}

// TestProgress checks that progress is shown where somebody sees it, and gone
// when the command is done.
func TestProgress(t *testing.T) {
	inTestdata(t)
	const erased = "\r\x1b[2K"
	for line, shown := range map[string]string{
		"describe traffic.csv": "reading", "eda traffic.csv --no-report": "correlating", "missing traffic.csv": "writing the report",
		"simulate --out out.csv": "simulating", "convert traffic.csv --out out.csv": "reading", "corr traffic.csv --where 'count > 1e9'": "reading",
	} {
		r := session{seen: true}.run(t, oneCommand(t, line)...)
		if !strings.Contains(r.stderr, shown) {
			t.Errorf("%s does not show %q: %q", line, shown, r.stderr)
		}
		if rest := r.stderr[strings.LastIndex(r.stderr, erased)+len(erased):]; strings.Contains(rest, shown+" ") {
			t.Errorf("%s leaves a bar: %q", line, rest)
		}
		for name, s := range map[string]session{
			"a pipe": {}, "a dumb terminal": {seen: true, env: map[string]string{"TERM": "dumb"}},
		} {
			if r := s.run(t, oneCommand(t, line)...); strings.Contains(r.stderr, "\r") {
				t.Errorf("%s shows progress on %s", line, name)
			}
		}
		if r := (session{seen: true}).run(t, oneCommand(t, line+" --quiet")...); strings.Contains(r.stderr, "\r") {
			t.Errorf("%s --quiet shows progress", line)
		}
	}
	if r := (session{seen: true, width: 80}).run(t, "convert", "traffic.csv"); r.stderr != "" {
		t.Errorf("progress is mixed with what a terminal shows: %q", r.stderr)
	}
}
