package report

import "slices"

// clockKeys are the columns whose values differ from run to run.
var clockKeys = []string{"fit_seconds", "score_seconds", "row_seconds", "peak_mib"}

// Timeless returns the document without the columns that say how long something took
// and what memory, which no two runs agree on: what is kept must be the same for the
// same input.
func (d Document) Timeless() Document {
	d.Sections = slices.Clone(d.Sections)
	for i := range d.Sections {
		s := &d.Sections[i]
		s.Tables = slices.Clone(s.Tables)
		for j := range s.Tables {
			s.Tables[j] = s.Tables[j].without(clockKeys)
		}
	}
	return d
}

// without returns the table without the columns of some keys.
func (t Table) without(keys []string) Table {
	return t.only(func(c Column) bool { return !slices.Contains(keys, c.Key) })
}
