package eda

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A LabelShift compares the labels of two tables. Case, and a point at the end of a
// level, as KDD'99 has it, do not count.
type LabelShift struct {
	Name1, Name2 string // of the label columns
	Known        bool   // whether normal rows and attacks can be told apart
	N1, N2       int64  // rows with a label

	stats.Stability // over the levels
	JS              float64

	Levels     []ShiftedLevel    // the most frequent in the first table first; levels of the second only at the end
	Categories []ShiftedCategory // normal first, the others by their frequency; empty unless Known
	Normal1    int64             // normal rows, where Known
	Normal2    int64
}

// A ShiftedLevel is a level of the label with its rows in both tables.
type ShiftedLevel struct {
	Level    string
	Category string // see Classes.Category; "" unless known
	N1, N2   int64
}

// A ShiftedCategory is a category of the label with its rows in both tables.
type ShiftedCategory struct {
	Category string
	N1, N2   int64
}

// Attacks returns the shares of attacks in both tables.
func (l *LabelShift) Attacks() (share1, share2 float64) {
	return 1 - float64(l.Normal1)/float64(l.N1), 1 - float64(l.Normal2)/float64(l.N2)
}

// Only returns the levels that one table alone has: the second, or else the first.
func (l *LabelShift) Only(second bool) (out []ShiftedLevel) {
	for _, level := range l.Levels {
		if second && level.N1 == 0 || !second && level.N2 == 0 {
			out = append(out, level)
		}
	}
	return out
}

// Precision returns what part of a detector's alarms is right where attacks have
// that share of all rows, if it finds the part recall of the attacks and takes the
// part fpr of normal rows for attacks; NaN where it gives no alarm.
func Precision(share, recall, fpr float64) float64 {
	right := share * recall
	return right / (right + (1-share)*fpr)
}

// A spelling says how to write levels of a label that are the same to a comparison.
type spelling map[string]string

// learn takes the spelling of levels that were not there before.
func (s spelling) learn(levels []dataset.LevelCount) {
	for _, l := range levels {
		name := strings.TrimSuffix(l.Level, ".")
		if key := strings.ToLower(name); s[key] == "" {
			s[key] = name
		}
	}
}

// of returns a level as it is spelt in the first table that has it.
func (s spelling) of(level string) string { return s[strings.ToLower(strings.TrimSuffix(level, "."))] }

// normalLevels returns the levels, as c.labels spells them, that mean normal in either
// table; none if that cannot be told. A table may hold attacks only, so that one is enough.
func (c *comparer) normalLevels() ([]string, error) {
	var out []string
	classes1, err1 := FindClasses(c.first.Schema(), c.options.Normal)
	classes2, err2 := FindClasses(c.second.Schema(), c.options.Normal)
	if err1 != nil && err2 != nil {
		return nil, err1
	}
	for _, classes := range []Classes{classes1, classes2} {
		for _, level := range classes.Normal {
			out = append(out, c.labels.of(level))
		}
	}
	return out, nil
}

// categoryOf returns the category of a level, as c.labels spells it.
func (c *comparer) categoryOf(level string) string {
	return Classes{Normal: c.normal}.Category(level)
}

// compareLabels compares the labels, if both tables have one with levels.
func (c *comparer) compareLabels(out *Comparison) error {
	pair := c.matched.label
	c.labels = spelling{}
	var first, second []dataset.LevelCount
	if pair != nil {
		first, second = c.counts1.Levels(pair.first, 0), c.counts2.Levels(pair.second, 0)
		c.labels.learn(first)
		c.labels.learn(second)
	}
	var err error
	if c.normal, err = c.normalLevels(); err != nil || pair == nil {
		return err
	}
	l := &LabelShift{Name1: c.first.Schema().Columns[pair.first].Name, Name2: c.second.Schema().Columns[pair.second].Name, Known: len(c.normal) > 0}
	var n1, n2 []int64
	for _, p := range mergeLevels(c.labels.join(first), c.labels.join(second)) {
		level := ShiftedLevel{Level: p.Level, N1: p.N1, N2: p.N2}
		l.N1, l.N2 = l.N1+p.N1, l.N2+p.N2
		n1, n2 = append(n1, p.N1), append(n2, p.N2)
		if l.Known {
			level.Category = c.categoryOf(p.Level)
			l.count(level)
		}
		l.Levels = append(l.Levels, level)
	}
	if l.N1 == 0 || l.N2 == 0 {
		out.LeftOut = append(out.LeftOut, "The labels are not compared: one of the tables has none in any row.")
		return nil
	}
	if l.Stability, err = stats.PSI(n1, n2, c.options.Level); err != nil {
		return err
	}
	if l.JS, err = stats.JensenShannon(n1, n2); err != nil {
		return err
	}
	slices.SortStableFunc(l.Categories, func(a, b ShiftedCategory) int {
		normal := func(s ShiftedCategory) int {
			if s.Category == dataset.CategoryNormal {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(normal(a), normal(b)), cmp.Compare(b.N1, a.N1), cmp.Compare(b.N2, a.N2))
	})
	out.Labels = l
	return nil
}

// join puts levels together that are the same, in the order of their bytes.
func (s spelling) join(levels []dataset.LevelCount) []dataset.LevelCount {
	n := map[string]int64{}
	var out []dataset.LevelCount
	for _, l := range levels {
		name := s.of(l.Level)
		if n[name] == 0 {
			out = append(out, dataset.LevelCount{Level: name})
		}
		n[name] += l.N
	}
	for i := range out {
		out[i].N = n[out[i].Level]
	}
	slices.SortFunc(out, func(a, b dataset.LevelCount) int { return cmp.Compare(a.Level, b.Level) })
	return out
}

// count counts a level in its category and class.
func (l *LabelShift) count(level ShiftedLevel) {
	if level.Category == dataset.CategoryNormal {
		l.Normal1, l.Normal2 = l.Normal1+level.N1, l.Normal2+level.N2
	}
	at := slices.IndexFunc(l.Categories, func(c ShiftedCategory) bool { return c.Category == level.Category })
	if at < 0 {
		at = len(l.Categories)
		l.Categories = append(l.Categories, ShiftedCategory{Category: level.Category})
	}
	l.Categories[at].N1 += level.N1
	l.Categories[at].N2 += level.N2
}
