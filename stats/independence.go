package stats

import (
	"errors"
	"fmt"
	"math"
)

// ErrSparse warns that expected counts are too small for the chi-square
// approximation.
var ErrSparse = errors.New("expected counts too small for the chi-square approximation")

// ChiSquareTest tests whether the two labels of a cross table are independent, by
// Pearson's chi-square [1], the sum of (observed−expected)²/expected, with
// (r−1)(c−1) degrees of freedom and without continuity correction.
//
// The estimate is Cramér's V with its interval, the effect is V corrected for
// bias; see CramersV. The term "expected counts" says how small they are; when
// one is below 1 or more than a fifth are below 5, a warning wraps ErrSparse [2].
//
// It returns ErrTooFew for fewer than two observations and ErrConstant when a
// label has only one level.
//
// [1] K. Pearson (1900), Philosophical Magazine 50, 157–175.
//
// [2] W. G. Cochran (1954), "Some methods for strengthening the common χ² tests",
// Biometrics 10, 417–451.
func ChiSquareTest(c *Crosstab, level float64) (Result, error) {
	return testIndependence(c, level, "Pearson", Named{Name: "chi2"}, pearsonChiSquare)
}

// GTest is ChiSquareTest with the likelihood-ratio statistic G, twice the sum of
// observed·log(observed/expected) (R. R. Sokal and F. J. Rohlf 1981, Biometry,
// chapter 17), without Williams' correction.
func GTest(c *Crosstab, level float64) (Result, error) {
	return testIndependence(c, level, "likelihood ratio", Named{Name: "G"}, likelihoodRatio)
}

// YatesTest is ChiSquareTest of a table of two rows and two columns with the
// continuity correction: each |observed−expected| is lowered by one half, though
// not below 0 (F. Yates 1934, Suppl. JRSS 1, 217–235). The p-value errs on the
// large side. Tables of another shape are refused.
func YatesTest(c *Crosstab, level float64) (Result, error) {
	if t := c.Table(); len(t.Rows) > 2 || len(t.Cols) > 2 {
		return Result{}, fmt.Errorf("continuity correction of a table of %d by %d, want 2 by 2", len(t.Rows), len(t.Cols))
	}
	return testIndependence(c, level, "Pearson, Yates correction", Named{Name: "chi2"}, yatesChiSquare)
}

// testIndependence makes the result of a statistic that is chi-square under
// independence.
func testIndependence(c *Crosstab, level float64, method string, statistic Named, f func(*ContingencyTable) float64) (Result, error) {
	t := c.Table()
	if err := checkTable(&t); err != nil {
		return Result{}, err
	}
	plain, corrected, err := cramersV(&t, level)
	if err != nil {
		return Result{}, err
	}
	statistic.Value = f(&t)
	draft := Result{
		Test:      "independence of two labels",
		Method:    method,
		Null:      Named{plain.Name, 0},
		Statistic: statistic,
		DF:        []float64{t.df()},
		Estimate:  Named{plain.Name, plain.Value},
		CI:        plain.CI,
		Effect:    corrected,
		N:         []int64{t.N},
		Missing:   c.Missing,
	}
	e := t.ExpectedCounts()
	draft.Terms = []Term{{"expected counts", []Named{
		{"min_expected", e.Min}, {"cells", float64(e.Cells)}, {"cells_below_5", float64(e.Below5)},
	}}}
	if w := e.Warning(); w != nil {
		draft.Warnings = []error{w}
	}
	return NewResult(draft, LogChiSquaredSF(statistic.Value, t.df())), nil
}

// checkTable returns why independence cannot be tested in a table.
func checkTable(t *ContingencyTable) error {
	switch {
	case t.N < 2:
		return fmt.Errorf("cross table of %d observations: %w", t.N, ErrTooFew)
	case len(t.Rows) < 2:
		return fmt.Errorf("cross table with one row, %q: %w", t.Rows[0], ErrConstant)
	case len(t.Cols) < 2:
		return fmt.Errorf("cross table with one column, %q: %w", t.Cols[0], ErrConstant)
	}
	return nil
}

func pearsonChiSquare(t *ContingencyTable) float64 {
	var sum float64
	t.eachCell(func(_, _ int, o, e float64) { sum += (o - e) * (o - e) / e })
	return sum
}

func yatesChiSquare(t *ContingencyTable) float64 {
	var sum float64
	t.eachCell(func(_, _ int, o, e float64) {
		d := max(math.Abs(o-e)-0.5, 0)
		sum += d * d / e
	})
	return sum
}

// likelihoodRatio returns G. Each term includes expected−observed, which adds up
// to 0 and makes every term positive: nothing cancels, however weak the
// association.
func likelihoodRatio(t *ContingencyTable) float64 {
	var sum float64
	t.eachCell(func(_, _ int, o, e float64) {
		if o == 0 {
			sum += e
			return
		}
		sum += deviance(o, e)
	})
	return 2 * sum
}

// ExpectedCounts says how small the expected counts of a table are.
type ExpectedCounts struct {
	Min    float64 // the smallest, NaN in an empty table
	Cells  int
	Below5 int // cells with an expected count below 5
}

// ExpectedCounts looks over the expected counts of all cells.
func (t *ContingencyTable) ExpectedCounts() ExpectedCounts {
	c := ExpectedCounts{Min: math.NaN()}
	t.eachCell(func(_, _ int, _, e float64) {
		if c.Cells == 0 || e < c.Min {
			c.Min = e
		}
		c.Cells++
		if e < 5 {
			c.Below5++
		}
	})
	return c
}

// Warning returns an error that wraps ErrSparse when Cochran's rule is broken: an
// expected count below 1, or more than a fifth of them below 5.
func (c ExpectedCounts) Warning() error {
	if c.Min < 1 || 5*c.Below5 > c.Cells {
		return fmt.Errorf("%w: smallest %.3g, %d of %d below 5", ErrSparse, c.Min, c.Below5, c.Cells)
	}
	return nil
}

// Cell is one cell of a contingency table against independence.
type Cell struct {
	Row, Col     string
	Observed     int64
	Expected     float64
	Residual     float64 // (observed−expected)/√expected, Pearson's
	AdjResidual  float64 // divided by its standard error: standard normal under independence
	Contribution float64 // the square of Residual: the cell's part of chi-square
}

// Cells returns all cells, row by row. The adjusted residual is that of
// S. J. Haberman (1973), Biometrics 29, 205–220; it is NaN in a table of a single
// row or column.
func (t *ContingencyTable) Cells() []Cell {
	cells := make([]Cell, 0, len(t.Rows)*len(t.Cols))
	n := float64(t.N)
	t.eachCell(func(i, j int, o, e float64) {
		residual := (o - e) / math.Sqrt(e)
		outside := float64(t.N-t.RowTotals[i]) / n * (float64(t.N-t.ColTotals[j]) / n)
		cells = append(cells, Cell{
			Row:          t.Rows[i],
			Col:          t.Cols[j],
			Observed:     t.Counts[i][j],
			Expected:     e,
			Residual:     residual,
			AdjResidual:  residual / math.Sqrt(outside),
			Contribution: residual * residual,
		})
	})
	return cells
}
