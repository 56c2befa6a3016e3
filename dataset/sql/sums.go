package sql

import (
	"context"
	"fmt"
	"math"
	"strings"
)

// sumsPerStatement is how many sums one statement asks for: servers limit how many
// expressions, and how much text, they take.
const sumsPerStatement = 400

// A sumList is a list of sums over the rows of a source, which are asked for together.
// Each is an aggregate of cells and shifted cells, by their aliases; the same text is
// asked for once.
type sumList struct {
	s       *Source
	rows    int64                  // at least as many as are added up
	cells   map[string]string      // by alias: the expression of a number
	shifted map[string]shiftedCell // by alias
	aliases map[shiftedCell]string // of shifted cells
	sums    []sumOf
	places  map[string]int // of sums, by their text
}

// A sumOf is a sum, in one or two parts, and the aliases that it needs.
type sumOf struct {
	parts []string
	of    []string
}

// A shiftedCell is (cell − by.at)·2^−by.exp, or something else that is made of a cell.
type shiftedCell struct {
	cell string // its alias
	by   shift
	made made
}

// made says what is made of a cell.
type made uint8

const (
	shifted made = iota // NULL where the cell is
	filled              // shifted, and 0 where the cell is NULL
	present             // 1, and 0 where the cell is NULL
)

// A shift is a value near the mean, and a binary exponent that keeps powers of
// differences from it within the range of float64.
type shift struct {
	at  float64
	exp int
}

func newSumList(s *Source, rows int64) *sumList {
	return &sumList{s: s, rows: rows, cells: map[string]string{}, shifted: map[string]shiftedCell{}, aliases: map[shiftedCell]string{}, places: map[string]int{}}
}

// cell adds an expression and returns its alias.
func (l *sumList) cell(e string) string {
	alias := l.s.alias("x", len(l.cells))
	l.cells[alias] = e
	return alias
}

// shift returns the alias of what is made of a cell.
func (l *sumList) shift(cell string, by shift, m made) string {
	c := shiftedCell{cell, by, m}
	alias, ok := l.aliases[c]
	if !ok {
		alias = l.s.alias("d", len(l.shifted))
		l.aliases[c], l.shifted[alias] = alias, c
	}
	return alias
}

// add adds an aggregate of what these aliases stand for, and returns its place.
func (l *sumList) add(aggregate string, of ...string) int { return l.addParts([]string{aggregate}, of) }

// sum adds the sum of a term that is nowhere larger than a bound, and returns its place.
// Servers add up as they please, so that millions of roundings add up, too. What they add
// here is first the terms rounded to a unit so large that this sum is exact, and then
// what rounding took from the terms, where an error counts for little.
//
// The idea: S. M. Rump, T. Ogita and S. Oishi (2008), "Accurate floating-point summation,
// part I", SIAM Journal on Scientific Computing 31, 189–224.
func (l *sumList) sum(term string, bound float64, of ...string) int {
	parts := l.s.twice(term, bound, l.rows)
	for i, part := range parts {
		parts[i] = l.s.d.Sum(part)
	}
	return l.addParts(parts, of)
}

// twice is a term of so many rows in the parts that are added up apart: one alone where the
// server makes good what rounding takes.
func (s *table) twice(term string, bound float64, rows int64) []string {
	rounder, ok := rounderFor(bound, rows)
	if d, compensates := s.d.(interface{ Compensates() bool }); !ok || compensates && d.Compensates() {
		return []string{term}
	}
	round := s.d.Real(rounder)
	rounded := fmt.Sprintf("((%s + %s) - %s)", term, round, round)
	return []string{rounded, term + " - " + rounded}
}

// rounderFor returns the number that rounds a term to a unit, its last bit, when it is
// added and taken away again. So many rounded terms add up to less than 2^53 units. It is
// false where the sum would be near the ends of the range of float64.
func rounderFor(bound float64, rows int64) (rounder float64, ok bool) {
	total := bound * float64(max(rows, 2))
	if !(total > 0x1p-900 && total < 0x1p900) {
		return 0, false
	}
	_, exp := math.Frexp(total)
	return math.Ldexp(1.5, exp), true
}

func (l *sumList) addParts(parts, of []string) int {
	key := strings.Join(parts, ", ")
	place, ok := l.places[key]
	if !ok {
		place = len(l.sums)
		l.places[key] = place
		l.sums = append(l.sums, sumOf{parts, of})
	}
	return place
}

// ask returns the sums by their places: NaN for NULL, which a sum of nothing may be.
func (l *sumList) ask(ctx context.Context) ([]float64, error) {
	out := make([]float64, 0, len(l.sums))
	for from, to := 0, 0; from < len(l.sums); from = to {
		for n := 0; to < len(l.sums) && n+len(l.sums[to].parts) <= sumsPerStatement; to++ {
			n += len(l.sums[to].parts)
		}
		some, err := l.answer(ctx, l.sums[from:to])
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// answer asks for some of the sums in one statement.
func (l *sumList) answer(ctx context.Context, sums []sumOf) (out []float64, err error) {
	statement, n := l.statement(sums)
	var values []float64
	err = l.s.query(ctx, statement, typesOf(Real, n), func(b *Block) error {
		for c := 0; c < len(b.Columns) && b.Rows > 0; c++ {
			values = append(values, b.Columns[c].Reals[0])
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(values) != n:
		return nil, fmt.Errorf("%s answered %d of %d sums; try again", l.s.name(), len(values), n)
	}
	for _, sum := range sums {
		total := 0.0
		for _, part := range values[:len(sum.parts)] {
			total += part
		}
		out, values = append(out, total), values[len(sum.parts):]
	}
	return out, nil
}

// statement nests three queries, so that every expression is written once: cells within,
// shifted cells around them, sums outside. It returns how many these are, too.
func (l *sumList) statement(sums []sumOf) (statement string, n int) {
	var inner, middle, outer []string
	seen := map[string]bool{}
	need := func(alias, e string, list *[]string) {
		if !seen[alias+" "+e] {
			seen[alias+" "+e] = true
			*list = append(*list, e+" AS "+alias)
		}
	}
	for _, sum := range sums {
		for _, part := range sum.parts {
			outer = append(outer, l.s.d.CastReal(part))
		}
		for _, alias := range sum.of {
			cell := alias
			if c, ok := l.shifted[alias]; ok {
				cell = c.cell
				need(alias, l.s.made(c), &middle)
			} else {
				need(alias, alias, &middle)
			}
			need(cell, l.cells[cell], &inner)
		}
	}
	return fmt.Sprintf("SELECT %s FROM (SELECT %s FROM (SELECT %s FROM %s%s) AS %s%s) AS %s", strings.Join(outer, ", "), strings.Join(middle, ", "),
		strings.Join(inner, ", "), l.s.from(), l.s.fence(), l.s.alias("q", 0), l.s.fence(), l.s.alias("q", 1)), len(outer)
}

// fence is what stands at the end of a subquery whose expressions are to be computed
// once, on servers that need to be told.
func (s *table) fence() string {
	if d, ok := s.d.(interface{ Fence() string }); ok {
		return " " + d.Fence()
	}
	return ""
}

// typesOf returns n types that are all the same.
func typesOf(t Type, n int) []Type {
	types := make([]Type, n)
	for i := range types {
		types[i] = t
	}
	return types
}

// made is the expression of what is made of a cell. What is never NULL is much faster to
// multiply on some servers.
func (s *Source) made(c shiftedCell) string {
	switch c.made {
	case filled:
		return "coalesce(" + s.shiftedBy(c.cell, c.by) + ", " + s.d.Real(0) + ")"
	case present:
		return fmt.Sprintf("(CASE WHEN %s IS NOT NULL THEN %s ELSE %s END)", c.cell, s.d.Real(1), s.d.Real(0))
	}
	return s.shiftedBy(c.cell, c.by)
}

// faint is what the difference from a shift must exceed to count: its fourth power is
// a normal number still, for some servers refuse products that are not.
const faint = 0x1p-250

// shiftedBy is the expression of a shifted cell. A difference from a shift that is not
// 0 is no less than the last bit of the shift, so that there is no faint one.
func (s *Source) shiftedBy(x string, by shift) string {
	at := s.d.Real(math.Ldexp(by.at, -by.exp) + 0)
	e := fmt.Sprintf("(%s - (%s))", x, at)
	if by.exp != 0 {
		scaled := fmt.Sprintf("(%s * %s - (%s))", x, s.d.Real(math.Ldexp(1, -by.exp)), at)
		none := s.d.Real(-math.Ldexp(by.at, -by.exp) + 0)
		e = s.within(x, math.Ldexp(1, by.exp-200), none, scaled)
	} else if by.at != 0 {
		return e
	}
	return s.within(e, faint, s.d.Real(0), e)
}

// within is the expression that is then where e lies between −limit and limit, and
// otherwise where it does not, or is NULL.
func (s *Source) within(e string, limit float64, then, otherwise string) string {
	return fmt.Sprintf("(CASE WHEN %s > (%s) AND %s < %s THEN %s ELSE %s END)", e, s.d.Real(-limit), e, s.d.Real(limit), then, otherwise)
}

// A spread is what has to be known of numbers before their powers can be added up.
type spread struct {
	n              int64
	min, max, mean float64 // the mean need not be exact
}

// spreads returns the spreads of expressions of numbers, and the number of rows.
func (s *Source) spreads(ctx context.Context, cells []string) ([]spread, int64, error) {
	if len(cells) == 0 {
		return nil, 0, nil
	}
	if known, rows := s.knownSpreads(cells); known != nil {
		return known, rows, nil
	}
	l := newSumList(s, 0)
	var places [][4]int
	rows := -1
	for _, e := range cells {
		x := l.cell(e)
		if rows < 0 {
			rows = l.add(s.d.Count(), x)
		}
		places = append(places, [4]int{l.add(s.d.CountIf(x+" IS NOT NULL"), x), l.add("min("+x+")", x), l.add("max("+x+")", x),
			l.add(s.d.Sum(s.bounded(x)), x)})
	}
	sums, err := l.ask(ctx)
	if err != nil {
		return nil, 0, err
	}
	out := make([]spread, len(cells))
	for i, p := range places {
		if n := sums[p[0]]; n > 0 {
			out[i] = spread{n: int64(n), min: sums[p[1]], max: sums[p[2]], mean: sums[p[3]] / n}
		}
	}
	s.remember(cells, out, int64(sums[rows]))
	return out, int64(sums[rows]), nil
}

// A spreadKey names a cell of some rows of a table, of which there were so many.
type spreadKey struct {
	condition, cell string
	rows            int64
}

// knownSpreads returns the spreads of cells if all have been asked for before.
func (s *Source) knownSpreads(cells []string) ([]spread, int64) {
	rows := s.Rows()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]spread, len(cells))
	for i, cell := range cells {
		known, there := s.spread[spreadKey{s.condition, cell, rows}]
		if !there {
			return nil, 0
		}
		out[i] = known
	}
	return out, rows
}

// remember keeps spreads for the next who ask.
func (s *Source) remember(cells []string, found []spread, rows int64) {
	if s.Rows() != rows {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spread == nil {
		s.spread = map[spreadKey]spread{}
	}
	for i, cell := range cells {
		s.spread[spreadKey{s.condition, cell, rows}] = found[i]
	}
}

// bounded is x, but for numbers that are so large that their sum may not be one.
func (s *Source) bounded(x string) string {
	const most = 1e280
	return fmt.Sprintf("(CASE WHEN %s > %s THEN %s WHEN %s < (%s) THEN %s ELSE %s END)",
		x, s.d.Real(most), s.d.Real(most), x, s.d.Real(-most), s.d.Real(-most), x)
}

// shift returns a value near the mean, with few digits beside the width of the range:
// differences of numbers with few digits then have few, too, and add up exactly.
func (p spread) shift() shift {
	by := shift{at: min(max(p.mean, p.min), p.max), exp: powerExponent(p.min, p.max)}
	if width := p.max - p.min; width > 0 && !math.IsInf(width, 1) {
		if unit := math.Ldexp(1, math.Ilogb(width)-20); unit > 0 {
			by.at = math.RoundToEven(by.at/unit) * unit
		}
	}
	return by
}

// reach returns the largest shifted number.
func (p spread) reach(by shift) float64 {
	at := math.Ldexp(by.at, -by.exp)
	return max(math.Abs(math.Ldexp(p.min, -by.exp)-at), math.Abs(math.Ldexp(p.max, -by.exp)-at))
}

// powerExponent returns the binary exponent to divide by so that fourth powers of
// numbers between lo and hi, and of their differences, stay within range; 0 if they do
// anyway.
func powerExponent(lo, hi float64) int {
	_, exp := math.Frexp(max(math.Abs(lo), math.Abs(hi)))
	if -190 < exp && exp < 190 {
		return 0
	}
	return max(-1000, min(exp, 1000))
}
