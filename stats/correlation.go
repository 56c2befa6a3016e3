package stats

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// CorrelationMethod is a correlation coefficient. The zero value is Pearson's.
type CorrelationMethod uint8

// The correlation coefficients.
const (
	// Pearson is the product-moment coefficient r: linear association.
	Pearson CorrelationMethod = iota
	// Spearman is Pearson's r of the midranks, ρ: monotone association.
	Spearman
	// Kendall is τ_b: concordant less discordant pairs, corrected for ties.
	Kendall
)

// correlationNames holds the word of each CorrelationMethod, in order.
var correlationNames = [...]string{Pearson: "pearson", Spearman: "spearman", Kendall: "kendall"}

// String returns "pearson", "spearman" or "kendall".
func (m CorrelationMethod) String() string {
	if int(m) < len(correlationNames) {
		return correlationNames[m]
	}
	return fmt.Sprintf("CorrelationMethod(%d)", uint8(m))
}

// ParseCorrelationMethod reads a method by the word that String writes. The
// error of any other text lists the choices.
func ParseCorrelationMethod(s string) (CorrelationMethod, error) {
	if i := slices.Index(correlationNames[:], s); i >= 0 {
		return CorrelationMethod(i), nil
	}
	return Pearson, fmt.Errorf("correlation method %q: want pearson, spearman or kendall", s)
}

// Deletion says which rows with missing values a correlation matrix leaves out.
type Deletion uint8

const (
	// Pairwise uses for each pair of columns the rows complete in both.
	Pairwise Deletion = iota
	// Listwise uses the rows complete in every column, the same for all pairs.
	Listwise
)

// CorrelationOptions chooses how a correlation matrix is computed. The zero
// value is Pearson's r over pairwise complete rows on one goroutine.
type CorrelationOptions struct {
	Method   CorrelationMethod
	Deletion Deletion
	Workers  int // goroutines; the result does not depend on it
}

// CorrelationMatrix holds the correlations of k columns with each other.
type CorrelationMatrix struct {
	Method CorrelationMethod
	Names  []string

	rows  int64
	pairs []correlationPair // k×k by rows, symmetric
}

// correlationPair is what is known of two columns.
type correlationPair struct {
	n          int64
	rows       int64 // n and those that miss a value
	r          float64
	covariance float64 // of the values, NaN for the rank methods
	tau        TauB    // for Kendall only
}

// Correlations computes the correlation of every two of the columns, which have
// equal length and are named in order. NaN marks a missing value; infinities are
// refused with ErrNotFinite. A correlation is NaN where a column does not vary or
// fewer than two rows are complete. It also returns ErrLengths, and the cause
// when ctx ends first.
//
// Columns without missing values go together through one blocked matrix product;
// pairs with a missing value are computed one by one, ranks included, and so are
// those of columns too large or too small for their squares to be float64
// numbers, which are rescaled.
func Correlations(ctx context.Context, names []string, cols [][]float64, o CorrelationOptions) (CorrelationMatrix, error) {
	if int(o.Method) >= len(correlationNames) {
		return CorrelationMatrix{}, fmt.Errorf("unknown correlation method %v", o.Method)
	}
	if len(names) != len(cols) {
		return CorrelationMatrix{}, fmt.Errorf("%d names of %d columns: %w", len(names), len(cols), ErrLengths)
	}
	rows, err := commonLength(cols)
	if err != nil {
		return CorrelationMatrix{}, err
	}
	m := CorrelationMatrix{
		Method: o.Method,
		Names:  slices.Clone(names),
		rows:   int64(rows),
		pairs:  make([]correlationPair, len(cols)*len(cols)),
	}
	if o.Deletion == Listwise {
		cols = completeRows(cols)
	}
	c := correlator{ctx: ctx, options: o, matrix: &m}
	if err := c.run(cols); err != nil {
		return CorrelationMatrix{}, err
	}
	return m, nil
}

// Len returns the number of columns.
func (m *CorrelationMatrix) Len() int { return len(m.Names) }

// At returns the correlation of columns i and j, NaN where it is undefined or
// there is no such column.
func (m *CorrelationMatrix) At(i, j int) float64 { return m.pair(i, j).r }

// N returns the number of rows used for columns i and j.
func (m *CorrelationMatrix) N(i, j int) int64 { return m.pair(i, j).n }

// Covariance returns the sample covariance, with divisor n−1, of columns i and j
// over the rows used for them. It is NaN for the rank methods.
func (m *CorrelationMatrix) Covariance(i, j int) float64 { return m.pair(i, j).covariance }

// Test returns the test of columns i and j: PearsonTest, SpearmanTest or
// KendallTest, with the rows left out counted as missing.
func (m *CorrelationMatrix) Test(i, j int, alt Alternative, level float64) (Result, error) {
	p := m.pair(i, j)
	var draft Result
	var logP float64
	var err error
	switch m.Method {
	case Kendall:
		draft, logP, err = kendallDraft(p.tau, alt, level)
	case Spearman:
		draft, logP, err = spearmanDraft(p.r, p.n, alt, level)
	default:
		draft, logP, err = pearsonDraft(p.r, p.n, alt, level)
	}
	if err != nil {
		return Result{}, err
	}
	draft.Missing = p.rows - p.n
	return NewResult(draft, logP), nil
}

// pair returns the entry of columns i and j, an undefined one if there are none.
func (m *CorrelationMatrix) pair(i, j int) correlationPair {
	k := len(m.Names)
	if i < 0 || j < 0 || i >= k || j >= k {
		return undefinedPair(0)
	}
	return m.pairs[i*k+j]
}

func undefinedPair(n int64) correlationPair {
	nan := math.NaN()
	return correlationPair{n: n, r: nan, covariance: nan, tau: TauB{N: n, Tau: nan, SD: nan}}
}

// CorrelationTest tests the correlation of two samples observed together, without
// missing values. It returns ErrLengths, ErrNotFinite, and the errors of
// PearsonTest, SpearmanTest or KendallTest.
func CorrelationTest(method CorrelationMethod, x, y []float64, alt Alternative, level float64) (Result, error) {
	if !allFinite(x) || !allFinite(y) {
		return Result{}, fmt.Errorf("correlation: %w", ErrNotFinite)
	}
	m, err := Correlations(context.Background(), []string{"x", "y"}, [][]float64{x, y}, CorrelationOptions{Method: method})
	if err != nil {
		return Result{}, err
	}
	return m.Test(0, 1, alt, level)
}
