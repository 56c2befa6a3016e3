package eda

import (
	"context"
	"sort"

	"github.com/netanom/netanom/dataset"
)

// A Gaps says which cells are missing, column by column and together.
type Gaps struct {
	Rows     int64
	Complete int64        // rows without a missing cell; −1 where an engine has too many patterns to say
	Columns  []ColumnGaps // every column, in the order of the schema
	Patterns []Pattern    // sets of columns that are missing together, from the most frequent
	Others   int64        // rows with patterns beyond those listed

	// Blocks[i][j] is the share of missing cells of Columns[j] in the i-th of up to
	// 60 runs of consecutive rows: a picture of where in the file the gaps are. A run
	// has BlockRows rows, and the last what remains. Engines have no order, and so no
	// blocks.
	Blocks    [][]float64
	BlockRows int64

	ByClass []ClassGaps // columns with gaps, where normal and attack are known and have rows
}

// MissingOptions say what Missing compares gaps with.
type MissingOptions struct {
	Normal []string // levels of the label that mean normal; empty: found by name
}

// ColumnGaps counts the missing cells of one column.
type ColumnGaps struct {
	Column    dataset.Column
	Missing   int64
	BadCells  int64 // cells of the file, not only of rows left by a filter, that could not be read
	Infinite  int64 // cells of the file that were infinite
	FirstLine int64 // line of the first missing cell; 0 if none or unknown
}

// A Pattern is a set of columns that are missing in the same rows, while all
// others have a value.
type Pattern struct {
	Columns []string
	Rows    int64
}

const (
	maxPatterns  = 10000 // patterns told apart while counting: the first in the file
	keptPatterns = 20
	maxBlocks    = 60
	maxUnits     = 4096 // runs of rows counted apart; beyond that neighbours are joined
)

// Missing finds the gaps of a source in one scan. An engine counts them by itself, but
// does not know where they are: it has no lines and no Blocks. Where it has more patterns
// than it hands out, none are listed. Cells that could not be read or
// were infinite count as missing.
//
// It is an error if Normal is no level of the label.
func Missing(ctx context.Context, src dataset.Source, o MissingOptions) (*Gaps, error) {
	g, byLabel := &gapFinder{}, &labelGapFinder{}
	if err := src.Scan(ctx, g, byLabel); err != nil {
		return nil, err
	}
	classes, err := FindClasses(src.Schema(), o.Normal)
	if err != nil {
		return nil, err
	}
	out := g.result(dataset.ProblemsOf(src))
	out.ByClass, err = byLabel.result(classes)
	return out, err
}

// result says what was found.
func (g *gapFinder) result(problems dataset.Problems) *Gaps {
	out := &Gaps{Rows: g.rows, Complete: g.complete, Others: g.others}
	for i, col := range g.schema.Columns {
		gaps := ColumnGaps{Column: col, FirstLine: g.first[i]}
		for _, n := range g.missing[i] {
			gaps.Missing += n
		}
		if i < len(problems.Columns) {
			gaps.BadCells, gaps.Infinite = problems.Columns[i].BadCells, problems.Columns[i].Infinite
		}
		out.Columns = append(out.Columns, gaps)
	}
	g.listPatterns(out)
	g.drawBlocks(out)
	return out
}

// listPatterns lists the most frequent patterns, of equally frequent ones those
// that come first in the file; an engine's have an order of their own.
func (g *gapFinder) listPatterns(out *Gaps) {
	list := g.patterns.list
	if g.counted {
		sort.Slice(list, func(i, j int) bool { return list[i].set < list[j].set })
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].rows > list[j].rows })
	for k, p := range list {
		if k >= keptPatterns {
			out.Others += p.rows
			continue
		}
		pattern := Pattern{Rows: p.rows}
		for c := range g.schema.Columns {
			if p.set[c/8]>>(c%8)&1 == 1 {
				pattern.Columns = append(pattern.Columns, g.schema.Columns[c].Name)
			}
		}
		out.Patterns = append(out.Patterns, pattern)
	}
}

// drawBlocks joins the units to at most maxBlocks runs of rows.
func (g *gapFinder) drawBlocks(out *Gaps) {
	if g.counted {
		return
	}
	per := (g.units() + maxBlocks - 1) / maxBlocks
	out.BlockRows = int64(per) * g.span
	for from := 0; from < g.units(); from += per {
		rows := min(out.BlockRows, g.rows-int64(from)*g.span)
		shares := make([]float64, len(g.missing))
		for c, units := range g.missing {
			var sum int64
			for _, n := range units[min(from, len(units)):min(from+per, len(units))] {
				sum += n
			}
			shares[c] = float64(sum) / float64(rows)
		}
		out.Blocks = append(out.Blocks, shares)
	}
}
