package eda

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A hypothesisTester tests one hypothesis after the other.
type hypothesisTester struct {
	ctx     context.Context
	src     dataset.Source
	options HypothesesOptions
	label   int // column
	rows    int64
}

func (t *hypothesisTester) stage(name string) {
	if t.options.Stage != nil {
		t.options.Stage(name)
	}
}

// find returns the column with one of those names. A hypothesis without it says so.
func (t *hypothesisTester) find(h *Hypothesis, what string, names []string) (name string, ok bool) {
	s := t.src.Schema()
	for _, wanted := range names {
		if i, err := s.Resolve(wanted); err == nil && i != t.label {
			return s.Columns[i].Name, true
		}
	}
	h.cannot(fmt.Errorf("there is no column of the %s (%s)", what, strings.Join(names, ", ")))
	return "", false
}

// gaveUp turns the reason why an analysis has no answer into a sentence; what keeps
// the source from being read remains an error.
func (t *hypothesisTester) gaveUp(h *Hypothesis, err error) error {
	var unread *fs.PathError
	if err == nil || t.ctx.Err() != nil || errors.As(err, &unread) {
		return err
	}
	h.cannot(err)
	return nil
}

// notTested begins a sentence about what is not tested.
const notTested = "Not tested: "

// cannot says why something is not tested.
func (h *Hypothesis) cannot(why error) {
	h.Untested = append(h.Untested, notTested+strings.TrimSuffix(why.Error(), ".")+".")
}

// number returns the place of a column of numbers.
func (t *hypothesisTester) number(name string) (int, error) {
	s := t.src.Schema()
	i, err := s.Resolve(name)
	if err == nil {
		_, err = numericColumns(s, []int{i})
	}
	return i, err
}

// volume compares the bytes of both directions between the classes, and between the
// categories of attacks.
func (t *hypothesisTester) volume(h *Hypothesis) error {
	for _, c := range []struct {
		what  string
		names []string
	}{{"bytes sent", sentBytesNames}, {"bytes received", receivedBytesNames}} {
		name, ok := t.find(h, c.what, c.names)
		if !ok {
			continue
		}
		if _, err := t.number(name); err != nil {
			h.cannot(err)
			continue
		}
		h.Columns = append(h.Columns, name)
	}
	if len(h.Columns) == 0 {
		return nil
	}
	o := t.options
	m, err := TTest(t.ctx, t.src, TTestOptions{Fetch: o.Fetch, Features: h.Columns, Normal: o.Normal, Level: o.Level, Adjust: o.Adjust})
	if err != nil {
		return t.gaveUp(h, err)
	}
	t.rows = m.Rows
	h.Means, h.Untested = m, append(h.Untested, m.LeftOut...)
	for i := range m.Features {
		h.addMeans(&m.Features[i])
	}
	a, err := AnalyzeVariance(t.ctx, t.src, AnovaOptions{Features: h.Columns, Normal: o.Normal, Level: o.Level, Adjust: o.Adjust})
	if err != nil {
		return t.gaveUp(h, err)
	}
	if len(a.Groups) < 3 { // of two groups it is what the means and ranks have said already
		h.cannot(errors.New("differences between the categories of attacks, of which these rows have one"))
		return nil
	}
	h.Variance = a
	for i := range a.Features {
		h.addVariance(&a.Features[i])
	}
	slices.SortStableFunc(h.Tests, func(a, b HypothesisTest) int {
		return slices.Index(h.Columns, a.Feature) - slices.Index(h.Columns, b.Feature)
	})
	return nil
}

// addMeans adds the tests of two means; ranks lead where there are any.
func (h *Hypothesis) addMeans(f *MeanTest) {
	_, ranked := f.Test(Ranks)
	for _, kind := range []TestKind{RawMeans, LogMeans, Ranks} {
		r, ok := f.Test(kind)
		if !ok {
			continue
		}
		t := HypothesisTest{Feature: f.Name, Name: "Welch's t", Leads: kind == Ranks || kind == RawMeans && !ranked, Result: r.Result}
		switch kind {
		case LogMeans:
			t.Name += ", log(1+x)"
			t.Effect.Name += " of logs"
		case Ranks:
			t.Name = "Mann-Whitney"
		}
		h.Tests = append(h.Tests, t)
	}
}

// addVariance adds the tests of the categories.
func (h *Hypothesis) addVariance(f *AnovaFeature) {
	t := HypothesisTest{Feature: f.Name, Name: "Fisher's F", Result: f.F}
	t.Effect.Name = "η² of means"
	h.Tests = append(h.Tests, t)
	if f.Ranks != nil {
		t = HypothesisTest{Feature: f.Name, Name: "Kruskal-Wallis", Result: *f.Ranks}
		t.Effect.Name = "ε² of ranks"
		h.Tests = append(h.Tests, t)
	}
}

// levels tests whether the levels of a column are independent of the class.
func (t *hypothesisTester) levels(h *Hypothesis, what string, names []string) error {
	name, ok := t.find(h, what, names)
	if !ok {
		return nil
	}
	d, err := TestIndependence(t.ctx, t.src, IndependenceOptions{Features: []string{name}, Normal: t.options.Normal,
		TableOptions: TableOptions{Level: t.options.Level, Adjust: t.options.Adjust, Seed: 1}})
	if err != nil {
		return t.gaveUp(h, err)
	}
	t.rows = d.Rows
	h.Columns, h.Counts = []string{name}, d.Tests[0]
	r := h.Counts.Soundest()
	r.Effect = h.Counts.Pearson.Effect
	short := "chi-square"
	switch {
	case h.Counts.Sparse() && h.Counts.Exact != nil:
		short = "Fisher's exact"
	case h.Counts.Sparse() && h.Counts.Simulated != nil:
		short += ", simulated"
	}
	h.Tests = append(h.Tests, HypothesisTest{Feature: name, Name: short, Leads: true, Result: r})
	return nil
}

// flag explains the class by the flag of the connection.
func (t *hypothesisTester) flag(h *Hypothesis) error {
	name, ok := t.find(h, "flag", flagNames)
	if !ok {
		return nil
	}
	l, err := t.regress(h, name)
	if l == nil || err != nil {
		return err
	}
	r := l.Fit.Test()
	if math.IsNaN(r.P) {
		h.cannot(fmt.Errorf("%s does not vary", name))
		return nil
	}
	h.Columns, h.Regressions = []string{name}, []*Logit{l}
	d := 2*l.AUC - 1
	word, rule := stats.RankBiserialMagnitude(d)
	r.Effect = stats.Effect{Name: "Somers' D", Value: d, Magnitude: word, Rule: rule,
		CI: stats.Interval{Low: 2*l.AUCInterval.Low - 1, High: 2*l.AUCInterval.High - 1, Level: l.AUCInterval.Level}}
	h.Tests = append(h.Tests, HypothesisTest{Feature: name, Name: "likelihood ratio", Leads: true, Result: r})
	return nil
}

// urgent explains the class by whether there are urgent packets, and by their number.
func (t *hypothesisTester) urgent(h *Hypothesis) error {
	name, ok := t.find(h, "urgent packets", urgentNames)
	if !ok {
		return nil
	}
	n, err := t.countPositive(name)
	if err == nil && n == 0 {
		err = fmt.Errorf("%s is above 0 in no row", name)
	}
	if err != nil {
		return t.gaveUp(h, err)
	}
	h.Columns, h.Positive = []string{name}, n
	for i, term := range []string{"positive(" + name + ")", name} {
		l, err := t.regress(h, term)
		if err != nil {
			return err
		}
		if l == nil {
			continue
		}
		r, ok := l.slope()
		if !ok {
			h.cannot(fmt.Errorf("%s does not vary, or no slope can be found for it", term))
			continue
		}
		h.Regressions = append(h.Regressions, l)
		h.Tests = append(h.Tests, HypothesisTest{Feature: term, Name: "Wald", Leads: i == 0, Result: r})
	}
	return nil
}

// regress explains the class by one term; nil if that cannot be done.
func (t *hypothesisTester) regress(h *Hypothesis, term string) (*Logit, error) {
	o := t.options
	l, err := FitLogit(t.ctx, t.src, LogitOptions{Terms: []string{term}, Normal: o.Normal, Level: o.Level, Adjust: o.Adjust, Rows: o.Rows, Fetch: o.Fetch})
	if err != nil {
		return nil, t.gaveUp(h, err)
	}
	t.rows = l.Rows
	return l, nil
}

// countPositive counts the rows in which a column of numbers is above 0.
func (t *hypothesisTester) countPositive(name string) (n int64, err error) {
	i, err := t.number(name)
	if err != nil {
		return 0, err
	}
	counts := &dataset.Counts{By: -1, Needed: []int{i}}
	if err := t.src.Scan(t.ctx, counts); err != nil {
		return 0, err
	}
	values, err := counts.Tally(i, 0)
	if err != nil {
		return 0, err
	}
	for k, x := range values.Values {
		if x > 0 {
			n += values.Counts[0][k]
		}
	}
	return n, nil
}

// slope returns the test of the only coefficient of a regression with the odds ratio
// of a standard deviation, or of 1 against 0: by Firth's method where the classes are
// separated. It is false if there is no such coefficient.
func (l *Logit) slope() (stats.Result, bool) {
	if len(l.Fit.Coefficients) != 2 {
		return stats.Result{}, false
	}
	c, r := &l.Fit.Coefficients[1], l.Coefficients[1]
	if c.State == stats.Infinite && l.Firth != nil {
		c, r = &l.Firth.Coefficients[1], l.FirthCoefficients[1]
	}
	r.Effect = c.Scaled(l.Terms[0].SD)
	if l.Terms[0].SD != 1 {
		r.Effect.Name += " per SD"
	}
	return r, c.State == stats.Estimated
}
