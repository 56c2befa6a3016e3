package modeltest_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// recorder notes which checks fail.
type recorder struct {
	mu     sync.Mutex
	name   string
	failed map[string][]string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed[r.name] = append(r.failed[r.name], fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Run(name string, f func(modeltest.TB)) {
	var wg sync.WaitGroup
	wg.Go(func() { f(&recorder{name: name, failed: r.failed}) }) // a goroutine that Fatalf can end
	wg.Wait()
}

// failures runs the suite and returns what failed.
func failures(spec learn.Spec, o modeltest.Options) map[string][]string {
	r := &recorder{failed: map[string][]string{}}
	r.Run("", func(t modeltest.TB) { modeltest.Run(t, spec, o) })
	return r.failed
}

// Every fault must be caught by the check that is about it.
func TestFaultsAreCaught(t *testing.T) {
	check.Long(t)
	for fault, check := range map[string]string{
		"random":            "same at any number of workers",
		"workers":           "same at any number of workers",
		"writes":            "changes nothing it is given",
		"writes classes":    "changes nothing it is given",
		"writes in scoring": "changes nothing it is given",
		"sorts":             "changes nothing it is given",
		"settings":          "changes nothing it is given",
		"state":             "changes nothing it is given",
		"remembers":         "refit forgets",
		"places":            "names decide, not places",
		"NaN":               "probabilities",
		"sums":              "probabilities",
		"skips":             "one row as in a batch",
		"batch":             "one row as in a batch",
		"minus":             "probabilities",
		"upside down":       "finds attacks",
		"lenient":           "refuses what teaches nothing",
		"bare":              "refuses what teaches nothing",
		"weights":           "refuses bad weights",
		"unweighted":        "weights are copies",
		"gaps":              "missing numbers",
		"refuses":           "missing numbers",
		"levels":            "unknown levels",
		"deaf":              "stops when told to",
		"progress":          "progress",
		"parts":             "explanation",
		"order":             "explanation",
		"shares":            "importance",
		"range":             "search space",
		"cheaper":           "lower cost",
		"unchecked":         "damaged models",
		"unwhole":           "describes itself",
		"wrong inputs":      "describes itself",
	} {
		t.Run(fault, func(t *testing.T) {
			o := toyOptions()
			o.New = func() learn.Model { return &toyModel{fault: fault} }
			if fault == "state" || fault == "writes in scoring" {
				o.Skip = []string{"many goroutines"} // the race detector would end this test as well
			}
			failed := failures(&toy{fault: fault}, o)
			if len(failed[check]) == 0 {
				t.Errorf("%q does not notice; these do: %v", check, failed)
			}
		})
	}
}

// What the toy promises to do without must be noticed as well.
func TestOptionsMatter(t *testing.T) {
	o := toyOptions()
	if failed := failures(&toy{}, o); len(failed) > 0 {
		t.Fatalf("a correct learner fails: %v", failed)
	}
	o.Missing = false // it does not refuse gaps
	if failed := failures(&toy{}, o); len(failed["missing numbers"]) == 0 {
		t.Error("that gaps are not refused goes unnoticed")
	}
	o = toyOptions()
	o.Skip = []string{"missing numbers", "no such check"}
	if failed := failures(&toy{fault: "gaps"}, o); len(failed["missing numbers"]) > 0 || len(failed[""]) != 1 {
		t.Errorf("Skip does not work: %v", failed)
	}
	if failed := failures(&toy{}, modeltest.Options{}); len(failed[""]) != 1 {
		t.Errorf("a missing New goes unnoticed: %v", failed)
	}
}

// A panic is a failure of one check, not the end of the test.
func TestPanicsAreCaught(t *testing.T) {
	failed := failures(&toy{fault: "levels"}, toyOptions())
	if !slices.ContainsFunc(failed["unknown levels"], func(s string) bool { return strings.Contains(s, "panicked") }) {
		t.Errorf("no word of a panic: %v", failed)
	}
}
