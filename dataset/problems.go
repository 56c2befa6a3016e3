package dataset

import (
	"fmt"
	"sort"
)

// Problems is what a scan could not read as it stood. Everything is counted;
// the first of each kind are listed.
type Problems struct {
	BadRows  int64       // rows that were left out
	Recoded  int64       // rows that are not UTF-8, and were read as Windows-1252
	BadCells int64       // cells that count as missing because they cannot be read
	Infinite int64       // cells like Infinity, which count as missing
	Listed   []CellError // the first, in the order of the file
	Renamed  []string    // columns whose name was empty or taken
	Columns  []ColumnProblems
}

// ColumnProblems counts the cells of one column, in the schema's order.
type ColumnProblems struct {
	Missing    int64 // cells without a value, bad and infinite ones included
	BadCells   int64
	Infinite   int64
	DayOrMonth bool // no date tells day from month; they were read day first
}

// None reports whether everything could be read.
func (p *Problems) None() bool {
	return p.BadRows == 0 && p.Recoded == 0 && p.BadCells == 0 && p.Infinite == 0 && len(p.Renamed) == 0
}

// add lists problems of one chunk, which come in file order.
func (p *Problems) add(found []CellError) {
	sort.SliceStable(found, func(i, j int) bool { return found[i].Line < found[j].Line })
	room := maxListed - len(p.Listed)
	p.Listed = append(p.Listed, found[:min(room, len(found))]...)
}

// tooMany returns an error when the share of rows left out is above the limit.
func (p *Problems) tooMany(path string, rows int64, maxBad float64) error {
	all := rows + p.BadRows
	if p.BadRows == 0 || float64(p.BadRows) <= maxBad*float64(all) {
		return nil
	}
	first := ""
	for i := range p.Listed {
		if e := &p.Listed[i]; e.Column == "" && e.Err != errNotUTF8 {
			first = "; the first: " + e.Error()
			break
		}
	}
	return fmt.Errorf("%s: %w: %d of %d (%.1f %%), more than the %g %% that --max-bad allows%s",
		path, ErrTooBad, p.BadRows, all, 100*float64(p.BadRows)/float64(all), 100*maxBad, first)
}
