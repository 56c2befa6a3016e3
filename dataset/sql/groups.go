package sql

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// mostGroups is how many groups of a set are handed out when its analysis sets no limit.
const mostGroups = 1 << 22

// A setQuery is the statement that answers a set.
type setQuery struct {
	s         *Source
	keys      []groupKey
	shifts    []float64 // by sum
	most      int64     // groups
	limit     int64     // groups that the statement asks for
	statement string
	types     []Type
}

// A groupKey is how a key of a set is asked for. The rows are grouped by inner, which is
// cheap; only the groups, which are few, are cast by outer.
type groupKey struct {
	inner, outer string
	kind         Type
	dict         *dataset.Dict // of keys that are levels
	info         ColumnInfo
	again        bool // the server may tell cells apart that are one to netanom
}

// newSetQuery writes the statement of a set.
func (s *Source) newSetQuery(set dataset.Set) (*setQuery, error) {
	q := &setQuery{s: s, most: set.Most}
	if q.most <= 0 || q.most > mostGroups {
		q.most = mostGroups
	}
	q.limit = q.most + 1
	var inner, outer, by []string
	for i, k := range set.Keys {
		key, err := s.groupKey(k, s.alias("k", i))
		if err != nil {
			return nil, err
		}
		q.keys, q.types = append(q.keys, key), append(q.types, key.kind)
		inner, by = append(inner, key.inner+" AS "+s.alias("k", i)), append(by, s.alias("k", i))
		outer = append(outer, key.outer)
		if key.again {
			q.limit = q.most + 1 + otherMissing
		}
	}
	n := s.alias("n", 0)
	inner, outer, q.types = append(inner, s.d.Count()+" AS "+n), append(outer, s.d.Int(n)), append(q.types, Int)
	for i, column := range set.Sums {
		if err := s.wantNumbers(column); err != nil {
			return nil, err
		}
		e, sum, known := s.number(column), s.alias("s", i), s.alias("c", i)
		inner = append(inner, s.groupSum(e, column)+" AS "+sum, s.d.CountIf(e+" IS NOT NULL")+" AS "+known)
		outer, q.types = append(outer, s.d.CastReal(sum), s.d.Int(known)), append(q.types, Real, Int)
		q.shifts = append(q.shifts, s.fact(column).shift())
	}
	groups := ""
	if len(by) > 0 {
		groups = fmt.Sprintf(" GROUP BY %s LIMIT %d", strings.Join(by, ", "), q.limit)
	}
	q.statement = fmt.Sprintf("SELECT %s FROM (SELECT %s FROM %s%s) AS %s",
		strings.Join(outer, ", "), strings.Join(inner, ", "), s.from(), groups, s.alias("g", 0))
	return q, nil
}

// groupSum adds up the numbers of a column, in two parts unless that is exact anyway.
func (s *Source) groupSum(e string, column int) string {
	e = s.shifted(e, column)
	reach := s.fact(column).reach()
	if s.info(column).Form == Integer && reach*float64(s.all.n) < 1<<53 {
		return s.d.Sum(e)
	}
	parts := s.twice("("+e+")", reach, s.all.n)
	for i := range parts {
		parts[i] = s.d.Sum(parts[i])
	}
	return strings.Join(parts, " + ")
}

// shifted is a number less its column's shift.
func (s *Source) shifted(e string, column int) string {
	if k := s.fact(column).shift(); k != 0 {
		return e + " - (" + s.d.Real(k) + ")"
	}
	return e
}

// shift returns what is taken from numbers before they are added up: the middle of their
// range if all are of its size, as times are, so that little is lost however many there are.
// Elsewhere it is 0: the sum of a group of numbers far below the middle would be lost beside it.
func (f *columnFacts) shift() float64 {
	const size = 16
	if f.min > 0 && f.max <= size*f.min || f.max < 0 && f.min >= size*f.max {
		return f.min/2 + f.max/2
	}
	return 0
}

// reach returns how far numbers may lie from the shift; 0 if that is not known.
func (f *columnFacts) reach() float64 {
	if !f.learned {
		return 0
	}
	k := f.shift()
	return max(math.Abs(f.min-k), math.Abs(f.max-k))
}

// groupKey says how to ask for a key, of which the alias is given.
func (s *Source) groupKey(k dataset.Key, alias string) (groupKey, error) {
	if len(k.Hash) > 0 {
		e, err := s.hash(k.Hash)
		return groupKey{inner: e, outer: s.d.Int(alias), kind: Int}, err
	}
	if k.Column < 0 || k.Column >= len(s.schema.Columns) {
		return groupKey{}, fmt.Errorf("column %d does not exist", k.Column)
	}
	out := groupKey{outer: s.d.CastReal(alias), kind: Real}
	switch numbers := s.isNumber(k.Column); {
	case k.Gap && numbers && s.complete(k.Column):
		out.inner = "0" // need not be looked at
	case k.Gap && numbers:
		out.inner = "CASE WHEN " + s.number(k.Column) + " IS NULL THEN 1 ELSE 0 END"
	case k.Gap:
		out.inner = "CASE WHEN " + s.present(k.Column) + " THEN 0 ELSE 1 END"
	case k.Bounds != nil || k.Step > 0:
		if err := s.wantNumbers(k.Column); err != nil {
			return out, err
		}
		out.inner = s.binned(k)
	default:
		return s.cellKey(k.Column, alias), nil
	}
	return out, nil
}

// complete reports whether every row is known to have a number in a column.
func (s *Source) complete(column int) bool {
	f := s.fact(column)
	return f.learned && f.n == s.all.n
}

// binned is the place of a number among bounds or steps.
func (s *Source) binned(k dataset.Key) string {
	e := s.number(k.Column)
	if k.Bounds != nil {
		return s.d.Below(e, k.Bounds)
	}
	if k.Start != 0 {
		e = "(" + e + " - (" + s.d.Real(k.Start) + "))"
	}
	return s.d.Floor(e + " / " + s.d.Real(k.Step))
}

// cellKey asks for the cells of a column.
func (s *Source) cellKey(column int, alias string) groupKey {
	info := s.info(column)
	out := groupKey{inner: s.d.Key(info), info: info, again: true}
	if !s.isNumber(column) {
		out.outer, out.kind, out.dict = s.d.Text(alias, info), Words, s.schema.Columns[column].Dict
		return out
	}
	out.kind, out.outer = Real, s.d.CastReal(s.numberOf(alias, column))
	if info.Form != Integer && info.Form != Float { // of which many may be one number
		out.inner, out.outer, out.again = s.number(column), s.d.CastReal(alias), false
	}
	return out
}

// isNumber reports whether the cells of a column come as numbers.
func (s *Source) isNumber(column int) bool {
	k := s.schema.Columns[column].Kind
	return k.Numeric() || k == dataset.Unknown
}

// hash is a number that is the same where the cells of all the columns are.
func (s *Source) hash(columns []int) (string, error) {
	cells := make([]string, len(columns))
	for i, c := range columns {
		switch {
		case c < 0 || c >= len(s.schema.Columns):
			return "", fmt.Errorf("column %d does not exist", c)
		case s.isNumber(c):
			cells[i] = s.d.Text(s.number(c), ColumnInfo{Name: s.info(c).Name, Form: Float, Null: true})
		default:
			cells[i] = s.text(c)
		}
	}
	return s.d.Hash(cells), nil
}
