package stats

import (
	"fmt"
	"math"
)

// SumsOfSquares says which hypotheses the sums of squares of a TwoWay belong to.
type SumsOfSquares uint8

// The types, after SAS. Where all cells have as many values they are the same.
const (
	// TypeII adjusts each factor for the other, and the interaction for both.
	TypeII SumsOfSquares = iota
	// TypeI adjusts the second factor for the first, and the interaction for both.
	TypeI
	// TypeIII adjusts each factor for the other and the interaction: it compares the
	// plain means of the cells' means.
	TypeIII
)

// A TwoWay is the values of one variable in the cells that two factors make. It is
// made by TwoWayOf and is not changed by its methods.
type TwoWay struct {
	Names    [2]string // of the factors
	N        int64
	Balanced bool // whether all cells have as many values
	Empty    int  // cells without values

	cells    [][]Moments // levels of the first factor, levels of the second
	mean     float64     // of all values
	additive bool
	residual float64
	df       float64 // of residual
}

// TwoWayOf takes the moments of the cells, by the levels of the first factor and then
// those of the second. Cells may be empty, but not all of a level. Without interaction,
// additive, the cells are taken to differ by the sum of what each factor does, and
// what they differ beyond that counts as error.
//
// The error wraps ErrTooFew unless both factors have two levels and the values are more
// than what is estimated, ErrConstant if the values do not vary about that, ErrLengths
// if the rows differ in length, and ErrNotFinite.
func TwoWayOf(names [2]string, cells [][]Moments, additive bool) (*TwoWay, error) {
	a := &TwoWay{Names: names, cells: cells, additive: additive, Balanced: true}
	const what = "two-way analysis of variance"
	var all Moments
	within, used := 0.0, 0
	for _, row := range cells {
		if len(row) != len(cells[0]) {
			return nil, fmt.Errorf("%s: %w", what, ErrLengths)
		}
		for _, m := range row {
			if m.N > 0 {
				used++
				within += m.M2
				all.Merge(m)
			} else {
				a.Empty++
			}
			a.Balanced = a.Balanced && m.N == cells[0][0].N
		}
	}
	if len(cells) < 2 || len(cells[0]) < 2 {
		return nil, fmt.Errorf("%s needs two levels of each factor: %w", what, ErrTooFew)
	}
	a.N, a.mean = all.N, all.Mean
	fit := a.additiveFit(0)
	a.residual, a.df = within, float64(a.N)-float64(used)
	if additive {
		a.residual, a.df = within+fit.rest, float64(a.N)-float64(fit.rank)
	}
	switch {
	case !(a.df > 0):
		return nil, fmt.Errorf("%s of %d values in %d cells: %w", what, a.N, used, ErrTooFew)
	case math.IsNaN(a.residual+all.M2) || math.IsInf(a.residual+all.M2, 0):
		return nil, fmt.Errorf("%s: %w", what, ErrNotFinite)
	case !(a.residual > 0):
		return nil, fmt.Errorf("%s: %w", what, ErrConstant)
	}
	return a, nil
}

// Residual returns the sum of squares that is left, and its degrees of freedom.
func (a *TwoWay) Residual() (sumSq, df float64) { return a.residual, a.df }

// A Source is a source of variation: the test of its F against the residual, and the
// sum of squares behind it.
type Source struct {
	Name  string
	SumSq float64
	Result
}

// Sources tests the factors and, unless additive, their interaction. The effect is
// partial η², the source's share of its own and the residual sum of squares, with the
// interval that inverts the noncentral F distribution: λ/(λ+df+df2+1). Type III takes
// values in every cell, else the error says so; additive, it is type II. Other errors
// are those of a level outside 0 to 1, and of factors of which one determines the
// other.
//
// F. Yates (1934), "The analysis of multiple classifications with unequal numbers in
// the different classes", JASA 29, 51–66; S. R. Searle (1987), Linear Models for
// Unbalanced Data, Wiley.
func (a *TwoWay) Sources(kind SumsOfSquares, level float64) ([]Source, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	secondFirst, firstFirst := a.additiveFit(1), a.additiveFit(0)
	first, second := secondFirst.blocks[1], firstFirst.blocks[1]
	switch {
	case kind == TypeI:
		first = firstFirst.blocks[0]
	case kind == TypeIII && !a.additive:
		if a.Empty > 0 {
			return nil, fmt.Errorf("sums of squares of type III need values in every cell; %d have none", a.Empty)
		}
		first, second = a.unweighted()
	}
	if first.df == 0 || second.df == 0 {
		return nil, fmt.Errorf("%s and %s cannot be told apart: the levels of one determine those of the other", a.Names[0], a.Names[1])
	}
	out := []Source{
		a.source(a.Names[0], first, level),
		a.source(a.Names[1], second, level),
	}
	cells := len(a.cells)*len(a.cells[0]) - a.Empty
	if df := cells - firstFirst.rank; !a.additive && df > 0 {
		out = append(out, a.source(a.Names[0]+" × "+a.Names[1], block{firstFirst.rest, df}, level))
	}
	return out, nil
}

// source tests a sum of squares against the residual.
func (a *TwoWay) source(name string, b block, level float64) Source {
	df := float64(b.df)
	f := b.sumSq / df / (a.residual / a.df)
	return Source{Name: name, SumSq: b.sumSq, Result: NewResult(Result{
		Test:      "no effect of " + name,
		Method:    "F against the residual",
		Statistic: Named{"F", f},
		DF:        []float64{df, a.df},
		Effect:    varianceShare("partial eta squared", b.sumSq/(b.sumSq+a.residual), varianceShareInterval(f, df, a.df, df+a.df+1, level)),
		N:         []int64{a.N},
	}, LogFSF(f, df, a.df))}
}

// unweighted returns the sums of squares of both factors by Yates' weighted squares of
// means, which are those of type III.
func (a *TwoWay) unweighted() (first, second block) {
	rows, cols := len(a.cells), len(a.cells[0])
	return squaresOfMeans(rows, cols, a.mean, func(i, j int) Moments { return a.cells[i][j] }),
		squaresOfMeans(cols, rows, a.mean, func(j, i int) Moments { return a.cells[i][j] })
}

// squaresOfMeans returns the sum of squares of the plain means of the rows' cells,
// each weighted by its precision.
func squaresOfMeans(rows, cols int, origin float64, cell func(i, j int) Moments) block {
	means, weights := make([]float64, rows), make([]float64, rows)
	var total, sum compensated
	for i := range rows {
		variance := 0.0
		for j := range cols {
			m := cell(i, j)
			means[i] += (m.Mean - origin) / float64(cols)
			variance += 1 / float64(m.N)
		}
		weights[i] = float64(cols) * float64(cols) / variance
		total, sum = total.add(weights[i]), sum.addProduct(weights[i], means[i])
	}
	mean := sum.value() / total.value()
	var squares compensated
	for i, m := range means {
		squares = squares.addProduct(weights[i]*(m-mean), m-mean)
	}
	return block{squares.value(), rows - 1}
}
