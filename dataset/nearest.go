package dataset

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Resolve finds a column by the name a user typed: exactly as in the file, by
// its name in the known layout, in another spelling of either (case, blanks,
// underscores, hyphens and points do not count), or by a known synonym, so that
// dsthostcount, "Dst Host Count" and dst_host_count are the same column.
//
// The error is a *NameError: no such column, with the nearest names, or several
// that the name fits equally well.
func (s *Schema) Resolve(name string) (int, error) {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return i, nil
		}
	}
	wanted := normaliseName(name)
	fits := []func(c *Column) bool{
		func(c *Column) bool { return c.Canon == name },
		func(c *Column) bool { return wanted != "" && normaliseName(c.Name) == wanted },
		func(c *Column) bool { return wanted != "" && normaliseName(c.Canon) == wanted },
	}
	if canon, ok := layoutNamed(s.Name).synonym(wanted); ok {
		fits = append(fits, func(c *Column) bool { return c.Canon == canon })
	}
	for _, fit := range fits {
		i, err := s.only(name, fit)
		if i >= 0 || err != nil {
			return i, err
		}
	}
	return -1, &NameError{Name: name, Near: Nearest(name, s.Names()), Columns: s.Names()}
}

// A Resolver finds columns as Resolve does, many of them in a moment, and proposes nothing
// where there is none.
type Resolver struct {
	layout                     layout
	exact, canon, spelt, meant map[string]int // -2: several
}

// Resolver returns a resolver of the schema's columns.
func (s *Schema) Resolver() *Resolver {
	r := &Resolver{layoutNamed(s.Name), map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}}
	put := func(m map[string]int, name string, i int) {
		if _, there := m[name]; there {
			i = -2
		}
		m[name] = i
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		if _, there := r.exact[c.Name]; !there {
			r.exact[c.Name] = i
		}
		put(r.canon, c.Canon, i)
		put(r.spelt, normaliseName(c.Name), i)
		put(r.meant, normaliseName(c.Canon), i)
	}
	return r
}

// Find returns the column of that name in any spelling, -1 if there is none or several.
func (r *Resolver) Find(name string) int {
	if i, ok := r.exact[name]; ok {
		return i
	}
	wanted := normaliseName(name)
	synonym, known := r.layout.synonym(wanted)
	for _, try := range []struct {
		in   map[string]int
		name string
		use  bool
	}{{r.canon, name, true}, {r.spelt, wanted, wanted != ""}, {r.meant, wanted, wanted != ""}, {r.canon, synonym, known}} {
		if i, ok := try.in[try.name]; ok && try.use {
			return max(i, -1)
		}
	}
	return -1
}

// Spelling returns what all spellings of a name have in common: letters in lower case,
// without blanks, underscores, hyphens and points.
func Spelling(name string) string { return normaliseName(name) }

// only returns the one column that fits, -1 if none does, or an error if
// several do.
func (s *Schema) only(name string, fit func(*Column) bool) (int, error) {
	found := -1
	var all []string
	for i := range s.Columns {
		if fit(&s.Columns[i]) {
			found = i
			all = append(all, s.Columns[i].Name)
		}
	}
	if len(all) > 1 {
		return -1, &NameError{Name: name, Near: all, Ambiguous: true, Columns: s.Names()}
	}
	return found, nil
}

// synonym returns the canonical name of the column that the layout also knows
// under this normalised name.
func (l layout) synonym(normalised string) (canon string, ok bool) {
	for _, k := range l.columns {
		for _, n := range k.names() {
			if normalised != "" && normaliseName(n) == normalised {
				return k.canon(), true
			}
		}
	}
	return "", false
}

// A NameError says that a name stands for no column, or for several.
type NameError struct {
	Name      string   // as asked for
	Near      []string // the nearest columns, at most three; if ambiguous, all that fit
	Ambiguous bool
	Columns   []string // all columns there are
}

// Error reads as a sentence: no column "srcbites"; did you mean "src_bytes"?
func (e *NameError) Error() string {
	switch {
	case e.Ambiguous:
		return fmt.Sprintf("column %q could be %s; write it as the file does", e.Name, quotedList(e.Near, "or"))
	case len(e.Near) > 0:
		return fmt.Sprintf("no column %q; did you mean %s?", e.Name, quotedList(e.Near, "or"))
	case len(e.Columns) == 0:
		return fmt.Sprintf("no column %q: the table has no columns", e.Name)
	}
	const most = 10
	if more := len(e.Columns) - most; more > 0 {
		return fmt.Sprintf("no column %q; the columns are %s and %d more", e.Name, quotedList(e.Columns[:most], ","), more)
	}
	return fmt.Sprintf("no column %q; the columns are %s", e.Name, quotedList(e.Columns, "and"))
}

// quotedList writes names for a sentence: "a", "b" or "c".
func quotedList(names []string, last string) string {
	var b strings.Builder
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1 && last != ",":
			b.WriteString(" " + last + " ")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", n)
	}
	return b.String()
}

// mostProposals is how many names Nearest proposes.
const mostProposals = 3

// Nearest returns the candidates, at most three, that a misspelt name may have
// meant, the likeliest first: those within one edit for every three letters
// (one at least), then those that contain the name, and those that begin nearly
// like it, the shortest first. Case,
// blanks and punctuation do not count. Equally near candidates keep their order.
func Nearest(name string, candidates []string) []string {
	wanted := []rune(normaliseName(name))
	const longest = 100 // nobody mistypes a longer name, and the cost is quadratic
	if len(wanted) == 0 || len(wanted) > longest {
		return nil
	}
	type proposal struct {
		name     string
		distance int
	}
	limit := max(1, (len(wanted)+1)/3)
	var near []proposal
	for _, c := range candidates {
		n := normaliseName(c)
		extra := utf8.RuneCountInString(n) - len(wanted)
		distance := limit + 1
		if max(extra, -extra) <= limit {
			distance = editDistance(wanted, []rune(n))
		}
		switch {
		case distance <= limit:
			near = append(near, proposal{c, distance})
		case len(wanted) >= 3 && strings.Contains(n, string(wanted)):
			near = append(near, proposal{c, limit + extra})
		case len(wanted) >= 6 && extra > 0 && editDistance(wanted, []rune(n)[:len(wanted)]) <= 2: // protocl for protocol_type
			near = append(near, proposal{c, limit + extra + 1})
		}
	}
	slices.SortStableFunc(near, func(a, b proposal) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, p := range near[:min(len(near), mostProposals)] {
		names = append(names, p.name)
	}
	return names
}

// editDistance counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b, no letter being edited twice: the restricted
// form of the distance of F. J. Damerau (1964), A technique for computer
// detection and correction of spelling errors, CACM 7(3), 171–176.
func editDistance(a, b []rune) int {
	before := make([]int, len(b)+1) // the row two above
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, row = above, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
