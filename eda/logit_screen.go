package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sort"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/stats"
)

// A LogitScreen is one logistic regression for each column, alone.
type LogitScreen struct {
	Rows     int64
	Outcome  string
	One      string
	Zero     string
	Models   []LogitAlone // by falling part of deviance
	LeftOut  []string     // columns without a model and why, in sentences
	Warnings []string
}

// A LogitAlone is the regression of the class on one column.
type LogitAlone struct {
	Column         dataset.Column
	stats.Result           // the likelihood-ratio test; the effect is the part of deviance
	PAdjusted      float64 // over all columns
	Log10PAdjusted float64
	AUC            float64
	AUCInterval    stats.Interval
	OddsRatio      stats.Effect // of numbers: per standard deviation; of flags: of 1 against 0; NaN for categories
	Missing        int64
	Causes         []SeparationCause
	Converged      bool
}

// ScreenLogit explains the class by each column alone, over the rows that have its
// value, and ranks the columns by how much of the deviance they take away: part of
// the uncertainty that a probability fitted to them removes. Features are all that
// may be used to tell the classes apart, unless some are named in Terms. A number
// counts with one slope; where its effect is no line, its part is too small, and
// log1p or a cut at a limit may show more.
//
// Errors are those of FitLogit.
func ScreenLogit(ctx context.Context, src dataset.Source, o LogitOptions) (*LogitScreen, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	s := src.Schema()
	m, err := newLogitModel(s, o)
	if err != nil {
		return nil, err
	}
	out := &LogitScreen{Outcome: m.outcome.name, One: m.outcome.one, Zero: m.outcome.zero}
	if out.LeftOut, err = m.all(); err != nil {
		return nil, err
	}
	m.stage("reading the columns")
	gathered, err := m.readEach(ctx, src)
	if err != nil {
		return nil, err
	}
	out.Rows = gathered[0].rows
	out.Warnings = m.sampled(gathered)
	m.stage("fitting each column")
	alone, reasons := make([]*LogitAlone, len(m.terms)), make([]string, len(m.terms))
	if out.Warnings, err = m.eachSum(ctx, gathered, alone, reasons, out.Warnings); err != nil {
		return nil, err
	}
	err = parallel.Each(ctx, len(m.terms), 0, func(k int) (err error) {
		if gathered[k].sums != nil {
			return nil
		}
		one := *m
		one.terms, one.times = m.terms[k:k+1], gathered[k].times
		alone[k], reasons[k], err = one.alone(ctx, gathered[k].gatherer)
		return err
	})
	if err != nil {
		return nil, err
	}
	for k := range alone {
		if alone[k] == nil {
			out.LeftOut = append(out.LeftOut, reasons[k])
			continue
		}
		out.Models = append(out.Models, *alone[k])
	}
	err = adjust(o.Adjust, len(out.Models), func(k int) (*stats.Result, *float64, *float64) {
		a := &out.Models[k]
		return &a.Result, &a.PAdjusted, &a.Log10PAdjusted
	})
	sort.SliceStable(out.Models, func(i, j int) bool {
		return strength(out.Models[i].Effect.Value) > strength(out.Models[j].Effect.Value)
	})
	return out, err
}

// sampled says which of the columns' regressions use a part of the rows.
func (m *logitModel) sampled(gathered []gathering) []string {
	var names []string
	last := 0
	for k, one := range gathered {
		if len(one.warnings("")) > 0 {
			names, last = append(names, m.terms[k].name), k
		}
	}
	switch len(names) {
	case 0:
		return nil
	case len(gathered):
		return gathered[last].warnings("regressions")
	}
	return gathered[last].warnings("regressions of " + listed(names, mostNamed))
}

// all makes a term of every column that may be used, unless terms were named, and
// says which may not.
func (m *logitModel) all() (leftOut []string, err error) {
	if len(m.terms) > 0 {
		return nil, nil
	}
	for i := range m.schema.Columns {
		c := &m.schema.Columns[i]
		t := modelTerm{c.Name, []modelFactor{{column: i}}}
		if i == m.outcome.column || c.Role == dataset.Label || c.Kind == dataset.Unknown {
			continue
		}
		var wrong *TermError
		if errors.As(checkModelled(m.schema, t, m.outcome.column), &wrong) {
			leftOut = append(leftOut, fmt.Sprintf("%s is left out: %s.", c.Name, wrong.Why))
			continue
		}
		m.terms = append(m.terms, t)
	}
	if len(m.terms) == 0 {
		return nil, errors.New("there is no column to explain the class by")
	}
	return leftOut, nil
}

// alone fits the model's only term; nil with a reason if it has no fit.
func (m *logitModel) alone(ctx context.Context, g *gatherer) (*LogitAlone, string, error) {
	data, err := m.data(g)
	if err != nil {
		return nil, "", err
	}
	patterns, _ := data.Patterns()
	f, err := stats.FitLogit(ctx, patterns, stats.LogitOptions{Level: m.options.Level, Errors: m.options.Errors, Workers: max(1, runtime.GOMAXPROCS(0)/2)})
	if reason, err := m.unfit(f, &data.Terms[0], err); reason != "" || err != nil {
		return nil, reason, err
	}
	a, err := m.aloneOf(f, m.missing)
	if err != nil {
		return nil, "", err
	}
	a.OddsRatio = perDeviation(f, patterns)
	if f.Separation.Kind != stats.Overlap {
		a.Causes = causes(f, patterns)
	}
	return a, "", nil
}

// unfit says why a column has no model, if so.
func (m *logitModel) unfit(f *stats.LogitFit, term *stats.LogitTerm, err error) (reason string, failed error) {
	name := m.terms[0].name
	switch {
	case errors.Is(err, stats.ErrTooMany):
		return fmt.Sprintf("%s is left out: it has %s, too many for a model.", name, plural(int64(len(term.Levels)), "level")), nil
	case errors.Is(err, stats.ErrTooFew):
		return fmt.Sprintf("%s is left out: only one class has a value.", name), nil
	case err != nil:
		return "", err
	case f.Rank() < 2:
		return fmt.Sprintf("%s is left out: all values are equal.", name), nil
	}
	return "", nil
}

// aloneOf returns what a fit of the model's only term says, but for its odds ratio and what
// separates the classes.
func (m *logitModel) aloneOf(f *stats.LogitFit, missing int64) (*LogitAlone, error) {
	col := m.schema.Columns[m.terms[0].factors[0].column]
	col.Name = m.terms[0].name
	a := &LogitAlone{Column: col, Result: f.Test(), Missing: missing, Converged: f.Converged}
	scores, err := f.Scores(m.outcome.one, m.outcome.zero)
	if err != nil {
		return nil, err
	}
	if a.AUC, a.AUCInterval, err = stats.DeLong(scores, orDefault(m.options.Level)); err != nil && !undefined(err) {
		return nil, err
	}
	return a, nil
}

// perDeviation returns the odds ratio of a single quantity: of 1 against 0 if it has
// no other values, else of a standard deviation; undefined for a category.
func perDeviation(f *stats.LogitFit, data *stats.LogitData) stats.Effect {
	return f.Coefficients[1].Scaled(unitOf(data, 0))
}

// unitOf returns the change of a quantity by which terms compare: its standard
// deviation, or 1 if all its values are 0 and 1; NaN for other terms.
func unitOf(data *stats.LogitData, term int) float64 {
	t := &data.Terms[term]
	if t.Codes != nil {
		return math.NaN()
	}
	var moments stats.Moments
	flag := true
	for i, x := range t.Values {
		moments.AddN(x, data.Ones[i]+data.Zeros[i])
		flag = flag && (x == 0 || x == 1)
	}
	if flag {
		return 1
	}
	return moments.SD()
}
