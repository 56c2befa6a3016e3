package dataset

import (
	"errors"
	"fmt"
	"slices"
)

// A Filter is a condition on the rows of a table, compiled for the kinds and
// levels of its columns. It serves one goroutine.
type Filter struct {
	text     string
	schema   *Schema
	columns  []int
	root     condition
	suspects []suspect
	scratch  scratch
	every    []uint32 // 0, 1, 2 …
}

// CompileFilter compiles a condition such as
//
//	protocol_type == "tcp" && src_bytes > 1e4 && attack in ("neptune", "smurf")
//
// for the columns of a schema.
//
// Columns are named in any spelling that Resolve takes. Names with points
// (id.orig_h) work as they are; names with other characters, and the language's
// own words, go in backticks: `Flow Bytes/s`, `detailed-label`, `in`. Words to
// compare with go in quotes of either kind.
//
// What there is, from the tightest to the loosest:
//
//   - numbers (12, 1e4, 1_000, 0x1F), words, true and false;
//   - abs(x), log1p(x), len(word) in characters, lower(word);
//   - x ** y (or x ^ y), -x, * / % + - on numbers;
//   - == != < <= > >=, also chained (0 < x < 5), and in and not in with a list
//     in parentheses or brackets;
//   - contains, startsWith, endsWith and matches (a regular expression in RE2
//     syntax, found anywhere in the word) on words, each also behind not. In quotes
//     a backslash is written twice; here the text may stand in backticks instead,
//     in which nothing is special;
//   - isnull(column), also called ismissing;
//   - not and !, then and and &&, then or and ||.
//
// A comparison with a missing cell is neither true nor false but unknown, as in
// SQL, and a row is kept only where the whole condition is true. So x == 1,
// x != 1 and not (x == 1) all leave out the rows without an x; isnull(x) finds
// them. A number that cannot be computed, such as 0/0 or log1p(-2), is missing.
//
// Times compare with seconds since the epoch and with "2018-09-21" or
// "2018-09-21T09:40:22Z". Flags compare with 0, 1, true and false, and a numeric
// column alone as a condition means that it is not 0. Columns of words compare
// with words by their bytes, and with numbers by the number that the word
// spells; a word that spells none is unequal to every number, and its order
// is unknown. Addresses have no order. A point at the end of a label, as in
// KDD's "neptune.", does not count. Upper and lower case are different.
//
// Errors are a *FilterError wherever there is a place to point at. Kinds of
// columns may be guesses before a file's first scan: use Where, which compiles
// again when they change.
func CompileFilter(expr string, s *Schema) (*Filter, error) {
	parsed, err := parseFilter(expr)
	if err != nil {
		return nil, err
	}
	return parsed.compile(s)
}

// Columns returns the indexes of the columns that the condition looks at, in
// ascending order.
func (f *Filter) Columns() []int { return slices.Clone(f.columns) }

// Rows appends to dst the positions, ascending, of the rows of the batch for
// which the condition is true. The batch must hold the columns of Columns.
func (f *Filter) Rows(dst []uint32, b *Batch) []uint32 {
	for i := len(f.every); i < b.Rows; i++ {
		f.every = append(f.every, uint32(i))
	}
	return f.root.keep(dst, b, f.every[:b.Rows], &f.scratch)
}

// Warnings returns what looks like a mistake, in the order of the expression: a
// word that is compared with a coded column in which it does not occur, with
// the nearest level, and a number compared with a column of words in which
// there is none. It can tell only once the levels are known, which is after a
// scan.
func (f *Filter) Warnings() []error {
	var found []error
	said := map[string]bool{}
	for _, s := range f.suspects {
		if text := s.warning(&f.schema.Columns[s.column]); text != "" && !said[text] {
			said[text] = true
			found = append(found, errors.New(text))
		}
	}
	return found
}

// A suspect is a constant that may turn out not to occur in a coded column.
type suspect struct {
	column int
	text   string // as written in the expression
	number bool   // any number will do
	clean  func(cell []byte) []byte
}

// warning returns the sentence, or nothing if all is well.
func (s suspect) warning(c *Column) string {
	var levels []string
	for _, code := range c.Dict.Sorted() {
		level := c.Dict.Level(code)
		cell := s.clean([]byte(level))
		if s.number && isNumberCell(cell) || !s.number && string(cell) == s.text {
			return ""
		}
		levels = append(levels, level)
	}
	if s.number {
		return fmt.Sprintf("%s is compared with column %q, in which no word spells a number", s.text, c.Name)
	}
	const few = 10
	text := fmt.Sprintf("%q does not occur in column %q", shorten([]byte(s.text)), c.Name)
	near := Nearest(s.text, levels)
	switch {
	case len(near) > 0:
		return text + "; did you mean " + quotedList(near, "or") + "?"
	case len(levels) > 0 && len(levels) <= few:
		return text + "; its levels are " + quotedList(levels, "and")
	}
	return fmt.Sprintf("%s; it has %d levels", text, len(levels))
}
