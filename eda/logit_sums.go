package eda

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A summedLogit is a regression whose rows an engine adds up, because too many of them
// differ to be fetched.
type summedLogit struct {
	rows, missing int64
	data          *stats.LogitSums
	flags         []bool // by term: a quantity that is 0 or 1
}

// maxSummedPatterns is how many combinations of levels a regression may have that an engine adds
// up: each makes its statements longer.
const maxSummedPatterns = 1 << 13

// sums returns the regression as the engine adds it up; nil if it cannot: because it has
// no way to, because of clusters, or because the terms' levels have too many combinations.
func (m *logitModel) sums(ctx context.Context, src dataset.Source) (*summedLogit, error) {
	engine, ok := src.(dataset.Likely)
	if !ok || m.cluster >= 0 {
		return nil, nil
	}
	q := dataset.LikelihoodQuery{Class: m.outcome.halves(m.schema), Most: maxSummedPatterns}
	places := m.numbers(&q)
	likelihood, err := m.likelihood(ctx, engine, &q)
	if err != nil || likelihood == nil {
		return nil, err
	}
	if len(likelihood.Ones) == 0 {
		return &summedLogit{rows: likelihood.Rows, missing: likelihood.Missing, data: &stats.LogitSums{Terms: make([]stats.LogitTerm, len(m.terms))}}, nil
	}
	quantities, quantity := m.products(places, likelihood.Quantities)
	if !slices.EqualFunc(quantities, q.Quantities, slices.Equal) {
		q.Quantities = quantities
		if likelihood, err = m.likelihood(ctx, engine, &q); err != nil || likelihood == nil {
			return nil, err
		}
	}
	return m.summed(likelihood, q.Keys, quantity)
}

// numbers adds the columns with levels to a query, and every number of a term as a quantity of its
// own. It returns the places of these.
func (m *logitModel) numbers(q *dataset.LikelihoodQuery) map[modelFactor]int {
	places := map[modelFactor]int{}
	for _, t := range m.terms {
		for _, f := range t.factors {
			if m.schema.Columns[f.column].Dict != nil {
				if !slices.Contains(q.Keys, f.column) {
					q.Keys = append(q.Keys, f.column)
				}
				continue
			}
			if _, known := places[f]; !known {
				places[f] = len(q.Quantities)
				q.Quantities = append(q.Quantities, []dataset.Factor{f.asked()})
			}
		}
	}
	return places
}

// asked is a factor as an engine computes it, not standardised.
func (f modelFactor) asked() dataset.Factor {
	functions := map[string]dataset.FactorFunction{"log1p": dataset.Log1p, "positive": dataset.Positive}
	return dataset.Factor{Column: f.column, Function: functions[f.transform]}
}

// likelihood asks an engine for what adds up; nil for too many patterns. It is an error if a
// column has no logarithm that a term is.
func (m *logitModel) likelihood(ctx context.Context, engine dataset.Likely, q *dataset.LikelihoodQuery) (*dataset.Likelihood, error) {
	l, err := engine.Likelihood(ctx, *q)
	if err != nil {
		return nil, err
	}
	for _, t := range m.terms {
		for _, f := range t.factors {
			if f.transform == "log1p" && slices.Contains(l.Undefined, f.column) {
				return nil, &TermError{t.name, errNoLog1p.Error()}
			}
		}
	}
	if l.Full {
		return nil, nil
	}
	return l, nil
}

// products returns the quantities of the terms, each once, and the place of each term's; −1
// if it has none.
func (m *logitModel) products(places map[modelFactor]int, found []stats.Moments) (quantities [][]dataset.Factor, quantity []int) {
	for _, t := range m.terms {
		product := m.product(t, places, found)
		if product == nil {
			quantity = append(quantity, -1)
			continue
		}
		place := slices.IndexFunc(quantities, func(o []dataset.Factor) bool { return slices.Equal(o, product) })
		if place < 0 {
			place, quantities = len(quantities), append(quantities, product)
		}
		quantity = append(quantity, place)
	}
	return quantities, quantity
}

// product returns the factors of a term that are numbers, standardised where that was asked
// for; nil if there are none.
func (m *logitModel) product(t modelTerm, places map[modelFactor]int, found []stats.Moments) (out []dataset.Factor) {
	for _, f := range t.factors {
		if m.schema.Columns[f.column].Dict != nil {
			continue
		}
		asked := f.asked()
		if of := &found[places[f]]; f.transform == "std" && of.SD() > 0 {
			asked.Center, asked.Scale = of.Mean, of.SD()
		}
		out = append(out, asked)
	}
	return out
}

// summed makes the terms of the regression, of columns with levels and of quantities.
func (m *logitModel) summed(l *dataset.Likelihood, keys, quantity []int) (*summedLogit, error) {
	m.missing, m.outside = l.Missing, l.Outside
	out := &summedLogit{rows: l.Rows, missing: l.Missing, data: &stats.LogitSums{Quantity: quantity, Ones: l.Ones, Zeros: l.Zeros, Quantities: l.Quantities, Cutoff: m.options.Cutoff, Adder: l}}
	b := &termBuilder{schema: m.schema, references: m.references, used: slices.Repeat([]bool{true}, len(l.Ones)),
		times: func(pattern int) int64 { return l.Ones[pattern] + l.Zeros[pattern] }}
	for k, t := range m.terms {
		levels := modelTerm{name: t.name}
		var cells [][]float64
		for _, f := range t.factors {
			if key := slices.Index(keys, f.column); key >= 0 {
				codes, err := codesOf(&m.schema.Columns[f.column], l.Levels, key)
				if err != nil {
					return nil, err
				}
				levels.factors, cells = append(levels.factors, f), append(cells, codes)
			}
		}
		term, err := b.build(levels, cells)
		if err != nil {
			return nil, err
		}
		out.data.Terms = append(out.data.Terms, term)
		out.flags = append(out.flags, quantity[k] >= 0 && isFlag(&l.Quantities[quantity[k]]))
	}
	return out, nil
}

// codesOf returns the codes of the levels of patterns.
func codesOf(c *dataset.Column, levels [][]string, key int) ([]float64, error) {
	out := make([]float64, len(levels))
	for i := range levels {
		code, known := c.Dict.Lookup(levels[i][key])
		if !known {
			return nil, fmt.Errorf("column %q has a level %q that it did not have before; the table changes while it is read, so leave out what is still being added with --where", c.Name, levels[i][key])
		}
		out[i] = float64(code)
	}
	return out, nil
}

// isFlag reports whether all numbers are 0 or 1: only of such are the squares the numbers
// themselves.
func isFlag(m *stats.Moments) bool {
	const rounding = 1e-11
	n := float64(m.N)
	return m.Min >= 0 && m.Max <= 1 && math.Abs(n*m.Mean*(1-m.Mean)-m.M2) <= rounding*n*m.Mean &&
		(m.Min == 0 || m.Min == 1) && (m.Max == 0 || m.Max == 1)
}

// unit is unitOf a term.
func (s *summedLogit) unit(term int) float64 {
	switch {
	case s.data.Terms[term].Codes != nil:
		return math.NaN()
	case s.flags[term]:
		return 1
	}
	return s.data.Quantities[s.data.Quantity[term]].SD()
}

// fitSums fits the model to all rows of an engine, which adds them up.
func (m *logitModel) fitSums(ctx context.Context, s *summedLogit, out *Logit) (*Logit, error) {
	m.stage("fitting")
	var err error
	if out.Fit, err = stats.FitLogitSums(ctx, s.data, m.summedOptions()); err != nil {
		return nil, m.explain(err)
	}
	for j := range out.Fit.Coefficients {
		out.Coefficients = append(out.Coefficients, out.Fit.Coefficients[j].Result)
	}
	if out.Fit.Separation.Kind != stats.Overlap {
		if out.Causes, err = summedCauses(ctx, out.Fit, s.data); err != nil {
			return nil, err
		}
	}
	if err := out.addTerms(ctx, m, s.data.Terms, s.unit); err != nil {
		return nil, err
	}
	m.stage("looking at the fit")
	out.Summed = true
	out.Warnings = append(out.Warnings, out.summedWarnings(m)...)
	return out, out.judge(ctx, m)
}

func (m *logitModel) summedOptions() stats.LogitOptions {
	return stats.LogitOptions{Level: m.options.Level, Errors: m.options.Errors}
}

// summedWarnings says what is not known of the rows that an engine adds up.
func (l *Logit) summedWarnings(m *logitModel) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	say("The database adds up the rows, which differ too much to be fetched; fitted probabilities are known in narrow bins. The AUC is exact to %s; its interval, the curves and the calibration are so to the bin.",
		roundedUp(l.Fit.AUCError()))
	if m.options.Rows > 0 {
		say("Rows that move the fit are not listed: that takes the rows themselves.")
	}
	if m.options.Profile {
		say("Intervals and p are by standard errors: profiles of the likelihood take the rows themselves.")
	}
	switch separated := l.Fit.Separation.Kind != stats.Overlap; {
	case separated:
		say("Firth's method, whose estimates exist although the classes are separated, takes the rows themselves: fit a part of them, with --where.")
	case m.options.Firth:
		say("There is no fit by Firth's method, which takes the rows themselves: fit a part of them, with --where.")
	}
	if suspects := l.Fit.Separation.Suspected; len(suspects) > 0 {
		say("The classes may be separated by %s: the fit is all but certain of the rows that tell of these coefficients; do not trust them.", listed(suspects, 8))
	}
	return out
}

// roundedUp writes an error bound with one digit, that is no smaller.
func roundedUp(x float64) string {
	const least = 1e-12 // rounding
	x = max(x, least)
	exponent := math.Floor(math.Log10(x))
	return fmt.Sprintf("%.0fe%.0f", math.Ceil(x/math.Pow(10, exponent)), exponent)
}

// eachSum fits those columns alone that an engine adds up, one after the other, and adds to
// warnings what is not known of these fits.
func (m *logitModel) eachSum(ctx context.Context, gathered []gathering, alone []*LogitAlone, reasons, warnings []string) ([]string, error) {
	worst, summed := 0.0, 0
	for k := range gathered {
		s := gathered[k].sums
		if s == nil {
			continue
		}
		one := *m
		one.terms = m.terms[k : k+1]
		f, err := stats.FitLogitSums(ctx, s.data, one.summedOptions())
		if reasons[k], err = one.unfit(f, &s.data.Terms[0], err); err != nil {
			return nil, err
		}
		if reasons[k] != "" {
			continue
		}
		if alone[k], err = one.aloneOf(f, s.missing); err != nil {
			return nil, err
		}
		alone[k].OddsRatio = f.Coefficients[1].Scaled(s.unit(0))
		if f.Separation.Kind != stats.Overlap {
			if alone[k].Causes, err = summedCauses(ctx, f, s.data); err != nil {
				return nil, err
			}
		}
		worst, summed = max(worst, f.AUCError()), summed+1
	}
	if summed > 0 {
		warnings = append(warnings, fmt.Sprintf("The database adds up the rows for %s, of which too many values differ to be fetched; their AUC is exact to %s.",
			plural(int64(summed), "column"), roundedUp(worst)))
	}
	return warnings, nil
}
