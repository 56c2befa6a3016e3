package eda

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// A SeparationCause is what makes coefficients of a regression infinite: rows all of
// which are of one class.
type SeparationCause struct {
	Term  string
	Level string // of a category; "" elsewhere
	Rule  string // which rows those are: "flag = RSTOS0", "urgent other than 0"
	Ones  int64
	Zeros int64 // either is 0, unless terms do it together
}

// together is the rule of causes that no term is alone.
const together = "in combination with other terms"

// causes names, for each term with an infinite coefficient, the levels that only one
// class has, or the values.
func causes(f *stats.LogitFit, data *stats.LogitData) []SeparationCause {
	var out []SeparationCause
	for t := range data.Terms {
		term := &data.Terms[t]
		infinite := slices.ContainsFunc(f.Coefficients, func(c stats.LogitCoefficient) bool {
			return c.Term == term.Name && c.State == stats.Infinite
		})
		if !infinite {
			continue
		}
		var found []SeparationCause
		switch {
		case term.Codes != nil && term.Values == nil:
			found = levelCauses(term, data)
		case term.Codes == nil:
			found = valueCauses(term, data)
		}
		if found == nil {
			found = []SeparationCause{{Term: term.Name, Rule: together, Ones: f.Separation.Ones, Zeros: f.Separation.Zeros}}
		}
		out = append(out, found...)
	}
	return out
}

// levelCauses lists the levels that only one class has, the commonest first.
func levelCauses(term *stats.LogitTerm, data *stats.LogitData) (out []SeparationCause) {
	ones, zeros := make([]int64, len(term.Levels)), make([]int64, len(term.Levels))
	for i, code := range term.Codes {
		ones[code] += data.Ones[i]
		zeros[code] += data.Zeros[i]
	}
	for k, level := range term.Levels {
		if (ones[k] == 0) != (zeros[k] == 0) {
			out = append(out, SeparationCause{term.Name, level, term.Name + " = " + level, ones[k], zeros[k]})
		}
	}
	slices.SortStableFunc(out, func(a, b SeparationCause) int { return cmp.Compare(b.Ones+b.Zeros, a.Ones+a.Zeros) })
	return out
}

// valueCauses looks for a border between the classes, or for one class to have all
// values but the commonest.
func valueCauses(term *stats.LogitTerm, data *stats.LogitData) []SeparationCause {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	counts := map[float64]int64{}
	for i, x := range term.Values {
		for class, n := range [2]int64{data.Zeros[i], data.Ones[i]} {
			if n > 0 {
				low[class], high[class] = min(low[class], x), max(high[class], x)
			}
		}
		counts[x] += data.Ones[i] + data.Zeros[i]
	}
	common, most := math.NaN(), int64(0)
	for _, x := range term.Values { // in order, not that of the map
		if counts[x] > most {
			common, most = x, counts[x]
		}
	}
	beyond := func(rule string, inside func(x float64) bool) []SeparationCause {
		c := SeparationCause{Term: term.Name, Rule: term.Name + " " + rule}
		for i, x := range term.Values {
			if inside(x) {
				c.Ones += data.Ones[i]
				c.Zeros += data.Zeros[i]
			}
		}
		if (c.Ones == 0) == (c.Zeros == 0) {
			return nil
		}
		return []SeparationCause{c}
	}
	switch {
	case high[0] < low[1]:
		return beyond(fmt.Sprintf("of at least %s", plainNumber(low[1])), func(x float64) bool { return x >= low[1] })
	case high[1] < low[0]:
		return beyond(fmt.Sprintf("of at most %s", plainNumber(high[1])), func(x float64) bool { return x <= high[1] })
	}
	for _, rule := range []struct {
		text   string
		inside func(x float64) bool
	}{
		{"other than " + plainNumber(common), func(x float64) bool { return x != common }},
		{"above " + plainNumber(min(high[0], high[1])), func(x float64) bool { return x > min(high[0], high[1]) }},
		{"below " + plainNumber(max(low[0], low[1])), func(x float64) bool { return x < max(low[0], low[1]) }},
	} {
		if found := beyond(rule.text, rule.inside); found != nil && min(high[0], high[1]) == max(low[0], low[1]) {
			return found
		}
	}
	return nil
}

// explain turns the errors of a regression into sentences about the table.
func (m *logitModel) explain(err error) error {
	switch {
	case errors.Is(err, stats.ErrTooFew):
		return fmt.Errorf("of the rows that have a value in every term, all are of one class: there is nothing to tell %s from %s by", m.outcome.one, m.outcome.zero)
	case errors.Is(err, stats.ErrTooMany):
		return fmt.Errorf("the terms have too many levels: %w; leave out the one with the most, or merge its levels", err)
	}
	return err
}

// warn says what the reader should know before trusting the fit.
func (l *Logit) warn() {
	say := func(format string, args ...any) { l.Warnings = append(l.Warnings, fmt.Sprintf(format, args...)) }
	for _, fit := range []struct {
		of   *stats.LogitFit
		name string
	}{{l.Fit, "maximum-likelihood"}, {l.Firth, "Firth"}} {
		if fit.of != nil && !fit.of.Converged {
			say("The %s fit has not converged after %d iterations; do not trust it.", fit.name, fit.of.Iterations)
		}
	}
	if l.Firth != nil && !l.Firth.Converged {
		l.Firth, l.FirthCoefficients = nil, nil // what it has reached is no estimate
	}
	var aliased []string
	for i := range l.Fit.Coefficients {
		if c := &l.Fit.Coefficients[i]; c.State == stats.Aliased {
			aliased = append(aliased, c.Name())
		}
	}
	if len(aliased) > 0 {
		say("Dropped because constant, or determined by other terms: %s.", listed(aliased, 8))
	}
	const eventsPerCoefficient = 10 // P. Peduzzi et al. (1996), J. Clin. Epidemiol. 49, 1373–1379
	rarer, coefficients := min(l.Fit.Ones, l.Fit.N-l.Fit.Ones), l.Fit.Rank()-1
	if coefficients > 0 && rarer < int64(eventsPerCoefficient*coefficients) {
		say("There are %s of the rarer class for %s; below %d each, coefficients are biased away from 0 (see --firth).",
			plural(rarer, "row"), plural(int64(coefficients), "coefficient"), eventsPerCoefficient)
	}
	if left := l.Missing; left > 0 {
		say("Left out because a value is missing: %s of %s.", grouped(left), plural(l.Rows, "row"))
	}
	if l.Outside > 0 {
		say("Left out because they are neither %s nor %s: %s.", l.One, l.Zero, plural(l.Outside, "row"))
	}
}
