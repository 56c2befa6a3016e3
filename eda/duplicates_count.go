package eda

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/netanom/netanom/dataset"
)

// A repeatCounter counts the repeats among hashed rows. Equal rows are always in
// the same bucket, so that buckets are counted apart.
type repeatCounter struct {
	classes Classes
	dict    *dataset.Dict // of the label; nil without one
}

// bucketRepeats is what one bucket holds.
type bucketRepeats struct {
	Exact, Features                               int64
	Contradictory, ContradictoryRows, BothClasses int64
	examples                                      []placedExample
}

// A placedExample is an example with the first row that has a label, for its
// place in the file.
type placedExample struct {
	RepeatExample
	row uint32
}

// countAll counts every bucket, on all cores.
func (c *repeatCounter) countAll(buckets *[hashBuckets][]hashedRow) []bucketRepeats {
	counts := make([]bucketRepeats, len(buckets))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < hashBuckets; i = next.Add(1) - 1 {
				counts[i] = c.count(buckets[i])
			}
		})
	}
	wg.Wait()
	return counts
}

// count sorts a bucket and counts its runs of equal features.
func (c *repeatCounter) count(rows []hashedRow) bucketRepeats {
	slices.SortFunc(rows, func(a, b hashedRow) int {
		if a.features != b.features {
			return cmp.Compare(a.features, b.features)
		}
		if a.others != b.others {
			return cmp.Compare(a.others, b.others)
		}
		return cmp.Compare(a.row, b.row)
	})
	var out bucketRepeats
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].features == rows[from].features {
			if rows[to].others == rows[to-1].others {
				out.Exact++
			}
			to++
		}
		out.Features += int64(to - from - 1)
		if c.dict != nil && differ(rows[from:to]) {
			c.contradiction(&out, rows[from:to])
		}
		from = to
	}
	return out
}

// differ reports whether rows carry more than one label.
func differ(rows []hashedRow) bool {
	label := uint32(dataset.MissingCode)
	for _, r := range rows {
		switch {
		case r.label == dataset.MissingCode:
		case label == dataset.MissingCode:
			label = r.label
		case r.label != label:
			return true
		}
	}
	return false
}

// contradiction counts equal feature rows that have more than one label.
func (c *repeatCounter) contradiction(out *bucketRepeats, same []hashedRow) {
	slices.SortFunc(same, func(a, b hashedRow) int { return cmp.Compare(a.row, b.row) })
	var e placedExample
	var seen []uint32
	normal, attack := false, false
	for _, r := range same {
		if r.label == dataset.MissingCode {
			continue
		}
		out.ContradictoryRows++
		if r.line > 0 && len(e.Lines) < maxLines {
			e.Lines = append(e.Lines, r.line)
		}
		if slices.Contains(seen, r.label) {
			continue
		}
		if seen == nil {
			e.row = r.row
		}
		label := c.dict.Level(r.label)
		seen, e.Labels = append(seen, r.label), append(e.Labels, label)
		normal = normal || c.classes.Of(label) == NormalClass
		attack = attack || c.classes.Of(label) == AttackClass
	}
	out.Contradictory++
	if c.classes.Known() && normal && attack {
		out.BothClasses++
	}
	out.examples = append(out.examples, e)
	if len(out.examples) >= 2*maxExamples {
		out.examples = firstExamples(out.examples)
	}
}

// firstExamples returns the examples that come first in the file, in its order.
func firstExamples(list []placedExample) []placedExample {
	slices.SortFunc(list, func(a, b placedExample) int { return cmp.Compare(a.row, b.row) })
	return list[:min(len(list), maxExamples)]
}
