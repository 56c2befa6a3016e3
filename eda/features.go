package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// FeatureOptions choose from which columns features are derived, and how they
// are judged.
type FeatureOptions struct {
	Sources []string // columns by any spelling; empty or "all": every feature
	Normal  []string // levels of the label that mean normal; empty: found by name

	Window float64 // how far windows of time look back, in seconds; 0: 120
	Rows   int     // windows of that many rows instead of time; 0: none

	Folds   int     // parts of the cross-validation; 0: 5
	Seed    uint64  // of the assignment of rows to folds
	Level   float64 // confidence level; 0: 0.95
	MinGain float64 // gain from which on a feature is kept; 0: 0.01
	Keep    int     // keep that many, the largest gains first, whatever MinGain says; 0: by MinGain

	Limit int               // rows measured, evenly spaced, when there are more; 0: 262,144
	Stage func(name string) // told what is being done, for progress; may be nil
}

// The usual options.
const (
	defaultWindow  = 120
	defaultFolds   = 5
	defaultMinGain = 0.01
	defaultSample  = 1 << 18
)

// Features are columns that could be derived from those of a table, and what they
// would add.
type Features struct {
	Rows       int64 // rows of the table
	Measured   int64 // rows with a label that effects were measured on; 0: none was
	Folds      int
	Level      float64
	MinGain    float64
	Classes    Classes
	Categories []string       // families of the attacks, such as dos; nil if there is one only
	Candidates []Feature      // by falling gain; without a label in the order in which they are proposed
	Recipe     dataset.Recipe // of the kept ones, and of what they are made from; may be empty
	Findings   []Finding
	Warnings   []string // what is not as asked, in sentences

	gaining int // candidates with a gain that is not by chance
}

// A Feature is one column that could be derived.
type Feature struct {
	dataset.Derivation
	Reason string // why it is proposed, in a few words

	// The rest is only known where Features.Measured is not 0.
	Test           stats.Result // the effect out of fold; the zero value if the column does not vary
	PAdjusted      float64      // over all candidates; Benjamini and Hochberg's
	Log10PAdjusted float64
	Source         string  // the best single column it is made from; "" if it only counts rows
	SourceEffect   float64 // measured in the same way; NaN without a source
	Gain           float64 // effect less SourceEffect, or the effect itself without a source
	GainLow        float64 // DeLong's interval of the gain; NaN where it has none
	GainHigh       float64
	ByCategory     []float64 // effects on each of Features.Categories against normal rows; NaN where it has too few

	Kept     Keeping
	gainTest stats.Result // of the gain; the zero value if there is none
}

// Effect returns the effect of the feature out of fold: 2·AUC−1 with the direction
// that the training folds gave, so that 0 is chance; NaN if there is none.
func (f *Feature) Effect() stats.Effect {
	if f.Test.Effect.Name == "" {
		nan := math.NaN()
		return stats.Effect{Value: nan, CI: stats.Interval{Low: nan, High: nan}}
	}
	return f.Test.Effect
}

// Keeping says why a feature is in the recipe.
type Keeping uint8

// The reasons, from none.
const (
	NotKept  Keeping = iota
	ByGain           // it tells attacks from normal traffic better than any column it is made from
	AsCoding         // it makes numbers of a useful category
	AsScale          // it tames the tail of a useful number
	AsInput          // another one is made from it
	AsAsked          // there is no label to judge by, or a number of features was asked for
)

var keepingNames = [...]string{"no", "gain", "coding", "scale", "input", "asked"}

// String returns the reason in a word, "no" for a feature that is not kept.
func (k Keeping) String() string { return keepingNames[min(int(k), len(keepingNames)-1)] }

// ProposeFeatures proposes columns to derive from those of a source, measures what
// each would add, and makes a recipe of those worth keeping.
//
// What is known of the label decides how they are judged. With both classes,
// effects are measured by cross-validation: whatever is learned (shares of levels,
// limits of bins, which pairs are frequent, the attack rate of a level, the
// direction of an effect, on which side missing cells rank) is learned on the
// rows outside a fold and applied to the fold. The effect is the rank-biserial
// correlation over all folds, so a column that says nothing has one near 0, below
// as often as above. The gain is against the best column that the feature is made
// from, measured in the same way, with DeLong's interval; the column by which a
// window counts is not compared with, because knowing an address by heart is no
// rival to counting what it does. A feature is kept
//
//   - by its gain, if that is MinGain at least, and not by chance (DeLong's test,
//     adjusted over all such features), and it is the best that is made from the
//     same columns in any such way; what only counts rows has no column to beat and
//     needs an effect that is not negligible;
//   - as a coding, if it is the frequency of the levels of a category, and its
//     effect is not negligible;
//   - as a scale, if it is the logarithm of a number whose own effect is not
//     negligible: no order of rows changes, and so no effect, but models that
//     measure distances gain by it;
//   - as an input of another one that is kept.
//
// Without a label, all are kept, or the first Keep.
//
// Columns that are the label, made from it, names of rows or the clock are never
// used; naming one in Sources is an error. All attacks count as one class in what is
// learned; ByCategory tells which of them a feature finds. Intervals
// and p-values are those of independent rows; where rows of one attack follow each
// other they are too narrow, and the rate of a level that one attack has to itself
// flatters it. Windows of time are left out, and the
// warnings say so, where there is no clock or where rows are not in its order.
// More rows than Limit are measured by evenly spaced ones, which the warnings say;
// what the recipe has learned comes from the same rows.
//
// The answer depends on the rows, the options and the seed alone. It is an error
// if an option cannot be meant, if the source cannot be read, and if nothing can be
// derived.
func ProposeFeatures(ctx context.Context, src dataset.Source, o FeatureOptions) (*Features, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	o.Stage("reading every column")
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	sources, err := featureSources(ctx, src, o.Sources)
	if err != nil {
		return nil, err
	}
	out := &Features{Folds: o.Folds, Level: o.Level, MinGain: o.MinGain}
	if out.Classes, err = FindClasses(src.Schema(), o.Normal); err != nil {
		return nil, err
	}
	j := &featureJudge{ctx: ctx, src: src, options: o, out: out}
	if err := j.read(sources); err != nil {
		return nil, err
	}
	o.Stage("measuring columns")
	if err := j.measureSources(); err != nil {
		return nil, err
	}
	p := newProposer(j)
	out.Candidates = p.propose()
	out.Warnings = append(out.Warnings, p.warnings...)
	if len(out.Candidates) == 0 {
		said := append([]string{fmt.Sprintf("nothing can be derived from %s: none varies enough, and no two belong together.", plural(int64(len(sources)), "column"))}, out.Warnings...)
		return nil, errors.New(strings.TrimSuffix(strings.Join(said, " "), "."))
	}
	o.Stage("measuring features")
	if err := j.measureFeatures(); err != nil {
		return nil, err
	}
	if err := j.judge(); err != nil {
		return nil, err
	}
	out.Findings = out.findings(p)
	return out, nil
}

func (o FeatureOptions) withDefaults() FeatureOptions {
	if o.Window == 0 {
		o.Window = defaultWindow
	}
	if o.Folds == 0 {
		o.Folds = defaultFolds
	}
	if o.MinGain == 0 {
		o.MinGain = defaultMinGain
	}
	if o.Limit == 0 {
		o.Limit = defaultSample
	}
	if o.Stage == nil {
		o.Stage = func(string) {}
	}
	o.Level = orDefault(o.Level)
	return o
}

// check refuses options that cannot be meant.
func (o *FeatureOptions) check() error {
	const mostFolds = 100
	switch {
	case o.Folds < 2 || o.Folds > mostFolds:
		return fmt.Errorf("%d folds: choose from 2 to %d", o.Folds, mostFolds)
	case !(o.Window > 0) || math.IsInf(o.Window, 0):
		return fmt.Errorf("a window of %g seconds: it looks back, so choose a number above 0", o.Window)
	case !(o.Level > 0 && o.Level < 1):
		return fmt.Errorf("a confidence level of %g: choose one between 0 and 1", o.Level)
	case o.Rows < 0 || o.Keep < 0 || o.Limit < 0 || !(o.MinGain > 0):
		return errors.New("the rows of a window, the features to keep, the rows to measure and the least gain cannot be negative")
	}
	return nil
}

// A SourceError says why nothing can be derived from a column that was asked for
// by name.
type SourceError struct{ Column, Why string }

// Error reads as a sentence.
func (e *SourceError) Error() string {
	return fmt.Sprintf("--feature: nothing can be derived from %q: %s", e.Column, e.Why)
}

// featureSources returns the columns that features may be derived from. All must
// be such that were asked for by name.
func featureSources(ctx context.Context, src dataset.Source, names []string) ([]int, error) {
	wanted, err := resolve(ctx, src, names)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	for _, i := range wanted {
		c := &s.Columns[i]
		if why := dataset.WhyNoFeature(c); why != "" {
			return nil, &SourceError{c.Name, "it is " + why}
		}
		if c.Kind == dataset.Text || c.Kind == dataset.Time {
			return nil, &SourceError{c.Name, fmt.Sprintf("it holds %s cells; if it is a category, read it with --type %s=category", c.Kind, c.Name)}
		}
	}
	usable := slices.DeleteFunc(orAll(s, wanted), func(i int) bool {
		c := &s.Columns[i]
		return c.Role != dataset.Feature || c.Kind == dataset.Text || c.Kind == dataset.Time || c.Kind == dataset.Unknown
	})
	if len(usable) == 0 {
		return nil, fmt.Errorf("there is no column of numbers or levels to derive features from")
	}
	return usable, nil
}
