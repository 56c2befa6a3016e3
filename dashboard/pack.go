package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

// A Column is a column of the page: for each row the place of its value among the
// different values of the column.
type Column struct {
	Name    string // as the file spells it
	Canon   string // its name in the known layout
	Role    dataset.Role
	Kind    dataset.Kind
	Levels  []string  // of a column of text, the most frequent first; nil for numbers
	Values  []float64 // of a column of numbers, ascending; nil for text
	Missing bool      // the code behind the last value means that there is none
	Rounded bool      // numbers were too many: each value stands for those up to it
	Others  int       // levels that were too many, and are the last level together
	Codes   []uint16  // by row
}

// A Clock is when rows began.
type Clock struct {
	Name  string
	Start float64   // of the first row, in seconds since the Unix epoch
	Since []float64 // by row: seconds since Start, ascending
}

// Data is a table as the page holds it: its rows are in the order of their time, if they
// have one, and else in that of the file.
type Data struct {
	Source  string
	Layout  string
	Rows    int
	Columns []Column
	Label   int      // the column that says what a record is, -1 if there is none
	Normal  []string // its levels that mean normal
	Clock   *Clock   // nil if rows have no time
	Lines   []int64  // by row: of the file, from 1
	LeftOut []string // columns of text that differs in nearly every row
	Mixed   []string // columns that are numbers in one file and text in the other
	Unknown string   // the column of labels of which nothing says which means normal, "" if there is none
	Places  *Places  // which columns are places, filled by Locate; nil if there are none
	Early   []int    // columns that charts of the first screen need, beside the label, the scores and the clock

	Verdicts *Verdicts // nil without a detector
	Sample   *Sample   // nil if the rows are all of the table; Page.Reduce fills it

	order []int // by row: of the table
}

// The limits of a column of codes: one code is kept for missing values.
const (
	maxCodes  = 1<<16 - 1
	longLevel = 200 // bytes of a level that are shown
)

// verdictColumn is what the page calls what it takes each row for.
const verdictColumn = "(verdict)"

// otherLevel is the level that stands for those that were too many.
const otherLevel = "(other)"

// Pack takes a table for the page. normal are the levels of the label that mean normal,
// if the user says so. Rows without a time come before all others.
func Pack(ctx context.Context, t *dataset.Table, source string, normal []string) (*Data, error) {
	return pack(ctx, t, t.Schema(), source, normal)
}

// pack is Pack; all is the schema of a table of which t has some rows, and knows all levels.
func pack(ctx context.Context, t *dataset.Table, all *dataset.Schema, source string, normal []string) (*Data, error) {
	s := t.Schema()
	classes, err := eda.FindClasses(all, normal)
	if err != nil {
		return nil, err
	}
	d := &Data{Source: source, Layout: s.Name, Rows: int(t.Rows()), Label: -1, Normal: classes.Normal}
	order, err := d.inTime(t)
	if err != nil {
		return nil, err
	}
	d.order = order
	d.Lines = make([]int64, d.Rows)
	for i, r := range order {
		d.Lines[i] = t.Line(int64(r))
	}
	for j := range s.Columns {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		c, err := packColumn(t, j, order)
		switch {
		case err != nil:
			return nil, err
		case c == nil:
			d.LeftOut = append(d.LeftOut, s.Columns[j].Name)
			continue
		}
		switch {
		case j != classes.Column:
		case classes.Known():
			d.Label = len(d.Columns)
		default: // nothing tells normal from attack
			d.Unknown = s.Columns[j].Name
		}
		d.Columns = append(d.Columns, *c)
	}
	return d, nil
}

// inTime returns the rows in the order of their time, and fills the clock.
func (d *Data) inTime(t *dataset.Table) ([]int, error) {
	order := make([]int, d.Rows)
	for i := range order {
		order[i] = i
	}
	s := t.Schema()
	at := s.Clock()
	if at < 0 || !s.Columns[at].Kind.Numeric() || d.Rows == 0 {
		return order, nil
	}
	times, err := t.Floats(at)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareTimes(times[a], times[b]) })
	first := slices.IndexFunc(order, func(r int) bool { return !math.IsNaN(times[r]) })
	if first < 0 || !(times[order[len(order)-1]]-times[order[first]] <= math.MaxFloat64) { // no axis is that long
		return order, nil
	}
	d.Clock = &Clock{Name: s.Columns[at].Name, Start: times[order[first]], Since: make([]float64, d.Rows)}
	for i, r := range order[first:] {
		d.Clock.Since[first+i] = times[r] - d.Clock.Start
	}
	return order, nil
}

// compareTimes puts what has no time first.
func compareTimes(a, b float64) int {
	switch {
	case a != a && b != b:
		return 0
	case a != a:
		return -1
	case b != b:
		return 1
	}
	return cmp.Compare(a, b)
}

// packColumn packs a column, nil if its text names rows.
func packColumn(t *dataset.Table, at int, order []int) (*Column, error) {
	c := &t.Schema().Columns[at]
	out := &Column{Name: c.Name, Canon: c.Canon, Role: c.Role, Kind: c.Kind}
	if c.Name == verdictColumn {
		out.Name, out.Canon = out.Name+" of the file", out.Canon+" of the file"
	}
	if c.Dict != nil {
		codes, err := t.Codes(at)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		if len(order) > 1000 && c.Dict.Len() > len(order)/2 && c.Role != dataset.Label && levelsOf(codes) > len(order)/2 {
			return nil, nil
		}
		out.packLevels(c.Dict.Levels(), codes, order)
		return out, nil
	}
	if !c.Kind.Numeric() { // text that is kept nowhere, or nothing at all
		return nil, nil
	}
	values, err := t.Floats(at)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", c.Name, err)
	}
	out.packNumbers(values, order)
	return out, nil
}

// levelsOf counts the levels that rows have: a condition leaves the others in the dictionary.
func levelsOf(codes []uint32) int {
	seen := map[uint32]struct{}{}
	for _, k := range codes {
		if k != dataset.MissingCode {
			seen[k] = struct{}{}
		}
	}
	return len(seen)
}

// packLevels gives the most frequent level the code 0. codes are places in names, or
// dataset.MissingCode.
func (c *Column) packLevels(names []string, codes []uint32, order []int) {
	counts := make([]int64, len(names))
	missing := false
	for _, k := range codes {
		if k == dataset.MissingCode {
			missing = true
		} else {
			counts[k]++
		}
	}
	c.rank(names, counts, missing, codes, order)
}

// rank gives names that occur codes by how often they do, and returns them.
func (c *Column) rank(names []string, counts []int64, missing bool, codes []uint32, order []int) []uint16 {
	var used []int
	for k, n := range counts {
		if n > 0 {
			used = append(used, k)
		}
	}
	slices.SortFunc(used, func(a, b int) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(names[a], names[b]))
	})
	c.Levels, c.Others = []string{}, 0
	place := make([]uint16, len(names))
	for i, k := range used {
		if i >= maxCodes-1 && len(used) > maxCodes {
			if c.Others++; c.Others == 1 {
				c.Levels = append(c.Levels, otherLevel)
			}
			place[k] = maxCodes - 1
			continue
		}
		c.Levels = append(c.Levels, shown(names[k]))
		place[k] = uint16(i)
	}
	c.Missing = missing
	c.Codes = make([]uint16, len(order))
	for i, r := range order {
		if c.Codes[i] = uint16(len(c.Levels)); codes[r] != dataset.MissingCode {
			c.Codes[i] = place[codes[r]]
		}
	}
	return place
}

// shown cuts a level that nobody would read to its end.
func shown(level string) string {
	if len(level) <= longLevel {
		return level
	}
	return strings.ToValidUTF8(level[:longLevel], "") + "…"
}

// quantiles returns as many of the numbers as there are codes, equally many rows apart, and
// for each cut the greatest number below it, so that none stands for numbers on both sides.
func quantiles(sorted, cuts []float64) []float64 {
	codes := maxCodes - len(cuts)
	out := make([]float64, 0, maxCodes)
	for k := 1; k <= codes; k++ {
		out = append(out, sorted[int(int64(k)*int64(len(sorted))/int64(codes))-1])
	}
	for _, cut := range cuts {
		if at, _ := slices.BinarySearch(sorted, cut); at > 0 {
			out = append(out, sorted[at-1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// packNumbers gives the least number the code 0. Where there are too many different ones, a
// code stands for several, but not for numbers below and from one of the cuts on.
func (c *Column) packNumbers(values []float64, order []int, cuts ...float64) {
	distinct := slices.Clone(values)
	distinct = slices.DeleteFunc(distinct, math.IsNaN)
	c.Missing = len(distinct) < len(values)
	slices.Sort(distinct)
	sorted := distinct
	distinct = slices.Compact(slices.Clone(distinct))
	if c.Rounded = len(distinct) > maxCodes; c.Rounded {
		distinct = quantiles(sorted, cuts)
	}
	c.Values = append([]float64{}, distinct...)
	c.Codes = make([]uint16, len(order))
	for i, r := range order {
		if v := values[r]; v == v {
			at, _ := slices.BinarySearch(c.Values, v)
			c.Codes[i] = uint16(at)
		} else {
			c.Codes[i] = uint16(len(c.Values))
		}
	}
}
