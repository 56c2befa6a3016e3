package dataset

import (
	"errors"
	"fmt"
	"strings"
)

// A Phrasebook is what of a server's language depends on its kind and on the table, for
// TranslateFilter. Columns are numbered as in the schema. What it returns stands
// wherever an expression of a row may; it need not have brackets around it.
type Phrasebook interface {
	// Name is "clickhouse" or "postgres".
	Name() string
	// Number is the cell of a column of numbers, flags or times (in seconds since the
	// epoch) as a float64 that is finite and no negative zero, NULL where it is missing.
	Number(column int) string
	// Text is the cell of a column of words or addresses as the levels of its Dict
	// spell it, NULL where it is missing.
	Text(column int) string
	// Word is a literal, safe whatever the text.
	Word(text string) string
	// Real is a literal of a finite number that reads as the same float64.
	Real(x float64) string
	// Match is a condition: whether a text matches a regular expression of RE2; "" if the
	// server has another kind.
	Match(e, pattern string) string
}

// maxTranslated is how many bytes a condition may have; it is not all of a query, and
// ClickHouse takes 256 KiB of that.
const maxTranslated = 100_000

// TranslateFilter returns a condition in a server's language that is true for the rows
// that the Filter of CompileFilter keeps; for the others it is false or NULL. It may
// stand between AND and OR without brackets of its own.
//
// Conditions on words that the server cannot put itself are put to the levels of the
// column's Dict here, which must then be those of the table. Texts are taken to be valid
// UTF-8. PostgreSQL stops a query where a number that the condition computes is beyond
// the range of float64, which in files is infinite.
//
// Errors in the expression are those of CompileFilter. What has no faithful translation
// is an error that says what to write instead.
func TranslateFilter(expr string, s *Schema, p Phrasebook) (condition string, err error) {
	f, err := CompileFilter(expr, s)
	if err != nil {
		return "", err
	}
	t := &translator{schema: s}
	switch p.Name() {
	case "clickhouse":
		t.say = clickhouseIdiom{p}
	case "postgres":
		t.say = postgresIdiom{p}
	default:
		return "", fmt.Errorf("filters cannot be put to a server of the kind %q; choose clickhouse or postgres", p.Name())
	}
	return t.condition(f.root)
}

// A translator writes a compiled filter in a server's language.
//
// Negation has been pushed down to the comparisons by the compiler, so that
// conditions need not tell false from unknown.
type translator struct {
	schema *Schema
	say    idiom
}

func (t *translator) condition(c condition) (string, error) {
	text, err := t.phrase(c)
	if err == nil && len(text) > maxTranslated {
		return "", errTooLong
	}
	return text, err
}

var errUnknownPart = errors.New("a part of the filter cannot be put to a database; write it in another way")

var errTooLong = fmt.Errorf("the filter becomes longer than the %d bytes that can be put to a database; ask for less at once", maxTranslated)

func (t *translator) phrase(c condition) (string, error) {
	switch c := c.(type) {
	case always:
		return verdict(bool(c)), nil
	case allOf:
		return t.joined(c, " AND ")
	case anyOf:
		return t.joined(c, " OR ")
	case *columnRange:
		return t.comparison(c.op, numberColumn(c.column), constantNumber(c.x))
	case *numberPair:
		return t.comparison(c.op, c.left, c.right)
	case *numberIn:
		return t.membership(c)
	case *wordTest:
		return t.wordTest(c)
	case *wordPair:
		return t.wordPair(c)
	case *missingCell:
		return t.missing(c), nil
	}
	return "", errUnknownPart
}

// verdict is a condition that is the same for all rows.
func verdict(holds bool) string {
	if holds {
		return "1 = 1"
	}
	return "1 = 0"
}

func (t *translator) joined(parts []condition, by string) (string, error) {
	texts := make([]string, len(parts))
	for i, part := range parts {
		text, err := t.condition(part)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return bracketed(strings.Join(texts, by)), nil
}

func (t *translator) missing(c *missingCell) string {
	cell := ""
	switch kind := t.schema.Columns[c.column].Kind; {
	case kind == Unknown:
		return verdict(c.want)
	case kind.Numeric():
		cell = t.say.Number(c.column)
	default:
		cell = t.say.Text(c.column)
	}
	if c.want {
		return bracketed(cell) + " IS NULL"
	}
	return bracketed(cell) + " IS NOT NULL"
}

func bracketed(e string) string { return "(" + e + ")" }
