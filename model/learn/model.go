package learn

import (
	"context"
	"errors"
	"fmt"
)

// Causes that callers may want to tell apart, found with errors.Is.
var (
	ErrTarget   = errors.New("the classes do not fit the rows")
	ErrTooFew   = errors.New("too few rows")
	ErrOneClass = errors.New("all rows are of one class, so that there is nothing to tell apart")
	ErrConstant = errors.New("no column varies")
	ErrMissing  = errors.New("a value is missing")
	ErrSetting  = errors.New("this cannot be set so")
	ErrBroken   = errors.New("the stored model is not whole")
)

// A Run is what a fit is told beside its settings and its data.
type Run struct {
	Seed     uint64                // chooses rows, columns and starts, wherever chance has a part
	Workers  int                   // goroutines; 0: one a core. No result depends on it
	Progress func(done, total int) // if not nil: called now and then, from one goroutine at a time
}

// Report calls Progress, if there is one.
func (r *Run) Report(done, total int) {
	if r.Progress != nil {
		r.Progress(done, total)
	}
}

// A Spec is the settings of a learner: a struct whose zero fields stand for the
// documented defaults, with JSON names, and nothing learned.
type Spec interface {
	// Kind is the name by which the command line and the model file know the learner.
	Kind() string
	// Fit checks the settings, the matrix and the target, in this order, and learns.
	// It changes neither x nor y. It returns the cause when ctx ends first. Errors
	// wrap the causes above: data from which nothing can be learned never panic.
	Fit(ctx context.Context, x *Matrix, y Target, r Run) (Model, error)
}

// A Model is the result of a fit. It never changes and may be used by many
// goroutines. It can be written as JSON, and reads back as it was.
type Model interface {
	// Kind is that of the Spec.
	Kind() string
	// Inputs are the columns it was fitted to.
	Inputs() []Column
	// Score writes a score for each row of x to dst, higher for more anomalous. It
	// finds its columns by name (Matrix.Bind), and is an error if one is not there, or
	// lacks a value that the model cannot do without (ErrMissing).
	Score(dst []float64, x *Matrix) error
	// Check returns an error, which wraps ErrBroken, unless the model is whole: no
	// index out of range, no NaN, nothing that scoring would stumble over or run on
	// for ever. A model that Fit made passes.
	Check() error
}

// A Classifier tells the classes of its target apart. Its score is the probability
// of all classes but the first together.
type Classifier interface {
	Model
	// Classes are those of the target it was fitted to.
	Classes() []string
	// Probabilities writes one number a class for each row to dst, row after row,
	// which add up to 1.
	Probabilities(dst []float64, x *Matrix) error
}

// A Typer scores rows as a detector does, and can say of attacks which class they are.
type Typer interface {
	Model
	// Classes are those of the target it was fitted to.
	Classes() []string
	// Types writes a class above 0 for each row: what the row is if it is an attack.
	Types(dst []int32, x *Matrix) error
}

// A Referenced model has scored normal rows that it was not fitted to, so that a rate of
// false alarms can be kept without fitting further models.
type Referenced interface {
	Model
	// Reference returns these scores, ascending.
	Reference() []float64
}

// A Margined model has its scores on a scale without ends as well, on which parts can be
// told even where the scores themselves are all but 1.
type Margined interface {
	Model
	// Margin writes a number for each row that is larger where the score is.
	Margin(dst []float64, x *Matrix) error
	// MarginScale names the scale.
	MarginScale() string
}

// An Explainer can say what each column adds to a row's score, exactly.
type Explainer interface {
	Model
	// Explain returns the parts for the anomaly score: of a classifier, of all
	// classes but the first together.
	Explain(x *Matrix) (*Explanation, error)
}

// An Explanation splits scores into parts: Base plus the parts of all columns is
// the total of a row.
type Explanation struct {
	Scale string      // what is split: "log odds", "probability", "score"
	Base  float64     // what a row of which nothing is known has
	Total []float64   // by row
	Parts [][]float64 // by column of Inputs, by row
}

// A Ranker says how much each of its columns helped when it was fitted, in shares
// of 1, by its own measure, which Measure names: "gain", "|coefficient|".
type Ranker interface {
	Model
	Importance() (measure string, shares []float64)
}

// A Tuned spec says which of its settings are worth a search.
type Tuned interface {
	Spec
	Space() []Dimension
}

// A Dimension is a setting and the range in which to look for it. Choices, if not
// empty, are taken instead of the range.
type Dimension struct {
	Name      string // of the setting in JSON
	Low, High float64
	Log       bool // uniform in the logarithm
	Whole     bool // whole numbers only
	Choices   []any
}

// A Resource is a Tuned spec that can be fitted at a lower cost first: with fewer
// trees, rounds or passes. Fraction lies in (0, 1].
type Resource interface {
	Tuned
	Cheaper(fraction float64) Spec
}

// A Step prepares a matrix for what comes after it.
type Step interface {
	Kind() string
	// Fit learns from training rows only, and returns beside the transform what it
	// makes of these rows. That may differ from what Apply makes of them where a row
	// must not see its own class.
	Fit(ctx context.Context, x *Matrix, y Target, r Run) (Transform, *Matrix, error)
}

// A Transform is a fitted step. It never changes and may be used by many
// goroutines.
type Transform interface {
	Kind() string
	Inputs() []Column
	Outputs() []Column
	// Apply returns a matrix of the Outputs; columns that do not change are shared.
	Apply(x *Matrix) (*Matrix, error)
	Check() error
}

// CheckFit returns an error unless x and y can be learned from: both sound, at
// least two rows, a column, and, if classes says so, rows of two classes that weigh
// anything.
func CheckFit(x *Matrix, y *Target, classes bool) error {
	if err := x.Check(); err != nil {
		return err
	}
	if err := y.Check(x.Rows); err != nil {
		return err
	}
	if x.Rows < 2 {
		return fmt.Errorf("%d of them: %w", x.Rows, ErrTooFew)
	}
	if !varies(x) {
		return ErrConstant
	}
	if !classes {
		return nil
	}
	if y.Classes == nil {
		return fmt.Errorf("the rows have no label: %w", ErrTarget)
	}
	present := 0
	for _, w := range y.Totals() {
		if w > 0 {
			present++
		}
	}
	if present < 2 {
		return ErrOneClass
	}
	return nil
}

// varies reports whether a column has two different cells.
func varies(x *Matrix) bool {
	for j := range x.Columns {
		if c := x.Codes[j]; c != nil {
			for _, code := range c {
				if code != c[0] {
					return true
				}
			}
			continue
		}
		v := x.Numbers[j]
		for _, a := range v {
			if a != v[0] && (a == a || v[0] == v[0]) {
				return true
			}
		}
	}
	return false
}

// RefuseMissing returns an error that wraps ErrMissing and names the place if a
// number of the matrix is missing. Levels may be: NoLevel is a level like others.
func RefuseMissing(x *Matrix) error {
	for j := range x.Columns {
		for i, v := range x.Numbers[j] {
			if v != v {
				return fmt.Errorf("column %q, row %d: %w, and this model cannot do without; fill gaps before it", x.Columns[j].Name, i+1, ErrMissing)
			}
		}
	}
	return nil
}

// ScoreByClasses writes the score of a classifier, the sum of the probabilities
// of all classes but the first.
func ScoreByClasses(c Classifier, dst []float64, x *Matrix) error {
	k := len(c.Classes())
	p := make([]float64, k*x.Rows)
	if err := c.Probabilities(p, x); err != nil {
		return err
	}
	for i := range x.Rows {
		var sum float64
		for _, q := range p[i*k+1 : (i+1)*k] {
			sum += q
		}
		dst[i] = min(sum, 1)
	}
	return nil
}

// Broken is an error that wraps ErrBroken and says of what kind of model, and why.
func Broken(kind, format string, args ...any) error {
	return fmt.Errorf("%s: %s: %w", kind, fmt.Sprintf(format, args...), ErrBroken)
}
