// Package modeltest is the contract of learners as a test that every one of them
// must pass: Check. It makes its own data, and never looks inside a model.
//
// Problem makes the data, and serves the tests of the families too; Survive is the
// body of their fuzz tests. NSL and ADBench read real data for them, CrossFit and the
// figures of it judge what they learn there.
package modeltest

import (
	"fmt"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// Options tell what the learner under test promises beside what all promise.
type Options struct {
	// New makes an empty model, for reading a stored one into. It is needed.
	New func() learn.Model
	// Missing: NaN is taken as it comes, in training and scoring. Otherwise it must
	// be refused.
	Missing bool
	// Labels: it learns from classes, and cannot do without.
	Labels bool
	// NumbersOnly: it is given no columns of levels.
	NumbersOnly bool
	// Scaled: it is made for numbers of like scales, and is given such. On others it
	// may do badly, but not fail worse than with an error.
	Scaled bool
	// ZeroWeights: rows that weigh nothing change no score by more than Tolerance.
	ZeroWeights bool
	// Copies: a row that weighs 2 is as good as two rows, within Tolerance.
	Copies bool
	// Tolerance of scores where two fits should mean the same; 0 stands for 1e-9.
	Tolerance float64
	// AUC that a clearly separable problem must exceed; 0 stands for 0.95.
	AUC float64
	// Rows of the small problems; 0 stands for 300. Large is that of the check of
	// determinism, which should span several blocks of rows; 0 stands for 2000.
	Rows, Large int
	// Skip names checks that the learner cannot pass, as the subtests are named.
	Skip []string
}

func (o *Options) fill() {
	if o.Tolerance == 0 {
		o.Tolerance = 1e-9
	}
	if o.AUC == 0 {
		o.AUC = 0.95
	}
	if o.Rows == 0 {
		o.Rows = 300
	}
	if o.Large == 0 {
		o.Large = 2000
	}
}

// Check runs the whole contract against a learner with the given settings, each
// point of it as a subtest. The settings should be cheap: some eighty small fits are
// made. The spec may be a value or a pointer.
func Check(t *testing.T, spec learn.Spec, o Options) {
	t.Helper()
	Run(live{t}, spec, o)
}

// Run is Check with a TB of the caller's.
func Run(t TB, spec learn.Spec, o Options) {
	t.Helper()
	if o.New == nil {
		t.Fatalf("modeltest: Options.New is nil")
	}
	o.fill()
	for _, name := range o.Skip {
		if !slices.ContainsFunc(checks, func(p promise) bool { return p.name == name }) {
			t.Errorf("modeltest: there is no check %q to skip", name)
		}
	}
	s := &subject{spec: spec, Options: o, settings: text(t, spec)}
	for _, c := range checks {
		if slices.Contains(o.Skip, c.name) {
			continue
		}
		t.Run(c.name, func(t TB) {
			t.Helper()
			defer catch(t)
			c.run(t, s)
		})
	}
}

// A TB is what Check needs of a testing.T. It is an interface so that the suite
// itself can be tested.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	// Fatalf is Errorf, and does not return.
	Fatalf(format string, args ...any)
	Run(name string, f func(TB))
}

// live is a testing.T as a TB.
type live struct{ *testing.T }

func (l live) Run(name string, f func(TB)) {
	l.T.Run(name, func(t *testing.T) { f(live{t}) })
}

// catch makes an error of a panic.
func catch(t TB) {
	if r := recover(); r != nil {
		t.Errorf("it panicked: %v\n%s", r, debug.Stack())
	}
}

// guarded calls f and returns its error, or one that tells of its panic.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPanicked, r)
		}
	}()
	return f()
}

// A promise is a point of the contract.
type promise struct {
	name string
	run  func(t TB, s *subject)
}

// checks is the contract, in the order in which it is gone through.
var checks = []promise{
	{"describes itself", describes},
	{"same at any number of workers", deterministic},
	{"refit forgets", refits},
	{"changes nothing it is given", changesNothing},
	{"names decide, not places", names},
	{"one row as in a batch", rowByRow},
	{"stored and read back", stored},
	{"probabilities", probabilities},
	{"a class without rows", absentClass},
	{"refuses what teaches nothing", refusals},
	{"missing numbers", missing},
	{"infinite and huge numbers", extremes},
	{"numbers of other scales", scales},
	{"unknown levels", levels},
	{"refuses other columns", otherColumns},
	{"refuses bad weights", badWeights},
	{"weights of 1 are none", unitWeights},
	{"rows that weigh nothing", zeroWeights},
	{"weights are copies", copies},
	{"many goroutines", concurrent},
	{"stops when told to", cancelled},
	{"progress", progress},
	{"explanation", explains},
	{"importance", ranks},
	{"finds attacks", findsAttacks},
	{"search space", tuned},
	{"lower cost", cheaper},
	{"damaged models", damaged},
}
