package eda

import (
	"cmp"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A ScoredRow is a row that several columns together set apart.
type ScoredRow struct {
	Row   int64  // number of the row in the source, from 1; rows left out by a filter do not count; 0 for an engine, whose rows have none
	Line  int64  // line of the file, 0 if unknown
	Group string // with Within: the level of the row
	Label string // what the row is, "" if the table does not say

	Isolation float64 // score of the isolation forest
	Distance  float64 // squared Mahalanobis distance; NaN without
	Robust    float64 // the same by a robust covariance; NaN without

	// Farthest are the columns in which the row is farthest from the mean of its
	// group in standard deviations, the farthest first.
	Farthest []FarValue

	at int // place among the rows that were scored
}

// A FarValue is a value and its distance from the mean of its column.
type FarValue struct {
	Column string
	Value  float64
	Z      float64 // in standard deviations (n−1)
}

// shownColumns is how many columns of a row are named that set it apart.
const shownColumns = 3

// ordinaryScore is an isolation score that says nothing: where all rows have about
// that, none stands out.
const ordinaryScore = 0.5

// top returns the rows of a group of the highest isolation scores, with what sets
// them apart.
func (r *rowScorer) top(scored *scoredRows, members []int32, group string, most int) []ScoredRow {
	far := farthest{bound: ordinaryScore}
	for i, x := range r.values[isolationScore] {
		if x > far.bound {
			far.add(outlierAt{reach: x, row: int64(i)}, most)
		}
	}
	sortFarthest(far.list)
	list := far.list[:min(most, len(far.list))]
	if len(list) == 0 {
		return nil
	}
	spread := make([]meanSD, len(r.base.cols))
	for c, col := range r.base.cols {
		spread[c] = spreadOf(col)
	}
	var out []ScoredRow
	for _, f := range list {
		at := memberAt(members, int(f.row))
		number := int64(at)*scored.step + 1
		if scored.drawn {
			number = 0
		}
		out = append(out, ScoredRow{
			at:        at,
			Row:       number,
			Line:      scored.lines[at],
			Group:     group,
			Isolation: f.reach,
			Distance:  scored.values[plainScore][at],
			Robust:    scored.values[robustScore][at],
			Farthest:  r.farthest(int(f.row), spread),
		})
	}
	return out
}

// A meanSD is the mean and the standard deviation (n−1) of a column.
type meanSD struct{ mean, sd float64 }

// spreadOf returns the mean and the standard deviation of the values that are not
// missing, in two passes.
func spreadOf(x []float64) meanSD {
	var n, sum, squares float64
	for _, v := range x {
		if v == v {
			n++
			sum += v
		}
	}
	mean := sum / n
	for _, v := range x {
		if v == v {
			squares += (v - mean) * (v - mean)
		}
	}
	return meanSD{mean, math.Sqrt(squares / (n - 1))}
}

// farthest returns the columns in which a row is farthest from the mean.
func (r *rowScorer) farthest(row int, spread []meanSD) []FarValue {
	var out []FarValue
	for c, col := range r.base.cols {
		z := (col[row] - spread[c].mean) / spread[c].sd
		if !math.IsNaN(z) && !math.IsInf(z, 0) {
			out = append(out, FarValue{r.base.names[c], col[row], z})
		}
	}
	slices.SortStableFunc(out, func(a, b FarValue) int { return cmp.Compare(math.Abs(b.Z), math.Abs(a.Z)) })
	return out[:min(shownColumns, len(out))]
}

// named adds the labels of scored rows.
func (o *Outliers) named(s *dataset.Schema, g *gatherer, rows []ScoredRow) []ScoredRow {
	if o.classes.Column < 0 {
		return rows
	}
	for i := range rows {
		if code := g.codes[0][rows[i].at]; code != dataset.MissingCode {
			rows[i].Label = s.Columns[o.classes.Column].Dict.Level(code)
		}
	}
	return rows
}

// listTop brings the top rows of all groups into one order.
func (o *Outliers) listTop(most int) {
	slices.SortStableFunc(o.Top, func(a, b ScoredRow) int {
		return cmp.Or(cmp.Compare(b.Isolation, a.Isolation), cmp.Compare(a.at, b.at))
	})
	o.Top = o.Top[:min(most, len(o.Top))]
	if o.classes.Column >= 0 {
		o.Label = o.classes.Name
	}
}
