package cmd

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// TestChisqNames: both names of the command answer alike, but for how they were
// called on the terminal.
func TestChisqNames(t *testing.T) {
	inTestdata(t)
	for _, format := range []string{"table", "json", "markdown", "csv"} {
		args := []string{"chisq", "traffic.csv", "--feature", "protocol_type", "--format", format, "--no-report"}
		if short, long := run(t, args...), run(t, append([]string{"test"}, args...)...); short != long {
			t.Errorf("--format %s: chisq and test chisq differ", format)
		}
	}
	e := parse(t, run(t, "chisq", "traffic.csv", "--feature", "protocol_type", "--format", "json", "--no-report"))
	if e.Command != "test chisq" {
		t.Errorf("the command is %q", e.Command)
	}
	run(t, "test", "chisq", "traffic.csv", "--feature", "protocol_type", "--report", "one")
	if page := read(t, "one/index.html"); !strings.Contains(page, "netanom test chisq traffic.csv --feature=protocol_type") {
		t.Error("the page does not say how to make it again")
	}
}

// TestChisqOfCounts: counts that were published give the numbers of the rows that
// they count, in both forms.
func TestChisqOfCounts(t *testing.T) {
	inTestdata(t)
	counts, cells := map[string]int{}, column(t, "traffic.csv", "protocol_type")
	for i, attack := range column(t, "traffic.csv", "attack") {
		class := "attack"
		if attack == "normal" {
			class = attack
		}
		counts[cells[i]+","+class]++
	}
	long, wide := "proto,class,n\n", "proto,attack,normal\n"
	for _, level := range []string{"tcp", "udp", "icmp"} {
		line := level
		for _, class := range []string{"attack", "normal"} {
			n := strconv.Itoa(counts[level+","+class])
			long += level + "," + class + "," + n + "\n"
			line += "," + n
		}
		wide += line + "\n"
	}
	write(t, "long.csv", long)
	write(t, "wide.csv", wide)
	rows := parse(t, run(t, "chisq", "traffic.csv", "--feature", "protocol_type", "--format", "json", "--no-report"))
	for _, file := range []string{"long.csv", "wide.csv"} {
		e := parse(t, run(t, "chisq", "--from-counts", file, "--format", "json", "--no-report"))
		if e.Data.Path != file || e.Data.Label != "" {
			t.Errorf("data = %+v", e.Data)
		}
		if text := run(t, "chisq", "--from-counts", file, "--format", "markdown", "--no-report"); !strings.Contains(text, "    netanom test chisq --from-counts="+file+"\n") {
			t.Errorf("the answer does not say how to make it again:\n%s", text)
		}
		for _, key := range []string{"statistic", "p", "df", "n"} {
			if got, want := e.row(t, "tests", "method", "Pearson")[key], rows.row(t, "tests", "method", "Pearson")[key]; got != want {
				t.Errorf("%s: %s = %v, want %v", file, key, got, want)
			}
		}
	}
}

// TestChisqIsReproducible: the same seed gives the same bytes, with any number of
// workers; another seed may not.
func TestChisqIsReproducible(t *testing.T) {
	inTestdata(t)
	args := []string{"chisq", "traffic.csv", "--feature", "service,flag", "--format", "json", "--no-report", "--simulate", "300", "--seed"}
	one, three := run(t, append(args, "4", "--jobs", "1")...), run(t, append(args, "4", "--jobs", "3")...)
	if one != three {
		t.Error("the number of workers changes the answer")
	}
}

// TestChisqExpectedFile: shares may be in a file, as shares or counts.
func TestChisqExpectedFile(t *testing.T) {
	inTestdata(t)
	write(t, "shares.csv", "proto,share\ntcp,70\nudp,15\nicmp,15\n")
	statistic := func(expected string) any {
		e := parse(t, run(t, "chisq", "traffic.csv", "--feature", "protocol_type", "--expected", expected, "--format", "json", "--no-report"))
		return e.row(t, "tests", "method", "Pearson")["statistic"]
	}
	a, b := statistic("shares.csv").(float64), statistic("tcp=0.7,udp=0.15,icmp=0.15").(float64)
	if !check.Near(a, b, 1e-12, 0) || !(a > 0) {
		t.Errorf("%v from a file, %v from the line", a, b)
	}
	if r := (session{}).run(t, "chisq", "traffic.csv", "--feature", "protocol_type", "--expected", "nowhere.csv"); r.code != exitUsage {
		t.Errorf("exit code %d for a file that is not there", r.code)
	}
	if _, err := os.Stat("report"); err == nil {
		t.Error("a question that failed left a report")
	}
}

// TestChisqOfServices holds the command to what is known of NSL-KDD.
func TestChisqOfServices(t *testing.T) {
	path := check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz")
	t.Chdir(t.TempDir())
	e := parse(t, run(t, "test", "chisq", path, "--feature", "service", "--format", "json", "--no-report"))
	pearson := e.row(t, "tests", "method", "Pearson")
	if math.Round(pearson["statistic"].(float64)) != 93240 || pearson["df"] != 69.0 || math.Round(pearson["log10_p"].(float64)) != -20128 || pearson["p"] != 0.0 {
		t.Errorf("Pearson = %v", pearson)
	}
	if v := e.row(t, "effects", "effect_name", "Cramér's V")["effect"].(float64); math.Abs(v-0.860) > 5e-4 {
		t.Errorf("V = %v", v)
	}
}
