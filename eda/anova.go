package eda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/stats"
)

// AnovaOptions choose what AnalyzeVariance looks at.
type AnovaOptions struct {
	Features []string         // columns by any spelling; empty or "all": every column of numbers
	By       string           // column whose levels make the groups; empty: the label's categories
	Groups   []string         // groups that are compared; empty: all
	Normal   []string         // levels of the label that mean normal; empty: found by name
	Posthoc  Posthoc          // how pairs of groups are compared
	Control  string           // group that Dunnett compares the others with; empty: normal
	Level    float64          // confidence level; 0: 0.95
	Adjust   stats.Adjustment // of the p-values over all features; zero: none
	Budget   int              // different numbers kept in memory, see dataset.Counts; 0: the usual
}

const (
	// maxAnovaGroups is how many groups are compared: each pair has a row.
	maxAnovaGroups = 100
	// maxRankedCells bounds the memory of the ranks of one column: different values
	// times groups.
	maxRankedCells = 1 << 26
)

// An AnovaReport says how columns of numbers differ between groups of rows.
type AnovaReport struct {
	Rows      int64
	By        string               // what makes the groups
	Groups    []dataset.LevelCount // that occur, with their rows
	Ungrouped int64                // rows in no group
	Level     float64
	Detailed  bool           // whether features were named, so that each is told about in full
	Features  []AnovaFeature // by falling share of variance; last those that do not vary within groups
	Constant  []string       // features left out because all values are equal
	LeftOut   []string       // other features without a test, and why, in sentences
}

// An AnovaFeature is how one column differs between the groups.
type AnovaFeature struct {
	Name string
	stats.OneWay
	Quartiles [][3]float64 // of each group
	Whiskers  [][2]float64 // the outermost values of each group within Tukey's fences

	Effects        []stats.Effect // η², ω² and ε², see stats.OneWay.Effects
	F              stats.Result   // Fisher's
	PAdjusted      float64        // of F over all features
	Log10PAdjusted float64
	Robust         []stats.Result // Welch's and Brown and Forsythe's, where the data allow them
	Variances      []stats.Result // tests of equal variances
	Ranks          *stats.Result  // Kruskal and Wallis'; nil if ranks would not fit memory
	Log            *stats.Result  // F of log(1+x); nil if a value is below 0
	Posthoc        *PosthocReport // nil if pairs are not compared
	Notes          []string       // what was left out and why, in sentences
}

// AnalyzeVariance tests of every feature whether its mean is the same in all groups of
// rows, by Fisher's F and by companions that take less for granted: Welch's F,
// Brown and Forsythe's F*, Kruskal and Wallis' ranks, and F of the logarithm where no
// value is negative. Features that were asked for by name have all of it; else pairs of
// groups are not compared. Rows in no group and cells without a value do not count.
//
// It is an error if the source cannot be read, if a column or group does not exist, if
// there are more than 100 groups or fewer than two, and if no feature is left.
func AnalyzeVariance(ctx context.Context, src dataset.Source, o AnovaOptions) (*AnovaReport, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	s := src.Schema()
	f, err := anovaFactor(s, o)
	if err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	columns, err := anovaColumns(s, wanted, f.column)
	if err != nil {
		return nil, err
	}
	c := newFactorCounter(&f, nil, columns, budgetOf(src, o.Budget))
	if err := src.Scan(ctx, c); err != nil {
		return nil, err
	}
	out := &AnovaReport{Rows: c.Rows(), By: f.name, Level: orDefault(o.Level), Detailed: wanted != nil}
	if err := out.countGroups(c); err != nil {
		return nil, err
	}
	return out, out.test(ctx, c, s, columns, o)
}

// anovaFactor finds what makes the groups.
func anovaFactor(s *dataset.Schema, o AnovaOptions) (f factor, err error) {
	if o.By == "" {
		classes, err := FindClasses(s, o.Normal)
		if err != nil {
			return f, err
		}
		if f, err = labelFactor(s, &classes); err != nil {
			return f, err
		}
		if err := f.keep(o.Groups); err != nil {
			return f, err
		}
	} else if f, err = namedFactor(s, "--by", o.By, o.Groups); err != nil {
		return f, err
	}
	if len(f.levels) > maxAnovaGroups {
		return f, fmt.Errorf("%s has %s groups; an analysis of variance takes at most %d: choose some with --group, or fewer rows with --where", f.name, grouped(int64(len(f.levels))), maxAnovaGroups)
	}
	return f, nil
}

// namedFactor makes a factor of the column that a flag names.
func namedFactor(s *dataset.Schema, flag, name string, some []string) (factor, error) {
	column, err := s.Resolve(name)
	if err != nil {
		return factor{}, fmt.Errorf("%s: %w", flag, err)
	}
	f, err := levelFactor(s, column, some)
	if err != nil {
		return f, fmt.Errorf("%s: %w", flag, err)
	}
	return f, nil
}

// anovaColumns returns the columns of numbers that are tested.
func anovaColumns(s *dataset.Schema, wanted []int, by int) ([]int, error) {
	columns, err := numericColumns(s, wanted)
	if err != nil {
		return nil, err
	}
	columns = slices.DeleteFunc(slices.Clone(columns), func(i int) bool {
		return i == by || wanted == nil && s.Columns[i].Role != dataset.Feature
	})
	if len(columns) == 0 {
		return nil, errors.New("an analysis of variance needs a column of numbers beside that of the groups; there is none")
	}
	return columns, nil
}

// countGroups takes stock of the groups.
func (a *AnovaReport) countGroups(c *factorCounter) error {
	a.Ungrouped = a.Rows
	for g, n := range c.groupRows() {
		if n > 0 {
			a.Groups = append(a.Groups, dataset.LevelCount{Level: c.first.levels[g], N: n})
			a.Ungrouped -= n
		}
	}
	if len(a.Groups) < 2 {
		return fmt.Errorf("an analysis of variance needs two groups with rows; %s has %s", c.first.name, plural(int64(len(a.Groups)), "group"))
	}
	return nil
}

// test tests all columns, each as one of a family.
func (a *AnovaReport) test(ctx context.Context, c *factorCounter, s *dataset.Schema, columns []int, o AnovaOptions) error {
	tested, why, constant := make([]*AnovaFeature, len(columns)), make([]string, len(columns)), make([]bool, len(columns))
	overflowed := c.Overflowed()
	err := parallel.Each(ctx, len(columns), 0, func(k int) error {
		name := s.Columns[columns[k]].Name
		if slices.Contains(overflowed, columns[k]) {
			why[k] = fmt.Sprintf("%s is left out: it has too many different values to count them by group.", name)
			return nil
		}
		groups, err := c.tallies(columns[k])
		if err != nil {
			return err
		}
		t := anovaTest{level: a.Level, names: c.first.levels, groups: groups, options: o, detailed: a.Detailed}
		tested[k], err = t.run(name)
		switch {
		case errors.Is(err, stats.ErrConstant) && !t.varies():
			constant[k] = true
			return nil
		case errors.Is(err, stats.ErrTooFew):
			why[k] = fmt.Sprintf("%s is left out: %s.", name, tooFewInGroups)
			return nil
		case undefined(err) || errors.Is(err, stats.ErrNotFinite):
			why[k] = fmt.Sprintf("%s is left out: its squares are beyond the range of numbers.", name)
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	for k, f := range tested {
		switch {
		case constant[k]:
			a.Constant = append(a.Constant, s.Columns[columns[k]].Name)
		case why[k] != "":
			a.LeftOut = append(a.LeftOut, why[k])
		default:
			f.F.Missing = a.Rows - a.Ungrouped - f.N
			a.Features = append(a.Features, *f)
		}
	}
	switch {
	case len(a.Features) > 0:
	case len(a.LeftOut) > 0:
		return errors.New(a.LeftOut[0])
	default:
		return fmt.Errorf("there is nothing to compare: all values of %s are equal", listed(a.Constant, 8))
	}
	if err := adjust(o.Adjust, len(a.Features), func(k int) (*stats.Result, *float64, *float64) {
		f := &a.Features[k]
		return &f.F, &f.PAdjusted, &f.Log10PAdjusted
	}); err != nil {
		return err
	}
	slices.SortStableFunc(a.Features, func(x, y AnovaFeature) int {
		if xFlat, yFlat := x.Within == 0, y.Within == 0; xFlat != yFlat {
			if xFlat {
				return 1
			}
			return -1
		}
		return cmp.Compare(y.F.Effect.Value, x.F.Effect.Value)
	})
	return nil
}
