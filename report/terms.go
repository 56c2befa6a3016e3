package report

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/netanom/netanom/stats"
)

// Terms returns a table with one row per term of a result: post-hoc pairs,
// coefficients, the sources of an analysis of variance. It has a column for
// every name that a term's values have, in the order in which they are first
// met; a term without a value of that name has a missing cell. Names become keys
// in snake_case, and those that the glossary has are written by its kinds.
func Terms(name, title string, r stats.Result) Table {
	t := Table{Name: name, Title: title, Columns: Cols("term")}
	index := map[string]int{} // column by name
	for _, term := range r.Terms {
		for _, v := range term.Values {
			if _, ok := index[v.Name]; !ok {
				index[v.Name] = len(t.Columns)
				t.Columns = append(t.Columns, t.newColumn(v.Name))
			}
		}
	}
	for _, term := range r.Terms {
		row := make([]any, len(t.Columns))
		row[0] = term.Name
		for _, v := range term.Values {
			row[index[v.Name]] = v.Value
		}
		t.Rows = append(t.Rows, row)
	}
	t.joinLogarithms()
	t.hideEmpty()
	t.Footnotes = Family{}.warnings([]stats.Result{r})
	return t
}

// newColumn returns a column for values of that name, with a key of its own.
func (t Table) newColumn(name string) Column {
	key := snakeCase(name)
	c, known := Lookup(key)
	if !known {
		c = Column{Key: key, Title: name, Kind: Real}
	}
	for n := 2; t.column(c.Key) >= 0; n++ {
		c.Key, c.Title = fmt.Sprintf("%s_%d", key, n), name
	}
	if !c.Kind.Numeric() {
		c.Kind = Real // the values of a term are numbers
	}
	return c
}

// joinLogarithms gives p-values the logarithms that stand in a column beside
// them, so that they can be written where they underflow.
func (t Table) joinLogarithms() {
	for j, c := range t.Columns {
		if c.Kind != PValue {
			continue
		}
		k := t.column("log10_" + c.Key)
		if k < 0 {
			continue
		}
		for _, row := range t.Rows {
			p, okP := row[j].(float64)
			log10, okLog := row[k].(float64)
			if okP && okLog && !math.IsNaN(p) {
				row[j] = P{P: p, Log10: log10}
			}
		}
	}
}

// snakeCase turns a name into a key: lower case, one underscore between words.
func snakeCase(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(words) == 0 {
		return "value"
	}
	return strings.Join(words, "_")
}
