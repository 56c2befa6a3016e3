package eda

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/netanom/netanom/stats"
)

// summedCauses is causes of rows that an engine adds up.
func summedCauses(ctx context.Context, f *stats.LogitFit, data *stats.LogitSums) (out []SeparationCause, err error) {
	counts := &stats.LogitData{Terms: data.Terms, Ones: data.Ones, Zeros: data.Zeros}
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
		case data.Quantity[t] < 0:
			found = levelCauses(term, counts)
		case term.Codes == nil:
			if found, err = summedValueCauses(ctx, f, data, t); err != nil {
				return nil, err
			}
		}
		if found == nil {
			found = []SeparationCause{{Term: term.Name, Rule: together, Ones: f.Separation.Ones, Zeros: f.Separation.Zeros}}
		}
		out = append(out, found...)
	}
	return out, nil
}

// summedValueCauses is valueCauses: a border between the classes, or a value beyond which
// there is but one class.
func summedValueCauses(ctx context.Context, f *stats.LogitFit, data *stats.LogitSums, t int) ([]SeparationCause, error) {
	q, name := data.Quantity[t], data.Terms[t].Name
	low, high, err := data.Ranges(ctx, q)
	if err != nil {
		return nil, err
	}
	rule := func(text string, ones, zeros int64) []SeparationCause {
		if (ones == 0) == (zeros == 0) {
			return nil
		}
		return []SeparationCause{{Term: name, Rule: name + " " + text, Ones: ones, Zeros: zeros}}
	}
	switch border := min(high[0], high[1]); {
	case high[0] < low[1]:
		return rule("of at least "+roundNumber(low[1]), f.Ones, 0), nil
	case high[1] < low[0]:
		return rule("of at most "+roundNumber(high[1]), f.Ones, 0), nil
	case border != max(low[0], low[1]):
		return nil, nil
	default:
		above, err := data.Beyond(ctx, q, border, 1)
		if err != nil {
			return nil, err
		}
		below, err := data.Beyond(ctx, q, border, -1)
		if err != nil {
			return nil, err
		}
		ones, zeros := above[1]+below[1], above[0]+below[0]
		between := above[0]+above[1] > 0 && below[0]+below[1] > 0
		if between || 2*(ones+zeros) < f.N { // the border is a value of its own, or the commonest
			if found := rule("other than "+roundNumber(border), ones, zeros); found != nil {
				return found, nil
			}
		}
		if found := rule("above "+roundNumber(border), above[1], above[0]); found != nil {
			return found, nil
		}
		return rule("below "+roundNumber(border), below[1], below[0]), nil
	}
}

// roundNumber writes a number that was computed: without the digits that rounding has made.
func roundNumber(x float64) string {
	const digits = 12
	if rounded, err := strconv.ParseFloat(fmt.Sprintf("%.*g", digits, x), 64); err == nil && math.Abs(rounded-x) <= 1e-9*math.Abs(x) {
		x = rounded
	}
	return plainNumber(x)
}
