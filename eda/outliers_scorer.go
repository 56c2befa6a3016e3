package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/netanom/netanom/stats"
)

// A rowScorer scores the rows of one group in every way.
type rowScorer struct {
	names []string
	cols  [][]float64
	seed  uint64

	base   columnSet // the columns that vary and are there in half of the rows
	scores [3]RowScore
	values [3][]float64 // nil where there is no score
}

// A columnSet is some columns, and why others are not among them.
type columnSet struct {
	names   []string
	cols    [][]float64
	leftOut []LeftOutColumn
}

// drop leaves out a column.
func (s *columnSet) drop(at int, why string) {
	s.leftOut = append(slices.Clone(s.leftOut), LeftOutColumn{s.names[at], why})
	s.names = slices.Delete(slices.Clone(s.names), at, at+1)
	s.cols = slices.Delete(slices.Clone(s.cols), at, at+1)
}

// Why columns are left out.
const (
	whyConstant      = "their values are all equal"
	whyMissing       = "more than half of their values are missing"
	whyLarge         = "their values are too large to square"
	whyDependent     = "they are linear combinations of columns before them"
	whyHalfEqual     = "half of their values or more are equal"
	whyHalfDependent = "in half of the rows or more they are linear combinations of columns before them"
)

// tooLarge is a value whose square cannot be summed.
const tooLarge = 1e150

// run scores the rows.
func (r *rowScorer) run(ctx context.Context) error {
	r.base = columnSet{names: r.names, cols: r.cols}
	for at := 0; at < len(r.base.cols); {
		switch x := r.base.cols[at]; {
		case isConstant(x):
			r.base.drop(at, whyConstant)
		case 2*missingAmong(x) > len(x):
			r.base.drop(at, whyMissing)
		default:
			at++
		}
	}
	for m, score := range []func(context.Context, *RowScore) ([]float64, error){r.plain, r.robust, r.isolation} {
		out := &r.scores[m]
		*out = RowScore{Method: scoreMethods[m], Rows: int64(len(r.cols[0])), Limit: math.NaN()}
		values, err := score(ctx, out)
		if err != nil {
			return err
		}
		if out.Why != "" {
			continue
		}
		r.values[m] = values
		for _, x := range values {
			if x == x {
				out.N++
			}
			if x > out.Limit {
				out.Flagged++
			}
		}
	}
	return nil
}

// missingAmong counts the missing values of a column.
func missingAmong(x []float64) (n int) {
	for _, v := range x {
		if v != v {
			n++
		}
	}
	return n
}

// plain measures Mahalanobis distances from the mean of all rows.
func (r *rowScorer) plain(ctx context.Context, out *RowScore) ([]float64, error) {
	set := squarable(r.base)
	var d stats.MahalanobisDistances
	err := set.reduce(out, whyConstant, whyDependent, func(cols [][]float64) (err error) {
		d, err = stats.Mahalanobis(ctx, cols, distanceLevel, runtime.GOMAXPROCS(0))
		return err
	})
	out.Limit, out.Fitted = d.Cutoff, d.N
	return d.Squared, err
}

// robust measures distances by the minimum covariance determinant of evenly
// spaced rows.
func (r *rowScorer) robust(ctx context.Context, out *RowScore) ([]float64, error) {
	set := squarable(r.base)
	step := max(1, (len(r.cols[0])+maxRobustRows-1)/maxRobustRows)
	for at := 0; at < len(set.cols); {
		if halfEqual(appendEvery(nil, set.cols[at], 0, int64(step))) {
			set.drop(at, whyHalfEqual)
			continue
		}
		at++
	}
	var fit stats.MCD
	err := set.reduce(out, whyHalfEqual, whyHalfDependent, func(cols [][]float64) (err error) {
		sample := make([][]float64, len(cols))
		for c, col := range cols {
			sample[c] = appendEvery(nil, col, 0, int64(step))
		}
		fit, err = stats.FastMCD(ctx, sample, stats.MCDOptions{Seed: r.seed, Workers: runtime.GOMAXPROCS(0)})
		return err
	})
	if err != nil || out.Why != "" {
		return nil, err
	}
	d, err := stats.MahalanobisFrom(ctx, set.cols, fit.Center, fit.Covariance, distanceLevel, runtime.GOMAXPROCS(0))
	if errors.Is(err, stats.ErrSingular) || errors.Is(err, stats.ErrConstant) {
		out.Why = "the covariance that it finds cannot be inverted"
		return nil, nil
	}
	out.Limit, out.Fitted = d.Cutoff, fit.N
	return d.Squared, err
}

// isolation scores the rows by an isolation forest.
func (r *rowScorer) isolation(ctx context.Context, out *RowScore) ([]float64, error) {
	set := r.base
	var forest *stats.IsolationForest
	err := set.reduce(out, whyConstant, whyDependent, func(cols [][]float64) (err error) {
		forest, err = stats.FitIsolation(ctx, cols, stats.IsolationOptions{Seed: r.seed, Workers: runtime.GOMAXPROCS(0)})
		return err
	})
	if err != nil || out.Why != "" {
		return nil, err
	}
	out.Limit = isolationLimit
	scores, err := forest.Scores(ctx, set.cols, runtime.GOMAXPROCS(0))
	out.Fitted = int64(min(len(scores)-missingAmong(scores), forest.Sample*len(forest.Roots)))
	return scores, err
}

// squarable returns the columns whose values can be squared.
func squarable(set columnSet) columnSet {
	for at := 0; at < len(set.cols); {
		if slices.ContainsFunc(set.cols[at], func(x float64) bool { return math.Abs(x) > tooLarge }) {
			set.drop(at, whyLarge)
			continue
		}
		at++
	}
	return set
}

// reduce fits the columns, and again without the column that keeps it from
// working until it does. It writes down which columns are used and which are not,
// or why there is no fit.
func (s *columnSet) reduce(out *RowScore, constant, dependent string, fit func(cols [][]float64) error) error {
	for {
		out.Columns, out.LeftOut = s.names, s.leftOut
		if len(s.cols) < 2 {
			out.Why = fmt.Sprintf("it needs two columns at least, and there %s", choose(int64(len(s.cols)), "is one", "is none"))
			return nil
		}
		err := fit(s.cols)
		var at *stats.ColumnError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &at) && errors.Is(err, stats.ErrConstant):
			s.drop(at.Column, constant)
		case errors.As(err, &at) && errors.Is(err, stats.ErrSingular):
			s.drop(at.Column, dependent)
		case errors.Is(err, stats.ErrTooFew):
			out.Why = fmt.Sprintf("too few rows have a value in all of %s", plural(int64(len(s.cols)), "column"))
			return nil
		default:
			return err
		}
	}
}

// halfEqual reports whether at least half of the values are equal; true for none.
func halfEqual(x []float64) bool {
	x = slices.DeleteFunc(x, math.IsNaN)
	if len(x) == 0 {
		return true
	}
	slices.Sort(x)
	for _, middle := range []float64{x[(len(x)-1)/2], x[len(x)/2]} { // one of them would be the value
		first, _ := slices.BinarySearch(x, middle)
		equal := 0
		for _, v := range x[first:] {
			if v != middle {
				break
			}
			equal++
		}
		if 2*equal >= len(x) {
			return true
		}
	}
	return false
}
