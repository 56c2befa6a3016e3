package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A Profile is what sets the rows of a cluster apart from all others, noise among them.
type Profile struct {
	Cluster     int
	Rows        int
	Share       float64      // of all rows
	Differences []Difference // the strongest first
}

// A Difference is how a column differs inside and outside of a cluster: its mean, or
// the share of the level whose shares differ most.
type Difference struct {
	Column  string
	Inside  float64 // the mean of numbers, or the share of the level
	Outside float64
	// Strength is from 0 to 1: the size of RankBiserial, or of the difference of shares.
	Strength float64

	// Of numbers. RankBiserial is the share of pairs, one row inside and one outside, in
	// which that inside is larger, less the share in which it is smaller [1]. D is
	// Cohen's d: the difference of means in pooled standard deviations; 0 where neither
	// side varies. InsideMedian and OutsideMedian are medians.
	RankBiserial                float64
	D                           float64
	InsideMedian, OutsideMedian float64

	// Of levels. Missing says that it is learn.NoLevel. Lift is Inside over the share of
	// all rows.
	Coded   bool
	Level   string
	Missing bool
	Lift    float64
}

// Profiles returns the profiles of clusters 0 up to the largest label, each with at
// most so many differences; 0 stands for all. Give it columns as they were before
// scaling, so that means can be read. Missing numbers are left out. It stops with the
// cause when ctx ends; the error wraps learn.ErrTarget unless there is a label for each
// row.
//
// [1] E. E. Cureton (1956), "Rank-biserial correlation", Psychometrika 21, 287–290.
func Profiles(ctx context.Context, x *learn.Matrix, labels []int32, most int, r learn.Run) ([]Profile, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	if len(labels) != x.Rows {
		return nil, fmt.Errorf("%d labels for %d rows: %w", len(labels), x.Rows, learn.ErrTarget)
	}
	k := 0
	for i, l := range labels {
		if l < Noise || int(l) >= x.Rows {
			return nil, fmt.Errorf("row %d has label %d: %w", i+1, l, learn.ErrTarget)
		}
		k = max(k, int(l)+1)
	}
	out := make([]Profile, k)
	for _, l := range labels {
		if l != Noise {
			out[l].Rows++
		}
	}
	columns := make([][]Difference, len(x.Columns))
	err := parallel.Do(ctx, len(columns), r.Workers, func() func(int) {
		return func(j int) {
			if x.Columns[j].Coded() {
				columns[j] = levelDifferences(&x.Columns[j], x.Codes[j], labels, k)
			} else {
				columns[j] = numberDifferences(x.Columns[j].Name, x.Numbers[j], labels, k)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for c := range out {
		out[c].fill(c, x.Rows, columns, most)
	}
	return out, nil
}

// fill puts the differences of columns in order.
func (p *Profile) fill(c, rows int, columns [][]Difference, most int) {
	p.Cluster, p.Share = c, float64(p.Rows)/float64(rows)
	for _, of := range columns {
		if of[c].Strength > 0 {
			p.Differences = append(p.Differences, of[c])
		}
	}
	slices.SortStableFunc(p.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(math.Abs(b.D), math.Abs(a.D)))
	})
	if most > 0 && len(p.Differences) > most {
		p.Differences = p.Differences[:most]
	}
}

// levelDifferences finds, for each cluster, the level whose shares differ most.
func levelDifferences(column *learn.Column, codes, labels []int32, k int) []Difference {
	n := len(column.Levels) + 1
	counts := make([]float64, k*n) // by cluster, by code + 1
	all, sizes := make([]float64, n), make([]float64, k)
	for i, code := range codes {
		all[code+1]++
		if l := labels[i]; l != Noise {
			counts[int(l)*n+int(code)+1]++
			sizes[l]++
		}
	}
	out := make([]Difference, k)
	rows := float64(len(codes))
	for c := range out {
		rest := rows - sizes[c]
		if sizes[c] == 0 || rest == 0 {
			continue
		}
		for code, total := range all {
			in := counts[c*n+code]
			d := Difference{Column: column.Name, Coded: true, Inside: in / sizes[c], Outside: (total - in) / rest, Missing: code == 0}
			if d.Strength = math.Abs(d.Inside - d.Outside); d.Strength <= out[c].Strength {
				continue
			}
			if d.Lift = d.Inside / (total / rows); code > 0 {
				d.Level = column.Levels[code-1]
			}
			out[c] = d
		}
	}
	return out
}
