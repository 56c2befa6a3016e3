package eda

import (
	"math"
	"slices"
	"sort"

	"github.com/netanom/netanom/stats"
)

// A TestedCell is a cell against independence, with the p-value of its adjusted
// residual, two-sided.
type TestedCell struct {
	stats.Cell
	Level, Group           int // indices of the table's rows and columns
	P, Log10P              float64
	PAdjusted              float64 // over all cells
	Log10PAdjusted         float64
	LevelShare, GroupShare float64 // part of the level's and of the group's rows
}

// judgeCells compares every cell with independence.
func (t *TableTest) judgeCells(method stats.Adjustment) (err error) {
	if t.Cells, err = judgedCells(t.Table.Cells(), method); err != nil {
		return err
	}
	for k := range t.Cells {
		c := &t.Cells[k]
		c.Level, c.Group = slices.Index(t.Table.Rows, c.Row), slices.Index(t.Table.Cols, c.Col)
		c.LevelShare = float64(c.Observed) / float64(t.Table.RowTotals[c.Level])
		c.GroupShare = float64(c.Observed) / float64(t.Table.ColTotals[c.Group])
	}
	return nil
}

// judgedCells gives cells the p-value of their adjusted residual, and sorts them by
// falling contribution.
func judgedCells(cells []stats.Cell, method stats.Adjustment) ([]TestedCell, error) {
	out := make([]TestedCell, len(cells))
	logs := make([]float64, len(cells))
	for k, cell := range cells {
		logP := min(0, math.Ln2+stats.LogNormalSF(math.Abs(cell.AdjResidual)))
		out[k] = TestedCell{Cell: cell, P: math.Exp(logP), Log10P: stats.Log10(logP)}
		logs[k] = out[k].Log10P
	}
	adjusted, err := stats.AdjustLog10P(logs, method)
	if err != nil {
		return nil, err
	}
	for k := range out {
		out[k].Log10PAdjusted, out[k].PAdjusted = adjusted[k], math.Pow(10, adjusted[k])
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Contribution > out[j].Contribution })
	return out, nil
}
