package dataset

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
)

// A phrased is a number of every row in a server's language: NULL, or as the idiom
// leaves it, NaN, where there is none.
type phrased struct {
	text     string
	constant bool
	x        float64 // of a constant
	cell     bool    // whether it is a column as it stands: finite or NULL
}

// simple reports whether the number is finite and not the result of a computation.
func (n phrased) simple() bool { return n.cell || n.constant && !math.IsInf(n.x, 0) && n.x == n.x }

func (t *translator) number(q quantity) (phrased, error) {
	n, err := t.numberPhrase(q)
	if err == nil && len(n.text) > maxTranslated {
		return n, errTooLong
	}
	return n, err
}

func (t *translator) numberPhrase(q quantity) (phrased, error) {
	switch q := q.(type) {
	case constantNumber:
		return t.constant(float64(q)), nil
	case numberColumn:
		if t.schema.Columns[q].Kind == Unknown {
			return t.constant(math.NaN()), nil
		}
		return phrased{text: bracketed(t.say.Number(int(q))), cell: true}, nil
	case *wordNumbers:
		return t.wordNumber(q)
	case *function:
		return t.function(q)
	case *arithmetic:
		return t.arithmetic(q)
	}
	return phrased{}, errUnknownPart
}

func (t *translator) constant(x float64) phrased {
	n := phrased{constant: true, x: x}
	if math.IsInf(x, 0) || x != x {
		n.text = bracketed(t.say.beyond(x))
	} else {
		n.text = bracketed(t.say.Real(x))
	}
	return n
}

func (t *translator) function(q *function) (phrased, error) {
	if q.name == "log1p" {
		return phrased{}, errors.New("a database does not compute log1p as files do; compare it with a number and nothing else, as in log1p(src_bytes) < 5")
	}
	x, err := t.number(q.x)
	if err != nil {
		return phrased{}, err
	}
	if q.name == "abs" {
		return phrased{text: "abs(" + x.text + ")"}, nil
	}
	return phrased{text: "(-" + x.text + ")"}, nil
}

func (t *translator) arithmetic(q *arithmetic) (phrased, error) {
	x, err := t.number(q.x)
	if err != nil {
		return phrased{}, err
	}
	y, err := t.number(q.y)
	if err != nil {
		return phrased{}, err
	}
	switch q.name {
	case "/":
		return phrased{text: t.say.divide(x, y)}, nil
	case "%":
		return t.remainder(x, y)
	case "**", "^":
		return t.power(x, y)
	}
	return phrased{text: t.say.computed(x.text + " " + q.name + " " + y.text)}, nil
}

// remainder is exact: a quotient of a float64 below 2^52 and a whole number is never
// rounded up to a whole number, and from there on all numbers are whole. Its sign
// is that of x, even if it is 0.
func (t *translator) remainder(x, y phrased) (phrased, error) {
	size := math.Abs(y.x)
	if !y.constant || !(size >= 1 && size < 1<<31) || size != math.Trunc(size) {
		return phrased{}, errors.New("a database computes % only with a whole number behind it, from 1 to 2147483647, as in dst_port % 1024; write another condition")
	}
	abs, by := "abs("+x.text+")", t.constant(size).text
	positive := fmt.Sprintf("CASE WHEN %[1]s < %[2]s THEN %[1]s - %[3]s * floor(%[1]s / %[3]s) ELSE %[4]s END",
		abs, t.constant(1<<52).text, by, t.say.wholeRemainder(abs, int64(size)))
	text := fmt.Sprintf("(CASE WHEN %[1]s > %[2]s THEN %[3]s WHEN %[1]s < %[2]s THEN -(%[3]s) ELSE %[1]s END)", x.text, t.constant(0).text, positive)
	return phrased{text: text}, nil
}

// maxExponent keeps powers short, which are products.
const maxExponent = 16

// power multiplies in the order of math.Pow, so that it rounds alike.
func (t *translator) power(x, y phrased) (phrased, error) {
	size := int(math.Abs(y.x))
	switch {
	case y.constant && y.x == 0.5:
		return t.squareRoot(x), nil
	case !y.constant || !(math.Abs(y.x) <= maxExponent) || float64(size) != math.Abs(y.x):
		return phrased{}, fmt.Errorf("a database computes ** as files do only with a whole number from -%d to %d or 0.5 behind it; write another condition", maxExponent, maxExponent)
	case size == 0:
		return t.constant(1), nil
	}
	product, square := "", x.text
	for ; ; size >>= 1 {
		if size&1 == 1 && product == "" {
			product = square
		} else if size&1 == 1 {
			product = t.say.computed(product + " * " + square)
		}
		if size <= 1 {
			break
		}
		if square = t.say.computed(square + " * " + square); len(square) > maxTranslated {
			return phrased{}, errTooLong
		}
	}
	if y.x < 0 {
		product = t.say.divide(t.constant(1), phrased{text: product})
	}
	return phrased{text: product}, nil
}

// squareRoot does not take the root of a negative number, which stops a query, but for
// minus infinity, of which math.Pow makes infinity.
func (t *translator) squareRoot(x phrased) phrased {
	zero, lowest := t.constant(0).text, t.constant(-math.MaxFloat64).text
	text := fmt.Sprintf("CASE WHEN %[1]s > %[2]s THEN sqrt(%[1]s) WHEN %[1]s = %[2]s THEN %[2]s WHEN %[1]s < %[3]s THEN %[4]s END",
		x.text, zero, lowest, t.say.beyond(math.Inf(1)))
	return phrased{text: bracketed(text)}
}

func (t *translator) comparison(op comparison, left, right quantity) (string, error) {
	if f, ok := left.(*function); ok && f.name == "log1p" {
		if limit, ok := right.(constantNumber); ok {
			return t.logarithm(op, f.x, float64(limit))
		}
	}
	x, err := t.number(left)
	if err != nil {
		return "", err
	}
	y, err := t.number(right)
	if err != nil {
		return "", err
	}
	if op == unequalTo && !(x.simple() && y.simple()) {
		return t.say.unequal(x.text, y.text), nil
	}
	return x.text + signs[op] + y.text, nil
}

var signs = [...]string{equalTo: " = ", unequalTo: " <> ", lessThan: " < ", atLeast: " >= ", greaterThan: " > ", atMost: " <= "}

// logarithm compares log1p of a number with a constant, by comparing the number with
// the constant at which the logarithm passes it: log1p keeps the order.
func (t *translator) logarithm(op comparison, q quantity, limit float64) (string, error) {
	n, err := t.number(q)
	if err != nil || limit != limit {
		return verdict(false), err
	}
	highest := math.IsInf(limit, 1) // which nothing is greater than
	below := func(passed comparison) string {
		if highest && passed == greaterThan {
			return verdict(true)
		}
		return n.text + " < " + t.constant(threshold(passed, limit)).text
	}
	from := func(passed comparison) string {
		if highest && passed == greaterThan {
			return verdict(false)
		}
		return n.text + " >= " + t.constant(threshold(passed, limit)).text
	}
	domain := n.text + " >= " + t.constant(-1).text
	switch op {
	case lessThan:
		return bracketed(domain + " AND " + below(atLeast)), nil
	case atMost:
		return bracketed(domain + " AND " + below(greaterThan)), nil
	case atLeast:
		return from(atLeast), nil
	case greaterThan:
		return from(greaterThan), nil
	case equalTo:
		return bracketed(from(atLeast) + " AND " + below(greaterThan)), nil
	}
	return bracketed(domain + " AND (" + below(atLeast) + " OR " + from(greaterThan) + ")"), nil
}

// threshold returns the least number from -1 whose log1p passes the limit, if any does.
// The bits of float64 rise from 0 to 1 and beyond, and so fall from -1 to 0.
func threshold(passed comparison, limit float64) float64 {
	passes := func(x float64) bool { return passed.holds(math.Log1p(x), limit) }
	positive := func(i int) float64 { return math.Float64frombits(uint64(i)) }
	one := int(math.Float64bits(1))
	negative := func(i int) float64 { return -positive(one - i) }
	if passes(0) {
		return negative(sort.Search(one, func(i int) bool { return passes(negative(i)) })) + 0
	}
	infinite := int(math.Float64bits(math.Inf(1)))
	return positive(sort.Search(infinite, func(i int) bool { return passes(positive(i)) }))
}

// membership is a list behind a number.
func (t *translator) membership(c *numberIn) (string, error) {
	if f, ok := c.number.(*function); ok && f.name == "log1p" {
		return t.logarithmIn(f.x, c)
	}
	n, err := t.number(c.number)
	if err != nil {
		return "", err
	}
	var items []string
	for _, x := range c.values {
		if x == x {
			items = append(items, t.constant(x+0).text) // no negative zero
		}
	}
	known := t.say.known(n.text)
	switch list := bracketed(strings.Join(items, ", ")); {
	case len(items) == 0 && c.want:
		return verdict(false), nil
	case len(items) == 0:
		return known, nil
	case c.want:
		return t.say.listed(n) + " IN " + list, nil
	default:
		return bracketed(t.say.listed(n) + " NOT IN " + list + " AND " + known), nil
	}
}

func (t *translator) logarithmIn(q quantity, c *numberIn) (string, error) {
	op, by := equalTo, " OR "
	if !c.want {
		op, by = unequalTo, " AND "
	}
	var parts []string
	for _, x := range c.values {
		if x != x {
			continue
		}
		part, err := t.logarithm(op, q, x)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	switch {
	case len(parts) == 0 && c.want:
		return verdict(false), nil
	case len(parts) == 0:
		return t.logarithm(atMost, q, math.Inf(1)) // of none, which only NaN passes
	}
	return bracketed(strings.Join(parts, by)), nil
}
