package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// narrowed compares what Where and Select leave, alone and on top of each other.
func (c *checker) narrowed() {
	c.Helper()
	ctx := context.Background()
	conditions := c.conditions()
	for k, expr := range conditions {
		c.sameWhere(k, expr, c.src, c.want)
	}
	nobody := fmt.Sprintf("isnull(%s) and not isnull(%s)", c.quoted(0), c.quoted(0))
	none, err := dataset.Where(c.src, nobody)
	c.must("Where "+nobody, err)
	if err := none.Scan(ctx, &dataset.Counts{By: -1}); !errors.Is(err, dataset.ErrNoData) {
		c.Errorf("Where %s: %v, want %v", nobody, err, dataset.ErrNoData)
	}
	if _, err := dataset.Where(c.src, "there_is_no_such_column == 1"); err == nil {
		c.Errorf("a condition on a column that does not exist is no error")
	}
	if _, err := dataset.Select(c.src, []string{"there is no such column"}); err == nil {
		c.Errorf("the selection of a column that does not exist is no error")
	}

	names := c.want.Schema().Names()
	slices.Reverse(names)
	names = names[:len(names)-1]
	src, err := dataset.Select(c.src, names)
	c.must("Select", err)
	want, err := dataset.Select(c.want, names)
	c.must("Select", err)
	if got := src.Schema().Names(); !slices.Equal(got, names) {
		c.Errorf("Select leaves the columns %q, want %q", got, names)
		return
	}
	c.sameCounts("Select", src, want, dataset.Counts{By: -1})
	for k, expr := range conditions {
		if k%few == 0 && !strings.Contains(expr, c.quoted(0)) { // which is not selected
			c.sameWhere(k, expr, src, want)
		}
	}
}

// few says of how many conditions one is combined with everything.
const few = 10

// sameWhere compares what the condition of that number leaves of two sources: in two
// columns, and for some conditions in all and in a selection.
func (c *checker) sameWhere(k int, expr string, src, wanted dataset.Source) {
	c.Helper()
	got, err := dataset.Where(src, expr)
	c.must("Where "+expr, err)
	want, err := dataset.Where(wanted, expr)
	c.must("Where "+expr, err)
	if err := want.Scan(context.Background(), &dataset.Counts{By: -1}); errors.Is(err, dataset.ErrNoData) {
		if err := got.Scan(context.Background(), &dataset.Counts{By: -1}); !errors.Is(err, dataset.ErrNoData) {
			c.Errorf("Where %s: %v, want %v", expr, err, dataset.ErrNoData)
		}
		return
	}
	columns := len(wanted.Schema().Columns)
	if k%few > 0 {
		c.sameCounts("Where "+expr, got, want, dataset.Counts{By: -1, Needed: []int{k % columns, (k + 3) % columns}})
		return
	}
	c.sameCounts("Where "+expr, got, want, dataset.Counts{By: -1})
	names := wanted.Schema().Names()[1:3]
	got, err = dataset.Select(got, names)
	c.must("Select from Where "+expr, err)
	want, err = dataset.Select(want, names)
	c.must("Select from Where "+expr, err)
	c.sameCounts("Select from Where "+expr, got, want, dataset.Counts{By: -1})
}

// quoted names a column in a condition.
func (c *checker) quoted(column int) string { return "`" + c.name(column) + "`" }

// conditions returns conditions on every column, most of which leave some rows.
func (c *checker) conditions() (out []string) {
	for i := range c.want.Schema().Columns {
		out = append(out, fmt.Sprintf("isnull(%s)", c.quoted(i)), fmt.Sprintf("not isnull(%s)", c.quoted(i)))
	}
	for n, i := range c.numbers {
		q, x := c.quoted(i), "1"
		if s := c.sorted(i); len(s) > 0 {
			x = strconv.FormatFloat(s[len(s)/2], 'f', -1, 64)
		} else if c.want.Schema().Columns[i].Kind == dataset.Unknown {
			continue // its cells may be numbers or words
		}
		for _, operator := range []string{"==", "!=", "<", "<=", ">", ">="} {
			out = append(out, q+" "+operator+" "+x)
		}
		out = append(out, fmt.Sprintf("not (%s > %s)", q, x), fmt.Sprintf("%s + 1 in (%s + 1, 3)", q, x))
		if n > 0 {
			o := c.quoted(c.numbers[n-1])
			out = append(out, fmt.Sprintf("%s > %s and %s >= 0", q, x, o), fmt.Sprintf("%s > %s or %s >= 0", q, x, o), fmt.Sprintf("not (%s > %s or %s < %s)", q, x, o, q))
		}
	}
	for _, i := range c.levels {
		out = append(out, c.wordConditions(i)...)
	}
	return out
}

// sorted returns the numbers of a column in their order.
func (c *checker) sorted(column int) []float64 {
	x, _ := c.want.Floats(column)
	x = slices.DeleteFunc(x, math.IsNaN)
	slices.Sort(x)
	return x
}

// wordConditions returns conditions on every level of a column.
func (c *checker) wordConditions(column int) (out []string) {
	q := c.quoted(column)
	levels := c.want.Schema().Columns[column].Dict.Levels()
	for k, level := range levels[:min(len(levels), 40)] {
		word := strconv.Quote(level)
		if x := levels[(k+1)%len(levels)]; k%2 == 0 {
			out = append(out, fmt.Sprintf("%s in (%s, %s)", q, word, strconv.Quote(x)), fmt.Sprintf("%s not in (%s, %s)", q, word, strconv.Quote(x)))
		}
		out = append(out, fmt.Sprintf("%s == %s", q, word), fmt.Sprintf("%s != %s", q, word))
		if c.want.Schema().Columns[column].Kind == dataset.Category {
			out = append(out, fmt.Sprintf("%s < %s", q, word), fmt.Sprintf("%s contains %s", q, word), fmt.Sprintf("not (%s startsWith %s)", q, word))
		}
	}
	return out
}

// rowsOf returns the rows of a table as text, with how often each occurs.
func rowsOf(t *dataset.Table) (rows []string, times map[string]int) {
	times = map[string]int{}
	for row := range t.Rows() {
		var cells []string
		for i := range t.Schema().Columns {
			cells = append(cells, plainCell(t, row, i))
		}
		rows = append(rows, fmt.Sprintf("%q", cells))
		times[rows[row]]++
	}
	return rows, times
}

// among checks that some rows are rows of the table, each at most as often as
// there.
func (c *checker) among(what string, t *dataset.Table) {
	c.Helper()
	got, times := rowsOf(t)
	if c.times == nil {
		_, c.times = rowsOf(c.want)
	}
	for _, row := range got {
		if times[row] > c.times[row] {
			c.Errorf("%s: row %s is there %d times, and %d times in the table", what, row, times[row], c.times[row])
			return
		}
	}
}

// heads compares the first rows by every column, in both directions.
func (c *checker) heads() {
	c.Helper()
	all := c.want.Rows()
	for _, rows := range []int64{0, 1, 7, all, all + 3} {
		got, err := c.engine.Head(context.Background(), rows)
		c.must("Head", err)
		if got.Rows() != min(rows, all) {
			c.Errorf("Head of %d rows has %d of %d", rows, got.Rows(), all)
		}
		c.among("Head", got)
	}
	columns := len(c.want.Schema().Columns)
	for i := range columns {
		next := (i + 5) % columns
		c.head(all, dataset.Order{Column: i})
		c.head(all/3, dataset.Order{Column: i, Falling: true})
		c.head(all/2, dataset.Order{Column: i}, dataset.Order{Column: next, Falling: true})
		c.head(all, dataset.Order{Column: i, Falling: true}, dataset.Order{Column: next})
	}
}

// head compares the columns that rows were sorted by: rows that are equal in these
// may come in any order.
func (c *checker) head(rows int64, order ...dataset.Order) {
	c.Helper()
	what := fmt.Sprintf("Head in the order %+v", order)
	got, err := c.engine.Head(context.Background(), rows, order...)
	c.must(what, err)
	want, err := Counted(c.want).Head(context.Background(), rows, order...)
	c.must(what, err)
	c.among(what, got)
	if got.Rows() != want.Rows() {
		c.Errorf("%s: %d rows, want %d", what, got.Rows(), want.Rows())
		return
	}
	for row := range got.Rows() {
		for _, o := range order {
			if g, w := plainCell(got, row, o.Column), plainCell(want, row, o.Column); g != w {
				c.Errorf("%s: %q is %q in row %d, want %q", what, c.name(o.Column), g, row, w)
				return
			}
		}
	}
}

// plainCell returns a cell as text, zeros without a sign.
func plainCell(t *dataset.Table, row int64, column int) string {
	cell := t.Cell(row, column)
	if cell == "-0" && t.Schema().Columns[column].Kind.Numeric() {
		return "0"
	}
	return cell
}

// samples checks the sizes of samples, that their rows are rows of the table, and
// that the seed decides.
func (c *checker) samples() {
	c.Helper()
	all := c.want.Rows()
	for _, by := range append([]int{-1}, c.levels...) {
		for _, rows := range []int64{1, all/3 + 1, max(all-1, 1), all, 2 * all} {
			c.sample(dataset.SampleOptions{Rows: rows, By: by, Seed: 7})
		}
		if all < 30 {
			continue // two seeds may well choose the same
		}
		part := dataset.SampleOptions{Rows: all / 3, By: by}
		one, again, other := c.drawn(part, 1), c.drawn(part, 1), c.drawn(part, 2)
		if !slices.Equal(one, again) {
			c.Errorf("Sample by %d: the same seed gives other rows", by)
		}
		if slices.Equal(one, other) {
			c.Errorf("Sample by %d: another seed gives the same rows", by)
		}
	}
}

// drawn returns the rows of a sample, sorted.
func (c *checker) drawn(o dataset.SampleOptions, seed uint64) []string {
	c.Helper()
	o.Seed = seed
	s, err := c.engine.Sample(context.Background(), o)
	c.must("Sample", err)
	rows, _ := rowsOf(s.Table)
	slices.Sort(rows)
	return rows
}

// sample checks one sample.
func (c *checker) sample(o dataset.SampleOptions) {
	c.Helper()
	what, all := fmt.Sprintf("Sample %+v", o), c.want.Rows()
	s, err := c.engine.Sample(context.Background(), o)
	c.must(what, err)
	if s.Of != all || s.Rows() != min(o.Rows, all) || s.Whole() != (o.Rows >= all) {
		c.Errorf("%s: %d rows of %d, whole: %v; want %d of %d", what, s.Rows(), s.Of, s.Whole(), min(o.Rows, all), all)
	}
	c.among(what, s.Table)
	if o.By < 0 {
		if s.By != "" {
			c.Errorf("%s: by %q, want nothing", what, s.By)
		}
		return
	}
	c.strata(what, o.By, s)
}

// strata checks that every level has its share, rounded up or down, and that the
// rows are as many as is said.
func (c *checker) strata(what string, by int, s *dataset.Sample) {
	c.Helper()
	if s.By != c.name(by) {
		c.Errorf("%s: by %q, want %q", what, s.By, c.name(by))
	}
	all := &dataset.Sample{}
	_, err := (&counted{src: c.want}).strata(c.want, by, all)
	c.must(what, err)
	if len(s.Strata) != len(all.Strata) {
		c.Errorf("%s: the levels are %v, want %v", what, s.Strata, all.Strata)
		return
	}
	there := map[string]int64{}
	for row := range s.Rows() {
		there[s.Cell(row, by)]++
	}
	for k, w := range all.Strata {
		g := s.Strata[k]
		share := float64(s.Rows()) * float64(w.Of) / float64(s.Of)
		switch {
		case g.Level != w.Level || g.Of != w.Of:
			c.Errorf("%s: level %d is %q with %d rows, want %q with %d", what, k, g.Level, g.Of, w.Level, w.Of)
		case g.Rows != there[g.Level]:
			c.Errorf("%s: level %q has %d rows, and is said to have %d", what, g.Level, there[g.Level], g.Rows)
		case math.Abs(float64(g.Rows)-share) >= 1:
			c.Errorf("%s: level %q has %d rows, its share is %v", what, g.Level, g.Rows, share)
		}
	}
}
