package eda

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/stats"
)

// A MeanDesign says which means are compared.
type MeanDesign uint8

// The designs.
const (
	TwoSamples   MeanDesign = iota // of two groups of rows
	OneSample                      // of a column with a given value
	PairedSample                   // of two columns, row by row
)

// TTestOptions choose what TTest compares, and how.
type TTestOptions struct {
	Features []string // columns of numbers by any spelling; empty or "all": every one
	Design   MeanDesign
	Mu       float64   // what a mean is compared with, of OneSample
	Paired   [2]string // columns whose difference, first less second, is tested, of PairedSample

	Normal []string // levels of the label that mean normal; empty: found by name
	By     string   // column whose levels make the groups; empty: the classes of the label
	Groups []string // the two groups, first and second; empty: normal and attack, or the two levels that there are

	Pooled      bool // Student's t with one variance instead of Welch's
	Alternative stats.Alternative
	Level       float64          // confidence level, 1−alpha; 0: 0.95
	Adjust      stats.Adjustment // of the p-values over all columns, test by test; zero: none

	Equivalence  float64 // smallest effect that matters, in standard deviations; 0: equivalence is not tested
	Permutations int     // replicates; 0: none
	Bootstraps   int     // replicates; 0: none
	Seed         uint64
	Budget       int   // different numbers kept in memory, see dataset.Counts; 0: the usual
	Fetch        Fetch // rows of an engine for what it cannot count
}

// Means compares the means of columns, with all that it takes to see whether means
// are worth comparing.
type Means struct {
	Options  TTestOptions // with Level and Groups settled
	Rows     int64        // of the table
	By       string       // what makes the groups: a column, or the label with its classes
	Groups   []string     // names of the samples
	Features []MeanTest   // by falling absolute effect
	LeftOut  []string     // columns without a test, and why, in sentences
	Warnings []string     // what is not as asked, in sentences
}

// Alpha returns the level of significance.
func (m *Means) Alpha() float64 { return 1 - m.Options.Level }

// A MeanTest is all about the means of one column.
type MeanTest struct {
	Name        string        // of the column, or of the difference of two
	Kind        dataset.Kind  // of the column
	Samples     []SampleShape // in the order of Means.Groups
	Tests       []NamedTest   // the t-test, then what would be asked of skewed data
	Effects     []stats.Effect
	Variances   []stats.Result // of two samples: whether their spreads differ, the least sensitive to shape last
	Equivalence *stats.Result  // nil: not tested
	Bootstrap   *stats.BootstrapMeans
	Detectable  float64 // smallest d found with 80 % power, see stats.DetectableD
	Verdict     Verdict
	NotDone     []string // tests that these data have no answer to, and why, in sentences
}

// A SampleShape locates a sample and says how far it is from normal.
type SampleShape struct {
	Group    string
	N        int64
	Missing  int64
	Mean, SD float64
	Median   float64
	Skewness float64
	Distance float64      // Lilliefors' D: the largest distance of the distribution function from the normal one
	K2       stats.Result // of D'Agostino; its numbers are NaN where it is undefined
	Values   stats.Tally  // one unnamed group
}

// A TestKind says what a test compares.
type TestKind uint8

// The tests, in the order in which they are shown.
const (
	RawMeans     TestKind = iota // the t-test asked for
	LogMeans                     // the same of log(1+x)
	TrimmedMeans                 // Yuen's t, 20 % trimmed
	Ranks                        // Mann and Whitney; signed ranks of one sample
	Order                        // Brunner and Munzel; signs of one sample
	Permuted                     // the t-test by permutation
)

// A NamedTest is one of the tests of a column.
type NamedTest struct {
	Kind TestKind
	stats.Result
	PAdjusted      float64
	Log10PAdjusted float64
}

// Test returns the test of that kind, and whether there is one.
func (t *MeanTest) Test(kind TestKind) (*NamedTest, bool) {
	for i := range t.Tests {
		if t.Tests[i].Kind == kind {
			return &t.Tests[i], true
		}
	}
	return nil, false
}

// A DesignError says that the groups, the pairs or the replicates asked for cannot be
// had of the table, in a sentence for the user of the command line.
type DesignError struct{ text string }

// Error implements error.
func (e *DesignError) Error() string { return e.text }

func designErrorf(format string, args ...any) error {
	return &DesignError{fmt.Sprintf(format, args...)}
}

// TTest compares the means of two groups of rows in every column of numbers, a
// column with a value, or two columns with each other; always beside tests that do
// not look at means, and with what it takes to tell which of them to believe.
// Differences are of the first group less the second.
//
// It is an error if the source cannot be read, if a column or a group does not exist,
// if there are not two groups, and if no column can be tested.
func TTest(ctx context.Context, src dataset.Source, o TTestOptions) (*Means, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	o.Level = orDefault(o.Level)
	m := &Means{Options: o}
	samples, err := m.gather(ctx, src)
	if err != nil {
		return nil, err
	}
	if err := o.checkReplicates(samples); err != nil {
		return nil, err
	}
	tests, reasons := make([]MeanTest, len(samples)), make([]string, len(samples))
	err = parallel.Each(ctx, len(samples), 0, func(k int) (err error) {
		tests[k], reasons[k], err = m.test(ctx, &samples[k])
		return err
	})
	if err != nil {
		return nil, err
	}
	for k, reason := range reasons {
		if reason != "" {
			m.LeftOut = append(m.LeftOut, fmt.Sprintf("%s is not tested: %s.", samples[k].name, reason))
			continue
		}
		m.Features = append(m.Features, tests[k])
	}
	if len(m.Features) == 0 {
		why := strings.Join(m.LeftOut[:min(3, len(m.LeftOut))], " ")
		return nil, fmt.Errorf("no column can be tested: %s", strings.TrimSuffix(why, "."))
	}
	if err := m.adjust(); err != nil {
		return nil, err
	}
	for k := range m.Features {
		m.Features[k].Verdict = m.judge(&m.Features[k])
	}
	m.rank()
	return m, nil
}

// rank puts the columns in the order of their effects.
func (m *Means) rank() {
	sort.SliceStable(m.Features, func(i, j int) bool {
		return strength(m.Features[i].Tests[0].Effect.Value) > strength(m.Features[j].Tests[0].Effect.Value)
	})
}

// checkReplicates refuses resampling that would take minutes.
func (o *TTestOptions) checkReplicates(samples []meanSample) error {
	for _, n := range []int{o.Permutations, o.Bootstraps} {
		if n > 0 && n < stats.LeastReplicates {
			return designErrorf("%s tell little: ask for at least %d", plural(int64(n), "replicate"), stats.LeastReplicates)
		}
	}
	var values int64
	for i := range samples {
		values += samples[i].values.Total()
	}
	replicates := int64(max(o.Permutations, o.Bootstraps))
	if most := stats.MaxResampled / max(values, 1); replicates > most {
		return designErrorf("%s of %s take too long: ask for at most %s, or for fewer columns with --feature",
			plural(replicates, "replicate"), plural(values, "value"), grouped(most))
	}
	return nil
}

// adjust adjusts the p-values of each kind of test over the columns.
func (m *Means) adjust() error {
	for kind := RawMeans; kind <= Permuted; kind++ {
		var family []*NamedTest
		for k := range m.Features {
			if t, ok := m.Features[k].Test(kind); ok {
				family = append(family, t)
			}
		}
		err := adjust(m.Options.Adjust, len(family), func(k int) (*stats.Result, *float64, *float64) {
			return &family[k].Result, &family[k].PAdjusted, &family[k].Log10PAdjusted
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A meanSample is the values of one column that are to be tested.
type meanSample struct {
	name    string
	kind    dataset.Kind
	values  stats.Tally // by sample
	missing []int64     // of each sample
}

// gather scans the source for the samples of the design.
func (m *Means) gather(ctx context.Context, src dataset.Source) ([]meanSample, error) {
	switch m.Options.Design {
	case PairedSample:
		return m.gatherPairs(ctx, src)
	case OneSample:
		m.Groups = []string{"all rows"}
		return m.gatherGroups(ctx, src, &groupCounter{regrouped: regrouped{Counts: dataset.Counts{By: -1}}, groups: 1})
	}
	c, err := m.findGroups(src.Schema())
	if err != nil {
		return nil, err
	}
	return m.gatherGroups(ctx, src, c)
}

// findGroups settles the two groups.
func (m *Means) findGroups(s *dataset.Schema) (*groupCounter, error) {
	classes, err := FindClasses(s, m.Options.Normal)
	if err != nil {
		return nil, err
	}
	if m.Options.By == "" {
		if !classes.Known() {
			return nil, designErrorf("two groups are needed: name a column with --by, or a label that tells normal rows from attacks with --label and --normal")
		}
		return m.byClass(s, &classes)
	}
	by, err := s.Resolve(m.Options.By)
	if err != nil {
		return nil, fmt.Errorf("--by: %w", err)
	}
	return m.byLevel(s, by)
}

// byClass makes groups of the classes of the label.
func (m *Means) byClass(s *dataset.Schema, classes *Classes) (*groupCounter, error) {
	m.By, m.Groups = classes.Name, []string{NormalClass, AttackClass}
	if len(m.Options.Groups) > 0 {
		if sorted := slices.Sorted(slices.Values(m.Options.Groups)); !slices.Equal(sorted, []string{AttackClass, NormalClass}) {
			return nil, designErrorf("--group: the label makes the groups %s and %s; for others, name their column with --by", NormalClass, AttackClass)
		}
		m.Groups = m.Options.Groups
	}
	return newGroupCounter(s, classes.Column, m.Options.Budget, 2, func(level string) int {
		return slices.Index(m.Groups, classes.Of(level))
	}), nil
}

// byLevel makes groups of two levels of a column.
func (m *Means) byLevel(s *dataset.Schema, by int) (*groupCounter, error) {
	c := &s.Columns[by]
	if c.Dict == nil {
		return nil, designErrorf("--by: column %q holds %s cells; groups need levels (%s)", c.Name, c.Kind, typeFlag(c.Name, dataset.Category))
	}
	levels := c.Dict.Levels()
	sort.Strings(levels)
	m.By, m.Groups = c.Name, m.Options.Groups
	if len(m.Groups) == 0 {
		if len(levels) != 2 {
			return nil, designErrorf("column %q has %s (%s); name two of them with --group", c.Name, plural(int64(len(levels)), "level"), listed(levels, 8))
		}
		m.Groups = levels
	}
	if len(m.Groups) != 2 || m.Groups[0] == m.Groups[1] {
		return nil, designErrorf("--group: name two different levels of %q", c.Name)
	}
	for _, g := range m.Groups {
		if !slices.Contains(levels, g) {
			return nil, designErrorf("--group %s: column %q has no such level; it has %s", g, c.Name, listed(levels, 8))
		}
	}
	return newGroupCounter(s, by, m.Options.Budget, 2, func(level string) int { return slices.Index(m.Groups, level) }), nil
}

// columns returns the columns that are tested: those asked for by name, else numbers
// and flags that are features.
func (m *Means) columns(ctx context.Context, src dataset.Source, by int) ([]int, error) {
	wanted, err := resolve(ctx, src, m.Options.Features)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	if wanted == nil {
		wanted = slices.DeleteFunc(numericAmong(s, nil), func(i int) bool { return s.Columns[i].Role != dataset.Feature })
		if len(wanted) == 0 {
			return nil, fmt.Errorf("no column of numbers is there to be tested")
		}
	}
	if slices.Contains(wanted, by) {
		return nil, designErrorf("column %q makes the groups, so it cannot be tested", s.Columns[by].Name)
	}
	return numericColumns(s, wanted)
}

// shape describes one of the samples.
func shape(name string, values stats.Tally, missing int64) SampleShape {
	moments := values.Moments(0)
	s := SampleShape{Group: name, N: moments.N, Missing: missing, Mean: moments.Mean, SD: moments.SD(),
		Median: values.Quantile(0, 0.5), Skewness: moments.Skewness(), Distance: math.NaN(), Values: values}
	if moments.N == 0 {
		s.Mean = math.NaN()
	}
	if d, err := stats.Lilliefors(values); err == nil {
		s.Distance = d.Statistic.Value
	}
	var err error
	if s.K2, err = stats.DAgostinoK2(values); err != nil {
		s.K2 = stats.NewResult(stats.Result{Method: "D'Agostino K2"}, math.NaN())
	}
	return s
}
