package eda

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// LogitOptions choose a logistic regression.
type LogitOptions struct {
	// Terms are columns by any spelling; log1p, std or positive of one; or products
	// of those, as in flag:logged_in. Empty: every column that may be used.
	Terms      []string
	References []string // column=level: the level that others are compared with; else the commonest

	Normal []string // levels of the label that mean normal; empty: found by name
	By     string   // column that divides the rows instead of the label; "": none
	Groups []string // its level whose odds are modelled, and the one it is compared with

	Level   float64           // confidence level; 0: 0.95
	Adjust  stats.Adjustment  // of p-values over all columns, see ScreenLogit; zero: none
	Errors  stats.LogitErrors // standard errors
	Cluster string            // column whose levels are the clusters of clustered errors
	Profile bool              // intervals from the profile of the likelihood instead of standard errors
	Firth   bool              // fit by Firth's method too, even where the plain estimates exist
	Cutoff  float64           // probability from which a row is classed as the first class; 0: 0.5
	Bins    int               // of calibration; 0: 10
	Rows    int               // most influential rows listed
	Fetch   Fetch             // rows of an engine for what it neither counts nor adds up

	Stage func(name string) // told what is being done, for progress; may be nil
}

// A Logit is the logistic regression of a class on some terms.
type Logit struct {
	Rows    int64  // of the table
	Missing int64  // rows left out because a value is missing
	Outside int64  // rows left out because they are of neither class
	Outcome string // column that says the class
	One     string // the class whose odds are modelled
	Zero    string
	Terms   []LogitTerm
	Fit     *stats.LogitFit // by maximum likelihood
	Firth   *stats.LogitFit // by Firth's method; nil unless asked for, or the classes are separated

	// Intervals and tests of the coefficients of either fit: Wald's, or of profiles.
	Coefficients, FirthCoefficients []stats.Result

	Causes      []SeparationCause
	Scores      stats.Tally // fitted probabilities of both classes
	AUC         float64
	AUCInterval stats.Interval
	Cuts        []stats.Cut
	Cutoff      float64
	Bins        []stats.CalibrationBin
	Calibrated  stats.Result
	Influence   []InfluentialRow
	Warnings    []string
	Summed      bool // a database has added up the rows: of what needs each of them, no more is known than Warnings say
}

// A LogitTerm is a term of a regression with its test.
type LogitTerm struct {
	Name      string
	Reference string // of a category: the level that the others are compared with
	Levels    int    // of a category
	Test      stats.Result
	SD        float64 // of a quantity, 1 of one that is 0 or 1; NaN for a category or a slope for each level
	VIF       float64 // generalised; NaN if the term has no estimated coefficient
	DF        int     // its estimated coefficients
}

// An InfluentialRow is a row that moves the fit.
type InfluentialRow struct {
	stats.LogitInfluence
	Row, Line int64 // of the first such row, from 1; 0 if unknown
}

// maxLogitCells bounds the memory that a regression takes for the cells of its
// columns: eight bytes each, and about three times as much on the way.
const maxLogitCells = 1 << 25

// FitLogit explains the class of the rows by some terms, and looks at the fit from
// all sides. Rows that miss a value are left out. Where the classes are separated,
// Causes names what separates them, and Firth's fit is made too.
//
// Of an engine the rows are fetched that differ in class or terms, and how often each
// occurs; where these are too many, the engine adds them up if it is dataset.Likely, and Summed
// is set; else, a sample is fitted.
//
// It is an error if a column does not exist (*dataset.NameError), cannot be a term
// (*TermError) or cannot be divided into two classes (*GroupError), and if a class
// has no rows.
func FitLogit(ctx context.Context, src dataset.Source, o LogitOptions) (*Logit, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	m, err := newLogitModel(src.Schema(), o)
	if err != nil {
		return nil, err
	}
	leftOut, err := m.all()
	if err != nil {
		return nil, err
	}
	m.stage("reading the columns")
	g, err := m.read(ctx, src)
	if err != nil {
		return nil, err
	}
	out := &Logit{Rows: g.rows, Outcome: m.outcome.name, One: m.outcome.one, Zero: m.outcome.zero,
		Cutoff: o.Cutoff, Warnings: append(g.warnings("regression"), leftOut...)}
	if out.Cutoff == 0 {
		out.Cutoff = 0.5
	}
	if g.sums != nil {
		out.Missing, out.Outside = m.missing, m.outside
		return m.fitSums(ctx, g.sums, out)
	}
	data, err := m.data(g.gatherer)
	if err != nil {
		return nil, err
	}
	out.Missing, out.Outside = m.missing, m.outside
	patterns, place := data.Patterns()
	if err := out.fit(ctx, m, patterns); err != nil {
		return nil, err
	}
	m.stage("looking at the fit")
	if err := out.judge(ctx, m); err != nil {
		return nil, err
	}
	return out, out.findRows(ctx, src, g.gatherer, data, place, o.Rows)
}

// A logitModel is a regression that was asked for.
type logitModel struct {
	schema     *dataset.Schema
	options    LogitOptions
	outcome    *binaryOutcome
	terms      []modelTerm
	references map[int]string
	cluster    int // column, −1 for none

	times            []int64 // rows that each gathered one stands for; nil: one
	missing, outside int64
}

func newLogitModel(s *dataset.Schema, o LogitOptions) (*logitModel, error) {
	m := &logitModel{schema: s, options: o, cluster: -1, references: map[int]string{}}
	var err error
	if m.outcome, err = newOutcome(s, o.Normal, o.By, o.Groups); err != nil {
		return nil, err
	}
	if m.terms, err = parseTerms(s, o.Terms); err != nil {
		return nil, err
	}
	for _, t := range m.terms {
		if err := checkModelled(s, t, m.outcome.column); err != nil {
			return nil, err
		}
	}
	if err := m.parseReferences(o.References); err != nil {
		return nil, err
	}
	if o.Cluster != "" {
		if m.cluster, err = s.Resolve(o.Cluster); err != nil {
			return nil, fmt.Errorf("--cluster: %w", err)
		}
		if s.Columns[m.cluster].Kind == dataset.Text {
			return nil, &TermError{o.Cluster, "column " + s.Columns[m.cluster].Name + " holds text, which has no levels to make clusters of"}
		}
	}
	return m, nil
}

// parseReferences reads column=level, for columns with levels that the terms have.
func (m *logitModel) parseReferences(texts []string) error {
	for _, text := range texts {
		name, level, ok := strings.Cut(text, "=")
		if !ok {
			return &TermError{text, "write column=level for a reference"}
		}
		i, err := m.schema.Resolve(name)
		if err != nil {
			return fmt.Errorf("--ref: %w", err)
		}
		used := slices.ContainsFunc(m.terms, func(t modelTerm) bool {
			return slices.ContainsFunc(t.factors, func(f modelFactor) bool { return f.column == i })
		})
		if !used || m.schema.Columns[i].Dict == nil {
			return &TermError{text, "a reference is a level of a category that is a term, and " + m.schema.Columns[i].Name + " is none"}
		}
		m.references[i] = level
	}
	return nil
}

func (m *logitModel) stage(name string) {
	if m.options.Stage != nil {
		m.options.Stage(name)
	}
}

// gatherer gathers the columns of the model.
func (m *logitModel) gatherer(src dataset.Source) *gatherer {
	g := &gatherer{hint: rowsOf(src), fetch: m.options.Fetch}
	g.also(m.outcome.column, m.cluster)
	for _, t := range m.terms {
		for _, f := range t.factors {
			g.also(f.column)
		}
	}
	g.limit = maxLogitCells / len(g.columns)
	return g
}

// data makes the regression's data of the gathered rows, and counts those that are
// left out.
func (m *logitModel) data(g *gatherer) (*stats.LogitData, error) {
	classes := g.of(m.outcome.column)
	cells := make([][][]float64, len(m.terms))
	b := &termBuilder{schema: m.schema, references: m.references, used: make([]bool, len(classes)), times: m.timesOf}
	for k, t := range m.terms {
		for _, f := range t.factors {
			x, err := f.cells(g.of(f.column))
			if err != nil {
				return nil, &TermError{t.name, err.Error()}
			}
			cells[k] = append(cells[k], x)
		}
	}
	out := &stats.LogitData{Ones: make([]int64, len(classes)), Zeros: make([]int64, len(classes))}
	for i, x := range classes {
		switch class := m.outcome.of(x); {
		case x == x && class < 0:
			m.outside += m.timesOf(i)
		case x != x || anyMissing(cells, i) || m.cluster >= 0 && math.IsNaN(g.of(m.cluster)[i]):
			m.missing += m.timesOf(i)
		default:
			b.used[i] = true
			out.Ones[i], out.Zeros[i] = int64(class)*m.timesOf(i), int64(1-class)*m.timesOf(i)
		}
	}
	for k, t := range m.terms {
		term, err := b.build(t, cells[k])
		if err != nil {
			return nil, err
		}
		out.Terms = append(out.Terms, term)
	}
	if m.cluster >= 0 {
		out.Cluster = clustersOf(g.of(m.cluster))
	}
	return out, nil
}

func anyMissing(cells [][][]float64, row int) bool {
	for _, term := range cells {
		for _, x := range term {
			if math.IsNaN(x[row]) {
				return true
			}
		}
	}
	return false
}

// clustersOf numbers the different values of a column as they appear.
func clustersOf(cells []float64) []int {
	number := map[float64]int{}
	out := make([]int, len(cells))
	for i, x := range cells {
		if math.IsNaN(x) {
			continue
		}
		n, known := number[x]
		if !known {
			n = len(number)
			number[x] = n
		}
		out[i] = n
	}
	return out
}

// fit fits the model, and by Firth's method too where that is needed.
func (l *Logit) fit(ctx context.Context, m *logitModel, data *stats.LogitData) (err error) {
	m.stage("fitting")
	o := stats.LogitOptions{Level: m.options.Level, Errors: m.options.Errors, Workers: runtime.GOMAXPROCS(0)}
	if l.Fit, err = stats.FitLogit(ctx, data, o); err != nil {
		return m.explain(err)
	}
	if l.Coefficients, err = coefficientTests(ctx, l.Fit, m.options.Profile); err != nil {
		return err
	}
	if l.Fit.Separation.Kind != stats.Overlap {
		l.Causes = causes(l.Fit, data)
	}
	if m.options.Firth || l.Fit.Separation.Kind != stats.Overlap {
		m.stage("fitting by Firth's method")
		o.Firth = true
		if l.Firth, err = stats.FitLogit(ctx, data, o); err != nil {
			return err
		}
		if l.FirthCoefficients, err = coefficientTests(ctx, l.Firth, m.options.Profile); err != nil {
			return err
		}
	}
	return l.addTerms(ctx, m, data.Terms, func(term int) float64 { return unitOf(data, term) })
}

// addTerms tests the terms. unit returns the change of a quantity by which they compare.
func (l *Logit) addTerms(ctx context.Context, m *logitModel, terms []stats.LogitTerm, unit func(term int) float64) error {
	m.stage("testing terms")
	tests, err := l.Fit.TermTests(ctx)
	if err != nil {
		return err
	}
	factors, df := l.Fit.VIF()
	for k := range terms {
		t := LogitTerm{Name: terms[k].Name, Test: tests[k], SD: unit(k), VIF: factors[k], DF: df[k]}
		if levels := terms[k].Levels; levels != nil {
			t.Levels, t.Reference = len(levels), levels[terms[k].Ref]
		}
		l.Terms = append(l.Terms, t)
	}
	return nil
}

// coefficientTests returns the tests of all coefficients by their standard errors or
// profiles.
func coefficientTests(ctx context.Context, f *stats.LogitFit, profile bool) ([]stats.Result, error) {
	out := make([]stats.Result, len(f.Coefficients))
	for j := range out {
		out[j] = f.Coefficients[j].Result
		if !profile || f.Coefficients[j].State == stats.Aliased {
			continue
		}
		var err error
		if out[j], err = f.Profile(ctx, j); err != nil {
			return nil, fmt.Errorf("profile of %s: %w", f.Coefficients[j].Name(), err)
		}
	}
	return out, nil
}

// judge computes curves, calibration and warnings.
func (l *Logit) judge(ctx context.Context, m *logitModel) (err error) {
	if l.Scores, err = l.Fit.Scores(l.One, l.Zero); err != nil {
		return err
	}
	if l.Cuts, err = stats.Cuts(l.Scores); err != nil {
		return err
	}
	level := orDefault(m.options.Level)
	if l.AUC, l.AUCInterval, err = stats.DeLong(l.Scores, level); undefined(err) {
		l.AUCInterval, err = stats.Interval{Low: math.NaN(), High: math.NaN(), Level: level}, nil
	}
	bins := m.options.Bins
	if bins == 0 {
		bins = 10
	}
	l.Bins = l.Fit.Calibration(bins)
	l.Calibrated = l.Fit.HosmerLemeshow(l.Bins)
	l.warn()
	return err
}
