package dataset

import (
	"fmt"
	"math"
	"strings"
)

// An idiom is how a kind of server says what its Phrasebook does not. Numbers that
// cannot be computed are NaN in ClickHouse, which compares it as IEEE 754 asks, and
// NULL in PostgreSQL, to which NaN is the largest number.
type idiom interface {
	Phrasebook

	beyond(x float64) string                  // a literal of NaN or an infinite number
	computed(e string) string                 // the result of an operator
	divide(x, y phrased) string               // infinite where y is 0 and x is not
	wholeRemainder(e string, by int64) string // of a number from 2^52 on
	unequal(x, y string) string
	known(e string) string   // whether there is a number
	listed(n phrased) string // a number, to stand before IN

	length(e string) string // characters of a text
	contains(e, part string) string
	startsWith(e, part string) string
	endsWith(e, part string) string
	trimmed(e string) string                                  // without one point at the end
	bytewise(e string) string                                 // a text that is ordered by its bytes
	matches(e, pattern string) string                         // of a pattern of loweredPattern
	spelt(e string, levels []string, values []float64) string // the value beside a text among the levels
}

type clickhouseIdiom struct{ Phrasebook }

// Real makes a product of a number below the normal ones, which ClickHouse 18.16 does
// not read. Neither factor is rounded.
func (c clickhouseIdiom) Real(x float64) string {
	const normal, rest = 0x1p-1022, 0x1p-52
	if x == 0 || math.Abs(x) >= normal {
		return c.Phrasebook.Real(x)
	}
	return fmt.Sprintf("%s * %s * %s", c.Phrasebook.Real(x/normal/rest), c.Phrasebook.Real(normal), c.Phrasebook.Real(rest))
}

func (c clickhouseIdiom) beyond(x float64) string {
	switch {
	case x != x:
		return "nan"
	case x > 0:
		return "inf"
	}
	return "-inf"
}

func (c clickhouseIdiom) computed(e string) string { return bracketed(e) }

func (c clickhouseIdiom) divide(x, y phrased) string { return bracketed(x.text + " / " + y.text) }

// wholeRemainder stops the query at numbers beyond 64 bits: every branch is computed
// for every row, and a conversion does not say that it has failed.
func (c clickhouseIdiom) wholeRemainder(e string, by int64) string {
	return fmt.Sprintf("toFloat64(toInt64(%[1]s) %% %[2]d + throwIf(ifNull(%[1]s >= 9223372036854775808, 0)))", e, by)
}

// unequal is false for NaN, which <> is not. The difference of two numbers is 0 only if
// they are equal, and NaN if they are infinite and equal.
func (c clickhouseIdiom) unequal(x, y string) string { return "abs(" + x + " - " + y + ") > 0" }

func (c clickhouseIdiom) known(e string) string { return "NOT isNaN(" + e + ")" }

// listed turns -0 into 0, because IN compares bits.
func (c clickhouseIdiom) listed(n phrased) string {
	if n.cell {
		return n.text
	}
	return bracketed(n.text + " + " + c.Real(0))
}

func (c clickhouseIdiom) length(e string) string { return "toFloat64(lengthUTF8(" + e + "))" }

func (c clickhouseIdiom) contains(e, part string) string {
	return fmt.Sprintf("position(%s, %s) > 0", e, c.Word(part))
}

func (c clickhouseIdiom) startsWith(e, part string) string {
	return fmt.Sprintf("startsWith(%s, %s)", e, c.Word(part))
}

func (c clickhouseIdiom) endsWith(e, part string) string {
	return fmt.Sprintf("endsWith(%s, %s)", e, c.Word(part))
}

func (c clickhouseIdiom) trimmed(e string) string {
	return fmt.Sprintf("replaceRegexpOne(%s, %s, '')", e, c.Word("[.]$"))
}

func (c clickhouseIdiom) bytewise(e string) string { return bracketed(e) }

func (c clickhouseIdiom) matches(e, pattern string) string { return c.Match(e, pattern) }

func (c clickhouseIdiom) spelt(e string, levels []string, values []float64) string {
	from, to := make([]string, len(levels)), make([]string, len(levels))
	for i, level := range levels {
		from[i], to[i] = c.Word(level), "toFloat64("+c.Real(values[i])+")"
	}
	return fmt.Sprintf("transform(ifNull(%s, ''), [%s], [%s], nan)", e, strings.Join(from, ", "), strings.Join(to, ", "))
}

type postgresIdiom struct{ Phrasebook }

func (p postgresIdiom) beyond(x float64) string {
	switch {
	case x != x:
		return "NULL::float8"
	case x > 0:
		return "'Infinity'::float8"
	}
	return "'-Infinity'::float8"
}

func (p postgresIdiom) computed(e string) string { return "NULLIF(" + e + ", 'NaN'::float8)" }

// divide does not divide by 0, which stops a query: a number times infinity is what
// division by 0 makes of it in files. The sign of 0 shows in its text alone.
func (p postgresIdiom) divide(x, y phrased) string {
	switch {
	case y.constant && y.x == 0 && math.Signbit(y.x):
		return p.computed(x.text + " * " + p.beyond(math.Inf(-1)))
	case y.constant && y.x == 0:
		return p.computed(x.text + " * " + p.beyond(math.Inf(1)))
	case y.constant:
		return p.computed(x.text + " / " + y.text)
	}
	inverse := fmt.Sprintf("CASE (%s)::text WHEN '0' THEN %s WHEN '-0' THEN %s END", y.text, p.beyond(math.Inf(1)), p.beyond(math.Inf(-1)))
	return p.computed(fmt.Sprintf("COALESCE(%[1]s / NULLIF(%[2]s, 0), %[1]s * (%[3]s))", x.text, y.text, inverse))
}

func (p postgresIdiom) wholeRemainder(e string, by int64) string {
	return fmt.Sprintf("((%s)::int8 %% %d)::float8", e, by)
}

func (p postgresIdiom) unequal(x, y string) string { return x + " <> " + y }

func (p postgresIdiom) known(e string) string { return e + " IS NOT NULL" }

func (p postgresIdiom) listed(n phrased) string { return n.text }

func (p postgresIdiom) length(e string) string { return "char_length(" + e + ")::float8" }

func (p postgresIdiom) contains(e, part string) string {
	return fmt.Sprintf("strpos(%s, %s) > 0", e, p.Word(part))
}

func (p postgresIdiom) startsWith(e, part string) string {
	return fmt.Sprintf("starts_with(%s, %s)", e, p.Word(part))
}

func (p postgresIdiom) endsWith(e, part string) string {
	w := p.Word(part)
	return fmt.Sprintf("right(%s, char_length(%s)) = %s", e, w, w)
}

func (p postgresIdiom) trimmed(e string) string {
	return fmt.Sprintf("regexp_replace(%s, '[.]$', '')", e)
}

func (p postgresIdiom) bytewise(e string) string { return bracketed(e) + ` COLLATE "C"` }

func (p postgresIdiom) matches(e, pattern string) string {
	return bracketed(e) + " ~ " + p.Word(pattern)
}

func (p postgresIdiom) spelt(e string, levels []string, values []float64) string {
	var b strings.Builder
	b.WriteString("CASE " + bracketed(e))
	for i, level := range levels {
		fmt.Fprintf(&b, " WHEN %s THEN %s", p.Word(level), p.Real(values[i]))
	}
	return b.String() + " END"
}
