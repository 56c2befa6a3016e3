package dataset

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// An Op says how the cells of a derived column come from those of others.
type Op string

// The operations. A cell is missing where an input is missing, unless the
// operation says otherwise, and where the result is no finite number. In windows
// the row itself counts, and no later row does.
const (
	OpLog1p          Op = "log1p"           // ln(1 + a); missing below 0
	OpTotal          Op = "total"           // a + b
	OpDifference     Op = "difference"      // a - b
	OpProduct        Op = "product"         // a · b
	OpRatio          Op = "ratio"           // a / b; missing where b is 0
	OpShare          Op = "share"           // a / (a + b); missing where a + b is 0 or one of them is negative
	OpIsZero         Op = "is_zero"         // 1 where a is 0, else 0
	OpIsMissing      Op = "is_missing"      // 1 where a is missing, else 0
	OpFrequency      Op = "frequency"       // share of the level among the rows learned from; 0 for a level not seen there
	OpQuantileBin    Op = "quantile_bin"    // number of the range between learned quantiles, as a level such as "2: 44 to 520"
	OpPair           Op = "pair"            // both levels as one; OtherLevel for pairs not learned
	OpWindowCount    Op = "window_count"    // rows in the window
	OpWindowDistinct Op = "window_distinct" // different levels of a in the window
	OpWindowMean     Op = "window_mean"     // mean of a in the window
)

// OtherLevel is the level of a pair column that stands for all pairs but those
// that were learned.
const OtherLevel = "(other)"

// A Derivation makes one new column of a table from others. What it has learned
// from data is in it, so that it makes the same of every table.
type Derivation struct {
	Name   string   `json:"name"` // of the new column
	Op     Op       `json:"op"`
	Inputs []string `json:"inputs"` // columns it is made from: of the table, or made by an earlier derivation

	By      string  `json:"by,omitempty"`      // windows: only rows with the same level of this column count
	Seconds float64 `json:"seconds,omitempty"` // windows of time: how far back, by the table's clock; (t - Seconds, t]
	Rows    int     `json:"rows,omitempty"`    // windows of rows: how many, this one included

	Levels []string    `json:"levels,omitempty"` // OpFrequency: the levels learned
	Shares []float64   `json:"shares,omitempty"` // OpFrequency: the share of each
	Edges  []float64   `json:"edges,omitempty"`  // OpQuantileBin: ascending inner limits; a value on a limit is below it
	Pairs  [][2]string `json:"pairs,omitempty"`  // OpPair: the pairs learned
}

// An opRule is what a derivation of one operation has to have.
type opRule struct {
	inputs int
	kind   Kind
	window bool
	learns string // what it has learned, by the name of its field
}

var opRules = map[Op]opRule{
	OpLog1p: {inputs: 1, kind: Number}, OpTotal: {inputs: 2, kind: Number}, OpDifference: {inputs: 2, kind: Number},
	OpProduct: {inputs: 2, kind: Number}, OpRatio: {inputs: 2, kind: Number}, OpShare: {inputs: 2, kind: Number},
	OpIsZero: {inputs: 1, kind: Flag}, OpIsMissing: {inputs: 1, kind: Flag},
	OpFrequency:   {inputs: 1, kind: Number, learns: "levels"},
	OpQuantileBin: {inputs: 1, kind: Category, learns: "edges"},
	OpPair:        {inputs: 2, kind: Category, learns: "pairs"},
	OpWindowCount: {inputs: 0, kind: Number, window: true}, OpWindowDistinct: {inputs: 1, kind: Number, window: true},
	OpWindowMean: {inputs: 1, kind: Number, window: true},
}

var inputWords = [...]string{"no other column", "one column", "two columns"}

// Kind returns the kind of the column that the derivation makes.
func (d *Derivation) Kind() Kind { return opRules[d.Op].kind }

// Windowed reports whether the derivation looks back on earlier rows, so that it
// depends on the order of the rows.
func (d *Derivation) Windowed() bool { return opRules[d.Op].window }

// The limits of what a derivation may hold, so that a recipe from anywhere can be
// read without harm.
const (
	maxDerivedName   = 256
	maxDerivedLevels = maxLevels - 1
	maxWindowSize    = 1 << 20 // rows of a window by number
)

// Check returns an error, as a sentence, if the derivation is not whole: an
// unknown operation, too few inputs, or parameters that the operation does not
// have or that cannot have been learned. It does not look at any table.
func (d *Derivation) Check() error {
	rule, known := opRules[d.Op]
	switch {
	case d.Name == "" || len(d.Name) > maxDerivedName || strings.ContainsFunc(d.Name, isControl):
		return fmt.Errorf("%q is no name for a column; give one of at most %d printable characters", shorten([]byte(d.Name)), maxDerivedName)
	case !known:
		return fmt.Errorf("column %q: there is no operation %q; this version knows %s", d.Name, shorten([]byte(d.Op)), strings.Join(Ops(), ", "))
	case len(d.Inputs) != rule.inputs:
		return fmt.Errorf("column %q: %s is made from %s, not from %d", d.Name, d.Op, inputWords[rule.inputs], len(d.Inputs))
	case slices.Contains(d.Inputs, "") || slices.Contains(append(slices.Clone(d.Inputs), d.By), d.Name):
		return fmt.Errorf("column %q: an input needs a name, which is not that of the column itself", d.Name)
	}
	if err := d.checkWindow(rule); err != nil {
		return fmt.Errorf("column %q: %w", d.Name, err)
	}
	if err := d.checkLearned(rule); err != nil {
		return fmt.Errorf("column %q: %w", d.Name, err)
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// Ops lists the operations, in alphabetical order.
func Ops() []string {
	var names []string
	for op := range opRules {
		names = append(names, string(op))
	}
	slices.Sort(names)
	return names
}

func (d *Derivation) checkWindow(rule opRule) error {
	given := d.By != "" || d.Seconds != 0 || d.Rows != 0
	switch {
	case !rule.window && given:
		return fmt.Errorf("%s has no window", d.Op)
	case !rule.window:
		return nil
	case (d.Seconds != 0) == (d.Rows != 0):
		return fmt.Errorf("a window has either seconds or rows")
	case d.Seconds < 0 || math.IsNaN(d.Seconds) || math.IsInf(d.Seconds, 0):
		return fmt.Errorf("a window of %g seconds cannot be; it looks back, so give a number above 0", d.Seconds)
	case d.Rows < 0 || d.Rows > maxWindowSize:
		return fmt.Errorf("a window of %d rows cannot be; give a number from 1 to %d", d.Rows, maxWindowSize)
	}
	return nil
}

func (d *Derivation) checkLearned(rule opRule) error {
	for _, l := range []struct {
		name  string
		given bool
	}{{"levels", len(d.Levels)+len(d.Shares) > 0}, {"edges", len(d.Edges) > 0}, {"pairs", len(d.Pairs) > 0}} {
		if l.given && l.name != rule.learns {
			return fmt.Errorf("%s has no %s", d.Op, l.name)
		}
		if !l.given && l.name == rule.learns {
			return fmt.Errorf("%s has not learned its %s", d.Op, l.name)
		}
	}
	if len(d.Levels) != len(d.Shares) {
		return fmt.Errorf("there are %d levels but %d shares", len(d.Levels), len(d.Shares))
	}
	if most := max(len(d.Levels), len(d.Edges), len(d.Pairs)); most > maxDerivedLevels {
		return fmt.Errorf("%d levels are too many, at most %d can be used", most, maxDerivedLevels)
	}
	for _, s := range d.Shares {
		if !(s >= 0 && s <= 1) {
			return fmt.Errorf("%g is no share; it must be from 0 to 1", s)
		}
	}
	for i, e := range d.Edges {
		if math.IsNaN(e) || math.IsInf(e, 0) || i > 0 && e <= d.Edges[i-1] {
			return fmt.Errorf("the edges must be finite and ascending; number %d is %g", i+1, e)
		}
	}
	return nil
}

// dict returns the levels of the column that the derivation makes, nil if it
// makes numbers. Their codes are the same wherever it is used.
func (d *Derivation) dict() *Dict {
	if d.Kind() != Category {
		return nil
	}
	dict := newDict()
	for i := 0; d.Op == OpQuantileBin && i <= len(d.Edges); i++ {
		dict.add([]byte(d.binName(i)))
	}
	for _, p := range d.Pairs {
		dict.add([]byte(pairName(p)))
	}
	if d.Op == OpPair {
		dict.add([]byte(OtherLevel))
	}
	return dict
}

// binName names a range between quantiles, so that the names of up to nine
// ranges have the order of the ranges.
func (d *Derivation) binName(i int) string {
	switch {
	case i == 0:
		return "1: up to " + shortest(d.Edges[0])
	case i == len(d.Edges):
		return fmt.Sprintf("%d: above %s", i+1, shortest(d.Edges[i-1]))
	}
	return fmt.Sprintf("%d: %s to %s", i+1, shortest(d.Edges[i-1]), shortest(d.Edges[i]))
}

func pairName(p [2]string) string { return p[0] + " & " + p[1] }
