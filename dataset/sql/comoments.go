package sql

import (
	"context"
	"math"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// Comoments implements dataset.Engine. A first statement finds the range of every
// column, and further ones add up squares and products about values near the means.
// What two columns share with others is asked for once: only where one of them has gaps
// do the sums of the other hold for the two alone. Two columns of which one is so large
// that its squares are no numbers have no Comoments.
func (s *Source) Comoments(ctx context.Context, columns []dataset.Measured) ([]stats.Comoments, error) {
	cells := make([]string, len(columns))
	for i, c := range columns {
		if err := s.wantNumbers(c.Column); err != nil {
			return nil, err
		}
		if cells[i] = s.number(c.Column); c.From != nil {
			cells[i] = "(" + s.d.Map(cells[i], c.From, c.To) + ")"
		}
	}
	spreads, rows, err := s.spreads(ctx, cells)
	if err != nil || len(cells) < 2 {
		return nil, err
	}
	if err := s.agree(rows); err != nil {
		return nil, err
	}
	var pairs []*pair
	for j := range columns {
		for i := range j {
			p := &pair{sides: [2]side{newSide(i, spreads[i], rows), newSide(j, spreads[j], rows)}}
			pairs = append(pairs, p)
		}
	}
	if err := s.addPairs(ctx, cells, pairs, rows); err != nil {
		return nil, err
	}
	out := make([]stats.Comoments, len(pairs))
	for k, p := range pairs {
		out[k] = p.comoments()
	}
	return out, nil
}

// A pair is two columns, and the sums over the rows that have both.
type pair struct {
	sides [2]side
	n     int64
	cross float64 // Σ of the products of the shifted numbers
}

// A side is one column of a pair.
type side struct {
	column   int
	by       shift
	whole    bool // it has no gaps
	within   spread
	constant bool    // it does not vary
	sum      float64 // of the shifted numbers
	square   float64 // and of their squares
}

func newSide(column int, p spread, rows int64) side {
	return side{column: column, by: p.shift(), within: p, whole: p.n == rows, constant: p.n == 0 || p.min == p.max}
}

// addPairs asks for the sums of pairs, and again for those whose rows lie so far from
// the shifts that the sums say little of what is left of them about the mean.
func (s *Source) addPairs(ctx context.Context, cells []string, pairs []*pair, rows int64) error {
	for round := 0; len(pairs) > 0; round++ {
		l := newSumList(s, rows)
		aliases := make([]string, len(cells))
		for i, e := range cells {
			aliases[i] = l.cell(e)
		}
		places := make([]pairPlaces, len(pairs))
		for k, p := range pairs {
			places[k] = p.ask(l, aliases)
		}
		sums, err := l.ask(ctx)
		if err != nil {
			return err
		}
		var poor []*pair
		for k, p := range pairs {
			p.take(sums, places[k])
			if round < mostShifts && p.shift() {
				poor = append(poor, p)
			}
		}
		pairs = poor
	}
	return nil
}

// pairPlaces are the places of a pair's sums.
type pairPlaces struct {
	n, cross    int
	sum, square [2]int
}

// ask adds the sums of a pair to a list: of numbers that are 0 in the gaps, and 0 in those
// of the other side, too, where it has any.
func (p *pair) ask(l *sumList, cells []string) (at pairPlaces) {
	var d, there [2]string
	var reach [2]float64
	for i := range p.sides {
		e := &p.sides[i]
		cell := cells[e.column]
		d[i], there[i], reach[i] = l.shift(cell, e.by, filled), l.shift(cell, shift{}, present), e.within.reach(e.by)
	}
	for i := range p.sides {
		sum, square, of := d[i], "("+d[i]+" * "+d[i]+")", []string{d[i]}
		if !p.sides[1-i].whole {
			sum, square, of = "("+sum+" * "+there[1-i]+")", "("+square+" * "+there[1-i]+")", []string{d[i], there[1-i]}
		}
		at.sum[i] = l.sum(sum, reach[i], of...)
		at.square[i] = l.sum(square, reach[i]*reach[i], of...)
	}
	at.cross = l.sum("("+d[0]+" * "+d[1]+")", reach[0]*reach[1], d[:]...)
	switch {
	case p.sides[0].whole:
		at.n = l.add(l.s.d.Sum(there[1]), there[1])
	case p.sides[1].whole:
		at.n = l.add(l.s.d.Sum(there[0]), there[0])
	default:
		at.n = l.add(l.s.d.Sum(there[0]+" * "+there[1]), there[:]...)
	}
	return at
}

// take reads the sums of a pair.
func (p *pair) take(sums []float64, at pairPlaces) {
	if p.n, p.cross = 0, sums[at.cross]; !(sums[at.n] > 0) { // of no rows it may be NULL
		return
	}
	p.n = int64(sums[at.n])
	for i := range p.sides {
		p.sides[i].sum, p.sides[i].square = sums[at.sum[i]], sums[at.square[i]]
	}
}

// shift moves the shifts of a pair to its means, and reports whether it had to: more
// than half of a sum of squares was not about the mean.
func (p *pair) shift() (moved bool) {
	for i := range p.sides {
		e := &p.sides[i]
		if p.n == 0 || e.constant {
			continue
		}
		d := e.sum / float64(p.n)
		if at := e.by.at + math.Ldexp(d, e.by.exp); e.sum*d > math.FMA(-e.sum, d, e.square) && at != e.by.at {
			e.by.at, moved = at, true
		}
	}
	return moved
}

// comoments takes the sums about the true means instead of the shifts.
func (p *pair) comoments() stats.Comoments {
	if p.n == 0 {
		return stats.Comoments{}
	}
	var means, squares [2]float64
	a, b := &p.sides[0], &p.sides[1]
	for i := range p.sides {
		means[i], squares[i] = p.sides[i].central(p.n)
	}
	cross := 0.0
	if squares[0] > 0 && squares[1] > 0 {
		cross = math.Ldexp(math.FMA(-a.sum, b.sum/float64(p.n), p.cross), a.by.exp+b.by.exp)
	}
	c, err := stats.NewComoments(p.n, means[:], [][]float64{{squares[0], cross}, {cross, squares[1]}})
	if err != nil { // the squares are beyond the numbers of float64
		return stats.Comoments{}
	}
	return c
}

// central returns the mean and the sum of squares about it. Where all numbers of the
// pair are the same, the shift is that number by now, and the sum is 0.
func (e *side) central(n int64) (mean, square float64) {
	d := e.sum / float64(n)
	mean = e.by.at + math.Ldexp(d, e.by.exp)
	if e.constant {
		return mean, 0
	}
	return mean, math.Ldexp(max(math.FMA(-e.sum, d, e.square), 0), 2*e.by.exp)
}
