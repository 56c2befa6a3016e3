package sql

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

var _ dataset.Likely = (*Source)(nil)

// A likelihood adds up over the rows of a logistic regression. It implements
// stats.LogitAdder.
type likelihood struct {
	s          *Source // of the rows that count
	class      string  // 1 or 0
	hash       string  // of the keys; "": there are none, and one pattern
	hashes     []float64
	patterns   []int    // by hash
	quantities []string // as they are
	units      []unit   // of these
	rows       int64
}

// A unit is what is taken from a quantity, and what it is then divided by.
type unit struct {
	center, scale float64
	reach         float64 // the farthest that a quantity is then from 0
}

// Different implements dataset.Likely.
func (s *Source) Different(ctx context.Context, columns []int) (n int64, err error) {
	hash, err := s.hash(columns)
	if err != nil {
		return 0, err
	}
	estimate := s.d.Distinct(hash)
	if estimate == "" {
		return -1, nil
	}
	err = s.query(ctx, "SELECT "+s.d.Int(estimate)+" FROM "+s.from(), []Type{Int}, func(b *Block) error {
		for row := range b.Rows {
			n += b.Columns[0].Ints[row]
		}
		return nil
	})
	return n, err
}

// Likelihood implements dataset.Likely. One statement counts the rows, one the patterns,
// and two find the moments of the quantities.
func (s *Source) Likelihood(ctx context.Context, q dataset.LikelihoodQuery) (*dataset.Likelihood, error) {
	if err := s.checkLikelihood(&q); err != nil {
		return nil, err
	}
	for _, column := range q.Keys {
		if found, err := s.levels[column].get(ctx, s, column); err != nil {
			return nil, err
		} else if err := s.tooMany(found, column); err != nil {
			return nil, err
		}
	}
	class := s.classOf(&q.Class)
	counting := []string{class + " IN (0, 1)"}
	for _, column := range q.Keys {
		counting = append(counting, s.present(column))
	}
	l := &likelihood{class: class}
	logs := map[int]bool{}
	for _, factors := range q.Quantities {
		var product []string
		for i := range factors {
			f := &factors[i]
			counting = append(counting, s.number(f.Column)+" IS NOT NULL")
			product = append(product, s.factor(f))
			logs[f.Column] = logs[f.Column] || f.Function == dataset.Log1p
		}
		l.quantities = append(l.quantities, "("+strings.Join(product, " * ")+")")
	}
	condition := "(" + strings.Join(counting, ") AND (") + ")"
	out := &dataset.Likelihood{}
	if err := s.countLikelihood(ctx, out, class, condition, logs); err != nil || out.Undefined != nil {
		return out, err
	}
	if l.rows = out.Rows - out.Missing - out.Outside; l.rows == 0 {
		return out, nil
	}
	of := *s
	of.counted = &rowCount{n: l.rows}
	if of.condition = condition; s.condition != "" {
		of.condition = "(" + s.condition + ") AND (" + condition + ")"
	}
	l.s = &of
	if err := l.findPatterns(ctx, out, &q); err != nil || out.Full {
		return out, err
	}
	out.LogitAdder = l
	return out, l.measure(ctx, out)
}

// checkLikelihood returns an error for columns that do not exist or are of the wrong kind.
func (s *Source) checkLikelihood(q *dataset.LikelihoodQuery) error {
	for i, column := range append([]int{q.Class.Column}, q.Keys...) {
		if column < 0 || column >= len(s.schema.Columns) {
			return fmt.Errorf("column %d does not exist", column)
		}
		if i > 0 && s.levels[column] == nil {
			return fmt.Errorf("column %q has no levels", s.schema.Columns[column].Name)
		}
	}
	for _, factors := range q.Quantities {
		for _, f := range factors {
			if err := s.wantNumbers(f.Column); err != nil {
				return err
			}
		}
	}
	return nil
}

// classOf is 1 or 0 for the classes of rows, −1 where the cell is missing, and 2 for
// rows of neither.
func (s *Source) classOf(h *dataset.Halves) string {
	numbers := s.isNumber(h.Column)
	e, none := s.text(h.Column), "''"
	list := func(class int) (out []string) {
		if numbers {
			for _, x := range h.Numbers[class] {
				out = append(out, s.d.Real(x))
			}
			return out
		}
		for _, level := range h.Levels[class] {
			out = append(out, s.d.Word(level))
		}
		return out
	}
	missing := "(" + e + ") = " + none
	if numbers {
		e = s.number(h.Column)
		missing = e + " IS NULL"
	}
	out := "CASE WHEN " + missing + " THEN -1"
	if ones := list(1); len(ones) > 0 {
		out += " WHEN (" + e + ") IN (" + strings.Join(ones, ", ") + ") THEN 1"
	}
	zeros := list(0)
	if len(zeros) == 0 {
		return "(" + out + " ELSE 0 END)"
	}
	return "(" + out + " WHEN (" + e + ") IN (" + strings.Join(zeros, ", ") + ") THEN 0 ELSE 2 END)"
}

// factor is a factor of a quantity.
func (s *Source) factor(f *dataset.Factor) string {
	x := s.number(f.Column)
	switch f.Function {
	case dataset.Log1p:
		x = s.log1p(x)
	case dataset.Positive:
		x = "(CASE WHEN " + x + " > 0 THEN " + s.d.Real(1) + " ELSE " + s.d.Real(0) + " END)"
	}
	if f.Center != 0 {
		x = "(" + x + " - (" + s.d.Real(f.Center) + "))"
	}
	if f.Scale != 0 && f.Scale != 1 {
		x = "(" + x + " / " + s.d.Real(f.Scale) + ")"
	}
	return x
}

// log1p is log(1+x), which not all servers have. What rounding takes from 1+x is made
// good by the quotient. W. Kahan, in D. Goldberg (1991), "What every computer scientist
// should know about floating-point arithmetic", ACM Computing Surveys 23, theorem 4.
func (s *table) log1p(x string) string {
	one := s.d.Real(1)
	sum := "(" + x + " + " + one + ")"
	return "(CASE WHEN " + sum + " = " + one + " THEN " + x + " ELSE ln(" + sum + ") * (" + x + " / (" + sum + " - " + one + ")) END)"
}

// countLikelihood counts the rows, and looks for numbers without logarithm.
func (s *Source) countLikelihood(ctx context.Context, out *dataset.Likelihood, class, condition string, logs map[int]bool) error {
	list := []string{s.d.Int(s.d.Count()), s.d.Int(s.d.CountIf(class + " = 2")), s.d.Int(s.d.CountIf(condition))}
	var columns []int
	for column, is := range logs {
		if is {
			columns = append(columns, column)
		}
	}
	slices.Sort(columns)
	for _, column := range columns {
		list = append(list, s.d.Int(s.d.CountIf(s.number(column)+" <= "+s.d.Real(-1))))
	}
	err := s.query(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+s.from(), typesOf(Int, len(list)), func(b *Block) error {
		for row := range b.Rows {
			of := func(i int) int64 { return b.Columns[i].Ints[row] }
			out.Rows, out.Outside, out.Missing = of(0), of(1), of(0)-of(1)-of(2)
			for i, column := range columns {
				if of(3+i) > 0 {
					out.Undefined = append(out.Undefined, column)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.agree(out.Rows)
}

// A foundPattern is a pattern as the server counts it.
type foundPattern struct {
	hash       int64
	levels     []string
	ones, rows int64
}

// findPatterns counts the rows of each pattern. It is known by a hash of its levels in
// statements: a number of 53 bits, of which no two of a million agree but by odd chance.
func (l *likelihood) findPatterns(ctx context.Context, out *dataset.Likelihood, q *dataset.LikelihoodQuery) (err error) {
	s := l.s
	if len(q.Keys) > 0 {
		if l.hash, err = s.hash(q.Keys); err != nil {
			return err
		}
	}
	found, err := l.askPatterns(ctx, q)
	if err != nil {
		return err
	}
	if out.Full = len(found) > q.Most; out.Full {
		return nil
	}
	slices.SortFunc(found, func(a, b foundPattern) int { return slices.Compare(a.levels, b.levels) })
	n, order := int64(0), make([]int, len(found))
	for i, p := range found {
		order[i] = i
		n += p.rows
		out.Levels, out.Ones, out.Zeros = append(out.Levels, p.levels), append(out.Ones, p.ones), append(out.Zeros, p.rows-p.ones)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(found[a].hash, found[b].hash) })
	for _, i := range order {
		l.hashes, l.patterns = append(l.hashes, float64(found[i].hash)), append(l.patterns, i)
	}
	if n != l.rows {
		return s.changed()
	}
	return nil
}

// askPatterns asks for the patterns, and for one more than wanted.
func (l *likelihood) askPatterns(ctx context.Context, q *dataset.LikelihoodQuery) (found []foundPattern, err error) {
	s, h, n, ones := l.s, l.s.alias("h", 0), l.s.alias("n", 0), l.s.alias("n", 1)
	inner := []string{cmp.Or(l.hash, "0") + " AS " + h, s.d.Count() + " AS " + n, s.d.CountIf(l.class+" = 1") + " AS " + ones}
	outer, types := []string{s.d.Int(h), s.d.Int(n), s.d.Int(ones)}, typesOf(Int, 3)
	for i, column := range q.Keys {
		key := s.alias("k", i)
		inner, outer, types = append(inner, "min("+s.text(column)+") AS "+key), append(outer, key), append(types, Words)
	}
	statement := fmt.Sprintf("SELECT %s FROM (SELECT %s FROM %s GROUP BY %s LIMIT %d) AS %s",
		strings.Join(outer, ", "), strings.Join(inner, ", "), s.from(), h, q.Most+1, s.alias("g", 0))
	err = s.query(ctx, statement, types, func(b *Block) error {
		for row := range b.Rows {
			p := foundPattern{hash: b.Columns[0].Ints[row], rows: b.Columns[1].Ints[row], ones: b.Columns[2].Ints[row]}
			for i := range q.Keys {
				p.levels = append(p.levels, strings.Clone(b.Columns[3+i].Words[row]))
			}
			found = append(found, p)
		}
		return nil
	})
	return found, err
}

// measure finds the moments of the quantities, which are their units from then on. The
// first units are such that squares are within the range of float64.
func (l *likelihood) measure(ctx context.Context, out *dataset.Likelihood) error {
	spreads, rows, err := l.s.spreads(ctx, l.quantities)
	if err != nil || len(l.quantities) == 0 {
		return err
	}
	if rows != l.rows {
		return l.s.changed()
	}
	for _, p := range spreads {
		if p.n != l.rows {
			return fmt.Errorf("%s: a product of columns is beyond the numbers that can be computed with; leave it out, or take log1p of its factors", l.s.name())
		}
		l.units = append(l.units, unitOf(p, p.mean, max(p.max-p.mean, p.mean-p.min)))
	}
	sums, err := l.add(ctx, stats.LogitPlace{By: l.nowhere(), Weight: stats.UnitWeight})
	if err != nil {
		return err
	}
	for k, p := range spreads {
		first, second := 0.0, 0.0
		for _, sum := range sums {
			place := (k + 1) * (k + 2) / 2
			first, second = first+sum.Products[place], second+sum.Products[place+k+1]
		}
		m := l.units[k].moments(p, first, second)
		out.Quantities = append(out.Quantities, m)
		l.units[k] = unitOf(p, m.Mean, stats.LogitUnit(&m))
	}
	return nil
}

// nowhere is the place at which nothing counts.
func (l *likelihood) nowhere() [][]float64 {
	out := make([][]float64, len(l.patterns))
	for i := range out {
		out[i] = make([]float64, 1+len(l.quantities))
	}
	return out
}

func unitOf(p spread, center, scale float64) unit {
	if !(scale > 0) {
		scale = 1
	}
	return unit{center, scale, max(p.max-center, center-p.min) / scale}
}

// moments turns the sums of quantities and squares in a unit into moments.
func (u unit) moments(p spread, first, second float64) stats.Moments {
	m := stats.Moments{N: p.n, Mean: p.min, M3: math.NaN(), M4: math.NaN(), Min: p.min, Max: p.max}
	if p.min == p.max {
		m.M3, m.M4 = 0, 0
		return m
	}
	d := first / float64(p.n)
	m.Mean = min(max(u.center+u.scale*d, p.min), p.max)
	m.M2 = u.scale * u.scale * max(math.FMA(-first, d, second), 0)
	return m
}
