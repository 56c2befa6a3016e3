package eda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// Ask implements dataset.Asking: an engine counts what lies outside the limits, and
// hands out the rows farthest outside.
func (r *outlierRows) Ask(ctx context.Context, e dataset.Engine) error {
	sets, bins := make([]dataset.Set, len(r.columns)), make([]limitBins, len(r.columns))
	for k, column := range r.columns {
		bins[k] = r.binsOf(column)
		sets[k].Keys = []dataset.Key{{Column: column, Bounds: bins[k]}}
		if r.within >= 0 {
			sets[k].Keys = append(sets[k].Keys, dataset.Key{Column: r.within})
		}
		if r.classes.Known() {
			sets[k].Keys = append(sets[k].Keys, dataset.Key{Column: r.classes.Column})
		}
	}
	tables, err := countCells(ctx, e, sets...)
	if err != nil {
		return err
	}
	for k := range tables {
		if tables[k].over {
			return fmt.Errorf("column %q makes too many combinations with the groups and the label to be counted; leave out --within", r.schema.Columns[r.columns[k]].Name)
		}
		r.countIn(k, &tables[k], bins[k])
	}
	for k := range r.columns {
		if err := r.askRows(ctx, e, k); err != nil {
			return err
		}
	}
	return nil
}

// limitBins are the bounds of bins of a column that lie on one side of each of its
// limits, ascending.
type limitBins []float64

// binsOf returns the bins of a column for the limits of all groups.
func (r *outlierRows) binsOf(column int) limitBins {
	bins := limitBins{}
	for i := range r.limits {
		if l := &r.limits[i]; l.column == column {
			bins = append(bins, l.fence.Upper, beneath(l.fence.Lower), l.modified.Upper, beneath(l.modified.Lower))
		}
	}
	bins = slices.DeleteFunc(bins, func(x float64) bool { return math.IsNaN(x - x) })
	slices.Sort(bins)
	if bins = slices.Compact(bins); len(bins) == 0 {
		bins = limitBins{0} // nothing lies outside, but values are to be counted
	}
	return bins
}

// beneath returns the largest number below x: a value is below x if it is not above
// that.
func beneath(x float64) float64 { return math.Nextafter(x, math.Inf(-1)) }

// outside tells whether the values of a bin, which is how many bounds lie below them,
// are outside some limits.
func (b limitBins) outside(bin float64, o *stats.OutlierCount) (below, above bool) {
	upper, finite := slices.BinarySearch(b, o.Upper)
	above = finite && bin > float64(upper)
	lower, finite := slices.BinarySearch(b, beneath(o.Lower))
	return finite && bin <= float64(lower), above
}

// countIn takes over how many rows of a column are in which bin, group and class.
func (r *outlierRows) countIn(k int, t *cellTable, bins limitBins) {
	w := &r.workers[0]
	for row, bin := range t.cells[0] {
		group, class := 0, unlabelledRow
		if w.group != nil {
			group = w.group.Of(codeOf(t.cells[1][row]))
		}
		if w.class != nil {
			class = w.class.Of(codeOf(t.cells[len(t.cells)-1][row]))
		}
		if bin != bin || group == noGroup || r.places[k][group] < 0 {
			continue
		}
		l, c, n := &r.limits[r.places[k][group]], &w.counts[r.places[k][group]], t.n[row]
		c.seen.countN(class, n)
		if below, above := bins.outside(bin, &l.modified); below || above {
			c.modified.countN(class, n)
		}
		switch below, above := bins.outside(bin, &l.fence); {
		case above:
			c.above += n
			c.fence.countN(class, n)
		case below:
			c.below += n
			c.fence.countN(class, n)
		}
	}
}

// askRows asks for the rows farthest outside the fences of a column, on either side
// and in each group. A row of an engine has neither a number nor a line.
func (r *outlierRows) askRows(ctx context.Context, e dataset.Engine, k int) error {
	column := r.columns[k]
	name, ok := conditionName(r.schema, column)
	if ok && r.within >= 0 {
		_, ok = conditionName(r.schema, r.within)
	}
	if !ok && r.most > 0 {
		r.unnamed = append(r.unnamed, r.schema.Columns[column].Name)
	}
	if !ok || r.most == 0 {
		return nil
	}
	for group, at := range r.places[k] {
		if at < 0 {
			continue
		}
		l, c := &r.limits[at], &r.workers[0].counts[at]
		if c.above+c.below > 0 && r.within >= 0 && !conditionLevel(r.groups[group]) {
			r.unasked = append(r.unasked, r.schema.Columns[column].Name)
			continue
		}
		for _, side := range []struct {
			rows      int64
			condition string
			falling   bool
		}{
			{c.above, name + " > " + numberWord(l.fence.Upper), true},
			{c.below, name + " < " + numberWord(l.fence.Lower), false},
		} {
			if side.rows == 0 {
				continue
			}
			if err := r.askSide(ctx, e, k, group, side.rows, r.inGroup(side.condition, group), side.falling); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(r.found[k], func(a, b outlierAt) int { return cmp.Compare(b.reach, a.reach) })
	r.found[k] = r.found[k][:min(len(r.found[k]), r.most)]
	return nil
}

// askSide asks for the rows on one side of the fences of a column in a group, of which so
// many were counted: their value, and what says what they are. Of equals those come first
// that were first in time, where the table says so.
func (r *outlierRows) askSide(ctx context.Context, e dataset.Engine, k, group int, rows int64, condition string, falling bool) error {
	left, err := whereOf(e, condition)
	if err != nil {
		return err
	}
	columns := []int{r.columns[k]}
	for _, i := range []int{r.schema.Clock(), r.label, r.within} {
		if i >= 0 && !slices.Contains(columns, i) {
			columns = append(columns, i)
		}
	}
	order := []dataset.Order{{Column: 0, Falling: falling}}
	if len(columns) > 1 && columns[1] == r.schema.Clock() {
		order = append(order, dataset.Order{Column: 1})
	}
	if left, err = asEngine(left.Select(columns)); err != nil {
		return err
	}
	// To a condition, a point at the end of a label does not count: there may be rows of
	// another group among them.
	for most := int64(r.most) + 1; ; most *= 4 {
		t, err := left.Head(ctx, most, order...)
		if err != nil {
			return err
		}
		found, err := r.list(k, group, t, columns)
		if err != nil {
			return err
		}
		n := int64(len(found))
		switch short := n < min(rows, int64(r.most)) && t.Rows() == most; {
		case n > rows:
			return dataset.ErrChanged
		case short && most < mostLooked:
			continue
		case short:
			r.unasked = append(r.unasked, r.schema.Columns[r.columns[k]].Name)
		}
		r.found[k] = append(r.found[k], found...)
		return nil
	}
}

// mostLooked is about how many rows are looked through for those of a group.
const mostLooked = 100_000

// conditionLevel reports whether a level can stand in a condition.
func conditionLevel(level string) bool {
	return utf8.ValidString(level) && len(level) < mostCondition/8
}

// inGroup adds the group to a condition.
func (r *outlierRows) inGroup(condition string, group int) string {
	if r.within < 0 {
		return condition
	}
	name, _ := conditionName(r.schema, r.within)
	return fmt.Sprintf("%s && %s == %s", condition, name, strconv.Quote(r.groups[group]))
}

// list returns the rows of a column that are in a group. Of all columns the table has those
// named, in their order.
func (r *outlierRows) list(k, group int, t *dataset.Table, columns []int) (found []outlierAt, err error) {
	l := &r.limits[r.places[k][group]]
	values, err := t.Floats(0)
	if err != nil {
		return nil, err
	}
	cell := func(row, column int) string { return t.Cell(int64(row), slices.Index(columns, column)) }
	for row, x := range values {
		if r.within >= 0 && cell(row, r.within) != r.groups[group] {
			continue
		}
		at := outlierAt{value: x, row: -1, group: group, label: dataset.MissingCode,
			reach: max(x-l.fence.Upper, l.fence.Lower-x)}
		if r.label >= 0 {
			if code, there := r.schema.Columns[r.label].Dict.Lookup(cell(row, r.label)); there {
				at.label = code
			}
		}
		if at.reach > 0 {
			found = append(found, at)
		}
	}
	return found, nil
}

// conditionName writes a column in a condition; false if its name cannot stand there.
func conditionName(s *dataset.Schema, column int) (name string, ok bool) {
	name = s.Columns[column].Name
	return "`" + name + "`", !strings.Contains(name, "`")
}

// numberWord writes a number in a condition.
func numberWord(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// whereOf returns the rows of an engine for which a condition holds.
func whereOf(e dataset.Engine, condition string) (dataset.Engine, error) {
	return asEngine(e.Where(condition))
}

// asEngine returns the engine that is a part of another.
func asEngine(src dataset.Source, err error) (dataset.Engine, error) {
	if err != nil {
		return nil, err
	}
	part, ok := dataset.EngineOf(src)
	if !ok {
		return nil, errors.New("a part of the table cannot be asked for its sums")
	}
	return part, nil
}

// headOf returns the first rows for which a condition holds.
func headOf(ctx context.Context, e dataset.Engine, condition string, rows int64, order ...dataset.Order) (*dataset.Table, error) {
	left, err := whereOf(e, condition)
	if err != nil {
		return nil, err
	}
	return left.Head(ctx, rows, order...)
}

// writeFrom writes rows of an engine that the rules of single columns flag.
func (f *rowFlagger) writeFrom(ctx context.Context, e dataset.Engine, w io.Writer, opt RowOptions) (rows int64, err error) {
	if opt.Most == 0 {
		return 0, errors.New("a database hands out no more rows than are named; say with --top how many are to be written")
	}
	condition, err := f.outliers.anyOutside(e.Schema())
	if err != nil {
		return 0, err
	}
	var t *dataset.Table
	if condition != "" {
		t, err = f.outliers.someOutside(ctx, e, condition, int64(opt.Most))
	}
	if condition == "" || errors.Is(err, dataset.ErrNoData) {
		t, err = e.Head(ctx, 0) // no row is outside: the names of the columns are left
	}
	if err != nil {
		return 0, err
	}
	f.drawn = true
	return dataset.WriteRows(ctx, t, w, f, opt.CSVOptions)
}

// mostCondition is how long a condition may be, see dataset.CompileFilter.
const mostCondition = 10_000

// someOutside returns rows for which a condition holds that names all limits.
func (o *Outliers) someOutside(ctx context.Context, e dataset.Engine, condition string, rows int64) (*dataset.Table, error) {
	if len(condition) > mostCondition {
		return nil, fmt.Errorf("the rows outside %s cannot be asked for in one condition; choose fewer columns with --feature", plural(int64(2*len(o.limits)), "limit"))
	}
	return headOf(ctx, e, condition, rows)
}

// anyOutside is the condition that a row is outside a limit of a column; "" where
// there are no limits.
func (o *Outliers) anyOutside(s *dataset.Schema) (string, error) {
	group := within(s, o.Within)
	var conditions []string
	for i := range o.limits {
		l := &o.limits[i]
		name, ok := conditionName(s, l.column)
		if !ok {
			return "", fmt.Errorf("no condition can hold column %q, because there is a backtick in its name; leave it out with --feature", s.Columns[l.column].Name)
		}
		var sides []string
		if x := min(l.fence.Upper, l.modified.Upper); !math.IsInf(x, 0) { // beyond which there is nothing
			sides = append(sides, name+" > "+numberWord(x))
		}
		if x := max(l.fence.Lower, l.modified.Lower); !math.IsInf(x, 0) {
			sides = append(sides, name+" < "+numberWord(x))
		}
		if len(sides) == 0 {
			continue
		}
		condition := "(" + strings.Join(sides, " || ") + ")"
		if group >= 0 && !conditionLevel(l.group) {
			return "", fmt.Errorf("no condition can hold the group %.40q of column %q; leave out --within", l.group, o.Within)
		}
		if group >= 0 {
			by, _ := conditionName(s, group)
			condition = fmt.Sprintf("(%s == %s && %s)", by, strconv.Quote(l.group), condition)
		}
		conditions = append(conditions, condition)
	}
	return strings.Join(conditions, " || "), nil
}
