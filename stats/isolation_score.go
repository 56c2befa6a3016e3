package stats

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
)

// Score returns the anomaly score of one row, 2^(−h/c) with the mean path length
// h over the trees and c = AveragePath of a tree's rows. It lies between 0 and 1,
// and higher is more anomalous: rows like the others have about ½ or less, and
// from 0.6 on rows may be called outliers (the paper's words). It is NaN if the
// row lacks a value (NaN) or has not as many as the forest has columns; an infinite
// value lies beyond every split.
func (f *IsolationForest) Score(row []float64) float64 {
	if len(row) != f.Columns || len(f.Roots) == 0 {
		return math.NaN()
	}
	for _, x := range row {
		if math.IsNaN(x) {
			return math.NaN()
		}
	}
	var sum float64
	for _, root := range f.Roots {
		sum += f.path(root, row)
	}
	return f.score(sum)
}

// path returns the path length of a row in the tree at a root.
func (f *IsolationForest) path(root int32, row []float64) float64 {
	n := &f.Nodes[root]
	for n.Column >= 0 {
		n = &f.Nodes[n.Below+above(row[n.Column], n.Value)]
	}
	return n.Value
}

// above returns 1 unless x is less than the value of a split. Written like this
// it takes no jump, which a processor would foresee half of the time only.
func above(x, value float64) int32 {
	var step int32
	if x >= value {
		step = 1
	}
	return step
}

// score turns the sum of a row's path lengths over all trees into its score.
func (f *IsolationForest) score(sum float64) float64 {
	return math.Exp2(-sum / (float64(len(f.Roots)) * AveragePath(f.Sample)))
}

// isolationBlock is how many rows go down one tree before the next: few enough
// for the rows, and the tree, to stay in a core's cache.
const isolationBlock = 256

// Scores returns the Score of every row of columns of equal length, on up to the
// given number of goroutines. It returns ErrLengths, also for another number of
// columns than the forest was fitted to, and the cause when ctx ends first.
func (f *IsolationForest) Scores(ctx context.Context, cols [][]float64, workers int) ([]float64, error) {
	rows, err := commonLength(cols)
	if err != nil {
		return nil, fmt.Errorf("isolation scores: %w", err)
	}
	if len(cols) != f.Columns {
		return nil, fmt.Errorf("isolation scores of %d columns by a forest of %d: %w", len(cols), f.Columns, ErrLengths)
	}
	scores := make([]float64, rows)
	blocks := (rows + isolationBlock - 1) / isolationBlock
	err = parallel.Do(ctx, blocks, workers, func() func(int) {
		block := make([]float64, isolationBlock*len(cols))
		return func(b int) {
			first := b * isolationBlock
			f.scoreBlock(scores[first:min(first+isolationBlock, rows)], cols, first, block)
		}
	})
	if err != nil {
		return nil, err
	}
	return scores, nil
}

// scoreBlock scores the rows from first on, as many as there are scores. It uses
// block as scratch space, in which a row's values are neighbours.
func (f *IsolationForest) scoreBlock(scores []float64, cols [][]float64, first int, block []float64) {
	k := len(cols)
	clear(scores)
	for c, col := range cols {
		for i := range scores {
			x := col[first+i]
			block[i*k+c] = x
			if math.IsNaN(x) {
				scores[i] = math.NaN()
			}
		}
	}
	for _, root := range f.Roots {
		for i := range scores {
			scores[i] += f.path(root, block[i*k:(i+1)*k])
		}
	}
	for i, sum := range scores {
		scores[i] = f.score(sum)
	}
}

// Check returns an error unless the forest can score: it has trees, every child
// is a node behind its parent, columns exist and path lengths are positive.
func (f *IsolationForest) Check() error {
	switch {
	case f.Columns < 1 || f.Sample < 2 || len(f.Roots) == 0:
		return fmt.Errorf("isolation forest of %d trees of %d rows and %d columns: it is empty", len(f.Roots), f.Sample, f.Columns)
	case len(f.Nodes) > math.MaxInt32:
		return fmt.Errorf("isolation forest of %d nodes: too many", len(f.Nodes))
	}
	for t, root := range f.Roots {
		if root < 0 || int(root) >= len(f.Nodes) {
			return fmt.Errorf("isolation forest: tree %d begins at node %d of %d", t, root, len(f.Nodes))
		}
	}
	for i, n := range f.Nodes {
		switch {
		case math.IsNaN(n.Value-n.Value) || n.Column < 0 && n.Value < 0:
			return fmt.Errorf("isolation forest: node %d has the value %v", i, n.Value)
		case n.Column < leafColumn || int(n.Column) >= f.Columns:
			return fmt.Errorf("isolation forest: node %d compares column %d of %d", i, n.Column, f.Columns)
		case n.Column >= 0 && (int(n.Below) <= i || int(n.Below)+1 >= len(f.Nodes)):
			return fmt.Errorf("isolation forest: node %d leads to node %d of %d", i, n.Below, len(f.Nodes))
		}
	}
	return nil
}
