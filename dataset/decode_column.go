package dataset

import (
	"errors"
	"math"
)

// A columnDecoder is one column's decoder with the facts it gathers.
type columnDecoder struct {
	plan    plan
	wanted  bool
	numbers numberDecoder
	dict    *Dict
	cache   *dictCache
	codes   []uint32
	facts   facts
}

// decode fills v with the cells of a batch.
func (c *columnDecoder) decode(v *Vector, s *cellSpan, d *dialect) error {
	switch c.plan.kind {
	case Category, Address:
		return c.decodeLevels(v, s)
	case Time:
		c.decodeTimes(v, s, d)
	case Text:
		c.decodeText(v, s, d)
	default:
		c.numbers.decode(v, s, d)
	}
	return nil
}

func (c *columnDecoder) decodeLevels(v *Vector, s *cellSpan) error {
	if cap(c.codes) < s.rows {
		c.codes = make([]uint32, s.rows+s.rows/4)
	}
	out := c.codes[:s.rows]
	missing := c.cache.decode(out, s)
	if !c.plan.final() {
		c.cache.count(out)
	}
	c.facts.missing += int64(missing)
	*v = Vector{Codes: out, Missing: missing}
	if c.cache.most > c.plan.maxLevels() {
		c.facts.overflow = true
		return errReplan
	}
	return nil
}

func (c *columnDecoder) decodeTimes(v *Vector, s *cellSpan, d *dialect) {
	out := c.numbers.floatsFor(s.rows)
	missing, slashed := 0, c.plan.layout == DayFirst || c.plan.layout == MonthFirst
	for j := range out {
		cell := s.cell(j)
		x, ok := ParseTime(cell, c.plan.layout)
		if slashed && !c.plan.settled {
			c.facts.compareOrders(cell, c.plan.layout, ok)
		}
		if !ok {
			x = math.NaN()
			missing++
			c.facts.notNumber(cell, j, d)
		}
		out[j] = x
	}
	*v = Vector{Floats: out, Missing: missing}
}

func (c *columnDecoder) decodeText(v *Vector, s *cellSpan, d *dialect) {
	missing, decided := 0, c.plan.final()
	for j := range s.rows {
		cell := s.cell(j)
		switch {
		case d.missing(cell):
			missing++
		case decided:
		case leadingZero(cell):
			c.facts.leadingZero = true
		case isNumberCell(cell):
			c.facts.numbers++
		}
	}
	c.facts.missing += int64(missing)
	*v = Vector{Missing: missing}
}

var (
	errNotNumber = errors.New("is not a number")
	errNotTime   = errors.New("is not a time")
	errInfinite  = errors.New("is infinite and counts as missing")
)

func (p plan) complaint(infinite bool) error {
	switch {
	case infinite:
		return errInfinite
	case p.kind == Time:
		return errNotTime
	}
	return errNotNumber
}
