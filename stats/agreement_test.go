package stats

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

var update = flag.Bool("update", false, "write docs/agreement.md anew, from a run of all tests")

// agreementPath is the document that says how well the package agrees with others.
var agreementPath = filepath.Join("..", "docs", "agreement.md")

// An outcome is what became of one reference value.
type outcome struct {
	err    float64 // relative error, the worst where several tests look at the value
	within bool    // the tolerance, in all of them
}

// A ledger holds the comparisons of a run by source and path.
type ledger struct {
	sync.Mutex
	sources map[string]map[string]outcome
}

var agreement = ledger{sources: map[string]map[string]outcome{}}

// near is check.Near, and enters finite reference values into the ledger. The error of a
// value that is small against the absolute tolerance is relative to where the two
// tolerances meet.
func (l *ledger) near(source, path string, got, want, rtol, atol float64) bool {
	within := check.Near(got, want, rtol, atol)
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return within
	}
	scale := math.Abs(want)
	if rtol > 0 {
		scale = max(scale, atol/rtol)
	}
	err := math.Abs(got - want)
	if scale > 0 {
		err /= scale
	}
	l.Lock()
	defer l.Unlock()
	if l.sources[source] == nil {
		l.sources[source] = map[string]outcome{}
	}
	before, again := l.sources[source][path]
	l.sources[source][path] = outcome{max(err, before.err), within && (before.within || !again)}
	return within
}

// row counts the comparisons with a source: how many, how many within the tolerance, and
// the worst relative error.
func (l *ledger) row(source string) (compared, within int, worst float64) {
	for _, c := range l.sources[source] {
		compared++
		if c.within {
			within++
		}
		worst = max(worst, c.err)
	}
	return compared, within, worst
}

// TestMain runs all tests and then holds docs/agreement.md to what they compared. A run of
// some tests, or without the reference data, says nothing about it. Other processors may
// differ in the last digit.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	err := error(nil)
	switch whole := wholeRun(); {
	case code == 0 && whole:
		err = settleAgreement()
	case *update && !whole:
		err = fmt.Errorf("%s is written by a run of all tests with the reference data", agreementPath)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// wholeRun reports whether every comparison was made.
func wholeRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return os.Getenv("NETANOM_SHARED") != "" && !testing.Short() && runtime.GOARCH == "amd64"
}

// settleAgreement compares the document with the run, or writes it.
func settleAgreement() error {
	text, err := agreementText(filepath.Join(os.Getenv("NETANOM_SHARED"), "oracles"))
	if err != nil {
		return err
	}
	if *update {
		return os.WriteFile(agreementPath, []byte(text), 0o644)
	}
	if old, err := os.ReadFile(agreementPath); err != nil || string(old) != text {
		return fmt.Errorf("%s is not what the tests compare; go test ./stats -update writes it anew", agreementPath)
	}
	return nil
}

// agreementText is the document. It is an error if values are not compared and nothing
// says why, or if something says why although all are.
func agreementText(folder string) (string, error) {
	var b strings.Builder
	b.WriteString(agreementHead)
	b.WriteString("| Source | What | Tools | Values | Compared | Within tolerance | Worst relative error |\n|---|---|---|---:|---:|---:|---:|\n")
	var total, all, good int
	var notes []string
	for _, s := range agreementSources {
		compared, within, worst := agreement.row(s.file)
		values, tools := compared, s.tools
		if s.tools == "" {
			var err error
			if values, tools, err = countReference(filepath.Join(folder, s.file)); err != nil {
				return "", err
			}
		}
		if (values == compared) != (s.left == "") {
			return "", fmt.Errorf("%s: %d of %d values are compared, and what is said of the others is %q", s.file, compared, values, s.left)
		}
		total, all, good = total+values, all+compared, good+within
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %d | %d | %s |\n", s.file, s.what, tools, values, compared, within, boundText(worst))
		if s.left != "" {
			notes = append(notes, fmt.Sprintf("- **%s**, %d values not compared: %s", s.file, values-compared, s.left))
		}
		if s.wide != "" {
			notes = append(notes, fmt.Sprintf("- **%s**, tolerance: %s", s.file, s.wide))
		}
	}
	fmt.Fprintf(&b, "| all | | | %d | %d | %d | |\n\n", total, all, good)
	b.WriteString(agreementNotes + strings.Join(notes, "\n") + "\n")
	return b.String(), nil
}

// countReference counts the finite numbers that a file of reference values expects, and
// names the tools that they come from.
func countReference(path string) (values int, tools string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, "", err
	}
	var entries []struct {
		Expected any
		Sources  []struct{ Tool, Version string }
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		return 0, "", fmt.Errorf("%s: %w", path, err)
	}
	var names []string
	for _, e := range entries {
		values += countNumbers(e.Expected)
		for _, s := range e.Sources {
			for _, name := range strings.Split(s.Version, "; ") {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return values, strings.Join(names, ", "), nil
}

// countNumbers counts the numbers below v.
func countNumbers(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			n += countNumbers(x)
		}
	case []any:
		for _, x := range v {
			n += countNumbers(x)
		}
	case float64:
		n = 1
	}
	return n
}

// boundText is the power of ten that an error does not exceed.
func boundText(err float64) string {
	if err == 0 {
		return "0"
	}
	return fmt.Sprintf("1e%.0f", math.Ceil(math.Log10(err)))
}
