package stats

import (
	"fmt"
	"math"
	"slices"
)

// A CorrelatedColumns is what is known of two columns that something else went
// through. Only what the method needs is looked at.
type CorrelatedColumns struct {
	Comoments Comoments // for Pearson: of both columns over the rows that have both; for Spearman: of their midranks among these rows
	Tau       TauB      // for Kendall
	Rows      int64     // rows there were, those that miss a value among them
}

// CorrelationsFrom returns the matrix of columns whose rows are elsewhere, such as in
// a database that sums by itself. pairs has, for i < j, what is known of columns i
// and j at j·(j−1)/2 + i. own has the moments of each column over the rows that have
// it, for the diagonal; M3 and M4 do not matter. It gives the numbers that
// Correlations gives for the rows, but no test of Kendall's τ of a column with itself.
//
// A correlation is NaN where a column does not vary over the rows of the pair, where
// fewer than two rows have both values, and where the cross-products of a pair are
// not finite. The error wraps ErrLengths if there are not as many pairs as the names
// make, or not two columns in one that has rows.
func CorrelationsFrom(method CorrelationMethod, names []string, own []Moments, pairs []CorrelatedColumns) (CorrelationMatrix, error) {
	k := len(names)
	if int(method) >= len(correlationNames) {
		return CorrelationMatrix{}, fmt.Errorf("unknown correlation method %v", method)
	}
	if len(own) != k || len(pairs) != k*(k-1)/2 {
		return CorrelationMatrix{}, fmt.Errorf("%d names of %d columns and %d pairs: %w", k, len(own), len(pairs), ErrLengths)
	}
	m := CorrelationMatrix{Method: method, Names: slices.Clone(names), pairs: make([]correlationPair, k*k)}
	for j := range k {
		m.pairs[j*k+j] = ownPair(method, own[j])
		for i := range j {
			p, err := pairs[j*(j-1)/2+i].pair(method)
			if err != nil {
				return CorrelationMatrix{}, fmt.Errorf("correlation of %s and %s: %w", names[i], names[j], err)
			}
			m.pairs[i*k+j], m.pairs[j*k+i] = p, p
		}
	}
	return m, nil
}

// ownPair is the entry of a column with itself.
func ownPair(method CorrelationMethod, own Moments) correlationPair {
	p := undefinedPair(own.N)
	p.rows = own.N
	if own.N >= 2 && own.Min < own.Max {
		p.r = 1
	}
	if method == Pearson {
		p.covariance = own.Variance()
	}
	return p
}

// pair returns the entry of two columns.
func (c *CorrelatedColumns) pair(method CorrelationMethod) (correlationPair, error) {
	if method == Kendall {
		return correlationPair{n: c.Tau.N, rows: c.Rows, r: c.Tau.Tau, covariance: math.NaN(), tau: c.Tau}, nil
	}
	if c.Comoments.N() > 0 && c.Comoments.Columns() != 2 {
		return correlationPair{}, fmt.Errorf("comoments of %d columns, want 2: %w", c.Comoments.Columns(), ErrLengths)
	}
	p := undefinedPair(c.Comoments.N())
	p.rows = c.Rows
	if c.Comoments.finite() {
		p.r = c.Comoments.Correlation(0, 1)
		if method == Pearson {
			p.covariance = c.Comoments.Covariance(0, 1)
		}
	}
	return p, nil
}

// Take puts the correlation of columns k and l of another matrix, by the same
// method, in the place of that of columns i and j, with the rows that it was computed
// from. Where a column does not exist nothing happens.
func (m *CorrelationMatrix) Take(i, j int, from *CorrelationMatrix, k, l int) {
	if n := len(m.Names); min(i, j) >= 0 && max(i, j) < n && min(k, l) >= 0 && max(k, l) < len(from.Names) {
		m.pairs[i*n+j], m.pairs[j*n+i] = from.pair(k, l), from.pair(k, l)
	}
}
