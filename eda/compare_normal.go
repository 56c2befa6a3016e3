package eda

import (
	"cmp"
	"context"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// compareNormal computes the index of stability among normal rows alone, which tells
// a change of normal traffic from another mix of attacks. Without labels, or where
// one table has no normal row, it stays unknown.
func (c *comparer) compareNormal(ctx context.Context, out *Comparison) error {
	l := out.Labels
	if l == nil || !l.Known || l.Normal1 == 0 || l.Normal2 == 0 {
		return nil
	}
	var columns1, columns2 []int
	for i := range out.Columns {
		if d := &out.Columns[i]; d.splittable() && d.pair != *c.matched.label {
			columns1, columns2 = append(columns1, d.pair.first), append(columns2, d.pair.second)
		}
	}
	split1, err := c.splitNormal(ctx, c.first, c.matched.label.first, columns1)
	if err != nil {
		return err
	}
	split2, err := c.splitNormal(ctx, c.second, c.matched.label.second, columns2)
	if err != nil {
		return err
	}
	for i := range out.Columns {
		d := &out.Columns[i]
		if !split1.counted(d.pair.first) || !split2.counted(d.pair.second) {
			continue
		}
		if d.Normal, err = d.amongNormal(split1, split2, c.options.Level); err != nil {
			return err
		}
	}
	return nil
}

// splittable reports whether the values can be counted for every level of the label.
func (d *ColumnDrift) splittable() bool {
	return levelsOf(&d.First) <= maxCrossLevels && levelsOf(&d.Second) <= maxCrossLevels
}

// counted reports whether the split holds a column: not one of which too many values
// differ.
func (l *labelSplit) counted(column int) bool {
	_, numbers := l.numbers[column]
	_, levels := l.levels[column]
	return numbers || levels
}

// splitNormal counts columns apart for normal rows.
func (c *comparer) splitNormal(ctx context.Context, src dataset.Source, label int, columns []int) (*labelSplit, error) {
	s := src.Schema()
	classes := Classes{Column: label, Name: s.Columns[label].Name}
	for _, level := range s.Columns[label].Dict.Levels() {
		if slices.Contains(c.normal, c.labels.of(level)) {
			classes.Normal = append(classes.Normal, level)
		}
	}
	counter := newLabelCounter(s, classes, c.budget(src), append([]int{}, columns...))
	if err := src.Scan(ctx, counter); err != nil {
		return nil, err
	}
	return counter.result(s)
}

// amongNormal returns the index of normal rows.
func (d *ColumnDrift) amongNormal(split1, split2 *labelSplit, level float64) (stats.Stability, error) {
	normal := &ColumnDrift{First: d.First, Second: d.Second}
	rows1, rows2 := split1.rows(NormalClass), split2.rows(NormalClass)
	if d.levelled() {
		levels1, levels2 := split1.normalLevels(d.pair.first), split2.normalLevels(d.pair.second)
		normal.setLevels(levels1, levels2, rows1-rowsIn(levels1), rows2-rowsIn(levels2))
	} else if err := normal.setNumbers(split1.classes(d.pair.first).Normal, split2.classes(d.pair.second).Normal, rows1, rows2); err != nil {
		return stats.Stability{}, err
	}
	n1, n2 := normal.counts()
	return stats.PSI(n1, n2, level)
}

// normalLevels returns the levels of a column in normal rows, in the order of their
// bytes.
func (l *labelSplit) normalLevels(column int) []dataset.LevelCount {
	n := map[string]int64{}
	for g, levels := range l.levels[column] {
		if l.groups[g].Class == NormalClass {
			for _, level := range levels {
				n[level.Level] += level.N
			}
		}
	}
	out := make([]dataset.LevelCount, 0, len(n))
	for level, rows := range n {
		out = append(out, dataset.LevelCount{Level: level, N: rows})
	}
	slices.SortFunc(out, func(a, b dataset.LevelCount) int { return cmp.Compare(a.Level, b.Level) })
	return out
}

func rowsIn(levels []dataset.LevelCount) (n int64) {
	for _, l := range levels {
		n += l.N
	}
	return n
}
