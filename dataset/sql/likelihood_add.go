package sql

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/stats"
)

// certainEnough is the log odds beyond which probabilities no longer change what adds up:
// exponentials further out are no numbers on some servers, which refuse them.
const certainEnough = 300

// Add implements stats.LogitAdder.
func (l *likelihood) Add(ctx context.Context, at stats.LogitPlace) ([]stats.LogitSum, error) {
	return l.add(ctx, at)
}

// A wantedSum is a sum by pattern, in the words of the server, and where it goes.
type wantedSum struct {
	parts []string
	put   func(s *stats.LogitSum, x float64)
}

// add asks for sums by pattern, in as many statements as their number takes.
func (l *likelihood) add(ctx context.Context, at stats.LogitPlace) ([]stats.LogitSum, error) {
	k := 1 + len(l.quantities)
	out := make([]stats.LogitSum, len(l.patterns))
	for i := range out {
		out[i].Score, out[i].Products = make([]float64, k), make([]float64, k*(k+1)/2)
	}
	from, wanted := l.weighted(&at), l.wanted(&at)
	for len(wanted) > 0 {
		parts, n := 0, 0
		for ; n < len(wanted) && parts+len(wanted[n].parts) <= sumsPerStatement; n++ {
			parts += len(wanted[n].parts)
		}
		if err := l.ask(ctx, from, wanted[:n], parts, out); err != nil {
			return nil, err
		}
		wanted = wanted[n:]
	}
	rows := int64(0)
	for i := range out {
		rows += out[i].Ones + out[i].Zeros
	}
	if len(at.Gone) == 0 && rows != l.rows {
		return nil, l.s.changed()
	}
	return out, nil
}

// ask asks for some sums.
func (l *likelihood) ask(ctx context.Context, from string, wanted []wantedSum, parts int, out []stats.LogitSum) error {
	s := l.s
	h, y := s.alias("h", 0), s.alias("y", 0)
	inner := []string{h, s.d.CountIf(y+" = 1") + " AS " + s.alias("n", 1), s.d.CountIf(y+" = 0") + " AS " + s.alias("n", 0)}
	outer := []string{s.d.Int(h), s.d.Int(s.alias("n", 1)), s.d.Int(s.alias("n", 0))}
	for _, w := range wanted {
		for _, part := range w.parts {
			sum := s.alias("s", len(inner))
			inner, outer = append(inner, s.d.Sum(part)+" AS "+sum), append(outer, s.d.CastReal(sum))
		}
	}
	statement := fmt.Sprintf("SELECT %s FROM (SELECT %s FROM %s GROUP BY %s) AS %s", strings.Join(outer, ", "), strings.Join(inner, ", "), from, h, s.alias("g", 9))
	return s.query(ctx, statement, append(typesOf(Int, 3), typesOf(Real, parts)...), func(b *Block) error {
		for row := range b.Rows {
			place, known := slices.BinarySearch(l.hashes, float64(b.Columns[0].Ints[row]))
			if !known {
				return s.changed()
			}
			to := &out[l.patterns[place]]
			to.Ones, to.Zeros = b.Columns[1].Ints[row], b.Columns[2].Ints[row]
			column := 3
			for _, w := range wanted {
				total := 0.0
				for range w.parts {
					total += b.Columns[column].Reals[row]
					column++
				}
				w.put(to, total)
			}
		}
		return nil
	})
}

// wanted lists the sums of a place.
func (l *likelihood) wanted(at *stats.LogitPlace) (out []wantedSum) {
	s := l.s
	z := make([]string, 1+len(l.quantities))
	for k := range l.quantities {
		z[k+1] = s.alias("z", k)
	}
	times := func(factors ...string) string {
		return strings.Join(slices.DeleteFunc(factors, func(f string) bool { return f == "" }), " * ")
	}
	if at.Weight == stats.InformationWeight {
		lik, residual := s.alias("l", 0), s.alias("r", 0)
		out = append(out, wantedSum{l.twice(lik, l.farthest(at.By)+1), func(s *stats.LogitSum, x float64) { s.LogLik = -x }})
		for k := range z {
			out = append(out, wantedSum{l.twice("("+times(residual, z[k])+")", l.reach(k)), func(s *stats.LogitSum, x float64) { s.Score[k] = x }})
		}
	}
	weight, place := s.alias("w", 0), 0
	for a := range z {
		for b := range a + 1 {
			to := place
			parts := []string{times(weight, z[a], z[b])}
			if a == 0 || at.Weight == stats.UnitWeight {
				parts = l.twice("("+parts[0]+")", l.reach(a)*l.reach(b))
			}
			out = append(out, wantedSum{parts, func(s *stats.LogitSum, x float64) { s.Products[to] = x }})
			place++
		}
	}
	return out
}

// twice is a term in the parts that are added up apart.
func (l *likelihood) twice(term string, bound float64) []string {
	return l.s.twice(term, bound, l.rows)
}

// reach is the farthest that z is from 0.
func (l *likelihood) reach(k int) float64 {
	if k == 0 {
		return 1
	}
	return l.units[k-1].reach
}

// farthest is a bound of the linear predictor.
func (l *likelihood) farthest(by [][]float64) (most float64) {
	for _, of := range by {
		sum := 0.0
		for k, x := range of {
			sum += math.Abs(x) * l.reach(k)
		}
		most = max(most, sum)
	}
	return most
}

// rated is a query of the rows that count at a place, with the numbers z, the class y and, for
// each of some places, the linear predictor in favour of the row's own class.
func (l *likelihood) rated(gone []stats.LogitMargin, places ...[][]float64) string {
	s := l.s
	h, y := s.alias("h", 0), s.alias("y", 0)
	inner, middle := []string{cmp.Or(l.hash, "0") + " AS " + h, l.class + " AS " + y}, []string{h, y}
	for k, e := range l.quantities {
		d, u := s.alias("d", k), l.units[k]
		inner = append(inner, fmt.Sprintf("(%s - (%s)) AS %s", e, s.d.Real(u.center), d))
		middle = append(middle, s.within(d, faint*u.scale, s.d.Real(0), d+" / "+s.d.Real(u.scale))+" AS "+s.alias("z", k))
	}
	outer := l.columns()
	for _, m := range gone {
		places = append(places, m.At, m.Direction)
	}
	for i, by := range places {
		outer = append(outer, fmt.Sprintf("((2 * %s - 1) * (%s)) AS %s", y, l.predictor(by), s.alias("e", i)))
	}
	from := fmt.Sprintf("(SELECT %s FROM %s%s) AS %s", strings.Join(inner, ", "), s.from(), s.fence(), s.alias("g", 0))
	from = fmt.Sprintf("(SELECT %s FROM %s%s) AS %s", strings.Join(middle, ", "), from, s.fence(), s.alias("g", 1))
	from = fmt.Sprintf("(SELECT %s FROM %s%s) AS %s", strings.Join(outer, ", "), from, s.fence(), s.alias("g", 2))
	for i, m := range gone {
		at := len(places) - 2*len(gone) + 2*i
		from = fmt.Sprintf("(SELECT * FROM %s WHERE NOT (%s > %s AND %s > %s)%s) AS %s", from,
			s.alias("e", at), s.d.Real(stats.LogitCertainty), s.alias("e", at+1), s.d.Real(m.Limit), s.fence(), s.alias("g", 20+i))
	}
	return from
}

// columns are the pattern, the class and the numbers of a row.
func (l *likelihood) columns() []string {
	out := []string{l.s.alias("h", 0), l.s.alias("y", 0)}
	for k := range l.quantities {
		out = append(out, l.s.alias("z", k))
	}
	return out
}

// predictor is the linear predictor of a row.
func (l *likelihood) predictor(by [][]float64) string {
	sum := []string{l.coefficient(by, 0)}
	for k := range l.quantities {
		sum = append(sum, l.coefficient(by, k+1)+" * "+l.s.alias("z", k))
	}
	return strings.Join(sum, " + ")
}

// coefficient is what a z counts: the same in all patterns, or by pattern.
func (l *likelihood) coefficient(by [][]float64, k int) string {
	values, same := make([]float64, len(l.hashes)), true
	for i, pattern := range l.patterns {
		values[i] = by[pattern][k] + 0
		same = same && values[i] == values[0]
	}
	if same {
		return "(" + l.s.d.Real(values[0]) + ")"
	}
	return "(" + l.s.d.Map(l.s.alias("h", 0), l.hashes, values) + ")"
}

// odds is a query of rated rows at a place with what their probabilities are computed of:
// the log odds e of their own class, and t = exp(−|e|).
func (l *likelihood) odds(at *stats.LogitPlace) string {
	s := l.s
	e := s.alias("e", 0)
	exp := fmt.Sprintf("exp(-(CASE WHEN abs(%s) > %d THEN %s ELSE abs(%s) END)) AS %s", e, certainEnough, s.d.Real(certainEnough), e, s.alias("t", 0))
	return fmt.Sprintf("(SELECT %s FROM %s%s) AS %s", strings.Join(append(l.columns(), e, exp), ", "), l.rated(at.Gone, at.By), s.fence(), s.alias("g", 3))
}

// wrong is the fitted probability of a row's other class.
func (l *likelihood) wrong() string {
	e, t := l.s.alias("e", 0), l.s.alias("t", 0)
	one := l.s.d.Real(1)
	return fmt.Sprintf("((CASE WHEN %s < 0 THEN %s ELSE %s END) / (%s + %s))", e, one, t, one, t)
}

// right is that of its own class.
func (l *likelihood) right() string {
	e, t := l.s.alias("e", 0), l.s.alias("t", 0)
	one := l.s.d.Real(1)
	return fmt.Sprintf("((CASE WHEN %s < 0 THEN %s ELSE %s END) / (%s + %s))", e, t, one, one, t)
}

// weighted is a query of the rows at a place, with weights, residuals and what each takes from the
// log likelihood.
func (l *likelihood) weighted(at *stats.LogitPlace) string {
	s := l.s
	w, r, lik := s.alias("w", 0), s.alias("r", 0), s.alias("l", 0)
	e, t, y, one := s.alias("e", 0), s.alias("t", 0), s.alias("y", 0), s.d.Real(1)
	list := l.columns()
	switch at.Weight {
	case stats.InformationWeight:
		list = append(list, fmt.Sprintf("%s / ((%s + %s) * (%s + %s)) AS %s", t, one, t, one, t, w),
			"(2 * "+y+" - 1) * "+l.wrong()+" AS "+r,
			fmt.Sprintf("((CASE WHEN %s < 0 THEN -%s ELSE %s END) + %s) AS %s", e, e, s.d.Real(0), s.log1p(t), lik))
	case stats.SquareWeight:
		list = append(list, l.wrong()+" * "+l.wrong()+" AS "+w)
	case stats.UncertainWeight:
		list = append(list, fmt.Sprintf("(CASE WHEN %s > %s THEN %s ELSE %s END) AS %s", e, s.d.Real(stats.LogitCertainty), s.d.Real(0), one, w))
	default:
		list = append(list, one+" AS "+w)
	}
	return fmt.Sprintf("(SELECT %s FROM %s%s) AS %s", strings.Join(list, ", "), l.odds(at), s.fence(), s.alias("g", 4))
}

// Margins implements stats.LogitAdder.
func (l *likelihood) Margins(ctx context.Context, at stats.LogitPlace, direction [][]float64) (low, high float64, err error) {
	s := l.s
	e, of := s.alias("e", 0), s.alias("e", 1)
	low, high = math.Inf(1), math.Inf(-1)
	statement := fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s > %s", s.d.Int(s.d.Count()), s.d.CastReal("min("+of+")"), s.d.CastReal("max("+of+")"),
		l.rated(at.Gone, at.By, direction), e, s.d.Real(stats.LogitCertainty))
	err = s.query(ctx, statement, []Type{Int, Real, Real}, func(b *Block) error {
		for row := range b.Rows {
			if b.Columns[0].Ints[row] > 0 {
				low, high = min(low, b.Columns[1].Reals[row]), max(high, b.Columns[2].Reals[row])
			}
		}
		return nil
	})
	return low, high, err
}

// Bins implements stats.LogitAdder.
func (l *likelihood) Bins(ctx context.Context, at stats.LogitPlace, o stats.LogitBinning) ([]stats.LogitBin, error) {
	s := l.s
	y, k := s.alias("y", 0), s.alias("b", 0)
	inner, outer := []string{k}, []string{s.d.CastReal(k)}
	for class := range 2 {
		n := s.alias("n", class)
		inner, outer = append(inner, fmt.Sprintf("%s AS %s", s.d.CountIf(fmt.Sprintf("%s = %d", y, class)), n)), append(outer, s.d.Int(n))
	}
	for i, of := range []string{s.alias("p", 0), s.alias("p", 1), s.alias("q", 0)} {
		sum := s.alias("s", i)
		inner, outer = append(inner, s.d.Sum(of)+" AS "+sum), append(outer, s.d.CastReal(sum))
	}
	for i, of := range []string{"min", "max"} {
		end := s.alias("m", i)
		inner, outer = append(inner, of+"("+s.alias("x", 0)+") AS "+end), append(outer, s.d.CastReal(end))
	}
	statement := fmt.Sprintf("SELECT %s FROM (SELECT %s FROM %s GROUP BY %s) AS %s", strings.Join(outer, ", "), strings.Join(inner, ", "), l.placed(&at, o), k, s.alias("g", 6))
	return l.askBins(ctx, statement)
}

// placed is a query of the rows with the bin b of each, its linear predictor x, its fitted
// probability, in the column of its class, and its squared residual. Bins from the cut on end in a half.
func (l *likelihood) placed(at *stats.LogitPlace, o stats.LogitBinning) string {
	s := l.s
	y, u, p := s.alias("y", 0), s.alias("u", 0), s.alias("x", 0)
	one, none := s.d.Real(1), s.d.Real(0)
	list := []string{y,
		fmt.Sprintf("(CASE WHEN %s = 1 THEN %s ELSE %s END) AS %s", y, none, l.wrong(), s.alias("p", 0)),
		fmt.Sprintf("(CASE WHEN %s = 1 THEN %s ELSE %s END) AS %s", y, l.right(), none, s.alias("p", 1)),
		fmt.Sprintf("%s * %s AS %s", l.wrong(), l.wrong(), s.alias("q", 0)),
		fmt.Sprintf("((2 * %s - 1) * %s) AS %s", y, s.alias("e", 0), p)}
	from := fmt.Sprintf("(SELECT %s FROM %s%s) AS %s", strings.Join(list, ", "), l.odds(at), s.fence(), s.alias("g", 4))
	place := fmt.Sprintf("((%s - (%s)) / %s) AS %s", p, s.d.Real(o.Center), s.d.Real(o.Width), u)
	kept := []string{y, p, s.alias("p", 0), s.alias("p", 1), s.alias("q", 0)}
	from = fmt.Sprintf("(SELECT %s, %s FROM %s%s) AS %s", strings.Join(kept, ", "), place, from, s.fence(), s.alias("g", 5))
	far := s.d.Real(stats.LogitBinReach)
	distance := fmt.Sprintf("ln(%s + (CASE WHEN abs(%s) > %s THEN %s ELSE abs(%s) END)) * %s", one, u, far, far, u, s.d.Real(1/math.Log(1+stats.LogitBinReach)))
	bin := s.d.Floor(fmt.Sprintf("%s * (%s + (CASE WHEN %s < 0 THEN -%s ELSE %s END) * %s)", s.d.Real(float64(o.Bins)/2), one, u, one, one, distance))
	half := fmt.Sprintf("(CASE WHEN %s < (%s) THEN %s ELSE %s END)", p, s.d.Real(o.Cut), none, s.d.Real(0.5))
	return fmt.Sprintf("(SELECT %s, %s + %s AS %s FROM %s%s) AS %s", strings.Join(kept, ", "), bin, half, s.alias("b", 0), from, s.fence(), s.alias("g", 7))
}

// askBins asks for bins, and sorts them.
func (l *likelihood) askBins(ctx context.Context, statement string) ([]stats.LogitBin, error) {
	type placed struct {
		at float64
		stats.LogitBin
	}
	var found []placed
	err := l.s.query(ctx, statement, []Type{Real, Int, Int, Real, Real, Real, Real, Real}, func(b *Block) error {
		for row := range b.Rows {
			real := func(i int) float64 { return b.Columns[i].Reals[row] }
			found = append(found, placed{real(0), stats.LogitBin{Zeros: b.Columns[1].Ints[row], Ones: b.Columns[2].Ints[row], ZeroProbs: real(3), OneProbs: real(4), Squares: real(5), Low: real(6), High: real(7)}})
		}
		return nil
	})
	slices.SortFunc(found, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	out := make([]stats.LogitBin, len(found))
	for i := range found {
		out[i] = found[i].LogitBin
	}
	return out, err
}
