package outlier

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// training checks what a fit is given, and returns the rows that weigh anything and
// their weights: nil if all weigh 1. places says which rows these are, nil for all.
func training(ctx context.Context, x *learn.Matrix, y *learn.Target, missing bool) (rows *learn.Matrix, weights []float64, places []int, err error) {
	if err := learn.CheckFit(x, y, false); err != nil {
		return nil, nil, nil, err
	}
	if !missing {
		if err := learn.RefuseMissing(x); err != nil {
			return nil, nil, nil, err
		}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, nil, nil, err
	}
	if y.Weights == nil {
		return x, nil, nil, nil
	}
	ones := true
	for i, w := range y.Weights {
		ones = ones && w == 1
		if w > 0 {
			places = append(places, i)
		}
	}
	if ones {
		return x, nil, nil, nil
	}
	if len(places) == x.Rows {
		return x, y.Weights, nil, nil
	}
	rows, weights = x.Take(places), learn.Take(y.Weights, places)
	return rows, weights, places, learn.CheckFit(rows, &learn.Target{}, false)
}

// bind returns the columns of x that a model was fitted to, all numbers finite, or
// NaN if missing ones are allowed.
func bind(x *learn.Matrix, columns []learn.Column, missing bool) (*learn.Matrix, error) {
	x, err := x.Bind(columns)
	if err != nil {
		return nil, err
	}
	for j := range x.Numbers {
		for i, v := range x.Numbers[j] {
			if v-v == 0 {
				continue
			}
			if v == v {
				return nil, fmt.Errorf("column %q, row %d: %v is no finite number", columns[j].Name, i+1, v)
			}
			if !missing {
				return nil, learn.RefuseMissing(x)
			}
		}
	}
	return x, nil
}

// blockRows is how many rows are scored by one goroutine at a time.
const blockRows = 256

// eachBlock cuts rows into blocks and calls work for each, from several goroutines
// unless there is but one block. Each goroutine makes its own work function.
func eachBlock(ctx context.Context, rows, workers int, newWork func() func(from, to int)) error {
	if rows <= blockRows {
		newWork()(0, rows)
		return context.Cause(ctx)
	}
	return parallel.Do(ctx, (rows+blockRows-1)/blockRows, workers, func() func(int) {
		work := newWork()
		return func(b int) { work(b*blockRows, min((b+1)*blockRows, rows)) }
	})
}

// A rarity is how rare each level of a coded column is: −log of its share of the
// training rows by weight. The last is that of a level that is missing. It is empty
// for a column of numbers.
type rarity = learn.Floats

// raritiesOf measures the levels of all columns.
func raritiesOf(x *learn.Matrix, weights []float64) []rarity {
	out := make([]rarity, len(x.Columns))
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			out[j] = rarityOf(x.Codes[j], len(x.Columns[j].Levels), weights)
		}
	}
	return out
}

func rarityOf(codes []int32, levels int, weights []float64) rarity {
	counts, total := make([]float64, levels+1), 0.0
	for i, c := range codes {
		if c == learn.NoLevel {
			c = int32(levels)
		}
		w := weightOf(weights, i)
		counts[c] += w
		total += w
	}
	unseen := math.Log(total + 1)
	for _, c := range counts {
		if c > 0 {
			unseen = max(unseen, math.Log(total/c))
		}
	}
	out := make(rarity, levels+1)
	for l, c := range counts {
		out[l] = unseen
		if c > 0 {
			out[l] = math.Log(total / c)
		}
	}
	return out
}

// of returns the rarity of a code.
func rareness(r rarity, code int32) float64 {
	if code < 0 {
		return r[len(r)-1]
	}
	return r[code]
}

func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// totalOf is the weight of all rows.
func totalOf(weights []float64, rows int) float64 {
	if weights == nil {
		return float64(rows)
	}
	var sum float64
	for _, w := range weights {
		sum += w
	}
	return sum
}

// numbersOf returns all columns as numbers, those of levels by their rarity.
func numbersOf(x *learn.Matrix, rarities []rarity) [][]float64 {
	cols := make([][]float64, len(x.Columns))
	for j := range cols {
		if !x.Columns[j].Coded() {
			cols[j] = x.Numbers[j]
			continue
		}
		cols[j] = make([]float64, x.Rows)
		for i, c := range x.Codes[j] {
			cols[j][i] = rareness(rarities[j], c)
		}
	}
	return cols
}

// checkCoded returns an error unless the columns are sound, at least one, and have
// the rarities of their levels.
func checkCoded(kind string, columns []learn.Column, rarities []rarity) error {
	if err := checkColumns(kind, columns); err != nil {
		return err
	}
	if len(rarities) != len(columns) {
		return learn.Broken(kind, "%d columns, but the rarities of %d", len(columns), len(rarities))
	}
	for j := range columns {
		want := 0
		if columns[j].Coded() {
			want = len(columns[j].Levels) + 1
		}
		if len(rarities[j]) != want || !rarities[j].Finite() {
			return learn.Broken(kind, "column %q has no rarity for each of its levels", columns[j].Name)
		}
	}
	return nil
}

func checkColumns(kind string, columns []learn.Column) error {
	if len(columns) == 0 {
		return learn.Broken(kind, "it has no columns")
	}
	if err := learn.CheckColumns(columns); err != nil {
		return learn.Broken(kind, "%v", err)
	}
	return nil
}

// wrong is an error about a setting.
func wrong(name string, value any, want string) error {
	return fmt.Errorf("%s is %v, want %s: %w", name, value, want, learn.ErrSetting)
}

// or returns v, or the default where it is zero.
func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// at returns what v points to, or the default.
func at[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// clamp keeps a score that overflowed within the range of numbers.
func clamp(v float64) float64 { return min(max(v, -math.MaxFloat64), math.MaxFloat64) }
