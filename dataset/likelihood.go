package dataset

import (
	"context"
	"math"

	"github.com/netanom/netanom/stats"
)

// A Likely engine adds up what a logistic regression of its rows needs, so that one can
// be fitted to a table of any length.
type Likely interface {
	Engine
	// Different returns about how many rows differ in some columns; −1 if the engine has no
	// cheap way to tell.
	Different(ctx context.Context, columns []int) (int64, error)
	// Likelihood looks at the rows of a regression, and returns what adds them up.
	Likelihood(ctx context.Context, q LikelihoodQuery) (*Likelihood, error)
}

// A LikelihoodQuery says what a logistic regression is of. Rows that are of neither class
// do not count, nor do those in which a cell of any of the columns is missing.
type LikelihoodQuery struct {
	Class      Halves
	Keys       []int      // columns with levels; rows that agree in all of them are of one pattern
	Quantities [][]Factor // products of numbers
	Most       int        // patterns of use
}

// Halves are two classes of rows by the cells of a column: of levels, or of numbers if it
// has none. Those at 1 are the ones, whose odds are modelled, and those at 0 the zeros; if
// there are none at 0, all other cells are zeros.
type Halves struct {
	Column  int
	Levels  [2][]string
	Numbers [2][]float64
}

// A Factor is a column of numbers, or a function of it, less Center and divided by Scale.
type Factor struct {
	Column        int
	Function      FactorFunction
	Center, Scale float64 // Scale 0: 1
}

// A FactorFunction is a function of a number.
type FactorFunction uint8

// The functions.
const (
	Itself   FactorFunction = iota
	Log1p                   // log(1+x), of numbers above −1
	Positive                // 1 above 0, else 0
)

// Of returns the factor of a cell; NaN if that is missing or has none.
func (f *Factor) Of(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case f.Function == Log1p && x <= -1:
		return math.NaN()
	case f.Function == Log1p:
		x = math.Log1p(x)
	case f.Function == Positive && x > 0:
		x = 1
	case f.Function == Positive:
		x = 0
	}
	if f.Scale == 0 {
		return x - f.Center
	}
	return (x - f.Center) / f.Scale
}

// A Likelihood is what the rows of a regression are, and what adds them up. Where a logarithm
// is Undefined, no more is known than Rows, and of too many patterns, or of no rows that count,
// no more than how many do not.
type Likelihood struct {
	Rows, Missing, Outside int64           // all rows, and those that do not count: of missing cells, and of neither class
	Undefined              []int           // columns of a Log1p that have numbers of −1 and less in any row
	Full                   bool            // there are more patterns than Most
	Levels                 [][]string      // of each pattern, by key; in their order
	Ones, Zeros            []int64         // rows of each pattern
	Quantities             []stats.Moments // of the rows that count; M3 and M4 are NaN
	stats.LogitAdder
}
